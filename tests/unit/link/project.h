/* project.h - a small project in memory, for tests of the link.
 *
 *   project p;
 *   project_open(&p, "code of src/main.ts\n@@ src/other.ts\ncode of it\n", edit_config);
 *   ... p.link ...
 *   project_close(&p);
 *
 * A line "@@ path" begins the file of that path. Files are parsed when they are asked
 * for, as a scan does it. */
#ifndef TEST_LINK_PROJECT_H
#define TEST_LINK_PROJECT_H
#include "ml/buf.h"
#include "ml/link.h"
#include "ml/lower.h"

#include <stdlib.h>

typedef struct project {
    ml_arena arena;
    ml_parser *parser;
    ml_source_files files;
    ML_VEC(ml_str) texts; /* beside files */
    const ml_facts **facts;
    ml_config config;
    ml_link_host host;
    ml_link *link;
} project;

static inline const ml_facts *project_facts(void *data, ml_file_id file)
{
    project *p = data;
    const ml_source_file *source = &p->files.items[file - 1];

    if (!ml_file_kind_is_script(source->kind))
        return NULL;
    if (!p->facts[file - 1])
        p->facts[file - 1] = ml_facts_of(&p->arena, p->parser, source->path, source->kind, p->texts.items[file - 1]);
    return p->facts[file - 1];
}

static inline bool project_text(void *data, ml_str path, ml_str *text)
{
    project *p = data;

    for (uint32_t i = 0; i < p->files.count; i++)
        if (ml_str_eq(p->files.items[i].path, path)) {
            *text = p->texts.items[i];
            return true;
        }
    return false;
}

/* Keeps files sorted by path, as the link wants them. */
static inline void project_add(project *p, ml_str path, ml_str text)
{
    ml_source_file file = {.path = path, .kind = ml_file_kind_of(path), .in_scope = true};
    ml_source_file known;

    if (ml_source_classify(&known, path, NULL))
        file.is_test = known.is_test;
    text = ml_arena_copy(&p->arena, text);
    ml_vec_push(&p->arena, &p->files, file);
    ml_vec_push(&p->arena, &p->texts, text);
    for (uint32_t i = p->files.count - 1; i && ml_str_cmp(p->files.items[i - 1].path, path) > 0; i--) {
        p->files.items[i] = p->files.items[i - 1];
        p->texts.items[i] = p->texts.items[i - 1];
        p->files.items[i - 1] = file;
        p->texts.items[i - 1] = text;
    }
}

static inline void project_split(project *p, ml_str all)
{
    ml_str path = ML_STR("src/main.ts");
    ml_buf text = {0};
    bool named = false;

    while (all.len) {
        ml_str line = ml_str_split(&all, '\n');
        if (ml_str_starts(line, ML_STR("@@ "))) {
            if (text.len || named)
                project_add(p, path, ml_buf_view(&text));
            named = true;
            ml_buf_clear(&text);
            path = ml_arena_copy(&p->arena, ml_str_trim(ml_str_from(line, 3)));
            continue;
        }
        ml_buf_str(&text, line);
        ml_buf_char(&text, '\n');
    }
    project_add(p, path, ml_buf_view(&text));
    ml_buf_finish(&text);
}

/* After files were added: the link over them. */
static inline void project_join(project *p)
{
    p->facts = ML_NEW_ARRAY(&p->arena, const ml_facts *, p->files.count);
    p->host = (ml_link_host){.data = p,
                             .facts = project_facts,
                             .text = project_text,
                             .files = p->files.items,
                             .file_count = p->files.count,
                             .catalog = ml_catalog_builtin(),
                             .config = &p->config};
    p->link = ml_link_new(&p->arena, &p->host);
}

static inline void project_begin(project *p)
{
    memset(p, 0, sizeof *p);
    p->parser = ml_parser_new(0);
    ml_parser_set_patience(p->parser, 60000);
    ml_config_default(&p->config);
}

static inline void project_open(project *p, const char *files)
{
    project_begin(p);
    project_split(p, ml_str_of(files));
    project_join(p);
}

static inline void project_close(project *p)
{
    ml_parser_free(p->parser);
    ml_arena_finish(&p->arena);
}

static inline ml_file_id project_file(const project *p, const char *path)
{
    return ml_link_file(p->link, ml_str_of(path));
}

/* The n-th call in the file whose callee is this text, or 0. */
static inline ml_node_id project_call(const project *p, ml_file_id file, const char *callee, uint32_t nth)
{
    const ml_facts *facts = ml_link_facts(p->link, file);

    for (uint32_t i = 0; facts && i < facts->call_count; i++) {
        ml_node_id at = ml_child(facts, facts->calls[i], ML_ROLE_CALLEE);
        if (at && ml_str_eq_c(ml_source_of(facts, at), callee) && nth-- == 0)
            return facts->calls[i];
    }
    return 0;
}

/* ---- values in words ---- */

static inline void value_words(ml_buf *out, ml_arena *arena, const ml_link *link, const ml_value *value)
{
    const ml_facts *facts = value->place.file && value->place.node ? ml_link_facts(link, value->place.file) : NULL;
    ml_str name = facts ? ml_text_of(facts, value->place.node) : ML_STR_NONE;

    switch (value->kind) {
    case ML_V_UNKNOWN:
        if (value->pieces[0].hole == ML_HOLE_CUT) {
            ml_buf_cstr(out, "<cut>");
            return;
        }
        /* fall through */
    case ML_V_BOOL:
    case ML_V_NUMBER:
    case ML_V_STRING:
        ml_buf_str(out, ml_value_text(arena, value, 400));
        return;
    case ML_V_URL:
        ml_buf_cstr(out, "URL ");
        ml_buf_str(out, ml_value_text(arena, value, 400));
        return;
    case ML_V_UNDEFINED:
        ml_buf_cstr(out, "undefined");
        return;
    case ML_V_NULL:
        ml_buf_cstr(out, "null");
        return;
    case ML_V_OBJECT:
        ml_buf_cstr(out, "{}");
        return;
    case ML_V_MAP:
        ml_buf_cstr(out, "Map");
        return;
    case ML_V_ARRAY:
        ml_buf_cstr(out, "[]");
        return;
    case ML_V_FUNCTION:
        ml_buf_printf(out, "function %.*s", ML_STR_ARG(name));
        return;
    case ML_V_CLASS:
        ml_buf_printf(out, "class %.*s", ML_STR_ARG(name));
        return;
    case ML_V_INSTANCE:
        ml_buf_printf(out, "instance %.*s", ML_STR_ARG(name));
        return;
    case ML_V_NAMESPACE:
        ml_buf_printf(out, "module %.*s", ML_STR_ARG(ml_link_path(link, value->place.file)));
        return;
    case ML_V_ENUM:
        ml_buf_printf(out, "enum %.*s", ML_STR_ARG(name));
        return;
    case ML_V_JSON:
        ml_buf_cstr(out, "json");
        return;
    case ML_V_EXTERNAL:
        ml_buf_printf(out, "%s%.*s:%.*s", value->is_new ? "new " : "", ML_STR_ARG(value->text), ML_STR_ARG(value->name));
        return;
    case ML_V_GLOBAL:
        ml_buf_printf(out, "global %.*s", ML_STR_ARG(value->name));
        return;
    case ML_V_CLIENT:
        ml_buf_printf(out, "client %.*s %.*s", ML_STR_ARG(value->client->id), ML_STR_ARG(value->name));
        return;
    case ML_V_BRIDGE:
        ml_buf_printf(out, "bridge %.*s", ML_STR_ARG(value->name));
        return;
    }
}

static inline int compare_words(const void *a, const void *b)
{
    return ml_str_cmp(*(const ml_str *)a, *(const ml_str *)b);
}

/* "a | b", sorted, each once. */
static inline void values_words(ml_buf *out, ml_arena *arena, const ml_link *link, ml_values values)
{
    ml_str words[ML_VALUES_MAX + 1];
    uint32_t count = 0;

    for (uint32_t i = 0; i < values.count && count < sizeof words / sizeof *words; i++) {
        ml_buf one = {0};
        value_words(&one, arena, link, &values.items[i]);
        words[count++] = ml_arena_copy(arena, ml_buf_view(&one));
        ml_buf_finish(&one);
    }
    qsort(words, count, sizeof *words, compare_words);
    for (uint32_t i = 0; i < count; i++) {
        if (i && ml_str_eq(words[i], words[i - 1]))
            continue;
        if (i)
            ml_buf_cstr(out, " | ");
        ml_buf_str(out, words[i]);
    }
    if (!count)
        ml_buf_cstr(out, "(nothing)");
}

#endif
