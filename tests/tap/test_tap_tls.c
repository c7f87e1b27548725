/* SPDX-License-Identifier: MIT */
/* The tap over TLS: layers, messages, the end of handshakes, the key log, and HTTP/2 streams. */
#include "unit.h"

#include "jobs.h"
#include "seen.h"
#include "server.h"
#include "tls_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct tls_identity identity;
static struct seen seen;
static char url[64];

static void answer(SSL *ssl)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    char request[4096];
    if (SSL_read(ssl, request, sizeof request) > 0)
        SSL_write(ssl, text, (int)strlen(text));
}

static void answer_never(SSL *ssl)
{
    (void)ssl;
}

static int make_identity(void **state)
{
    (void)state;
    identity = tls_identity_new();
    return 0;
}

static int drop_identity(void **state)
{
    (void)state;
    tls_identity_free(&identity);
    return 0;
}

static int get(struct server server, bool trusted, bool callbacks_only)
{
    int code = -1;
    struct ht_error error = {0};
    struct ht_setting settings[] = {
        {"HTTP_VERSION", HT_SETTING_SYMBOL, 0, "CURL_HTTP_VERSION_1_1", "--http1.1", false},
        {"CAINFO_BLOB", HT_SETTING_BLOB, (int64_t)strlen(identity.pem), identity.pem, "--cacert", false}};
    struct test_job job = {
        .url = url, .settings = settings, .setting_count = trusted ? 2 : 1, .method = "GET"};
    struct ht_tap_options options = test_options(&job, 1);
    options.callbacks_only = callbacks_only;
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", server.port);
    assert_int_equal(seen_run(&seen, options, &code, &error), HT_OK);
    return code;
}

/* The first TLS message of this handshake type and direction, or NULL. */
static const struct seen_event *message(int type, enum ht_dir dir)
{
    for (size_t i = 0; i < seen.count; i++) {
        const struct seen_event *at = &seen.at[i];
        if (at->raw.kind == HT_RAW_TLS_MESSAGE && at->raw.u.tls_message.content_type == 22 &&
            at->raw.dir == dir && at->text[0] == type)
            return at;
    }
    return NULL;
}

static bool keylog_has(const char *label)
{
    const struct seen_event *at;
    for (size_t i = 0; (at = seen_nth(&seen, HT_RAW_KEYLOG, i)) != NULL; i++)
        if (strncmp(at->text, label, strlen(label)) == 0)
            return true;
    return false;
}

static void tls13_gives_all_events(void **state)
{
    (void)state;
    struct tls_service service = {&identity, TLS1_3_VERSION, answer};
    struct server server = server_start(tls_serve, &service);
    char text[512];
    assert_int_equal(get(server, true, false), 0);
    server_stop(&server);
    assert_int_equal(seen_count(&seen, HT_RAW_TLS_BEGIN), 1);
    assert_int_equal(seen_nth(&seen, HT_RAW_TLS_BEGIN, 0)->raw.level, 1);
    assert_int_equal(seen_nth(&seen, HT_RAW_TLS_BEGIN, 0)->raw.socket, 0);
    assert_non_null(message(1, HT_DIR_OUT)); /* ClientHello */
    assert_non_null(message(2, HT_DIR_IN));  /* ServerHello */
    assert_non_null(message(8, HT_DIR_IN));  /* EncryptedExtensions */
    assert_non_null(message(11, HT_DIR_IN)); /* Certificate */
    assert_non_null(message(20, HT_DIR_IN)); /* Finished */
    assert_non_null(message(20, HT_DIR_OUT));
    assert_true(seen_index(&seen, HT_RAW_TLS_BEGIN) < seen_index(&seen, HT_RAW_TLS_MESSAGE));
    assert_true(seen_index(&seen, HT_RAW_TLS_MESSAGE) < seen_index(&seen, HT_RAW_BYTES));
    const struct seen_event *end = seen_nth(&seen, HT_RAW_TLS_END, 0);
    assert_true(end->raw.u.tls_end.ok);
    assert_int_equal(end->raw.u.tls_end.version, 0x0304);
    assert_int_equal(strncmp(end->text, "TLS_", 4), 0);
    assert_true(end->raw.u.tls_end.verified_chain);
    assert_true(end->raw.bytes.len > 100); /* the anchor */
    assert_true(end->raw.u.tls_end.group.len > 0);
    assert_int_equal(seen_count(&seen, HT_RAW_TLS_END), 1);
    assert_true(keylog_has("CLIENT_TRAFFIC_SECRET_0 "));
    seen_bytes(&seen, 1, HT_DIR_OUT, text, sizeof text);
    assert_int_equal(strncmp(text, "GET / HTTP/1.1\r\n", 16), 0);
    seen_bytes(&seen, 1, HT_DIR_IN, text, sizeof text);
    assert_string_equal(text, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
}

static void tls12_gives_all_events(void **state)
{
    (void)state;
    struct tls_service service = {&identity, TLS1_2_VERSION, answer};
    struct server server = server_start(tls_serve, &service);
    assert_int_equal(get(server, true, false), 0);
    server_stop(&server);
    const struct seen_event *end = seen_nth(&seen, HT_RAW_TLS_END, 0);
    assert_true(end->raw.u.tls_end.ok);
    assert_int_equal(end->raw.u.tls_end.version, 0x0303);
    assert_non_null(message(12, HT_DIR_IN)); /* ServerKeyExchange */
    assert_true(keylog_has("CLIENT_RANDOM "));
}

static void untrusted_certificate_is_told(void **state)
{
    (void)state;
    struct tls_service service = {&identity, TLS1_3_VERSION, answer};
    struct server server = server_start(tls_serve, &service);
    assert_int_equal(get(server, false, false), 60);
    server_stop(&server);
    const struct seen_event *end = seen_nth(&seen, HT_RAW_TLS_END, 0);
    assert_int_equal(end->raw.u.tls_end.verify_result, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    assert_true(end->raw.u.tls_end.verify_text.len > 0);
    assert_false(end->raw.u.tls_end.verified_chain);
    if (end->raw.u.tls_end.ok)
        return; /* newer libcurl lets the handshake end, then asks for the result */
    assert_int_equal(end->raw.u.tls_end.version, 0);
    assert_string_equal(end->text, "certificate verify failed");
    assert_true(end->raw.u.tls_end.openssl_error != 0);
}

static void close_during_handshake(int fd, void *ctx)
{
    char hello[2048];
    (void)ctx;
    if (read(fd, hello, sizeof hello) < 0)
        _exit(1);
}

static void closed_handshake_is_told(void **state)
{
    (void)state;
    struct server server = server_start(close_during_handshake, NULL);
    assert_int_equal(get(server, true, false), 35);
    server_stop(&server);
    const struct seen_event *end = seen_nth(&seen, HT_RAW_TLS_END, 0);
    assert_false(end->raw.u.tls_end.ok);
    assert_true(end->len > 0);
    assert_non_null(message(1, HT_DIR_OUT));
    assert_true(seen_nth(&seen, HT_RAW_SOCKET_CLOSE, 0)->raw.u.socket_close.peer_closed);
}

static void hang_during_handshake(int fd, void *ctx)
{
    (void)fd;
    (void)ctx;
    pause();
}

static void unfinished_handshake_ends_before_its_socket(void **state)
{
    (void)state;
    struct server server = server_start(hang_during_handshake, NULL);
    int code = -1;
    struct ht_error error = {0};
    struct ht_setting setting = {"TIMEOUT_MS", HT_SETTING_LONG, 200, NULL, "-m", false};
    struct test_job job = {.url = url, .settings = &setting, .setting_count = 1, .method = "GET"};
    struct ht_tap_options options = test_options(&job, 1);
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", server.port);
    assert_int_equal(seen_run(&seen, options, &code, &error), HT_OK);
    server_stop(&server);
    assert_int_equal(code, 28);
    assert_int_equal(seen_count(&seen, HT_RAW_TLS_END), 1);
    assert_string_equal(seen_nth(&seen, HT_RAW_TLS_END, 0)->text, "the handshake was not finished");
    assert_true(seen_index(&seen, HT_RAW_TLS_END) < seen_index(&seen, HT_RAW_SOCKET_CLOSE));
}

static void empty_answer_has_a_whole_handshake(void **state)
{
    (void)state;
    struct tls_service service = {&identity, TLS1_3_VERSION, answer_never};
    struct server server = server_start(tls_serve, &service);
    assert_int_not_equal(get(server, true, false), 0);
    server_stop(&server);
    assert_true(seen_nth(&seen, HT_RAW_TLS_END, 0)->raw.u.tls_end.ok);
    assert_int_equal(seen_count(&seen, HT_RAW_PREREQ), 1);
}

static void https_proxy_is_the_layer_below(void **state)
{
    (void)state;
    struct tls_service service = {&identity, TLS1_3_VERSION, answer};
    struct server server = server_start(tls_serve_proxy, &service);
    int code = -1;
    char proxy[64];
    char text[512];
    struct ht_error error = {0};
    struct ht_setting settings[] = {
        {"PROXY", HT_SETTING_TEXT, 0, proxy, "-x", false},
        {"PROXY_CAINFO_BLOB", HT_SETTING_BLOB, (int64_t)strlen(identity.pem), identity.pem, "--proxy-cacert",
         false},
        {"CAINFO_BLOB", HT_SETTING_BLOB, (int64_t)strlen(identity.pem), identity.pem, "--cacert", false},
        {"HTTP_VERSION", HT_SETTING_SYMBOL, 0, "CURL_HTTP_VERSION_1_1", "--http1.1", false}};
    struct test_job job = {.url = "https://localhost:1/", .settings = settings, .setting_count = 4};
    struct ht_tap_options options = test_options(&job, 1);
    snprintf(proxy, sizeof proxy, "https://127.0.0.1:%d", server.port);
    assert_int_equal(seen_run(&seen, options, &code, &error), HT_OK);
    server_stop(&server);
    assert_int_equal(code, 0);
    assert_int_equal(seen_count(&seen, HT_RAW_TLS_BEGIN), 2);
    assert_int_equal(seen_nth(&seen, HT_RAW_TLS_BEGIN, 0)->raw.level, 1);
    assert_int_equal(seen_nth(&seen, HT_RAW_TLS_BEGIN, 1)->raw.level, 2);
    assert_int_equal(seen_nth(&seen, HT_RAW_TLS_END, 1)->raw.level, 2);
    assert_true(seen_nth(&seen, HT_RAW_TLS_END, 1)->raw.u.tls_end.ok);
    seen_bytes(&seen, 2, HT_DIR_OUT, text, sizeof text);
    assert_int_equal(strncmp(text, "GET / HTTP/1.1\r\n", 16), 0);
    assert_int_equal(strncmp(seen_first_bytes(&seen, 1, HT_DIR_OUT), "CONNECT localhost:1 ", 20), 0);
}

/* A child that is nghttpd without TLS, or pid -1 where there is none. */
static struct server start_nghttpd(void)
{
    struct server server = {-1, server_free_port()};
    char port[16];
    if (system("command -v nghttpd >/dev/null 2>&1") != 0)
        return server;
    snprintf(port, sizeof port, "%d", server.port);
    server.pid = fork();
    assert_true(server.pid >= 0);
    if (server.pid == 0) {
        execlp("nghttpd", "nghttpd", "--no-tls", "-a", "127.0.0.1", port, (char *)NULL);
        _exit(127);
    }
    return server;
}

static void h2_stream_has_its_transfer(void **state)
{
    (void)state;
    struct server server = start_nghttpd();
    if (server.pid < 0) {
        print_message("no nghttpd in PATH\n");
        skip();
    }
    int code = -1;
    char text[1024];
    struct ht_error error = {0};
    struct ht_setting settings[] = {{"HTTP_VERSION", HT_SETTING_SYMBOL, 0,
                                     "CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE", "--http2-prior-knowledge",
                                     false}};
    struct test_job job = {.url = url, .settings = settings, .setting_count = 1, .method = "GET"};
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", server.port);
    for (int i = 0; i < 50 && code != 0; i++) { /* until it listens */
        usleep(100000);
        assert_int_equal(seen_run(&seen, test_options(&job, 1), &code, &error), HT_OK);
    }
    server_stop(&server);
    assert_int_equal(code, 0);
    assert_int_equal(seen_count(&seen, HT_RAW_STREAM), 1);
    const struct seen_event *stream = seen_nth(&seen, HT_RAW_STREAM, 0);
    assert_int_equal(stream->raw.u.stream.stream, 1);
    assert_int_equal(stream->raw.transfer, 0);
    assert_int_equal(stream->raw.socket, 0);
    assert_true(seen_index(&seen, HT_RAW_PREREQ) < seen_index(&seen, HT_RAW_STREAM));
    seen_bytes(&seen, 0, HT_DIR_OUT, text, sizeof text);
    assert_int_equal(strncmp(text, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24), 0);
}

static void keylog_file_is_still_written(void **state)
{
    (void)state;
    char path[] = "/tmp/httptrace-keys.XXXXXX";
    char text[4096];
    struct tls_service service = {&identity, TLS1_3_VERSION, answer};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    struct server server = server_start(tls_serve, &service);
    setenv("SSLKEYLOGFILE", path, 1);
    assert_int_equal(get(server, true, false), 0);
    unsetenv("SSLKEYLOGFILE");
    server_stop(&server);
    ssize_t len = read(fd, text, sizeof text - 1);
    close(fd);
    unlink(path);
    assert_true(keylog_has("CLIENT_TRAFFIC_SECRET_0 "));
    assert_true(len > 0);
    text[len] = '\0';
    assert_non_null(strstr(text, "CLIENT_TRAFFIC_SECRET_0 "));
}

static void callbacks_alone_tell_messages(void **state)
{
    (void)state;
    struct tls_service service = {&identity, TLS1_3_VERSION, answer};
    struct server server = server_start(tls_serve, &service);
    char text[512];
    assert_int_equal(get(server, true, true), 0);
    server_stop(&server);
    assert_string_equal(seen.at[0].text, "callbacks");
    assert_int_equal(seen_count(&seen, HT_RAW_TLS_BEGIN), 1);
    assert_non_null(message(1, HT_DIR_OUT));
    assert_non_null(message(11, HT_DIR_IN));
    const struct seen_event *end = seen_nth(&seen, HT_RAW_TLS_END, 0);
    assert_non_null(end);
    assert_true(end->raw.u.tls_end.ok);
    seen_bytes(&seen, 1, HT_DIR_IN, text, sizeof text);
    assert_int_equal(strncmp(text, "HTTP/1.1 200 OK\r\n", 17), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls13_gives_all_events),
        cmocka_unit_test(tls12_gives_all_events),
        cmocka_unit_test(untrusted_certificate_is_told),
        cmocka_unit_test(closed_handshake_is_told),
        cmocka_unit_test(unfinished_handshake_ends_before_its_socket),
        cmocka_unit_test(empty_answer_has_a_whole_handshake),
        cmocka_unit_test(https_proxy_is_the_layer_below),
        cmocka_unit_test(h2_stream_has_its_transfer),
        cmocka_unit_test(keylog_file_is_still_written),
        cmocka_unit_test(callbacks_alone_tell_messages),
    };
    return cmocka_run_group_tests(tests, make_identity, drop_identity);
}
