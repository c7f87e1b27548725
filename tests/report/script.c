/* SPDX-License-Identifier: MIT */
/* Takes what shall have happened, gives raw events and what their capture says. */
#include "unit.h"

#include "report/script.h"

#include <errno.h>
#include <sys/socket.h>

struct ht_raw *say(struct script *s, enum ht_raw_kind kind, int32_t socket)
{
    assert_true(s->count < SCRIPT_MAX);
    struct ht_raw *raw = &s->at[s->count];
    *raw = (struct ht_raw){.kind = kind, .socket = socket, .t_us = (int64_t)s->count++ * 1000};
    raw->t_last_us = raw->t_us;
    return raw;
}

struct script script(void)
{
    struct script s = {.count = 0};
    struct ht_raw *raw = say(&s, HT_RAW_RUN_START, -1);
    raw->u.run_start.wall_us = SCRIPT_WALL_US;
    raw->u.run_start.tool = ht_span_str("9.8.7");
    raw->u.run_start.tap = ht_span_str("full");
    return s;
}

void say_open(struct script *s, int32_t socket, const char *address)
{
    struct ht_raw *raw = say(s, HT_RAW_SOCKET_OPEN, socket);
    raw->u.socket_open.address = ht_span_str(address);
    raw->u.socket_open.port = 443;
    raw->u.socket_open.family = strchr(address, ':') ? AF_INET6 : AF_INET;
}

void say_connect(struct script *s, int32_t socket, int error, const char *local)
{
    struct ht_raw *raw = say(s, HT_RAW_CONNECT, socket);
    raw->u.connect.error = error;
    raw->u.connect.local_address = ht_span_str(local);
    raw->u.connect.local_port = local ? 50000 + socket : 0;
}

void say_sample(struct script *s, int32_t socket, enum ht_sample_point point, int64_t mss)
{
    struct ht_raw *raw = say(s, HT_RAW_TCP_INFO, socket);
    raw->u.tcp_info.point = point;
    raw->u.tcp_info.sample = (struct ht_tcp_sample){.snd_mss = mss, .rtt_us = 850, .state = 7};
}

void say_bytes(struct script *s, int32_t socket, enum ht_dir dir, struct ht_span bytes)
{
    struct ht_raw *raw = say(s, HT_RAW_BYTES, socket);
    raw->dir = dir;
    raw->bytes = bytes;
}

struct ht_raw *say_close(struct script *s, int32_t socket)
{
    return say(s, HT_RAW_SOCKET_CLOSE, socket);
}

void say_connected(struct script *s, int32_t socket)
{
    say_open(s, socket, "192.0.2.1");
    say_connect(s, socket, EINPROGRESS, "198.51.100.2");
    say_connect(s, socket, 0, "198.51.100.2");
}

struct capture_read script_read(const struct script *s)
{
    const struct ht_report_options options = {.width = 80};
    return capture_of(s->at, s->count, &options, NULL);
}

void assert_packets(const struct capture_read *read, const char *expected)
{
    struct ht_sink line = ht_sink(0);
    for (size_t i = 0; i < read->count; i++) {
        const struct packet *p = &read->packets[i];
        ht_sink_printf(&line, "%s%c%s%s%s%s", i ? " " : "", p->bound == 2 ? '>' : '<',
                       p->protocol == 6 ? "" : "icmp", p->flags & SYN ? "syn" : "",
                       p->flags & FIN ? "fin" : "", p->flags & RST ? "rst" : "");
        if (p->protocol == 6 && p->flags & ACK)
            ht_sink_char(&line, '.');
        if (p->protocol == 6 && p->payload.len)
            ht_sink_printf(&line, "%zu", p->payload.len);
    }
    assert_string_equal(ht_sink_text(&line), expected);
    ht_sink_free(&line);
}
