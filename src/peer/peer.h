/* SPDX-License-Identifier: MIT */
/* A peer within this process, for requests that are to be seen and not sent: it takes whatever a client
 * offers, answers no more than it takes to get the request, and refuses that. */
#ifndef HT_PEER_PEER_H
#define HT_PEER_PEER_H

#include <stdbool.h>

struct ht_peer;

/* One thread makes it, asks it for connections and frees it. NULL where the system has no room for it. */
struct ht_peer *ht_peer_new(void);

/*
 * A new connection to it: the client's end of a pair of Unix sockets, non-blocking, the caller's to close; -1
 * with errno where there is none. A thread of the peer's own has the other end. It speaks TLS in any number
 * of layers, agrees to the first HTTP protocol that is offered by ALPN (`through_proxy`: to HTTP/1 with the
 * first layer), answers CONNECT with 200 and the request that follows with 400, in HTTP/1 or HTTP/2.
 */
int ht_peer_connect(struct ht_peer *peer, bool through_proxy);

/* Ends its connections and waits for its threads. NULL is allowed. */
void ht_peer_free(struct ht_peer *peer);

#endif
