/* fuzz.h - the one function a fuzzer defines, in libFuzzer's shape. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H
#include <stddef.h>
#include <stdint.h>

/* Must accept any bytes, release all it took, and return 0. data may be NULL when
 * size is 0, and is not terminated. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
