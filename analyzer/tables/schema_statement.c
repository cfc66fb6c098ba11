/* schema_statement.c - the elements of a table made by a statement, from the text of the statement:
 * a CHECK, a collation or a generated column comes through unread and unharmed. Linear in the
 * text but for triggers, of which a bounded number is looked for. */
#include "elements.h"

enum { TRIGGERS_MAX = 256 }; /* looked at in one file; each is searched for in the rest of it */

static ml_str text_from(const ml_table_place *place)
{
    return place->lines ? ml_str_from(place->lines->text, place->start) : ML_STR_NONE;
}

static ml_str text_of(const ml_table_place *place)
{
    return place->lines ? ml_str_slice(place->lines->text, place->start, place->end) : ML_STR_NONE;
}

static bool is_constraint(ml_str word)
{
    static const char *const words[] = {"constraint", "primary", "unique", "foreign", "check"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (ml_str_eq_nocase(word, ml_str_of(words[i])))
            return true;
    return false;
}

static bool has_element(const table_elements *out, const ml_table_column *column)
{
    for (uint32_t i = 0; i < out->items.count; i++)
        if (out->items.items[i].column == column)
            return true;
    return false;
}

/* A column that is gone leaves the list; false when it may only be called otherwise now. */
static bool push_element(table_elements *out, ml_arena *arena, const ml_declaration *base, const sql_words *t,
                         uint32_t from, uint32_t to)
{
    if (from >= to)
        return false;
    table_element one = {.text = sql_words_joined(arena, t, from, to)};
    if (!is_constraint(t->items[from].text)) {
        one.column = element_column(base, sql_word_bare(t->items[from].text));
        if (!one.column || has_element(out, one.column))
            return false;
    }
    for (uint32_t i = from; i < to; i++)
        out->checks = out->checks || sql_word_is(t, i, "check");
    ml_vec_push(arena, &out->items, one);
    return true;
}

/* WITHOUT ROWID, STRICT; the end of a text in code may follow. False: words of another database. */
static bool read_options(table_elements *out, ml_arena *arena, const sql_words *t, uint32_t at)
{
    ml_buf options = {0};
    bool known = true;
    for (; at < t->count && known; at++) {
        bool comma = sql_word_is(t, at, ",");
        if (!comma && !sql_word_char(t->items[at].text.data[0]))
            break;
        known = comma || sql_word_is(t, at, "without") || sql_word_is(t, at, "rowid") || sql_word_is(t, at, "strict");
        ml_buf_printf(&options, "%s%.*s", comma ? "" : " ", ML_STR_ARG(t->items[at].text));
    }
    out->options = element_taken(arena, &options);
    return known;
}

static bool read_statement(table_elements *out, ml_arena *arena, const ml_declaration *base, const char **why)
{
    sql_words t = sql_words_of(arena, text_from(&base->place), ';');
    uint32_t open = 0;
    *why = "its statement is put together in code";
    while (open < t.count && open < 12 && !sql_word_is(&t, open, "("))
        open++;
    if (!sql_word_is(&t, 0, "create") || !sql_word_is(&t, open, "("))
        return false;
    *why = "columns of it were renamed or removed after it was created";
    uint32_t from = open + 1, at = from;
    for (; at < t.count && !(t.items[at].depth == 0 && sql_word_is(&t, at, ")")); at++)
        if (t.items[at].depth == 1 && sql_word_is(&t, at, ",")) {
            if (!push_element(out, arena, base, &t, from, at))
                return false;
            from = at + 1;
        }
    if (!push_element(out, arena, base, &t, from, at))
        return false;
    *why = "its statement is written for another database";
    return read_options(out, arena, &t, at + 1);
}

/* Columns that ALTER TABLE added. */
static bool read_added(table_elements *out, ml_arena *arena, const ml_declaration *base)
{
    uint32_t columns = 0;
    while (columns < out->items.count && out->items.items[columns].column)
        columns++;
    table_elements all = *out;
    all.items.items = NULL;
    all.items.count = all.items.cap = 0;
    for (uint32_t i = 0; i < columns; i++)
        ml_vec_push(arena, &all.items, out->items.items[i]);
    for (uint32_t i = 0; i < base->columns.count; i++) {
        const ml_table_column *column = &base->columns.items[i];
        if (has_element(out, column))
            continue;
        sql_words t = sql_words_of(arena, text_of(&column->place), ';');
        if (!t.count || !ml_str_eq_nocase(sql_word_bare(t.items[0].text), column->name) ||
            !push_element(&all, arena, base, &t, 0, t.count))
            return false;
    }
    for (uint32_t i = columns; i < out->items.count; i++)
        ml_vec_push(arena, &all.items, out->items.items[i]);
    *out = all;
    return true;
}

static bool read_indexes(table_elements *out, ml_arena *arena, const ml_declaration *base)
{
    for (uint32_t i = 0; i < base->keys.count; i++) {
        const ml_table_key *key = &base->keys.items[i];
        ml_str text = text_of(&key->place);
        if (!ml_str_eq_nocase(ml_str_slice(text, 0, 6), ML_STR("create"))) {
            if (key->place.lines == base->place.lines && key->place.start > base->place.start)
                continue; /* a constraint of the statement */
            return false;
        }
        sql_words t = sql_words_of(arena, text, ';');
        ml_str statement = sql_words_joined(arena, &t, 0, t.count);
        element_after(out, arena, key->name, statement);
        element_index(out, arena, base, key);
    }
    return true;
}

/* DROP TRIGGER name behind the place where it is made. */
static bool is_dropped(const sql_words *t, uint32_t at, ml_str trigger)
{
    for (; at < t->count; at++) {
        uint32_t name = at + (sql_word_is(t, at + 2, "if") ? 4 : 2);
        if (sql_word_is(t, at, "drop") && sql_word_is(t, at + 1, "trigger") && name < t->count &&
            ml_str_eq_nocase(sql_word_bare(t->items[name].text), trigger))
            return true;
    }
    return false;
}

/* CREATE TRIGGER name … ON table … BEGIN …; END in the file that makes the table. */
static void read_triggers(table_elements *out, ml_arena *arena, const ml_declaration *base)
{
    sql_words t = sql_words_of(arena, base->place.lines->text, 0);
    uint32_t tried = 0;
    for (uint32_t i = 0; i + 1 < t.count && tried < TRIGGERS_MAX; i++) {
        if (!sql_word_is(&t, i, "create") || !sql_word_is(&t, i + 1, "trigger"))
            continue;
        tried++;
        uint32_t name = i + 2, on = 0, end = i;
        if (sql_word_is(&t, name, "if"))
            name += 3;
        for (uint32_t at = name; at < t.count && !sql_word_is(&t, at, "begin"); at++)
            on = sql_word_is(&t, at, "on") ? at + 1 : on;
        int open = 0; /* CASE ends with END too */
        for (uint32_t at = on; at < t.count; at++) {
            open += sql_word_is(&t, at, "begin") || sql_word_is(&t, at, "case");
            open -= sql_word_is(&t, at, "end");
            if (sql_word_is(&t, at, "end") && open == 0) {
                end = at;
                break;
            }
        }
        if (!on || end == i || !ml_str_eq_nocase(sql_word_bare(t.items[on].text), base->table))
            continue;
        ml_str statement = sql_words_joined(arena, &t, i, end + 1);
        ml_str label = sql_word_bare(t.items[name].text);
        i = end;
        if (is_dropped(&t, end, label))
            continue;
        element_after(out, arena, label, statement);
        ml_vec_push(arena, &out->triggers, label);
    }
}

bool elements_from_text(table_elements *out, ml_arena *arena, const ml_declaration *base, const char **why)
{
    out->from_text = true;
    if (base->dialect == ML_DATABASE_MYSQL || base->dialect == ML_DATABASE_POSTGRES) {
        *why = "its statement is written for another database";
        return false;
    }
    if (!read_statement(out, arena, base, why))
        return false;
    *why = "not all that was added to it can be seen";
    if (!read_added(out, arena, base) || !read_indexes(out, arena, base))
        return false;
    read_triggers(out, arena, base);
    return true;
}
