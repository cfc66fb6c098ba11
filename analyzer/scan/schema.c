/* The project as a whole: its declared tables, and the rules that look at them. */
#include "ml/prisma.h"
#include "scan_internal.h"

static void add_script(ml_scan *scan, ml_file_id file, ml_table_source *source)
{
    if (scan->slots[file - 1].why & ML_WHY_TABLE)
        source->facts = ml_scan_facts(scan, file);
}

static void add_sql(ml_scan *scan, ml_file_id file, ml_table_source *source)
{
    ml_str text;

    if (!ml_scan_text(scan, file, &text))
        return;
    ml_sql_script *script = ML_NEW(&scan->run, ml_sql_script);
    ml_lines *lines = ML_NEW(&scan->run, ml_lines);
    ml_sql_parse(script, &scan->run, text);
    *lines = ml_lines_of(&scan->run, text);
    source->sql = script;
    source->lines = lines;
    if (script->unread) {
        ml_text reason = {
            {ML_STR("table statements could not be understood"), ML_STR("有无法理解的建表语句")}
        };
        ml_scan_problem(scan, ML_PROBLEM_PARSE, source->path,
                        ml_lines_span(lines, script->unread_first, script->unread_first).line, reason);
    }
}

/* A Prisma schema; also package.json, which says what the database is. */
static void add_prisma(ml_scan *scan, ml_file_id file, ml_table_source *source)
{
    ml_str text;

    if (!ml_scan_text(scan, file, &text))
        return;
    ml_sql_script *script = ML_NEW(&scan->run, ml_sql_script);
    ml_lines *lines = ML_NEW(&scan->run, ml_lines);
    ml_prisma_parse(script, &scan->run, text);
    *lines = ml_lines_of(&scan->run, text);
    source->sql = script;
    source->lines = lines;
    source->is_model = true;
}

static ml_table_place first_line(ml_scan *scan, ml_file_id file)
{
    ml_table_place place = {.path = scan->files.items[file - 1].path};
    ml_str text;

    if (!ml_scan_text(scan, file, &text))
        return (ml_table_place){0};
    ml_lines *lines = ML_NEW(&scan->run, ml_lines);
    *lines = ml_lines_of(&scan->run, text);
    place.lines = lines;
    place.end = (uint32_t)(ml_str_find_char(text, '\n') == ML_NOT_FOUND ? text.len : ml_str_find_char(text, '\n'));
    return place;
}

/* The bridge, the manifest nearest to the root, the database it names. */
static void add_surroundings(ml_scan *scan, ml_table_options *options)
{
    for (ml_file_id file = 1; file <= scan->files.count; file++) {
        const ml_source_file *found = &scan->files.items[file - 1];
        ml_str text;
        if (!options->bridge.path.len && ml_file_kind_is_script(found->kind) && ml_link_in_bridge(scan->link, file))
            options->bridge = first_line(scan, file);
        if (!ml_str_eq_c(ml_path_name(found->path), "package.json") || !ml_scan_text(scan, file, &text))
            continue;
        if (options->dialect == ML_DATABASE_UNKNOWN)
            options->dialect = ml_database_of_manifest(text);
        if (!options->manifest.path.len || found->path.len < options->manifest.path.len)
            options->manifest = first_line(scan, file);
    }
}

static bool is_source(const ml_table_source *source)
{
    return source->facts || source->sql;
}

static void build_tables(ml_scan *scan, ml_tables *tables)
{
    ML_VEC(ml_table_source) sources = {0};

    for (ml_file_id file = 1; file <= scan->files.count; file++) {
        const ml_source_file *found = &scan->files.items[file - 1];
        ml_table_source source = {.path = found->path, .is_test = found->is_test};
        if (found->kind == ML_FILE_SQL)
            add_sql(scan, file, &source);
        else if (found->kind == ML_FILE_PRISMA)
            add_prisma(scan, file, &source);
        else if (ml_file_kind_is_script(found->kind))
            add_script(scan, file, &source);
        if (is_source(&source))
            ml_vec_push(&scan->run, &sources, source);
    }
    ml_eval *eval = ml_eval_new(scan->link, (ml_eval_options){.depth = ML_DEPTH_DEFAULT});
    ml_table_locator locator = {.link = scan->link, .eval = eval};
    ml_table_options options = {.locate = ml_table_locate, .data = &locator};
    options.mapping = scan->config.tables;
    options.mapping_count = scan->config.table_count;
    add_surroundings(scan, &options);
    ml_tables_build(tables, &scan->run, sources.items, sources.count, &options);
    ml_eval_free(eval);
}

static bool has_bridge(const ml_scan *scan)
{
    for (ml_file_id file = 1; file <= scan->files.count; file++)
        if (ml_link_in_bridge(scan->link, file) && ml_file_kind_is_script(scan->files.items[file - 1].kind))
            return true;
    return false;
}

static void judge_tables(ml_scan *scan)
{
    build_tables(scan, &scan->tables);
    ml_worker_judge_project(scan->workers[0], &scan->tables);
    ml_schema_checks(&scan->report.schema, &scan->run, &scan->tables);
    scan->report.suggested_ddl = ml_schema_suggestion(&scan->run, &scan->tables, has_bridge(scan));
}

static void skip_tables(ml_scan *scan)
{
    ml_text unstaged = {
        {ML_STR("not checked: no staged file touches a billing table"), ML_STR("未检查：暂存文件均不涉及计费表")}
    };
    ml_text unasked = {
        {ML_STR("not checked: every rule about billing is off"), ML_STR("未检查：所有计费规则均已关闭")}
    };
    ml_text text = scan->asks_for_tables ? unstaged : unasked;
    ml_check check = {ML_CHECK_UNKNOWN, text, ML_STR_NONE, 0};

    ml_vec_push(&scan->run, &scan->report.schema, check);
    scan->report.schema_skipped = true;
}

void ml_scan_judge_project(ml_scan *scan)
{
    if (scan->has_tables)
        judge_tables(scan);
    else
        skip_tables(scan);
    if (!has_bridge(scan)) {
        ml_text text = {
            {ML_STR("no AIBridge implementation found"), ML_STR("未发现 AIBridge 实现")}
        };
        ml_check check = {ML_CHECK_UNKNOWN, text, ML_STR_NONE, 0};
        ml_vec_push(&scan->run, &scan->report.bridge, check);
    }
}

const ml_tables *ml_scan_tables(const ml_scan *scan)
{
    return &scan->tables;
}
