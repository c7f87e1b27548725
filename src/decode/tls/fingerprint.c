/* SPDX-License-Identifier: MIT */
/* Fingerprints: takes a hello, gives its JA3, JA3S (github.com/salesforce/ja3) or JA4
 * (github.com/FoxIO-LLC/ja4, technical_details/JA4.md). GREASE (RFC 8701) is left out of all of them. */
#include "decode/tls/internal.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

/* The digest's first `bytes` as lower-case hex and a NUL. */
static void hash_hex(const EVP_MD *type, const struct ht_sink *text, size_t bytes, char *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    ERR_set_mark();
    EVP_Digest(ht_sink_text(text), text->len, digest, NULL, type, NULL);
    ERR_pop_to_mark();
    for (size_t i = 0; i < bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* Numbers without GREASE, in decimal, '-' between. */
static void put_decimals(struct ht_sink *text, struct ht_u16_list list)
{
    const char *between = "";
    for (size_t i = 0; i < list.count; i++) {
        if (ht_tls_is_grease(list.at[i]))
            continue;
        ht_sink_printf(text, "%s%u", between, list.at[i]);
        between = "-";
    }
}

void ht_tls_ja3(const struct ht_tls_hello *hello, char out[33])
{
    struct ht_sink text = ht_sink(0);
    ht_sink_printf(&text, "%u,", hello->legacy_version);
    put_decimals(&text, hello->ciphers);
    ht_sink_char(&text, ',');
    put_decimals(&text, hello->extensions);
    ht_sink_char(&text, ',');
    put_decimals(&text, hello->groups);
    for (size_t i = 0; i < hello->point_formats.len; i++)
        ht_sink_printf(&text, "%c%u", i ? '-' : ',', hello->point_formats.data[i]);
    if (hello->point_formats.len == 0)
        ht_sink_char(&text, ',');
    hash_hex(EVP_md5(), &text, 16, out);
    ht_sink_free(&text);
}

void ht_tls_ja3s(const struct ht_tls_hello *hello, char out[33])
{
    struct ht_sink text = ht_sink(0);
    ht_sink_printf(&text, "%u,", hello->legacy_version);
    put_decimals(&text, hello->ciphers);
    ht_sink_char(&text, ',');
    put_decimals(&text, hello->extensions);
    hash_hex(EVP_md5(), &text, 16, out);
    ht_sink_free(&text);
}

/* ---- JA4 ---- */

static const struct ht_name ja4_versions[] = {
    {0x0002, "s2"}, {0x0300, "s3"}, {0x0301, "10"}, {0x0302, "11"}, {0x0303, "12"},
    {0x0304, "13"}, {0xfefc, "d3"}, {0xfefd, "d2"}, {0xfeff, "d1"},
};

static const char *version_of(const struct ht_tls_hello *hello)
{
    static const struct ht_name_table table = HT_NAME_TABLE(ja4_versions);
    uint16_t highest = 0;
    for (size_t i = 0; i < hello->versions.count; i++) {
        uint16_t version = hello->versions.at[i];
        if (!ht_tls_is_grease(version) && version > highest)
            highest = version;
    }
    const char *name = ht_name_of(&table, highest ? highest : hello->legacy_version);
    return name ? name : "00";
}

static unsigned count_of(struct ht_u16_list list)
{
    unsigned count = 0;
    for (size_t i = 0; i < list.count && count < 99; i++)
        count += !ht_tls_is_grease(list.at[i]);
    return count;
}

static bool has(struct ht_u16_list list, uint16_t number)
{
    for (size_t i = 0; i < list.count; i++) {
        if (list.at[i] == number)
            return true;
    }
    return false;
}

static bool is_alphanumeric(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* First and last character of the first protocol, or of its hex where either is not alphanumeric. */
static void alpn_of(const struct ht_tls_hello *hello, char out[3])
{
    static const char digits[] = "0123456789abcdef";
    struct ht_span first = hello->alpn.count ? hello->alpn.at[0] : (struct ht_span){0};
    memcpy(out, "00", 3);
    if (first.len == 0)
        return;
    uint8_t head = first.data[0], tail = first.data[first.len - 1];
    bool plain = is_alphanumeric(head) && is_alphanumeric(tail);
    out[0] = plain ? (char)head : digits[head >> 4];
    out[1] = plain ? (char)tail : digits[tail & 15];
}

static int compare_u16(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* Numbers without GREASE as "c02b,c02f". */
static void put_hex(struct ht_sink *text, struct ht_u16_list list)
{
    const char *between = "";
    for (size_t i = 0; i < list.count; i++) {
        if (ht_tls_is_grease(list.at[i]))
            continue;
        ht_sink_printf(text, "%s%04x", between, list.at[i]);
        between = ",";
    }
}

/* A sorted copy; `but_names` leaves server_name and ALPN out. The caller frees it. */
static struct ht_u16_list sorted(struct ht_u16_list list, bool but_names)
{
    uint16_t *copy = ht_malloc(list.count * sizeof *copy);
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (!but_names || (list.at[i] != 0 && list.at[i] != 16))
            copy[count++] = list.at[i];
    }
    qsort(copy, count, sizeof *copy, compare_u16);
    return (struct ht_u16_list){copy, count};
}

/* The first 12 hex digits of the SHA-256 of the sorted list and, behind '_', of `more`; zeros for an empty
 * list. */
static void hash_list(struct ht_u16_list list, bool but_names, struct ht_u16_list more, char out[13])
{
    struct ht_u16_list order = sorted(list, but_names);
    struct ht_sink text = ht_sink(0);
    put_hex(&text, order);
    bool empty = text.len == 0;
    if (count_of(more) > 0) {
        ht_sink_char(&text, '_');
        put_hex(&text, more);
    }
    memcpy(out, "000000000000", 13);
    if (!empty)
        hash_hex(EVP_sha256(), &text, 6, out);
    ht_sink_free(&text);
    free((void *)(uintptr_t)order.at);
}

void ht_tls_ja4(const struct ht_tls_hello *hello, char transport, char out[37])
{
    char alpn[3], ciphers[13], extensions[13];
    alpn_of(hello, alpn);
    hash_list(hello->ciphers, false, (struct ht_u16_list){0}, ciphers);
    hash_list(hello->extensions, true, hello->signature_schemes, extensions);
    snprintf(out, 37, "%c%s%c%02u%02u%s_%s_%s", transport, version_of(hello),
             has(hello->extensions, 0) ? 'd' : 'i', count_of(hello->ciphers), count_of(hello->extensions),
             alpn, ciphers, extensions);
}
