/* schema_text.c - the schema section of the report, and the statements it suggests. */
#include "ml/buf.h"
#include "ml/schema_check.h"

/* ---- checks ---- */

static void push(ml_checks *out, ml_arena *arena, ml_check_state state, ml_str en, ml_str zh, const ml_table *at)
{
    ml_check check = {
        .state = state, .text.in = {[ML_LANG_EN] = en, [ML_LANG_ZH] = zh}
    };
    if (at) {
        check.path = at->place.path;
        check.line = ml_table_place_span(&at->place).line;
    }
    ml_vec_push(arena, out, check);
}

static ml_str list(ml_arena *arena, const ml_table_names *names, const char *between)
{
    ml_buf text = {0};
    for (uint32_t i = 0; i < names->count; i++) {
        ml_buf_cstr(&text, i ? between : "");
        ml_buf_str(&text, names->items[i]);
    }
    ml_str copy = ml_arena_copy(arena, ml_buf_view(&text));
    ml_buf_finish(&text);
    return copy;
}

static ml_table_names missing_columns(ml_arena *arena, const ml_schema_gaps *gaps, const bill_table *table)
{
    ml_table_names names = {0};
    for (uint32_t i = 0; i < gaps->count; i++)
        if (gaps->items[i].table == table && gaps->items[i].column)
            ml_vec_push(arena, &names, ml_str_of(gaps->items[i].column->name));
    return names;
}

static void check_declared(ml_checks *out, ml_arena *arena, const ml_schema_gaps *gaps, const ml_table *table)
{
    ml_table_names missing = missing_columns(arena, gaps, table->reference);
    if (missing.count)
        push(out, arena, ML_CHECK_BAD,
             ml_arena_printf(arena, "%.*s: missing %.*s", ML_STR_ARG(table->name),
                             ML_STR_ARG(list(arena, &missing, ", "))),
             ml_arena_printf(arena, "%.*s：缺少字段 %.*s", ML_STR_ARG(table->name),
                             ML_STR_ARG(list(arena, &missing, "、"))),
             table);
    else if (table->open)
        push(out, arena, ML_CHECK_UNKNOWN,
             ml_arena_printf(arena, "%.*s: declared, but not all of its columns can be seen", ML_STR_ARG(table->name)),
             ml_arena_printf(arena, "%.*s：已定义，但无法确定全部字段", ML_STR_ARG(table->name)), table);
    else
        push(out, arena, ML_CHECK_OK, ml_arena_printf(arena, "%.*s: all required columns", ML_STR_ARG(table->name)),
             ml_arena_printf(arena, "%.*s：字段完整", ML_STR_ARG(table->name)), table);
}

static void check_types(ml_checks *out, ml_arena *arena, const ml_tables *tables)
{
    ml_schema_type_gaps gaps = {0};
    ml_schema_type_gaps_of(&gaps, arena, tables);
    for (uint32_t i = 0; i < gaps.count; i++) {
        const ml_schema_type_gap *gap = &gaps.items[i];
        ml_check check = {.state = ML_CHECK_BAD,
                          .path = gap->column->place.path,
                          .line = ml_table_place_span(&gap->column->place).line};
        check.text.in[ML_LANG_EN] =
            ml_arena_printf(arena, "%.*s.%.*s: cannot bill %.*s", ML_STR_ARG(gap->declared->name),
                            ML_STR_ARG(gap->column->name), ML_STR_ARG(list(arena, &gap->missing, ", ")));
        check.text.in[ML_LANG_ZH] =
            ml_arena_printf(arena, "%.*s.%.*s：不支持 %.*s 计费", ML_STR_ARG(gap->declared->name),
                            ML_STR_ARG(gap->column->name), ML_STR_ARG(list(arena, &gap->missing, "、")));
        ml_vec_push(arena, out, check);
    }
    if (!gaps.count)
        push(out, arena, ML_CHECK_OK, ML_STR("billing types: token, character, count, second"),
             ML_STR("计费模式：支持 token、character、count、second"), NULL);
}

void ml_schema_checks(ml_checks *out, ml_arena *arena, const ml_tables *tables)
{
    ml_schema_gaps gaps = {0};
    const bill_table *reference;
    bool any = false;

    ml_schema_gaps_of(&gaps, arena, tables);
    for (size_t i = 0; (reference = bill_schema_table(i)) != NULL; i++) {
        const ml_table *declared = ml_tables_for(tables, reference);
        if (declared)
            check_declared(out, arena, &gaps, declared);
        any = any || declared;
    }
    if (!any) {
        push(out, arena, ML_CHECK_UNKNOWN, ML_STR("no billing table found"), ML_STR("未发现计费表"), NULL);
        return;
    }
    for (uint32_t i = 0; i < gaps.count; i++)
        if (!gaps.items[i].column)
            push(out, arena, ML_CHECK_BAD, ml_arena_printf(arena, "%s: no such table", gaps.items[i].table->name),
                 ml_arena_printf(arena, "%s：未找到该表", gaps.items[i].table->name), NULL);
    check_types(out, arena, tables);
}

/* ---- suggestion ---- */

static bill_status append(void *context, const char *text, size_t length)
{
    ml_buf_bytes(context, text, length);
    return BILL_OK;
}

/* The reference column as billing-core would write it: read back from its own DDL, so
 * that there is one printer of columns. */
static ml_str column_text(ml_arena *arena, const ml_sql_script *script, ml_str ddl, const char *name)
{
    for (uint32_t s = 0; s < script->statements.count; s++) {
        const ml_sql_columns *columns = &script->statements.items[s].columns;
        for (uint32_t c = 0; c < columns->count; c++)
            if (ml_str_eq_c(columns->items[c].name, name))
                return ml_str_slice(ddl, columns->items[c].start, columns->items[c].end);
    }
    return ml_arena_printf(arena, "%s", name);
}

/* Rows that exist need a value at once; MySQL has none of its own for a moment in time. */
static bool needs_now(const bill_column *column)
{
    return column->type_class == BILL_CLASS_TIMESTAMP && !column->nullable && !column->default_value;
}

static void alter_table(ml_buf *out, ml_arena *arena, const ml_schema_gaps *gaps, uint32_t first, uint32_t end)
{
    const ml_schema_gap *gap = &gaps->items[first];
    ml_buf ddl = {0};
    ml_sql_script script;
    bill_schema_ddl(BILL_MARIADB, bill_schema_mask(gap->table->name), append, &ddl);
    ml_str text = ml_arena_copy(arena, ml_buf_view(&ddl));
    ml_buf_finish(&ddl);
    ml_sql_parse(&script, arena, text);

    ml_buf_printf(out, "ALTER TABLE %.*s", ML_STR_ARG(gap->declared->name));
    for (uint32_t i = first; i < end; i++) {
        const bill_column *column = gaps->items[i].column;
        ml_buf_cstr(out, i == first ? "\n  ADD COLUMN " : ",\n  ADD COLUMN ");
        ml_buf_str(out, column_text(arena, &script, text, column->name));
        if (needs_now(column))
            ml_buf_cstr(out, " DEFAULT CURRENT_TIMESTAMP(6)");
    }
    ml_buf_cstr(out, ";\n");
}

/* The values the column has, and those it lacks behind them: stored rows keep their meaning. */
static void widen_type(ml_buf *out, const ml_schema_type_gap *gap)
{
    ml_buf_printf(out, "ALTER TABLE %.*s\n  MODIFY COLUMN %.*s ENUM(", ML_STR_ARG(gap->declared->name),
                  ML_STR_ARG(gap->column->name));
    for (uint32_t i = 0; i < gap->column->values.count + gap->missing.count; i++) {
        ml_str value = i < gap->column->values.count ? gap->column->values.items[i]
                                                     : gap->missing.items[i - gap->column->values.count];
        ml_buf_cstr(out, i ? ", '" : "'");
        for (size_t c = 0; c < value.len; c++) {
            if (value.data[c] == '\'' || value.data[c] == '\\')
                ml_buf_char(out, value.data[c]);
            ml_buf_char(out, value.data[c]);
        }
        ml_buf_char(out, '\'');
    }
    ml_buf_cstr(out, gap->column->nullable ? ") NULL" : ") NOT NULL");
    if (gap->column->has_default && gap->column->default_text.len && gap->column->default_text.data[0] == '\'')
        ml_buf_printf(out, " DEFAULT %.*s", ML_STR_ARG(gap->column->default_text));
    ml_buf_cstr(out, ";\n");
}

static uint32_t specified_tables(void)
{
    uint32_t mask = 0;
    const bill_table *table;
    for (size_t i = 0; (table = bill_schema_table(i)) != NULL; i++)
        if (ml_schema_level(table->required_by, table->if_missing) != ML_LEVEL_NONE)
            mask |= bill_schema_mask(table->name);
    return mask;
}

ml_str ml_schema_suggestion(ml_arena *arena, const ml_tables *tables, bool none_declared_too)
{
    ml_schema_gaps gaps = {0};
    ml_schema_type_gaps type_gaps = {0};
    ml_buf out = {0};
    uint32_t missing = 0;

    ml_schema_gaps_of(&gaps, arena, tables);
    ml_schema_type_gaps_of(&type_gaps, arena, tables);
    for (uint32_t i = 0; i < gaps.count; i++)
        if (!gaps.items[i].column)
            missing |= bill_schema_mask(gaps.items[i].table->name);
    bool declared = false;
    for (uint32_t i = 0; i < tables->count; i++)
        declared = declared || tables->items[i].reference;
    if (!declared && none_declared_too)
        missing = specified_tables();
    bill_schema_ddl(BILL_MARIADB, missing, append, &out);
    for (uint32_t i = 0, end; i < gaps.count; i = end) {
        for (end = i + 1; end < gaps.count && gaps.items[end].declared == gaps.items[i].declared;)
            end++;
        if (gaps.items[i].column)
            alter_table(&out, arena, &gaps, i, end);
    }
    for (uint32_t i = 0; i < type_gaps.count; i++)
        widen_type(&out, &type_gaps.items[i]);
    ml_str text = ml_arena_copy(arena, ml_buf_view(&out));
    ml_buf_finish(&out);
    return text;
}
