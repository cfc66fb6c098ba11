/* The names a module exports, by its words: enough to know that it cannot export some name. */
#include "lexer_internal.h"

enum { DECLARATION_BYTES_MAX = 16 * 1024 };

typedef struct reader {
    ml_lex_exports *out;
    ml_arena *arena;
    ml_str text;
    size_t at;
} reader;

static void skip_blanks(reader *r)
{
    while (r->at < r->text.len && (unsigned char)r->text.data[r->at] <= ' ')
        r->at++;
}

static ml_str word(reader *r)
{
    skip_blanks(r);
    size_t start = r->at;
    while (r->at < r->text.len && ml_lex_is_word(r->text.data[r->at]))
        r->at++;
    return ml_str_slice(r->text, start, r->at);
}

static char next(reader *r)
{
    skip_blanks(r);
    return r->at < r->text.len ? r->text.data[r->at] : '\0';
}

static void add(reader *r, ml_str name)
{
    ml_vec_push(r->arena, &r->out->names, name);
}

/* { a, b as c }: every word, so also names that are not handed out. */
static void read_list(reader *r)
{
    for (r->at++; next(r) != '}';) {
        char c = next(r);
        if (c == ',' || c == '*') {
            r->at++;
        } else if (c == '/') { /* a comment: its words do no harm */
            r->at++;
        } else {
            ml_str name = word(r);
            if (!name.len) {
                r->out->open = true;
                return;
            }
            add(r, name);
        }
    }
}

/* const a = …: more names may follow a comma outside all brackets. */
static void read_variables(reader *r)
{
    size_t end = r->at + DECLARATION_BYTES_MAX;
    int depth = 0;

    if (next(r) == '{' || next(r) == '[') {
        r->out->open = true;
        return;
    }
    add(r, word(r));
    for (size_t at = r->at; at < r->text.len; at++) {
        char c = r->text.data[at];
        if (at == end || depth < 0 || (c == ',' && !depth)) {
            r->out->open = true;
            return;
        }
        if (!depth && (c == ';' || c == '\n'))
            return;
        depth += strchr("([{", c) ? 1 : 0;
        depth -= strchr(")]}", c) ? 1 : 0;
    }
}

static void read_export(reader *r)
{
    static const char *const before[] = {"declare", "async", "abstract", "type"};
    static const char *const variables[] = {"const", "let", "var"};
    static const char *const others[] = {"function", "class", "enum", "interface", "namespace", "module"};
    char c = next(r);
    ml_str first = word(r);

    while (ML_STR_IS_ONE_OF(first, before) && next(r) != '{' && next(r) != '=') {
        bool type = ml_str_eq_c(first, "type");
        first = word(r);
        if (type) {
            add(r, first);
            return;
        }
    }
    c = first.len ? next(r) : c;
    if (c == '{' && (!first.len || ml_str_eq_c(first, "type"))) {
        read_list(r);
    } else if (ml_str_eq_c(first, "default")) {
        add(r, first);
    } else if (ML_STR_IS_ONE_OF(first, variables)) {
        size_t start = r->at;
        ml_str name = word(r);
        if (ml_str_eq_c(name, "enum")) {
            add(r, word(r));
            return;
        }
        r->at = start;
        read_variables(r);
    } else if (ML_STR_IS_ONE_OF(first, others)) {
        if (next(r) == '*')
            r->at++;
        add(r, word(r));
    } else {
        r->out->open = true; /* export *, export =, export import, a decorator */
    }
}

/* Can a statement begin here, as far as the line says? In prose, as in comments and texts, the word
 * stands behind another one. */
static bool may_begin(ml_str text, size_t start)
{
    size_t at = start, begin;

    while (at && (text.data[at - 1] == ' ' || text.data[at - 1] == '\t'))
        at--;
    unsigned char before = at ? (unsigned char)text.data[at - 1] : '\n';
    if (before <= ' ' || before >= 0x80 || strchr(";{})>", before))
        return true;
    if (before == '/') /* the end of a comment */
        return at > 1 && text.data[at - 2] == '*';
    for (begin = at; begin && (ml_lex_is_word(text.data[begin - 1]) || text.data[begin - 1] == '.');)
        begin--;
    return begin < at && begin && text.data[begin - 1] == '@'; /* a decorator */
}

void ml_lex_exports_of(ml_lex_exports *out, ml_arena *arena, ml_str text)
{
    reader r = {.out = out, .arena = arena, .text = text};
    ml_str keyword = ML_STR("export");
    size_t found;

    *out = (ml_lex_exports){0};
    while (!out->open && (found = ml_str_find(ml_str_from(text, r.at), keyword)) != ML_NOT_FOUND) {
        size_t start = r.at + found;
        r.at = start + keyword.len;
        bool longer = r.at < text.len && ml_lex_is_word(text.data[r.at]);
        /* `exports` of CommonJS, __exportStar: whole objects are handed out. Names by escapes are rare enough. */
        if (longer && (text.data[r.at] == 's' || text.data[r.at] == 'S'))
            out->open = true;
        else if (!longer && may_begin(text, start))
            read_export(&r);
    }
    out->open |= ml_str_contains(text, ML_STR("\\u"));
}
