/* schema/billing-type-unsupported - a billing_type column refuses one of the four types.
 *
 * Reports  an enumeration, or a column held to a list by a check or a validation, that
 *          lacks token, character, count or second; at the column.
 * Silent   when the list has parts that cannot be seen, about columns of free text,
 *          and about further values. The old spelling token_based counts as token. */
#include "ml/buf.h"
#include "ml/rule.h"
#include "ml/schema_check.h"

static ml_str types(ml_arena *arena, const ml_table_names *names, const char *between)
{
    ml_buf text = {0};
    for (uint32_t i = 0; i < names->count; i++)
        ml_buf_printf(&text, "%s%.*s", i ? between : "", ML_STR_ARG(names->items[i]));
    ml_str copy = ml_arena_copy(arena, ml_buf_view(&text));
    ml_buf_finish(&text);
    return copy;
}

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    ml_arena *arena = ml_ctx_arena(ctx);
    ml_schema_type_gaps gaps = {0};
    ml_schema_type_gaps_of(&gaps, arena, tables);
    for (uint32_t i = 0; i < gaps.count; i++) {
        const ml_schema_type_gap *gap = &gaps.items[i];
        const ml_table_place *place = &gap->column->place;
        ml_finding *finding = ml_ctx_report_at(ctx, place->path, place->lines->text, place->start, place->end);
        ml_text missing = {
            {[ML_LANG_EN] = types(arena, &gap->missing, ", "), [ML_LANG_ZH] = types(arena, &gap->missing, "、")}
        };
        ml_finding_set(ctx, finding, "table", gap->declared->name);
        ml_finding_set(ctx, finding, "column", gap->column->name);
        ml_finding_set_text(ctx, finding, "types", missing);
    }
}

extern const ml_rule ml_rule_schema_billing_type_unsupported;
const ml_rule ml_rule_schema_billing_type_unsupported = {.judge_project = judge};
