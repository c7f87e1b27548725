/* SPDX-License-Identifier: MIT */
/* Raw events of a run, written down by hand for a capture to be made of. */
#ifndef HT_TESTS_REPORT_SCRIPT_H
#define HT_TESTS_REPORT_SCRIPT_H

#include "report/capture.h"

#define SCRIPT_WALL_US INT64_C(1700000000000000)
#define SCRIPT_MAX     64

#define FIN 1
#define SYN 2
#define RST 4
#define PSH 8
#define ACK 16

/* Each event is a millisecond later than the one before it. */
struct script {
    struct ht_raw at[SCRIPT_MAX];
    size_t count;
};

/* With the run's start in it. */
struct script script(void);
struct ht_raw *say(struct script *s, enum ht_raw_kind kind, int32_t socket);
void say_open(struct script *s, int32_t socket, const char *address);
/* `local` NULL: not known. */
void say_connect(struct script *s, int32_t socket, int error, const char *local);
void say_sample(struct script *s, int32_t socket, enum ht_sample_point point, int64_t mss);
void say_bytes(struct script *s, int32_t socket, enum ht_dir dir, struct ht_span bytes);
struct ht_raw *say_close(struct script *s, int32_t socket);
/* From the open to the end of connect(). */
void say_connected(struct script *s, int32_t socket);

struct capture_read script_read(const struct script *s);
/* A word for each packet: its direction ('>' out), flags, '.' for an acknowledgment, and the bytes it
 * carries.
 */
void assert_packets(const struct capture_read *read, const char *expected);

#endif
