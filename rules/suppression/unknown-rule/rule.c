/* suppression/unknown-rule - a suppression that names no rule there is.
 *
 * The engine finds these itself, when it settles which suppression silenced what; the
 * rule has no function and brings the words. */
#include "ml/rule.h"

const ml_rule ml_rule_suppression_unknown_rule = {0};
