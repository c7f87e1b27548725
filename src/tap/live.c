/* SPDX-License-Identifier: MIT */
/* The live run: takes a run for as long as it lasts, gives it to the interposed functions. */
#include "tap/run.h"

#include <pthread.h>

/*
 * The tap's only globals. An interposed function has the C library's or OpenSSL's signature: no argument can
 * carry the run to it. Most report on the run's own thread alone, so theirs is thread-local: others' calls
 * see NULL. Resolver threads use `shared`; they may outlive the run, so they touch it only under the lock.
 */
static _Thread_local struct ht_tap *own;
static struct ht_tap *shared;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void ht_tap_set_live(struct ht_tap *tap)
{
    own = tap;
    ht_tap_lock();
    shared = tap;
    ht_tap_unlock();
}

struct ht_tap *ht_tap_live(void)
{
    return own;
}

struct ht_tap *ht_tap_here(void)
{
    return own && own->interposes ? own : NULL;
}

void ht_tap_lock(void)
{
    pthread_mutex_lock(&lock);
}

void ht_tap_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

struct ht_tap *ht_tap_locked(void)
{
    return shared;
}
