/* SPDX-License-Identifier: MIT */
/* Settings by name: types, lists, bits, and what is said of those that this libcurl lacks or refuses. */
#include "unit.h"

#include "fetch/plans.h"
#include "fetch/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The plan is the caller's to clear; its settings outlive it, the operation does not. */
static enum ht_status apply(const struct ht_setting *settings, size_t count, struct ht_setting_plan *plan,
                            struct ht_error *error)
{
    struct ht_operation operation = {.settings = settings, .setting_count = count};
    enum ht_status status = ht_setting_plan_make(plan, &operation, error);
    CURL *easy = curl_easy_init();
    assert_non_null(easy);
    if (status == HT_OK)
        status = ht_settings_apply(easy, plan, error);
    curl_easy_cleanup(easy);
    return status;
}

static enum ht_status apply_one(struct ht_setting setting, struct ht_error *error)
{
    struct ht_setting_plan plan;
    enum ht_status status = apply(&setting, 1, &plan, error);
    ht_setting_plan_clear(&plan);
    return status;
}

static void every_type_is_taken(void **state)
{
    (void)state;
    static const struct ht_setting settings[] = {
        {"TIMEOUT_MS", HT_SETTING_LONG, 1500, NULL, "--max-time", false},
        {"MAX_RECV_SPEED_LARGE", HT_SETTING_OFFSET, INT64_C(5000000000), NULL, "--limit-rate", false},
        {"USERAGENT", HT_SETTING_TEXT, 0, "x/1", "-A", false},
        {"HTTPHEADER", HT_SETTING_LIST, 0, "A: 1", "-H", false},
        {"HTTP_VERSION", HT_SETTING_SYMBOL, 0, "CURL_HTTP_VERSION_1_1", "--http1.1", false},
        {"HTTPAUTH", HT_SETTING_BITS, 0, "CURLAUTH_BASIC", "--basic", false},
        {"HTTPAUTH", HT_SETTING_BITS, 0, "CURLAUTH_DIGEST", "--digest", false},
        {"COPYPOSTFIELDS", HT_SETTING_BLOB, 3, "a\0b", "-d", false},
        {"CAINFO_BLOB", HT_SETTING_BLOB, 4, "none", "--cacert", false},
    };
    struct ht_setting_plan plan;
    struct ht_error error = {0};
    assert_int_equal(apply(settings, sizeof settings / sizeof *settings, &plan, &error), HT_OK);
    ht_setting_plan_clear(&plan);
}

static void list_keeps_its_order(void **state)
{
    (void)state;
    static const struct ht_setting settings[] = {
        {"HTTPHEADER", HT_SETTING_LIST, 0, "A: 1", "-H", false},
        {"RESOLVE", HT_SETTING_LIST, 0, "a:1:127.0.0.1", "--resolve", false},
        {"HTTPHEADER", HT_SETTING_LIST, 0, "B: 2", "-H", false},
    };
    struct ht_setting_plan plan;
    struct ht_error error = {0};
    assert_int_equal(apply(settings, 3, &plan, &error), HT_OK);
    assert_int_equal(plan.count, 2);
    assert_string_equal(plan.steps[0].option->name, "HTTPHEADER");
    assert_string_equal(plan.steps[0].list->data, "A: 1");
    assert_string_equal(plan.steps[0].list->next->data, "B: 2");
    assert_null(plan.steps[0].list->next->next);
    assert_string_equal(plan.steps[1].list->data, "a:1:127.0.0.1");
    ht_setting_plan_clear(&plan);
}

static long bytes_of(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 ? (long)about.st_size : -1;
}

/* libcurl writes them when a handle ends, and a plan is tried on one. */
static void a_plan_that_is_tried_writes_no_files(void **state)
{
    (void)state;
    char directory[] = "/tmp/httptrace-plans.XXXXXX";
    assert_non_null(mkdtemp(directory));
    assert_int_equal(chdir(directory), 0);
    FILE *cache = fopen("hsts", "w");
    assert_non_null(cache);
    fputs("a.test \"20371231 23:59:59\"\n", cache);
    fclose(cache);
    long before = bytes_of("hsts");
    static const struct ht_setting settings[] = {
        {"HSTS", HT_SETTING_TEXT, 0, "hsts", "--hsts", false},
        {"ALTSVC", HT_SETTING_TEXT, 0, "altsvc", "--alt-svc", false},
        {"COOKIEJAR", HT_SETTING_TEXT, 0, "jar", "-c", false},
    };
    struct ht_operation operation = {.settings = settings, .setting_count = 3};
    struct ht_setting_plans plans;
    struct ht_error error = {0};
    assert_int_equal(ht_setting_plans_make(&plans, &operation, &error), HT_OK);
    ht_setting_plans_clear(&plans);
    assert_int_equal(bytes_of("hsts"), before);
    assert_int_equal(bytes_of("altsvc"), -1);
    assert_int_equal(bytes_of("jar"), -1);
    assert_int_equal(unlink("hsts"), 0);
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(directory), 0);
}

static void unknown_option_is_named_by_its_flag(void **state)
{
    (void)state;
    struct ht_error error = {0};
    struct ht_setting setting = {"NO_SUCH_OPTION", HT_SETTING_LONG, 1, NULL, "--shiny", false};
    assert_int_equal(apply_one(setting, &error), HT_ERR_USAGE);
    assert_int_equal(strncmp(error.text, "option --shiny: the linked libcurl ", 35), 0);
    assert_non_null(strstr(error.text, "CURLOPT_NO_SUCH_OPTION"));
}

static void unknown_symbol_is_a_usage_error(void **state)
{
    (void)state;
    struct ht_error error = {0};
    struct ht_setting setting = {"HTTP_VERSION",        HT_SETTING_SYMBOL, 0,
                                 "CURL_HTTP_VERSION_9", "--http9",         false};
    assert_int_equal(apply_one(setting, &error), HT_ERR_USAGE);
    assert_int_equal(strncmp(error.text, "option --http9: ", 16), 0);
}

static void http3_is_missed_by_name(void **state)
{
    (void)state;
    if (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP3)
        skip(); /* this libcurl has it */
    struct ht_error error = {0};
    struct ht_setting setting = {"HTTP_VERSION",        HT_SETTING_SYMBOL, 0,
                                 "CURL_HTTP_VERSION_3", "--http3",         false};
    assert_int_equal(apply_one(setting, &error), HT_ERR_USAGE);
    assert_non_null(strstr(error.text, " has no HTTP/3"));
}

static void wrong_type_is_refused(void **state)
{
    (void)state;
    static const struct ht_setting wrong[] = {
        {"USERAGENT", HT_SETTING_LONG, 1, NULL, "-A", false},
        {"TIMEOUT_MS", HT_SETTING_TEXT, 0, "1", "-m", false},
        {"USERAGENT", HT_SETTING_LIST, 0, "x", "-A", false},
        {"USERAGENT", HT_SETTING_BLOB, 1, "x", "-A", false},
        {"HTTPHEADER", HT_SETTING_SYMBOL, 0, "CURLAUTH_BASIC", "-H", false},
        {"WRITEFUNCTION", HT_SETTING_LONG, 1, NULL, "-w", false},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct ht_error error = {0};
        assert_int_equal(apply_one(wrong[i], &error), HT_ERR_USAGE);
        assert_non_null(strstr(error.text, wrong[i].flag));
    }
}

static void refused_value_is_a_usage_error(void **state)
{
    (void)state;
    struct ht_error error = {0};
    struct ht_setting setting = {"PORT", HT_SETTING_LONG, 70000, NULL, "--port", false};
    assert_int_equal(apply_one(setting, &error), HT_ERR_USAGE);
    assert_non_null(strstr(error.text, "option --port: libcurl refuses this value"));
    assert_int_equal(error.exit_code, CURLE_BAD_FUNCTION_ARGUMENT);
}

static void what_may_be_absent_is_no_error(void **state)
{
    (void)state;
    struct ht_error error = {0};
    struct ht_setting setting = {"NO_SUCH_OPTION", HT_SETTING_LONG, 1, NULL, "--shiny", true};
    assert_int_equal(apply_one(setting, &error), HT_OK);
}

static void last_number_counts(void **state)
{
    (void)state;
    static const struct ht_setting settings[] = {
        {"SSL_VERIFYHOST", HT_SETTING_LONG, 0, NULL, "-k", false},
        {"SSL_VERIFYHOST", HT_SETTING_LONG, 2, NULL, "--no-insecure", false},
    };
    struct ht_operation operation = {.settings = settings, .setting_count = 2};
    assert_int_equal(ht_setting_number(&operation, "SSL_VERIFYHOST", 7), 2);
    assert_int_equal(ht_setting_number(&operation, "TIMEOUT", 7), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_taken),
        cmocka_unit_test(list_keeps_its_order),
        cmocka_unit_test(a_plan_that_is_tried_writes_no_files),
        cmocka_unit_test(unknown_option_is_named_by_its_flag),
        cmocka_unit_test(unknown_symbol_is_a_usage_error),
        cmocka_unit_test(http3_is_missed_by_name),
        cmocka_unit_test(wrong_type_is_refused),
        cmocka_unit_test(refused_value_is_a_usage_error),
        cmocka_unit_test(what_may_be_absent_is_no_error),
        cmocka_unit_test(last_number_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
