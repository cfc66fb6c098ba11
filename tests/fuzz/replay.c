/* replay.c - runs a fuzzer over its seeds without libFuzzer.
 *
 * Each seed is given as it is, cut off at up to CUTS_MAX places, and with one byte
 * replaced at up to CUTS_MAX places. The changes are the same in every run. Inputs are
 * copied to memory of exactly their size, so that the address sanitizer sees a read
 * past the end. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS_MAX = 2000, SEED_MAX = 1 << 20, PATH_LEN_MAX = 4096 };

static size_t inputs;

static void give(const unsigned char *bytes, size_t size, size_t changed_at, unsigned char changed)
{
    unsigned char *copy = malloc(size ? size : 1);
    if (!copy)
        exit(2);
    memcpy(copy, bytes, size);
    if (changed_at < size)
        copy[changed_at] = changed;
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    inputs++;
}

static void give_variants(const unsigned char *bytes, size_t size)
{
    static const unsigned char replacements[] = {0, '"', '\\', '*', '{', 0xff, '\n', '('};
    size_t step = size / CUTS_MAX + 1;

    give(bytes, size, size, 0);
    for (size_t at = 0; at < size; at += step) {
        give(bytes, at, at, 0);
        give(bytes, size, at, replacements[at / step % sizeof replacements]);
    }
}

/* False when the file cannot be read or is too long to be a seed. */
static int replay(const char *path)
{
    static unsigned char bytes[SEED_MAX];
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    int good = !ferror(file) && size < sizeof bytes;
    fclose(file);
    if (good)
        give_variants(bytes, size);
    return good;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: replay FOLDER\n", stderr);
        return 2;
    }
    DIR *folder = opendir(argv[1]);
    if (!folder) {
        perror(argv[1]);
        return 2;
    }
    size_t seeds = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[PATH_LEN_MAX];
        if (entry->d_name[0] == '.')
            continue;
        int length = snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        if (length < 0 || (size_t)length >= sizeof path || !replay(path)) {
            fprintf(stderr, "%s: not a seed\n", entry->d_name);
            closedir(folder);
            return 2;
        }
        seeds++;
    }
    closedir(folder);
    printf("%zu seeds, %zu inputs\n", seeds, inputs);
    return seeds ? 0 : 1;
}
