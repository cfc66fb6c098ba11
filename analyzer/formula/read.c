/* Reads an expression as a sum of products.
 *
 * Goes down the expression, through constants and into project functions that return
 * one expression. The depth is bounded (DEPTH_MAX) and so is the work (STEPS_MAX);
 * what lies beyond is unknown. */
#include "sum.h"
#include "words.h"

#include <string.h>

enum { DEPTH_MAX = 48, STEPS_MAX = 2000, FRAMES_MAX = 5 };

/* A call whose arguments are known. */
typedef struct frame {
    const struct frame *up;
    ml_file_id file; /* of the called function */
    const ml_facts *facts;
    ml_node_id function, call;
    ml_file_id call_file; /* of the call */
    const ml_facts *call_facts;
    int depth;
} frame;

typedef struct reader {
    ml_formula *out;
    const ml_link *link;
    ml_eval *eval;
    int steps;
    /* A name that is written several times, while the value of one write is read. */
    const ml_facts *written_in;
    ml_binding_id written;
    const ml_formula_sum *so_far;
} reader;

typedef struct at {
    ml_file_id file;
    const ml_facts *facts;
    const frame *frame;
    int depth;
} at;

static ml_formula_sum read(reader *r, at w, ml_node_id node);

/* ---- names ---- */

static void add_type_words(ml_words *words, const ml_facts *facts, ml_node_id holder)
{
    ml_node_id type = ml_child(facts, holder, ML_ROLE_TYPE);
    ml_str text = ml_text_of(facts, type);

    if (type && text.len < 60 && ml_str_find_char(text, '{') == ML_NOT_FOUND)
        ml_words_add(words, text);
}

/* Words of what an object is: its name, its type, what its constant stands for. */
static void add_object_words(ml_words *words, const ml_facts *facts, ml_node_id node)
{
    for (int i = 0; i < 6 && node; i++) {
        switch (ml_kind_of(facts, node)) {
        case ML_NODE_MEMBER:
            ml_words_add(words, ml_text_of(facts, node));
            node = ml_child(facts, node, ML_ROLE_OBJECT);
            break;
        case ML_NODE_INDEX: {
            ml_node_id key = ml_child(facts, node, ML_ROLE_KEY);
            if (ml_kind_of(facts, key) == ML_NODE_STRING)
                ml_words_add(words, ml_text_of(facts, key));
            node = ml_child(facts, node, ML_ROLE_OBJECT);
            break;
        }
        case ML_NODE_CALL: node = ml_child(facts, node, ML_ROLE_CALLEE); break;
        case ML_NODE_AWAIT: node = ml_child(facts, node, ML_ROLE_VALUE); break;
        case ML_NODE_BINARY: node = ml_child(facts, node, ML_ROLE_LEFT); break;
        case ML_NODE_ARRAY: {
            ml_node_id spread = ml_child(facts, node, ML_ROLE_ELEMENT);
            node = ml_kind_of(facts, spread) == ML_NODE_SPREAD ? ml_child(facts, spread, ML_ROLE_VALUE) : 0;
            break;
        }
        case ML_NODE_IDENT: {
            const ml_binding *b = &facts->bindings[ml_node_at(facts, node)->ref];
            ml_words_add(words, ml_text_of(facts, node));
            if (!ml_node_at(facts, node)->ref)
                return;
            if (b->kind == ML_BIND_PARAM || b->kind == ML_BIND_VAR)
                add_type_words(words, facts, b->decl);
            node = b->kind == ML_BIND_VAR ? ml_child(facts, b->decl, ML_ROLE_VALUE) : 0;
            break;
        }
        default: return;
        }
    }
}

static bool same_thing(ml_str a, ml_str b)
{
    size_t i = 0, k = 0;

    /* `usage?.input` and `usage.input` are one thing. */
    for (;;) {
        while (i < a.len && (a.data[i] == '?' || a.data[i] == '!' || a.data[i] <= ' '))
            i++;
        while (k < b.len && (b.data[k] == '?' || b.data[k] == '!' || b.data[k] <= ' '))
            k++;
        if (i == a.len || k == b.len)
            return i == a.len && k == b.len;
        if (a.data[i++] != b.data[k++])
            return false;
    }
}

static ml_formula_sum thing(reader *r, ml_formula_role role, ml_str name, const ml_words *around, ml_str last)
{
    ml_formula *f = r->out;

    if (role == ML_FR_UNKNOWN)
        return ml_sum_role(role);
    if (!f->name[role].len)
        f->name[role] = name;
    else if (!same_thing(f->name[role], name))
        f->mixed[role] = true;
    if (ml_formula_is_price(role)) {
        int64_t scale = ml_words_scale(last);
        for (uint32_t i = 0; i < around->count && !scale; i++)
            scale = ml_words_scale(ml_str_of(around->word[i]));
        if (scale && f->scale[role] && f->scale[role] != scale)
            f->mixed[role] = true;
        if (scale)
            f->scale[role] = scale;
    }
    return ml_sum_role(role);
}

/* A duration in other units is so many seconds. */
static ml_formula_sum converted(reader *r, ml_str last, ml_str name, const ml_words *around)
{
    ml_words words = {0};

    ml_words_add(&words, last);
    if (!ml_words_have(&words, "ms milliseconds millis minutes"))
        return ml_sum_unknown();
    bool ms = !ml_words_have(&words, "minutes");
    ml_formula_sum seconds = thing(r, ML_FR_SECONDS, name, around, last);
    ml_formula_sum factor = ms ? ml_sum_number(1000, 1) : ml_sum_number(1, 60);
    return ml_sum_mul(&seconds, &factor);
}

static ml_formula_sum named(reader *r, ml_str last, ml_str whole, const ml_words *around)
{
    ml_formula_role role = ml_words_role(last, around);

    if (role == ML_FR_UNKNOWN) {
        ml_formula_sum other = converted(r, last, whole, around);
        if (!other.unknown)
            return other;
    }
    return thing(r, role, whole, around, last);
}

/* The function's parameter the frame has an argument for: the argument, or the member of it. */
static ml_node_id argument_of(const frame *f, const ml_binding *b)
{
    ml_node_id target = ml_child(f->facts, b->decl, ML_ROLE_TARGET);
    ml_node_id arg = ml_child_at(f->call_facts, f->call, ML_ROLE_ARG, b->index);

    for (ml_node_id a = ml_child(f->call_facts, f->call, ML_ROLE_ARG); a; a = ml_next_child(f->call_facts, a))
        if (ml_kind_of(f->call_facts, a) == ML_NODE_SPREAD)
            return 0;
    if (ml_kind_of(f->facts, target) == ML_NODE_IDENT)
        return arg;
    if (!arg || ml_kind_of(f->call_facts, arg) != ML_NODE_OBJECT || !b->target)
        return 0;
    ml_node_id prop = ml_node_at(f->facts, b->target)->parent;
    ml_str name = ml_kind_of(f->facts, prop) == ML_NODE_PATTERN_PROP ? ml_text_of(f->facts, prop) : b->name;
    for (ml_node_id m = ml_child(f->call_facts, arg, ML_ROLE_MEMBER); m; m = ml_next_child(f->call_facts, m))
        if (ml_kind_of(f->call_facts, m) == ML_NODE_PROPERTY && ml_str_eq(ml_text_of(f->call_facts, m), name))
            return ml_child(f->call_facts, m, ML_ROLE_VALUE);
    return 0;
}

static const frame *frame_of(at w, const ml_binding *b)
{
    ml_node_id function = ml_node_at(w.facts, b->decl)->parent;

    for (const frame *f = w.frame; f; f = f->up)
        if (f->facts == w.facts && f->function == function)
            return f;
    return NULL;
}

static void note_zero_price(reader *r, at w, ml_node_id node)
{
    ml_formula *f = r->out;

    for (uint32_t i = 0; i < f->zero_price_count; i++)
        if (f->zero_prices[i].node == node && f->zero_prices[i].file == w.file)
            return;
    if (f->zero_price_count < ML_FORMULA_MARKS_MAX)
        f->zero_prices[f->zero_price_count++] = (ml_place){w.file, node};
}

static bool is_zero(const ml_facts *facts, ml_node_id node)
{
    ml_node_kind kind = ml_kind_of(facts, node);
    int64_t num, den;

    if (kind != ML_NODE_NUMBER && kind != ML_NODE_STRING)
        return false;
    ml_formula_sum sum = ml_sum_parse(ml_text_of(facts, node));
    return ml_sum_is_number(&sum, &num, &den) && num == 0;
}

/* Is it a plain price whose lack must not mean "free"? Cached and write prices fall back to others. */
static bool is_plain_price(const ml_formula_sum *sum)
{
    int others = 0, prices = 0;

    if (sum->unknown || sum->count != 1)
        return false;
    for (int role = 0; role < ML_FR_COUNT; role++) {
        bool plain = role == ML_FR_INPUT_PRICE || role == ML_FR_OUTPUT_PRICE || role == ML_FR_UNIT_PRICE;
        prices += plain && sum->terms[0].power[role] == 1;
        others += sum->terms[0].power[role] != 0 && !(plain && sum->terms[0].power[role] == 1);
    }
    return prices == 1 && others == 0;
}

/* `const { total_tokens: tokens = 0 } = usage`: the property's name, and the default. */
static ml_formula_sum destructured(reader *r, at w, const ml_binding *b)
{
    ml_words around = {0};
    ml_node_id prop = ml_node_at(w.facts, b->target)->parent;

    if (ml_kind_of(w.facts, prop) != ML_NODE_PATTERN_PROP)
        return named(r, b->name, b->name, &around);
    ml_str name = ml_text_of(w.facts, prop);
    if (b->kind == ML_BIND_VAR)
        add_object_words(&around, w.facts, ml_child(w.facts, b->decl, ML_ROLE_VALUE));
    else
        add_type_words(&around, w.facts, b->decl);
    ml_formula_sum sum = named(r, name.len ? name : b->name, name.len ? name : b->name, &around);
    if (is_zero(w.facts, ml_child(w.facts, prop, ML_ROLE_DEFAULT)) && is_plain_price(&sum))
        note_zero_price(r, w, prop);
    return sum;
}

/* Steps of a name that is written several times: `let cost = 0; cost += a; cost += b`. Only
 * straight code counts; a write in a branch or loop makes the name unknown. */
static bool is_straight(const ml_facts *facts, const ml_write *write, const ml_binding *b)
{
    ml_node_id statement = ml_node_at(facts, write->node)->parent;
    ml_node_id block = ml_node_at(facts, statement)->parent;

    return ml_kind_of(facts, write->node) == ML_NODE_ASSIGN && ml_kind_of(facts, write->target) == ML_NODE_IDENT &&
           ml_kind_of(facts, statement) == ML_NODE_EXPR_STMT &&
           block == ml_node_at(facts, ml_node_at(facts, b->decl)->parent)->parent;
}

static ml_formula_sum combine(uint8_t op, const ml_formula_sum *a, const ml_formula_sum *b)
{
    switch (op) {
    case ML_OP_ADD: return ml_sum_add(a, b, 1);
    case ML_OP_SUB: return ml_sum_add(a, b, -1);
    case ML_OP_MUL: return ml_sum_mul(a, b);
    case ML_OP_DIV: return ml_sum_div(a, b);
    case ML_OP_POW: return ml_sum_pow(a, b);
    default: return ml_sum_unknown();
    }
}

static ml_formula_sum accumulated(reader *r, at w, const ml_binding *b, ml_binding_id id, uint32_t use)
{
    ml_node_id init = ml_child(w.facts, b->decl, ML_ROLE_VALUE);
    ml_formula_sum sum = init ? read(r, w, init) : ml_sum_number(0, 1);

    for (uint32_t i = 0; i < b->write_count; i++) {
        const ml_write *write = &w.facts->writes[w.facts->writes_by_binding[b->write_first + i]];
        if (!is_straight(w.facts, write, b))
            return ml_sum_unknown();
        if (ml_node_at(w.facts, write->node)->end > use)
            break;
        reader saved = *r;
        r->written_in = w.facts;
        r->written = id;
        r->so_far = &sum;
        ml_formula_sum value = read(r, w, write->value);
        int steps = r->steps;
        saved.steps = steps;
        *r = saved;
        uint8_t op = ml_node_at(w.facts, write->node)->op;
        sum = op == ML_OP_ASSIGN ? value : combine(op, &sum, &value);
    }
    return sum;
}

static bool counts_characters(const ml_formula_sum *sum)
{
    for (uint32_t i = 0; i < sum->count; i++)
        if (sum->terms[i].power[ML_FR_CHARACTERS] == 1)
            return true;
    return false;
}

static ml_formula_sum read_variable(reader *r, at w, ml_node_id node, const ml_binding *b)
{
    ml_binding_id id = ml_node_at(w.facts, node)->ref;
    ml_node_id value = ml_child(w.facts, b->decl, ML_ROLE_VALUE);
    ml_words around = {0};
    int64_t num, den;

    if (r->written_in == w.facts && r->written == id && r->so_far)
        return *r->so_far;
    if (ml_kind_of(w.facts, ml_child(w.facts, b->decl, ML_ROLE_TARGET)) != ML_NODE_IDENT)
        return destructured(r, w, b);
    if (!value && !b->write_count)
        return named(r, b->name, b->name, &around);
    ml_formula_role own = ml_words_role(b->name, &around);
    ml_formula_sum sum =
        b->write_count && !b->is_const ? accumulated(r, w, b, id, ml_node_at(w.facts, node)->start) : read(r, w, value);
    /* A price written down as a number is still that price; a number without name is a number. */
    if (ml_sum_is_number(&sum, &num, &den) && num != 0 && own != ML_FR_UNKNOWN && own != ML_FR_PER)
        return thing(r, own, b->name, &around, b->name);
    /* `tokens = text.length / 4` counts tokens, however roughly. */
    if (own <= ML_FR_TOKENS && counts_characters(&sum))
        return thing(r, own, b->name, &around, b->name);
    if (!ml_sum_is_unknown(&sum) || own == ML_FR_UNKNOWN)
        return sum;
    add_object_words(&around, w.facts, value);
    return thing(r, own, b->name, &around, b->name);
}

static ml_formula_sum read_param(reader *r, at w, const ml_binding *b)
{
    const frame *f = frame_of(w, b);
    ml_node_id arg = f ? argument_of(f, b) : 0;
    ml_words around = {0};

    if (arg) {
        at caller = {f->call_file, f->call_facts, f->up, w.depth};
        ml_formula_sum sum = read(r, caller, arg);
        if (!ml_sum_is_unknown(&sum))
            return sum;
    }
    if (ml_kind_of(w.facts, ml_child(w.facts, b->decl, ML_ROLE_TARGET)) != ML_NODE_IDENT)
        return destructured(r, w, b);
    add_type_words(&around, w.facts, b->decl);
    ml_formula_sum sum = named(r, b->name, b->name, &around);
    if (is_zero(w.facts, ml_child(w.facts, b->decl, ML_ROLE_DEFAULT)) && is_plain_price(&sum))
        note_zero_price(r, w, b->decl);
    return sum;
}

static ml_formula_sum read_ident(reader *r, at w, ml_node_id node)
{
    const ml_binding *b = &w.facts->bindings[ml_node_at(w.facts, node)->ref];
    ml_words around = {0};

    if (ml_node_at(w.facts, node)->ref && b->kind == ML_BIND_VAR)
        return read_variable(r, w, node, b);
    if (ml_node_at(w.facts, node)->ref && b->kind == ML_BIND_PARAM)
        return read_param(r, w, b);
    if (ml_node_at(w.facts, node)->ref && b->kind == ML_BIND_IMPORT) {
        /* A constant of another file. */
        ml_values values = ml_eval_node(r->eval, w.file, node);
        if (values.count == 1 && values.items[0].kind == ML_V_NUMBER && values.items[0].piece_count == 1 &&
            ml_words_role(ml_text_of(w.facts, node), &around) == ML_FR_UNKNOWN)
            return ml_sum_parse(values.items[0].pieces[0].text);
    }
    return named(r, ml_text_of(w.facts, node), ml_text_of(w.facts, node), &around);
}

/* `rates.divisor` of an object written down in the file. */
static ml_node_id literal_member(at w, ml_node_id object, ml_str name)
{
    const ml_binding *b = &w.facts->bindings[ml_node_at(w.facts, object)->ref];

    if (ml_kind_of(w.facts, object) != ML_NODE_IDENT || !ml_node_at(w.facts, object)->ref || b->kind != ML_BIND_VAR)
        return 0;
    ml_node_id value = ml_child(w.facts, b->decl, ML_ROLE_VALUE);
    if (ml_kind_of(w.facts, value) != ML_NODE_OBJECT ||
        ml_kind_of(w.facts, ml_child(w.facts, b->decl, ML_ROLE_TARGET)) != ML_NODE_IDENT)
        return 0;
    for (ml_node_id m = ml_child(w.facts, value, ML_ROLE_MEMBER); m; m = ml_next_child(w.facts, m))
        if (ml_kind_of(w.facts, m) == ML_NODE_PROPERTY && ml_str_eq(ml_text_of(w.facts, m), name))
            return ml_child(w.facts, m, ML_ROLE_VALUE);
    return 0;
}

static ml_formula_sum read_member(reader *r, at w, ml_node_id node)
{
    ml_node_id object = ml_child(w.facts, node, ML_ROLE_OBJECT);
    ml_node_id key = ml_child(w.facts, node, ML_ROLE_KEY);
    ml_str last = key ? ml_text_of(w.facts, key) : ml_text_of(w.facts, node);
    ml_words around = {0};

    if (key && ml_kind_of(w.facts, key) != ML_NODE_STRING)
        return ml_sum_role(ML_FR_UNKNOWN);
    add_object_words(&around, w.facts, object);
    if (ml_words_role(last, &around) == ML_FR_UNKNOWN) {
        ml_node_id value = literal_member(w, object, last);
        if (value)
            return read(r, w, value);
    }
    return named(r, last, ml_source_of(w.facts, node), &around);
}

/* ---- operators ---- */

static void note_operator(reader *r, at w, ml_node_id node)
{
    r->out->arithmetic = true;
    if (!r->out->native.node)
        r->out->native = (ml_place){w.file, node};
}

static void note_rounding(reader *r, at w, ml_node_id node, ml_formula_rounding_kind kind, bool text, int64_t places)
{
    ml_formula *f = r->out;

    for (uint32_t i = 0; i < f->rounding_count; i++)
        if (f->roundings[i].place.node == node && f->roundings[i].place.file == w.file)
            return;
    if (f->rounding_count < ML_FORMULA_MARKS_MAX)
        f->roundings[f->rounding_count++] = (ml_formula_rounding){
            kind, text, (int32_t)(places > 40 ? 40 : places), {w.file, node}
        };
}

static bool prices_something(const ml_formula_sum *sum)
{
    if (sum->unknown)
        return false;
    for (uint32_t i = 0; i < sum->count; i++)
        for (int role = 0; role < ML_FR_COUNT; role++)
            if (ml_formula_is_price((ml_formula_role)role) && sum->terms[i].power[role])
                return true;
    return false;
}

static bool names_cost(at w, ml_node_id node)
{
    ml_node_kind kind = ml_kind_of(w.facts, node);
    return (kind == ML_NODE_IDENT || kind == ML_NODE_MEMBER) && ml_formula_is_cost_name(ml_text_of(w.facts, node));
}

/* An amount is rounded: what has a price in it, or is called a cost. */
static void rounds(reader *r, at w, ml_node_id node, ml_node_id operand, const ml_formula_sum *sum,
                   ml_formula_rounding_kind kind, bool text, int64_t places)
{
    if (prices_something(sum) || names_cost(w, operand))
        note_rounding(r, w, node, kind, text, places);
}

static ml_formula_sum read_fallback(reader *r, at w, ml_node_id node)
{
    ml_node_id right = ml_child(w.facts, node, ML_ROLE_RIGHT);
    ml_formula_sum sum = read(r, w, ml_child(w.facts, node, ML_ROLE_LEFT));

    if (is_zero(w.facts, right) && is_plain_price(&sum))
        note_zero_price(r, w, node);
    return sum;
}

static ml_formula_sum read_binary(reader *r, at w, ml_node_id node)
{
    uint8_t op = ml_node_at(w.facts, node)->op;
    ml_node_id left = ml_child(w.facts, node, ML_ROLE_LEFT), right = ml_child(w.facts, node, ML_ROLE_RIGHT);

    if (op == ML_OP_NULLISH || op == ML_OP_OR)
        return read_fallback(r, w, node);
    if (op == ML_OP_BIT_OR && is_zero(w.facts, right)) {
        ml_formula_sum sum = read(r, w, left);
        rounds(r, w, node, left, &sum, ML_ROUND_DOWN, false, 0);
        return sum;
    }
    ml_formula_sum a = read(r, w, left), b = read(r, w, right);
    note_operator(r, w, node);
    return combine(op, &a, &b);
}

static bool same_sum(const ml_formula_sum *a, const ml_formula_sum *b)
{
    ml_formula_sum rest = ml_sum_add(a, b, -1);
    return !rest.unknown && rest.count == 0;
}

static ml_formula_sum read_conditional(reader *r, at w, ml_node_id node)
{
    ml_node_id then = ml_child(w.facts, node, ML_ROLE_THEN), otherwise = ml_child(w.facts, node, ML_ROLE_ELSE);
    bool none = is_zero(w.facts, otherwise) || ml_kind_of(w.facts, otherwise) == ML_NODE_NULL;

    if (none || is_zero(w.facts, then)) {
        ml_formula_sum sum = read(r, w, none ? then : otherwise);
        if ((is_zero(w.facts, otherwise) || is_zero(w.facts, then)) && is_plain_price(&sum))
            note_zero_price(r, w, node);
        return sum;
    }
    ml_formula_sum a = read(r, w, then), b = read(r, w, otherwise);
    return same_sum(&a, &b) ? a : ml_sum_unknown();
}

/* ---- calls ---- */

static bool is_one_of(ml_str name, const char *list)
{
    size_t at_byte = 0;
    ml_str all = ml_str_of(list);

    while (at_byte < all.len) {
        ml_str rest = ml_str_from(all, at_byte);
        size_t space = ml_str_find_char(rest, ' ');
        ml_str word = space == ML_NOT_FOUND ? rest : ml_str_slice(rest, 0, space);
        if (ml_str_eq(word, name))
            return true;
        at_byte += word.len + 1;
    }
    return false;
}

static const char *const adders = "plus add sum";
static const char *const subtracters = "minus sub subtract";
static const char *const multipliers = "times mul multipliedBy multiply mult";
static const char *const dividers = "div dividedBy divide over";
static const char *const clean =
    "toNumber toString valueOf toJSON abs absoluteValue unwrap toBigInt trim toSignificantDigits "
    "toPrecision toDecimal clone";
static const char *const conversions = "Number parseFloat BigInt String Decimal BigNumber Big BigDecimal D dec decimal "
                                       "toDecimal toNumber toBig toBigInt big bn "
                                       "num number money exact toPico toNano toMicro fromPico printPico d Dinero "
                                       "dinero $ currency Fraction printDecimal N";

static int64_t whole_argument(reader *r, at w, ml_node_id arg, int64_t otherwise)
{
    int64_t num, den;

    if (!arg)
        return otherwise;
    ml_formula_sum sum = read(r, w, arg);
    return ml_sum_is_number(&sum, &num, &den) && den == 1 && num >= 0 ? num : -1;
}

static ml_formula_rounding_kind mode_of(const ml_facts *facts, ml_node_id arg)
{
    ml_str text = arg ? ml_source_of(facts, arg) : ML_STR_NONE;

    if (ml_str_find_nocase(text, ML_STR("down")) != ML_NOT_FOUND ||
        ml_str_find_nocase(text, ML_STR("floor")) != ML_NOT_FOUND)
        return ML_ROUND_DOWN;
    if (ml_str_find_nocase(text, ML_STR("half")) == ML_NOT_FOUND &&
        (ml_str_find_nocase(text, ML_STR("up")) != ML_NOT_FOUND ||
         ml_str_find_nocase(text, ML_STR("ceil")) != ML_NOT_FOUND))
        return ML_ROUND_UP;
    return ML_ROUND_NEAREST;
}

/* cost.toFixed(2), cost.round(12), cost.ceil(): false when it is no rounding. */
static bool read_rounding(reader *r, at w, ml_node_id node, ml_node_id operand, ml_str name, const ml_formula_sum *sum)
{
    ml_node_id arg = ml_child(w.facts, node, ML_ROLE_ARG);

    if (is_one_of(name, "ceil floor trunc truncated integerValue")) {
        ml_formula_rounding_kind kind = ml_str_eq_c(name, "ceil") ? ML_ROUND_UP : ML_ROUND_DOWN;
        rounds(r, w, node, operand, sum, ml_str_eq_c(name, "integerValue") ? ML_ROUND_NEAREST : kind, false, 0);
        return true;
    }
    if (!is_one_of(name, "toFixed toDecimalPlaces toDP decimalPlaces dp round toFormat toUnit"))
        return false;
    int64_t places = whole_argument(r, w, arg, is_one_of(name, "toFixed round") ? 0 : -1);
    if (places >= 0)
        rounds(r, w, node, operand, sum, mode_of(w.facts, arg ? ml_next_child(w.facts, arg) : 0), true, places);
    return true;
}

static ml_formula_sum read_method(reader *r, at w, ml_node_id node, ml_node_id callee)
{
    ml_str name = ml_text_of(w.facts, callee);
    ml_node_id object = ml_child(w.facts, callee, ML_ROLE_OBJECT), arg = ml_child(w.facts, node, ML_ROLE_ARG);
    uint8_t op = is_one_of(name, adders)        ? ML_OP_ADD
                 : is_one_of(name, subtracters) ? ML_OP_SUB
                 : is_one_of(name, multipliers) ? ML_OP_MUL
                 : is_one_of(name, dividers)    ? ML_OP_DIV
                                                : ML_OP_NONE;

    if (op != ML_OP_NONE && arg) {
        ml_node_id second = ml_next_child(w.facts, arg);
        /* Decimal.mul(a, b): the class itself stands before the dot. */
        bool is_static = second && ml_kind_of(w.facts, object) == ML_NODE_IDENT &&
                         is_one_of(ml_text_of(w.facts, object), "Decimal BigNumber Big math NP Calc");
        ml_formula_sum sum = read(r, w, is_static ? arg : object);
        r->out->exact = true;
        r->out->arithmetic = true;
        for (ml_node_id a = is_static ? second : arg; a; a = ml_next_child(w.facts, a)) {
            ml_formula_sum value = read(r, w, a);
            sum = combine(op, &sum, &value);
        }
        return sum;
    }
    if (ml_str_eq_c(name, "neg") || ml_str_eq_c(name, "negated")) {
        ml_formula_sum zero = ml_sum_number(0, 1), sum = read(r, w, object);
        return ml_sum_add(&zero, &sum, -1);
    }
    if (is_one_of(name, clean))
        return read(r, w, object);
    if (is_one_of(name, "toFixed toDecimalPlaces toDP decimalPlaces dp round toFormat toUnit ceil floor trunc "
                        "truncated integerValue")) {
        ml_formula_sum sum = read(r, w, object);
        if (read_rounding(r, w, node, object, name, &sum))
            return sum;
    }
    return ml_sum_unknown();
}

/* log10 of the number an amount is multiplied by before it is rounded: 2 of Math.round(cost * 100). */
static int64_t places_before(reader *r, at w, ml_node_id node)
{
    int64_t num = 1, den = 1, places = 0;

    if (ml_kind_of(w.facts, node) == ML_NODE_BINARY && ml_node_at(w.facts, node)->op == ML_OP_MUL) {
        for (int side = 0; side < 2; side++) {
            ml_formula_sum sum = read(r, w, ml_child(w.facts, node, side ? ML_ROLE_LEFT : ML_ROLE_RIGHT));
            if (ml_sum_is_number(&sum, &num, &den))
                break;
            num = 1;
        }
    }
    for (; num >= 10 && den == 1; num /= 10)
        places++;
    return places;
}

static ml_formula_sum read_math(reader *r, at w, ml_node_id node, ml_str name)
{
    ml_node_id arg = ml_child(w.facts, node, ML_ROLE_ARG), second = arg ? ml_next_child(w.facts, arg) : 0;

    if (!arg)
        return ml_sum_unknown();
    if (is_one_of(name, "round floor ceil trunc")) {
        ml_formula_sum sum = read(r, w, arg);
        ml_formula_rounding_kind kind = ml_str_eq_c(name, "round")  ? ML_ROUND_NEAREST
                                        : ml_str_eq_c(name, "ceil") ? ML_ROUND_UP
                                                                    : ML_ROUND_DOWN;
        int64_t places = second ? whole_argument(r, w, second, 0) : places_before(r, w, arg);
        rounds(r, w, node, arg, &sum, kind, places > 0, places);
        return sum;
    }
    if (ml_str_eq_c(name, "max") && second && (is_zero(w.facts, arg) || is_zero(w.facts, second)))
        return read(r, w, is_zero(w.facts, arg) ? second : arg);
    if (ml_str_eq_c(name, "pow") && second) {
        ml_formula_sum base = read(r, w, arg), exponent = read(r, w, second);
        return ml_sum_pow(&base, &exponent);
    }
    return ml_sum_unknown();
}

/* The one expression a function gives back, or 0. */
static ml_node_id result_of(const ml_facts *facts, ml_node_id function)
{
    ml_node_id body = ml_child(facts, function, ML_ROLE_BODY);
    uint32_t index = ml_function_of_node(facts, function);

    if (body && ml_kind_of(facts, body) != ML_NODE_BLOCK)
        return body;
    if (!body || !index || facts->functions[index].return_count != 1)
        return 0;
    return ml_child(facts, facts->returns[facts->functions[index].return_first], ML_ROLE_VALUE);
}

static ml_formula_sum read_function(reader *r, at w, ml_node_id node)
{
    ml_place places[2];
    int depth = w.frame ? w.frame->depth + 1 : 1;

    if (depth > FRAMES_MAX || ml_eval_callees(r->eval, w.file, node, places, 2) != 1)
        return ml_sum_unknown();
    const ml_facts *facts = ml_link_facts(r->link, places[0].file);
    ml_node_id result = facts ? result_of(facts, places[0].node) : 0;
    if (!result)
        return ml_sum_unknown();
    frame f = {w.frame, places[0].file, facts, places[0].node, node, w.file, w.facts, depth};
    at inner = {places[0].file, facts, &f, w.depth};
    return read(r, inner, result);
}

static ml_formula_sum read_call(reader *r, at w, ml_node_id node)
{
    ml_node_id callee = ml_child(w.facts, node, ML_ROLE_CALLEE), arg = ml_child(w.facts, node, ML_ROLE_ARG);
    ml_str name = ml_text_of(w.facts, callee);
    bool method = ml_kind_of(w.facts, callee) == ML_NODE_MEMBER;

    if (method) {
        ml_str object = ml_text_of(w.facts, ml_child(w.facts, callee, ML_ROLE_OBJECT));
        bool object_is_name = ml_kind_of(w.facts, ml_child(w.facts, callee, ML_ROLE_OBJECT)) == ML_NODE_IDENT;
        if (object_is_name && is_one_of(object, "Math _ lodash"))
            return read_math(r, w, node, name);
        if (object_is_name && ml_str_eq_c(object, "Buffer"))
            return ml_sum_role(ML_FR_UNKNOWN);
        ml_formula_sum sum = read_method(r, w, node, callee);
        if (!sum.unknown)
            return sum;
    } else if (ml_str_eq_c(name, "parseInt") && arg) {
        ml_formula_sum sum = read(r, w, arg);
        rounds(r, w, node, arg, &sum, ML_ROUND_DOWN, false, 0);
        return sum;
    } else if (is_one_of(name, "round floor ceil trunc roundTo")) {
        ml_formula_sum sum = read_math(r, w, node, ml_str_eq_c(name, "roundTo") ? ML_STR("round") : name);
        if (!sum.unknown)
            return sum;
    }
    ml_formula_sum sum = read_function(r, w, node);
    bool one = arg && !ml_next_child(w.facts, arg);
    if (ml_sum_is_unknown(&sum) && one && is_one_of(name, conversions)) {
        r->out->exact |= ml_kind_of(w.facts, node) == ML_NODE_NEW || ml_str_eq_c(name, "BigInt");
        return read(r, w, arg);
    }
    return sum;
}

static ml_formula_sum read_unary(reader *r, at w, ml_node_id node)
{
    ml_node_id value = ml_child(w.facts, node, ML_ROLE_VALUE);
    ml_formula_sum sum = read(r, w, value), zero = ml_sum_number(0, 1);

    switch (ml_node_at(w.facts, node)->op) {
    case ML_OP_PLUS: return sum;
    case ML_OP_MINUS: return ml_sum_add(&zero, &sum, -1);
    case ML_OP_BIT_NOT: /* ~~cost */ rounds(r, w, node, value, &sum, ML_ROUND_DOWN, false, 0); return sum;
    default: return ml_sum_unknown();
    }
}

static ml_formula_sum read_new(reader *r, at w, ml_node_id node)
{
    ml_node_id callee = ml_child(w.facts, node, ML_ROLE_CALLEE), arg = ml_child(w.facts, node, ML_ROLE_ARG);

    if (!arg || ml_next_child(w.facts, arg) || !is_one_of(ml_text_of(w.facts, callee), conversions))
        return ml_sum_unknown();
    r->out->exact = true;
    return read(r, w, arg);
}

static ml_formula_sum read(reader *r, at w, ml_node_id node)
{
    if (!node || w.depth++ >= DEPTH_MAX || r->steps-- <= 0)
        return ml_sum_unknown();
    switch (ml_kind_of(w.facts, node)) {
    case ML_NODE_NUMBER:
    case ML_NODE_STRING: return ml_sum_parse(ml_text_of(w.facts, node));
    case ML_NODE_IDENT: return read_ident(r, w, node);
    case ML_NODE_MEMBER:
    case ML_NODE_INDEX: return read_member(r, w, node);
    case ML_NODE_BINARY: return read_binary(r, w, node);
    case ML_NODE_CONDITIONAL: return read_conditional(r, w, node);
    case ML_NODE_CALL: return read_call(r, w, node);
    case ML_NODE_NEW: return read_new(r, w, node);
    case ML_NODE_UNARY: return read_unary(r, w, node);
    case ML_NODE_AWAIT: return read(r, w, ml_child(w.facts, node, ML_ROLE_VALUE));
    default: return ml_sum_unknown();
    }
}

void ml_formula_read(ml_formula *out, const ml_link *link, ml_eval *eval, ml_file_id file, ml_node_id value)
{
    reader r = {.out = out, .link = link, .eval = eval, .steps = STEPS_MAX};
    const ml_facts *facts = ml_link_facts(link, file);

    memset(out, 0, sizeof *out);
    out->sum = ml_sum_unknown();
    if (facts)
        out->sum = read(&r, (at){file, facts, NULL, 0}, value);
}
