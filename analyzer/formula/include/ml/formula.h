/* formula.h - cost expressions as polynomials, and how they differ from the reference.
 *
 * A site is an expression that computes what a call costs: the value of a name, a
 * property, a return or an argument that is called cost, amount or fee. Reading one
 * follows constants, project functions with one result, decimal libraries and
 * conversions, and gives a sum of products over roles: measures (input tokens,
 * images), prices and what a price is for. What has no role makes the formula
 * unknown, and an unknown formula is never judged.
 *
 * Plain data; texts point into the files. Nothing here fails. */
#ifndef ML_FORMULA_H
#define ML_FORMULA_H
#include "ml/link.h"
#include "ml/vec.h"

typedef enum ml_formula_role {
    /* measures */
    ML_FR_INPUT,
    ML_FR_OUTPUT,
    ML_FR_CACHED,
    ML_FR_CACHE_WRITE,
    ML_FR_EXTRA,  /* reasoning, audio tokens: a documented further dimension */
    ML_FR_TOTAL,  /* input and output together */
    ML_FR_TOKENS, /* tokens, nobody says which */
    ML_FR_CHARACTERS,
    ML_FR_IMAGES,
    ML_FR_SECONDS,
    ML_FR_QUANTITY, /* some measure */
    /* prices */
    ML_FR_INPUT_PRICE,
    ML_FR_OUTPUT_PRICE,
    ML_FR_CACHED_PRICE,
    ML_FR_WRITE_PRICE,
    ML_FR_UNIT_PRICE,
    /* the rest */
    ML_FR_PER,    /* what a price is for */
    ML_FR_FACTOR, /* a markup, discount or exchange rate, by its name */
    ML_FR_UNKNOWN,
    ML_FR_COUNT
} ml_formula_role;

bool ml_formula_is_measure(ml_formula_role role);
bool ml_formula_is_price(ml_formula_role role);

/* num / den times the product of the roles to their powers. */
typedef struct ml_formula_term {
    int64_t num, den;
    int8_t power[ML_FR_COUNT];
} ml_formula_term;

enum { ML_FORMULA_TERMS_MAX = 12, ML_FORMULA_MARKS_MAX = 8 };

typedef struct ml_formula_sum {
    ml_formula_term terms[ML_FORMULA_TERMS_MAX];
    uint32_t count;
    bool unknown; /* too large, or not arithmetic */
} ml_formula_sum;

/* A rounding of an amount on its way, at the call that rounds. */
typedef enum ml_formula_rounding_kind { ML_ROUND_NEAREST, ML_ROUND_UP, ML_ROUND_DOWN } ml_formula_rounding_kind;

typedef struct ml_formula_rounding {
    ml_formula_rounding_kind kind;
    bool text;      /* by toFixed or the like, or a round to so many places; else to whole units of something */
    int32_t places; /* decimals that are left; 0 for whole numbers */
    ml_place place;
} ml_formula_rounding;

typedef struct ml_formula {
    ml_formula_sum sum;
    ml_str name[ML_FR_COUNT];   /* the role as written, first time */
    int64_t scale[ML_FR_COUNT]; /* of prices: what the name says it is for (1000 of pricePer1k); 0: nothing */
    bool mixed[ML_FR_COUNT];    /* two different things have this role */
    ml_formula_rounding roundings[ML_FORMULA_MARKS_MAX];
    uint32_t rounding_count;
    ml_place zero_prices[ML_FORMULA_MARKS_MAX]; /* a price that is 0 when there is none */
    uint32_t zero_price_count;
    bool exact;      /* a decimal library or whole numbers do the work */
    bool arithmetic; /* an operator was met at all */
    ml_place native; /* the first operator of the language's own numbers */
} ml_formula;

typedef struct ml_formula_site {
    ml_node_id node;   /* what a finding stands at */
    ml_node_id value;  /* the expression */
    ml_str target;     /* "totalCost" */
    uint32_t function; /* index of the function around it, or 0 */
    bool part;         /* named as one part of a cost: inputCost, cacheFee */
    bool minor;        /* named as cents or credits: the factor is the project's own */
    bool display;      /* made for people */
    bool one_sided;    /* about embeddings or the like, which have no output */
    bool partial;      /* one of several writes to the same name */
} ml_formula_site;

typedef ML_VEC(ml_formula_site) ml_formula_sites;

/* A file without any of these words is about something else: it is not parsed for its
 * formulas, and the pricing and practice rules pass it over. */
extern const char *const ml_formula_words[];
extern const uint32_t ml_formula_word_count; /* the NULL at its end not counted */
/* A file without any of these names no cost, so it holds no cost expression. */
extern const char *const ml_formula_cost_words[];
extern const uint32_t ml_formula_cost_word_count;

/* The sites of a file, in source order. */
void ml_formula_sites_of(ml_formula_sites *out, ml_arena *arena, const ml_facts *facts);

/* Is it named as an amount of money that a call costs? "totalCost", "amount", not "costCenter". */
bool ml_formula_is_cost_name(ml_str name);
/* The role a name has by itself: "inputTokenPrice". */
ml_formula_role ml_formula_role_of_name(ml_str name);

void ml_formula_read(ml_formula *out, const ml_link *link, ml_eval *eval, ml_file_id file, ml_node_id value);

typedef enum ml_formula_fault {
    ML_FORMULA_RIGHT, /* or not to be told */
    ML_FORMULA_NO_OUTPUT,
    ML_FORMULA_NO_INPUT,
    ML_FORMULA_SWAPPED,
    ML_FORMULA_ONE_PRICE, /* all tokens at one price */
    ML_FORMULA_DIVISOR,
    ML_FORMULA_EXTRA_FACTOR,
    ML_FORMULA_OPERATION, /* added or divided where it has to be multiplied, or the reverse */
    ML_FORMULA_CACHED_TWICE
} ml_formula_fault;

typedef struct ml_formula_verdict {
    ml_formula_fault fault;
    ml_str found, reference; /* formulas as texts */
    ml_str measures;         /* "1000 input, 500 output tokens" */
    ml_str measures_zh;
    ml_str ours, theirs; /* what this code and the reference charge */
} ml_formula_verdict;

/* Compares with the reference formula; texts are made in arena. A fault always has an
 * example whose two amounts differ. has_output: another site of the function prices output. */
void ml_formula_judge(ml_formula_verdict *out, ml_arena *arena, const ml_formula *formula, const ml_formula_site *site,
                      bool has_output, bool has_input);

/* An example in which the rounding changes the amount: false when none is known. */
bool ml_formula_judge_rounding(ml_formula_verdict *out, ml_arena *arena, const ml_formula *formula,
                               const ml_formula_rounding *rounding);

/* Does the sum price the output (or input) side of a call? */
bool ml_formula_prices(const ml_formula *formula, ml_formula_role measure);
/* Is it a known formula that multiplies some measure with some price? */
bool ml_formula_is_priced(const ml_formula *formula);

#endif
