/* SPDX-License-Identifier: MIT */
/* Options that the program itself applies to sockets: takes --ip-tos, --vlan-priority, --mptcp, gives the
 * job's socket rules. */
#include "options/config.h"

#include <string.h>

#define MOST_TOS 255

/* RFC 2474, 2597, 3246, 5865, 8622 for the first, RFC 3168 for ECN, RFC 1349 for the last. */
static const struct {
    const char *name;
    int value;
} classes[] = {
    {"CS0", 0x00},     {"CS1", 0x20},         {"CS2", 0x40},        {"CS3", 0x60},         {"CS4", 0x80},
    {"CS5", 0xa0},     {"CS6", 0xc0},         {"CS7", 0xe0},        {"AF11", 0x28},        {"AF12", 0x30},
    {"AF13", 0x38},    {"AF21", 0x48},        {"AF22", 0x50},       {"AF23", 0x58},        {"AF31", 0x68},
    {"AF32", 0x70},    {"AF33", 0x78},        {"AF41", 0x88},       {"AF42", 0x90},        {"AF43", 0x98},
    {"EF", 0xb8},      {"VOICE-ADMIT", 0xb0}, {"LE", 0x04},         {"ECT1", 0x01},        {"ECT0", 0x02},
    {"CE", 0x03},      {"LOWDELAY", 0x10},    {"THROUGHPUT", 0x08}, {"RELIABILITY", 0x04}, {"MINCOST", 0x02},
    {"LOWCOST", 0x02},
};

enum ht_status ht_apply_ip_tos(struct ht_config *config, const struct ht_option_use *use,
                               struct ht_error *error)
{
    int64_t number = -1;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strcasecmp(use->value, classes[i].name) == 0)
            number = classes[i].value;
    if (number < 0 && (!ht_value_integer(use->value, &number) || number < 0 || number > MOST_TOS))
        return ht_value_fail(error, use,
                             "a number from 0 to 255 or the name of a class, as in CS5 or LOWDELAY");
    config->group->operation.sockets.tos = (int)number;
    config->group->operation.sockets.sets_tos = true;
    return HT_OK;
}

enum ht_status ht_apply_vlan_priority(struct ht_config *config, const struct ht_option_use *use,
                                      struct ht_error *error)
{
    int64_t number;
    if (!ht_value_integer(use->value, &number) || number < use->row->least || number > use->row->most)
        return ht_value_fail(error, use, "a number from 0 to 7");
    config->group->operation.sockets.priority = (int)number;
    config->group->operation.sockets.sets_priority = true;
    return HT_OK;
}

enum ht_status ht_apply_mptcp(struct ht_config *config, const struct ht_option_use *use,
                              struct ht_error *error)
{
    (void)error;
    config->group->operation.sockets.mptcp = use->on;
    return HT_OK;
}
