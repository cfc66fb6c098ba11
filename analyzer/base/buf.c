#include "ml/buf.h"

#include "ml/checked.h"

#include <stdio.h>
#include <stdlib.h>

void ml_buf_finish(ml_buf *buf)
{
    if (!buf)
        return;
    free(buf->data);
    memset(buf, 0, sizeof *buf);
}

void ml_buf_clear(ml_buf *buf)
{
    buf->len = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

void ml_buf_reserve(ml_buf *buf, size_t more)
{
    size_t need;

    if (!ml_size_add(&need, buf->len, more) || !ml_size_add(&need, need, 1) || need > SIZE_MAX / 2)
        ml_die_no_memory();
    if (need <= buf->cap)
        return;
    size_t cap = buf->cap ? buf->cap * 2 : 256;
    if (cap < need)
        cap = need;
    buf->data = ml_xrealloc(buf->data, cap);
    buf->cap = cap;
}

void ml_buf_bytes(ml_buf *buf, const void *data, size_t len)
{
    ml_buf_reserve(buf, len);
    if (len)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void ml_buf_char(ml_buf *buf, char c)
{
    ml_buf_bytes(buf, &c, 1);
}

void ml_buf_str(ml_buf *buf, ml_str s)
{
    ml_buf_bytes(buf, s.data, s.len);
}

void ml_buf_cstr(ml_buf *buf, const char *s)
{
    ml_buf_str(buf, ml_str_of(s));
}

void ml_buf_utf8(ml_buf *buf, uint32_t c)
{
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        c = 0xfffd;
    if (c < 0x80) {
        ml_buf_char(buf, (char)c);
    } else if (c < 0x800) {
        ml_buf_char(buf, (char)(0xc0 | (c >> 6)));
        ml_buf_char(buf, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        ml_buf_char(buf, (char)(0xe0 | (c >> 12)));
        ml_buf_char(buf, (char)(0x80 | ((c >> 6) & 0x3f)));
        ml_buf_char(buf, (char)(0x80 | (c & 0x3f)));
    } else {
        ml_buf_char(buf, (char)(0xf0 | (c >> 18)));
        ml_buf_char(buf, (char)(0x80 | ((c >> 12) & 0x3f)));
        ml_buf_char(buf, (char)(0x80 | ((c >> 6) & 0x3f)));
        ml_buf_char(buf, (char)(0x80 | (c & 0x3f)));
    }
}

void ml_buf_vprintf(ml_buf *buf, const char *format, va_list args)
{
    va_list again;

    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0)
        return;
    ml_buf_reserve(buf, (size_t)len);
    vsnprintf(buf->data + buf->len, (size_t)len + 1, format, args);
    buf->len += (size_t)len;
}

void ml_buf_printf(ml_buf *buf, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    ml_buf_vprintf(buf, format, args);
    va_end(args);
}

ml_str ml_buf_view(const ml_buf *buf)
{
    return (ml_str){buf->data, buf->len};
}
