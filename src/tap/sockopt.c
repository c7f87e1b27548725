/* SPDX-License-Identifier: MIT */
/* What the program itself tells a socket: takes an address and an operation's rules, gives an open socket. */
#include "tap/sockopt.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static bool is_internet(int family)
{
    return family == AF_INET || family == AF_INET6;
}

/* A kernel that refuses leaves the socket as it is: nothing of the request depends on it. */
static void set_rules(int fd, int family, const struct ht_socket_rules *rules)
{
    if (rules->sets_tos && family == AF_INET)
        (void)setsockopt(fd, IPPROTO_IP, IP_TOS, &rules->tos, sizeof rules->tos);
    if (rules->sets_tos && family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &rules->tos, sizeof rules->tos);
    if (rules->sets_priority)
        (void)setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &rules->priority, sizeof rules->priority);
}

int ht_sockopt_open(const struct curl_sockaddr *address, const struct ht_socket_rules *rules)
{
    bool internet = is_internet(address->family);
    int type = address->socktype | SOCK_CLOEXEC, fd = -1;
    if (rules->mptcp && internet)
        fd = socket(address->family, type, IPPROTO_MPTCP);
    if (fd < 0) /* a kernel without MPTCP has TCP */
        fd = socket(address->family, type, address->protocol);
    if (fd >= 0 && internet)
        set_rules(fd, address->family, rules);
    return fd;
}
