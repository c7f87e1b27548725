/* SPDX-License-Identifier: MIT */
/* File descriptor table: takes descriptors, gives the sockets they stand for. */
#include "tap/fdtable.h"

#include "base/arena.h"

#include <stdlib.h>

void ht_fd_put(struct ht_fd_table *table, int fd, struct ht_tap_socket *socket)
{
    if (fd < 0)
        return;
    size_t need = (size_t)fd + 1;
    if (need > table->count) {
        if (socket == NULL)
            return;
        table->at = ht_realloc(table->at, need * sizeof(struct ht_tap_socket *));
        for (size_t i = table->count; i < need; i++)
            table->at[i] = NULL;
        table->count = need;
    }
    table->at[fd] = socket;
}

void ht_fd_clear(struct ht_fd_table *table)
{
    free(table->at);
    *table = (struct ht_fd_table){NULL, 0};
}
