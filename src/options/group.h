/* SPDX-License-Identifier: MIT */
/* Groups: what is said between two --next, and the targets that it is said of. */
#ifndef HT_CLI_GROUP_H
#define HT_CLI_GROUP_H

#include "base/arena.h"
#include "base/sink.h"
#include "options/form/form.h"

#include <httptrace/job.h>

struct ht_option;

/* One URL as it was written, with the -o or -O and the -T that belong to it. Each of the three fills the
 * first target that lacks it, as with the curl tool. */
struct ht_target {
    struct ht_target *next;
    const char *url, *output, *upload; /* NULL: not given (yet) */
    bool has_output, remote_name;      /* -o or -O was given; it was -O */
    bool discards;                     /* it was --out-null */
};

enum ht_target_part { HT_TARGET_URL, HT_TARGET_OUTPUT, HT_TARGET_UPLOAD, HT_TARGET_PARTS };

struct ht_settings {
    struct ht_setting *items;
    size_t count, size;
};

/* Lives as long as the command: its jobs point into it. */
struct ht_group {
    struct ht_operation operation; /* filled as options are read; its settings at the end */
    struct ht_group *next;
    struct ht_settings settings;
    struct ht_target *targets;
    struct ht_target
        *filled[HT_TARGET_PARTS]; /* up to here all targets have that part; NULL: none is known to */
    struct ht_sink body;          /* the POST's, uncapped; its setting points here, as it may be large */
    struct ht_sink cookies;       /* of -b with a = in it */
    struct ht_form form;          /* of -F */
    const char *form_flag, *upload_flag, *etag_flag; /* the last -F, -T (of something) and --etag-compare */
    const char *etag_path;
    const char *body_flag, *head_flag, *cookie_flag; /* the last flags that asked for a POST, for a HEAD, for
                                                         a cookie; NULL: none did */
    bool body_json;
    bool literal;                       /* -g: URLs are no globs */
    bool remote_names;                  /* --remote-name-all */
    bool shows_body;                    /* as curl: on standard output, where nothing else is said */
    const char *get_flag;               /* -G */
    struct ht_sink query;               /* of --url-query */
    unsigned ranked;                    /* which rows of ht_apply_strongest() are on */
    const struct ht_option *proxy_kind; /* the last of --socks5, --proxy1.0, ... unless -x came after it */
    const char *proxy_http;             /* the symbol of --proxy-http2; NULL: it is off */
    const char *proxy; /* as it is named for people, its kind included; NULL: none was given */
};

/* All texts of a group are in `arena`, which outlives it. A new group has the defaults' settings. */
struct ht_group *ht_group_new(struct ht_arena *arena);
/* This group and those that follow. */
void ht_groups_free(struct ht_group *group);

/* The first target that lacks this part, made where there is none. In the arena. */
struct ht_target *ht_group_target(struct ht_group *group, struct ht_arena *arena, enum ht_target_part part);
/* How many targets have a URL. */
size_t ht_group_urls(const struct ht_group *group);

#endif
