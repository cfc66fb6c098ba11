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
    file_list front, next;
    news_list open; /* what importers are to be told */
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
    ml_vec_push(&s->scan->kept[0], &slot->carried, ((ml_carried){name, carry}));
    return true;
}

/* Parses a file of the front and asks each of its own exports. */
static void find_carried(void *data, ml_file_id file, unsigned worker)
{
    spread *s = data;
    ml_scan *scan = s->scan;
    ml_slot *slot = &scan->slots[file - 1];
    const ml_facts *facts = s->scan->importers[file - 1] ? ml_scan_facts(scan, file) : NULL;

    for (uint32_t i = 0; facts && i < facts->export_count; i++) {
        const ml_export *export = &facts->exports[i];
        bool own = export->kind == ML_EXPORT_BINDING || export->kind == ML_EXPORT_VALUE;
        if (export->type_only || export->kind == ML_EXPORT_STAR || (!own && !ml_link_in_bridge(scan->link, file)))
            continue;
        ml_carry carry = ml_eval_carry(ml_worker_eval(scan->workers[worker]), file, export->name);
        if (carry != ML_CARRY_NOTHING)
            ml_vec_push(&scan->kept[worker], &slot->carried, ((ml_carried){ml_name_hash_of(export->name), carry}));
    }
}

/* ---- to the importers ---- */

static void wake(spread *s, ml_file_id file, ml_carry carry)
{
    ml_slot *slot = &s->scan->slots[file - 1];

    if (!(slot->tainted || slot->near) || (slot->why & ML_WHY_FLOW) ||
        (carry == ML_CARRY_TO_SUBCLASSES && !slot->extends))
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
    news handed_on = {
        one->file, {as, t->carry}
    };

    if (reach != ML_REACH_PASSED_ON)
        wake(t->spread, one->file, t->carry);
    else if (add_carried(t->spread, one->file, as, t->carry))
        ml_vec_push(&t->spread->scratch, &t->spread->open, handed_on);
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
        ml_scan_reach(s->scan->importers[one.file - 1], one.what.name, tell, &t);
    }
}

/* ---- where it begins ---- */

static void follow(spread *s)
{
    while (s->front.count) {
        ml_scan_each(s->scan, s->front.items, s->front.count, find_carried, s);
        tell_importers(s);
        s->front = s->next;
        s->next = (file_list){0};
    }
}

void ml_scan_spread(ml_scan *scan, const ml_batch *batch)
{
    spread s = {.scan = scan};

    for (uint32_t i = 0; i < batch->count; i++) {
        ml_slot *slot = &scan->slots[batch->files[i] - 1];
        bool hands_on = !slot->in_quiet_part && (slot->tainted || slot->near) && (slot->why & ML_WHY_FLOW);
        if (hands_on || ml_link_in_bridge(scan->link, batch->files[i]))
            ml_vec_push(&s.scratch, &s.front, batch->files[i]);
        else if (slot->in_quiet_part && ml_scan_only_imports(slot))
            slot->why |= ML_WHY_IMPORTS;
    }
    follow(&s);
    for (uint32_t i = 0; i < batch->count; i++)
        if (!scan->slots[batch->files[i] - 1].tainted)
            scan->slots[batch->files[i] - 1].why &= ~(ml_trigger_bits)ML_WHY_SENDS;
    ml_arena_finish(&s.scratch);
}
