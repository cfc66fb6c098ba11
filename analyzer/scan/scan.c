/* scan.c - the order of the passes, from the files found to the report. */
#include "scan_internal.h"

#include <stdlib.h>
#include <time.h>

static const char tool_version[] = ML_VERSION;

/* ---- callbacks of the link ---- */

static const ml_facts *link_facts(void *data, ml_file_id file)
{
    ml_scan *scan = data;
    const ml_facts *facts = ml_scan_facts(scan, file);

    if (facts && !scan->is_extra)
        atomic_store_explicit(&scan->slots[file - 1].counts, true, memory_order_relaxed);
    return facts;
}

static bool link_text(void *data, ml_str path, ml_str *text)
{
    ml_scan *scan = data;
    uint32_t low = 0, high = scan->files.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ml_str_cmp(scan->files.items[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < scan->files.count && ml_str_eq(scan->files.items[low].path, path) && ml_scan_text(scan, low + 1, text);
}

static void expect_all(void *data)
{
    ml_scan_expect_all(data);
}

/* Only a look at all files can tell. */
static bool may_call_bridge(void *data)
{
    const ml_scan *scan = data;
    return scan->options.staged || atomic_load_explicit(&scan->names_bridge, memory_order_relaxed);
}

/* ---- passes ---- */

static ml_file_id file_of_item(const ml_scan *scan, size_t item)
{
    size_t at = scan->options.reverse ? scan->files.count - 1 - item : item;
    return (ml_file_id)(at + 1);
}

static void look_at_file(void *data, size_t item, unsigned worker)
{
    ml_scan *scan = data;
    ml_file_id file = file_of_item(scan, item);

    if (ml_file_kind_is_script(scan->files.items[file - 1].kind))
        ml_scan_look(scan, file, worker);
}

static void look_elsewhere(void *data, size_t item, unsigned worker)
{
    ml_scan *scan = data;

    if (!scan->files.items[file_of_item(scan, item) - 1].in_scope)
        look_at_file(data, item, worker);
}

static void look_at_staged(void *data, size_t item, unsigned worker)
{
    ml_scan *scan = data;
    ml_file_id file = scan->staged.in_scope.items[item];

    if (ml_file_kind_is_script(scan->files.items[file - 1].kind))
        ml_scan_look(scan, file, worker);
}

static bool may_send(const ml_scan *scan, ml_file_id file)
{
    return (scan->slots[file - 1].why & ML_WHY_FLOW) || ml_link_in_bridge(scan->link, file);
}

/* A chosen file; requests only of one that could send. */
static void judge(ml_scan *scan, ml_file_id file, unsigned worker)
{
    if (scan->files.items[file - 1].in_scope && ml_scan_is_chosen(scan, file) && link_facts(scan, file))
        ml_worker_judge(scan->workers[worker], file, ML_JUDGE_REST | (may_send(scan, file) ? ML_JUDGE_REQUESTS : 0));
}

/* The largest come first, so that none is waited for in the end. */
static void judge_staged(void *data, size_t item, unsigned worker)
{
    ml_scan *scan = data;
    judge(scan, scan->staged.in_scope.items[item], worker);
}

/* What was left out. */
static void judge_rest(void *data, size_t item, unsigned worker)
{
    ml_scan *scan = data;
    ml_file_id file = file_of_item(scan, item);
    unsigned what = ML_JUDGE_REQUESTS | ML_JUDGE_QUIETLY;

    if (!ml_scan_is_chosen(scan, file))
        what |= ML_JUDGE_REST;
    else if (may_send(scan, file))
        return;
    if (scan->files.items[file - 1].in_scope && link_facts(scan, file))
        ml_worker_judge(scan->workers[worker], file, what);
}

static void run_pass(ml_scan *scan, ml_pool_work work)
{
    ml_pool_run(scan->jobs, scan->files.count, work, scan);
}

/* ---- the order of the passes ---- */

static void judge_file(void *data, ml_file_id file, unsigned worker)
{
    judge(data, file, worker);
}

static void judge_batch(ml_scan *scan, const ml_batch *batch)
{
    ml_scan_spread(scan, batch);
    ml_scan_each(scan, batch->files, batch->count, judge_file, scan);
    ml_scan_let_all_go(scan);
}

static void judge_files(ml_scan *scan)
{
    ml_arena scratch = {0};

    run_pass(scan, look_at_file);
    scan->has_tables = scan->asks_for_tables;
    ml_scan_find_importers(scan, &scratch);
    ml_scan_taint(scan);
    ml_batches batches = ml_scan_cut(scan, &scratch);
    for (uint32_t i = 0; i < batches.count; i++)
        judge_batch(scan, &batches.items[i]);
    scan->importers = NULL;
    ml_arena_finish(&scratch);
}

static void judge_staged_files(ml_scan *scan)
{
    ml_pool_run(ml_scan_staged_jobs(scan), scan->staged.in_scope.count, look_at_staged, scan);
    ml_scan_choose_staged(scan);
    scan->has_tables = scan->options.tables || (scan->asks_for_tables && ml_scan_stages_tables(scan));
    if (scan->has_tables) {
        ml_scan_expect_all(scan);
        run_pass(scan, look_elsewhere);
    }
    ml_pool_run(scan->jobs, scan->staged.in_scope.count, judge_staged, scan);
}

/* ---- what was not read or not analysed ---- */

static ml_text text_of(ml_scan *scan, const char *en, const char *zh)
{
    ml_text text;

    text.in[ML_LANG_EN] = ml_arena_copy(&scan->run, ml_str_of(en));
    text.in[ML_LANG_ZH] = ml_arena_copy(&scan->run, ml_str_of(zh));
    return text;
}

/* Is there a finding that fails the scan on the lines of the range? Then it is not blind there. */
static bool is_explained(const ml_scan *scan, ml_str path, ml_span range)
{
    for (uint32_t i = 0; i < scan->report.findings.count; i++) {
        const ml_finding *finding = &scan->report.findings.items[i];
        if (ml_str_eq(finding->path, path) && finding->level >= scan->fail_on && finding->span.line >= range.line &&
            finding->span.line <= range.end_line)
            return true;
    }
    return false;
}

enum { ERROR_MARGIN = 200 };

/* An error with what stands around it on its lines: recovery cuts errors into pieces around
 * what it could save, such as the host in the middle. */
static ml_str text_around(const ml_lines *lines, ml_span span)
{
    size_t from = lines->starts[span.line - 1];
    size_t to = span.end_line < lines->count ? lines->starts[span.end_line] : lines->text.len;

    if (span.byte > from + ERROR_MARGIN)
        from = span.byte - ERROR_MARGIN;
    if (to > (size_t)span.end_byte + ERROR_MARGIN)
        to = (size_t)span.end_byte + ERROR_MARGIN;
    return ml_str_slice(lines->text, from, to);
}

static void note_parse_errors(ml_scan *scan, const ml_facts *facts)
{
    for (uint32_t i = 0; i < facts->error_count; i++) {
        const ml_range *range = &facts->errors[i];
        ml_span span = ml_lines_span(&facts->lines, range->start, range->end);
        if (!ml_scan_is_blind(scan, text_around(&facts->lines, span)) || is_explained(scan, facts->path, span))
            continue;
        ml_scan_problem(scan, ML_PROBLEM_PARSE_BLIND, facts->path, span.line,
                        text_of(scan, "does not parse here, and names a provider, the bridge or a billing table",
                                "此处无法解析，且其中出现服务商、AIBridge 或计费表的名称"));
        return;
    }
    ml_text reason;
    uint32_t line = ml_lines_span(&facts->lines, facts->errors[0].start, facts->errors[0].end).line;
    reason.in[ML_LANG_EN] =
        ml_arena_printf(&scan->run, "%u range(s) do not parse; the rest was analysed", facts->error_count);
    reason.in[ML_LANG_ZH] = ml_arena_printf(&scan->run, "%u 处无法解析，其余部分已分析", facts->error_count);
    ml_scan_problem(scan, ML_PROBLEM_PARSE, facts->path, line, reason);
}

static void note_unread(ml_scan *scan, const ml_source_file *file, const char *why)
{
    ml_text reason = {
        {ml_arena_printf(&scan->run, "not read: %s", why), ml_arena_printf(&scan->run, "未读取：%s", why)}
    };

    ml_scan_problem(scan, ML_PROBLEM_UNREAD, file->path, 0, reason);
}

static bool is_ours(const ml_source_file *file)
{
    return file->in_scope &&
           (ml_file_kind_is_script(file->kind) || file->kind == ML_FILE_SQL || file->kind == ML_FILE_PRISMA ||
            ml_str_eq(ml_path_name(file->path), ML_STR("package.json")));
}

static void count_file(ml_scan *scan, ml_file_id file)
{
    const ml_source_file *source = &scan->files.items[file - 1];
    ml_slot *slot = &scan->slots[file - 1];
    ml_report *report = &scan->report;
    ml_str text;

    if (!is_ours(source))
        return;
    report->files_total++;
    if (slot->checked ? !slot->readable : !ml_scan_text(scan, file, &text)) {
        note_unread(scan, source, slot->unread_reason);
        return;
    }
    report->files_checked++;
    if (slot->holds_nul)
        ml_scan_problem(
            scan, ML_PROBLEM_UNREAD, source->path, 0,
            text_of(scan, "holds NUL bytes: no text in an encoding we know", "含有 NUL 字节：不是可识别编码的文本"));
    report->files_parsed += slot->was_parsed;
    if (!slot->counts || !slot->facts) /* let go, it had nothing to be said of */
        return;
    if (slot->facts->cut_short) {
        ml_text reason = {
            {ml_str_of(slot->facts->cut_reason),
             ml_arena_printf(&scan->run, "未完整分析：%s", slot->facts->cut_reason)}
        };
        ml_scan_problem(scan, ML_PROBLEM_UNANALYSED, source->path, 0, reason);
    }
    if (slot->facts->error_count) {
        report->parse_errors++;
        note_parse_errors(scan, slot->facts);
    }
}

static void sum_up(ml_scan *scan)
{
    for (ml_file_id file = 1; file <= scan->files.count; file++)
        count_file(scan, file);
    ml_problems_sort(&scan->report.problems);
    for (uint32_t i = 0; i < scan->report.problems.count; i++)
        scan->report.incomplete |= ml_problem_is_incomplete(scan->report.problems.items[i].kind, scan->options.strict);
}

/* ---- setting up ---- */

static ml_str today(ml_arena *arena, int64_t now)
{
    time_t seconds = (time_t)now;
    struct tm utc;

    if (!gmtime_r(&seconds, &utc))
        return ML_STR("1970-01-01");
    return ml_arena_printf(arena, "%04d-%02d-%02d", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday);
}

static ml_status set_up_engine(ml_scan *scan, ml_error *error)
{
    uint32_t bad_patterns;

    scan->host = (ml_link_host){.data = scan,
                                .facts = link_facts,
                                .text = link_text,
                                .expect_all = expect_all,
                                .may_call_bridge = may_call_bridge,
                                .files = scan->files.items,
                                .file_count = scan->files.count,
                                .catalog = scan->catalog,
                                .config = &scan->config};
    scan->link = ml_link_new(&scan->run, &scan->host);
    scan->keys = ml_keys_new(scan->catalog, &bad_patterns);
    ml_engine_options options = {.rules = ml_rule_table,
                                 .rule_count = ml_rule_table_count,
                                 .config = &scan->config,
                                 .keys = scan->keys,
                                 .today = today(&scan->run, scan->options.time)};
    options.eval.steps = scan->options.steps ? scan->options.steps : scan->config.step_budget;
    options.eval.depth = scan->options.depth == UINT32_MAX ? ML_DEPTH_DEFAULT : scan->options.depth;
    ml_status status = ml_engine_new(&scan->engine, &scan->run, scan->link, &options, error);
    if (status != ML_OK)
        return status;
    scan->workers = ML_NEW_ARRAY(&scan->run, ml_worker *, scan->jobs);
    scan->kept = ML_NEW_ARRAY(&scan->run, ml_arena, scan->jobs);
    scan->scratch = ML_NEW_ARRAY(&scan->run, ml_arena, scan->jobs);
    for (unsigned i = 0; i < scan->jobs; i++)
        scan->workers[i] = ml_worker_new(scan->engine);
    return ML_OK;
}

static ml_str typed_paths(ml_scan *scan)
{
    ml_str typed = scan->options.paths ? scan->options.paths[0] : ML_STR(".");

    for (uint32_t i = 1; scan->options.paths && i < scan->options.path_count; i++) {
        typed = ml_arena_concat(&scan->run, typed, ML_STR(" "));
        typed = ml_arena_concat(&scan->run, typed, scan->options.paths[i]);
    }
    return typed;
}

static bool has_something(const ml_scan *scan)
{
    for (uint32_t i = 0; i < scan->files.count; i++)
        if (is_ours(&scan->files.items[i]))
            return true;
    return scan->report.problems.count > 0;
}

static ml_status run(ml_scan *scan, ml_error *error)
{
    ml_report *report = &scan->report;
    ml_status status;

    report->tool_version = ml_str_of(tool_version);
    report->time = scan->options.time;
    report->time_is_utc = scan->options.time_is_utc;
    report->typed = typed_paths(scan);
    status = ml_scan_find_files(scan, error);
    if (status != ML_OK)
        return status;
    report->root = scan->root;
    report->uri_prefix = ml_source_repository_prefix(&scan->run, scan->root);
    scan->fail_on = scan->options.fail_on_given ? scan->options.fail_on : scan->config.fail_on;
    scan->nothing_found = !scan->options.staged && !has_something(scan);
    if (scan->nothing_found)
        ml_scan_problem(scan, ML_PROBLEM_UNREAD, report->typed, 0,
                        text_of(scan,
                                "holds no file to scan (TypeScript, JavaScript, Vue, Svelte, HTML, SQL, package.json)",
                                "没有可检查的文件（TypeScript、JavaScript、Vue、Svelte、HTML、SQL、package.json）"));
    ml_scan_note_catalog(scan);
    if (ml_scan_recall(scan))
        return ML_OK;
    ml_scan_make_slots(scan);
    scan->catalog = ml_catalog_builtin();
    if (scan->options.catalog_dir) {
        status = ml_catalog_load(&scan->catalog, &scan->run, scan->options.catalog_dir, error);
        if (status != ML_OK)
            return status;
    }
    status = set_up_engine(scan, error);
    if (status != ML_OK)
        return status;
    ml_scan_build_words(scan);
    if (scan->options.staged && (status = ml_scan_settle_staged(scan, error)) != ML_OK)
        return status;
    if (scan->options.staged)
        judge_staged_files(scan);
    else
        judge_files(scan);
    scan->is_extra = true; /* what these files ask for, no report may depend on */
    if (scan->options.no_trigger)
        run_pass(scan, judge_rest);
    ml_scan_judge_project(scan);
    /* A text that git did not give looks like a file that is not there: nothing found would be no answer. */
    if (scan->staged.reader && (status = ml_git_reader_trouble(scan->staged.reader, error)) != ML_OK)
        return status;
    ml_engine_finish(scan->engine, scan->workers, scan->jobs, report);
    sum_up(scan);
    ml_scan_remember(scan);
    return ML_OK;
}

ml_status ml_scan_run(ml_scan **out, const ml_scan_options *options, ml_error *error)
{
    ml_scan *scan = ml_xmalloc(sizeof *scan);

    memset(scan, 0, sizeof *scan);
    scan->options = *options;
    pthread_mutex_init(&scan->staged.lock, NULL);
    pthread_mutex_init(&scan->held.lock, NULL);
    scan->jobs = options->jobs ? options->jobs : ml_pool_cpus();
    ml_scan_open_cache(scan);
    ml_status status = run(scan, error);
    if (status != ML_OK) {
        ml_scan_free(scan);
        return status;
    }
    *out = scan;
    return ML_OK;
}

const ml_report *ml_scan_report(const ml_scan *scan)
{
    return &scan->report;
}

ml_level ml_scan_fail_on(const ml_scan *scan)
{
    return scan->fail_on;
}

bool ml_scan_nothing_found(const ml_scan *scan)
{
    return scan->nothing_found;
}

bool ml_scan_nothing_staged(const ml_scan *scan)
{
    return scan->nothing_staged;
}

bool ml_scan_explain(ml_scan *scan, ml_str path, uint32_t line, ml_buf *out)
{
    ml_file_id file = ml_link_file(scan->link, path);

    return file && ml_worker_explain(scan->workers[0], file, line, out);
}

ml_str ml_scan_path_of(ml_scan *scan, ml_str typed)
{
    char *real = realpath(ml_arena_cstr(&scan->run, typed), NULL);
    ml_str path = real ? ml_arena_copy(&scan->run, ml_str_of(real)) : ML_STR_NONE;

    free(real);
    if (!ml_str_starts(path, scan->root))
        return ML_STR_NONE;
    path = ml_str_from(path, scan->root.len);
    return path.len && path.data[0] == '/' ? ml_str_from(path, 1) : path;
}

void ml_scan_free(ml_scan *scan)
{
    if (!scan)
        return;
    for (unsigned i = 0; scan->workers && i < scan->jobs; i++) {
        ml_worker_free(scan->workers[i]);
        ml_arena_finish(&scan->kept[i]);
        ml_arena_finish(&scan->scratch[i]);
    }
    for (uint32_t i = 0; scan->slots && i < scan->files.count; i++) {
        ml_arena_finish(&scan->slots[i].arena);
        pthread_mutex_destroy(&scan->slots[i].lock);
    }
    ml_scan_close_staged(scan);
    ml_scan_close_cache(scan);
    pthread_mutex_destroy(&scan->staged.lock);
    pthread_mutex_destroy(&scan->held.lock);
    ml_arena_finish(&scan->held.arena);
    ml_keys_free(scan->keys);
    ml_arena_finish(&scan->run);
    free(scan);
}
