/* source.h - finding files, reading them, and knowing where a byte is.
 *
 * Discovery walks with openat and O_NOFOLLOW, honours .gitignore files (nested, with
 * negation, and .git/info/exclude), skips what the options name, and gives paths
 * relative to the root, sorted by bytes. No process is started. Links are not
 * followed; FIFOs, sockets and devices are passed over and reported as problems. */
#ifndef ML_SOURCE_H
#define ML_SOURCE_H
#include "ml/error.h"
#include "ml/buf.h"
#include "ml/finding.h"

typedef enum ml_file_kind {
    ML_FILE_TS,  /* .ts .mts .cts */
    ML_FILE_TSX, /* .tsx */
    ML_FILE_JS,  /* .js .mjs .cjs .jsx: parsed as TSX */
    ML_FILE_VUE, /* script blocks */
    ML_FILE_SVELTE,
    ML_FILE_HTML,
    ML_FILE_SQL,
    ML_FILE_PRISMA,
    ML_FILE_JSON, /* package.json, tsconfig*.json, and other .json: read on demand */
    ML_FILE_ENV,  /* .env* but not *.example, *.sample, *.template */
    ML_FILE_OTHER
} ml_file_kind;

ml_file_kind ml_file_kind_of(ml_str path);
bool ml_file_kind_is_script(ml_file_kind kind); /* TS to HTML: parsed for code */
bool ml_file_kind_is_markup(ml_file_kind kind); /* a script, whose code is only a part of the text */

/* What a file system says of a file. While it says the same, the file holds the same, if none of its
 * times is so young that a change might not show in it. */
typedef struct ml_file_stamp {
    uint64_t bytes, inode;
    int64_t written_ns, changed_ns; /* since 1970: of its content, of anything of it */
    uint32_t mode;
} ml_file_stamp;

typedef struct ml_source_file {
    ml_str path; /* relative to the root */
    ml_file_kind kind;
    bool is_test;               /* below test, tests, __tests__, fixtures, e2e..., or *.test.* / *.spec.* */
    bool in_scope;              /* below one of the paths asked for; others are for resolution only */
    const ml_file_stamp *stamp; /* as it was found; NULL when not asked for */
} ml_source_file;

typedef ML_VEC(ml_source_file) ml_source_files;

typedef struct ml_discovery {
    ml_str root;         /* absolute */
    const ml_str *paths; /* relative to root; none means all of it */
    uint32_t path_count;
    const ml_str *ignore; /* extra globs from the configuration */
    uint32_t ignore_count;
    bool include_declarations; /* also .d.ts */
    bool stamps;               /* wanted: one call of the system more a file */
    ml_str passed_over;        /* a folder that is never entered; empty: none */
} ml_discovery;

/* All files of a kind we know. Problems (an unreadable folder, a FIFO, a link to what is
 * not scanned under its own name) are appended. A file asked for is taken whatever the
 * rules say; an asked folder that they skip is entered. Fails for a path that does not
 * exist (ML_ENOTFOUND) or leaves the root (ML_EUSAGE). */
ml_status ml_source_discover(ml_source_files *out, ml_problems *problems, ml_arena *arena, const ml_discovery *what,
                             ml_error *error);

struct stat;
ml_file_stamp ml_file_stamp_of(const struct stat *info);

/* What the names of a folder say, kept from one path to the next; zeroed before the first. */
typedef struct ml_source_folder {
    ml_str path;
    bool is_known, is_passed_over, is_test;
} ml_source_folder;

/* The same verdict for a path from elsewhere, by its names alone: kind and is_test are filled.
 * False for what discovery would pass over. last may be NULL; it holds a view of path. */
bool ml_source_classify(ml_source_file *out, ml_str path, ml_source_folder *last);

enum { ML_FILE_BYTES_MAX = 2 * 1024 * 1024 }; /* default size cap, see RELIABILITY in docs */

/* The bytes of a file below the root, NUL-terminated, in the arena. Fails for links,
 * for what is no regular file, and above max bytes (ML_ELIMIT). A UTF-8 BOM is kept
 * (offsets stay true); UTF-16 with BOM is transcoded to UTF-8. */
ml_status ml_source_read(ml_str *out, ml_arena *arena, ml_str root, ml_str path, size_t max, ml_error *error);

/* Where the project begins: the nearest ancestor of path (or path itself) with
 * meterlint.json or package.json, else the folder itself. Absolute, links resolved (so a
 * path typed by a person must be resolved, too, before it is compared), in the arena. */
ml_status ml_source_project_root(ml_str *out, ml_arena *arena, ml_str path, ml_error *error);
/* Path from the nearest ancestor with .git to root, "" or "packages/a/"; "" without .git. */
ml_str ml_source_repository_prefix(ml_arena *arena, ml_str root);

/* Byte offset to line and column. Line ends are LF, CRLF, CR, U+2028, U+2029. */
typedef struct ml_lines {
    ml_str text;
    const uint32_t *starts; /* byte offset of each line */
    uint32_t count;
} ml_lines;

ml_lines ml_lines_of(ml_arena *arena, ml_str text);
/* Columns are 1-based UTF-16 units; invalid UTF-8 bytes count one each; a BOM counts nothing. */
ml_span ml_lines_span(const ml_lines *lines, uint32_t from, uint32_t to);
ml_str ml_lines_line(const ml_lines *lines, uint32_t line); /* 1-based, without its end and without a BOM */
/* The hashes of the text last asked about; zeroed at first, emptied by ml_buf_finish of hashes. */
typedef struct ml_line_hashes {
    ml_str text;
    ml_buf hashes; /* a uint64_t a line */
} ml_line_hashes;
/* Source lines around the span for a report: up to 2 before and after, each cut at 240
 * bytes; of a long span its first 12. Costs a pass over the text, once a text for one `kept`. */
ml_code ml_lines_code(ml_arena *arena, ml_line_hashes *kept, const ml_lines *lines, ml_span span);

#endif
