/* SPDX-License-Identifier: MIT */
/* Files of options: takes lines as curl's -K has them, uses each as if it stood on the command line. */
#include "options/config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_DEPTH      16 /* of files that name files */
#define EXIT_READ_ERROR 26 /* CURLE_READ_ERROR */

struct place {
    const char *path;
    size_t line;
};

/* Puts the place before what an option said. */
static enum ht_status add_place(const struct place *place, struct ht_error *error)
{
    struct ht_error said = error ? *error : (struct ht_error){.text = ""};
    enum ht_status status = ht_fail(error, HT_ERR_USAGE, "%s:%zu: %s", place->path, place->line, said.text);
    if (error && said.exit_code)
        error->exit_code = said.exit_code;
    return status;
}

/* "..." with curl's escapes; *at moves past the closing quote. */
static char *take_quoted(struct ht_arena *arena, const char **at)
{
    static const char from[] = "tnrv", to[] = "\t\n\r\v";
    struct ht_sink out = ht_sink(0);
    const char *text = *at + 1;
    for (; *text && *text != '"'; text++) {
        if (*text == '\\' && text[1]) {
            const char *known = strchr(from, *++text);
            ht_sink_char(&out, known ? to[known - from] : *text);
        } else {
            ht_sink_char(&out, *text);
        }
    }
    *at = *text ? text + 1 : text;
    char *value = ht_arena_text(arena, ht_span(ht_sink_text(&out), out.len));
    ht_sink_free(&out);
    return value;
}

static const char *skip_space(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

/* The value behind an option's name; NULL where there is none. */
static char *take_value(struct ht_config *config, const struct place *place, const char *option,
                        const char *at)
{
    if (*at == '"')
        return take_quoted(config->memory->arena, &at);
    const char *begin = at;
    while (*at && !isspace((unsigned char)*at))
        at++;
    size_t len = (size_t)(at - begin);
    at = skip_space(at);
    if (*at && *at != '#')
        ht_config_note(config, "%s:%zu: %s: what follows white space in a value without quotes is left out",
                       place->path, place->line, option);
    return len ? ht_arena_text(config->memory->arena, ht_span(begin, len)) : NULL;
}

static bool ends_name(char c, bool dashed)
{
    return c == '\0' || isspace((unsigned char)c) || (!dashed && (c == '=' || c == ':'));
}

static enum ht_status read_line(struct ht_config *config, const struct place *place, const char *line,
                                struct ht_error *error)
{
    struct ht_arena *arena = config->memory->arena;
    const char *name = skip_space(line), *end = name;
    bool dashed = *name == '-';
    if (*name == '\0' || *name == '#')
        return HT_OK;
    while (!ends_name(*end, dashed))
        end++;
    char *option = ht_arena_printf(arena, "%s%.*s", dashed ? "" : "--", (int)(end - name), name);
    while (isspace((unsigned char)*end) || (!dashed && (*end == '=' || *end == ':')))
        end++;
    char *words[] = {option, take_value(config, place, option, end)};
    size_t used = 0, count = words[1] ? 2 : 1;
    enum ht_status status = ht_config_use(config, words, count, &used, error);
    if (status != HT_OK)
        return add_place(place, error);
    if (used < count && words[1][0])
        return ht_fail(error, HT_ERR_USAGE, "%s:%zu: option %s: takes no value", place->path, place->line,
                       option);
    return HT_OK;
}

static enum ht_status read_lines(struct ht_config *config, struct place *place, char *text,
                                 struct ht_error *error)
{
    enum ht_status status = HT_OK;
    char *next = text;
    while (next && *next && status == HT_OK && !config->out->text) {
        char *line = next;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        place->line++;
        status = read_line(config, place, line, error);
        if (status != HT_OK && config->as_curl && error) { /* curl goes on */
            ht_config_note(config, "%s", error->text);
            *error = (struct ht_error){0};
            status = HT_OK;
        }
    }
    return status;
}

enum ht_status ht_config_file_read(struct ht_config *config, const char *flag, const char *path,
                                   struct ht_error *error)
{
    struct place place = {.path = strcmp(path, "-") == 0 ? "<stdin>" : path};
    struct ht_sink text = ht_sink(0);
    if (config->file_depth == MOST_DEPTH)
        return ht_fail(error, HT_ERR_USAGE, "option %s: too many files name each other", flag);
    enum ht_status status = ht_value_read_file(flag, path, &text, error);
    if (status != HT_OK && error)
        error->exit_code = EXIT_READ_ERROR;
    config->file_depth++;
    if (status == HT_OK && text.len)
        status = read_lines(config, &place, text.text, error);
    config->file_depth--;
    ht_sink_free(&text);
    return status;
}

enum ht_status ht_config_file_default(struct ht_config *config, struct ht_error *error)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    const char *path = NULL;
    if (base && *base)
        path = ht_arena_printf(config->memory->arena, "%s/httptrace/config", base);
    else if (home && *home)
        path = ht_arena_printf(config->memory->arena, "%s/.config/httptrace/config", home);
    if (path == NULL || access(path, F_OK) != 0)
        return HT_OK;
    return ht_config_file_read(config, "--config", path, error);
}
