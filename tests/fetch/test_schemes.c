/* SPDX-License-Identifier: MIT */
/* Schemes: what is left of what --proto allows. */
#include "unit.h"

#include "fetch/schemes.h"

static void only_http_is_left(void **state)
{
    static const struct {
        const char *list, *alone, *with_ftp;
    } rows[] = {
        {"", "", ""},
        {"http", "http", "http"},
        {"dict,file,ftp,http,https,tftp", "http,https", "ftp,http,https"},
        {"ftp", "", "ftp"},
        {"ftps,file,httpx,htt", "", ""},
        {",http,,https,", "http,https", "http,https"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_sink alone = ht_sink(0), with_ftp = ht_sink(0);
        ht_schemes_write(&alone, rows[i].list, false);
        ht_schemes_write(&with_ftp, rows[i].list, true);
        assert_string_equal(ht_sink_text(&alone), rows[i].alone);
        assert_string_equal(ht_sink_text(&with_ftp), rows[i].with_ftp);
        ht_sink_free(&alone);
        ht_sink_free(&with_ftp);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_http_is_left)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
