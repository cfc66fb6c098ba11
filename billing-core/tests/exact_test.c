/* exact_test.c - what the sources must not hold: floating point anywhere below
 * src and include, and includes that point to a higher floor. */
#include "check.h"

#include <ctype.h>
#include <dirent.h>
#include <sys/stat.h>

static const char *const banned[] = {"float",
                                     "double",
                                     "strtod",
                                     "strtof",
                                     "strtold",
                                     "atof",
                                     "lround",
                                     "llround",
                                     "_Decimal128",
                                     "_Decimal64",
                                     "sqlite3_column_double",
                                     "sqlite3_bind_double",
                                     "json_real",
                                     "json_real_value",
                                     "json_number_value"};
static const char *const banned_formats[] = {"%f", "%g", "%e", "%lf", "%.2f", "%Lf"};

/* Blanks what stands in quotes: words for people are free. */
static void strip_literals(char *code)
{
    for (char *c = code; *c; c++) {
        if (*c != '"')
            continue;
        for (c++; *c && *c != '"'; c++) {
            if (*c == '\\' && c[1])
                *c++ = ' ';
            *c = ' ';
        }
        if (!*c)
            return;
    }
}

/* Code without comments; string literals stay, formats hide in them. */
static void strip_comments(char *code)
{
    for (char *c = code; *c;) {
        if (c[0] == '/' && c[1] == '*') {
            char *end = strstr(c + 2, "*/");
            char *stop = end ? end + 2 : c + strlen(c);
            memset(c, ' ', (size_t)(stop - c));
            c = stop;
        } else {
            c++;
        }
    }
}

static int is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The banned thing in the code, or NULL. Blanks the literals on the way. */
static const char *offence(char *code)
{
    for (size_t i = 0; i < sizeof banned_formats / sizeof banned_formats[0]; i++)
        if (strstr(code, banned_formats[i]))
            return banned_formats[i];
    strip_literals(code);
    for (size_t i = 0; i < sizeof banned / sizeof banned[0]; i++)
        for (const char *at = strstr(code, banned[i]); at; at = strstr(at + 1, banned[i]))
            if ((at == code || !is_word(at[-1])) && !is_word(at[strlen(banned[i])]))
                return banned[i];
    return NULL;
}

static char *read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s", path);
    char *code = calloc(1, 1 << 20);
    assert_non_null(code);
    size_t length = fread(code, 1, (1 << 20) - 1, file);
    assert_true(length < (1 << 20) - 1);
    fclose(file);
    return code;
}

static unsigned files_read;

/* Depth is the depth of this source tree: three folders. */
static void read_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    if (!dir)
        fail_msg("cannot open %s", folder);
    while ((entry = readdir(dir))) {
        char path[4096];
        struct stat info;
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        assert_int_equal(stat(path, &info), 0);
        if (S_ISDIR(info.st_mode)) {
            read_folder(path);
            continue;
        }
        char *code = read_all(path);
        strip_comments(code);
        const char *found = offence(code);
        if (found)
            fail_msg("%s holds \"%s\"", path, found);
        files_read++;
        free(code);
    }
    closedir(dir);
}

static void no_floating_point(void **state)
{
    (void)state;
    read_folder(BILLING_SOURCE_DIR "/src");
    read_folder(BILLING_SOURCE_DIR "/include");
    assert_true(files_read >= 10);
}

static void the_search_finds(void **state)
{
    (void)state;
    char declared[] = "static double price;", printed[] = "printf(\"%f\", x)";
    char similar[] = "int doubled, float_count;", words[] = "\"never \\\" a float\" + x";
    assert_non_null(offence(declared));
    assert_non_null(offence(printed));
    assert_null(offence(similar));
    assert_null(offence(words));
    char comment[] = "/* a float here is words */ int x;";
    strip_comments(comment);
    assert_null(offence(comment));
}

/* ---- floors ---- */

/* Each folder of src with its floor; a public header counts where its code is. */
static const struct {
    const char *name;
    int floor;
} floors[] = {
    {"status",  0},
    {"memory",  0},
    {"money",   0},
    {"utf8",    1},
    {"json",    1},
    {"base",    1},
    {"schema",  2},
    {"mapping", 2},
    {"time",    3},
    {"usage",   3},
    {"model",   3},
    {"cost",    4},
    {"pricing", 4},
    {"meter",   4},
    {"store",   5},
    {"record",  6},
    {"ledger",  6},
    {"query",   7},
    {"serve",   8},
    {"cli",     9},
};

static int floor_of(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof floors / sizeof floors[0]; i++)
        if (strlen(floors[i].name) == length && strncmp(floors[i].name, name, length) == 0)
            return floors[i].floor;
    return -1;
}

/* "billing/x.h" and "x/y.h" both name x. Includes of an equal floor are fine. */
static void check_includes(const char *path, int own)
{
    char *code = read_all(path);
    for (char *at = strstr(code, "#include \""); at; at = strstr(at + 1, "#include \"")) {
        const char *name = at + 10;
        if (strncmp(name, "billing/", 8) == 0)
            name += 8;
        int floor = floor_of(name, strcspn(name, "/.\""));
        if (strncmp(name, "enums.def", 9) == 0 || strncmp(name, "reference.def", 13) == 0)
            floor = 2;
        if (floor < 0 || floor > own)
            fail_msg("%s includes \"%.40s", path, at + 10);
    }
    free(code);
}

static void includes_point_downwards(void **state)
{
    unsigned seen = 0;
    (void)state;
    for (size_t i = 0; i < sizeof floors / sizeof floors[0]; i++) {
        char folder[2048], path[4096];
        (void)snprintf(path, sizeof path, "%s/include/billing/%s.h", BILLING_SOURCE_DIR, floors[i].name);
        struct stat info;
        if (stat(path, &info) == 0) {
            check_includes(path, floors[i].floor);
            seen++;
        }
        (void)snprintf(folder, sizeof folder, "%s/src/%s", BILLING_SOURCE_DIR, floors[i].name);
        DIR *dir = opendir(folder);
        for (struct dirent *entry; dir && (entry = readdir(dir));) {
            (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
            if (entry->d_name[0] != '.' && stat(path, &info) == 0 && S_ISREG(info.st_mode)) {
                check_includes(path, floors[i].floor);
                seen++;
            }
        }
        if (dir)
            (void)closedir(dir);
    }
    assert_true(seen > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_search_finds),
        cmocka_unit_test(no_floating_point),
        cmocka_unit_test(includes_point_downwards),
    };
    return cmocka_run_group_tests_name("billing exact", tests, NULL, NULL);
}
