/* SPDX-License-Identifier: MIT */
/* Takes the pieces of a document as they come, keeps those that matter most within the room there is. */
#include "report/markdown/markdown.h"

#include "base/arena.h"

#include <stdlib.h>

/* What a reader misses, in the order of the kinds. */
static const char *const names[HT_PIECE_COUNT] = {
    "transfers",
    "findings",
    "checks",
    "what is known of the failure",
    "phases",
    "headers",
    "connection and certificates",
    "TLS messages",
    "HTTP/2 frames",
};

/* Where each stands within its transfer. */
static const int places[HT_PIECE_COUNT] = {
    [HT_PIECE_HEAD] = 0,    [HT_PIECE_CHECKS] = 1,     [HT_PIECE_PHASES] = 2,
    [HT_PIECE_FAILURE] = 3, [HT_PIECE_FINDING] = 4,    [HT_PIECE_HEADERS] = 5,
    [HT_PIECE_FRAMES] = 8,  [HT_PIECE_CONNECTION] = 6, [HT_PIECE_MESSAGES] = 7,
};

static int sign(size_t a, size_t b)
{
    return a < b ? -1 : a > b;
}

/* All that is short before all that is long, of the worst transfers first; their heads before the rest of
 * them. */
static int by_rank(const struct ht_piece *a, const struct ht_piece *b)
{
    bool a_long = a->kind >= HT_PIECE_HEADERS, b_long = b->kind >= HT_PIECE_HEADERS;
    bool a_head = a->kind == HT_PIECE_HEAD, b_head = b->kind == HT_PIECE_HEAD;
    if (a_long != b_long)
        return a_long - b_long;
    if (a->badness != b->badness)
        return b->badness - a->badness;
    if (a_head != b_head)
        return b_head - a_head;
    return a->number != b->number ? sign(a->number, b->number) : (int)a->kind - (int)b->kind;
}

static int by_place(const struct ht_piece *a, const struct ht_piece *b)
{
    if (a->badness != b->badness)
        return b->badness - a->badness;
    return a->number != b->number ? sign(a->number, b->number) : places[a->kind] - places[b->kind];
}

/* Behind those that it equals. */
static void insert(struct ht_piece **list, struct ht_piece *piece,
                   int (*order)(const struct ht_piece *, const struct ht_piece *))
{
    while (*list && order(*list, piece) <= 0)
        list = &(*list)->next;
    piece->next = *list;
    *list = piece;
}

static void drop(struct ht_pieces *pieces, struct ht_piece *piece)
{
    pieces->bytes -= piece->text.len;
    ht_sink_free(&piece->text);
    free(piece);
}

/* What has no room now will have none later: nothing is ever taken away before it. */
static void drop_last(struct ht_pieces *pieces)
{
    struct ht_piece **at = &pieces->first;
    while ((*at)->next)
        at = &(*at)->next;
    pieces->left_out[(*at)->kind]++;
    drop(pieces, *at);
    *at = NULL;
}

static bool has_head(const struct ht_pieces *pieces)
{
    const struct ht_piece *at = pieces->first;
    while (at && !(at->kind == HT_PIECE_HEAD && at->number == pieces->number))
        at = at->next;
    return at != NULL;
}

void ht_pieces_add(struct ht_pieces *pieces, enum ht_piece_kind kind, int badness, struct ht_sink *text)
{
    struct ht_piece *piece = ht_malloc(sizeof *piece);
    *piece = (struct ht_piece){.kind = kind, .badness = badness, .number = pieces->number, .text = *text};
    *text = ht_sink(0);
    pieces->bytes += piece->text.len;
    if (piece->text.len > pieces->room_bytes || (kind != HT_PIECE_HEAD && !has_head(pieces))) {
        pieces->left_out[kind] += kind == HT_PIECE_HEAD || has_head(pieces);
        drop(pieces, piece);
        return;
    }
    insert(&pieces->first, piece, by_rank);
    while (pieces->bytes > pieces->room_bytes)
        drop_last(pieces);
}

void ht_pieces_write(struct ht_pieces *pieces, struct ht_sink *out)
{
    struct ht_piece *placed = NULL;
    while (pieces->first) {
        struct ht_piece *piece = pieces->first;
        pieces->first = piece->next;
        insert(&placed, piece, by_place);
    }
    while (placed) {
        struct ht_piece *piece = placed;
        placed = piece->next;
        ht_sink_bytes(out, ht_span(ht_sink_text(&piece->text), piece->text.len));
        drop(pieces, piece);
    }
}

void ht_pieces_left_out(const struct ht_pieces *pieces, struct ht_sink *out)
{
    const char *before = "";
    for (size_t i = 0; i < HT_PIECE_COUNT; i++) {
        if (pieces->left_out[i] == 0)
            continue;
        ht_sink_printf(out, "%s%zu \u00d7 %s", before, pieces->left_out[i], names[i]);
        before = ", ";
    }
}
