/* SPDX-License-Identifier: MIT */
/* The model: trees and lists grow in order and up to their caps, and things are found again. */
#include "unit.h"

#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>

static int begin(void **state)
{
    *state = ht_arena_new();
    return 0;
}

static int end(void **state)
{
    ht_arena_free(*state);
    return 0;
}

static void field_tree(void **state)
{
    struct ht_arena *arena = *state;
    char bytes[] = "abc";
    struct ht_field *root = ht_field_map(arena, NULL, "root");
    assert_null(root->value.children.first);
    ht_field_uint(arena, root, "number", UINT64_MAX);
    ht_field_bool(arena, root, "flag", true);
    ht_field_named(arena, root, "cipher", 0x1301, "TLS_AES_128_GCM_SHA256");
    ht_field_named(arena, root, "nobody", 7, NULL);
    ht_field_text(arena, root, "text", ht_span(bytes, 3));
    ht_field_bytes(arena, root, "bytes", ht_span(bytes, 3));
    struct ht_field *list = ht_field_list(arena, root, "list");
    for (uint64_t i = 0; i < 3; i++)
        ht_field_uint(arena, list, NULL, i);
    bytes[0] = 'z'; /* what was appended is a copy */

    assert_int_equal(root->value.children.count, 7);
    assert_true(ht_field_find(root, "number")->value.number == UINT64_MAX);
    assert_int_equal(ht_field_find(root, "flag")->value.number, 1);
    assert_int_equal(ht_field_find(root, "flag")->type, HT_FIELD_BOOL);
    assert_string_equal(ht_field_find(root, "cipher")->label, "TLS_AES_128_GCM_SHA256");
    assert_null(ht_field_find(root, "nobody")->label);
    assert_true(ht_span_eq_str(ht_field_find(root, "text")->value.bytes, "abc"));
    assert_true(ht_span_eq_str(ht_field_find(root, "bytes")->value.bytes, "abc"));
    assert_false(ht_field_find(root, "text")->secret);
    assert_ptr_equal(ht_field_find(root, "list"), root->value.children.last);
    uint64_t expected = 0;
    for (const struct ht_field *f = list->value.children.first; f; f = f->next)
        assert_true(f->value.number == expected++ && !f->name);
    assert_true(expected == 3 && list->value.children.count == 3);
}

static void field_not_found(void **state)
{
    struct ht_field *map = ht_field_map(*state, NULL, NULL), *list = ht_field_list(*state, map, "list");
    ht_field_uint(*state, list, "inner", 1);
    ht_field_uint(*state, map, NULL, 1);
    assert_null(ht_field_find(map, "inner"));
    assert_null(ht_field_find(list, "inner")); /* a list has no names */
    assert_null(ht_field_find(NULL, "x"));
    assert_null(ht_field_find(ht_field_uint(*state, NULL, "n", 1), "n"));
}

static void headers(void **state)
{
    struct ht_headers headers = {0};
    char name[16];
    for (unsigned i = 0; i < HT_CAP_HEADERS + 5; i++) {
        snprintf(name, sizeof name, "X-%u", i);
        ht_headers_add(*state, &headers, ht_span_str(name), ht_span_str(name + 2));
        assert_int_equal(headers.cut, i >= HT_CAP_HEADERS);
    }
    assert_int_equal(headers.count, HT_CAP_HEADERS);
    for (unsigned i = 0; i < HT_CAP_HEADERS; i++) {
        snprintf(name, sizeof name, "X-%u", i);
        assert_true(ht_span_eq_str(headers.at[i].name, name));
        assert_true(ht_span_eq_str(headers.at[i].value, name + 2));
    }
    assert_null(ht_headers_get(&headers, "x-1000"));
}

static void first_header_of_a_name(void **state)
{
    struct ht_headers headers = {0};
    assert_null(ht_headers_get(&headers, "a"));
    ht_headers_add(*state, &headers, ht_span_str("Via"), ht_span_str("1"));
    ht_headers_add(*state, &headers, ht_span_str("VIA"), ht_span_str("2"));
    ht_headers_add(*state, &headers, ht_span_str("Empty"), ht_span(NULL, 0));
    assert_true(ht_span_eq_str(*ht_headers_get(&headers, "via"), "1"));
    assert_int_equal(ht_headers_get(&headers, "EMPTY")->len, 0);
    assert_null(ht_headers_get(&headers, "vi"));
    assert_false(headers.cut);
}

static void event_cap(void **state)
{
    struct ht_event_list list = {0};
    for (uint64_t i = 0; i < HT_CAP_EVENTS; i++) {
        struct ht_event *event = ht_event_append(*state, &list);
        assert_non_null(event);
        assert_ptr_equal(list.last, event);
        event->id = i;
    }
    for (int i = 0; i < 3; i++)
        assert_null(ht_event_append(*state, &list));
    assert_int_equal(list.count, HT_CAP_EVENTS);
    assert_int_equal(list.dropped, 3);
    uint64_t expected = 0;
    for (const struct ht_event *e = list.first; e; e = e->next)
        assert_true(e->id == expected++);
    assert_true(expected == HT_CAP_EVENTS);
}

static void by_id(void **state)
{
    (void)state;
    struct ht_transfer second = {.id = 7}, first = {.id = 2, .next = &second};
    struct ht_connection other = {.id = 0}, one = {.id = 5, .next = &other};
    struct ht_trace trace = {.transfers = &first, .connections = &one}, empty = {0};
    assert_ptr_equal(ht_trace_transfer(&trace, 2), &first);
    assert_ptr_equal(ht_trace_transfer(&trace, 7), &second);
    assert_null(ht_trace_transfer(&trace, -1));
    assert_ptr_equal(ht_trace_connection(&trace, 0), &other);
    assert_null(ht_trace_connection(&trace, 1));
    assert_null(ht_trace_transfer(&empty, 0));
    assert_null(ht_trace_connection(&empty, 0));
}

static void add_event(struct ht_arena *arena, struct ht_event_list *list, uint64_t id, int64_t t_us)
{
    struct ht_event *event = ht_event_append(arena, list);
    event->id = id;
    event->t_us = t_us;
}

/* Two exchanges on one connection, one on another, one on none: each event once, by time, then by id. */
static void timeline(void **state)
{
    struct ht_connection a = {.id = 4}, b = {.id = 1};
    struct ht_exchange none = {.id = 3}, third = {.id = 2, .connection = &b, .next = &none},
                       second = {.id = 1, .connection = &a, .next = &third},
                       first = {.id = 0, .connection = &a, .next = &second};
    struct ht_transfer transfer = {.exchanges = &first};
    static const uint64_t order[] = {6, 1, 3, 4, 5, 2, 8, 7};
    add_event(*state, &a.events, 1, 10);
    add_event(*state, &a.events, 2, 30);
    add_event(*state, &first.events, 4, 20);
    add_event(*state, &second.events, 3, 20);
    add_event(*state, &b.events, 5, 25);
    add_event(*state, &third.events, 6, -1);
    add_event(*state, &none.events, 7, INT64_MAX);
    add_event(*state, &none.events, 8, 30);
    size_t count = 0;
    const struct ht_event **events = ht_transfer_timeline(&transfer, &count);
    assert_int_equal(count, sizeof order / sizeof *order);
    for (size_t i = 0; i < count; i++)
        assert_true(events[i]->id == order[i]);
    assert_int_equal(ht_timeline_moment(events, count, 5), 25);
    assert_int_equal(ht_timeline_moment(events, count, 9), -1);
    free(events);

    const struct ht_connection **connections = ht_transfer_connections(&transfer, &count);
    assert_int_equal(count, 2);
    assert_ptr_equal(connections[0], &b);
    assert_ptr_equal(connections[1], &a);
    free(connections);
}

static void empty_transfer(void **state)
{
    (void)state;
    struct ht_transfer transfer = {0};
    size_t count = 7;
    const struct ht_event **events = ht_transfer_timeline(&transfer, &count);
    assert_int_equal(count, 0);
    free(events);
    count = 7;
    free(ht_transfer_connections(&transfer, &count));
    assert_int_equal(count, 0);
}

int main(void)
{
#define IN_ARENA(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        IN_ARENA(field_tree), IN_ARENA(field_not_found),        IN_ARENA(headers),  IN_ARENA(event_cap),
        IN_ARENA(by_id),      IN_ARENA(first_header_of_a_name), IN_ARENA(timeline), IN_ARENA(empty_transfer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
