/* SPDX-License-Identifier: MIT */
/* Messages of SOCKS: each one whole, cut at every byte, with every byte changed; names; what is secret. */
#include "unit.h"

#include "decode/socks/socks.h"
#include "model/model.h"

#include <httptrace/caps.h>

#define SECRET "S3CRET"
#define SIX    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
#define GREETED                                                                                              \
    {                                                                                                        \
        .five = true, .greeted = true                                                                        \
    }
#define CHOSEN(way)                                                                                          \
    {                                                                                                        \
        .five = true, .greeted = true, .chosen = true, .method = (way)                                       \
    }

static const struct row {
    struct ht_socks_state before;
    enum ht_dir dir;
    const char *bytes;
    size_t len;
    enum ht_socks_kind kind;
    int code;
    const char *summary;
} rows[] = {
#define B(text) text, sizeof(text) - 1
    {{.five = true},
     HT_DIR_OUT,
     B("\5\3\0\1\2"),
     HT_SOCKS_GREETING,
     -1,
     "SOCKS5 greeting: no authentication, GSSAPI, user name and password"},
    {GREETED, HT_DIR_IN, B("\5\2"), HT_SOCKS_METHOD, 2, "SOCKS5 method: user name and password"},
    {GREETED, HT_DIR_IN, B("\5\xff"), HT_SOCKS_METHOD, 255, "SOCKS5 method: no acceptable methods"},
    {CHOSEN(2), HT_DIR_OUT, B("\1\4user\6" SECRET), HT_SOCKS_SIGN_IN, -1,
     "SOCKS5 sign-in with user name and password"},
    {CHOSEN(2), HT_DIR_OUT, B("\1\6" SECRET "\4user"), HT_SOCKS_SIGN_IN, -1,
     "SOCKS5 sign-in with user name and password"},
    {CHOSEN(2), HT_DIR_IN, B("\1\0"), HT_SOCKS_SIGN_IN_STATUS, 0, "SOCKS5 sign-in: success"},
    {CHOSEN(2), HT_DIR_IN, B("\1\7"), HT_SOCKS_SIGN_IN_STATUS, 7, "SOCKS5 sign-in: failure, status 7"},
    {CHOSEN(1), HT_DIR_OUT, B("\1\1\0\6" SECRET), HT_SOCKS_GSSAPI, -1, "SOCKS5 GSSAPI: a token of 6 bytes"},
    {CHOSEN(1), HT_DIR_IN, B("\1\xff"), HT_SOCKS_GSSAPI, -1, "SOCKS5 GSSAPI: context refused"},
    {CHOSEN(0), HT_DIR_OUT, B("\5\1\0\3\13example.com\1\xbb"), HT_SOCKS_REQUEST, -1,
     "SOCKS5 CONNECT example.com:443"},
    {CHOSEN(0), HT_DIR_OUT, B("\5\1\0\1\300\0\2\1\0\120"), HT_SOCKS_REQUEST, -1,
     "SOCKS5 CONNECT 192.0.2.1:80"},
    {CHOSEN(0), HT_DIR_OUT, B("\5\1\0\4" SIX "\0\120"), HT_SOCKS_REQUEST, -1,
     "SOCKS5 CONNECT [2001:db8::1]:80"},
    {CHOSEN(0), HT_DIR_OUT, B("\5\1\0\3\3a\033b\0\120"), HT_SOCKS_REQUEST, -1, "SOCKS5 CONNECT a\\x1bb:80"},
    {CHOSEN(0), HT_DIR_OUT, B("\5\11\0\1\300\0\2\1\0\120"), HT_SOCKS_REQUEST, -1,
     "SOCKS5 command 9 192.0.2.1:80"},
    {CHOSEN(0), HT_DIR_IN, B("\5\0\0\1\0\0\0\0\0\0"), HT_SOCKS_REPLY, 0, "SOCKS5 reply: succeeded"},
    {CHOSEN(0), HT_DIR_IN, B("\5\2\0\3\5proxy\0\0"), HT_SOCKS_REPLY, 2,
     "SOCKS5 reply: connection not allowed by ruleset"},
    {CHOSEN(0), HT_DIR_IN, B("\5\5\0\4" SIX "\0\0"), HT_SOCKS_REPLY, 5, "SOCKS5 reply: connection refused"},
    {CHOSEN(0), HT_DIR_IN, B("\5\143\0\1\0\0\0\0\0\0"), HT_SOCKS_REPLY, 99,
     "SOCKS5 reply: 99, which nobody named"},
    {{0},
     HT_DIR_OUT,
     B("\4\1\0\120\300\0\2\1" SECRET "\0"),
     HT_SOCKS_REQUEST_4,
     -1,
     "SOCKS4 CONNECT 192.0.2.1:80"},
    {{0},
     HT_DIR_OUT,
     B("\4\1\1\xbb\0\0\0\1" SECRET "\0example.com\0"),
     HT_SOCKS_REQUEST_4,
     -1,
     "SOCKS4a CONNECT example.com:443"},
    {{.greeted = true},
     HT_DIR_IN,
     B("\0\132\0\0\0\0\0\0"),
     HT_SOCKS_REPLY_4,
     90,
     "SOCKS4 reply: request granted"},
    {{.greeted = true},
     HT_DIR_IN,
     B("\0\133\0\0\0\0\0\0"),
     HT_SOCKS_REPLY_4,
     91,
     "SOCKS4 reply: request rejected or failed"},
#undef B
};

static struct ht_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = ht_arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ht_arena_free(arena);
    return 0;
}

static struct ht_socks_message decode(const struct row *row, struct ht_span bytes)
{
    struct ht_socks_state after = row->before;
    struct ht_socks_message m;
    ht_socks_decode(&after, arena, row->dir, bytes, &m);
    return m;
}

/* The secret stands in secret fields alone. */
static void keeps_secret(const struct ht_field *f)
{
    bool children = f->type == HT_FIELD_MAP || f->type == HT_FIELD_LIST;
    if (f->secret)
        return;
    if (f->type == HT_FIELD_TEXT || f->type == HT_FIELD_BYTES)
        assert_int_equal(ht_span_find(f->value.bytes, ht_span_str("S3"), 0), f->value.bytes.len);
    for (const struct ht_field *c = children ? f->value.children.first : NULL; c; c = c->next)
        keeps_secret(c);
}

static void check_sane(const struct ht_socks_message *m, struct ht_span bytes)
{
    assert_non_null(m->summary);
    assert_true(!m->malformed || (m->malformed_at <= bytes.len && m->malformed_why));
    assert_null(strstr(m->summary, "S3"));
    keeps_secret(m->fields);
}

static void test_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ht_span bytes = ht_span(rows[i].bytes, rows[i].len);
        struct ht_socks_message m = decode(&rows[i], bytes);
        assert_string_equal(m.summary, rows[i].summary);
        assert_int_equal(m.kind, rows[i].kind);
        assert_int_equal(m.code, rows[i].code);
        assert_false(m.malformed);
        assert_int_equal(ht_socks_split(&rows[i].before, rows[i].dir, bytes), bytes.len);
        check_sane(&m, bytes);
    }
}

static void test_cut_at_each_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t len = 1; len < rows[i].len; len++) {
            char *copy = ht_arena_alloc(arena, len);
            struct ht_span bytes = ht_span(memcpy(copy, rows[i].bytes, len), len);
            assert_int_equal(ht_socks_split(&rows[i].before, rows[i].dir, bytes), 0);
            struct ht_socks_message m = decode(&rows[i], bytes);
            assert_true(m.truncated && m.malformed);
            assert_int_equal(m.kind, rows[i].kind);
            check_sane(&m, bytes);
        }
    }
}

/* A message is followed by another one in the same read. */
static void test_more_than_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t bytes[128] = {0};
        memcpy(bytes, rows[i].bytes, rows[i].len);
        assert_int_equal(ht_socks_split(&rows[i].before, rows[i].dir, ht_span(bytes, rows[i].len + 9)),
                         rows[i].len);
    }
}

static void test_each_byte_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t at = 0; at < rows[i].len * 8; at++) {
            uint8_t bytes[64];
            memcpy(bytes, rows[i].bytes, rows[i].len);
            bytes[at / 8] = (uint8_t)(bytes[at / 8] ^ 1u << at % 8);
            struct ht_span changed = ht_span(bytes, rows[i].len);
            struct ht_socks_message m = decode(&rows[i], changed);
            assert_true(!m.malformed || (m.malformed_at <= changed.len && m.malformed_why));
            assert_true(ht_socks_split(&rows[i].before, rows[i].dir, changed) <= changed.len);
        }
    }
}

static const struct ht_field *find(const struct ht_socks_message *m, const char *name)
{
    const struct ht_field *field = ht_field_find(m->fields, name);
    assert_non_null(field);
    return field;
}

static void test_secret_fields(void **state)
{
    (void)state;
    struct row five = {CHOSEN(2), HT_DIR_OUT, NULL, 0, HT_SOCKS_SIGN_IN, -1, NULL};
    struct row four = {{0}, HT_DIR_OUT, NULL, 0, HT_SOCKS_REQUEST_4, -1, NULL};
    struct ht_socks_message m = decode(&five, ht_span("\1\4user\2pw", 9));
    assert_true(find(&m, "user_name")->secret && find(&m, "password")->secret);
    assert_true(ht_span_eq_str(find(&m, "user_name")->value.bytes, "user"));
    assert_true(ht_span_eq_str(find(&m, "password")->value.bytes, "pw"));
    m = decode(&four, ht_span("\4\1\0\120\300\0\2\1me\0", 11));
    assert_true(find(&m, "user_id")->secret);
    assert_true(ht_span_eq_str(find(&m, "user_id")->value.bytes, "me"));
}

/* What the client says that is no message may be what it signs in with. */
static void test_other(void **state)
{
    (void)state;
    struct ht_socks_state four = {0};
    struct ht_socks_message m;
    ht_socks_decode(&four, arena, HT_DIR_IN, ht_span("\5\xff", 2), &m);
    assert_int_equal(m.kind, HT_SOCKS_OTHER);
    assert_string_equal(m.summary, "2 bytes that are no SOCKS4 message, but look like SOCKS5");
    assert_false(find(&m, "bytes")->secret);
    ht_socks_decode(&four, arena, HT_DIR_IN, ht_span("\0\132\0\0\0\0\0\0", 8), &m);
    assert_int_equal(m.kind, HT_SOCKS_OTHER); /* once lost, nothing is known any more */
    ht_socks_decode(&four, arena, HT_DIR_OUT, ht_span(SECRET, 6), &m);
    assert_true(find(&m, "bytes")->secret);
    assert_string_equal(ht_socks_other_name(ht_span_str("HTTP/1.1 400 Bad Request")), "HTTP");
    assert_null(ht_socks_other_name(ht_span_str("220 mail")));
}

/* The rest of a sign-in whose begin was given out already. */
static void test_after_a_cut(void **state)
{
    (void)state;
    struct ht_socks_state five = CHOSEN(2);
    struct ht_socks_message m;
    ht_socks_decode(&five, arena, HT_DIR_OUT, ht_span("\1\4us", 4), &m);
    assert_true(m.truncated);
    ht_socks_decode(&five, arena, HT_DIR_OUT, ht_span("\5" SECRET, 7), &m);
    assert_int_equal(m.kind, HT_SOCKS_OTHER);
    check_sane(&m, ht_span(SECRET, 6));
}

static void test_illegal(void **state)
{
    (void)state;
    static const struct {
        struct row row;
        size_t at;
    } cases[] = {
        {{{.five = true}, HT_DIR_OUT, "\5\0", 2, HT_SOCKS_GREETING, -1, NULL}, 1},
        {{CHOSEN(2), HT_DIR_IN, "\5\0", 2, HT_SOCKS_SIGN_IN_STATUS, 0, NULL}, 0},
        {{CHOSEN(0), HT_DIR_IN, "\5\0\1\1\0\0\0\0\0\0", 10, HT_SOCKS_REPLY, 0, NULL}, 2},
        {{CHOSEN(0), HT_DIR_IN, "\5\0\0\2\0\0\0\0\0\0", 10, HT_SOCKS_REPLY, 0, NULL}, 3},
        {{CHOSEN(0), HT_DIR_IN, "\5\0\0\1\0\0\0\0\0\0!", 11, HT_SOCKS_REPLY, 0, NULL}, 10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct row *row = &cases[i].row;
        struct ht_socks_message m = decode(row, ht_span(row->bytes, row->len));
        assert_int_equal(m.kind, row->kind);
        assert_int_equal(m.code, row->code);
        assert_true(m.malformed && !m.truncated);
        assert_int_equal(m.malformed_at, cases[i].at);
    }
}

static void test_cap(void **state)
{
    (void)state;
    struct ht_socks_state four = {0};
    uint8_t *bytes = ht_arena_alloc(arena, HT_CAP_SOCKS_MESSAGE);
    memset(bytes, 'u', HT_CAP_SOCKS_MESSAGE);
    bytes[0] = 4;
    assert_int_equal(ht_socks_split(&four, HT_DIR_OUT, ht_span(bytes, HT_CAP_SOCKS_MESSAGE - 1)), 0);
    assert_int_equal(ht_socks_split(&four, HT_DIR_OUT, ht_span(bytes, HT_CAP_SOCKS_MESSAGE)),
                     HT_CAP_SOCKS_MESSAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),         cmocka_unit_test(test_cut_at_each_byte),
        cmocka_unit_test(test_more_than_one), cmocka_unit_test(test_each_byte_changed),
        cmocka_unit_test(test_secret_fields), cmocka_unit_test(test_other),
        cmocka_unit_test(test_after_a_cut),   cmocka_unit_test(test_illegal),
        cmocka_unit_test(test_cap),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
