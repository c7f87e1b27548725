/* SPDX-License-Identifier: MIT */
/*
 * Raw events as the tap would give them, made from a fuzzer's bytes: a program of opcodes. The low four bits
 * of an opcode choose what happens, the high four the size of the pieces in which bytes come; two bytes of
 * length and as many bytes follow it.
 */
#ifndef HT_TESTS_PROGRAM_H
#define HT_TESTS_PROGRAM_H

#include "base/reader.h"

#include <httptrace/raw.h>

struct program {
    struct ht_raw_sink sink;
    const char *proxy;         /* as the user named it; "" for none */
    struct ht_span url, error; /* of every transfer */
    int level;                 /* of bytes, until an opcode changes it */
    int64_t now_us;
    int32_t transfer, socket; /* the newest */
};

/* One of a few kinds of them; static. */
const char *program_proxy(uint8_t which);

/* Gives `sink` the whole run: a transfer with a socket, what the bytes left in `r` say, the end of each
 * transfer and of the run. `url` empty: https://example.com/a. */
void program_run(struct program *program, struct ht_reader *r);

#endif
