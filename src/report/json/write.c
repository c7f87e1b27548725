/* SPDX-License-Identifier: MIT */
/* Takes a JSON value, gives its text (RFC 8259). */
#include "report/json/value.h"

#define EXACT_DIGITS 15 /* of a double: 0.1 is written as that */
#define INDENT       2

static int to_sink(const char *text, size_t len, void *ctx)
{
    ht_sink_bytes(ctx, ht_span(text, len));
    return 0;
}

static void write_as(struct ht_sink *out, const json_t *value, size_t shape)
{
    json_dump_callback(value, to_sink, out, shape | JSON_ENCODE_ANY | JSON_REAL_PRECISION(EXACT_DIGITS));
}

void ht_json_write(struct ht_sink *out, const json_t *value)
{
    write_as(out, value, JSON_COMPACT);
}

void ht_json_dump(struct ht_sink *out, const json_t *value, bool pretty)
{
    write_as(out, value, pretty ? JSON_INDENT(INDENT) : JSON_COMPACT);
}
