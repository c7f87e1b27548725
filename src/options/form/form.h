/* SPDX-License-Identifier: MIT */
/* -F: one use after another to the parts of a multipart/form-data body, in curl's grammar. */
#ifndef HT_CLI_FORM_H
#define HT_CLI_FORM_H

#include "base/arena.h"
#include "base/error.h"
#include "base/sink.h"

#include <httptrace/job.h>

struct ht_form_level;

/* Its parts are in `arena`, what standard input gave is its own. */
struct ht_form {
    struct ht_arena *arena;
    struct ht_sink *notes;       /* gets a line for what is left out */
    struct ht_form_part *parts;  /* linked; NULL: none yet */
    struct ht_form_level *level; /* the multipart that is being filled: "NAME=(" begins one, "=)" ends it */
    struct ht_sink input;        /* read from standard input */
    bool has_input;
};

struct ht_form ht_form(struct ht_arena *arena, struct ht_sink *notes);
void ht_form_free(struct ht_form *form);

/*
 * Adds what one -F says. `literal` (--form-string): all behind the first '=' is the value. Reads the files
 * that headers=@ names, and standard input where "-" is one; other files are left to whoever sends them.
 * HT_ERR_USAGE where there is no '=', a content type without '/', or a "=)" too many; exit code 26 where
 * standard input cannot be read.
 */
HT_MUST_USE enum ht_status ht_form_add(struct ht_form *form, const char *flag, const char *text, bool literal,
                                       struct ht_error *error);

/* ---- form_field.c: what stands behind a '=' ---- */

/* What one value may have beside it. */
enum ht_form_extra { HT_FORM_FILE_NAME = 1 << 0, HT_FORM_ENCODER = 1 << 1 };

struct ht_form_field {
    const char *value, *content_type, *file_name, *encoder; /* all but `value` may be NULL */
    const char **headers;
    size_t header_count, header_size;
};

/* A place in the text of one -F. */
struct ht_form_reader {
    const char *at;
    char stop; /* ends a value beside ';' and the end of the text: ',' between files; 0: nothing does */
    const char *flag;
    struct ht_arena *arena;
    struct ht_sink *notes;
};

/* Reads VALUE[;type=...][;filename=...]... and stands on `stop` or the end of the text. `extras` (or'ed) are
 * those that have a place here; others are noted and left out. The texts are in the arena, `headers` too. */
HT_MUST_USE enum ht_status ht_form_read_field(struct ht_form_reader *reader, unsigned extras,
                                              struct ht_form_field *out, struct ht_error *error);

/* ---- form_word.c: the smallest pieces ---- */
bool ht_form_is_space(char c);
void ht_form_skip_spaces(struct ht_form_reader *reader);
/* Whether a value ends at `c`. */
bool ht_form_ends(const struct ht_form_reader *reader, char c);
/* The next value, quoted or not; in the arena. The reader stands on what ended it. */
const char *ht_form_read_word(struct ht_form_reader *reader);
/* "httptrace: option -F: ..." */
void ht_form_note(const struct ht_form_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- form_headers.c ---- */
/* Adds the headers of a file, one per line: a line that begins with space continues the one before, '#'
 * begins a comment. A file that cannot be read is noted. */
void ht_form_read_headers(const struct ht_form_reader *reader, const char *path, struct ht_form_field *out);
void ht_form_add_header(struct ht_arena *arena, struct ht_form_field *out, const char *text);

#endif
