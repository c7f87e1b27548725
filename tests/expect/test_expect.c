/* SPDX-License-Identifier: MIT */
/* Checks: every subject with its operators, on transfers made by hand; and what is said of a malformed one.
 */
#include "unit.h"

#include "expect/subject.h"
#include "made.h"

struct row {
    const char *text;
    bool ok;
    const char *got;
};

static void judge_rows(const struct made *made, const struct row *rows, size_t count)
{
    struct ht_arena *arena = ht_arena_new();
    for (size_t i = 0; i < count; i++) {
        struct ht_expect expect;
        struct ht_error error = {0};
        if (ht_expect_parse(arena, rows[i].text, &expect, &error) != HT_OK)
            fail_msg("%s: %s", rows[i].text, error.text);
        struct ht_check check = ht_expect_judge(arena, &expect, &made->transfer, false);
        const char *got = check.got ? check.got : "nothing";
        if (check.ok != rows[i].ok || strcmp(got, rows[i].got) != 0)
            fail_msg("%s: %s, got %s", rows[i].text, check.ok ? "holds" : "does not hold", got);
    }
    ht_arena_free(arena);
}

#define JUDGE(made, rows) judge_rows((made), (rows), sizeof(rows) / sizeof *(rows))

static void answers_are_judged(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"status=404", true, "404"},
        {"status=200", false, "404"},
        {"status!=500", true, "404"},
        {"status!=404", false, "404"},
        {"status<400", false, "404"},
        {"status<405", true, "404"},
        {"status<=404", true, "404"},
        {"status<=403", false, "404"},
        {"status>404", false, "404"},
        {"status>=404", true, "404"},
        {" status = 404 ", true, "404"},
        {"status=\"404\"", true, "404"},
        {"http=2", true, "2"},
        {"http=2.0", true, "2"},
        {"http=1.1", false, "2"},
        {"http>1.1", true, "2"},
        {"body.bytes>=1", true, "153"},
        {"body.bytes=0", false, "153"},
        {"header.server~nginx", true, "Nginx/1.22"},
        {"header.SERVER=Nginx/1.22", true, "Nginx/1.22"},
        {"header.server=nginx/1.22", false, "Nginx/1.22"},
        {"header.server!~apache", true, "Nginx/1.22"},
        {"header.vary=origin", true, "accept, origin"},
        {"header.vary!=origin", false, "origin"},
        {"header.vary!=cookie", true, "accept, origin"},
        {"header.x-none=1", false, "none"},
        {"header.x-none!=1", true, "none"},
        {"header.set-cookie~sid", true, "sid=[masked]; Path=/"},
        {"redirects<=2", true, "1"},
        {"redirects=0", false, "1"},
    };
    struct made made;
    make_answered(&made);
    JUDGE(&made, rows);
}

static void connections_are_judged(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"tls>=1.3", true, "1.3"},
        {"tls=1.2", false, "1.3"},
        {"tls<1.10", true, "1.3"},
        {"alpn=h2", true, "h2"},
        {"alpn!=h2", false, "h2"},
        {"cipher~gcm", true, "TLS_AES_256_GCM_SHA384"},
        {"group=x25519", true, "X25519"},
        {"cert.san!=EXAMPLE.com", false, "example.com"},
        {"alpn=H2", false, "h2"},
        {"resumed=yes", true, "yes"},
        {"issuer~\"Let's Encrypt\"", true, "C = US, O = Let's Encrypt, CN = R3"},
        {"issuer~Let's Encrypt", true, "C = US, O = Let's Encrypt, CN = R3"},
        {"issuer!~zscaler", true, "C = US, O = Let's Encrypt, CN = R3"},
        {"cert.subject~www", true, "CN = www.example.com"},
        {"cert.san=example.com", true, "www.example.com, example.com"},
        {"cert.san=example.net", false, "www.example.com, example.com"},
        {"cert.san!=example.com", false, "example.com"},
        {"cert.sha256~'cdef'", true, "0123456789abcdef"},
        {"cert.days_left>=14", true, "14"},
        {"cert.days_left>14", false, "14"},
        {"ip=192.0.2.7", true, "192.0.2.7"},
        {"proxy=none", true, "none"},
        {"reused=no", false, "yes"},
        {"reused!=no", true, "yes"},
    };
    struct made made;
    make_answered(&made);
    JUDGE(&made, rows);
}

static void times_and_findings_are_judged(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"phase.wait<300ms", false, "300ms"},
        {"phase.wait<=300ms", true, "300ms"},
        {"phase.wait<0.3001s", true, "300ms"},
        {"phase.wait>299999us", true, "300ms"},
        {"phase.connect<12.3ms", false, "12.3ms"},
        {"phase.tls<1s", false, "1.5s"},
        {"phase.response=7us", true, "7us"},
        {"phase.resolve=0us", true, "0us"}, /* reused */
        {"phase.proxy<1ms", true, "0us"},   /* not needed */
        {"total<=2s", true, "2s"},
        {"total<2s", false, "2s"},
        {"finding=http.status", true, "tls.hello_retry, http.status"},
        {"finding=dns.*", false, "tls.hello_retry, http.status"},
        {"finding!=dns.*", true, "tls.hello_retry, http.status"},
        {"finding!=tls.*", false, "tls.hello_retry"},
        {"verdict=suspect", true, "suspect"},
        {"verdict!~ok", true, "suspect"},
    };
    struct made made;
    make_answered(&made);
    JUDGE(&made, rows);
}

static void what_was_not_reached_does_not_hold(void **state)
{
    (void)state;
    static const struct row refused[] = {
        {"status=200", false, "nothing"},
        {"status!=500", false, "nothing"},
        {"http=2", false, "nothing"},
        {"tls>=1.0", false, "nothing"},
        {"alpn!=h2", false, "nothing"},
        {"issuer!~x", false, "nothing"},
        {"cert.san!=x", false, "nothing"},
        {"cert.subject!=x", false, "nothing"},
        {"header.x!=y", false, "nothing"},
        {"body.bytes>=0", false, "nothing"},
        {"ip!=1.2.3.4", false, "nothing"},
        {"cert.days_left>=0", false, "nothing"},
        {"phase.connect<1s", false, "nothing"}, /* it failed */
        {"phase.wait<1s", false, "nothing"},
        {"cipher!=x", false, "nothing"},
        {"phase.tls<1s", false, "nothing"},
        {"resumed=no", false, "nothing"},
        {"phase.queue<1s", true, "0us"},
        {"verdict=ok", false, "failed"},
        {"finding!=x", true, "none"},
        {"total<3s", true, "2s"},
        {"redirects=0", true, "0"},
        {"proxy=none", true, "none"},
    };
    static const struct row mute[] = {
        {"tls>=1.0", false, "nothing"},
        {"alpn=none", false, "nothing"},
        {"phase.tls<9s", false, "nothing"},
        {"ip~192", true, "192.0.2.7"},
        {"phase.connect<1s", true, "12.3ms"},
        {"cert.sha256!=x", false, "nothing"},
        {"reused=no", true, "no"},
        {"group!=x", false, "nothing"},
        {"phase.wait<9s", false, "nothing"},
    };
    struct made made;
    make_refused(&made);
    JUDGE(&made, refused);
    make_mute(&made);
    JUDGE(&made, mute);
    made.transfer.exchanges = made.transfer.last_exchange = NULL; /* an output that could not be opened */
    static const struct row none[] = {{"status!=1", false, "nothing"},
                                      {"reused=no", false, "nothing"},
                                      {"redirects=0", false, "nothing"},
                                      {"phase.queue<1s", false, "nothing"}};
    JUDGE(&made, none);
}

static void other_shapes_are_judged(void **state)
{
    (void)state;
    struct made made;
    make_answered(&made);
    made.tls.version = 0x0300;
    made.tls.alpn = ht_span(NULL, 0);
    made.leaf.not_after_s = made.transfer.wall_start_us / 1000000 - 1;
    made.leaf.subject = ht_span(NULL, 0);
    made.last.response.version = HT_HTTP_1_0;
    made.proxy.url = ht_span_str("http://proxy:3128/");
    made.connection.proxy = &made.proxy;
    made.connection.remote = ht_span_str("[2001:db8::1]:443");
    static const struct row rows[] = {
        {"tls<1.0", true, "0.3"},
        {"alpn=none", true, "none"},
        {"cert.days_left<0", true, "-1"},
        {"cert.subject=\"\"", true, "\"\""},
        {"http=1.0", true, "1.0"},
        {"proxy~proxy:3128", true, "http://proxy:3128/"},
        {"ip=2001:db8::1", true, "2001:db8::1"},
    };
    JUDGE(&made, rows);
    made.connection.remote = ht_span_str("/run/web.sock");
    static const struct row path[] = {{"ip!=x", false, "nothing"}};
    JUDGE(&made, path);
}

static void wire_text_is_harmless_and_short(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_expect expect;
    struct made made;
    char big[5000];
    make_answered(&made);
    memset(big, 'a', sizeof big);
    big[0] = '\x1b';
    made.headers[1].value = ht_span(big, sizeof big);
    assert_int_equal(ht_expect_parse(arena, "header.server=x", &expect, NULL), HT_OK);
    struct ht_check check = ht_expect_judge(arena, &expect, &made.transfer, false);
    assert_false(check.ok);
    assert_int_equal(strncmp(check.got, "\\x1baaa", 7), 0);
    assert_true(strlen(check.got) < 210);
    assert_string_equal(check.got + strlen(check.got) - 3, "...");
    ht_arena_free(arena);
}

static void secrets_are_masked_unless_asked_for(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_expect expect;
    struct made made;
    make_answered(&made);
    assert_int_equal(ht_expect_parse(arena, "header.set-cookie=sid=hunter3", &expect, NULL), HT_OK);
    struct ht_check check = ht_expect_judge(arena, &expect, &made.transfer, false);
    assert_string_equal(check.text, "header.set-cookie=[masked]");
    assert_null(strstr(check.got, "hunter2"));
    check = ht_expect_judge(arena, &expect, &made.transfer, true);
    assert_string_equal(check.text, "header.set-cookie=sid=hunter3");
    assert_non_null(strstr(check.got, "hunter2"));
    ht_arena_free(arena);
}

static void what_was_expected_is_masked_where_it_is_a_url(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"header.location=https://u:p@h/?token=1", "header.location=https://u:[masked]@h/?token=[masked]"},
        {"header.x-api-key=abc", "header.x-api-key=[masked]"},
        {"proxy=http://u:p@h:1", "proxy=http://u:[masked]@h:1"},
        {"header.location=\"/a b\"", "header.location=\"/a b\""},
    };
    struct ht_arena *arena = ht_arena_new();
    struct made made;
    make_answered(&made);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_expect expect;
        assert_int_equal(ht_expect_parse(arena, rows[i][0], &expect, NULL), HT_OK);
        assert_string_equal(ht_expect_judge(arena, &expect, &made.transfer, false).text, rows[i][1]);
        assert_string_equal(ht_expect_judge(arena, &expect, &made.transfer, true).text, rows[i][0]);
    }
    ht_arena_free(arena);
}

static const struct {
    const char *text, *error;
} malformed[] = {
    {"", "\"\" names no subject; write it as in status=200"},
    {"=200", "\"=200\" names no subject; write it as in status=200"},
    {"status", "\"status\" has no operator; status takes = != < <= > >=, as in status=200"},
    {"status!200", "\"status!200\" has no operator; status takes = != < <= > >=, as in status=200"},
    {"statsu=200", "unknown subject \"statsu\"; the nearest is status"},
    {"phase.wiat<1s", "unknown phase \"wiat\"; the nearest is wait"},
    {"phase.zzz<1s", "unknown phase \"zzz\""},
    {"status~2", "status~2: ~ does not fit status, which takes = != < <= > >="},
    {"alpn>=h2", "alpn>=h2: >= does not fit alpn, which takes = != ~ !~"},
    {"finding~tls", "finding~tls: ~ does not fit finding, which takes = !="},
    {"reused<no", "reused<no: < does not fit reused, which takes = !="},
    {"status=", "status=: expected a whole number after =, got \"\""},
    {"status==200", "status==200: expected a whole number after =, got \"=200\""},
    {"status=2xx", "status=2xx: expected a whole number after =, got \"2xx\""},
    {"status=99999999999999999999", "status=99999999999999999999: expected a whole number after =, got "
                                    "\"99999999999999999999\""},
    {"tls>=TLSv1.3", "tls>=TLSv1.3: expected a version, as in 1.3 after >=, got \"TLSv1.3\""},
    {"tls>=1.", "tls>=1.: expected a version, as in 1.3 after >=, got \"1.\""},
    {"http=1.1.1", "http=1.1.1: expected a version, as in 1.3 after =, got \"1.1.1\""},
    {"total<300", "total<300: expected a time with its unit us, ms or s, as in 300ms after <, got \"300\""},
    {"total<.5s", "total<.5s: expected a time with its unit us, ms or s, as in 300ms after <, got \".5s\""},
    {"total<5m", "total<5m: expected a time with its unit us, ms or s, as in 300ms after <, got \"5m\""},
    {"reused=maybe", "reused=maybe: expected yes or no after =, got \"maybe\""},
    {"alpn=", "alpn=: expected a text after =, got \"\""},
    {"ip=", "ip=: expected a name after =, got \"\""},
    {"issuer~\"\"", "issuer~\"\": expected a text after ~, got \"\""},
    {"issuer~\"Let's", "the quote in \"Let's is not closed"},
    {"issuer~\"", "the quote in \" is not closed"},
    {"finding=", "finding=: expected a code, or a pattern of codes after =, got \"\""},
};

static void malformed_checks_name_the_part(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        struct ht_expect expect;
        struct ht_error error = {0};
        if (ht_expect_parse(arena, malformed[i].text, &expect, &error) != HT_ERR_USAGE)
            fail_msg("%s: is taken", malformed[i].text);
        assert_string_equal(error.text, malformed[i].error);
        assert_int_equal(error.exit_code, 2);
    }
    struct ht_expect expect;
    struct ht_error error = {0};
    assert_int_equal(ht_expect_parse(arena, "zzzzzzzz=1", &expect, &error), HT_ERR_USAGE);
    assert_int_equal(strncmp(error.text, "unknown subject \"zzzzzzzz\"; there are alpn, body.bytes, ", 56),
                     0);
    assert_non_null(strstr(error.text, "header.NAME, "));
    assert_int_equal(ht_expect_parse(arena, "header.=1", &expect, &error), HT_ERR_USAGE);
    assert_int_equal(ht_expect_parse(arena, "\x1b[31m=1", &expect, &error), HT_ERR_USAGE);
    assert_null(strchr(error.text, '\x1b'));
    ht_arena_free(arena);
}

static void every_example_is_a_check(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    size_t count;
    const struct ht_subject *rows = ht_subjects(&count);
    for (size_t i = 0; i < count; i++) {
        struct ht_expect expect;
        assert_int_equal(ht_expect_parse(arena, rows[i].example, &expect, NULL), HT_OK);
        assert_ptr_equal(expect.subject, &rows[i]);
        assert_true(i == 0 || strcmp(rows[i - 1].name, rows[i].name) < 0);
    }
    ht_arena_free(arena);
}

static void only_checks_on_findings_have_a_code(void **state)
{
    (void)state;
    struct ht_arena *arena = ht_arena_new();
    struct ht_expect expect;
    assert_int_equal(ht_expect_parse(arena, "finding!=tls.*", &expect, NULL), HT_OK);
    assert_string_equal(ht_expect_code(&expect), "tls.*");
    assert_int_equal(ht_expect_parse(arena, "alpn=h2", &expect, NULL), HT_OK);
    assert_null(ht_expect_code(&expect));
    ht_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_judged),
        cmocka_unit_test(connections_are_judged),
        cmocka_unit_test(times_and_findings_are_judged),
        cmocka_unit_test(what_was_not_reached_does_not_hold),
        cmocka_unit_test(other_shapes_are_judged),
        cmocka_unit_test(wire_text_is_harmless_and_short),
        cmocka_unit_test(secrets_are_masked_unless_asked_for),
        cmocka_unit_test(what_was_expected_is_masked_where_it_is_a_url),
        cmocka_unit_test(malformed_checks_name_the_part),
        cmocka_unit_test(every_example_is_a_check),
        cmocka_unit_test(only_checks_on_findings_have_a_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
