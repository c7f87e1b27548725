/* SPDX-License-Identifier: MIT */
/* Which proxy a URL goes through, by option and environment. */
#include "unit.h"

#include "dump.h"

#include "options/config.h"

#include <stdlib.h>

struct variables {
    const char *name, *value;
};

static const struct {
    struct variables set[3];
    const char *url, *option, *noproxy, *proxy;
} cases[] = {
    {{{NULL, NULL}}, "http://h/", NULL, NULL, NULL},
    {{{"http_proxy", "p"}}, "http://h/", NULL, NULL, "p"},
    {{{"http_proxy", "p"}}, "h", NULL, NULL, "p"},
    {{{"http_proxy", "p"}}, "https://h/", NULL, NULL, NULL},
    {{{"HTTP_PROXY", "p"}}, "http://h/", NULL, NULL, NULL},
    {{{"HTTPS_PROXY", "p"}}, "HTTPS://h/", NULL, NULL, "p"},
    {{{"HTTPS_PROXY", "p"}}, "http://h/", NULL, NULL, NULL},
    {{{"HTTPS_PROXY", "p"}, {"https_proxy", "q"}}, "https://h/", NULL, NULL, "q"},
    {{{"HTTPS_PROXY", "p"}, {"https_proxy", ""}}, "https://h/", NULL, NULL, "p"},
    {{{"ALL_PROXY", "p"}}, "http://h/", NULL, NULL, "p"},
    {{{"ALL_PROXY", "p"}, {"all_proxy", "q"}}, "https://h/", NULL, NULL, "q"},
    {{{"ALL_PROXY", "p"}, {"http_proxy", "q"}}, "http://h/", NULL, NULL, "q"},
    {{{"http_proxy", "p"}}, "http://h/", "o", NULL, "o"},
    {{{"http_proxy", "p"}}, "http://h/", "", NULL, NULL},
    {{{"http_proxy", "p"}, {"no_proxy", "*"}}, "http://h/", NULL, NULL, NULL},
    {{{"http_proxy", "p"}, {"NO_PROXY", "x, h"}}, "http://h/", NULL, NULL, NULL},
    {{{"http_proxy", "p"}, {"NO_PROXY", "x"}, {"no_proxy", "h"}}, "http://h/", NULL, NULL, NULL},
    {{{"http_proxy", "p"}, {"NO_PROXY", "h"}}, "http://h/", NULL, "", "p"},
    {{{"http_proxy", "p"}}, "http://a.b.c:80/", NULL, "b.c", NULL},
    {{{"http_proxy", "p"}}, "http://a.b.c./", NULL, ".B.C", NULL},
    {{{"http_proxy", "p"}}, "http://ab.c/", NULL, "b.c", "p"},
    {{{"http_proxy", "p"}}, "http://u:p@h?x", NULL, "h", NULL},
    {{{"http_proxy", "p"}}, "http://h@x/", NULL, "h", "p"},
    {{{"http_proxy", "p"}}, "http://[::1]:8080/", NULL, "[::1]", NULL},
    {{{"http_proxy", "p"}}, "http://[::1]/", NULL, "::1", NULL},
    {{{"http_proxy", "p"}}, "http://127.0.0.1/", NULL, "127.0.0.1", NULL},
    {{{"http_proxy", "p"}}, "http://127.0.0.1/", NULL, "0.0.1", "p"},
    {{{"http_proxy", "p"}}, "http://h/", NULL, ",, ", "p"},
    {{{"http_proxy", "p"}}, "", NULL, "x", "p"},
    {{{"http_proxy", "p"}}, "http://[", NULL, "x", "p"},
    {{{"ftp_proxy", "p"}, {"http_proxy", "q"}}, "ftp://h/", NULL, NULL, "p"},
    {{{"FTP_PROXY", "p"}, {"http_proxy", "q"}}, "ftp.h", NULL, NULL, "p"},
    {{{"ftp_proxy", "p"}}, "http://ftp.h/", NULL, NULL, NULL},
    {{{"averyveryverylongscheme_proxy", "p"}}, "averyveryverylongscheme://h/", NULL, NULL, NULL},
};

static void proxies_are_chosen_as_libcurl_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dump_clear_environment();
        for (size_t j = 0; j < 3 && cases[i].set[j].name; j++)
            setenv(cases[i].set[j].name, cases[i].set[j].value, 1);
        const char *proxy = ht_proxy_for(cases[i].url, cases[i].option, cases[i].noproxy);
        if ((proxy == NULL) != (cases[i].proxy == NULL) || (proxy && strcmp(proxy, cases[i].proxy) != 0))
            fail_msg("case %zu: expected %s, got %s", i, cases[i].proxy ? cases[i].proxy : "none",
                     proxy ? proxy : "none");
    }
}

static void jobs_keep_their_own(void **state)
{
    (void)state;
    struct ht_command command;
    dump_clear_environment();
    setenv("http_proxy", "p", 1);
    setenv("HTTPS_PROXY", "q", 1);
    assert_int_equal(dump_parse("http://a|https://b|--noproxy|b", &command, NULL), HT_OK);
    unsetenv("http_proxy");
    assert_string_equal(dump_jobs[0].proxy, "p");
    assert_null(dump_jobs[1].proxy);
    ht_command_clear(&command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proxies_are_chosen_as_libcurl_does),
        cmocka_unit_test(jobs_keep_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
