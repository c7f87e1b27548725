/* SPDX-License-Identifier: MIT */
/* Templates of --write-out in pieces: escapes, braces, and what stays text. */
#include "unit.h"

#include "base/sink.h"
#include "base/template.h"

/* Pieces as text: "T:abc|V:http_code|". */
static void expect(const char *template, const char *wanted)
{
    static const char *const letters[] = {"E:", "T:", "V:", "H:", "O:", "M:"};
    struct ht_sink out = ht_sink(0);
    for (struct ht_template_piece piece; (piece = ht_template_next(&template)).kind != HT_TEMPLATE_END;) {
        ht_sink_puts(&out, letters[piece.kind]);
        ht_sink_bytes(&out, piece.text);
        ht_sink_char(&out, '|');
    }
    assert_string_equal(ht_sink_text(&out), wanted);
    ht_sink_free(&out);
}

static void variables_and_kin_are_told(void **state)
{
    (void)state;
    expect("a%{http_code}b", "T:a|V:http_code|T:b|");
    expect("%header{X-A}%output{>>f}%time{%Y}", "H:X-A|O:>>f|M:%Y|");
    expect("%{}", "V:|");
    expect("%header{a:all:\\}, }x", "H:a:all:\\}, |T:x|");
    expect("%header{x|%{HTTP_CODE}y", "H:x|%{HTTP_CODE|T:y|");
}

static void escapes_become_bytes(void **state)
{
    (void)state;
    expect("\\n\\r\\t", "T:\n|T:\r|T:\t|");
    expect("100%%", "T:100|T:%|");
    expect("%%{http_code}", "T:%|T:{http_code}|");
}

static void what_is_not_understood_stays(void **state)
{
    (void)state;
    expect("\\x\\\\n", "T:\\x|T:\\\\|T:n|");
    expect("x%", "T:x|T:%|");
    expect("%\\n", "T:%\\|T:n|");
    expect("\\", "T:\\|");
    expect("%{http_code", "T:%{|T:http_code|");
    expect("%header{a", "T:%header{|T:a|");
    expect("%Header{a}", "T:%H|T:eader{a}|");
    expect("", "");
}

static void stdout_is_foretold(void **state)
{
    (void)state;
    assert_true(ht_template_uses_stdout("x"));
    assert_true(ht_template_uses_stdout("%{http_code}"));
    assert_true(ht_template_uses_stdout("%{stderr}x%{stdout}y"));
    assert_true(ht_template_uses_stdout("%output{f}x%{STDOUT}\\n"));
    assert_false(ht_template_uses_stdout("%{stderr}x"));
    assert_false(ht_template_uses_stdout("%{onerror}%{stderr}x"));
    assert_false(ht_template_uses_stdout("%output{f}%{json}"));
    assert_false(ht_template_uses_stdout("%{stdout}"));
    assert_false(ht_template_uses_stdout(""));
}

static void names_are_found(void **state)
{
    (void)state;
    assert_true(ht_template_names("a%{Certs}", "certs"));
    assert_false(ht_template_names("%%{certs} %{num_certs}", "certs"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_and_kin_are_told),
        cmocka_unit_test(escapes_become_bytes),
        cmocka_unit_test(what_is_not_understood_stays),
        cmocka_unit_test(stdout_is_foretold),
        cmocka_unit_test(names_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
