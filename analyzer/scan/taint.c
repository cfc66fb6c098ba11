/* Which files could lead to a provider: those that hold a trace of one (traces.c), and those that
 * import what a trace is in. A file without either calls nobody the rules speak of, whatever it
 * sends, so it need not be parsed for that. --no-trigger must find the same.
 *
 * Within a file taint goes by groups of statements (outline.h), between files by names, from an
 * export to who imports it. A file is looked into once, when taint first comes to it. */
#include "outline.h"

enum { EVERYTHING = UINT32_MAX }; /* as a place: all of the file */

/* Why something in a file is tainted: an imported name, or a place. */
typedef struct cause {
    ml_name_hash name; /* 0: the place */
    uint32_t at;
} cause;

typedef struct file_taint {
    ML_VEC(cause) causes; /* as long as it was not looked into */
    ml_intmap told;       /* exports that importers know to be tainted: the file itself */
    ml_outline *outline;
    bool waits; /* to be looked into */
} file_taint;

typedef ML_VEC(ml_file_id) file_list;

typedef struct news {
    ml_file_id file;
    ml_name_hash name;
} news;

typedef struct taint {
    ml_scan *scan;
    ml_arena scratch;
    ml_arena *outlines; /* by worker */
    file_taint *files;  /* by file id - 1 */
    file_list front, next;
    ML_VEC(news) open; /* importers are to be told of these */
} taint;

/* ---- in a file ---- */

static void tell(taint *t, ml_file_id id, ml_name_hash name)
{
    file_taint *file = &t->files[id - 1];

    if (ml_intmap_get(&file->told, name))
        return;
    ml_intmap_put(&t->scratch, &file->told, name, file);
    ml_vec_push(&t->scratch, &t->open, ((news){id, name}));
}

static void tell_anything(taint *t, ml_file_id id)
{
    t->scan->slots[id - 1].tainted = true;
    tell(t, id, ml_name_hash_of(ML_STR("=")));
}

/* What the tainted group hands out. */
static void tell_group(taint *t, ml_file_id id, uint32_t group)
{
    const ml_outline *outline = t->files[id - 1].outline;
    const ml_pair *exports = outline->exports.items;
    uint32_t count = outline->exports.count;

    t->scan->slots[id - 1].tainted = true;
    if (outline->is_whole || outline->is_common_js)
        tell_anything(t, id);
    for (uint32_t i = ml_pairs_first(exports, count, group); i < count && exports[i].key == group; i++)
        tell(t, id, exports[i].value);
}

static void taint_group(taint *t, ml_file_id id, uint32_t group)
{
    ml_outline *outline = t->files[id - 1].outline;

    if (outline->tainted[group])
        return;
    outline->tainted[group] = true;
    tell_group(t, id, group);
}

static void take_name(taint *t, ml_file_id id, ml_name_hash name)
{
    const ml_outline *outline = t->files[id - 1].outline;
    const ml_pair *uses = outline->uses.items, *handed = outline->handed.items;

    for (uint32_t i = ml_pairs_first(uses, outline->uses.count, name); i < outline->uses.count && uses[i].key == name;
         i++)
        taint_group(t, id, uses[i].value);
    for (uint32_t i = ml_pairs_first(handed, outline->handed.count, name);
         i < outline->handed.count && handed[i].key == name; i++)
        tell(t, id, handed[i].value);
}

static void take(taint *t, ml_file_id id, cause why)
{
    const ml_outline *outline = t->files[id - 1].outline;

    if (why.at == EVERYTHING)
        for (uint32_t i = 0; i < outline->count; i++)
            taint_group(t, id, outline->group[i]);
    else if (outline->is_whole || !why.name)
        taint_group(t, id, ml_outline_group_at(outline, why.at));
    if (why.name)
        take_name(t, id, why.name);
}

/* ---- to its importers ---- */

static void await(taint *t, ml_file_id id)
{
    file_taint *file = &t->files[id - 1];

    if (file->waits || file->outline)
        return;
    file->waits = true;
    ml_vec_push(&t->scratch, &t->next, id);
}

static void add_cause(taint *t, ml_file_id id, cause why)
{
    if (t->files[id - 1].outline) {
        take(t, id, why);
        return;
    }
    ml_vec_push(&t->scratch, &t->files[id - 1].causes, why);
    await(t, id);
}

static void reached(void *data, const ml_importer *importer, ml_reach reach, ml_name_hash as)
{
    taint *t = data;

    switch (reach) {
    case ML_REACH_PASSED_ON: tell(t, importer->file, as); break;
    case ML_REACH_USED: add_cause(t, importer->file, (cause){.name = as}); break;
    case ML_REACH_ANY: add_cause(t, importer->file, (cause){.at = importer->import->at}); break;
    }
}

static void tell_importers(taint *t)
{
    for (uint32_t i = 0; i < t->open.count; i++) {
        news one = t->open.items[i];
        ml_scan_reach(t->scan->importers[one.file - 1], one.name, reached, t);
    }
    t->open.count = 0;
}

static void look_at_item(void *data, size_t item, unsigned worker)
{
    taint *t = data;
    ml_scan *scan = t->scan;
    ml_file_id id = t->front.items[scan->options.reverse ? t->front.count - 1 - item : item];
    ml_outline *outline = ML_NEW(&t->outlines[worker], ml_outline);
    ml_str text = ML_STR_NONE; /* gone meanwhile, perhaps */

    ml_scan_read_again(scan, id, &scan->scratch[worker], &text);
    ml_outline_of(outline, &t->outlines[worker], &scan->scratch[worker], &scan->slots[id - 1], text,
                  ml_file_kind_is_markup(scan->files.items[id - 1].kind));
    t->files[id - 1].outline = outline;
    ml_arena_reset(&scan->scratch[worker]);
}

/* What it holds itself, and what waited for it. */
static void settle(taint *t, ml_file_id id)
{
    const file_taint *file = &t->files[id - 1];

    for (uint32_t i = 0; i < file->outline->count; i++)
        if (file->outline->tainted[i])
            tell_group(t, id, i);
    for (uint32_t i = 0; i < file->causes.count; i++)
        take(t, id, file->causes.items[i]);
}

/* Round after round, until nothing new is tainted. */
static void flood(taint *t)
{
    tell_importers(t);
    while (t->next.count) {
        t->front = t->next;
        t->next = (file_list){0};
        ml_pool_run(t->scan->jobs, t->front.count, look_at_item, t);
        for (uint32_t i = 0; i < t->front.count; i++)
            settle(t, t->front.items[i]);
        tell_importers(t);
    }
}

/* ---- where it begins ---- */

/* JSON that scripts import. */
static bool is_tainted_data(const taint *t, ml_file_id id)
{
    ml_arena scratch = {0};
    ml_str text;

    if (!t->scan->importers[id - 1] || ml_file_kind_is_script(t->scan->files.items[id - 1].kind))
        return false;
    bool tainted = ml_scan_read_again(t->scan, id, &scratch, &text) && ml_scan_names_provider(t->scan, text);
    ml_arena_finish(&scratch);
    return tainted;
}

static bool may_hold_body(const ml_slot *slot)
{
    return slot->body_words == ML_BODY_ALL || (slot->body_words && (slot->why & ML_WHY_CLIENT));
}

static void begin(taint *t)
{
    for (ml_file_id id = 1; id <= t->scan->files.count; id++) {
        const ml_slot *slot = &t->scan->slots[id - 1];
        if (ml_link_in_bridge(t->scan->link, id) || is_tainted_data(t, id))
            tell_anything(t, id);
        else if (slot->traces.count || may_hold_body(slot))
            await(t, id);
    }
}

/* NestJS hands settings from one file to another by names that are texts. */
static void taint_settings(taint *t)
{
    bool sets_up = false;

    for (ml_file_id id = 1; id <= t->scan->files.count && !sets_up; id++)
        sets_up = t->scan->slots[id - 1].tainted && t->scan->slots[id - 1].sets_up;
    for (ml_file_id id = 1; id <= t->scan->files.count && sets_up; id++)
        if (t->scan->slots[id - 1].asks)
            add_cause(t, id, (cause){.at = EVERYTHING});
}

void ml_scan_taint(ml_scan *scan)
{
    taint t = {.scan = scan};

    t.files = ML_NEW_ARRAY(&t.scratch, file_taint, scan->files.count);
    t.outlines = ML_NEW_ARRAY(&t.scratch, ml_arena, scan->jobs);
    begin(&t);
    flood(&t);
    taint_settings(&t);
    flood(&t);
    for (unsigned i = 0; i < scan->jobs; i++)
        ml_arena_finish(&t.outlines[i]);
    ml_arena_finish(&t.scratch);
}
