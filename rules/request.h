/* request.h - what the rules about requests share: the finding at a call, with its evidence. */
#ifndef RULES_REQUEST_H
#define RULES_REQUEST_H
#include "ml/rule.h"

/* Is it the call judged here that supplies the target, rather than an inner call by itself? What a
 * bound cut short proves nothing about a wrapped request. */
bool rule_call_supplies(const ml_ctx *ctx, const ml_request *request, const ml_targets *alone, const ml_target *target);

/* A finding at the call: provider, host and sink filled in; evidence from the text that
 * holds the host over the calls between to the request. NULL when there is already one. */
ml_finding *rule_report_request(ml_ctx *ctx, ml_node_id call, const ml_request *request, const ml_target *target);

/* Is the node in code that cannot run: `if (false) { … }`? */
bool rule_is_dead_code(const ml_facts *facts, ml_node_id node);

/* The first provider's URL that stands in a text (a command, a piece of code), as a target; the
 * place is the text's own. False: none. */
bool rule_provider_in_text(ml_ctx *ctx, ml_str text, ml_place place, ml_target *found);

/* Does the payload look like a call of a model: `model` with messages, prompt or input? */
bool rule_body_is_ai_shaped(ml_ctx *ctx, ml_values body);

#endif
