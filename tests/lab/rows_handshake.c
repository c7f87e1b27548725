/* SPDX-License-Identifier: MIT */
/* Faults in the middle of a handshake: a real server flight, of which only a part goes out, or not as it was
 * made.
 */
#include "lab.h"

#include <openssl/ssl.h>
#include <string.h>

enum { RECORD_HEADER = 5, FLIGHT_MAX = 65536 };

struct flight {
    uint8_t bytes[FLIGHT_MAX];
    size_t size;
};

/* The server's answer to a ClientHello, by OpenSSL into memory. */
static bool make_flight(struct lab_peer *peer, const uint8_t *hello, size_t size, struct flight *flight)
{
    SSL *ssl = SSL_new(peer->context);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    if (!ssl || !in || !out) {
        lab_die("SSL_new");
    }
    SSL_set_bio(ssl, in, out);
    BIO_write(in, hello, (int)size);
    SSL_accept(ssl);
    int got = BIO_read(out, flight->bytes, sizeof flight->bytes);
    SSL_free(ssl);
    flight->size = got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* Where record `index` begins; the flight's size past the last. */
static size_t record_at(const struct flight *flight, int index)
{
    size_t at = 0;
    for (int i = 0; i < index && at + RECORD_HEADER <= flight->size; i++) {
        at += RECORD_HEADER + ((size_t)flight->bytes[at + 3] << 8 | flight->bytes[at + 4]);
    }
    return at < flight->size ? at : flight->size;
}

static bool read_hello_make_flight(struct lab_peer *peer, struct flight *flight)
{
    static uint8_t hello[RECORD_HEADER + 16384];
    size_t size = lab_tls_hello(peer, hello, sizeof hello);
    return size > 0 && make_flight(peer, hello, size, flight);
}

/* The row's number of records, then the row's end. */
static void serve_part(struct lab_peer *peer)
{
    static struct flight flight;
    if (read_hello_make_flight(peer, &flight)) {
        lab_write(peer, flight.bytes, record_at(&flight, peer->row->number));
        lab_end(peer, peer->row->end);
    }
}

/* The first half of the ServerHello's record. */
static void serve_half_record(struct lab_peer *peer)
{
    static struct flight flight;
    if (read_hello_make_flight(peer, &flight)) {
        lab_write(peer, flight.bytes, record_at(&flight, 1) / 2);
        lab_end(peer, peer->row->end);
    }
}

/* One bit of the last byte of the row's record is not what was encrypted. */
static void serve_flipped(struct lab_peer *peer)
{
    static struct flight flight;
    if (read_hello_make_flight(peer, &flight)) {
        flight.bytes[record_at(&flight, peer->row->number + 1) - 1] ^= 1;
        lab_write(peer, flight.bytes, flight.size);
    }
}

static void serve_broken_header(struct lab_peer *peer)
{
    static struct flight flight;
    if (read_hello_make_flight(peer, &flight)) {
        size_t at = record_at(&flight, peer->row->number);
        flight.bytes[at] = 0x99;
        lab_write(peer, flight.bytes, flight.size);
    }
}

/* Overwrites TLS 1.3 in supported_versions, as an active attacker would; the server then answers with TLS 1.2
 * and the mark of RFC 8446 section 4.1.3 in its random. */
static void hide_tls13(uint8_t *hello, size_t size)
{
    for (size_t at = 0; at + 5 < size; at++) {
        size_t list = hello[at + 4];
        bool found = hello[at] == 0 && hello[at + 1] == 43 && hello[at + 2] == 0 &&
                     hello[at + 3] == list + 1 && list >= 2 && list % 2 == 0 && list <= 32 &&
                     at + 5 + list <= size;
        for (size_t i = 0; found && i < list; i += 2) {
            uint8_t *version = hello + at + 5 + i;
            if (version[0] == 3 && version[1] == 4) {
                version[0] = version[1] = 0x0a; /* GREASE, RFC 8701 */
            }
        }
    }
}

static void serve_downgraded(struct lab_peer *peer)
{
    static uint8_t hello[RECORD_HEADER + 16384];
    static struct flight flight;
    size_t size = lab_tls_hello(peer, hello, sizeof hello);
    hide_tls13(hello, size);
    if (size > 0 && make_flight(peer, hello, size, &flight)) {
        lab_write(peer, flight.bytes, flight.size);
    }
}

static const struct lab_tls good = {.alpn = "h2,http/1.1"},
                            tls12 = {.alpn = "h2,http/1.1", .min = TLS1_2_VERSION, .max = TLS1_2_VERSION};

#define MID(name, words, found, options, how, ...)                                                           \
    {                                                                                                        \
        .code = "tls." name, .help = (words), .phase = "tls", .finding = "tls." found, .client = (options),  \
        .scheme = LAB_HTTPS, .serve = (how), .own_handshake = true, __VA_ARGS__                              \
    }

static const struct lab_row rows[] = {
    MID("stalled_mid_handshake", "ServerHello, then silence", "stalled_mid_handshake", "--max-time 2",
        serve_part, .tls = &good, .number = 1, .end = LAB_END_HOLD),
    MID("stalled_mid_handshake.tls12", "TLS 1.2: the first record of the flight, then silence",
        "stalled_mid_handshake", "--max-time 2", serve_part, .tls = &tls12, .number = 1, .end = LAB_END_HOLD),
    MID("stalled_mid_handshake.late", "TLS 1.3: all but the last record of the flight, then silence",
        "stalled_mid_handshake", "--max-time 2", serve_part, .tls = &good, .number = 5, .end = LAB_END_HOLD),
    MID("cut_mid_handshake.fin", "ServerHello, then FIN", "cut_mid_handshake", NULL, serve_part, .tls = &good,
        .number = 1, .end = LAB_END_FIN),
    MID("cut_mid_handshake.rst", "ServerHello, then RST", "cut_mid_handshake", NULL, serve_part, .tls = &good,
        .number = 1, .end = LAB_END_RST),
    MID("cut_mid_handshake.tls12", "TLS 1.2: the first record of the flight, then FIN", "cut_mid_handshake",
        NULL, serve_part, .tls = &tls12, .number = 1, .end = LAB_END_FIN),
    MID("no_server_hello.half", "half of the ServerHello's record, then FIN", "no_server_hello", NULL,
        serve_half_record, .tls = &good, .end = LAB_END_FIN),
    MID("bad_record.flipped", "TLS 1.3: a record of the flight does not decrypt", "bad_record", NULL,
        serve_flipped, .tls = &good, .number = 2),
    MID("bad_record.header", "TLS 1.3: a record of no known type in the flight", "bad_record", NULL,
        serve_broken_header, .tls = &good, .number = 2),
    MID("downgrade_sentinel", "the ClientHello's TLS 1.3 was hidden from the server", "downgrade_sentinel",
        NULL, serve_downgraded, .tls = &good),
};

const struct lab_family lab_handshake = LAB_FAMILY(rows);
