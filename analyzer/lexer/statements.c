/* The statements of a module, and the names each of them declares. Brackets are counted in
 * code alone, so only a regular expression or JSX that was misread could miscount them,
 * and then they hardly add up at the end. A statement ends at a semicolon, before `export`
 * and `import` wherever they stand, behind the specifier of an import, behind a type, and
 * where a line begins with a word that begins a declaration and what stands before it can
 * end an expression. Where none of this is seen two statements are one, and the names of
 * both are found in it. */
#include "lexer_internal.h"

/* The next byte that is no blank, or NUL. */
static char next(ml_lex_code *code, ml_str text)
{
    while (ml_lex_code_here(code)) {
        if ((unsigned char)text.data[code->at] > ' ')
            return text.data[code->at];
        code->at++;
    }
    return '\0';
}

static ml_str next_word(ml_lex_code *code, ml_str text)
{
    next(code, text);
    return ml_lex_code_word(code, text);
}

/* ---- what one statement is ---- */

typedef struct reader {
    ml_arena *arena;
    ml_str text;
    ml_lex_code code;
    ml_lex_statement *out;
    uint32_t end; /* where it certainly ends: a type, or what brings in; else 0 */
} reader;

static void declare(reader *r, ml_str name)
{
    if (name.len)
        ml_vec_push(r->arena, &r->out->names, ((ml_lex_name){name, name}));
}

/* { a, b: c = d } or [a, b], to its end: every word of it. */
static void declare_pattern(reader *r)
{
    int depth = 0;

    do {
        char c = next(&r->code, r->text);
        depth += c == '{' || c == '[' || c == '(';
        depth -= c == '}' || c == ']' || c == ')';
        if (!c)
            return;
        if (ml_lex_is_word(c))
            declare(r, ml_lex_code_word(&r->code, r->text));
        else
            r->code.at++;
    } while (depth > 0);
}

/* Every name that the rest of the statement declares for the module, which may be more than one statement: behind
 * const and its commas, behind class and function, and behind `var` in any block. A comma may also stand between
 * types, and a function may be an expression: more names than are declared. */
static void declare_all(reader *r, bool variables)
{
    static const char *const lists[] = {"const", "let", "var", "using"};
    static const char *const single[] = {"function", "class", "enum", "namespace", "module"};
    int depth = 0;
    bool name_comes = variables;

    for (char c; (c = next(&r->code, r->text)) != '\0';) {
        ml_str word = ml_lex_code_word(&r->code, r->text);
        if (word.len && (depth ? ml_str_eq_c(word, "var") : ML_STR_IS_ONE_OF(word, lists))) {
            variables = name_comes = true;
        } else if (word.len && !depth && ML_STR_IS_ONE_OF(word, single)) {
            if (next(&r->code, r->text) == '*')
                r->code.at++;
            declare(r, next_word(&r->code, r->text));
            name_comes = false;
        } else if (word.len) {
            if (name_comes)
                declare(r, word);
            name_comes = false;
        } else if (name_comes && (c == '{' || c == '[')) {
            declare_pattern(r);
            name_comes = false;
        } else {
            depth += c == '{' || c == '[' || c == '(';
            depth -= c == '}' || c == ']' || c == ')';
            name_comes = variables && c == ',' && !depth;
            r->code.at++;
        }
    }
}

/* ---- types ---- */

/* Behind the bracket that closes the one at `at`; 0 when none does. */
static uint32_t behind_bracket(reader *r)
{
    int depth = 0;

    for (char c; (c = next(&r->code, r->text)) != '\0'; r->code.at++) {
        depth += c == '{' || c == '(' || c == '[';
        depth -= c == '}' || c == ')' || c == ']';
        if (!depth)
            return r->code.at + 1;
    }
    return 0;
}

/* Behind a name: its parameters and what it extends, which may hold braces between < and >, then the body. */
static uint32_t end_of_interface(reader *r)
{
    int angles = 0;

    for (char c; (c = next(&r->code, r->text)) != '\0'; r->code.at++) {
        bool arrow = c == '>' && r->text.data[r->code.at - 1] == '=';
        angles += c == '<';
        angles -= c == '>' && !arrow;
        if (c == '{' && !angles)
            return behind_bracket(r);
    }
    return 0;
}

/* Could a type go on with this line? */
static bool goes_on_with(reader *r)
{
    ml_lex_code here = r->code;
    ml_str word = ml_lex_code_word(&here, r->text);

    return word.len ? ml_str_eq_c(word, "extends") : strchr("|&?:=.,;>)]}", r->text.data[r->code.at]) != NULL;
}

/* Behind a name: to a semicolon, or to the end of a line after which no type goes on. */
static uint32_t end_of_alias(reader *r)
{
    static const char *const unfinished[] = {"extends", "keyof", "typeof",  "infer", "readonly",
                                             "unique",  "is",    "asserts", "new"};
    uint32_t end = 0; /* behind the last byte of code */
    int depth = 0;
    ml_str last_word = ML_STR_NONE;
    char last = '\0';
    bool member = false;

    for (char c; (c = next(&r->code, r->text)) != '\0';) {
        ml_str between = ml_str_slice(r->text, end ? end : r->code.at, r->code.at);
        bool complete =
            last_word.len ? member || !ML_STR_IS_ONE_OF(last_word, unfinished) : last && strchr("})]\"'`>", last);
        if (!depth && complete && ml_str_find_char(between, '\n') != ML_NOT_FOUND && !goes_on_with(r))
            return end;
        member = last == '.';
        last_word = ml_lex_code_word(&r->code, r->text);
        last = last_word.len ? 'a' : last;
        if (!last_word.len) {
            depth += c == '{' || c == '(' || c == '[';
            depth -= c == '}' || c == ')' || c == ']';
            last = c == '>' && last == '=' ? '=' : c;
            r->code.at++;
        }
        end = r->code.at;
        if (c == ';' && !depth)
            return end;
    }
    return end;
}

/* ---- what brings in ---- */

/* Behind the specifier of an import or export, its attributes and semicolon; 0 when there is none. */
static uint32_t end_of_bring(reader *r, bool from)
{
    for (char c; (c = next(&r->code, r->text)) != '\0';) {
        ml_str word = ml_lex_code_word(&r->code, r->text);
        if (word.len) {
            from = ml_str_eq_c(word, "from");
            continue;
        }
        if ((c != '"' && c != '\'') || !from) {
            from = false;
            r->code.at++;
            continue;
        }
        const ml_lex_range *text = ml_lexed_text_at(r->code.lexed, r->code.at + 1);
        r->code.at = (text && text->start == r->code.at + 1 ? text->end : r->code.at + 1) + 1;
        uint32_t end = r->code.at;
        ml_str with = next_word(&r->code, r->text);
        if ((ml_str_eq_c(with, "with") || ml_str_eq_c(with, "assert")) && next(&r->code, r->text) == '{')
            end = behind_bracket(r);
        r->code.at = end;
        return end && next(&r->code, r->text) == ';' ? r->code.at + 1 : end;
    }
    return 0;
}

/* a.b["c"] = …: what is written to is declared, so that who mentions it shares the fate of what is written. */
static bool is_assigned(const reader *r, ml_str first)
{
    reader here = *r;

    for (char c; first.len && (c = next(&here.code, r->text)) != '\0';) {
        if (c == '.') {
            here.code.at++;
            next_word(&here.code, r->text);
        } else if (c == '[') {
            here.code.at = behind_bracket(&here);
            if (!here.code.at)
                return false;
        } else {
            char behind = here.code.at + 1 < r->text.len ? r->text.data[here.code.at + 1] : '\0';
            return c == '=' && behind != '=' && behind != '>';
        }
    }
    return false;
}

/* ---- declarations ---- */

/* Without a specifier it is no import that is understood: code, which mentions what it says. */
static void read_bring(reader *r, bool from)
{
    r->end = end_of_bring(r, from);
    r->out->kind = r->end ? ML_LEX_BRING : ML_LEX_CODE;
}

/* export { a, b as c }; with `from` behind it, it passes on what another module has. */
static void read_list(reader *r)
{
    ml_str name = ML_STR_NONE;
    bool as = false;

    r->out->kind = ML_LEX_LIST;
    r->code.at++;
    for (char c; (c = next(&r->code, r->text)) != '\0' && c != '}';) {
        ml_str word = ml_lex_code_word(&r->code, r->text);
        if (!word.len) {
            r->code.at++;
            name = c == ',' ? ML_STR_NONE : name;
        } else if (name.len && ml_str_eq_c(word, "as")) {
            as = true;
        } else if (as) {
            r->out->names.items[r->out->names.count - 1].as = word;
            as = false;
        } else { /* `type a` gives "type" too */
            name = word;
            declare(r, word);
        }
    }
    if (next(&r->code, r->text) == '}')
        r->code.at++;
    r->end = r->code.at;
    if (next(&r->code, r->text) == ';')
        r->end = r->code.at + 1;
    else if (ml_str_eq_c(next_word(&r->code, r->text), "from"))
        read_bring(r, true);
}

static void read_declaration(reader *r, ml_str first)
{
    static const char *const before[] = {"declare", "async", "abstract"};
    static const char *const variables[] = {"const", "let", "var", "using"};
    static const char *const others[] = {"function", "class", "enum", "interface", "namespace", "module", "type"};

    while (ML_STR_IS_ONE_OF(first, before))
        first = next_word(&r->code, r->text);
    if (ML_STR_IS_ONE_OF(first, others)) {
        if (next(&r->code, r->text) == '*')
            r->code.at++;
        ml_str name = next_word(&r->code, r->text);
        bool interface = ml_str_eq_c(first, "interface");
        declare(r, name);
        if (name.len && (interface || ml_str_eq_c(first, "type")))
            r->end = interface ? end_of_interface(r) : end_of_alias(r);
        if (r->end)
            r->out->kind = ML_LEX_TYPE;
    } else if (is_assigned(r, first)) {
        declare(r, first);
    }
    if (!r->end)
        declare_all(r, ML_STR_IS_ONE_OF(first, variables));
}

static void read_export(reader *r)
{
    ml_lex_code here = r->code;
    char c = next(&r->code, r->text);
    ml_str first = next_word(&r->code, r->text);
    char behind = next(&r->code, r->text);

    if (ml_str_eq_c(first, "type") && (behind == '{' || behind == '*'))
        c = behind;
    if (c == '*') {
        read_bring(r, false);
    } else if (c == '{') {
        read_list(r);
    } else if (ml_str_eq_c(first, "default")) {
        r->out->is_default = true;
        read_declaration(r, next_word(&r->code, r->text));
    } else {
        r->out->exported = true;
        r->code = here;
        first = next_word(&r->code, r->text);
        read_declaration(r, ml_str_eq_c(first, "import") ? ML_STR("const") : first);
    }
}

/* Past the decorators before a class. */
static void skip_decorators(reader *r)
{
    while (next(&r->code, r->text) == '@') {
        r->code.at++;
        while (ml_lex_code_word(&r->code, r->text).len && next(&r->code, r->text) == '.')
            r->code.at++;
        int depth = 0;
        do {
            char c = next(&r->code, r->text);
            if (!c || (!depth && c != '('))
                break;
            depth += c == '(' || c == '{' || c == '[';
            depth -= c == ')' || c == '}' || c == ']';
            r->code.at++;
        } while (depth > 0);
    }
}

/* Where it certainly ends, whatever follows; or 0. */
static uint32_t read_statement(ml_arena *arena, ml_str text, const ml_lexed *lexed, ml_lex_statement *out)
{
    reader r = {.arena = arena, .text = text, .code = ml_lex_code_from(lexed, out->start, out->end), .out = out};

    skip_decorators(&r);
    ml_str first = next_word(&r.code, text);
    ml_lex_code behind = r.code;
    if (ml_str_eq_c(first, "export")) {
        read_export(&r);
    } else if (ml_str_eq_c(first, "import") && next(&r.code, text) != '(' && next(&r.code, text) != '.') {
        ml_str name = next_word(&r.code, text);
        if (ml_str_eq_c(name, "type") && ml_lex_is_word(next(&r.code, text)))
            name = next_word(&r.code, text);
        if (name.len && next(&r.code, text) == '=') { /* import a = require("m") */
            declare(&r, name);
            declare_all(&r, false);
        } else {
            r.code = behind;
            read_bring(&r, next(&r.code, text) == '"' || next(&r.code, text) == '\'');
        }
    } else {
        r.code = behind;
        read_declaration(&r, first);
    }
    return r.end;
}

/* Behind a type or an import no semicolon is needed: what follows it is a statement of its own. */
static void read_statements(ml_lex_statements *out, ml_arena *arena, ml_str text, const ml_lexed *lexed,
                            const ml_lex_statements *whole)
{
    for (uint32_t i = 0; i < whole->count; i++) {
        ml_lex_statement one = whole->items[i];
        for (uint32_t end; (end = read_statement(arena, text, lexed, &one)) != 0;) {
            ml_lex_code code = ml_lex_code_from(lexed, end, one.end);
            uint32_t last = one.end;
            if (!next(&code, text))
                break;
            one.end = end;
            ml_vec_push(arena, out, one);
            one = (ml_lex_statement){.start = end, .end = last};
        }
        ml_vec_push(arena, out, one);
    }
}

/* ---- where statements begin ---- */

typedef struct splitter {
    ml_str text;
    ml_lex_code code;
    uint32_t start; /* of the statement that is open */
    int depth;
    char last;        /* the last byte of code that is no blank; a word's last byte */
    ml_str last_word; /* the word before, empty when the last thing is none */
    bool is_member;   /* of something */
    bool new_line;    /* since that */
    bool begun;       /* the open statement holds code */
    bool decorated;   /* a decorator waits for its class */
    bool hides;       /* an escape in a name: no name is certain */
} splitter;

static bool ends_expression(const splitter *s)
{
    static const char *const unfinished[] = {"export", "default", "declare",    "abstract", "async",  "new",
                                             "typeof", "return",  "extends",    "await",    "delete", "throw",
                                             "yield",  "case",    "instanceof", "else",     "do"};

    if (s->last_word.len)
        return s->is_member || !ML_STR_IS_ONE_OF(s->last_word, unfinished);
    return strchr(";})]\"'`>!", s->last) != NULL;
}

static bool begins_statement(ml_str word)
{
    static const char *const words[] = {"import", "const",   "let",       "var",   "function", "class",
                                        "type",   "enum",    "interface", "if",    "for",      "try",
                                        "switch", "declare", "abstract",  "async", "namespace"};

    return ML_STR_IS_ONE_OF(word, words);
}

static void end_statement(splitter *s, ml_arena *arena, ml_lex_statements *out, uint32_t at)
{
    if (at > s->start)
        ml_vec_push(arena, out, ((ml_lex_statement){.start = s->start, .end = at}));
    s->start = at;
    s->begun = false;
}

/* `=>` at the end of a line: what follows is its body. */
static bool is_arrow(const splitter *s, uint32_t at)
{
    return at && s->text.data[at] == '>' && s->text.data[at - 1] == '=';
}

/* `export` and `import` are words of nothing else, but for import() and import.meta. */
static bool begins_module_statement(const splitter *s, ml_str word)
{
    ml_lex_code behind = s->code;

    if (s->last == '.')
        return false;
    if (ml_str_eq_c(word, "export"))
        return true;
    if (!ml_str_eq_c(word, "import") || ml_str_eq_c(s->last_word, "export"))
        return false;
    char c = next(&behind, s->text);
    return c != '(' && c != '.';
}

static void take_word(splitter *s, ml_arena *arena, ml_lex_statements *out)
{
    uint32_t start = s->code.at;
    ml_str word = ml_lex_code_word(&s->code, s->text);
    bool may_begin = !s->depth && s->begun && !s->decorated;

    if (may_begin &&
        (begins_module_statement(s, word) || (s->new_line && begins_statement(word) && ends_expression(s))))
        end_statement(s, arena, out, start);
    s->begun = true;
    s->is_member = s->last == '.';
    s->decorated &= !ml_str_eq_c(word, "class");
    s->last_word = word;
    s->last = word.data[word.len - 1];
    s->new_line = false;
}

static void take_mark(splitter *s, ml_arena *arena, ml_lex_statements *out)
{
    uint32_t at = s->code.at;
    char c = s->text.data[at];

    if (c == '@' && !s->depth && s->new_line && !s->decorated && ends_expression(s)) {
        if (s->begun)
            end_statement(s, arena, out, at);
        s->decorated = true;
    }
    s->begun = true;
    s->hides |= c == '\\';
    s->depth += c == '{' || c == '(' || c == '[';
    s->depth -= c == '}' || c == ')' || c == ']';
    bool doubled = (c == '+' || c == '-') && at && s->text.data[at - 1] == c;
    s->last = is_arrow(s, at) ? '=' : doubled ? ')' : c;
    s->last_word = ML_STR_NONE;
    s->new_line = false;
    s->code.at++;
    if (c == ';' && !s->depth)
        end_statement(s, arena, out, s->code.at);
}

bool ml_lex_statements_of(ml_lex_statements *out, ml_arena *arena, ml_str text, const ml_lexed *lexed)
{
    splitter s = {.text = text, .code = ml_lex_code_from(lexed, 0, (uint32_t)text.len), .last = ';', .new_line = true};
    ml_lex_statements whole = {0};
    while (s.depth >= 0 && ml_lex_code_here(&s.code)) {
        char c = text.data[s.code.at];
        if (ml_lex_is_word(c)) {
            take_word(&s, arena, &whole);
        } else if ((unsigned char)c > ' ') {
            take_mark(&s, arena, &whole);
        } else {
            s.new_line |= c == '\n';
            s.code.at++;
        }
    }
    *out = (ml_lex_statements){0};
    if (s.depth || s.hides || lexed->unsure) {
        s.start = 0;
        end_statement(&s, arena, out, (uint32_t)text.len);
        return false;
    }
    end_statement(&s, arena, &whole, (uint32_t)text.len);
    read_statements(out, arena, text, lexed, &whole);
    return true;
}
