/* parser.c - one parse within a deadline and a memory ceiling, and the cursor over it. */
#include "ml/syntax.h"

#include "region.h"
#include "tables.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>
#include <tree_sitter/api.h>

struct ml_parser {
    region memory;
    const syntax_tables *tables;
    uint64_t patience, deadline; /* nanoseconds */
    uint32_t asked;              /* how often the engine asked whether it is late */
    bool late, has_tree;
    ml_str text;
    ml_dialect dialect;
    TSTreeCursor cursor;
};

ml_parser *ml_parser_new(size_t bytes_max)
{
    ml_parser *parser = ml_xmalloc(sizeof *parser);

    *parser = (ml_parser){.memory.bytes_max = bytes_max ? bytes_max : ML_PARSE_BYTES_MAX};
    ml_parser_set_patience(parser, ML_PARSE_MILLISECONDS);
    region_install();
    parser->tables = tables_get();
    return parser;
}

void ml_parser_free(ml_parser *parser)
{
    if (!parser)
        return;
    region_finish(&parser->memory);
    free(parser);
}

uint64_t ml_parse_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void ml_parser_set_patience(ml_parser *parser, uint32_t milliseconds)
{
    parser->patience = (uint64_t)milliseconds * 1000000u;
}

uint64_t ml_parser_deadline(const ml_parser *parser)
{
    return ml_parse_clock() + parser->patience;
}

static const char *read_text(void *payload, uint32_t byte, TSPoint point, uint32_t *len)
{
    const ml_parser *parser = payload;

    (void)point;
    *len = byte < parser->text.len ? (uint32_t)(parser->text.len - byte) : 0;
    return *len ? parser->text.data + byte : "";
}

/* The engine asks every few tens of microseconds; the clock of a thread is a call into the kernel. */
enum { CLOCK_EVERY = 16 };

static bool is_late(TSParseState *state)
{
    ml_parser *parser = state->payload;

    if (parser->asked++ % CLOCK_EVERY == 0)
        parser->late = ml_parse_clock() > parser->deadline;
    return parser->late;
}

/* The parser object itself is made anew for every parse, inside the region: it costs
 * microseconds, and nothing of a parse that was broken off can outlive it. */
static void parse(ml_parser *parser)
{
    TSParser *engine = ts_parser_new();
    bool fits = ts_parser_set_language(engine, parser->tables->language[parser->dialect]);
    TSInput input = {.payload = parser, .read = read_text, .encoding = TSInputEncodingUTF8};
    TSParseOptions options = {.payload = parser, .progress_callback = is_late};

    assert(fits && "grammar and parser core are of different versions");
    (void)fits;
    TSTree *tree = ts_parser_parse_with_options(engine, NULL, input, options);
    if (!tree)
        return;
    parser->cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    parser->has_tree = true;
}

ml_parse_status ml_parse(ml_parser *parser, ml_str text, ml_dialect dialect, uint64_t deadline)
{
    ml_parser_drop(parser);
    if (text.len >= UINT32_MAX)
        return ML_PARSE_TOO_LARGE;
    parser->text = text;
    parser->dialect = dialect;
    parser->deadline = deadline ? deadline : ml_parser_deadline(parser);
    parser->late = false;
    parser->asked = 0;
    parser->memory.high = 0;
    region_use(&parser->memory);
    if (setjmp(parser->memory.escape)) {
        parser->memory.bounded = false;
        ml_parser_drop(parser);
        return ML_PARSE_TOO_LARGE;
    }
    parser->memory.bounded = true;
    parse(parser);
    parser->memory.bounded = false;
    if (parser->has_tree)
        return ML_PARSE_OK;
    ml_parser_drop(parser);
    return ML_PARSE_TOO_LATE;
}

void ml_parser_drop(ml_parser *parser)
{
    parser->has_tree = false;
    parser->text = ML_STR_NONE;
    region_reset(&parser->memory);
}

size_t ml_parser_bytes(const ml_parser *parser)
{
    return parser->memory.high;
}

bool ml_cursor_here(ml_parser *parser, ml_syntax *out)
{
    if (!parser->has_tree)
        return false;
    TSNode node = ts_tree_cursor_current_node(&parser->cursor);
    TSSymbol symbol = ts_node_symbol(node);
    TSFieldId field = ts_tree_cursor_current_field_id(&parser->cursor);

    out->kind = tables_kind(parser->tables, parser->dialect, symbol);
    out->field = parser->tables->fields[parser->dialect][field];
    out->named = ts_node_is_named(node);
    out->missing = ts_node_is_missing(node);
    out->start = ts_node_start_byte(node);
    out->end = ts_node_end_byte(node);
    return true;
}

bool ml_cursor_down(ml_parser *parser, ml_syntax *out)
{
    region_use(&parser->memory); /* the cursor's stack may grow */
    return parser->has_tree && ts_tree_cursor_goto_first_child(&parser->cursor) && ml_cursor_here(parser, out);
}

bool ml_cursor_right(ml_parser *parser, ml_syntax *out)
{
    return parser->has_tree && ts_tree_cursor_goto_next_sibling(&parser->cursor) && ml_cursor_here(parser, out);
}

bool ml_cursor_up(ml_parser *parser)
{
    return parser->has_tree && ts_tree_cursor_goto_parent(&parser->cursor);
}

bool ml_cursor_has_error(ml_parser *parser)
{
    return parser->has_tree && ts_node_has_error(ts_tree_cursor_current_node(&parser->cursor));
}
