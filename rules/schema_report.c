/* schema_report.c - faults of declared tables as findings. */
#include "schema_report.h"

static void cap(ml_ctx *ctx, ml_finding *finding, const ml_schema_fault *fault)
{
    if (fault->unproven)
        ml_finding_cap(ctx, finding, fault->level, "it is not known for certain", "无法完全确定");
    else if (fault->specified)
        ml_finding_cap(ctx, finding, fault->level, "it does less harm than the rule's worst case",
                       "影响小于该规则的最坏情况");
    else
        ml_finding_cap(ctx, finding, fault->level, "the specification does not ask for it, right bills do",
                       "规范没有要求，但正确计费需要");
}

void rule_schema_report(ml_ctx *ctx, const ml_tables *tables, ml_schema_fault_kind kind)
{
    ml_schema_faults faults = {0};
    ml_schema_faults_of(&faults, ml_ctx_arena(ctx), tables, kind);
    for (uint32_t i = 0; i < faults.count; i++) {
        const ml_schema_fault *fault = &faults.items[i];
        const ml_table_place *place = &fault->place;
        ml_finding *finding = ml_ctx_report_at(ctx, place->path, place->lines->text, place->start, place->end);
        ml_finding_set(ctx, finding, "table", fault->table);
        ml_finding_set(ctx, finding, "column", fault->column);
        ml_finding_set_text(ctx, finding, "detail", fault->detail);
        cap(ctx, finding, fault);
    }
}
