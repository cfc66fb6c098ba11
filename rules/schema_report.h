/* schema_report.h - what the rules about declared tables share. */
#ifndef RULES_SCHEMA_REPORT_H
#define RULES_SCHEMA_REPORT_H
#include "ml/rule.h"
#include "ml/schema_fault.h"

/* A finding for each fault of the kind, with {table}, {column} and {detail}, at most at the fault's level. */
void rule_schema_report(ml_ctx *ctx, const ml_tables *tables, ml_schema_fault_kind kind);

#endif
