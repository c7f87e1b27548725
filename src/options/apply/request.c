/* SPDX-License-Identifier: MIT */
/* Options that make the request: takes uses of -H, -d, -b, -u and their kin, gives headers, body and cookies.
 */
#include "options/config.h"

#include <string.h>

#define PIECE 255u /* bytes */

/* -H @FILE: a header per line, empty lines left out. */
static enum ht_status read_headers(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    struct ht_sink file = ht_sink(0);
    enum ht_status status = ht_value_read_sent(config, use, use->value + 1, &file, error);
    if (status == HT_OK && file.len) {
        char *rest = NULL;
        for (char *line = strtok_r(file.text, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest))
            ht_add_entry(config, use, use->row->option, line);
    }
    ht_sink_free(&file);
    return status;
}

enum ht_status ht_apply_header(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    if (use->value[0] == '@')
        return read_headers(config, use, error);
    ht_add_entry(config, use, use->row->option, use->value);
    return HT_OK;
}

/* Begins one more piece of the body. */
static void begin_piece(struct ht_config *config, const struct ht_option_use *use, bool joined)
{
    if (config->group->body_flag && joined)
        ht_sink_char(&config->group->body, '&');
    config->group->body_flag = use->flag;
}

/* As curl 7.88 reads a -d file: in lines, of which it takes PIECE bytes at a time; of each piece what is
 * before the first CR, LF or NUL is sent. */
static void append_stripped(struct ht_sink *body, const struct ht_sink *file)
{
    for (size_t at = 0, len; at < file->len; at += len) {
        const char *text = file->text + at;
        len = file->len - at < PIECE ? file->len - at : PIECE;
        const char *end = memchr(text, '\n', len);
        len = end ? (size_t)(end - text) + 1 : len;
        size_t kept = 0;
        while (kept < len && text[kept] != '\r' && text[kept] != '\n' && text[kept] != '\0')
            kept++;
        ht_sink_bytes(body, ht_span(text, kept));
    }
}

static enum ht_status add_data(struct ht_config *config, const struct ht_option_use *use, bool strip,
                               bool joined, struct ht_error *error)
{
    begin_piece(config, use, joined);
    if (use->value[0] != '@') {
        ht_sink_puts(&config->group->body, use->value);
        return HT_OK;
    }
    if (!strip)
        return ht_value_read_sent(config, use, use->value + 1, &config->group->body, error);
    struct ht_sink file = ht_sink(0);
    enum ht_status status = ht_value_read_sent(config, use, use->value + 1, &file, error);
    append_stripped(&config->group->body, &file);
    ht_sink_free(&file);
    return status;
}

enum ht_status ht_apply_data(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    return add_data(config, use, true, true, error);
}

enum ht_status ht_apply_data_binary(struct ht_config *config, const struct ht_option_use *use,
                                    struct ht_error *error)
{
    return add_data(config, use, false, true, error);
}

enum ht_status ht_apply_data_raw(struct ht_config *config, const struct ht_option_use *use,
                                 struct ht_error *error)
{
    (void)error;
    begin_piece(config, use, true);
    ht_sink_puts(&config->group->body, use->value);
    return HT_OK;
}

enum ht_status ht_apply_json_data(struct ht_config *config, const struct ht_option_use *use,
                                  struct ht_error *error)
{
    config->group->body_json = true;
    return add_data(config, use, false, false, error);
}

enum ht_status ht_apply_cookie(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    (void)error;
    const char *value = use->value;
    if (value[0] != '@' && strchr(value, '=')) {
        config->group->cookie_flag = use->flag;
        ht_sink_printf(&config->group->cookies, "%s%s", config->group->cookies.len ? ";" : "", value);
        return HT_OK;
    }
    ht_settings_add(config, (struct ht_setting){.option = "COOKIEFILE",
                                                .type = HT_SETTING_TEXT,
                                                .text = value[0] == '@' ? value + 1 : value,
                                                .flag = use->flag});
    return HT_OK;
}

enum ht_status ht_apply_head(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    config->group->head_flag = use->on ? use->flag : NULL;
    config->group->operation.output.include_head = use->on;
    return ht_apply_switch(config, use, error);
}

enum ht_status ht_apply_user(struct ht_config *config, const struct ht_option_use *use,
                             struct ht_error *error)
{
    /* ";" begins login options, which need no password: curl does not ask for one either. */
    if (!strchr(use->value, ':') && use->value[0] != ';')
        return ht_fail(error, HT_ERR_USAGE,
                       "option %s: no password given, and none is asked for; write USER:PASSWORD, or USER: "
                       "for an empty one",
                       use->flag);
    return ht_apply_text(config, use, error);
}

enum ht_status ht_apply_location_trusted(struct ht_config *config, const struct ht_option_use *use,
                                         struct ht_error *error)
{
    (void)error;
    static const char *const options[] = {"FOLLOWLOCATION", "UNRESTRICTED_AUTH"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        ht_settings_put(
            config, (struct ht_setting){
                        .option = options[i], .type = HT_SETTING_LONG, .number = use->on, .flag = use->flag});
    return HT_OK;
}

enum ht_status ht_apply_compressed(struct ht_config *config, const struct ht_option_use *use,
                                   struct ht_error *error)
{
    (void)error;
    ht_settings_take(config, use->row->option);
    /* The empty list stands for all that libcurl can decode. */
    if (use->on)
        ht_settings_put(
            config, (struct ht_setting){
                        .option = use->row->option, .type = HT_SETTING_TEXT, .text = "", .flag = use->flag});
    return HT_OK;
}
