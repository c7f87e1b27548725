/* SPDX-License-Identifier: MIT */
/*
 * A middlebox between two network namespaces: takes IPv4 packets from a TUN device in each, hands them over
 * to the other as its options say: late, lost, twice, cut off by size or by content, or answered in another's
 * name. Root only; for the lab. See tests/lab/netns/.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define PACKET_BYTES 65536
#define FLOWS        256
#define REORDER_MS   8 /* by how much a packet is held back that others are to overtake */

enum { UP, DOWN }; /* client to server, server to client */
enum action { PASS, DROP, RST, FIN, RST_ACKED };

struct options {
    const char *namespace[2], *match;
    enum action action;
    int ttl, delay_ms, loss, reorder, duplicate; /* the last three in thousandths */
    long max[2], drop_after[2], forget_ms;
    bool zero_window, forward;
};

struct packet {
    struct packet *next;
    int64_t due_us;
    int dir;
    size_t len;
    uint8_t bytes[];
};

/* A connection by its ports: the lab has one client and one server. */
struct flow {
    uint16_t client, server;
    int64_t last_us;
    long bytes[2];
    uint32_t first; /* sequence number of the SYN */
    bool dead;
};

/* What a packet is, as far as anybody here asks. */
struct view {
    struct iphdr *ip;
    struct tcphdr *tcp; /* NULL: no TCP */
    uint8_t *payload;
    size_t payload_len;
};

static struct options options = {.ttl = 55};
static int tun[2]; /* by the direction of what comes out of it */
static struct packet *queue;
static struct flow flows[FLOWS];
static unsigned seed = 1;

_Noreturn static void die(const char *what)
{
    fprintf(stderr, "tunbox: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static bool chance(int thousandths)
{
    return thousandths > 0 && rand_r(&seed) % 1000 < thousandths;
}

/* ---- checksums (RFC 1071) ---- */

static uint32_t add_words(uint32_t sum, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i + 1 < len; i += 2)
        sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
    return len % 2 ? sum + (uint32_t)(bytes[len - 1] << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return htons((uint16_t)~sum);
}

static void seal(struct iphdr *ip, struct tcphdr *tcp, size_t tcp_len)
{
    ip->check = tcp->check = 0;
    ip->check = fold(add_words(0, (const uint8_t *)ip, sizeof *ip));
    uint32_t sum = add_words(0, (const uint8_t *)&ip->saddr, 8) + IPPROTO_TCP + (uint32_t)tcp_len;
    tcp->check = fold(add_words(sum, (const uint8_t *)tcp, tcp_len));
}

/* ---- the queue ---- */

static void enqueue(int dir, const void *bytes, size_t len, int64_t due_us)
{
    struct packet *p = malloc(sizeof *p + len), **at = &queue;
    if (!p)
        die("memory");
    p->dir = dir;
    p->len = len;
    p->due_us = due_us;
    memcpy(p->bytes, bytes, len);
    while (*at && (*at)->due_us <= due_us)
        at = &(*at)->next;
    p->next = *at;
    *at = p;
}

static void deliver_due(void)
{
    while (queue && queue->due_us <= now_us()) {
        struct packet *p = queue;
        queue = p->next;
        if (write(tun[p->dir], p->bytes, p->len) < 0 && errno != EIO)
            perror("tunbox: write");
        free(p);
    }
}

/* ---- forged packets ---- */

/* A segment without payload in the name of the packet's receiver, to its sender. */
static void answer(const struct view *v, int dir, uint32_t seq, uint32_t ack, uint16_t flags, uint16_t window)
{
    struct {
        struct iphdr ip;
        struct tcphdr tcp;
    } out;
    memset(&out, 0, sizeof out);
    out.ip.version = 4;
    out.ip.ihl = 5;
    out.ip.ttl = (uint8_t)options.ttl;
    out.ip.protocol = IPPROTO_TCP;
    out.ip.tot_len = htons(sizeof out);
    out.ip.saddr = v->ip->daddr;
    out.ip.daddr = v->ip->saddr;
    out.tcp.source = v->tcp->dest;
    out.tcp.dest = v->tcp->source;
    out.tcp.seq = htonl(seq);
    out.tcp.ack_seq = htonl(ack);
    out.tcp.doff = 5;
    out.tcp.syn = (flags & TH_SYN) != 0;
    out.tcp.ack = (flags & TH_ACK) != 0;
    out.tcp.rst = (flags & TH_RST) != 0;
    out.tcp.fin = (flags & TH_FIN) != 0;
    out.tcp.window = htons(window);
    seal(&out.ip, &out.tcp, sizeof out.tcp);
    enqueue(dir, &out, sizeof out, now_us() + options.delay_ms * 1000L);
}

static void interfere(const struct view *v)
{
    uint32_t seq = ntohl(v->tcp->seq), theirs = ntohl(v->tcp->ack_seq);
    uint32_t after = seq + (uint32_t)v->payload_len;
    if (options.action == RST)
        answer(v, DOWN, theirs, seq, TH_RST | TH_ACK, 0);
    else if (options.action == RST_ACKED) {
        answer(v, DOWN, theirs, after, TH_ACK, 512);
        answer(v, DOWN, theirs, after, TH_RST | TH_ACK, 0);
    } else if (options.action == FIN)
        answer(v, DOWN, theirs, after, TH_FIN | TH_ACK, 512);
}

/* ---- what becomes of a packet ---- */

static struct flow *flow_of(const struct view *v, int dir)
{
    uint16_t client = dir == UP ? v->tcp->source : v->tcp->dest;
    uint16_t server = dir == UP ? v->tcp->dest : v->tcp->source;
    struct flow *f = &flows[(client ^ server) % FLOWS];
    if (f->client != client || f->server != server || (v->tcp->syn && dir == UP))
        *f = (struct flow){.client = client, .server = server, .last_us = now_us()};
    return f;
}

/* Answers in the server's place and never opens its window, as a SYN proxy does whose server is down. A probe
 * of the window has the sequence number before the next one (RFC 9293 section 3.8.6.1). */
static void keep_out(const struct view *v)
{
    const uint32_t ours = 1000000;
    struct flow *f = flow_of(v, UP);
    uint32_t seq = ntohl(v->tcp->seq);
    if (v->tcp->syn) {
        f->first = seq;
        answer(v, DOWN, ours, seq + 1, TH_SYN | TH_ACK, 0);
    } else if (!v->tcp->rst && seq == f->first) {
        answer(v, DOWN, ours + 1, seq + 1, TH_ACK, 0);
    }
}

/* A NAT that forgets idle connections, or a filter that has seen enough. */
static bool is_dead(struct flow *f, const struct view *v, int dir)
{
    long idle_ms = (long)((now_us() - f->last_us) / 1000);
    f->last_us = now_us();
    f->dead |= options.forget_ms > 0 && idle_ms > options.forget_ms;
    f->dead |= options.drop_after[dir] > 0 && f->bytes[dir] + (long)v->payload_len > options.drop_after[dir];
    f->bytes[dir] += (long)v->payload_len;
    return f->dead;
}

static bool is_matched(const struct view *v, int dir)
{
    return options.match && dir == UP && v->payload_len > 0 &&
           memmem(v->payload, v->payload_len, options.match, strlen(options.match));
}

static bool is_kept_back(const struct view *v, int dir, size_t len)
{
    if (options.max[dir] > 0 && (long)len > options.max[dir])
        return true;
    if (!v->tcp)
        return false;
    if (options.zero_window) {
        if (dir == UP)
            keep_out(v);
        return true;
    }
    if (is_dead(flow_of(v, dir), v, dir))
        return true;
    if (!is_matched(v, dir))
        return false;
    interfere(v);
    return !options.forward;
}

static struct view look(uint8_t *bytes, size_t len)
{
    struct view v = {.ip = (struct iphdr *)(void *)bytes};
    size_t ip_len = len >= sizeof *v.ip ? v.ip->ihl * 4u : 0;
    if (ip_len < sizeof *v.ip || v.ip->version != 4 || v.ip->protocol != IPPROTO_TCP ||
        len < ip_len + sizeof *v.tcp)
        return v;
    v.tcp = (struct tcphdr *)(void *)(bytes + ip_len);
    size_t head = ip_len + v.tcp->doff * 4u;
    v.payload = bytes + head;
    v.payload_len = len > head ? len - head : 0;
    return v;
}

static void handle(int dir, uint8_t *bytes, size_t len)
{
    struct view v = look(bytes, len);
    if (is_kept_back(&v, dir, len) || chance(options.loss))
        return;
    int64_t due = now_us() + options.delay_ms * 1000L;
    if (chance(options.reorder))
        due += REORDER_MS * 1000L;
    enqueue(dir, bytes, len, due);
    if (chance(options.duplicate))
        enqueue(dir, bytes, len, due);
}

/* ---- set-up ---- */

static int open_tun(const char *name)
{
    struct ifreq request;
    char path[256];
    snprintf(path, sizeof path, "/var/run/netns/%s", name);
    int namespace = open(path, O_RDONLY | O_CLOEXEC);
    if (namespace < 0 || setns(namespace, CLONE_NEWNET) != 0)
        die(path);
    close(namespace);
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    memset(&request, 0, sizeof request);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    snprintf(request.ifr_name, sizeof request.ifr_name, "box");
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) != 0)
        die("/dev/net/tun");
    return fd;
}

static enum action action_of(const char *name)
{
    static const char *const names[] = {
        [PASS] = "pass", [DROP] = "drop", [RST] = "rst", [FIN] = "fin", [RST_ACKED] = "rst-acked"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0)
            return (enum action)i;
    }
    errno = EINVAL;
    die(name);
}

static void take_option(int code, const char *value)
{
    int *const numbers[] = {['t'] = &options.ttl,
                            ['d'] = &options.delay_ms,
                            ['l'] = &options.loss,
                            ['r'] = &options.reorder,
                            ['2'] = &options.duplicate};
    long *const sizes[] = {['u'] = &options.max[UP],
                           ['v'] = &options.max[DOWN],
                           ['U'] = &options.drop_after[UP],
                           ['V'] = &options.drop_after[DOWN],
                           ['f'] = &options.forget_ms};
    if (code == 'm')
        options.match = value;
    else if (code == 'a')
        options.action = action_of(value);
    else if (code == 'z')
        options.zero_window = true;
    else if (code == 'F')
        options.forward = true;
    else if (code > 0 && (size_t)code < sizeof numbers / sizeof *numbers && numbers[code])
        *numbers[code] = (int)strtol(value, NULL, 10);
    else if (code > 0 && (size_t)code < sizeof sizes / sizeof *sizes && sizes[code])
        *sizes[code] = strtol(value, NULL, 10);
    else
        exit(2);
}

static void take_options(int argc, char **argv)
{
    static const struct option longs[] = {
        {"match", 1, NULL, 'm'},     {"action", 1, NULL, 'a'},
        {"ttl", 1, NULL, 't'},       {"delay", 1, NULL, 'd'},
        {"loss", 1, NULL, 'l'},      {"reorder", 1, NULL, 'r'},
        {"duplicate", 1, NULL, '2'}, {"max-up", 1, NULL, 'u'},
        {"max-down", 1, NULL, 'v'},  {"drop-after-up", 1, NULL, 'U'},
        {"forget", 1, NULL, 'f'},    {"zero-window", 0, NULL, 'z'},
        {"forward", 0, NULL, 'F'},   {"drop-after-down", 1, NULL, 'V'},
        {NULL, 0, NULL, 0},
    };
    int code;
    while ((code = getopt_long(argc, argv, "", longs, NULL)) != -1)
        take_option(code, optarg);
    if (argc - optind != 2) {
        fprintf(stderr, "usage: tunbox [options] CLIENT-NAMESPACE SERVER-NAMESPACE\n");
        exit(2);
    }
    options.namespace[DOWN] = argv[optind]; /* the device at the client's side takes what goes down */
    options.namespace[UP] = argv[optind + 1];
}

int main(int argc, char **argv)
{
    static uint8_t bytes[PACKET_BYTES];
    take_options(argc, argv);
    for (int dir = UP; dir <= DOWN; dir++)
        tun[dir] = open_tun(options.namespace[dir]);
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct pollfd ready[] = {{.fd = tun[DOWN], .events = POLLIN}, {.fd = tun[UP], .events = POLLIN}};
        int64_t left_us = queue ? queue->due_us - now_us() : 1000000;
        poll(ready, 2, left_us > 0 ? (int)((left_us + 999) / 1000) : 0);
        for (int dir = UP; dir <= DOWN; dir++) {
            for (ssize_t len; (len = read(tun[!dir], bytes, sizeof bytes)) > 0;)
                handle(dir, bytes, (size_t)len);
        }
        deliver_due();
    }
}
