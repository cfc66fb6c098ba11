#include "tables.h"

#include <assert.h>
#include <pthread.h>

const TSLanguage *tree_sitter_typescript(void);
const TSLanguage *tree_sitter_tsx(void);

static const char *const named[] = {
#define X(name) #name,
    ML_SYNTAX_NAMED(X)
#undef X
};
static const char *const tokens[] = {
#define X(name, text) text,
    ML_SYNTAX_TOKENS(X)
#undef X
};
static const char *const field_names[] = {
#define X(name) #name,
    ML_SYNTAX_FIELDS(X)
#undef X
};

enum { NAMED = sizeof named / sizeof *named, TOKENS = sizeof tokens / sizeof *tokens };
enum { FIELDS = sizeof field_names / sizeof *field_names };
_Static_assert(ML_SYN_COUNT <= UINT8_MAX, "kinds are stored in bytes");

static syntax_tables all;

static uint32_t index_of(const char *const *names, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return count;
}

static uint8_t kind_of(const TSLanguage *language, TSSymbol symbol)
{
    const char *name = ts_language_symbol_name(language, symbol);

    if (ts_language_symbol_type(language, symbol) == TSSymbolTypeRegular) {
        uint32_t i = index_of(named, NAMED, name);
        return (uint8_t)(i < NAMED ? ML_SYN_program + i : ML_SYN_TYPE);
    }
    uint32_t i = index_of(tokens, TOKENS, name);
    return (uint8_t)(i < TOKENS ? ML_TOKEN_VAR + i : ML_SYN_TOKEN);
}

static void load(ml_dialect dialect, const TSLanguage *language)
{
    uint32_t symbols = ts_language_symbol_count(language), fields = ts_language_field_count(language);

    assert(symbols <= SYMBOLS_MAX && fields < FIELDS_MAX);
    all.language[dialect] = language;
    for (uint32_t symbol = 0; symbol < symbols; symbol++)
        all.kinds[dialect][symbol] = kind_of(language, (TSSymbol)symbol);
    for (uint32_t field = 1; field <= fields; field++) {
        uint32_t i = index_of(field_names, FIELDS, ts_language_field_name_for_id(language, (TSFieldId)field));
        all.fields[dialect][field] = (uint8_t)(i < FIELDS ? i + 1 : ML_FIELD_NONE);
    }
}

static void load_all(void)
{
    load(ML_DIALECT_TS, tree_sitter_typescript());
    load(ML_DIALECT_TSX, tree_sitter_tsx());
}

const syntax_tables *tables_get(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, load_all);
    return &all;
}
