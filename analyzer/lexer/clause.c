/* The clause before a specifier: what `import { a, b as c } from "m"` brings in. Read
 * backwards from `from`, only when somebody asks. */
#include "lexer_internal.h"

enum { CLAUSE_BYTES_MAX = 64 * 1024 };

typedef struct reader {
    ml_str text; /* the clause, without import or export, type and from */
    size_t at;
    bool failed;
} reader;

static void skip_blanks(reader *r)
{
    for (;;) {
        ml_str rest = ml_str_from(r->text, r->at);
        if (rest.len && (unsigned char)rest.data[0] <= ' ') {
            r->at++;
        } else if (ml_str_starts(rest, ML_STR("/*"))) {
            size_t end = ml_str_find(rest, ML_STR("*/"));
            r->at = end == ML_NOT_FOUND ? r->text.len : r->at + end + 2;
        } else if (ml_str_starts(rest, ML_STR("//"))) {
            size_t end = ml_str_find_char(rest, '\n');
            r->at = end == ML_NOT_FOUND ? r->text.len : r->at + end;
        } else {
            return;
        }
    }
}

static ml_str word(reader *r)
{
    skip_blanks(r);
    size_t start = r->at;
    while (r->at < r->text.len && ml_lex_is_word(r->text.data[r->at]))
        r->at++;
    return ml_str_slice(r->text, start, r->at);
}

static bool take(reader *r, char c)
{
    skip_blanks(r);
    if (r->at >= r->text.len || r->text.data[r->at] != c)
        return false;
    r->at++;
    return true;
}

static void add(ml_lex_names *out, ml_arena *arena, ml_str name, ml_str as)
{
    ml_vec_push(arena, &out->names, ((ml_lex_name){name, as.len ? as : name}));
}

/* { a, type b as c } */
static void read_list(reader *r, ml_lex_names *out, ml_arena *arena)
{
    while (!take(r, '}')) {
        ml_str name = word(r), as = ML_STR_NONE, next;
        if (!name.len) {
            r->failed = true;
            return;
        }
        size_t before = r->at;
        next = word(r);
        if (ml_str_eq_c(name, "type") && next.len && !ml_str_eq_c(next, "as")) {
            name = next;
            before = r->at;
            next = word(r);
        }
        if (ml_str_eq_c(next, "as"))
            as = word(r);
        else
            r->at = before;
        add(out, arena, name, as);
        take(r, ',');
    }
}

static void read_clause(reader *r, ml_lex_names *out, ml_arena *arena)
{
    do {
        if (take(r, '*')) {
            ml_str as = ML_STR_NONE;
            if (ml_str_eq_c(word(r), "as"))
                as = word(r);
            ml_vec_push(arena, &out->names, ((ml_lex_name){ML_STR("*"), as}));
        } else if (take(r, '{')) {
            read_list(r, out, arena);
        } else {
            ml_str name = word(r);
            if (!name.len)
                r->failed = true;
            else
                add(out, arena, ML_STR("default"), name);
        }
    } while (!r->failed && take(r, ','));
    skip_blanks(r);
    r->failed |= r->at != r->text.len;
}

/* Start of the word that ends at `end`. */
static size_t word_start(ml_str text, size_t end)
{
    while (end && ml_lex_is_word(text.data[end - 1]))
        end--;
    return end;
}

static size_t skip_back(ml_str text, size_t end)
{
    while (end && (unsigned char)text.data[end - 1] <= ' ')
        end--;
    return end;
}

/* The last import or export that stands as a word before `end`, with nothing behind it that could
 * not be in a clause; ML_NOT_FOUND if there is none. */
static size_t find_keyword(ml_str text, size_t end)
{
    for (size_t at = end; at && end - at < CLAUSE_BYTES_MAX;) {
        char c = text.data[at - 1];
        if (strchr(";\"'`()=", c))
            return ML_NOT_FOUND;
        if (!ml_lex_is_word(c)) {
            at--;
            continue;
        }
        size_t start = word_start(text, at);
        ml_str found = ml_str_slice(text, start, at);
        if (ml_str_eq_c(found, "import") || ml_str_eq_c(found, "export"))
            return start;
        at = start;
    }
    return ML_NOT_FOUND;
}

void ml_lex_names_of(ml_lex_names *out, ml_arena *arena, ml_str text, ml_str specifier)
{
    size_t end = skip_back(text, (size_t)(specifier.data - text.data) - 1), from = word_start(text, end);
    ml_str loader = ml_str_slice(text, from, end);

    *out = (ml_lex_names){.kind = ML_LEX_ANY};
    if (ml_str_eq_c(loader, "import")) {
        out->kind = ML_LEX_BARE;
        return;
    }
    size_t keyword = ml_str_eq_c(loader, "from") ? find_keyword(text, from) : ML_NOT_FOUND;
    if (keyword == ML_NOT_FOUND)
        return;
    bool is_export = text.data[keyword] == 'e';
    reader r = {.text = ml_str_slice(text, keyword + sizeof "import" - 1, from)};
    size_t start = r.at;
    if (ml_str_eq_c(word(&r), "type")) { /* import type X from; but also `import type from` */
        start = r.at;
        skip_blanks(&r);
        if (r.at >= r.text.len || r.text.data[r.at] == ',')
            start = 0;
    }
    r.at = start;
    read_clause(&r, out, arena);
    if (r.failed)
        *out = (ml_lex_names){.kind = ML_LEX_ANY};
    else
        out->kind = is_export ? ML_LEX_EXPORT : ML_LEX_IMPORT;
}
