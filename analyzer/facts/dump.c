/* The facts as text. A node takes one line:
 *
 *     role KIND operator flags "text" ->binding
 *
 * then come the indexes, one record a line, each led by its own word. */
#include "ml/buf.h"
#include "ml/facts.h"

static const char *role_name(uint8_t role)
{
    static const char *const names[] = {"",        "body",   "value",   "declarator", "target", "type",      "test",
                                        "then",    "else",   "case",    "init",       "update", "catch",     "finally",
                                        "member",  "param",  "default", "super",      "key",    "decorator", "part",
                                        "element", "object", "callee",  "arg",        "left",   "right"};

    return names[role];
}

static const char *op_name(const ml_node *node)
{
    static const char *const variables[] = {"var", "let", "const", "using"};
    static const char *const ops[] = {
        "",   "=",   "+",          "-",  "*",  "/",  "%",  "**",     "&",    "|",      "^",  "<<",
        ">>", ">>>", "&&",         "||", "??", "==", "!=", "===",    "!==",  "<",      "<=", ">",
        ">=", "in",  "instanceof", "!",  "~",  "+",  "-",  "typeof", "void", "delete", "++", "--"};

    if (node->kind == ML_NODE_FOR_IN)
        return node->flags & ML_NF_DECLARES ? variables[node->op] : "";
    return node->kind == ML_NODE_VAR ? variables[node->op] : ops[node->op];
}

static void dump_flags(ml_buf *out, const ml_node *node)
{
    static const char *const names[] = {"optional", "async",    "generator", "arrow",  "static",   "get",
                                        "set",      "abstract", "shorthand", "rest",   "property", "prefix",
                                        "of",       "await",    "declares",  "private"};

    for (uint32_t bit = 0; bit < 16; bit++) {
        if (!(node->flags & 1u << bit))
            continue;
        const char *name = names[bit];
        if (1 << bit == ML_NF_DELEGATE && node->kind == ML_NODE_YIELD)
            name = "delegate";
        else if (1 << bit == ML_NF_READONLY && (node->kind == ML_NODE_FIELD || node->kind == ML_NODE_PARAM))
            name = "readonly";
        else if (1 << bit == ML_NF_PUBLIC && node->kind == ML_NODE_METHOD)
            name = "public";
        ml_buf_printf(out, " %s", name);
    }
}

static void dump_quoted(ml_buf *out, ml_str text)
{
    ml_buf_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\')
            ml_buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            ml_buf_printf(out, "\\x%02x", c);
        else
            ml_buf_char(out, (char)c);
    }
    ml_buf_char(out, '"');
}

static void dump_text(ml_buf *out, const char *label, ml_str text)
{
    if (!text.len)
        return;
    ml_buf_printf(out, " %s", label);
    dump_quoted(out, text);
}

static void dump_node(ml_buf *out, const ml_facts *facts, ml_node_id id, uint32_t depth)
{
    const ml_node *node = ml_node_at(facts, id);

    for (uint32_t i = 0; i < depth; i++)
        ml_buf_cstr(out, "  ");
    if (node->role)
        ml_buf_printf(out, "%s ", role_name(node->role));
    ml_buf_cstr(out, ml_node_kind_name((ml_node_kind)node->kind));
    if (*op_name(node))
        ml_buf_printf(out, " %s", op_name(node));
    dump_flags(out, node);
    dump_text(out, "", ml_text_of(facts, id));
    if (node->kind == ML_NODE_IDENT && node->ref)
        ml_buf_printf(out, " ->%u", node->ref);
    ml_buf_char(out, '\n');
}

static void dump_nodes(ml_buf *out, const ml_facts *facts)
{
    uint32_t depth = 0;

    for (ml_node_id at = 1; at;) {
        dump_node(out, facts, at, depth);
        if (facts->nodes[at].first) {
            at = facts->nodes[at].first;
            depth++;
            continue;
        }
        for (; at && !facts->nodes[at].next; at = facts->nodes[at].parent)
            depth--;
        at = at ? facts->nodes[at].next : 0;
    }
}

static const char *binding_kind(uint8_t kind)
{
    static const char *const names[] = {"import", "var",   "param", "function", "class",
                                        "enum",   "catch", "for",   "namespace"};

    return names[kind];
}

static void dump_bindings(ml_buf *out, const ml_facts *facts)
{
    for (uint32_t i = 1; i < facts->binding_count; i++) {
        const ml_binding *b = &facts->bindings[i];
        ml_buf_printf(out, "binding %u %s %.*s scope %u", i, binding_kind(b->kind), ML_STR_ARG(b->name), b->scope);
        if (b->kind == ML_BIND_PARAM)
            ml_buf_printf(out, " index %u", b->index);
        ml_buf_printf(out, "%s%s uses %u writes %u\n", b->is_const ? " const" : "", b->is_ambient ? " ambient" : "",
                      b->value_uses, b->write_count);
    }
}

static void dump_imports(ml_buf *out, const ml_facts *facts)
{
    for (uint32_t i = 0; i < facts->import_count; i++) {
        const ml_import *import = &facts->imports[i];
        ml_buf_cstr(out, import->type_only ? "import type" : "import");
        dump_text(out, "", import->name);
        if (import->local)
            ml_buf_printf(out, " ->%u", import->local);
        dump_text(out, "from ", import->specifier);
        ml_buf_char(out, '\n');
    }
}

static void dump_exports(ml_buf *out, const ml_facts *facts)
{
    static const char *const names[] = {"binding", "value", "from", "star", "star-as"};

    for (uint32_t i = 0; i < facts->export_count; i++) {
        const ml_export *export = &facts->exports[i];
        ml_buf_printf(out, "export %s%s%s", names[export->kind], export->type_only ? " type" : "",
                      export->common_js ? " common-js" : "");
        dump_text(out, "", export->name);
        if (export->binding)
            ml_buf_printf(out, " ->%u", export->binding);
        if (export->value)
            ml_buf_printf(out, " %s", ml_node_kind_name(ml_kind_of(facts, export->value)));
        dump_text(out, "name ", export->source_name);
        dump_text(out, "from ", export->specifier);
        ml_buf_char(out, '\n');
    }
}

static void dump_functions(ml_buf *out, const ml_facts *facts)
{
    for (uint32_t i = 1; i < facts->function_count; i++) {
        const ml_function *f = &facts->functions[i];
        ml_buf_printf(out, "function %u scope %u params %u returns %u class %u in %u\n", i, f->scope, f->param_count,
                      f->return_count, f->class_index, f->parent);
    }
    for (uint32_t i = 1; i < facts->class_count; i++) {
        const ml_class *c = &facts->classes[i];
        ml_buf_printf(out, "class %u %.*s%s%s this-writes %u\n", i, ML_STR_ARG(c->name), c->super ? " super" : "",
                      c->constructor ? " constructor" : "", c->this_write_count);
    }
}

static void dump_writes(ml_buf *out, const ml_facts *facts)
{
    for (uint32_t i = 0; i < facts->write_count; i++) {
        const ml_write *write = &facts->writes[i];
        ml_str target = ml_source_of(facts, write->target);
        ml_buf_printf(out, "write %s", ml_node_kind_name(ml_kind_of(facts, write->node)));
        dump_text(out, "", target);
        if (write->root)
            ml_buf_printf(out, " ->%u", write->root);
        ml_buf_char(out, '\n');
    }
}

static void dump_rest(ml_buf *out, const ml_facts *facts)
{
    for (uint32_t i = 0; i < facts->directive_count; i++) {
        const ml_directive *d = &facts->directives[i];
        ml_buf_printf(out, "directive line %u%s", d->line, d->alone ? " alone" : "");
        dump_text(out, "", d->text);
        ml_buf_char(out, '\n');
    }
    for (uint32_t i = 0; i < facts->error_count; i++)
        ml_buf_printf(out, "error %u to %u\n", facts->errors[i].start, facts->errors[i].end);
    if (facts->cut_short)
        ml_buf_printf(out, "cut short: %s\n", facts->cut_reason);
}

void ml_facts_dump(ml_buf *out, const ml_facts *facts)
{
    dump_nodes(out, facts);
    dump_bindings(out, facts);
    dump_imports(out, facts);
    dump_exports(out, facts);
    dump_functions(out, facts);
    dump_writes(out, facts);
    dump_rest(out, facts);
}
