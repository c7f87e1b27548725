/* SPDX-License-Identifier: MIT */
/* Feeds a tracer by hand: one transfer over one socket, with a clock that steps a millisecond per event. */
#ifndef HT_TESTS_TRACE_FEED_H
#define HT_TESTS_TRACE_FEED_H

#include "model/model.h"
#include "trace/tracer.h"

/* `check` sees each transfer at its end. `units` counts the raw events that a record would hold. */
struct feed {
    struct ht_tracer *tracer;
    struct ht_observer observer;
    void (*check)(struct feed *feed, const struct ht_transfer *transfer);
    int64_t now_us;
    int ended;
    size_t units;
    size_t split; /* bytes are given in pieces of at most this many; 0: whole */
};

void feed_begin(struct feed *feed, void (*check)(struct feed *, const struct ht_transfer *));
void feed_end(struct feed *feed);
struct ht_raw feed_raw(struct feed *feed, enum ht_raw_kind kind, int32_t socket, int32_t transfer);
void feed_transfer(struct feed *feed, int32_t transfer, const char *url, const char *proxy);
void feed_resolve(struct feed *feed, int32_t transfer, const char *host, const char *addresses);
void feed_open(struct feed *feed, int32_t transfer, int32_t socket, const char *address, int port);
void feed_connect(struct feed *feed, int32_t socket, int error);
void feed_prereq(struct feed *feed, int32_t transfer, int32_t socket);
void feed_stream(struct feed *feed, int32_t transfer, int32_t socket, int64_t stream);
void feed_bytes(struct feed *feed, int32_t socket, int level, enum ht_dir dir, const void *bytes, size_t len);
void feed_text(struct feed *feed, int32_t socket, int level, enum ht_dir dir, const char *text);
void feed_close(struct feed *feed, int32_t socket, bool peer_closed, bool reset);
void feed_done(struct feed *feed, int32_t transfer, int code);
/* Transfer 0, to http://example.com/a?b, as far as its request on socket 0. */
void feed_connected(struct feed *feed);
void feed_tls_begin(struct feed *feed, int32_t socket, int level);
/* A message of two bytes is an alert. */
void feed_tls_message(struct feed *feed, int32_t socket, int level, enum ht_dir dir, const void *bytes,
                      size_t len);
void feed_tls_end(struct feed *feed, int32_t socket, int level, bool ok);
/* An HTTP/2 frame; gives its size. */
size_t feed_frame(uint8_t *out, uint8_t type, uint8_t flags, uint32_t stream, const void *payload,
                  size_t len);
void feed_h2(struct feed *feed, int32_t socket, int level, enum ht_dir dir, uint8_t type, uint8_t flags,
             uint32_t stream, const void *payload, size_t len);
/* Preface and both SETTINGS; a GET; a 200. */
void feed_h2_begin(struct feed *feed, int32_t socket, int level);
void feed_h2_get(struct feed *feed, int32_t socket, int level, uint32_t stream);
void feed_h2_ok(struct feed *feed, int32_t socket, int level, uint32_t stream, bool end);

#endif
