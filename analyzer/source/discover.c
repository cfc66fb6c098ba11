/* The walk: an explicit stack of folders, one open descriptor at a time, each opened
 * from the root by its path without following links. A folder's own .gitignore is read
 * before its entries are judged. Cost: one open, one listing and one close a folder;
 * files are told by the listing alone. */
#include "ignore.h"
#include "open_below.h"
#include "rules_above.h"
#include "scope.h"

#include "ml/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
    ml_str path; /* from the repository's top, "" or with '/' at its end */
    const ml_ignore_list *rules;
    bool in_scope;
    bool on_way;    /* a path asked for may lie below */
    bool way_only;  /* entered for that path's sake alone */
    bool unglobbed; /* asked for although the configuration ignores it */
    bool is_test, below_src;
};

struct entry {
    ml_str name;
    unsigned char type; /* DT_* */
    ml_file_kind kind;
};

enum { LISTING_BYTES = 32 * 1024 };

typedef struct link {
    ml_str path, target; /* relative to the root */
} link_to;

struct walk {
    const ml_discovery *what;
    ml_str prefix; /* from the repository's top to the root */
    ml_str *asked; /* cleaned */
    uint32_t asked_count;
    ml_source_files *out;
    ml_problems *problems;
    ml_arena *arena;  /* of what is returned */
    ml_arena kept;    /* for the time of the walk */
    ml_arena scratch; /* for one folder */
    char *listing;    /* LISTING_BYTES, as the system fills them */
    ML_VEC(struct folder) stack;
    ML_VEC(link_to) links;
};

typedef ML_VEC(struct entry) entries;

static void report(struct walk *walk, ml_str path, const char *en, const char *zh, int why)
{
    ml_problem problem = {.kind = ML_PROBLEM_UNREAD, .path = ml_arena_copy(walk->arena, path)};
    const char *separator = why ? ": " : "", *detail = why ? strerror(why) : "";

    problem.reason.in[ML_LANG_EN] = ml_arena_printf(walk->arena, "%s%s%s", en, separator, detail);
    problem.reason.in[ML_LANG_ZH] = ml_arena_printf(walk->arena, "%s%s%s", zh, why ? "：" : "", detail);
    ml_vec_push(walk->arena, walk->problems, problem);
}

/* ---- what was asked for ---- */

typedef enum relation { UNASKED, ON_WAY, ASKED } relation;

static bool is_below(ml_str path, ml_str above)
{
    return path.len > above.len && path.data[above.len] == '/' && ml_str_starts(path, above);
}

static relation relation_of(const struct walk *walk, const struct folder *parent, ml_str path)
{
    relation best = UNASKED;

    for (uint32_t i = 0; parent->on_way && i < walk->asked_count; i++) {
        if (ml_str_eq(walk->asked[i], path))
            return ASKED;
        if (is_below(walk->asked[i], path))
            best = ON_WAY;
    }
    return best;
}

static ml_status clean_asked(struct walk *walk, ml_error *error)
{
    const ml_discovery *what = walk->what;

    walk->asked = ML_NEW_ARRAY(&walk->kept, ml_str, what->path_count + 1u);
    for (uint32_t i = 0; i < what->path_count; i++) {
        ml_str path = ml_path_join(&walk->kept, ML_STR(""), what->paths[i]);
        walk->asked[walk->asked_count++] = path;
        if (!path.len)
            continue;
        int file = ml_open_below(what->root, path, O_PATH);
        if (file >= 0) {
            close(file);
            continue;
        }
        const char *name = ml_arena_cstr(&walk->kept, what->paths[i]);
        if (errno == EXDEV)
            return ml_fail(error, ML_EUSAGE, name, 0, "outside the project");
        if (errno == ELOOP)
            return ml_fail(error, ML_ENOTFOUND, name, 0, "reached over a symbolic link, which a scan does not follow");
        if (errno == ENOENT || errno == ENOTDIR)
            return ml_fail(error, ML_ENOTFOUND, name, 0, "no such file or folder");
        return ml_fail(error, ML_EIO, name, 0, "%s", strerror(errno));
    }
    return ML_OK;
}

static bool asks_for_root(const struct walk *walk)
{
    for (uint32_t i = 0; i < walk->asked_count; i++)
        if (!walk->asked[i].len)
            return true;
    return walk->asked_count == 0;
}

/* ---- judging entries ---- */

static ml_str below_root(const struct walk *walk, ml_str path)
{
    return ml_str_from(path, walk->prefix.len);
}

static bool glob_ignores(const struct walk *walk, ml_str path, bool is_folder)
{
    for (uint32_t i = 0; i < walk->what->ignore_count; i++) {
        ml_str glob = walk->what->ignore[i];
        if (ml_str_starts(glob, ML_STR("./")))
            glob = ml_str_from(glob, 2);
        bool of_folder = ml_str_ends(glob, ML_STR("/"));
        if (of_folder)
            glob = ml_str_slice(glob, 0, glob.len - 1);
        if ((is_folder || !of_folder) && ml_glob_match(glob, path))
            return true;
        /* What ignores all that is in a folder spares the walk of it. */
        if (is_folder && ml_str_ends(glob, ML_STR("/**")) && ml_glob_match(ml_str_slice(glob, 0, glob.len - 3), path))
            return true;
    }
    return false;
}

static bool is_passed_over(const struct walk *walk, ml_str path)
{
    return walk->what->passed_over.len && ml_str_eq(walk->what->passed_over, path);
}

static void judge_folder(struct walk *walk, const struct folder *parent, ml_str name, ml_str path, bool is_package)
{
    ml_str below = below_root(walk, path);
    relation asked = relation_of(walk, parent, below);
    ml_folder_use use = ml_folder_use_of(name, parent->below_src);

    if (use == ML_FOLDER_NEVER || (parent->way_only && asked == UNASKED) || is_passed_over(walk, below))
        return;
    bool globbed = !parent->unglobbed && glob_ignores(walk, below, true);
    bool ignored = ml_ignored(parent->rules, path, true);
    bool unwanted = globbed || ignored || use == ML_FOLDER_SKIP || (use == ML_FOLDER_OUTPUT && is_package);
    if (unwanted && asked == UNASKED)
        return;
    struct folder child = {
        .path = ml_arena_concat(&walk->kept, path, ML_STR("/")),
        .rules = ignored ? NULL : parent->rules, /* they spoke of it, and were overruled */
        .in_scope = parent->in_scope || asked == ASKED,
        .on_way = parent->on_way && asked != UNASKED,
        .way_only = asked != ASKED && (unwanted || (parent->way_only && asked == ON_WAY)),
        .unglobbed = parent->unglobbed || globbed,
        .is_test = parent->is_test || ml_folder_is_test(name),
        .below_src = parent->below_src || ml_str_eq_c(name, "src"),
    };
    ml_vec_push(&walk->kept, &walk->stack, child);
}

static void note_link(struct walk *walk, int directory, const struct folder *parent, ml_str name, ml_str below)
{
    char target[PATH_MAX];
    ssize_t len = readlinkat(directory, name.data, target, sizeof target);
    ml_str folder_path = below_root(walk, parent->path);
    link_to found = {.path = ml_arena_copy(&walk->kept, below)};

    if (len > 0)
        found.target = ml_path_join(&walk->kept, folder_path, (ml_str){target, (size_t)len});
    ml_vec_push(&walk->kept, &walk->links, found);
}

static int64_t nanoseconds(const struct timespec *time)
{
    return (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
}

ml_file_stamp ml_file_stamp_of(const struct stat *info)
{
    return (ml_file_stamp){.bytes = (uint64_t)info->st_size,
                           .inode = (uint64_t)info->st_ino,
                           .written_ns = nanoseconds(&info->st_mtim),
                           .changed_ns = nanoseconds(&info->st_ctim),
                           .mode = (uint32_t)info->st_mode};
}

static const ml_file_stamp *stamp_of(struct walk *walk, int directory, ml_str name)
{
    struct stat info;

    if (!walk->what->stamps || fstatat(directory, name.data, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return NULL;
    ml_file_stamp *stamp = ML_NEW(walk->arena, ml_file_stamp);
    *stamp = ml_file_stamp_of(&info);
    return stamp;
}

static void judge_file(struct walk *walk, int directory, const struct folder *parent, const struct entry *entry,
                       ml_str path)
{
    ml_file_kind kind = entry->kind;
    ml_str below = below_root(walk, path);

    if (kind == ML_FILE_OTHER)
        return;
    bool asked = relation_of(walk, parent, below) == ASKED;
    if (!asked) {
        if (parent->way_only || (ml_file_is_declaration(entry->name) && !walk->what->include_declarations))
            return;
        if (ml_ignored(parent->rules, path, false) || (!parent->unglobbed && glob_ignores(walk, below, false)))
            return;
    }
    if (entry->type == DT_LNK) {
        if (kind != ML_FILE_JSON && kind != ML_FILE_ENV)
            note_link(walk, directory, parent, entry->name, below);
        return;
    }
    if (entry->type != DT_REG) {
        report(walk, below, "not a regular file", "不是普通文件", 0);
        return;
    }
    ml_source_file file = {
        .path = ml_arena_copy(walk->arena, below),
        .kind = kind,
        .is_test = parent->is_test || ml_file_is_test(entry->name),
        .in_scope = parent->in_scope || asked,
        .stamp = stamp_of(walk, directory, entry->name),
    };
    ml_vec_push(walk->arena, walk->out, file);
}

/* ---- one folder ---- */

static unsigned char type_of(int directory, const struct dirent64 *item)
{
    struct stat info;

    if (item->d_type != DT_UNKNOWN)
        return item->d_type;
    return fstatat(directory, item->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 ? (unsigned char)IFTODT(info.st_mode)
                                                                             : DT_UNKNOWN;
}

/* Names that cannot matter are dropped at once: most of a tree is neither folder nor code. */
static bool may_matter(const struct entry *entry)
{
    if (entry->type == DT_DIR)
        return !ml_str_eq_c(entry->name, ".") && !ml_str_eq_c(entry->name, "..");
    return entry->kind != ML_FILE_OTHER || ml_str_eq_c(entry->name, ".gitignore");
}

static void add_entry(struct walk *walk, int directory, const struct dirent64 *item, entries *found)
{
    struct entry entry = {ml_str_of(item->d_name), type_of(directory, item), ML_FILE_OTHER};

    if (entry.type != DT_DIR)
        entry.kind = ml_file_kind_of(entry.name);
    if (!may_matter(&entry))
        return;
    entry.name = ml_arena_copy(&walk->scratch, entry.name);
    ml_vec_push(&walk->scratch, found, entry);
}

/* Returns 0 or an errno. The system's own call: a DIR costs a stat, two settings and its buffer a folder. */
static int list_entries(struct walk *walk, int directory, entries *found)
{
    for (;;) {
        ssize_t len = getdents64(directory, walk->listing, LISTING_BYTES);
        if (len <= 0)
            return len < 0 ? errno : 0;
        for (ssize_t at = 0; at < len;) {
            const struct dirent64 *item = (const void *)(walk->listing + at);
            add_entry(walk, directory, item, found);
            at += item->d_reclen;
        }
    }
}

static const ml_ignore_list *own_rules(struct walk *walk, const struct folder *folder)
{
    ml_str path = ml_arena_concat(&walk->kept, below_root(walk, folder->path), ML_STR(".gitignore"));
    ml_str text;

    /* One that cannot be read hides nothing. */
    if (ml_source_read(&text, &walk->kept, walk->what->root, path, ML_IGNORE_FILE_MAX, NULL) != ML_OK)
        return folder->rules;
    return ml_ignore_parse(&walk->kept, text, folder->path, folder->rules);
}

static void judge_entries(struct walk *walk, int directory, struct folder *folder, const entries *found)
{
    bool is_package = folder->path.len == walk->prefix.len;

    for (uint32_t i = 0; i < found->count; i++) {
        is_package |= ml_file_marks_package(found->items[i].name);
        if (ml_str_eq_c(found->items[i].name, ".gitignore") && found->items[i].type == DT_REG)
            folder->rules = own_rules(walk, folder);
    }
    for (uint32_t i = 0; i < found->count; i++) {
        const struct entry *entry = &found->items[i];
        ml_str path = ml_arena_concat(&walk->scratch, folder->path, entry->name);
        if (entry->type == DT_DIR)
            judge_folder(walk, folder, entry->name, path, is_package);
        else
            judge_file(walk, directory, folder, entry, path);
    }
}

static int open_folder(struct walk *walk, ml_str below)
{
    if (!below.len)
        return open(ml_arena_cstr(&walk->scratch, walk->what->root), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return ml_open_below(walk->what->root, ml_str_slice(below, 0, below.len - 1), O_RDONLY | O_DIRECTORY);
}

static void visit(struct walk *walk, struct folder folder)
{
    ml_str below = below_root(walk, folder.path);
    ml_str name = below.len ? ml_str_slice(below, 0, below.len - 1) : ML_STR(".");
    int directory = open_folder(walk, below);

    if (directory < 0) {
        if (errno != ENOENT)
            report(walk, name, "the folder cannot be opened", "无法打开目录", errno);
        return;
    }
    entries found = {0};
    int why = list_entries(walk, directory, &found);
    if (why)
        report(walk, name, "the folder cannot be listed to its end", "无法读完目录", why);
    judge_entries(walk, directory, &folder, &found);
    close(directory);
    ml_arena_reset(&walk->scratch);
}

/* ---- all of it ---- */

static int by_path(const void *left, const void *right)
{
    const ml_source_file *a = left, *b = right;
    return ml_str_cmp(a->path, b->path);
}

/* A link to a file that is scanned under its own name hides nothing; others are reported. */
static void judge_links(struct walk *walk)
{
    for (uint32_t i = 0; i < walk->links.count; i++) {
        ml_source_file key = {.path = walk->links.items[i].target};
        const ml_source_files *files = walk->out;
        if (!key.path.len || !files->count || !bsearch(&key, files->items, files->count, sizeof key, by_path))
            report(walk, walk->links.items[i].path, "a symbolic link, not followed", "符号链接，不跟随", 0);
    }
}

ml_status ml_source_discover(ml_source_files *out, ml_problems *problems, ml_arena *arena, const ml_discovery *what,
                             ml_error *error)
{
    ml_source_files files = {0};
    struct walk walk = {.what = what, .out = &files, .problems = problems, .arena = arena};
    struct stat info;
    ml_status status;

    walk.listing = ml_arena_alloc(&walk.kept, 1, LISTING_BYTES);
    if (stat(ml_arena_cstr(&walk.kept, what->root), &info) != 0 || !S_ISDIR(info.st_mode)) {
        status = ml_fail(error, ML_ENOTFOUND, ml_arena_cstr(&walk.kept, what->root), 0, "no such folder");
        goto done;
    }
    if ((status = clean_asked(&walk, error)) != ML_OK)
        goto done;
    walk.prefix = ml_source_repository_prefix(&walk.kept, what->root);
    struct folder root = {
        .path = walk.prefix,
        .rules = ml_ignore_rules_above(&walk.kept, what->root, walk.prefix),
        .in_scope = asks_for_root(&walk),
        .on_way = walk.asked_count > 0,
    };
    ml_vec_push(&walk.kept, &walk.stack, root);
    while (walk.stack.count)
        visit(&walk, walk.stack.items[--walk.stack.count]);
    if (files.count > 1)
        qsort(files.items, files.count, sizeof *files.items, by_path);
    judge_links(&walk);
    *out = files;
done:
    ml_arena_finish(&walk.scratch);
    ml_arena_finish(&walk.kept);
    return status;
}
