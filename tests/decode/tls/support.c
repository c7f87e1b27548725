/* SPDX-License-Identifier: MIT */
/* Takes names of fixtures and hex, gives messages, decoded ones and text. */
#include "unit.h"

#include "support.h"

#include "base/escape.h"

#include <stdio.h>
#include <stdlib.h>

const char *const flow_names[] = {
    "tls13",
    "tls13_retry",
    "tls13_client_cert",
    "tls13_no_client_cert",
    "tls13_resume",
    "nginx_tls13",
    "go_tls13",
    "tls12_ecdhe",
    "tls12_dhe",
    "tls12_rsa",
    "tls12_sct",
    "tls12_psk",
    "tls12_dhe_psk",
    "tls12_ecdhe_psk",
    "tls12_rsa_psk",
    "tls12_anon",
    "tls12_resume",
    "tls12_max_fragment",
    "nginx_tls12",
    "go_tls12",
    "tls10",
    "alert_alpn",
    "alert_version",
    "go_client_hello",
    "curl_client_hello",
    NULL,
};

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
}

struct ht_span from_hex(struct ht_arena *arena, const char *hex)
{
    uint8_t *bytes = ht_arena_alloc(arena, strlen(hex) / 2 + 1);
    size_t count = 0;
    for (const char *at = hex; *at; at++) {
        if (*at == ' ' || *at == '\n')
            continue;
        assert_true(at[1] != '\0');
        bytes[count++] = (uint8_t)(digit(at[0]) << 4 | digit(at[1]));
        at++;
    }
    return ht_span(bytes, count);
}

struct ht_span handshake(struct ht_arena *arena, uint8_t type, const char *body)
{
    struct ht_span in = from_hex(arena, body);
    uint8_t *bytes = ht_arena_alloc(arena, in.len + 4);
    bytes[0] = type;
    bytes[1] = (uint8_t)(in.len >> 16);
    bytes[2] = (uint8_t)(in.len >> 8);
    bytes[3] = (uint8_t)in.len;
    memcpy(bytes + 4, in.data, in.len);
    return ht_span(bytes, in.len + 4);
}

#define RANDOM "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct ht_span client_hello(struct ht_arena *arena, const char *extensions)
{
    size_t len = from_hex(arena, extensions).len;
    return handshake(arena, HT_TLS_CLIENT_HELLO,
                     ht_arena_printf(arena, "0303" RANDOM "00 0004 1301c02f 0100 %04zx %s", len, extensions));
}

struct ht_span server_hello(struct ht_arena *arena, const char *extensions)
{
    size_t len = from_hex(arena, extensions).len;
    return handshake(arena, HT_TLS_SERVER_HELLO,
                     ht_arena_printf(arena, "0303" RANDOM "00 1301 00 %04zx %s", len, extensions));
}

static void read_line(struct ht_arena *arena, const char *line, struct flow *flow)
{
    if (line[0] == '#' || line[0] == '\n')
        return;
    assert_true(flow->count < sizeof flow->at / sizeof *flow->at);
    struct flow_message *message = &flow->at[flow->count++];
    message->dir = strncmp(line, "out", 3) == 0 ? HT_DIR_OUT : HT_DIR_IN;
    const char *type = strchr(line, ' ') + 1;
    message->content_type = (uint8_t)atoi(type);
    message->bytes = from_hex(arena, strchr(type, ' ') + 1);
}

void flow_read(struct ht_arena *arena, const char *name, struct flow *flow)
{
    char path[512], *line = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, HT_FIXTURES "/tls/%s.hex", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    flow->count = 0;
    while (getline(&line, &size, file) > 0)
        read_line(arena, line, flow);
    free(line);
    fclose(file);
    assert_true(flow->count > 0);
}

void flow_learn(struct ht_tls_context *context, const struct ht_tls_message *message)
{
    const struct ht_tls_hello *hello = message->hello;
    if (!hello || message->type != HT_TLS_SERVER_HELLO || message->content_type != HT_TLS_HANDSHAKE)
        return;
    context->version = hello->versions.count ? hello->versions.at[0] : hello->legacy_version;
    context->cipher = hello->ciphers.count ? hello->ciphers.at[0] : 0;
}

void flow_decode(struct ht_arena *arena, const struct flow *flow, size_t index, struct ht_tls_message *out)
{
    struct ht_tls_context context = {0};
    for (size_t i = 0; i <= index; i++) {
        context.dir = flow->at[i].dir;
        ht_tls_decode(arena, &context, flow->at[i].content_type, flow->at[i].bytes, out);
        flow_learn(&context, out);
    }
}

static void dump_value(struct ht_sink *out, const struct ht_field *field)
{
    struct ht_span bytes = field->value.bytes;
    if (field->type == HT_FIELD_TEXT) {
        ht_sink_char(out, '"');
        ht_escape_text(out, bytes);
        ht_sink_char(out, '"');
    } else if (field->type == HT_FIELD_BYTES) {
        ht_sink_hex(out, ht_span_head(bytes, 16));
        ht_sink_printf(out, bytes.len > 16 ? "... (%zu)" : " (%zu)", bytes.len);
    } else {
        ht_sink_printf(out, "%llu", (unsigned long long)field->value.number);
        if (field->type == HT_FIELD_NAMED)
            ht_sink_printf(out, " %s", field->label ? field->label : "?");
    }
}

void dump_field(struct ht_sink *out, const struct ht_field *field, unsigned depth)
{
    ht_sink_fill(out, ' ', (size_t)depth * 2);
    ht_sink_puts(out, field->name ? field->name : "-");
    ht_sink_puts(out, field->secret ? " (secret): " : ": ");
    if (field->type != HT_FIELD_MAP && field->type != HT_FIELD_LIST) {
        dump_value(out, field);
        ht_sink_char(out, '\n');
        return;
    }
    ht_sink_printf(out, "%s of %zu\n", field->type == HT_FIELD_MAP ? "map" : "list",
                   field->value.children.count);
    for (const struct ht_field *f = field->value.children.first; f; f = f->next)
        dump_field(out, f, depth + 1);
}

static const struct ht_field *child_at(const struct ht_field *parent, const char *name, size_t len)
{
    size_t index = 0;
    for (const struct ht_field *f = parent->value.children.first; f; f = f->next, index++) {
        if (f->name ? strlen(f->name) == len && memcmp(f->name, name, len) == 0
                    : name[0] >= '0' && name[0] <= '9' && (size_t)atoi(name) == index)
            return f;
    }
    return NULL;
}

const struct ht_field *field_at(const struct ht_field *root, const char *path)
{
    const struct ht_field *at = root;
    while (at && *path) {
        size_t len = strcspn(path, ".");
        at = at->type == HT_FIELD_MAP || at->type == HT_FIELD_LIST ? child_at(at, path, len) : NULL;
        path += len + (path[len] == '.');
    }
    return at;
}
