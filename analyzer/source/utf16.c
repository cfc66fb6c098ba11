/* A TypeScript compiler reads UTF-16 files with a mark, so a scan that saw only noise
 * in them would be a way to hide calls. */
#include "utf16.h"

#include "ml/buf.h"

ml_text_form ml_text_form_of(ml_str text)
{
    if (ml_str_starts(text, ML_STR("\xff\xfe\0\0")) || ml_str_starts(text, ML_STR("\0\0\xfe\xff")))
        return ML_TEXT_UTF32;
    if (ml_str_starts(text, ML_STR("\xff\xfe")))
        return ML_TEXT_UTF16LE;
    if (ml_str_starts(text, ML_STR("\xfe\xff")))
        return ML_TEXT_UTF16BE;
    return ML_TEXT_BYTES;
}

static uint32_t unit_at(ml_str text, size_t at, ml_text_form form)
{
    uint32_t a = (unsigned char)text.data[at], b = (unsigned char)text.data[at + 1];
    return form == ML_TEXT_UTF16LE ? b << 8 | a : a << 8 | b;
}

ml_str ml_utf16_to_utf8(ml_arena *arena, ml_str text, ml_text_form form)
{
    ml_buf out = {0};
    size_t at = 2; /* past the mark */

    ml_buf_reserve(&out, text.len);
    for (; at + 1 < text.len; at += 2) {
        uint32_t unit = unit_at(text, at, form);
        if (unit >= 0xd800 && unit <= 0xdbff && at + 3 < text.len) {
            uint32_t low = unit_at(text, at + 2, form);
            if (low >= 0xdc00 && low <= 0xdfff) {
                unit = 0x10000 + ((unit - 0xd800) << 10 | (low - 0xdc00));
                at += 2;
            }
        }
        ml_buf_utf8(&out, unit); /* a lone half becomes U+FFFD there */
    }
    if (at < text.len)
        ml_buf_utf8(&out, 0xfffd);
    ml_str copy = ml_arena_copy(arena, ml_buf_view(&out));
    ml_buf_finish(&out);
    return copy;
}

bool ml_text_decode(ml_str *text, ml_arena *arena)
{
    ml_text_form form = ml_text_form_of(*text);

    if (form == ML_TEXT_UTF16LE || form == ML_TEXT_UTF16BE)
        *text = ml_utf16_to_utf8(arena, *text, form);
    return form != ML_TEXT_UTF32;
}
