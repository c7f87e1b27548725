/* SPDX-License-Identifier: MIT */
/* Faults before the first byte of TLS or HTTP: the port, and connections that end as they begin. */
#include "lab.h"

static void serve_end(struct lab_peer *peer)
{
    lab_end(peer, peer->row->end);
}

/* Rows where nobody listens are never served. */
static const struct lab_row rows[] = {
    {.code = "tcp.refused",
     .help = "nobody listens: the kernel answers the SYN with RST",
     .phase = "connect",
     .finding = "tcp.refused",
     .listen = LAB_LISTEN_CLOSED},
    {.code = "tcp.syn_timeout",
     .help = "the backlog is full: the SYN is dropped",
     .phase = "connect",
     .finding = "tcp.syn_timeout",
     .client = "--connect-timeout 4",
     .listen = LAB_LISTEN_FULL},
    {.code = "tcp.rst_after_accept",
     .help = "RST as soon as the connection is there",
     .phase = "connect",
     .finding = "tcp.rst_after_accept",
     .scheme = LAB_HTTPS,
     .serve = serve_end,
     .end = LAB_END_RST},
    {.code = "tcp.fin_after_accept",
     .help = "FIN as soon as the connection is there",
     .phase = "tls",
     .finding = "tls.ch_fin",
     .scheme = LAB_HTTPS,
     .serve = serve_end,
     .end = LAB_END_FIN},
    {.code = "tcp.mute",
     .help = "accepts, reads nothing, says nothing",
     .phase = "wait",
     .finding = "http.no_response",
     .client = "--max-time 2",
     .serve = serve_end,
     .end = LAB_END_HOLD},
};

const struct lab_family lab_tcp = LAB_FAMILY(rows);
