/* SPDX-License-Identifier: MIT */
/* Symbols: takes the name of a constant of libcurl, gives its value. */
#include "fetch/symbols.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define ROW(symbol)                                                                                          \
    {                                                                                                        \
#symbol, (long)symbol                                                                                \
    }

static const struct ht_symbol rows[] = {
    ROW(CURLALTSVC_H1),
    ROW(CURLALTSVC_H2),
    ROW(CURLALTSVC_H3),
    ROW(CURLALTSVC_READONLYFILE),
    ROW(CURLAUTH_ANY),
    ROW(CURLAUTH_ANYSAFE),
    ROW(CURLAUTH_AWS_SIGV4),
    ROW(CURLAUTH_BASIC),
    ROW(CURLAUTH_BEARER),
    ROW(CURLAUTH_DIGEST),
    ROW(CURLAUTH_DIGEST_IE),
    ROW(CURLAUTH_GSSAPI),
    ROW(CURLAUTH_GSSNEGOTIATE),
    ROW(CURLAUTH_NEGOTIATE),
    ROW(CURLAUTH_NONE),
    ROW(CURLAUTH_NTLM),
    ROW(CURLAUTH_NTLM_WB),
    ROW(CURLAUTH_ONLY),
#if LIBCURL_VERSION_NUM >= 0x080d00
    ROW(CURLFOLLOW_ALL),
#endif
#if LIBCURL_VERSION_NUM >= 0x080d00
    ROW(CURLFOLLOW_FIRSTONLY),
#endif
#if LIBCURL_VERSION_NUM >= 0x080d00
    ROW(CURLFOLLOW_OBEYCODE),
#endif
    ROW(CURLGSSAPI_DELEGATION_FLAG),
    ROW(CURLGSSAPI_DELEGATION_NONE),
    ROW(CURLGSSAPI_DELEGATION_POLICY_FLAG),
    ROW(CURLHEADER_SEPARATE),
    ROW(CURLHEADER_UNIFIED),
    ROW(CURLHSTS_ENABLE),
    ROW(CURLHSTS_READONLYFILE),
    ROW(CURLPROTO_HTTP),
    ROW(CURLPROTO_HTTPS),
    ROW(CURLPROXY_HTTP),
    ROW(CURLPROXY_HTTPS),
#if LIBCURL_VERSION_NUM >= 0x080100
    ROW(CURLPROXY_HTTPS2),
#endif
#if LIBCURL_VERSION_NUM >= 0x081500
    ROW(CURLPROXY_HTTPS3),
#endif
    ROW(CURLPROXY_HTTP_1_0),
    ROW(CURLPROXY_SOCKS4),
    ROW(CURLPROXY_SOCKS4A),
    ROW(CURLPROXY_SOCKS5),
    ROW(CURLPROXY_SOCKS5_HOSTNAME),
    ROW(CURLSSLOPT_ALLOW_BEAST),
    ROW(CURLSSLOPT_AUTO_CLIENT_CERT),
#if LIBCURL_VERSION_NUM >= 0x080b00
    ROW(CURLSSLOPT_EARLYDATA),
#endif
    ROW(CURLSSLOPT_NATIVE_CA),
    ROW(CURLSSLOPT_NO_PARTIALCHAIN),
    ROW(CURLSSLOPT_NO_REVOKE),
    ROW(CURLSSLOPT_REVOKE_BEST_EFFORT),
    ROW(CURL_HTTP_VERSION_1_0),
    ROW(CURL_HTTP_VERSION_1_1),
    ROW(CURL_HTTP_VERSION_2),
    ROW(CURL_HTTP_VERSION_2TLS),
    ROW(CURL_HTTP_VERSION_2_0),
    ROW(CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE),
    ROW(CURL_HTTP_VERSION_3),
    ROW(CURL_HTTP_VERSION_3ONLY),
    ROW(CURL_HTTP_VERSION_NONE),
    ROW(CURL_IPRESOLVE_V4),
    ROW(CURL_IPRESOLVE_V6),
    ROW(CURL_IPRESOLVE_WHATEVER),
    ROW(CURL_NETRC_OPTIONAL),
    ROW(CURL_NETRC_REQUIRED),
    ROW(CURL_REDIR_GET_ALL),
    ROW(CURL_REDIR_POST_301),
    ROW(CURL_REDIR_POST_302),
    ROW(CURL_REDIR_POST_303),
    ROW(CURL_REDIR_POST_ALL),
    ROW(CURL_SSLVERSION_DEFAULT),
    ROW(CURL_SSLVERSION_MAX_DEFAULT),
    ROW(CURL_SSLVERSION_MAX_NONE),
    ROW(CURL_SSLVERSION_MAX_TLSv1_0),
    ROW(CURL_SSLVERSION_MAX_TLSv1_1),
    ROW(CURL_SSLVERSION_MAX_TLSv1_2),
    ROW(CURL_SSLVERSION_MAX_TLSv1_3),
    ROW(CURL_SSLVERSION_SSLv2),
    ROW(CURL_SSLVERSION_SSLv3),
    ROW(CURL_SSLVERSION_TLSv1),
    ROW(CURL_SSLVERSION_TLSv1_0),
    ROW(CURL_SSLVERSION_TLSv1_1),
    ROW(CURL_SSLVERSION_TLSv1_2),
    ROW(CURL_SSLVERSION_TLSv1_3),
    ROW(CURL_TIMECOND_IFMODSINCE),
    ROW(CURL_TIMECOND_IFUNMODSINCE),
    ROW(CURL_TIMECOND_LASTMOD),
    ROW(CURL_TIMECOND_NONE),
};

const struct ht_symbol *ht_symbols(size_t *count)
{
    *count = sizeof rows / sizeof *rows;
    return rows;
}

static int compare(const void *key, const void *row)
{
    return strcmp(key, ((const struct ht_symbol *)row)->name);
}

bool ht_symbol_find(const char *name, long *value)
{
    const struct ht_symbol *found = bsearch(name, rows, sizeof rows / sizeof *rows, sizeof *rows, compare);
    if (found)
        *value = found->value;
    return found != NULL;
}
