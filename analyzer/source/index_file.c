/* The index: a header, the entries by path, extensions by name, a checksum. */
#include "ml/index_file.h"

enum {
    HEADER_BYTES = 12,
    STAT_BYTES = 40, /* before the object's name: times, device, owner, mode, size */
    MODE_AT = 24,
    EXTENSION_BYTES = 8,
    PAD_BYTES = 8,
    PATH_BYTES_MAX = 4096, /* no system has longer ones; packed, each could be as long as all before it together */
};

enum {
    FLAG_MORE = 0x4000, /* two more bytes of flags */
    FLAG_STAGE = 0x3000,
    MORE_SKIP_WORK_TREE = 0x4000,
};

/* What is left to read; broken once it was too short for what it should hold. */
struct bytes {
    const unsigned char *at;
    size_t left;
    bool broken;
};

static const unsigned char *take(struct bytes *bytes, size_t count)
{
    static const unsigned char nothing[STAT_BYTES];

    if (bytes->broken || count > bytes->left) {
        bytes->broken = true;
        return nothing;
    }
    const unsigned char *taken = bytes->at;
    bytes->at += count;
    bytes->left -= count;
    return taken;
}

static ml_str take_str(struct bytes *bytes, size_t count)
{
    const unsigned char *taken = take(bytes, count);
    return bytes->broken ? ML_STR_NONE : (ml_str){(const char *)taken, count};
}

/* What stands before the next byte of this kind, which is taken, too. */
static ml_str take_until(struct bytes *bytes, int end)
{
    const unsigned char *found = bytes->broken || !bytes->left ? NULL : memchr(bytes->at, end, bytes->left);

    if (!found) {
        bytes->broken = true;
        return ML_STR_NONE;
    }
    ml_str text = take_str(bytes, (size_t)(found - bytes->at));
    take(bytes, 1);
    return text;
}

static uint32_t number_at(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t take_number(struct bytes *bytes)
{
    const unsigned char *at = take(bytes, 4);
    return bytes->broken ? 0 : number_at(at);
}

static uint32_t take_short(struct bytes *bytes)
{
    const unsigned char *at = take(bytes, 2);
    return bytes->broken ? 0 : (uint32_t)at[0] << 8 | at[1];
}

/* As the offsets of a pack are written: seven bits a byte, the highest first, each further byte counting from one. */
static size_t take_length(struct bytes *bytes)
{
    const unsigned char *at = take(bytes, 1);
    size_t value = *at & 127u;

    while (!bytes->broken && *at & 128u) {
        if (value > SIZE_MAX >> 8)
            bytes->broken = true;
        at = take(bytes, 1);
        value = ((value + 1) << 7) + (*at & 127u);
    }
    return value;
}

/* ---- entries ---- */

/* Version 4: how much of the path before goes, and what comes instead. */
static ml_str take_packed_path(struct bytes *bytes, ml_arena *arena, ml_str before)
{
    size_t gone = take_length(bytes);
    ml_str tail = take_until(bytes, '\0');

    if (bytes->broken || gone > before.len || before.len - gone + tail.len > PATH_BYTES_MAX) {
        bytes->broken = true;
        return ML_STR_NONE;
    }
    return ml_arena_concat(arena, ml_str_slice(before, 0, before.len - gone), tail);
}

/* Versions 2 and 3: filled up with NUL bytes, one at least, to a multiple of eight. */
static ml_str take_path(struct bytes *bytes, size_t entry_bytes)
{
    ml_str path = take_until(bytes, '\0');
    size_t used = entry_bytes + path.len + 1;

    take(bytes, (PAD_BYTES - used % PAD_BYTES) % PAD_BYTES);
    return path;
}

static bool take_entry(ml_index_entry *entry, struct bytes *bytes, ml_arena *arena, uint32_t version, uint32_t id_bytes,
                       ml_str before)
{
    size_t begin = bytes->left;
    uint32_t mode = number_at(take(bytes, STAT_BYTES) + MODE_AT);
    ml_str id = take_str(bytes, id_bytes);
    uint32_t flags = take_short(bytes);
    uint32_t more = flags & FLAG_MORE ? take_short(bytes) : 0;

    if (more & ~(uint32_t)MORE_SKIP_WORK_TREE || (more && version < 3))
        return false;
    ml_str path = version < 4 ? take_path(bytes, begin - bytes->left) : take_packed_path(bytes, arena, before);
    *entry = (ml_index_entry){.path = path, .id = id, .mode = mode, .merged = !(flags & FLAG_STAGE)};
    return !bytes->broken && path.len;
}

static bool is_in_order(const ml_index_entry *before, const ml_index_entry *entry)
{
    int order = ml_str_cmp(before->path, entry->path);
    return order < 0 || (order == 0 && !entry->merged);
}

static bool take_entries(ml_index *index, struct bytes *bytes, ml_arena *arena, uint32_t version, uint32_t count)
{
    ml_index_entry before = {.path = ML_STR("")};

    if (count > bytes->left / STAT_BYTES)
        return false;
    index->entries = ML_NEW_ARRAY(arena, ml_index_entry, count);
    index->entry_count = count;
    for (uint32_t i = 0; i < count; i++) {
        ml_index_entry *entry = &index->entries[i];
        if (!take_entry(entry, bytes, arena, version, index->id_bytes, before.path) || !is_in_order(&before, entry))
            return false;
        before = *entry;
    }
    return true;
}

/* ---- extensions ---- */

static bool parse_count(uint32_t *out, ml_str digits)
{
    *out = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9' || *out > UINT32_MAX / 16)
            return false;
        *out = *out * 10 + (uint32_t)(digits.data[i] - '0');
    }
    return digits.len > 0;
}

/* A folder that stands open: children_left more of its own follow. */
struct open_folder {
    uint32_t folder, last_child, children_left;
};

static bool take_folder(ml_index_folder *folder, uint32_t *child_count, struct bytes *bytes, uint32_t id_bytes)
{
    *folder = (ml_index_folder){.name = take_until(bytes, '\0')};
    ml_str entries = take_until(bytes, ' '), children = take_until(bytes, '\n');

    if (!parse_count(child_count, children))
        return false;
    if (ml_str_eq_c(entries, "-1"))
        return !bytes->broken;
    folder->id = take_str(bytes, id_bytes);
    return parse_count(&folder->entry_count, entries) && !bytes->broken;
}

/* Folders stand in the order of a walk: each before what is below it. */
static bool take_folders(ml_index *index, struct bytes bytes, ml_arena *arena)
{
    ML_VEC(struct open_folder) open = {0};

    while (bytes.left) {
        ml_index_folder folder;
        uint32_t at = index->folders.count, child_count;
        if (!take_folder(&folder, &child_count, &bytes, index->id_bytes) || (at && !open.count))
            return false;
        ml_vec_push(arena, &index->folders, folder);
        if (at) {
            struct open_folder *above = &open.items[open.count - 1];
            if (above->last_child)
                index->folders.items[above->last_child].next_sibling = at;
            else
                index->folders.items[above->folder].first_child = at;
            above->last_child = at;
            above->children_left--;
        }
        if (child_count) {
            struct open_folder own = {.folder = at, .children_left = child_count};
            ml_vec_push(arena, &open, own);
        }
        while (open.count && !open.items[open.count - 1].children_left)
            open.count--;
    }
    return !open.count;
}

/* One with a small letter changes what the entries mean. */
static bool take_extension(ml_index *index, struct bytes *bytes, ml_arena *arena)
{
    ml_str name = take_str(bytes, 4);
    uint32_t size = take_number(bytes);
    struct bytes own = {.at = bytes->at, .left = size};

    take(bytes, size);
    if (bytes->broken || name.data[0] < 'A' || name.data[0] > 'Z')
        return false;
    if (!ml_str_eq_c(name, "TREE"))
        return true;
    if (index->folders.count || !take_folders(index, own, arena))
        index->folders.count = 0;
    return true;
}

bool ml_index_read(ml_index *out, ml_arena *arena, ml_str bytes, uint32_t id_bytes)
{
    ml_index index = {.id_bytes = id_bytes};

    if (bytes.len < HEADER_BYTES + (size_t)id_bytes || !ml_str_starts(bytes, ML_STR("DIRC")))
        return false;
    struct bytes rest = {.at = (const unsigned char *)bytes.data + 4, .left = bytes.len - 4 - id_bytes};
    uint32_t version = take_number(&rest), count = take_number(&rest);
    if (version < 2 || version > 4 || !take_entries(&index, &rest, arena, version, count))
        return false;
    while (rest.left)
        if (!take_extension(&index, &rest, arena))
            return false;
    *out = index;
    return true;
}
