/* SPDX-License-Identifier: MIT */
/* Sockets as the command line wants them: type of service, priority, Multipath TCP. */
#ifndef HT_TAP_SOCKOPT_H
#define HT_TAP_SOCKOPT_H

#include <curl/curl.h>
#include <httptrace/job.h>

/* A new socket for `address`, not connected, or -1. What the kernel does not support of the rules is left
 * out. */
int ht_sockopt_open(const struct curl_sockaddr *address, const struct ht_socket_rules *rules);

#endif
