/* SPDX-License-Identifier: MIT */
/* What the tests of this room share: captured handshakes, messages put together by hand, and dumps of fields.
 */
#ifndef HT_TESTS_TLS_SUPPORT_H
#define HT_TESTS_TLS_SUPPORT_H

#include "base/arena.h"
#include "base/sink.h"
#include "decode/tls/tls.h"

/* A handshake of tests/fixtures/tls: one message per line, "out 22 <hex>". */
struct flow_message {
    enum ht_dir dir;
    uint8_t content_type;
    struct ht_span bytes;
};

struct flow {
    struct flow_message at[64];
    size_t count;
};

/* Reads the file of that name, without ".hex", into the arena; fails the test where it cannot. */
void flow_read(struct ht_arena *arena, const char *name, struct flow *flow);
/* The names of all flows, NULL at the end. */
extern const char *const flow_names[];
/* What the trace does: version and cipher of a ServerHello are the context of what follows. */
void flow_learn(struct ht_tls_context *context, const struct ht_tls_message *message);
/* Decodes message `index` of the flow with the context that those before it give. */
void flow_decode(struct ht_arena *arena, const struct flow *flow, size_t index, struct ht_tls_message *out);

/* The field tree as indented text; long bytes are cut. */
void dump_field(struct ht_sink *out, const struct ht_field *field, unsigned depth);

/* Bytes from hex; whitespace is skipped. */
struct ht_span from_hex(struct ht_arena *arena, const char *hex);
/* A handshake message with its header around `body`, which is hex. */
struct ht_span handshake(struct ht_arena *arena, uint8_t type, const char *body);
/* A ClientHello or ServerHello whose extension block is `extensions`, which is hex. */
struct ht_span client_hello(struct ht_arena *arena, const char *extensions);
struct ht_span server_hello(struct ht_arena *arena, const char *extensions);

/* The field at a path like "extensions.0.versions.1.": names and indexes, '.' between; NULL where there is
 * none. */
const struct ht_field *field_at(const struct ht_field *root, const char *path);

#endif
