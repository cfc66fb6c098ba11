/* Growing buffers, code points written into them, and errors filled in. */
#include "ml/buf.h"
#include "ml/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void grows_and_stays_terminated(void **state)
{
    ml_buf buf = {0};

    (void)state;
    assert_int_equal(ml_buf_view(&buf).len, 0);
    for (int i = 0; i < 10000; i++) {
        ml_buf_char(&buf, (char)('a' + i % 26));
        assert_int_equal(buf.len, i + 1);
        assert_int_equal(buf.data[buf.len], '\0');
    }
    for (int i = 0; i < 10000; i++)
        assert_int_equal(buf.data[i], 'a' + i % 26);
    ml_buf_clear(&buf);
    assert_string_equal(buf.data, "");
    ml_buf_str(&buf, ML_STR("a\0b"));
    ml_buf_cstr(&buf, "c");
    ml_buf_cstr(&buf, NULL);
    ml_buf_bytes(&buf, NULL, 0);
    assert_true(ml_str_eq(ml_buf_view(&buf), ML_STR("a\0bc")));
    ml_buf_finish(&buf);
    assert_null(buf.data);
    ml_buf_finish(&buf);
    ml_buf_finish(NULL);
    ml_buf_clear(&buf);
}

static void prints(void **state)
{
    ml_buf buf = {0};

    (void)state;
    ml_buf_printf(&buf, "%s-%d", "a", 1);
    ml_buf_printf(&buf, "%s", "");
    ml_buf_printf(&buf, "%500s", "b");
    assert_int_equal(buf.len, 503);
    assert_int_equal(buf.data[502], 'b');
    assert_memory_equal(buf.data, "a-1   ", 6);
    ml_buf_finish(&buf);
}

static const struct {
    uint32_t code;
    const char *bytes;
} characters[] = {
    {'a',        "a"               },
    {0x7f,       "\x7f"            },
    {0x80,       "\xc2\x80"        },
    {0x7ff,      "\xdf\xbf"        },
    {0x800,      "\xe0\xa0\x80"    },
    {0x4f60,     "\xe4\xbd\xa0"    },
    {0xd7ff,     "\xed\x9f\xbf"    },
    {0xd800,     "\xef\xbf\xbd"    },
    {0xdfff,     "\xef\xbf\xbd"    },
    {0xe000,     "\xee\x80\x80"    },
    {0xffff,     "\xef\xbf\xbf"    },
    {0x10000,    "\xf0\x90\x80\x80"},
    {0x1f600,    "\xf0\x9f\x98\x80"},
    {0x10ffff,   "\xf4\x8f\xbf\xbf"},
    {0x110000,   "\xef\xbf\xbd"    },
    {UINT32_MAX, "\xef\xbf\xbd"    },
};

static void writes_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
        ml_buf buf = {0};
        ml_buf_utf8(&buf, characters[i].code);
        assert_string_equal(buf.data, characters[i].bytes);
        ml_buf_finish(&buf);
    }
}

static void describes_errors(void **state)
{
    ml_error error;
    char long_path[2000];

    (void)state;
    memset(&error, 0xff, sizeof error);
    memset(long_path, 'p', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    assert_int_equal(ml_fail(&error, ML_EVALUE, "a.json", 7, "%s %d", "bad", 3), ML_EVALUE);
    assert_string_equal(error.path, "a.json");
    assert_string_equal(error.text, "bad 3");
    assert_int_equal(error.line, 7);
    assert_int_equal(ml_fail(&error, ML_EIO, NULL, 0, "x"), ML_EIO);
    assert_string_equal(error.path, "");
    assert_int_equal(ml_fail(&error, ML_EIO, long_path, 0, "%s", long_path), ML_EIO);
    assert_int_equal(strlen(error.path), sizeof error.path - 1);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    assert_int_equal(ml_fail(NULL, ML_ELIMIT, "a", 1, "x"), ML_ELIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_stays_terminated),
        cmocka_unit_test(prints),
        cmocka_unit_test(writes_characters),
        cmocka_unit_test(describes_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
