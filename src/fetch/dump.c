/* SPDX-License-Identifier: MIT */
/* The dump of --trace and --trace-ascii: takes what libcurl's debug callback shows, gives curl's text of it,
 * or the lines of curl's -v. */
#include "fetch/dump.h"

#include "base/clock.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <time.h>

#define HEX_COLUMNS   0x10
#define ASCII_COLUMNS 0x40

/* CURLINFO_XFER_ID and CURLINFO_CONN_ID, since 8.2.0: the linked libcurl may be newer than the headers. */
#define INFO_TRANSFER   ((CURLINFO)(CURLINFO_OFF_T + 63))
#define INFO_CONNECTION ((CURLINFO)(CURLINFO_OFF_T + 64))
#define IDS_SINCE       CURL_VERSION_BITS(8, 2, 0)

static const char *const labels[] = {
    [CURLINFO_TEXT] = "== Info: ",
    [CURLINFO_HEADER_IN] = "<= Recv header",
    [CURLINFO_HEADER_OUT] = "=> Send header",
    [CURLINFO_DATA_IN] = "<= Recv data",
    [CURLINFO_DATA_OUT] = "=> Send data",
    [CURLINFO_SSL_DATA_IN] = "<= Recv SSL data",
    [CURLINFO_SSL_DATA_OUT] = "=> Send SSL data",
};

/* Of lines: how each begins. */
static const char marks[] = {
    [CURLINFO_TEXT] = '*',         [CURLINFO_HEADER_IN] = '<', [CURLINFO_HEADER_OUT] = '>',
    [CURLINFO_DATA_IN] = '{',      [CURLINFO_DATA_OUT] = '}',  [CURLINFO_SSL_DATA_IN] = '{',
    [CURLINFO_SSL_DATA_OUT] = '}',
};

static enum ht_status set_components(const char *components, struct ht_error *error)
{
    const char *version = curl_version_info(CURLVERSION_NOW)->version;
    void *symbol = dlsym(RTLD_DEFAULT, "curl_global_trace");
    CURLcode (*trace)(const char *) = NULL;
    if (symbol == NULL)
        return ht_fail(error, HT_ERR_USAGE,
                       "option --trace-config: the linked libcurl %s has no curl_global_trace()", version);
    memcpy(&trace, &symbol, sizeof trace); /* C has no cast from data to function */
    CURLcode code = trace(components);
    if (code == CURLE_OK)
        return HT_OK;
    return ht_fail(error, HT_ERR_USAGE, "--trace-config: libcurl refuses this value: %s",
                   curl_easy_strerror(code));
}

enum ht_status ht_dump_init(struct ht_dump *dump, const struct ht_dump_rules *rules, struct ht_error *error)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    *dump = (struct ht_dump){.rules = rules};
    if (rules && rules->components) {
        enum ht_status status = set_components(rules->components, error);
        if (status != HT_OK)
            return status;
    }
    if (rules && rules->ids && info->version_num < IDS_SINCE)
        return ht_fail(error, HT_ERR_USAGE,
                       "option --trace-ids: the linked libcurl %s gives transfers no identifiers",
                       info->version);
    return HT_OK;
}

bool ht_dump_is_on(const struct ht_dump *dump)
{
    return dump->rules && dump->rules->path;
}

static void open_file(struct ht_dump *dump)
{
    const char *path = dump->rules->path;
    dump->file = stderr;
    if (strcmp(path, "-") == 0)
        dump->file = stdout;
    else if (strcmp(path, "%") != 0) {
        FILE *file = fopen(path, "we");
        dump->owns_file = file != NULL;
        dump->file = file ? file : stderr;
        if (file == NULL)
            fprintf(stderr, "httptrace: cannot write %s: %s: the trace goes to standard error\n", path,
                    strerror(errno));
    }
}

static void put_time(FILE *out)
{
    int64_t us = ht_clock_wall_us();
    time_t seconds = (time_t)(us / 1000000);
    struct tm local;
    if (localtime_r(&seconds, &local))
        fprintf(out, "%02d:%02d:%02d.%06d ", local.tm_hour, local.tm_min, local.tm_sec, (int)(us % 1000000));
}

/* "[0-1] ": of the transfer and of its connection, x where it has none. */
static void put_ids(FILE *out, CURL *easy)
{
    curl_off_t transfer = -1, connection = -1;
    if (curl_easy_getinfo(easy, INFO_TRANSFER, &transfer) != CURLE_OK || transfer < 0)
        return;
    if (curl_easy_getinfo(easy, INFO_CONNECTION, &connection) == CURLE_OK && connection >= 0)
        fprintf(out, "[%" PRId64 "-%" PRId64 "] ", (int64_t)transfer, (int64_t)connection);
    else
        fprintf(out, "[%" PRId64 "-x] ", (int64_t)transfer);
}

static char shown(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7f ? (char)byte : '.';
}

static void put_hex(FILE *out, struct ht_span bytes)
{
    for (size_t at = 0; at < bytes.len; at += HEX_COLUMNS) {
        struct ht_span row = ht_span_head(ht_span_from(bytes, at), HEX_COLUMNS);
        fprintf(out, "%04zx: ", at);
        for (size_t i = 0; i < HEX_COLUMNS; i++) {
            if (i < row.len)
                fprintf(out, "%02x ", row.data[i]);
            else
                fputs("   ", out);
        }
        for (size_t i = 0; i < row.len; i++)
            putc(shown(row.data[i]), out);
        putc('\n', out);
    }
}

static bool ends_line(struct ht_span bytes, size_t at)
{
    return at + 1 < bytes.len && bytes.data[at] == '\r' && bytes.data[at + 1] == '\n';
}

/* CR LF ends a row and is not shown; also one that comes right after a full row, as it would be a row of its
 * own. */
static void put_ascii(FILE *out, struct ht_span bytes)
{
    for (size_t at = 0; at < bytes.len;) {
        size_t end = at;
        fprintf(out, "%04zx: ", at);
        while (end < bytes.len && end - at < ASCII_COLUMNS && !ends_line(bytes, end))
            putc(shown(bytes.data[end++]), out);
        at = end + (ends_line(bytes, end) ? 2 : 0);
        putc('\n', out);
    }
}

static void put_bytes(const struct ht_dump *dump, curl_infotype type, struct ht_span bytes)
{
    fprintf(dump->file, "%s, %zu bytes (0x%zx)\n", labels[type], bytes.len, bytes.len);
    if (dump->rules->ascii)
        put_ascii(dump->file, bytes);
    else
        put_hex(dump->file, bytes);
}

static void start(const struct ht_dump *dump, CURL *easy)
{
    if (dump->rules->times)
        put_time(dump->file);
    if (dump->rules->ids)
        put_ids(dump->file, easy);
}

static void start_line(struct ht_dump *dump, CURL *easy, curl_infotype type)
{
    if (dump->midline)
        return;
    start(dump, easy);
    fprintf(dump->file, "%c ", marks[type]);
}

/* libcurl's texts and the lines of heads, which may come in pieces. */
static void put_lines(struct ht_dump *dump, CURL *easy, curl_infotype type, struct ht_span bytes)
{
    for (size_t at = 0, end; at < bytes.len; at = end) {
        end = ht_span_find_byte(bytes, '\n', at);
        end += end < bytes.len;
        start_line(dump, easy, type);
        fwrite(bytes.data + at, 1, end - at, dump->file);
        dump->midline = bytes.data[end - 1] != '\n';
    }
}

static void put_amount(struct ht_dump *dump, CURL *easy, curl_infotype type, size_t len)
{
    if (dump->told || dump->body_seen)
        return;
    start_line(dump, easy, type);
    fprintf(dump->file, "[%zu bytes data]\n", len);
    dump->midline = false;
    dump->told = true;
}

static void take_lines(struct ht_dump *dump, CURL *easy, curl_infotype type, struct ht_span bytes)
{
    bool is_data = type != CURLINFO_TEXT && type != CURLINFO_HEADER_IN && type != CURLINFO_HEADER_OUT;
    if (is_data) {
        put_amount(dump, easy, type, bytes.len);
        return;
    }
    put_lines(dump, easy, type, bytes);
    dump->told = false;
}

void ht_dump_take(struct ht_dump *dump, CURL *easy, curl_infotype type, struct ht_span bytes)
{
    if (!ht_dump_is_on(dump) || (size_t)type >= sizeof labels / sizeof *labels)
        return;
    if (dump->file == NULL)
        open_file(dump);
    if (dump->rules->lines) {
        take_lines(dump, easy, type, bytes);
        fflush(dump->file);
        return;
    }
    start(dump, easy);
    if (type == CURLINFO_TEXT)
        fprintf(dump->file, "%s%.*s", labels[type], (int)bytes.len, (const char *)bytes.data);
    else
        put_bytes(dump, type, bytes);
    fflush(dump->file); /* what else writes to a standard stream does not buffer */
}

void ht_dump_close(struct ht_dump *dump)
{
    if (dump->owns_file)
        fclose(dump->file);
    *dump = (struct ht_dump){.rules = NULL};
}
