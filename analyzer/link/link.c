/* The project as the evaluation sees it: files by path, manifests, the bridge. */
#include "link_internal.h"

#include <stdlib.h>

bool ml_strs_have(const ml_strs *names, ml_str name)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (ml_str_eq(names->items[i], name))
            return true;
    return false;
}

const ml_link_host *ml_link_host_of(const ml_link *link)
{
    return &link->host;
}

void ml_link_expect_all(const ml_link *link)
{
    if (link->host.expect_all)
        link->host.expect_all(link->host.data);
}

const ml_facts *ml_link_ask_facts(const ml_link *link, ml_file_id file)
{
    const ml_facts *facts = file ? link->host.facts(link->host.data, file) : NULL;

    if (facts)
        atomic_store_explicit(&link->facts[file], facts, memory_order_release);
    return facts;
}

const ml_facts *ml_link_facts(const ml_link *link, ml_file_id file)
{
    return ml_known_facts_of(link, file);
}

void ml_link_forget_facts(const ml_link *link, ml_file_id file)
{
    atomic_store_explicit(&link->facts[file], NULL, memory_order_relaxed);
}

ml_str ml_link_path(const ml_link *link, ml_file_id file)
{
    return file ? link->host.files[file - 1].path : ML_STR_NONE;
}

void ml_link_each_env_value(const ml_link *link, ml_link_env_value *each, void *data)
{
    for (uint32_t i = 0; i < link->env.cap; i++) {
        const ml_env_values *values = link->env.slots[i].value;
        for (uint32_t k = 0; values && k < values->count; k++)
            each(data, link->env.slots[i].key, values->items[k].value);
    }
}

bool ml_link_in_bridge(const ml_link *link, ml_file_id file)
{
    return file && link->in_bridge[file];
}

/* Bridge globs count from a project root: the scan's, or a package's own folder. A folder
 * of that name anywhere else is no excuse. */
static bool is_bridge_path(const ml_link *link, ml_file_id file)
{
    const ml_strs *globs = &link->host.config->bridge.files;
    ml_str path = ml_link_path(link, file), folder = ml_link_package_folder(link, file);
    ml_str below = folder.len ? ml_str_from(path, folder.len + 1) : path;

    for (uint32_t i = 0; i < globs->count; i++)
        if (ml_glob_match(globs->items[i], path) || (folder.len && ml_glob_match(globs->items[i], below)))
            return true;
    return false;
}

ml_link *ml_link_new(ml_arena *run, const ml_link_host *host)
{
    ml_link *link = ML_NEW(run, ml_link);

    link->host = *host;
    link->arena = run;
    link->in_bridge = ML_NEW_ARRAY(run, bool, host->file_count + 1);
    link->facts = ML_NEW_ARRAY(run, ml_known_facts, host->file_count + 1);
    ml_link_index_files(link);
    ml_link_read_manifests(link);
    for (ml_file_id file = 1; file <= host->file_count; file++)
        link->in_bridge[file] = is_bridge_path(link, file);
    return link;
}

bool ml_link_keeps_imports(const ml_link *link, ml_file_id file)
{
    const ml_tsconfig *config = link->tsconfig_of[file];
    return config && config->keeps_imports;
}

bool ml_link_import_is_value(const ml_link *link, ml_file_id file, uint32_t import_index)
{
    const ml_facts *facts = ml_link_facts(link, file);
    const ml_import *import = facts ? &facts->imports[import_index] : NULL;

    if (!import || import->type_only)
        return false;
    if (!import->local) /* import "m" runs the module */
        return true;
    for (uint32_t i = 0; i < facts->export_count; i++)
        if (facts->exports[i].binding == import->local && !facts->exports[i].type_only)
            return true;
    switch (facts->kind) {
    case ML_FILE_TS:
    case ML_FILE_TSX:
    case ML_FILE_VUE:
    case ML_FILE_SVELTE: return facts->bindings[import->local].value_uses > 0 || ml_link_keeps_imports(link, file);
    default: return true; /* JavaScript erases nothing */
    }
}

ml_eval *ml_eval_new(const ml_link *link, ml_eval_options options)
{
    ml_eval *eval = ml_xmalloc(sizeof *eval);

    *eval = (ml_eval){.link = link, .options = options};
    eval->shared = ml_xmalloc(sizeof *eval->shared);
    *eval->shared = (ml_shared){0};
    if (!eval->options.steps)
        eval->options.steps = ML_STEPS_DEFAULT;
    ml_eval_begin(eval);
    return eval;
}

void ml_eval_free(ml_eval *eval)
{
    if (!eval)
        return;
    ml_arena_finish(&eval->arena);
    ml_arena_finish(&eval->summary_arena);
    ml_arena_finish(&eval->shared->arena);
    free(eval->shared);
    free(eval);
}

void ml_eval_forget(ml_eval *eval)
{
    ml_shared *shared = eval->shared;

    if (!shared->has_settings) {
        ml_arena_finish(&shared->arena);
        *shared = (ml_shared){0};
    }
    ml_arena_finish(&eval->summary_arena);
    eval->summaries = (ml_intmap){0};
    eval->carries = (ml_intmap){0};
    ml_eval_begin(eval);
}

ml_arena *ml_eval_arena(ml_eval *eval)
{
    return &eval->arena;
}

void ml_eval_begin(ml_eval *eval)
{
    ml_arena_reset(&eval->arena);
    eval->steps_left = eval->options.steps;
    eval->nesting = 0;
    eval->exports = NULL;
    eval->members = NULL;
    eval->lists = NULL;
    eval->stand_in = NULL;
    eval->cut = false;
    eval->memo = (ml_intmap){0};
}

bool ml_eval_was_cut(const ml_eval *eval)
{
    return eval->cut;
}
