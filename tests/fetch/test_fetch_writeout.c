/* SPDX-License-Identifier: MIT */
/* --write-out against a real handle and a socket of our own: variables, JSON, streams, what is unknown. */
#include "unit.h"

#include "fetch/writeout.h"

#include "server.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; a=\"b\"\r\nX-A: 1\r\nx-a:  two \r\n"
    "X-Latin: \xe9\x01/\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n";

static struct fixture {
    struct server server;
    CURL *easy;
    char url[64];
    struct ht_writeout about;
} fixture;

static size_t discard(char *bytes, size_t size, size_t count, void *ctx)
{
    (void)bytes, (void)ctx;
    return size * count;
}

static int set_up(void **state)
{
    struct fixture *f = &fixture;
    *state = f;
    server_start(&f->server, answer);
    f->easy = curl_easy_init();
    snprintf(f->url, sizeof f->url, "http://u@127.0.0.1:%d/a/../b?c=d#e", f->server.port);
    curl_easy_setopt(f->easy, CURLOPT_URL, f->url);
    curl_easy_setopt(f->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, discard);
    f->about = (struct ht_writeout){.easy = f->easy,
                                    .code = curl_easy_perform(f->easy),
                                    .url = f->url,
                                    .file_name = "out.txt",
                                    .url_number = 3,
                                    .program = "tool"};
    return f->about.code == CURLE_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    curl_easy_cleanup(f->easy);
    server_stop(&f->server);
    return 0;
}

static size_t read_back(int fd, char *out, size_t size)
{
    ssize_t got = pread(fd, out, size - 1, 0);
    assert_true(got >= 0);
    out[got] = '\0';
    return (size_t)got;
}

/* What `template` writes to one of the standard streams while both lead to files. */
static void run(const char *template, const struct ht_writeout *about, char *out, char *err, size_t size)
{
    FILE *files[2] = {tmpfile(), tmpfile()};
    int saved[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    fflush(stdout);
    dup2(fileno(files[0]), STDOUT_FILENO);
    dup2(fileno(files[1]), STDERR_FILENO);
    ht_writeout_run(template, about);
    dup2(saved[0], STDOUT_FILENO);
    dup2(saved[1], STDERR_FILENO);
    read_back(fileno(files[0]), out, size);
    read_back(fileno(files[1]), err, size);
    for (size_t i = 0; i < 2; i++) {
        close(saved[i]);
        fclose(files[i]);
    }
}

static void expect(const char *template, const char *wanted)
{
    char out[8192], err[8192];
    run(template, &fixture.about, out, err, sizeof out);
    assert_string_equal(out, wanted);
    assert_string_equal(err, "");
}

static void variables_have_their_values(void **state)
{
    (void)state;
    expect("%{http_code} %{response_code} %{http_connect}\\n", "200 200 000\n");
    expect("%{HTTP_Version}|%{method}|%{size_download}|%{exitcode}", "1.1|GET|6|0");
    expect("%{content_type}|%{num_headers}|%{num_connects}", "text/plain; a=\"b\"|6|1");
    expect("%{errormsg}|%{redirect_url}|%{referer}|%{certs}|%{num_certs}", "||||0");
    expect("%{filename_effective}|%{urlnum}|%{num_retries}", "out.txt|3|0");
    expect("%{time_redirect}", "0.000000");
}

static void headers_are_found(void **state)
{
    (void)state;
    expect("%header{X-A}|%header{none}|%header{}", "1||");
    expect("%header{x-a:all:, }", "1, two");
    expect("%header{x-a:all:\\}}", "1}two");
    expect("%header{none:all:,}|", "|");
}

static void parts_of_the_url_are_told(void **state)
{
    char wanted[128];
    (void)state;
    expect("%{url.scheme}|%{url.user}|%{url.password}|%{url.host}|%{url.path}|%{url.query}|%{url.fragment}",
           "http|u||127.0.0.1|/b|c=d|e");
    snprintf(wanted, sizeof wanted, "%d|/b", fixture.server.port);
    expect("%{urle.port}|%{urle.path}", wanted);
}

static void json_is_as_that_of_curl(void **state)
{
    struct ht_sink out = ht_sink(0);
    (void)state;
    ht_writeout_json(&out, &fixture.about, CURL_VERSION_BITS(7, 88, 1));
    const char *text = ht_sink_text(&out);
    assert_ptr_equal(strstr(text,
                            "{\"certs\":\"\",\"content_type\":\"text/plain; a=\\\"b\\\"\",\"errormsg\":null,"
                            "\"exitcode\":0,\"filename_effective\":\"out.txt\","),
                     text);
    assert_non_null(strstr(text, "\"http_connect\":0,\"http_version\":\"1.1\",\"local_ip\":\"127.0.0.1\","));
    assert_non_null(strstr(text, "\"time_redirect\":0.000000,"));
    assert_non_null(strstr(text, ",\"urlnum\":3,\"curl_version\":\"libcurl/"));
    assert_null(strstr(text, "url.host"));
    assert_null(strstr(text, "num_retries"));
    ht_sink_reset(&out);
    ht_writeout_json(&out, &fixture.about, CURL_VERSION_BITS(8, 9, 0));
    assert_non_null(strstr(ht_sink_text(&out), "\"url.fragment\":\"e\",\"url.host\":\"127.0.0.1\","));
    assert_non_null(strstr(ht_sink_text(&out), "\"num_retries\":0,"));
    ht_sink_free(&out);
}

static void header_json_groups_by_name(void **state)
{
    (void)state;
    expect("%{header_json}", "{\"content-type\":[\"text/plain; a=\\\"b\\\"\"],\n\"x-a\":[\"1\",\"two\"],\n"
                             "\"x-latin\":[\"\xe9\\u0001/\"],\n\"content-length\":[\"6\"],\n"
                             "\"connection\":[\"close\"]\n}");
}

static void streams_are_switched(void **state)
{
    char out[512], err[512];
    (void)state;
    run("a%{stderr}b%{nope}c%{stdout}d", &fixture.about, out, err, sizeof out);
    assert_string_equal(out, "ad");
    assert_string_equal(err, "btool: unknown --write-out variable: 'nope'\nc");
}

static void files_are_written_and_appended_to(void **state)
{
    char template[256], name[] = "/tmp/ht-writeout-XXXXXX", text[64];
    int fd = mkstemp(name);
    (void)state;
    assert_true(fd >= 0);
    snprintf(template, sizeof template, "%%output{%s}a%%output{>>%s}b%%output{/nowhere/x}c%%{stdout}", name,
             name);
    expect(template, "");
    read_back(fd, text, sizeof text);
    assert_string_equal(text, "abc");
    close(fd);
    unlink(name);
}

static void onerror_ends_what_went_well(void **state)
{
    char out[512], err[512], expected[512];
    struct ht_writeout failed = fixture.about;
    (void)state;
    expect("a%{onerror}b", "a");
    failed.code = CURLE_COULDNT_CONNECT;
    run("a%{onerror}%{exitcode} %{errormsg}", &failed, out, err, sizeof out);
    snprintf(expected, sizeof expected, "a7 %s", curl_easy_strerror(CURLE_COULDNT_CONNECT));
    assert_string_equal(out, expected);
    failed.error = "no way";
    run("%{errormsg}", &failed, out, err, sizeof out);
    assert_string_equal(out, "no way");
}

static void time_is_utc(void **state)
{
    char out[64], err[64];
    (void)state;
    run("%time{%Y %f %% %Z}", &fixture.about, out, err, sizeof out);
    assert_int_equal(strlen(out), strlen("2026 123456 % GMT"));
    assert_string_equal(out + 11, " % GMT");
    assert_int_equal(strspn(out + 5, "0123456789"), 6);
}

static void table_is_in_order(void **state)
{
    size_t count;
    const struct ht_writeout_variable *rows = ht_writeout_variables(&count);
    (void)state;
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(rows[i - 1].name, rows[i].name) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_have_their_values),
        cmocka_unit_test(headers_are_found),
        cmocka_unit_test(parts_of_the_url_are_told),
        cmocka_unit_test(json_is_as_that_of_curl),
        cmocka_unit_test(header_json_groups_by_name),
        cmocka_unit_test(streams_are_switched),
        cmocka_unit_test(files_are_written_and_appended_to),
        cmocka_unit_test(onerror_ends_what_went_well),
        cmocka_unit_test(time_is_utc),
        cmocka_unit_test(table_is_in_order),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
