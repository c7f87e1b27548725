/* SPDX-License-Identifier: MIT */
/* What the files of the Markdown report share. */
#ifndef HT_REPORT_MARKDOWN_H
#define HT_REPORT_MARKDOWN_H

#include "report/format.h"
#include "report/text/text.h"

/*
 * ---- text within Markdown ----
 * All text is one line that was made harmless before (report/show.h). What any renderer could read as markup,
 * a link, a mention or a reference becomes code, word by word, since nothing fires within code; backticks
 * become \x60. NULL writes nothing.
 */
void ht_markdown_text(struct ht_sink *out, const char *text);
/* The same within a row of a table. */
void ht_markdown_cell(struct ht_sink *out, const char *text);
/* All of it as code. */
void ht_markdown_code(struct ht_sink *out, const char *text);
/* Lines as a block of code; `language` may be "". No line can end it. */
void ht_markdown_block(struct ht_sink *out, const char *language, const char *lines);

/* ---- pieces of a document, by rank: where room is short the last ones are left out ---- */
enum ht_piece_kind {
    HT_PIECE_HEAD,
    HT_PIECE_FINDING,
    HT_PIECE_CHECKS,
    HT_PIECE_FAILURE,
    HT_PIECE_PHASES,
    HT_PIECE_HEADERS, /* from here on folded away */
    HT_PIECE_CONNECTION,
    HT_PIECE_MESSAGES,
    HT_PIECE_FRAMES,
    HT_PIECE_COUNT
};

struct ht_piece {
    struct ht_piece *next;
    enum ht_piece_kind kind;
    int badness; /* of its transfer: 0 for one that is well */
    size_t number;
    struct ht_sink text;
};

struct ht_pieces {
    struct ht_piece *first; /* by rank */
    size_t number, bytes, room_bytes;
    size_t left_out[HT_PIECE_COUNT];
};

/* Takes the text over. The head of a transfer comes first, and without it nothing else of it is kept. */
void ht_pieces_add(struct ht_pieces *pieces, enum ht_piece_kind kind, int badness, struct ht_sink *text);
/* Writes them transfer by transfer, the worst first, and frees them. */
void ht_pieces_write(struct ht_pieces *pieces, struct ht_sink *out);
/* "2 × HTTP/2 frames, 40 × transfers"; nothing where all are there. */
void ht_pieces_left_out(const struct ht_pieces *pieces, struct ht_sink *out);

/* ---- what a transfer's pieces say ---- */
int ht_markdown_badness(const struct ht_text *t);
void ht_markdown_head(const struct ht_text *t, struct ht_sink *out);
void ht_markdown_phases(const struct ht_text *t, const struct ht_exchange *exchange, struct ht_sink *out);
void ht_markdown_finding(const struct ht_text *t, const struct ht_finding *finding, struct ht_sink *out);
void ht_markdown_checks(const struct ht_text *t, struct ht_sink *out);
/* What the text report says of a failure, or of an answer with an error status. */
void ht_markdown_failure(const struct ht_text *t, struct ht_sink *out);
/* The long parts; each writes nothing where there is nothing. */
void ht_markdown_headers(const struct ht_text *t, const struct ht_exchange *exchange, struct ht_sink *out);
void ht_markdown_connection(const struct ht_text *t, const struct ht_connection *connection,
                            struct ht_sink *out);
void ht_markdown_events(const struct ht_text *t, enum ht_layer layer, struct ht_sink *out);

#endif
