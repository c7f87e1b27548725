/* SPDX-License-Identifier: MIT */
/* The tap over cleartext HTTP/1.1, against a server in a child process: which events come, in which order. */
#include "unit.h"

#include "jobs.h"
#include "seen.h"
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct server server;
static struct seen seen;
static char url[128];

static void reply(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) < 0)
        _exit(1);
}

/* The head of the next request, and as much of its body as came with it; false at the end. */
static bool read_request(int fd, char *out, size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    while (strstr(out, "\r\n\r\n") == NULL && len + 1 < size) {
        ssize_t got = read(fd, out + len, size - 1 - len);
        if (got <= 0)
            return false;
        len += (size_t)got;
        out[len] = '\0';
    }
    return true;
}

static void reset(int fd)
{
    struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void serve(int fd, void *ctx)
{
    char request[4096];
    (void)ctx;
    while (read_request(fd, request, sizeof request)) {
        const char *path = strchr(request, ' ') + 1;
        if (strncmp(path, "/redirect", 9) == 0) {
            reply(fd, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
        } else if (strncmp(path, "/reset", 6) == 0) {
            reset(fd);
            return;
        } else if (strncmp(path, "/hang", 5) == 0) {
            pause();
        } else if (strncmp(path, "/cut", 4) == 0) {
            reply(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            return;
        } else {
            reply(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        }
    }
}

static int start_server(void **state)
{
    (void)state;
    server = server_start(serve, NULL);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    server_stop(&server);
    return 0;
}

static struct test_job job_for(const char *path)
{
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", server.port, path);
    return (struct test_job){.url = url, .method = "GET"};
}

static int run_job(const struct test_job *job, bool callbacks_only)
{
    int code = -1;
    struct ht_error error = {0};
    struct ht_tap_options options = test_options(job, 1);
    options.callbacks_only = callbacks_only;
    assert_int_equal(seen_run(&seen, options, &code, &error), HT_OK);
    return code;
}

static void assert_order(const enum ht_raw_kind *kinds, size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < seen.count && at < count; i++)
        if (seen.at[i].raw.kind == kinds[at])
            at++;
    assert_int_equal(at, count);
}

static void get_gives_all_events(void **state)
{
    (void)state;
    static const enum ht_raw_kind order[] = {HT_RAW_RUN_START,    HT_RAW_TRANSFER_START, HT_RAW_SOCKET_OPEN,
                                             HT_RAW_CONNECT,      HT_RAW_TCP_INFO,       HT_RAW_PREREQ,
                                             HT_RAW_BYTES,        HT_RAW_BYTES,          HT_RAW_TRANSFER_END,
                                             HT_RAW_SOCKET_CLOSE, HT_RAW_RUN_END};
    char text[512];
    struct test_job job = job_for("/ok");
    assert_int_equal(run_job(&job, false), 0);
    assert_order(order, sizeof order / sizeof *order);
    assert_string_equal(seen.at[0].text, "full");
    seen_bytes(&seen, 0, HT_DIR_OUT, text, sizeof text);
    assert_int_equal(strncmp(text, "GET /ok HTTP/1.1\r\nHost: 127.0.0.1:", 34), 0);
    seen_bytes(&seen, 0, HT_DIR_IN, text, sizeof text);
    assert_string_equal(text, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    const struct seen_event *open = seen_nth(&seen, HT_RAW_SOCKET_OPEN, 0);
    assert_string_equal(open->text, "127.0.0.1");
    assert_int_equal(open->raw.u.socket_open.port, server.port);
    assert_int_equal(open->raw.u.socket_open.family, AF_INET);
    const struct seen_event *end = seen_nth(&seen, HT_RAW_TRANSFER_END, 0);
    assert_int_equal(end->raw.u.transfer_end.http_status, 200);
    assert_int_equal(end->raw.u.transfer_end.curl_code, 0);
    assert_int_equal(end->len, 0);
    assert_true(end->raw.u.transfer_end.times.total_us > 0);
    assert_int_equal(seen_nth(&seen, HT_RAW_PREREQ, 0)->raw.socket, 0);
}

static void connect_ends_with_the_local_address(void **state)
{
    (void)state;
    struct test_job job = job_for("/ok");
    assert_int_equal(run_job(&job, false), 0);
    const struct seen_event *last = seen_nth(&seen, HT_RAW_CONNECT, seen_count(&seen, HT_RAW_CONNECT) - 1);
    assert_int_equal(last->raw.u.connect.error, 0);
    assert_string_equal(last->text, "127.0.0.1");
    assert_true(last->raw.u.connect.local_port > 0);
    const struct seen_event *sample = seen_sample(&seen, HT_SAMPLE_CONNECTED);
    assert_non_null(sample);
    assert_int_equal(sample->raw.u.tcp_info.sample.state, 1); /* TCP_ESTABLISHED */
    assert_true(sample->raw.u.tcp_info.sample.rtt_us >= 0);
    assert_non_null(seen_sample(&seen, HT_SAMPLE_FIRST_BYTE));
    assert_non_null(seen_sample(&seen, HT_SAMPLE_TRANSFER_END));
    assert_non_null(seen_sample(&seen, HT_SAMPLE_CLOSE));
}

static void refused_port_is_told(void **state)
{
    (void)state;
    struct test_job job = {.url = url, .method = "GET"};
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", server_free_port());
    assert_int_equal(run_job(&job, false), 7);
    const struct seen_event *last = seen_nth(&seen, HT_RAW_CONNECT, seen_count(&seen, HT_RAW_CONNECT) - 1);
    assert_int_equal(last->raw.u.connect.error, ECONNREFUSED);
    assert_int_equal(seen_count(&seen, HT_RAW_BYTES), 0);
    assert_false(seen_nth(&seen, HT_RAW_SOCKET_CLOSE, 0)->raw.u.socket_close.peer_closed);
    assert_true(seen_nth(&seen, HT_RAW_TRANSFER_END, 0)->len > 0);
}

static void redirect_is_one_transfer(void **state)
{
    (void)state;
    static const struct ht_setting follow = {"FOLLOWLOCATION", HT_SETTING_LONG, 1, NULL, "-L", false};
    struct test_job job = job_for("/redirect");
    job.settings = &follow;
    job.setting_count = 1;
    assert_int_equal(run_job(&job, false), 0);
    assert_int_equal(seen_count(&seen, HT_RAW_TRANSFER_START), 1);
    assert_int_equal(seen_count(&seen, HT_RAW_PREREQ), 2);
    assert_int_equal(seen_count(&seen, HT_RAW_SOCKET_OPEN), 1);
}

static void second_url_reuses_the_connection(void **state)
{
    (void)state;
    int code = -1;
    struct ht_error error = {0};
    struct test_job jobs[2] = {job_for("/ok"), job_for("/ok")};
    struct ht_tap_options options = test_options(jobs, 2);
    assert_int_equal(seen_run(&seen, options, &code, &error), HT_OK);
    assert_int_equal(seen_count(&seen, HT_RAW_TRANSFER_END), 2);
    assert_int_equal(seen_count(&seen, HT_RAW_SOCKET_OPEN), 1);
    assert_int_equal(seen_nth(&seen, HT_RAW_PREREQ, 1)->raw.transfer, 1);
    assert_int_equal(seen_nth(&seen, HT_RAW_PREREQ, 1)->raw.socket, 0);
}

/* Where only failures are looked at, the end of a success takes no sample; texts are told where wanted. */
static void what_nobody_takes_is_left_out(void **state)
{
    (void)state;
    for (int lean = 0; lean < 2; lean++) {
        int code = -1;
        struct test_job job = job_for("/ok");
        struct ht_tap_options options = test_options(&job, 1);
        options.failures_only = lean;
        options.texts = !lean;
        assert_int_equal(seen_run(&seen, options, &code, NULL), HT_OK);
        assert_int_equal(seen_sample(&seen, HT_SAMPLE_TRANSFER_END) != NULL, !lean);
        assert_int_equal(seen_count(&seen, HT_RAW_TEXT) > 0, !lean);
    }
}

static void post_sends_its_blob(void **state)
{
    (void)state;
    static const struct ht_setting settings[] = {
        {"COPYPOSTFIELDS", HT_SETTING_BLOB, 5, "a=\0=b", "-d", false},
        {"HTTPHEADER", HT_SETTING_LIST, 0, "X-One: 1", "-H", false},
        {"HTTPHEADER", HT_SETTING_LIST, 0, "X-Two: 2", "-H", false},
    };
    char text[1024];
    struct test_job job = job_for("/ok");
    job.settings = settings;
    job.setting_count = 3;
    job.method = "POST";
    assert_int_equal(run_job(&job, false), 0);
    seen_bytes(&seen, 0, HT_DIR_OUT, text, sizeof text);
    assert_int_equal(strncmp(text, "POST /ok ", 9), 0);
    assert_non_null(strstr(text, "X-One: 1\r\nX-Two: 2\r\n"));
    const char *body = strstr(text, "\r\n\r\n");
    assert_non_null(body);
    assert_memory_equal(body + 4, "a=\0=b", 5);
}

static void reset_is_told(void **state)
{
    (void)state;
    struct test_job job = job_for("/reset");
    assert_int_equal(run_job(&job, false), 56);
    const struct seen_event *closed = seen_nth(&seen, HT_RAW_SOCKET_CLOSE, 0);
    assert_true(closed->raw.u.socket_close.reset);
    assert_int_equal(closed->raw.u.socket_close.error, ECONNRESET);
    assert_false(closed->raw.u.socket_close.peer_closed);
}

static void early_end_is_told(void **state)
{
    (void)state;
    struct test_job job = job_for("/cut");
    assert_int_equal(run_job(&job, false), 18);
    const struct seen_event *closed = seen_nth(&seen, HT_RAW_SOCKET_CLOSE, 0);
    assert_true(closed->raw.u.socket_close.peer_closed);
    assert_false(closed->raw.u.socket_close.reset);
}

static void unix_socket_is_told_by_its_path(void **state)
{
    (void)state;
    char path[64] = "/tmp/httptrace-tap.XXXXXX";
    assert_non_null(mkdtemp(path));
    char file[80];
    snprintf(file, sizeof file, "%s/s", path);
    struct server other = server_start_unix(file, serve, NULL);
    struct ht_setting setting = {"UNIX_SOCKET_PATH", HT_SETTING_TEXT, 0, file, "--unix-socket", false};
    struct test_job job = {
        .url = "http://localhost/ok", .settings = &setting, .setting_count = 1, .method = "GET"};
    assert_int_equal(run_job(&job, false), 0);
    assert_string_equal(seen_nth(&seen, HT_RAW_SOCKET_OPEN, 0)->text, file);
    assert_int_equal(seen_nth(&seen, HT_RAW_PREREQ, 0)->raw.socket, 0);
    assert_int_equal(seen_nth(&seen, HT_RAW_CONNECT, 0)->raw.u.connect.error, 0);
    assert_null(seen_sample(&seen, HT_SAMPLE_CLOSE));
    server_stop(&other);
    unlink(file);
    rmdir(path);
}

static void stop_flag_ends_the_run(void **state)
{
    (void)state;
    static const volatile sig_atomic_t set = 1;
    int code = -1;
    struct ht_error error = {0};
    struct test_job jobs[2] = {job_for("/hang"), job_for("/hang")};
    struct ht_tap_options options = test_options(jobs, 2);
    options.stop = &set;
    assert_int_equal(seen_run(&seen, options, &code, &error), HT_OK);
    assert_int_equal(seen_count(&seen, HT_RAW_TRANSFER_START), 0);
    assert_int_equal(code, 42);
}

static volatile sig_atomic_t stop_now;

static void stop_at_request(void *ctx, const struct ht_raw *raw)
{
    seen_take(ctx, raw);
    if (raw->kind == HT_RAW_BYTES && raw->dir == HT_DIR_OUT)
        stop_now = 1;
}

static void stop_flag_interrupts_a_transfer(void **state)
{
    (void)state;
    int code = -1;
    struct ht_error error = {0};
    struct test_job jobs[2] = {job_for("/hang"), job_for("/hang")};
    struct ht_tap_options options = test_options(jobs, 2);
    options.stop = &stop_now;
    options.sink = (struct ht_raw_sink){stop_at_request, &seen};
    options.tool_version = "0";
    seen.count = 0;
    stop_now = 0;
    assert_int_equal(ht_tap_run(&options, &code, &error), HT_OK);
    assert_int_equal(code, 42);
    assert_int_equal(seen_count(&seen, HT_RAW_TRANSFER_END), 1);
    assert_string_equal(seen_nth(&seen, HT_RAW_TRANSFER_END, 0)->text, "interrupted");
    assert_int_equal(seen_count(&seen, HT_RAW_SOCKET_CLOSE), 1);
    assert_int_equal(seen.at[seen.count - 1].raw.kind, HT_RAW_RUN_END);
}

static void usage_error_makes_no_event(void **state)
{
    (void)state;
    static const struct ht_setting unknown = {"NO_SUCH", HT_SETTING_LONG, 1, NULL, "--no-such", false};
    int code = -1;
    struct ht_error error = {0};
    struct test_job jobs[2] = {job_for("/ok"), job_for("/ok")};
    jobs[1].settings = &unknown;
    jobs[1].setting_count = 1;
    struct ht_tap_options options = test_options(jobs, 2);
    assert_int_equal(seen_run(&seen, options, &code, &error), HT_ERR_USAGE);
    assert_non_null(strstr(error.text, "--no-such"));
    assert_int_equal(seen.count, 0);
}

static void full_output_ends_with_23(void **state)
{
    (void)state;
    int code = -1;
    struct ht_error error = {0};
    struct test_job job = job_for("/ok");
    struct ht_tap_options options = test_options(&job, 1);
    job.output = "/dev/full";
    assert_int_equal(seen_run(&seen, options, &code, &error), HT_ERR_IO);
    assert_int_equal(code, 23);
    assert_string_equal(error.text, "cannot write /dev/full: No space left on device");
}

static void callbacks_alone_give_what_they_can(void **state)
{
    (void)state;
    char text[512];
    struct test_job job = job_for("/ok");
    assert_int_equal(run_job(&job, true), 0);
    assert_string_equal(seen.at[0].text, "callbacks");
    seen_bytes(&seen, 0, HT_DIR_OUT, text, sizeof text);
    assert_int_equal(strncmp(text, "GET /ok HTTP/1.1\r\n", 18), 0);
    seen_bytes(&seen, 0, HT_DIR_IN, text, sizeof text);
    assert_string_equal(text, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    assert_int_equal(seen_nth(&seen, HT_RAW_CONNECT, 0)->raw.u.connect.error, 0);
}

static void name_is_looked_up(void **state)
{
    (void)state;
    struct test_job job = {.url = "http://no-such-host.invalid/", .method = "GET"};
    int code = run_job(&job, false);
    assert_int_equal(code, 6);
    const struct seen_event *lookup = seen_nth(&seen, HT_RAW_LOOKUP, 0);
    if (lookup == NULL)
        skip(); /* a libcurl that resolves by itself */
    assert_int_equal(lookup->raw.transfer, 0);
    assert_int_not_equal(lookup->raw.u.lookup.error, 0);
    assert_true(seen_index(&seen, HT_RAW_RESOLVE_START) < seen_index(&seen, HT_RAW_LOOKUP));
    assert_true(seen_index(&seen, HT_RAW_LOOKUP) < seen_index(&seen, HT_RAW_TRANSFER_END));
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start_server, stop_server)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(get_gives_all_events),
        WITH_SERVER(connect_ends_with_the_local_address),
        cmocka_unit_test(refused_port_is_told),
        WITH_SERVER(redirect_is_one_transfer),
        WITH_SERVER(second_url_reuses_the_connection),
        WITH_SERVER(what_nobody_takes_is_left_out),
        WITH_SERVER(post_sends_its_blob),
        WITH_SERVER(reset_is_told),
        WITH_SERVER(early_end_is_told),
        cmocka_unit_test(unix_socket_is_told_by_its_path),
        WITH_SERVER(stop_flag_ends_the_run),
        WITH_SERVER(stop_flag_interrupts_a_transfer),
        WITH_SERVER(usage_error_makes_no_event),
        WITH_SERVER(full_output_ends_with_23),
        WITH_SERVER(callbacks_alone_give_what_they_can),
        cmocka_unit_test(name_is_looked_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
