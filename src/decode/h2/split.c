/* SPDX-License-Identifier: MIT */
/* The HTTP/2 splitter: takes one direction's bytes in any portions, gives frames and parts of DATA frames
 * (RFC 9113 sections 3.4 and 4.1). */
#include "decode/h2/h2.h"

#include <stdlib.h>

/* No endpoint may send more before the other's SETTINGS raised it (RFC 9113 section 4.2). */
#define DEFAULT_MAX_FRAME 16384u

void ht_h2_splitter_init(struct ht_h2_splitter *splitter, bool expect_preface)
{
    *splitter = (struct ht_h2_splitter){.expect_preface = expect_preface, .first_seen = expect_preface};
}

void ht_h2_splitter_clear(struct ht_h2_splitter *splitter)
{
    free(splitter->buffer);
    *splitter = (struct ht_h2_splitter){.stopped = true};
}

static size_t not_h2(struct ht_h2_splitter *s, struct ht_span held, struct ht_h2_piece *piece)
{
    s->stopped = true;
    piece->kind = HT_H2_PIECE_NOT_H2;
    piece->bytes = held;
    return 0;
}

static size_t split_preface(struct ht_h2_splitter *s, struct ht_span in, struct ht_h2_piece *piece)
{
    static const uint8_t preface[] = HT_H2_PREFACE;
    struct ht_span part = ht_span_head(in, HT_H2_PREFACE_LEN - s->have);
    if (part.len == 0)
        return 0;
    if (memcmp(part.data, preface + s->have, part.len) != 0)
        return not_h2(s, ht_span(preface, s->have), piece);
    s->have += part.len;
    if (s->have == HT_H2_PREFACE_LEN) {
        s->have = 0;
        s->expect_preface = false;
        piece->kind = HT_H2_PIECE_PREFACE;
        piece->bytes = ht_span(preface, HT_H2_PREFACE_LEN);
        piece->wire_bytes = HT_H2_PREFACE_LEN;
    }
    return part.len;
}

static void read_header(struct ht_h2_splitter *s, const uint8_t *h)
{
    uint32_t stream = (uint32_t)h[5] << 24 | (uint32_t)h[6] << 16 | (uint32_t)h[7] << 8 | h[8];
    s->frame = (struct ht_h2_piece){
        .kind = h[3] == HT_H2_DATA ? HT_H2_PIECE_DATA : HT_H2_PIECE_FRAME,
        .length = (uint32_t)h[0] << 16 | (uint32_t)h[1] << 8 | h[2],
        .flags = h[4],
        .stream = stream & 0x7fffffffu,
    };
    s->left = s->frame.length;
}

/* Of what is there: the pad length, then payload, then padding. */
static size_t split_data(struct ht_h2_splitter *s, struct ht_span in, size_t header,
                         struct ht_h2_piece *piece)
{
    if (in.len == 0 && s->data_begun)
        return 0;
    *piece = s->frame;
    piece->begin = !s->data_begun;
    s->data_begun = true;
    struct ht_span rest = in;
    if (s->pad_length_due && s->left == 0) {
        s->pad_length_due = false;
        piece->bad_padding = true;
    } else if (s->pad_length_due && rest.len) {
        s->pad_length_due = false;
        s->left--;
        piece->bad_padding = rest.data[0] > s->left;
        s->padding_left = piece->bad_padding ? (uint32_t)s->left : rest.data[0];
        rest = ht_span_from(rest, 1);
    }
    if (!s->pad_length_due) {
        uint64_t payload = s->left - s->padding_left;
        piece->bytes = ht_span_head(rest, payload < rest.len ? (size_t)payload : rest.len);
        rest = ht_span_from(rest, piece->bytes.len);
        size_t padding = s->padding_left < rest.len ? s->padding_left : rest.len;
        s->padding_left -= (uint32_t)padding;
        s->left -= piece->bytes.len + padding;
        rest = ht_span_from(rest, padding);
    }
    piece->end = s->left == 0;
    s->in_data = !piece->end;
    piece->wire_bytes = header + (in.len - rest.len);
    return in.len - rest.len;
}

static void finish_frame(struct ht_h2_splitter *s, struct ht_span bytes, struct ht_h2_piece *piece)
{
    *piece = s->frame;
    piece->bytes = bytes;
    piece->cut = s->frame.length > HT_CAP_FRAME_BYTES;
    piece->wire_bytes = HT_H2_HEADER_LEN + (uint64_t)s->frame.length;
    s->in_frame = false;
}

static void begin_buffer(struct ht_h2_splitter *s, const uint8_t *header)
{
    size_t payload = s->frame.length < HT_CAP_FRAME_BYTES ? s->frame.length : HT_CAP_FRAME_BYTES;
    if (s->buffer_size < HT_H2_HEADER_LEN + payload) {
        s->buffer_size = HT_H2_HEADER_LEN + payload;
        s->buffer = ht_realloc(s->buffer, s->buffer_size);
    }
    memcpy(s->buffer, header, HT_H2_HEADER_LEN);
    s->buffer_len = HT_H2_HEADER_LEN;
    s->in_frame = true;
}

static size_t fill_buffer(struct ht_h2_splitter *s, struct ht_span in, struct ht_h2_piece *piece)
{
    size_t take = s->left < in.len ? (size_t)s->left : in.len;
    size_t room = HT_H2_HEADER_LEN + HT_CAP_FRAME_BYTES - s->buffer_len;
    size_t keep = take < room ? take : room;
    if (keep)
        memcpy(s->buffer + s->buffer_len, in.data, keep);
    s->buffer_len += keep;
    s->left -= take;
    if (s->left == 0)
        finish_frame(s, ht_span(s->buffer, s->buffer_len), piece);
    return take;
}

/* The header is known and `rest` begins behind it. `whole`: the header lies in the input right before it. */
static size_t begin_frame(struct ht_h2_splitter *s, const uint8_t *header, struct ht_span rest, bool whole,
                          struct ht_h2_piece *piece)
{
    if (s->frame.kind == HT_H2_PIECE_DATA) {
        s->data_begun = false;
        s->padding_left = 0;
        s->pad_length_due = s->frame.flags & HT_H2_PADDED;
        return split_data(s, rest, HT_H2_HEADER_LEN, piece);
    }
    if (whole && rest.len >= s->frame.length) {
        size_t keep = s->frame.length < HT_CAP_FRAME_BYTES ? s->frame.length : HT_CAP_FRAME_BYTES;
        finish_frame(s, ht_span(header, HT_H2_HEADER_LEN + keep), piece);
        return s->frame.length;
    }
    begin_buffer(s, header);
    return fill_buffer(s, rest, piece);
}

static size_t split_header(struct ht_h2_splitter *s, struct ht_span in, struct ht_h2_piece *piece)
{
    bool whole = s->have == 0 && in.len >= HT_H2_HEADER_LEN;
    struct ht_span part = ht_span_head(in, HT_H2_HEADER_LEN - s->have);
    if (part.len == 0)
        return 0;
    if (s->have + part.len < HT_H2_HEADER_LEN) {
        memcpy(s->header + s->have, part.data, part.len);
        s->have += part.len;
        return part.len;
    }
    memcpy(s->header + s->have, part.data, part.len);
    read_header(s, s->header);
    if (!s->first_seen && s->frame.length > DEFAULT_MAX_FRAME)
        return not_h2(s, ht_span(s->header, s->have), piece);
    s->first_seen = true;
    s->have = 0;
    return part.len + begin_frame(s, whole ? in.data : s->header, ht_span_from(in, part.len), whole, piece);
}

size_t ht_h2_split(struct ht_h2_splitter *splitter, struct ht_span in, struct ht_h2_piece *piece)
{
    *piece = (struct ht_h2_piece){.kind = HT_H2_NEED_MORE};
    if (splitter->stopped)
        return in.len;
    if (splitter->expect_preface)
        return split_preface(splitter, in, piece);
    if (splitter->in_data)
        return split_data(splitter, in, 0, piece);
    if (splitter->in_frame)
        return fill_buffer(splitter, in, piece);
    return split_header(splitter, in, piece);
}
