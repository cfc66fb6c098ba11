/* The hash of every line up to the wanted one comes out of one rolling pass: a line's
 * hash is complete when the hundredth unit from its start has been pushed. Lines that
 * began and are not complete wait in a ring beside the units. */
#include "linehash.h"

#include "utf8.h"

#include "ml/buf.h"

enum { WINDOW = 100 };
static const uint64_t factor = 37;

/* One UTF-16 unit after the other; an astral character gives two. */
struct reader {
    const unsigned char *data;
    size_t at, len;
    uint32_t waiting; /* low surrogate not yet given, or 0 */
    bool after_cr, ended;
};

static uint32_t read_unit(struct reader *in)
{
    if (!in->waiting && in->at < in->len && in->data[in->at] < 0x80)
        return in->data[in->at++];
    if (in->waiting) {
        uint32_t unit = in->waiting;
        in->waiting = 0;
        return unit;
    }
    if (in->at >= in->len) {
        uint32_t unit = in->ended ? 0 : 0xffff;
        in->ended = true;
        return unit;
    }
    ml_utf8_char c = ml_utf8_next(in->data + in->at, in->len - in->at);
    in->at += c.bytes;
    if (c.units == 1)
        return c.code;
    in->waiting = 0xdc00 | ((c.code - 0x10000) & 0x3ff);
    return 0xd800 | ((c.code - 0x10000) >> 10);
}

/* The next unit that counts. */
static uint32_t next_unit(struct reader *in)
{
    for (;;) {
        uint32_t unit = read_unit(in);
        bool skipped = unit == ' ' || unit == '\t' || (unit == '\n' && in->after_cr);
        in->after_cr = !skipped && unit == '\r';
        if (!skipped)
            return unit == '\r' ? '\n' : unit;
    }
}

struct window {
    uint64_t hash, oldest_weight;
    uint32_t unit[WINDOW];
    uint32_t owner[WINDOW]; /* line that began with the unit of this place, or 0 */
    unsigned at;
};

static void push(struct window *window, uint32_t unit)
{
    window->hash = window->hash * factor + unit - window->oldest_weight * window->unit[window->at];
    window->unit[window->at] = unit;
    window->at = window->at + 1 == WINDOW ? 0 : window->at + 1;
}

static void window_init(struct window *window)
{
    memset(window, 0, sizeof *window);
    window->oldest_weight = 1;
    for (int i = 0; i < WINDOW; i++)
        window->oldest_weight *= factor;
}

/* A walk over the text that gives the lines' hashes in their order. */
struct pass {
    struct reader in;
    struct window window;
    uint32_t lines;     /* begun so far */
    unsigned after_end; /* zeros pushed */
    bool starting;
};

/* False after the last line. */
static bool next_hash(struct pass *pass, uint64_t *hash, uint32_t *line)
{
    struct window *window = &pass->window;

    while (pass->after_end <= WINDOW) {
        uint32_t done = window->owner[window->at];
        if (done) {
            *hash = window->hash;
            *line = done;
            window->owner[window->at] = 0;
            return true;
        }
        uint32_t unit = pass->in.ended ? 0 : next_unit(&pass->in);
        pass->after_end += unit == 0 && pass->in.ended;
        if (pass->starting && !pass->after_end)
            window->owner[window->at] = ++pass->lines;
        pass->starting = !pass->after_end && unit == '\n';
        push(window, unit);
    }
    return false;
}

static void pass_init(struct pass *pass, ml_str text)
{
    bool bom = ml_str_starts(text, ML_STR("\xef\xbb\xbf"));

    memset(&pass->in, 0, sizeof pass->in);
    pass->in.data = (const unsigned char *)text.data;
    pass->in.at = bom ? 3 : 0;
    pass->in.len = text.len;
    window_init(&pass->window);
    pass->lines = 0;
    pass->after_end = 0;
    pass->starting = true;
}

/* The hashes of all lines: a file with one finding often has more. */
static void hash_lines(ml_line_hashes *kept, ml_str text)
{
    struct pass pass;
    uint64_t hash;
    uint32_t at;

    ml_buf_clear(&kept->hashes);
    kept->text = text;
    pass_init(&pass, text);
    while (next_hash(&pass, &hash, &at))
        ml_buf_bytes(&kept->hashes, &hash, sizeof hash);
}

uint64_t ml_line_hash(ml_line_hashes *kept, ml_str text, uint32_t line, uint32_t *ordinal)
{
    uint64_t hash = 0, other;

    if (!kept->hashes.len || kept->text.data != text.data || kept->text.len != text.len)
        hash_lines(kept, text);
    size_t count = kept->hashes.len / sizeof hash, wanted = line < count ? line : count;
    if (wanted)
        memcpy(&hash, kept->hashes.data + (wanted - 1) * sizeof hash, sizeof hash);
    *ordinal = 0;
    for (size_t i = 0; i < wanted; i++) {
        memcpy(&other, kept->hashes.data + i * sizeof hash, sizeof other);
        *ordinal += other == hash;
    }
    return hash;
}
