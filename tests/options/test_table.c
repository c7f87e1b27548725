/* SPDX-License-Identifier: MIT */
/* The table of options: every row is whole, unique, and names what libcurl has. */
#include "unit.h"

#include "options/config.h"
#include "curl_options.h"

#include <curl/curl.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static void names_are_unique_and_ordered(void **state)
{
    (void)state;
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    assert_true(count > 60);
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(rows[i - 1]->name, rows[i]->name) < 0);
    for (size_t i = 0; i < count; i++) {
        bool ambiguous;
        assert_ptr_equal(ht_option_by_name(rows[i]->name, &ambiguous), rows[i]);
        assert_int_not_equal(strncmp(rows[i]->name, "no-", 3), 0);
    }
}

static void letters_are_unique(void **state)
{
    (void)state;
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i]->letter)
            assert_ptr_equal(ht_option_by_letter(rows[i]->letter), rows[i]);
}

static void rows_are_whole(void **state)
{
    (void)state;
    size_t count, category_count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    ht_option_categories(&category_count);
    for (size_t i = 0; i < count; i++) {
        const struct ht_option *row = rows[i];
        assert_true(row->categories != 0 && row->categories < 1u << category_count);
        assert_non_null(row->apply);
        assert_true(strlen(row->name) < 48);
        assert_true(isupper((unsigned char)row->help[0]) && strlen(row->help) < 70);
        assert_int_not_equal(row->help[strlen(row->help) - 1], '.');
        assert_int_equal(row->text[strlen(row->text) - 1], '.');
        assert_false(row->flags & HT_OPTION_SWITCH && row->argument);
        assert_false(row->flags & HT_OPTION_ON && !(row->flags & HT_OPTION_SWITCH));
        assert_false(row->flags & HT_OPTION_SECRET && !row->argument);
        assert_true(row->least <= row->most);
        assert_true(row->since && isdigit((unsigned char)row->since[0]) && strchr(row->since, '.'));
        assert_int_equal(row->ignored != NULL, (row->categories & HT_CATEGORY_OTHER) != 0);
    }
}

static void every_category_has_rows_and_a_unique_name(void **state)
{
    (void)state;
    size_t count, category_count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    const struct ht_category *categories = ht_option_categories(&category_count);
    for (size_t i = 0; i < category_count; i++) {
        size_t members = 0;
        for (size_t j = 0; j < count; j++)
            members += (rows[j]->categories & categories[i].bit) != 0;
        assert_true(members > 0);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(categories[i].name, categories[j].name);
    }
}

static void libcurl_has_the_options(void **state)
{
    (void)state;
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i]->option && !ht_option_is_newer(rows[i]) && !curl_easy_option_by_name(rows[i]->option))
            fail_msg("--%s: libcurl has no %s", rows[i]->name, rows[i]->option);
}

static void libcurl_takes_the_types(void **state)
{
    (void)state;
    static const struct {
        ht_option_apply *apply;
        curl_easytype types[2];
    } expected[] = {
        {ht_apply_switch, {CURLOT_LONG, CURLOT_LONG}},
        {ht_apply_integer, {CURLOT_LONG, CURLOT_LONG}},
        {ht_apply_seconds, {CURLOT_LONG, CURLOT_LONG}},
        {ht_apply_symbol, {CURLOT_VALUES, CURLOT_LONG}},
        {ht_apply_text, {CURLOT_STRING, CURLOT_STRING}},
        {ht_apply_user, {CURLOT_STRING, CURLOT_STRING}},
        {ht_apply_list, {CURLOT_SLIST, CURLOT_SLIST}},
        {ht_apply_head, {CURLOT_LONG, CURLOT_LONG}},
        {ht_apply_bit, {CURLOT_VALUES, CURLOT_LONG}},
        {ht_apply_size, {CURLOT_OFF_T, CURLOT_OFF_T}},
        {ht_apply_strongest, {CURLOT_VALUES, CURLOT_LONG}},
        {ht_apply_compressed, {CURLOT_STRING, CURLOT_STRING}},
    };
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < sizeof expected / sizeof *expected; j++) {
            const struct curl_easyoption *option =
                rows[i]->option ? curl_easy_option_by_name(rows[i]->option) : NULL;
            if (rows[i]->apply != expected[j].apply || !option)
                continue;
            curl_easytype type = option->type;
            if (type != expected[j].types[0] && type != expected[j].types[1])
                fail_msg("--%s: %s is of another type", rows[i]->name, rows[i]->option);
        }
    }
}

/* The constants themselves, so that a name which libcurl lacks does not compile. */
#define SYMBOL(name)                                                                                         \
    {                                                                                                        \
#name, (long)(name)                                                                                  \
    }
static const struct {
    const char *name;
    long value;
} symbols[] = {
    SYMBOL(CURL_HTTP_VERSION_1_0),
    SYMBOL(CURL_HTTP_VERSION_1_1),
    SYMBOL(CURL_HTTP_VERSION_2_0),
    SYMBOL(CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE),
    SYMBOL(CURL_HTTP_VERSION_3),
    SYMBOL(CURL_HTTP_VERSION_3ONLY),
    SYMBOL(CURL_IPRESOLVE_V4),
    SYMBOL(CURL_IPRESOLVE_V6),
    SYMBOL(CURL_SSLVERSION_TLSv1),
    SYMBOL(CURL_SSLVERSION_TLSv1_0),
    SYMBOL(CURL_SSLVERSION_TLSv1_1),
    SYMBOL(CURL_SSLVERSION_TLSv1_2),
    SYMBOL(CURL_SSLVERSION_TLSv1_3),
    SYMBOL(CURLAUTH_ANY),
    SYMBOL(CURLAUTH_BASIC),
    SYMBOL(CURLAUTH_DIGEST),
    SYMBOL(CURLAUTH_NEGOTIATE),
    SYMBOL(CURLAUTH_NTLM),
    SYMBOL(CURLAUTH_AWS_SIGV4),
    SYMBOL(CURLAUTH_GSSAPI),
    SYMBOL(CURLAUTH_NTLM_WB),
    SYMBOL(CURLPROXY_HTTP_1_0),
    SYMBOL(CURLPROXY_SOCKS4),
    SYMBOL(CURLPROXY_SOCKS4A),
    SYMBOL(CURLPROXY_SOCKS5),
    SYMBOL(CURLPROXY_SOCKS5_HOSTNAME),
    SYMBOL(CURLSSLOPT_ALLOW_BEAST),
    SYMBOL(CURLSSLOPT_AUTO_CLIENT_CERT),
    SYMBOL(CURLSSLOPT_NATIVE_CA),
    SYMBOL(CURLSSLOPT_NO_REVOKE),
    SYMBOL(CURLSSLOPT_REVOKE_BEST_EFFORT),
    SYMBOL(CURL_NETRC_OPTIONAL),
    SYMBOL(CURL_NETRC_REQUIRED),
    SYMBOL(CURL_REDIR_POST_301),
    SYMBOL(CURL_REDIR_POST_302),
    SYMBOL(CURL_REDIR_POST_303),
};

static void libcurl_has_the_symbols(void **state)
{
    (void)state;
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (!rows[i]->symbol || ht_option_is_newer(rows[i]))
            continue;
        size_t at = 0;
        while (at < sizeof symbols / sizeof *symbols && strcmp(symbols[at].name, rows[i]->symbol) != 0)
            at++;
        if (at == sizeof symbols / sizeof *symbols)
            fail_msg("--%s: %s is not known to the test", rows[i]->name, rows[i]->symbol);
        assert_true(symbols[at].value != 0);
    }
}

static void names_are_found_as_curl_finds_them(void **state)
{
    (void)state;
    bool ambiguous;
    assert_string_equal(ht_option_by_name("max-t", &ambiguous)->name, "max-time");
    assert_string_equal(ht_option_by_name("MAX-Time", &ambiguous)->name, "max-time");
    /* Exact although it begins others. */
    assert_string_equal(ht_option_by_name("data", &ambiguous)->name, "data");
    assert_string_equal(ht_option_by_name("http2", &ambiguous)->name, "http2");
    assert_null(ht_option_by_name("max", &ambiguous));
    assert_true(ambiguous);
    assert_null(ht_option_by_name("", &ambiguous));
    assert_false(ambiguous);
    assert_null(ht_option_by_name("max-times", &ambiguous));
    assert_false(ambiguous);
}

/* Those of curl's options whose rows differ on purpose. */
static bool differs(const char *name)
{
    return strcmp(name, "json") == 0 || strcmp(name, "help") == 0;
}

static bool has_row(const char *name)
{
    bool ambiguous;
    const struct ht_option *row = ht_option_by_name(name, &ambiguous);
    return row && strcmp(row->name, name) == 0;
}

static void check_curl_option(size_t at)
{
    const char *name = curl_options[at].name;
    bool ambiguous;
    const struct ht_option *row = ht_option_by_name(name, &ambiguous);
    if (!has_row(name))
        fail_msg("--%s has no row", name);
    if (differs(name))
        return;
    if (row->letter != curl_options[at].letter)
        fail_msg("--%s has another letter", name);
    if ((row->argument != NULL) != (curl_options[at].kind == ARGUMENT))
        fail_msg("--%s: only one of both takes an argument", name);
    if (((row->flags & HT_OPTION_SWITCH) != 0) != (curl_options[at].kind == SWITCH))
        fail_msg("--%s: only one of both has a --no- form", name);
    if (row->flags & HT_OPTION_OURS || ht_option_is_newer(row))
        fail_msg("--%s is curl's, and no new one", name);
}

static void every_option_of_curl_has_a_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof curl_options / sizeof *curl_options; i++)
        check_curl_option(i);
}

/* --ci is ours; "j" begins curl's --json as well, which here is another option and never abbreviated. */
static bool abbreviates_otherwise(const char *name)
{
    return differs(name) || strcmp(name, "ciphers") == 0 || strcmp(name, "junk-session-cookies") == 0;
}

static void abbreviations_are_curls(void **state)
{
    (void)state;
    bool ambiguous;
    for (size_t i = 0; i < sizeof curl_options / sizeof *curl_options; i++)
        if (!has_row(curl_options[i].name))
            skip(); /* what is not there yet is part of what makes an abbreviation ambiguous */
    for (size_t i = 0; i < sizeof curl_options / sizeof *curl_options; i++) {
        const char *name = curl_options[i].name;
        char shorter[64];
        if (abbreviates_otherwise(name))
            continue;
        const struct ht_option *row = ht_option_by_name(curl_options[i].shortest, &ambiguous);
        if (!row || strcmp(row->name, name) != 0)
            fail_msg("--%s does not stand for --%s", curl_options[i].shortest, name);
        if (strcmp(name, curl_options[i].shortest) == 0)
            continue;
        snprintf(shorter, sizeof shorter, "%s", curl_options[i].shortest);
        shorter[strlen(shorter) - 1] = '\0';
        row = ht_option_by_name(shorter, &ambiguous);
        if (row && strcmp(row->name, name) == 0)
            fail_msg("--%s stands for --%s", shorter, name);
    }
}

static void later_options_stand_back(void **state)
{
    (void)state;
    bool ambiguous;
    assert_string_equal(ht_option_by_name("sh", &ambiguous)->name, "show-error");
    assert_string_equal(ht_option_by_name("show-h", &ambiguous)->name, "show-headers");
    assert_string_equal(ht_option_by_name("vl", &ambiguous)->name, "vlan-priority");
    assert_true(ht_option_is_newer(ht_option_by_name("sigalgs", &ambiguous)));
    assert_false(ht_option_is_newer(ht_option_by_name("http3-only", &ambiguous)));
    assert_false(ht_option_is_newer(ht_option_by_name("ci", &ambiguous)));
}

static void own_options_are_never_abbreviated(void **state)
{
    (void)state;
    bool ambiguous;
    assert_null(ht_option_by_name("timelin", &ambiguous));
    assert_null(ht_option_by_name("recor", &ambiguous));
    /* "show-" is --show-error's alone, as it is to curl. */
    assert_string_equal(ht_option_by_name("show-", &ambiguous)->name, "show-error");
    assert_string_equal(ht_option_by_name("timeline", &ambiguous)->name, "timeline");
}

static void the_nearest_is_near(void **state)
{
    (void)state;
    assert_string_equal(ht_option_nearest("conect-timeout"), "connect-timeout");
    assert_string_equal(ht_option_nearest("loaction"), "location");
    assert_string_equal(ht_option_nearest("no-aplm"), "no-alpn");
    assert_string_equal(ht_option_nearest("ulr"), "url");
    assert_null(ht_option_nearest("zzzzzzzzzz"));
    assert_null(ht_option_nearest(""));
    char longest[300];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (size_t len = 1; len < sizeof longest; len++)
        ht_option_nearest(longest + sizeof longest - 1 - len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_unique_and_ordered),
        cmocka_unit_test(letters_are_unique),
        cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(every_category_has_rows_and_a_unique_name),
        cmocka_unit_test(libcurl_has_the_options),
        cmocka_unit_test(libcurl_takes_the_types),
        cmocka_unit_test(libcurl_has_the_symbols),
        cmocka_unit_test(names_are_found_as_curl_finds_them),
        cmocka_unit_test(every_option_of_curl_has_a_row),
        cmocka_unit_test(abbreviations_are_curls),
        cmocka_unit_test(later_options_stand_back),
        cmocka_unit_test(own_options_are_never_abbreviated),
        cmocka_unit_test(the_nearest_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
