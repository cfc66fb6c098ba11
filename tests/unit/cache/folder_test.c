/* The folder of a cache: entries come back, whatever was done to them is a miss, and the bound holds. */
#include "ml/buf.h"
#include "ml/cache.h"
#include "ml/lower.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const char text[] = "import a from './a'; export const b = a.fetch('https://x.com');";

typedef struct folder {
    char root[64], cache[96];
    ml_parser *parser;
    ml_arena arena;
    ml_error error;
} folder;

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info, (void)kind, (void)where;
    return remove(path);
}

static int set_up(void **state)
{
    folder *f = calloc(1, sizeof *f);

    if (!f)
        return -1;
    snprintf(f->root, sizeof f->root, "/tmp/meterlint-test-XXXXXX");
    if (!mkdtemp(f->root))
        return -1;
    snprintf(f->cache, sizeof f->cache, "%s/cache", f->root);
    f->parser = ml_parser_new(0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    folder *f = *state;

    nftw(f->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    ml_parser_free(f->parser);
    ml_arena_finish(&f->arena);
    free(f);
    return 0;
}

static ml_cache *open_cache(folder *f, uint64_t bytes_max)
{
    ml_cache *cache = NULL;

    if (ml_cache_open(&cache, f->cache, bytes_max, &f->error) != ML_OK)
        print_error("%s: %s\n", f->error.path, f->error.text);
    assert_non_null(cache);
    return cache;
}

static void keep(folder *f, ml_cache *cache, ml_str content)
{
    ml_cache_keep_facts(cache, ml_facts_of(&f->arena, f->parser, ML_STR("src/b.ts"), ML_FILE_TS, content));
    assert_false(ml_cache_trouble(cache, &f->error));
}

static bool knows(folder *f, ml_cache *cache, ml_file_kind kind, ml_str content)
{
    ml_facts *facts = ml_cache_facts(cache, &f->arena, ML_STR("src/c.ts"), kind, content);

    return facts && facts->call_count == 1 && ml_str_eq_c(facts->path, "src/c.ts");
}

/* The path of the only entry of that letter; "" when there is none. How many files there are comes out. */
static int entries(const folder *f, char letter, char *path, size_t size)
{
    DIR *list = opendir(f->cache);
    int count = 0;

    assert_non_null(list);
    *path = '\0';
    for (struct dirent *entry; (entry = readdir(list));)
        if (entry->d_name[0] == letter && strlen(entry->d_name) == 33) {
            snprintf(path, size, "%s/%s", f->cache, entry->d_name);
            count++;
        }
    closedir(list);
    return count;
}

static void test_facts(void **state)
{
    folder *f = *state;
    struct stat info;
    char path[256];
    ml_cache *cache = open_cache(f, ML_CACHE_BYTES_MAX);

    assert_false(knows(f, cache, ML_FILE_TS, ml_str_of(text)));
    keep(f, cache, ml_str_of(text));
    assert_true(knows(f, cache, ML_FILE_TS, ml_str_of(text)));
    assert_false(knows(f, cache, ML_FILE_TSX, ml_str_of(text)));
    assert_false(knows(f, cache, ML_FILE_TS, ML_STR("f(1);")));
    ml_cache_close(cache);
    cache = open_cache(f, ML_CACHE_BYTES_MAX);
    assert_true(knows(f, cache, ML_FILE_TS, ml_str_of(text)));
    ml_cache_close(cache);

    assert_int_equal(stat(f->cache, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_int_equal(entries(f, 'f', path, sizeof path), 1);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    snprintf(path, sizeof path, "%s/.gitignore", f->cache);
    assert_int_equal(stat(path, &info), 0);
}

/* Another time the clock may be kinder. */
static void test_cut_short(void **state)
{
    folder *f = *state;
    char path[256];
    ml_cache *cache = open_cache(f, ML_CACHE_BYTES_MAX);
    ml_facts *facts = ml_facts_of(&f->arena, f->parser, ML_STR("a.ts"), ML_FILE_TS, ml_str_of(text));

    facts->cut_short = true;
    ml_cache_keep_facts(cache, facts);
    assert_int_equal(entries(f, 'f', path, sizeof path), 0);
    ml_cache_close(cache);
}

static void write_file(const char *path, const char *bytes, size_t len)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, len), (ssize_t)len);
    close(file);
}

static size_t read_file(const char *path, char *bytes, size_t room)
{
    int file = open(path, O_RDONLY);

    assert_true(file >= 0);
    ssize_t got = read(file, bytes, room);
    close(file);
    assert_true(got > 0 && (size_t)got < room);
    return (size_t)got;
}

/* Each byte of an entry changed, and the entry cut off before it. */
static void test_damage(void **state)
{
    static char bytes[1 << 16];
    folder *f = *state;
    char path[256];
    ml_cache *cache = open_cache(f, ML_CACHE_BYTES_MAX);

    keep(f, cache, ml_str_of(text));
    assert_int_equal(entries(f, 'f', path, sizeof path), 1);
    size_t len = read_file(path, bytes, sizeof bytes);
    for (size_t at = 0; at < len; at++) {
        bytes[at] ^= 0x20;
        write_file(path, bytes, len);
        if (knows(f, cache, ML_FILE_TS, ml_str_of(text)))
            fail_msg("byte %zu changed, and not noticed", at);
        bytes[at] ^= 0x20;
        write_file(path, bytes, at);
        if (knows(f, cache, ML_FILE_TS, ml_str_of(text)))
            fail_msg("cut off at byte %zu, and not noticed", at);
    }
    write_file(path, bytes, len);
    assert_true(knows(f, cache, ML_FILE_TS, ml_str_of(text)));
    keep(f, cache, ml_str_of(text)); /* what is there is replaced */
    assert_true(knows(f, cache, ML_FILE_TS, ml_str_of(text)));
    ml_cache_close(cache);
}

/* A whole entry under the name of another. */
static void test_moved(void **state)
{
    static char bytes[1 << 16];
    folder *f = *state;
    char path[256];
    ml_cache *cache = open_cache(f, ML_CACHE_BYTES_MAX);

    keep(f, cache, ml_str_of(text));
    entries(f, 'f', path, sizeof path);
    size_t len = read_file(path, bytes, sizeof bytes);
    unlink(path);
    keep(f, cache, ML_STR("a.fetch('https://y.com');"));
    entries(f, 'f', path, sizeof path);
    write_file(path, bytes, len);
    assert_false(knows(f, cache, ML_FILE_TS, ML_STR("a.fetch('https://y.com');")));
    ml_cache_close(cache);
}

static void test_links(void **state)
{
    folder *f = *state;
    char path[256], moved[256];
    ml_cache *cache = open_cache(f, ML_CACHE_BYTES_MAX);

    keep(f, cache, ml_str_of(text));
    entries(f, 'f', path, sizeof path);
    snprintf(moved, sizeof moved, "%s/moved", f->root);
    assert_int_equal(rename(path, moved), 0);
    assert_int_equal(symlink(moved, path), 0);
    assert_false(knows(f, cache, ML_FILE_TS, ml_str_of(text)));
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0); /* must not be waited for */
    assert_false(knows(f, cache, ML_FILE_TS, ml_str_of(text)));
    unlink(path);
    assert_int_equal(rename(moved, path), 0);
    assert_true(knows(f, cache, ML_FILE_TS, ml_str_of(text)));
    ml_cache_close(cache);
}

/* Another secret, and nothing of before is found again. */
static void test_secret(void **state)
{
    folder *f = *state;
    char path[256];
    ml_cache *cache = open_cache(f, ML_CACHE_BYTES_MAX);

    keep(f, cache, ml_str_of(text));
    ml_cache_close(cache);
    snprintf(path, sizeof path, "%s/cache", f->cache);
    write_file(path, "meterlint-cache", 15);
    cache = open_cache(f, ML_CACHE_BYTES_MAX);
    assert_false(knows(f, cache, ML_FILE_TS, ml_str_of(text)));
    ml_cache_close(cache);
}

static void test_no_cache(void **state)
{
    folder *f = *state;
    ml_cache *cache = NULL;
    char path[256];

    snprintf(path, sizeof path, "%s/precious", f->root);
    write_file(path, "x", 1);
    assert_int_equal(ml_cache_open(&cache, f->root, 1, &f->error), ML_EUSAGE);
    assert_non_null(strstr(f->error.text, "no cache of meterlint"));
    assert_int_equal(ml_cache_open(&cache, path, 1, &f->error), ML_EIO);
    snprintf(path, sizeof path, "%s/not/there", f->root);
    assert_int_equal(ml_cache_open(&cache, path, 1, &f->error), ML_EIO);
    assert_null(cache);
}

static void age(const char *path, time_t seconds)
{
    struct timespec times[2] = {{.tv_sec = time(NULL) - seconds}, {.tv_sec = time(NULL) - seconds}};

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* The oldest go; what killed writers left goes, files of others stay. */
static void test_bound(void **state)
{
    folder *f = *state;
    char first[256], second[256], stale[256], young[256], foreign[256];
    ml_buf large = {0}; /* many blocks of a disk, so that these can be counted */
    struct stat info;
    ml_cache *cache = open_cache(f, ML_CACHE_BYTES_MAX);

    for (int i = 0; i < 1000; i++)
        ml_buf_cstr(&large, "b.fetch('https://y.com');\n");
    keep(f, cache, ml_buf_view(&large));
    entries(f, 'f', first, sizeof first);
    assert_int_equal(stat(first, &info), 0);
    age(first, 500);
    ml_cache_close(cache);
    snprintf(stale, sizeof stale, "%s/tmp-1", f->cache);
    snprintf(young, sizeof young, "%s/tmp-2", f->cache);
    snprintf(foreign, sizeof foreign, "%s/other", f->cache);
    write_file(stale, "x", 1);
    age(stale, 100000);
    write_file(young, "x", 1);
    write_file(foreign, "x", 1);

    cache = open_cache(f, (uint64_t)info.st_size * 3 / 2); /* room for one entry */
    ml_buf_cstr(&large, "c();\n");
    keep(f, cache, ml_buf_view(&large));
    ml_cache_close(cache);
    ml_buf_finish(&large);
    assert_int_equal(entries(f, 'f', second, sizeof second), 1);
    assert_string_not_equal(first, second);
    assert_int_not_equal(access(stale, F_OK), 0);
    assert_int_equal(access(young, F_OK), 0);
    assert_int_equal(access(foreign, F_OK), 0);

    cache = open_cache(f, 0); /* nothing was written: nothing is looked through */
    ml_cache_close(cache);
    assert_int_equal(access(second, F_OK), 0);
}

static void test_used_stays_young(void **state)
{
    folder *f = *state;
    char path[256];
    struct stat info;
    ml_cache *cache = open_cache(f, ML_CACHE_BYTES_MAX);

    keep(f, cache, ml_str_of(text));
    entries(f, 'f', path, sizeof path);
    age(path, 100000);
    assert_true(knows(f, cache, ML_FILE_TS, ml_str_of(text)));
    assert_int_equal(stat(path, &info), 0);
    assert_true(time(NULL) - info.st_mtim.tv_sec < 1000);
    ml_cache_close(cache);
}

static void test_report(void **state)
{
    folder *f = *state;
    ml_report report = {.files_total = 5}, found = {0};
    ml_cache *cache = open_cache(f, ML_CACHE_BYTES_MAX);

    assert_false(ml_cache_report(cache, &f->arena, ML_STR("here"), ML_STR("now"), &found));
    ml_cache_keep_report(cache, ML_STR("here"), ML_STR("now"), &report);
    assert_false(ml_cache_report(cache, &f->arena, ML_STR("here"), ML_STR("later"), &found));
    assert_false(ml_cache_report(cache, &f->arena, ML_STR("there"), ML_STR("now"), &found));
    assert_int_equal(found.files_total, 0);
    assert_true(ml_cache_report(cache, &f->arena, ML_STR("here"), ML_STR("now"), &found));
    assert_int_equal(found.files_total, 5);
    ml_cache_close(cache);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_facts),    CASE(test_cut_short), CASE(test_damage),
        CASE(test_moved),    CASE(test_links),     CASE(test_secret),
        CASE(test_no_cache), CASE(test_bound),     CASE(test_used_stays_young),
        CASE(test_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
