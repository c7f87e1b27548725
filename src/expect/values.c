/* SPDX-License-Identifier: MIT */
/* Values and operators of checks: takes their texts, gives numbers that compare, and writes them back. */
#include "expect/subject.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ORDER "= != < <= > >="
#define MINOR 1000 /* a version is major * MINOR + minor */

static const struct {
    const char *text;
    enum ht_operator op;
} operators[] = {
    /* the longer ones first */
    {"!=", HT_OP_UNEQUAL}, {"!~", HT_OP_LACKS}, {"<=", HT_OP_LESS_EQUAL}, {">=", HT_OP_GREATER_EQUAL},
    {"=", HT_OP_EQUAL},    {"<", HT_OP_LESS},   {">", HT_OP_GREATER},     {"~", HT_OP_CONTAINS},
};

size_t ht_operator_read(const char *text, enum ht_operator *out)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t len = strlen(operators[i].text);
        if (strncmp(text, operators[i].text, len) == 0) {
            *out = operators[i].op;
            return len;
        }
    }
    return 0;
}

const char *ht_operator_text(enum ht_operator op)
{
    size_t i = 0;
    while (operators[i].op != op)
        i++;
    return operators[i].text;
}

/* ---- reading ---- */

/* Digits with at most one point among them: what strtod reads beyond that is not for people. */
static bool is_decimal(const char *text, size_t len)
{
    size_t whole = strspn(text, "0123456789");
    size_t fraction = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
    return whole > 0 && len == whole + (fraction ? fraction + 1 : 0);
}

static bool read_number(const char *text, int64_t *out)
{
    size_t sign = text[0] == '-' || text[0] == '+', len = strspn(text + sign, "0123456789");
    if (len == 0 || len > 18 || text[sign + len])
        return false;
    *out = strtoll(text, NULL, 10);
    return true;
}

static bool read_version(const char *text, int64_t *out)
{
    char *rest;
    if (!is_decimal(text, strlen(text)))
        return false;
    unsigned long major = strtoul(text, &rest, 10), minor = *rest ? strtoul(rest + 1, NULL, 10) : 0;
    *out = (int64_t)(major * MINOR + minor);
    return major < MINOR && minor < MINOR;
}

static bool read_duration(const char *text, int64_t *out)
{
    static const struct {
        const char *unit;
        double us;
    } units[] = {{"us", 1}, {"ms", 1e3}, {"s", 1e6}};
    size_t len = strspn(text, "0123456789.");
    if (len > 15 || !is_decimal(text, len))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(text + len, units[i].unit) == 0) {
            *out = (int64_t)(strtod(text, NULL) * units[i].us + 0.5);
            return *out < INT64_C(1) << 53;
        }
    }
    return false;
}

static bool read_switch(const char *text, int64_t *out)
{
    *out = strcmp(text, "yes") == 0;
    return *out || strcmp(text, "no") == 0;
}

/* ---- writing ---- */

static void show_number(struct ht_sink *out, int64_t number)
{
    ht_sink_printf(out, "%" PRId64, number);
}

/* HTTP/2 has no minor version (RFC 9113). */
static void show_version(struct ht_sink *out, int64_t number)
{
    ht_sink_printf(out, "%" PRId64, number / MINOR);
    if (number < 2 * MINOR || number % MINOR)
        ht_sink_printf(out, ".%" PRId64, number % MINOR);
}

/* In the checks' own syntax, which has as many decimals as are needed. */
static void show_duration(struct ht_sink *out, int64_t us)
{
    int64_t unit = us < 1000 ? 1 : us < 1000000 ? 1000 : 1000000;
    int64_t thousandths = us % unit * 1000 / unit;
    ht_sink_printf(out, "%" PRId64, us / unit);
    if (thousandths)
        ht_sink_printf(out, ".%0*" PRId64,
                       thousandths % 100 == 0  ? 1
                       : thousandths % 10 == 0 ? 2
                                               : 3,
                       thousandths % 100 == 0  ? thousandths / 100
                       : thousandths % 10 == 0 ? thousandths / 10
                                               : thousandths);
    ht_sink_puts(out, unit == 1 ? "us" : unit == 1000 ? "ms" : "s");
}

static void show_switch(struct ht_sink *out, int64_t number)
{
    ht_sink_puts(out, number ? "yes" : "no");
}

/* ---- the types ---- */

static const struct {
    const char *noun, *operators;
    bool (*read)(const char *text, int64_t *out); /* NULL: it is text */
    void (*show)(struct ht_sink *out, int64_t number);
} types[] = {
    [HT_VALUE_NUMBER] = {"a whole number", ORDER, read_number, show_number},
    [HT_VALUE_VERSION] = {"a version, as in 1.3", ORDER, read_version, show_version},
    [HT_VALUE_DURATION] = {"a time with its unit us, ms or s, as in 300ms", ORDER, read_duration,
                           show_duration},
    [HT_VALUE_SWITCH] = {"yes or no", "= !=", read_switch, show_switch},
    [HT_VALUE_TEXT] = {"a text", "= != ~ !~", NULL, NULL},
    [HT_VALUE_NAME] = {"a name", "= != ~ !~", NULL, NULL},
    [HT_VALUE_GLOB] = {"a code, or a pattern of codes", "= !=", NULL, NULL},
};

const char *ht_value_noun(enum ht_value_type type)
{
    return types[type].noun;
}

const char *ht_value_operators(enum ht_value_type type)
{
    return types[type].operators;
}

bool ht_value_fits(enum ht_value_type type, enum ht_operator op)
{
    const char *text = ht_operator_text(op);
    size_t len = strlen(text);
    for (const char *at = types[type].operators; *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (word == len && strncmp(at, text, len) == 0)
            return true;
        at += word;
    }
    return false;
}

bool ht_value_is_text(enum ht_value_type type)
{
    return types[type].read == NULL;
}

bool ht_value_read(enum ht_value_type type, const char *text, int64_t *out)
{
    return types[type].read && types[type].read(text, out);
}

void ht_value_show(struct ht_sink *out, enum ht_value_type type, int64_t number)
{
    types[type].show(out, number);
}
