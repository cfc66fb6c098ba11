/* meterlint schema: the reference tables, how the project's differ, and what closes the gap. */
#include "cli.h"
#include "ml/schema_migrate.h"

#include <stdio.h>
#include <time.h>

/* A Sequelize migration that runs the statements one by one; the way back is a person's decision. */
static void print_sequelize(ml_str sql)
{
    fputs("'use strict';\n\nmodule.exports = {\n  async up(queryInterface) {\n    const statements = [\n", stdout);
    while (sql.len) {
        size_t end = ml_str_find(sql, ML_STR(";\n"));
        ml_str one = end == ML_NOT_FOUND ? sql : ml_str_slice(sql, 0, end);
        sql = end == ML_NOT_FOUND ? ML_STR_NONE : ml_str_from(sql, end + 2);
        while (ml_str_starts(one, ML_STR("--"))) {
            ml_str line = ml_str_split(&one, '\n');
            printf("      // %.*s\n", ML_STR_ARG(ml_str_trim(ml_str_from(line, 2))));
        }
        if (!ml_str_trim(one).len)
            continue;
        fputs("      `", stdout);
        for (size_t i = 0; i < one.len; i++) {
            if (one.data[i] == '`' || one.data[i] == '\\' || one.data[i] == '$')
                putchar('\\');
            putchar(one.data[i]);
        }
        fputs("`,\n", stdout);
    }
    fputs("    ];\n    for (const statement of statements) await queryInterface.sequelize.query(statement);\n  },\n\n"
          "  async down() {\n    // What was added may hold data by now: nothing is taken back.\n  },\n};\n",
          stdout);
}

static bool parse_dialect(const ml_cli *cli, bill_dialect *dialect)
{
    const char *name = cli->dialect ? cli->dialect : "mysql";
    int found = bill_dialect_find(name, strlen(name));
    if (found < 0) {
        ml_cli_complain("--dialect is mysql, postgres or sqlite, not \"%s\"", name);
        return false;
    }
    *dialect = (bill_dialect)found;
    return true;
}

static void print_sql(const ml_cli *cli, ml_str sql)
{
    if (cli->sequelize)
        print_sequelize(sql);
    else
        fwrite(sql.data, 1, sql.len, stdout);
}

static void print_reference(ml_cli *cli, bill_dialect dialect)
{
    if (cli->prisma)
        print_sql(cli, ml_schema_prisma(&cli->arena, dialect));
    else
        print_sql(cli, ml_schema_reference(&cli->arena, dialect));
}

static void print_migration(ml_cli *cli, const ml_tables *tables, bill_dialect dialect)
{
    ml_str text = cli->prisma ? ml_schema_prisma_migration(&cli->arena, tables, dialect)
                              : ml_schema_migration(&cli->arena, tables, dialect);
    if (!text.len)
        text = cli->prisma ? ML_STR("// no difference to the reference schema: nothing to do\n")
                           : ML_STR("-- no difference to the reference schema: nothing to do\n");
    print_sql(cli, text);
}

/* A dialect that was asked for is the project's, where nothing else says it. */
static ml_tables tables_of(const ml_cli *cli, const ml_scan *scan, bill_dialect dialect)
{
    ml_tables tables = *ml_scan_tables(scan);
    if (cli->dialect && tables.dialect == ML_DATABASE_UNKNOWN)
        tables.dialect = dialect == BILL_MARIADB    ? ML_DATABASE_MYSQL
                         : dialect == BILL_POSTGRES ? ML_DATABASE_POSTGRES
                                                    : ML_DATABASE_SQLITE;
    return tables;
}

int ml_command_schema(ml_cli *cli)
{
    ml_str what = cli->words.count ? cli->words.items[0] : ML_STR_NONE;
    bool print = ml_str_eq_c(what, "print"), diff = ml_str_eq_c(what, "diff"), migrate = ml_str_eq_c(what, "migrate");
    bill_dialect dialect;
    ml_error error = {.line = 0};
    ml_scan *scan;

    if (!print && !diff && !migrate) {
        ml_cli_complain("schema takes print, diff or migrate");
        return ML_EXIT_USAGE;
    }
    if (!parse_dialect(cli, &dialect))
        return ML_EXIT_USAGE;
    if (print) {
        print_reference(cli, dialect);
        return ML_EXIT_CLEAN;
    }
    cli->scan.paths = cli->words.items + 1;
    cli->scan.path_count = cli->words.count - 1;
    cli->scan.time = (int64_t)time(NULL);
    cli->scan.tables = true;
    ml_status status = ml_scan_run(&scan, &cli->scan, &error);
    if (status != ML_OK)
        return ml_cli_scan_failed(cli, status, &error);
    ml_tables tables = tables_of(cli, scan, dialect);
    ml_str difference = ml_schema_difference(&cli->arena, &tables);
    if (migrate)
        print_migration(cli, &tables, dialect);
    else if (difference.len)
        fwrite(difference.data, 1, difference.len, stdout);
    else
        puts("no difference to the reference schema");
    ml_scan_free(scan);
    return diff && difference.len ? ML_EXIT_FINDINGS : ML_EXIT_CLEAN;
}
