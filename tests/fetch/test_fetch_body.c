/* SPDX-License-Identifier: MIT */
/* Bodies that are sent: which forms and uploads libcurl takes, what is said of the others, and dates. */
#include "unit.h"

#include "fetch/date.h"
#include "fetch/form.h"
#include "fetch/upload.h"
#include "fetch/url.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int set(const struct ht_form_part *parts, struct ht_error *error)
{
    CURL *easy = curl_easy_init();
    struct ht_form_body body;
    assert_non_null(easy);
    enum ht_status status = ht_form_body_set(&body, easy, parts, error);
    curl_easy_cleanup(easy);
    ht_form_body_clear(&body);
    return status == HT_OK ? 0 : error->exit_code;
}

static void forms_are_taken(void **state)
{
    (void)state;
    struct ht_error error = {0};
    static const char *const headers[] = {"X-A: 1", "X-B: 2"};
    struct ht_form_input input = {.bytes = "hello", .size_bytes = 5};
    struct ht_form_part inner = {.kind = HT_PART_CONTENTS, .data = "-", .input = &input};
    struct ht_form_part multiple = {.kind = HT_PART_MULTIPLE, .name = "m", .parts = &inner};
    struct ht_form_part file = {
        .next = &multiple, .kind = HT_PART_FILE, .data = "/dev/null", .encoder = "base64", .name = "f"};
    struct ht_form_part text = {
        .next = &file, .kind = HT_PART_TEXT, .data = "x", .headers = headers, .header_count = 2};
    assert_int_equal(set(NULL, &error), 0);
    assert_int_equal(set(&text, &error), 0);
}

static void what_cannot_be_sent_is_said(void **state)
{
    (void)state;
    struct ht_error error = {0};
    struct ht_form_part missing = {.kind = HT_PART_FILE, .data = "/nonexistent/f"};
    struct ht_form_part multiple = {.kind = HT_PART_MULTIPLE, .parts = &missing};
    struct ht_form_part encoded = {.kind = HT_PART_TEXT, .data = "x", .encoder = "rot13"};
    assert_int_equal(set(&multiple, &error), CURLE_READ_ERROR);
    assert_string_equal(error.text, "option -F: /nonexistent/f: No such file or directory");
    assert_int_equal(set(&encoded, &error), CURLE_BAD_FUNCTION_ARGUMENT);
    assert_string_equal(error.text, "option -F: no such encoder: rot13");
}

static enum ht_status open_upload(const char *path, struct ht_upload *upload, struct ht_error *error)
{
    struct ht_operation operation = {0};
    struct ht_job job = {.operation = &operation, .upload = path};
    CURL *easy = curl_easy_init();
    assert_non_null(easy);
    ht_upload_set(upload, easy, &job);
    enum ht_status status = ht_upload_open(upload, &job, error);
    curl_easy_cleanup(easy);
    return status;
}

static void uploads_are_opened(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool opens, is_own;
    } rows[] = {{NULL, false, false}, {"", false, false},        {"-", true, false},
                {".", true, false},   {"/dev/null", true, true}, {"/", true, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_upload upload;
        struct ht_error error = {0};
        assert_int_equal(open_upload(rows[i].path, &upload, &error), HT_OK);
        assert_int_equal(upload.fd >= 0, rows[i].opens);
        assert_int_equal(upload.is_own, rows[i].is_own);
        assert_int_equal(ht_upload_waits_for(&upload), -1);
        int fd = upload.fd;
        ht_upload_close(&upload);
        assert_int_equal(upload.fd, -1);
        if (rows[i].opens)
            assert_int_equal(fcntl(fd, F_GETFD) >= 0, !rows[i].is_own);
    }
}

static void what_cannot_be_uploaded_is_said(void **state)
{
    (void)state;
    struct ht_upload upload;
    struct ht_error error = {0};
    assert_int_equal(open_upload("/nonexistent/f", &upload, &error), HT_ERR_IO);
    assert_int_equal(error.exit_code, CURLE_READ_ERROR);
    assert_string_equal(error.text, "option -T: /nonexistent/f: No such file or directory");
}

static void uploads_name_a_url_that_names_no_file(void **state)
{
    (void)state;
    static const char *const rows[][3] = {{"h", "d/a b", "http://h/a%20b"},
                                          {"h/x/", "f", "http://h/x/f"},
                                          {"h/?q=1", "f", "http://h/f?q=1"},
                                          {"h/x", "f", NULL},
                                          {"h/x?y/", "f", NULL},
                                          {"h/", "-", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_operation operation = {0};
        char text[16];
        snprintf(text, sizeof text, "%s", rows[i][0]);
        struct ht_job job = {.operation = &operation, .url = text, .upload = rows[i][1]};
        char *url = ht_fetch_url(&job);
        if (rows[i][2])
            assert_string_equal(url, rows[i][2]);
        else
            assert_null(url);
        curl_free(url);
    }
}

static void dates_are_read(void **state)
{
    (void)state;
    int64_t time_s = 0;
    assert_true(ht_fetch_date("Tue, 01 Jan 2019 00:00:00 GMT", &time_s));
    assert_int_equal(time_s, 1546300800);
    assert_true(ht_fetch_date("20190101", &time_s));
    assert_int_equal(time_s, 1546300800);
    assert_false(ht_fetch_date("neither", &time_s));
    assert_false(ht_fetch_date("", &time_s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_taken),    cmocka_unit_test(what_cannot_be_sent_is_said),
        cmocka_unit_test(uploads_are_opened), cmocka_unit_test(what_cannot_be_uploaded_is_said),
        cmocka_unit_test(dates_are_read),     cmocka_unit_test(uploads_name_a_url_that_names_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
