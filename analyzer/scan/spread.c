/* Which tainted files are parsed: those that could send a request.
 *
 * A request needs a client. A client is a global or a type, whose name then stands in
 * the file, or comes from a package or from another file. So beside the tainted files that
 * name a client or import its package, those are parsed that import, by name, an export which
 * hands on a request whose host they could decide (see ml_eval_carry); and so on with what
 * they export. To find it, files have to be parsed that only hand on, about one in four of those
 * that are near. In a part of the project (files that import each other and nothing else) where
 * fewer are tainted, all the tainted ones that import anything are parsed instead.
 * --no-trigger must find the same. */
#include "scan_internal.h"

bool ml_scan_is_chosen(const ml_scan *scan, ml_file_id file)
{
    return scan->slots[file - 1].why != 0 || ml_link_in_bridge(scan->link, file);
}

typedef ML_VEC(ml_file_id) file_list;

typedef struct news {
    ml_file_id file;
    ml_carried what;
} news;

typedef ML_VEC(news) news_list;

typedef struct spread {
    ml_scan *scan;
    ml_arena scratch;
    ml_importer *const *importers; /* by file id - 1 */
    file_list front, next;
    news_list open;          /* what importers are to be told */
} spread;

/* ---- what a file hands on ---- */

static bool add_carried(spread *s, ml_file_id file, ml_name_hash name, ml_carry carry)
{
    ml_slot *slot = &s->scan->slots[file - 1];

    for (uint32_t i = 0; i < slot->carried.count; i++) {
        ml_carried *known = &slot->carried.items[i];
        if (known->name != name)
            continue;
        if (known->carry >= carry)
            return false;
        known->carry = carry;
        return true;
    }
    ml_vec_push(&slot->arena, &slot->carried, ((ml_carried){name, carry}));
    return true;
}

/* Parses a file of the front and asks each of its own exports. */
static void find_carried(void *data, size_t item, unsigned worker)
{
    spread *s = data;
    ml_scan *scan = s->scan;
    ml_file_id file = s->front.items[scan->options.reverse ? s->front.count - 1 - item : item];
    ml_slot *slot = &scan->slots[file - 1];
    const ml_facts *facts = s->importers[file - 1] ? ml_scan_facts(scan, file) : NULL;

    for (uint32_t i = 0; facts && i < facts->export_count; i++) {
        const ml_export *export = &facts->exports[i];
        bool own = export->kind == ML_EXPORT_BINDING || export->kind == ML_EXPORT_VALUE;
        if (export->type_only || export->kind == ML_EXPORT_STAR || (!own && !ml_link_in_bridge(scan->link, file)))
            continue;
        ml_carry carry = ml_eval_carry(ml_worker_eval(scan->workers[worker]), file, export->name);
        if (carry != ML_CARRY_NOTHING)
            ml_vec_push(&slot->arena, &slot->carried, ((ml_carried){ml_name_hash_of(export->name), carry}));
    }
}

/* ---- to the importers ---- */

static void wake(spread *s, ml_file_id file, ml_carry carry)
{
    ml_slot *slot = &s->scan->slots[file - 1];

    if (!(slot->tainted || slot->near) || (slot->why & ML_WHY_FLOW) || (carry == ML_CARRY_TO_SUBCLASSES && !slot->extends))
        return;
    slot->why |= ML_WHY_IMPORTS;
    ml_vec_push(&s->scratch, &s->next, file);
}

typedef struct telling {
    spread *spread;
    ml_carry carry;
} telling;

static void tell(void *data, const ml_importer *one, ml_reach reach, ml_name_hash as)
{
    const telling *t = data;

    if (reach != ML_REACH_PASSED_ON)
        wake(t->spread, one->file, t->carry);
    else if (add_carried(t->spread, one->file, as, t->carry))
        ml_vec_push(&t->spread->scratch, &t->spread->open, ((news){one->file, {as, t->carry}}));
}

static void tell_importers(spread *s)
{
    s->open.count = 0;
    for (uint32_t f = 0; f < s->front.count; f++) {
        const ml_slot *slot = &s->scan->slots[s->front.items[f] - 1];
        for (uint32_t i = 0; i < slot->carried.count; i++)
            ml_vec_push(&s->scratch, &s->open, ((news){s->front.items[f], slot->carried.items[i]}));
    }
    for (uint32_t i = 0; i < s->open.count; i++) {
        news one = s->open.items[i];
        telling t = {s, one.what.carry};
        ml_scan_reach(s->importers[one.file - 1], one.what.name, tell, &t);
    }
}

/* ---- what is near ---- */

static void find_near(spread *s)
{
    ml_scan *scan = s->scan;
    file_list open = {0};

    for (ml_file_id file = 1; file <= scan->files.count; file++)
        if (scan->slots[file - 1].tainted)
            ml_vec_push(&s->scratch, &open, file);
    while (open.count) {
        const ml_slot *slot = &scan->slots[open.items[--open.count] - 1];
        for (uint32_t i = 0; i < slot->imports.count; i++) {
            ml_slot *imported = &scan->slots[slot->imports.items[i].target - 1];
            if (imported->near)
                continue;
            imported->near = true;
            ml_vec_push(&s->scratch, &open, slot->imports.items[i].target);
        }
    }
}

/* ---- parts of the project ---- */

typedef struct part {
    ml_file_id of;            /* another file of the part, or itself: the one that stands for it */
    uint32_t importers, near; /* of the whole part */
} part;

static ml_file_id part_of(part *parts, ml_file_id file)
{
    while (parts[file - 1].of != file) {
        parts[file - 1].of = parts[parts[file - 1].of - 1].of;
        file = parts[file - 1].of;
    }
    return file;
}

static bool is_only_importer(const ml_slot *slot)
{
    return slot->tainted && !(slot->why & ML_WHY_FLOW) && slot->imports.count;
}

static part *find_parts(spread *s)
{
    const ml_scan *scan = s->scan;
    part *parts = ML_NEW_ARRAY(&s->scratch, part, scan->files.count);

    for (ml_file_id file = 1; file <= scan->files.count; file++)
        parts[file - 1].of = file;
    for (ml_file_id file = 1; file <= scan->files.count; file++)
        for (uint32_t i = 0; i < scan->slots[file - 1].imports.count; i++)
            parts[part_of(parts, file) - 1].of = part_of(parts, scan->slots[file - 1].imports.items[i].target);
    for (ml_file_id file = 1; file <= scan->files.count; file++) {
        const ml_slot *slot = &scan->slots[file - 1];
        part *whole = &parts[part_of(parts, file) - 1];
        whole->importers += is_only_importer(slot);
        whole->near += slot->near;
    }
    return parts;
}

/* ---- where it begins ---- */

static void follow(spread *s)
{
    while (s->front.count) {
        ml_pool_run(s->scan->jobs, s->front.count, find_carried, s);
        tell_importers(s);
        s->front = s->next;
        s->next = (file_list){0};
    }
}

void ml_scan_spread(ml_scan *scan, ml_importer *const *importers)
{
    spread s = {.scan = scan, .importers = importers};

    find_near(&s);
    part *parts = find_parts(&s);
    for (ml_file_id file = 1; file <= scan->files.count; file++) {
        ml_slot *slot = &scan->slots[file - 1];
        const part *whole = &parts[part_of(parts, file) - 1];
        bool few = whole->importers <= whole->near / 4;
        bool hands_on = !few && (slot->tainted || slot->near) && (slot->why & ML_WHY_FLOW);
        if (hands_on || ml_link_in_bridge(scan->link, file))
            ml_vec_push(&s.scratch, &s.front, file);
        else if (few && is_only_importer(slot))
            slot->why |= ML_WHY_IMPORTS;
    }
    follow(&s);
    for (uint32_t i = 0; i < scan->files.count; i++)
        if (!scan->slots[i].tainted)
            scan->slots[i].why &= ~(ml_trigger_bits)ML_WHY_SENDS;
    ml_arena_finish(&s.scratch);
}
