/* SPDX-License-Identifier: MIT */
/* File descriptors to the sockets behind them: an array, so that a look-up per call costs nothing. */
#ifndef HT_TAP_FDTABLE_H
#define HT_TAP_FDTABLE_H

#include <stddef.h>

struct ht_tap_socket;

/* Zero-initialised is empty. Does not own the sockets. One thread. */
struct ht_fd_table {
    struct ht_tap_socket **at;
    size_t count;
};

/* The socket, or NULL for any descriptor that was not put there, negative ones included. */
static inline struct ht_tap_socket *ht_fd_find(const struct ht_fd_table *table, int fd)
{
    return fd >= 0 && (size_t)fd < table->count ? table->at[fd] : NULL;
}

/* `socket` NULL takes the descriptor out. Negative descriptors are ignored. */
void ht_fd_put(struct ht_fd_table *table, int fd, struct ht_tap_socket *socket);
void ht_fd_clear(struct ht_fd_table *table);

#endif
