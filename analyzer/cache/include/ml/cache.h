/* cache.h - what earlier scans found, kept in a folder: the facts of texts, and whole reports.
 *
 * Facts are found by a hash of the text, reports by what their caller says they depend on; both
 * by the digest of the program's own sources too, so another program's entries are never asked
 * for. Hashes are keyed with a secret of the folder, so nobody who writes scanned sources can
 * choose two texts that share one.
 *
 * The folder is not trusted: an entry that is cut off, changed or made up is a miss, never a
 * crash or a loop, because every index and range in it is checked before anybody follows it.
 * (Who can write the folder can still make an entry that is wrong in itself: see docs/cache.md.)
 * Entries appear by rename, so processes may share a folder, be killed, or fill the disk.
 *
 * Every function but open and close may be called from several threads at a time. */
#ifndef ML_CACHE_H
#define ML_CACHE_H
#include "ml/error.h"
#include "ml/facts.h"
#include "ml/finding.h"

typedef struct ml_cache ml_cache;

enum { ML_CACHE_BYTES_MAX = 512 * 1024 * 1024 };

/* Opens the folder, made if missing (its parent must be there). Fails when it cannot be made,
 * or holds files but is no cache. bytes_max bounds what is kept when it is closed. */
ml_status ml_cache_open(ml_cache **out, const char *folder, uint64_t bytes_max, ml_error *error);
/* Lets the oldest entries go if something was written and there is too much; accepts NULL. */
void ml_cache_close(ml_cache *cache);
/* Says why entries could not be written; false when all went well. */
bool ml_cache_trouble(const ml_cache *cache, ml_error *error);
/* The name the folder is known by to itself: absolute, links resolved. */
ml_str ml_cache_folder(const ml_cache *cache);

/* The facts of a text of this kind, in the arena and over the text, which must outlive them, or NULL. */
ml_facts *ml_cache_facts(ml_cache *cache, ml_arena *arena, ml_str path, ml_file_kind kind, ml_str text);
/* Keeps them; not those that were cut short: another time the clock may be kinder. */
void ml_cache_keep_facts(ml_cache *cache, const ml_facts *facts);

/* place names the entry, one a project and way of scanning it; stamp says for which state of it the
 * report holds. What of a report belongs to the run (tool_version, root, uri_prefix, typed, time, rules)
 * is neither kept nor read: *report must hold it. False leaves *report as it was. */
bool ml_cache_report(ml_cache *cache, ml_arena *arena, ml_str place, ml_str stamp, ml_report *report);
void ml_cache_keep_report(ml_cache *cache, ml_str place, ml_str stamp, const ml_report *report);

/* ---- the forms of entries, without folder or hash: what tests and fuzzers ask ---- */

typedef struct ml_buf ml_buf;
void ml_facts_pack(ml_buf *out, const ml_facts *facts);
/* bytes belong to the facts from then on and are changed in place; they begin at an address
 * that suits any type. NULL when a single index or range in them is wrong. */
ml_facts *ml_facts_unpack(ml_arena *arena, ml_str path, ml_file_kind kind, ml_str text, char *bytes, size_t len);
void ml_report_pack(ml_buf *out, const ml_report *report);
/* The report points into bytes. */
bool ml_report_unpack(ml_report *report, ml_arena *arena, ml_str bytes);

#endif
