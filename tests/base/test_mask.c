/* SPDX-License-Identifier: MIT */
/* Secrets: masked wherever they stand, and nothing else is lost. */
#include "text.h"

#include "base/mask.h"

struct pair {
    const char *in, *out;
};

static void urls(void **unused)
{
    (void)unused;
    static const struct pair rows[] = {
        {"https://user:pw@host/", "https://user:[masked]@host/"},
        {"https://user:p@w@host/", "https://user:[masked]@host/"},
        {"https://user:p:w@host:8443/x", "https://user:[masked]@host:8443/x"},
        {"https://user:@host/", "https://user:[masked]@host/"},
        {"https://ghp_abc@host/", "https://[masked]@host/"},
        {"https://a@b:pw@host/", "https://[masked]@host/"},
        {"https://u:pw@host", "https://u:[masked]@host"},
        {"https://u:pw@host?x=1", "https://u:[masked]@host?x=1"},
        {"https://u:pw@[2001:db8::1]:443/", "https://u:[masked]@[2001:db8::1]:443/"},
        {"//u:pw@host/x", "//u:[masked]@host/x"},
        {"u:pw@host/x", "u:[masked]@host/x"},
        {"u:pw@host", "u:[masked]@host"},
        {"https:///u:pw@host/", "https:///u:[masked]@host/"},
        {"https:/u:pw@host/", "https:/u:[masked]@host/"},
        {"https://h/?token=abc", "https://h/?token=[masked]"},
        {"https://h/?a=1&access_token=abc&b=2#frag", "https://h/?a=1&access_token=[masked]&b=2#frag"},
        {"https://h/?TOKEN=abc", "https://h/?TOKEN=[masked]"},
        {"https://h/cb#access_token=abc&state=1", "https://h/cb#access_token=[masked]&state=1"},
        {"https://h/cb#/route?token=abc", "https://h/cb#/route?token=[masked]"},
        {"https://h/?password=a;b?c&x=1", "https://h/?password=[masked]&x=1"},
        {"https://h/?password=a=b", "https://h/?password=[masked]"},
        {"https://h/a;jsessionid=abc/b;v=1", "https://h/a;jsessionid=[masked]/b;v=1"},
        {"/a;sid=abc;v=1?q", "/a;sid=[masked];v=1?q"},
        {"/a;/b;=;token", "/a;/b;=;token"},
        {"https://h/?x=1;token=abc", "https://h/?x=1;token=[masked]"},
        {"https://h/?X-Amz-Signature=1&X-Amz-Credential=2&X-Amz-Date=3",
         "https://h/?X-Amz-Signature=[masked]&X-Amz-Credential=[masked]&X-Amz-Date=3"},
        {"https://h/?code=1&key=2&sig=3&api_key=4&subscription-key=5&jwt=6",
         "https://h/?code=[masked]&key=[masked]&sig=[masked]&api_key=[masked]&subscription-key=[masked]&jwt=["
         "masked]"},
        {"https://h/?user%5Bpassword%5D=1", "https://h/?user%5Bpassword%5D=[masked]"},
        {"https://h/?token&token=&x", "https://h/?token&token=&x"},
        {"https://u:p@h/?token=1#secret=2", "https://u:[masked]@h/?token=[masked]#secret=[masked]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        WRITES(rows[i].out, ht_mask_url(&out, ht_span_str(rows[i].in)));
}

static void harmless_urls(void **unused)
{
    (void)unused;
    static const char *const rows[] = {
        "",
        "/",
        "*",
        "?",
        "#",
        "//",
        "https://",
        "https://example.com/",
        "https://example.com:8443/a/b;v=1/@user?q=a%20b&lang=de&&x#top",
        "/users/@me?fields=a@b",
        "/a//b@c",
        "example.com:443",
        "example.com",
        "[::1]:80",
        "https://@host/",
        "/search?keyword=x&encode=utf8&monkey=1&zipcode=1&design=2&author=3",
        "/?=&=;#?",
        "http://h/?a=b?c;d=e",
        "file:///etc/hosts",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        WRITES(rows[i], ht_mask_url(&out, ht_span_str(rows[i])));
}

static void no_terminator_needed(void **unused)
{
    (void)unused;
    static const char text[] = "https://u:pw@host/?token=abcdef";
    for (size_t len = 0; len < sizeof text; len++) {
        char exact[sizeof text];
        memcpy(exact, text, len);
        struct ht_sink out = ht_sink(0);
        ht_mask_url(&out, ht_span(exact, len));
        if (len > 13)
            assert_null(strstr(ht_sink_text(&out), "pw"));
        if (len > 26)
            assert_null(strstr(ht_sink_text(&out), "ab"));
        ht_sink_free(&out);
    }
    WRITES("a", ht_mask_url(&out, LITERAL("a\0b"))); /* the sink holds all three bytes */
}

#define HEADER(name, value, expected)                                                                        \
    WRITES(expected, ht_mask_header(&out, ht_span_str(name), ht_span_str(value)))

static void credentials(void **unused)
{
    (void)unused;
    HEADER("Authorization", "Bearer abc", "Bearer [masked]");
    HEADER("authorization", "Basic dTpw", "Basic [masked]");
    HEADER("AUTHORIZATION", "rawtoken", "[masked]");
    HEADER("Proxy-Authorization", "Basic dTpw", "Basic [masked]");
    HEADER("Authorization", "Digest username=\"u\", response=\"0\"", "Digest [masked]");
    HEADER("Authorization", "", "");
    HEADER("Authorization", "Basic\tdTpw", "[masked]");
    HEADER("WWW-Authenticate", "Bearer realm=\"x\"", "Bearer realm=\"x\"");
}

static void what_services_have_for_it(void **unused)
{
    (void)unused;
    static const char *const secret[] = {"X-Api-Key",     "x-apikey",          "Private-Token",
                                         "X-Auth-Token",  "X-AccessToken",     "x-amz-security-token",
                                         "X-Vault-Token", "X-CSRF-Token",      "X-Client-Secret",
                                         "X-Session-Id",  "X-Amz-Credentials", "cf-access-jwt-assertion"};
    static const char *const known[] = {
        "x-ratelimit-remaining-tokens", "x-cache-key", "Surrogate-Key",   "Idempotency-Key", "Key", "ETag",
        "Access-Control-Allow-Headers", "Secretary",   "WWW-Authenticate"};
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
        HEADER(secret[i], "two words", "[masked]");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        HEADER(known[i], "two words", "two words");
    HEADER("X-Forwarded-Authorization", "Bearer abc", "Bearer [masked]");
    HEADER("X-Api-Key", "", "");
    HEADER("X-Original-URL", "/a?token=1", "/a?token=[masked]");
    HEADER("Report-To", "{\"url\":\"https://h/?key=1\"}", "{\"url\":\"https://h/?key=[masked]\"}");
}

static void cookies(void **unused)
{
    (void)unused;
    HEADER("Cookie", "sid=abc; theme=dark", "sid=[masked]; theme=[masked]");
    HEADER("cookie", "a=b=c;d=e", "a=[masked];d=[masked]");
    HEADER("Cookie", "bare; a=1; bare2", "[masked]; a=[masked]; [masked]");
    HEADER("Cookie", "=nameless; empty=", "=[masked]; empty=");
    HEADER("Cookie", "", "");
    HEADER("Cookie", ";; ", ";; ");
    HEADER("Set-Cookie", "sid=abc; Path=/; Secure; SameSite=Lax",
           "sid=[masked]; Path=/; Secure; SameSite=Lax");
    HEADER("set-cookie", "sid=a b&c; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
           "sid=[masked]; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    HEADER("Set-Cookie", "justvalue; Path=/", "[masked]; Path=/");
    HEADER("Set-Cookie", "sid=; Max-Age=0", "sid=; Max-Age=0");
}

static void url_headers(void **unused)
{
    (void)unused;
    HEADER("Location", "https://u:p@h/?token=x", "https://u:[masked]@h/?token=[masked]");
    HEADER("Location", "/cb?code=x&state=y", "/cb?code=[masked]&state=y");
    HEADER("Location", "//u:p@h/", "//u:[masked]@h/");
    HEADER("Referer", "https://h/?sid=1", "https://h/?sid=[masked]");
    HEADER(":path", "/x?token=1", "/x?token=[masked]");
    HEADER("Refresh", "0; url=https://u:p@h/?token=1", "0; url=https://u:[masked]@h/?token=[masked]");
    HEADER("Link", "<https://h/?token=1>; rel=\"next\", <https://h/2>; rel=\"last\"",
           "<https://h/?token=[masked]>; rel=\"next\", <https://h/2>; rel=\"last\"");
    HEADER("Alt-Svc", "h3=\":443\"; ma=86400", "h3=\":443\"; ma=86400");
}

static void harmless_headers(void **unused)
{
    (void)unused;
    static const char *const rows[] = {
        "Content-Type", "text/html; charset=utf-8",
        "ETag",         "\"abc;token=1\"",
        "Host",         "example.com",
        "X-Cookie",     "a=b",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i += 2)
        HEADER(rows[i], rows[i + 1], rows[i + 1]);
    assert_true(ht_mask_is_secret_header(LITERAL("SET-cookie")));
    assert_true(ht_mask_is_secret_header(LITERAL("Proxy-Authorization")));
    assert_false(ht_mask_is_secret_header(LITERAL("Cookies")));
    assert_false(ht_mask_is_secret_header(ht_span(NULL, 0)));
}

/* Fields that are said to stay as they are do. */
static void what_may_change(void **unused)
{
    (void)unused;
    static const char *const may[] = {"Authorization", "cookie",          "SET-COOKIE", "location",
                                      ":path",         "refresh",         "alt-svc",    "Link",
                                      "Referer",       "content-location"};
    static const char *const may_not[] = {"", "server", "date", "x-cookie", "cookies", "pat", ":pathx"};
    for (size_t i = 0; i < sizeof may / sizeof *may; i++)
        assert_true(ht_mask_may_change(ht_span_str(may[i])));
    for (size_t i = 0; i < sizeof may_not / sizeof *may_not; i++) {
        struct ht_sink out = ht_sink(0);
        assert_false(ht_mask_may_change(ht_span_str(may_not[i])));
        ht_mask_header(&out, ht_span_str(may_not[i]), ht_span_str("https://u:p@h/?token=1; a=b"));
        assert_string_equal(ht_sink_text(&out), "https://u:p@h/?token=1; a=b");
        ht_sink_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_change),      cmocka_unit_test(urls),
        cmocka_unit_test(harmless_urls),        cmocka_unit_test(credentials),
        cmocka_unit_test(no_terminator_needed), cmocka_unit_test(cookies),
        cmocka_unit_test(url_headers),          cmocka_unit_test(what_services_have_for_it),
        cmocka_unit_test(harmless_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
