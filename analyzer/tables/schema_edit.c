/* schema_edit.c - SQL text as words, and the edits a rebuild makes to the elements of a table.
 *
 * Quotes, brackets and comments of SQLite; what is not edited comes through as it was written. */
#include "elements.h"

/* ---- words ---- */

bool sql_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static size_t skip_space(ml_str s, size_t at)
{
    for (;;) {
        size_t before = at;
        while (at < s.len && (s.data[at] == ' ' || (s.data[at] >= '\t' && s.data[at] <= '\r')))
            at++;
        if (ml_str_starts(ml_str_from(s, at), ML_STR("--")))
            while (at < s.len && s.data[at] != '\n')
                at++;
        if (ml_str_starts(ml_str_from(s, at), ML_STR("/*"))) {
            size_t end = ml_str_find(ml_str_from(s, at + 2), ML_STR("*/"));
            at = end == ML_NOT_FOUND ? s.len : at + end + 4;
        }
        if (at == before)
            return at;
    }
}

static size_t token_end(ml_str s, size_t at)
{
    char open = s.data[at], close = open == '[' ? ']' : open;
    if (open == '\'' || open == '"' || open == '`' || open == '[') {
        for (size_t i = at + 1; i < s.len; i++) {
            if (s.data[i] != close)
                continue;
            if (open == '[' || i + 1 >= s.len || s.data[i + 1] != close)
                return i + 1;
            i++; /* doubled */
        }
        return s.len;
    }
    size_t end = at;
    while (end < s.len && sql_word_char(s.data[end]))
        end++;
    return end > at ? end : at + 1;
}

sql_words sql_words_of(ml_arena *arena, ml_str text, char stop)
{
    sql_words out = {0};
    int depth = 0;
    for (size_t at = 0;;) {
        size_t start = skip_space(text, at);
        if (start >= text.len || (stop && depth == 0 && text.data[start] == stop))
            return out;
        size_t end = token_end(text, start);
        sql_word one = {ml_str_slice(text, start, end), start > at, depth};
        if (text.data[start] == '(')
            depth++;
        if (text.data[start] == ')')
            one.depth = --depth;
        ml_vec_push(arena, &out, one);
        at = end;
    }
}

bool sql_word_is(const sql_words *t, uint32_t at, const char *word)
{
    return at < t->count && ml_str_eq_nocase(t->items[at].text, ml_str_of(word));
}

static void put_token(ml_buf *out, const sql_word *one)
{
    if (out->len && one->spaced)
        ml_buf_char(out, ' ');
    ml_buf_str(out, one->text);
}

ml_str element_taken(ml_arena *arena, ml_buf *buf)
{
    ml_str text = ml_arena_copy(arena, ml_buf_view(buf));
    ml_buf_finish(buf);
    return text;
}

ml_str sql_words_joined(ml_arena *arena, const sql_words *t, uint32_t from, uint32_t to)
{
    ml_buf out = {0};
    for (uint32_t i = from; i < to && i < t->count; i++)
        put_token(&out, &t->items[i]);
    return element_taken(arena, &out);
}

ml_str sql_word_bare(ml_str name)
{
    bool quoted = name.len >= 2 && !sql_word_char(name.data[0]);
    return quoted ? ml_str_slice(name, 1, name.len - 1) : name;
}

ml_str element_quoted(ml_arena *arena, ml_str name)
{
    ml_buf out = {0};
    ml_buf_char(&out, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] == '"')
            ml_buf_char(&out, '"');
        ml_buf_char(&out, name.data[i]);
    }
    ml_buf_char(&out, '"');
    return element_taken(arena, &out);
}

/* ---- edits ---- */

static bool is_attribute(ml_str word)
{
    static const char *const words[] = {"not",     "null",       "default",   "primary", "unique",        "check",
                                        "collate", "references", "generated", "as",      "autoincrement", "constraint"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (ml_str_eq_nocase(word, ml_str_of(words[i])))
            return true;
    return false;
}

/* The first token behind the type of a column. */
static uint32_t behind_type(const sql_words *t)
{
    uint32_t at = 1;
    while (at < t->count && !(t->items[at].depth == 0 && is_attribute(t->items[at].text)))
        at++;
    return at;
}

ml_str element_with_type(ml_arena *arena, ml_str text, ml_str type)
{
    sql_words t = sql_words_of(arena, text, 0);
    ml_str rest = sql_words_joined(arena, &t, behind_type(&t), t.count);
    return ml_arena_printf(arena, "%.*s %.*s%s%.*s", ML_STR_ARG(t.items[0].text), ML_STR_ARG(type), rest.len ? " " : "",
                           ML_STR_ARG(rest));
}

ml_str element_not_null(ml_arena *arena, ml_str text)
{
    sql_words t = sql_words_of(arena, text, 0);
    uint32_t at = behind_type(&t);
    ml_buf out = {0};
    for (uint32_t i = 0; i < t.count; i++) {
        if (i == at)
            ml_buf_cstr(&out, " NOT NULL");
        bool plain = t.items[i].depth == 0 && sql_word_is(&t, i, "null") && !sql_word_is(&t, i - 1, "not") &&
                     !sql_word_is(&t, i - 1, "default") && !sql_word_is(&t, i - 1, "set");
        if (i < at || !plain)
            put_token(&out, &t.items[i]);
    }
    if (at >= t.count)
        ml_buf_cstr(&out, " NOT NULL");
    return element_taken(arena, &out);
}

ml_str element_restricted(ml_arena *arena, ml_str text)
{
    sql_words t = sql_words_of(arena, text, 0);
    ml_buf out = {0};
    for (uint32_t i = 0; i < t.count; i++) {
        put_token(&out, &t.items[i]);
        bool on_delete = i > 0 && sql_word_is(&t, i, "delete") && sql_word_is(&t, i - 1, "on");
        bool set = on_delete && sql_word_is(&t, i + 1, "set") &&
                   (sql_word_is(&t, i + 2, "null") || sql_word_is(&t, i + 2, "default"));
        if (!set && !(on_delete && sql_word_is(&t, i + 1, "cascade")))
            continue;
        ml_buf_cstr(&out, " RESTRICT");
        i += set ? 2 : 1;
    }
    return element_taken(arena, &out);
}

/* The ")" of the list that opens at `open` and holds texts alone; 0: it holds something else. */
static uint32_t list_end(const sql_words *t, uint32_t open)
{
    uint32_t at = open + 1;
    while (at < t->count && (t->items[at].text.data[0] == '\'' || sql_word_is(t, at, ",")))
        at++;
    return sql_word_is(t, at, ")") ? at : 0;
}

ml_str element_with_values(ml_arena *arena, ml_str text, const ml_table_column *column, const ml_table_names *values,
                           bool *found)
{
    sql_words t = sql_words_of(arena, text, 0);
    ml_buf out = {0};
    for (uint32_t i = 0; i < t.count; i++) {
        bool in = i > 0 && sql_word_is(&t, i, "in") && sql_word_is(&t, i + 1, "(") &&
                  ml_str_eq_nocase(sql_word_bare(t.items[i - 1].text), column->name);
        uint32_t end = in ? list_end(&t, i + 1) : 0;
        for (; i < end; i++)
            put_token(&out, &t.items[i]);
        for (uint32_t v = 0; end && v < values->count; v++) {
            ml_buf_cstr(&out, ", ");
            migration_put_text(&out, values->items[v]);
        }
        *found = *found || end;
        put_token(&out, &t.items[i]);
    }
    return element_taken(arena, &out);
}
