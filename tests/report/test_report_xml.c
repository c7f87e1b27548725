/* SPDX-License-Identifier: MIT */
/* Tests of src/report/xml.c. */
#include "unit.h"

#include "report/xml.h"

static void expect(struct ht_span text, const char *wanted)
{
    struct ht_sink out = ht_sink(0);
    ht_xml_bytes(&out, text);
    assert_string_equal(ht_sink_text(&out), wanted);
    ht_sink_free(&out);
}

static void test_markup_becomes_text(void **state)
{
    (void)state;
    expect(ht_span_str("<a href=\"x\" b='y'>&amp;]]></a>"),
           "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;]]&gt;&lt;/a&gt;");
}

static void test_plain_text_stays(void **state)
{
    (void)state;
    expect(ht_span_str("200 OK \u00b7 \u00e9\U0001F600\tx\ny\r"), "200 OK \u00b7 \u00e9\U0001F600\tx\ny\r");
    expect(ht_span_str(""), "");
    expect(ht_span_str(NULL), "");
}

static void test_what_no_document_may_hold_is_replaced(void **state)
{
    (void)state;
    expect(ht_span("a\0b\x1b\xff\xc3(\xef\xbf\xbe\xed\xa0\x80", 13),
           "a\ufffdb\ufffd\ufffd\ufffd(\ufffd\ufffd\ufffd\ufffd");
    expect(ht_span("\xef\xbf\xbf.", 4), "\ufffd.");
}

static void test_null_writes_nothing(void **state)
{
    (void)state;
    struct ht_sink out = ht_sink(0);
    ht_xml_text(&out, NULL);
    assert_int_equal(out.len, 0);
    ht_sink_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markup_becomes_text),
        cmocka_unit_test(test_plain_text_stays),
        cmocka_unit_test(test_what_no_document_may_hold_is_replaced),
        cmocka_unit_test(test_null_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
