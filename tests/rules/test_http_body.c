/* SPDX-License-Identifier: MIT */
/* Rules of grammar, codings and redirects; most of all what they leave alone. */
#include "rules/case.h"
#include "decode/coding/coding.h"

#include <zlib.h>

enum { WEIRD = 8, UNSUPPORTED = 1, TOO_MANY = 47, BAD_ENCODING = 61 };

static struct case_under_test k;

static int begin(void **state)
{
    (void)state;
    case_begin(&k, "http://example.com/");
    return 0;
}

static int end(void **state)
{
    (void)state;
    case_end(&k);
    return 0;
}

static void anew(const char *url)
{
    case_end(&k);
    case_begin(&k, url);
}

/* ---- grammar ---- */

static enum ht_severity malformed_as(const char *why, int64_t curl_code)
{
    anew("http://example.com/");
    case_answer(&k, 200);
    case_mark(k.x->events.last, why);
    case_judge(&k, curl_code, 9000);
    const struct ht_finding *f = case_only(&k, "http.malformed");
    assert_true(case_tells(f, "byte 17"));
    return f->severity;
}

static void what_can_be_trusted_is_a_warning(void **state)
{
    (void)state;
    assert_int_equal(malformed_as("field line without a colon (RFC 9112 section 5)", 0), HT_SEVERITY_WARNING);
    assert_int_equal(malformed_as("white space before the colon (RFC 9112 section 5.1)", 0),
                     HT_SEVERITY_WARNING);
    assert_int_equal(malformed_as("obs-fold (RFC 9112 section 5.2)", 0), HT_SEVERITY_WARNING);
    assert_int_equal(malformed_as("NUL in a field value (RFC 9110 section 5.5)", 0), HT_SEVERITY_ERROR);
    assert_int_equal(malformed_as("bare CR (RFC 9112 section 2.2)", 0), HT_SEVERITY_ERROR);
    assert_int_equal(malformed_as("conflicting Content-Length values (RFC 9112 section 6.3)", 0),
                     HT_SEVERITY_ERROR);
    assert_int_equal(malformed_as("both Content-Length and Transfer-Encoding (RFC 9112 section 6.3)", 0),
                     HT_SEVERITY_ERROR);
    assert_int_equal(malformed_as("field line without a colon (RFC 9112 section 5)", WEIRD),
                     HT_SEVERITY_ERROR);
}

static void our_own_bytes_are_not_judged(void **state)
{
    (void)state;
    case_mark(k.x->events.first, "illegal byte in the request target (RFC 9112 section 3.2)");
    case_answer(&k, 200);
    case_judge(&k, 0, 9000);
    assert_null(k.x->findings);
}

static void strangers_are_named(void **state)
{
    (void)state;
    case_part(&k, ht_span_str("SSH-2.0-OpenSSH_9.2\r\n"), 21);
    case_close(&k, HT_TCP_FIN, 9000);
    case_judge(&k, UNSUPPORTED, 9000);
    const struct ht_finding *f = case_only(&k, "http.malformed");
    assert_non_null(strstr(f->title, "SSH"));
    assert_null(case_finding(&k, "local.protocol"));
}

static void tls_bytes_mean_the_wrong_scheme(void **state)
{
    (void)state;
    case_part(&k, ht_span("\x15\x03\x01\x00\x02\x02\x46", 7), 7);
    case_close(&k, HT_TCP_FIN, 9000);
    case_judge(&k, UNSUPPORTED, 9000);
    assert_int_equal(case_only(&k, "http.plain_to_tls")->locus, HT_LOCUS_LOCAL);
    assert_null(case_finding(&k, "http.malformed"));
}

static void a_400_that_says_so(void **state)
{
    static const char *const words[] = {
        "<title>400 The plain HTTP request was sent to HTTPS port</title>",
        "Client sent an HTTP request to an HTTPS server.\n",
        "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
    };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        anew("http://example.com:443/");
        case_answer(&k, 400);
        case_body(&k, ht_span_str(words[i]), (int64_t)strlen(words[i]), true);
        case_judge(&k, 0, 9000);
        case_only(&k, "http.plain_to_tls");
        assert_null(case_finding(&k, "http.status"));
    }
    anew("https://example.com/");
    case_answer(&k, 400);
    case_body(&k, ht_span_str(words[0]), (int64_t)strlen(words[0]), true);
    case_judge(&k, 0, 9000);
    case_calm(&k);
    anew("http://example.com/");
    case_answer(&k, 400);
    case_body(&k, ht_span_str("no such thing"), 13, true);
    case_judge(&k, 0, 9000);
    case_calm(&k);
}

/* ---- codings ---- */

static struct ht_span deflated(const char *text, int window_bits, uint8_t *room, size_t size)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)strlen(text)};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_out = room;
    z.avail_out = (uInt)size;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return ht_span(room, size - z.avail_out);
}

static void codings_that_fit(void **state)
{
    static const uint8_t brotli[] = {0x0b, 0x02, 0x80, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x03}; /* "hello" */
    uint8_t room[256];
    struct ht_span gzip = deflated("hello hello hello", 31, room, sizeof room);
    (void)state;
    assert_int_equal(ht_coding_fit(ht_span_str("gzip"), gzip, true), HT_CODING_FITS);
    assert_int_equal(ht_coding_fit(ht_span_str("GZIP"), ht_span_head(gzip, 20), false), HT_CODING_FITS);
    assert_int_equal(ht_coding_fit(ht_span_str("gzip"), ht_span_head(gzip, 4), false), HT_CODING_UNKNOWN);
    struct ht_span raw = deflated("hello hello hello", -15, room, sizeof room);
    assert_int_equal(ht_coding_fit(ht_span_str("deflate"), raw, true), HT_CODING_FITS);
    struct ht_span zlib = deflated("hello hello hello", 15, room, sizeof room);
    assert_int_equal(ht_coding_fit(ht_span_str("deflate"), zlib, true), HT_CODING_FITS);
    assert_int_equal(ht_coding_fit(ht_span_str("br"), ht_span(brotli, sizeof brotli), true), HT_CODING_FITS);
    assert_int_equal(ht_coding_fit(ht_span_str("zstd"), ht_span("\x28\xb5\x2f\xfd\x04", 5), false),
                     HT_CODING_FITS);
    assert_int_equal(ht_coding_fit(ht_span_str("aws-chunked"), ht_span_str("abc"), true), HT_CODING_UNKNOWN);
}

static void codings_that_do_not(void **state)
{
    static const char *const names[] = {"gzip", "x-gzip", "deflate", "br", "zstd"};
    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(
            ht_coding_fit(ht_span_str(names[i]), ht_span_str("<html>Not coded at all.</html>\n"), true),
            HT_CODING_BROKEN);
}

static void lie(const char *method, int status, const char *coding, struct ht_span body, bool wanted)
{
    anew("http://example.com/");
    k.x->method = ht_span_str(method);
    case_answer(&k, status);
    case_field(&k, "content-encoding", coding);
    case_body(&k, body, (int64_t)body.len, true);
    case_judge(&k, 0, 9000);
    assert_true((case_finding(&k, "http.encoding_lie") != NULL) == wanted);
}

static void encoding_lies(void **state)
{
    uint8_t room[256];
    struct ht_span text = ht_span_str("Not gzip at all.\n"), gzip = deflated("hello", 31, room, sizeof room);
    (void)state;
    lie("GET", 200, "gzip", text, true);
    lie("GET", 404, "br, gzip", text, true);
    lie("GET", 200, "gzip", gzip, false);
    lie("GET", 200, "gzip", (struct ht_span){0}, false);
    lie("HEAD", 200, "gzip", text, false);
    lie("GET", 304, "gzip", text, false);
    lie("GET", 206, "gzip", text, false);
    lie("GET", 200, "identity", text, false);
    lie("GET", 200, "utf-8", text, false);
}

static void libcurl_may_know_better(void **state)
{
    uint8_t room[256];
    (void)state;
    case_answer(&k, 200);
    case_field(&k, "content-encoding", "gzip");
    case_body(&k, deflated("hello", 31, room, sizeof room), 100000, false);
    case_judge(&k, BAD_ENCODING, 9000);
    assert_int_equal(case_only(&k, "http.encoding_lie")->confidence, HT_CONFIDENCE_MEDIUM);
}

/* ---- redirects ---- */

static void redirect(const char *location)
{
    case_answer(&k, 302);
    case_field(&k, "location", location);
}

static void a_circle_of_redirects(void **state)
{
    (void)state;
    redirect("/there");
    case_next(&k, HT_CAUSE_REDIRECT, "http://example.com/there");
    redirect("/");
    case_next(&k, HT_CAUSE_REDIRECT, "http://example.com/");
    redirect("/there");
    case_judge(&k, TOO_MANY, 9000);
    const struct ht_finding *f = case_only(&k, "http.redirect_loop");
    assert_int_equal(f->confidence, HT_CONFIDENCE_HIGH);
}

static void away_and_back_with_a_cookie_is_no_circle(void **state)
{
    (void)state;
    redirect("/set");
    case_next(&k, HT_CAUSE_REDIRECT, "http://example.com/set");
    redirect("/");
    case_next(&k, HT_CAUSE_REDIRECT, "http://example.com/");
    case_answer(&k, 200);
    case_judge(&k, 0, 9000);
    assert_null(k.x->findings);
}

static void too_many_is_not_a_circle(void **state)
{
    (void)state;
    redirect("/1");
    case_next(&k, HT_CAUSE_REDIRECT, "http://example.com/1");
    redirect("/2");
    case_judge(&k, TOO_MANY, 9000);
    const struct ht_finding *f = case_only(&k, "http.redirect_loop");
    assert_int_equal(f->confidence, HT_CONFIDENCE_MEDIUM);
    assert_int_equal(f->locus, HT_LOCUS_UNKNOWN);
    assert_non_null(f->also_explained_by);
}

static bool downgraded(const char *url, const char *location)
{
    anew(url);
    redirect(location);
    case_judge(&k, 0, 9000);
    return case_finding(&k, "http.redirect_downgrade") != NULL;
}

static void downgrades(void **state)
{
    (void)state;
    assert_true(downgraded("https://example.com/", "http://example.com/"));
    assert_true(downgraded("https://example.com/", "HTTP://example.com/"));
    assert_false(downgraded("https://example.com/", "/path"));
    assert_false(downgraded("https://example.com/", "//example.com/"));
    assert_false(downgraded("http://example.com/", "http://www.example.com/"));
    assert_false(downgraded("http://example.com/", "https://example.com/"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_can_be_trusted_is_a_warning),
        TEST(our_own_bytes_are_not_judged),
        TEST(strangers_are_named),
        TEST(tls_bytes_mean_the_wrong_scheme),
        TEST(a_400_that_says_so),
        TEST(codings_that_fit),
        TEST(codings_that_do_not),
        TEST(encoding_lies),
        TEST(libcurl_may_know_better),
        TEST(a_circle_of_redirects),
        TEST(away_and_back_with_a_cookie_is_no_circle),
        TEST(too_many_is_not_a_circle),
        TEST(downgrades),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
