/* lexer.h - what can be told of a source file without its tree: where its comments lie,
 * which modules it names, and its texts.
 *
 * One pass that looks at quotes, slashes and template braces only and passes over all
 * other bytes by the vector. Every doubt (is this slash a division?) is decided so that
 * a mistake ends at the end of the line; where a mistake would not, in a text or comment
 * that never ends, the file is said to be unsure and no comment of it is believed.
 * Specifiers may be too many (of a text that only looks like one), never too few, but
 * for those that are no literals. Reads the text only; offsets are bytes. */
#ifndef ML_LEXER_H
#define ML_LEXER_H
#include "ml/str.h"
#include "ml/vec.h"

typedef struct ml_lex_range {
    uint32_t start, end;
} ml_lex_range;

typedef ML_VEC(ml_lex_range) ml_lex_ranges;
typedef ML_VEC(ml_str) ml_specifiers;

typedef struct ml_lexed {
    ml_lex_ranges comments;   /* in source order; empty when unsure or not wanted */
    ml_specifiers specifiers; /* views of the text, escapes not decoded */
    ml_lex_ranges texts;      /* insides of strings and template pieces, in source order; one of all when unsure */
    ml_lex_ranges patterns;   /* regular expressions, in source order; empty when unsure */
    bool unsure;
} ml_lexed;

/* Fills out, whose lists live in the arena. The text is below 4 GiB. Of markup code is only a
 * part: it is unsure from the start. */
void ml_lex(ml_lexed *out, ml_arena *arena, ml_str text, bool markup);

/* What the statement around a specifier brings in or passes on. */
typedef enum ml_lex_clause {
    ML_LEX_ANY,    /* any names: require, import(), a clause that was not understood */
    ML_LEX_BARE,   /* none: import "m" */
    ML_LEX_IMPORT, /* import … from "m" */
    ML_LEX_EXPORT  /* export … from "m" */
} ml_lex_clause;

typedef struct ml_lex_name {
    ml_str name; /* in the module: "default", "*" for all of them, "a" */
    ml_str as;   /* here; empty for `export *` */
} ml_lex_name;

typedef struct ml_lex_names {
    ml_lex_clause kind;
    ML_VEC(ml_lex_name) names; /* of IMPORT and EXPORT */
} ml_lex_names;

/* specifier: one of ml_lexed.specifiers, a view of the text. */
void ml_lex_names_of(ml_lex_names *out, ml_arena *arena, ml_str text, ml_str specifier);

/* The names a script exports, by its words: too many rather than too few. */
typedef struct ml_lex_exports {
    ML_VEC(ml_str) names;
    bool open; /* and others: export *, CommonJS, what was not understood */
} ml_lex_exports;

void ml_lex_exports_of(ml_lex_exports *out, ml_arena *arena, ml_str text);

typedef enum ml_lex_statement_kind {
    ML_LEX_CODE,  /* declares names, or runs */
    ML_LEX_TYPE,  /* an interface or a type: gone at run time */
    ML_LEX_BRING, /* import … from, export … from: see ml_lex_names_of */
    ML_LEX_LIST   /* export { a, b as c }: names are pairs, one of here and what it is outside */
} ml_lex_statement_kind;

/* A statement of the module itself; several when where one ends is not certain, never a part of one. */
typedef struct ml_lex_statement {
    ml_lex_statement_kind kind;
    uint32_t start, end;
    bool exported;             /* hands out what it declares */
    bool is_default;           /* hands out a value as "default" */
    ML_VEC(ml_lex_name) names; /* of CODE and TYPE what it declares; too many rather than too few */
} ml_lex_statement;

typedef ML_VEC(ml_lex_statement) ml_lex_statements;

/* The statements of a script that is not unsure. When its brackets do not add up it is one statement that
 * may declare and export anything: false. */
bool ml_lex_statements_of(ml_lex_statements *out, ml_arena *arena, ml_str text, const ml_lexed *lexed);

/* Walks over code: what lies in no comment, text or regular expression. */
typedef struct ml_lex_code {
    const ml_lexed *lexed;
    uint32_t at, end;                /* the byte that is looked at */
    uint32_t clear;                  /* up to here is nothing but code */
    uint32_t comment, text, pattern; /* the next of each list that ends behind `at` */
} ml_lex_code;

ml_lex_code ml_lex_code_from(const ml_lexed *lexed, uint32_t start, uint32_t end);
/* Moves to the next byte of code at or behind `at`; false at the end. */
bool ml_lex_code_skip(ml_lex_code *code);
static inline bool ml_lex_code_here(ml_lex_code *code)
{
    return code->at < code->clear || ml_lex_code_skip(code);
}
/* The word at `at`, which is moved behind it; empty when there is none. */
ml_str ml_lex_code_word(ml_lex_code *code, ml_str text);

/* Does the byte lie in a comment? Never when unsure. */
bool ml_lexed_in_comment(const ml_lexed *lexed, uint32_t at);
/* The text in which the byte lies, or NULL; NULL when unsure. */
const ml_lex_range *ml_lexed_text_at(const ml_lexed *lexed, uint32_t at);

/* Is the loader's call at `after` (behind the word require or import) one with anything but
 * a single literal, so that any module may be meant? */
bool ml_lex_is_made_specifier(ml_str text, size_t after);

/* Of an identifier; any byte above 127 counts. */
extern const bool ml_lex_word_bytes[256];
static inline bool ml_lex_is_word(char c)
{
    return ml_lex_word_bytes[(unsigned char)c];
}

/* First byte at or behind `at` that is one of " ' ` / or, with braces, { }; text.len when none is.
 * The plain one is for processors without the vector instructions, and to test the other by. */
size_t ml_lex_next_mark(ml_str text, size_t at, bool braces);
size_t ml_lex_next_mark_plain(ml_str text, size_t at, bool braces);

#endif
