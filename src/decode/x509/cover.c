/* SPDX-License-Identifier: MIT */
/* Coverage: takes a certificate and a host, tells whether the one stands for the other, as libcurl judges it
 * (RFC 6125 section 6.4, RFC 9525). */
#include "decode/x509/internal.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>

#define LONGEST_HOST 255u

/* Without the brackets of an IPv6 literal, its zone, and a name's final dot; false where it cannot be a host.
 */
static bool plain_host(struct ht_span host, char out[LONGEST_HOST + 1])
{
    if (host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']')
        host = ht_span(host.data + 1, host.len - 2);
    if (host.len > 1 && host.data[host.len - 1] == '.')
        host.len--;
    if (host.len == 0 || host.len > LONGEST_HOST || host.data[0] == '.' || memchr(host.data, 0, host.len))
        return false;
    memcpy(out, host.data, host.len);
    out[host.len] = '\0';
    char *zone = strchr(out, '%');
    if (zone && strchr(out, ':'))
        *zone = '\0';
    return true;
}

static bool is_address(const char *host)
{
    unsigned char address[16];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

bool ht_x509_covers(const struct ht_certificate *certificate, struct ht_span host)
{
    char name[LONGEST_HOST + 1];
    if (!certificate->parsed || !plain_host(host, name))
        return false;
    ERR_set_mark();
    X509 *x509 = ht_x509_parse(certificate->der);
    bool covers = false;
    if (x509 && is_address(name))
        covers = X509_check_ip_asc(x509, name, 0) == 1;
    else if (x509)
        covers = X509_check_host(x509, name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
    X509_free(x509);
    ERR_pop_to_mark();
    return covers;
}
