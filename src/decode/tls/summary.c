/* SPDX-License-Identifier: MIT */
/* Summaries: takes a decoded message, gives its one line for a person, text from the wire escaped. */
#include "base/escape.h"
#include "decode/tls/internal.h"

/* "TLS 1.3" in place of "TLSv1.3". */
static void put_version(struct ht_sink *line, uint16_t version, bool first)
{
    const char *name = ht_tls_version_name(version);
    if (!name)
        ht_sink_printf(line, "0x%04x", version);
    else if (first || strncmp(name, "TLSv", 4) != 0)
        ht_sink_printf(line, strncmp(name, "TLSv", 4) == 0 ? "TLS %s" : "%s",
                       strncmp(name, "TLSv", 4) == 0 ? name + 4 : name);
    else
        ht_sink_puts(line, name + 4);
}

static void put_versions(struct ht_sink *line, const struct ht_tls_hello *hello)
{
    const char *between = "";
    for (size_t i = 0; i < hello->versions.count; i++) {
        if (ht_tls_is_grease(hello->versions.at[i]))
            continue;
        ht_sink_puts(line, between);
        put_version(line, hello->versions.at[i], *between == '\0');
        between = ", ";
    }
    if (*between == '\0')
        put_version(line, hello->legacy_version, true);
}

static void put_protocols(struct ht_sink *line, struct ht_span_list protocols)
{
    for (size_t i = 0; i < protocols.count; i++) {
        ht_sink_puts(line, i ? ", " : "; ALPN ");
        ht_escape_text(line, protocols.at[i]);
    }
}

static void put_number(struct ht_sink *line, uint16_t number, ht_tls_name_fn *name_of)
{
    const char *name = name_of(number);
    if (name)
        ht_sink_printf(line, ", %s", name);
    else
        ht_sink_printf(line, ", 0x%04x", number);
}

static void put_client_hello(struct ht_sink *line, const struct ht_tls_message *message)
{
    const struct ht_tls_hello *hello = message->hello;
    ht_sink_puts(line, ": ");
    put_versions(line, hello);
    if (hello->server_name.len > 0) {
        ht_sink_puts(line, "; server_name ");
        ht_escape_text(line, hello->server_name);
    }
    put_protocols(line, hello->alpn);
    if (hello->psk)
        ht_sink_puts(line, "; pre_shared_key");
    if (hello->early_data)
        ht_sink_puts(line, "; early_data");
    if (hello->ech_outer)
        ht_sink_puts(line, "; encrypted_client_hello");
}

static void put_server_hello(struct ht_sink *line, const struct ht_tls_message *message)
{
    const struct ht_tls_hello *hello = message->hello;
    ht_sink_puts(line, ": ");
    put_versions(line, hello);
    if (hello->ciphers.count > 0)
        put_number(line, hello->ciphers.at[0], ht_tls_cipher_name);
    if (hello->key_shares.count > 0)
        put_number(line, hello->key_shares.at[0], ht_tls_group_name);
    put_protocols(line, hello->alpn);
    if (hello->psk)
        ht_sink_puts(line, "; pre_shared_key");
}

static void put_encrypted_extensions(struct ht_sink *line, const struct ht_tls_message *message)
{
    if (message->alpn.len == 0)
        return;
    ht_sink_puts(line, ": ALPN ");
    ht_escape_text(line, message->alpn);
}

static void put_certificate(struct ht_sink *line, const struct ht_tls_message *message)
{
    if (message->certificate_count == 0) {
        ht_sink_puts(line, ": no certificates");
        return;
    }
    ht_sink_printf(line, ": %zu%s certificate%s; ", message->certificate_count,
                   message->certificates_cut ? " or more" : "", message->certificate_count == 1 ? "" : "s");
    if (message->certificates[0].parsed)
        ht_escape_text(line, message->certificates[0].subject);
    else
        ht_sink_puts(line, "not to be parsed");
}

static void put_certificate_verify(struct ht_sink *line, const struct ht_tls_message *message)
{
    if (message->signature_scheme == 0)
        return;
    const char *name = ht_tls_signature_name(message->signature_scheme);
    if (name)
        ht_sink_printf(line, ": %s", name);
    else
        ht_sink_printf(line, ": 0x%04x", message->signature_scheme);
}

static void put_server_key_exchange(struct ht_sink *line, const struct ht_tls_message *message)
{
    const struct ht_field *p = ht_field_find(message->fields, "dh_p_bytes");
    const char *group = message->group ? ht_tls_group_name(message->group) : NULL;
    if (group)
        ht_sink_printf(line, ": %s", group);
    else if (message->group)
        ht_sink_printf(line, ": 0x%04x", message->group);
    else if (p)
        ht_sink_printf(line, ": DH %u bits", (unsigned)p->value.number * 8);
    if (message->signature_scheme)
        put_number(line, message->signature_scheme, ht_tls_signature_name);
}

static void put_alert(struct ht_sink *line, const struct ht_tls_message *message)
{
    const char *level = ht_tls_alert_level_name(message->alert_level);
    const char *name = ht_tls_alert_name(message->alert_description);
    ht_sink_printf(line, ": %s ", level ? level : "of no known level,");
    if (name)
        ht_sink_printf(line, "%s (%u)", name, message->alert_description);
    else
        ht_sink_printf(line, "%u", message->alert_description);
}

static const struct {
    const char *kind;
    void (*put)(struct ht_sink *line, const struct ht_tls_message *message);
} details[] = {
    {"client_hello", put_client_hello},
    {"server_hello", put_server_hello},
    {"hello_retry_request", put_server_hello},
    {"encrypted_extensions", put_encrypted_extensions},
    {"certificate", put_certificate},
    {"certificate_verify", put_certificate_verify},
    {"server_key_exchange", put_server_key_exchange},
    {"alert", put_alert},
};

void ht_tls_summarise(struct ht_tls_walk *walk, const char *title, size_t bytes)
{
    struct ht_tls_message *out = walk->out;
    struct ht_sink line = ht_sink(HT_CAP_TEXT);
    ht_sink_puts(&line, title);
    bool hello = strcmp(out->kind, "client_hello") == 0 || out->hello;
    if (strcmp(out->kind, "alert") != 0 && strcmp(out->kind, "change_cipher_spec") != 0)
        ht_sink_printf(&line, ", %zu bytes", bytes);
    for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
        if (strcmp(out->kind, details[i].kind) == 0 && (!hello || out->hello))
            details[i].put(&line, out);
    }
    if (out->malformed)
        ht_sink_printf(&line, "; malformed at byte %zu", out->malformed_at);
    out->summary = ht_arena_text(walk->arena, ht_span_str(ht_sink_text(&line)));
    ht_sink_free(&line);
}
