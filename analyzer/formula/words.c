/* What names mean: the vocabulary of measures and prices. */
#include "words.h"

#include <string.h>

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A capital begins a word after a small letter, or before one: "USDCost" is usd cost. */
static bool begins_word(ml_str name, size_t i)
{
    if (!is_upper(name.data[i]) || i == 0)
        return false;
    if (is_lower(name.data[i - 1]))
        return true;
    return is_upper(name.data[i - 1]) && i + 1 < name.len && is_lower(name.data[i + 1]);
}

void ml_words_add(ml_words *words, ml_str name)
{
    size_t len = 0;

    for (size_t i = 0; i <= name.len && words->count < WORDS_MAX; i++) {
        char c = i < name.len ? name.data[i] : '\0';
        bool letter = is_upper(c) || is_lower(c) || is_digit(c);
        if (len && (!letter || begins_word(name, i))) {
            words->word[words->count++][len] = '\0';
            len = 0;
        }
        if (letter && words->count < WORDS_MAX && len + 1 < WORD_BYTES_MAX)
            words->word[words->count][len++] = is_upper(c) ? (char)(c - 'A' + 'a') : c;
    }
}

static bool list_has(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

bool ml_words_have(const ml_words *words, const char *list)
{
    for (uint32_t i = 0; i < words->count; i++)
        if (list_has(list, words->word[i]))
            return true;
    return false;
}

static bool begins_any(const ml_words *words, const char *prefix)
{
    for (uint32_t i = 0; i < words->count; i++)
        if (strncmp(words->word[i], prefix, strlen(prefix)) == 0)
            return true;
    return false;
}

static const char *const price_words = "price prices pricing rate rates tariff unitprice priceper";
static const char *const token_words = "token tokens tok toks tokencount";
static const char *const measure_words = "usage tokens token counts count counter qty quantity quantities consumption "
                                         "metrics measure measures amounts stats";
static const char *const factor_words =
    "markup multiplier discount ratio tax vat fx exchange margin surcharge coefficient factor weight conversion "
    "premium uplift group commission";

/* ---- direction ---- */

typedef enum direction { NO_DIRECTION, INPUT, OUTPUT, CACHED, CACHE_WRITE, EXTRA, TOTAL } direction;

static direction direction_of(const ml_words *words)
{
    bool cached = ml_words_have(words, "cached cache cachehit hit") || begins_any(words, "cached");

    if (cached && ml_words_have(words, "creation write written store created"))
        return CACHE_WRITE;
    if (cached)
        return CACHED;
    if (ml_words_have(words, "reasoning thoughts thinking audio batch tier long"))
        return EXTRA;
    if (ml_words_have(words, "input inputs prompt prompts in"))
        return INPUT;
    if (ml_words_have(words, "output outputs completion completions out generated candidates candidate"))
        return OUTPUT;
    if (ml_words_have(words, "total all sum combined"))
        return TOTAL;
    return NO_DIRECTION;
}

static ml_formula_role price_for(direction way)
{
    switch (way) {
    case INPUT: return ML_FR_INPUT_PRICE;
    case OUTPUT: return ML_FR_OUTPUT_PRICE;
    case CACHED: return ML_FR_CACHED_PRICE;
    case CACHE_WRITE: return ML_FR_WRITE_PRICE;
    case EXTRA: return ML_FR_UNKNOWN;
    default: return ML_FR_UNIT_PRICE;
    }
}

static ml_formula_role tokens_for(direction way)
{
    switch (way) {
    case INPUT: return ML_FR_INPUT;
    case OUTPUT: return ML_FR_OUTPUT;
    case CACHED: return ML_FR_CACHED;
    case CACHE_WRITE: return ML_FR_CACHE_WRITE;
    case EXTRA: return ML_FR_EXTRA;
    case TOTAL: return ML_FR_TOTAL;
    default: return ML_FR_TOKENS;
    }
}

/* ---- roles ---- */

static bool names_price(const ml_words *words)
{
    if (ml_words_have(words, price_words))
        return true;
    /* litellm and its like: input_cost_per_token */
    return ml_words_have(words, "cost costs usd dollars") && (ml_words_have(words, "per") || begins_any(words, "per1"));
}

/* What a price is for: price.per, PRICE_PER, unitSize. */
static bool names_per(const ml_words *words)
{
    const char *last = words->count ? words->word[words->count - 1] : "";

    if (strcmp(last, "per") == 0 || (strcmp(last, "size") == 0 && ml_words_have(words, "unit price block")))
        return true;
    return strcmp(last, "unit") == 0 && ml_words_have(words, "per price pricing");
}

static ml_formula_role measured(const ml_words *words)
{
    if (ml_words_have(words, "character characters chars charcount codepoints"))
        return ML_FR_CHARACTERS;
    if (ml_words_have(words, "images") || (ml_words_have(words, "image picture pictures") &&
                                           ml_words_have(words, "count num number n qty quantity total")))
        return ML_FR_IMAGES;
    if (ml_words_have(words, "seconds secs sec duration second durationseconds"))
        return ML_FR_SECONDS;
    return ML_FR_UNKNOWN;
}

static ml_formula_role length_role(const ml_words *around)
{
    if (ml_words_have(around, "images image pictures"))
        return ML_FR_IMAGES;
    if (ml_words_have(around, "text texts chars characters script content sentence"))
        return ML_FR_CHARACTERS;
    return ML_FR_UNKNOWN;
}

ml_formula_role ml_words_role(ml_str name, const ml_words *around)
{
    ml_words words = {0};

    ml_words_add(&words, name);
    if (!words.count)
        return ML_FR_UNKNOWN;
    if (ml_words_have(&words, factor_words))
        return ML_FR_FACTOR;
    if (names_per(&words))
        return ML_FR_PER;
    if (ml_words_have(&words, "ms milliseconds millis minutes hours minute hour") && !names_price(&words))
        return ML_FR_UNKNOWN;
    direction way = direction_of(&words);
    if (names_price(&words)) {
        bool own = way != NO_DIRECTION || ml_words_have(&words, "unit image second character minute");
        return price_for(own ? way : direction_of(around));
    }
    if (ml_words_have(&words, token_words))
        return tokens_for(way == NO_DIRECTION && around->count ? direction_of(around) : way);
    if (ml_words_have(&words, "length size"))
        return length_role(around);
    ml_formula_role role = measured(&words);
    bool of_price = names_price(around);
    if (role != ML_FR_UNKNOWN)
        return of_price ? ML_FR_UNIT_PRICE : role;
    if (way != NO_DIRECTION && of_price)
        return price_for(way);
    if (way != NO_DIRECTION && (ml_words_have(around, measure_words) || ml_words_have(&words, measure_words)))
        return tokens_for(way);
    if (of_price && ml_words_have(&words, "unit value"))
        return ML_FR_UNIT_PRICE;
    if (ml_words_have(&words, "quantity qty") && words.count <= 2)
        return ML_FR_QUANTITY;
    return ML_FR_UNKNOWN;
}

ml_formula_role ml_formula_role_of_name(ml_str name)
{
    ml_words none = {0};

    return ml_words_role(name, &none);
}

bool ml_formula_is_measure(ml_formula_role role)
{
    return role <= ML_FR_QUANTITY;
}

bool ml_formula_is_price(ml_formula_role role)
{
    return role >= ML_FR_INPUT_PRICE && role <= ML_FR_UNIT_PRICE;
}

/* ---- scales ---- */

int64_t ml_words_scale(ml_str name)
{
    static const struct {
        const char *text;
        int64_t scale;
    } table[] = {
        {"permillion",  1000000},
        {"per1m",       1000000},
        {"permtok",     1000000},
        {"mtok",        1000000},
        {"perm",        1000000},
        {"million",     1000000},
        {"per1k",       1000   },
        {"perthousand", 1000   },
        {"perktok",     1000   },
        {"perk",        1000   },
        {"thousand",    1000   },
        {"ktok",        1000   },
        {"pertoken",    1      },
        {"perchar",     1      },
        {"perimage",    1      },
        {"persecond",   1      },
        {"perminute",   60     },
        {"permin",      60     },
        {"perhour",     3600   },
    };
    char squeezed[96];
    size_t len = 0;

    for (size_t i = 0; i < name.len && len + 1 < sizeof squeezed; i++) {
        char c = name.data[i];
        if (is_upper(c))
            c = (char)(c - 'A' + 'a');
        if (is_lower(c) || is_digit(c))
            squeezed[len++] = c;
    }
    squeezed[len] = '\0';
    if (strstr(squeezed, "per1000000"))
        return 1000000;
    if (strstr(squeezed, "per1000"))
        return 1000;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *at = strstr(squeezed, table[i].text);
        /* "perm" is a word of its own at the end only: "permin" is minutes. */
        if (!at || (strlen(table[i].text) == 4 && table[i].text[0] == 'p' && at[4] != '\0'))
            continue;
        return table[i].scale;
    }
    return 0;
}

/* ---- costs ---- */

bool ml_formula_is_cost_name(ml_str name)
{
    ml_words words = {0};

    ml_words_add(&words, name);
    if (!words.count || names_price(&words) ||
        ml_words_have(&words, "id ids center type kind currency at per key record "
                              "records limit label name status count address addresses"))
        return ml_words_have(&words, "total") && ml_words_have(&words, "price") && words.count <= 3;
    return ml_words_have(&words, "cost costs amount fee fees charge charges spend spent expense usd bill billed "
                                 "billing totalcost payable");
}

/* ---- files ---- */

/* clang-format off */
const char *const ml_formula_words[] = {
    "bill", "Bill", "totalCost", "total_cost", "TotalCost", "inputTokens", "input_tokens", "InputTokens",
    "outputTokens", "output_tokens", "promptTokens", "prompt_tokens", "PromptTokens", "completionTokens",
    "completion_tokens", "totalTokens", "total_tokens", "unitPrice", "unit_price", "UnitPrice", "inputPrice",
    "input_price", "outputPrice", "output_price", "tokenPrice", "token_price", "TokenPrice", "tokenCount", "TokenCount",
    "characterCount", "imageCount", NULL};
/* clang-format on */
const uint32_t ml_formula_word_count = sizeof ml_formula_words / sizeof *ml_formula_words - 1;

/* Beginnings of the words of ml_formula_is_cost_name, in the spellings they have in names. */
const char *const ml_formula_cost_words[] = {
    "cost",   "Cost",   "COST", "amount", "Amount",  "AMOUNT",  "fee",     "Fee",     "FEE",   "charge",
    "Charge", "CHARGE", "spen", "Spen",   "SPEN",    "expense", "Expense", "EXPENSE", "usd",   "Usd",
    "USD",    "bill",   "Bill", "BILL",   "payable", "Payable", "PAYABLE", "price",   "Price", "PRICE",
};
const uint32_t ml_formula_cost_word_count = sizeof ml_formula_cost_words / sizeof *ml_formula_cost_words;
