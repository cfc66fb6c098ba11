/* pricing.h - what the pricing rules share: the cost expressions of a file, read once each. */
#ifndef ML_PRICING_H
#define ML_PRICING_H
#include "ml/formula.h"
#include "ml/rule.h"

typedef struct ml_pricing {
    const ml_formula_site *site;
    const ml_formula *formula;
    bool has_output, has_input; /* another site of the same function prices them */
    bool passed_on;             /* the amount was computed at a site of its own; only what is done to it here is news */
    bool stored;                /* goes into a usage or billing record */
} ml_pricing;

typedef void ml_pricing_judge(ml_ctx *ctx, const ml_pricing *pricing);

/* Calls judge for each cost expression of the current file, in source order. */
void ml_pricing_each(ml_ctx *ctx, ml_pricing_judge *judge);

/* Does the file hold a word of pricing or billing? Rules look at no other file. */
bool ml_pricing_concerns(const ml_ctx *ctx);
extern const ml_rule_need ml_pricing_need; /* the same */

/* Is the code about what AI calls use: by the formula's measures, else by the words around the
 * node? Hours of work, order lines and subscriptions have prices too. */
bool ml_pricing_is_of_usage(const ml_facts *facts, ml_node_id node, const ml_formula *formula);
/* Is the site about what might be or was saved, for information only? */
bool ml_pricing_is_forecast(const ml_facts *facts, const ml_formula_site *site);

/* Is the file a page or route of figures: analytics, dashboards, reports? */
bool ml_pricing_is_overview(const ml_facts *facts);

/* Is it a model or table of bills, usages, prices or summaries: AIBillingRecord, ai_model_usage? */
bool ml_pricing_is_model(ml_str name);
extern const ml_rule_need ml_pricing_model_need; /* the name of one */
/* Is the node part of the data given to a call that writes a record? */
bool ml_pricing_is_stored(const ml_facts *facts, ml_node_id node);

#endif
