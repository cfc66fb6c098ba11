/* The names a module exports, by its words: enough to know that it cannot export some name. */
#include "lexer_internal.h"

enum { HOLES_MAX = 16 };

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
    if (r->out && r->at < r->text.len && r->text.data[r->at] == '\\') /* a name with an escape in it */
        r->out->open = true;
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

/* Behind the template that begins at `at`, with those in its holes; at + 1 when it has no end. */
static size_t skip_template(ml_str text, size_t at)
{
    uint32_t braces[HOLES_MAX], holes = 0; /* of each open hole, what is open in it */
    bool inside = true;                    /* a template, else the code of a hole */

    for (size_t end = at + 1; end < text.len; end++) {
        char c = text.data[end];
        if (c == '\\') {
            end++;
        } else if (c == '`') {
            if (inside && !holes)
                return end + 1;
            inside = !inside;
        } else if (inside && c == '$' && end + 1 < text.len && text.data[end + 1] == '{') {
            if (holes == HOLES_MAX)
                break;
            braces[holes++] = 0;
            inside = false;
            end++;
        } else if (!inside && c == '{') {
            braces[holes - 1]++;
        } else if (!inside && c == '}' && !braces[holes - 1]--) {
            holes--;
            inside = true;
        }
    }
    return at + 1;
}

/* Behind the text that begins at `at`; at + 1 when none does, as for a quote in a regular expression. */
static size_t skip_text(ml_str text, size_t at)
{
    char quote = text.data[at];

    if (quote == '`')
        return skip_template(text, at);
    for (size_t end = at + 1; end < text.len; end++) {
        if (text.data[end] == '\\')
            end++;
        else if (text.data[end] == quote)
            return end + 1;
        else if (text.data[end] == '\n')
            break;
    }
    return at + 1;
}

/* Behind the comment that begins at `at`, or `at`. */
static size_t skip_comment(ml_str text, size_t at)
{
    char second = at + 1 < text.len && text.data[at] == '/' ? text.data[at + 1] : '\0';
    bool line = second == '/';

    if (!line && second != '*')
        return at;
    size_t end = ml_str_find(ml_str_from(text, at + 2), line ? ML_STR("\n") : ML_STR("*/"));
    return end == ML_NOT_FOUND ? text.len : at + 2 + end + (line ? 0 : 2);
}

/* Does the declaration end here? Not before a bracket is closed, but for an export, which is none of its
 * parts however the brackets were counted. */
static bool ends_declaration(const reader *r, int depth)
{
    static const char *const words[] = {"import", "const",     "let",   "var",     "function", "async",
                                        "class",  "type",      "if",    "for",     "enum",     "return",
                                        "throw",  "interface", "while", "declare", "abstract"};
    reader line = {.text = r->text, .at = r->at};
    char c = r->text.data[r->at];

    if (c != '\n')
        return c == ';' && !depth;
    ml_str first = word(&line);
    return ml_str_eq_c(first, "export") || (!depth && ML_STR_IS_ONE_OF(first, words));
}

/* The name behind const or a comma; several when it is taken apart, so that they are not known. */
static void read_variable(reader *r)
{
    for (size_t at = SIZE_MAX; at != r->at;) {
        skip_blanks(r);
        at = r->at;
        r->at = skip_comment(r->text, at);
    }
    char c = next(r);
    r->out->open |= c == '{' || c == '[';
    ml_str name = word(r);
    if (name.len)
        add(r, name);
}

/* const a = …: behind a comma outside brackets may stand a further name, or an argument of a type, which
 * does no harm. */
static void read_variables(reader *r)
{
    int depth = 0;

    read_variable(r);
    while (r->at < r->text.len && depth >= 0 && !ends_declaration(r, depth)) {
        char c = r->text.data[r->at];
        size_t comment = skip_comment(r->text, r->at);
        depth += c == '(' || c == '[' || c == '{';
        depth -= c == ')' || c == ']' || c == '}';
        if (comment > r->at)
            r->at = comment;
        else
            r->at = c == '"' || c == '\'' || c == '`' ? skip_text(r->text, r->at) : r->at + 1;
        if (c == ',' && !depth)
            read_variable(r);
    }
    r->out->open |= depth != 0; /* a bracket in a pattern: what was taken for its inside is not known */
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

/* The word before, on the same line: "batch exports", but not "return exports". */
static bool is_prose(ml_str text, size_t start)
{
    static const char *const operators[] = {"return", "typeof", "void",  "in",         "of",   "case", "delete",
                                            "await",  "yield",  "throw", "instanceof", "else", "do",   "new"};
    size_t end = start, begin;

    while (end && (text.data[end - 1] == ' ' || text.data[end - 1] == '\t'))
        end--;
    for (begin = end; begin && ml_lex_is_word(text.data[begin - 1]);)
        begin--;
    return end < start && begin < end && !ML_STR_IS_ONE_OF(ml_str_slice(text, begin, end), operators);
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
        /* `exports` of CommonJS, __exportStar: whole objects are handed out. */
        if (longer && (text.data[r.at] == 's' || text.data[r.at] == 'S'))
            out->open = !is_prose(text, start);
        else if (!longer && may_begin(text, start))
            read_export(&r);
    }
}
