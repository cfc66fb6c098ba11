/* utf8.c - validates and counts in one pass. */
#include "billing/utf8.h"

/* Bytes of the sequence starting at s, 0 if it is not well-formed. */
static size_t sequence(const unsigned char *s, size_t left)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t count = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;
    if (count < 2 || count > left)
        return count > left ? 0 : count;
    uint32_t value = s[0] & (0xffu >> (count + 1));
    for (size_t i = 1; i < count; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (s[i] & 0x3fu);
    }
    if (value < least[count] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    return count;
}

bill_status bill_utf8_count(int64_t *out, const char *text, size_t length, bill_char_unit unit)
{
    const unsigned char *s = (const unsigned char *)text;
    int64_t count = 0;
    for (size_t at = 0; at < length;) {
        size_t bytes = sequence(s + at, length - at);
        if (bytes == 0)
            return BILL_EINVAL;
        at += bytes;
        count += unit == BILL_CHAR_BYTE ? (int64_t)bytes : unit == BILL_CHAR_UTF16 && bytes == 4 ? 2 : 1;
    }
    *out = count;
    return BILL_OK;
}
