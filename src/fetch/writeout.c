/* SPDX-License-Identifier: MIT */
/* --write-out: takes a template and a transfer that is over, gives text to the streams that the template
 * names. */
#include "fetch/writeout.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/template.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct walk {
    const struct ht_writeout *about;
    struct ht_sink text; /* what `fd` is still to get */
    int fd;
    bool owns_fd, ended;
};

static void flush(struct walk *walk)
{
    const char *at = walk->text.text;
    size_t left = walk->text.len;
    while (left > 0) {
        ssize_t wrote = write(walk->fd, at, left);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            break;
        at += wrote;
        left -= (size_t)wrote;
    }
    ht_sink_reset(&walk->text);
}

static void turn_to(struct walk *walk, int fd, bool owns)
{
    flush(walk);
    if (walk->owns_fd)
        close(walk->fd);
    walk->fd = fd;
    walk->owns_fd = owns;
}

static char *text_of(struct ht_span span)
{
    char *text = ht_malloc(span.len + 1);
    if (span.len)
        memcpy(text, span.data, span.len);
    text[span.len] = '\0';
    return text;
}

/* ---- %{NAME} that does something ---- */
static void put_json(struct walk *walk)
{
    ht_writeout_json(&walk->text, walk->about, curl_version_info(CURLVERSION_NOW)->version_num);
}

static void put_header_json(struct walk *walk)
{
    ht_writeout_header_json(&walk->text, walk->about->easy);
}

static void only_on_error(struct walk *walk)
{
    walk->ended = walk->about->code == CURLE_OK;
}

static void to_stdout(struct walk *walk)
{
    turn_to(walk, STDOUT_FILENO, false);
}

static void to_stderr(struct walk *walk)
{
    turn_to(walk, STDERR_FILENO, false);
}

static const struct {
    const char *name;
    void (*act)(struct walk *walk);
} actions[] = {
    {"header_json", put_header_json},
    {"json", put_json},
    {"onerror", only_on_error},
    {"stderr", to_stderr},
    {"stdout", to_stdout},
};

static void tell_unknown(struct walk *walk, struct ht_span name)
{
    if (walk->fd == STDERR_FILENO)
        flush(walk);
    fprintf(stderr, "%s: unknown --write-out variable: '%.*s'\n", walk->about->program, (int)name.len,
            (const char *)name.data);
    fflush(stderr);
}

static void take_variable(struct walk *walk, struct ht_span name)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (ht_span_ieq_str(name, actions[i].name)) {
            actions[i].act(walk);
            return;
        }
    const struct ht_writeout_variable *row = ht_writeout_find(name);
    if (row)
        ht_writeout_put(&walk->text, row, walk->about);
    else
        tell_unknown(walk, name);
}

/* ---- %header{NAME}, %header{NAME:all:SEPARATOR} ---- */
static void put_all(struct walk *walk, const char *name, const char *separator)
{
    struct curl_header *at = NULL;
    bool first = true;
    for (int request = 0;; request++) {
        CURLHcode code = CURLHE_OK;
        for (size_t i = 0; code == CURLHE_OK; i++) {
            code = curl_easy_header(walk->about->easy, name, i, CURLH_HEADER, request, &at);
            if (code != CURLHE_OK)
                break;
            ht_sink_puts(&walk->text, first ? "" : separator);
            ht_sink_puts(&walk->text, at->value);
            first = false;
        }
        if (code != CURLHE_MISSING && code != CURLHE_BADINDEX && code != CURLHE_OK)
            return;
    }
}

/* "\}" is a brace. */
static void unescape(char *text)
{
    char *out = text;
    for (; *text; text++)
        if (text[0] != '\\' || text[1] != '}')
            *out++ = *text;
    *out = '\0';
}

static void take_header(struct walk *walk, struct ht_span span)
{
    static const char all[] = ":all:";
    char *name = text_of(span);
    char *more = strstr(name, all);
    struct curl_header *at = NULL;
    if (more) {
        *more = '\0';
        unescape(more + sizeof all - 1);
        put_all(walk, name, more + sizeof all - 1);
    } else if (curl_easy_header(walk->about->easy, name, 0, CURLH_HEADER, -1, &at) == CURLHE_OK) {
        ht_sink_puts(&walk->text, at->value);
    }
    free(name);
}

/* ---- %output{FILE}, %output{>>FILE} ---- */
static void take_output(struct walk *walk, struct ht_span span)
{
    bool append = span.len >= 2 && memcmp(span.data, ">>", 2) == 0;
    char *path = text_of(ht_span_from(span, append ? 2 : 0));
    flush(walk); /* the same file may be named again */
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0666);
    if (fd >= 0)
        turn_to(walk, fd, true);
    free(path);
}

/* ---- %time{FORMAT} ---- */
/* strftime() has no microseconds: %f is replaced before. */
static void put_micros(struct ht_sink *out, struct ht_span format, int64_t us)
{
    for (size_t i = 0; i < format.len; i++) {
        bool pair = format.data[i] == '%' && i + 1 < format.len;
        if (pair && format.data[i + 1] == 'f')
            ht_sink_printf(out, "%06d", (int)(us % 1000000));
        else
            ht_sink_bytes(out, ht_span(format.data + i, pair ? 2 : 1));
        i += pair;
    }
}

static void take_time(struct walk *walk, struct ht_span format)
{
    char text[1024];
    int64_t us = ht_clock_wall_us();
    time_t seconds = (time_t)(us / 1000000);
    struct tm utc;
    struct ht_sink whole = ht_sink(0);
    put_micros(&whole, format, us);
    if (gmtime_r(&seconds, &utc))
        ht_sink_bytes(&walk->text, ht_span(text, strftime(text, sizeof text, ht_sink_text(&whole), &utc)));
    ht_sink_free(&whole);
}

/* ---- the walk ---- */
static void take_text(struct walk *walk, struct ht_span text)
{
    ht_sink_bytes(&walk->text, text);
}

static void (*const takers[])(struct walk *walk, struct ht_span text) = {
    [HT_TEMPLATE_TEXT] = take_text,     [HT_TEMPLATE_VARIABLE] = take_variable,
    [HT_TEMPLATE_HEADER] = take_header, [HT_TEMPLATE_OUTPUT] = take_output,
    [HT_TEMPLATE_TIME] = take_time,
};

void ht_writeout_run(const char *template, const struct ht_writeout *about)
{
    struct walk walk = {.about = about, .text = ht_sink(0), .fd = STDOUT_FILENO};
    struct ht_template_piece piece;
    while (!walk.ended && (piece = ht_template_next(&template)).kind != HT_TEMPLATE_END)
        takers[piece.kind](&walk, piece.text);
    turn_to(&walk, STDOUT_FILENO, false);
    ht_sink_free(&walk.text);
}

void ht_writeout_prepare(CURL *easy, const char *template)
{
    static const char *const named[] = {"certs", "num_certs", "json"};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (ht_template_names(template, named[i]))
            curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
}
