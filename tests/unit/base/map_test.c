/* Hash maps: what was put in last under a key comes out, and nothing else. */
#include "ml/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { COUNT = 5000 };
static int values[COUNT], others[COUNT];

static void keeps_texts(void **state)
{
    ml_arena arena = {0};
    ml_strmap map = {0};

    (void)state;
    assert_null(ml_strmap_get(&map, ML_STR("a")));
    for (int i = 0; i < COUNT; i++)
        ml_strmap_put(&arena, &map, ml_arena_printf(&arena, "key-%d", i), &values[i]);
    assert_int_equal(map.count, COUNT);
    for (int i = 0; i < COUNT; i += 2)
        ml_strmap_put(&arena, &map, ml_arena_printf(&arena, "key-%d", i), &others[i]);
    assert_int_equal(map.count, COUNT); /* replaced, not added */
    for (int i = 0; i < COUNT; i++)
        assert_ptr_equal(ml_strmap_get(&map, ml_arena_printf(&arena, "key-%d", i)), i % 2 ? &values[i] : &others[i]);
    assert_null(ml_strmap_get(&map, ML_STR("key-5000")));
    assert_null(ml_strmap_get(&map, ML_STR("")));
    ml_strmap_put(&arena, &map, ML_STR_NONE, &values[0]);
    assert_ptr_equal(ml_strmap_get(&map, ML_STR("")), &values[0]);
    ml_arena_finish(&arena);
}

static void shows_every_slot_once(void **state)
{
    ml_arena arena = {0};
    ml_strmap map = {0};
    uint32_t seen = 0;

    (void)state;
    for (int i = 0; i < 100; i++)
        ml_strmap_put(&arena, &map, ml_arena_printf(&arena, "%d", i), &values[i]);
    for (uint32_t i = 0; i < map.cap; i++)
        seen += map.slots[i].value != NULL;
    assert_int_equal(seen, 100);
    ml_arena_finish(&arena);
}

/* Keys that differ only in high bits, and zero, are keys like others. */
static void keeps_numbers(void **state)
{
    ml_arena arena = {0};
    ml_intmap map = {0};

    (void)state;
    assert_null(ml_intmap_get(&map, 0));
    for (uint64_t i = 0; i < COUNT; i++)
        ml_intmap_put(&arena, &map, i << 40, &values[i]);
    ml_intmap_put(&arena, &map, UINT64_MAX, &others[1]);
    ml_intmap_put(&arena, &map, 0, &others[0]);
    assert_int_equal(map.count, COUNT + 1);
    for (uint64_t i = 1; i < COUNT; i++)
        assert_ptr_equal(ml_intmap_get(&map, i << 40), &values[i]);
    assert_ptr_equal(ml_intmap_get(&map, 0), &others[0]);
    assert_ptr_equal(ml_intmap_get(&map, UINT64_MAX), &others[1]);
    assert_null(ml_intmap_get(&map, 1));
    ml_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_texts),
        cmocka_unit_test(shows_every_slot_once),
        cmocka_unit_test(keeps_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
