/* index_file.h - git's index read without git, and what of it differs from a commit's trees.
 *
 * Source: git's description of the format, Documentation/gitformat-index.txt, for versions 2, 3
 * and 4 with object names of 20 bytes (SHA-1) or 32 (SHA-256), and of trees, gitformat-pack and
 * git-mktree. Pure functions over bytes that may be anything: what is not known, or not as git
 * writes it, makes them say no, and git itself has to be asked. As git does when it reads an
 * index, the checksum at its end is left alone. */
#ifndef ML_INDEX_FILE_H
#define ML_INDEX_FILE_H
#include "ml/str.h"
#include "ml/vec.h"

enum { ML_ID_BYTES_SHA1 = 20, ML_ID_BYTES_SHA256 = 32 };

typedef struct ml_index_entry {
    ml_str path; /* from the top of the work tree; in order, by bytes */
    ml_str id;   /* the object's name, as bytes */
    uint32_t mode;
    bool merged;  /* not one of the sides of a conflict */
    bool changed; /* set by ml_index_compare */
} ml_index_entry;

/* A folder whose tree git knew when it wrote the index. */
typedef struct ml_index_folder {
    ml_str name; /* the last part of its path */
    ml_str id;   /* of its tree; empty: something in it was staged since */
    uint32_t entry_count;
    uint32_t first_child, next_sibling; /* indexes of folders, 0: none */
} ml_index_folder;

typedef struct ml_index {
    uint32_t id_bytes;
    ml_index_entry *entries;
    uint32_t entry_count;
    ML_VEC(ml_index_folder) folders; /* the top first; none when git knew none */
} ml_index;

/* Views of bytes, or in arena. False for a split or sparse index, entries without content
 * (git add --intent-to-add), and whatever else is not the plain format. */
bool ml_index_read(ml_index *out, ml_arena *arena, ml_str bytes, uint32_t id_bytes);

/* Contents of the trees of these names, in order, in arena; false when one cannot be had. */
typedef bool (*ml_index_fetch)(void *data, ml_str *trees, ml_arena *arena, const ml_str *ids, uint32_t count);

/* Marks every entry that the commit of this tree lacks or has otherwise, as `git diff-index
 * --cached` does. Folders whose tree is the commit's are not looked into, the trees of others are
 * fetched level by level. False when they are more than it is worth, or not as git writes them. */
bool ml_index_compare(ml_index *index, ml_str tree, ml_index_fetch fetch, void *data);

#endif
