/* Reading one file: what comes back, and what is refused. */
#include "tree.h"

#include "ml/source.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { SMALL_MAX = 4096 };

static const struct {
    const char *name;
    ml_str bytes, text;
} texts[] = {
    {"empty",               ML_STR(""),                         ML_STR("")                    },
    {"plain",               ML_STR("a\n"),                      ML_STR("a\n")                 },
    {"a BOM stays",
     ML_STR("\xef\xbb\xbf"
            "a"),
     ML_STR("\xef\xbb\xbf"
            "a")                                                                              },
    {"NUL stays",           ML_STR("a\0b"),                     ML_STR("a\0b")                },
    {"invalid UTF-8 stays", ML_STR("\xff\xc0\xed\xa0\x80"),     ML_STR("\xff\xc0\xed\xa0\x80")},
    {"UTF-16 little",
     ML_STR("\xff\xfe"
            "a\0\x60\x4f"),
     ML_STR("a\xe4\xbd\xa0")                                                                  },
    {"UTF-16 big",          ML_STR("\xfe\xff\0a\x4f\x60"),      ML_STR("a\xe4\xbd\xa0")       },
    {"UTF-16 pair",         ML_STR("\xff\xfe\x3d\xd8\x00\xde"), ML_STR("\xf0\x9f\x98\x80")    },
    {"UTF-16 half a pair",
     ML_STR("\xff\xfe\x3d\xd8"
            "a\0"),
     ML_STR("\xef\xbf\xbd"
            "a")                                                                              },
    {"UTF-16 odd byte",
     ML_STR("\xff\xfe"
            "a\0b"),
     ML_STR("a\xef\xbf\xbd")                                                                  },
    {"UTF-16 with nothing", ML_STR("\xff\xfe"),                 ML_STR("")                    },
};

static ml_status read_in(ml_str *out, ml_arena *arena, const test_tree *tree, const char *path, ml_error *error)
{
    return ml_source_read(out, arena, ml_str_of(tree->root), ml_str_of(path), SMALL_MAX, error);
}

static void gives_the_text(void **state)
{
    test_tree tree = tree_new();
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ml_arena arena = {0};
        ml_str text = ML_STR("untouched");
        ml_error error = {0};
        tree_bytes(&tree, "a/b.ts", texts[i].bytes);
        if (read_in(&text, &arena, &tree, "a/b.ts", &error) != ML_OK || !ml_str_eq(text, texts[i].text) ||
            text.data[text.len] != '\0') {
            print_error("%s: got [%.*s] %s\n", texts[i].name, ML_STR_ARG(text), error.text);
            failures++;
        }
        ml_arena_finish(&arena);
    }
    tree_free(&tree);
    assert_int_equal(failures, 0);
}

static void make_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int socket_file = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_true(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path));
    assert_int_equal(bind(socket_file, (const struct sockaddr *)&address, sizeof address), 0);
    close(socket_file);
}

static const struct {
    const char *path;
    ml_status status;
    const char *reason;
} refused[] = {
    {"missing.ts",    ML_ENOTFOUND, "no such file"                       },
    {"missing/a.ts",  ML_ENOTFOUND, "no such file"                       },
    {"in/a.ts/b.ts",  ML_ENOTFOUND, "no such file"                       },
    {"in",            ML_EIO,       "not a regular file"                 },
    {"fifo.ts",       ML_EIO,       "not a regular file"                 },
    {"link.ts",       ML_EIO,       "a symbolic link, not followed"      },
    {"dangling.ts",   ML_EIO,       "a symbolic link, not followed"      },
    {"loop.ts",       ML_EIO,       "a symbolic link, not followed"      },
    {"zero.ts",       ML_EIO,       "a symbolic link, not followed"      },
    {"linked/a.ts",   ML_EIO,       "a symbolic link, not followed"      },
    {"big.ts",        ML_ELIMIT,    "larger than the limit of 4096 bytes"},
    {"../a.ts",       ML_EIO,       "outside the project"                },
    {"in/../in/a.ts", ML_EIO,       "outside the project"                },
    {"/etc/passwd",   ML_EIO,       "outside the project"                },
    {"",              ML_EIO,       "outside the project"                },
    {"utf32.ts",      ML_EVALUE,    "UTF-32 text cannot be read"         },
};

static void refuses_what_is_no_file_of_the_project(void **state)
{
    test_tree tree = tree_new();
    char big[SMALL_MAX + 1];
    int failures = 0;

    (void)state;
    memset(big, 'x', sizeof big);
    tree_file(&tree, "in/a.ts", "a");
    tree_bytes(&tree, "big.ts", (ml_str){big, sizeof big});
    tree_bytes(&tree, "full.ts", (ml_str){big, SMALL_MAX});
    tree_bytes(&tree, "utf32.ts", ML_STR("\xff\xfe\0\0a\0\0\0"));
    tree_link(&tree, "link.ts", "in/a.ts");
    tree_link(&tree, "linked", "in");
    tree_link(&tree, "dangling.ts", "nowhere");
    tree_link(&tree, "loop.ts", "loop.ts");
    tree_link(&tree, "zero.ts", "/dev/zero");
    assert_int_equal(mkfifo(tree_path(&tree, "fifo.ts"), 0666), 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        ml_arena arena = {0};
        ml_str text = ML_STR("untouched");
        ml_error error = {0};
        ml_status status = read_in(&text, &arena, &tree, refused[i].path, &error);
        if (status != refused[i].status || strcmp(error.text, refused[i].reason) != 0 ||
            strcmp(error.path, refused[i].path) != 0 || !ml_str_eq_c(text, "untouched")) {
            print_error("%s: got %d %s: %s\n", refused[i].path, (int)status, error.path, error.text);
            failures++;
        }
        ml_arena_finish(&arena);
    }
    ml_arena arena = {0};
    ml_str text;
    assert_int_equal(read_in(&text, &arena, &tree, "full.ts", NULL), ML_OK);
    assert_int_equal(text.len, SMALL_MAX);
    ml_arena_finish(&arena);
    tree_free(&tree);
    assert_int_equal(failures, 0);
}

static void refuses_a_socket(void **state)
{
    test_tree tree = tree_new();
    ml_arena arena = {0};
    ml_str text;
    ml_error error = {0};

    (void)state;
    make_socket(tree_path(&tree, "s.ts"));
    assert_int_equal(read_in(&text, &arena, &tree, "s.ts", &error), ML_EIO);
    ml_arena_finish(&arena);
    tree_free(&tree);
}

/* Who names the root may name it by a link; only what stands below is not trusted. */
static void follows_links_to_the_root(void **state)
{
    test_tree tree = tree_new();
    ml_arena arena = {0};
    ml_str text;
    char root[PATH_MAX];

    (void)state;
    tree_file(&tree, "real/a.ts", "a");
    tree_link(&tree, "root", "real");
    tree_link(&tree, "real/b.ts", "a.ts");
    snprintf(root, sizeof root, "%s", tree_path(&tree, "root/"));
    assert_int_equal(ml_source_read(&text, &arena, ml_str_of(root), ML_STR("a.ts"), SMALL_MAX, NULL), ML_OK);
    assert_true(ml_str_eq_c(text, "a"));
    assert_int_equal(ml_source_read(&text, &arena, ml_str_of(root), ML_STR("b.ts"), SMALL_MAX, NULL), ML_EIO);
    ml_arena_finish(&arena);
    tree_free(&tree);
}

/* Names are bytes. */
static void takes_odd_names(void **state)
{
    static const char *const names[] = {"a\nb.ts", "\xff\xfe.ts", "-rf.ts", "a b/\t.ts", "::warning::.ts", "*.ts"};
    test_tree tree = tree_new();

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        ml_arena arena = {0};
        ml_str text;
        tree_file(&tree, names[i], "odd");
        assert_int_equal(read_in(&text, &arena, &tree, names[i], NULL), ML_OK);
        assert_true(ml_str_eq_c(text, "odd"));
        ml_arena_finish(&arena);
    }
    tree_free(&tree);
}

struct writer {
    const test_tree *tree;
    atomic_bool stop;
};

/* Grows, shrinks and replaces the file as fast as it can. */
static void *keep_writing(void *data)
{
    struct writer *writer = data;
    char path[PATH_MAX], bytes[3000];

    snprintf(path, sizeof path, "%s/a.ts", writer->tree->root);
    memset(bytes, 'x', sizeof bytes);
    for (unsigned i = 0; !atomic_load(&writer->stop); i++) {
        int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        if (file < 0)
            continue;
        for (unsigned piece = 0; piece < i % 7; piece++)
            if (write(file, bytes, sizeof bytes) < 0)
                break;
        close(file);
        if (i % 5 == 0)
            unlink(path);
    }
    return NULL;
}

/* Whatever another process does to the file, the read ends with a text or a reason. */
static void survives_changes_while_reading(void **state)
{
    test_tree tree = tree_new();
    struct writer writer = {.tree = &tree};
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, keep_writing, &writer), 0);
    for (int i = 0; i < 3000; i++) {
        ml_arena arena = {0};
        ml_str text = ML_STR_NONE;
        ml_error error = {0};
        ml_status status = read_in(&text, &arena, &tree, "a.ts", &error);
        if (status == ML_OK) {
            assert_true(text.len <= SMALL_MAX && text.data[text.len] == '\0');
            for (size_t at = 0; at < text.len; at++)
                assert_int_equal(text.data[at], 'x');
        } else {
            assert_true(status == ML_ENOTFOUND || status == ML_ELIMIT);
        }
        ml_arena_finish(&arena);
    }
    atomic_store(&writer.stop, true);
    pthread_join(thread, NULL);
    tree_free(&tree);
}

/* A file of the system that says it has no bytes and then has some. */
static void reads_more_than_was_promised(void **state)
{
    ml_arena arena = {0};
    ml_str text = ML_STR_NONE;

    (void)state;
    if (access("/proc/self/status", R_OK) != 0)
        skip();
    assert_int_equal(ml_source_read(&text, &arena, ML_STR("/proc"), ML_STR("version"), SMALL_MAX, NULL), ML_OK);
    assert_true(text.len > 0);
    ml_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_text),
        cmocka_unit_test(refuses_what_is_no_file_of_the_project),
        cmocka_unit_test(refuses_a_socket),
        cmocka_unit_test(follows_links_to_the_root),
        cmocka_unit_test(takes_odd_names),
        cmocka_unit_test(survives_changes_while_reading),
        cmocka_unit_test(reads_more_than_was_promised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
