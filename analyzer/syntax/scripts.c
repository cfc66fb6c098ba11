/* Finds the code of Vue, Svelte and HTML files: enough of HTML's tokenisation to know
 * which <script> is real, in one pass without backtracking. */
#include "ml/syntax.h"

/* Where attributes that hold code are put, and how they are written. */
typedef struct handlers {
    ml_scripts *out;
    ml_arena *arena;
    ml_markup markup;
    ml_str whole;
} handlers;

typedef struct tag {
    ml_str name, type, lang;
    size_t end; /* after '>' */
    bool closing, self_closing;
} tag;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t skip_blanks(ml_str text, size_t at)
{
    while (at < text.len && is_blank(text.data[at]))
        at++;
    return at;
}

static size_t name_end(ml_str text, size_t at)
{
    while (at < text.len && !is_blank(text.data[at]) && !memchr("=>/", text.data[at], 3))
        at++;
    return at;
}

/* on:click={() => f({ a: "}" })} of Svelte: up to the brace that closes, strings left alone. */
static size_t read_braced(ml_str text, size_t at, ml_str *value)
{
    size_t depth = 0;
    char quote = 0;

    for (size_t i = at; i < text.len; i++) {
        char c = text.data[i];
        if (quote) {
            if (c == '\\')
                i++;
            else if (c == quote)
                quote = 0;
        } else if (c == '"' || c == '\'' || c == '`') {
            quote = c;
        } else if (c == '{') {
            depth++;
        } else if (c == '}' && --depth == 0) {
            *value = ml_str_slice(text, at + 1, i);
            return i + 1;
        }
    }
    /* Never closed: an attribute as others are. */
    size_t end = at;
    while (end < text.len && !is_blank(text.data[end]) && text.data[end] != '>')
        end++;
    *value = ml_str_slice(text, at, end);
    return end;
}

/* Does the attribute hold code that runs on an event, and does the code look like sending? */
static bool is_handler(const handlers *h, ml_str name, ml_str value)
{
    bool on = ml_str_starts(name, ML_STR("on"));

    if (!h || ml_str_find_char(value, '(') == ML_NOT_FOUND ||
        (!ml_str_contains(value, ML_STR("http")) && !ml_str_contains(value, ML_STR("fetch"))))
        return false;
    switch (h->markup) {
    case ML_MARKUP_VUE: return ml_str_starts(name, ML_STR("@")) || ml_str_starts(name, ML_STR("v-on:"));
    case ML_MARKUP_SVELTE:
    case ML_MARKUP_HTML: return on;
    }
    return false;
}

static size_t read_value(ml_str text, size_t at, ml_str *value)
{
    char quote = at < text.len ? text.data[at] : 0;

    if (quote == '{')
        return read_braced(text, at, value);

    if (quote != '"' && quote != '\'') {
        size_t end = at;
        while (end < text.len && !is_blank(text.data[end]) && text.data[end] != '>')
            end++;
        *value = ml_str_slice(text, at, end);
        return end;
    }
    size_t len = ml_str_find_char(ml_str_from(text, at + 1), quote);
    size_t end = len == ML_NOT_FOUND ? text.len : at + 1 + len;
    *value = ml_str_slice(text, at + 1, end);
    return end < text.len ? end + 1 : end;
}

/* One attribute at `at`; returns where the next thing begins. */
static size_t read_attribute(tag *t, ml_str text, size_t at, const handlers *h)
{
    ml_str value = ML_STR_NONE;
    size_t end = name_end(text, at);

    if (end == at)
        return at + 1; /* a stray '/' or '=' */
    ml_str name = ml_str_slice(text, at, end);
    at = skip_blanks(text, end);
    if (at < text.len && text.data[at] == '=')
        at = read_value(text, skip_blanks(text, at + 1), &value);
    if (ml_str_eq_nocase(name, ML_STR("type")))
        t->type = value;
    else if (ml_str_eq_nocase(name, ML_STR("lang")))
        t->lang = value;
    else if (is_handler(h, name, value)) {
        uint32_t start = (uint32_t)(value.data - h->whole.data);
        ml_vec_push(h->arena, h->out, ((ml_script){start, start + (uint32_t)value.len, ML_DIALECT_TS}));
    }
    return at;
}

/* A tag at `at`, where a '<' stands; false when it is only text. */
static bool read_tag(tag *t, ml_str text, size_t at, const handlers *h)
{
    *t = (tag){.closing = at + 1 < text.len && text.data[at + 1] == '/'};
    at += t->closing ? 2 : 1;
    if (at >= text.len || !is_letter(text.data[at]))
        return false;
    size_t end = name_end(text, at);
    t->name = ml_str_slice(text, at, end);
    for (at = skip_blanks(text, end); at < text.len && text.data[at] != '>'; at = skip_blanks(text, at)) {
        t->self_closing = text.data[at] == '/' && at + 1 < text.len && text.data[at + 1] == '>';
        at = read_attribute(t, text, at, h);
    }
    t->end = at < text.len ? at + 1 : at;
    return true;
}

/* Does "</name" followed by a blank, '/' or '>' stand at `at`? */
static bool closes(ml_str text, size_t at, ml_str name)
{
    size_t after = at + 2 + name.len;

    return after < text.len && text.data[at] == '<' && text.data[at + 1] == '/' &&
           ml_str_eq_nocase(ml_str_slice(text, at + 2, after), name) &&
           (is_blank(text.data[after]) || text.data[after] == '>' || text.data[after] == '/');
}

/* Where the next closing tag of that name begins, or the end of the text. */
static size_t find_close(ml_str text, size_t at, ml_str name)
{
    while (at < text.len) {
        size_t found = ml_str_find_char(ml_str_from(text, at), '<');
        if (found == ML_NOT_FOUND)
            break;
        at += found;
        if (closes(text, at, name))
            return at;
        at++;
    }
    return text.len;
}

static bool in_list(ml_str word, const char *const *list)
{
    for (; *list; list++)
        if (ml_str_eq_nocase(word, ml_str_of(*list)))
            return true;
    return false;
}

/* Which dialect the element's body is in; false when it is data. */
static bool dialect_of(const tag *t, ml_dialect *dialect)
{
    static const char *const typescript[] = {
        "ts", "typescript", "text/typescript", "application/typescript", "application/x-typescript", NULL};
    static const char *const javascript[] = {"js",
                                             "jsx",
                                             "tsx",
                                             "javascript",
                                             "module",
                                             "text/javascript",
                                             "application/javascript",
                                             "text/ecmascript",
                                             "application/ecmascript",
                                             "application/x-javascript",
                                             "text/babel",
                                             "text/jsx",
                                             "text/tsx",
                                             NULL};
    ml_str word = ml_str_trim(t->lang.len ? t->lang : t->type);

    word = ml_str_trim(ml_str_slice(word, 0, ml_str_find_char(word, ';')));
    *dialect = in_list(word, typescript) ? ML_DIALECT_TS : ML_DIALECT_TSX;
    return !word.len || *dialect == ML_DIALECT_TS || in_list(word, javascript);
}

/* Past the element whose opening tag was read, inner elements of its name included, or
 * ML_NOT_FOUND when it is never closed. */
static size_t skip_element(ml_str text, const tag *opened, const handlers *h)
{
    size_t at = opened->end, depth = 1;

    while (at < text.len) {
        size_t found = ml_str_find_char(ml_str_from(text, at), '<');
        tag t;
        if (found == ML_NOT_FOUND)
            break;
        at += found;
        if (!read_tag(&t, text, at, h)) {
            at++;
            continue;
        }
        at = t.end;
        if (!ml_str_eq_nocase(t.name, opened->name))
            continue;
        if (t.closing && --depth == 0)
            return at;
        if (!t.closing && !t.self_closing)
            depth++;
    }
    return ML_NOT_FOUND;
}

static size_t skip_comment(ml_str text, size_t at)
{
    size_t len = ml_str_find(ml_str_from(text, at), ML_STR("-->"));

    return len == ML_NOT_FOUND ? text.len : at + len + 3;
}

/* Handles the opening tag t; returns where to go on. */
static size_t enter(const handlers *h, ml_markup *markup, ml_str text, const tag *t)
{
    static const char *const raw[] = {"style", "textarea", "title", NULL};

    if (t->self_closing)
        return t->end;
    if (ml_str_eq_nocase(t->name, ML_STR("script"))) {
        ml_script script = {.start = (uint32_t)t->end, .end = (uint32_t)find_close(text, t->end, t->name)};
        if (dialect_of(t, &script.dialect) && script.end > script.start)
            ml_vec_push(h->arena, h->out, script);
        return script.end;
    }
    if (in_list(t->name, raw))
        return find_close(text, t->end, t->name);
    if (*markup != ML_MARKUP_VUE)
        return t->end;
    bool is_template = ml_str_eq_nocase(t->name, ML_STR("template"));
    size_t after = skip_element(text, t, is_template ? h : NULL);
    if (after != ML_NOT_FOUND)
        return after;
    /* Never closed: no reason to lose the rest of the file, nor to look again. */
    *markup = ML_MARKUP_HTML;
    return t->end;
}

void ml_scripts_of(ml_scripts *out, ml_arena *arena, ml_markup markup, ml_str text)
{
    handlers h = {out, arena, markup, text};
    size_t at = 0;

    if (text.len >= UINT32_MAX)
        return;
    while (at < text.len) {
        size_t found = ml_str_find_char(ml_str_from(text, at), '<');
        tag t;
        if (found == ML_NOT_FOUND)
            return;
        at += found;
        if (ml_str_starts(ml_str_from(text, at), ML_STR("<!--")))
            at = skip_comment(text, at + 4);
        else if (!read_tag(&t, text, at, &h))
            at++;
        else
            at = t.closing ? t.end : enter(&h, &markup, text, &t);
    }
}
