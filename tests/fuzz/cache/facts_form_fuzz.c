/* Packed facts that somebody changed: refused, or safe to evaluate.
 *
 * The input: the kind of file; how many changes; each change, 3 bytes of place (counted from the end when odd) and a
 * byte to put there; the text. So seeds outlive a change of the packed form. */
#include "fuzz.h"

#include "ml/buf.h"
#include "ml/cache.h"
#include "ml/link.h"
#include "ml/lower.h"

static const ml_facts *facts_of(void *data, ml_file_id file)
{
    (void)file;
    return *(ml_facts *const *)data;
}

static bool text_of(void *data, ml_str path, ml_str *text)
{
    (void)data, (void)path, (void)text;
    return false;
}

static void evaluate(ml_arena *arena, ml_facts *facts)
{
    ml_source_file file = {.path = facts->path, .kind = facts->kind, .in_scope = true};
    ml_config config;

    ml_config_default(&config);
    ml_link_host host = {.data = &facts,
                         .facts = facts_of,
                         .text = text_of,
                         .files = &file,
                         .file_count = 1,
                         .catalog = ml_catalog_builtin(),
                         .config = &config};
    const ml_link *link = ml_link_new(arena, &host);
    ml_eval *eval = ml_eval_new(link, (ml_eval_options){.steps = 2000, .depth = ML_DEPTH_DEFAULT});
    for (uint32_t i = 0; i < facts->call_count && i < 200; i++) {
        ml_eval_begin(eval);
        ml_eval_requests(eval, 1, facts->calls[i]);
        ml_eval_bridge_call(eval, 1, facts->calls[i]);
    }
    for (uint32_t i = 0; i < facts->export_count && i < 50; i++) {
        ml_eval_begin(eval);
        ml_eval_carry(eval, 1, facts->exports[i].name);
    }
    for (uint32_t i = 0; i < facts->import_count; i++)
        ml_link_import_is_value(link, 1, i);
    for (ml_binding_id id = 1; id < facts->binding_count && id < 100; id++) {
        ml_eval_begin(eval);
        ml_eval_name(eval, 1, id);
    }
    ml_eval_free(eval);
}

static void read_all(ml_arena *arena, ml_facts *facts)
{
    ml_buf out = {0};

    ml_facts_dump(&out, facts);
    for (ml_node_id id = 1; id < facts->node_count; id++) {
        ml_buf_str(&out, ml_scope_name(arena, facts, id));
        ml_span_of(facts, id);
    }
    ml_buf_finish(&out);
    evaluate(arena, facts);
}

static void change(ml_buf *packed, const uint8_t *what)
{
    size_t place = ((size_t)what[0] << 16 | (size_t)what[1] << 8 | what[2]) >> 1;

    place %= packed->len;
    packed->data[what[2] & 1 ? packed->len - 1 - place : place] = (char)what[3];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ml_file_kind kinds[] = {ML_FILE_TS, ML_FILE_TSX, ML_FILE_JS, ML_FILE_VUE};
    static ml_parser *parser;
    ml_arena arena = {0};
    ml_buf packed = {0};

    if (size < 2 || size < 2 + (size_t)(data[1] % 16) * 4)
        return 0;
    if (!parser)
        parser = ml_parser_new(0);
    ml_file_kind kind = kinds[data[0] % 4];
    size_t changes = data[1] % 16;
    ml_str text = {(const char *)data + 2 + 4 * changes, size - 2 - 4 * changes};
    ml_facts *facts = ml_facts_of(&arena, parser, ML_STR("src/input.ts"), kind, text);
    ml_facts_pack(&packed, facts);
    for (size_t i = 0; i < changes; i++)
        change(&packed, data + 2 + 4 * i);
    char *bytes = ml_arena_alloc(&arena, 1, packed.len);
    memcpy(bytes, packed.data, packed.len);
    facts = ml_facts_unpack(&arena, facts->path, kind, text, bytes, packed.len);
    if (facts)
        read_all(&arena, facts);
    ml_buf_finish(&packed);
    ml_arena_finish(&arena);
    return 0;
}
