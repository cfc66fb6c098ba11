/* scan.h - libmeterlint's facade: one scan, from paths to a report.
 *
 * Orders the passes: discovery; reading and triggers, in parallel; the link; parsing
 * of what the triggers and the import graph ask for; judging, in parallel; settling.
 * Starts no process unless staged, opens no socket. */
#ifndef ML_SCAN_H
#define ML_SCAN_H
#include "ml/engine.h"
#include "ml/tables.h"

typedef struct ml_scan_options {
    const ml_str *paths; /* as typed; none: the current folder */
    uint32_t path_count;
    const char *config_path; /* --config; NULL: found upwards */
    const char *catalog_dir; /* --catalog; NULL: built in only */
    const char *cache_dir;   /* --cache; NULL: nothing is kept */
    bool only_report;        /* nobody asks for tables or calls: an earlier scan's report will do */
    bool staged;             /* read the index, judge what differs from HEAD */
    bool tables;             /* the tables are asked for, also when nothing staged touches them */
    bool strict;             /* parse errors make the scan incomplete too */
    bool no_trigger;         /* parse everything */
    bool reverse;            /* work in reversed order of files: results must not depend on it */
    unsigned jobs;           /* 0: as many as processors */
    unsigned held_mib;       /* of parsed files kept in memory at once; 0: as much as is usual */
    uint32_t steps, depth;   /* evaluation bounds; 0 and UINT32_MAX: configuration or default */
    ml_level fail_on;        /* NONE with fail_on_given: never fail */
    bool fail_on_given;
    int64_t time; /* when the scan begins */
    bool time_is_utc;
} ml_scan_options;

typedef struct ml_scan ml_scan;

/* Scans; *out holds the report and all it points to until ml_scan_free. Fails (EUSAGE,
 * ENOTFOUND, ESYNTAX, EVALUE, EIO) when there is nothing to report about. */
ml_status ml_scan_run(ml_scan **out, const ml_scan_options *options, ml_error *error);
const ml_report *ml_scan_report(const ml_scan *scan);
/* The tables the project declares. */
const ml_tables *ml_scan_tables(const ml_scan *scan);
/* Findings at this level or above fail the scan. */
ml_level ml_scan_fail_on(const ml_scan *scan);
/* No file of a kind we check: a wrong path, most likely. The report says so. */
bool ml_scan_nothing_found(const ml_scan *scan);
/* --staged found nothing of ours in the index: clean, and worth a sentence. */
bool ml_scan_nothing_staged(const ml_scan *scan);
/* Explains the calls on a line of a file (path below the project root) after a scan; text goes to out.
 * False when the file is unknown or has no call there. */
bool ml_scan_explain(ml_scan *scan, ml_str path, uint32_t line, ml_buf *out);
/* The path below the project root of a path as typed; empty when it is not below it. */
ml_str ml_scan_path_of(ml_scan *scan, ml_str typed);
/* Says why nothing could be kept in cache_dir; false when all went well or nobody asked for it. */
bool ml_scan_cache_trouble(const ml_scan *scan, ml_error *error);
void ml_scan_free(ml_scan *scan); /* accepts NULL */

#endif
