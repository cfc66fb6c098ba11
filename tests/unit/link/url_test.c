/* The host of a URL string, as a URL parser would find it. A hole is written `$`; the
 * expected line is "kind scheme host port path", a hole in host or path is `$` again,
 * "-" stands for empty. */
#include "ml/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
    const char *name, *url, *expected;
} cases[] = {
    {"plain", "https://api.openai.com/v1", "absolute https api.openai.com 0 /v1"},
    {"no path", "https://api.openai.com", "absolute https api.openai.com 0 -"},
    {"http", "http://a.com/", "absolute http a.com 0 /"},
    {"sockets", "wss://a.com/realtime", "absolute wss a.com 0 /realtime"},
    {"case of scheme and host", "HTTPS://API.OpenAI.com/V1", "absolute https api.openai.com 0 /V1"},
    {"port", "https://a.com:8443/x", "absolute https a.com 8443 /x"},
    {"empty port", "https://a.com:/x", "absolute https a.com 0 /x"},
    {"trailing dot", "https://a.com./x", "absolute https a.com 0 /x"},
    {"trailing dot before a port", "https://a.com.:1/x", "absolute https a.com 1 /x"},
    {"user", "https://me@a.com/x", "absolute https a.com 0 /x"},
    {"user and password", "https://me:pw@a.com:1/x", "absolute https a.com 1 /x"},
    {"a provider as user name is none", "https://api.openai.com@evil.com/x", "absolute https evil.com 0 /x"},
    {"two at signs, the last counts", "https://a@b@c.com/x", "absolute https c.com 0 /x"},
    {"at sign behind the path's begin", "https://a.com/x@b.com", "absolute https a.com 0 /x@b.com"},
    {"colon in a password with a slash", "https://a.com:80/b@c", "absolute https a.com 80 /b@c"},
    {"query behind the host", "https://a.com?b=c", "absolute https a.com 0 -"},
    {"fragment behind the host", "https://a.com#b", "absolute https a.com 0 -"},
    {"query is no path", "https://a.com/x?b=/c", "absolute https a.com 0 /x"},
    {"provider in a query is none", "https://a.com/?u=https://api.openai.com", "absolute https a.com 0 /"},
    {"backslash ends the host", "https://a.com\\x", "absolute https a.com 0 \\x"},
    {"backslashes before the host", "https:\\\\a.com/x", "absolute https a.com 0 /x"},
    {"mixed slashes before the host", "https:/\\a.com/x", "absolute https a.com 0 /x"},
    {"one slash after a special scheme", "https:/a.com/x", "absolute https a.com 0 /x"},
    {"three slashes after a special scheme", "https:///a.com/x", "absolute https a.com 0 /x"},
    {"no slash after a special scheme", "https:a.com/x", "absolute https a.com 0 /x"},
    {"tab in the host", "https://a\t.com/x", "absolute https a.com 0 /x"},
    {"line end in the scheme", "ht\ntps://a.com/x", "absolute https a.com 0 /x"},
    {"blanks before", "  https://a.com/x", "absolute https a.com 0 /x"},
    {"control character before", "\001https://a.com/x", "absolute https a.com 0 /x"},
    {"percent in the host", "https://api%2Eopenai.com/x", "absolute https api.openai.com 0 /x"},
    {"same scheme", "//a.com/x", "absolute - a.com 0 /x"},
    {"IPv6", "http://[::1]:11434/api", "absolute http [::1] 11434 /api"},
    {"IPv6 without port", "http://[::1]/api", "absolute http [::1] 0 /api"},
    {"IPv4", "http://127.0.0.1:11434", "absolute http 127.0.0.1 11434 -"},
    {"absolute path", "/api/x", "relative - - 0 /api/x"},
    {"relative path", "x/y", "relative - - 0 x/y"},
    {"empty", "", "relative - - 0 -"},
    {"only a query", "?a", "relative - - 0 -"},
    {"host without scheme is a path", "api.openai.com/v1", "relative - - 0 api.openai.com/v1"},
    {"host and port without scheme", "localhost:3000/x", "relative - - 0 localhost:3000/x"},
    {"data", "data:text/plain,https://api.openai.com", "relative - - 0 data:text/plain,https://api.openai.com"},
    {"blob of a page", "blob:https://a.com/x", "relative - - 0 blob:https://a.com/x"},
    {"look-alike stays what it is", "https://api.openai.com.evil.com/x", "absolute https api.openai.com.evil.com 0 /x"},
    {"hole for all", "$", "unknown - - 0 -"},
    {"hole before a path", "$/v1/chat", "unknown - - 0 /v1/chat"},
    {"hole before a query", "$?a", "unknown - - 0 -"},
    {"hole for the scheme", "$://a.com/x", "absolute - a.com 0 /x"},
    {"hole with letters for the scheme", "http$://a.com/x", "absolute - a.com 0 /x"},
    {"hole for the host", "https://$/v1", "unknown https $ 0 /v1"},
    {"hole for the host, with a port", "https://$:8080/v1", "unknown https $ 8080 /v1"},
    {"hole in a label", "https://$.openai.azure.com/x", "absolute https $.openai.azure.com 0 /x"},
    {"hole within a label", "https://eu-$.a.com/x", "absolute https eu-$.a.com 0 /x"},
    {"hole at the host's end", "https://api.$/x", "absolute https api.$ 0 /x"},
    {"hole behind the host is taken for the path", "https://a.com$", "absolute https a.com 0 $"},
    {"hole for the port", "https://a.com:$/x", "absolute https a.com 0 /x"},
    {"hole for the user", "https://$@a.com/x", "absolute https a.com 0 /x"},
    {"hole in the path", "https://a.com/$/x", "absolute https a.com 0 /$/x"},
    {"hole in the query", "https://a.com/x?k=$", "absolute https a.com 0 /x"},
    {"two holes in the host", "https://$.$.com/x", "absolute https $.$.com 0 /x"},
    {"hole after same-scheme slashes", "//$/x", "unknown - $ 0 /x"},
    {"hole in a relative path", "/api/$", "relative - - 0 /api/$"},
    {"port too large is clamped, not wrapped", "https://a.com:4294967377/x", "absolute https a.com 429496 /x"},
};

static uint32_t pieces_of(ml_piece *pieces, const char *text)
{
    uint32_t count = 0;

    while (*text) {
        size_t len = strcspn(text, "$");
        if (len)
            pieces[count++] = (ml_piece){.text = {text, len}, .place = {1, 1}};
        text += len;
        if (*text == '$') {
            pieces[count++] = (ml_piece){.hole = ML_HOLE_ENV, .text = ML_STR("X"), .place = {1, 1}};
            text++;
        }
    }
    return count;
}

static void append(char *out, size_t size, ml_str text)
{
    size_t at = strlen(out);

    snprintf(out + at, size - at, " %.*s", ML_STR_ARG(text.len ? text : ML_STR("-")));
    for (; out[at]; at++)
        if (out[at] == 1)
            out[at] = '$';
}

static void describe(char *out, size_t size, const ml_url *url)
{
    static const char *const kinds[] = {"relative", "absolute", "unknown"};

    snprintf(out, size, "%s", kinds[url->kind]);
    append(out, size, url->scheme);
    append(out, size, url->host);
    size_t at = strlen(out);
    snprintf(out + at, size - at, " %u", url->port);
    append(out, size, url->path);
}

static void test_urls(void **state)
{
    ml_arena arena = {0};
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ml_piece pieces[16] = {{0}};
        char got[400];
        ml_url url = ml_url_of(&arena, pieces, pieces_of(pieces, cases[i].url));
        describe(got, sizeof got, &url);
        if (strcmp(got, cases[i].expected) != 0) {
            print_error("%s: %s\n  expected  %s\n  got       %s\n", cases[i].name, cases[i].url, cases[i].expected, got);
            failed++;
        }
    }
    ml_arena_finish(&arena);
    assert_int_equal(failed, 0);
}

/* However the text is cut into pieces, it is one text. */
static void test_pieces_do_not_matter(void **state)
{
    ml_arena arena = {0};
    const char *text = "https://me@API.openai.com:443/v1?x";
    char whole[400], cut[400];
    ml_piece pieces[2] = {{.text = ml_str_of(text)}};
    ml_url url = ml_url_of(&arena, pieces, 1);

    (void)state;
    describe(whole, sizeof whole, &url);
    for (size_t at = 0; at <= strlen(text); at++) {
        pieces[0].text = (ml_str){text, at};
        pieces[1].text = ml_str_of(text + at);
        url = ml_url_of(&arena, pieces, 2);
        describe(cut, sizeof cut, &url);
        assert_string_equal(cut, whole);
    }
    ml_arena_finish(&arena);
}

/* A reader is led to the piece the host stands in, and told which hole a URL begins with. */
static void test_places(void **state)
{
    ml_arena arena = {0};
    ml_piece pieces[] = {{.text = ML_STR("https://"), .place = {1, 10}},
                         {.text = ML_STR("a.com"), .place = {2, 20}},
                         {.text = ML_STR("/x"), .place = {3, 30}}};
    ml_url url = ml_url_of(&arena, pieces, 3);

    (void)state;
    assert_int_equal(url.place.file, 2);
    assert_int_equal(url.place.node, 20);
    pieces[1].hole = ML_HOLE_ENV;
    url = ml_url_of(&arena, pieces, 3);
    assert_int_equal(url.kind, ML_URL_UNKNOWN);
    assert_int_equal(url.hole.hole, ML_HOLE_ENV);
    assert_true(ml_str_eq_c(url.hole.text, "a.com"));
    assert_int_equal(url.place.node, 20);
    ml_arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_pieces_do_not_matter),
        cmocka_unit_test(test_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
