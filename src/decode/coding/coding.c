/* SPDX-License-Identifier: MIT */
/* Content codings: takes the head of a body, says whether it is gzip, deflate, br or zstd, and decodes it
 * (RFC 1950 to 1952, RFC 7932, RFC 8878). */
#include "decode/coding/coding.h"

#include <brotli/decode.h>
#include <zlib.h>

enum { PORTION = 4096, GZIP_OR_ZLIB = 15 + 32, RAW_DEFLATE = -15 };

typedef enum ht_coding_fit decode_function(struct ht_span head, bool whole, struct ht_sink *out);

static bool is_full(const struct ht_sink *out)
{
    return out && out->cap && out->len >= out->cap;
}

static void put(struct ht_sink *out, const uint8_t *bytes, size_t len)
{
    if (out && len)
        ht_sink_bytes(out, ht_span(bytes, len));
}

/* A coding that ends before the bytes do may be followed by another member, or by padding: no matter here. */
static enum ht_coding_fit inflate_as(int window_bits, struct ht_span head, bool whole, struct ht_sink *out)
{
    uint8_t portion[PORTION];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)head.data, .avail_in = (uInt)head.len};
    int status = inflateInit2(&z, window_bits);
    if (status != Z_OK)
        return HT_CODING_UNKNOWN;
    do {
        z.next_out = portion;
        z.avail_out = PORTION;
        status = inflate(&z, Z_SYNC_FLUSH);
        put(out, portion, PORTION - z.avail_out);
    } while (status == Z_OK && !is_full(out) && (z.avail_in || z.avail_out == 0));
    bool begun = z.total_out > 0 || status == Z_STREAM_END;
    inflateEnd(&z);
    if (status == Z_DATA_ERROR || status == Z_NEED_DICT || status == Z_STREAM_ERROR)
        return HT_CODING_BROKEN;
    return begun ? HT_CODING_FITS : whole ? HT_CODING_BROKEN : HT_CODING_UNKNOWN;
}

static enum ht_coding_fit fit_gzip(struct ht_span head, bool whole, struct ht_sink *out)
{
    if (head.data[0] != 0x1f || (head.len > 1 && head.data[1] != 0x8b))
        return HT_CODING_BROKEN;
    return inflate_as(GZIP_OR_ZLIB, head, whole, out);
}

/* "deflate" means zlib's format, and many send it without zlib's header (RFC 9110 section 8.4.1.2). */
static enum ht_coding_fit fit_deflate(struct ht_span head, bool whole, struct ht_sink *out)
{
    enum ht_coding_fit fit = inflate_as(GZIP_OR_ZLIB, head, whole, out);
    if (fit != HT_CODING_BROKEN)
        return fit;
    if (out)
        ht_sink_reset(out);
    return inflate_as(RAW_DEFLATE, head, whole, out);
}

static enum ht_coding_fit fit_brotli(struct ht_span head, bool whole, struct ht_sink *out)
{
    uint8_t portion[PORTION];
    BrotliDecoderState *state = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    BrotliDecoderResult result = BROTLI_DECODER_RESULT_ERROR;
    const uint8_t *next = head.data;
    size_t left = head.len, total = 0;
    if (!state)
        return HT_CODING_UNKNOWN;
    do {
        uint8_t *to = portion;
        size_t room = PORTION;
        result = BrotliDecoderDecompressStream(state, &left, &next, &room, &to, &total);
        put(out, portion, PORTION - room);
    } while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT && !is_full(out));
    BrotliDecoderDestroyInstance(state);
    /* It has no magic number: much that is no brotli looks like its beginning, and ends too soon or goes on.
     */
    bool unfit = result == BROTLI_DECODER_RESULT_ERROR ||
                 (result == BROTLI_DECODER_RESULT_SUCCESS && left > 0) ||
                 (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT && whole);
    return unfit ? HT_CODING_BROKEN : HT_CODING_FITS;
}

static enum ht_coding_fit fit_zstd(struct ht_span head, bool whole, struct ht_sink *out)
{
    (void)out;
    if (head.len < 4)
        return whole ? HT_CODING_BROKEN : HT_CODING_UNKNOWN;
    uint32_t magic = (uint32_t)head.data[0] | (uint32_t)head.data[1] << 8 | (uint32_t)head.data[2] << 16 |
                     (uint32_t)head.data[3] << 24;
    bool skippable = (magic & 0xFFFFFFF0u) == 0x184D2A50u;
    return magic == 0xFD2FB528u || skippable ? HT_CODING_FITS : HT_CODING_BROKEN;
}

static const struct {
    const char *name;
    decode_function *fit;
} codings[] = {
    {"gzip", fit_gzip}, {"x-gzip", fit_gzip}, {"deflate", fit_deflate},
    {"br", fit_brotli}, {"zstd", fit_zstd},
};

static decode_function *find(struct ht_span coding)
{
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        if (ht_span_ieq_str(coding, codings[i].name))
            return codings[i].fit;
    }
    return NULL;
}

enum ht_coding_fit ht_coding_fit(struct ht_span coding, struct ht_span head, bool whole)
{
    decode_function *fit = find(coding);
    return fit && head.len ? fit(head, whole, NULL) : HT_CODING_UNKNOWN;
}

void ht_coding_decode(struct ht_span coding, struct ht_span head, struct ht_sink *out)
{
    decode_function *fit = find(coding);
    if (head.len && (!fit || fit(head, false, out) == HT_CODING_BROKEN || out->len == 0)) {
        ht_sink_reset(out);
        ht_sink_bytes(out, head);
    }
}
