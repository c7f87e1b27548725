/* SPDX-License-Identifier: MIT */
/* Versions: asks the linked libraries, gives the lines of -V. */
#include "tap/tap.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

static const struct {
    int bit;
    const char *name;
} features[] = {
    {CURL_VERSION_ALTSVC, "alt-svc"},
    {CURL_VERSION_ASYNCHDNS, "AsynchDNS"},
    {CURL_VERSION_BROTLI, "brotli"},
    {CURL_VERSION_GSSAPI, "GSS-API"},
    {CURL_VERSION_HSTS, "HSTS"},
    {CURL_VERSION_HTTP2, "HTTP2"},
    {CURL_VERSION_HTTP3, "HTTP3"},
    {CURL_VERSION_HTTPS_PROXY, "HTTPS-proxy"},
    {CURL_VERSION_IDN, "IDN"},
    {CURL_VERSION_IPV6, "IPv6"},
    {CURL_VERSION_KERBEROS5, "Kerberos"},
    {CURL_VERSION_LARGEFILE, "Largefile"},
    {CURL_VERSION_LIBZ, "libz"},
    {CURL_VERSION_NTLM, "NTLM"},
    {CURL_VERSION_NTLM_WB, "NTLM_WB"},
    {CURL_VERSION_PSL, "PSL"},
    {CURL_VERSION_SPNEGO, "SPNEGO"},
    {CURL_VERSION_SSL, "SSL"},
    {CURL_VERSION_THREADSAFE, "threadsafe"},
    {CURL_VERSION_TLSAUTH_SRP, "TLS-SRP"},
    {CURL_VERSION_UNIX_SOCKETS, "UnixSockets"},
    {CURL_VERSION_ZSTD, "zstd"},
};

static void add(char *out, size_t size, const char *text)
{
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s", text);
}

/* As scripts read them from the curl tool: what can be done, a line each. */
static void add_abilities(char *out, size_t size, const curl_version_info_data *info)
{
    add(out, size, "\nProtocols: http https\nFeatures:");
    for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
        if (info->features & features[i].bit) {
            add(out, size, " ");
            add(out, size, features[i].name);
        }
    }
    add(out, size, "\n");
}

const char *ht_tap_versions(bool as_curl)
{
    static char text[2048];
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    if (as_curl)
        snprintf(text, sizeof text, "curl %s (%s) %s\nRelease-Date: httptrace " HT_VERSION, info->version,
                 info->host, curl_version());
    else
        snprintf(text, sizeof text, "httptrace " HT_VERSION "\n%s", curl_version());
    add_abilities(text, sizeof text, info);
    return text;
}
