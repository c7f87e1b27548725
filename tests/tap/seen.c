/* SPDX-License-Identifier: MIT */
/* A sink for tests: takes raw events, keeps copies that can be asked for. */
#include "unit.h"

#include "seen.h"

#include <errno.h>
#include <string.h>

static struct ht_span text_of(const struct ht_raw *raw)
{
    switch (raw->kind) {
    case HT_RAW_RUN_START:
        return raw->u.run_start.tap;
    case HT_RAW_TRANSFER_START:
        return raw->u.transfer_start.url;
    case HT_RAW_LOOKUP:
        return raw->u.lookup.addresses;
    case HT_RAW_SOCKET_OPEN:
        return raw->u.socket_open.address;
    case HT_RAW_CONNECT:
        return raw->u.connect.local_address;
    case HT_RAW_SOCKET_CLOSE:
        return raw->u.socket_close.unread;
    case HT_RAW_TLS_END:
        return raw->u.tls_end.ok ? raw->u.tls_end.cipher : raw->u.tls_end.error_text;
    case HT_RAW_TRANSFER_END:
        return raw->u.transfer_end.error;
    default:
        return raw->bytes;
    }
}

void seen_take(void *ctx, const struct ht_raw *raw)
{
    struct seen *seen = ctx;
    assert_true(seen->count < SEEN_MAX);
    struct seen_event *event = &seen->at[seen->count++];
    struct ht_span text = text_of(raw);
    event->raw = *raw;
    event->len = text.len;
    size_t len = text.len < sizeof event->text - 1 ? text.len : sizeof event->text - 1;
    if (len > 0)
        memcpy(event->text, text.data, len);
    event->text[len] = '\0';
}

const struct seen_event *seen_nth(const struct seen *seen, enum ht_raw_kind kind, size_t n)
{
    for (size_t i = 0; i < seen->count; i++)
        if (seen->at[i].raw.kind == kind && n-- == 0)
            return &seen->at[i];
    return NULL;
}

size_t seen_count(const struct seen *seen, enum ht_raw_kind kind)
{
    size_t count = 0;
    while (seen_nth(seen, kind, count))
        count++;
    return count;
}

size_t seen_index(const struct seen *seen, enum ht_raw_kind kind)
{
    const struct seen_event *event = seen_nth(seen, kind, 0);
    return event ? (size_t)(event - seen->at) : SEEN_MAX;
}

static bool has_bytes(const struct seen_event *at, int level, enum ht_dir dir)
{
    return at->raw.kind == HT_RAW_BYTES && at->raw.level == level && at->raw.dir == dir;
}

const char *seen_first_bytes(const struct seen *seen, int level, enum ht_dir dir)
{
    for (size_t i = 0; i < seen->count; i++)
        if (has_bytes(&seen->at[i], level, dir))
            return seen->at[i].text;
    return "";
}

void seen_bytes(const struct seen *seen, int level, enum ht_dir dir, char *out, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < seen->count; i++) {
        const struct seen_event *at = &seen->at[i];
        if (!has_bytes(at, level, dir))
            continue;
        size_t len = at->len < sizeof at->text - 1 ? at->len : sizeof at->text - 1;
        assert_true(used + len < size);
        memcpy(out + used, at->text, len);
        used += len;
    }
    out[used] = '\0';
}

const struct seen_event *seen_sample(const struct seen *seen, enum ht_sample_point point)
{
    for (size_t i = 0; i < seen->count; i++)
        if (seen->at[i].raw.kind == HT_RAW_TCP_INFO && seen->at[i].raw.u.tcp_info.point == point)
            return &seen->at[i];
    return NULL;
}

static bool is_final(const struct ht_raw *raw)
{
    return raw->kind == HT_RAW_CONNECT && raw->u.connect.error != EINPROGRESS;
}

static void hold_socket(const struct seen *seen, int32_t id)
{
    int finals = 0;
    int closes = 0;
    for (size_t i = 0; i < seen->count; i++) {
        const struct ht_raw *raw = &seen->at[i].raw;
        if (raw->socket != id)
            continue;
        assert_int_equal(closes, 0); /* nothing follows the close */
        finals += is_final(raw);
        closes += raw->kind == HT_RAW_SOCKET_CLOSE;
    }
    assert_true(finals <= 1);
    assert_int_equal(closes, 1);
}

static void hold_run(const struct seen *seen)
{
    int32_t sockets = 0;
    assert_int_equal(seen->at[0].raw.kind, HT_RAW_RUN_START);
    assert_int_equal(seen->at[seen->count - 1].raw.kind, HT_RAW_RUN_END);
    for (size_t i = 0; i < seen->count; i++) {
        const struct ht_raw *raw = &seen->at[i].raw;
        assert_true(raw->t_us >= 0 && raw->t_last_us >= raw->t_us);
        if (raw->kind == HT_RAW_SOCKET_OPEN)
            assert_int_equal(raw->socket, sockets++);
        assert_true(raw->socket < sockets);
    }
    for (int32_t id = 0; id < sockets; id++)
        hold_socket(seen, id);
}

enum ht_status seen_run(struct seen *seen, struct ht_tap_options options, int *code, struct ht_error *error)
{
    seen->count = 0;
    options.sink = (struct ht_raw_sink){seen_take, seen};
    options.tool_version = "0";
    enum ht_status status = ht_tap_run(&options, code, error);
    if (seen->count > 0)
        hold_run(seen);
    return status;
}
