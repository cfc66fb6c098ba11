/* report_sink.h - one escaping helper per kind of place text may end up in.
 *
 * Input may be any bytes. Ill-formed UTF-8 becomes U+FFFD, one for each maximal
 * ill-formed part, so output is always valid UTF-8. Control characters, and the
 * invisible ones that reorder or hide text (bidirectional marks, zero-width spaces,
 * tags), never reach a reader as such: a sink that has no notation of its own for
 * them shows them as \n, \r or \u{202e}. */
#ifndef ML_REPORT_SINK_H
#define ML_REPORT_SINK_H
#include "ml/buf.h"

/* Decodes the code point at *at (which must be inside s) and moves *at past it. */
uint32_t ml_utf8_next(ml_str s, size_t *at);

/* A JSON string with its quotes. The value is kept; hostile characters are \u-escaped. */
void ml_sink_json(ml_buf *out, ml_str s);

/* One line for a terminal or a plain text file; a tab becomes four blanks. */
void ml_sink_terminal(ml_buf *out, ml_str s);
/* Columns that ml_sink_terminal(s) takes: East Asian wide characters count two. */
size_t ml_sink_width(ml_str s);
/* The columns [skip, skip + width) of that line; an ellipsis takes the last of them when
 * more follows. */
void ml_sink_terminal_cut(ml_buf *out, ml_str s, size_t skip, size_t width);

void ml_sink_xml(ml_buf *out, ml_str s);           /* text or quoted attribute of XML 1.0 */
void ml_sink_html(ml_buf *out, ml_str s);          /* text or quoted attribute; line ends are kept */
void ml_sink_markdown(ml_buf *out, ml_str s);      /* plain words on one line: no markup, link or mention */
void ml_sink_markdown_code(ml_buf *out, ml_str s); /* a code span with its back-quotes */

/* The message, and a property value, of a GitHub workflow command. */
void ml_sink_github_message(ml_buf *out, ml_str s);
void ml_sink_github_property(ml_buf *out, ml_str s);

/* A relative path as URI: all but unreserved characters and '/' percent-encoded. */
void ml_sink_uri(ml_buf *out, ml_str path);

/* A message of SARIF, as JSON string: what looks like an embedded link is defused. */
void ml_sink_sarif_message(ml_buf *out, ml_str s);

#endif
