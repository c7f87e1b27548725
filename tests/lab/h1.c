/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 requests in, honest answers out (RFC 9112). */
#include "lab.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A field's value within `head`, copied into `out`; false where the field is absent. */
static bool find_field(const char *head, const char *name, char *out, size_t size)
{
    size_t length = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':') {
            const char *value = line + 3 + length;
            value += strspn(value, " \t");
            snprintf(out, size, "%.*s", (int)strcspn(value, "\r"), value);
            return true;
        }
    }
    return false;
}

static bool skip_body(struct lab_peer *peer, uint64_t size)
{
    static char waste[65536];
    while (size > 0) {
        ssize_t got = lab_read(peer, waste, size < sizeof waste ? (size_t)size : sizeof waste);
        if (got <= 0) {
            return false;
        }
        size -= (uint64_t)got;
    }
    return true;
}

static void read_fields(const char *head, struct lab_request *request)
{
    char value[256];
    request->keep_alive = strstr(head, " HTTP/1.1\r\n") != NULL;
    if (find_field(head, "connection", value, sizeof value) && strcasecmp(value, "close") == 0) {
        request->keep_alive = false;
    }
    if (find_field(head, "content-length", value, sizeof value)) {
        request->body_bytes = strtoull(value, NULL, 10);
    }
    request->upgrade_h2c = find_field(head, "upgrade", value, sizeof value) &&
                           strcasecmp(value, "h2c") == 0 &&
                           find_field(head, "http2-settings", request->settings, sizeof request->settings);
}

bool lab_h1_request(struct lab_peer *peer, struct lab_request *request)
{
    char *end, value[64];
    while (peer->in[peer->in_len < sizeof peer->in ? peer->in_len : sizeof peer->in - 1] = '\0',
           !(end = strstr(peer->in, "\r\n\r\n"))) {
        if (peer->in_len >= sizeof peer->in - 1 || !lab_read_more(peer)) {
            return false;
        }
    }
    *request = (struct lab_request){0};
    end[2] = '\0';
    bool ok = sscanf(peer->in, "%15s %1023s", request->method, request->target) == 2;
    read_fields(peer->in, request);
    bool expect = find_field(peer->in, "expect", value, sizeof value);
    lab_drop(peer, (size_t)(end + 4 - peer->in));
    return ok && (!expect || lab_say(peer, "HTTP/1.1 100 Continue\r\n\r\n")) &&
           skip_body(peer, request->body_bytes);
}

int64_t lab_target_bytes(const char *target)
{
    int64_t bytes;
    return sscanf(target, "/bytes/%" SCNd64, &bytes) == 1 && bytes >= 0 ? bytes : -1;
}

static bool send_body(struct lab_peer *peer, int64_t size)
{
    static char block[65536];
    memset(block, 'x', sizeof block);
    for (int64_t left = size; left > 0;) {
        size_t part = left < (int64_t)sizeof block ? (size_t)left : sizeof block;
        if (!lab_write(peer, block, part)) {
            return false;
        }
        left -= (int64_t)part;
    }
    return true;
}

static bool answer(struct lab_peer *peer, const struct lab_request *request)
{
    bool head = strcmp(request->method, "HEAD") == 0;
    int64_t bytes = lab_target_bytes(request->target);
    char text[128] = "";
    if (bytes < 0) {
        bytes = snprintf(text, sizeof text, "A healthy answer. %" PRIu64 " bytes of a body came.\n",
                         request->body_bytes);
    }
    return lab_say(peer,
                   "HTTP/1.1 200 OK\r\nServer: httptrace-lab\r\nContent-Type: text/plain\r\n"
                   "Content-Length: %" PRId64 "\r\n%s\r\n%s",
                   bytes, request->keep_alive ? "" : "Connection: close\r\n", head ? "" : text) &&
           (head || *text || send_body(peer, bytes));
}

void lab_h1_serve(struct lab_peer *peer)
{
    struct lab_request request;
    while (lab_h1_request(peer, &request) && answer(peer, &request) && request.keep_alive) {
    }
}

void lab_h1_bytes(struct lab_peer *peer)
{
    struct lab_request request;
    if (lab_h1_request(peer, &request)) {
        lab_write(peer, peer->row->bytes.at, peer->row->bytes.size);
        lab_end(peer, peer->row->end);
    }
}
