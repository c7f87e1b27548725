/* SPDX-License-Identifier: MIT */
/* HTTP/1.0 and 1.1 decoding (RFC 9112): a splitter that cuts a stream into units, and decoders of the units.
 */
#ifndef HT_DECODE_H1_H
#define HT_DECODE_H1_H

#include "base/arena.h"

#include <httptrace/trace.h>

enum ht_h1_piece_kind {
    HT_H1_NEED_MORE, /* all input was taken, no unit is complete */
    HT_H1_HEAD,      /* bytes: start-line and fields with the empty line; the splitter waits for
                        ht_h1_splitter_body */
    HT_H1_CHUNK,     /* bytes: a chunk-size line with its CRLF. chunk_size, has_extensions and last are set */
    HT_H1_BODY,      /* bytes: borrowed payload, never buffered */
    HT_H1_TRAILERS,  /* bytes: trailer fields with the empty line (also when there are none) */
    HT_H1_END,       /* the message is complete; takes no bytes. The next byte begins a new head */
    HT_H1_BAD        /* the chunked framing is broken at `offset`; bytes: the line up to that byte, all that
                        follows is given as HT_H1_BODY */
};

struct ht_h1_piece {
    enum ht_h1_piece_kind kind;
    struct ht_span bytes; /* borrowed from the input or the splitter's buffer: valid until the next call */
    uint64_t offset;      /* stream offset of the unit's first byte; HT_H1_BAD: of the first illegal byte */
    uint64_t chunk_size;
    bool has_extensions, last;
    bool bare_lf; /* HT_H1_CHUNK: the data of the chunk before this line ended in LF, not CRLF */
    bool cut; /* HT_H1_HEAD or HT_H1_TRAILERS past HT_CAP_HEAD_BYTES: what is there, the rest follows as body
                 to the close */
};

struct ht_h1_splitter;
struct ht_h1_splitter *ht_h1_splitter_new(void);
void ht_h1_splitter_free(struct ht_h1_splitter *splitter);

/*
 * Takes bytes from `in`, gives how many it took (call again with the rest while kind is not HT_H1_NEED_MORE),
 * fills `piece`. Leading empty lines before a start-line are skipped (RFC 9112 section 2.2). Lines may end in
 * a bare LF.
 */
size_t ht_h1_split(struct ht_h1_splitter *splitter, struct ht_span in, struct ht_h1_piece *piece);

/* After HT_H1_HEAD: how the body is delimited. HT_FRAMING_NONE: no body, HT_H1_END comes next (a 1xx head
 * too: the caller then just goes on with the next head). `length` counts for HT_FRAMING_CONTENT_LENGTH.
 * HT_FRAMING_UPGRADE: the stream is HTTP/1 no more and must not be fed again. */
void ht_h1_splitter_body(struct ht_h1_splitter *splitter, enum ht_framing framing, int64_t length);

/* The stream ended. True if that ends a message in good order (between messages, or a close-delimited body).
 */
bool ht_h1_splitter_finish(const struct ht_h1_splitter *splitter);
/* Whether bytes of an unfinished head are held, and which: for a message that never became whole. */
struct ht_span ht_h1_splitter_held(const struct ht_h1_splitter *splitter);

/* A head's meaning. Spans are copied into the arena. A message that breaks the grammar is decoded as far as
 * it goes. */
struct ht_h1_head {
    bool is_response;
    enum ht_http_version version;
    struct ht_span method, target; /* request */
    int status;                    /* response; 0 where unreadable */
    struct ht_span reason;
    struct ht_headers headers;
    bool malformed; /* the first illegal byte's offset within the head, and which rule it breaks */
    size_t malformed_at;
    const char
        *malformed_why; /* static, with its section: "bare CR in a field value (RFC 9112 section 2.2)" */
};

void ht_h1_decode_head(struct ht_arena *arena, struct ht_span bytes, bool is_response,
                       struct ht_h1_head *out);
/* Only the members `malformed...` of `marks` are set. */
void ht_h1_decode_trailers(struct ht_arena *arena, struct ht_span bytes, struct ht_headers *out,
                           struct ht_h1_head *marks);

struct ht_h1_chunk {
    uint64_t size;
    struct ht_headers extensions; /* name, value (empty where it has none; quotes removed) */
    bool malformed;
    size_t malformed_at;
    const char *malformed_why; /* static, with its section */
};
void ht_h1_decode_chunk(struct ht_arena *arena, struct ht_span line, struct ht_h1_chunk *out);

/*
 * How the message's body is delimited (RFC 9112 section 6.3). For a response, `request_method` decides HEAD
 * and CONNECT. *length: Content-Length where that counts, else -1. *why: NULL, or what is wrong with the
 * framing fields (conflicting Content-Length, Content-Length with Transfer-Encoding, chunked not last):
 * static text with its section.
 */
enum ht_framing ht_h1_framing(const struct ht_h1_head *head, struct ht_span request_method, int64_t *length,
                              const char **why);

#endif
