/* SPDX-License-Identifier: MIT */
/* Options to settings: every option at least once, and the rules of curl's command line. */
#include "unit.h"

#include "dump.h"
#include "settings_cases.h"

#include "options/table.h"

#include <stdio.h>
#include <stdlib.h>

static const struct settings_case cases[] = {
    {"h", ""},
    {"--url|h", ""},
    /* The request. */
    {"--compressed|h", "ACCEPT_ENCODING=;"},
    {"--compressed|--no-compressed|h", ""},
    {"--cookie|a=b|h", "COOKIE=a=b;"},
    {"-b|a=b|-b|c=d; e=f|h", "COOKIE=a=b;c=d; e=f;"},
    {"-b|jar|h", "COOKIEFILE=jar;"},
    {"-b|@a=b|h", "COOKIEFILE=a=b;"},
    {"-b|j|-b|k|h", "COOKIEFILE=j;COOKIEFILE=k;"},
    {"--globoff|-g|h", ""},
    {"--head|h", "NOBODY=1;"},
    {"-I|--no-head|h", "NOBODY=0;"},
    {"--header|A: b|h", "HTTPHEADER+=A: b;"},
    {"-H|A: b|-H|C;|-HHost:|h", "HTTPHEADER+=A: b;HTTPHEADER+=C;;HTTPHEADER+=Host:;"},
    {"--http0.9|h", "HTTP09_ALLOWED=1;"},
    {"--http1.0|h", "HTTP_VERSION=CURL_HTTP_VERSION_1_0;"},
    {"-0|h", "HTTP_VERSION=CURL_HTTP_VERSION_1_0;"},
    {"--http1.1|h", "HTTP_VERSION=CURL_HTTP_VERSION_1_1;"},
    {"--http2|h", "HTTP_VERSION=CURL_HTTP_VERSION_2_0;"},
    {"--http2-prior-knowledge|h", "HTTP_VERSION=CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;"},
    {"--http3|h", "HTTP_VERSION=CURL_HTTP_VERSION_3;"},
    {"--http3-only|h", "HTTP_VERSION=CURL_HTTP_VERSION_3ONLY;"},
    {"--http3|--http1.1|h", "HTTP_VERSION=CURL_HTTP_VERSION_1_1;"},
    {"--location|h", "FOLLOWLOCATION=1;"},
    {"-L|--no-location|h", "FOLLOWLOCATION=0;"},
    {"--max-redirs|7|h", "MAXREDIRS=7;"},
    {"--max-redirs|-1|h", "MAXREDIRS=-1;"},
    {"--path-as-is|h", "PATH_AS_IS=1;"},
    {"--referer|http://r/|h", "REFERER=http://r/;"},
    {"-e|r|h", "REFERER=r;"},
    {"--request|PUT|h", "CUSTOMREQUEST=PUT;"},
    {"-X|PUT|h", "CUSTOMREQUEST=PUT;"},
    {"-XPUT|-X|PATCH|h", "CUSTOMREQUEST=PATCH;"},
    {"--fail|h", "FAILONERROR=1;"},
    {"-f|--no-fail|h", "FAILONERROR=0;"},
    {"--location-trusted|h", "FOLLOWLOCATION=1;UNRESTRICTED_AUTH=1;"},
    {"--location-trusted|--no-location-trusted|h", "FOLLOWLOCATION=0;UNRESTRICTED_AUTH=0;"},
    {"--anyauth|h", "HTTPAUTH|=CURLAUTH_ANY;"},
    {"--basic|h", "HTTPAUTH|=CURLAUTH_BASIC;"},
    {"--digest|--digest|h", "HTTPAUTH|=CURLAUTH_DIGEST;"},
    {"--ntlm|--negotiate|h", "HTTPAUTH|=CURLAUTH_NTLM;HTTPAUTH|=CURLAUTH_NEGOTIATE;"},
    {"--ntlm|--negotiate|--no-ntlm|h", "HTTPAUTH|=CURLAUTH_NEGOTIATE;"},
    {"--no-basic|h", ""},
    {"--tls-max|1.2|--digest|--tlsv1.2|h", "HTTPAUTH|=CURLAUTH_DIGEST;SSLVERSION=CURL_SSLVERSION_TLSv1_2;"
                                           "SSLVERSION|=CURL_SSLVERSION_MAX_TLSv1_2;"},
    {"--user|a:b|h", "USERPWD=a:b;"},
    {"-u|a:|h", "USERPWD=a:;"},
    {"-ua:b:c|h", "USERPWD=a:b:c;"},
    {"-u|;auth=x|h", "USERPWD=;auth=x;"},
    {"--user-agent|x|h", "USERAGENT=x;"},
    {"-A||h", "USERAGENT=;"},
    /* Data. */
    {"--data|a|h", "POSTFIELDSIZE_LARGE=1;COPYPOSTFIELDS=[1]a;"},
    {"-d|a=1|-d|b=2|h", "POSTFIELDSIZE_LARGE=7;COPYPOSTFIELDS=[7]a=1&b=2;"},
    {"-d||h", "POSTFIELDSIZE_LARGE=0;COPYPOSTFIELDS=[0];"},
    {"-d||-d|a|h", "POSTFIELDSIZE_LARGE=2;COPYPOSTFIELDS=[2]&a;"},
    {"--data-ascii|a|h", "POSTFIELDSIZE_LARGE=1;COPYPOSTFIELDS=[1]a;"},
    {"--data-binary|a|-d|b|h", "POSTFIELDSIZE_LARGE=3;COPYPOSTFIELDS=[3]a&b;"},
    {"--data-raw|@a|h", "POSTFIELDSIZE_LARGE=2;COPYPOSTFIELDS=[2]@a;"},
    {"--json-data|{|--json-data|}|h", "POSTFIELDSIZE_LARGE=2;COPYPOSTFIELDS=[2]{};HTTPHEADER+=Content-Type: "
                                      "application/json;HTTPHEADER+=Accept: application/json;"},
    {"-d|a|--json-data|b|-H|accept: x|h", "HTTPHEADER+=accept: x;POSTFIELDSIZE_LARGE=2;COPYPOSTFIELDS=[2]ab;"
                                          "HTTPHEADER+=Content-Type: application/json;"},
    {"--json-data|b|-H|content-type;|-H|Accept-X: 1|h",
     "HTTPHEADER+=content-type;;HTTPHEADER+=Accept-X: 1;POSTFIELDSIZE_LARGE=1;COPYPOSTFIELDS=[1]b;"
     "HTTPHEADER+=Accept: application/json;"},
    /* Connections. */
    {"--abstract-unix-socket|x|h", "ABSTRACT_UNIX_SOCKET=x;"},
    {"--connect-timeout|1.5|h", "CONNECTTIMEOUT_MS=1500;"},
    {"--connect-to|a:1:b:2|--connect-to|::c:|h", "CONNECT_TO+=a:1:b:2;CONNECT_TO+=::c:;"},
    {"--interface|lo|h", "INTERFACE=lo;"},
    {"--ipv4|h", "IPRESOLVE=CURL_IPRESOLVE_V4;"},
    {"-6|h", "IPRESOLVE=CURL_IPRESOLVE_V6;"},
    {"--ipv4|--ipv6|h", "IPRESOLVE=CURL_IPRESOLVE_V6;"},
    {"--no-keepalive|h", "TCP_KEEPALIVE=0;"},
    {"--no-keepalive|--keepalive|h", "TCP_KEEPALIVE=1;"},
    {"--max-time|2|h", "TIMEOUT_MS=2000;"},
    {"-m|.25|h", "TIMEOUT_MS=250;"},
    {"-m0.0019|h", "TIMEOUT_MS=1;"},
    {"-m|0|h", "TIMEOUT_MS=0;"},
    {"-m|9999999|h", "TIMEOUT_MS=2147483647;"},
    {"--noproxy|a,b|h", "NOPROXY=a,b;"},
    {"--proxy|p:1|h", "PROXY=p:1;"},
    {"-x||h", "PROXY=;"},
    {"--proxy-user|a:b|h", "PROXYUSERPWD=a:b;"},
    {"-U|a:b|-p|h", "PROXYUSERPWD=a:b;HTTPPROXYTUNNEL=1;"},
    {"--proxytunnel|--no-proxytunnel|h", "HTTPPROXYTUNNEL=0;"},
    {"--resolve|a:1:2|--resolve|-a:1|h", "RESOLVE+=a:1:2;RESOLVE+=-a:1;"},
    {"--unix-socket|/s|h", "UNIX_SOCKET_PATH=/s;"},
    {"--parallel|h", "PIPEWAIT=1;"},
    {"-Z|--parallel-max|3|h", "PIPEWAIT=1;"},
    {"-Z|--parallel-immediate|h", ""},
    {"--parallel-immediate|--no-parallel-immediate|-Z|h", "PIPEWAIT=1;"},
    {"-Z|--no-parallel|h", ""},
    /* TLS. */
    {"--no-alpn|h", "SSL_ENABLE_ALPN=0;"},
    {"--alpn|h", "SSL_ENABLE_ALPN=1;"},
    {"--cacert|f|h", "CAINFO=f;"},
    {"--capath|d|h", "CAPATH=d;PROXY_CAPATH=d;"},
    {"--cert-status|h", "SSL_VERIFYSTATUS=1;"},
    {"--proxy-cacert|f|h", "PROXY_CAINFO=f;"},
    {"--proxy-insecure|h", "PROXY_SSL_VERIFYPEER=0;PROXY_SSL_VERIFYHOST=0;"},
    {"--proxy-insecure|--no-proxy-insecure|h", "PROXY_SSL_VERIFYPEER=1;PROXY_SSL_VERIFYHOST=2;"},
    {"--cert|f|h", "SSLCERT=f;"},
    {"-E|f:pw|h", "SSLCERT=f;KEYPASSWD=pw;"},
    {"-E|a\\:b\\\\c\\d:p:w\\|h", "SSLCERT=a:b\\c\\d;KEYPASSWD=p:w\\;"},
    {"-E|f:|h", "SSLCERT=f;"},
    {"-E|f\\|h", "SSLCERT=f\\;"},
    {"-E|pkcs11:token=x;object=y|h", "SSLCERT=pkcs11:token=x;object=y;SSLCERTTYPE=ENG;"},
    {"--ciphers|X|h", "SSL_CIPHER_LIST=X;"},
    {"--curves|X25519|h", "SSL_EC_CURVES=X25519;"},
    {"--insecure|h", "SSL_VERIFYPEER=0;SSL_VERIFYHOST=0;"},
    {"-k|--no-insecure|h", "SSL_VERIFYPEER=1;SSL_VERIFYHOST=2;"},
    {"--key|f|h", "SSLKEY=f;"},
    {"--pass|p|h", "KEYPASSWD=p;"},
    {"--tls-max|1.2|h", "SSLVERSION|=CURL_SSLVERSION_MAX_TLSv1_2;"},
    {"--tls-max|1.0|--tls-max|1.1|--tls-max|1.3|h", "SSLVERSION|=CURL_SSLVERSION_MAX_TLSv1_3;"},
    {"--tls-max|default|h", "SSLVERSION|=CURL_SSLVERSION_MAX_DEFAULT;"},
    {"--tls-max|1.2|--tlsv1.1|--tlsv1.2|h",
     "SSLVERSION=CURL_SSLVERSION_TLSv1_2;SSLVERSION|=CURL_SSLVERSION_MAX_TLSv1_2;"},
    {"--tls13-ciphers|X|h", "TLS13_CIPHERS=X;"},
    {"--tlsv1|h", "SSLVERSION=CURL_SSLVERSION_TLSv1;"},
    {"-1|h", "SSLVERSION=CURL_SSLVERSION_TLSv1;"},
    {"--tlsv1.0|h", "SSLVERSION=CURL_SSLVERSION_TLSv1_0;"},
    {"--tlsv1.1|h", "SSLVERSION=CURL_SSLVERSION_TLSv1_1;"},
    {"--tlsv1.2|h", "SSLVERSION=CURL_SSLVERSION_TLSv1_2;"},
    {"--tlsv1.3|h", "SSLVERSION=CURL_SSLVERSION_TLSv1_3;"},
    /* What sets nothing of libcurl. */
    {"--include|--output|f|--record|r|--show-error|--show-secrets|--silent|--timeline|--verbose|--json|h",
     ""},
    {"-i|-o|f|-S|-s|-v|h", ""},
    {"--dry-run|h", ""},
    {"--capture-max|64M|h", ""},
    {"--sarif-category|edge|h", ""},
    {"--ci|--fail-on|notice|--ignore|local.*|--expect|status=200|--give-up-early|--warn-slow|wait=300|h", ""},
    /* The rules. */
    {"-sSLm5|h", "FOLLOWLOCATION=1;TIMEOUT_MS=5000;"},
    {"-Lm|5|h", "FOLLOWLOCATION=1;TIMEOUT_MS=5000;"},
    {"h|-L", "FOLLOWLOCATION=1;"},
    {"--max-t|5|h", "TIMEOUT_MS=5000;"},
    {"--MAX-TIME|5|h", "TIMEOUT_MS=5000;"},
    {"--no-inse|h", "SSL_VERIFYPEER=1;SSL_VERIFYHOST=2;"},
    {"-H|-X|h", "HTTPHEADER+=-X;"},
    {"-L|--|h", "FOLLOWLOCATION=1;"},
};

static void check_case(const struct settings_case *at)
{
    struct ht_command command;
    struct ht_error error = {0};
    struct ht_sink sink = ht_sink(0);
    if (dump_parse(at->words, &command, &error) != HT_OK)
        fail_msg("%s: %s", at->words, error.text);
    dump_settings(&sink, &command);
    if (strcmp(ht_sink_text(&sink), at->settings) != 0)
        fail_msg("%s: expected %s, got %s", at->words, at->settings, ht_sink_text(&sink));
    ht_sink_free(&sink);
    ht_command_clear(&command);
}

static void settings_are_as_expected(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(&cases[i]);
    for (const struct settings_case *at = ht_settings_cases; at->words; at++)
        check_case(at);
}

static void check_ignored(const struct ht_option *row)
{
    struct ht_command command;
    struct ht_error error = {0};
    struct ht_sink sink = ht_sink(0);
    char words[160], note[160];
    const char *name = ht_option_spelling(row), *argument = row->argument ? "|x" : "";
    snprintf(words, sizeof words, "--%s%s|--%s%s|h", name, argument, name, argument);
    snprintf(note, sizeof note, "httptrace: --%s has no effect: %s\n", name, row->ignored);
    if (dump_parse(words, &command, &error) != HT_OK)
        fail_msg("%s: %s", words, error.text);
    dump_settings(&sink, &command);
    assert_string_equal(ht_sink_text(&sink), "");
    assert_string_equal(command.notes, note);
    ht_sink_free(&sink);
    ht_command_clear(&command);
}

static void what_is_ignored_is_named_once(void **state)
{
    (void)state;
    size_t count, ignored = 0;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i]->ignored) {
            check_ignored(rows[i]);
            ignored++;
        }
    }
    assert_true(ignored > 40);
}

static bool is_tested_elsewhere(const struct ht_option *row)
{
    for (const char *const *name = ht_settings_elsewhere; *name; name++)
        if (strcmp(row->name, *name) == 0)
            return true;
    return row->categories & HT_CATEGORY_OUTPUT && !row->option;
}

static bool is_used(const char *spelling)
{
    char word[64];
    snprintf(word, sizeof word, "--%s|", spelling);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strstr(cases[i].words, word))
            return true;
    for (const struct settings_case *at = ht_settings_cases; at->words; at++)
        if (strstr(at->words, word))
            return true;
    return false;
}

static void every_option_is_in_a_case(void **state)
{
    (void)state;
    size_t count;
    const struct ht_option *const *rows = ht_option_rows(&count);
    for (size_t i = 0; i < count; i++)
        if (!rows[i]->ignored && !is_tested_elsewhere(rows[i]) && !is_used(ht_option_spelling(rows[i])))
            fail_msg("--%s is in no case", ht_option_spelling(rows[i]));
}

static void what_curl_refuses_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        int exit_code;
    } rows[] = {
        {"--limit-rate|1.5k|h", 2},
        {"--limit-rate|1T|h", 2},
        {"--limit-rate|1kB|h", 2},
        {"--limit-rate|-1|h", 2},
        {"--limit-rate|k|h", 2},
        {"--limit-rate|99999999999G|h", 2},
        {"--max-filesize|1.5M|h", 2},
        {"--max-filesize|9999999999G|h", 2},
        {"--local-port|1000-|h", 2},
        {"--local-port|1010-1000|h", 2},
        {"--local-port|70000|h", 2},
        {"--local-port|1-70000|h", 2},
        {"--local-port|x|h", 2},
        {"--keepalive-time|-1|h", 2},
        {"--happy-eyeballs-timeout-ms|-1|h", 2},
        {"--expect100-timeout|-1|h", 2},
        {"--expect100-timeout|x|h", 2},
        {"-Y|1k|h", 2},
        {"-y|-1|h", 2},
        {"--proto|=|h", 2},
        {"--proto-redir|,+|h", 2},
        {"--proto-default|x|h", 1},
        {"--tlsauthtype|X|h", 2},
        {"--proxy-tlsauthtype|SRPX|h", 2},
        {"-m|1e400|h", 2},
        {"-m|inf|h", 2},
        {"-m|nan|h", 2},
        {"-m|1,5|h", 2},
        {"--ip-tos|256|h", 2},
        {"--ip-tos|CS8|h", 2},
        {"--vlan-priority|8|h", 2},
        {"--ech|x|h", 2},
        {"--parallel-max-host|-1|h", 2},
        {"--no-http2|h", 2},
        {"--metalink|h", 2},
        {"--no-proxy|h", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_command command;
        struct ht_error error = {0};
        if (dump_parse(rows[i].words, &command, &error) != HT_ERR_USAGE)
            fail_msg("%s: no usage error", rows[i].words);
        assert_int_equal(error.exit_code, rows[i].exit_code);
    }
}

static const struct ht_setting *setting_of(const struct ht_command *command, const char *option)
{
    for (size_t i = 0; i < command->operations->setting_count; i++)
        if (strcmp(command->operations->settings[i].option, option) == 0)
            return &command->operations->settings[i];
    fail_msg("no setting %s", option);
    return NULL;
}

static void defaults_are_curls(void **state)
{
    (void)state;
    struct ht_command command;
    assert_int_equal(dump_parse("h", &command, NULL), HT_OK);
    assert_string_equal(setting_of(&command, "USERAGENT")->text, "httptrace/" HT_VERSION);
    assert_string_equal(setting_of(&command, "HTTP_VERSION")->text, "CURL_HTTP_VERSION_2TLS");
    assert_int_equal(setting_of(&command, "HTTP_VERSION")->type, HT_SETTING_SYMBOL);
    assert_int_equal(setting_of(&command, "MAXREDIRS")->number, 50);
    assert_int_equal(setting_of(&command, "TCP_KEEPALIVE")->number, 1);
    assert_int_equal(setting_of(&command, "NOPROGRESS")->number, 1);
    ht_command_clear(&command);
}

static void flags_are_as_spelled(void **state)
{
    (void)state;
    struct ht_command command;
    assert_int_equal(dump_parse("-Lm5|--max-re|3|--no-alpn|-d|x|-b|a=b|h", &command, NULL), HT_OK);
    assert_string_equal(setting_of(&command, "FOLLOWLOCATION")->flag, "-L");
    assert_string_equal(setting_of(&command, "TIMEOUT_MS")->flag, "-m");
    assert_string_equal(setting_of(&command, "MAXREDIRS")->flag, "--max-re");
    assert_string_equal(setting_of(&command, "SSL_ENABLE_ALPN")->flag, "--no-alpn");
    assert_string_equal(setting_of(&command, "COPYPOSTFIELDS")->flag, "-d");
    assert_string_equal(setting_of(&command, "COOKIE")->flag, "-b");
    ht_command_clear(&command);
}

static void ca_variables_are_read_as_curl_does(void **state)
{
    (void)state;
    static const struct {
        const char *bundle, *dir, *file, *words, *settings;
    } rows[] = {
        {"/b", "/d", "/f", "h", "CAINFO=/b;"},
        {"", "/d", "/f", "h", "CAPATH=/d;PROXY_CAPATH=/d;CAINFO=/f;"},
        {"", "", "/f", "h", "CAINFO=/f;"},
        {"/b", "/d", "/f", "-k|h", "SSL_VERIFYPEER=0;SSL_VERIFYHOST=0;"},
        {"/b", "/d", "/f", "--cacert|x|h", "CAINFO=x;"},
        {"/b", "/d", "/f", "--capath|x|h", "CAPATH=x;PROXY_CAPATH=x;"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_command command;
        struct ht_sink sink = ht_sink(0);
        setenv("CURL_CA_BUNDLE", rows[i].bundle, 1);
        setenv("SSL_CERT_DIR", rows[i].dir, 1);
        setenv("SSL_CERT_FILE", rows[i].file, 1);
        assert_int_equal(dump_parse(rows[i].words, &command, NULL), HT_OK);
        dump_settings(&sink, &command);
        assert_string_equal(ht_sink_text(&sink), rows[i].settings);
        ht_sink_free(&sink);
        ht_command_clear(&command);
    }
    dump_clear_environment();
}

static void passwords_leave_argv(void **state)
{
    (void)state;
    char name[] = "httptrace", flag[] = "-u", user[] = "me:secret", joined[] = "-Ume:secret", url[] = "h";
    char *argv[] = {name, flag, user, joined, url};
    struct ht_command command;
    assert_int_equal(ht_options_parse(5, argv, &command, NULL), HT_OK);
    assert_string_equal(user, "         ");
    assert_string_equal(joined, "-U         ");
    assert_string_equal(setting_of(&command, "USERPWD")->text, "me:secret");
    assert_string_equal(setting_of(&command, "PROXYUSERPWD")->text, "me:secret");
    ht_command_clear(&command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_as_expected),
        cmocka_unit_test(what_is_ignored_is_named_once),
        cmocka_unit_test(every_option_is_in_a_case),
        cmocka_unit_test(what_curl_refuses_is_refused),
        cmocka_unit_test(defaults_are_curls),
        cmocka_unit_test(flags_are_as_spelled),
        cmocka_unit_test(ca_variables_are_read_as_curl_does),
        cmocka_unit_test(passwords_leave_argv),
    };
    dump_clear_environment();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
