/* SPDX-License-Identifier: MIT */
/* The peer within this process: what wraps a request is peeled off, the request is refused, in any
 * combination. */
#include "unit.h"

#include "peer/peer.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A client: plain, or with TLS on top of what was there. */
struct client {
    struct ht_peer *peer;
    SSL_CTX *tls;
    BIO *top;
};

static struct client client_new(bool through_proxy)
{
    struct client c = {.peer = ht_peer_new(), .tls = SSL_CTX_new(TLS_client_method())};
    assert_non_null(c.peer);
    int fd = ht_peer_connect(c.peer, through_proxy);
    assert_true(fd >= 0);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    fcntl(fd, F_SETFL, 0);
    c.top = BIO_new_socket(fd, BIO_CLOSE);
    return c;
}

static void client_free(struct client *c)
{
    BIO_free_all(c->top);
    SSL_CTX_free(c->tls);
    ht_peer_free(c->peer);
}

/* Gives the protocol that was agreed to. */
static const char *secure(struct client *c, const char *ciphers, bool http2)
{
    static char agreed[16];
    SSL *ssl = SSL_new(c->tls);
    const unsigned char *alpn;
    unsigned len;
    SSL_set_security_level(ssl, 0);
    if (ciphers) {
        SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
        assert_int_equal(SSL_set_cipher_list(ssl, ciphers), 1);
    }
    SSL_set_alpn_protos(ssl, (const unsigned char *)"\x02h2\x08http/1.1" + (http2 ? 0 : 3), http2 ? 12 : 9);
    SSL_set_bio(ssl, c->top, c->top);
    assert_int_equal(SSL_connect(ssl), 1);
    assert_int_equal(SSL_session_reused(ssl), 0);
    SSL_get0_alpn_selected(ssl, &alpn, &len);
    snprintf(agreed, sizeof agreed, "%.*s", (int)len, (const char *)alpn);
    c->top = BIO_new(BIO_f_ssl());
    BIO_set_ssl(c->top, ssl, BIO_CLOSE);
    return agreed;
}

static void say(struct client *c, const char *text)
{
    assert_int_equal(BIO_write(c->top, text, (int)strlen(text)), (int)strlen(text));
}

static void hears(struct client *c, const char *expected)
{
    char text[256] = "";
    for (int len = 0; len < (int)strlen(expected);) {
        int count = BIO_read(c->top, text + len, (int)strlen(expected) - len);
        assert_true(count > 0);
        len += count;
    }
    assert_string_equal(text, expected);
}

#define REFUSED   "HTTP/1.1 400 Dry run\r\n"
#define CONNECTED "HTTP/1.1 200 OK\r\n\r\n"

static void in_clear(void **unused)
{
    (void)unused;
    struct client c = client_new(false);
    say(&c, "PUT /a HTTP/1.1\r\nHost: b\r\nExpect: 100-continue\r\n");
    say(&c, "Content-Length: 3\r\n\r\n");
    hears(&c, REFUSED);
    client_free(&c);
}

static void behind_a_proxy_line(void **unused)
{
    (void)unused;
    struct client c = client_new(false);
    say(&c, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\n\r\n");
    hears(&c, REFUSED);
    client_free(&c);
}

static void over_tls(void **unused)
{
    (void)unused;
    struct client c = client_new(false);
    assert_string_equal(secure(&c, NULL, false), "http/1.1");
    say(&c, "GET / HTTP/1.1\r\n\r\n");
    hears(&c, REFUSED);
    client_free(&c);
}

static void with_any_kind_of_key(void **unused)
{
    static const char *const ciphers[] = {"ECDHE-RSA-AES128-GCM-SHA256", "AES256-SHA",
                                          "ECDHE-ECDSA-AES256-SHA", "DHE-RSA-AES128-SHA"};
    (void)unused;
    for (size_t i = 0; i < sizeof ciphers / sizeof *ciphers; i++) {
        struct client c = client_new(false);
        secure(&c, ciphers[i], true);
        client_free(&c);
    }
}

static void tunnel_in_tls_in_tls(void **unused)
{
    (void)unused;
    struct client c = client_new(true);
    assert_string_equal(secure(&c, NULL, true), "http/1.1"); /* the proxy's */
    say(&c, "CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n");
    hears(&c, CONNECTED);
    assert_string_equal(secure(&c, NULL, true), "h2");
    client_free(&c);
}

static void http2(void **unused)
{
    (void)unused;
    struct client c = client_new(false);
    /* SETTINGS; HEADERS with :method GET, :scheme http, :path / and :authority b, which end the stream. */
    static const char request[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
                                  "\0\0\6\1\5\0\0\0\1\x82\x86\x84\x41\1b";
    unsigned char frame[9 + 256];
    assert_true(BIO_write(c.top, request, sizeof request - 1) == sizeof request - 1);
    do {
        assert_int_equal(BIO_read(c.top, frame, 9), 9);
        if (frame[2])
            assert_int_equal(BIO_read(c.top, frame + 9, frame[2]), frame[2]);
    } while (frame[3] != 1);
    assert_int_equal(frame[9], 0x8C); /* the static table's ":status: 400" (RFC 7541 appendix A) */
    assert_int_equal(frame[4] & 1, 1);
    client_free(&c);
}

/* A client that says nothing, or what nobody understands, holds nobody up. */
static void ends_with_silent_clients(void **unused)
{
    (void)unused;
    struct client c = client_new(false);
    int silent = ht_peer_connect(c.peer, false);
    say(&c, "\x16\3\1\0\4oops");
    assert_true(silent >= 0);
    client_free(&c);
    close(silent);
}

static void many_one_after_another(void **unused)
{
    (void)unused;
    struct ht_peer *peer = ht_peer_new();
    char bytes[16];
    for (int i = 0; i < 200; i++) {
        int fd = ht_peer_connect(peer, false);
        assert_true(fd >= 0 && fd < 200); /* the threads and descriptors of earlier ones are gone */
        fcntl(fd, F_SETFL, 0);
        assert_int_equal(write(fd, "GET / HTTP/1.1\r\n\r\n", 18), 18);
        assert_true(read(fd, bytes, sizeof bytes) > 0);
        close(fd);
    }
    ht_peer_free(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_clear),
        cmocka_unit_test(behind_a_proxy_line),
        cmocka_unit_test(over_tls),
        cmocka_unit_test(with_any_kind_of_key),
        cmocka_unit_test(tunnel_in_tls_in_tls),
        cmocka_unit_test(http2),
        cmocka_unit_test(ends_with_silent_clients),
        cmocka_unit_test(many_one_after_another),
    };
    signal(SIGPIPE, SIG_IGN); /* as the tap does: a close_notify may meet a peer that is gone */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
