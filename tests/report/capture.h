/* SPDX-License-Identifier: MIT */
/* Makes captures of raw events and reads them: what pcapng says, block by block, held against its own rules.
 */
#ifndef HT_TESTS_REPORT_CAPTURE_H
#define HT_TESTS_REPORT_CAPTURE_H

#include "report/format.h"

#define CAPTURE_TEXTS 8

struct packet {
    int64_t t_us;   /* since the Epoch */
    uint32_t bound; /* 1 in, 2 out */
    uint8_t protocol, flags, hop_limit;
    uint8_t from[16], to[16];
    uint16_t from_port, to_port;
    uint32_t seq, ack;
    struct ht_span payload;                 /* of TCP; of ICMP: all of it */
    struct ht_span comments[CAPTURE_TEXTS]; /* those after the last are empty */
    bool v6;
};

/* A capture as it was read; the spans point into `text`. */
struct capture_read {
    char *text;
    size_t len;
    struct packet *packets;
    size_t count;
    struct ht_span keys; /* of the first block of secrets */
    size_t key_blocks;
    struct ht_span comments[CAPTURE_TEXTS]; /* of the section */
    struct ht_span application;
};

/* Runs the format over events; what it notes goes to `notes` (NULL: is dropped). Fails the test where the
 * format or the capture is broken. */
struct capture_read capture_of(const struct ht_raw *events, size_t count,
                               const struct ht_report_options *options, struct ht_sink *notes);
/* Reads and checks: lengths, order of blocks, checksums. Takes the text. */
struct capture_read capture_parse(char *text, size_t len);
void capture_clear(struct capture_read *read);

/* Whether any of the comments has that text in it. */
bool capture_says(const struct ht_span comments[CAPTURE_TEXTS], const char *text);

#endif
