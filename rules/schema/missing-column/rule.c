/* schema/missing-column - a billing table lacks columns of the reference schema.
 *
 * Reports  a table that stands for a reference table (by name, alias or configured
 *          mapping) and lacks columns the specification demands, or right bills need;
 *          once a table, where it is declared, with all it lacks. A table whose gaps
 *          all weigh less is reported lower.
 * Silent   about tables that may have columns nobody sees (spread from elsewhere, made
 *          from a query), about columns a model or a migration adds, and about columns
 *          that are good to have. */
#include "ml/buf.h"
#include "ml/rule.h"
#include "ml/schema_check.h"

static ml_level highest(const ml_schema_gap *gaps, uint32_t count)
{
    ml_level level = ML_LEVEL_NONE;
    for (uint32_t i = 0; i < count; i++)
        level = gaps[i].level > level ? gaps[i].level : level;
    return level;
}

static bool any_specified(const ml_schema_gap *gaps, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (gaps[i].column->required_by == BILL_REQUIRED_SPEC)
            return true;
    return false;
}

/* The weightiest first. */
static ml_str columns(ml_arena *arena, const ml_schema_gap *gaps, uint32_t count, const char *between)
{
    ml_buf text = {0};
    for (int level = ML_LEVEL_HIGH; level > ML_LEVEL_NONE; level--)
        for (uint32_t i = 0; i < count; i++)
            if ((int)gaps[i].level == level)
                ml_buf_printf(&text, "%s%s", text.len ? between : "", gaps[i].column->name);
    ml_str copy = ml_arena_copy(arena, ml_buf_view(&text));
    ml_buf_finish(&text);
    return copy;
}

static void report(ml_ctx *ctx, const ml_schema_gap *gaps, uint32_t count)
{
    const ml_table *table = gaps[0].declared;
    const ml_table_place *place = &table->place;
    ml_finding *finding = ml_ctx_report_at(ctx, place->path, place->lines->text, place->start, place->end);
    ml_text names = {
        {[ML_LANG_EN] = columns(ml_ctx_arena(ctx), gaps, count, ", "),
         [ML_LANG_ZH] = columns(ml_ctx_arena(ctx), gaps, count, "、")}
    };

    ml_finding_set(ctx, finding, "table", table->name);
    ml_finding_set_text(ctx, finding, "columns", names);
    if (any_specified(gaps, count))
        ml_finding_cap(ctx, finding, highest(gaps, count), "the specification only mentions them",
                       "规范只是顺带提到这些字段");
    else
        ml_finding_cap(ctx, finding, highest(gaps, count), "the specification does not ask for them, right bills do",
                       "规范没有要求，但正确计费需要");
}

static void judge(ml_ctx *ctx, const ml_tables *tables)
{
    ml_schema_gaps gaps = {0};
    ml_schema_gaps_of(&gaps, ml_ctx_arena(ctx), tables);
    for (uint32_t i = 0, end; i < gaps.count; i = end) {
        for (end = i + 1; end < gaps.count && gaps.items[end].declared == gaps.items[i].declared;)
            end++;
        if (gaps.items[i].declared)
            report(ctx, &gaps.items[i], end - i);
    }
}

extern const ml_rule ml_rule_schema_missing_column;
const ml_rule ml_rule_schema_missing_column = {.judge_project = judge};
