/* tables.h - the grammars' numbers for node types and fields, as our kinds.
 *
 * Found by name once per process, so that a grammar with other numbers still fits. */
#ifndef ML_SYNTAX_TABLES_H
#define ML_SYNTAX_TABLES_H
#include "ml/syntax.h"

#include <tree_sitter/api.h>

enum { SYMBOLS_MAX = 512, FIELDS_MAX = 64, DIALECTS = 2 };

typedef struct syntax_tables {
    const TSLanguage *language[DIALECTS];
    uint8_t kinds[DIALECTS][SYMBOLS_MAX];
    uint8_t fields[DIALECTS][FIELDS_MAX];
} syntax_tables;

const syntax_tables *tables_get(void);

static inline uint8_t tables_kind(const syntax_tables *tables, ml_dialect dialect, TSSymbol symbol)
{
    return symbol < SYMBOLS_MAX ? tables->kinds[dialect][symbol] : ML_SYN_ERROR; /* the error symbol is 65535 */
}

#endif
