/* SPDX-License-Identifier: MIT */
/* Tests of where SARIF results stand, and of what makes two of them one. */
#include "unit.h"

#include "report/sarif_log.h"

#include <string.h>

/* ---- places ---- */

static void place_is(const char *url, const char *path)
{
    struct sample *sample = sarif_sample(HT_SEVERITY_ERROR);
    sample->transfer->url = sample_text(sample, url);
    json_t *run = sarif_run(sample, (struct ht_report_options){.show_secrets = true});
    assert_string_equal(sarif_text(run, "results/0/locations/0/physicalLocation/artifactLocation/uri"), path);
    assert_string_equal(
        sarif_text(run, "results/0/codeFlows/0/threadFlows/0/locations/0/location/physicalLocation/"
                        "artifactLocation/uri"),
        path);
    json_decref(run);
    sample_free(sample);
}

static void test_places(void **state)
{
    (void)state;
    place_is("https://example.com/", "https/example.com");
    place_is("https://example.com:8443/a/b/?q=1#f", "https/example.com:8443/a/b");
    place_is("http://user:pw@example.com/x", "http/example.com/x");
    place_is("example.com:80/a:b", "http/example.com:80/a:b");
    place_is("http://[::1]:8080/a::error::b", "http/%5B%3A%3A1%5D:8080/a%3A%3Aerror%3A%3Ab");
    place_is("http://a/../../etc/%2e%2E/./.%2e/passwd", "http/a/etc/passwd");
    place_is("http://a/%41%zz%/...", "http/a/%41%25zz%25/...");
    place_is("http://a//b c\"\xc3\xa9", "http/a/b%20c%22%C3%A9");
    place_is("http://a?x=/y", "http/a");
    place_is("http:///user:pw@a/", "http/user:%5Bmasked%5D@a");
    place_is("", "http");
}

/* ---- fingerprints ---- */

static json_t *prints_of(const char *url, const char *method, int64_t later_us)
{
    struct sample *sample = sarif_sample(HT_SEVERITY_ERROR);
    sample->transfer->url = sample_text(sample, url);
    sample->transfer->method = sample_text(sample, method);
    sample->transfer->wall_start_us += later_us;
    json_t *run = sarif_run(sample, (struct ht_report_options){.show_secrets = later_us > 0});
    json_t *prints = json_incref(
        json_object_get(json_array_get(json_object_get(run, "results"), 0), "partialFingerprints"));
    json_decref(run);
    sample_free(sample);
    return prints;
}

static bool prints_are_same(const char *url, const char *method)
{
    json_t *a = prints_of("https://example.com/?a=1&token=old", "GET", 0),
           *b = prints_of(url, method, 1000000);
    bool same = json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return same;
}

static void test_fingerprints_stay_the_same(void **state)
{
    (void)state;
    assert_true(prints_are_same("https://example.com/?a=1&token=new", "GET"));
    assert_false(prints_are_same("https://example.com/?a=2&token=old", "GET"));
    assert_false(prints_are_same("https://example.com/?a=1&token=old", "POST"));
}

static void test_a_finding_that_repeats_has_a_number(void **state)
{
    struct sample *sample = sarif_sample(HT_SEVERITY_ERROR);
    sample_finding(sample, sample->transfer->exchanges, HT_SEVERITY_NOTICE);
    sample_finding(sample, sample->transfer->exchanges->next, HT_SEVERITY_ERROR);
    json_t *run = sarif_run(sample, (struct ht_report_options){0});
    (void)state;
    assert_int_equal(json_array_size(sarif_at(run, "results")), 3);
    static const char *const ends[] = {":1", ":1", ":2"};
    for (size_t i = 0; i < 3; i++) {
        const json_t *result = json_array_get(sarif_at(run, "results"), i);
        const char *print = sarif_text(result, "partialFingerprints/primaryLocationLineHash");
        assert_string_equal(print + strlen(print) - 2, ends[i]);
    }
    json_decref(run);
    sample_free(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_fingerprints_stay_the_same),
        cmocka_unit_test(test_a_finding_that_repeats_has_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
