/* SPDX-License-Identifier: MIT */
/* What --libcurl is generated from: the options in the order in which the curl tool sets them, and the
 * constants that it has names for. */
#include "fetch/source_code.h"

#include <string.h>

static const struct ht_source_row rows[] = {
    {"TCP_NODELAY", 1},
    {"TCP_FASTOPEN", 0},
    {"BUFFERSIZE", 0},
    {"URL", 0},
    {"NOPROGRESS", 0},
    {"NOBODY", 0},
    {"XOAUTH2_BEARER", 0},
    {"PROXY", 0},
    {"PROXYTYPE", 0},
    {"PROXYUSERPWD", 0},
    {"HTTPPROXYTUNNEL", 0},
    {"PRE_PROXY", 0},
    {"PROXYAUTH", 0},
    {"NOPROXY", 0},
    {"SUPPRESS_CONNECT_HEADERS", 0},
    {"FAILONERROR", 0},
    {"UPLOAD", 0},
    {"NETRC", 0},
    {"NETRC_FILE", 0},
    {"LOGIN_OPTIONS", 0},
    {"USERPWD", 0},
    {"RANGE", 0},
    {"TIMEOUT_MS", 0},
    {"MIMEPOST", 0},
    {"POSTFIELDS", 0},
    {"POSTFIELDSIZE_LARGE", 0},
    {"MIME_OPTIONS", 0},
    {"HTTPAUTH", 0},
    {"HTTPHEADER", 0},
    {"REFERER", 0},
    {"USERAGENT", 0},
    {"FOLLOWLOCATION", 0},
    {"UNRESTRICTED_AUTH", 0},
    {"AUTOREFERER", 0},
    {"PROXYHEADER", 0},
    {"HEADEROPT", 0},
    {"MAXREDIRS", 0},
    {"HTTP_VERSION", 0},
    {"POSTREDIR", 0},
    {"ACCEPT_ENCODING", 0},
    {"TRANSFER_ENCODING", 0},
    {"HTTP09_ALLOWED", 0},
    {"LOW_SPEED_LIMIT", 0},
    {"LOW_SPEED_TIME", 0},
    {"MAX_SEND_SPEED_LARGE", 0},
    {"MAX_RECV_SPEED_LARGE", 0},
    {"RESUME_FROM_LARGE", 0},
    {"KEYPASSWD", 0},
    {"PROXY_KEYPASSWD", 0},
    {"CAINFO", 0},
    {"PROXY_CAINFO", 0},
    {"CAPATH", 0},
    {"PROXY_CAPATH", 0},
    {"CRLFILE", 0},
    {"PROXY_CRLFILE", 0},
    {"PINNEDPUBLICKEY", 0},
    {"SSL_EC_CURVES", 0},
    {"CERTINFO", 0},
    {"SSLCERT", 0},
    {"PROXY_SSLCERT", 0},
    {"SSLCERTTYPE", 0},
    {"PROXY_SSLCERTTYPE", 0},
    {"SSLKEY", 0},
    {"PROXY_SSLKEY", 0},
    {"SSLKEYTYPE", 0},
    {"PROXY_SSLKEYTYPE", 0},
    {"AWS_SIGV4", 0},
    {"SSL_VERIFYPEER", 1},
    {"SSL_VERIFYHOST", 2},
    {"PROXY_SSL_VERIFYPEER", 1},
    {"PROXY_SSL_VERIFYHOST", 2},
    {"SSL_VERIFYSTATUS", 0},
    {"DOH_SSL_VERIFYSTATUS", 0},
    {"SSLVERSION", 0},
    {"PROXY_SSLVERSION", 0},
    {"SSL_OPTIONS", 0},
    {"PROXY_SSL_OPTIONS", 0},
    {"PATH_AS_IS", 0},
    {"FILETIME", 0},
    {"CRLF", 0},
    {"COOKIE", 0},
    {"COOKIEFILE", 0},
    {"COOKIEJAR", 0},
    {"COOKIESESSION", 0},
    {"TIMECONDITION", 0},
    {"TIMEVALUE_LARGE", 0},
    {"CUSTOMREQUEST", 0},
    {"INTERFACE", 0},
    {"CONNECTTIMEOUT_MS", 0},
    {"DOH_URL", 0},
    {"SSL_CIPHER_LIST", 0},
    {"PROXY_SSL_CIPHER_LIST", 0},
    {"TLS13_CIPHERS", 0},
    {"PROXY_TLS13_CIPHERS", 0},
    {"VERBOSE", 0},
    {"MAXFILESIZE_LARGE", 0},
    {"IPRESOLVE", 0},
    {"USE_SSL", 0},
    {"SOCKS5_GSSAPI_NEC", 0},
    {"SOCKS5_AUTH", 0},
    {"PROXY_SERVICE_NAME", 0},
    {"SERVICE_NAME", 0},
    {"IGNORE_CONTENT_LENGTH", 0},
    {"FTP_SKIP_PASV_IP", 0},
    {"LOCALPORT", 0},
    {"LOCALPORTRANGE", 0},
    {"TCP_KEEPALIVE", 0},
    {"TCP_KEEPIDLE", 0},
    {"TCP_KEEPINTVL", 0},
    {"PROTOCOLS_STR", 0},
    {"REDIR_PROTOCOLS_STR", 0},
    {"RESOLVE", 0},
    {"CONNECT_TO", 0},
    {"TLSAUTH_USERNAME", 0},
    {"TLSAUTH_PASSWORD", 0},
    {"TLSAUTH_TYPE", 0},
    {"PROXY_TLSAUTH_USERNAME", 0},
    {"PROXY_TLSAUTH_PASSWORD", 0},
    {"GSSAPI_DELEGATION", 0},
    {"SSL_ENABLE_ALPN", 1},
    {"ABSTRACT_UNIX_SOCKET", 0},
    {"UNIX_SOCKET_PATH", 0},
    {"DEFAULT_PROTOCOL", 0},
    {"EXPECT_100_TIMEOUT_MS", 0},
    {"HAPPY_EYEBALLS_TIMEOUT_MS", 0},
    {"HAPROXYPROTOCOL", 0},
    {"DISALLOW_USERNAME_IN_URL", 0},
    {"ALTSVC", 0},
    {"HSTS", 0},
    {"INFILESIZE_LARGE", 0},
};

static const char *const auth_names[] = {"CURLAUTH_ANY",       "CURLAUTH_ANYSAFE",      "CURLAUTH_BASIC",
                                         "CURLAUTH_DIGEST",    "CURLAUTH_GSSNEGOTIATE", "CURLAUTH_NTLM",
                                         "CURLAUTH_DIGEST_IE", "CURLAUTH_NTLM_WB",      NULL};
static const char *const tls_option_names[] = {"CURLSSLOPT_ALLOW_BEAST",
                                               "CURLSSLOPT_NO_REVOKE",
                                               "CURLSSLOPT_NO_PARTIALCHAIN",
                                               "CURLSSLOPT_REVOKE_BEST_EFFORT",
                                               "CURLSSLOPT_NATIVE_CA",
                                               "CURLSSLOPT_AUTO_CLIENT_CERT",
                                               NULL};
static const char *const http_names[] = {"CURL_HTTP_VERSION_1_0", "CURL_HTTP_VERSION_1_1",
                                         "CURL_HTTP_VERSION_2_0", "CURL_HTTP_VERSION_2TLS", NULL};
static const char *const tls_names[] = {"CURL_SSLVERSION_TLSv1",   "CURL_SSLVERSION_TLSv1_0",
                                        "CURL_SSLVERSION_TLSv1_1", "CURL_SSLVERSION_TLSv1_2",
                                        "CURL_SSLVERSION_TLSv1_3", NULL};
static const char *const proxy_names[] = {
    "CURLPROXY_HTTP",   "CURLPROXY_HTTP_1_0", "CURLPROXY_HTTPS",           "CURLPROXY_SOCKS4",
    "CURLPROXY_SOCKS5", "CURLPROXY_SOCKS4A",  "CURLPROXY_SOCKS5_HOSTNAME", NULL};
static const char *const netrc_names[] = {"CURL_NETRC_OPTIONAL", "CURL_NETRC_REQUIRED", NULL};
static const char *const time_names[] = {"CURL_TIMECOND_IFMODSINCE", "CURL_TIMECOND_IFUNMODSINCE",
                                         "CURL_TIMECOND_LASTMOD", NULL};

static const struct {
    const char *option;
    const char *const *names;
    bool are_bits;
} named[] = {
    {"HTTPAUTH", auth_names, true},
    {"PROXYAUTH", auth_names, true},
    {"SOCKS5_AUTH", auth_names, true},
    {"SSL_OPTIONS", tls_option_names, true},
    {"PROXY_SSL_OPTIONS", tls_option_names, true},
    {"HTTP_VERSION", http_names, false},
    {"SSLVERSION", tls_names, false},
    {"PROXY_SSLVERSION", tls_names, false},
    {"PROXYTYPE", proxy_names, false},
    {"NETRC", netrc_names, false},
    {"TIMECONDITION", time_names, false},
};

/* Set by the curl tool's own hand, or only here. */
static const char *const unsaid[] = {"DOH_SSL_VERIFYHOST",     "DOH_SSL_VERIFYPEER", "HTTP_CONTENT_DECODING",
                                     "HTTP_TRANSFER_DECODING", "NOPROGRESS",         "PIPEWAIT",
                                     "PROXY_PINNEDPUBLICKEY",  "REQUEST_TARGET",     "SSL_FALSESTART",
                                     "SSL_SESSIONID_CACHE"};

const struct ht_source_row *ht_source_rows(size_t *count)
{
    *count = sizeof rows / sizeof *rows;
    return rows;
}

const char *const *ht_source_names(const char *option, bool *are_bits)
{
    *are_bits = false;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (strcmp(named[i].option, option) == 0) {
            *are_bits = named[i].are_bits;
            return named[i].names;
        }
    return NULL;
}

bool ht_source_is_unsaid(const char *option)
{
    for (size_t i = 0; i < sizeof unsaid / sizeof *unsaid; i++)
        if (strcmp(unsaid[i], option) == 0)
            return true;
    return false;
}
