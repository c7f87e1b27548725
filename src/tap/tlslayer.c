/* SPDX-License-Identifier: MIT */
/* TLS layers: takes calls on SSLs and on sockets, gives each SSL its socket and level, and its first events.
 */
#include "tap/tlslayer.h"

#include "base/arena.h"

#include <httptrace/caps.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* An event that came before the layer was bound; its bytes follow it. */
struct ht_tls_held {
    struct ht_tls_held *next;
    struct ht_raw raw;
    uint8_t bytes[];
};

/* OpenSSL's ex_data indices are the process's, not a run's. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int ex_index = -1;

static void drop_held(struct ht_tap_tls *tls)
{
    while (tls->held) {
        struct ht_tls_held *next = tls->held->next;
        free(tls->held);
        tls->held = next;
    }
    tls->held_end = &tls->held;
    tls->held_bytes = 0;
}

static void let_go(struct ht_tap_tls *tls)
{
    if (tls->socket && tls->level >= 1 && tls->level <= HT_TAP_LAYERS)
        tls->socket->layers[tls->level - 1] = NULL;
    tls->socket = NULL;
}

static void free_layer(void *parent, void *value, CRYPTO_EX_DATA *data, int index, long argl, void *argp)
{
    (void)parent, (void)data, (void)index, (void)argl, (void)argp;
    struct ht_tap_tls *tls = value;
    if (tls == NULL)
        return;
    struct ht_tap *tap = ht_tap_live();
    if (tap && tap->serial == tls->serial && tls->socket)
        ht_tls_give_end(tap, tls, HT_TLS_UNFINISHED);
    let_go(tls);
    drop_held(tls);
    free(tls);
}

static void make_index(void)
{
    ex_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, free_layer);
}

struct ht_tap_tls *ht_tls_of(struct ht_tap *tap, SSL *ssl)
{
    pthread_once(&once, make_index);
    struct ht_tap_tls *tls = SSL_get_ex_data(ssl, ex_index);
    if (tls)
        return tls->serial == tap->serial ? tls : NULL;
    tls = ht_malloc(sizeof *tls);
    *tls = (struct ht_tap_tls){.ssl = ssl, .serial = tap->serial, .begin_us = ht_tap_now(tap)};
    tls->held_end = &tls->held;
    if (SSL_set_ex_data(ssl, ex_index, tls) == 1)
        return tls;
    free(tls);
    return NULL;
}

struct ht_tap_tls *ht_tls_enter(struct ht_tap **tap, SSL *ssl)
{
    *tap = ht_tap_here();
    struct ht_tap_tls *tls = *tap && ssl ? ht_tls_of(*tap, ssl) : NULL;
    if (tls == NULL || !ht_tls_push(&(*tap)->tls_stack, tls))
        return NULL;
    /* An upper layer may be served from what this one holds decrypted, with no recv() beneath. */
    if (tls->socket && (*tap)->tls_stack.at[0]->level == 0)
        ht_tls_bind_stack(*tap, tls->socket, tls->level);
    return tls;
}

void ht_tls_leave(struct ht_tap *tap)
{
    ht_tls_pop(&tap->tls_stack);
}

static void give_bound(struct ht_tap *tap, const struct ht_tap_tls *tls, struct ht_raw *raw)
{
    raw->socket = tls->socket->id;
    raw->level = tls->level;
    ht_tap_emit(tap, raw);
}

void ht_tls_attach(struct ht_tap *tap, struct ht_tap_tls *tls, struct ht_tap_socket *socket, uint8_t level)
{
    if (level > HT_TAP_LAYERS || tls->level != 0)
        return;
    tls->socket = socket;
    tls->level = level;
    socket->layers[level - 1] = tls;
    if (socket->layers_seen < level)
        socket->layers_seen = level;
    struct ht_raw begin = ht_tap_raw(tap, HT_RAW_TLS_BEGIN);
    begin.t_us = begin.t_last_us = tls->begin_us;
    give_bound(tap, tls, &begin);
    for (struct ht_tls_held *at = tls->held; at; at = at->next)
        give_bound(tap, tls, &at->raw);
    drop_held(tls);
}

void ht_tls_bind_stack(struct ht_tap *tap, struct ht_tap_socket *socket, uint8_t base)
{
    struct ht_tls_stack *stack = &tap->tls_stack;
    ht_tap_socket_connect(tap, socket, 0);
    for (size_t i = stack->depth; i-- > 0;)
        ht_tls_attach(tap, stack->at[i], socket, ht_tls_level(stack, i, base));
}

void ht_tls_attach_last(struct ht_tap *tap, struct ht_tap_tls *tls)
{
    struct ht_tap_socket *socket = ht_tap_socket_by_id(tap, tap->last_socket);
    if (!tap->interposes && tls->level == 0)
        socket = ht_tap_socket_settle(tap, socket);
    if (socket && tls->level == 0 && !tls->foreign)
        ht_tls_attach(tap, tls, socket, (uint8_t)(socket->layers_seen + 1));
}

void ht_tls_let_go_all(struct ht_tap_socket *socket)
{
    for (size_t i = 0; i < HT_TAP_LAYERS; i++)
        if (socket->layers[i])
            let_go(socket->layers[i]);
}

void ht_tls_detach(struct ht_tap *tap, struct ht_tap_socket *socket)
{
    for (size_t i = 0; i < HT_TAP_LAYERS; i++) {
        if (socket->layers[i])
            ht_tls_give_end(tap, socket->layers[i], HT_TLS_UNFINISHED);
    }
    ht_tls_let_go_all(socket);
}

static void hold(struct ht_tap_tls *tls, const struct ht_raw *raw)
{
    if (tls->held_bytes + raw->bytes.len > HT_CAP_TLS_MESSAGE)
        return;
    struct ht_tls_held *held = ht_malloc(sizeof *held + raw->bytes.len);
    held->next = NULL;
    held->raw = *raw;
    if (raw->bytes.len > 0)
        memcpy(held->bytes, raw->bytes.data, raw->bytes.len);
    held->raw.bytes = ht_span(held->bytes, raw->bytes.len);
    *tls->held_end = held;
    tls->held_end = &held->next;
    tls->held_bytes += raw->bytes.len + sizeof *held;
}

void ht_tls_give(struct ht_tap *tap, struct ht_tap_tls *tls, struct ht_raw *raw)
{
    if (tls->socket)
        give_bound(tap, tls, raw);
    else if (tls->level == 0)
        hold(tls, raw);
}
