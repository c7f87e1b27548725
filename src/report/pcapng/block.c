/* SPDX-License-Identifier: MIT */
/* Blocks: takes what a capture holds, gives the bytes of a pcapng file (draft-ietf-opsawg-pcapng). */
#include "report/pcapng/block.h"

#define SECTION          0x0A0D0D0Au /* section 4.1 */
#define INTERFACE        1u          /* section 4.2 */
#define PACKET           6u          /* section 4.3 */
#define SECRETS          10u         /* section 4.7 */
#define BYTE_ORDER_MAGIC 0x1A2B3C4Du
#define LINKTYPE_RAW     101 /* draft-ietf-opsawg-pcaplinktype: begins with an IPv4 or IPv6 header */
#define TLS_KEY_LOG      0x544C534Bu

#define OPT_END         0
#define OPT_COMMENT     1
#define SHB_OS          3
#define SHB_APPLICATION 4
#define IF_NAME         2
#define IF_DESCRIPTION  3
#define IF_TSRESOL      9
#define EPB_FLAGS       2
#define OPTION_MAX      65535u

static void put_u16(struct ht_sink *out, uint16_t value)
{
    ht_sink_bytes(out, ht_span(&value, sizeof value));
}

static void put_u32(struct ht_sink *out, uint32_t value)
{
    ht_sink_bytes(out, ht_span(&value, sizeof value));
}

static void pad(struct ht_sink *out, size_t len)
{
    ht_sink_bytes(out, ht_span("\0\0\0", (4 - len % 4) % 4));
}

size_t ht_block_begin(struct ht_sink *out, uint32_t type)
{
    size_t at = out->len;
    put_u32(out, type);
    put_u32(out, 0);
    return at;
}

void ht_block_end(struct ht_sink *out, size_t at)
{
    uint32_t len = (uint32_t)(out->len - at + sizeof len);
    put_u32(out, len);
    memcpy(out->text + at + sizeof len, &len, sizeof len);
}

static void put_option(struct ht_sink *out, uint16_t code, struct ht_span value)
{
    put_u16(out, code);
    put_u16(out, (uint16_t)value.len);
    ht_sink_bytes(out, value);
    pad(out, value.len);
}

void ht_block_comment(struct ht_sink *out, struct ht_span text)
{
    put_option(out, OPT_COMMENT, ht_span_head(text, OPTION_MAX));
}

void ht_block_options_end(struct ht_sink *out)
{
    put_u16(out, OPT_END);
    put_u16(out, 0);
}

size_t ht_block_section(struct ht_sink *out, const char *os, const char *application)
{
    size_t at = ht_block_begin(out, SECTION);
    put_u32(out, BYTE_ORDER_MAGIC);
    put_u16(out, 1);
    put_u16(out, 0);
    put_u32(out, UINT32_MAX); /* the section's length: not said */
    put_u32(out, UINT32_MAX);
    put_option(out, SHB_OS, ht_span_head(ht_span_str(os), OPTION_MAX));
    put_option(out, SHB_APPLICATION, ht_span_head(ht_span_str(application), OPTION_MAX));
    return at;
}

void ht_block_interface(struct ht_sink *out)
{
    const uint8_t microseconds = 6;
    size_t at = ht_block_begin(out, INTERFACE);
    put_u16(out, LINKTYPE_RAW);
    put_u16(out, 0);
    put_u32(out, 0); /* no packet is cut */
    put_option(out, IF_NAME, ht_span_str("sockets"));
    put_option(out, IF_DESCRIPTION, ht_span_str("what the program's sockets sent and received"));
    put_option(out, IF_TSRESOL, ht_span(&microseconds, 1));
    ht_block_options_end(out);
    ht_block_end(out, at);
}

void ht_block_secrets(struct ht_sink *out, struct ht_span lines)
{
    size_t at = ht_block_begin(out, SECRETS);
    put_u32(out, TLS_KEY_LOG);
    put_u32(out, (uint32_t)lines.len);
    ht_sink_bytes(out, lines);
    pad(out, lines.len);
    ht_block_end(out, at);
}

size_t ht_block_packet(struct ht_sink *out, int64_t wall_us, enum ht_dir dir, struct ht_span head,
                       struct ht_span payload)
{
    uint32_t len = (uint32_t)(head.len + payload.len);
    uint32_t flags = dir == HT_DIR_IN ? 1 : 2; /* inbound, outbound */
    size_t at = ht_block_begin(out, PACKET);
    put_u32(out, 0); /* the interface */
    put_u32(out, (uint32_t)((uint64_t)wall_us >> 32));
    put_u32(out, (uint32_t)wall_us);
    put_u32(out, len);
    put_u32(out, len);
    ht_sink_bytes(out, head);
    ht_sink_bytes(out, payload);
    pad(out, len);
    put_option(out, EPB_FLAGS, ht_span(&flags, sizeof flags));
    return at;
}
