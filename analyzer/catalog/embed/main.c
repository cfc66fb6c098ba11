/* ml_embed - runs while the project is built.
 *
 *   ml_embed catalog OUT.c FILE...      rules/providers and rules/clients to the built-in catalogue
 *   ml_embed rules OUT.c rule.json...   to ml_rule_table
 *   ml_embed text OUT.c SYMBOL FILE     to const ml_str SYMBOL
 *
 * A file that does not fit ends the build with its place and a sentence. OUT.c is
 * written whole or not at all. */
#include "embed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_BYTES_MAX = 4 << 20 };

ml_status embed_read(ml_arena *arena, const char *path, ml_str *out, ml_error *error)
{
    FILE *file = fopen(path, "rb");
    ml_buf buf = {0};

    if (!file)
        return ml_fail(error, ML_EIO, path, 0, "cannot be opened: %s", strerror(errno));
    ml_buf_reserve(&buf, FILE_BYTES_MAX);
    buf.len = fread(buf.data, 1, FILE_BYTES_MAX, file);
    bool good = !ferror(file) && buf.len < FILE_BYTES_MAX;
    fclose(file);
    if (good)
        *out = ml_arena_copy(arena, ml_buf_view(&buf));
    ml_buf_finish(&buf);
    return good ? ML_OK : ml_fail(error, ML_EIO, path, 0, "cannot be read, or is larger than 4 MB");
}

void embed_str(ml_buf *out, ml_str s)
{
    ml_buf_cstr(out, "{\"");
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        if (c < ' ' || c == '"' || c == '\\' || c == '?' || c == 127)
            ml_buf_printf(out, "\\%03o", c); /* three digits, so that a digit may follow */
        else
            ml_buf_char(out, (char)c);
    }
    ml_buf_printf(out, "\", %zu}", s.len);
}

ml_status embed_text(ml_buf *out, ml_arena *arena, const char *symbol, const char *path, ml_error *error)
{
    ml_str text;
    ml_status status = embed_read(arena, path, &text, error);

    if (status != ML_OK)
        return status;
    ml_buf_printf(out, "#include \"ml/str.h\"\n\nextern const ml_str %s;\nconst ml_str %s = ", symbol, symbol);
    embed_str(out, text);
    ml_buf_cstr(out, ";\n");
    return ML_OK;
}

static ml_status write_file(const char *path, ml_str text, ml_error *error)
{
    FILE *file = fopen(path, "wb");

    if (!file)
        return ml_fail(error, ML_EIO, path, 0, "cannot be written: %s", strerror(errno));
    bool good = fwrite(text.data, 1, text.len, file) == text.len;
    good = fclose(file) == 0 && good;
    if (!good)
        remove(path);
    return good ? ML_OK : ml_fail(error, ML_EIO, path, 0, "cannot be written");
}

static ml_status run(ml_buf *out, ml_arena *arena, int argc, char **argv, ml_error *error)
{
    const char *what = argc > 2 ? argv[1] : "";

    ml_buf_cstr(out, "/* Made by ml_embed from data files; changes belong there. */\n");
    if (!strcmp(what, "catalog"))
        return embed_catalog(out, arena, argv + 3, argc - 3, error);
    if (!strcmp(what, "rules"))
        return embed_rules(out, arena, argv + 3, argc - 3, error);
    if (!strcmp(what, "text") && argc == 5)
        return embed_text(out, arena, argv[3], argv[4], error);
    return ml_fail(error, ML_EUSAGE, NULL, 0, "usage: ml_embed catalog|rules|text OUT.c ARGUMENT...");
}

static void complain(const ml_error *error)
{
    if (error->line)
        fprintf(stderr, "%s:%u: error: %s\n", error->path, error->line, error->text);
    else if (error->path[0])
        fprintf(stderr, "%s: error: %s\n", error->path, error->text);
    else
        fprintf(stderr, "error: %s\n", error->text);
}

int main(int argc, char **argv)
{
    ml_arena arena = {0};
    ml_buf out = {0};
    ml_error error = {0};
    ml_status status = run(&out, &arena, argc, argv, &error);

    if (status == ML_OK)
        status = write_file(argv[2], ml_buf_view(&out), &error);
    if (status != ML_OK)
        complain(&error);
    ml_buf_finish(&out);
    ml_arena_finish(&arena);
    return status == ML_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
