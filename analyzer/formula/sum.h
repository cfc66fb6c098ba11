/* sum.h - sums of products with exact rational factors. What does not fit is unknown. */
#ifndef ML_FORMULA_SUM_H
#define ML_FORMULA_SUM_H
#include "ml/formula.h"

ml_formula_sum ml_sum_unknown(void);
ml_formula_sum ml_sum_number(int64_t num, int64_t den);
ml_formula_sum ml_sum_role(ml_formula_role role);
/* "1_000.5e-3", "1000n"; unknown for what is no decimal number. */
ml_formula_sum ml_sum_parse(ml_str written);

ml_formula_sum ml_sum_add(const ml_formula_sum *a, const ml_formula_sum *b, int sign);
ml_formula_sum ml_sum_mul(const ml_formula_sum *a, const ml_formula_sum *b);
ml_formula_sum ml_sum_div(const ml_formula_sum *a, const ml_formula_sum *b);
ml_formula_sum ml_sum_pow(const ml_formula_sum *base, const ml_formula_sum *exponent);

/* Is it a number alone? */
bool ml_sum_is_number(const ml_formula_sum *sum, int64_t *num, int64_t *den);
/* Is it one thing of unknown role, or unknown altogether? */
bool ml_sum_is_unknown(const ml_formula_sum *sum);

#endif
