/* Which file a module specifier stands for. The order is TypeScript's: relative, then
 * the nearest tsconfig's paths and baseUrl, then #imports, then packages of this
 * repository by their name. Nothing outside the project root is ever looked at. */
#include "link_internal.h"

#include "ml/dotenv.h"

enum { EXTENDS_MAX = 16, EXTENDS_FILES_MAX = 64, SCRATCH_BYTES = 1024 };

/* ---- files by path ---- */

/* What an import may leave out, in the order in which it is tried. */
enum { TAIL_BYTES_MAX = sizeof ".svelte" - 1 };
enum { TS, TSX, MTS, CTS, JS, JSX, MJS, CJS, VUE, SVELTE, JSON, TAILS };
static const char *const tails[TAILS] = {".ts",  ".tsx", ".mts", ".cts",    ".js",  ".jsx",
                                         ".mjs", ".cjs", ".vue", ".svelte", ".json"};

/* Cuts the tail off; says which it was, TAILS for none. */
static unsigned cut_tail(ml_str *path)
{
    size_t dot = ml_str_rfind_char(*path, '.');

    if (dot != ML_NOT_FOUND && path->len - dot > TAIL_BYTES_MAX)
        return TAILS;
    for (unsigned i = 0; dot != ML_NOT_FOUND && i < TAILS; i++)
        if (ml_str_eq_c(ml_str_from(*path, dot), tails[i])) {
            path->len = dot;
            return i;
        }
    return TAILS;
}

/* Files that differ in the tail alone are chained, so that one look-up serves all tails. */
void ml_link_index_files(ml_link *link)
{
    uint32_t count = link->host.file_count;

    link->ids = ML_NEW_ARRAY(link->arena, ml_file_id, count + 1);
    link->next_of_stem = ML_NEW_ARRAY(link->arena, ml_file_id, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        ml_str stem = link->host.files[i].path;
        cut_tail(&stem);
        const ml_file_id *other = ml_strmap_get(&link->file_by_stem, stem);
        link->ids[i] = i + 1;
        link->next_of_stem[i + 1] = other ? *other : 0;
        ml_strmap_put(link->arena, &link->file_by_stem, stem, &link->ids[i]);
    }
}

static ml_file_id first_of_stem(const ml_link *link, ml_str stem)
{
    const ml_file_id *id = ml_strmap_get(&link->file_by_stem, stem);
    return id ? *id : 0;
}

ml_file_id ml_link_file(const ml_link *link, ml_str path)
{
    ml_str stem = path;

    cut_tail(&stem);
    ml_file_id file = first_of_stem(link, stem);
    while (file && !ml_str_eq(ml_link_path(link, file), path))
        file = link->next_of_stem[file];
    return file;
}

/* ---- candidates for a path without its real extension ---- */

/* The file stem + tail with the first tail from `from` up to and without `to`. */
static ml_file_id with_tail(const ml_link *link, ml_str stem, unsigned from, unsigned to)
{
    ml_file_id best = 0;

    for (ml_file_id file = first_of_stem(link, stem); file; file = link->next_of_stem[file]) {
        ml_str path = ml_link_path(link, file);
        unsigned tail = cut_tail(&path);
        if (tail < from || tail >= to)
            continue;
        best = file;
        to = tail;
    }
    return best;
}

/* A path as it will be when compiled stands for its source. */
static ml_file_id source_of(const ml_link *link, ml_str path)
{
    ml_str stem = path;

    switch (cut_tail(&stem)) {
    case JS: return with_tail(link, stem, TS, TSX + 1);
    case JSX: return with_tail(link, stem, TSX, TSX + 1);
    case MJS: return with_tail(link, stem, MTS, MTS + 1);
    case CJS: return with_tail(link, stem, CTS, CTS + 1);
    default: return 0;
    }
}

static ml_file_id file_at(const ml_link *link, ml_arena *scratch, ml_str path)
{
    ml_file_id file = ml_link_file(link, path);

    if (!file)
        file = with_tail(link, path, 0, TAILS);
    if (!file)
        file = source_of(link, path);
    if (!file)
        file = with_tail(link, path.len ? ml_arena_concat(scratch, path, ML_STR("/index")) : ML_STR("index"), 0, TAILS);
    return file;
}

/* ---- tsconfig ---- */

static const void *nearest(const ml_strmap *by_folder, ml_str folder)
{
    for (;;) {
        const void *found = ml_strmap_get(by_folder, folder);
        if (found || !folder.len)
            return found;
        folder = ml_path_folder(folder);
    }
}

const ml_tsconfig *ml_link_tsconfig(const ml_link *link, ml_str folder)
{
    return nearest(&link->tsconfig_by_folder, folder);
}

/* Files come sorted by path, so most have the folder of the one before. */
static void find_nearest(ml_link *link)
{
    uint32_t count = link->host.file_count;
    ml_str last = ML_STR("");

    link->tsconfig_of = ML_NEW_ARRAY(link->arena, const ml_tsconfig *, count + 1);
    link->manifest_of = ML_NEW_ARRAY(link->arena, const ml_manifest *, count + 1);
    link->tsconfig_of[0] = nearest(&link->tsconfig_by_folder, last);
    link->manifest_of[0] = nearest(&link->manifest_by_folder, last);
    for (ml_file_id file = 1; file <= count; file++) {
        ml_str folder = ml_path_folder(ml_link_path(link, file));
        bool same = ml_str_eq(folder, last);
        link->tsconfig_of[file] = same ? link->tsconfig_of[file - 1] : nearest(&link->tsconfig_by_folder, folder);
        link->manifest_of[file] = same ? link->manifest_of[file - 1] : nearest(&link->manifest_by_folder, folder);
        last = folder;
    }
}

/* '*' in pattern stands for *rest of text. */
static bool match_star(ml_str pattern, ml_str text, ml_str *rest)
{
    size_t star = ml_str_find_char(pattern, '*');

    *rest = ML_STR_NONE;
    if (star == ML_NOT_FOUND)
        return ml_str_eq(pattern, text);
    ml_str head = ml_str_slice(pattern, 0, star), tail = ml_str_from(pattern, star + 1);
    if (text.len < head.len + tail.len || !ml_str_starts(text, head) || !ml_str_ends(text, tail))
        return false;
    *rest = ml_str_slice(text, head.len, text.len - tail.len);
    return true;
}

static ml_str fill_star(ml_arena *scratch, ml_str target, ml_str rest)
{
    size_t star = ml_str_find_char(target, '*');

    if (star == ML_NOT_FOUND)
        return target;
    ml_str head = ml_arena_concat(scratch, ml_str_slice(target, 0, star), rest);
    return ml_arena_concat(scratch, head, ml_str_from(target, star + 1));
}

/* The entry whose literal head is longest, as TypeScript chooses. */
static const ml_json *best_entry(const ml_json *entries, ml_str specifier, ml_str *rest)
{
    const ml_json *best = NULL;
    size_t best_head = 0;

    for (const ml_json *entry = entries ? entries->first : NULL; entry; entry = entry->next) {
        ml_str part;
        size_t star = ml_str_find_char(entry->key, '*');
        size_t head = star == ML_NOT_FOUND ? entry->key.len + 1 : star;
        if (match_star(entry->key, specifier, &part) && (!best || head > best_head)) {
            best = entry;
            best_head = head;
            *rest = part;
        }
    }
    return best;
}

static ml_file_id resolve_by_tsconfig(const ml_link *link, ml_arena *scratch, const ml_tsconfig *config,
                                      ml_str specifier)
{
    ml_str rest;

    if (!config)
        return 0;
    const ml_json *entry = best_entry(config->paths, specifier, &rest);
    for (const ml_json *target = entry ? entry->first : NULL; target; target = target->next) {
        ml_str path = ml_path_join(scratch, config->paths_folder, fill_star(scratch, ml_json_string(target), rest));
        ml_file_id file = file_at(link, scratch, path);
        if (file)
            return file;
    }
    return config->has_base ? file_at(link, scratch, ml_path_join(scratch, config->base, specifier)) : 0;
}

/* ---- package.json ---- */

/* First target of a conditional export that exists here, in the order we prefer. */
static ml_str condition_target(const ml_json *value)
{
    static const char *const order[] = {"source", "types", "import", "module", "require", "default", "node"};

    for (int depth = 0; value && value->kind == ML_JSON_OBJECT && depth < 8; depth++) {
        const ml_json *chosen = NULL;
        for (size_t i = 0; i < sizeof order / sizeof *order && !chosen; i++)
            chosen = ml_json_get(value, order[i]);
        value = chosen;
    }
    if (value && value->kind == ML_JSON_ARRAY)
        value = value->first;
    return ml_json_string(value);
}

/* A target below dist stands for its source: outDir is swapped for rootDir. */
static ml_file_id file_of_target(const ml_link *link, ml_arena *scratch, ml_str folder, ml_str target)
{
    ml_str path = ml_path_join(scratch, folder, target);
    if (ml_str_ends(path, ML_STR(".d.ts")))
        path = ml_arena_concat(scratch, ml_str_slice(path, 0, path.len - 5), ML_STR(".js"));
    ml_file_id file = file_at(link, scratch, path);
    const ml_tsconfig *config = file ? NULL : ml_link_tsconfig(link, folder);

    if (file || !config || !config->out_dir.len || !ml_str_starts(path, config->out_dir))
        return file;
    ml_str below = ml_str_from(path, config->out_dir.len);
    if (below.len && below.data[0] != '/') /* dist2 is not below dist */
        return 0;
    while (below.len && below.data[0] == '/')
        below = ml_str_from(below, 1);
    ml_str root = config->root_dir.len ? config->root_dir : config->folder;
    file = file_at(link, scratch, ml_path_join(scratch, root, below));
    if (!file && !config->root_dir.len)
        file =
            file_at(link, scratch, ml_path_join(scratch, ml_path_join(scratch, config->folder, ML_STR("src")), below));
    return file;
}

static ml_file_id resolve_entries(const ml_link *link, ml_arena *scratch, const ml_manifest *manifest,
                                  const ml_json *entries, ml_str key)
{
    ml_str rest;
    const ml_json *entry = best_entry(entries, key, &rest);
    ml_str target = entry ? condition_target(entry) : ML_STR_NONE;

    return target.len ? file_of_target(link, scratch, manifest->folder, fill_star(scratch, target, rest)) : 0;
}

static ml_file_id resolve_main(const ml_link *link, ml_arena *scratch, const ml_manifest *manifest)
{
    static const char *const fields[] = {"source", "types", "typings", "module", "main"};

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        ml_str target = ml_json_string(ml_json_get(manifest->json, fields[i]));
        ml_file_id file = target.len ? file_of_target(link, scratch, manifest->folder, target) : 0;
        if (file)
            return file;
    }
    ml_file_id file = file_at(link, scratch, ml_path_join(scratch, manifest->folder, ML_STR("src/index")));
    return file ? file : file_at(link, scratch, ml_path_join(scratch, manifest->folder, ML_STR("index")));
}

static ml_file_id resolve_package(const ml_link *link, ml_arena *scratch, ml_str specifier)
{
    ml_str name = ml_package_name_of(specifier);
    const ml_manifest *manifest = name.len ? ml_strmap_get(&link->manifest_by_name, name) : NULL;

    if (!manifest)
        return 0;
    ml_str below = ml_str_from(specifier, name.len);
    const ml_json *exports = ml_json_get(manifest->json, "exports");
    if (exports && exports->kind == ML_JSON_STRING && !below.len)
        return file_of_target(link, scratch, manifest->folder, exports->text);
    if (exports && exports->kind == ML_JSON_OBJECT) {
        bool subpaths = exports->first && ml_str_starts(exports->first->key, ML_STR("."));
        ml_file_id file = 0;
        if (subpaths)
            file = resolve_entries(link, scratch, manifest, exports, ml_arena_concat(scratch, ML_STR("."), below));
        else if (!below.len)
            file = file_of_target(link, scratch, manifest->folder, condition_target(exports));
        if (file)
            return file;
    }
    if (!below.len)
        return resolve_main(link, scratch, manifest);
    ml_file_id file = file_at(link, scratch, ml_path_join(scratch, manifest->folder, ml_str_from(below, 1)));
    if (file)
        return file;
    ml_str source = ml_path_join(scratch, manifest->folder, ML_STR("src"));
    return file_at(link, scratch, ml_path_join(scratch, source, ml_str_from(below, 1)));
}

/* A relative specifier from a folder that is clean, as those of files are: nearly always "./" or "../" and a
 * clean path, so that nothing but the folder's end has to be looked at. */
static ml_str join_relative(ml_arena *scratch, ml_str folder, ml_str specifier)
{
    ml_str above = folder, rest = specifier;

    for (bool up; (up = ml_str_starts(rest, ML_STR("../"))) || ml_str_starts(rest, ML_STR("./"));) {
        if (up && !above.len)
            return ml_path_join(scratch, folder, specifier);
        above = up ? ml_path_folder(above) : above;
        rest = ml_str_from(rest, up ? 3 : 2);
    }
    for (size_t i = 0; i <= rest.len; i++) { /* no part that is empty or begins with a dot */
        bool begins = i == 0 || rest.data[i - 1] == '/';
        if (begins && (i == rest.len || rest.data[i] == '/' || rest.data[i] == '.'))
            return ml_path_join(scratch, folder, specifier);
    }
    return above.len ? ml_arena_concat(scratch, ml_arena_concat(scratch, above, ML_STR("/")), rest) : rest;
}

static ml_file_id resolve_with(const ml_link *link, ml_arena *scratch, ml_file_id from, ml_str specifier)
{
    size_t query = ml_str_find_char(specifier, '?');

    if (query != ML_NOT_FOUND) /* vite: "./prompt.txt?raw" */
        specifier = ml_str_slice(specifier, 0, query);
    if (!specifier.len || specifier.data[0] == '/')
        return 0;
    if (specifier.data[0] == '.')
        return file_at(link, scratch, join_relative(scratch, ml_path_folder(ml_link_path(link, from)), specifier));
    if (specifier.data[0] == '#') {
        const ml_manifest *manifest = link->manifest_of[from];
        ml_file_id file = 0;
        if (manifest)
            file = resolve_entries(link, scratch, manifest, ml_json_get(manifest->json, "imports"), specifier);
        return file ? file : resolve_by_tsconfig(link, scratch, link->tsconfig_of[from], specifier);
    }
    ml_file_id file = resolve_by_tsconfig(link, scratch, link->tsconfig_of[from], specifier);
    return file ? file : resolve_package(link, scratch, specifier);
}

ml_file_id ml_link_resolve(const ml_link *link, ml_file_id from, ml_str specifier)
{
    char first[SCRATCH_BYTES]; /* enough for nearly all */
    ml_arena scratch = {.next = first, .end = first + sizeof first};
    ml_file_id file = resolve_with(link, &scratch, from, specifier);

    ml_arena_finish(&scratch);
    return file;
}

ml_str ml_link_package_of(const ml_link *link, ml_file_id from, ml_str specifier)
{
    static const char *const fields[] = {"dependencies", "devDependencies", "optionalDependencies", "peerDependencies"};
    const ml_manifest *manifest = link->manifest_of[from];
    ml_str name = ml_package_name_of(specifier);

    for (size_t i = 0; manifest && name.len && i < sizeof fields / sizeof *fields; i++) {
        ml_str version = ml_json_string(ml_json_get_str(ml_json_get(manifest->json, fields[i]), name));
        if (!ml_str_starts(version, ML_STR("npm:")))
            continue;
        ml_str real = ml_str_from(version, 4);
        size_t at = ml_str_rfind_char(real, '@');
        return at == ML_NOT_FOUND || at == 0 ? real : ml_str_slice(real, 0, at);
    }
    return specifier;
}

ml_str ml_link_package_folder(const ml_link *link, ml_file_id file)
{
    ml_str folder = ml_path_folder(ml_link_path(link, file));

    while (folder.len && !ml_strmap_get(&link->manifest_by_folder, folder) &&
           !ml_strmap_get(&link->tsconfig_by_folder, folder))
        folder = ml_path_folder(folder);
    return folder;
}

/* ---- reading the manifests ---- */

static const ml_json *read_json(ml_link *link, ml_str path)
{
    const ml_json *json = NULL;
    ml_str text;

    if (!link->host.text(link->host.data, path, &text))
        return NULL;
    if (ml_json_parse(&json, link->arena, text, false, ml_arena_cstr(link->arena, path), NULL) != ML_OK)
        return NULL; /* the configuration of somebody else's tool: what cannot be read has no say */
    return json && json->kind == ML_JSON_OBJECT ? json : NULL;
}

/* Fills what config leaves open from the file at path, then from what that extends. */
static void read_tsconfig(ml_link *link, ml_tsconfig *config, ml_str path, int depth, int *files_left)
{
    /* Lists of files that extend each other have no end, and more ways through than depth can bound. */
    const ml_json *json = depth < EXTENDS_MAX && (*files_left)-- > 0 ? read_json(link, path) : NULL;
    ml_str folder = ml_path_folder(path);

    if (!json)
        return;
    const ml_json *options = ml_json_get(json, "compilerOptions");
    ml_str base = ml_json_string(ml_json_get(options, "baseUrl"));
    if (base.len && !config->has_base) {
        config->has_base = true;
        config->base = ml_path_join(link->arena, folder, base);
    }
    const ml_json *paths = ml_json_get(options, "paths");
    if (paths && !config->paths) {
        config->paths = paths;
        config->paths_folder = base.len ? ml_path_join(link->arena, folder, base) : folder;
    }
    ml_str out = ml_json_string(ml_json_get(options, "outDir")), root = ml_json_string(ml_json_get(options, "rootDir"));
    if (out.len && !config->out_dir.len)
        config->out_dir = ml_path_join(link->arena, folder, out);
    if (root.len && !config->root_dir.len)
        config->root_dir = ml_path_join(link->arena, folder, root);
    static const char *const keeping[] = {"verbatimModuleSyntax", "preserveValueImports"};
    for (size_t i = 0; i < 2; i++) {
        const ml_json *flag = ml_json_get(options, keeping[i]);
        config->keeps_imports |= flag && flag->kind == ML_JSON_TRUE;
    }
    const ml_json *extends = ml_json_get(json, "extends");
    const ml_json *list[EXTENDS_MAX];
    int count = 0;
    for (const ml_json *one = extends && extends->kind == ML_JSON_ARRAY ? extends->first : extends;
         one && count < EXTENDS_MAX; one = extends->kind == ML_JSON_ARRAY ? one->next : NULL)
        list[count++] = one;
    while (count-- > 0) { /* of a list the later one counts */
        ml_str target = ml_json_string(list[count]);
        if (!ml_str_starts(target, ML_STR(".")))
            continue; /* a package's base configuration sets no paths of this project */
        ml_str at = ml_path_join(link->arena, folder, target);
        if (!ml_str_ends(at, ML_STR(".json")))
            at = ml_arena_concat(link->arena, at, ML_STR(".json"));
        read_tsconfig(link, config, at, depth + 1, files_left);
    }
}

static void add_tsconfig(ml_link *link, ml_str path)
{
    ml_tsconfig *config = ML_NEW(link->arena, ml_tsconfig);
    int files_left = EXTENDS_FILES_MAX;

    config->folder = ml_path_folder(path);
    read_tsconfig(link, config, path, 0, &files_left);
    const ml_json *json = read_json(link, path);
    const ml_json *references = ml_json_get(json, "references");
    /* A solution file: `tsconfig.json` that only points at others, whose paths count for the same folder. */
    for (const ml_json *ref = references ? references->first : NULL; ref && !config->paths; ref = ref->next) {
        ml_str target = ml_json_string(ml_json_get(ref, "path"));
        if (ml_str_ends(target, ML_STR(".json")))
            read_tsconfig(link, config, ml_path_join(link->arena, config->folder, target), 1, &files_left);
    }
    ml_strmap_put(link->arena, &link->tsconfig_by_folder, config->folder, config);
}

static void add_manifest(ml_link *link, ml_str path)
{
    const ml_json *json = read_json(link, path);

    if (!json)
        return;
    ml_manifest *manifest = ML_NEW(link->arena, ml_manifest);
    manifest->folder = ml_path_folder(path);
    manifest->name = ml_json_string(ml_json_get(json, "name"));
    manifest->json = json;
    ml_strmap_put(link->arena, &link->manifest_by_folder, manifest->folder, manifest);
    if (manifest->name.len && !ml_strmap_get(&link->manifest_by_name, manifest->name))
        ml_strmap_put(link->arena, &link->manifest_by_name, manifest->name, manifest);
}

static void add_env(ml_link *link, ml_str path)
{
    ml_env_entries entries = {0};
    ml_str text;

    if (!link->host.text(link->host.data, path, &text))
        return;
    ml_dotenv_parse(&entries, link->arena, text);
    for (uint32_t i = 0; i < entries.count; i++) {
        const ml_env_entry *entry = &entries.items[i];
        ml_env_values *values = ml_strmap_get(&link->env, entry->name);
        if (!values) {
            values = ML_NEW(link->arena, ml_env_values);
            ml_strmap_put(link->arena, &link->env, entry->name, values);
        }
        ml_vec_push(link->arena, values, ((ml_env_value){entry->value, path, entry->line}));
    }
}

void ml_link_read_manifests(ml_link *link)
{
    for (uint32_t i = 0; i < link->host.file_count; i++) {
        const ml_source_file *file = &link->host.files[i];
        ml_str name = ml_path_name(file->path);
        if (ml_str_eq(name, ML_STR("package.json")))
            add_manifest(link, file->path);
        else if (ml_str_eq(name, ML_STR("tsconfig.json")))
            add_tsconfig(link, file->path);
        else if (file->kind == ML_FILE_ENV)
            add_env(link, file->path);
    }
    /* jsconfig.json counts where there is no tsconfig.json. */
    for (uint32_t i = 0; i < link->host.file_count; i++) {
        ml_str path = link->host.files[i].path;
        if (ml_str_eq(ml_path_name(path), ML_STR("jsconfig.json")) &&
            !ml_strmap_get(&link->tsconfig_by_folder, ml_path_folder(path)))
            add_tsconfig(link, path);
    }
    find_nearest(link);
}
