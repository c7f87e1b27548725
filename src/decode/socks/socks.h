/* SPDX-License-Identifier: MIT */
/* SOCKS decoding: SOCKS5 (RFC 1928), its sign-in by name and password (RFC 1929) and by GSSAPI (RFC 1961),
 * SOCKS4 and SOCKS4a. Only the handshake; what follows it is the origin's. */
#ifndef HT_DECODE_SOCKS_H
#define HT_DECODE_SOCKS_H

#include "base/arena.h"

#include <httptrace/trace.h>

enum ht_socks_kind {
    HT_SOCKS_OTHER, /* no message of this handshake */
    HT_SOCKS_GREETING,
    HT_SOCKS_METHOD,
    HT_SOCKS_SIGN_IN,
    HT_SOCKS_SIGN_IN_STATUS,
    HT_SOCKS_GSSAPI,
    HT_SOCKS_REQUEST,
    HT_SOCKS_REPLY,
    HT_SOCKS_REQUEST_4,
    HT_SOCKS_REPLY_4,
    HT_SOCKS_KIND_COUNT
};

/* What a handshake's messages so far were: what the next one is depends on it. Zero at its begin, `five` set
 * by who knows which SOCKS the client speaks. */
struct ht_socks_state {
    bool five;
    bool greeted, chosen, signed_in; /* messages seen */
    uint8_t method;                  /* that the proxy chose */
    bool lost[3];                    /* by ht_dir: something else came, so nothing later is known */
};

struct ht_socks_message {
    enum ht_socks_kind kind;
    int code; /* the method chosen, the sign-in's status, the reply's code; -1 where there is none */
    const char *summary; /* one line, wire text escaped, without secrets */
    struct ht_field *fields;
    bool truncated; /* ends before it is whole; marked as malformed as well */
    bool malformed;
    size_t malformed_at;
    const char *malformed_why; /* static */
};

/* Bytes of the first message in `in`, never more than there are; 0 where it is not whole yet. What is no
 * message, or past HT_CAP_SOCKS_MESSAGE without an end, is one unit of all that is there. */
size_t ht_socks_split(const struct ht_socks_state *state, enum ht_dir dir, struct ht_span in);
/* Decodes one message, and notes in `state` that it was there. Texts and fields are in the arena. */
void ht_socks_decode(struct ht_socks_state *state, struct ht_arena *arena, enum ht_dir dir,
                     struct ht_span bytes, struct ht_socks_message *out);

/* Names; NULL for a number that nobody named. */
const char *ht_socks_method_name(uint8_t method);
const char *ht_socks_command_name(uint8_t command);
const char *ht_socks_address_type_name(uint8_t type);
const char *ht_socks_reply_name(bool five, uint8_t code);
/* Which protocol an answer that is not of the handshake looks like: "HTTP", "SOCKS5"; NULL for none known. */
const char *ht_socks_other_name(struct ht_span head);

#endif
