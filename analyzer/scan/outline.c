/* The outline of a file: its statements, put into groups by the names they share. Read off the
 * words; what is not certain is one group. */
#include "outline.h"

enum { NOBODY = UINT32_MAX };

typedef struct named {
    ml_name_hash name;  /* 0: the slot is free */
    uint32_t statement; /* that declares it, or NOBODY */
    uint32_t last_use;  /* of an imported name: 1 + the last statement that mentions it */
    bool imported;      /* which does not exclude the other: a declaration is known by words */
} named;

typedef struct groups {
    ml_arena *scratch, *kept;
    ml_str text;
    ml_lexed lexed;
    ml_lex_statements statements;
    uint32_t *parent;
    uint8_t *says; /* by statement: ML_BODY_… of the objects it makes and of the members it writes */
    named *names;
    uint32_t name_cap; /* a power of two */
    uint32_t tainted;  /* behind the statements: one more, which all that is tainted joins */
    bool sends;        /* has a client of its own */
    ml_outline *out;
} groups;

enum { HAS_SPREAD = 1 << 7, OPEN_MAX = 64 };

static uint32_t group_of(groups *g, uint32_t statement)
{
    while (g->parent[statement] != statement) {
        g->parent[statement] = g->parent[g->parent[statement]];
        statement = g->parent[statement];
    }
    return statement;
}

static void join(groups *g, uint32_t a, uint32_t b)
{
    g->parent[group_of(g, a)] = group_of(g, b);
}

/* ---- names ---- */

static named *slot_of(groups *g, ml_name_hash name)
{
    uint32_t at = name & (g->name_cap - 1);

    while (g->names[at].name && g->names[at].name != name)
        at = (at + 1) & (g->name_cap - 1);
    return &g->names[at];
}

/* Others may declare it too. */
static void declare(groups *g, ml_name_hash name, uint32_t statement)
{
    named *slot = slot_of(g, name);

    if (slot->name)
        join(g, slot->statement, statement);
    else
        *slot = (named){.name = name, .statement = statement};
}

static void declare_imported(groups *g, ml_name_hash name)
{
    named *slot = slot_of(g, name);

    if (!slot->name)
        *slot = (named){.name = name, .statement = NOBODY};
    slot->imported = true;
}

static void add_names(groups *g, const ml_slot *slot)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < g->statements.count; i++)
        count += g->statements.items[i].names.count;
    for (uint32_t i = 0; i < slot->imports.count; i++)
        count += slot->imports.items[i].name_count;
    for (g->name_cap = 16; g->name_cap < count * 2; g->name_cap *= 2)
        ;
    g->names = ML_NEW_ARRAY(g->scratch, named, g->name_cap);
    for (uint32_t i = 0; i < g->statements.count; i++) {
        const ml_lex_statement *s = &g->statements.items[i];
        for (uint32_t k = 0; s->kind == ML_LEX_CODE && k < s->names.count; k++)
            declare(g, ml_name_hash_of(s->names.items[k].name), i);
    }
    for (uint32_t i = 0; i < slot->imports.count; i++) {
        const ml_scan_import *import = &slot->imports.items[i];
        for (uint32_t k = 0; import->clause == ML_LEX_IMPORT && k < import->name_count; k++)
            declare_imported(g, import->names[k].value);
    }
}

static void mention(groups *g, uint32_t statement, named *what)
{
    if (what->name && what->statement != NOBODY)
        join(g, statement, what->statement);
    if (what->imported && what->last_use != statement + 1) {
        what->last_use = statement + 1;
        ml_vec_push(g->kept, &g->out->uses, ((ml_pair){what->name, statement}));
    }
}

/* ---- bodies for models ---- */

/* The brackets that are open where a statement is read. */
typedef struct bodies {
    char bracket[OPEN_MAX];
    uint8_t words[OPEN_MAX]; /* ML_BODY_… and HAS_SPREAD of its properties */
    uint32_t depth;
    char last; /* the byte of code before that is no blank */
} bodies;

/* Is it a body for a model? Or may it become one by what is spread into it, where it could be sent? */
static bool is_model_body(const groups *g, unsigned words)
{
    return (words & ML_BODY_ALL) == ML_BODY_ALL || ((words & ML_BODY_ALL) && (words & HAS_SPREAD) && g->sends);
}

static void open_or_close(groups *g, bodies *b, uint32_t statement, char c)
{
    if (c == '{' || c == '(' || c == '[') {
        if (b->depth < OPEN_MAX) {
            b->bracket[b->depth] = c;
            b->words[b->depth] = 0;
        }
        b->depth++;
    } else if ((c == '}' || c == ')' || c == ']') && b->depth) {
        b->depth--;
        if (b->depth >= OPEN_MAX || is_model_body(g, b->words[b->depth]))
            join(g, statement, g->tainted);
    }
}

/* { name: …, name }, but not { a; name: type }, (name: type) or x = name. An object may be put together of
 * several, so what they say is known of the statement too. */
static void take_property(groups *g, bodies *b, uint32_t statement, unsigned word)
{
    if (!b->depth || b->depth > OPEN_MAX || b->bracket[b->depth - 1] != '{' || (b->last != '{' && b->last != ','))
        return;
    b->words[b->depth - 1] |= (uint8_t)word;
    g->says[statement] |= (uint8_t)(word & ML_BODY_ALL);
}

static char byte_behind(const groups *g, uint32_t at)
{
    while (at < g->text.len && (unsigned char)g->text.data[at] <= ' ')
        at++;
    return at < g->text.len ? g->text.data[at] : '\0';
}

static void take_word(groups *g, bodies *b, uint32_t statement, ml_str word, uint32_t end)
{
    unsigned body = ml_body_word_of(word);
    char behind = byte_behind(g, end);

    if (body && b->last == '.' &&
        (behind == '=' || behind == '?' || behind == '|' || behind == '&')) /* a.model ??= b */
        g->says[statement] |= (uint8_t)body;
    else if (body)
        take_property(g, b, statement, body);
    b->last = 'a';
}

static void take_mark(groups *g, bodies *b, uint32_t statement, const ml_lex_code *code)
{
    char c = g->text.data[code->at];
    const ml_lex_range *text = strchr("\"'`", c) ? ml_lexed_text_at(&g->lexed, code->at + 1) : NULL;

    open_or_close(g, b, statement, c);
    if (text && text->start == code->at + 1)
        take_property(g, b, statement, ml_body_word_of(ml_str_slice(g->text, text->start, text->end)));
    if (c == '.' && code->at + 3 < code->end && ml_str_starts(ml_str_from(g->text, code->at), ML_STR("...")) &&
        (b->last == '{' || b->last == ','))
        take_property(g, b, statement, HAS_SPREAD);
    if ((unsigned char)c > ' ')
        b->last = c;
}

/* ---- what a statement mentions ---- */

static void take_statement(groups *g, uint32_t i, bool may_hold_body)
{
    const ml_lex_statement *s = &g->statements.items[i];
    ml_lex_code code = ml_lex_code_from(&g->lexed, s->start, s->end);
    ml_name_hash exports = ml_name_hash_of(ML_STR("exports"));
    bodies b = {0};

    while (ml_lex_code_here(&code)) {
        ml_str word = ml_lex_code_word(&code, g->text);
        if (!word.len) {
            if (may_hold_body)
                take_mark(g, &b, i, &code);
            code.at++;
            continue;
        }
        ml_name_hash name = ml_name_hash_of(word);
        mention(g, i, slot_of(g, name));
        g->out->is_common_js |= name == exports;
        if (may_hold_body)
            take_word(g, &b, i, word, code.at);
    }
}

static void take_statements(groups *g, bool may_hold_body)
{
    for (uint32_t i = 0; i < g->statements.count; i++)
        if (g->statements.items[i].kind == ML_LEX_CODE)
            take_statement(g, i, may_hold_body);
}

/* Bodies that are put together within a group. */
static void take_bodies(groups *g)
{
    for (uint32_t i = 0; i < g->statements.count; i++)
        g->says[group_of(g, i)] |= g->says[i];
    for (uint32_t i = 0; i < g->statements.count; i++)
        if (is_model_body(g, g->says[group_of(g, i)]))
            join(g, i, g->tainted);
}

/* ---- the outline ---- */

uint32_t ml_outline_group_at(const ml_outline *outline, uint32_t at)
{
    uint32_t low = 0, high = outline->count - 1;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (outline->ends[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return outline->group[low];
}

static void add_export(groups *g, ml_name_hash name, uint32_t statement)
{
    ml_vec_push(g->kept, &g->out->exports, ((ml_pair){g->out->group[statement], name}));
}

static void add_listed(groups *g, const ml_lex_name *pair)
{
    const named *known = slot_of(g, ml_name_hash_of(pair->name));
    ml_name_hash as = ml_name_hash_of(pair->as);

    if (known->imported)
        ml_vec_push(g->kept, &g->out->handed, ((ml_pair){known->name, as}));
    if (known->name && known->statement != NOBODY)
        add_export(g, as, known->statement);
}

static void add_exports(groups *g)
{
    for (uint32_t i = 0; i < g->statements.count; i++) {
        const ml_lex_statement *s = &g->statements.items[i];
        bool code = s->kind == ML_LEX_CODE;
        if (code && s->is_default)
            add_export(g, ml_name_hash_of(ML_STR("default")), i);
        if (code && s->exported && !s->names.count)
            add_export(g, ml_name_hash_of(ML_STR("=")), i);
        for (uint32_t k = 0; code && s->exported && k < s->names.count; k++)
            add_export(g, ml_name_hash_of(s->names.items[k].as), i);
        for (uint32_t k = 0; s->kind == ML_LEX_LIST && k < s->names.count; k++)
            add_listed(g, &s->names.items[k]);
    }
}

static void keep_ends(groups *g)
{
    ml_outline *out = g->out;

    out->count = g->statements.count;
    out->ends = ML_NEW_ARRAY(g->kept, uint32_t, out->count);
    out->group = ML_NEW_ARRAY(g->kept, uint32_t, out->count);
    out->tainted = ML_NEW_ARRAY(g->kept, bool, out->count);
    for (uint32_t i = 0; i < out->count; i++) {
        out->ends[i] = g->statements.items[i].end;
        out->group[i] = i;
    }
}

static void keep_groups(groups *g)
{
    ml_outline *out = g->out;
    uint32_t of_tainted = group_of(g, g->tainted), first = NOBODY;

    for (uint32_t i = 0; i < out->count; i++) {
        uint32_t group = group_of(g, i);
        if (group == of_tainted && first == NOBODY)
            first = i; /* the one behind the statements has no number of its own */
        out->group[i] = group == of_tainted ? first : group;
    }
    for (uint32_t i = 0; i < out->uses.count; i++)
        out->uses.items[i].value = out->group[out->uses.items[i].value];
    if (first != NOBODY)
        out->tainted[first] = true;
}

static void outline_whole(groups *g, const ml_slot *slot)
{
    unsigned words = slot->body_words | (ml_str_contains(g->text, ML_STR("...")) ? HAS_SPREAD : 0);

    g->out->is_whole = true;
    g->out->count = 1;
    g->out->ends = ML_NEW_ARRAY(g->kept, uint32_t, 1);
    g->out->group = ML_NEW_ARRAY(g->kept, uint32_t, 1);
    g->out->tainted = ML_NEW_ARRAY(g->kept, bool, 1);
    g->out->tainted[0] = slot->traces.count || is_model_body(g, words);
}

/* An import whose clause was not understood: any name may be from there. Each statement is still its own group. */
static bool brings_unknown(const groups *g, const ml_slot *slot)
{
    for (uint32_t i = 0; i < slot->imports.count; i++)
        if (slot->imports.items[i].clause == ML_LEX_ANY &&
            g->statements.items[ml_outline_group_at(g->out, slot->imports.items[i].at)].kind != ML_LEX_CODE)
            return true;
    return false;
}

void ml_outline_of(ml_outline *out, ml_arena *kept, ml_arena *scratch, const ml_slot *slot, ml_str text, bool markup)
{
    groups g = {.scratch = scratch, .kept = kept, .text = text, .out = out, .sends = slot->why & ML_WHY_CLIENT};

    ml_lex(&g.lexed, scratch, text, markup);
    bool certain =
        !g.lexed.unsure && ml_lex_statements_of(&g.statements, scratch, text, &g.lexed) && g.statements.count;
    if (certain)
        keep_ends(&g);
    if (!certain || brings_unknown(&g, slot)) {
        outline_whole(&g, slot);
        return;
    }
    g.tainted = g.statements.count;
    g.parent = ML_NEW_ARRAY(scratch, uint32_t, g.tainted + 1);
    g.says = ML_NEW_ARRAY(scratch, uint8_t, g.tainted + 1);
    for (uint32_t i = 0; i <= g.tainted; i++)
        g.parent[i] = i;
    add_names(&g, slot);
    take_statements(&g, is_model_body(&g, slot->body_words | HAS_SPREAD));
    for (uint32_t i = 0; i < slot->traces.count; i++) {
        uint32_t statement = ml_outline_group_at(out, slot->traces.items[i]); /* still one a statement */
        if (g.statements.items[statement].kind == ML_LEX_CODE)
            join(&g, statement, g.tainted);
    }
    take_bodies(&g);
    keep_groups(&g);
    add_exports(&g);
    ml_pairs_sort(out->exports.items, out->exports.count);
    ml_pairs_sort(out->uses.items, out->uses.count);
    ml_pairs_sort(out->handed.items, out->handed.count);
}
