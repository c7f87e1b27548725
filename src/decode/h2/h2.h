/* SPDX-License-Identifier: MIT */
/* HTTP/2 decoding (RFC 9113, RFC 7541): a splitter that cuts a stream into frames, and a decoder of the
 * frames. */
#ifndef HT_DECODE_H2_H
#define HT_DECODE_H2_H

#include "base/arena.h"

#include <httptrace/trace.h>

#define HT_H2_PREFACE     "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define HT_H2_PREFACE_LEN 24u
#define HT_H2_HEADER_LEN  9u

enum ht_h2_frame_type {
    HT_H2_DATA = 0,
    HT_H2_HEADERS = 1,
    HT_H2_PRIORITY = 2,
    HT_H2_RST_STREAM = 3,
    HT_H2_SETTINGS = 4,
    HT_H2_PUSH_PROMISE = 5,
    HT_H2_PING = 6,
    HT_H2_GOAWAY = 7,
    HT_H2_WINDOW_UPDATE = 8,
    HT_H2_CONTINUATION = 9,
    HT_H2_ALTSVC = 10,
    HT_H2_ORIGIN = 12,
    HT_H2_PRIORITY_UPDATE = 16
};

enum ht_h2_flag {
    HT_H2_END_STREAM = 0x1,
    HT_H2_ACK = 0x1,
    HT_H2_END_HEADERS = 0x4,
    HT_H2_PADDED = 0x8,
    HT_H2_PRIORITY_FLAG = 0x20
};

/* ---- splitter ---- */

enum ht_h2_piece_kind {
    HT_H2_NEED_MORE,
    HT_H2_PIECE_PREFACE, /* bytes: the 24 bytes */
    HT_H2_PIECE_FRAME, /* bytes: header and payload; past HT_CAP_FRAME_BYTES the payload is cut and `cut` set
                        */
    HT_H2_PIECE_DATA, /* a part of a DATA frame: bytes is borrowed payload (padding left out), may be empty */
    HT_H2_PIECE_NOT_H2 /* the client's first bytes are not the preface, or the server's first frame would be
                          longer than any SETTINGS may be (RFC 9113 section 4.2): text, most likely. bytes:
                          what earlier calls took; of this call's input nothing is taken, and later input is
                          taken and left alone */
};

struct ht_h2_piece {
    enum ht_h2_piece_kind kind;
    struct ht_span bytes; /* valid until the next call */
    bool cut;
    /* FRAME and DATA: from the frame's header */
    uint32_t stream;
    uint8_t flags;
    uint32_t length;     /* the frame's, padding included: what flow control counts */
    uint64_t wire_bytes; /* of the frame that this piece stands for, header and padding included */
    /* DATA only */
    bool begin, end;  /* the frame's first and last part */
    bool bad_padding; /* on the part that holds the pad length: it leaves no room for itself */
};

/* One direction of one connection. Small: embed it. */
struct ht_h2_splitter {
    bool expect_preface, stopped, first_seen;
    uint8_t header[HT_H2_HEADER_LEN];
    size_t have;     /* bytes of header, or of the preface */
    uint8_t *buffer; /* a frame that came in parts; freed by ht_h2_splitter_clear */
    size_t buffer_len, buffer_size;
    uint64_t left; /* payload bytes of the present frame still to come */
    uint32_t padding_left;
    bool in_frame, in_data, data_begun, pad_length_due;
    struct ht_h2_piece frame; /* what the present frame's header says */
};

void ht_h2_splitter_init(struct ht_h2_splitter *splitter, bool expect_preface);
void ht_h2_splitter_clear(struct ht_h2_splitter *splitter);
/* Takes bytes from `in`, gives how many; call again with the rest until the kind is HT_H2_NEED_MORE. No
 * allocation and no copy for DATA, nor for a frame that lies whole in `in`. */
size_t ht_h2_split(struct ht_h2_splitter *splitter, struct ht_span in, struct ht_h2_piece *piece);

/* ---- frames ---- */

struct ht_h2_frame {
    uint32_t length, stream;
    uint8_t type, flags;
    const char *name;    /* "HEADERS"; NULL for a type that nobody named */
    const char *summary; /* one line, wire text escaped, secrets masked */
    struct ht_field *fields;
    bool malformed;
    size_t malformed_at;
    const char *malformed_why; /* static, with the section of RFC 9113 and the error code it names */

    bool end_stream, ack, header_block_complete;
    uint8_t block_type; /* HEADERS or PUSH_PROMISE, also on the CONTINUATION that completes the block */
    struct ht_headers
        headers; /* of the whole block, on the frame that completes it; pseudo-fields included */
    size_t block_bytes, plain_bytes; /* compressed; names and values plus 32 each (RFC 7541 section 4.1) */
    const struct ht_h2_setting *settings;
    size_t settings_count;
    uint32_t error_code; /* RST_STREAM, GOAWAY */
    uint32_t last_stream, promised_stream, increment;
    struct ht_span debug; /* GOAWAY */
};

/* HPACK state and unfinished header blocks of both directions of one connection. */
struct ht_h2_decoder;
struct ht_h2_decoder *ht_h2_decoder_new(void);
void ht_h2_decoder_free(struct ht_h2_decoder *decoder);
/* From here on frames have no summary, and in their fields neither their header nor a field section. */
void ht_h2_decoder_be_brief(struct ht_h2_decoder *decoder);
/* Decodes one frame of any type but DATA. `bytes` begins with the frame header. Spans in `out` are in the
 * arena. */
void ht_h2_decode(struct ht_h2_decoder *decoder, struct ht_arena *arena, enum ht_dir dir,
                  struct ht_span bytes, struct ht_h2_frame *out);
/* What is wrong with a DATA frame (stream 0, padding, size, inside a header block): static text with its
 * section and error code, NULL where nothing is. Call it once per frame part that `begin`s or has
 * `bad_padding`. */
const char *ht_h2_data_why(struct ht_h2_decoder *decoder, enum ht_dir dir, const struct ht_h2_piece *piece);
/* A SETTINGS_HEADER_TABLE_SIZE that `dir`'s receiver acknowledged bounds what `dir` may use (RFC 7541
 * section 4.2). */
void ht_h2_decoder_table_size(struct ht_h2_decoder *decoder, enum ht_dir dir, uint32_t size);

/* Names; NULL for a number that nobody named. */
const char *ht_h2_frame_name(uint8_t type);
const char *ht_h2_setting_name(uint16_t id); /* "HEADER_TABLE_SIZE" */
const char *ht_h2_error_name(uint32_t code); /* "PROTOCOL_ERROR" */

#endif
