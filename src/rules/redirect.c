/* SPDX-License-Identifier: MIT */
/* Redirects: takes an answer's Location, tells where it leads (RFC 9110 sections 10.2.2 and 15.4). */
#include "rules/redirect.h"

#include "base/mask.h"
#include "base/url.h"
#include "rules/address.h"

#include <arpa/inet.h>
#include <stdio.h>

bool ht_redirect_target(const struct ht_exchange *x, struct ht_span *target)
{
    int status = x->response.status;
    *target = x->response.location;
    return target->len && (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
}

/* An absolute URL, an absolute path, or a name in the same folder; dots are left to whoever follows them. */
bool ht_redirect_is_to(const struct ht_exchange *x, const struct ht_exchange *to)
{
    struct ht_span target;
    if (!ht_redirect_target(x, &target))
        return false;
    if (ht_url_scheme(target).len)
        return ht_span_eq(target, to->url);
    return target.len <= to->url.len && target.data[0] == '/' &&
           ht_span_eq(ht_span_from(to->url, to->url.len - target.len), target) &&
           ht_span_eq(ht_url_authority(x->url), ht_url_authority(to->url));
}

const char *ht_redirect_text(struct ht_claim *claim, struct ht_span url)
{
    struct ht_sink masked = ht_sink(HT_CAP_TEXT);
    ht_mask_url(&masked, ht_span_head(url, HT_CAP_TEXT));
    const char *text = ht_claim_text(claim, ht_span(masked.text, masked.len));
    ht_sink_free(&masked);
    return text;
}

/* 4 or 16 bytes, or 0 where the host is a name. */
static size_t address_of(struct ht_span host, uint8_t bytes[16])
{
    char text[64];
    if (host.len == 0 || host.len >= sizeof text)
        return 0;
    snprintf(text, sizeof text, "%.*s", (int)host.len, (const char *)host.data);
    if (inet_pton(AF_INET, text, bytes) == 1)
        return 4;
    return inet_pton(AF_INET6, text, bytes) == 1 ? 16 : 0;
}

bool ht_host_is_address(struct ht_span host)
{
    uint8_t bytes[16];
    return address_of(host, bytes) > 0;
}

bool ht_host_is_loopback(struct ht_span host)
{
    uint8_t b[16] = {0};
    static const uint8_t one[16] = {[15] = 1};
    size_t len = address_of(host, b);
    return (len == 4 && b[0] == 127) || (len == 16 && memcmp(b, one, 16) == 0) || ht_name_is_localhost(host);
}

static bool ends_in(struct ht_span host, const char *end)
{
    size_t len = strlen(end);
    return host.len > len && ht_span_ieq_str(ht_span_from(host, host.len - len), end);
}

/* Names that networks give their own hosts, beside those that are reserved for that. */
static bool is_local_name(struct ht_span host)
{
    static const char *const ends[] = {".lan", ".intranet", ".home.arpa", ".localdomain", ".corp", ".home"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends_in(host, ends[i]))
            return true;
    }
    return host.len && ht_name_is_local(host) && !ht_name_is_localhost(host);
}

bool ht_host_is_private(struct ht_span host)
{
    const struct ht_block *block = ht_address_block(host);
    if (ht_host_is_address(host))
        return block && block->space == HT_SPACE_PRIVATE;
    return is_local_name(host);
}

static struct ht_span last_labels(struct ht_span host, int count)
{
    size_t at = host.len;
    while (at > 0 && (host.data[at - 1] != '.' || --count > 0))
        at--;
    return ht_span_from(host, at);
}

bool ht_host_is_kin(struct ht_span a, struct ht_span b)
{
    if (ht_host_is_address(a) || ht_host_is_address(b))
        return ht_span_ieq(a, b);
    return ht_span_ieq(last_labels(a, 2), last_labels(b, 2));
}
