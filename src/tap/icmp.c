/* SPDX-License-Identifier: MIT */
/* ICMP errors: takes a socket that never connected, gives what its error queue holds (RFC 792, RFC 4443). */
#include "tap/run.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <time.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define MAX_ICMP 8 /* errors told of one socket: a router may send one per SYN */

/* Whether the address is one of this host's. */
static bool is_own(const char *text)
{
    struct ifaddrs *all = NULL;
    char own[INET6_ADDRSTRLEN];
    bool found = false;
    if (getifaddrs(&all) != 0)
        return false;
    for (const struct ifaddrs *at = all; at && !found; at = at->ifa_next) {
        int family = at->ifa_addr ? at->ifa_addr->sa_family : AF_UNSPEC;
        const void *bytes = NULL;
        if (family == AF_INET)
            bytes = &((const struct sockaddr_in *)(const void *)at->ifa_addr)->sin_addr;
        else if (family == AF_INET6)
            bytes = &((const struct sockaddr_in6 *)(const void *)at->ifa_addr)->sin6_addr;
        found = bytes && inet_ntop(family, bytes, own, sizeof own) && strcmp(own, text) == 0;
    }
    freeifaddrs(all);
    return found;
}

static void emit_error(struct ht_tap *tap, const struct ht_tap_socket *socket,
                       const struct sock_extended_err *told, const struct sockaddr_storage *offender)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (offender->ss_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)offender)->sin_addr, text,
                  sizeof text);
    else if (offender->ss_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)offender)->sin6_addr, text,
                  sizeof text);
    struct ht_raw raw = ht_tap_raw(tap, HT_RAW_ICMP);
    raw.socket = socket->id;
    raw.u.icmp.type = told->ee_type;
    raw.u.icmp.code = told->ee_code;
    raw.u.icmp.error = told->ee_errno;
    raw.u.icmp.offender = ht_span_str(text);
    raw.u.icmp.own = is_own(text);
    ht_tap_emit(tap, &raw);
}

/* The offender's address follows the error within the control message. */
static void take_control(struct ht_tap *tap, const struct ht_tap_socket *socket, struct cmsghdr *control)
{
    struct sock_extended_err told;
    struct sockaddr_storage offender = {0};
    bool v4 = control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_RECVERR;
    bool v6 = control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_RECVERR;
    if ((!v4 && !v6) || control->cmsg_len < CMSG_LEN(sizeof told))
        return;
    memcpy(&told, CMSG_DATA(control), sizeof told);
    if (told.ee_origin != SO_EE_ORIGIN_ICMP && told.ee_origin != SO_EE_ORIGIN_ICMP6)
        return;
    size_t left = control->cmsg_len - CMSG_LEN(sizeof told);
    memcpy(&offender, CMSG_DATA(control) + sizeof told, left < sizeof offender ? left : sizeof offender);
    emit_error(tap, socket, &told, &offender);
}

static bool take_message(struct ht_tap *tap, const struct ht_tap_socket *socket)
{
    _Alignas(struct cmsghdr) char control[512];
    char data[256];
    struct iovec vector = {data, sizeof data};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(socket->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return false;
    for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at))
        take_control(tap, socket, at);
    return true;
}

void ht_tap_read_icmp(struct ht_tap *tap, const struct ht_tap_socket *socket)
{
    for (int i = 0; i < MAX_ICMP && take_message(tap, socket); i++)
        ;
}
