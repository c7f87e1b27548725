/* SPDX-License-Identifier: MIT */
/* Takes how many transfers are to run at a time, gives how many the limit on file descriptors allows. */
#include "cli/descriptors.h"

#include <stdio.h>
#include <sys/resource.h>

/* libcurl keeps up to four connections for each transfer under way; one more may race, its resolver's thread
 * has a pair, and the body a file. */
#define PER_TRANSFER 8
#define OF_THE_RUN   32 /* standard streams, records, lists, libraries' own */

size_t ht_descriptors_enough_for(size_t files)
{
    return files < OF_THE_RUN + 2 * PER_TRANSFER ? 1 : (files - OF_THE_RUN) / PER_TRANSFER;
}

size_t ht_descriptors_raise(size_t wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return wanted;
    rlim_t needed = OF_THE_RUN + PER_TRANSFER * (rlim_t)wanted;
    struct rlimit raised = {.rlim_cur = needed < limit.rlim_max ? needed : limit.rlim_max,
                            .rlim_max = limit.rlim_max};
    if (limit.rlim_cur < raised.rlim_cur && setrlimit(RLIMIT_NOFILE, &raised) == 0)
        limit = raised;
    size_t most = limit.rlim_cur >= needed ? wanted : ht_descriptors_enough_for((size_t)limit.rlim_cur);
    if (most >= wanted)
        return wanted;
    fprintf(stderr,
            "httptrace: %zu at a time need more file descriptors than the %llu allowed here (ulimit -n): %zu "
            "run at a time\n",
            wanted, (unsigned long long)limit.rlim_cur, most);
    return most;
}
