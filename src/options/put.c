/* SPDX-License-Identifier: MIT */
/* Settings and notes as rows make them: takes a use of an option and a value, gives a setting or a line. */
#include "options/config.h"

#include <string.h>

static struct ht_setting setting_of(const struct ht_option_use *use, const char *option,
                                    enum ht_setting_type type)
{
    return (struct ht_setting){
        .option = option, .type = type, .flag = use->flag, .may_be_absent = use->row->may_be_absent};
}

void ht_put_number(struct ht_config *config, const struct ht_option_use *use, const char *option,
                   int64_t number)
{
    struct ht_setting setting = setting_of(use, option, HT_SETTING_LONG);
    setting.number = number;
    ht_settings_put(config, setting);
}

void ht_put_size(struct ht_config *config, const struct ht_option_use *use, const char *option, int64_t bytes)
{
    struct ht_setting setting = setting_of(use, option, HT_SETTING_OFFSET);
    setting.number = bytes;
    ht_settings_put(config, setting);
}

void ht_put_text(struct ht_config *config, const struct ht_option_use *use, const char *option,
                 const char *text)
{
    struct ht_setting setting = setting_of(use, option, HT_SETTING_TEXT);
    setting.text = text;
    ht_settings_put(config, setting);
}

void ht_put_symbol(struct ht_config *config, const struct ht_option_use *use, const char *option,
                   const char *symbol)
{
    struct ht_setting setting = setting_of(use, option, HT_SETTING_SYMBOL);
    setting.text = symbol;
    ht_settings_put(config, setting);
}

void ht_put_bit(struct ht_config *config, const struct ht_option_use *use, const char *option,
                const char *symbol, bool on)
{
    struct ht_setting setting = setting_of(use, option, HT_SETTING_BITS);
    setting.text = symbol;
    ht_settings_unset(config, option, symbol);
    if (on)
        ht_settings_add(config, setting);
}

void ht_add_entry(struct ht_config *config, const struct ht_option_use *use, const char *option,
                  const char *entry)
{
    struct ht_setting setting = setting_of(use, option, HT_SETTING_LIST);
    setting.text = entry;
    ht_settings_add(config, setting);
}

void ht_config_note(struct ht_config *config, const char *format, ...)
{
    struct ht_sink line = ht_sink(0);
    va_list args;
    va_start(args, format);
    ht_sink_puts(&line, config->as_curl ? "Warning: " : "httptrace: ");
    ht_sink_vprintf(&line, format, args);
    ht_sink_char(&line, '\n');
    va_end(args);
    if (!strstr(ht_sink_text(&config->notes), line.text))
        ht_sink_puts(&config->notes, line.text);
    ht_sink_free(&line);
}
