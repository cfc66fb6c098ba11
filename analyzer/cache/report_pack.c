/* A report to bytes and back: a row of numbers, and a table of the texts they name, each once. */
#include "ml/buf.h"
#include "ml/cache.h"
#include "ml/map.h"

/* What is added to a report has to be packed, too. */
_Static_assert(sizeof(void *) != 8 || (sizeof(ml_report) == 208 && sizeof(ml_finding) == 240 && sizeof(ml_code) == 56 &&
                                       sizeof(ml_step) == 88 && sizeof(ml_problem) == 64 && sizeof(ml_check) == 64),
               "a report has another member");

/* ---- packing ---- */

typedef struct packer {
    ml_buf *out;   /* the numbers */
    ml_buf places; /* where each text begins in pool, and its length: two uint32_t */
    ml_buf pool;
    ml_arena arena;
    ml_strmap known; /* text -> its number, as a pointer into numbers */
    const ml_report *report;
} packer;

typedef struct place {
    uint32_t at, len;
} place;

static void put32(ml_buf *out, uint32_t value)
{
    ml_buf_bytes(out, &value, sizeof value);
}

static void put64(ml_buf *out, uint64_t value)
{
    ml_buf_bytes(out, &value, sizeof value);
}

/* 0 is no text at all. */
static void put_str(packer *p, ml_str s)
{
    uint32_t *number = s.data ? ml_strmap_get(&p->known, s) : NULL;

    if (s.data && !number) {
        place where = {(uint32_t)p->pool.len, (uint32_t)s.len};
        ml_buf_bytes(&p->places, &where, sizeof where);
        ml_buf_bytes(&p->pool, s.data, s.len);
        number = ML_NEW(&p->arena, uint32_t);
        *number = (uint32_t)(p->places.len / sizeof where);
        ml_strmap_put(&p->arena, &p->known, s, number);
    }
    put32(p->out, number ? *number : 0);
}

static void put_text(packer *p, const ml_text *text)
{
    for (ml_lang lang = 0; lang < ML_LANG_COUNT; lang++)
        put_str(p, text->in[lang]);
}

static void put_span(packer *p, const ml_span *span)
{
    const uint32_t numbers[] = {span->line, span->column, span->end_line, span->end_column, span->byte, span->end_byte};

    ml_buf_bytes(p->out, numbers, sizeof numbers);
}

static void put_code(packer *p, const ml_code *code)
{
    put32(p->out, code->first_line);
    put_str(p, code->text);
    put_str(p, code->line);
    put64(p->out, code->line_hash);
    put32(p->out, code->line_hash_ordinal);
}

static void put_finding(packer *p, const ml_finding *finding)
{
    uint32_t rule = 0;

    while (rule < p->report->rule_count && p->report->rules[rule] != finding->rule)
        rule++;
    put32(p->out, rule);
    put32(p->out, (uint32_t)finding->level);
    put_text(p, &finding->message);
    put_text(p, &finding->level_reason);
    put_str(p, finding->path);
    put_span(p, &finding->span);
    put_code(p, &finding->code);
    put_str(p, finding->provider);
    put_str(p, finding->scope);
    put_str(p, finding->sink);
    put32(p->out, finding->steps.count);
    for (uint32_t i = 0; i < finding->steps.count; i++) {
        const ml_step *step = &finding->steps.items[i];
        put_str(p, step->path);
        put_span(p, &step->span);
        put_text(p, &step->message);
        put_str(p, step->code);
    }
}

static void put_checks(packer *p, const ml_checks *checks)
{
    put32(p->out, checks->count);
    for (uint32_t i = 0; i < checks->count; i++) {
        put32(p->out, (uint32_t)checks->items[i].state);
        put_text(p, &checks->items[i].text);
        put_str(p, checks->items[i].path);
        put32(p->out, checks->items[i].line);
    }
}

static void put_report(packer *p)
{
    const ml_report *report = p->report;
    const uint32_t numbers[] = {report->files_total,    report->files_checked, report->files_parsed,
                                report->parse_errors,   report->suppressed,    report->incomplete,
                                report->schema_skipped, report->rule_count};

    ml_buf_bytes(p->out, numbers, sizeof numbers);
    put32(p->out, report->findings.count);
    for (uint32_t i = 0; i < report->findings.count; i++)
        put_finding(p, &report->findings.items[i]);
    put32(p->out, report->problems.count);
    for (uint32_t i = 0; i < report->problems.count; i++) {
        put32(p->out, (uint32_t)report->problems.items[i].kind);
        put_str(p, report->problems.items[i].path);
        put32(p->out, report->problems.items[i].line);
        put_text(p, &report->problems.items[i].reason);
    }
    put_checks(p, &report->bridge);
    put_checks(p, &report->schema);
    put_str(p, report->suggested_ddl);
}

/* How many texts, how many bytes of numbers; then places, numbers, pool. */
void ml_report_pack(ml_buf *out, const ml_report *report)
{
    ml_buf numbers = {0};
    packer p = {.out = &numbers, .report = report};

    put_report(&p);
    put64(out, p.places.len / sizeof(place));
    put64(out, numbers.len);
    ml_buf_bytes(out, p.places.data, p.places.len);
    ml_buf_bytes(out, numbers.data, numbers.len);
    ml_buf_bytes(out, p.pool.data, p.pool.len);
    ml_buf_finish(&numbers);
    ml_buf_finish(&p.places);
    ml_buf_finish(&p.pool);
    ml_arena_finish(&p.arena);
}

/* ---- unpacking ---- */

typedef struct reader {
    ml_str rest;   /* of the numbers */
    ml_str places; /* of the texts */
    ml_str pool;
    ml_arena *arena;
    bool bad; /* something was wrong; everything read since is zero */
} reader;

static void take(reader *r, void *to, size_t len)
{
    if (r->bad || r->rest.len < len) {
        r->bad = true;
        memset(to, 0, len);
        return;
    }
    memcpy(to, r->rest.data, len);
    r->rest = ml_str_from(r->rest, len);
}

static uint32_t take32(reader *r)
{
    uint32_t value;

    take(r, &value, sizeof value);
    return value;
}

static uint64_t take64(reader *r)
{
    uint64_t value;

    take(r, &value, sizeof value);
    return value;
}

static uint32_t take_up_to(reader *r, uint32_t max)
{
    uint32_t value = take32(r);

    if (value <= max)
        return value;
    r->bad = true;
    return 0;
}

/* How many records follow: no more than the bytes that are left can hold, so that nobody asks for much memory. */
static uint32_t take_count(reader *r, size_t record_bytes_min)
{
    uint32_t count = take32(r);

    if (!r->bad && count <= r->rest.len / record_bytes_min)
        return count;
    r->bad = true;
    return 0;
}

static ml_str take_str(reader *r)
{
    uint32_t number = take32(r);
    place where;

    if (!number || r->bad)
        return ML_STR_NONE;
    if (number > r->places.len / sizeof where) {
        r->bad = true;
        return ML_STR_NONE;
    }
    memcpy(&where, r->places.data + (number - 1) * sizeof where, sizeof where);
    if (where.at > r->pool.len || where.len > r->pool.len - where.at) {
        r->bad = true;
        return ML_STR_NONE;
    }
    return (ml_str){r->pool.data + where.at, where.len};
}

static ml_text take_text(reader *r)
{
    ml_text text;

    for (ml_lang lang = 0; lang < ML_LANG_COUNT; lang++)
        text.in[lang] = take_str(r);
    return text;
}

static ml_span take_span(reader *r)
{
    uint32_t n[6];

    take(r, n, sizeof n);
    return (ml_span){n[0], n[1], n[2], n[3], n[4], n[5]};
}

static ml_code take_code(reader *r)
{
    ml_code code = {.first_line = take32(r)};

    code.text = take_str(r);
    code.line = take_str(r);
    code.line_hash = take64(r);
    code.line_hash_ordinal = take32(r);
    return code;
}

static void take_steps(reader *r, ml_steps *steps)
{
    uint32_t count = take_count(r, 40);

    for (uint32_t i = 0; i < count && !r->bad; i++) {
        ml_step step = {.path = take_str(r)};
        step.span = take_span(r);
        step.message = take_text(r);
        step.code = take_str(r);
        ml_vec_push(r->arena, steps, step);
    }
}

static ml_finding take_finding(reader *r, const ml_report *report)
{
    ml_finding finding = {.rule = NULL};
    uint32_t rule = take32(r);

    if (rule >= report->rule_count)
        r->bad = true;
    else
        finding.rule = report->rules[rule];
    finding.level = take_up_to(r, ML_LEVEL_HIGH);
    finding.message = take_text(r);
    finding.level_reason = take_text(r);
    finding.path = take_str(r);
    finding.span = take_span(r);
    finding.code = take_code(r);
    finding.provider = take_str(r);
    finding.scope = take_str(r);
    finding.sink = take_str(r);
    take_steps(r, &finding.steps);
    return finding;
}

static void take_findings(reader *r, ml_report *report)
{
    uint32_t count = take_count(r, 80);

    for (uint32_t i = 0; i < count && !r->bad; i++) {
        ml_finding finding = take_finding(r, report);
        ml_findings *list = &report->findings;
        /* Reports group them by what stands side by side. */
        if (r->bad || (list->count && ml_finding_cmp(&list->items[list->count - 1], &finding) > 0))
            r->bad = true;
        else
            ml_vec_push(r->arena, list, finding);
    }
}

static void take_problems(reader *r, ml_problems *problems)
{
    uint32_t count = take_count(r, 20);

    for (uint32_t i = 0; i < count && !r->bad; i++) {
        ml_problem problem = {.kind = take_up_to(r, ML_PROBLEM_PARSE_BLIND)};
        problem.path = take_str(r);
        problem.line = take32(r);
        problem.reason = take_text(r);
        ml_vec_push(r->arena, problems, problem);
    }
}

static void take_checks(reader *r, ml_checks *checks)
{
    uint32_t count = take_count(r, 20);

    for (uint32_t i = 0; i < count && !r->bad; i++) {
        ml_check check = {.state = take_up_to(r, ML_CHECK_UNKNOWN)};
        check.text = take_text(r);
        check.path = take_str(r);
        check.line = take32(r);
        ml_vec_push(r->arena, checks, check);
    }
}

static void take_report(reader *r, ml_report *report)
{
    report->files_total = take32(r);
    report->files_checked = take32(r);
    report->files_parsed = take32(r);
    report->parse_errors = take32(r);
    report->suppressed = take32(r);
    report->incomplete = take_up_to(r, 1);
    report->schema_skipped = take_up_to(r, 1);
    if (take32(r) != report->rule_count)
        r->bad = true;
    report->findings = (ml_findings){0};
    report->problems = (ml_problems){0};
    report->bridge = report->schema = (ml_checks){0};
    take_findings(r, report);
    take_problems(r, &report->problems);
    take_checks(r, &report->bridge);
    take_checks(r, &report->schema);
    report->suggested_ddl = take_str(r);
}

bool ml_report_unpack(ml_report *report, ml_arena *arena, ml_str bytes)
{
    reader r = {.rest = bytes, .arena = arena};
    ml_report found = *report;
    uint64_t texts = take64(&r), numbers = take64(&r);

    if (r.bad || texts > r.rest.len / sizeof(place) || numbers > r.rest.len - texts * sizeof(place))
        return false;
    size_t places = (size_t)texts * sizeof(place);
    r.places = ml_str_slice(r.rest, 0, places);
    r.pool = ml_str_from(r.rest, places + (size_t)numbers);
    r.rest = ml_str_slice(r.rest, places, places + (size_t)numbers);
    take_report(&r, &found);
    if (r.bad || r.rest.len)
        return false;
    *report = found;
    return true;
}
