/* SPDX-License-Identifier: MIT */
/* Real calls: takes names, gives the libraries' own functions behind those that this program interposes. */
#include "tap/real.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#define ROW(call)                                                                                            \
    {                                                                                                        \
#call, offsetof(struct ht_real_calls, call)                                                          \
    }

static const struct {
    const char *name;
    size_t offset;
} rows[] = {
    ROW(send),
    ROW(sendto),
    ROW(recv),
    ROW(close),
    ROW(connect),
    ROW(getsockopt),
    ROW(getaddrinfo),
    ROW(SSL_connect),
    ROW(SSL_do_handshake),
    ROW(SSL_read),
    ROW(SSL_read_ex),
    ROW(SSL_peek),
    ROW(SSL_write),
    ROW(SSL_write_ex),
    ROW(SSL_write_early_data),
    ROW(SSL_shutdown),
    ROW(SSL_CTX_set_msg_callback),
    ROW(SSL_set_msg_callback),
    ROW(SSL_CTX_set_keylog_callback),
    ROW(nghttp2_submit_request),
    ROW(nghttp2_submit_request2),
};

static struct ht_real_calls calls;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void resolve(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        void *found = dlsym(RTLD_NEXT, rows[i].name);
        /* ISO C has no cast from an object pointer to a function pointer; POSIX gives them one form. */
        memcpy((char *)&calls + rows[i].offset, &found, sizeof found);
    }
}

const struct ht_real_calls *ht_real(void)
{
    pthread_once(&once, resolve);
    return &calls;
}

/* Whoever defines `call`, if the program itself does not, is what RTLD_NEXT finds as well. */
static bool is_shadowed(const char *name, void *real)
{
    void *seen = dlsym(RTLD_DEFAULT, name);
    return seen == NULL || seen != real;
}

bool ht_real_are_shadowed(void)
{
    const struct ht_real_calls *real = ht_real();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        void *found;
        memcpy(&found, (const char *)real + rows[i].offset, sizeof found);
        if (!is_shadowed(rows[i].name, found))
            return false;
    }
    return true;
}
