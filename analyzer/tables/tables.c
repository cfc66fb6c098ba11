/* tables.c - declarations of all files joined into tables, and matched with the reference. */
#include "declare.h"
#include <stdlib.h>

/* ---- the order of files ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(ml_str s, size_t at)
{
    size_t end = at;
    while (end < s.len && is_digit(s.data[end]))
        end++;
    return end - at;
}

/* By bytes, but numbers by value: V2__a.sql runs before V10__b.sql. */
static int path_cmp(ml_str a, ml_str b)
{
    size_t i = 0, j = 0;
    while (i < a.len && j < b.len) {
        if (is_digit(a.data[i]) && is_digit(b.data[j])) {
            while (i < a.len && a.data[i] == '0')
                i++;
            while (j < b.len && b.data[j] == '0')
                j++;
            size_t la = digits(a, i), lb = digits(b, j);
            int order = la != lb ? (la < lb ? -1 : 1) : la ? memcmp(a.data + i, b.data + j, la) : 0;
            if (order)
                return order;
            i += la;
            j += lb;
        } else if (a.data[i] != b.data[j]) {
            return (unsigned char)a.data[i] < (unsigned char)b.data[j] ? -1 : 1;
        } else {
            i++;
            j++;
        }
    }
    if (a.len - i != b.len - j)
        return a.len - i < b.len - j ? -1 : 1;
    return ml_str_cmp(a, b);
}

static int source_cmp(const void *a, const void *b)
{
    const ml_table_source *const *x = a, *const *y = b;
    return path_cmp((*x)->path, (*y)->path);
}

static bool is_way_back(ml_str word)
{
    static const char *const words[] = {"down", "rollback", "undo", "revert", "rollbacks"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (ml_str_eq_nocase(word, ml_str_of(words[i])))
            return true;
    return false;
}

/* 003_bills.down.sql, rollback/003.sql, U3__bills.sql undo what others do. */
static bool undoes(ml_str path)
{
    ml_str name = ml_path_name(path), word = {path.data, 0};
    if (name.len > 3 && name.data[0] == 'U' && is_digit(name.data[1]) && ml_str_contains(name, ML_STR("__")))
        return true;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.data[i];
        if (c != '/' && c != '.' && c != '_' && c != '-') {
            word.len++;
            continue;
        }
        if (is_way_back(word))
            return true;
        word = (ml_str){path.data + i + 1, 0};
    }
    return false;
}

/* ---- joining ---- */

/* Same spelling but for case, or the same words: a model without `underscored` says
 * createdAt where its migration says created_at. */
static bool same_column(const ml_table_column *a, const ml_table_column *b)
{
    return ml_str_eq_nocase(a->snake, b->snake);
}

static bool has_column(const ml_table *table, const ml_table_column *column)
{
    for (uint32_t i = 0; i < table->columns.count; i++)
        if (same_column(&table->columns.items[i], column))
            return true;
    return false;
}

static void join(ml_arena *arena, ml_table *table, ml_declaration *declaration)
{
    bool first = table->declarations.count == 0;
    ml_vec_push(arena, &table->declarations, declaration);
    if (first) {
        table->place = declaration->place;
        table->model = declaration->model;
    }
    table->open = table->open || declaration->open;
    for (uint32_t i = 0; i < declaration->columns.count && table->columns.count < DECLARE_COLUMNS_MAX; i++)
        if (!has_column(table, &declaration->columns.items[i]))
            ml_vec_push(arena, &table->columns, declaration->columns.items[i]);
}

typedef ML_VEC(ml_table *) table_list;

static void join_all(table_list *out, ml_strmap *by_name, declarer *d, ml_table_origin origin)
{
    for (uint32_t i = 0; i < d->all.count; i++) {
        ml_declaration *declaration = d->all.items[i];
        if (declaration->origin != origin || !declaration->table.len)
            continue;
        ml_str key = ml_arena_lower(d->arena, declaration->table);
        ml_table *table = ml_strmap_get(by_name, key);
        if (!table) {
            table = ML_NEW(d->arena, ml_table);
            table->name = declaration->table;
            ml_strmap_put(d->arena, by_name, key, table);
            ml_vec_push(d->arena, out, table);
        }
        join(d->arena, table, declaration);
    }
}

/* ---- the reference ---- */

static const bill_table *known_table(ml_str name)
{
    const bill_table *found = bill_schema_find_table(name.len ? name.data : "", name.len);
    return found && found->required_by != BILL_REQUIRED_INTERNAL ? found : NULL;
}

static const bill_table *reference_of(ml_arena *arena, const ml_table *table, const ml_table_options *options)
{
    for (uint32_t i = 0; i < options->mapping_count; i++)
        if (ml_str_eq_nocase(options->mapping[i].project, table->name) ||
            (table->model.len && ml_str_eq(options->mapping[i].project, table->model)))
            return known_table(options->mapping[i].reference);
    const bill_table *found = known_table(table->name);
    if (!found)
        found = known_table(ml_snake_case(arena, table->name));
    return found || !table->model.len ? found : known_table(table->model);
}

static int table_cmp(const void *a, const void *b)
{
    const ml_table *x = a, *y = b;
    int order = ml_str_cmp(x->name, y->name);
    return order ? order : ml_str_cmp(x->place.path, y->place.path);
}

static void declare_script(declarer *d, const ml_facts *facts)
{
    d->steps = DECLARE_STEPS_MAX;
    declare_models(d, facts);
    declare_decorated(d, facts);
    declare_drizzle(d, facts);
    declare_migrations(d, facts);
    declare_usage(d, facts);
}

void ml_tables_build(ml_tables *out, ml_arena *arena, const ml_table_source *sources, uint32_t count,
                     const ml_table_options *options)
{
    declarer d = {.arena = arena, .options = options};
    const ml_table_source **sorted = ML_NEW_ARRAY(arena, const ml_table_source *, count + 1);
    table_list list = {0};
    ml_strmap by_name = {0};
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++)
        if (!sources[i].is_test && !(sources[i].sql && !sources[i].is_model && undoes(sources[i].path)))
            sorted[kept++] = &sources[i];
    qsort(sorted, kept, sizeof *sorted, source_cmp);
    for (uint32_t i = 0; i < kept; i++) {
        if (sorted[i]->facts)
            declare_script(&d, sorted[i]->facts);
        if (sorted[i]->sql && sorted[i]->is_model)
            declare_prisma(&d, sorted[i]);
        else if (sorted[i]->sql)
            declare_sql(&d, sorted[i]);
    }
    declare_sql_finish(&d);
    join_all(&list, &by_name, &d, ML_TABLE_MODEL);
    join_all(&list, &by_name, &d, ML_TABLE_SQL);

    *out = (ml_tables){.items = ML_NEW_ARRAY(arena, ml_table, list.count + 1),
                       .count = list.count,
                       .associations = d.associations,
                       .events = d.events,
                       .enums = d.enums,
                       .dialect = options->dialect,
                       .bridge = options->bridge,
                       .manifest = options->manifest,
                       .cut_short = d.cut_short};
    for (uint32_t i = 0; i < list.count; i++) {
        list.items[i]->reference = reference_of(arena, list.items[i], options);
        out->items[i] = *list.items[i];
    }
    qsort(out->items, out->count, sizeof *out->items, table_cmp);
}

const ml_table *ml_tables_for(const ml_tables *tables, const bill_table *reference)
{
    const ml_table *found = NULL;
    for (uint32_t i = 0; i < tables->count; i++) {
        const ml_table *table = &tables->items[i];
        if (table->reference != reference)
            continue;
        if (ml_str_eq_nocase(table->name, ml_str_of(reference->name)))
            return table;
        found = found ? found : table;
    }
    return found;
}

/* The specification writes both names for the two prices of a token. */
static const char *other_name(const char *name)
{
    static const char *const pairs[][2] = {
        {"input_token_price",  "input_price" },
        {"output_token_price", "output_price"}
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        for (size_t side = 0; side < 2; side++)
            if (strcmp(pairs[i][side], name) == 0)
                return pairs[i][1 - side];
    return NULL;
}

static const ml_table_column *named(const ml_table_columns *columns, const char *name)
{
    const char *other = other_name(name);
    const ml_table_column *found = NULL;
    for (uint32_t i = 0; i < columns->count; i++) {
        if (ml_str_eq_nocase(columns->items[i].snake, ml_str_of(name)))
            return &columns->items[i];
        if (other && ml_str_eq_nocase(columns->items[i].snake, ml_str_of(other)))
            found = &columns->items[i];
    }
    return found;
}

const ml_table_column *ml_table_column_named(const ml_table *table, const char *name)
{
    return named(&table->columns, name);
}

const ml_table_column *ml_declaration_column(const ml_declaration *declaration, const char *name)
{
    return named(&declaration->columns, name);
}
