/* SPDX-License-Identifier: MIT */
/* Progress bars: takes libcurl's word of how much came and went, gives a line that is drawn over and over. */
#include "fetch/bar.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PACE_US    INT64_C(100000) /* as the curl tool */
#define USUAL      79              /* columns, where nobody knows */
#define NARROWEST  20
#define WIDEST     256
#define PERCENTAGE 7 /* columns of " 100.0%" */

static const char ship[] = "-=O=-";

/* There and back: the ship's place on a way of `length` columns. */
static size_t place_of(unsigned step, size_t length)
{
    size_t at = length ? step % (2 * length) : 0;
    return at < length ? at : 2 * length - at;
}

void ht_bar_write(struct ht_sink *out, int64_t done, int64_t total, size_t width, unsigned step)
{
    if (total <= 0) {
        size_t way = width - (sizeof ship - 1), at = place_of(step, way);
        ht_sink_printf(out, "%*s%s%*s", (int)at, "", ship, (int)(way - at), "");
        return;
    }
    double part = done < total ? (double)done / (double)total : 1;
    size_t way = width - PERCENTAGE, signs = (size_t)((double)way * part);
    for (size_t i = 0; i < way; i++)
        ht_sink_char(out, i < signs ? '#' : ' ');
    ht_sink_printf(out, " %5.1f%%", part * 100);
}

/* Of standard error's terminal, else of that on which the program is used. */
static long columns_of_terminal(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 || ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
        return size.ws_col;
    return 0;
}

static size_t width_of_line(void)
{
    const char *columns = getenv("COLUMNS");
    long width = columns ? strtol(columns, NULL, 10) : 0;
    if (width <= NARROWEST)
        width = columns_of_terminal();
    if (width <= NARROWEST)
        width = USUAL;
    return width < WIDEST ? (size_t)width : WIDEST;
}

static void draw(struct ht_bar *bar, int64_t total)
{
    struct ht_sink line = ht_sink(0);
    ht_sink_char(&line, '\r');
    ht_bar_write(&line, bar->moved_bytes, total, bar->width, bar->steps++);
    fwrite(ht_sink_text(&line), 1, line.len, stderr);
    fflush(stderr);
    ht_sink_free(&line);
    bar->drawn = true;
}

/* As with the curl tool both directions count as one, the end of what is known is always drawn, all else ten
 * times a second at most, and nothing in the first tenth. */
static int on_progress(void *ctx, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
    struct ht_bar *bar = ctx;
    int64_t total = down_total + up_total, moved = down + up, now_us = ht_clock_us();
    bool is_whole = total > 0 && moved >= total, is_news = moved + bar->before_bytes != bar->moved_bytes;
    if (bar->drawn_us == 0)
        bar->drawn_us = now_us;
    if ((!is_whole && now_us - bar->drawn_us < PACE_US) || (total > 0 && !is_news))
        return 0;
    bar->moved_bytes = moved + bar->before_bytes;
    bar->drawn_us = now_us;
    draw(bar, total > 0 ? total + bar->before_bytes : 0);
    return 0;
}

void ht_bar_set(struct ht_bar *bar, CURL *easy)
{
    bar->width = width_of_line();
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, bar);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
}

void ht_bar_end(struct ht_bar *bar)
{
    if (bar->drawn)
        fputc('\n', stderr);
    bar->drawn = false;
}
