/* embed.h - the parts of ml_embed, the build-time program that checks data files and
 * turns them into C source with constant tables. */
#ifndef ML_EMBED_H
#define ML_EMBED_H
#include "ml/buf.h"
#include "ml/error.h"

/* Reads a whole file into the arena. */
ml_status embed_read(ml_arena *arena, const char *path, ml_str *out, ml_error *error);

/* Each appends C source made from the files to *out; nothing useful is in *out after an error. */
ml_status embed_catalog(ml_buf *out, ml_arena *arena, char **paths, int count, ml_error *error);
ml_status embed_rules(ml_buf *out, ml_arena *arena, char **paths, int count, ml_error *error);
ml_status embed_text(ml_buf *out, ml_arena *arena, const char *symbol, const char *path, ml_error *error);

/* {"text", 4} */
void embed_str(ml_buf *out, ml_str s);

#endif
