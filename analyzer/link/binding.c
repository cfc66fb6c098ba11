/* What a name may hold: its declaration, later assignments, the pattern it stands in,
 * the import behind it, the argument a frame gives it. */
#include "link_internal.h"

/* The innermost known frame of a function that encloses node. */
static const ml_frame *frame_at(ml_eval *eval, const ml_frame *frame, ml_file_id file, ml_node_id node)
{
    const ml_facts *facts = ml_facts_in(eval, file);

    for (; frame; frame = frame->outer)
        if (frame->file == file &&
            (!frame->function || ml_is_within(facts, node, facts->functions[frame->function].node)))
            return frame;
    return NULL;
}

/* ---- imports and exports ---- */

/* Is the specifier the bridge's module, "…/ai/bridge/ai-bridge.service" with or without extension?
 * A relative one is taken from the importing file's folder. */
bool ml_is_bridge_module(ml_eval *eval, ml_file_id file, ml_str specifier)
{
    ml_str module = eval->link->host.config->bridge.module;
    static const char *const tails[] = {"", ".js", ".ts", ".mjs"};

    if (file && ml_str_starts(specifier, ML_STR(".")))
        specifier = ml_path_join(&eval->arena, ml_path_folder(ml_link_path(eval->link, file)), specifier);

    for (size_t i = 0; module.len && i < sizeof tails / sizeof *tails; i++) {
        ml_str tail = ml_str_of(tails[i]);
        if (!ml_str_ends(specifier, tail))
            continue;
        ml_str stem = ml_str_slice(specifier, 0, specifier.len - tail.len);
        if (ml_str_ends(stem, module) && (stem.len == module.len || stem.data[stem.len - module.len - 1] == '/'))
            return true;
    }
    return false;
}

bool ml_add_whole_module(ml_eval *eval, ml_set *out, ml_file_id file)
{
    const ml_facts *facts = file ? ml_facts_in(eval, file) : NULL;
    uint32_t wholes = 0;

    for (uint32_t i = 0; facts && i < facts->export_count; i++) {
        if (!ml_str_eq(facts->exports[i].name, ML_STR("=")))
            return false; /* names beside it: module.exports.helper = … */
        wholes++;
    }
    if (!wholes || eval->nesting >= ML_NESTING_MAX)
        return false;
    eval->nesting++;
    ml_values values = ml_eval_export(eval, file, ML_STR("="));
    eval->nesting--;
    for (uint32_t i = 0; i < values.count; i++) {
        ml_value_kind kind = values.items[i].kind;
        if (kind != ML_V_FUNCTION && kind != ML_V_CLASS && kind != ML_V_CLIENT && kind != ML_V_BRIDGE)
            return false;
    }
    ml_set_add_all(out, values);
    return values.count > 0;
}

/* import { URL } from "node:url": a global by another way. */
static ml_str global_behind(ml_str package, ml_str name)
{
    static const struct {
        const char *package, *name, *global;
    } known[] = {
        {"url",     "URL",     "URL"        },
        {"process", "default", "process"    },
        {"process", "env",     "process.env"},
        {"buffer",  "Buffer",  "Buffer"     },
        {"buffer",  "atob",    "atob"       },
    };

    if (ml_str_starts(package, ML_STR("node:")))
        package = ml_str_from(package, 5);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (ml_str_eq_c(package, known[i].package) && ml_str_eq_c(name, known[i].name))
            return ml_str_of(known[i].global);
    return ML_STR_NONE;
}

static ml_strmap *map_of_file(ml_eval *eval, ml_intmap *maps, ml_file_id file)
{
    ml_strmap *map = ml_intmap_get(maps, file);

    if (!map) {
        map = ML_NEW(&eval->shared->arena, ml_strmap);
        ml_intmap_put(&eval->shared->arena, maps, file, map);
    }
    return map;
}

ml_file_id ml_resolve_once(ml_eval *eval, ml_file_id file, ml_str specifier)
{
    ml_strmap *known = map_of_file(eval, &eval->shared->resolved, file);
    uintptr_t target = (uintptr_t)ml_strmap_get(known, specifier);

    if (!target) {
        target = (uintptr_t)ml_link_resolve(eval->link, file, specifier) + 1;
        ml_strmap_put(&eval->shared->arena, known, ml_arena_copy(&eval->shared->arena, specifier), (void *)target);
    }
    return (ml_file_id)(target - 1);
}

static ml_values import_from(ml_eval *eval, ml_file_id file, ml_str specifier, ml_str name, ml_place place)
{
    const ml_bridge_config *bridge = &eval->link->host.config->bridge;
    ml_set set = {.eval = eval};

    bool is_class = ml_strs_have(&bridge->classes, name);
    bool is_value = ml_strs_have(&bridge->values, name) || ml_str_eq(name, ML_STR("default"));
    if ((is_class || is_value) && ml_is_bridge_module(eval, file, specifier))
        return ml_one(
            eval, (ml_value){.kind = ML_V_BRIDGE, .place = place, .name = is_value ? ML_STR_NONE : ML_BRIDGE_CLASS});
    ml_file_id target = ml_resolve_once(eval, file, specifier);
    if (target) {
        bool whole = ml_str_eq(name, ML_STR("*")) || ml_str_eq(name, ML_STR("="));
        if (whole && ml_add_whole_module(eval, &set, target))
            return ml_set_done(&set);
        if (whole)
            return ml_one(eval, (ml_value){.kind = ML_V_NAMESPACE, .place = ml_place_at(target, 0)});
        return ml_eval_export(eval, target, name);
    }
    ml_str package = ml_link_package_of(eval->link, file, specifier);
    ml_str global = global_behind(package, name);
    if (global.len)
        return ml_one(eval, (ml_value){.kind = ML_V_GLOBAL, .name = global, .place = place});
    ml_clients_of_external(eval, &set, package, name, place);
    if (!set.count) {
        ml_value external = {.kind = ML_V_EXTERNAL, .text = package, .name = name, .place = place};
        ml_set_add(&set, &external);
    }
    return ml_set_done(&set);
}

static ml_values json_export(ml_eval *eval, ml_file_id file, ml_str name)
{
    const ml_json *json = NULL;
    ml_str text, path = ml_link_path(eval->link, file);

    if (!eval->link->host.text(eval->link->host.data, path, &text) ||
        ml_json_parse(&json, &eval->arena, text, false, "", NULL) != ML_OK)
        return ml_unknown(eval, ML_HOLE_OTHER, name, (ml_place){file, 0});
    ml_value value = {
        .kind = ML_V_JSON, .json = json, .json_file = file, .place = {file, 0}
    };
    if (ml_str_eq(name, ML_STR("default")) || ml_str_eq(name, ML_STR("*")) || ml_str_eq(name, ML_STR("=")))
        return ml_one(eval, value);
    return ml_member_of(eval, &value, name, value.place);
}

typedef struct star_walk {
    ml_file_id seen[ML_STARS_MAX];
    uint32_t count;
    ml_file_id owner; /* where the name was found */
    bool was_cut;     /* not found for a bound */
} star_walk;

static bool find_export(ml_eval *eval, ml_file_id file, ml_str name, star_walk *walk, ml_values *out);

static ml_values export_value(ml_eval *eval, ml_file_id file, const ml_export *export, ml_str name)
{
    ml_place place = {file, export->node};

    switch ((ml_export_kind) export->kind) {
    case ML_EXPORT_BINDING: return ml_eval_binding(eval, file, export->binding, NULL, 0);
    case ML_EXPORT_VALUE: return ml_eval_in(eval, file, export->value, NULL);
    case ML_EXPORT_FROM: return import_from(eval, file, export->specifier, export->source_name, place);
    case ML_EXPORT_STAR_AS: return import_from(eval, file, export->specifier, ML_STR("*"), place);
    case ML_EXPORT_STAR: return import_from(eval, file, export->specifier, name, place);
    }
    return ml_nothing();
}

/* Could the module export the name, by its words? Spares the parsing of most modules behind a star. */
static bool may_export(ml_eval *eval, ml_file_id file, ml_str name)
{
    ml_shared *shared = eval->shared;
    ml_lex_exports *exports = ml_intmap_get(&shared->exports, file);
    ml_str text;

    if (!ml_file_kind_is_script(eval->link->host.files[file - 1].kind))
        return true;
    if (!exports) {
        exports = ML_NEW(&shared->arena, ml_lex_exports);
        if (eval->link->host.text(eval->link->host.data, ml_link_path(eval->link, file), &text))
            ml_lex_exports_of(exports, &shared->arena, text);
        else
            exports->open = true;
        for (uint32_t i = 0; i < exports->names.count; i++) /* the text may go */
            exports->names.items[i] = ml_arena_copy(&shared->arena, exports->names.items[i]);
        ml_intmap_put(&shared->arena, &shared->exports, file, exports);
    }
    for (uint32_t i = 0; !exports->open && i < exports->names.count; i++)
        if (ml_str_eq(exports->names.items[i], name))
            return true;
    return exports->open;
}

/* A name the module does not export itself may come over one of its stars. */
static bool find_over_stars(ml_eval *eval, ml_file_id file, ml_str name, star_walk *walk, ml_values *out)
{
    const ml_facts *facts = ml_facts_in(eval, file);

    for (uint32_t i = 0; i < facts->export_count; i++) {
        const ml_export *export = &facts->exports[i];
        if (export->kind != ML_EXPORT_STAR || export->type_only)
            continue;
        ml_file_id target = ml_resolve_once(eval, file, export->specifier);
        if (target && may_export(eval, target, name) && find_export(eval, target, name, walk, out))
            return true;
    }
    return false;
}

/* module.exports = X, and names below it. */
static bool find_whole_export(ml_eval *eval, ml_file_id file, ml_str name, ml_values *out)
{
    const ml_facts *facts = ml_facts_in(eval, file);

    for (uint32_t i = 0; i < facts->export_count; i++) {
        const ml_export *export = &facts->exports[i];
        if (!ml_str_eq(export->name, ML_STR("=")) || export->type_only)
            continue;
        ml_values whole = export_value(eval, file, export, export->name);
        *out = ml_str_eq(name, ML_STR("default")) ? whole
                                                  : ml_members_of(eval, whole, name, (ml_place){file, export->node});
        return true;
    }
    return false;
}

static bool find_export(ml_eval *eval, ml_file_id file, ml_str name, star_walk *walk, ml_values *out)
{
    const ml_facts *facts = ml_facts_in(eval, file);

    for (uint32_t i = 0; i < walk->count; i++)
        if (walk->seen[i] == file)
            return false;
    walk->was_cut |= walk->count == ML_STARS_MAX || eval->nesting >= ML_NESTING_MAX;
    if (!facts || walk->was_cut)
        return false;
    walk->seen[walk->count++] = file;
    for (uint32_t i = 0; i < facts->export_count; i++) {
        const ml_export *export = &facts->exports[i];
        if (export->kind == ML_EXPORT_STAR || export->type_only || !ml_str_eq(export->name, name))
            continue;
        walk->owner = file;
        *out = export_value(eval, file, export, name);
        return true;
    }
    if (find_whole_export(eval, file, name, out)) {
        walk->owner = file;
        return true;
    }
    eval->nesting++;
    bool found = find_over_stars(eval, file, name, walk, out);
    eval->nesting--;
    return found;
}

/* From the file that has the name itself, once that is known. */
static void find_from_owner(ml_eval *eval, ml_file_id file, ml_str name, ml_values *out)
{
    star_walk walk = {.count = 0};
    ml_strmap *owners = map_of_file(eval, &eval->shared->owners, file);
    uintptr_t known = (uintptr_t)ml_strmap_get(owners, name);

    if (known) {
        if (known > 1)
            find_export(eval, (ml_file_id)(known - 1), name, &walk, out);
        return;
    }
    find_export(eval, file, name, &walk, out);
    if (!walk.was_cut)
        ml_strmap_put(&eval->shared->arena, owners, ml_arena_copy(&eval->shared->arena, name),
                      (void *)((uintptr_t)walk.owner + 1));
}

ml_values ml_eval_export(ml_eval *eval, ml_file_id file, ml_str name)
{
    ml_values values = ml_unknown(eval, ML_HOLE_OTHER, name, (ml_place){file, 0});

    if (eval->link->host.files[file - 1].kind == ML_FILE_JSON)
        return json_export(eval, file, name);
    for (const ml_export_chain *link = eval->exports; link; link = link->outer)
        if (link->file == file && ml_str_eq(link->name, name))
            return values; /* two modules that re-export each other */
    ml_export_chain chain = {file, name, eval->exports};
    eval->exports = &chain;
    find_from_owner(eval, file, name, &values);
    eval->exports = chain.outer;
    return values;
}

/* ---- patterns ---- */

static ml_values with_default(ml_eval *eval, ml_file_id file, ml_node_id owner, ml_values values, const ml_frame *frame)
{
    ml_node_id otherwise = ml_child(ml_facts_in(eval, file), owner, ML_ROLE_DEFAULT);
    ml_set set = {.eval = eval};
    bool missing = false;

    if (!otherwise)
        return values;
    for (uint32_t i = 0; i < values.count; i++) {
        if (values.items[i].kind == ML_V_UNDEFINED) {
            missing = true;
            continue;
        }
        missing |= ml_value_may_be_missing(&values.items[i]) &&
                   !(values.items[i].piece_count && values.items[i].pieces[0].hole == ML_HOLE_CUT);
        ml_set_add(&set, &values.items[i]);
    }
    if (missing)
        ml_set_add_all(&set, ml_eval_in(eval, file, otherwise, frame));
    return ml_set_done(&set);
}

static ml_values step_into(ml_eval *eval, ml_file_id file, ml_node_id part, ml_values whole, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_place place = {file, part};
    ml_node_id parent = ml_node_at(facts, part)->parent;

    switch (ml_kind_of(facts, part)) {
    case ML_NODE_PATTERN_PROP: {
        ml_node_id key = ml_child(facts, part, ML_ROLE_KEY);
        ml_values values;
        if (key) {
            ml_set set = {.eval = eval};
            ml_values keys = ml_eval_in(eval, file, key, frame);
            for (uint32_t i = 0; i < whole.count; i++)
                ml_set_add_all(&set, ml_element_of(eval, &whole.items[i], keys, place));
            values = ml_set_done(&set);
        } else {
            values = ml_members_of(eval, whole, ml_text_of(facts, part), place);
        }
        return with_default(eval, file, part, values, frame);
    }
    case ML_NODE_REST: /* the whole is more than the rest, and no property is invented */
        return ml_kind_of(facts, parent) == ML_NODE_OBJECT_PATTERN
                   ? whole
                   : ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, place);
    default: break;
    }
    if (ml_kind_of(facts, parent) == ML_NODE_ARRAY_PATTERN) {
        uint32_t n = 0;
        for (ml_node_id item = ml_node_at(facts, parent)->first; item && item != part; n++)
            item = ml_node_at(facts, item)->next;
        ml_value index = ml_string_value(eval, ml_arena_printf(&eval->arena, "%u", n), place);
        index.kind = ML_V_NUMBER;
        ml_set set = {.eval = eval};
        for (uint32_t i = 0; i < whole.count; i++)
            ml_set_add_all(&set, ml_element_of(eval, &whole.items[i], ml_one(eval, index), place));
        whole = ml_set_done(&set);
    }
    return ml_kind_of(facts, part) == ML_NODE_PATTERN_ITEM ? with_default(eval, file, part, whole, frame) : whole;
}

ml_values ml_eval_pattern(ml_eval *eval, ml_file_id file, ml_node_id top, ml_node_id target, ml_values whole,
                          const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ML_VEC(ml_node_id) path = {0};

    for (ml_node_id at = target; at && at != top; at = ml_node_at(facts, at)->parent)
        ml_vec_push(&eval->arena, &path, at);
    for (uint32_t i = path.count; i-- > 0;)
        whole = step_into(eval, file, path.items[i], whole, frame);
    return whole;
}

/* ---- assignments ---- */

/* Does the assignment always run before use in the same run of the function? */
static bool dominates(const ml_facts *facts, ml_node_id write, ml_node_id use)
{
    ml_node_id statement = ml_node_at(facts, write)->parent;
    ml_node_kind around = ml_kind_of(facts, statement);

    if ((around != ML_NODE_EXPR_STMT && around != ML_NODE_VAR) ||
        ml_node_at(facts, write)->start >= ml_node_at(facts, use)->start)
        return false;
    ml_node_id block = ml_node_at(facts, statement)->parent;
    ml_node_kind kind = ml_kind_of(facts, block);
    return (kind == ML_NODE_BLOCK || kind == ML_NODE_PROGRAM) && ml_is_within(facts, use, block) &&
           ml_function_around(facts, write) == ml_function_around(facts, use);
}

/* Can what is assigned there arrive at use, in the same run of the function? Not when it
 * stands behind the use, unless a loop leads back. */
static bool may_reach(const ml_facts *facts, ml_node_id write, ml_node_id use)
{
    if (ml_node_at(facts, write)->start < ml_node_at(facts, use)->start ||
        ml_function_around(facts, write) != ml_function_around(facts, use))
        return true;
    for (ml_node_id at = ml_node_at(facts, write)->parent; at; at = ml_node_at(facts, at)->parent)
        switch (ml_kind_of(facts, at)) {
        case ML_NODE_FOR:
        case ML_NODE_FOR_IN:
        case ML_NODE_WHILE:
        case ML_NODE_DO:
            if (ml_is_within(facts, use, at))
                return true;
            break;
        case ML_NODE_FUNCTION: return false;
        default: break;
        }
    return false;
}

static ml_values written_value(ml_eval *eval, ml_file_id file, const ml_write *write, ml_binding_id binding,
                               ml_values before, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    ml_place place = {file, write->node};
    const ml_frame *at = frame_at(eval, frame, file, write->node);

    if (!write->value)
        return ml_unknown(eval, ML_HOLE_OTHER, facts->bindings[binding].name, place);
    ml_values value = ml_eval_in(eval, file, write->value, at);
    ml_node_kind target = ml_kind_of(facts, write->target);
    if (target == ML_NODE_OBJECT_PATTERN || target == ML_NODE_ARRAY_PATTERN) {
        for (ml_node_id n = write->target; n; n = ml_walk(facts, write->target, n))
            if (ml_kind_of(facts, n) == ML_NODE_IDENT && ml_node_at(facts, n)->ref == binding)
                return ml_eval_pattern(eval, file, write->target, n, value, at);
        return value;
    }
    if (ml_kind_of(facts, write->node) == ML_NODE_DECLARATOR) /* var x = 1; var x = 2; */
        return value;
    switch (ml_node_at(facts, write->node)->op) {
    case ML_OP_ADD: return ml_concat(eval, before, value, place);
    case ML_OP_OR:
    case ML_OP_NULLISH: {
        ml_set set = {.eval = eval};
        ml_set_add_all(&set, before);
        ml_set_add_all(&set, value);
        return ml_set_done(&set);
    }
    case ML_OP_ASSIGN: return value;
    default: return ml_unknown(eval, ML_HOLE_OTHER, facts->bindings[binding].name, place);
    }
}

static bool writes_name_itself(const ml_facts *facts, const ml_write *write)
{
    ml_node_kind target = ml_kind_of(facts, write->target);
    return target != ML_NODE_MEMBER && target != ML_NODE_INDEX;
}

/* The last plain assignment that surely ran before use: what was before it does not matter. */
static uint32_t last_word(const ml_facts *facts, const ml_binding *binding, ml_node_id use)
{
    for (uint32_t i = binding->write_count; i-- > 0;) {
        const ml_write *write = &facts->writes[facts->writes_by_binding[binding->write_first + i]];
        if (ml_kind_of(facts, write->node) == ML_NODE_ASSIGN && ml_node_at(facts, write->node)->op == ML_OP_ASSIGN &&
            writes_name_itself(facts, write) && !ml_is_within(facts, use, write->node) &&
            dominates(facts, write->node, use))
            return i;
    }
    return 0;
}

/* Straight line: the last assignment that surely ran before use decides, with those of
 * branches between them. Without such a one, every assignment counts. */
static ml_values after_writes(ml_eval *eval, ml_file_id file, ml_binding_id id, ml_values init, const ml_frame *frame,
                              ml_node_id use)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    const ml_binding *binding = &facts->bindings[id];
    bool here = use && ml_function_around(facts, use) == ml_function_around(facts, binding->target);
    ml_set set = {.eval = eval};
    ml_values current = init;

    ml_set_add_all(&set, init);
    for (uint32_t i = here ? last_word(facts, binding, use) : 0; i < binding->write_count; i++) {
        const ml_write *write = &facts->writes[facts->writes_by_binding[binding->write_first + i]];
        /* url = url.trim(): the assignment that holds the use does not feed it, unless in a loop */
        if (!writes_name_itself(facts, write) || (use && ml_is_within(facts, use, write->node)) ||
            (here && !may_reach(facts, write->node, use)))
            continue;
        bool straight = here && dominates(facts, write->node, use);
        ml_values values = written_value(eval, file, write, id, current, frame);
        if (straight) {
            set = (ml_set){.eval = eval};
            current = values;
        }
        ml_set_add_all(&set, values);
    }
    return ml_set_done(&set);
}

/* ---- kinds of bindings ---- */

/* Values that can be changed over the name that holds them. */
static bool keeps_holder(ml_value_kind kind)
{
    return kind == ML_V_OBJECT || kind == ML_V_URL || kind == ML_V_CLIENT || kind == ML_V_ARRAY || kind == ML_V_MAP;
}

static ml_values with_holder(ml_eval *eval, ml_values values, ml_file_id file, ml_binding_id id)
{
    bool any = false;

    for (uint32_t i = 0; i < values.count; i++) {
        ml_value_kind kind = values.items[i].kind;
        any |= !values.items[i].holder && keeps_holder(kind);
    }
    if (!any)
        return values;
    ml_value *items = ML_NEW_ARRAY(&eval->arena, ml_value, values.count);
    memcpy(items, values.items, values.count * sizeof *items);
    for (uint32_t i = 0; i < values.count; i++)
        if (!items[i].holder && keeps_holder(items[i].kind)) {
            items[i].holder_file = file;
            items[i].holder = id;
        }
    return (ml_values){items, values.count};
}

/* `let uid: number | undefined;` that nobody assigns stays undefined. */
static bool may_be_unset(const ml_facts *facts, const ml_binding *binding, ml_node_id type)
{
    ml_node_id statement = ml_node_at(facts, binding->decl)->parent;
    return !binding->is_ambient && ml_node_at(facts, statement)->op == ML_VAR_LET &&
           ml_str_contains(ml_text_of(facts, type), ML_STR("undefined")) &&
           ml_kind_of(facts, ml_node_at(facts, statement)->parent) != ML_NODE_FOR_IN;
}

static ml_values eval_var(ml_eval *eval, ml_file_id file, ml_binding_id id, const ml_frame *frame, ml_node_id use)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    const ml_binding *binding = &facts->bindings[id];
    ml_node_id value = ml_child(facts, binding->decl, ML_ROLE_VALUE),
               type = ml_child(facts, binding->decl, ML_ROLE_TYPE);
    ml_node_id top = ml_child(facts, binding->decl, ML_ROLE_TARGET);
    const ml_frame *at = frame_at(eval, frame, file, binding->decl);
    ml_values init = ml_nothing();
    bool assigned = false;

    for (uint32_t i = 0; i < binding->write_count && !assigned; i++)
        assigned = writes_name_itself(facts, &facts->writes[facts->writes_by_binding[binding->write_first + i]]);
    if (value)
        init = ml_eval_pattern(eval, file, top, binding->target, ml_eval_in(eval, file, value, at), at);
    else if (!assigned && type && !may_be_unset(facts, binding, type))
        return ml_eval_type_name(eval, file, type, (ml_place){file, binding->target});
    else if (!assigned && type)
        return ml_one(eval, ml_plain(ML_V_UNDEFINED, (ml_place){file, binding->target}));
    else if (!assigned)
        return ml_unknown(eval, ML_HOLE_OTHER, binding->name, (ml_place){file, binding->target});
    return assigned ? after_writes(eval, file, id, init, frame, use) : init;
}

/* list.map((x) => …), p.then((x) => …): what the method gives to its callback. */
static bool given_by_method(ml_eval *eval, ml_file_id file, ml_node_id function, uint32_t index, const ml_frame *frame,
                            ml_values *out)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    const ml_node *node = ml_node_at(facts, function);
    ml_node_id callee = ml_child(facts, node->parent, ML_ROLE_CALLEE);

    if (index > 1 || node->role != ML_ROLE_ARG || ml_kind_of(facts, node->parent) != ML_NODE_CALL ||
        ml_kind_of(facts, callee) != ML_NODE_MEMBER || ml_child(facts, node->parent, ML_ROLE_ARG) != function ||
        !ml_is_callback_method(ml_text_of(facts, callee), index))
        return false;
    ml_values receivers = ml_eval_in(eval, file, ml_child(facts, callee, ML_ROLE_OBJECT), frame);
    return ml_callback_param(eval, receivers, ml_text_of(facts, callee), index, (ml_place){file, function}, out);
}

/* function f(a, ...rest): the arguments from there on. */
static ml_values rest_of(ml_eval *eval, const ml_frame *frame, uint32_t first, ml_place place)
{
    ml_item_list all = {0}, rest = {0};
    bool known = true;

    if (frame->args)
        for (uint32_t i = 0; i < frame->arg_count; i++)
            ml_vec_push(&eval->arena, &all, frame->args[i]);
    else if (frame->call.node)
        known = ml_list_args(eval, frame->call.file, frame->call.node, frame->caller, &all);
    for (uint32_t i = known ? first : 0; i < all.count; i++)
        ml_vec_push(&eval->arena, &rest, all.items[i]);
    if (known)
        return ml_array_of(eval, rest, place);
    ml_set set = {.eval = eval};
    ml_values unknown = ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, place);
    for (uint32_t i = 0; i < rest.count; i++)
        ml_set_add_all(&set, rest.items[i]);
    ml_set_add_all(&set, unknown);
    return ml_array_of_set(eval, ml_set_done(&set), place);
}

static ml_values eval_param(ml_eval *eval, ml_file_id file, ml_binding_id id, const ml_frame *frame, ml_node_id use)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    const ml_binding *binding = &facts->bindings[id];
    ml_node_id param = binding->decl, function = ml_node_at(facts, param)->parent;
    ml_node_id top = ml_child(facts, param, ML_ROLE_TARGET);
    ml_place place = {file, binding->target};
    const ml_frame *at = frame_at(eval, frame, file, param);
    bool known = false;
    ml_values whole = ml_nothing();

    bool called = at && at->function && facts->functions[at->function].node == function;
    bool is_rest = ml_node_at(facts, param)->flags & ML_NF_REST;
    if (called && !is_rest) {
        whole = ml_frame_arg(eval, at, binding->index, &known);
    } else if (called && (at->args || at->call.node)) {
        whole = rest_of(eval, at, binding->index, place);
        known = true;
    }
    if (!known && !is_rest)
        known = given_by_method(eval, file, function, binding->index,
                                frame_at(eval, frame, file, ml_node_at(facts, function)->parent), &whole);
    if (!known) {
        ml_node_id type = ml_child(facts, param, ML_ROLE_TYPE);
        ml_str name = ml_kind_of(facts, top) == ML_NODE_IDENT ? binding->name : ML_STR_NONE;
        whole = ml_unknown(eval, ML_HOLE_PARAM, name, place);
        if (type && ml_kind_of(facts, top) == ML_NODE_IDENT)
            whole = ml_eval_type_name(eval, file, type, place);
    }
    whole = with_default(eval, file, param, whole, at);
    ml_values values = ml_eval_pattern(eval, file, top, binding->target, whole, at);
    return binding->write_count ? after_writes(eval, file, id, values, frame, use) : values;
}

/* for (const x of list): any element. */
static ml_values eval_for(ml_eval *eval, ml_file_id file, ml_binding_id id, const ml_frame *frame)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    const ml_binding *binding = &facts->bindings[id];
    ml_place place = {file, binding->target};
    const ml_frame *at = frame_at(eval, frame, file, binding->decl);
    ml_set set = {.eval = eval};

    if (!(ml_node_at(facts, binding->decl)->flags & ML_NF_OF))
        return ml_unknown(eval, ML_HOLE_OTHER, binding->name, place);
    ml_values lists = ml_eval_in(eval, file, ml_child(facts, binding->decl, ML_ROLE_VALUE), at);
    ml_values any = ml_unknown(eval, ML_HOLE_OTHER, ML_STR_NONE, place);
    for (uint32_t i = 0; i < lists.count; i++)
        ml_set_add_all(&set, ml_element_of(eval, &lists.items[i], any, place));
    ml_node_id top = ml_child(facts, binding->decl, ML_ROLE_TARGET);
    return ml_eval_pattern(eval, file, top, binding->target, ml_set_done(&set), at);
}

ml_values ml_import_value(ml_eval *eval, ml_file_id file, ml_binding_id id)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    const ml_import *import = &facts->imports[facts->bindings[id].index];

    return import_from(eval, file, import->specifier, import->name, (ml_place){file, import->node});
}

static ml_values binding_value(ml_eval *eval, ml_file_id file, ml_binding_id id, const ml_frame *frame, ml_node_id use)
{
    const ml_facts *facts = ml_facts_in(eval, file);
    const ml_binding *binding = &facts->bindings[id];
    ml_place place = {file, binding->decl};

    switch ((ml_binding_kind)binding->kind) {
    case ML_BIND_IMPORT: return ml_eval_import(eval, file, id);
    case ML_BIND_VAR: return eval_var(eval, file, id, frame, use);
    case ML_BIND_PARAM: return eval_param(eval, file, id, frame, use);
    case ML_BIND_FUNCTION:
        return ml_one(eval, (ml_value){.kind = ML_V_FUNCTION,
                                       .place = place,
                                       .frame = frame_at(eval, frame, file, ml_node_at(facts, binding->decl)->parent)});
    case ML_BIND_CLASS: return ml_one(eval, ml_plain(ML_V_CLASS, place));
    case ML_BIND_ENUM: return ml_one(eval, ml_plain(ML_V_ENUM, place));
    case ML_BIND_FOR: return eval_for(eval, file, id, frame);
    case ML_BIND_NAMESPACE: return ml_one(eval, ml_plain(ML_V_NAMESPACE, place));
    case ML_BIND_CATCH: break;
    }
    return ml_unknown(eval, ML_HOLE_OTHER, binding->name, place);
}

ml_values ml_eval_binding(ml_eval *eval, ml_file_id file, ml_binding_id id, const ml_frame *frame, ml_node_id use)
{
    if (eval->nesting >= ML_NESTING_MAX || !eval->steps_left) {
        eval->cut = true;
        return ml_unknown(eval, ML_HOLE_CUT, ML_STR_NONE, (ml_place){file, use});
    }
    eval->steps_left--;
    eval->nesting++;
    ml_values values = with_holder(eval, binding_value(eval, file, id, frame, use), file, id);
    eval->nesting--;
    return values;
}
