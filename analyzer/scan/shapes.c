/* What must stand around a word for it to count. A word is looked for in the whole text at
 * once; most of what is met is dropped here: part of a longer name, in a comment, inside a
 * text, a type where only a call would count. What is dropped could not have led to a
 * finding; what could is kept even when it hardly ever does. */
#include "shapes.h"

#include "ml/formula.h"
#include "ml/keys.h"

#include <ctype.h>

static size_t skip_blanks(ml_str text, size_t at)
{
    while (at < text.len && (text.data[at] == ' ' || text.data[at] == '\t'))
        at++;
    return at;
}

static ml_str name_at(ml_str text, size_t at)
{
    size_t end = at;

    while (end < text.len && ml_lex_is_word(text.data[end]))
        end++;
    return ml_str_slice(text, at, end);
}

static ml_str name_before(ml_str text, size_t end)
{
    size_t start = end;

    while (start && ml_lex_is_word(text.data[start - 1]))
        start--;
    return ml_str_slice(text, start, end);
}

static bool is_whole(ml_str text, const ml_trigger_hit *hit)
{
    bool name_first = ml_lex_is_word(text.data[hit->start]), name_last = ml_lex_is_word(text.data[hit->end - 1]);

    return !(name_first && hit->start && ml_lex_is_word(text.data[hit->start - 1])) &&
           !(name_last && hit->end < text.len && ml_lex_is_word(text.data[hit->end]));
}

/* `this.fetch`, but not `window.fetch`. */
bool ml_shape_is_member(ml_str text, const ml_trigger_hit *hit)
{
    static const char *const global[] = {"window", "self", "global", "globalThis", "parent", "frames", "top"};
    size_t at = hit->start;

    if (!at || text.data[at - 1] != '.' ||
        (at >= 3 && text.data[at - 2] == '.' && text.data[at - 3] == '.')) /* ...fetch */
        return false;
    at -= at >= 2 && text.data[at - 2] == '?' ? 2 : 1;
    return !ML_STR_IS_ONE_OF(name_before(text, at), global);
}

static size_t skip_blanks_back(ml_str text, size_t at)
{
    while (at && isspace((unsigned char)text.data[at - 1]))
        at--;
    return at;
}

/* Not the word of a sentence: what follows a value is no other word, but for an operator. Not the
 * name of a property, whose value speaks for itself. */
static bool is_value(ml_str text, const ml_trigger_hit *hit)
{
    static const char *const operators[] = {"as", "in", "of", "instanceof", "satisfies"};
    size_t at = skip_blanks(text, hit->end), before = skip_blanks_back(text, hit->start);
    ml_str next = name_at(text, at), rest = ml_str_from(text, at);

    if (ml_str_starts(rest, ML_STR("?:")) ||
        (ml_str_starts(rest, ML_STR(":")) && (!before || text.data[before - 1] != '?')))
        return false;
    return at == hit->end || !next.len || ML_STR_IS_ONE_OF(next, operators);
}

/* proxy: …, "proxy": …, proxy(…), { proxy }, x.proxy = … */
static bool is_set(ml_str text, const ml_trigger_hit *hit)
{
    size_t at = hit->end + (hit->end < text.len && strchr("\"'`", text.data[hit->end]));

    at = skip_blanks(text, at);
    return at < text.len && strchr(":(,}=[\n", text.data[at]);
}

/* In `const { x } = uni;` and `const g = globalThis`, not in `globalThis.x`, where x is the word. */
static bool is_object(ml_str text, const ml_trigger_hit *hit)
{
    size_t at = skip_blanks(text, hit->end);

    return at >= text.len ||
           !(text.data[at] == '.' || text.data[at] == '{' || ml_str_starts(ml_str_from(text, at), ML_STR("?.")));
}

/* An escape between tags or in a name; those in texts are decoded where the text matters. */
static bool is_escaped_name(ml_str text, const ml_lexed *lexed, const ml_trigger_hit *hit)
{
    const ml_lex_range *range = ml_lexed_text_at(lexed, hit->start);

    for (uint32_t i = 0; range && i < lexed->specifiers.count; i++)
        if (lexed->specifiers.items[i].data == text.data + range->start)
            return true;
    return !range;
}

/* Words of code stand in a text only when they are all of it: globalThis["fetch"]. */
static bool is_lost_in_text(const ml_lexed *lexed, const ml_trigger_hit *hit)
{
    const ml_lex_range *range = ml_lexed_text_at(lexed, hit->start);

    return range && (range->start != hit->start || range->end != hit->end);
}

static bool is_called(ml_str text, const ml_trigger_hit *hit)
{
    size_t at = skip_blanks(text, hit->end);

    return at < text.len && (text.data[at] == '(' || text.data[at] == '.' || text.data[at] == '[' ||
                             ml_str_starts(ml_str_from(text, at), ML_STR("?.")));
}

/* Is the name ever given a text, as far as can be seen without a tree? */
static bool is_given_text(ml_str text, ml_str name)
{
    for (size_t from = 0, found; (found = ml_str_find(ml_str_from(text, from), name)) != ML_NOT_FOUND;) {
        size_t at = from + found, end = at + name.len;
        from = end;
        if ((at && ml_lex_is_word(text.data[at - 1])) || (end < text.len && ml_lex_is_word(text.data[end])))
            continue;
        end = skip_blanks(text, end);
        if (end < text.len && (text.data[end] == '+' || text.data[end] == ':'))
            end++;
        if (end >= text.len || text.data[end] != '=')
            continue;
        end = skip_blanks(text, end + 1);
        while (end < text.len && isspace((unsigned char)text.data[end]))
            end++;
        if (end < text.len && strchr("\"'`[", text.data[end]))
            return true;
    }
    return false;
}

/* setTimeout(() => …) and setTimeout(resolve) run functions, setTimeout("…") runs a text. */
static bool may_run_text(ml_str text, const ml_trigger_hit *hit)
{
    size_t at = skip_blanks(text, hit->end);

    if (at >= text.len || text.data[at] != '(') {
        static const char *const callers[] = {"call", "apply", "bind"};
        size_t before = skip_blanks_back(text, hit->start);
        bool called = at < text.len && text.data[at] == '.' && ML_STR_IS_ONE_OF(name_at(text, at + 1), callers);
        return called || ml_str_starts(ml_str_from(text, at), ML_STR("?.(")) ||
               (before && text.data[before - 1] == '=');
    }
    do
        at++;
    while (at < text.len && isspace((unsigned char)text.data[at]));
    ml_str name = name_at(text, at);
    if (!name.len)
        return at < text.len && text.data[at] != '(' && text.data[at] != ')';
    if (ml_str_starts(ml_str_from(text, at), ML_STR("Math."))) /* a pause: setTimeout of timers/promises */
        return false;
    if (ml_str_eq_c(name, "function") || ml_str_eq_c(name, "async"))
        return false;
    at += name.len;
    while (at + 1 < text.len && text.data[at] == '.' && ml_lex_is_word(text.data[at + 1])) {
        /* this.a.b: by its last name */
        name = name_at(text, at + 1);
        at += 1 + name.len;
    }
    size_t behind = skip_blanks(text, at);
    if (behind < text.len && strchr(",)", text.data[behind])) {
        ml_str callee = ml_str_slice(text, hit->start, hit->end); /* of a timer a name is hardly ever a text */
        return ml_str_eq_c(callee, "eval") || ml_str_eq_c(callee, "Function") || is_given_text(text, name);
    }
    return behind >= text.len || !strchr("=*", text.data[behind]); /* x => …, seconds * 1000: no text */
}

/* ---- costs ---- */

enum { VALUE_REACH = 4096 };

/* Behind the comment that begins here, or `at` if none does. */
static size_t behind_comment(ml_str text, size_t at)
{
    ml_str rest = ml_str_from(text, at);
    size_t end = ml_str_starts(rest, ML_STR("//"))   ? ml_str_find_char(rest, '\n')
                 : ml_str_starts(rest, ML_STR("/*")) ? ml_str_find(rest, ML_STR("*/"))
                                                     : 0;

    return end == ML_NOT_FOUND ? text.len : at + end + (end && text.data[at + 1] == '*' ? 2 : 0);
}

/* Past white space, and past comments unless a text came before, in which they would be none. */
static size_t skip_void(ml_str text, size_t at, bool in_text)
{
    for (size_t from;;) {
        while (at < text.len && isspace((unsigned char)text.data[at]))
            at++;
        from = at;
        at = in_text ? at : behind_comment(text, at);
        if (at == from)
            return at;
    }
}

/* The sign of a literal: of the whole when nothing stands before it, -20, or of its exponent, 5e-18. */
static bool is_sign(ml_str text, size_t at, bool first)
{
    size_t from = at ? at - 1 : 0, digits = from;

    if (!strchr("+-", text.data[at]) || at + 1 >= text.len || !isdigit((unsigned char)text.data[at + 1]))
        return false;
    while (digits && (isdigit((unsigned char)text.data[digits - 1]) || text.data[digits - 1] == '.'))
        digits--;
    return first || ((text.data[from] == 'e' || text.data[from] == 'E') && digits < from &&
                     !(digits && ml_lex_is_word(text.data[digits - 1])));
}

/* Does an expression that begins here compute anything, or is it a name, a literal, a type? Looks as
 * far as the expression may go, so it rather says yes. */
static bool is_computed(ml_str text, size_t at)
{
    size_t end = at + VALUE_REACH < text.len ? at + VALUE_REACH : text.len;
    bool begun = false, quoted = false;

    for (; at < end; at++) {
        char c = text.data[at];
        size_t next = skip_void(text, at, quoted);
        if (next == at) {
            if (strchr("*/%+-(?", c) && !is_sign(text, at, !begun))
                return true;
            if (strchr(",;)]}", c))
                return false;
            begun = true;
            quoted |= strchr("\"'`", c) != NULL;
            continue;
        }
        bool breaks = memchr(text.data + at, '\n', next - at) != NULL;
        if (begun && breaks && next < text.len &&
            (ml_lex_is_word(text.data[next]) || strchr("\"'`@}", text.data[next])))
            return false;
        at = next - 1;
    }
    return at < text.len; /* too far to tell */
}

/* Behind the `=` that ends a type on its line, or the end of the text. */
static size_t behind_type(ml_str text, size_t at)
{
    while (at < text.len && !strchr("=;\n", text.data[at]))
        at++;
    return at < text.len && text.data[at] == '=' ? at + 1 : text.len;
}

/* cost = …, cost += …, cost: …, ["cost"] = …, function cost(…), addCost(…): where a cost may be computed. */
static bool may_compute_cost(ml_str text, const ml_trigger_hit *hit)
{
    size_t start = hit->start, end = hit->end;

    while (start && ml_lex_is_word(text.data[start - 1]))
        start--;
    while (end < text.len && ml_lex_is_word(text.data[end]))
        end++;
    if (!ml_formula_is_cost_name(ml_str_slice(text, start, end)))
        return false;
    bool in_brackets = end < text.len && text.data[end] == ']'; /* [cost] = …, prices[cost] = …: of something else */
    while (end < text.len && strchr("\"'`]?!", text.data[end]))
        end++;
    end = skip_blanks(text, end);
    if (in_brackets && end < text.len && text.data[end] == '=')
        return false;
    if (end >= text.len)
        return false;
    switch (text.data[end]) {
    case '(':
    case '<': return true;
    case '+': return end + 1 < text.len && text.data[end + 1] == '=';
    case '=': return end + 1 < text.len && text.data[end + 1] != '=' && is_computed(text, end + 1);
    case ':': /* of a property, or before a type that ends at the value */
        return is_computed(text, end + 1) || is_computed(text, behind_type(text, end + 1));
    default: return false;
    }
}

/* `products.import(…)` and `async import(…) {` load nothing; `module.require(…)` may. */
static bool is_method(ml_str text, const ml_trigger_hit *hit)
{
    size_t at = hit->start;

    if (!ml_str_starts(ml_str_from(text, at), ML_STR("import")))
        return false;
    if (at && text.data[at - 1] == '.')
        return !(at >= 2 && text.data[at - 2] == '.');
    return at && ml_str_eq_c(name_before(text, skip_blanks_back(text, at)), "async");
}

ml_trigger_bits ml_shape_of(ml_str text, const ml_lexed *lexed, const ml_trigger_hit *hit)
{
    ml_trigger_bits bits = hit->bits;

    if ((bits & WORD_WHOLE) && !is_whole(text, hit))
        return 0;
    if ((bits & WORD_CALLED) && !is_called(text, hit))
        return 0;
    if ((bits & WORD_VALUE) && !is_value(text, hit))
        return 0;
    if ((bits & WORD_SETTING) && !is_set(text, hit))
        return 0;
    if ((bits & WORD_OBJECT) && !is_object(text, hit))
        return 0;
    if ((bits & WORD_ESCAPE) ? !is_escaped_name(text, lexed, hit)
                             : (bits & ML_WHY_CLIENT) && !(bits & WORD_ANYWHERE) && is_lost_in_text(lexed, hit))
        return 0;
    if ((bits & WORD_CODE) && !may_run_text(text, hit))
        return 0;
    if ((bits & WORD_LOADER) && ((hit->start && ml_lex_is_word(text.data[hit->start - 1])) || is_method(text, hit) ||
                                 !ml_lex_is_made_specifier(text, hit->end - 1 - (text.data[hit->end - 1] == '*'))))
        return 0;
    if ((bits & WORD_COST) && !may_compute_cost(text, hit))
        return 0;
    if (!(bits & WORD_ANYWHERE) && ml_lexed_in_comment(lexed, hit->start))
        return 0;
    return bits;
}

/* ---- keys ---- */

enum { NAME_REACH = 160, HEAD_BYTES_MAX = 16 };

/* Is the text in quotes put together with others, or decoded: "sk-" + "…", atob("…")? */
static bool is_made(ml_str text, const ml_lex_range *range)
{
    size_t before = range->start ? skip_blanks_back(text, range->start - 1) : 0, after = range->end + 1;
    char last = before ? text.data[before - 1] : '\0';

    while (after < text.len && isspace((unsigned char)text.data[after]))
        after++;
    if (after < text.len && text.data[after] == '+')
        return true;
    if (last == '(')
        return ml_str_eq_c(name_before(text, before - 1), "atob") || ml_str_eq_c(name_before(text, before - 1), "from");
    if (last != '+' && last != ',')
        return false;
    size_t quote = skip_blanks_back(text, before - 1);
    if (last == '+' || !quote || !strchr("\"'`", text.data[quote - 1]))
        return last == '+';
    ml_str head = ml_str_slice(text, quote > HEAD_BYTES_MAX ? quote - HEAD_BYTES_MAX : 0, quote - 1);
    return ml_str_rfind_char(head, text.data[quote - 1]) != ML_NOT_FOUND; /* a short text, as "sk-" is */
}

bool ml_shape_may_hold_key(const ml_keys *keys, ml_str text, const ml_lexed *lexed)
{
    for (uint32_t i = 0; i < lexed->texts.count; i++) {
        const ml_lex_range *range = &lexed->texts.items[i];
        ml_str inside = ml_str_slice(text, range->start, range->end);
        if (inside.len < ML_KEY_BYTES_MIN)
            continue;
        size_t reach = range->start > NAME_REACH ? range->start - NAME_REACH : 0;
        if (ml_key_may_be_in(inside) &&
            (is_made(text, range) || ml_keys_may_find(keys, ml_str_slice(text, reach, range->start), inside)))
            return true;
    }
    return false;
}
