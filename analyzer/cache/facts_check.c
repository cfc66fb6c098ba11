/* Whether unpacked facts may be followed: each index within its list, each chain with an end, the nodes a
 * tree in the order every walk relies on. Nothing here says that they are true, only that no reader can be led out
 * of them or around in them. One pass over each list. */
#include "facts_form.h"

static bool is_range(uint32_t start, uint32_t end, size_t len)
{
    return start <= end && end <= len;
}

/* The node's fields but for the links of the tree. */
static bool is_node(const ml_facts *facts, const facts_counts *counts, ml_node_id id)
{
    const ml_node *node = &facts->nodes[id];
    uint32_t ref_max = node->kind == ML_NODE_IDENT      ? counts->of[PART_BINDINGS]
                       : node->kind == ML_NODE_FUNCTION ? counts->of[PART_SCOPES]
                       : node->kind == ML_NODE_CLASS    ? counts->of[PART_CLASSES]
                                                        : 1;
    unsigned op_max = node->kind == ML_NODE_VAR || node->kind == ML_NODE_FOR_IN ? ML_VAR_USING : ML_OP_DEC;

    return node->kind > ML_NODE_NONE && node->kind < ML_NODE_KIND_COUNT && node->role <= ML_ROLE_RIGHT &&
           node->op <= op_max && is_range(node->start, node->end, facts->lines.text.len) &&
           node->text < counts->of[PART_TEXTS] && node->ref < ref_max && facts->scope_of[id] > 0 &&
           facts->scope_of[id] < counts->of[PART_SCOPES];
}

/* The links of the node before id, and of all that ends with it, agree with id coming next below parent (0: nothing
 * comes, all ends). Each node is left once, so that all calls together take one pass. */
static bool is_next(const ml_facts *facts, ml_node_id id, ml_node_id parent)
{
    const ml_node *nodes = facts->nodes;
    ml_node_id at = id - 1;

    if (at == parent)
        return nodes[at].first == id;
    if (nodes[at].first)
        return false;
    while (at && nodes[at].parent != parent) {
        if (nodes[at].next)
            return false;
        at = nodes[at].parent;
    }
    return at && nodes[at].next == (parent ? id : 0);
}

static bool is_tree(const ml_facts *facts, const facts_counts *counts)
{
    const ml_node *nodes = facts->nodes;
    static const ml_node none;

    if (facts->node_count < 2 || memcmp(&nodes[0], &none, sizeof none) != 0 || facts->scope_of[0] ||
        nodes[1].kind != ML_NODE_PROGRAM || nodes[1].parent)
        return false;
    for (ml_node_id id = 1; id < facts->node_count; id++) {
        if (!is_node(facts, counts, id))
            return false;
        if (id > 1 && (!nodes[id].parent || nodes[id].parent >= id || !is_next(facts, id, nodes[id].parent)))
            return false;
    }
    return is_next(facts, facts->node_count, 0);
}

static bool are_scopes(const ml_facts *facts)
{
    if (facts->scope_count < 2)
        return false;
    for (uint32_t i = 0; i < facts->scope_count; i++) {
        const ml_scope *scope = &facts->scopes[i];
        if (scope->kind > ML_SCOPE_CLASS || (i ? scope->parent >= i : scope->parent) ||
            scope->node >= facts->node_count || scope->first >= facts->binding_count ||
            scope->function >= facts->function_count || scope->class_index >= facts->class_count)
            return false;
    }
    return true;
}

/* A part of a list; the lists' lengths are the sums of their parts, so that none is larger than it can be. */
static bool is_part(uint32_t first, uint32_t count, uint32_t total)
{
    return count <= total && first <= total - count;
}

static bool are_bindings(const ml_facts *facts, const facts_counts *counts)
{
    if (!facts->binding_count)
        return false;
    for (uint32_t i = 0; i < facts->binding_count; i++) {
        const ml_binding *b = &facts->bindings[i];
        if (b->kind > ML_BIND_NAMESPACE || b->scope >= facts->scope_count || b->decl >= facts->node_count ||
            b->target >= facts->node_count ||
            !is_part(b->write_first, b->write_count, counts->of[PART_WRITES_BY_BINDING]) ||
            b->next_in_scope >= facts->binding_count || (b->next_in_scope && b->next_in_scope <= i) ||
            (i && b->kind == ML_BIND_IMPORT && b->index >= facts->import_count))
            return false;
    }
    return true;
}

static bool are_modules(const ml_facts *facts)
{
    size_t len = facts->lines.text.len;

    for (uint32_t i = 0; i < facts->import_count; i++) {
        const ml_import *import = &facts->imports[i];
        if (import->node >= facts->node_count || import->local >= facts->binding_count ||
            !is_range(import->specifier_start, import->specifier_end, len))
            return false;
    }
    for (uint32_t i = 0; i < facts->export_count; i++) {
        const ml_export *export = &facts->exports[i];
        if (export->kind > ML_EXPORT_STAR_AS || export->node >= facts->node_count ||
            export->binding >= facts->binding_count || export->value >= facts->node_count ||
            !is_range(export->specifier_start, export->specifier_end, len))
            return false;
    }
    return true;
}

static uint32_t children_of(const ml_facts *facts, ml_node_id node)
{
    uint32_t count = 0;

    for (ml_node_id child = facts->nodes[node].first; child; child = facts->nodes[child].next)
        count++;
    return count;
}

/* Node, scope and function know each other, so no two functions share one. */
static bool is_function(const ml_facts *facts, const facts_counts *counts, uint32_t i)
{
    const ml_function *f = &facts->functions[i];

    if (!is_part(f->return_first, f->return_count, counts->of[PART_RETURNS]))
        return false;
    if (!i)
        return !f->node && !f->scope && !f->param_count && !f->class_index && !f->parent;
    return f->node < facts->node_count && facts->nodes[f->node].kind == ML_NODE_FUNCTION && f->scope &&
           f->scope < facts->scope_count && facts->nodes[f->node].ref == f->scope &&
           facts->scopes[f->scope].function == i && f->parent < i && f->class_index < facts->class_count &&
           f->param_count <= children_of(facts, f->node);
}

static bool is_class(const ml_facts *facts, const facts_counts *counts, uint32_t i)
{
    const ml_class *c = &facts->classes[i];

    if (c->super >= facts->node_count || c->constructor >= facts->node_count ||
        !is_part(c->this_write_first, c->this_write_count, counts->of[PART_THIS_WRITES]))
        return false;
    if (!i)
        return !c->node && !c->scope && !c->super && !c->constructor;
    return c->node < facts->node_count && facts->nodes[c->node].kind == ML_NODE_CLASS &&
           facts->nodes[c->node].ref == i && c->scope && c->scope < facts->scope_count &&
           facts->scopes[c->scope].class_index == i;
}

static bool are_functions(const ml_facts *facts, const facts_counts *counts)
{
    if (!facts->function_count || !facts->class_count)
        return false;
    for (uint32_t i = 0; i < facts->function_count; i++)
        if (!is_function(facts, counts, i))
            return false;
    for (uint32_t i = 0; i < facts->class_count; i++)
        if (!is_class(facts, counts, i))
            return false;
    return true;
}

static bool is_call(ml_node_kind kind)
{
    return kind == ML_NODE_CALL || kind == ML_NODE_NEW || kind == ML_NODE_TAGGED || kind == ML_NODE_IMPORT_CALL;
}

static bool are_calls(const ml_facts *facts, const facts_counts *counts)
{
    for (uint32_t i = 0; i < facts->call_count; i++)
        if (facts->calls[i] >= facts->node_count || !is_call(ml_kind_of(facts, facts->calls[i])) ||
            (i && facts->calls[i] <= facts->calls[i - 1]))
            return false;
    for (uint32_t i = 0; i < counts->of[PART_RETURNS]; i++)
        if (facts->returns[i] >= facts->node_count || ml_kind_of(facts, facts->returns[i]) != ML_NODE_RETURN)
            return false;
    return true;
}

static bool are_writes(const ml_facts *facts, const ml_write *writes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!writes[i].node || writes[i].node >= facts->node_count || writes[i].target >= facts->node_count ||
            writes[i].value >= facts->node_count || writes[i].root >= facts->binding_count)
            return false;
    return true;
}

static bool is_rest(const ml_facts *facts, const facts_counts *counts)
{
    size_t len = facts->lines.text.len;

    for (uint32_t i = 0; i < counts->of[PART_WRITES_BY_BINDING]; i++)
        if (facts->writes_by_binding[i] >= facts->write_count)
            return false;
    for (uint32_t i = 0; i < facts->directive_count; i++)
        if (!is_range(facts->directives[i].start, facts->directives[i].end, len) || !facts->directives[i].line ||
            facts->directives[i].line > facts->lines.count)
            return false;
    for (uint32_t i = 0; i < facts->error_count; i++)
        if (!is_range(facts->errors[i].start, facts->errors[i].end, len))
            return false;
    return true;
}

bool facts_are_sound(const ml_facts *facts, const facts_counts *counts)
{
    return counts->of[PART_SCOPE_OF] == facts->node_count && counts->of[PART_TEXTS] > 0 && is_tree(facts, counts) &&
           are_scopes(facts) && are_bindings(facts, counts) && are_modules(facts) && are_functions(facts, counts) &&
           are_calls(facts, counts) && are_writes(facts, facts->writes, facts->write_count) &&
           are_writes(facts, facts->this_writes, counts->of[PART_THIS_WRITES]) && is_rest(facts, counts);
}
