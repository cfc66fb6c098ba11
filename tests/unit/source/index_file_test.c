/* Git's index, read from bytes: what git writes in each version says the same, and what it would not
 * write is refused. Skipped where git is not installed. */
#include "repository.h"

#include "ml/index_file.h"

static ml_str read_index(const test_tree *tree, ml_arena *arena)
{
    FILE *file = fopen(tree_path(tree, ".git/index"), "rb");
    char bytes[16 * 1024];

    assert_non_null(file);
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(len > 0 && len < sizeof bytes);
    return ml_arena_copy(arena, (ml_str){bytes, len});
}

static void print_entries(ml_buf *out, const ml_index *index)
{
    for (uint32_t i = 0; i < index->entry_count; i++) {
        const ml_index_entry *entry = &index->entries[i];
        ml_buf_printf(out, "%06o ", (unsigned)entry->mode);
        for (size_t at = 0; at < entry->id.len; at++)
            ml_buf_printf(out, "%02x", (unsigned)(unsigned char)entry->id.data[at]);
        ml_buf_printf(out, entry->merged ? " 0\t%.*s\n" : " ?\t%.*s\n", ML_STR_ARG(entry->path));
    }
}

/* Below `at`, itself first, in the order of the walk: "name:entries(…)". */
static void print_folders(ml_buf *out, const ml_index *index, uint32_t at)
{
    for (;; at = index->folders.items[at].next_sibling) {
        const ml_index_folder *folder = &index->folders.items[at];
        ml_buf_printf(out, folder->id.len ? "%.*s:%u" : "%.*s:?", ML_STR_ARG(folder->name),
                      (unsigned)folder->entry_count);
        if (folder->first_child) {
            ml_buf_cstr(out, "(");
            print_folders(out, index, folder->first_child);
            ml_buf_cstr(out, ")");
        }
        if (!folder->next_sibling)
            return;
        ml_buf_cstr(out, " ");
    }
}

/* A long path, one that is the begin of another, and a folder changed since the commit. */
static test_tree filled_repository(const char *init, const char *setup)
{
    test_tree tree = tree_new();
    char path[300];

    snprintf(path, sizeof path, "deep/%0*d/%0*d.ts", 120, 1, 120, 2);
    tree_file(&tree, path, "deep");
    tree_file(&tree, "a.ts", "a");
    tree_file(&tree, "a.tsx", "ax");
    tree_file(&tree, "src/b.ts", "b");
    tree_file(&tree, "src/x/c.ts", "c");
    tree_file(&tree, "src/y/d.ts", "d");
    tree_link(&tree, "link", "a.ts");
    run(&tree, "", "%s && git add . && git commit -qm first", init);
    tree_file(&tree, "src/x/c.ts", "c2");
    run(&tree, "", "chmod +x src/b.ts && git add src/x/c.ts src/b.ts && %s", setup);
    run(&tree, "", "git ls-files --stage >.git/listed");
    return tree;
}

static void reads_what_git_writes(void **state)
{
    static const struct {
        const char *name, *init, *setup;
        uint32_t id_bytes;
    } cases[] = {
        {"version 2",          "git init -q .",                        "git update-index --index-version 2",    ML_ID_BYTES_SHA1},
        {"version 3",          "git init -q .",                        "git update-index --skip-worktree a.ts", ML_ID_BYTES_SHA1},
        {"version 4",          "git init -q .",                        "git update-index --index-version 4",    ML_ID_BYTES_SHA1},
        {"version 2, SHA-256", "git init -q --object-format=sha256 .", "git update-index --index-version 2",
         ML_ID_BYTES_SHA256                                                                                                     },
        {"version 4, SHA-256", "git init -q --object-format=sha256 .", "git update-index --index-version 4",
         ML_ID_BYTES_SHA256                                                                                                     },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        test_tree tree = filled_repository(cases[i].init, cases[i].setup);
        ml_arena arena = {0};
        ml_index index;
        ml_buf out = {0};
        ml_str bytes = read_index(&tree, &arena);
        if (!ml_index_read(&index, &arena, bytes, cases[i].id_bytes))
            fail_msg("%s: not read", cases[i].name);
        if (ml_index_read(&index, &arena, bytes, ML_ID_BYTES_SHA1 + ML_ID_BYTES_SHA256 - cases[i].id_bytes))
            fail_msg("%s: read with names of the other length", cases[i].name);
        assert_true(ml_index_read(&index, &arena, bytes, cases[i].id_bytes));
        print_entries(&out, &index);
        tree_bytes(&tree, ".git/ours", ml_buf_view(&out));
        run(&tree, ".git", "cmp ours listed");
        out.len = 0;
        print_folders(&out, &index, 0);
        char expected[200];
        snprintf(expected, sizeof expected, ":?(src:?(x:? y:1) deep:1(%0*d:1))", 120, 1);
        assert_string_equal(out.data, expected);
        ml_buf_finish(&out);
        ml_arena_finish(&arena);
        tree_free(&tree);
    }
}

static void refuses_what_git_would_not_write(void **state)
{
    static const struct {
        const char *name, *before, *after; /* the first of these bytes, replaced */
        size_t len;
    } cases[] = {
        {"another signature",               "DIRC",         "DIRX",         4},
        {"version 5",                       "DIRC\0\0\0\2", "DIRC\0\0\0\5", 8},
        {"more entries than there are",     "\2\0\0\0\7",   "\2\0\0\0\x8",  5},
        {"many more",                       "\2\0\0\0\7",   "\2\xff\0\0\7", 5},
        {"fewer entries",                   "\2\0\0\0\7",   "\2\0\0\0\6",   5},
        {"paths out of order",              "a.ts\0",       "z.ts\0",       5},
        {"the same path twice",             "a.tsx\0",      "a.ts\0\0",     6},
        {"an empty path",                   "a.ts\0",       "\0.ts\0",      5},
        {"an extension that must be known", "TREE",         "tree",         4},
        {"an extension longer than all",    "TREE\0",       "TREE\1",       5},
    };
    test_tree tree = filled_repository("git init -q .", "git update-index --index-version 2");
    ml_arena arena = {0};
    ml_index index;
    ml_str bytes = read_index(&tree, &arena);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_str changed = ml_arena_copy(&arena, bytes);
        size_t at = ml_str_find(changed, (ml_str){cases[i].before, cases[i].len});
        assert_true(at != ML_NOT_FOUND);
        memcpy((char *)changed.data + at, cases[i].after, cases[i].len);
        if (ml_index_read(&index, &arena, changed, ML_ID_BYTES_SHA1))
            fail_msg("%s: read", cases[i].name);
    }
    for (size_t len = 0; len < bytes.len; len++) {
        ml_str cut = ml_str_slice(bytes, 0, len);
        /* Behind the entries the file could end, too, with the checksum. */
        if (len != ml_str_find(bytes, ML_STR("TREE")) + ML_ID_BYTES_SHA1 &&
            ml_index_read(&index, &arena, cut, ML_ID_BYTES_SHA1))
            fail_msg("cut to %zu of %zu bytes: read", len, bytes.len);
    }
    ml_arena_finish(&arena);
    tree_free(&tree);
}

/* What git knew of the trees is a help; when it is not as git writes it, it is no help. */
static void does_without_trees_it_does_not_understand(void **state)
{
    static const struct {
        const char *name, *before, *after;
        size_t len;
    } cases[] = {
        {"no number",               "\0-1 2\n", "\0-1 x\n", 6},
        {"fewer folders than said", "\0-1 2\n", "\0-1 3\n", 6},
        {"more folders than said",  "\0-1 2\n", "\0-1 1\n", 6},
        {"a count too large",       "\0-1 2\n", "\099 2\n", 6},
    };
    test_tree tree = filled_repository("git init -q .", "git update-index --index-version 2");
    ml_arena arena = {0};
    ml_str bytes = read_index(&tree, &arena);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_index index;
        ml_str changed = ml_arena_copy(&arena, bytes);
        size_t from = ml_str_find(changed, ML_STR("TREE")) + 8;
        size_t at = ml_str_find(ml_str_from(changed, from), (ml_str){cases[i].before, cases[i].len});
        assert_true(at != ML_NOT_FOUND);
        memcpy((char *)changed.data + from + at, cases[i].after, cases[i].len);
        if (!ml_index_read(&index, &arena, changed, ML_ID_BYTES_SHA1) || index.entry_count != 7 || index.folders.count)
            fail_msg("%s", cases[i].name);
    }
    ml_arena_finish(&arena);
    tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_git_writes),
        cmocka_unit_test(refuses_what_git_would_not_write),
        cmocka_unit_test(does_without_trees_it_does_not_understand),
    };

    forget_the_machine();
    if (!has_git()) {
        print_message("git is not installed: nothing tested\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
