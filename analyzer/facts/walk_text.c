/* JSX and comments. */
#include "literal.h"
#include "walker.h"

outcome open_jsx(walker *w, const ml_syntax *at, ml_role role)
{
    bool attribute = at->kind == ML_SYN_jsx_attribute;
    ml_node_id node = walk_node(w, at, attribute ? ML_NODE_JSX_ATTR : ML_NODE_JSX, role);

    walk_open(w, at, node, attribute ? ML_ROLE_VALUE : ML_ROLE_BODY);
    return OUTCOME_OPENED;
}

static bool is_component(ml_str name)
{
    return name.len && !(name.data[0] >= 'a' && name.data[0] <= 'z');
}

static outcome jsx_name(walker *w, const ml_syntax *at)
{
    frame *f = top(w);

    node_at(w->b, f->node)->text = builder_text(w->b, source_of(w, at));
    if (at->kind == ML_SYN_identifier && is_component(source_of(w, at)))
        walk_name(w, at, ML_ROLE_CALLEE, BIND_NONE);
    if (at->kind != ML_SYN_member_expression)
        return OUTCOME_DONE;
    f->role = ML_ROLE_CALLEE;
    return OUTCOME_PASS;
}

static outcome attribute_child(walker *w, const ml_syntax *at)
{
    builder *b = w->b;
    ml_node_id node = top(w)->node;

    if (at->kind == ML_SYN_property_identifier || at->kind == ML_SYN_jsx_namespace_name) {
        node_at(b, node)->text = builder_text(b, source_of(w, at));
        return OUTCOME_DONE;
    }
    if (at->kind != ML_SYN_string)
        return OUTCOME_PASS;
    ml_str raw = source_of(w, at);
    ml_node_id value = walk_node(w, at, ML_NODE_STRING, ML_ROLE_VALUE);
    node_at(b, value)->text = builder_text(b, literal_jsx(b->arena, ml_str_slice(raw, 1, raw.len - 1)));
    return OUTCOME_DONE;
}

outcome jsx_child(walker *w, const ml_syntax *at)
{
    frame *f = top(w);

    if (f->syntax == ML_SYN_jsx_attribute)
        return attribute_child(w, at);
    if (at->field == ML_FIELD_name)
        return jsx_name(w, at);
    f->role = at->field == ML_FIELD_attribute || at->kind == ML_SYN_jsx_opening_element ? ML_ROLE_MEMBER : ML_ROLE_BODY;
    return OUTCOME_PASS;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Nothing but blanks before the comment on its line? */
static bool stands_alone(ml_str text, uint32_t start)
{
    while (start > 0 && (text.data[start - 1] == ' ' || text.data[start - 1] == '\t'))
        start--;
    return start == 0 || text.data[start - 1] == '\n' || text.data[start - 1] == '\r';
}

static uint32_t line_of(const ml_lines *lines, uint32_t byte)
{
    uint32_t low = 0, high = lines->count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (lines->starts[middle] <= byte)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

void walk_comment(walker *w, const ml_syntax *at)
{
    ml_str text = source_of(w, at);
    size_t from = ml_str_starts(text, ML_STR("<!--")) ? 4 : 2;

    while (from < text.len && (is_blank(text.data[from]) || text.data[from] == '*' || text.data[from] == '/'))
        from++;
    text = ml_str_trim(ml_str_from(text, from));
    if (!ml_str_starts(text, ML_STR("meterlint-")))
        return;
    if (ml_str_ends(text, ML_STR("*/")))
        text = ml_str_trim(ml_str_slice(text, 0, text.len - 2));
    else if (ml_str_ends(text, ML_STR("-->")))
        text = ml_str_trim(ml_str_slice(text, 0, text.len - 3));
    heap_push(&w->b->directives, ((ml_directive){.text = text,
                                                 .start = at->start,
                                                 .end = at->end,
                                                 .line = line_of(&w->b->facts->lines, at->start),
                                                 .alone = stands_alone(w->b->text, at->start)}));
}
