/* schema_elements.c - a SQLite table as the project has it, element by element.
 *
 * A table made by a statement is taken from the statement's own text, so that a CHECK, a
 * collation or a generated column comes through a rebuild unread and unharmed. Of a model
 * or a migration in code what the reading kept is written out; what a database made from
 * it may have on top (defaults, links) is listed, for the migration to look at before it
 * touches anything. Cost: linear in the text, once a table. */
#include "migration.h"

enum { TRIGGERS_MAX = 256 }; /* looked at in one file; each is searched for in the rest of it */

typedef struct token {
    ml_str text;
    bool spaced; /* space or a comment stood before it */
    int depth;   /* of parentheses, outside of its own */
} token;

typedef ML_VEC(token) tokens;

/* ---- words ---- */

static bool is_word_char(char c)
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
    while (end < s.len && is_word_char(s.data[end]))
        end++;
    return end > at ? end : at + 1;
}

/* Up to the first `stop` outside of parentheses; 0: to the end. */
static tokens tokens_of(ml_arena *arena, ml_str text, char stop)
{
    tokens out = {0};
    int depth = 0;
    for (size_t at = 0;;) {
        size_t start = skip_space(text, at);
        if (start >= text.len || (stop && depth == 0 && text.data[start] == stop))
            return out;
        size_t end = token_end(text, start);
        token one = {ml_str_slice(text, start, end), start > at, depth};
        if (text.data[start] == '(')
            depth++;
        if (text.data[start] == ')')
            one.depth = --depth;
        ml_vec_push(arena, &out, one);
        at = end;
    }
}

static bool is(const tokens *t, uint32_t at, const char *word)
{
    return at < t->count && ml_str_eq_nocase(t->items[at].text, ml_str_of(word));
}

static void put_token(ml_buf *out, const token *one)
{
    if (out->len && one->spaced)
        ml_buf_char(out, ' ');
    ml_buf_str(out, one->text);
}

static ml_str taken(ml_arena *arena, ml_buf *buf)
{
    ml_str text = ml_arena_copy(arena, ml_buf_view(buf));
    ml_buf_finish(buf);
    return text;
}

static ml_str joined(ml_arena *arena, const tokens *t, uint32_t from, uint32_t to)
{
    ml_buf out = {0};
    for (uint32_t i = from; i < to && i < t->count; i++)
        put_token(&out, &t->items[i]);
    return taken(arena, &out);
}

/* A name without its quotes; doubled ones are rare enough to be left. */
static ml_str bare(ml_str name)
{
    bool quoted = name.len >= 2 && !is_word_char(name.data[0]);
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
    return taken(arena, &out);
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
static uint32_t behind_type(const tokens *t)
{
    uint32_t at = 1;
    while (at < t->count && !(t->items[at].depth == 0 && is_attribute(t->items[at].text)))
        at++;
    return at;
}

ml_str element_with_type(ml_arena *arena, ml_str text, ml_str type)
{
    tokens t = tokens_of(arena, text, 0);
    ml_str rest = joined(arena, &t, behind_type(&t), t.count);
    return ml_arena_printf(arena, "%.*s %.*s%s%.*s", ML_STR_ARG(t.items[0].text), ML_STR_ARG(type), rest.len ? " " : "",
                           ML_STR_ARG(rest));
}

ml_str element_not_null(ml_arena *arena, ml_str text)
{
    tokens t = tokens_of(arena, text, 0);
    uint32_t at = behind_type(&t);
    ml_buf out = {0};
    for (uint32_t i = 0; i < t.count; i++) {
        if (i == at)
            ml_buf_cstr(&out, " NOT NULL");
        bool plain = t.items[i].depth == 0 && is(&t, i, "null") && !is(&t, i - 1, "not") && !is(&t, i - 1, "default") &&
                     !is(&t, i - 1, "set");
        if (i < at || !plain)
            put_token(&out, &t.items[i]);
    }
    if (at >= t.count)
        ml_buf_cstr(&out, " NOT NULL");
    return taken(arena, &out);
}

ml_str element_restricted(ml_arena *arena, ml_str text)
{
    tokens t = tokens_of(arena, text, 0);
    ml_buf out = {0};
    for (uint32_t i = 0; i < t.count; i++) {
        put_token(&out, &t.items[i]);
        bool on_delete = i > 0 && is(&t, i, "delete") && is(&t, i - 1, "on");
        bool set = on_delete && is(&t, i + 1, "set") && (is(&t, i + 2, "null") || is(&t, i + 2, "default"));
        if (!set && !(on_delete && is(&t, i + 1, "cascade")))
            continue;
        ml_buf_cstr(&out, " RESTRICT");
        i += set ? 2 : 1;
    }
    return taken(arena, &out);
}

/* The ")" of the list that opens at `open` and holds texts alone; 0: it holds something else. */
static uint32_t list_end(const tokens *t, uint32_t open)
{
    uint32_t at = open + 1;
    while (at < t->count && (t->items[at].text.data[0] == '\'' || is(t, at, ",")))
        at++;
    return is(t, at, ")") ? at : 0;
}

ml_str element_with_values(ml_arena *arena, ml_str text, const ml_table_column *column, const ml_table_names *values,
                           bool *found)
{
    tokens t = tokens_of(arena, text, 0);
    ml_buf out = {0};
    for (uint32_t i = 0; i < t.count; i++) {
        bool in =
            i > 0 && is(&t, i, "in") && is(&t, i + 1, "(") && ml_str_eq_nocase(bare(t.items[i - 1].text), column->name);
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
    return taken(arena, &out);
}

/* ---- from the text of a statement ---- */

static ml_str text_from(const ml_table_place *place)
{
    return place->lines ? ml_str_from(place->lines->text, place->start) : ML_STR_NONE;
}

static ml_str text_of(const ml_table_place *place)
{
    return place->lines ? ml_str_slice(place->lines->text, place->start, place->end) : ML_STR_NONE;
}

static const ml_table_column *column_called(const ml_declaration *base, ml_str name)
{
    for (uint32_t i = 0; i < base->columns.count; i++)
        if (ml_str_eq_nocase(base->columns.items[i].name, name))
            return &base->columns.items[i];
    return NULL;
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
static bool push_element(table_elements *out, ml_arena *arena, const ml_declaration *base, const tokens *t,
                         uint32_t from, uint32_t to)
{
    if (from >= to)
        return false;
    table_element one = {.text = joined(arena, t, from, to)};
    if (!is_constraint(t->items[from].text)) {
        one.column = column_called(base, bare(t->items[from].text));
        if (!one.column || has_element(out, one.column))
            return false;
    }
    for (uint32_t i = from; i < to; i++)
        out->checks = out->checks || is(t, i, "check");
    ml_vec_push(arena, &out->items, one);
    return true;
}

/* WITHOUT ROWID, STRICT; the end of a text in code may follow. False: words of another database. */
static bool read_options(table_elements *out, ml_arena *arena, const tokens *t, uint32_t at)
{
    ml_buf options = {0};
    bool known = true;
    for (; at < t->count && known; at++) {
        bool comma = is(t, at, ",");
        if (!comma && !is_word_char(t->items[at].text.data[0]))
            break;
        known = comma || is(t, at, "without") || is(t, at, "rowid") || is(t, at, "strict");
        ml_buf_printf(&options, "%s%.*s", comma ? "" : " ", ML_STR_ARG(t->items[at].text));
    }
    out->options = taken(arena, &options);
    return known;
}

static bool read_statement(table_elements *out, ml_arena *arena, const ml_declaration *base, const char **why)
{
    tokens t = tokens_of(arena, text_from(&base->place), ';');
    uint32_t open = 0;
    *why = "its statement is put together in code";
    while (open < t.count && open < 12 && !is(&t, open, "("))
        open++;
    if (!is(&t, 0, "create") || !is(&t, open, "("))
        return false;
    *why = "columns of it were renamed or removed after it was created";
    uint32_t from = open + 1, at = from;
    for (; at < t.count && !(t.items[at].depth == 0 && is(&t, at, ")")); at++)
        if (t.items[at].depth == 1 && is(&t, at, ",")) {
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
        tokens t = tokens_of(arena, text_of(&column->place), ';');
        if (!t.count || !ml_str_eq_nocase(bare(t.items[0].text), column->name) ||
            !push_element(&all, arena, base, &t, 0, t.count))
            return false;
    }
    for (uint32_t i = columns; i < out->items.count; i++)
        ml_vec_push(arena, &all.items, out->items.items[i]);
    *out = all;
    return true;
}

/* A statement to be run again when the table is there; once, however often it is written. */
static void push_after(table_elements *out, ml_arena *arena, ml_str name, ml_str statement)
{
    ml_str lower = ml_arena_lower(arena, name);
    for (uint32_t i = 0; i < out->made.count; i++)
        if (ml_str_eq(out->made.items[i], lower))
            return;
    ml_vec_push(arena, &out->made, lower);
    ml_vec_push(arena, &out->after, statement);
}

/* Code may name a column by its attribute. */
static ml_str stored_name(const ml_declaration *base, ml_str name)
{
    for (uint32_t i = 0; !column_called(base, name) && i < base->columns.count; i++)
        if (ml_str_eq(base->columns.items[i].property, name))
            return base->columns.items[i].name;
    return name;
}

static void note_index(table_elements *out, ml_arena *arena, const ml_declaration *base, const ml_table_key *key)
{
    ml_buf names = {0};
    for (uint32_t i = 0; i < key->columns.count; i++)
        ml_buf_printf(&names, "%s%.*s", i ? "," : "", ML_STR_ARG(stored_name(base, key->columns.items[i])));
    ml_str text = ml_arena_lower(arena, taken(arena, &names));
    ml_vec_push(arena, &out->indexes, text);
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
        tokens t = tokens_of(arena, text, ';');
        ml_str statement = joined(arena, &t, 0, t.count);
        push_after(out, arena, key->name, statement);
        note_index(out, arena, base, key);
    }
    return true;
}

/* DROP TRIGGER name behind the place where it is made. */
static bool is_dropped(const tokens *t, uint32_t at, ml_str trigger)
{
    for (; at < t->count; at++) {
        uint32_t name = at + (is(t, at + 2, "if") ? 4 : 2);
        if (is(t, at, "drop") && is(t, at + 1, "trigger") && name < t->count &&
            ml_str_eq_nocase(bare(t->items[name].text), trigger))
            return true;
    }
    return false;
}

/* CREATE TRIGGER name … ON table … BEGIN …; END in the file that makes the table. */
static void read_triggers(table_elements *out, ml_arena *arena, const ml_declaration *base)
{
    tokens t = tokens_of(arena, base->place.lines->text, 0);
    uint32_t tried = 0;
    for (uint32_t i = 0; i + 1 < t.count && tried < TRIGGERS_MAX; i++) {
        if (!is(&t, i, "create") || !is(&t, i + 1, "trigger"))
            continue;
        tried++;
        uint32_t name = i + 2, on = 0, end = i;
        if (is(&t, name, "if"))
            name += 3;
        for (uint32_t at = name; at < t.count && !is(&t, at, "begin"); at++)
            on = is(&t, at, "on") ? at + 1 : on;
        int open = 0; /* CASE ends with END too */
        for (uint32_t at = on; at < t.count; at++) {
            open += is(&t, at, "begin") || is(&t, at, "case");
            open -= is(&t, at, "end");
            if (is(&t, at, "end") && open == 0) {
                end = at;
                break;
            }
        }
        if (!on || end == i || !ml_str_eq_nocase(bare(t.items[on].text), base->table))
            continue;
        ml_str statement = joined(arena, &t, i, end + 1);
        ml_str label = bare(t.items[name].text);
        i = end;
        if (is_dropped(&t, end, label))
            continue;
        push_after(out, arena, label, statement);
        ml_vec_push(arena, &out->triggers, label);
    }
}

static bool from_text(table_elements *out, ml_arena *arena, const ml_declaration *base, const char **why)
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

/* ---- from what was read of code ---- */

static ml_str sqlite_type(ml_arena *arena, const ml_table_column *column)
{
    switch (column->type) {
    case ML_TYPE_INT: return ML_STR("INTEGER");
    case ML_TYPE_BIGINT: return column->primary_key ? ML_STR("INTEGER") : ML_STR("BIGINT");
    case ML_TYPE_DECIMAL:
        if (column->precision < 0 || column->unsized)
            return ML_STR("DECIMAL");
        return ml_arena_printf(arena, "DECIMAL(%d,%d)", column->precision, column->scale < 0 ? 0 : column->scale);
    case ML_TYPE_FLOAT: return ML_STR("REAL");
    case ML_TYPE_STRING: return ml_arena_printf(arena, "VARCHAR(%d)", column->length < 0 ? 255 : column->length);
    case ML_TYPE_TEXT:
    case ML_TYPE_ENUM: return ML_STR("TEXT");
    case ML_TYPE_DATETIME: return ML_STR("DATETIME");
    case ML_TYPE_DATE: return ML_STR("DATE");
    case ML_TYPE_TIME: return ML_STR("TIME");
    case ML_TYPE_JSON: return ML_STR("JSON");
    case ML_TYPE_BOOL: return ML_STR("BOOLEAN");
    case ML_TYPE_UUID: return ML_STR("CHAR(36)");
    case ML_TYPE_BINARY: return ML_STR("BLOB");
    case ML_TYPE_UNKNOWN: break;
    }
    return ML_STR_NONE;
}

/* A default the database has; one the program makes (NOW, UUIDV4) is none. */
static ml_str sqlite_default(ml_arena *arena, const ml_table_column *column)
{
    ml_str value = ml_str_trim(column->default_text);
    if (!column->has_default || !value.len || column->auto_increment)
        return ML_STR_NONE;
    char first = value.data[0], last = value.data[value.len - 1];
    ml_buf out = {0};
    if (value.len >= 2 && (first == '\'' || first == '"') && first == last)
        migration_put_text(&out, ml_str_slice(value, 1, value.len - 1));
    else if ((first >= '0' && first <= '9') || first == '-')
        ml_buf_str(&out, value);
    else if (ml_str_eq_nocase(value, ML_STR("true")) || ml_str_eq_nocase(value, ML_STR("false")))
        ml_buf_char(&out, ml_str_eq_nocase(value, ML_STR("true")) ? '1' : '0');
    else if (ml_str_eq_c(value, "now()") || ml_str_find_nocase(value, ML_STR("current_timestamp")) != ML_NOT_FOUND ||
             ml_str_contains(value, ML_STR("fn.now")))
        ml_buf_cstr(&out, "CURRENT_TIMESTAMP");
    else if (column->type == ML_TYPE_ENUM || column->type == ML_TYPE_STRING || column->type == ML_TYPE_TEXT) {
        for (uint32_t i = 0; i < column->values.count; i++) /* the word alone: an enumeration of Prisma */
            if (ml_str_eq(column->values.items[i], value))
                migration_put_text(&out, value);
    }
    return taken(arena, &out);
}

static void put_values(ml_buf *out, ml_arena *arena, const ml_table_column *column)
{
    ml_buf_printf(out, " CHECK (%.*s IN (", ML_STR_ARG(element_quoted(arena, column->name)));
    for (uint32_t i = 0; i < column->values.count; i++) {
        ml_buf_cstr(out, i ? ", " : "");
        migration_put_text(out, column->values.items[i]);
    }
    ml_buf_cstr(out, "))");
}

static ml_str column_text(table_elements *of, ml_arena *arena, const ml_table_column *column)
{
    ml_buf out = {0};
    ml_str value = sqlite_default(arena, column);
    ml_buf_printf(&out, "%.*s %.*s", ML_STR_ARG(element_quoted(arena, column->name)),
                  ML_STR_ARG(sqlite_type(arena, column)));
    if (!column->nullable && !(column->primary_key && column->auto_increment))
        ml_buf_cstr(&out, " NOT NULL");
    if (column->primary_key)
        ml_buf_cstr(&out, column->auto_increment ? " PRIMARY KEY AUTOINCREMENT" : " PRIMARY KEY");
    if (column->unique)
        ml_buf_cstr(&out, " UNIQUE");
    if (value.len) {
        ml_str name = ml_arena_lower(arena, column->name);
        ml_buf_printf(&out, " DEFAULT %.*s", ML_STR_ARG(value));
        ml_vec_push(arena, &of->defaults, name);
    }
    if (column->type == ML_TYPE_ENUM && column->has_values && !column->values_open && column->values.count) {
        put_values(&out, arena, column);
        of->checks = true;
    }
    return taken(arena, &out);
}

static ml_str name_list(ml_arena *arena, const ml_declaration *base, const ml_table_names *names)
{
    ml_buf out = {0};
    for (uint32_t i = 0; i < names->count; i++) {
        ml_str name = base ? stored_name(base, names->items[i]) : names->items[i];
        ml_buf_printf(&out, "%s%.*s", i ? ", " : "", ML_STR_ARG(element_quoted(arena, name)));
    }
    return taken(arena, &out);
}

/* Sequelize and Prisma follow a change of the parent's key unless told otherwise. */
static ml_str on_update_of(const ml_declaration *base, ml_str written)
{
    if (written.len)
        return written;
    bool follows = base->form == ML_FORM_SEQUELIZE || base->form == ML_FORM_PRISMA;
    return follows ? ML_STR("cascade") : ML_STR("no action");
}

/* Code points at a model by its name; the database knows its table. */
static const ml_table *parent_of(const ml_tables *tables, ml_str name)
{
    for (uint32_t i = 0; i < tables->count; i++)
        if (ml_str_eq_nocase(tables->items[i].name, name))
            return &tables->items[i];
    for (uint32_t i = 0; i < tables->count; i++)
        for (uint32_t d = 0; d < tables->items[i].declarations.count; d++)
            if (ml_str_eq_nocase(tables->items[i].declarations.items[d]->model, name))
                return &tables->items[i];
    return NULL;
}

/* The parent's columns by their names in the database; its key when none is written. */
static ml_table_names targets_of(ml_arena *arena, const ml_table *parent, const ml_table_foreign_key *key)
{
    ml_table_names out = {0};
    if (!key->target_columns.count)
        ml_vec_push(arena, &out, ML_STR("id"));
    for (uint32_t i = 0; i < key->target_columns.count; i++) {
        ml_str name = key->target_columns.items[i];
        for (uint32_t c = 0; parent && c < parent->columns.count; c++)
            if (ml_str_eq(parent->columns.items[c].property, name)) {
                name = parent->columns.items[c].name;
                break;
            }
        ml_vec_push(arena, &out, name);
    }
    return out;
}

static void push_link(table_elements *out, ml_arena *arena, const ml_declaration *base, const ml_table_foreign_key *key)
{
    const ml_table *parent = parent_of(out->tables, key->table);
    ml_str table = parent ? parent->name : key->table;
    ml_table_names target = targets_of(arena, parent, key);
    ml_str on_update = on_update_of(base, key->on_update);
    table_element one = {
        .text =
            ml_arena_printf(arena, "FOREIGN KEY (%.*s) REFERENCES %.*s (%.*s)%s%.*s ON UPDATE %.*s",
                            ML_STR_ARG(name_list(arena, base, &key->columns)), ML_STR_ARG(element_quoted(arena, table)),
                            ML_STR_ARG(name_list(arena, NULL, &target)), key->on_delete.len ? " ON DELETE " : "",
                            ML_STR_ARG(key->on_delete), ML_STR_ARG(on_update))};
    ml_vec_push(arena, &out->items, one);
    for (uint32_t i = 0; i < key->columns.count; i++) {
        ml_str link = ml_arena_lower(arena, ml_arena_printf(arena, "%.*s>%.*s>%.*s",
                                                            ML_STR_ARG(stored_name(base, key->columns.items[i])),
                                                            ML_STR_ARG(table), ML_STR_ARG(on_update)));
        ml_vec_push(arena, &out->links, link);
    }
}

static bool listed(const ml_declaration *base, ml_str column)
{
    for (uint32_t i = 0; i < base->foreign_keys.count; i++)
        if (base->foreign_keys.items[i].columns.count &&
            ml_str_eq_nocase(base->foreign_keys.items[i].columns.items[0], column))
            return true;
    return false;
}

static void push_links(table_elements *out, ml_arena *arena, const ml_declaration *base)
{
    for (uint32_t i = 0; i < base->foreign_keys.count; i++)
        if (base->foreign_keys.items[i].columns.count && base->foreign_keys.items[i].table.len)
            push_link(out, arena, base, &base->foreign_keys.items[i]);
    for (uint32_t i = 0; i < base->columns.count; i++) {
        const ml_table_column *column = &base->columns.items[i];
        ml_table_foreign_key key = {
            .table = column->references_table, .on_delete = column->on_delete, .on_update = column->on_update};
        if (!column->references_table.len || listed(base, column->name))
            continue;
        ml_vec_push(arena, &key.columns, column->name);
        if (column->references_column.len)
            ml_vec_push(arena, &key.target_columns, column->references_column);
        push_link(out, arena, base, &key);
    }
}

static bool is_linked(const table_elements *out, ml_arena *arena, ml_str column)
{
    ml_str start = ml_arena_concat(arena, ml_arena_lower(arena, column), ML_STR(">"));
    for (uint32_t i = 0; i < out->links.count; i++)
        if (ml_str_starts(out->links.items[i], start))
            return true;
    return false;
}

/* belongsTo and hasMany of Sequelize make a foreign key too. Without ON DELETE of its own a field that may be
 * NULL is set to NULL; any other keeps its parent. */
static void push_associations(table_elements *out, ml_arena *arena, const ml_declaration *base)
{
    for (uint32_t i = 0; i < out->tables->associations.count; i++) {
        const ml_table_association *from = &out->tables->associations.items[i];
        if (!base->model.len || !from->key.len || from->no_constraint || !ml_str_eq_nocase(from->child, base->model))
            continue;
        const ml_table_column *column = column_called(base, stored_name(base, from->key));
        ml_table_foreign_key key = {.table = from->parent, .on_delete = from->on_delete};
        if (!column || is_linked(out, arena, column->name))
            continue;
        if (!key.on_delete.len && column->nullable)
            key.on_delete = ML_STR("set null");
        ml_vec_push(arena, &key.columns, column->name);
        push_link(out, arena, base, &key);
    }
}

static bool push_keys(table_elements *out, ml_arena *arena, const ml_declaration *base)
{
    for (uint32_t i = 0; i < base->keys.count; i++) {
        const ml_table_key *key = &base->keys.items[i];
        ml_str names = name_list(arena, base, &key->columns);
        if (key->partial)
            return false;
        if (key->primary && key->columns.count > 1) {
            table_element one = {.text = ml_arena_printf(arena, "PRIMARY KEY (%.*s)", ML_STR_ARG(names))};
            ml_vec_push(arena, &out->items, one);
        }
        if (key->primary)
            continue;
        ml_str name = key->name.len ? key->name
                                    : ml_arena_printf(arena, "%s_%.*s_%u", key->unique ? "uq" : "ix",
                                                      ML_STR_ARG(base->table), i + 1);
        ml_str statement = ml_arena_printf(arena, "CREATE %sINDEX %.*s ON %.*s (%.*s)", key->unique ? "UNIQUE " : "",
                                           ML_STR_ARG(element_quoted(arena, name)),
                                           ML_STR_ARG(element_quoted(arena, base->table)), ML_STR_ARG(names));
        push_after(out, arena, name, statement);
        note_index(out, arena, base, key);
    }
    return true;
}

static bool from_facts(table_elements *out, ml_arena *arena, const ml_declaration *base, const char **why)
{
    for (uint32_t i = 0; i < base->columns.count; i++) {
        const ml_table_column *column = &base->columns.items[i];
        *why = "the type of a column is not known";
        if (!sqlite_type(arena, column).len)
            return false;
        *why = "how a column is computed is not known";
        if (column->generated)
            return false;
        table_element one = {column, column_text(out, arena, column)};
        ml_vec_push(arena, &out->items, one);
    }
    *why = "the condition of an index is not known";
    push_links(out, arena, base);
    push_associations(out, arena, base);
    return push_keys(out, arena, base);
}

/* ---- which declaration ---- */

static const ml_declaration *only_of(const ml_table *table, ml_table_origin origin, uint32_t *count)
{
    const ml_declaration *found = NULL;
    *count = 0;
    for (uint32_t i = 0; i < table->declarations.count; i++)
        if (table->declarations.items[i]->origin == origin) {
            found = table->declarations.items[i];
            ++*count;
        }
    return found;
}

/* What the database is made with before the model; of several it is not known which holds. */
static const ml_declaration *base_of(const ml_table *table, const char **why)
{
    uint32_t count;
    const ml_declaration *base = only_of(table, ML_TABLE_SQL, &count);
    if (!base)
        base = only_of(table, ML_TABLE_MODEL, &count);
    *why = count > 1 ? "it is declared in several places" : "not all of its columns can be seen";
    return base && count == 1 && !base->open && base->columns.count ? base : NULL;
}

bool table_elements_of(table_elements *out, ml_arena *arena, const ml_tables *tables, const ml_table *table,
                       const char **why)
{
    *out = (table_elements){.tables = tables};
    const ml_declaration *base = base_of(table, why);
    if (!base)
        return false;
    return base->form == ML_FORM_SQL ? from_text(out, arena, base, why) : from_facts(out, arena, base, why);
}
