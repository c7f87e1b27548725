/* SPDX-License-Identifier: MIT */
/* Schemes: what is left of what --proto allows. */
#include "unit.h"

#include "fetch/schemes.h"

static void only_what_can_be_traced_is_left(void **state)
{
    static const struct {
        const char *list, *by_way[3];
    } rows[] = {
        {"", {"", "", ""}},
        {"http", {"http", "http", "http"}},
        {"dict,file,ftp,http,https,tftp", {"http,https", "ftp,http,https", "dict,ftp,http,https"}},
        {"ftp", {"", "ftp", "ftp"}},
        {"ftps,file,httpx,htt", {"", "", "ftps,httpx,htt"}},
        {",http,,https,", {"http,https", "http,https", "http,https"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int way = HT_SCHEMES_DIRECT; way <= HT_SCHEMES_TUNNEL; way++) {
            struct ht_sink out = ht_sink(0);
            ht_schemes_write(&out, rows[i].list, (enum ht_schemes_way)way);
            assert_string_equal(ht_sink_text(&out), rows[i].by_way[way]);
            ht_sink_free(&out);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_what_can_be_traced_is_left)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
