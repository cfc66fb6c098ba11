/* What of the index differs from a commit. Folders whose tree git noted in the index are compared
 * by its name alone; the others' trees are walked along with the entries, which are in the same
 * order: by path, a folder as if its name ended with a slash. Level by level, so that the trees of
 * a level are fetched together. */
#include "ml/index_file.h"

#include "ml/map.h"

/* More trees than this are quicker read by git, which compares while it reads. */
enum { TREES_MAX = 512 };

/* A folder that is not known to be the commit's. */
struct folder {
    uint32_t first, end; /* its entries */
    size_t path_len;     /* of its path with a slash, as its entries begin */
    uint32_t known;      /* index of what git noted + 1, 0: nothing */
    ml_str id;           /* of the commit's tree */
};

typedef ML_VEC(struct folder) folder_list;

struct walk {
    ml_index *index;
    ml_arena arena;
    folder_list below; /* the next level */
};

static void mark(ml_index *index, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++)
        index->entries[i].changed = true;
}

/* ---- trees ---- */

struct tree_entry {
    ml_str name, id;
    uint32_t mode;
};

enum { MODE_FOLDER = 040000, MODE_KIND = 0170000, MODE_FILE = 0100000 };

/* Old commits have more permissions than the two git keeps. */
static uint32_t kept_mode(uint32_t mode)
{
    if ((mode & MODE_KIND) != MODE_FILE)
        return mode & MODE_KIND;
    return MODE_FILE | (mode & 0100 ? 0755 : 0644);
}

/* "100644 name\0id" */
static bool take_tree_entry(struct tree_entry *entry, ml_str *tree, uint32_t id_bytes)
{
    ml_str mode = ml_str_split(tree, ' ');
    size_t end = ml_str_find_char(*tree, '\0');
    uint32_t value = 0;

    if (end == ML_NOT_FOUND || tree->len - end - 1 < id_bytes || !mode.len || mode.len > 6)
        return false;
    for (size_t i = 0; i < mode.len; i++) {
        if (mode.data[i] < '0' || mode.data[i] > '7')
            return false;
        value = value * 8 + (uint32_t)(mode.data[i] - '0');
    }
    *entry = (struct tree_entry){.name = ml_str_slice(*tree, 0, end),
                                 .id = ml_str_slice(*tree, end + 1, end + 1 + id_bytes),
                                 .mode = kept_mode(value)};
    *tree = ml_str_from(*tree, end + 1 + id_bytes);
    return entry->name.len > 0;
}

/* The order of names in a tree. */
static int compare_names(ml_str a, bool a_is_folder, ml_str b, bool b_is_folder)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.data, b.data, common);

    if (order)
        return order;
    int next_a = a.len > common ? (unsigned char)a.data[common] : a_is_folder ? '/' : 0;
    int next_b = b.len > common ? (unsigned char)b.data[common] : b_is_folder ? '/' : 0;
    return next_a - next_b;
}

/* ---- one folder ---- */

static uint32_t end_of_folder(const ml_index *index, uint32_t first, uint32_t end, ml_str path)
{
    uint32_t low = first + 1;

    while (low < end) { /* entries that begin with it stand together */
        uint32_t middle = low + (end - low) / 2;
        if (ml_str_starts(index->entries[middle].path, path))
            low = middle + 1;
        else
            end = middle;
    }
    return low;
}

static void map_known(ml_strmap *map, struct walk *walk, const struct folder *folder)
{
    const ml_index *index = walk->index;

    if (!folder->known)
        return;
    for (uint32_t i = index->folders.items[folder->known - 1].first_child; i; i = index->folders.items[i].next_sibling)
        ml_strmap_put(&walk->arena, map, index->folders.items[i].name, &index->folders.items[i]);
}

static void compare_folder(struct walk *walk, struct folder below, const struct tree_entry *theirs)
{
    ml_index *index = walk->index;
    const ml_index_folder *known = below.known ? &index->folders.items[below.known - 1] : NULL;

    if (!theirs) {
        mark(index, below.first, below.end);
        return;
    }
    below.id = theirs->id;
    if (!known || !known->id.len || known->entry_count != below.end - below.first || !ml_str_eq(known->id, below.id))
        ml_vec_push(&walk->arena, &walk->below, below);
}

/* The commit's side, read along. */
struct their_side {
    ml_str rest;
    struct tree_entry entry;
    uint32_t id_bytes;
    bool at_end, broken;
};

static void next_theirs(struct their_side *side)
{
    side->at_end = !side->rest.len;
    if (!side->at_end && !take_tree_entry(&side->entry, &side->rest, side->id_bytes))
        side->at_end = side->broken = true;
}

/* NULL when they have none of that name. A tree out of order only makes entries look changed. */
static const struct tree_entry *find_theirs(struct their_side *side, ml_str name, bool is_folder)
{
    while (!side->at_end) {
        int order = compare_names(name, is_folder, side->entry.name, side->entry.mode == MODE_FOLDER);
        if (order <= 0)
            return order == 0 ? &side->entry : NULL;
        next_theirs(side);
    }
    return NULL;
}

static bool is_same(const ml_index_entry *entry, const struct tree_entry *theirs)
{
    return theirs && entry->merged && entry->mode == theirs->mode && ml_str_eq(entry->id, theirs->id);
}

static bool compare_tree(struct walk *walk, const struct folder *folder, ml_str tree)
{
    ml_index *index = walk->index;
    struct their_side side = {.rest = tree, .id_bytes = index->id_bytes};
    ml_strmap known = {0};

    map_known(&known, walk, folder);
    next_theirs(&side);
    for (uint32_t i = folder->first; i < folder->end;) {
        ml_index_entry *entry = &index->entries[i];
        ml_str name = ml_str_from(entry->path, folder->path_len);
        size_t slash = ml_str_find_char(name, '/');
        if (slash == ML_NOT_FOUND) {
            entry->changed = !is_same(entry, find_theirs(&side, name, false));
            i++;
            continue;
        }
        name = ml_str_slice(name, 0, slash);
        const struct tree_entry *theirs = find_theirs(&side, name, true);
        const ml_index_folder *noted = ml_strmap_get(&known, name);
        struct folder below = {.first = i, .path_len = folder->path_len + slash + 1};
        below.end = end_of_folder(index, i, folder->end, ml_str_slice(entry->path, 0, below.path_len));
        below.known = noted ? (uint32_t)(noted - index->folders.items) + 1 : 0;
        compare_folder(walk, below, theirs);
        i = below.end;
    }
    return !side.broken;
}

/* ---- all of them ---- */

static bool compare_level(struct walk *walk, const folder_list *level, ml_index_fetch fetch, void *data)
{
    ml_str *ids = ML_NEW_ARRAY(&walk->arena, ml_str, level->count);
    ml_str *trees = ML_NEW_ARRAY(&walk->arena, ml_str, level->count);

    for (uint32_t i = 0; i < level->count; i++)
        ids[i] = level->items[i].id;
    if (!fetch(data, trees, &walk->arena, ids, level->count))
        return false;
    for (uint32_t i = 0; i < level->count; i++)
        if (!compare_tree(walk, &level->items[i], trees[i]))
            return false;
    return true;
}

bool ml_index_compare(ml_index *index, ml_str tree, ml_index_fetch fetch, void *data)
{
    struct walk walk = {.index = index};
    struct folder top = {.end = index->entry_count, .known = index->folders.count ? 1 : 0};
    struct tree_entry theirs = {.id = tree};
    uint32_t total = 0;
    bool known = true;

    compare_folder(&walk, top, &theirs);
    while (known && walk.below.count) {
        folder_list level = walk.below;
        walk.below = (folder_list){0};
        total += level.count;
        known = total <= TREES_MAX && compare_level(&walk, &level, fetch, data);
    }
    ml_arena_finish(&walk.arena);
    return known;
}
