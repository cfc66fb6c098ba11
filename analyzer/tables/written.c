/* written.c - what is written down as a value: strings, lists of them, properties.
 *
 * Follows a name to its constant, a member to the object, enum or class it belongs to,
 * and asks the caller's locate for what lies in other files. Every walk is bounded by
 * a small number of hops; what lies beyond is unknown. */
#include "declare.h"

enum { HOPS_MAX = 16, NESTING_MAX = 6, VALUES_MAX = 256 };

static bool is_plain_name(const ml_facts *facts, ml_node_id node, const char *name)
{
    return ml_kind_of(facts, node) == ML_NODE_IDENT && !ml_node_at(facts, node)->ref &&
           ml_str_eq_c(ml_text_of(facts, node), name);
}

/* Object.NAME(argument): the argument, or 0. */
static ml_node_id object_call(const ml_facts *facts, ml_node_id node, const char *name)
{
    if (ml_kind_of(facts, node) != ML_NODE_CALL)
        return 0;
    ml_node_id callee = ml_child(facts, node, ML_ROLE_CALLEE);
    if (!callee || ml_kind_of(facts, callee) != ML_NODE_MEMBER || !ml_str_eq_c(ml_text_of(facts, callee), name))
        return 0;
    ml_node_id object = ml_child(facts, callee, ML_ROLE_OBJECT);
    return object && is_plain_name(facts, object, "Object") ? ml_child(facts, node, ML_ROLE_ARG) : 0;
}

static ml_node_id binding_value(const ml_facts *facts, ml_node_id ident)
{
    ml_binding_id id = ml_node_at(facts, ident)->ref;
    if (!id)
        return 0;
    const ml_binding *binding = &facts->bindings[id];
    switch (binding->kind) {
    case ML_BIND_CLASS:
    case ML_BIND_ENUM:
    case ML_BIND_FUNCTION: return binding->decl;
    case ML_BIND_VAR:
        /* Only a name of its own: a pattern takes the value apart. */
        if (!binding->is_const || ml_child(facts, binding->decl, ML_ROLE_TARGET) != binding->target)
            return 0;
        return ml_child(facts, binding->decl, ML_ROLE_VALUE);
    default: return 0;
    }
}

/* The value of a member of a literal that stands in the file. */
static ml_node_id member_value(const ml_facts *facts, ml_node_id of, ml_str name)
{
    ml_node_id found = 0;
    for (ml_node_id m = ml_child(facts, of, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        ml_node_kind kind = ml_kind_of(facts, m);
        if (!ml_str_eq(ml_text_of(facts, m), name))
            continue;
        if (kind == ML_NODE_ENUM_MEMBER || kind == ML_NODE_PROPERTY ||
            (kind == ML_NODE_FIELD && (ml_node_at(facts, m)->flags & ML_NF_STATIC)))
            found = ml_child(facts, m, ML_ROLE_VALUE);
    }
    return found;
}

static bool is_final(ml_node_kind kind)
{
    return kind == ML_NODE_STRING || kind == ML_NODE_NUMBER || kind == ML_NODE_TRUE || kind == ML_NODE_FALSE ||
           kind == ML_NODE_NULL || kind == ML_NODE_OBJECT || kind == ML_NODE_ARRAY || kind == ML_NODE_ENUM ||
           kind == ML_NODE_CLASS || kind == ML_NODE_FUNCTION || kind == ML_NODE_TEMPLATE;
}

/* One hop within the file; 0 when there is none. */
static ml_node_id hop(const ml_facts *facts, ml_node_id node)
{
    ml_node_id frozen;
    switch (ml_kind_of(facts, node)) {
    case ML_NODE_IDENT: return binding_value(facts, node);
    case ML_NODE_CALL: frozen = object_call(facts, node, "freeze"); return frozen;
    case ML_NODE_AWAIT: return ml_child(facts, node, ML_ROLE_VALUE);
    default: return 0;
    }
}

bool written_step(declarer *d)
{
    if (d->steps == 0) {
        d->cut_short = true;
        return false;
    }
    d->steps--;
    return true;
}

/* Asks the caller; false when it knows no more than we do. */
static bool ask(declarer *d, const ml_facts **facts, ml_node_id *node)
{
    const ml_facts *before = *facts;
    ml_node_id here = *node;
    if (!d->options->locate || !d->options->locate(d->options->data, facts, node))
        return false;
    return *facts != before || *node != here;
}

bool written_locate(declarer *d, const ml_facts **facts, ml_node_id *node)
{
    ml_str wanted[NESTING_MAX]; /* members still to be taken, the last first */
    uint32_t pending = 0;
    const ml_facts *chain_facts = NULL; /* the whole a.b.c, when its parts cannot be followed one by one */
    ml_node_id chain = 0;

    for (int hops = 0; hops < HOPS_MAX && written_step(d); hops++) {
        ml_node_kind kind = ml_kind_of(*facts, *node);
        ml_node_id next = 0;
        if (is_final(kind) && !pending)
            return true;
        if (is_final(kind)) {
            next = member_value(*facts, *node, wanted[--pending]);
        } else if (kind == ML_NODE_MEMBER && pending < NESTING_MAX) {
            if (!pending) {
                chain_facts = *facts;
                chain = *node;
            }
            wanted[pending++] = ml_text_of(*facts, *node);
            next = ml_child(*facts, *node, ML_ROLE_OBJECT);
        } else {
            next = hop(*facts, *node);
        }
        if (next) {
            *node = next;
            continue;
        }
        if (!is_final(kind) && ask(d, facts, node))
            continue;
        if (!chain)
            return false;
        *facts = chain_facts; /* a namespace, say, which is no literal itself */
        *node = chain;
        chain = pending = 0;
        if (!ask(d, facts, node))
            return false;
    }
    return false;
}

static bool template_text(declarer *d, ml_str *out, const ml_facts *facts, ml_node_id node)
{
    ml_str text = ML_STR("");
    for (ml_node_id part = ml_child(facts, node, ML_ROLE_PART); part; part = ml_next_child(facts, part)) {
        if (ml_kind_of(facts, part) != ML_NODE_STRING)
            return false;
        text = ml_arena_concat(d->arena, text, ml_text_of(facts, part));
    }
    *out = text;
    return true;
}

static bool string_at(declarer *d, ml_str *out, const ml_facts *facts, ml_node_id node)
{
    if (!written_locate(d, &facts, &node))
        return false;
    if (ml_kind_of(facts, node) == ML_NODE_TEMPLATE)
        return template_text(d, out, facts, node);
    if (ml_kind_of(facts, node) != ML_NODE_STRING)
        return false;
    *out = ml_text_of(facts, node);
    return true;
}

ml_str written_string(declarer *d, const ml_facts *facts, ml_node_id node)
{
    ml_str text = ML_STR_NONE;
    if (node)
        string_at(d, &text, facts, node);
    return text;
}

static void strings_within(declarer *d, ml_table_names *out, bool *open, const ml_facts *facts, ml_node_id node,
                           int depth);

/* Values of an enum's or an object's members. A member that is no string is no value of a column. */
static void member_strings(declarer *d, ml_table_names *out, bool *open, const ml_facts *facts, ml_node_id of,
                           int depth)
{
    for (ml_node_id m = ml_child(facts, of, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        ml_node_id value = ml_child(facts, m, ML_ROLE_VALUE);
        if (!value || (ml_kind_of(facts, m) != ML_NODE_ENUM_MEMBER && ml_kind_of(facts, m) != ML_NODE_PROPERTY &&
                       ml_kind_of(facts, m) != ML_NODE_SPREAD))
            *open = true;
        else
            strings_within(d, out, open, facts, value, depth);
    }
}

static void key_strings(declarer *d, ml_table_names *out, bool *open, const ml_facts *facts, ml_node_id of)
{
    if (!written_locate(d, &facts, &of)) {
        *open = true;
        return;
    }
    for (ml_node_id m = ml_child(facts, of, ML_ROLE_MEMBER); m; m = ml_next_child(facts, m)) {
        ml_str name = ml_text_of(facts, m);
        if (!name.len || out->count >= VALUES_MAX)
            *open = true;
        else
            ml_vec_push(d->arena, out, name);
    }
}

static void push_string(declarer *d, ml_table_names *out, bool *open, ml_str text)
{
    if (out->count < VALUES_MAX)
        ml_vec_push(d->arena, out, text);
    else
        *open = true;
}

static void element_strings(declarer *d, ml_table_names *out, bool *open, const ml_facts *facts, ml_node_id array,
                            int depth)
{
    for (ml_node_id e = ml_child(facts, array, ML_ROLE_ELEMENT); e; e = ml_next_child(facts, e)) {
        bool spread = ml_kind_of(facts, e) == ML_NODE_SPREAD;
        strings_within(d, out, open, facts, spread ? ml_child(facts, e, ML_ROLE_VALUE) : e, depth);
    }
}

/* Recursion over lists within lists; depth counts down from NESTING_MAX whatever the input. */
static void strings_within(declarer *d, ml_table_names *out, bool *open, const ml_facts *facts, ml_node_id node,
                           int depth)
{
    if (depth <= 0 || out->count >= VALUES_MAX || !written_step(d)) {
        *open = true;
        return;
    }
    ml_node_id of = object_call(facts, node, "values");
    if (of) {
        strings_within(d, out, open, facts, of, depth - 1);
        return;
    }
    of = object_call(facts, node, "keys");
    if (of) {
        key_strings(d, out, open, facts, of);
        return;
    }
    ml_node_id written = node;
    const ml_facts *in = facts;
    bool found = written_locate(d, &in, &written);
    ml_node_kind kind = found ? ml_kind_of(in, written) : ML_NODE_NONE;
    ml_str text;
    if (kind == ML_NODE_STRING || kind == ML_NODE_TEMPLATE) {
        if (string_at(d, &text, in, written))
            push_string(d, out, open, text);
        else
            *open = true;
    } else if (kind == ML_NODE_ARRAY) {
        element_strings(d, out, open, in, written, depth - 1);
    } else if (kind == ML_NODE_ENUM || kind == ML_NODE_OBJECT) {
        member_strings(d, out, open, in, written, depth - 1);
    } else if (!found && ml_kind_of(facts, node) == ML_NODE_IDENT) {
        /* A constant that is itself a call: const TYPES = Object.values(E). */
        of = binding_value(facts, node);
        if (of && of != node && ml_kind_of(facts, of) == ML_NODE_CALL)
            strings_within(d, out, open, facts, of, depth - 1);
        else
            *open = true;
    } else {
        *open = true;
    }
}

void written_strings(declarer *d, ml_table_names *out, bool *open, const ml_facts *facts, ml_node_id node)
{
    strings_within(d, out, open, facts, node, NESTING_MAX);
}

/* The same for objects whose spreads have spreads. */
static bool property_within(declarer *d, const ml_facts **facts, ml_node_id *node, ml_str name, int depth)
{
    const ml_facts *found_in = NULL;
    ml_node_id found = 0;
    for (ml_node_id m = ml_child(*facts, *node, ML_ROLE_MEMBER); m && written_step(d); m = ml_next_child(*facts, m)) {
        ml_node_kind kind = ml_kind_of(*facts, m);
        if (kind == ML_NODE_PROPERTY && ml_str_eq(ml_text_of(*facts, m), name)) {
            found_in = *facts;
            found = ml_child(*facts, m, ML_ROLE_VALUE);
        } else if (kind == ML_NODE_SPREAD && depth > 0) {
            const ml_facts *in = *facts;
            ml_node_id inner = ml_child(*facts, m, ML_ROLE_VALUE);
            if (inner && written_locate(d, &in, &inner) && ml_kind_of(in, inner) == ML_NODE_OBJECT &&
                property_within(d, &in, &inner, name, depth - 1)) {
                found_in = in;
                found = inner;
            }
        }
    }
    if (!found)
        return false;
    *facts = found_in;
    *node = found;
    return true;
}

bool written_property(declarer *d, const ml_facts **facts, ml_node_id *node, const char *name)
{
    return property_within(d, facts, node, ml_str_of(name), 3);
}

written_truth written_bool(declarer *d, const ml_facts *facts, ml_node_id object, const char *name)
{
    if (!written_property(d, &facts, &object, name) || !written_locate(d, &facts, &object))
        return WRITTEN_UNKNOWN;
    ml_node_kind kind = ml_kind_of(facts, object);
    return kind == ML_NODE_TRUE ? WRITTEN_TRUE : kind == ML_NODE_FALSE ? WRITTEN_FALSE : WRITTEN_UNKNOWN;
}

ml_table_place written_place(const ml_facts *facts, ml_node_id node)
{
    const ml_node *at = ml_node_at(facts, node);
    return (ml_table_place){facts->path, &facts->lines, at->start, at->end};
}

uint32_t written_chain(written_link *out, const ml_facts *facts, ml_node_id node)
{
    uint32_t count = 0;
    ml_node_id call = 0;
    while (node && count < WRITTEN_CHAIN_MAX) {
        ml_node_kind kind = ml_kind_of(facts, node);
        if (kind == ML_NODE_CALL && !call) {
            call = node;
            node = ml_child(facts, node, ML_ROLE_CALLEE);
        } else if (kind == ML_NODE_MEMBER || kind == ML_NODE_IDENT) {
            out[count++] = (written_link){ml_text_of(facts, node), call, call ? call : node};
            call = 0;
            node = kind == ML_NODE_MEMBER ? ml_child(facts, node, ML_ROLE_OBJECT) : 0;
        } else if (kind == ML_NODE_THIS) {
            out[count++] = (written_link){ML_STR("this"), 0, node};
            node = 0;
        } else {
            return 0;
        }
    }
    if (node)
        return 0;
    for (uint32_t i = 0; i < count / 2; i++) {
        written_link swap = out[i];
        out[i] = out[count - 1 - i];
        out[count - 1 - i] = swap;
    }
    return count;
}

bool written_is_down(const ml_facts *facts, ml_node_id node)
{
    for (ml_node_id at = node; at; at = ml_node_at(facts, at)->parent) {
        ml_node_kind kind = ml_kind_of(facts, at);
        ml_str name = ML_STR_NONE;
        if (kind == ML_NODE_FUNCTION || kind == ML_NODE_METHOD || kind == ML_NODE_PROPERTY)
            name = ml_text_of(facts, at);
        else if (kind == ML_NODE_DECLARATOR)
            name = ml_text_of(facts, ml_child(facts, at, ML_ROLE_TARGET));
        else if (kind == ML_NODE_ASSIGN)
            name = ml_text_of(facts, ml_child(facts, at, ML_ROLE_TARGET));
        if (ml_str_eq_c(name, "down") || ml_str_eq_c(name, "rollback"))
            return true;
    }
    return false;
}
