/* SPDX-License-Identifier: MIT */
/* Self-check: has libcurl connect a socket that leads nowhere, gives whether the interposed connect() saw it.
 */
#include "tap/selfcheck.h"

#include "tap/real.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static curl_socket_t give_probe(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    const struct ht_tap *tap = ctx;
    (void)purpose, (void)address;
    return tap->probe_fd;
}

static int keep_open(void *ctx, curl_socket_t fd)
{
    (void)ctx, (void)fd;
    return 0;
}

/* libcurl's connect() on the probe is refused by the tap's own; without the tap the kernel refuses it,
 * because the socket is of another address family. */
static void try_connect(CURL *easy, struct ht_tap *tap)
{
    curl_easy_setopt(easy, CURLOPT_URL, "http://127.0.0.1/");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, give_probe);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, tap);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, keep_open);
    curl_easy_perform(easy);
}

static bool uses_openssl(void)
{
    const char *version = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return version && strncmp(version, "OpenSSL/", strlen("OpenSSL/")) == 0;
}

bool ht_tap_selfcheck(struct ht_tap *tap)
{
    if (!uses_openssl() || !ht_real_are_shadowed())
        return false;
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CURL *easy = curl_easy_init();
    tap->probe_fd = probe;
    if (easy && probe >= 0)
        try_connect(easy, tap);
    curl_easy_cleanup(easy);
    tap->probe_fd = -1;
    if (probe >= 0)
        close(probe);
    return tap->probe_seen;
}
