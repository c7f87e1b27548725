/* SPDX-License-Identifier: MIT */
/* Runs jobs through the tap and prints one line per raw event: takes KEY=VALUE settings and URLs, for people.
 */
#include "jobs.h"

#include "base/sink.h"
#include "base/escape.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool quiet;
static uint64_t bytes_events, bytes_sum[3];

static void span(struct ht_span s)
{
    struct ht_sink text = ht_sink(200);
    ht_escape_text(&text, s);
    printf(" \"%s\"", ht_sink_text(&text));
    ht_sink_free(&text);
}

static void show_run_start(const struct ht_raw *raw)
{
    span(raw->u.run_start.libcurl);
    span(raw->u.run_start.tls);
    span(raw->u.run_start.nghttp2);
    span(raw->u.run_start.tap);
}

static void show_transfer_start(const struct ht_raw *raw)
{
    span(raw->u.transfer_start.method);
    span(raw->u.transfer_start.url);
}

static void show_lookup(const struct ht_raw *raw)
{
    span(raw->u.lookup.host);
    span(raw->u.lookup.addresses);
    printf(" took %" PRId64 " family %" PRId64 " error %" PRId64, raw->t_last_us - raw->t_us,
           raw->u.lookup.family, raw->u.lookup.error);
}

static void show_query(const struct ht_raw *raw)
{
    span(raw->u.query.server);
    printf(" type %" PRId64 " rcode %" PRId64 " addresses %" PRId64 " error %" PRId64, raw->u.query.type,
           raw->u.query.rcode, raw->u.query.addresses, raw->u.query.error);
    span(raw->u.query.ede);
    span(raw->u.query.ede_text);
}

static void show_socket_open(const struct ht_raw *raw)
{
    span(raw->u.socket_open.address);
    printf(" %" PRId64 " family %" PRId64, raw->u.socket_open.port, raw->u.socket_open.family);
}

static void show_connect(const struct ht_raw *raw)
{
    printf(" error %" PRId64 " %s", raw->u.connect.error, strerror((int)raw->u.connect.error));
    span(raw->u.connect.local_address);
    printf(" %" PRId64, raw->u.connect.local_port);
}

static void show_tcp_info(const struct ht_raw *raw)
{
    const struct ht_tcp_sample *tcp = &raw->u.tcp_info.sample;
    printf(" point %d state %" PRId64 " rtt %" PRId64 " retrans %" PRId64 " sent %" PRId64 " acked %" PRId64
           " received %" PRId64 " unacked %" PRId64,
           (int)raw->u.tcp_info.point, tcp->state, tcp->rtt_us, tcp->total_retrans, tcp->bytes_sent,
           tcp->bytes_acked, tcp->bytes_received, tcp->unacked);
}

static void show_icmp(const struct ht_raw *raw)
{
    printf(" type %" PRId64 " code %" PRId64 " error %" PRId64, raw->u.icmp.type, raw->u.icmp.code,
           raw->u.icmp.error);
    span(raw->u.icmp.offender);
}

static void show_socket_close(const struct ht_raw *raw)
{
    printf(" error %" PRId64 " peer_closed %d reset %d unread %zu", raw->u.socket_close.error,
           raw->u.socket_close.peer_closed, raw->u.socket_close.reset, raw->u.socket_close.unread.len);
}

static void show_tls_message(const struct ht_raw *raw)
{
    printf(" type %" PRId64 " version %" PRIx64 " message %d, %zu bytes", raw->u.tls_message.content_type,
           raw->u.tls_message.version, raw->bytes.len ? raw->bytes.data[0] : -1, raw->bytes.len);
}

static void show_tls_end(const struct ht_raw *raw)
{
    printf(" ok %d version %" PRIx64 " verify %" PRId64 " resumed %d chain %d anchor %zu error %" PRIx64,
           raw->u.tls_end.ok, raw->u.tls_end.version, raw->u.tls_end.verify_result, raw->u.tls_end.resumed,
           raw->u.tls_end.verified_chain, raw->bytes.len, raw->u.tls_end.openssl_error);
    span(raw->u.tls_end.cipher);
    span(raw->u.tls_end.group);
    span(raw->u.tls_end.error_text);
    span(raw->u.tls_end.verify_text);
}

static void show_stream(const struct ht_raw *raw)
{
    printf(" %" PRId64, raw->u.stream.stream);
}

static void show_bytes(const struct ht_raw *raw)
{
    printf(" %zu", raw->bytes.len);
    span(ht_span_head(raw->bytes, 40));
}

static void show_keylog(const struct ht_raw *raw)
{
    span(ht_span_head(raw->bytes, 70));
}

static void show_transfer_end(const struct ht_raw *raw)
{
    printf(" code %" PRId64 " status %" PRId64 " sent %" PRId64 " received %" PRId64 " total %" PRId64,
           raw->u.transfer_end.curl_code, raw->u.transfer_end.http_status, raw->u.transfer_end.bytes_sent,
           raw->u.transfer_end.bytes_received, raw->u.transfer_end.times.total_us);
    span(raw->u.transfer_end.error);
}

static const struct {
    const char *name;
    void (*show)(const struct ht_raw *raw);
} kinds[HT_RAW_KIND_COUNT] = {
    [HT_RAW_RUN_START] = {"RUN_START", show_run_start},
    [HT_RAW_TRANSFER_START] = {"TRANSFER_START", show_transfer_start},
    [HT_RAW_RESOLVE_START] = {"RESOLVE_START", NULL},
    [HT_RAW_LOOKUP] = {"LOOKUP", show_lookup},
    [HT_RAW_QUERY] = {"QUERY", show_query},
    [HT_RAW_SOCKET_OPEN] = {"SOCKET_OPEN", show_socket_open},
    [HT_RAW_CONNECT] = {"CONNECT", show_connect},
    [HT_RAW_TCP_INFO] = {"TCP_INFO", show_tcp_info},
    [HT_RAW_ICMP] = {"ICMP", show_icmp},
    [HT_RAW_SOCKET_CLOSE] = {"SOCKET_CLOSE", show_socket_close},
    [HT_RAW_TLS_BEGIN] = {"TLS_BEGIN", NULL},
    [HT_RAW_TLS_MESSAGE] = {"TLS_MESSAGE", show_tls_message},
    [HT_RAW_TLS_END] = {"TLS_END", show_tls_end},
    [HT_RAW_KEYLOG] = {"KEYLOG", show_keylog},
    [HT_RAW_BYTES] = {"BYTES", show_bytes},
    [HT_RAW_UNIT] = {"UNIT", NULL},
    [HT_RAW_PREREQ] = {"PREREQ", NULL},
    [HT_RAW_STREAM] = {"STREAM", show_stream},
    [HT_RAW_TEXT] = {"TEXT", show_keylog},
    [HT_RAW_TRANSFER_END] = {"TRANSFER_END", show_transfer_end},
    [HT_RAW_RUN_END] = {"RUN_END", NULL},
};

static void take(void *ctx, const struct ht_raw *raw)
{
    (void)ctx;
    if (raw->kind == HT_RAW_BYTES) {
        bytes_events++;
        bytes_sum[raw->level < 3 ? raw->level : 2] += raw->bytes.len;
    }
    if (quiet)
        return;
    printf("%9" PRId64 " s%d t%d L%d %c %s", raw->t_us, raw->socket, raw->transfer, raw->level,
           raw->dir == HT_DIR_OUT  ? '>'
           : raw->dir == HT_DIR_IN ? '<'
                                   : ' ',
           kinds[raw->kind].name);
    if (kinds[raw->kind].show)
        kinds[raw->kind].show(raw);
    putchar('\n');
}

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    stop = number;
}

static struct ht_setting setting_of(char *argument)
{
    char *value = strchr(argument, '=');
    *value++ = '\0';
    const struct curl_easyoption *option = curl_easy_option_by_name(argument);
    struct ht_setting setting = {.option = argument, .text = value, .flag = argument};
    bool number = value[0] >= '0' && value[0] <= '9';
    if (option &&
        (option->type == CURLOT_LONG || option->type == CURLOT_VALUES || option->type == CURLOT_OFF_T))
        setting.type = number ? HT_SETTING_LONG : HT_SETTING_SYMBOL;
    else
        setting.type = option && option->type == CURLOT_SLIST ? HT_SETTING_LIST : HT_SETTING_TEXT;
    setting.number = strtoll(value, NULL, 10);
    return setting;
}

int main(int argc, char **argv)
{
    struct ht_setting settings[64];
    struct test_job jobs[64];
    size_t setting_count = 0;
    size_t job_count = 0;
    bool callbacks_only = false;
    const char *output = NULL;
    signal(SIGINT, on_signal);
    for (int i = 1; i < argc && setting_count < 64 && job_count < 64; i++) {
        if (strcmp(argv[i], "quiet") == 0)
            quiet = true;
        else if (strcmp(argv[i], "callbacks") == 0)
            callbacks_only = true;
        else if (strncmp(argv[i], "output=", 7) == 0)
            output = argv[i] + 7;
        else if (strstr(argv[i], "://") && !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ", argv[i][0]))
            jobs[job_count++] = (struct test_job){.url = argv[i], .method = "GET", .output = output};
        else if (strchr(argv[i], '='))
            settings[setting_count++] = setting_of(argv[i]);
    }
    for (size_t i = 0; i < job_count; i++) {
        jobs[i].settings = settings;
        jobs[i].setting_count = setting_count;
    }
    struct ht_tap_options options = test_options(jobs, job_count);
    options.sink = (struct ht_raw_sink){take, NULL};
    options.stop = &stop;
    options.tool_version = HT_VERSION;
    options.callbacks_only = callbacks_only;
    struct ht_error error = {0};
    int code = 0;
    enum ht_status status = ht_tap_run(&options, &code, &error);
    fprintf(stderr,
            "status %d code %d %s\n%" PRIu64 " events of bytes; level 0: %" PRIu64 ", 1: %" PRIu64
            ", 2: %" PRIu64 "\n",
            (int)status, code, error.text, bytes_events, bytes_sum[0], bytes_sum[1], bytes_sum[2]);
    return code;
}
