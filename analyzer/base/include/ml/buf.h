/* buf.h - a growing byte buffer on the heap, always terminated by NUL. */
#ifndef ML_BUF_H
#define ML_BUF_H
#include "ml/str.h"
#include <stdarg.h>

typedef struct ml_buf {
    char *data; /* NULL while empty */
    size_t len, cap;
} ml_buf;

void ml_buf_finish(ml_buf *buf);
void ml_buf_clear(ml_buf *buf);
void ml_buf_reserve(ml_buf *buf, size_t more);
void ml_buf_char(ml_buf *buf, char c);
void ml_buf_bytes(ml_buf *buf, const void *data, size_t len);
void ml_buf_str(ml_buf *buf, ml_str s);
void ml_buf_cstr(ml_buf *buf, const char *s);
/* The code point as UTF-8; U+FFFD for what is no scalar value. */
void ml_buf_utf8(ml_buf *buf, uint32_t code_point);
__attribute__((format(printf, 2, 3))) void ml_buf_printf(ml_buf *buf, const char *format, ...);
void ml_buf_vprintf(ml_buf *buf, const char *format, va_list args);
ml_str ml_buf_view(const ml_buf *buf);

#endif
