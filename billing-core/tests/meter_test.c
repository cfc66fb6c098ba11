/* meter_test.c - usage out of providers' answers: bodies as their documentation
 * shows them, streams cut into every possible pair of pieces, streams that end
 * too early, and the count of characters against a Unicode library. */
#include "billing/meter.h"
#include "check.h"

#ifdef HAVE_UNISTRING
#include <unistr.h>
#endif

#define NONE BILL_COUNT_NONE

typedef struct wanted {
    bill_status status;
    int64_t input, output, cached, written, reasoning, audio_input, images;
    const char *seconds;
    bill_usage_status call;
    bill_usage_source source;
    bool mismatch;
} wanted;

static int64_t part(int64_t one_higher)
{
    return one_higher == 0 ? NONE : one_higher - 1;
}

static void compare(const char *name, const bill_usage *u, const bill_meter_flags *flags, const wanted *w)
{
    CHECK_CASE(name, u->input_tokens == w->input);
    CHECK_CASE(name, u->output_tokens == w->output);
    CHECK_CASE(name, u->cached_input_tokens == part(w->cached));
    CHECK_CASE(name, u->cache_write_tokens == part(w->written));
    CHECK_CASE(name, u->reasoning_tokens == part(w->reasoning));
    CHECK_CASE(name, u->audio_input_tokens == part(w->audio_input));
    CHECK_CASE(name, u->image_count == part(w->images));
    CHECK_CASE(name, u->has_duration == (w->seconds != NULL));
    CHECK_CASE(name, !w->seconds || bill_amount_cmp(u->duration_seconds, amount(w->seconds)) == 0);
    CHECK_CASE(name, u->status == w->call);
    CHECK_CASE(name, u->source == w->source);
    CHECK_CASE(name, flags->total_mismatch == w->mismatch);
}

/* Parts are written one higher, so that a row need not name those it has not. */
#define IS(count) ((count) + 1)
#define TOKENS(in, out, ...)                                                                                           \
    {                                                                                                                  \
        .input = in, .output = out, __VA_ARGS__                                                                        \
    }

/* clang-format off */
static const struct {
    const char *name;
    bill_shape shape;
    bill_operation operation;
    const char *json;
    wanted want;
} answers[] = {
    {"openai chat", BILL_SHAPE_OPENAI, BILL_OP_CHAT,
     "{\"id\":\"chatcmpl-1\",\"model\":\"gpt\",\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":500,\"total_tokens\":1500}}",
     TOKENS(1000, 500, .status = BILL_OK)},
    {"openai cached, audio and reasoning are parts", BILL_SHAPE_OPENAI, BILL_OP_CHAT,
     "{\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":50,\"total_tokens\":150,"
     "\"prompt_tokens_details\":{\"cached_tokens\":60,\"audio_tokens\":5},\"completion_tokens_details\":{\"reasoning_tokens\":40}}}",
     {.input = 100, .output = 50, .cached = IS(60), .reasoning = IS(40), .audio_input = IS(5)}},
    {"reasoning beside the output", BILL_SHAPE_OPENAI, BILL_OP_CHAT,
     "{\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":50,\"total_tokens\":190,\"completion_tokens_details\":{\"reasoning_tokens\":40}}}",
     TOKENS(100, 90, .reasoning = IS(40))},
    {"responses spelling", BILL_SHAPE_OPENAI, BILL_OP_CHAT,
     "{\"usage\":{\"input_tokens\":75,\"input_tokens_details\":{\"cached_tokens\":9},\"output_tokens\":20,"
     "\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":95}}",
     TOKENS(75, 20, .cached = IS(9), .reasoning = IS(0))},
    {"deepseek cache", BILL_SHAPE_OPENAI, BILL_OP_CHAT,
     "{\"usage\":{\"prompt_tokens\":30,\"completion_tokens\":1,\"total_tokens\":31,\"prompt_cache_hit_tokens\":20,\"prompt_cache_miss_tokens\":10}}",
     TOKENS(30, 1, .cached = IS(20))},
    {"total that does not fit", BILL_SHAPE_OPENAI, BILL_OP_CHAT,
     "{\"usage\":{\"prompt_tokens\":30,\"completion_tokens\":1,\"total_tokens\":99}}", TOKENS(30, 1, .mismatch = true)},
    {"embedding has no output", BILL_SHAPE_OPENAI, BILL_OP_EMBEDDING,
     "{\"data\":[{}],\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}", TOKENS(8, NONE)},
    {"zero is not missing", BILL_SHAPE_OPENAI, BILL_OP_CHAT,
     "{\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":0}}", TOKENS(8, 0)},
    {"no usage", BILL_SHAPE_OPENAI, BILL_OP_CHAT, "{\"choices\":[]}", {.status = BILL_ENOTFOUND}},
    {"usage is null", BILL_SHAPE_OPENAI, BILL_OP_CHAT, "{\"usage\":null}", {.status = BILL_ENOTFOUND}},
    {"a real number of tokens", BILL_SHAPE_OPENAI, BILL_OP_CHAT, "{\"usage\":{\"prompt_tokens\":1.5}}", {.status = BILL_EINVAL}},
    {"anthropic input is without cache", BILL_SHAPE_ANTHROPIC, BILL_OP_CHAT,
     "{\"id\":\"msg_1\",\"usage\":{\"input_tokens\":100,\"cache_read_input_tokens\":2000,\"cache_creation_input_tokens\":300,\"output_tokens\":50}}",
     TOKENS(2400, 50, .cached = IS(2000), .written = IS(300))},
    {"gemini thoughts are beside", BILL_SHAPE_GEMINI, BILL_OP_CHAT,
     "{\"usageMetadata\":{\"promptTokenCount\":100,\"cachedContentTokenCount\":40,\"candidatesTokenCount\":20,\"thoughtsTokenCount\":30,"
     "\"totalTokenCount\":150,\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":90},{\"modality\":\"AUDIO\",\"tokenCount\":10}]}}",
     TOKENS(100, 50, .cached = IS(40), .reasoning = IS(30), .audio_input = IS(10))},
    {"ark chat", BILL_SHAPE_ARK, BILL_OP_CHAT,
     "{\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15,\"prompt_tokens_details\":{\"cached_tokens\":0}}}",
     TOKENS(10, 5, .cached = IS(0))},
    {"dashscope chat", BILL_SHAPE_DASHSCOPE, BILL_OP_CHAT,
     "{\"output\":{\"text\":\"x\"},\"usage\":{\"input_tokens\":12,\"output_tokens\":7,\"total_tokens\":19},\"request_id\":\"q\"}", TOKENS(12, 7)},
    {"images that came back", BILL_SHAPE_OPENAI, BILL_OP_IMAGE, "{\"created\":1,\"data\":[{\"url\":\"a\"},{\"b64_json\":\"b\"}]}",
     TOKENS(NONE, NONE, .images = IS(2), .source = BILL_SOURCE_COUNTED)},
    {"one image was refused", BILL_SHAPE_ARK, BILL_OP_IMAGE,
     "{\"data\":[{\"url\":\"a\"},{\"error\":{\"code\":\"x\"}}],\"usage\":{\"generated_images\":1}}", TOKENS(NONE, NONE, .images = IS(1))},
    {"dashscope images", BILL_SHAPE_DASHSCOPE, BILL_OP_IMAGE,
     "{\"output\":{\"task_status\":\"SUCCEEDED\",\"results\":[{\"url\":\"a\"},{\"url\":\"b\"},{\"code\":\"InternalError\"}]},\"usage\":{\"image_count\":2}}",
     TOKENS(NONE, NONE, .images = IS(2))},
    {"gemini image parts", BILL_SHAPE_GEMINI, BILL_OP_IMAGE,
     "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"x\"},{\"inlineData\":{\"data\":\"\"}}]}}]}",
     TOKENS(NONE, NONE, .images = IS(1), .source = BILL_SOURCE_COUNTED)},
    {"transcription", BILL_SHAPE_OPENAI, BILL_OP_STT, "{\"text\":\"x\",\"duration\":8.470000267028809}",
     TOKENS(NONE, NONE, .seconds = "8.47")},
    {"transcription by seconds", BILL_SHAPE_OPENAI, BILL_OP_STT, "{\"text\":\"x\",\"usage\":{\"type\":\"duration\",\"seconds\":9}}",
     TOKENS(NONE, NONE, .seconds = "9")},
    {"video done", BILL_SHAPE_OPENAI, BILL_OP_VIDEO, "{\"id\":\"v\",\"status\":\"completed\",\"seconds\":\"8\"}",
     TOKENS(NONE, NONE, .seconds = "8")},
    {"video of ark", BILL_SHAPE_ARK, BILL_OP_VIDEO,
     "{\"id\":\"v\",\"status\":\"succeeded\",\"duration\":5,\"usage\":{\"completion_tokens\":108900,\"total_tokens\":108900}}",
     TOKENS(NONE, 108900, .seconds = "5")},
    {"video of dashscope", BILL_SHAPE_DASHSCOPE, BILL_OP_VIDEO,
     "{\"output\":{\"task_status\":\"SUCCEEDED\"},\"usage\":{\"video_duration\":5,\"video_count\":1}}", TOKENS(NONE, NONE, .seconds = "5")},
    {"video still runs", BILL_SHAPE_OPENAI, BILL_OP_VIDEO, "{\"status\":\"in_progress\",\"seconds\":\"8\"}", {.status = BILL_ESTATE}},
    {"video failed", BILL_SHAPE_OPENAI, BILL_OP_VIDEO, "{\"status\":\"failed\",\"seconds\":\"8\",\"error\":{\"code\":\"blocked\"}}",
     TOKENS(NONE, NONE, .call = BILL_USAGE_FAILED)},
    {"speech of dashscope", BILL_SHAPE_DASHSCOPE, BILL_OP_TTS, "{\"usage\":{\"characters\":7}}", TOKENS(NONE, NONE)},
    {"error answer", BILL_SHAPE_OPENAI, BILL_OP_CHAT, "{\"error\":{\"code\":\"rate_limit\",\"message\":\"slow down\"}}",
     TOKENS(NONE, NONE, .call = BILL_USAGE_FAILED)},
    {"not JSON", BILL_SHAPE_OPENAI, BILL_OP_CHAT, "<html>", {.status = BILL_EINVAL}},
};
/* clang-format on */

static void whole_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        bill_usage u;
        bill_meter_flags flags;
        bill_error error = {0};
        bill_usage_init(&u, answers[i].operation);
        u.user_id = 42;
        bill_status status =
            bill_meter_response(&u, answers[i].shape, answers[i].json, strlen(answers[i].json), &flags, &error);
        if (status != answers[i].want.status)
            fail_msg("case \"%s\": %s (%s)", answers[i].name, bill_status_text(status), error.text);
        if (status == BILL_OK)
            compare(answers[i].name, &u, &flags, &answers[i].want);
        else
            CHECK_CASE(answers[i].name, u.input_tokens == NONE && error.text[0]);
        CHECK_CASE(answers[i].name, u.user_id == 42);
    }
}

/* ---- streams ---- */

#define CHUNK(text) "data: {\"id\":\"c1\",\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"" text "\"}}]}\n\n"

/* clang-format off */
static const struct {
    const char *name;
    bill_shape shape;
    int64_t guess;
    const char *stream;
    wanted want;
} streams[] = {
    {"with a final usage", BILL_SHAPE_OPENAI, NONE,
     CHUNK("hello") CHUNK("world") "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n"
     "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":12,\"total_tokens\":21}}\n\ndata: [DONE]\n\n",
     TOKENS(9, 12)},
    {"usage in each chunk is not summed", BILL_SHAPE_OPENAI, NONE,
     "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1}}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}\n\n"
     "data: [DONE]\n\n",
     TOKENS(9, 2)},
    {"without usage: guessed", BILL_SHAPE_OPENAI, 20,
     CHUNK("abcdefgh") CHUNK("你好") "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
     TOKENS(20, 4, .source = BILL_SOURCE_ESTIMATED)},
    {"cut off", BILL_SHAPE_OPENAI, 20, CHUNK("abcdefgh") CHUNK("abcd"),
     TOKENS(20, 3, .source = BILL_SOURCE_ESTIMATED, .call = BILL_USAGE_PARTIAL)},
    {"cut off before anything", BILL_SHAPE_OPENAI, 20, "", TOKENS(NONE, NONE, .call = BILL_USAGE_CANCELLED)},
    {"error instead of content", BILL_SHAPE_OPENAI, 20, "data: {\"error\":{\"code\":\"overloaded\"}}\n\n",
     TOKENS(NONE, NONE, .call = BILL_USAGE_FAILED)},
    {"carriage returns, comments, two data lines", BILL_SHAPE_OPENAI, NONE,
     ": keep-alive\r\n\r\nevent: x\r\ndata: {\"choices\":[{\"finish_reason\":\"stop\"}],\r\n"
     "data: \"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\r\n\r\n",
     TOKENS(3, 4)},
    {"responses API", BILL_SHAPE_OPENAI, NONE,
     "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"hi\"}\n\n"
     "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"usage\":{\"input_tokens\":5,\"output_tokens\":6}}}\n\n",
     TOKENS(5, 6)},
    {"anthropic", BILL_SHAPE_ANTHROPIC, NONE,
     "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"claude\",\"usage\":{\"input_tokens\":10,"
     "\"cache_read_input_tokens\":5,\"output_tokens\":1}}}\n\n"
     "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello\"}}\n\n"
     "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":15}}\n\n"
     "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
     TOKENS(15, 15, .cached = IS(5))},
    {"anthropic cut off", BILL_SHAPE_ANTHROPIC, NONE,
     "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n"
     "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello, how are you\"}}\n\n",
     TOKENS(10, 5, .source = BILL_SOURCE_ESTIMATED, .call = BILL_USAGE_PARTIAL)},
    {"gemini", BILL_SHAPE_GEMINI, NONE,
     "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}],\"usageMetadata\":{\"promptTokenCount\":4,\"totalTokenCount\":4}}\r\n\r\n"
     "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":4,"
     "\"candidatesTokenCount\":2,\"totalTokenCount\":6}}\r\n\r\n",
     TOKENS(4, 2)},
    {"dashscope running totals", BILL_SHAPE_DASHSCOPE, NONE,
     "id:1\nevent:result\ndata:{\"output\":{\"text\":\"a\",\"finish_reason\":\"null\"},\"usage\":{\"input_tokens\":3,\"output_tokens\":1},\"request_id\":\"q\"}\n\n"
     "id:2\nevent:result\ndata:{\"output\":{\"text\":\"ab\",\"finish_reason\":\"stop\"},\"usage\":{\"input_tokens\":3,\"output_tokens\":2},\"request_id\":\"q\"}\n\n",
     TOKENS(3, 2)},
    {"ends without a blank line", BILL_SHAPE_OPENAI, NONE,
     "data: {\"choices\":[{\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}", TOKENS(3, 4)},
};
/* clang-format on */

static void stream_in_two(size_t i, size_t cut)
{
    bill_meter *meter;
    bill_usage u;
    bill_meter_flags flags;
    bill_error error = {0};
    const char *text = streams[i].stream;
    bill_usage_init(&u, BILL_OP_CHAT);
    assert_int_equal(bill_meter_new(&meter, streams[i].shape, streams[i].guess), BILL_OK);
    CHECK_CASE(streams[i].name, bill_meter_feed(meter, text, cut, &error) == BILL_OK);
    CHECK_CASE(streams[i].name, bill_meter_feed(meter, text + cut, strlen(text) - cut, &error) == BILL_OK);
    CHECK_CASE(streams[i].name, bill_meter_end(&u, meter, &flags, &error) == BILL_OK);
    compare(streams[i].name, &u, &flags, &streams[i].want);
    bill_meter_free(meter);
}

static void event_streams(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
        for (size_t cut = 0; cut <= strlen(streams[i].stream); cut++)
            stream_in_two(i, cut);
}

/* ---- characters ---- */

static void characters(void **state)
{
    static const struct {
        const char *text;
        int64_t points, utf16, bytes;
    } rows[] = {
        {"你好，欢迎使用",                                                    7, 7, 21},
        {"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", 5, 8, 18},
        {"\xf0\xa0\xae\xb7",                                                         1, 2, 4 },
        {"e\xcc\x81",                                                                2, 2, 3 },
        {"\xe0\xa4\xa8\xe0\xa4\xae\xe0\xa4\xb8\xe0\xa5\x8d\xe0\xa4\xa4\xe0\xa5\x87", 6, 6, 18},
        {"",                                                                         0, 0, 0 },
        {"plain",                                                                    5, 5, 5 },
    };
    static const char *const bad[] = {"\x80",  "\xc3",    "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                      "a\xff", "\xe4\xbd"};
    int64_t count;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = strlen(rows[i].text);
        assert_int_equal(bill_utf8_count(&count, rows[i].text, length, BILL_CHAR_CODE_POINT), BILL_OK);
        assert_int_equal(count, rows[i].points);
        assert_int_equal(bill_utf8_count(&count, rows[i].text, length, BILL_CHAR_UTF16), BILL_OK);
        assert_int_equal(count, rows[i].utf16);
        assert_int_equal(bill_utf8_count(&count, rows[i].text, length, BILL_CHAR_BYTE), BILL_OK);
        assert_int_equal(count, rows[i].bytes);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_CASE(bad[i], bill_utf8_count(&count, bad[i], strlen(bad[i]), BILL_CHAR_CODE_POINT) == BILL_EINVAL);
    bill_usage u;
    bill_usage_init(&u, BILL_OP_TTS);
    assert_int_equal(bill_meter_text(&u, rows[0].text, 21, BILL_CHAR_CODE_POINT, NULL), BILL_OK);
    assert_int_equal(u.character_count, 7);
    assert_int_equal(u.source, BILL_SOURCE_COUNTED);
}

/* Random bytes, mostly near UTF-8, judged and counted as libunistring does. */
static void same_as_a_unicode_library(void **state)
{
    (void)state;
#ifdef HAVE_UNISTRING
    uint32_t seed = 12345;
    for (int round = 0; round < 200000; round++) {
        uint8_t text[24];
        size_t length = 0;
        while (length < 12) {
            seed = seed * 1664525 + 1013904223;
            uint32_t pick = seed >> 8, point = (seed >> 11) % 0x110800;
            int put = u8_uctomb(text + length, (ucs4_t)(pick % 3 ? point >> (pick % 14) : point), 8);
            if (put > 0)
                length += (size_t)put;
            if (pick % 7 == 0)
                text[length++] = (uint8_t)(seed >> 24);
        }
        int64_t count = -1;
        bill_status status = bill_utf8_count(&count, (const char *)text, length, BILL_CHAR_CODE_POINT);
        bool valid = u8_check(text, length) == NULL;
        if (valid != (status == BILL_OK) || (valid && (size_t)count != u8_mbsnlen(text, length)))
            fail_msg("round %d: %d, %lld", round, status, (long long)count);
    }
#else
    skip();
#endif
}

static void names(void **state)
{
    (void)state;
    assert_int_equal(bill_shape_find("doubao", 6), BILL_SHAPE_ARK);
    assert_int_equal(bill_shape_find("qwen", 4), BILL_SHAPE_DASHSCOPE);
    assert_int_equal(bill_shape_find("nobody", 6), -1);
    assert_int_equal(bill_meter_guess_tokens("abcde你好", 11), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_answers), cmocka_unit_test(event_streams),
        cmocka_unit_test(characters),    cmocka_unit_test(same_as_a_unicode_library),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests_name("billing meter", tests, NULL, NULL);
}
