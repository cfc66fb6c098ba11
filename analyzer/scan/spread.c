/* Which files are parsed for what they import.
 *
 * A request needs a client. A client is a global or a type, whose name then stands in
 * the file, or comes from a package or from another file. So beside the files that name
 * a client or import its package, those are parsed that import, by name, an export which
 * hands on a request whose host they could decide (see ml_eval_carry); and so on with what
 * they export. --no-trigger must find the same. */
#include "scan_internal.h"

bool ml_scan_is_chosen(const ml_scan *scan, ml_file_id file)
{
    return scan->slots[file - 1].why != 0 || ml_link_in_bridge(scan->link, file);
}

/* ---- who imports whom ---- */

typedef struct importer {
    ml_file_id file;
    const ml_scan_import *import;
    struct importer *next;
} importer;

typedef ML_VEC(ml_file_id) file_list;

typedef struct spread {
    ml_scan *scan;
    ml_arena scratch;
    importer **importers; /* by file id - 1 */
    file_list front, next;
} spread;

static void gather_importers(spread *s)
{
    ml_scan *scan = s->scan;

    s->importers = ML_NEW_ARRAY(&s->scratch, importer *, scan->files.count);
    for (ml_file_id file = 1; file <= scan->files.count; file++)
        for (uint32_t i = 0; i < scan->slots[file - 1].imports.count; i++) {
            const ml_scan_import *import = &scan->slots[file - 1].imports.items[i];
            importer *one = ML_NEW(&s->scratch, importer);
            *one = (importer){file, import, s->importers[import->target - 1]};
            s->importers[import->target - 1] = one;
        }
}

/* ---- what a file hands on ---- */

static bool add_carried(spread *s, ml_file_id file, ml_str name, ml_carry carry)
{
    ml_slot *slot = &s->scan->slots[file - 1];

    for (uint32_t i = 0; i < slot->carried.count; i++) {
        ml_carried *known = &slot->carried.items[i];
        if (!ml_str_eq(known->name, name))
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
            ml_vec_push(&slot->arena, &slot->carried, ((ml_carried){export->name, carry}));
    }
}

/* ---- to the importers ---- */

typedef struct news {
    ml_file_id file;
    ml_str name;
    ml_carry carry;
} news;

typedef ML_VEC(news) news_list;

/* `module.exports =` is whatever an importer asks for. */
static bool is_meant(ml_str asked, ml_str name)
{
    return ml_str_eq(asked, name) || ml_str_eq_c(asked, "*") || ml_str_eq_c(name, "=");
}

static void wake(spread *s, ml_file_id file, ml_carry carry)
{
    ml_slot *slot = &s->scan->slots[file - 1];

    if ((slot->why & ML_WHY_FLOW) || (carry == ML_CARRY_TO_SUBCLASSES && !slot->extends))
        return;
    slot->why |= ML_WHY_IMPORTS;
    ml_vec_push(&s->scratch, &s->next, file);
}

static void pass_on(spread *s, news_list *open, ml_file_id file, ml_str name, ml_carry carry)
{
    if (add_carried(s, file, name, carry))
        ml_vec_push(&s->scratch, open, ((news){file, name, carry}));
}

static void tell(spread *s, news_list *open, const importer *one, const news *what)
{
    ml_lex_names clause;
    ml_str text;

    if (!ml_scan_text(s->scan, one->file, &text) || text.len < one->import->start + one->import->len) /* gone meanwhile */
        return;
    ml_lex_names_of(&clause, &s->scratch, text,
                    ml_str_slice(text, one->import->start, one->import->start + one->import->len));
    if (clause.kind == ML_LEX_ANY)
        wake(s, one->file, what->carry);
    for (uint32_t i = 0; i < clause.names.count; i++) {
        const ml_lex_name *n = &clause.names.items[i];
        if (!is_meant(n->name, what->name))
            continue;
        if (clause.kind == ML_LEX_IMPORT)
            wake(s, one->file, what->carry);
        else if (n->as.len)
            pass_on(s, open, one->file, n->as, what->carry);
        else if (!ml_str_eq_c(what->name, "default"))
            pass_on(s, open, one->file, what->name, what->carry);
    }
}

static void tell_importers(spread *s)
{
    news_list open = {0};

    for (uint32_t f = 0; f < s->front.count; f++) {
        const ml_slot *slot = &s->scan->slots[s->front.items[f] - 1];
        for (uint32_t i = 0; i < slot->carried.count; i++)
            ml_vec_push(&s->scratch, &open,
                        ((news){s->front.items[f], slot->carried.items[i].name, slot->carried.items[i].carry}));
    }
    for (uint32_t i = 0; i < open.count; i++) {
        news what = open.items[i];
        for (const importer *one = s->importers[what.file - 1]; one; one = one->next)
            tell(s, &open, one, &what);
    }
}

void ml_scan_spread(ml_scan *scan)
{
    spread s = {.scan = scan};

    gather_importers(&s);
    for (ml_file_id file = 1; file <= scan->files.count; file++)
        if ((scan->slots[file - 1].why & ML_WHY_FLOW) || ml_link_in_bridge(scan->link, file))
            ml_vec_push(&s.scratch, &s.front, file);
    while (s.front.count) {
        ml_pool_run(scan->jobs, s.front.count, find_carried, &s);
        tell_importers(&s);
        s.front = s.next;
        s.next = (file_list){0};
    }
    ml_arena_finish(&s.scratch);
}
