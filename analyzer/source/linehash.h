/* linehash.h - the hash by which GitHub recognises a finding's line (private).
 *
 * A rolling hash, multiplier 37 modulo 2^64, over the 100 UTF-16 units that begin with
 * the line: blanks and tabs left out, CR and CRLF read as LF, 0xffff after the last
 * unit, zeros from there on. Its line ends are LF, CR and CRLF only. */
#ifndef ML_SOURCE_LINEHASH_H
#define ML_SOURCE_LINEHASH_H
#include "ml/source.h"

/* Hash of the line (1-based; past the end: the last). *ordinal counts the lines of the
 * same hash up to it. Costs a pass over the text unless kept holds its hashes already. */
uint64_t ml_line_hash(ml_line_hashes *kept, ml_str text, uint32_t line, uint32_t *ordinal);

#endif
