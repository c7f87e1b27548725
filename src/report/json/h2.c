/* SPDX-License-Identifier: MIT */
/* Takes what is known of a connection's HTTP/2, gives it as JSON (RFC 9113). */
#include "decode/h2/h2.h"
#include "model/model.h"
#include "report/json/value.h"

static json_t *settings(const struct ht_h2 *h2, enum ht_dir dir)
{
    json_t *out = json_object();
    char unknown[16];
    for (size_t i = 0; i < h2->settings_count[dir]; i++) {
        const struct ht_h2_setting *s = &h2->settings[dir][i];
        const char *name = ht_h2_setting_name(s->id);
        snprintf(unknown, sizeof unknown, "0x%04x", s->id);
        ht_json_set(out, name ? name : unknown, json_integer(s->value));
    }
    return out;
}

static json_t *frames(const struct ht_h2 *h2, enum ht_dir dir)
{
    json_t *out = json_object();
    char unknown[16];
    for (unsigned type = 0; type <= HT_H2_FRAME_TYPES; type++) {
        const char *name = type < HT_H2_FRAME_TYPES ? ht_h2_frame_name((uint8_t)type) : "other";
        snprintf(unknown, sizeof unknown, "0x%02x", type);
        if (h2->frames[dir][type])
            ht_json_set(out, name ? name : unknown, ht_json_uint(h2->frames[dir][type]));
    }
    return out;
}

static json_t *goaway(const struct ht_json *j, const struct ht_h2_goaway *g)
{
    if (!g->seen)
        return json_null();
    json_t *out = json_object();
    ht_json_set(out, "t_us", ht_json_time(j, g->t_us));
    ht_json_set(out, "last_stream", json_integer(g->last_stream));
    ht_json_set(out, "code", ht_json_named(ht_h2_error_name(g->code), g->code, 8));
    ht_json_set(out, "debug", ht_json_text_or_null(g->debug));
    return out;
}

static json_t *hpack(const struct ht_h2 *h2, enum ht_dir dir)
{
    json_t *out = json_object();
    ht_json_set(out, "compressed_bytes", ht_json_uint(h2->hpack_compressed[dir]));
    ht_json_set(out, "plain_bytes", ht_json_uint(h2->hpack_plain[dir]));
    return out;
}

static json_t *both(json_t *sent, json_t *received)
{
    json_t *out = json_object();
    ht_json_set(out, "sent", sent);
    ht_json_set(out, "received", received);
    return out;
}

static json_t *stalls(struct ht_json *j, const struct ht_connection *c)
{
    json_t *list = json_array();
    size_t count = 0;
    for (const struct ht_h2_stall *s = c->h2->stalls; s; s = s->next, count++) {
        json_t *one = json_object();
        ht_json_set(one, "stream", json_integer(s->stream));
        ht_json_set(one, "dir", ht_json_word(ht_dir_name(s->dir)));
        ht_json_set(one, "start_us", ht_json_time(j, s->start_us));
        ht_json_set(one, "duration_us", ht_json_span_us(s->start_us, s->end_us));
        ht_json_append(list, one);
    }
    if (c->h2->stall_count > count)
        ht_json_truncated(j, "flow-control stalls", c->id, -1, (int64_t)(c->h2->stall_count - count));
    return list;
}

json_t *ht_json_h2(struct ht_json *j, const struct ht_connection *connection)
{
    const struct ht_h2 *h2 = connection->h2;
    if (!h2)
        return json_null();
    json_t *out = json_object();
    ht_json_set(out, "local_settings", settings(h2, HT_DIR_OUT));
    ht_json_set(out, "peer_settings", settings(h2, HT_DIR_IN));
    ht_json_set(out, "frames", both(frames(h2, HT_DIR_OUT), frames(h2, HT_DIR_IN)));
    ht_json_set(out, "goaway", goaway(j, &h2->goaway[HT_DIR_IN]));
    ht_json_set(out, "goaway_sent", goaway(j, &h2->goaway[HT_DIR_OUT]));
    ht_json_set(out, "hpack", both(hpack(h2, HT_DIR_OUT), hpack(h2, HT_DIR_IN)));
    ht_json_set(out, "stalls", stalls(j, connection));
    ht_json_set(out, "upgraded", json_boolean(h2->upgraded));
    return out;
}
