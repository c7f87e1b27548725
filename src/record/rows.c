/* SPDX-License-Identifier: MIT */
/* The record's tables: takes a kind of raw event, gives its name and the rows of its members (format
 * httptrace.record/1). */
#include "record/rows.h"

#include "model/model.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))
#define AT(member)  offsetof(struct ht_raw, member)

#define INT(part, member)                                                                                    \
    {                                                                                                        \
        .key = #member, .type = HT_ROW_INT, .offset = AT(u.part.member)                                      \
    }
/* A number that may be unknown: -1. */
#define TOLD(part, member)                                                                                   \
    {                                                                                                        \
        .key = #member, .type = HT_ROW_INT, .offset = AT(u.part.member), .missing = -1                       \
    }
#define ALWAYS(part, member)                                                                                 \
    {                                                                                                        \
        .key = #member, .type = HT_ROW_INT, .offset = AT(u.part.member), .always = true                      \
    }
#define BOOL(part, member)                                                                                   \
    {                                                                                                        \
        .key = #member, .type = HT_ROW_BOOL, .offset = AT(u.part.member)                                     \
    }
#define SPAN(part, member)                                                                                   \
    {                                                                                                        \
        .key = #member, .hex_key = #member "_hex", .type = HT_ROW_SPAN, .offset = AT(u.part.member)          \
    }
#define NAMED(part, member, function)                                                                        \
    {                                                                                                        \
        .key = #member, .type = HT_ROW_NAMED, .offset = AT(u.part.member), .always = true, .name = function  \
    }

static const char *const unit_names[] = {
    [HT_UNIT_H1_HEAD] = "h1_head",         [HT_UNIT_H1_CHUNK] = "h1_chunk",
    [HT_UNIT_H1_TRAILERS] = "h1_trailers", [HT_UNIT_H1_BAD] = "h1_bad",
    [HT_UNIT_H2_PREFACE] = "h2_preface",   [HT_UNIT_H2_FRAME] = "h2_frame",
    [HT_UNIT_H2_BAD_DATA] = "h2_bad_data", [HT_UNIT_SOCKS] = "socks",
    [HT_UNIT_PAYLOAD] = "payload",         [HT_UNIT_TLS_RUN] = "tls_run",
    [HT_UNIT_HAPROXY] = "haproxy",         [HT_UNIT_OPAQUE] = "opaque",
};
_Static_assert(COUNT(unit_names) == HT_UNIT_KIND_COUNT, "every unit has a name");

static const char *unit_name(int64_t value)
{
    return value >= 0 && value < HT_UNIT_KIND_COUNT ? unit_names[value] : NULL;
}

static const char *point_name(int64_t value)
{
    return ht_sample_point_name((enum ht_sample_point)value);
}

static const char *dir_name(int64_t value)
{
    return ht_dir_name((enum ht_dir)value);
}

static const struct ht_record_row common[] = {
    {.key = "t", .type = HT_ROW_TIME, .offset = AT(t_us), .always = true},
    {.key = "t_last", .type = HT_ROW_LAST, .offset = AT(t_last_us)},
    {.key = "s", .type = HT_ROW_ID, .offset = AT(socket), .missing = -1},
    {.key = "x", .type = HT_ROW_ID, .offset = AT(transfer), .missing = -1},
    {.key = "dir", .type = HT_ROW_NAMED, .offset = AT(dir), .missing = HT_DIR_NONE, .name = dir_name},
    {.key = "level", .type = HT_ROW_LEVEL, .offset = AT(level)},
    {.key = "rendered", .type = HT_ROW_BOOL, .offset = AT(rendered)},
    {.key = "text", .hex_key = "hex", .type = HT_ROW_SPAN, .offset = AT(bytes)},
};

const struct ht_record_rows ht_record_common = {common, COUNT(common)};

static const struct ht_record_row run_start[] = {
    INT(run_start, wall_us), SPAN(run_start, tool),    SPAN(run_start, libcurl),
    SPAN(run_start, tls),    SPAN(run_start, nghttp2), SPAN(run_start, tap),
};

static const struct ht_record_row transfer_start[] = {
    SPAN(transfer_start, url),
    SPAN(transfer_start, method),
    SPAN(transfer_start, proxy),
    SPAN(transfer_start, host_override),
    SPAN(transfer_start, unix_socket),
    SPAN(transfer_start, trace_parent),
    SPAN(transfer_start, echo_header),
    INT(transfer_start, queued_us),
    BOOL(transfer_start, http2_wanted),
    BOOL(transfer_start, insecure),
    BOOL(transfer_start, unverified_host),
    BOOL(transfer_start, custom_ca),
    INT(transfer_start, retries),
};

static const struct ht_record_row resolve_start[] = {
    SPAN(resolve_start, host),
};

static const struct ht_record_row lookup[] = {
    SPAN(lookup, host),    SPAN(lookup, addresses), INT(lookup, family),
    ALWAYS(lookup, error), INT(lookup, sys_errno),  BOOL(lookup, from_hosts),
};

static const struct ht_record_row query[] = {
    SPAN(query, host),     SPAN(query, server), INT(query, type), TOLD(query, rcode),
    INT(query, addresses), INT(query, error),   SPAN(query, ede), SPAN(query, ede_text),
};

static const struct ht_record_row socket_open[] = {
    SPAN(socket_open, address),
    INT(socket_open, port),
    INT(socket_open, family),
};

static const struct ht_record_row connect[] = {
    ALWAYS(connect, error),
    SPAN(connect, local_address),
    INT(connect, local_port),
};

static const struct ht_record_row tcp_info[] = {
    NAMED(tcp_info, point, point_name),
    TOLD(tcp_info.sample, state),
    TOLD(tcp_info.sample, retransmits),
    TOLD(tcp_info.sample, total_retrans),
    TOLD(tcp_info.sample, rtt_us),
    TOLD(tcp_info.sample, rttvar_us),
    TOLD(tcp_info.sample, min_rtt_us),
    TOLD(tcp_info.sample, snd_mss),
    TOLD(tcp_info.sample, rcv_mss),
    TOLD(tcp_info.sample, pmtu),
    TOLD(tcp_info.sample, snd_cwnd),
    TOLD(tcp_info.sample, unacked),
    TOLD(tcp_info.sample, sacked),
    TOLD(tcp_info.sample, lost),
    TOLD(tcp_info.sample, reordering),
    TOLD(tcp_info.sample, bytes_sent),
    TOLD(tcp_info.sample, bytes_acked),
    TOLD(tcp_info.sample, bytes_retrans),
    TOLD(tcp_info.sample, bytes_received),
    TOLD(tcp_info.sample, notsent_bytes),
    TOLD(tcp_info.sample, rcv_ooopack),
    TOLD(tcp_info.sample, snd_wnd),
    TOLD(tcp_info.sample, last_data_sent_us),
    TOLD(tcp_info.sample, last_data_recv_us),
    TOLD(tcp_info.sample, last_ack_recv_us),
    TOLD(tcp_info.sample, segs_in),
};

static const struct ht_record_row icmp[] = {
    INT(icmp, type), INT(icmp, code), INT(icmp, error), SPAN(icmp, offender), BOOL(icmp, own),
};

static const struct ht_record_row socket_close[] = {
    ALWAYS(socket_close, error),
    BOOL(socket_close, peer_closed),
    BOOL(socket_close, reset),
    SPAN(socket_close, unread),
};

static const struct ht_record_row tls_message[] = {
    INT(tls_message, content_type),
    INT(tls_message, version),
};

static const struct ht_record_row tls_end[] = {
    {.key = "ok", .type = HT_ROW_BOOL, .offset = AT(u.tls_end.ok), .always = true},
    INT(tls_end, version),
    INT(tls_end, verify_result),
    INT(tls_end, openssl_error),
    SPAN(tls_end, cipher),
    SPAN(tls_end, group),
    SPAN(tls_end, error_text),
    SPAN(tls_end, verify_text),
    BOOL(tls_end, resumed),
    BOOL(tls_end, early_data_accepted),
    BOOL(tls_end, verified_chain),
    BOOL(tls_end, hostname_checked),
    TOLD(tls_end, anchor_public),
    SPAN(tls_end, kin),
};

static const struct ht_record_row unit[] = {
    NAMED(unit, unit, unit_name),
    INT(unit, num),
    INT(unit, size),
    INT(unit, payload),
    INT(unit, frames),
    BOOL(unit, end),
    BOOL(unit, cut),
};

static const struct ht_record_row stream[] = {
    INT(stream, stream),
};

static const struct ht_record_row transfer_end[] = {
    ALWAYS(transfer_end, curl_code),
    INT(transfer_end, http_status),
    INT(transfer_end, bytes_sent),
    INT(transfer_end, bytes_received),
    TOLD(transfer_end, decoded_bytes),
    INT(transfer_end, retry_in_us),
    SPAN(transfer_end, error),
    SPAN(transfer_end, reason),
    TOLD(transfer_end.times, namelookup_us),
    TOLD(transfer_end.times, connect_us),
    TOLD(transfer_end.times, appconnect_us),
    TOLD(transfer_end.times, pretransfer_us),
    TOLD(transfer_end.times, starttransfer_us),
    TOLD(transfer_end.times, total_us),
};

static const struct kind {
    const char *name;
    struct ht_record_rows rows;
} kinds[] = {
#define KIND(id, member) [id] = {#member, {member, COUNT(member)}}
    KIND(HT_RAW_RUN_START, run_start),
    KIND(HT_RAW_TRANSFER_START, transfer_start),
    KIND(HT_RAW_RESOLVE_START, resolve_start),
    KIND(HT_RAW_LOOKUP, lookup),
    KIND(HT_RAW_QUERY, query),
    KIND(HT_RAW_SOCKET_OPEN, socket_open),
    KIND(HT_RAW_CONNECT, connect),
    KIND(HT_RAW_TCP_INFO, tcp_info),
    KIND(HT_RAW_ICMP, icmp),
    KIND(HT_RAW_SOCKET_CLOSE, socket_close),
    [HT_RAW_TLS_BEGIN] = {"tls_begin", {NULL, 0}},
    KIND(HT_RAW_TLS_MESSAGE, tls_message),
    KIND(HT_RAW_TLS_END, tls_end),
    [HT_RAW_KEYLOG] = {"keylog", {NULL, 0}},
    KIND(HT_RAW_UNIT, unit),
    [HT_RAW_PREREQ] = {"prereq", {NULL, 0}},
    KIND(HT_RAW_STREAM, stream),
    [HT_RAW_TEXT] = {"text", {NULL, 0}},
    KIND(HT_RAW_TRANSFER_END, transfer_end),
    [HT_RAW_RUN_END] = {"run_end", {NULL, 0}},
#undef KIND
};
_Static_assert(COUNT(kinds) == HT_RAW_KIND_COUNT, "every kind has a row");

const char *ht_record_kind_name(enum ht_raw_kind kind)
{
    return kind < HT_RAW_KIND_COUNT ? kinds[kind].name : NULL;
}

struct ht_record_rows ht_record_rows_of(enum ht_raw_kind kind)
{
    return kind < HT_RAW_KIND_COUNT ? kinds[kind].rows : (struct ht_record_rows){NULL, 0};
}

enum ht_raw_kind ht_record_kind_of(const char *name)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (kinds[i].name && strcmp(kinds[i].name, name) == 0)
            return (enum ht_raw_kind)i;
    }
    return HT_RAW_KIND_COUNT;
}
