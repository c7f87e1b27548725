/* SPDX-License-Identifier: MIT */
/* Takes raw events, gives the capture that the format makes of them, read back. */
#include "unit.h"

#include "report/capture.h"

#include "base/arena.h"

#include <stdlib.h>

static uint32_t u32(const char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint16_t u16(const char *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint32_t net(struct ht_span s, size_t at, size_t len)
{
    uint32_t value = 0;
    assert_true(at + len <= s.len);
    for (size_t i = 0; i < len; i++)
        value = value << 8 | s.data[at + i];
    return value;
}

/* RFC 1071 by the book: 16 bits at a time. */
static uint32_t sum16(uint32_t total, struct ht_span s)
{
    for (size_t i = 0; i < s.len; i += 2) {
        total += (uint32_t)s.data[i] << 8 | (i + 1 < s.len ? s.data[i + 1] : 0u);
        total = (total & 0xFFFF) + (total >> 16);
    }
    return total;
}

static void read_tcp(struct packet *p, struct ht_span tcp)
{
    size_t header = (net(tcp, 12, 1) >> 4) * 4;
    assert_true(header >= 20 && header <= 28);
    p->from_port = (uint16_t)net(tcp, 0, 2);
    p->to_port = (uint16_t)net(tcp, 2, 2);
    p->seq = net(tcp, 4, 4);
    p->ack = net(tcp, 8, 4);
    p->flags = (uint8_t)net(tcp, 13, 1);
    p->payload = ht_span_from(tcp, header);
}

static void read_packet(struct packet *p, struct ht_span ip)
{
    p->v6 = net(ip, 0, 1) >> 4 == 6;
    size_t header = p->v6 ? 40 : 20, width = p->v6 ? 16 : 4;
    struct ht_span body = ht_span_from(ip, header);
    p->protocol = (uint8_t)net(ip, p->v6 ? 6 : 9, 1);
    p->hop_limit = (uint8_t)net(ip, p->v6 ? 7 : 8, 1);
    memcpy(p->from, ip.data + (p->v6 ? 8 : 12), width);
    memcpy(p->to, ip.data + (p->v6 ? 24 : 16), width);
    assert_int_equal(net(ip, p->v6 ? 4 : 2, 2), p->v6 ? body.len : ip.len);
    if (!p->v6)
        assert_int_equal(sum16(0, ht_span_head(ip, header)), 0xFFFF);
    uint32_t pseudo = p->protocol == 1 ? 0 : sum16((uint32_t)body.len + p->protocol, ht_span(p->from, width));
    pseudo = p->protocol == 1 ? 0 : sum16(pseudo, ht_span(p->to, width));
    assert_int_equal(sum16(pseudo, body), 0xFFFF);
    p->payload = body;
    if (p->protocol == 6)
        read_tcp(p, body);
}

static void add_text(struct ht_span texts[CAPTURE_TEXTS], struct ht_span text)
{
    for (size_t i = 0; i < CAPTURE_TEXTS; i++) {
        if (texts[i].len)
            continue;
        texts[i] = text;
        return;
    }
}

typedef void option_function(void *ctx, uint16_t code, struct ht_span value);

/* Every list of options ends with its end, at the end of the block. */
static void read_options(const char *at, const char *end, option_function *take, void *ctx)
{
    for (;;) {
        assert_true(at + 4 <= end);
        uint16_t code = u16(at), len = u16(at + 2);
        at += 4;
        if (code == 0)
            break;
        assert_true(at + len <= end);
        take(ctx, code, ht_span(at, len));
        at += (len + 3u) / 4 * 4;
    }
    assert_ptr_equal(at, end);
}

static void section_option(void *ctx, uint16_t code, struct ht_span value)
{
    struct capture_read *read = ctx;
    if (code == 1)
        add_text(read->comments, value);
    if (code == 4)
        read->application = value;
}

static void packet_option(void *ctx, uint16_t code, struct ht_span value)
{
    struct packet *p = ctx;
    if (code == 1)
        add_text(p->comments, value);
    if (code == 2)
        p->bound = u32((const char *)value.data);
}

static void no_option(void *ctx, uint16_t code, struct ht_span value)
{
    (void)ctx, (void)value;
    assert_true(code >= 2 && code <= 9);
}

static void read_epb(struct capture_read *read, const char *body, const char *end)
{
    read->packets = ht_realloc(read->packets, (read->count + 1) * sizeof *read->packets);
    struct packet *p = &read->packets[read->count++];
    *p = (struct packet){.t_us = (int64_t)((uint64_t)u32(body + 4) << 32 | u32(body + 8))};
    uint32_t len = u32(body + 12);
    assert_int_equal(u32(body), 0);
    assert_int_equal(u32(body + 16), len);
    assert_true(body + 20 + len <= end);
    read_packet(p, ht_span(body + 20, len));
    read_options(body + 20 + (len + 3) / 4 * 4, end, packet_option, p);
}

static void read_block(struct capture_read *read, uint32_t type, const char *body, const char *end)
{
    switch (type) {
    case 0x0A0D0D0A:
        assert_int_equal(u32(body), 0x1A2B3C4D);
        read_options(body + 16, end, section_option, read);
        break;
    case 1:
        assert_int_equal(u16(body), 101);
        read_options(body + 8, end, no_option, NULL);
        break;
    case 10:
        assert_int_equal(u32(body), 0x544C534B);
        assert_int_equal(read->count, 0); /* before every packet */
        assert_true(body + 8 + u32(body + 4) <= end);
        if (read->key_blocks++ == 0)
            read->keys = ht_span(body + 8, u32(body + 4));
        break;
    default:
        assert_int_equal(type, 6);
        read_epb(read, body, end);
    }
}

struct capture_read capture_parse(char *text, size_t len)
{
    struct capture_read read = {.text = text, .len = len};
    size_t blocks = 0;
    for (size_t at = 0; at < len; blocks++) {
        assert_true(at + 12 <= len);
        uint32_t type = u32(text + at), size = u32(text + at + 4);
        assert_true(size >= 12 && size % 4 == 0 && at + size <= len);
        assert_int_equal(u32(text + at + size - 4), size);
        assert_int_equal(type == 0x0A0D0D0A, blocks == 0);
        assert_int_equal(type == 1, blocks == 1);
        read_block(&read, type, text + at + 8, text + at + size - 4);
        at += size;
    }
    assert_true(blocks >= 2);
    return read;
}

void capture_clear(struct capture_read *read)
{
    free(read->text);
    free(read->packets);
}

bool capture_says(const struct ht_span comments[CAPTURE_TEXTS], const char *text)
{
    for (size_t i = 0; i < CAPTURE_TEXTS; i++)
        if (comments[i].len && memmem(comments[i].data, comments[i].len, text, strlen(text)))
            return true;
    return false;
}

struct capture_read capture_of(const struct ht_raw *events, size_t count,
                               const struct ht_report_options *options, struct ht_sink *notes)
{
    const struct ht_format *format = ht_format_by_name(ht_span_str("pcapng"));
    struct ht_document document = {.format = format, .options = *options};
    struct ht_error error = {0};
    if (format->begin(&document, &error) != HT_OK)
        fail_msg("does not begin: %s", error.text);
    for (size_t i = 0; i < count; i++)
        format->raw(&document, &events[i]);
    if (format->end(&document, &error) != HT_OK)
        fail_msg("does not end: %s", error.text);
    if (notes)
        *notes = document.notes;
    else
        ht_sink_free(&document.notes);
    return capture_parse(document.out.text, document.out.len);
}
