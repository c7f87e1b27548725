/* SPDX-License-Identifier: MIT */
/* Lookups: takes the getaddrinfo() calls of resolver threads, gives them as events on the run's thread. */
#include "base/arena.h"
#include "base/sink.h"
#include "tap/hosts.h"
#include "tap/interpose.h"
#include "tap/real.h"
#include "tap/run.h"

#include <httptrace/caps.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HOSTS_FILE "/etc/hosts"

struct ht_tap_lookup {
    struct ht_tap_lookup *next;
    int64_t t_us, t_last_us;
    int32_t transfer;
    char *host;
    struct ht_sink addresses;
    int family, error, sys_errno;
};

void ht_tap_resolving(struct ht_tap *tap, int32_t transfer, int change)
{
    ht_tap_lock();
    tap->resolving_count = change > 0 ? tap->resolving_count + 1 : tap->resolving_count - 1;
    tap->resolving = change > 0 && tap->resolving_count == 1 ? transfer : -1;
    ht_tap_unlock();
}

static void add_address(struct ht_sink *out, const struct addrinfo *info)
{
    const void *bytes = NULL;
    if (info->ai_family == AF_INET)
        bytes = &((const struct sockaddr_in *)(const void *)info->ai_addr)->sin_addr;
    else if (info->ai_family == AF_INET6)
        bytes = &((const struct sockaddr_in6 *)(const void *)info->ai_addr)->sin6_addr;
    char text[INET6_ADDRSTRLEN];
    if (bytes == NULL || inet_ntop(info->ai_family, bytes, text, sizeof text) == NULL)
        return;
    if (out->len > 0)
        ht_sink_char(out, ',');
    ht_sink_puts(out, text);
}

static struct ht_sink addresses_of(const struct addrinfo *list)
{
    struct ht_sink out = ht_sink(0);
    size_t count = 0;
    for (; list && count < HT_CAP_ADDRESSES; list = list->ai_next, count++)
        add_address(&out, list);
    return out;
}

/* The run that a getaddrinfo() call belongs to, if it is one of libcurl's for a transfer's name. */
static bool belongs(const struct addrinfo *hints, uint64_t *serial, int32_t *transfer)
{
    if (hints && (hints->ai_flags & AI_NUMERICHOST))
        return false;
    ht_tap_lock();
    const struct ht_tap *tap = ht_tap_locked();
    bool found = tap && tap->interposes && tap->resolving_count > 0;
    if (found) {
        *serial = tap->serial;
        *transfer = tap->resolving;
    }
    ht_tap_unlock();
    return found;
}

static void free_lookup(struct ht_tap_lookup *lookup)
{
    ht_sink_free(&lookup->addresses);
    free(lookup->host);
    free(lookup);
}

/* The run may have ended while the call lasted; its serial tells. */
static void queue(struct ht_tap_lookup *lookup, uint64_t serial)
{
    ht_tap_lock();
    struct ht_tap *tap = ht_tap_locked();
    bool alive = tap && tap->serial == serial;
    if (alive) {
        lookup->t_us -= tap->start_us;
        lookup->t_last_us -= tap->start_us;
        *tap->lookups_end = lookup;
        tap->lookups_end = &lookup->next;
        atomic_store_explicit(&tap->has_lookups, true, memory_order_release);
    }
    ht_tap_unlock();
    if (!alive)
        free_lookup(lookup);
}

/* In a dry run any name has the loopback address, which nobody connects to. Safe from any thread. */
static int look_up(const char *node, const char *service, const struct addrinfo *hints,
                   struct addrinfo **result)
{
    ht_tap_lock();
    const struct ht_tap *tap = ht_tap_locked();
    bool dry = tap && tap->peer;
    ht_tap_unlock();
    if (!dry || node == NULL)
        return ht_real()->getaddrinfo(node, service, hints, result);
    struct addrinfo numeric = {.ai_family = hints ? hints->ai_family : AF_UNSPEC,
                               .ai_socktype = hints ? hints->ai_socktype : SOCK_STREAM,
                               .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    return ht_real()->getaddrinfo(numeric.ai_family == AF_INET6 ? "::1" : "127.0.0.1", service, &numeric,
                                  result);
}

int ht_tap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **result)
{
    uint64_t serial = 0;
    int32_t transfer = -1;
    if (node == NULL || !belongs(hints, &serial, &transfer))
        return look_up(node, service, hints, result);
    struct ht_tap_lookup *lookup = ht_malloc(sizeof *lookup);
    *lookup = (struct ht_tap_lookup){.t_us = ht_clock_us(), .transfer = transfer};
    int error = look_up(node, service, hints, result);
    int saved_errno = errno;
    lookup->t_last_us = ht_clock_us();
    lookup->host = ht_strdup(node);
    lookup->family = hints ? hints->ai_family : AF_UNSPEC;
    lookup->error = error;
    lookup->sys_errno = error == EAI_SYSTEM ? saved_errno : 0;
    lookup->addresses = addresses_of(error == 0 ? *result : NULL);
    queue(lookup, serial);
    errno = saved_errno;
    return error;
}

/* For a query of our own, should the transfer fail of it. */
static void note_failure(struct ht_tap *tap, const struct ht_tap_lookup *lookup)
{
    struct ht_tap_failed *failed = &tap->failed_lookup;
    if (lookup->error == 0 || strlen(lookup->host) >= sizeof failed->host)
        return;
    *failed = (struct ht_tap_failed){.transfer = lookup->transfer, .family = lookup->family};
    memcpy(failed->host, lookup->host, strlen(lookup->host) + 1);
}

static void give(struct ht_tap *tap, const struct ht_tap_lookup *lookup)
{
    struct ht_raw raw = {.kind = HT_RAW_LOOKUP,
                         .t_us = lookup->t_us,
                         .t_last_us = lookup->t_last_us,
                         .socket = -1,
                         .transfer = lookup->transfer};
    raw.u.lookup.host = ht_span_str(lookup->host);
    raw.u.lookup.addresses = ht_span(lookup->addresses.text, lookup->addresses.len);
    raw.u.lookup.family = lookup->family;
    raw.u.lookup.error = lookup->error;
    raw.u.lookup.sys_errno = lookup->sys_errno;
    raw.u.lookup.from_hosts =
        !tap->peer && ht_tap_hosts_has(HOSTS_FILE, lookup->host, raw.u.lookup.addresses);
    note_failure(tap, lookup);
    tap->sink.take(tap->sink.ctx, &raw);
}

static struct ht_tap_lookup *take_all(struct ht_tap *tap)
{
    ht_tap_lock();
    struct ht_tap_lookup *first = tap->lookups;
    tap->lookups = NULL;
    tap->lookups_end = &tap->lookups;
    atomic_store_explicit(&tap->has_lookups, false, memory_order_release);
    ht_tap_unlock();
    return first;
}

void ht_tap_drop_lookups(struct ht_tap *tap)
{
    struct ht_tap_lookup *next = take_all(tap);
    while (next) {
        struct ht_tap_lookup *lookup = next;
        next = lookup->next;
        free_lookup(lookup);
    }
}

void ht_tap_flush_lookups(struct ht_tap *tap)
{
    if (!atomic_load_explicit(&tap->has_lookups, memory_order_acquire))
        return;
    struct ht_tap_lookup *next = take_all(tap);
    while (next) {
        struct ht_tap_lookup *lookup = next;
        next = lookup->next;
        give(tap, lookup);
        free_lookup(lookup);
    }
}
