/* facts_testing.h - a file's facts for a test, with everything freed together. */
#ifndef FACTS_TESTING_H
#define FACTS_TESTING_H
#include "ml/buf.h"
#include "ml/lower.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

typedef struct lowered {
    ml_arena arena;
    ml_parser *parser;
    ml_facts *facts;
} lowered;

/* The file's name decides how it is read, as in a project. */
static inline lowered lower_text(const char *path, ml_str text)
{
    lowered l = {.parser = ml_parser_new(0)};

    l.facts = ml_facts_of(&l.arena, l.parser, ml_str_of(path), ml_file_kind_of(ml_str_of(path)), text);
    return l;
}

static inline lowered lower_source(const char *path, const char *source)
{
    return lower_text(path, ml_str_of(source));
}

static inline void lowered_finish(lowered *l)
{
    ml_parser_free(l->parser);
    ml_arena_finish(&l->arena);
}

/* The first node of that kind and text (NULL: any), or 0. */
static inline ml_node_id find_node(const ml_facts *facts, ml_node_kind kind, const char *text)
{
    for (ml_node_id id = 1; id < facts->node_count; id++)
        if (ml_kind_of(facts, id) == kind && (!text || ml_str_eq_c(ml_text_of(facts, id), text)))
            return id;
    return 0;
}

/* How many calls of a plain name there are, wherever they stand. */
static inline uint32_t count_calls(const ml_facts *facts, const char *name)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < facts->call_count; i++)
        count += ml_str_eq_c(ml_text_of(facts, ml_child(facts, facts->calls[i], ML_ROLE_CALLEE)), name);
    return count;
}

#endif
