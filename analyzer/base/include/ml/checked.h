/* checked.h - size arithmetic that notices overflow. False means it did, *out is then undefined. */
#ifndef ML_CHECKED_H
#define ML_CHECKED_H
#include <stdbool.h>
#include <stddef.h>

static inline bool ml_size_add(size_t *out, size_t a, size_t b)
{
    return !__builtin_add_overflow(a, b, out);
}

static inline bool ml_size_mul(size_t *out, size_t a, size_t b)
{
    return !__builtin_mul_overflow(a, b, out);
}

#endif
