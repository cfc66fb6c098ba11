/* Syntax the grammar does not know, rewritten to syntax it does, at the same length.
 *
 * Each of these is valid TypeScript that tree-sitter-typescript 0.23.2 reads wrongly,
 * some without any error node. Whoever lowers the tree keeps the original text, and
 * sees there what was meant: `const` in the copy over `using` in the original.
 * A pattern that happens to stand in a string, a comment or a template changes nothing,
 * because values are read from the original too. */
#include "rewrite.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           (c & 0x80);
}

static char at(const rewrite *r, size_t i)
{
    return i < r->text.len ? r->text.data[i] : 0;
}

static size_t blanks(const rewrite *r, size_t i)
{
    while (at(r, i) == ' ' || at(r, i) == '\t' || at(r, i) == '\n' || at(r, i) == '\r')
        i++;
    return i;
}

/* Blanks on one line, at least one; 0 when there is none. */
static size_t gap(const rewrite *r, size_t i)
{
    size_t end = i;

    while (at(r, end) == ' ' || at(r, end) == '\t')
        end++;
    return end > i ? end : 0;
}

static size_t word(const rewrite *r, size_t i)
{
    while (is_word(at(r, i)))
        i++;
    return i;
}

static bool is_at(const rewrite *r, size_t i, const char *name)
{
    size_t len = strlen(name);

    return i + len <= r->text.len && memcmp(r->text.data + i, name, len) == 0 && !is_word(at(r, i + len));
}

/* The last byte before i that is no blank, as an offset plus one; 0 at the start. */
static size_t before(const rewrite *r, size_t i)
{
    while (i > 0 && memchr(" \t\r\n", r->text.data[i - 1], 4))
        i--;
    return i;
}

static size_t word_before(const rewrite *r, size_t end)
{
    while (end > 0 && is_word(r->text.data[end - 1]))
        end--;
    return end;
}

static void blank(rewrite *r, size_t from, size_t to)
{
    for (; from < to; from++)
        rewrite_put(r, from, ' ');
}

/* Does `using` at i, which ends before `end`, begin a declaration? Then *start is where
 * its `await` stands, or i. */
static bool declares_using(const rewrite *r, size_t i, size_t end, size_t *start)
{
    size_t name = gap(r, end), after = name ? word(r, name) : 0, prior = before(r, i);

    *start = i;
    if (!name || after == name || is_at(r, name, "of") || is_at(r, name, "in"))
        return false;
    after = blanks(r, after);
    bool declares = at(r, after) == '=' && at(r, after + 1) != '=' && at(r, after + 1) != '>';
    if (!declares && at(r, after) != ':' && !is_at(r, after, "of"))
        return false;
    size_t prefix = word_before(r, prior);
    if (is_at(r, prefix, "await") && prior == prefix + 5) {
        *start = prefix;
        prior = before(r, prefix);
    }
    return prior == 0 || memchr(";{}():", r->text.data[prior - 1], 6) ||
           memchr(r->text.data + prior, '\n', *start - prior);
}

/* `using x = e`, `await using x = e`, `for (using x of e)`: const. Elsewhere it is a name,
 * which the grammar takes for the keyword: another one. */
static void using(rewrite *r, size_t i, size_t end)
{
    size_t start;
    const char *word_instead = declares_using(r, i, end, &start) ? "const" : "_sing";

    if (*word_instead == 'c')
        blank(r, start, i);
    for (size_t k = 0; k < 5; k++)
        rewrite_put(r, i + k, word_instead[k]);
}

/* `import("m").T<U>` in a type: the import becomes a name, as in ns.T<U>. */
static void import_type(rewrite *r, size_t i, size_t end)
{
    size_t open = blanks(r, end), quote = blanks(r, open + 1), last;

    if (at(r, open) != '(' || (at(r, quote) != '"' && at(r, quote) != '\''))
        return;
    size_t close = quote + 1;
    while (close < r->text.len && at(r, close) != at(r, quote) && at(r, close) != '\n')
        close++;
    close = blanks(r, close + 1);
    if (at(r, close) != ')')
        return;
    size_t path = blanks(r, close + 1);
    for (last = 0; at(r, path) == '.'; path = blanks(r, word(r, last)))
        last = blanks(r, path + 1);
    if (!last || at(r, path) != '<' || is_at(r, last, "then") || is_at(r, last, "catch") || is_at(r, last, "finally"))
        return;
    for (size_t k = i; k <= close; k++)
        if (!memchr("\r\n", r->text.data[k], 2))
            rewrite_put(r, k, '_');
        else
            return; /* over several lines: too odd to touch */
}

/* `private static accessor x`: a field like any other. */
static void accessor(rewrite *r, size_t i, size_t end)
{
    static const char *const modifiers[] = {"static", "abstract", "private",  "protected",
                                            "public", "override", "readonly", "declare"};
    size_t name = gap(r, end), prior = before(r, i), start = word_before(r, prior);

    if (!name || (!is_word(at(r, name)) && at(r, name) != '#' && at(r, name) != '['))
        return;
    for (size_t k = 0; k < sizeof modifiers / sizeof *modifiers; k++)
        if (is_at(r, start, modifiers[k]) && prior == start + strlen(modifiers[k]))
            blank(r, i, end);
}

/* `export type * from`: without `type`. `export import a = require("m")`: without `export`. */
static void export(rewrite *r, size_t i, size_t end)
{
    size_t next = gap(r, end);

    if (!next)
        return;
    if (is_at(r, next, "type") && at(r, blanks(r, next + 4)) == '*') {
        blank(r, next, next + 4);
        return;
    }
    if (!is_at(r, next, "import"))
        return;
    size_t name = gap(r, next + 6);
    if (name && is_at(r, name, "type") && gap(r, name + 4) && is_word(at(r, gap(r, name + 4))))
        name = gap(r, name + 4);
    size_t after = name ? blanks(r, word(r, name)) : 0;
    if (after && at(r, after) == '=' && is_at(r, blanks(r, after + 1), "require"))
        blank(r, i, end);
}

/* `import defer * as ns`, `import source x from`: without the phase. */
static void phase(rewrite *r, size_t i, size_t end)
{
    size_t prior = before(r, i), next = gap(r, end);

    if (!next || prior < 6 || !is_at(r, prior - 6, "import") || prior == i)
        return;
    bool names = is_word(at(r, next)) && !is_at(r, next, "from");
    if (at(r, next) == '*' || (names && is_at(r, blanks(r, word(r, next)), "from")))
        blank(r, i, end);
}

/* Variance marks of type parameters: `<in T>`, `<out T>`, `<in out T>`. */
static void variance(rewrite *r, size_t i, size_t end)
{
    size_t prior = before(r, i), name = gap(r, end), start = i;

    if (prior >= 2 && is_at(r, i, "out") && is_at(r, prior - 2, "in") && word_before(r, prior) == prior - 2) {
        start = prior - 2;
        prior = before(r, start);
    }
    if (!name || prior == 0 || !memchr("<,", r->text.data[prior - 1], 2))
        return;
    size_t after = word(r, name);
    if (after == name)
        return;
    after = blanks(r, after);
    bool ends = at(r, after) == ',' || at(r, after) == '>' || (at(r, after) == '=' && at(r, after + 1) != '=');
    if (ends || is_at(r, after, "extends"))
        blank(r, start, end);
}

/* `static [key: string]: T`: an index signature needs no `static` to be erased. */
static void static_index(rewrite *r, size_t i, size_t end)
{
    size_t open = blanks(r, end), name = blanks(r, open + 1), after = word(r, name);

    if (at(r, open) == '[' && after > name && at(r, blanks(r, after)) == ':')
        blank(r, i, end);
}

void rewrite_repair(rewrite *r)
{
    static const struct {
        const char *word;
        void (*repair)(rewrite *r, size_t i, size_t end);
    } repairs[] = {
        {"using",    using       },
        {"import",   import_type },
        {"accessor", accessor    },
        {"export",   export      },
        {"defer",    phase       },
        {"source",   phase       },
        {"out",      variance    },
        {"in",       variance    },
        {"static",   static_index},
    };

    if (!r->text.len)
        return;
    for (size_t k = 0; k < sizeof repairs / sizeof *repairs; k++) {
        size_t len = strlen(repairs[k].word);
        const char *data = r->text.data, *end = data + r->text.len, *found = data;
        while ((found = memmem(found, (size_t)(end - found), repairs[k].word, len))) {
            size_t i = (size_t)(found - data);
            if ((i == 0 || !is_word(data[i - 1])) && is_at(r, i, repairs[k].word))
                repairs[k].repair(r, i, i + len);
            found += len;
        }
    }
}
