/* SPDX-License-Identifier: MIT */
/* The HTTP/1 splitter: any portions of the input give the same units. */
#include "unit.h"

#include "base/sink.h"
#include "decode/h1/h1.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const kinds[] = {"more", "head", "chunk", "body", "trailers", "end", "BAD"};

struct feed {
    struct ht_h1_splitter *splitter;
    struct ht_arena *arena;
    struct ht_sink log;
    const char *method;
    bool request, in_body, left_http;
};

static void log_piece(struct feed *f, const struct ht_h1_piece *piece)
{
    bool body = piece->kind == HT_H1_BODY;
    if (!body || !f->in_body)
        ht_sink_printf(&f->log, "%s%s@%llu:", f->log.len ? "|" : "", kinds[piece->kind],
                       (unsigned long long)piece->offset);
    f->in_body = body;
    ht_sink_bytes(&f->log, piece->bytes);
    if (piece->kind == HT_H1_CHUNK)
        ht_sink_printf(&f->log, "(%llu%s%s%s)", (unsigned long long)piece->chunk_size,
                       piece->has_extensions ? " ext" : "", piece->last ? " last" : "",
                       piece->bare_lf ? " lf" : "");
    if (piece->cut)
        ht_sink_puts(&f->log, "(cut)");
}

static void give(struct feed *f, struct ht_span in)
{
    struct ht_h1_piece piece;
    do {
        size_t took = ht_h1_split(f->splitter, in, &piece);
        assert_true(took <= in.len);
        in = ht_span_from(in, took);
        if (piece.kind == HT_H1_NEED_MORE)
            break;
        log_piece(f, &piece);
        if (piece.kind == HT_H1_HEAD) {
            struct ht_h1_head head;
            int64_t length;
            const char *why;
            ht_h1_decode_head(f->arena, piece.bytes, !f->request, &head);
            enum ht_framing framing = ht_h1_framing(&head, ht_span_str(f->method), &length, &why);
            f->left_http = framing == HT_FRAMING_UPGRADE;
            ht_h1_splitter_body(f->splitter, framing, length);
        }
    } while (!f->left_http);
    if (f->left_http)
        ht_sink_printf(&f->log, "|left %zu", in.len);
    else
        assert_int_equal(in.len, 0);
}

static struct feed feed_new(const char *method, bool request)
{
    return (struct feed){.splitter = ht_h1_splitter_new(),
                         .arena = ht_arena_new(),
                         .log = ht_sink(0),
                         .method = method,
                         .request = request};
}

static void feed_free(struct feed *f)
{
    ht_h1_splitter_free(f->splitter);
    ht_arena_free(f->arena);
    ht_sink_free(&f->log);
}

/* `finish`: 1, the stream's end is in good order; 0, it is not. */
struct split_row {
    const char *in, *method, *log;
    int finish;
    size_t held;
};

#define OK "HTTP/1.1 200 OK\r\n"
#define TE OK "Transfer-Encoding: chunked\r\n\r\n" /* 47 bytes */

static const struct split_row rows[] = {
    {OK "Content-Length: 5\r\n\r\nhello" OK "\r\nto the end", "GET",
     "head@0:" OK "Content-Length: 5\r\n\r\n|body@38:hello|end@43:|head@43:" OK "\r\n|body@62:to the end", 1,
     0},
    {TE "5\r\nhello\r\n0\r\n\r\n", "GET",
     "head@0:" TE "|chunk@47:5\r\n(5)|body@50:hello|chunk@57:0\r\n(0 last)|trailers@60:\r\n|end@62:", 1, 0},
    {TE "3;x=y\r\nabc\r\n0;z\r\nA: b\r\n\r\n", "GET",
     "head@0:" TE "|chunk@47:3;x=y\r\n(3 ext)|body@54:abc|chunk@59:0;z\r\n(0 ext last)|trailers@64:A: "
     "b\r\n\r\n|end@72:",
     1, 0},
    {TE "2\nab\n0\n\n", "GET",
     "head@0:" TE "|chunk@47:2\n(2)|body@49:ab|chunk@52:0\n(0 last lf)|trailers@54:\n|end@55:", 1, 0},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n", "POST",
     "head@0:HTTP/1.1 100 Continue\r\n\r\n|end@25:|head@25:HTTP/1.1 204 No\r\n\r\n|end@44:", 1, 0},
    {"\r\n\n\r\n" OK "Content-Length: 0\r\n\r\n", "GET", "head@5:" OK "Content-Length: 0\r\n\r\n|end@43:", 1,
     0},
    {"HTTP/1.1 200 OK\nA: b\n\r\nbody", "GET", "head@0:HTTP/1.1 200 OK\nA: b\n\r\n|body@23:body", 1, 0},
    {OK "A: \r\r\n\r\nbody", "GET", "head@0:" OK "A: \r\r\n\r\n|body@25:body", 1, 0},
    {"\r\r\n\r\nx", "GET", "head@0:\r\r\n\r\n|body@5:x", 1, 0},
    {"HTTP/1.1 101 Up\r\n\r\n\1\2\3", "GET", "head@0:HTTP/1.1 101 Up\r\n\r\n|left 3", 1, 0},
    {OK "Content-Length: 5\r\n\r\nhel", "GET", "head@0:" OK "Content-Length: 5\r\n\r\n|body@38:hel", 0, 0},
    {OK "Content-Len", "GET", "", 0, 28},
    {"<html>nothing else", "GET", "", 0, 18},
    {TE "5\r\nhel", "GET", "head@0:" TE "|chunk@47:5\r\n(5)|body@50:hel", 0, 0},
    {TE "5\r\nhello\r\n", "GET", "head@0:" TE "|chunk@47:5\r\n(5)|body@50:hello", 0, 0},
    {TE "0\r\nA: b\r\n", "GET", "head@0:" TE "|chunk@47:0\r\n(0 last)", 0, 0},
    /* broken chunks: the offset is that of the first illegal byte */
    {TE "xyz\r\n", "GET", "head@0:" TE "|BAD@47:x|body@48:yz\r\n", 0, 0},
    {TE "\r\nx", "GET", "head@0:" TE "|BAD@47:\r|body@48:\nx", 0, 0},
    {TE "5x\r\nhello", "GET", "head@0:" TE "|BAD@48:5x|body@49:\r\nhello", 0, 0},
    {TE "5 5\r\n", "GET", "head@0:" TE "|BAD@49:5 5|body@50:\r\n", 0, 0},
    {TE "5\rhello", "GET", "head@0:" TE "|BAD@48:5\r|body@49:hello", 0, 0},
    {TE "2\r\nabX\r\n", "GET", "head@0:" TE "|chunk@47:2\r\n(2)|body@50:ab|BAD@52:X|body@53:\r\n", 0, 0},
    {TE "2\r\nab\rX", "GET", "head@0:" TE "|chunk@47:2\r\n(2)|body@50:ab|BAD@52:\r|body@53:X", 0, 0},
    {TE "0000000000000005\r\nhello", "GET", "head@0:" TE "|BAD@62:0000000000000005|body@63:\r\nhello", 0, 0},
    {TE "fffffffffffffff\r\nab", "GET",
     "head@0:" TE "|chunk@47:fffffffffffffff\r\n(1152921504606846975)|body@64:ab", 0, 0},
};

static void check(const struct split_row *row, struct feed *f, const char *how)
{
    if (!f->left_http && strcmp(ht_sink_text(&f->log), row->log) != 0)
        fail_msg("%s:\n got %s\nwant %s", how, ht_sink_text(&f->log), row->log);
    assert_int_equal(ht_h1_splitter_finish(f->splitter), row->finish);
    assert_int_equal(ht_h1_splitter_held(f->splitter).len, row->held);
}

static void whole_input(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct feed f = feed_new(rows[i].method, false);
        give(&f, ht_span_str(rows[i].in));
        check(&rows[i], &f, "whole");
        if (f.left_http)
            assert_string_equal(ht_sink_text(&f.log), rows[i].log);
        feed_free(&f);
    }
}

/* Portions are exact copies, so that AddressSanitizer sees a read past one's end or after its life. */
static void give_copy(struct feed *f, struct ht_span part)
{
    uint8_t *copy = ht_malloc(part.len);
    if (part.len)
        memcpy(copy, part.data, part.len);
    give(f, ht_span(copy, part.len));
    free(copy);
}

static void every_split_point(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_span in = ht_span_str(rows[i].in);
        for (size_t at = 0; at <= in.len; at++) {
            struct feed f = feed_new(rows[i].method, false);
            give_copy(&f, ht_span_head(in, at));
            if (!f.left_http)
                give_copy(&f, ht_span_from(in, at));
            check(&rows[i], &f, "in two");
            feed_free(&f);
        }
    }
}

static void byte_by_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_span in = ht_span_str(rows[i].in);
        struct feed f = feed_new(rows[i].method, false);
        for (size_t at = 0; at < in.len && !f.left_http; at++)
            give_copy(&f, ht_span_head(ht_span_from(in, at), 1));
        check(&rows[i], &f, "byte by byte");
        feed_free(&f);
    }
}

static void requests(void **state)
{
    (void)state;
    struct feed f = feed_new("", true);
    give(&f, ht_span_str("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nabGET / HTTP/1.1\r\n\r\n"));
    assert_string_equal(
        ht_sink_text(&f.log),
        "head@0:POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n|body@38:ab|end@40:|head@40:GET / "
        "HTTP/1.1\r\n\r\n|end@58:");
    assert_true(ht_h1_splitter_finish(f.splitter));
    feed_free(&f);
}

static void body_and_whole_heads_are_borrowed(void **state)
{
    (void)state;
    static const char in[] = OK "Content-Length: 5\r\n\r\nhello";
    struct ht_h1_splitter *s = ht_h1_splitter_new();
    struct ht_h1_piece piece;
    size_t took = ht_h1_split(s, ht_span(in, sizeof in - 1), &piece);
    assert_int_equal(piece.kind, HT_H1_HEAD);
    assert_ptr_equal(piece.bytes.data, in);
    ht_h1_splitter_body(s, HT_FRAMING_CONTENT_LENGTH, 5);
    ht_h1_split(s, ht_span(in + took, sizeof in - 1 - took), &piece);
    assert_int_equal(piece.kind, HT_H1_BODY);
    assert_ptr_equal(piece.bytes.data, in + took);
    ht_h1_splitter_free(s);
}

static void endless(struct feed *f, const char *begin, const char *again, size_t bytes)
{
    give(f, ht_span_str(begin));
    for (size_t sent = strlen(begin); sent < bytes; sent += strlen(again))
        give(f, ht_span_str(again));
}

/* The largest that libcurl takes. */
static void large_heads_are_whole(void **state)
{
    (void)state;
    struct feed f = feed_new("GET", false);
    endless(&f, OK, "A: bbbbbbbbbbbb\r\n", 300u * 1024u - 16u);
    give(&f, ht_span_str("\r\n"));
    assert_null(strstr(ht_sink_text(&f.log), "(cut)"));
    assert_null(strstr(ht_sink_text(&f.log), "body@"));
    assert_non_null(strstr(ht_sink_text(&f.log), "head@0:"));
    feed_free(&f);
}

static void heads_are_capped(void **state)
{
    (void)state;
    struct feed f = feed_new("GET", false);
    endless(&f, OK, "A: bbbbbbbbbbbb\r\n", HT_CAP_HEAD_BYTES * 2);
    const char *log = ht_sink_text(&f.log), *body = strstr(log, "(cut)|body@327680:");
    assert_non_null(body);
    assert_int_equal(body - log, strlen("head@0:") + HT_CAP_HEAD_BYTES);
    assert_false(ht_h1_splitter_finish(f.splitter));
    feed_free(&f);
}

static void trailers_are_capped(void **state)
{
    (void)state;
    struct feed f = feed_new("GET", false);
    endless(&f, TE "0\r\n", "A: bbbbbbbbbbbb\r\n", HT_CAP_HEAD_BYTES * 2);
    assert_non_null(strstr(ht_sink_text(&f.log), "(cut)|body@327730:"));
    assert_false(ht_h1_splitter_finish(f.splitter));
    feed_free(&f);
}

static void chunk_lines_are_capped(void **state)
{
    (void)state;
    struct feed f = feed_new("GET", false);
    endless(&f, TE "5;", "extension", HT_CAP_CHUNK_LINE * 2);
    assert_non_null(strstr(ht_sink_text(&f.log), "|BAD@16430:5;"));
    assert_non_null(strstr(ht_sink_text(&f.log), "|body@16431:"));
    feed_free(&f);
}

static struct ht_span fixture(const char *name, uint8_t *buffer, size_t size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/http/%s", HT_FIXTURES, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(buffer, 1, size, file);
    fclose(file);
    return ht_span(buffer, len);
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        count++;
    return count;
}

static void a_real_server(void **state)
{
    (void)state;
    uint8_t buffer[4096];
    struct ht_span in = fixture("nginx-h1-server.bin", buffer, sizeof buffer);
    struct feed f = feed_new("GET", false);
    give(&f, in);
    struct ht_span log = ht_span(f.log.text, f.log.len); /* the gzip body holds NUL */
    const char *tail = memmem(log.data, log.len, "|end@", 5);
    assert_non_null(tail);
    assert_int_equal(count_of(tail, "|head@"), 2);
    assert_int_equal(count_of(tail, "|end@"), 3);
    assert_non_null(strstr(tail, "|body@459:gone\n|end@464:"));
    assert_true(ht_h1_splitter_finish(f.splitter));
    feed_free(&f);
}

static void survives_flips(void **state)
{
    (void)state;
    uint8_t buffer[4096];
    struct ht_span in = fixture("nginx-h1-server.bin", buffer, sizeof buffer);
    for (size_t at = 0; at < in.len; at++) {
        for (unsigned flip = 1; flip < 256; flip = flip * 2 + 1) {
            struct feed f = feed_new("GET", at % 2);
            buffer[at] ^= (uint8_t)flip;
            give_copy(&f, in);
            buffer[at] ^= (uint8_t)flip;
            feed_free(&f);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_input),
        cmocka_unit_test(every_split_point),
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(requests),
        cmocka_unit_test(body_and_whole_heads_are_borrowed),
        cmocka_unit_test(large_heads_are_whole),
        cmocka_unit_test(heads_are_capped),
        cmocka_unit_test(trailers_are_capped),
        cmocka_unit_test(chunk_lines_are_capped),
        cmocka_unit_test(a_real_server),
        cmocka_unit_test(survives_flips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
