/* Arenas: memory that is zeroed, aligned, apart from what was handed out before, and gone
 * all at once; and that running out of it ends the program with its sentence. */
#include "ml/arena.h"
#include "ml/checked.h"
#include "ml/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Sizes around the block size, and far above it. */
static const size_t sizes[] = {0, 1, 3, 16, 100, 65535, 65536, 65537, 1000000, 7, 64, 200000, 1};

static void gives_zeroed_memory_of_its_own(void **state)
{
    enum { COUNT = sizeof sizes / sizeof *sizes };
    ml_arena arena = {0};
    unsigned char *got[COUNT];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            got[i] = ml_arena_alloc(&arena, sizes[i], 1);
            assert_int_equal((uintptr_t)got[i] % _Alignof(max_align_t), 0);
            for (size_t at = 0; at < sizes[i]; at++)
                assert_int_equal(got[i][at], 0);
            memset(got[i], (int)i + 1, sizes[i]);
            char *text = ml_arena_bytes(&arena, 3); /* throws the alignment off */
            memset(text, 0xee, 3);
        }
        for (size_t i = 0; i < COUNT; i++)
            for (size_t at = 0; at < sizes[i]; at++)
                assert_int_equal(got[i][at], i + 1);
        ml_arena_reset(&arena);
    }
    ml_arena_finish(&arena);
}

static void counts_what_it_gave(void **state)
{
    ml_arena arena = {0};

    (void)state;
    ml_arena_alloc(&arena, 10, 4);
    ml_arena_bytes(&arena, 2);
    assert_int_equal(arena.bytes, 42);
    ml_arena_reset(&arena);
    assert_int_equal(arena.bytes, 0);
    ml_arena_finish(&arena);
    assert_null(arena.blocks);
    ml_arena_finish(&arena); /* again, and NULL: nothing happens */
    ml_arena_finish(NULL);
    ml_arena_reset(&arena);
}

/* Runs what must not return, and expects the sentence and the exit code. */
static void expect_no_memory(void (*act)(void))
{
    int said[2], code;
    char text[100] = "";

    assert_int_equal(pipe(said), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(said[1], 2);
        act();
        _exit(99);
    }
    close(said[1]);
    ssize_t got = read(said[0], text, sizeof text - 1);
    close(said[0]);
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_true(got > 0);
    assert_string_equal(text, "meterlint: out of memory\n");
    assert_true(WIFEXITED(code));
    assert_int_equal(WEXITSTATUS(code), 3);
}

static void ask_for_a_product_too_large(void)
{
    ml_arena arena = {0};
    ml_arena_alloc(&arena, SIZE_MAX / 2, 4);
}

static void ask_for_half_of_all(void)
{
    ml_arena arena = {0};
    ml_arena_bytes(&arena, SIZE_MAX / 2 + 1);
}

static void grow_past_counting(void)
{
    ml_arena arena = {0};
    uint32_t cap = UINT32_MAX / 2 + 1;
    ml_vec_grow(&arena, NULL, 0, &cap, 1);
}

static void ends_the_program_without_memory(void **state)
{
    (void)state;
    expect_no_memory(ask_for_a_product_too_large);
    expect_no_memory(ask_for_half_of_all);
    expect_no_memory(grow_past_counting);
}

static void checks_sizes(void **state)
{
    size_t out;

    (void)state;
    assert_true(ml_size_add(&out, 2, 3) && out == 5);
    assert_true(ml_size_mul(&out, 2, 3) && out == 6);
    assert_false(ml_size_add(&out, SIZE_MAX, 1));
    assert_false(ml_size_mul(&out, SIZE_MAX / 2, 3));
    assert_true(ml_size_mul(&out, SIZE_MAX, 0) && out == 0);
}

static void keeps_what_vectors_hold(void **state)
{
    ml_arena arena = {0};
    ML_VEC(int) numbers = {0};

    (void)state;
    for (int i = 0; i < 10000; i++)
        ml_vec_push(&arena, &numbers, i * 3);
    assert_int_equal(numbers.count, 10000);
    assert_true(numbers.cap >= numbers.count);
    for (uint32_t i = 0; i < numbers.count; i++)
        assert_int_equal(numbers.items[i], i * 3);
    ml_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_zeroed_memory_of_its_own),  cmocka_unit_test(counts_what_it_gave),
        cmocka_unit_test(ends_the_program_without_memory), cmocka_unit_test(checks_sizes),
        cmocka_unit_test(keeps_what_vectors_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
