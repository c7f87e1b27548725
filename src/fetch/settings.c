/* SPDX-License-Identifier: MIT */
/* Settings: takes a job's settings, gives an easy handle that has them; libcurl knows its options by name. */
#include "fetch/settings.h"

#include "base/arena.h"
#include "fetch/schemes.h"
#include "fetch/symbols.h"

#include <stdlib.h>
#include <string.h>

/* What to call a thing that the linked libcurl was built without. */
static const struct {
    const char *option, *symbol, *noun;
} nouns[] = {
    {"HTTP_VERSION", "CURL_HTTP_VERSION_3", "HTTP/3"},
    {"HTTP_VERSION", "CURL_HTTP_VERSION_3ONLY", "HTTP/3"},
    {"HTTP_VERSION", "CURL_HTTP_VERSION_2", "HTTP/2"},
    {"HTTP_VERSION", "CURL_HTTP_VERSION_2_0", "HTTP/2"},
    {"HTTP_VERSION", "CURL_HTTP_VERSION_2TLS", "HTTP/2"},
    {"HTTP_VERSION", "CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE", "HTTP/2"},
    {"PROXYTYPE", "CURLPROXY_HTTPS", "HTTPS proxies"},
    {"PROXYTYPE", "CURLPROXY_HTTPS2", "HTTPS proxies over HTTP/2"},
    {"PROXYTYPE", "CURLPROXY_HTTPS3", "HTTPS proxies over HTTP/3"},
    {"FOLLOWLOCATION", "CURLFOLLOW_OBEYCODE", "way to follow redirects like this"},
    {"DNS_SERVERS", NULL, "choice of DNS servers (it was built without c-ares)"},
    {"DNS_INTERFACE", NULL, "choice of an interface for DNS (it was built without c-ares)"},
    {"DNS_LOCAL_IP4", NULL, "choice of an address for DNS (it was built without c-ares)"},
    {"DNS_LOCAL_IP6", NULL, "choice of an address for DNS (it was built without c-ares)"},
    {"ECH", NULL, "Encrypted Client Hello"},
    {"DOH_URL", NULL, "DNS over HTTPS"},
};

static const char *noun_for(const struct ht_setting *setting)
{
    bool symbolic = setting->type == HT_SETTING_SYMBOL || setting->type == HT_SETTING_BITS;
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++) {
        if (strcmp(nouns[i].option, setting->option) != 0)
            continue;
        if (nouns[i].symbol == NULL || (symbolic && strcmp(nouns[i].symbol, setting->text) == 0))
            return nouns[i].noun;
    }
    return NULL;
}

static const char *flag_of(const struct ht_setting *setting)
{
    return setting->flag ? setting->flag : setting->option;
}

static enum ht_status fail_lacks(const struct ht_setting *setting, struct ht_error *error)
{
    if (setting->may_be_absent)
        return HT_OK;
    const char *version = curl_version_info(CURLVERSION_NOW)->version;
    const char *noun = noun_for(setting);
    if (noun)
        return ht_fail(error, HT_ERR_USAGE, "option %s: the linked libcurl %s has no %s", flag_of(setting),
                       version, noun);
    return ht_fail(error, HT_ERR_USAGE, "option %s: the linked libcurl %s has no CURLOPT_%s with this value",
                   flag_of(setting), version, setting->option);
}

/* As the curl tool, which ends with libcurl's own code. */
static enum ht_status fail_refused(CURLcode code, const struct ht_setting *setting, struct ht_error *error)
{
    enum ht_status status = ht_fail(error, HT_ERR_USAGE, "option %s: libcurl refuses this value: %s",
                                    flag_of(setting), curl_easy_strerror(code));
    if (error)
        error->exit_code = (int)code;
    return status;
}

static enum ht_status check(CURLcode code, const struct ht_setting *setting, struct ht_error *error)
{
    switch (code) {
    case CURLE_OK:
        return HT_OK;
    case CURLE_UNKNOWN_OPTION:
    case CURLE_NOT_BUILT_IN:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return fail_lacks(setting, error);
    default:
        return fail_refused(code, setting, error);
    }
}

static CURLcode set_number(CURL *easy, const struct curl_easyoption *option, int64_t number)
{
    if (option->type == CURLOT_OFF_T)
        return curl_easy_setopt(easy, option->id, (curl_off_t)number);
    if (option->type == CURLOT_LONG || option->type == CURLOT_VALUES)
        return curl_easy_setopt(easy, option->id, (long)number);
    return CURLE_BAD_FUNCTION_ARGUMENT;
}

static CURLcode set_text(CURL *easy, const struct curl_easyoption *option, const struct ht_setting *setting)
{
    if (option->type != CURLOT_STRING && option->type != CURLOT_OBJECT)
        return CURLE_BAD_FUNCTION_ARGUMENT;
    return curl_easy_setopt(easy, option->id, setting->text);
}

static CURLcode set_blob(CURL *easy, const struct curl_easyoption *option, const struct ht_setting *setting)
{
    struct curl_blob blob = {NULL, (size_t)setting->number, CURL_BLOB_COPY};
    if (option->type == CURLOT_BLOB) {
        memcpy(&blob.data, &setting->text,
               sizeof blob.data); /* libcurl reads it alone, but is not const here */
        return curl_easy_setopt(easy, option->id, &blob);
    }
    if (option->id != CURLOPT_COPYPOSTFIELDS)
        return CURLE_BAD_FUNCTION_ARGUMENT;
    /* The job outlives the handle: a large body need not be in memory twice. */
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)setting->number);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_POSTFIELDS, setting->text) : code;
}

static CURLcode set_date(CURL *easy, const struct curl_easyoption *option, const struct ht_setting *setting)
{
    time_t seconds = curl_getdate(setting->text, NULL);
    return seconds == -1 ? CURLE_OK : set_number(easy, option, seconds);
}

/* The bits of all settings of this option up to and with `last`, or'ed to the symbol that one of them set. */
static bool fold_bits(const struct ht_operation *operation, size_t last, long *bits)
{
    *bits = 0;
    for (size_t i = 0; i <= last; i++) {
        const struct ht_setting *at = &operation->settings[i];
        long value = 0;
        bool counts = at->type == HT_SETTING_BITS || at->type == HT_SETTING_SYMBOL;
        if (!counts || strcmp(at->option, operation->settings[last].option) != 0)
            continue;
        if (!ht_symbol_find(at->text, &value))
            return false;
        *bits = at->type == HT_SETTING_SYMBOL ? value : *bits | value;
    }
    return true;
}

/* The step that already makes this option's list, or NULL. */
static struct ht_setting_step *list_step(struct ht_setting_plan *plan, const struct curl_easyoption *option)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->steps[i].option == option && plan->steps[i].list)
            return &plan->steps[i];
    return NULL;
}

struct curl_slist *ht_setting_plan_list(const struct ht_setting_plan *plan, CURLoption option)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->steps[i].option->id == option)
            return plan->steps[i].list;
    return NULL;
}

static CURLcode add_entry(struct ht_setting_plan *plan, struct ht_setting_step *step)
{
    struct ht_setting_step *earlier = list_step(plan, step->option);
    if (step->option->type != CURLOT_SLIST)
        return CURLE_BAD_FUNCTION_ARGUMENT;
    struct curl_slist *longer = curl_slist_append(earlier ? earlier->list : NULL, step->setting->text);
    if (longer == NULL)
        return CURLE_OUT_OF_MEMORY;
    step->list = longer; /* an append keeps the first node, so an earlier step has the whole list as well */
    if (!earlier)
        plan->steps[plan->count++] = *step;
    return CURLE_OK;
}

static CURLcode add_step(struct ht_setting_plan *plan, const struct ht_operation *operation, size_t index)
{
    const struct ht_setting *setting = &operation->settings[index];
    struct ht_setting_step step = {.option = curl_easy_option_by_name(setting->option),
                                   .setting = setting,
                                   .number = (long)setting->number};
    if (step.option == NULL)
        return CURLE_UNKNOWN_OPTION;
    if (setting->type == HT_SETTING_LIST)
        return add_entry(plan, &step);
    bool known = setting->type == HT_SETTING_SYMBOL ? ht_symbol_find(setting->text, &step.number)
                 : setting->type == HT_SETTING_BITS ? fold_bits(operation, index, &step.number)
                                                    : true;
    if (!known)
        return CURLE_UNKNOWN_OPTION;
    plan->steps[plan->count++] = step;
    return CURLE_OK;
}

static CURLcode take_step(CURL *easy, const struct ht_setting_step *step)
{
    switch (step->setting->type) {
    case HT_SETTING_LONG:
    case HT_SETTING_OFFSET:
        return set_number(easy, step->option, step->setting->number);
    case HT_SETTING_TEXT:
        return set_text(easy, step->option, step->setting);
    case HT_SETTING_LIST:
        return curl_easy_setopt(easy, step->option->id, step->list);
    case HT_SETTING_SYMBOL:
    case HT_SETTING_BITS:
        return set_number(easy, step->option, step->number);
    case HT_SETTING_BLOB:
        return set_blob(easy, step->option, step->setting);
    case HT_SETTING_DATE:
        return set_date(easy, step->option, step->setting);
    }
    return CURLE_UNKNOWN_OPTION;
}

enum ht_status ht_setting_plan_make(struct ht_setting_plan *plan, const struct ht_operation *operation,
                                    struct ht_error *error)
{
    *plan = (struct ht_setting_plan){.operation = operation};
    plan->steps = ht_malloc((operation->setting_count + 1) * sizeof *plan->steps);
    for (size_t i = 0; i < operation->setting_count; i++) {
        enum ht_status status = check(add_step(plan, operation, i), &operation->settings[i], error);
        if (status != HT_OK)
            return status;
    }
    return HT_OK;
}

void ht_setting_plan_clear(struct ht_setting_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        curl_slist_free_all(plan->steps[i].list);
    free(plan->steps);
    *plan = (struct ht_setting_plan){0};
}

enum ht_status ht_settings_apply(CURL *easy, const struct ht_setting_plan *plan, struct ht_error *error)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (ht_schemes_has(plan->steps[i].option->id))
            continue;
        enum ht_status status = check(take_step(easy, &plan->steps[i]), plan->steps[i].setting, error);
        if (status != HT_OK)
            return status;
    }
    return HT_OK;
}

static const struct ht_setting *find_last(const struct ht_operation *operation, const char *option)
{
    for (size_t i = operation->setting_count; i-- > 0;)
        if (strcmp(operation->settings[i].option, option) == 0)
            return &operation->settings[i];
    return NULL;
}

void ht_settings_leave_files(CURL *easy, const struct ht_operation *operation)
{
    curl_easy_setopt(easy, CURLOPT_COOKIEJAR, NULL);
    if (ht_setting_is_given(operation,
                            "HSTS")) { /* 7.88 knows no read-only file; the name is what it writes to */
        curl_easy_setopt(easy, CURLOPT_HSTS_CTRL, (long)(CURLHSTS_ENABLE | CURLHSTS_READONLYFILE));
        curl_easy_setopt(easy, CURLOPT_HSTS, "");
    }
    if (ht_setting_is_given(operation, "ALTSVC"))
        curl_easy_setopt(easy, CURLOPT_ALTSVC_CTRL,
                         (long)(CURLALTSVC_READONLYFILE | CURLALTSVC_H1 | CURLALTSVC_H2 | CURLALTSVC_H3));
}

bool ht_setting_is_given(const struct ht_operation *operation, const char *option)
{
    return find_last(operation, option) != NULL;
}

int64_t ht_setting_number(const struct ht_operation *operation, const char *option, int64_t otherwise)
{
    const struct ht_setting *setting = find_last(operation, option);
    return setting ? setting->number : otherwise;
}

const char *ht_setting_text(const struct ht_operation *operation, const char *option, const char *otherwise)
{
    const struct ht_setting *setting = find_last(operation, option);
    return setting && setting->text ? setting->text : otherwise;
}
