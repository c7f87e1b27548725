/* SPDX-License-Identifier: MIT */
/* A transfer made by hand, which checks are tried on. */
#ifndef HT_TESTS_EXPECT_MADE_H
#define HT_TESTS_EXPECT_MADE_H

#include <httptrace/trace.h>

struct made {
    struct ht_transfer transfer;
    struct ht_exchange first, last;
    struct ht_connection connection;
    struct ht_proxy proxy;
    struct ht_tls tls;
    struct ht_certificate leaf;
    struct ht_span names[2];
    struct ht_header headers[5];
    struct ht_finding findings[2];
};

/* A redirect, then a 404 over HTTP/2 and TLS 1.3; two findings. */
void make_answered(struct made *made);
/* The connection was refused. */
void make_refused(struct made *made);
/* The handshake failed after 3 s: a ClientHello went out, nothing came. */
void make_mute(struct made *made);

#endif
