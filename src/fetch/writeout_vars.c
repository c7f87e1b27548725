/* SPDX-License-Identifier: MIT */
/* The variables of --write-out: takes a transfer that is over, gives their values. */
#include "fetch/writeout.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

static void get_certs(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                      struct ht_writeout_value *out)
{
    static const char pem[] = "Cert:";
    struct curl_certinfo *info = NULL;
    (void)row;
    curl_easy_getinfo(about->easy, CURLINFO_CERTINFO, &info);
    for (int i = 0; info && i < info->num_of_certs; i++)
        for (const struct curl_slist *at = info->certinfo[i]; at; at = at->next) {
            bool bare = strncasecmp(at->data, pem, sizeof pem - 1) == 0;
            ht_sink_puts(&out->memory, at->data + (bare ? sizeof pem - 1 : 0));
            if (out->memory.len && out->memory.text[out->memory.len - 1] != '\n')
                ht_sink_char(&out->memory, '\n');
        }
    out->text = ht_sink_text(&out->memory);
}

static void get_num_certs(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                          struct ht_writeout_value *out)
{
    struct curl_certinfo *info = NULL;
    (void)row;
    curl_easy_getinfo(about->easy, CURLINFO_CERTINFO, &info);
    out->number = info ? info->num_of_certs : 0;
}

static void get_error(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                      struct ht_writeout_value *out)
{
    (void)row;
    if (about->code != CURLE_OK)
        out->text = about->error && *about->error ? about->error : curl_easy_strerror(about->code);
}

static void get_exit_code(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                          struct ht_writeout_value *out)
{
    (void)row;
    out->number = (int64_t)about->code;
}

static void get_file_name(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                          struct ht_writeout_value *out)
{
    (void)row;
    out->text = about->file_name;
}

/* Of the latest response, its trailers with them. */
static void get_num_headers(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                            struct ht_writeout_value *out)
{
    struct curl_header *at = NULL;
    (void)row;
    while ((at = curl_easy_nextheader(about->easy, CURLH_HEADER | CURLH_TRAILER, -1, at)) != NULL)
        out->number++;
}

static void get_url_number(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                           struct ht_writeout_value *out)
{
    (void)row;
    out->number = about->url_number;
}

static void get_retries(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                        struct ht_writeout_value *out)
{
    (void)row;
    out->number = about->retries;
}

static void get_url(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                    struct ht_writeout_value *out)
{
    (void)row;
    out->text = about->url;
}

static void get_http_version(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                             struct ht_writeout_value *out)
{
    static const struct {
        long version;
        const char *name;
    } names[] = {
        {CURL_HTTP_VERSION_1_0, "1.0"},
        {CURL_HTTP_VERSION_1_1, "1.1"},
        {CURL_HTTP_VERSION_2_0, "2"},
        {CURL_HTTP_VERSION_3, "3"},
    };
    long version = 0;
    (void)row;
    curl_easy_getinfo(about->easy, CURLINFO_HTTP_VERSION, &version);
    out->text = "0";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].version == version)
            out->text = names[i].name;
}

/* A part of a URL by the name behind the dot: "url.host", "urle.host". */
static void get_part(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                     struct ht_writeout_value *out)
{
    static const struct {
        const char *name;
        CURLUPart part;
    } parts[] = {
        {"fragment", CURLUPART_FRAGMENT}, {"host", CURLUPART_HOST},     {"options", CURLUPART_OPTIONS},
        {"password", CURLUPART_PASSWORD}, {"path", CURLUPART_PATH},     {"port", CURLUPART_PORT},
        {"query", CURLUPART_QUERY},       {"scheme", CURLUPART_SCHEME}, {"user", CURLUPART_USER},
        {"zoneid", CURLUPART_ZONEID},
    };
    const char *url = about->url, *name = strchr(row->name, '.') + 1;
    if (row->name[3] == 'e' && curl_easy_getinfo(about->easy, CURLINFO_EFFECTIVE_URL, &url) != CURLE_OK)
        return;
    CURLU *parsed = curl_url();
    char *text = NULL;
    size_t i = 0;
    while (strcmp(parts[i].name, name) != 0)
        i++;
    if (parsed && url &&
        curl_url_set(parsed, CURLUPART_URL, url, CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) ==
            CURLUE_OK &&
        curl_url_get(parsed, parts[i].part, &text, CURLU_DEFAULT_PORT) == CURLUE_OK) {
        ht_sink_puts(&out->memory, text);
        out->text = ht_sink_text(&out->memory);
    }
    curl_free(text);
    curl_url_cleanup(parsed);
}

#define V(a, b) CURL_VERSION_BITS(a, b, 0)
#define NUMBER(name, info)                                                                                   \
    {                                                                                                        \
        name, HT_WRITEOUT_NUMBER, info, NULL, 0, false                                                       \
    }
#define TEXT(name, info)                                                                                     \
    {                                                                                                        \
        name, HT_WRITEOUT_TEXT, info, NULL, 0, false                                                         \
    }
#define TIME(name, info)                                                                                     \
    {                                                                                                        \
        name, HT_WRITEOUT_TIME, info, NULL, 0, false                                                         \
    }
#define OWN(name, type, get)                                                                                 \
    {                                                                                                        \
        name, HT_WRITEOUT_##type, CURLINFO_NONE, get, 0, false                                               \
    }
#define PART(name)                                                                                           \
    {                                                                                                        \
        name, HT_WRITEOUT_TEXT, CURLINFO_NONE, get_part, V(8, 1), false                                      \
    }
#define NEWER(name, type, info, since)                                                                       \
    {                                                                                                        \
        name, HT_WRITEOUT_##type, info, NULL, since, true                                                    \
    }

static const struct ht_writeout_variable variables[] = {
    OWN("certs", TEXT, get_certs),
#if LIBCURL_VERSION_NUM >= 0x080200
    NEWER("conn_id", NUMBER, CURLINFO_CONN_ID, V(8, 2)),
#endif
    TEXT("content_type", CURLINFO_CONTENT_TYPE),
    OWN("errormsg", TEXT, get_error),
    OWN("exitcode", NUMBER, get_exit_code),
    OWN("filename_effective", TEXT, get_file_name),
    TEXT("ftp_entry_path", CURLINFO_FTP_ENTRY_PATH),
    {"http_code", HT_WRITEOUT_CODE, CURLINFO_RESPONSE_CODE, NULL, 0, false},
    {"http_connect", HT_WRITEOUT_CODE, CURLINFO_HTTP_CONNECTCODE, NULL, 0, false},
    OWN("http_version", TEXT, get_http_version),
    TEXT("local_ip", CURLINFO_LOCAL_IP),
    NUMBER("local_port", CURLINFO_LOCAL_PORT),
    TEXT("method", CURLINFO_EFFECTIVE_METHOD),
    OWN("num_certs", NUMBER, get_num_certs),
    NUMBER("num_connects", CURLINFO_NUM_CONNECTS),
    OWN("num_headers", NUMBER, get_num_headers),
    NUMBER("num_redirects", CURLINFO_REDIRECT_COUNT),
    {"num_retries", HT_WRITEOUT_NUMBER, CURLINFO_NONE, get_retries, V(8, 9), false},
    NUMBER("proxy_ssl_verify_result", CURLINFO_PROXY_SSL_VERIFYRESULT),
#if LIBCURL_VERSION_NUM >= 0x080700
    NEWER("proxy_used", NUMBER, CURLINFO_USED_PROXY, V(8, 7)),
#endif
    TEXT("redirect_url", CURLINFO_REDIRECT_URL),
    TEXT("referer", CURLINFO_REFERER),
    TEXT("remote_ip", CURLINFO_PRIMARY_IP),
    NUMBER("remote_port", CURLINFO_PRIMARY_PORT),
    {"response_code", HT_WRITEOUT_CODE, CURLINFO_RESPONSE_CODE, NULL, 0, false},
    TEXT("scheme", CURLINFO_SCHEME),
#if LIBCURL_VERSION_NUM >= 0x081400
    NEWER("size_delivered", NUMBER, CURLINFO_SIZE_DELIVERED, V(8, 20)),
#endif
    NUMBER("size_download", CURLINFO_SIZE_DOWNLOAD_T),
    NUMBER("size_header", CURLINFO_HEADER_SIZE),
    NUMBER("size_request", CURLINFO_REQUEST_SIZE),
    NUMBER("size_upload", CURLINFO_SIZE_UPLOAD_T),
    NUMBER("speed_download", CURLINFO_SPEED_DOWNLOAD_T),
    NUMBER("speed_upload", CURLINFO_SPEED_UPLOAD_T),
    NUMBER("ssl_verify_result", CURLINFO_SSL_VERIFYRESULT),
    TIME("time_appconnect", CURLINFO_APPCONNECT_TIME_T),
    TIME("time_connect", CURLINFO_CONNECT_TIME_T),
    TIME("time_namelookup", CURLINFO_NAMELOOKUP_TIME_T),
#if LIBCURL_VERSION_NUM >= 0x080a00
    NEWER("time_posttransfer", TIME, CURLINFO_POSTTRANSFER_TIME_T, V(8, 10)),
#endif
    TIME("time_pretransfer", CURLINFO_PRETRANSFER_TIME_T),
#if LIBCURL_VERSION_NUM >= 0x080600
    NEWER("time_queue", TIME, CURLINFO_QUEUE_TIME_T, V(8, 12)),
#endif
    TIME("time_redirect", CURLINFO_REDIRECT_TIME_T),
    TIME("time_starttransfer", CURLINFO_STARTTRANSFER_TIME_T),
    TIME("time_total", CURLINFO_TOTAL_TIME_T),
#if LIBCURL_VERSION_NUM >= 0x080b00
    NEWER("tls_earlydata", NUMBER, CURLINFO_EARLYDATA_SENT_T, V(8, 12)),
#endif
    OWN("url", TEXT, get_url),
    PART("url.fragment"),
    PART("url.host"),
    PART("url.options"),
    PART("url.password"),
    PART("url.path"),
    PART("url.port"),
    PART("url.query"),
    PART("url.scheme"),
    PART("url.user"),
    PART("url.zoneid"),
    TEXT("url_effective", CURLINFO_EFFECTIVE_URL),
    PART("urle.fragment"),
    PART("urle.host"),
    PART("urle.options"),
    PART("urle.password"),
    PART("urle.path"),
    PART("urle.port"),
    PART("urle.query"),
    PART("urle.scheme"),
    PART("urle.user"),
    PART("urle.zoneid"),
    OWN("urlnum", NUMBER, get_url_number),
#if LIBCURL_VERSION_NUM >= 0x080200
    NEWER("xfer_id", NUMBER, CURLINFO_XFER_ID, V(8, 2)),
#endif
};

const struct ht_writeout_variable *ht_writeout_variables(size_t *count)
{
    *count = sizeof variables / sizeof *variables;
    return variables;
}

const struct ht_writeout_variable *ht_writeout_find(struct ht_span name)
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (ht_span_ieq_str(name, variables[i].name))
            return !variables[i].needs_libcurl ||
                           curl_version_info(CURLVERSION_NOW)->version_num >= variables[i].since
                       ? &variables[i]
                       : NULL;
    return NULL;
}

/* libcurl gives each kind of number in a type of its own. */
static void ask(CURL *easy, CURLINFO info, struct ht_writeout_value *out)
{
    long number = 0;
    curl_off_t offset = 0;
    switch ((int)info & CURLINFO_TYPEMASK) {
    case CURLINFO_STRING:
        if (curl_easy_getinfo(easy, info, &out->text) != CURLE_OK)
            out->text = NULL;
        return;
    case CURLINFO_LONG:
        if (curl_easy_getinfo(easy, info, &number) == CURLE_OK)
            out->number = number;
        return;
    case CURLINFO_OFF_T:
        if (curl_easy_getinfo(easy, info, &offset) == CURLE_OK)
            out->number = offset;
        return;
    default:
        return;
    }
}

void ht_writeout_get(const struct ht_writeout_variable *row, const struct ht_writeout *about,
                     struct ht_writeout_value *out)
{
    *out = (struct ht_writeout_value){.memory = ht_sink(0)};
    if (row->get)
        row->get(row, about, out);
    else
        ask(about->easy, row->info, out);
}

void ht_writeout_seconds(struct ht_sink *out, int64_t us)
{
    ht_sink_printf(out, "%" PRId64 ".%06" PRId64, us / 1000000, us % 1000000);
}

void ht_writeout_put(struct ht_sink *out, const struct ht_writeout_variable *row,
                     const struct ht_writeout *about)
{
    struct ht_writeout_value value;
    ht_writeout_get(row, about, &value);
    if (row->type == HT_WRITEOUT_TEXT && value.text)
        ht_sink_puts(out, value.text);
    else if (row->type == HT_WRITEOUT_TIME)
        ht_writeout_seconds(out, value.number);
    else if (row->type != HT_WRITEOUT_TEXT)
        ht_sink_printf(out, row->type == HT_WRITEOUT_CODE ? "%03" PRId64 : "%" PRId64, value.number);
    ht_sink_free(&value.memory);
}
