/* SPDX-License-Identifier: MIT */
/* TCP samples: takes a socket, gives the kernel's struct tcp_info as one event. */
#include "tap/run.h"

/* glibc's <netinet/tcp.h> has an older struct tcp_info; the kernel's own header excludes it. */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define ROW(from, to, scale)                                                                                 \
    {                                                                                                        \
        offsetof(struct tcp_info, from), sizeof(((struct tcp_info *)0)->from),                               \
            offsetof(struct ht_tcp_sample, to), scale                                                        \
    }

static const struct {
    size_t from, size, to;
    int64_t scale;
} rows[] = {
    ROW(tcpi_state, state, 1),
    ROW(tcpi_retransmits, retransmits, 1),
    ROW(tcpi_total_retrans, total_retrans, 1),
    ROW(tcpi_rtt, rtt_us, 1),
    ROW(tcpi_rttvar, rttvar_us, 1),
    ROW(tcpi_min_rtt, min_rtt_us, 1),
    ROW(tcpi_snd_mss, snd_mss, 1),
    ROW(tcpi_rcv_mss, rcv_mss, 1),
    ROW(tcpi_pmtu, pmtu, 1),
    ROW(tcpi_snd_cwnd, snd_cwnd, 1),
    ROW(tcpi_unacked, unacked, 1),
    ROW(tcpi_sacked, sacked, 1),
    ROW(tcpi_lost, lost, 1),
    ROW(tcpi_reordering, reordering, 1),
    ROW(tcpi_bytes_sent, bytes_sent, 1),
    ROW(tcpi_bytes_acked, bytes_acked, 1),
    ROW(tcpi_bytes_retrans, bytes_retrans, 1),
    ROW(tcpi_bytes_received, bytes_received, 1),
    ROW(tcpi_notsent_bytes, notsent_bytes, 1),
    ROW(tcpi_rcv_ooopack, rcv_ooopack, 1),
    ROW(tcpi_snd_wnd, snd_wnd, 1),
    ROW(tcpi_last_data_sent, last_data_sent_us, 1000),
    ROW(tcpi_last_data_recv, last_data_recv_us, 1000),
    ROW(tcpi_last_ack_recv, last_ack_recv_us, 1000),
    ROW(tcpi_segs_in, segs_in, 1),
};

static int64_t read_member(const unsigned char *info, size_t from, size_t size)
{
    uint8_t u8;
    uint32_t u32;
    uint64_t u64;
    switch (size) {
    case sizeof u8:
        return info[from];
    case sizeof u32:
        memcpy(&u32, info + from, sizeof u32);
        return u32;
    default:
        memcpy(&u64, info + from, sizeof u64);
        return (int64_t)u64;
    }
}

void ht_tap_sample(struct ht_tap *tap, const struct ht_tap_socket *socket, enum ht_sample_point point)
{
    union {
        struct tcp_info info;
        unsigned char bytes[sizeof(struct tcp_info)];
    } kernel;
    socklen_t len = sizeof kernel;
    memset(&kernel, 0, sizeof kernel);
    if (getsockopt(socket->fd, IPPROTO_TCP, TCP_INFO, &kernel, &len) != 0)
        return;
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_TCP_INFO);
    raw.socket = socket->id;
    raw.u.tcp_info.point = point;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t value = -1;
        if (rows[i].from + rows[i].size <= len)
            value = read_member(kernel.bytes, rows[i].from, rows[i].size) * rows[i].scale;
        memcpy((char *)&raw.u.tcp_info.sample + rows[i].to, &value, sizeof value);
    }
    ht_tap_emit(tap, &raw);
}

int ht_tap_tcp_state(int fd)
{
    struct tcp_info info;
    socklen_t len = sizeof info;
    memset(&info, 0, sizeof info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 ? info.tcpi_state : -1;
}
