/* sql.c - statements of SQL that declare or change tables. */
#include "ml/sql.h"
#include "sql_read.h"

typedef struct parser {
    sql_reader r;
    ml_sql_script *out;
} parser;

static void emit(parser *p, ml_sql_statement *statement)
{
    statement->end = sql_end_before(&p->r);
    if (!statement->head_end)
        statement->head_end = statement->end;
    ml_vec_push(p->r.arena, &p->out->statements, *statement);
}

static void unread_at(ml_sql_script *out, uint32_t at)
{
    if (!out->unread)
        out->unread_first = at;
    out->unread++;
}

static void unread(parser *p)
{
    unread_at(p->out, p->r.tokens.items[0].start);
}

static uint32_t here(const parser *p)
{
    return sql_peek(&p->r, 0)->start;
}

/* ---- CREATE ---- */

static void read_table_options(sql_reader *r, ml_sql_statement *statement)
{
    while (sql_peek(r, 0)->kind != SQL_END) {
        if (sql_accept(r, "engine")) {
            sql_accept_punct(r, '=');
            statement->engine = ml_arena_lower(r->arena, sql_name(r));
        } else if (sql_is_word(r, 0, "inherits") && sql_is_punct(r, 1, '(')) {
            r->i += 2;
            statement->like_table = sql_name(r);
        } else if (sql_is_word(r, 0, "select") || (sql_is_word(r, 0, "as") && !sql_is_punct(r, 1, '='))) {
            statement->open = true;
            r->i = r->tokens.count;
        } else {
            sql_skip(r);
        }
    }
}

/* The group of columns and constraints. False: a piece of it could not be read, or its end is missing. */
static bool read_elements(sql_reader *r, ml_sql_statement *statement)
{
    bool understood = true;
    sql_accept_punct(r, '(');
    while (!sql_accept_punct(r, ')')) {
        if (sql_peek(r, 0)->kind == SQL_END)
            return false;
        if (sql_accept_punct(r, ','))
            continue;
        if (sql_read_element(r, statement))
            continue;
        understood = false;
        if (sql_at_comma_or_close(r))
            continue;
        sql_skip(r);
        sql_skip_to_comma(r);
    }
    return understood;
}

static void create_table(parser *p)
{
    sql_reader *r = &p->r;
    ml_sql_statement statement = {.kind = ML_SQL_CREATE_TABLE, .start = r->tokens.items[0].start};

    sql_if_not_exists(r);
    statement.table = sql_name(r);
    if (!statement.table.len) {
        unread(p);
        return;
    }
    statement.head_end = sql_end_before(r);
    if (sql_is_word(r, 0, "partition"))
        return; /* a part of another table, with its columns */
    if (sql_accept(r, "like")) {
        statement.kind = ML_SQL_CREATE_TABLE_LIKE;
        statement.like_table = sql_name(r);
    } else if (sql_is_punct(r, 0, '(') && !sql_is_word(r, 1, "select")) {
        if (!read_elements(r, &statement)) {
            statement.open = true;
            unread(p);
        }
        if (statement.like_table.len && !statement.columns.count)
            statement.kind = ML_SQL_CREATE_TABLE_LIKE;
    } else {
        statement.open = true; /* AS SELECT, OF type */
    }
    read_table_options(r, &statement);
    emit(p, &statement);
}

static void create_index(parser *p, bool unique)
{
    sql_reader *r = &p->r;
    ml_sql_statement statement = {.kind = ML_SQL_ADD_KEY, .start = r->tokens.items[0].start};
    ml_sql_key key = {.unique = unique, .start = statement.start};

    sql_accept(r, "concurrently");
    sql_if_not_exists(r);
    if (!sql_is_word(r, 0, "on"))
        key.name = sql_name(r);
    while (sql_peek(r, 0)->kind != SQL_END && !sql_is_word(r, 0, "on"))
        sql_skip(r);
    if (!sql_accept(r, "on")) {
        unread(p);
        return;
    }
    sql_accept(r, "only");
    statement.table = sql_name(r);
    while (sql_peek(r, 0)->kind != SQL_END && !sql_is_punct(r, 0, '('))
        r->i++;
    sql_read_key_columns(r, &key.columns);
    while (sql_peek(r, 0)->kind != SQL_END) {
        key.partial = key.partial || sql_is_word(r, 0, "where");
        sql_skip(r);
    }
    if (!statement.table.len || !key.columns.count) {
        unread(p);
        return;
    }
    key.end = sql_end_before(r);
    ml_vec_push(r->arena, &statement.keys, key);
    emit(p, &statement);
}

static void create_type(parser *p)
{
    sql_reader *r = &p->r;
    ml_sql_statement statement = {.kind = ML_SQL_CREATE_TYPE, .start = r->tokens.items[0].start};
    statement.table = sql_name(r);
    if (!sql_accept(r, "as") || !sql_accept(r, "enum") || !sql_accept_punct(r, '('))
        return;
    for (; sql_peek(r, 0)->kind != SQL_END && !sql_is_punct(r, 0, ')'); r->i++)
        if (sql_peek(r, 0)->kind == SQL_STRING)
            ml_vec_push(r->arena, &statement.values, sql_decode(&r->lexer, r->arena, sql_peek(r, 0)));
    r->i = r->tokens.count;
    emit(p, &statement);
}

static void create(parser *p)
{
    sql_reader *r = &p->r;
    bool unique = false, temporary = false;
    for (;; r->i++) {
        if (sql_is_word(r, 0, "temporary") || sql_is_word(r, 0, "temp") || sql_is_word(r, 0, "virtual"))
            temporary = true; /* no part of the schema, or no table at all */
        else if (sql_is_word(r, 0, "unique"))
            unique = true;
        else if (!sql_is_word(r, 0, "or") && !sql_is_word(r, 0, "replace") && !sql_is_word(r, 0, "unlogged") &&
                 !sql_is_word(r, 0, "global") && !sql_is_word(r, 0, "local") && !sql_is_word(r, 0, "fulltext") &&
                 !sql_is_word(r, 0, "spatial") && !sql_is_word(r, 0, "foreign") && !sql_is_word(r, 0, "clustered") &&
                 !sql_is_word(r, 0, "nonclustered"))
            break;
    }
    if (temporary)
        return;
    if (sql_accept(r, "table"))
        create_table(p);
    else if (sql_accept(r, "index"))
        create_index(p, unique);
    else if (sql_accept(r, "type"))
        create_type(p);
}

/* ---- ALTER TABLE ---- */

static void add_columns_and_keys(parser *p, ml_sql_statement parts)
{
    ml_sql_statement one = {.table = parts.table, .start = parts.start};
    if (parts.columns.count) {
        one.kind = ML_SQL_ADD_COLUMN;
        one.columns = parts.columns;
        emit(p, &one);
    }
    one.columns = (ml_sql_columns){0};
    if (parts.keys.count) {
        one.kind = ML_SQL_ADD_KEY;
        one.keys = parts.keys;
        emit(p, &one);
    }
    one.keys = (ml_sql_keys){0};
    if (parts.foreign_keys.count) {
        one.kind = ML_SQL_ADD_FOREIGN_KEY;
        one.foreign_keys = parts.foreign_keys;
        emit(p, &one);
    }
    one.foreign_keys = (ml_sql_foreign_keys){0};
    if (parts.checks.count) {
        one.kind = ML_SQL_ADD_CHECK;
        one.checks = parts.checks;
        emit(p, &one);
    }
}

static void alter_add(parser *p, ml_sql_statement *statement)
{
    sql_reader *r = &p->r;
    bool understood = true;
    if (sql_accept(r, "column"))
        sql_if_not_exists(r);
    else if (sql_is_word(r, 0, "if"))
        sql_if_not_exists(r);
    if (sql_is_punct(r, 0, '('))
        understood = read_elements(r, statement);
    else
        understood = sql_read_element(r, statement);
    if (!understood)
        unread(p);
    add_columns_and_keys(p, *statement);
}

static void change_column(parser *p, ml_sql_statement *statement, bool renames)
{
    ml_sql_column column;
    sql_accept(&p->r, "column");
    sql_if_not_exists(&p->r);
    if (renames)
        statement->old_name = sql_name(&p->r);
    if (!sql_read_column(&p->r, &column)) {
        unread(p);
        return;
    }
    if (!renames)
        statement->old_name = column.name;
    statement->kind = ML_SQL_CHANGE_COLUMN;
    ml_vec_push(p->r.arena, &statement->columns, column);
    emit(p, statement);
}

static void alter_column(parser *p, ml_sql_statement *statement)
{
    sql_reader *r = &p->r;
    uint32_t begin = r->i;
    ml_sql_column column = {.precision = -1, .scale = -1, .start = statement->start};

    sql_accept(r, "column");
    column.name = statement->old_name = sql_name(r);
    statement->kind = ML_SQL_ALTER_COLUMN;
    bool set = sql_accept(r, "set"), drop = !set && sql_accept(r, "drop");
    if (set && sql_accept(r, "data"))
        set = false;
    if ((set || drop) && sql_is_word(r, 0, "not") && sql_is_word(r, 1, "null")) {
        r->i += 2;
        statement->change = set ? ML_SQL_SET_NOT_NULL : ML_SQL_DROP_NOT_NULL;
        column.not_null = set;
    } else if ((set || drop) && sql_accept(r, "default")) {
        statement->change = set ? ML_SQL_SET_DEFAULT : ML_SQL_DROP_DEFAULT;
        column.has_default = set;
        column.default_text = set ? sql_read_default(r) : ML_STR_NONE;
    } else if (!set && !drop && sql_accept(r, "type")) {
        statement->change = ML_SQL_TYPE;
        sql_read_column_type(r, &column);
    } else if (!set && !drop && sql_is_name(r, 0)) {
        r->i = begin; /* ALTER COLUMN name type NOT NULL */
        change_column(p, statement, false);
        return;
    } else {
        return;
    }
    sql_skip_to_comma(r);
    column.end = sql_end_before(r);
    ml_vec_push(r->arena, &statement->columns, column);
    emit(p, statement);
}

static void alter_drop(parser *p, ml_sql_statement *statement)
{
    sql_reader *r = &p->r;
    statement->kind = ML_SQL_DROP_KEY;
    if (sql_accept(r, "primary")) {
        sql_accept(r, "key");
        statement->old_name = ML_STR("PRIMARY");
    } else if ((sql_is_word(r, 0, "index") || sql_is_word(r, 0, "key") || sql_is_word(r, 0, "constraint") ||
                sql_is_word(r, 0, "check") || sql_is_word(r, 0, "foreign")) &&
               sql_is_name(r, 1)) {
        if (sql_accept(r, "foreign"))
            sql_accept(r, "key");
        else
            r->i++;
        sql_if_not_exists(r);
        statement->old_name = sql_name(r);
    } else if (sql_is_word(r, 0, "partition")) {
        return;
    } else {
        statement->kind = ML_SQL_DROP_COLUMN;
        sql_accept(r, "column");
        sql_if_not_exists(r);
        statement->old_name = sql_name(r);
    }
    if (statement->old_name.len)
        emit(p, statement);
}

static void alter_rename(parser *p, ml_sql_statement *statement)
{
    sql_reader *r = &p->r;
    if (sql_is_word(r, 0, "index") || sql_is_word(r, 0, "key") || sql_is_word(r, 0, "constraint"))
        return;
    if (sql_accept(r, "to") || sql_accept(r, "as") || sql_peek(r, 1)->kind == SQL_END) {
        statement->kind = ML_SQL_RENAME_TABLE;
        statement->new_name = sql_name(r);
    } else {
        statement->kind = ML_SQL_RENAME_COLUMN;
        sql_accept(r, "column");
        statement->old_name = sql_name(r);
        sql_accept(r, "to");
        statement->new_name = sql_name(r);
    }
    if (statement->new_name.len)
        emit(p, statement);
}

/* "ADD a INT, b INT": an action without a verb goes on with the one before. */
static bool is_alter_verb(const sql_reader *r)
{
    static const char *const verbs[] = {"add",       "modify",   "change",         "alter",   "drop",      "rename",
                                        "engine",    "comment",  "auto_increment", "convert", "order",     "default",
                                        "character", "collate",  "owner",          "set",     "reset",     "enable",
                                        "disable",   "validate", "with",           "lock",    "algorithm", "row_format",
                                        "charset",   "cluster",  "attach",         "detach"};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (sql_is_word(r, 0, verbs[i]))
            return true;
    return false;
}

static void alter_table(parser *p)
{
    sql_reader *r = &p->r;
    bool adding = false;
    sql_if_not_exists(r);
    ml_str table = sql_name(r);
    if (!table.len) {
        unread(p);
        return;
    }
    while (sql_peek(r, 0)->kind != SQL_END) {
        ml_sql_statement statement = {.table = table, .start = here(p)};
        if (sql_accept(r, "with")) /* CHECK ADD CONSTRAINT */
            r->i++;
        bool goes_on = adding && !is_alter_verb(r) && sql_is_name(r, 0);
        bool add = sql_accept(r, "add") || goes_on;
        if (add)
            alter_add(p, &statement);
        else if (sql_accept(r, "modify"))
            change_column(p, &statement, false);
        else if (sql_accept(r, "change"))
            change_column(p, &statement, true);
        else if (sql_accept(r, "alter"))
            alter_column(p, &statement);
        else if (sql_accept(r, "drop"))
            alter_drop(p, &statement);
        else if (sql_accept(r, "rename"))
            alter_rename(p, &statement);
        adding = add;
        sql_skip_to_comma(r);
        if (!sql_accept_punct(r, ','))
            sql_accept_punct(r, ')');
    }
}

static void alter_type(parser *p)
{
    sql_reader *r = &p->r;
    ml_sql_statement statement = {.kind = ML_SQL_ADD_VALUE, .start = r->tokens.items[0].start};
    statement.table = sql_name(r);
    if (!sql_accept(r, "add") || !sql_accept(r, "value"))
        return;
    sql_if_not_exists(r);
    if (sql_peek(r, 0)->kind != SQL_STRING)
        return;
    ml_vec_push(r->arena, &statement.values, sql_decode(&r->lexer, r->arena, sql_peek(r, 0)));
    r->i = r->tokens.count;
    emit(p, &statement);
}

/* ---- DROP, RENAME ---- */

static void drop(parser *p)
{
    sql_reader *r = &p->r;
    ml_sql_statement statement = {.start = r->tokens.items[0].start};
    if (sql_accept(r, "table")) {
        statement.kind = ML_SQL_DROP_TABLE;
        sql_if_not_exists(r);
        do {
            statement.table = sql_name(r);
            if (statement.table.len)
                emit(p, &statement);
        } while (sql_accept_punct(r, ','));
    } else if (sql_accept(r, "index")) {
        statement.kind = ML_SQL_DROP_KEY;
        sql_accept(r, "concurrently");
        sql_if_not_exists(r);
        statement.old_name = sql_name(r);
        if (sql_accept(r, "on"))
            statement.table = sql_name(r);
        if (statement.old_name.len)
            emit(p, &statement);
    }
}

static void rename_tables(parser *p)
{
    sql_reader *r = &p->r;
    if (!sql_accept(r, "table"))
        return;
    do {
        ml_sql_statement statement = {.kind = ML_SQL_RENAME_TABLE, .start = here(p)};
        sql_if_not_exists(r);
        statement.table = sql_name(r);
        sql_accept(r, "to");
        statement.new_name = sql_name(r);
        if (statement.new_name.len)
            emit(p, &statement);
    } while (sql_accept_punct(r, ','));
}

static void read_statement(parser *p)
{
    sql_reader *r = &p->r;
    r->i = 0;
    if (sql_accept(r, "create")) {
        create(p);
    } else if (sql_accept(r, "alter")) {
        sql_accept(r, "foreign");
        if (sql_accept(r, "table"))
            alter_table(p);
        else if (sql_accept(r, "type"))
            alter_type(p);
    } else if (sql_accept(r, "drop")) {
        drop(p);
    } else if (sql_accept(r, "rename")) {
        rename_tables(p);
    }
}

void ml_sql_parse(ml_sql_script *out, ml_arena *arena, ml_str text)
{
    parser p = {.r.arena = arena, .out = out};
    *out = (ml_sql_script){0};
    if (text.len >= UINT32_MAX - 16) {
        out->unread = 1; /* offsets have 32 bits; the reader of files stops far below */
        return;
    }
    sql_lexer_init(&p.r.lexer, text);
    while (sql_next_statement(&p.r.lexer, arena, &p.r.tokens))
        read_statement(&p);
    if (p.r.lexer.unterminated)
        unread_at(out, p.r.lexer.unterminated_at);
}
