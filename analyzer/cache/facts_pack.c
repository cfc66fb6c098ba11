/* Facts to bytes and back. */
#include "facts_form.h"

#include "ml/buf.h"

#include <stddef.h>

/* What is added to the facts has to be packed, too. */
_Static_assert(sizeof(void *) != 8 || sizeof(ml_facts) == 280, "ml_facts has another member");

typedef struct facts_head {
    uint32_t counts[PART_COUNT];
    uint32_t kind, text_bytes;
    uint64_t pool_bytes; /* of the texts that do not stand in the file as they are */
} facts_head;

static const size_t part_size[PART_COUNT] = {
    [PART_NODES] = sizeof(ml_node),
    [PART_SCOPE_OF] = sizeof(ml_scope_id),
    [PART_TEXTS] = sizeof(ml_str),
    [PART_BINDINGS] = sizeof(ml_binding),
    [PART_SCOPES] = sizeof(ml_scope),
    [PART_IMPORTS] = sizeof(ml_import),
    [PART_EXPORTS] = sizeof(ml_export),
    [PART_FUNCTIONS] = sizeof(ml_function),
    [PART_CLASSES] = sizeof(ml_class),
    [PART_CALLS] = sizeof(ml_node_id),
    [PART_RETURNS] = sizeof(ml_node_id),
    [PART_WRITES] = sizeof(ml_write),
    [PART_WRITES_BY_BINDING] = sizeof(uint32_t),
    [PART_THIS_WRITES] = sizeof(ml_write),
    [PART_DIRECTIVES] = sizeof(ml_directive),
    [PART_ERRORS] = sizeof(ml_range),
};

/* Where an ml_str's bytes are: IN_TEXT or IN_POOL above an offset of 32 bits; or nowhere. */
enum { IN_TEXT = 1, IN_POOL = 2 };
typedef struct packed_str {
    uint64_t where, len;
} packed_str;
_Static_assert(sizeof(packed_str) == sizeof(ml_str), "a packed text takes the place of one");

static size_t padded(size_t bytes)
{
    return (bytes + 7) & ~(size_t)7;
}

/* ---- packing ---- */

typedef struct packer {
    ml_buf *out;
    ml_buf pool;
    ml_str text;
} packer;

static uint32_t text_count(const ml_facts *facts)
{
    uint32_t count = 1;

    for (uint32_t i = 0; i < facts->node_count; i++)
        if (facts->nodes[i].text >= count)
            count = facts->nodes[i].text + 1;
    return count;
}

/* Lists that are cut into ranges end where the last range does. */
static facts_counts counts_of(const ml_facts *facts)
{
    facts_counts counts = {
        {[PART_NODES] = facts->node_count,
         [PART_SCOPE_OF] = facts->node_count,
         [PART_TEXTS] = text_count(facts),
         [PART_BINDINGS] = facts->binding_count,
         [PART_SCOPES] = facts->scope_count,
         [PART_IMPORTS] = facts->import_count,
         [PART_EXPORTS] = facts->export_count,
         [PART_FUNCTIONS] = facts->function_count,
         [PART_CLASSES] = facts->class_count,
         [PART_CALLS] = facts->call_count,
         [PART_WRITES] = facts->write_count,
         [PART_DIRECTIVES] = facts->directive_count,
         [PART_ERRORS] = facts->error_count}
    };

    for (uint32_t i = 0; i < facts->function_count; i++)
        counts.of[PART_RETURNS] += facts->functions[i].return_count;
    for (uint32_t i = 0; i < facts->binding_count; i++)
        counts.of[PART_WRITES_BY_BINDING] += facts->bindings[i].write_count;
    for (uint32_t i = 0; i < facts->class_count; i++)
        counts.of[PART_THIS_WRITES] += facts->classes[i].this_write_count;
    return counts;
}

static packed_str pack_str(packer *p, ml_str s)
{
    packed_str packed = {.len = s.len};
    uintptr_t at = (uintptr_t)s.data, text = (uintptr_t)p->text.data;

    if (!s.data)
        return packed;
    if (p->text.data && at >= text && at - text <= p->text.len && s.len <= p->text.len - (at - text)) {
        packed.where = (uint64_t)IN_TEXT << 32 | (uint64_t)(at - text);
    } else {
        packed.where = (uint64_t)IN_POOL << 32 | p->pool.len;
        ml_buf_bytes(&p->pool, s.data, s.len);
    }
    return packed;
}

static void put_str(packer *p, char *record, size_t offset)
{
    ml_str s;

    memcpy(&s, record + offset, sizeof s);
    packed_str packed = pack_str(p, s);
    memcpy(record + offset, &packed, sizeof packed);
}

/* The bytes between two members belong to nobody, and say nothing of the memory they come from. */
#define CLEAR_GAP(record, type, before, after)                                                                         \
    memset((record) + offsetof(type, before) + sizeof((type){0}.before), 0,                                            \
           offsetof(type, after) - offsetof(type, before) - sizeof((type){0}.before))
#define CLEAR_END(record, type, before)                                                                                \
    memset((record) + offsetof(type, before) + sizeof((type){0}.before), 0,                                            \
           sizeof(type) - offsetof(type, before) - sizeof((type){0}.before))

static void pack_record(packer *p, facts_part part, char *record)
{
    switch (part) {
    case PART_NODES:
        /* Of the bytes between op and start the first is kept, as a bool: it costs nothing, and a flag
         * that takes that place is not lost. The others say nothing. */
        memset(record + offsetof(ml_node, op) + 2, 0, offsetof(ml_node, start) - offsetof(ml_node, op) - 2);
        record[offsetof(ml_node, op) + 1] &= 1;
        break;
    case PART_SCOPES: CLEAR_GAP(record, ml_scope, kind, parent); break;
    case PART_TEXTS: put_str(p, record, 0); break;
    case PART_BINDINGS:
        put_str(p, record, offsetof(ml_binding, name));
        CLEAR_GAP(record, ml_binding, is_ambient, scope);
        CLEAR_END(record, ml_binding, next_in_scope);
        break;
    case PART_IMPORTS:
        CLEAR_GAP(record, ml_import, node, specifier);
        put_str(p, record, offsetof(ml_import, specifier));
        put_str(p, record, offsetof(ml_import, name));
        CLEAR_END(record, ml_import, type_only);
        break;
    case PART_EXPORTS:
        CLEAR_GAP(record, ml_export, common_js, name);
        put_str(p, record, offsetof(ml_export, name));
        CLEAR_GAP(record, ml_export, value, specifier);
        put_str(p, record, offsetof(ml_export, specifier));
        put_str(p, record, offsetof(ml_export, source_name));
        break;
    case PART_CLASSES: put_str(p, record, offsetof(ml_class, name)); break;
    case PART_DIRECTIVES:
        put_str(p, record, offsetof(ml_directive, text));
        CLEAR_END(record, ml_directive, alone);
        break;
    default: break;
    }
}

static void pack_part(packer *p, facts_part part, const void *items, uint32_t count)
{
    static const char zeros[8];
    size_t size = part_size[part], bytes = count * size, begin = p->out->len;

    ml_buf_bytes(p->out, items, bytes);
    ml_buf_bytes(p->out, zeros, padded(bytes) - bytes);
    for (uint32_t i = 0; i < count; i++)
        pack_record(p, part, p->out->data + begin + i * size);
}

void ml_facts_pack(ml_buf *out, const ml_facts *facts)
{
    const void *const items[PART_COUNT] = {facts->nodes,
                                           facts->scope_of,
                                           facts->texts,
                                           facts->bindings,
                                           facts->scopes,
                                           facts->imports,
                                           facts->exports,
                                           facts->functions,
                                           facts->classes,
                                           facts->calls,
                                           facts->returns,
                                           facts->writes,
                                           facts->writes_by_binding,
                                           facts->this_writes,
                                           facts->directives,
                                           facts->errors};
    facts_counts counts = counts_of(facts);
    facts_head head = {.kind = (uint32_t)facts->kind, .text_bytes = (uint32_t)facts->lines.text.len};
    packer p = {.out = out, .text = facts->lines.text};
    size_t at = out->len;

    memcpy(head.counts, counts.of, sizeof head.counts);
    ml_buf_bytes(out, &head, sizeof head);
    for (facts_part part = 0; part < PART_COUNT; part++)
        pack_part(&p, part, items[part], counts.of[part]);
    ml_buf_bytes(out, p.pool.data, p.pool.len);
    head.pool_bytes = p.pool.len;
    memcpy(out->data + at, &head, sizeof head);
    ml_buf_finish(&p.pool);
}

/* ---- unpacking ---- */

typedef struct unpacker {
    ml_str text, pool;
} unpacker;

static bool take_str(const unpacker *u, char *at)
{
    packed_str packed;
    ml_str s = ML_STR_NONE;

    memcpy(&packed, at, sizeof packed);
    uint64_t offset = packed.where & UINT32_MAX;
    ml_str from = packed.where >> 32 == IN_TEXT ? u->text : packed.where >> 32 == IN_POOL ? u->pool : ML_STR_NONE;
    if (offset > from.len || packed.len > from.len - offset || (!packed.where && packed.len))
        return false;
    if (packed.where && from.data)
        s = (ml_str){from.data + offset, (size_t)packed.len};
    memcpy(at, &s, sizeof s);
    return true;
}

/* A bool that is neither 0 nor 1 must not be looked at. */
static bool is_bool(const char *at)
{
    return (unsigned char)*at <= 1;
}

static bool take_record(const unpacker *u, facts_part part, char *record)
{
    switch (part) {
    case PART_NODES: return is_bool(record + offsetof(ml_node, op) + 1);
    case PART_TEXTS: return take_str(u, record);
    case PART_BINDINGS:
        return take_str(u, record + offsetof(ml_binding, name)) && is_bool(record + offsetof(ml_binding, is_const)) &&
               is_bool(record + offsetof(ml_binding, is_ambient));
    case PART_IMPORTS:
        return take_str(u, record + offsetof(ml_import, specifier)) &&
               take_str(u, record + offsetof(ml_import, name)) && is_bool(record + offsetof(ml_import, type_only));
    case PART_EXPORTS:
        return take_str(u, record + offsetof(ml_export, name)) &&
               take_str(u, record + offsetof(ml_export, specifier)) &&
               take_str(u, record + offsetof(ml_export, source_name)) &&
               is_bool(record + offsetof(ml_export, type_only)) && is_bool(record + offsetof(ml_export, common_js));
    case PART_CLASSES: return take_str(u, record + offsetof(ml_class, name));
    case PART_DIRECTIVES:
        return take_str(u, record + offsetof(ml_directive, text)) && is_bool(record + offsetof(ml_directive, alone));
    default: return true;
    }
}

static bool holds_records(facts_part part)
{
    return part == PART_NODES || part == PART_TEXTS || part == PART_BINDINGS || part == PART_IMPORTS ||
           part == PART_EXPORTS || part == PART_CLASSES || part == PART_DIRECTIVES;
}

/* Where each part begins; false when they and the pool are not just as long as the bytes. */
static bool lay_out(const facts_head *head, size_t len, size_t begin[PART_COUNT + 1])
{
    size_t at = sizeof *head;

    for (facts_part part = 0; part < PART_COUNT; part++) {
        begin[part] = at;
        at += padded((size_t)head->counts[part] * part_size[part]); /* below 2^39 each */
    }
    begin[PART_COUNT] = at;
    return at <= len && head->pool_bytes == len - at && head->pool_bytes <= UINT32_MAX;
}

static void point(ml_facts *facts, const facts_head *head, const char *bytes, const size_t begin[PART_COUNT])
{
    facts->nodes = (const void *)(bytes + begin[PART_NODES]);
    facts->node_count = head->counts[PART_NODES];
    facts->scope_of = (const void *)(bytes + begin[PART_SCOPE_OF]);
    facts->texts = (const void *)(bytes + begin[PART_TEXTS]);
    facts->bindings = (const void *)(bytes + begin[PART_BINDINGS]);
    facts->binding_count = head->counts[PART_BINDINGS];
    facts->scopes = (const void *)(bytes + begin[PART_SCOPES]);
    facts->scope_count = head->counts[PART_SCOPES];
    facts->imports = (const void *)(bytes + begin[PART_IMPORTS]);
    facts->import_count = head->counts[PART_IMPORTS];
    facts->exports = (const void *)(bytes + begin[PART_EXPORTS]);
    facts->export_count = head->counts[PART_EXPORTS];
    facts->functions = (const void *)(bytes + begin[PART_FUNCTIONS]);
    facts->function_count = head->counts[PART_FUNCTIONS];
    facts->classes = (const void *)(bytes + begin[PART_CLASSES]);
    facts->class_count = head->counts[PART_CLASSES];
    facts->calls = (const void *)(bytes + begin[PART_CALLS]);
    facts->call_count = head->counts[PART_CALLS];
    facts->returns = (const void *)(bytes + begin[PART_RETURNS]);
    facts->writes = (const void *)(bytes + begin[PART_WRITES]);
    facts->write_count = head->counts[PART_WRITES];
    facts->writes_by_binding = (const void *)(bytes + begin[PART_WRITES_BY_BINDING]);
    facts->this_writes = (const void *)(bytes + begin[PART_THIS_WRITES]);
    facts->directives = (const void *)(bytes + begin[PART_DIRECTIVES]);
    facts->directive_count = head->counts[PART_DIRECTIVES];
    facts->errors = (const void *)(bytes + begin[PART_ERRORS]);
    facts->error_count = head->counts[PART_ERRORS];
}

static bool take_all(const facts_head *head, char *bytes, ml_str text, const size_t begin[PART_COUNT + 1])
{
    unpacker u = {
        .text = text, .pool = {bytes + begin[PART_COUNT], (size_t)head->pool_bytes}
    };

    for (facts_part part = 0; part < PART_COUNT; part++) {
        if (!holds_records(part))
            continue;
        for (uint32_t i = 0; i < head->counts[part]; i++)
            if (!take_record(&u, part, bytes + begin[part] + i * part_size[part]))
                return false;
    }
    return true;
}

ml_facts *ml_facts_unpack(ml_arena *arena, ml_str path, ml_file_kind kind, ml_str text, char *bytes, size_t len)
{
    size_t begin[PART_COUNT + 1];
    facts_counts counts;
    facts_head head;
    ml_facts found = {.kind = kind};

    if (len < sizeof head)
        return NULL;
    memcpy(&head, bytes, sizeof head);
    if (head.kind != (uint32_t)kind || head.text_bytes != text.len || !lay_out(&head, len, begin) ||
        !take_all(&head, bytes, text, begin))
        return NULL;
    point(&found, &head, bytes, begin);
    memcpy(counts.of, head.counts, sizeof counts.of);
    found.lines = ml_lines_of(arena, text);
    if (!facts_are_sound(&found, &counts))
        return NULL;
    found.path = ml_arena_copy(arena, path);
    ml_facts *facts = ML_NEW(arena, ml_facts);
    *facts = found;
    return facts;
}
