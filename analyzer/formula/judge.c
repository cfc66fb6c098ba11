/* Compares a sum with the reference formula, and prices an example both ways.
 *
 * A formula is judged only if every factor has a role. What the reference allows is
 * wide: prices for any unit their name or a divisor says, cached tokens at a price of
 * their own, markups by name. What is left over is a fault. */
#include "sum.h"

#include "billing/cost.h"
#include "billing/mapping.h"
#include "ml/buf.h"

#include <string.h>

bool ml_formula_prices(const ml_formula *formula, ml_formula_role measure)
{
    ml_formula_role price = measure == ML_FR_OUTPUT ? ML_FR_OUTPUT_PRICE : ML_FR_INPUT_PRICE;

    if (formula->sum.unknown)
        return false;
    for (uint32_t i = 0; i < formula->sum.count; i++)
        if (formula->sum.terms[i].power[measure] || formula->sum.terms[i].power[price])
            return true;
    return false;
}

/* ---- what a term is ---- */

typedef struct term_kind {
    int measures, prices; /* how many factors of each, with their powers */
    ml_formula_role measure, price;
    bool odd; /* a power that is no product of the one with the other */
} term_kind;

static term_kind kind_of(const ml_formula_term *term)
{
    term_kind kind = {.measure = ML_FR_UNKNOWN, .price = ML_FR_UNKNOWN};

    for (int i = 0; i < ML_FR_COUNT; i++) {
        ml_formula_role role = (ml_formula_role)i;
        int power = term->power[i];
        if (!power)
            continue;
        if (ml_formula_is_measure(role)) {
            kind.measures += power < 0 ? -power : power;
            kind.measure = role;
            kind.odd |= power < 0;
        } else if (ml_formula_is_price(role)) {
            kind.prices += power < 0 ? -power : power;
            kind.price = role;
            kind.odd |= power < 0;
        }
    }
    return kind;
}

static bool is_token_measure(ml_formula_role role)
{
    return role <= ML_FR_TOKENS;
}

/* TOTAL is input and output together. */
static ml_formula_sum split_totals(const ml_formula_sum *sum, bool *had)
{
    ml_formula_sum out = {0};

    *had = false;
    for (uint32_t i = 0; i < sum->count; i++) {
        ml_formula_sum one = {.count = 1, .terms = {sum->terms[i]}};
        if (one.terms[0].power[ML_FR_TOTAL] == 1) {
            ml_formula_sum other = one;
            one.terms[0].power[ML_FR_TOTAL] = 0;
            other.terms[0].power[ML_FR_TOTAL] = 0;
            one.terms[0].power[ML_FR_INPUT]++;
            other.terms[0].power[ML_FR_OUTPUT]++;
            out = ml_sum_add(&out, &other, 1);
            *had = true;
        }
        out = ml_sum_add(&out, &one, 1);
    }
    return out;
}

bool ml_formula_is_priced(const ml_formula *formula)
{
    if (ml_sum_is_unknown(&formula->sum))
        return false;
    for (uint32_t i = 0; i < formula->sum.count; i++) {
        term_kind kind = kind_of(&formula->sum.terms[i]);
        if (kind.measures && kind.prices)
            return true;
    }
    return false;
}

/* ---- the comparison ---- */

typedef struct comparison {
    const ml_formula *formula;
    const ml_formula_site *site;
    ml_formula_sum sum; /* totals split */
    bool had_total;
    bool input, output; /* a proper term prices them */
    bool generic;       /* tokens of no side are priced */
    bool cached;
    bool one_price_input, one_price_output;
    bool swapped, operation, extra, divisor, cached_added, cached_taken;
    bool give_up;
    int64_t num, den;       /* the factor of the first proper term */
    ml_formula_role per_of; /* its price */
    bool has_factor, factor_by_per;
    ml_formula_role single; /* characters, images, seconds, quantity, when that is what is priced */
} comparison;

/* Is 1 / scale what a price without a word of scale may be for? */
static bool is_usual_factor(const ml_formula_term *term, ml_formula_role measure)
{
    if (term->num == 1 && (term->den == 1 || term->den == 1000 || term->den == 1000000))
        return true;
    if (term->num == 1 && measure == ML_FR_SECONDS && (term->den == 60 || term->den == 3600))
        return true;
    /* Fixed point, and its reading back. */
    return (term->den == 1 && term->num >= 100000000 && term->num % 100000000 == 0) ||
           (term->num == 1 && term->den >= 100000000 && term->den % 100000000 == 0);
}

static bool is_power_of_ten(int64_t value)
{
    while (value >= 10 && value % 10 == 0)
        value /= 10;
    return value == 1;
}

static void check_factor(comparison *c, const ml_formula_term *term, const term_kind *kind)
{
    int64_t scale = c->formula->scale[kind->price];
    int per = term->power[ML_FR_PER];

    if (per > 0 || per < -1)
        c->divisor = true;
    if (c->site->minor || per)
        return;
    bool right = scale ? term->num == 1 && term->den == scale : is_usual_factor(term, kind->measure);
    if (!right && is_power_of_ten(term->num) && is_power_of_ten(term->den))
        c->divisor = true;
    else if (!right)
        c->extra = true;
    if (!c->has_factor) {
        c->has_factor = true;
        c->num = term->num;
        c->den = term->den;
        c->per_of = kind->price;
    } else if (right && scale == c->formula->scale[c->per_of] && (term->num != c->num || term->den != c->den)) {
        c->divisor = true;
    }
}

static bool is_proper(ml_formula_role measure, ml_formula_role price)
{
    switch (measure) {
    case ML_FR_INPUT: return price == ML_FR_INPUT_PRICE;
    case ML_FR_OUTPUT: return price == ML_FR_OUTPUT_PRICE;
    case ML_FR_CACHED: return price == ML_FR_CACHED_PRICE;
    case ML_FR_CACHE_WRITE: return price == ML_FR_WRITE_PRICE;
    case ML_FR_CHARACTERS:
    case ML_FR_IMAGES:
    case ML_FR_SECONDS:
    case ML_FR_QUANTITY: return price == ML_FR_UNIT_PRICE;
    default: return false;
    }
}

static void check_pair(comparison *c, const ml_formula_term *term, const term_kind *kind)
{
    ml_formula_role measure = kind->measure, price = kind->price;

    if (measure == ML_FR_TOKENS &&
        (price == ML_FR_INPUT_PRICE || price == ML_FR_OUTPUT_PRICE || price == ML_FR_UNIT_PRICE)) {
        c->generic = true;
        check_factor(c, term, kind);
        return;
    }
    if (measure == ML_FR_EXTRA) {
        c->generic = true;
        return;
    }
    if (is_proper(measure, price)) {
        c->input |= measure == ML_FR_INPUT;
        c->output |= measure == ML_FR_OUTPUT;
        c->cached |= measure == ML_FR_CACHED;
        c->cached_added |= measure == ML_FR_CACHED && term->num > 0;
        if (measure >= ML_FR_CHARACTERS)
            c->single = measure;
        c->operation |= term->num < 0;
        if (term->num > 0)
            check_factor(c, term, kind);
        return;
    }
    if ((measure == ML_FR_CACHED || measure == ML_FR_CACHE_WRITE) && price == ML_FR_INPUT_PRICE) {
        c->cached_taken = true; /* subtracted from the input, at a discount, or added beside it */
        return;
    }
    if ((measure == ML_FR_INPUT && price == ML_FR_OUTPUT_PRICE) ||
        (measure == ML_FR_OUTPUT && price == ML_FR_INPUT_PRICE) ||
        (measure == ML_FR_CACHED && price == ML_FR_OUTPUT_PRICE)) {
        c->swapped = true;
        c->input |= measure == ML_FR_INPUT;
        c->output |= measure == ML_FR_OUTPUT;
        c->give_up |= term->num < 0;
        return;
    }
    if (price == ML_FR_UNIT_PRICE && (measure == ML_FR_INPUT || measure == ML_FR_OUTPUT)) {
        c->one_price_input |= measure == ML_FR_INPUT;
        c->one_price_output |= measure == ML_FR_OUTPUT;
        return;
    }
    c->give_up = true;
}

static void check_term(comparison *c, const ml_formula_term *term)
{
    term_kind kind = kind_of(term);

    if (kind.measures == 1 && kind.prices == 1 && !kind.odd) {
        check_pair(c, term, &kind);
        return;
    }
    if (kind.measures == 1 && kind.prices == 1)
        c->operation = true; /* divided by its price, or the price by the measure */
    else if (kind.measures == 1 && kind.prices == 0 && term->num < term->den && !term->power[ML_FR_PER]) {
        /* A price written as a number. */
        c->input |= kind.measure == ML_FR_INPUT;
        c->output |= kind.measure == ML_FR_OUTPUT;
        c->generic |= !is_token_measure(kind.measure) || kind.measure == ML_FR_TOKENS;
        c->give_up |= term->num < 0;
    } else if (kind.measures + kind.prices > 1 && kind.measures <= 2 && kind.prices <= 2 && !kind.odd &&
               (kind.measures == 2) != (kind.prices == 2) && kind.measures && kind.prices) {
        /* A factor twice over; two different measures may be a unit of their own. */
        bool squared = false;
        for (int i = 0; i < ML_FR_COUNT; i++)
            squared |= term->power[i] == 2;
        c->extra |= squared;
        c->give_up |= !squared;
    } else {
        c->give_up = true;
    }
}

/* A price and a measure side by side, where their product was meant. */
static bool adds_price(const ml_formula_sum *sum)
{
    bool price = false, measure = false;

    for (uint32_t i = 0; i < sum->count; i++) {
        term_kind kind = kind_of(&sum->terms[i]);
        price |= kind.prices == 1 && kind.measures == 0 && !kind.odd;
        measure |= kind.measures == 1 && kind.prices == 0 && !kind.odd && sum->terms[i].num == sum->terms[i].den;
    }
    return price && measure;
}

static bool is_mixed(const ml_formula *formula)
{
    for (uint32_t i = 0; i < formula->sum.count; i++)
        for (int role = 0; role < ML_FR_COUNT; role++)
            if (formula->sum.terms[i].power[role] && formula->mixed[role])
                return true;
    return false;
}

/* OpenAI's shape counts cached tokens into the prompt; names tell. */
static bool input_includes_cache(const ml_formula *formula)
{
    ml_str input = formula->name[ML_FR_INPUT], cached = formula->name[ML_FR_CACHED];

    return ml_str_find_nocase(input, ML_STR("prompt")) != ML_NOT_FOUND &&
           ml_str_find_nocase(cached, ML_STR("cached")) != ML_NOT_FOUND &&
           ml_str_find_nocase(cached, ML_STR("read")) == ML_NOT_FOUND;
}

static bool has_role(const ml_formula_sum *sum, ml_formula_role role)
{
    for (uint32_t i = 0; i < sum->count; i++)
        if (sum->terms[i].power[role])
            return true;
    return false;
}

/* Embeddings and the like have no output: by the words around, or the measure's own name. */
static bool is_one_sided(const comparison *c)
{
    static const char *const words[] = {"embed", "rerank"};

    for (int role = ML_FR_INPUT; role <= ML_FR_TOKENS; role++)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (has_role(&c->formula->sum, (ml_formula_role)role) &&
                ml_str_find_nocase(c->formula->name[role], ml_str_of(words[i])) != ML_NOT_FOUND)
                return true;
    return c->site->one_sided;
}

static ml_formula_fault fault_of(const comparison *c, bool has_output, bool has_input)
{
    bool one_sided = is_one_sided(c);
    bool whole = !c->site->part && !c->site->partial && !one_sided && !c->generic;

    if (c->operation)
        return ML_FORMULA_OPERATION;
    /* What has no output swaps nothing: `output.embeddingTokens` is the answer's count. */
    if (c->swapped && !one_sided)
        return has_role(&c->sum, ML_FR_INPUT_PRICE) && has_role(&c->sum, ML_FR_OUTPUT_PRICE) ? ML_FORMULA_SWAPPED
               : c->input && c->output                                                       ? ML_FORMULA_ONE_PRICE
                                                                                             : ML_FORMULA_SWAPPED;
    if (c->one_price_input && c->one_price_output && !one_sided)
        return ML_FORMULA_ONE_PRICE;
    if (c->extra)
        return ML_FORMULA_EXTRA_FACTOR;
    if (c->divisor)
        return ML_FORMULA_DIVISOR;
    if (c->cached_added && !c->cached_taken && c->input && input_includes_cache(c->formula))
        return ML_FORMULA_CACHED_TWICE;
    if (whole && c->input && !c->output && !c->one_price_output && !has_output)
        return ML_FORMULA_NO_OUTPUT;
    if (whole && c->output && !c->input && !c->one_price_input && !has_input)
        return ML_FORMULA_NO_INPUT;
    return ML_FORMULA_RIGHT;
}

/* ---- one example ---- */

typedef struct example {
    int64_t measure[ML_FR_COUNT];
    bill_amount price[ML_FR_COUNT];
    int64_t scale; /* the prices are for so many units */
} example;

static bill_amount pico(int64_t v)
{
    return (bill_amount){v};
}

/* Prices per unit, in 10^-12: those of the specification. */
static const int64_t unit_prices[ML_FR_COUNT] = {
    [ML_FR_INPUT_PRICE] = 500000, [ML_FR_OUTPUT_PRICE] = 1500000, [ML_FR_CACHED_PRICE] = 250000,
    [ML_FR_WRITE_PRICE] = 625000, [ML_FR_UNIT_PRICE] = 10000000,
};

static void fill(example *e, const ml_formula *formula, int64_t scale, int64_t size, int64_t unit_price)
{
    *e = (example){.scale = scale};
    e->measure[ML_FR_INPUT] = 2 * size;
    e->measure[ML_FR_OUTPUT] = size;
    e->measure[ML_FR_TOTAL] = 3 * size;
    e->measure[ML_FR_CACHED] = size < 5 ? 1 : size * 2 / 5;
    e->measure[ML_FR_CACHE_WRITE] = e->measure[ML_FR_CACHED];
    e->measure[ML_FR_TOKENS] = 2 * size;
    e->measure[ML_FR_CHARACTERS] = 2 * size;
    e->measure[ML_FR_IMAGES] = size < 500 ? 1 : 3;
    e->measure[ML_FR_SECONDS] = size < 500 ? 1 : 30;
    e->measure[ML_FR_QUANTITY] = size < 500 ? 1 : 3;
    e->measure[ML_FR_EXTRA] = size;
    for (int i = 0; i < ML_FR_COUNT; i++) {
        int64_t own = formula->scale[i] ? formula->scale[i] : scale;
        int64_t unit = i == ML_FR_UNIT_PRICE && unit_price ? unit_price : unit_prices[i];
        e->price[i] = pico(unit);
        if (bill_amount_times(&e->price[i], pico(unit), own) != BILL_OK)
            e->price[i] = pico(unit);
    }
}

/* Images and seconds cost more than a character. */
static int64_t unit_price_for(const ml_formula_sum *sum, bool small)
{
    for (uint32_t i = 0; i < sum->count; i++) {
        if (sum->terms[i].power[ML_FR_IMAGES] || sum->terms[i].power[ML_FR_QUANTITY])
            return small ? INT64_C(4000000000) : INT64_C(10000000000);
        if (sum->terms[i].power[ML_FR_SECONDS])
            return small ? INT64_C(400000000) : INT64_C(1000000000);
    }
    return unit_prices[ML_FR_UNIT_PRICE];
}

static bool value_of_factor(bill_amount *out, const example *e, ml_formula_role role)
{
    if (ml_formula_is_price(role))
        *out = e->price[role];
    else if (ml_formula_is_measure(role))
        return bill_amount_from_int(out, e->measure[role]) == BILL_OK;
    else
        return bill_amount_from_int(out, role == ML_FR_PER ? e->scale : 1) == BILL_OK;
    return true;
}

static bool value_of_term(bill_amount *out, const example *e, const ml_formula_term *term)
{
    bill_amount value = {BILL_ONE}, factor;

    for (int i = 0; i < ML_FR_COUNT; i++)
        for (int k = 0; k < term->power[i]; k++)
            if (!value_of_factor(&factor, e, (ml_formula_role)i) ||
                bill_amount_mul(&value, value, factor, BILL_ROUND_HALF_AWAY) != BILL_OK)
                return false;
    if (bill_amount_mul_per(&value, value, (bill_amount){BILL_ONE * term->num}, term->den, BILL_ROUND_HALF_AWAY) !=
        BILL_OK)
        return false;
    for (int i = 0; i < ML_FR_COUNT; i++)
        for (int k = 0; k < -term->power[i]; k++)
            if (!value_of_factor(&factor, e, (ml_formula_role)i) ||
                bill_amount_div(&value, value, factor, BILL_ROUND_HALF_AWAY) != BILL_OK)
                return false;
    *out = value;
    return true;
}

static bool value_of_sum(bill_amount *out, const example *e, const ml_formula_sum *sum)
{
    bill_amount total = BILL_AMOUNT_ZERO, value;

    for (uint32_t i = 0; i < sum->count; i++)
        if (!value_of_term(&value, e, &sum->terms[i]) || bill_amount_add(&total, total, value) != BILL_OK)
            return false;
    *out = total;
    return true;
}

static bool add_part(bill_amount *total, const example *e, const ml_formula *formula, ml_formula_role measure,
                     int64_t count, ml_formula_role price)
{
    bill_amount quantity, part;
    int64_t per = formula->scale[price] ? formula->scale[price] : e->scale;

    (void)measure;
    return bill_amount_from_int(&quantity, count) == BILL_OK &&
           bill_cost_part(&part, quantity, e->price[price], per) == BILL_OK &&
           bill_amount_add(total, *total, part) == BILL_OK;
}

static bool priced_right(bill_amount *out, const example *e, const comparison *c)
{
    const int64_t *m = e->measure;
    bill_amount total = BILL_AMOUNT_ZERO;
    bool fine;

    if (c->single < ML_FR_UNKNOWN && !c->input && !c->output) {
        fine = add_part(&total, e, c->formula, c->single, m[c->single], ML_FR_UNIT_PRICE);
    } else {
        int64_t cached = c->cached && !c->site->part ? m[ML_FR_CACHED] : 0;
        bool input = !c->site->part || c->input || !c->output;
        fine = (!input || add_part(&total, e, c->formula, ML_FR_INPUT, m[ML_FR_INPUT] - cached, ML_FR_INPUT_PRICE)) &&
               (!cached || add_part(&total, e, c->formula, ML_FR_CACHED, cached, ML_FR_CACHED_PRICE)) &&
               (!(c->output || !c->site->part) ||
                add_part(&total, e, c->formula, ML_FR_OUTPUT, m[ML_FR_OUTPUT], ML_FR_OUTPUT_PRICE));
    }
    if (fine)
        *out = total;
    return fine;
}

/* ---- texts ---- */

static ml_str text_of_amount(ml_arena *arena, bill_amount amount)
{
    char text[BILL_AMOUNT_TEXT_MAX];
    size_t len = bill_amount_print(text, amount);

    return ml_arena_copy(arena, (ml_str){text, len});
}

static void print_term(ml_buf *out, const ml_formula *formula, const ml_formula_term *term, bool first)
{
    bool any = false;
    int64_t num = term->num < 0 ? -term->num : term->num;

    ml_buf_cstr(out, term->num < 0 ? (first ? "−" : " − ") : (first ? "" : " + "));
    for (int i = 0; i < ML_FR_COUNT; i++)
        for (int k = 0; k < term->power[i]; k++, any = true) {
            ml_buf_cstr(out, any ? " × " : "");
            ml_buf_str(out, ml_str_slice(formula->name[i], 0, 60));
        }
    if (num != 1 || !any)
        ml_buf_printf(out, any ? " × %lld" : "%lld", (long long)num);
    for (int i = 0; i < ML_FR_COUNT; i++)
        for (int k = 0; k < -term->power[i]; k++) {
            ml_buf_cstr(out, " ÷ ");
            ml_buf_str(out, ml_str_slice(formula->name[i], 0, 60));
        }
    if (term->den != 1)
        ml_buf_printf(out, " ÷ %lld", (long long)term->den);
}

static ml_str text_of_sum(ml_arena *arena, const ml_formula *formula)
{
    ml_buf out = {0};

    for (uint32_t i = 0; i < formula->sum.count; i++)
        print_term(&out, formula, &formula->sum.terms[i], i == 0);
    if (!formula->sum.count)
        ml_buf_char(&out, '0');
    ml_str text = ml_arena_copy(arena, ml_buf_view(&out));
    ml_buf_finish(&out);
    return text;
}

static bill_billing_type type_of(ml_formula_role single)
{
    switch (single) {
    case ML_FR_CHARACTERS: return BILL_TYPE_CHARACTER;
    case ML_FR_IMAGES: return BILL_TYPE_COUNT;
    case ML_FR_SECONDS: return BILL_TYPE_SECOND;
    default: return BILL_TYPE_TOKEN;
    }
}

static ml_str reference_text(const comparison *c)
{
    if (c->single == ML_FR_QUANTITY && !c->input && !c->output)
        return ML_STR("quantity * unit_price");
    if (c->cached)
        return ML_STR("(input_tokens - cached_input_tokens) * input_price + cached_input_tokens * cached_input_price + "
                      "output_tokens * output_price");
    if (c->site->part && c->input != c->output)
        return c->input ? ML_STR("input_tokens * input_price") : ML_STR("output_tokens * output_price");
    return ml_str_of(bill_type_info_of(type_of(c->single))->cost);
}

static void say_measures(ml_formula_verdict *out, ml_arena *arena, const example *e, const comparison *c)
{
    long long n = c->single < ML_FR_UNKNOWN ? (long long)e->measure[c->single] : 0;
    static const struct {
        ml_formula_role role;
        const char *en, *zh;
    } words[] = {
        {ML_FR_CHARACTERS, "%lld characters", "%lld 个字符"},
        {ML_FR_IMAGES,     "%lld images",     "%lld 张图片"},
        {ML_FR_SECONDS,    "%lld seconds",    "%lld 秒"      },
        {ML_FR_QUANTITY,   "%lld units",      "数量 %lld"   }
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (c->single != words[i].role || c->input || c->output)
            continue;
        ml_buf text = {0};
        for (int zh = 0; zh < 2; zh++) {
            ml_buf_clear(&text);
            const char *form = zh ? words[i].zh : words[i].en;
            const char *at = strstr(form, "%lld");
            ml_buf_bytes(&text, form, (size_t)(at - form));
            ml_buf_printf(&text, "%lld", n);
            ml_buf_cstr(&text, at + 4);
            if (!zh && n == 1)
                text.len--; /* 1 image */
            *(zh ? &out->measures_zh : &out->measures) = ml_arena_copy(arena, ml_buf_view(&text));
        }
        ml_buf_finish(&text);
        return;
    }
    long long in = e->measure[ML_FR_INPUT], given = e->measure[ML_FR_OUTPUT], cached = e->measure[ML_FR_CACHED];
    out->measures =
        c->cached ? ml_arena_printf(arena, "%lld input (%lld of them cached), %lld output tokens", in, cached, given)
                  : ml_arena_printf(arena, "%lld input, %lld output tokens", in, given);
    out->measures_zh = c->cached
                           ? ml_arena_printf(arena, "输入 %lld（其中缓存 %lld）、输出 %lld 个 token", in, cached, given)
                           : ml_arena_printf(arena, "输入 %lld、输出 %lld 个 token", in, given);
}

static int64_t scale_of(const comparison *c)
{
    for (uint32_t i = 0; i < c->sum.count; i++)
        if (c->sum.terms[i].power[ML_FR_PER])
            return 1000;
    if (c->has_factor && c->num == 1 && (c->den == 1000 || c->den == 1000000 || c->den == 60 || c->den == 3600) &&
        !c->divisor)
        return c->den;
    return 1;
}

/* A price written as a number stands for itself: no example with other prices would be true. */
static bool has_written_price(const ml_formula_sum *sum)
{
    for (uint32_t i = 0; i < sum->count; i++) {
        term_kind kind = kind_of(&sum->terms[i]);
        if (kind.measures && !kind.prices)
            return true;
    }
    return false;
}

static bool compare(comparison *c, const ml_formula *formula, const ml_formula_site *site)
{
    *c = (comparison){.formula = formula, .site = site, .single = ML_FR_UNKNOWN};
    if (ml_sum_is_unknown(&formula->sum) || is_mixed(formula))
        return false;
    c->sum = split_totals(&formula->sum, &c->had_total);
    if (c->sum.unknown)
        return false;
    if (adds_price(&c->sum)) {
        c->operation = true;
        for (uint32_t i = 0; i < c->sum.count; i++) {
            ml_formula_role measure = kind_of(&c->sum.terms[i]).measure;
            c->input |= measure == ML_FR_INPUT;
            c->output |= measure == ML_FR_OUTPUT;
            if (measure >= ML_FR_CHARACTERS && measure <= ML_FR_QUANTITY)
                c->single = measure;
        }
        return true;
    }
    for (uint32_t i = 0; i < c->sum.count; i++)
        check_term(c, &c->sum.terms[i]);
    if (c->single == ML_FR_UNKNOWN)
        for (uint32_t i = 0; i < c->sum.count; i++) {
            ml_formula_role measure = kind_of(&c->sum.terms[i]).measure;
            if (measure >= ML_FR_CHARACTERS && measure <= ML_FR_QUANTITY)
                c->single = measure;
        }
    return !c->give_up && c->sum.count > 0;
}

void ml_formula_judge(ml_formula_verdict *out, ml_arena *arena, const ml_formula *formula, const ml_formula_site *site,
                      bool has_output, bool has_input)
{
    comparison c;
    example e;
    bill_amount ours, theirs;

    *out = (ml_formula_verdict){.fault = ML_FORMULA_RIGHT};
    if (!formula->arithmetic || !compare(&c, formula, site))
        return;
    ml_formula_fault fault = fault_of(&c, has_output, has_input);
    if (fault == ML_FORMULA_RIGHT || has_written_price(&c.sum) != (fault == ML_FORMULA_OPERATION && adds_price(&c.sum)))
        return;
    fill(&e, formula, scale_of(&c), 500, unit_price_for(&c.sum, false));
    if (!value_of_sum(&ours, &e, &c.sum) || !priced_right(&theirs, &e, &c) || bill_amount_cmp(ours, theirs) == 0)
        return;
    out->fault = fault;
    out->found = text_of_sum(arena, formula);
    out->reference = reference_text(&c);
    say_measures(out, arena, &e, &c);
    out->ours = text_of_amount(arena, ours);
    out->theirs = text_of_amount(arena, theirs);
}

/* ---- rounding ---- */

static bill_rounding way_of(ml_formula_rounding_kind kind)
{
    return kind == ML_ROUND_UP ? BILL_ROUND_CEILING : kind == ML_ROUND_DOWN ? BILL_ROUND_FLOOR : BILL_ROUND_HALF_AWAY;
}

bool ml_formula_judge_rounding(ml_formula_verdict *out, ml_arena *arena, const ml_formula *formula,
                               const ml_formula_rounding *rounding)
{
    static const int64_t sizes[] = {500, 50, 1};
    ml_formula_site plain = {0};
    comparison c;
    example e;
    bill_amount exact, rounded;

    *out = (ml_formula_verdict){.fault = ML_FORMULA_RIGHT};
    if (rounding->places > BILL_SCALE || !compare(&c, formula, &plain) || has_written_price(&c.sum))
        return false;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        fill(&e, formula, scale_of(&c), sizes[i], unit_price_for(&c.sum, sizes[i] < 500));
        if (!value_of_sum(&exact, &e, &c.sum) ||
            bill_amount_round(&rounded, exact, rounding->places, way_of(rounding->kind)) != BILL_OK)
            return false;
        if (bill_amount_cmp(exact, rounded) == 0)
            continue;
        out->found = text_of_sum(arena, formula);
        say_measures(out, arena, &e, &c);
        out->ours = text_of_amount(arena, rounded);
        out->theirs = text_of_amount(arena, exact);
        return true;
    }
    return false;
}
