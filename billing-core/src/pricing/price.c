/* price.c - price versions: building, checking, and costing a usage. */
#include "billing/pricing.h"

#include "base/text.h"
#include "billing/mapping.h"

#include <string.h>

void bill_price_init(bill_price *price, bill_billing_type type, const char *currency)
{
    memset(price, 0, sizeof *price);
    price->type = type;
    price->to = BILL_TIME_NONE;
    if (bill_copy(price->currency, sizeof price->currency, currency, strlen(currency)) != BILL_OK)
        price->currency[0] = '\0';
}

bill_status bill_price_add(bill_price *price, bill_price_dimension dimension, const char *qualifier,
                           bill_amount tier_start, bill_amount amount, int64_t per)
{
    bill_price_component part = {dimension, "", tier_start, amount, per};
    if (price->component_count == BILL_COMPONENTS_MAX)
        return BILL_ERANGE;
    bill_status status = bill_copy(part.qualifier, sizeof part.qualifier, qualifier, strlen(qualifier));
    if (status == BILL_OK)
        price->components[price->component_count++] = part;
    return status;
}

/* The billing type a dimension belongs to. */
static bill_billing_type type_of(bill_price_dimension dimension)
{
    switch (dimension) {
    case BILL_DIM_CHARACTER: return BILL_TYPE_CHARACTER;
    case BILL_DIM_IMAGE:
    case BILL_DIM_REQUEST:
    case BILL_DIM_WEB_SEARCH: return BILL_TYPE_COUNT;
    case BILL_DIM_SECOND: return BILL_TYPE_SECOND;
    default: return BILL_TYPE_TOKEN;
    }
}

static bool same_slot(const bill_price_component *a, const bill_price_component *b)
{
    return a->dimension == b->dimension && strcmp(a->qualifier, b->qualifier) == 0;
}

static bool has_first_tier(const bill_price *price, const bill_price_component *part)
{
    for (size_t i = 0; i < price->component_count; i++)
        if (same_slot(&price->components[i], part) && price->components[i].tier_start.v == 0)
            return true;
    return false;
}

static bill_status check_component(const bill_price *price, size_t index, bill_error *error)
{
    const bill_price_component *part = &price->components[index];
    const char *name = bill_values_price_dimension[part->dimension];
    if (bill_amount_is_negative(part->price) || !bill_amount_fits(part->price, 24, 12))
        return bill_error_set(error, BILL_EINVAL, "price of %s is negative or too large", name);
    if (part->per < 1)
        return bill_error_set(error, BILL_EINVAL, "price of %s is per %lld units", name, (long long)part->per);
    if (type_of(part->dimension) != price->type)
        return bill_error_set(error, BILL_EINVAL, "%s is no dimension of billing type %s", name,
                              bill_values_billing_type[price->type]);
    if (bill_amount_is_negative(part->tier_start) || !bill_amount_fits(part->tier_start, 24, 6))
        return bill_error_set(error, BILL_EINVAL, "tier of %s starts at a bad quantity", name);
    if (price->tier_mode == BILL_TIER_FLAT && part->tier_start.v != 0)
        return bill_error_set(error, BILL_EINVAL, "a flat price of %s has a tier", name);
    if (!has_first_tier(price, part))
        return bill_error_set(error, BILL_EINVAL, "tiers of %s do not start at 0", name);
    for (size_t i = 0; i < index; i++)
        if (same_slot(&price->components[i], part) &&
            bill_amount_cmp(price->components[i].tier_start, part->tier_start) == 0)
            return bill_error_set(error, BILL_ECONFLICT, "%s is priced twice", name);
    return BILL_OK;
}

bill_status bill_price_check(const bill_price *price, bill_error *error)
{
    if (strlen(price->currency) != 3 || strspn(price->currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return bill_error_set(error, BILL_EINVAL, "currency must be three capital letters");
    if (price->to != BILL_TIME_NONE && price->to <= price->from)
        return bill_error_set(error, BILL_EINVAL, "the price ends before it starts");
    if (price->component_count == 0)
        return bill_error_set(error, BILL_EINVAL, "the price has no amount");
    for (size_t i = 0; i < price->component_count; i++) {
        bill_status status = check_component(price, i, error);
        if (status != BILL_OK)
            return status;
    }
    return BILL_OK;
}

bool bill_price_overlaps(const bill_price *a, const bill_price *b)
{
    if (a->model_id != b->model_id || a->type != b->type || strcmp(a->currency, b->currency) != 0)
        return false;
    bool a_first = b->to == BILL_TIME_NONE || a->from < b->to;
    bool b_first = a->to == BILL_TIME_NONE || b->from < a->to;
    return a_first && b_first;
}

bool bill_price_holds(const bill_price *price, bill_time at)
{
    return price->from <= at && (price->to == BILL_TIME_NONE || at < price->to);
}

/* ---- costing ---- */

typedef struct costing {
    bill_costing out;
    const bill_price *price;
    const bill_usage *usage;
    bill_error *error;
    bill_amount size; /* what picks the tier of a whole call */
} costing;

/* The qualifier whose components apply to a dimension: the call's own if it
 * is priced, else the general one; NULL if the dimension has no price. */
static const char *qualifier_for(const costing *c, bill_price_dimension dimension)
{
    const char *general = NULL;
    for (size_t i = 0; i < c->price->component_count; i++) {
        const bill_price_component *part = &c->price->components[i];
        if (part->dimension != dimension)
            continue;
        if (c->usage->qualifier[0] && strcmp(part->qualifier, c->usage->qualifier) == 0)
            return part->qualifier;
        if (!part->qualifier[0])
            general = part->qualifier;
    }
    return general;
}

/* The component of the tier a size falls into. */
static const bill_price_component *tier_of(const costing *c, bill_price_dimension dimension, const char *qualifier,
                                           bill_amount size)
{
    const bill_price_component *best = NULL;
    for (size_t i = 0; i < c->price->component_count; i++) {
        const bill_price_component *part = &c->price->components[i];
        if (part->dimension == dimension && strcmp(part->qualifier, qualifier) == 0 &&
            bill_amount_cmp(part->tier_start, size) <= 0 &&
            (!best || bill_amount_cmp(part->tier_start, best->tier_start) > 0))
            best = part;
    }
    return best;
}

/* Start of the tier after this one; false if it is the last. */
static bool next_tier(bill_amount *start, const costing *c, const bill_price_component *tier)
{
    bool found = false;
    for (size_t i = 0; i < c->price->component_count; i++) {
        const bill_price_component *part = &c->price->components[i];
        if (same_slot(part, tier) && bill_amount_cmp(part->tier_start, tier->tier_start) > 0 &&
            (!found || bill_amount_cmp(part->tier_start, *start) < 0)) {
            *start = part->tier_start;
            found = true;
        }
    }
    return found;
}

static bill_status add_line(costing *c, const bill_price_component *part, bill_amount quantity)
{
    bill_cost_line line = {part->dimension, quantity, part->price, BILL_AMOUNT_ZERO, part->per};
    if (c->out.line_count == BILL_COST_LINES_MAX)
        return bill_error_set(c->error, BILL_ERANGE, "the cost has too many lines");
    bill_status status = bill_cost_part(&line.cost, quantity, part->price, part->per);
    if (status == BILL_OK)
        status = bill_amount_add(&c->out.total, c->out.total, line.cost);
    if (status != BILL_OK)
        return bill_error_set(c->error, status, "cost of %s: %s", bill_values_price_dimension[part->dimension],
                              bill_status_text(status));
    c->out.lines[c->out.line_count++] = line;
    return BILL_OK;
}

/* How much lies below a tier: one step less than its first quantity. Whole
 * things go in steps of 1, seconds in steps of the sixth decimal. */
static bill_amount below(const bill_price_component *tier)
{
    bill_int128 step = tier->dimension == BILL_DIM_SECOND ? BILL_ONE / 1000000 : BILL_ONE;
    return (bill_amount){tier->tier_start.v > step ? tier->tier_start.v - step : 0};
}

static bill_status add_slices(costing *c, const bill_price_component *first, bill_amount quantity)
{
    const bill_price_component *tier = first;
    for (;;) {
        bill_amount start = below(tier), end = quantity, next;
        const bill_price_component *above = NULL;
        if (next_tier(&next, c, tier)) {
            above = tier_of(c, tier->dimension, tier->qualifier, next);
            if (bill_amount_cmp(below(above), quantity) >= 0)
                above = NULL;
            else
                end = below(above);
        }
        bill_status status = add_line(c, tier, (bill_amount){end.v - start.v});
        if (status != BILL_OK || !above)
            return status;
        tier = above;
    }
}

/* Costs `count` of a dimension. An unused dimension makes no line unless it
 * is the main one (`always`), so that a free call still shows its price. */
static bill_status add_dimension(costing *c, bill_price_dimension dimension, bill_amount quantity, bool always)
{
    if (quantity.v == 0 && !always)
        return BILL_OK;
    const char *qualifier = qualifier_for(c, dimension);
    if (!qualifier)
        return quantity.v == 0 ? BILL_OK
                               : bill_error_set(c->error, BILL_EUNPRICED, "%s has no price",
                                                bill_values_price_dimension[dimension]);
    if (c->price->tier_mode == BILL_TIER_GRADUATED)
        return add_slices(c, tier_of(c, dimension, qualifier, BILL_AMOUNT_ZERO), quantity);
    return add_line(c, tier_of(c, dimension, qualifier, c->size), quantity);
}

typedef struct part {
    bill_price_dimension dimension;
    int64_t count;
} part;

/* Splits a whole into priced parts and the rest, which is `main_dimension`. */
static bill_status add_whole(costing *c, bill_price_dimension main_dimension, int64_t whole, const part *parts,
                             size_t count)
{
    bill_amount quantity;
    int64_t rest = whole;
    bill_status status;
    for (size_t i = 0; i < count; i++)
        if (parts[i].count > 0 && qualifier_for(c, parts[i].dimension))
            rest -= parts[i].count; /* each was checked against the whole */
    if (rest < 0)
        return bill_error_set(c->error, BILL_EINVAL, "parts of %s are more than the whole",
                              bill_values_price_dimension[main_dimension]);
    (void)bill_amount_from_int(&quantity, rest);
    if ((status = add_dimension(c, main_dimension, quantity, rest == whole)) != BILL_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].count <= 0 || !qualifier_for(c, parts[i].dimension))
            continue;
        (void)bill_amount_from_int(&quantity, parts[i].count);
        if ((status = add_dimension(c, parts[i].dimension, quantity, false)) != BILL_OK)
            return status;
    }
    return BILL_OK;
}

static int64_t known(int64_t count)
{
    return count == BILL_COUNT_NONE ? 0 : count;
}

static bill_status cost_tokens(costing *c)
{
    const bill_usage *u = c->usage;
    const part input[] = {
        {BILL_DIM_CACHED_INPUT, u->cached_input_tokens},
        {BILL_DIM_CACHE_WRITE,  u->cache_write_tokens },
        {BILL_DIM_AUDIO_INPUT,  u->audio_input_tokens },
        {BILL_DIM_IMAGE_INPUT,  u->image_input_tokens }
    };
    const part output[] = {
        {BILL_DIM_REASONING,    u->reasoning_tokens   },
        {BILL_DIM_AUDIO_OUTPUT, u->audio_output_tokens},
        {BILL_DIM_IMAGE_OUTPUT, u->image_output_tokens}
    };
    int64_t total;
    if (u->input_tokens == BILL_COUNT_NONE) /* an unknown input is not a free one */
        return bill_error_set(c->error, BILL_EINVAL, "input_tokens is missing");
    if (__builtin_add_overflow(known(u->input_tokens), known(u->output_tokens), &total))
        return bill_error_set(c->error, BILL_ERANGE, "token counts are too large to add up");
    (void)bill_amount_from_int(&c->out.quantity, total);
    (void)bill_amount_from_int(&c->size, known(u->input_tokens));
    bill_status status = add_whole(c, BILL_DIM_INPUT, known(u->input_tokens), input, 4);
    if (status != BILL_OK || u->output_tokens == BILL_COUNT_NONE)
        return status;
    return add_whole(c, BILL_DIM_OUTPUT, u->output_tokens, output, 3);
}

static bill_status cost_counted(costing *c, bill_price_dimension dimension, int64_t count, const char *what)
{
    if (count == BILL_COUNT_NONE)
        return bill_error_set(c->error, BILL_EINVAL, "%s is missing", what);
    (void)bill_amount_from_int(&c->out.quantity, count);
    c->size = c->out.quantity;
    bill_status status = add_dimension(c, dimension, c->out.quantity, true);
    if (status == BILL_OK && dimension == BILL_DIM_IMAGE && qualifier_for(c, BILL_DIM_REQUEST))
        status = add_dimension(c, BILL_DIM_REQUEST, (bill_amount){BILL_ONE}, false);
    return status;
}

static bill_status cost_seconds(costing *c)
{
    if (!c->usage->has_duration)
        return bill_error_set(c->error, BILL_EINVAL, "duration_seconds is missing");
    c->out.quantity = c->size = c->usage->duration_seconds;
    return add_dimension(c, BILL_DIM_SECOND, c->out.quantity, true);
}

/* The price printed beside the measure: only if one line of it exists. */
static bool single_price(bill_amount *out, const costing *c, bill_price_dimension dimension)
{
    size_t found = 0;
    for (size_t i = 0; i < c->out.line_count; i++)
        if (c->out.lines[i].dimension == dimension) {
            *out = c->out.lines[i].price;
            found++;
        }
    return found == 1;
}

static void print_prices(costing *c)
{
    static const bill_price_dimension unit_of[] = {[BILL_TYPE_TOKEN] = BILL_DIM_INPUT,
                                                   [BILL_TYPE_CHARACTER] = BILL_DIM_CHARACTER,
                                                   [BILL_TYPE_COUNT] = BILL_DIM_IMAGE,
                                                   [BILL_TYPE_SECOND] = BILL_DIM_SECOND};
    bill_costing *out = &c->out;
    out->per = out->line_count ? out->lines[0].per : 1;
    for (size_t i = 1; i < out->line_count; i++)
        if (out->lines[i].per != out->per)
            return; /* no single divisor: the lines tell */
    if (c->price->type == BILL_TYPE_TOKEN) {
        out->has_input = single_price(&out->input_price, c, BILL_DIM_INPUT);
        out->has_output = single_price(&out->output_price, c, BILL_DIM_OUTPUT);
    } else {
        out->has_unit = single_price(&out->unit_price, c, unit_of[c->price->type]);
    }
}

bill_status bill_price_apply(bill_costing *out, const bill_price *price, const bill_usage *usage, bill_error *error)
{
    costing c = {.price = price, .usage = usage, .error = error};
    bill_status status = bill_usage_check_parts(usage, error);
    if (status != BILL_OK)
        return status;
    c.out.unit = bill_type_info_of(price->type)->unit;
    switch (price->type) {
    case BILL_TYPE_TOKEN: status = cost_tokens(&c); break;
    case BILL_TYPE_CHARACTER:
        status = cost_counted(&c, BILL_DIM_CHARACTER, usage->character_count, "character_count");
        break;
    case BILL_TYPE_COUNT: status = cost_counted(&c, BILL_DIM_IMAGE, usage->image_count, "image_count"); break;
    case BILL_TYPE_SECOND: status = cost_seconds(&c); break;
    }
    if (status != BILL_OK)
        return status;
    if (!bill_amount_fits(c.out.total, 28, 12) || !bill_amount_fits(c.out.quantity, 24, 6))
        return bill_error_set(error, BILL_ERANGE, "the cost does not fit a bill");
    print_prices(&c);
    *out = c.out;
    return BILL_OK;
}
