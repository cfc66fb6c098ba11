#include "ml/lower.h"

#include "walker.h"

static ml_markup markup_of(ml_file_kind kind)
{
    return kind == ML_FILE_VUE ? ML_MARKUP_VUE : kind == ML_FILE_SVELTE ? ML_MARKUP_SVELTE : ML_MARKUP_HTML;
}

/* The programs of the file: the whole of it, or the script blocks of markup. */
static ml_scripts scripts_of(ml_arena *arena, ml_file_kind kind, ml_str text)
{
    ml_scripts scripts = {0};
    ml_script whole = {0, (uint32_t)text.len, kind == ML_FILE_TS ? ML_DIALECT_TS : ML_DIALECT_TSX};

    if (ml_file_kind_is_markup(kind))
        ml_scripts_of(&scripts, arena, markup_of(kind), text);
    else
        ml_vec_push(arena, &scripts, whole);
    return scripts;
}

static void cut(ml_facts *facts, const char *reason)
{
    facts->cut_short = true;
    facts->cut_reason = reason;
}

static void lower_script(builder *b, ml_parser *parser, const ml_script *script, uint64_t deadline, bool directives)
{
    ml_str piece = ml_str_slice(b->text, script->start, script->end);
    ml_arena scratch = {0};

    switch (ml_parse(parser, ml_normalise(&scratch, piece), script->dialect, deadline)) {
    case ML_PARSE_OK: walk_tree(b, parser, 1, 1, script->start, directives); break;
    case ML_PARSE_TOO_LATE: cut(b->facts, "parsing took too long"); break;
    case ML_PARSE_TOO_LARGE: cut(b->facts, "parsing needed too much memory"); break;
    }
    ml_parser_drop(parser);
    ml_arena_finish(&scratch);
}

ml_facts *ml_facts_of(ml_arena *arena, ml_parser *parser, ml_str path, ml_file_kind kind, ml_str text)
{
    ml_facts *facts = ML_NEW(arena, ml_facts);
    uint64_t deadline = ml_parser_deadline(parser);
    builder b;

    facts->path = ml_arena_copy(arena, path);
    facts->kind = kind;
    facts->lines = ml_lines_of(arena, text);
    builder_init(&b, arena, facts, text);
    ml_node_id program = builder_node(&b, ML_NODE_PROGRAM, 0, ML_ROLE_NONE, 0, (uint32_t)text.len, 1);
    builder_scope(&b, ML_SCOPE_FILE, 0, program);
    if (text.len >= UINT32_MAX) {
        cut(facts, "the file has 4 GB or more");
    } else {
        ml_scripts scripts = scripts_of(arena, kind, text);
        bool directives = ml_str_contains(text, ML_STR("meterlint-"));
        for (uint32_t i = 0; i < scripts.count && !facts->cut_short; i++)
            lower_script(&b, parser, &scripts.items[i], deadline, directives);
    }
    builder_freeze(&b);
    builder_finish(&b);
    return facts;
}
