/* Ways to write the four cost formulas right, about which nothing must be said, and ways
 * to write them wrong, each with the fault and the two amounts of its example. */
#include "ml/formula.h"
#include "ml/lower.h"

#include "billing/cost.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

typedef struct small_project {
    ml_arena arena;
    ml_parser *parser;
    ml_source_file files[2];
    ml_str texts[2];
    const ml_facts *facts[2];
    uint32_t count;
    ml_config config;
    ml_link_host host;
    ml_link *link;
    ml_eval *eval;
} small_project;

static const ml_facts *facts_of(void *data, ml_file_id file)
{
    small_project *p = data;
    const ml_source_file *source = &p->files[file - 1];

    if (!p->facts[file - 1])
        p->facts[file - 1] = ml_facts_of(&p->arena, p->parser, source->path, source->kind, p->texts[file - 1]);
    return p->facts[file - 1];
}

static bool text_of(void *data, ml_str path, ml_str *text)
{
    small_project *p = data;

    for (uint32_t i = 0; i < p->count; i++)
        if (ml_str_eq(p->files[i].path, path)) {
            *text = p->texts[i];
            return true;
        }
    return false;
}

static void add_file(small_project *p, const char *path, const char *text)
{
    p->files[p->count] = (ml_source_file){.path = ml_str_of(path), .kind = ml_file_kind_of(ml_str_of(path)), .in_scope = true};
    p->texts[p->count++] = ml_str_of(text);
}

/* src/cost.ts, and src/helpers.ts that it may import. */
static void project_open(small_project *p, const char *code)
{
    static const char helpers[] = "import Decimal from 'decimal.js';\n"
                                  "export const PER_MILLION = 1_000_000;\n"
                                  "export const product = (n: number, p: string) => new Decimal(n).mul(p);\n"
                                  "export function perThousand(tokens: number, price: number) { return (tokens * price) / 1000; }\n"
                                  "export function both(a: { count: number; price: string }, b: { count: number; price: string }) {\n"
                                  "  return new Decimal(a.count).mul(a.price).plus(new Decimal(b.count).mul(b.price));\n}\n";
    *p = (small_project){0};
    p->parser = ml_parser_new(0);
    ml_parser_set_patience(p->parser, 60000);
    ml_config_default(&p->config);
    add_file(p, "src/cost.ts", code);
    add_file(p, "src/helpers.ts", helpers);
    p->host = (ml_link_host){.data = p,
                             .facts = facts_of,
                             .text = text_of,
                             .files = p->files,
                             .file_count = p->count,
                             .catalog = ml_catalog_builtin(),
                             .config = &p->config};
    p->link = ml_link_new(&p->arena, &p->host);
    p->eval = ml_eval_new(p->link, (ml_eval_options){.depth = ML_DEPTH_DEFAULT});
}

static void project_close(small_project *p)
{
    ml_eval_free(p->eval);
    ml_parser_free(p->parser);
    ml_arena_finish(&p->arena);
}

typedef enum outcome {
    FINE,
    NO_OUTPUT,
    NO_INPUT,
    SWAPPED,
    ONE_PRICE,
    DIVISOR,
    FACTOR,
    OPERATION,
    CACHED_TWICE,
    ROUNDED, /* to fewer than 7 decimals, in any way */
    ZERO_PRICE
} outcome;

static const char *const outcome_names[] = {"nothing",   "no output", "no input",     "swapped", "one price", "divisor",
                                            "a factor",  "operation", "cached twice", "rounded", "zero price"};

typedef struct answer {
    outcome what;
    ml_str ours, theirs;
} answer;

static answer judge(small_project *p)
{
    const ml_facts *facts = facts_of(p, 1);
    ml_formula_sites sites = {0};

    ml_formula_sites_of(&sites, &p->arena, facts);
    ml_formula *formulas = ML_NEW_ARRAY(&p->arena, ml_formula, sites.count + 1);
    for (uint32_t i = 0; i < sites.count; i++) {
        ml_eval_begin(p->eval);
        ml_formula_read(&formulas[i], p->link, p->eval, 1, sites.items[i].value);
    }
    for (uint32_t i = 0; i < sites.count; i++) {
        ml_formula_verdict verdict;
        bool output = false, input = false;
        for (uint32_t k = 0; k < sites.count; k++) {
            bool near = k != i && sites.items[k].function && sites.items[k].function == sites.items[i].function;
            output |= near && ml_formula_prices(&formulas[k], ML_FR_OUTPUT);
            input |= near && ml_formula_prices(&formulas[k], ML_FR_INPUT);
        }
        ml_formula_judge(&verdict, &p->arena, &formulas[i], &sites.items[i], output, input);
        if (verdict.fault != ML_FORMULA_RIGHT)
            return (answer){(outcome)verdict.fault, verdict.ours, verdict.theirs};
        for (uint32_t k = 0; k < formulas[i].rounding_count; k++)
            if (formulas[i].roundings[k].places < 7 &&
                ml_formula_judge_rounding(&verdict, &p->arena, &formulas[i], &formulas[i].roundings[k]))
                return (answer){ROUNDED, verdict.ours, verdict.theirs};
        if (formulas[i].zero_price_count)
            return (answer){.what = ZERO_PRICE};
    }
    return (answer){.what = FINE};
}

/* clang-format off */
static const char *const right[] = {
    /* token */
    "const totalCost = usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice;",
    "const totalCost = usage.outputTokens * price.outputPrice + usage.inputTokens * price.inputPrice;",
    "const cost = new Decimal(usage.inputTokens).mul(price.inputPrice).plus(new Decimal(usage.outputTokens).mul(price.outputPrice));",
    "const cost = new BigNumber(usage.inputTokens).multipliedBy(price.inputPrice).plus(new BigNumber(usage.outputTokens).times(price.outputPrice)).toFixed(12);",
    "const cost = Big(usage.input_tokens).times(price.input_price).add(Big(usage.output_tokens).times(price.output_price)).toString();",
    "const cost = Decimal.add(Decimal.mul(usage.inputTokens, price.inputPrice), Decimal.mul(usage.outputTokens, price.outputPrice));",
    "const cost = (usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice) / price.per;",
    "const cost = (usage.inputTokens / 1000) * price.inputPricePer1k + (usage.outputTokens / 1000) * price.outputPricePer1k;",
    "const cost = (usage.promptTokens * price.inputPricePerMillion + usage.completionTokens * price.outputPricePerMillion) / 1e6;",
    "const cost = (usage.prompt_tokens / 1_000_000) * price.input + (usage.completion_tokens / 1_000_000) * price.output;",
    "const cost = usage.prompt_tokens * price.input_cost_per_token + usage.completion_tokens * price.output_cost_per_token;",
    "const inputCost = usage.inputTokens * price.inputPrice; const outputCost = usage.outputTokens * price.outputPrice; const totalCost = inputCost + outputCost;",
    "const input = new Decimal(usage.inputTokens).mul(price.inputPrice); const output = new Decimal(usage.outputTokens).mul(price.outputPrice); const cost = input.plus(output);",
    "let cost = 0; cost += usage.inputTokens * price.inputPrice; cost += usage.outputTokens * price.outputPrice;",
    "let cost = new Decimal(0); cost = cost.plus(new Decimal(usage.inputTokens).mul(price.inputPrice)); cost = cost.plus(new Decimal(usage.outputTokens).mul(price.outputPrice));",
    "const { inputTokens, outputTokens } = usage; const { inputPrice, outputPrice } = price; const cost = inputTokens * inputPrice + outputTokens * outputPrice;",
    "const { prompt_tokens: a, completion_tokens: b } = usage; const cost = a * price.input + b * price.output;",
    "const cost = Number(usage.inputTokens) * Number(price.inputPrice) + Number(usage.outputTokens) * Number(price.outputPrice);",
    "const cost = (usage.inputTokens ?? 0) * price.inputPrice + (usage.outputTokens || 0) * price.outputPrice;",
    "const cost = usage?.inputTokens! * +price.inputPrice + usage?.outputTokens! * +price.outputPrice;",
    "const cost = perThousand(usage.inputTokens, price.inputPer1k) + perThousand(usage.outputTokens, price.outputPer1k);",
    "const cost = product(usage.inputTokens, price.inputPrice).plus(product(usage.outputTokens, price.outputPrice));",
    "const cost = (usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice) / PER_MILLION;",
    "const UNIT = 1000; const cost = (usage.inputTokens * price.inputPrice) / UNIT + (usage.outputTokens * price.outputPrice) / UNIT;",
    "const cost = BigInt(usage.inputTokens) * toPico(price.inputPrice) + BigInt(usage.outputTokens) * toPico(price.outputPrice);",
    "const cost = (usage.inputTokens - usage.cachedTokens) * price.inputPrice + usage.cachedTokens * price.cachedPrice + usage.outputTokens * price.outputPrice;",
    "const cached = u.prompt_tokens_details?.cached_tokens ?? 0; const fresh = u.prompt_tokens - cached; const cost = fresh * price.input + cached * price.cachedInput + u.completion_tokens * price.output;",
    "const cost = u.input_tokens * price.input + u.cache_read_input_tokens * price.cacheRead + u.cache_creation_input_tokens * price.cacheWrite + u.output_tokens * price.output;",
    "const cost = (usage.totalTokens - usage.outputTokens) * price.inputPrice + usage.outputTokens * price.outputPrice;",
    "const cost = (usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice) * markup;",
    "const cost = (usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice) * price.exchangeRate;",
    "const cost = Math.max(0, usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice);",
    "const cost = Number((usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice).toFixed(12));",
    "const cost = Math.round((usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice) * 1e12) / 1e12;",
    "return { totalCost: usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice };",
    "record.totalCost = usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice;",
    "return usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice;",
    "const inputCost = usage.inputTokens * price.inputPrice;",
    "const cost = embedding.inputTokens * price.inputPrice;",
    "const cost = usage.inputTokens * prices['input'] + usage.outputTokens * prices['output'];",
    "const cost = usage.inputTokens * PRICES[model].input + usage.outputTokens * PRICES[model].output;",
    "const cost = both({ count: usage.inputTokens, price: price.inputPrice }, { count: usage.outputTokens, price: price.outputPrice });",
    "const cost = usage.hasOutput ? usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice : 0;",
    "const text = `${(usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice).toFixed(2)}`;",
    "const cost = usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice + usage.reasoningTokens * price.outputPrice;",
    /* character */
    "const cost = characterCount * price.unitPrice;",
    "const cost = [...text].length * price.unitPrice;",
    "const cost = new Decimal(usage.characters).mul(price.pricePerCharacter).toFixed(12);",
    "const cost = (usage.characters / 1000) * price.pricePer1kCharacters;",
    "const characterCount = Array.from(text).length; const cost = new Decimal(characterCount).times(price.unitPrice).div(price.per);",
    /* count */
    "const cost = usage.imageCount * price.unitPrice;",
    "const cost = response.data.images.length * price.unitPrice;",
    "const cost = new Decimal(images.length).mul(price.pricePerImage);",
    "const cost = quantity * unitPrice;",
    /* second */
    "const cost = usage.durationSeconds * price.unitPrice;",
    "const cost = (durationMs / 1000) * price.unitPrice;",
    "const cost = new Decimal(v.seconds).mul(price.pricePerSecond).toFixed(12);",
    "const cost = (usage.seconds / 60) * price.pricePerMinute;",
    "const cost = durationMinutes * price.pricePerMinute;",
    /* nothing to do with it */
    "const cost = items.length * product.weight;",
    "const amount = order.quantity * order.unitPrice;",
    "const cost = a * b + c * d;",
    "const cost = usage.inputTokens;",
    "const totalCost = rows.reduce((sum, r) => sum.plus(r.totalCost), new Decimal(0)).toFixed(12);",
};

static const struct {
    outcome what;
    const char *ours, *theirs, *code;
} wrong[] = {
    {NO_OUTPUT, "0.0005", "0.00125", "const cost = usage.inputTokens * price.inputPrice;"},
    {NO_OUTPUT, "0.0005", "0.00125", "const cost = new Decimal(usage.inputTokens).mul(price.inputPrice);"},
    {NO_OUTPUT, "0.0005", "0.00125", "return usage.prompt_tokens * price.input;"},
    {NO_OUTPUT, "0.0005", "0.00125", "return { totalCost: product(usage.inputTokens, price.inputPrice) };"},
    {NO_OUTPUT, "0.0005", "0.00125", "const cost = (usage.inputTokens / 1000) * price.inputPricePer1k;"},
    {NO_OUTPUT, "0.0005", "0.00125", "const { inputTokens } = usage; const totalCost = Big(inputTokens).times(price.inputPrice).toFixed(12);"},
    {NO_INPUT, "0.00075", "0.00125", "const cost = usage.outputTokens * price.outputPrice;"},
    {NO_INPUT, "0.00075", "0.00125", "return new Decimal(usage.completion_tokens).mul(price.output).toFixed(12);"},
    {SWAPPED, "0.00175", "0.00125", "const cost = usage.inputTokens * price.outputPrice + usage.outputTokens * price.inputPrice;"},
    {SWAPPED, "0.00175", "0.00125", "const cost = new Decimal(usage.inputTokens).mul(price.outputPrice).plus(new Decimal(usage.outputTokens).mul(price.inputPrice));"},
    {SWAPPED, "0.00175", "0.00125", "const { input, output } = price; const cost = usage.promptTokens * price.output + usage.completionTokens * price.input;"},
    {ONE_PRICE, "0.00225", "0.00125", "const cost = usage.inputTokens * price.outputPrice + usage.outputTokens * price.outputPrice;"},
    {SWAPPED, "0.00175", "0.00125", "const a = usage.inputTokens * price.outputPrice; const b = usage.outputTokens * price.inputPrice; const totalCost = a + b;"},
    {SWAPPED, "0.00175", "0.00125", "const cost = product(usage.inputTokens, price.outputPrice).plus(product(usage.outputTokens, price.inputPrice));"},
    {ONE_PRICE, "0.00075", "0.00125", "const cost = usage.totalTokens * price.inputPrice;"},
    {ONE_PRICE, "0.00225", "0.00125", "const cost = usage.total_tokens * price.outputPrice;"},
    {ONE_PRICE, "0.00075", "0.00125", "const cost = (usage.inputTokens + usage.outputTokens) * price.inputPrice;"},
    {ONE_PRICE, "0.015", "0.00125", "const cost = (usage.inputTokens + usage.outputTokens) * price.unitPrice;"},
    {ONE_PRICE, "0.015", "0.00125", "const cost = usage.totalTokens * price.unitPrice;"},
    {ONE_PRICE, "0.00075", "0.00125", "const { total_tokens: n } = res.usage; const cost = new Decimal(n).mul(price.inputPrice).toFixed(12);"},
    {ONE_PRICE, "0.00075", "0.00125", "const all = usage.prompt_tokens + usage.completion_tokens; return all * price.input;"},
    {DIVISOR, "1.25", "0.00125", "const cost = (usage.promptTokens * price.inputPricePerMillion + usage.completionTokens * price.outputPricePerMillion) / 1000;"},
    {DIVISOR, "0.00000125", "0.00125", "const cost = (usage.inputTokens * price.inputPricePer1k + usage.outputTokens * price.outputPricePer1k) / 1000000;"},
    {DIVISOR, "1.25", "0.00125", "const cost = usage.inputTokens * price.inputPricePer1k + usage.outputTokens * price.outputPricePer1k;"},
    {DIVISOR, "1250", "0.00125", "const cost = usage.inputTokens * price.inputPricePerMillion + usage.outputTokens * price.outputPricePerMillion;"},
    {DIVISOR, "0.7505", "0.00125", "const cost = (usage.inputTokens * price.inputPricePer1k) / 1000 + usage.outputTokens * price.outputPricePer1k;"},
    {DIVISOR, "0.00000125", "0.00125", "const cost = (usage.inputTokens * price.inputPricePerToken + usage.outputTokens * price.outputPricePerToken) / 1000;"},
    {DIVISOR, "1250", "0.00125", "const cost = (usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice) * price.per;"},
    {DIVISOR, "0.0000125", "0.00125", "const cost = (usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice) / 100;"},
    {DIVISOR, "0.00000125", "0.00125", "const cost = (usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice) / price.per / price.per;"},
    {DIVISOR, "1.25", "0.00125", "const cost = new Decimal(usage.inputTokens).mul(price.inputPerMillion).plus(new Decimal(usage.outputTokens).mul(price.outputPerMillion)).div(1000).toFixed(12);"},
    {DIVISOR, "0.0000007505", "0.00125", "const cost = (usage.inputTokens * price.inputPrice) / 1000000 + (usage.outputTokens * price.outputPrice) / 1000;"},
    {FACTOR, "0.0025", "0.00125", "const cost = 2 * (usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice);"},
    {FACTOR, "0.0015", "0.00125", "const cost = (usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice) * 1.2;"},
    {FACTOR, "0.001220703125", "0.00125", "const cost = (usage.inputTokens * price.inputPricePer1k + usage.outputTokens * price.outputPricePer1k) / 1024;"},
    {FACTOR, "0.002", "0.00125", "const cost = usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice * 2;"},
    {FACTOR, "0.000000001375", "0.00125", "const cost = usage.inputTokens * price.inputPrice * price.inputPrice + usage.outputTokens * price.outputPrice * price.outputPrice;"},
    {FACTOR, "0.875", "0.00125", "const cost = usage.inputTokens * usage.inputTokens * price.inputPrice + usage.outputTokens * usage.outputTokens * price.outputPrice;"},
    {OPERATION, "-0.00025", "0.00125", "const cost = usage.inputTokens * price.inputPrice - usage.outputTokens * price.outputPrice;"},
    {OPERATION, "1500.000002", "0.00125", "const cost = usage.inputTokens + price.inputPrice + usage.outputTokens + price.outputPrice;"},
    {OPERATION, "1000.0000005", "0.00125", "const cost = new Decimal(usage.inputTokens).plus(price.inputPrice);"},
    {OPERATION, "2000000000.00075", "0.00125", "const cost = usage.inputTokens / price.inputPrice + usage.outputTokens * price.outputPrice;"},
    {OPERATION, "-0.00025", "0.00125", "const cost = product(usage.inputTokens, price.inputPrice).minus(product(usage.outputTokens, price.outputPrice));"},
    {CACHED_TWICE, "0.0013", "0.0012", "const cached = u.prompt_tokens_details.cached_tokens; const cost = u.prompt_tokens * price.input + cached * price.cachedInput + u.completion_tokens * price.output;"},
    {CACHED_TWICE, "0.0013", "0.0012", "const cost = new Decimal(u.promptTokens).mul(price.input).plus(new Decimal(u.cachedTokens).mul(price.cached)).plus(new Decimal(u.completionTokens).mul(price.output));"},
    /* character, count, second */
    {DIVISOR, "10", "0.01", "const cost = usage.characters * price.pricePer1kCharacters;"},
    {DIVISOR, "0.0001", "0.01", "const cost = (characterCount * price.unitPrice) / 100;"},
    {FACTOR, "0.02", "0.01", "const cost = characterCount * price.unitPrice * 2;"},
    {OPERATION, "1000.00001", "0.01", "const cost = characterCount + price.unitPrice;"},
    {OPERATION, "300", "0.03", "const cost = usage.imageCount / price.unitPrice;"},
    {FACTOR, "0.0003", "0.03", "const cost = usage.imageCount * price.unitPrice * price.unitPrice;"},
    {DIVISOR, "30", "0.03", "const cost = durationMs * price.unitPrice;"},
    {DIVISOR, "1.8", "0.03", "const cost = usage.durationSeconds * price.pricePerMinute;"},
    {DIVISOR, "0.00003", "0.03", "const cost = (usage.seconds / 1000) * price.pricePerSecond;"},
    /* rounding, in tokens and others */
    {ROUNDED, "0", "0.00125", "const cost = (usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice).toFixed(2);"},
    {ROUNDED, "0.0013", "0.00125", "const cost = Number((usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice).toFixed(4));"},
    {ROUNDED, "0", "0.00125", "const cost = Math.round((usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice) * 100) / 100;"},
    {ROUNDED, "1", "0.00125", "const cost = Math.ceil(usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice);"},
    {ROUNDED, "0", "0.00125", "const cost = Math.floor(usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice);"},
    {ROUNDED, "0", "0.00125", "const cost = parseInt(String(usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice), 10);"},
    {ROUNDED, "0", "0.00125", "const cost = (usage.inputTokens * price.inputPrice + usage.outputTokens * price.outputPrice) | 0;"},
    {ROUNDED, "0.001", "0.00125", "const cost = new Decimal(usage.inputTokens).mul(price.inputPrice).plus(new Decimal(usage.outputTokens).mul(price.outputPrice)).toDecimalPlaces(3);"},
    {ROUNDED, "0", "0.004", "const cost = (usage.imageCount * price.unitPrice).toFixed(2);"},
    {ROUNDED, "0", "0.0004", "const cost = new Decimal(usage.seconds).mul(price.unitPrice).toFixed(3);"},
    {ZERO_PRICE, NULL, NULL, "const cost = usage.inputTokens * (price?.inputPrice ?? 0) + usage.outputTokens * (price?.outputPrice ?? 0);"},
    {ZERO_PRICE, NULL, NULL, "const inputPrice = price?.inputPrice || 0; const outputPrice = price?.outputPrice || 0; const cost = usage.inputTokens * inputPrice + usage.outputTokens * outputPrice;"},
    {ZERO_PRICE, NULL, NULL, "const { inputPrice = 0, outputPrice = 0 } = price; const cost = usage.inputTokens * inputPrice + usage.outputTokens * outputPrice;"},
    {ZERO_PRICE, NULL, NULL, "const unitPrice = row ? row.unitPrice : 0; const cost = usage.imageCount * unitPrice;"},
};
/* clang-format on */

static answer answer_to(small_project *p, const char *body)
{
    char code[2048];

    snprintf(code, sizeof code,
             "import Decimal from 'decimal.js';\nimport { PER_MILLION, perThousand, product, both } from './helpers';\n"
             "export function callCost(usage, price, u, v) {\n%s\n}\n",
             body);
    project_open(p, code);
    return judge(p);
}

static void test_right_forms(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        small_project p;
        answer got = answer_to(&p, right[i]);
        if (got.what != FINE) {
            print_error("right form is said to be wrong (%s, %.*s for %.*s): %s\n", outcome_names[got.what],
                        ML_STR_ARG(got.ours), ML_STR_ARG(got.theirs), right[i]);
            failures++;
        }
        project_close(&p);
    }
    assert_int_equal(failures, 0);
}

static void test_wrong_forms(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        small_project p;
        answer got = answer_to(&p, wrong[i].code);
        bool priced = !wrong[i].ours || (ml_str_eq_c(got.ours, wrong[i].ours) && ml_str_eq_c(got.theirs, wrong[i].theirs));
        if (got.what != wrong[i].what || !priced) {
            print_error("%s expected (%s for %s), got %s (%.*s for %.*s): %s\n", outcome_names[wrong[i].what],
                        wrong[i].ours, wrong[i].theirs, outcome_names[got.what], ML_STR_ARG(got.ours),
                        ML_STR_ARG(got.theirs), wrong[i].code);
            failures++;
        }
        project_close(&p);
    }
    assert_int_equal(failures, 0);
}

/* The counts the issue asks for: a table that shrinks is noticed. */
static void test_sizes(void **state)
{
    (void)state;
    assert_true(sizeof right / sizeof *right >= 60);
    assert_true(sizeof wrong / sizeof *wrong >= 60);
}

/* The reference amount of the token examples is what billing-core charges. */
static void test_reference(void **state)
{
    bill_amount cost;

    (void)state;
    assert_int_equal(bill_cost_tokens(&cost, (bill_token_usage){1000, 500}, (bill_token_price){{500000}, {1500000}}), BILL_OK);
    assert_true(cost.v == 1250000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_forms),
        cmocka_unit_test(test_wrong_forms),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
