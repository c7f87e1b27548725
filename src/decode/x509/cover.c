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

static bool add_subject(X509 *x509, struct ht_span der)
{
    const unsigned char *at = der.data;
    X509_NAME *subject = d2i_X509_NAME(NULL, &at, (long)der.len);
    bool added = subject && X509_set_subject_name(x509, subject) == 1;
    X509_NAME_free(subject);
    return added;
}

static bool add_san(X509 *x509, struct ht_span der)
{
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    X509_EXTENSION *extension = NULL;
    if (value && ASN1_OCTET_STRING_set(value, der.data, (int)der.len) == 1)
        extension = X509_EXTENSION_create_by_NID(NULL, NID_subject_alt_name, 0, value);
    bool added = extension && X509_add_ext(x509, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    return added;
}

/* Parsing a whole certificate costs a hundred times as much: OpenSSL decodes its key too. NULL: no memory. */
static X509 *names_alone(const struct ht_certificate *certificate)
{
    X509 *x509 = X509_new();
    if (x509 && add_subject(x509, certificate->subject_der) &&
        (certificate->san_der.len == 0 || add_san(x509, certificate->san_der)))
        return x509;
    X509_free(x509);
    return NULL;
}

bool ht_x509_covers(const struct ht_certificate *certificate, struct ht_span host)
{
    char name[LONGEST_HOST + 1];
    if (!certificate->parsed || !plain_host(host, name))
        return false;
    ERR_set_mark();
    X509 *x509 = names_alone(certificate);
    bool covers = false;
    if (x509 && is_address(name))
        covers = X509_check_ip_asc(x509, name, 0) == 1;
    else if (x509)
        covers = X509_check_host(x509, name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
    X509_free(x509);
    ERR_pop_to_mark();
    return covers;
}
