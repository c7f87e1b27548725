/* SPDX-License-Identifier: MIT */
/* What the files of the tap share: one struct per run, the sockets and TLS layers within it. */
#ifndef HT_TAP_RUN_H
#define HT_TAP_RUN_H

#include "base/clock.h"
#include "fetch/dump.h"
#include "peer/peer.h"
#include "tap/fdtable.h"
#include "tap/tap.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdatomic.h>

#define HT_TAP_LAYERS 4 /* TLS layers on one socket; libcurl makes two at most */

enum ht_socket_state { HT_SOCKET_NEW, HT_SOCKET_PENDING, HT_SOCKET_CONNECTED, HT_SOCKET_FAILED };

/* How far the request on a socket is, for the points at which TCP_INFO is sampled. */
enum ht_request_state { HT_REQUEST_NONE, HT_REQUEST_READY, HT_REQUEST_WRITTEN, HT_REQUEST_SENT };

/* Owned by the run from the open to the close callback. */
struct ht_tap_socket {
    struct ht_tap_socket *next; /* with what searches look at */
    int fd;
    int family;
    int local_port; /* 0: not known yet */
    int32_t id, transfer;
    enum ht_socket_state state;
    enum ht_request_state request;
    int64_t deadline_us; /* past it nothing more is read; 0: none */
    CURL *easy;          /* of the transfer that opened it or uses it now; NULL once that is over */
    char local_ip[INET6_ADDRSTRLEN]; /* see ht_tap_socket_by_local() */
    int last_error;                  /* errno of the last send() or recv() that failed for good */
    bool peer_closed, reset;
    bool multiplexed;              /* HTTP/2 */
    int64_t sampled_us;            /* when a moment of a request was last sampled */
    bool used;                     /* a transfer's request was about to go out on it */
    int64_t quiet_us, patience_us; /* since when nothing moved, and how long until the next TIMER sample */
    uint8_t layers_seen;           /* TLS layers that were ever bound to it */
    struct ht_tap_tls *layers[HT_TAP_LAYERS];
};

/* The SSL calls being made, outermost first: an SSL within an SSL calls the other one to read and write. */
struct ht_tls_stack {
    struct ht_tap_tls *at[HT_TAP_LAYERS];
    size_t depth;
};

struct ht_tap_lookup;

/* The lookup that failed last; transfer -1: none, or nobody knows whose. */
struct ht_tap_failed {
    int32_t transfer;
    int family; /* AF_UNSPEC, AF_INET, AF_INET6 */
    char host[256];
};

/* The last query of our own that nobody answered; type 0: none. */
struct ht_tap_silence {
    int64_t begin_us, end_us;
    int type;
    char host[256], servers[3 * INET6_ADDRSTRLEN + 6];
};

struct ht_tap {
    uint64_t serial; /* no other run of this process has it */
    bool all_bytes;  /* those that nobody read included */
    bool failures_only;
    bool texts;      /* libcurl is asked for its verbose texts */
    bool no_signals; /* SIGPIPE is ignored throughout, and lookups need no SIGALRM: they have threads */
    bool interposes; /* the interposed functions report; else they pass through */
    struct ht_raw_sink sink;
    int64_t start_us;
    struct ht_fd_table fds;
    struct ht_tap_socket *sockets;
    int32_t next_socket;
    struct ht_tls_stack tls_stack;
    int64_t last_us;                        /* of the newest event */
    size_t running;                         /* transfers under way */
    int32_t last_socket;                    /* opened or used last, by whichever transfer */
    int32_t prereq_transfer, prereq_socket; /* transfer -1: no request is about to be submitted */
    struct ht_tap_failed failed_lookup;
    struct ht_tap_silence silence;
    struct ht_dump dump;  /* --trace */
    struct ht_peer *peer; /* of a dry run: every connection goes to it, and no name is looked up; else NULL */
    bool through_proxy;   /* of the peer's next connection: an HTTP proxy is asked first */
    int probe_fd;         /* the self-check's socket, else -1 */
    bool probe_seen;

    /* Shared with libcurl's resolver threads, under the lock of live.c. */
    int32_t resolving; /* the transfer whose name is being looked up, -1 where it is not the only one */
    size_t resolving_count;
    struct ht_tap_lookup *lookups, **lookups_end;
    atomic_bool has_lookups;
};

/* live.c: the run that interposed functions report to. */
void ht_tap_set_live(struct ht_tap *tap); /* NULL: none */
struct ht_tap *ht_tap_live(void);         /* on the run's own thread, else NULL */
struct ht_tap *ht_tap_here(void);         /* the same, NULL also where calls are not to be reported */
void ht_tap_lock(void);
void ht_tap_unlock(void);
struct ht_tap *ht_tap_locked(void); /* from any thread that holds the lock */

/* emit.c: an event about to be made, at this moment, of no socket and no transfer; then its way to the sink.
 */
struct ht_raw ht_tap_raw(const struct ht_tap *tap, enum ht_raw_kind kind);
void ht_tap_emit(struct ht_tap *tap, struct ht_raw *raw);
void ht_tap_emit_bytes(struct ht_tap *tap, const struct ht_tap_socket *socket, uint8_t level, enum ht_dir dir,
                       struct ht_span bytes);
int64_t ht_tap_now(const struct ht_tap *tap);

/* lookup.c: what resolver threads saw. */
void ht_tap_resolving(struct ht_tap *tap, int32_t transfer, int change); /* 1: it begins; -1: it is over */
void ht_tap_flush_lookups(struct ht_tap *tap);
void ht_tap_drop_lookups(struct ht_tap *tap); /* those that nobody can be told of any more */

/* socket.c: a socket's life. */
struct ht_tap_socket *ht_tap_socket_open(struct ht_tap *tap, int32_t transfer,
                                         const struct curl_sockaddr *address,
                                         const struct ht_socket_rules *rules);
void ht_tap_socket_close(struct ht_tap *tap, struct ht_tap_socket *socket);
/* Frees it without a word; the descriptor is not touched. */
void ht_tap_socket_forget(struct ht_tap *tap, struct ht_tap_socket *socket);
/* Without interposed calls: tells of sockets that are found connected. Gives `likely`, or where that is not
 * one of them, as of attempts that race, the newest that is. */
struct ht_tap_socket *ht_tap_socket_settle(struct ht_tap *tap, struct ht_tap_socket *likely);
struct ht_tap_socket *ht_tap_socket_by_id(const struct ht_tap *tap, int32_t id);
struct ht_tap_socket *ht_tap_socket_by_local(const struct ht_tap *tap, const char *ip, int port);
/* An errno, EINPROGRESS included, or 0 for success; a second final word on one socket is dropped. */
void ht_tap_socket_connect(struct ht_tap *tap, struct ht_tap_socket *socket, int error);
/* What connect() came to. */
void ht_tap_socket_begun(struct ht_tap *tap, struct ht_tap_socket *socket, int error);
/* SO_ERROR was read on a socket that was still connecting. */
void ht_tap_socket_told(struct ht_tap *tap, struct ht_tap_socket *socket, int error);

/* traffic.c: what send() and recv() on a socket, and reads and writes on its TLS layers, came to. */
void ht_tap_sent(struct ht_tap *tap, struct ht_tap_socket *socket, const void *bytes, ssize_t result);
void ht_tap_received(struct ht_tap *tap, struct ht_tap_socket *socket, const void *bytes, ssize_t result,
                     bool peeked);
void ht_tap_request_ready(struct ht_tap *tap, struct ht_tap_socket *socket);
void ht_tap_plaintext_in(struct ht_tap *tap, struct ht_tap_socket *socket, uint8_t level);
void ht_tap_end_silence(const struct ht_tap *tap, struct ht_tap_socket *socket); /* something moved */
void ht_tap_turn(struct ht_tap *tap); /* after each turn of the multi loop */
void ht_tap_idle(struct ht_tap *tap); /* after a wait in which nothing happened */

/* sample.c and icmp.c: the kernel's view. */
void ht_tap_sample(struct ht_tap *tap, const struct ht_tap_socket *socket, enum ht_sample_point point);
int ht_tap_tcp_state(int fd); /* TCP_SYN_SENT and so on; -1 where the socket has none */
void ht_tap_read_icmp(struct ht_tap *tap, const struct ht_tap_socket *socket);

#endif
