/* SPDX-License-Identifier: MIT */
/* What the frame decoders of this room share: the state of a direction, and one frame under way. */
#ifndef HT_DECODE_H2_FRAME_H
#define HT_DECODE_H2_FRAME_H

#include "base/escape.h"
#include "base/mask.h"
#include "base/reader.h"
#include "decode/h2/h2.h"
#include "model/model.h"

#include <nghttp2/nghttp2.h>

/* What one endpoint has sent so far. */
struct ht_h2_direction {
    nghttp2_hd_inflater *inflater;
    bool frame_seen;
    bool hpack_lost;    /* a block could not be followed, so no later one can */
    bool push_disabled; /* this endpoint's SETTINGS_ENABLE_PUSH is 0 */
    uint32_t frame_cap; /* this endpoint's SETTINGS_MAX_FRAME_SIZE: bounds the other direction */
    /* the header block that waits for CONTINUATION */
    bool block_open, block_ends_stream;
    uint8_t block_type;
    uint32_t block_stream, block_promised;
    uint32_t continuations;
    uint8_t *block;
    size_t block_len, block_size; /* kept bytes and the buffer's size */
    size_t block_total;           /* all bytes of the block, those past the cap as well */
};

struct ht_h2_decoder {
    struct ht_h2_direction dirs[3];
    bool brief;
};

/* One frame under way. */
struct ht_h2_parse {
    struct ht_h2_direction *own, *other;
    struct ht_arena *arena;
    enum ht_dir dir;
    bool brief;               /* nobody is shown the frame */
    struct ht_reader payload; /* its offsets count from the frame's first byte */
    bool cut;                 /* the payload is not here whole */
    bool capped;              /* and that is a cap's doing */
    struct ht_sink detail;    /* what follows the colon of the summary; wire text only escaped */
    struct ht_h2_frame *out;
};

/* Keeps the first mark. */
void ht_h2_mark(struct ht_h2_parse *p, size_t at, const char *why);
/* "PROTOCOL_ERROR", or "code 0x1f" where nobody named it. */
void ht_h2_detail_code(struct ht_h2_parse *p, uint32_t code);

/* The decoders of the frame types; dispatched from decode.c's rows. */
void ht_h2_decode_settings(struct ht_h2_parse *p);
void ht_h2_decode_priority(struct ht_h2_parse *p);
void ht_h2_decode_rst_stream(struct ht_h2_parse *p);
void ht_h2_decode_ping(struct ht_h2_parse *p);
void ht_h2_decode_goaway(struct ht_h2_parse *p);
void ht_h2_decode_window_update(struct ht_h2_parse *p);
void ht_h2_decode_altsvc(struct ht_h2_parse *p);
void ht_h2_decode_origin(struct ht_h2_parse *p);
void ht_h2_decode_priority_update(struct ht_h2_parse *p);
void ht_h2_decode_headers(struct ht_h2_parse *p);
void ht_h2_decode_push_promise(struct ht_h2_parse *p);
void ht_h2_decode_continuation(struct ht_h2_parse *p);

/* Priority fields (RFC 9113 section 6.3), as PRIORITY and HEADERS carry them. */
void ht_h2_read_priority(struct ht_h2_parse *p, uint32_t *dependency, unsigned *weight);

/* One header block, whole. `base` is the offset in the frame of block byte `before`; what lies earlier was in
 * frames before this one. */
struct ht_h2_block {
    struct ht_span bytes;
    size_t base, before;
};

/* Inflates the block into p->out->headers and its fields; marks what is wrong with it (RFC 7541). */
void ht_h2_inflate(struct ht_h2_parse *p, const struct ht_h2_block *block);

/* The grammar of a message's fields (RFC 9113 sections 8.2 and 8.3), checked field by field. */
struct ht_h2_message {
    bool is_request, regular_seen, connect;
    uint32_t pseudo; /* bit per row seen */
    int status;
};
const char *ht_h2_message_field(struct ht_h2_message *m, struct ht_span name, struct ht_span value);
const char *ht_h2_message_end(const struct ht_h2_message *m, bool end_stream);

/* "GET https://host/path", "200", "trailers, 2 fields": masked, then escaped, into the detail. */
void ht_h2_detail_message(struct ht_h2_parse *p);

#endif
