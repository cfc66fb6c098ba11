/* The walk itself: down, right, up, with an own stack. */
#include "walker.h"

static void note_error(walker *w, const ml_syntax *at)
{
    heap_push(&w->b->errors, ((ml_range){at->start, at->end}));
}

/* The ERROR node is taken back when nothing was saved in it. */
static outcome open_error(walker *w, const ml_syntax *at)
{
    ml_node_id before = w->b->last_child.items[top(w)->node];
    ml_node_id node = walk_node(w, at, ML_NODE_ERROR, ML_ROLE_BODY);

    note_error(w, at);
    walk_open(w, at, node, ML_ROLE_BODY)->mark = before;
    return OUTCOME_OPENED;
}

static outcome enter(walker *w, const ml_syntax *at)
{
    if (at->missing) {
        note_error(w, at);
        return OUTCOME_DONE;
    }
    if (at->kind == ML_SYN_comment || at->kind == ML_SYN_html_comment) {
        if (w->directives)
            walk_comment(w, at);
        return OUTCOME_DONE;
    }
    if (at->kind == ML_SYN_ERROR)
        return open_error(w, at);
    if (top(w)->syntax == ML_SYN_TYPE)
        return walk_skip(w, at);
    if (!at->named || at->kind == ML_SYN_optional_chain || at->kind == ML_SYN_accessibility_modifier ||
        at->kind == ML_SYN_override_modifier) {
        walk_token(w, at);
        return OUTCOME_DONE;
    }
    outcome taken = walk_child(w, at);
    return taken == OUTCOME_PASS ? walk_lower(w, at) : taken;
}

static void leave(walker *w)
{
    frame *f = top(w);

    switch (f->syntax) {
    case ML_SYN_ERROR:
        if (f->node == w->b->nodes.count - 1 && node_at(w->b, f->node)->kind == ML_NODE_ERROR)
            builder_drop(w->b, f->node, f->mark);
        break;
    case ML_SYN_template_string:
        walk_flush_template(w, f, f->end - (f->end > f->start + 1 && w->b->text.data[f->end - 1] == '`'));
        break;
    case ML_SYN_template_substitution:
        if (w->frames.count > 1)
            f[-1].mark = f->end;
        break;
    case ML_SYN_ambient_declaration: w->ambient = false; break;
    case ML_SYN_class_body:
    case ML_SYN_method_definition:
    case ML_SYN_method_signature:
    case ML_SYN_abstract_method_signature: class_close(w, f); break;
    default: module_close(w, f);
    }
    w->frames.count--;
    if (w->frames.count < w->type_depth)
        w->type_depth = 0;
}

static void place(const walker *w, ml_syntax *at)
{
    at->start += w->base;
    at->end += w->base;
}

/* Walks until the tree ends or the table is full; true when it was walked to its end. */
static bool walk(walker *w, uint32_t floor)
{
    ml_syntax at;

    for (;;) {
        if (w->b->nodes.count >= NODES_MAX)
            return false;
        bool moved = ml_cursor_down(w->parser, &at);
        if (!moved)
            leave(w);
        for (;;) {
            while (!moved && !(moved = ml_cursor_right(w->parser, &at))) {
                if (w->frames.count < floor)
                    return true;
                ml_cursor_up(w->parser);
                leave(w);
            }
            place(w, &at);
            if (enter(w, &at) == OUTCOME_OPENED)
                break;
            moved = false;
        }
    }
}

void walk_tree(builder *b, ml_parser *parser, ml_node_id program, ml_scope_id scope, uint32_t base, bool directives)
{
    walker w = {.b = b, .parser = parser, .base = base, .directives = directives};
    ml_syntax root;

    if (!ml_cursor_here(parser, &root))
        return;
    place(&w, &root);
    w.errors = ml_cursor_has_error(parser);
    if (root.kind == ML_SYN_ERROR)
        note_error(&w, &root);
    heap_push(&w.frames, ((frame){.syntax = ML_SYN_program,
                                  .role = ML_ROLE_BODY,
                                  .start = root.start,
                                  .end = root.end,
                                  .node = program,
                                  .scope = scope}));
    if (!walk(&w, 1)) {
        b->facts->cut_short = true;
        b->facts->cut_reason = "the file has more than 8 million expressions and statements";
        while (w.frames.count)
            leave(&w);
    }
    heap_free(&w.frames);
}
