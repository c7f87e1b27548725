/* SPDX-License-Identifier: MIT */
/* The end of the command line: takes what the options left, gives a job for every URL. */
#include "options/config.h"
#include "options/urls/jobs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CURL_COLUMNS 79 /* of a terminal: past them --curl has a line for each option */

static void put(struct ht_config *config, const char *option, enum ht_setting_type type, const char *text,
                int64_t number, const char *flag)
{
    struct ht_setting setting = {
        .option = option, .type = type, .number = number, .text = text, .flag = flag};
    if (type == HT_SETTING_LIST)
        ht_settings_add(config, setting);
    else
        ht_settings_put(config, setting);
}

/* As the curl tool: CURL_CA_BUNDLE wins over both of OpenSSL's variables; an option over all, and -k as well.
 */
static void add_ca_environment(struct ht_config *config)
{
    const struct ht_settings *settings = &config->group->settings;
    if (ht_settings_find(settings, "CAINFO") || ht_settings_find(settings, "CAPATH") ||
        ht_settings_is(settings, "SSL_VERIFYPEER", 0))
        return;
    const char *bundle = getenv("CURL_CA_BUNDLE"), *file = getenv("SSL_CERT_FILE"),
               *dir = getenv("SSL_CERT_DIR");
    if (bundle && *bundle) {
        put(config, "CAINFO", HT_SETTING_TEXT, bundle, 0, "CURL_CA_BUNDLE");
        return;
    }
    if (dir && *dir) {
        put(config, "CAPATH", HT_SETTING_TEXT, dir, 0, "SSL_CERT_DIR");
        put(config, "PROXY_CAPATH", HT_SETTING_TEXT, dir, 0, "SSL_CERT_DIR");
    }
    if (file && *file)
        put(config, "CAINFO", HT_SETTING_TEXT, file, 0, "SSL_CERT_FILE");
}

/* --tls-max only adds to the least version, so it has to come after it. */
static void order_tls_versions(struct ht_config *config)
{
    const struct ht_settings *settings = &config->group->settings;
    for (size_t i = 0; i < settings->count; i++) {
        if (settings->items[i].type == HT_SETTING_BITS &&
            strcmp(settings->items[i].option, "SSLVERSION") == 0) {
            ht_settings_put(config, settings->items[i]);
            return;
        }
    }
}

bool ht_settings_have_field(const struct ht_settings *settings, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->items[i].option, "HTTPHEADER") == 0 &&
            strncasecmp(settings->items[i].text, name, len) == 0 &&
            (settings->items[i].text[len] == ':' || settings->items[i].text[len] == ';'))
            return true;
    return false;
}

static void add_json_headers(struct ht_config *config)
{
    const struct ht_settings *settings = &config->group->settings;
    if (!ht_settings_have_field(settings, "Content-Type"))
        put(config, "HTTPHEADER", HT_SETTING_LIST, "Content-Type: application/json", 0,
            config->group->body_flag);
    if (!ht_settings_have_field(settings, "Accept"))
        put(config, "HTTPHEADER", HT_SETTING_LIST, "Accept: application/json", 0, config->group->body_flag);
}

static enum ht_status add_body(struct ht_config *config, struct ht_error *error)
{
    struct ht_group *group = config->group;
    if (group->query.len)
        group->operation.query = ht_sink_text(&group->query);
    if (!group->body_flag)
        return HT_OK;
    if (group->get_flag) {
        group->operation.query = ht_sink_text(&group->body);
        if (group->body_json)
            add_json_headers(config);
        group->body_flag = NULL;
        return HT_OK;
    }
    if (config->group->head_flag)
        return ht_fail(error, HT_ERR_USAGE, "%s asks for a HEAD request and %s for a POST: use one of them",
                       config->group->head_flag, config->group->body_flag);
    int64_t len = (int64_t)config->group->body.len;
    put(config, "POSTFIELDSIZE_LARGE", HT_SETTING_OFFSET, NULL, len, config->group->body_flag);
    put(config, "COPYPOSTFIELDS", HT_SETTING_BLOB, ht_sink_text(&config->group->body), len,
        config->group->body_flag);
    if (config->group->body_json)
        add_json_headers(config);
    return HT_OK;
}

static const char *method_of(const struct ht_config *config)
{
    const struct ht_setting *custom = ht_settings_find(&config->group->settings, "CUSTOMREQUEST");
    if (custom)
        return custom->text;
    if (config->group->head_flag)
        return "HEAD";
    return config->group->body_flag || config->group->form_flag ? "POST" : "GET";
}

/* Whether the user asked for HTTP/2. That libcurl offers it by itself over TLS asks for nothing. */
static bool wants_http2(const struct ht_settings *settings)
{
    const char *version = ht_settings_find(settings, "HTTP_VERSION")->text;
    return strcmp(version, "CURL_HTTP_VERSION_2_0") == 0 ||
           strcmp(version, "CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE") == 0;
}

static const char *overrides_of(const struct ht_config *config)
{
    const struct ht_settings *settings = &config->group->settings;
    struct ht_sink sink = ht_sink(0);
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->items[i].option, "RESOLVE") == 0 ||
            strcmp(settings->items[i].option, "CONNECT_TO") == 0)
            ht_sink_printf(&sink, "%s%s", sink.len ? "," : "", settings->items[i].text);
    const char *text = sink.len ? ht_arena_text(config->memory->arena, ht_span(sink.text, sink.len)) : NULL;
    ht_sink_free(&sink);
    return text;
}

static const char *text_of(const struct ht_settings *settings, const char *option)
{
    const struct ht_setting *setting = ht_settings_find(settings, option);
    return setting ? setting->text : NULL;
}

/* The operation that a group's options add up to. */
static void fill_operation(struct ht_config *config)
{
    struct ht_group *group = config->group;
    struct ht_operation *operation = &group->operation;
    const struct ht_settings *settings = &config->group->settings;
    const char *unix_socket = text_of(settings, "UNIX_SOCKET_PATH");
    operation->output.program = config->as_curl ? "curl" : "httptrace";
    operation->output.silent = config->out->silent;
    operation->settings = settings->items;
    operation->setting_count = settings->count;
    operation->method = method_of(config);
    operation->custom_method = text_of(settings, "CUSTOMREQUEST") != NULL;
    operation->insecure = ht_settings_is(settings, "SSL_VERIFYPEER", 0);
    operation->http2_wanted = wants_http2(settings);
    operation->host_override = overrides_of(config);
    operation->unix_socket = unix_socket ? unix_socket : text_of(settings, "ABSTRACT_UNIX_SOCKET");
    group->proxy = ht_proxy_named(config, text_of(settings, "PROXY"));
}

static enum ht_status finish_read(struct ht_config *config, struct ht_error *error)
{
    struct ht_command *out = config->out;
    if (ht_group_urls(out->memory->groups))
        return ht_fail(error, HT_ERR_USAGE,
                       "option --read: the record says what was asked for, so a URL has no "
                       "place beside it");
    if (out->record_path)
        return ht_fail(error, HT_ERR_USAGE, "options --read and --record exclude each other");
    if (out->dry)
        return ht_fail(error, HT_ERR_USAGE, "options --read and --dry-run exclude each other");
    out->kind = HT_COMMAND_READ;
    return HT_OK;
}

/* --curl: the command is all that is printed. On a terminal it is broken up to fit. */
static void print_curl(struct ht_config *config)
{
    struct ht_sink text = ht_sink(0);
    ht_replay_write(&text, &config->memory->replay, isatty(STDOUT_FILENO) ? CURL_COLUMNS : 0);
    config->out->kind = HT_COMMAND_PRINT;
    config->out->text = ht_strdup(ht_sink_text(&text));
    ht_sink_free(&text);
}

static enum ht_status set_dry(struct ht_config *config, struct ht_error *error)
{
    if (config->out->dry && config->out->record_path)
        return ht_fail(error, HT_ERR_USAGE, "option --record: with --dry-run there is nothing to record");
    if (config->out->dry)
        config->out->parallel = false;
    return HT_OK;
}

/* --ci asks for a gate, --fail-on says which. */
static void set_gates(struct ht_config *config)
{
    struct ht_command *out = config->out;
    if (out->ci && out->fail_on < 0)
        out->fail_on = HT_SEVERITY_ERROR;
    out->ignore = config->memory->ignored.items;
    out->ignore_count = config->memory->ignored.count;
}

/* As the curl tool: side by side transfers wait for a connection that they may share. */
static void set_parallel(struct ht_config *config)
{
    if (config->out->parallel && !config->parallel_immediate)
        put(config, "PIPEWAIT", HT_SETTING_LONG, NULL, 1, "--parallel");
}

static void note_outputs(struct ht_config *config)
{
    for (const struct ht_target *at = config->group->targets; at; at = at->next)
        if (at->output && at->url == NULL) {
            if (config->as_curl) /* what scripts look for */
                ht_config_note(config, "Got more output options than URLs");
            else
                ht_config_note(config, "more -o options than URLs: %s is not written",
                               ht_value_shown(config->memory->arena, at->output));
            return;
        }
}

/* The present group's options are complete. */
static enum ht_status finish_group(struct ht_config *config, struct ht_error *error)
{
    struct ht_group *group = config->group;
    if (!ht_group_urls(group))
        return ht_fail(error, HT_ERR_USAGE, "no URL given; try httptrace --help");
    group->shows_body = config->as_curl;
    enum ht_status status = ht_config_check_outputs(config, error);
    if (status == HT_OK)
        status = ht_config_add_form(config, error);
    if (status == HT_OK)
        status = add_body(config, error);
    if (status == HT_OK)
        status = ht_config_add_etag(config, error);
    if (status == HT_OK)
        status = ht_config_add_trace(config, error);
    if (status != HT_OK)
        return status;
    if (group->cookies.len)
        put(config, "COOKIE", HT_SETTING_TEXT, ht_sink_text(&group->cookies), 0, group->cookie_flag);
    add_ca_environment(config);
    ht_put_engine_types(config);
    order_tls_versions(config);
    set_parallel(config);
    fill_operation(config);
    note_outputs(config);
    return HT_OK;
}

static void keep_notes(struct ht_config *config)
{
    if (config->notes.len && !config->out->silent) /* as curl's warnings */
        config->out->notes =
            ht_arena_text(config->memory->arena, ht_span(config->notes.text, config->notes.len));
}

static void link_operations(struct ht_command *out)
{
    struct ht_group *groups = out->memory->groups;
    bool draws_bar = out->progress_bar && !out->silent && !out->no_progress && !out->parallel && !out->dry;
    for (struct ht_group *group = groups; group; group = group->next) {
        group->operation.next = group->next ? &group->next->operation : NULL;
        group->operation.draws_bar = draws_bar;
    }
    out->unreported = out->as_curl && (out->silent || out->progress_bar || out->no_progress);
    out->operations = &groups->operation;
    const char *source = out->dump.source_code;
    bool dumps = (out->dump.path && strcmp(out->dump.path, "-") == 0) || (source && strcmp(source, "-") == 0);
    out->dump.silent = out->silent;
    out->dump.verbose = out->verbose > 0;
    if (out->dump.lines)
        out->verbose = 0;
    out->stdout_taken = dumps || ht_config_takes_stdout(groups);
    out->source = ht_jobs_new(groups, out->pace_us);
    out->several = ht_jobs_are_several(groups);
    out->total = out->several ? ht_jobs_total(groups) : 1;
}

enum ht_status ht_config_finish(struct ht_config *config, struct ht_error *error)
{
    struct ht_command *out = config->out;
    set_gates(config);
    enum ht_status status = ht_config_finish_reports(config, error);
    if (status == HT_OK && out->read_path)
        return finish_read(config, error);
    for (config->group = out->memory->groups; config->group && status == HT_OK;
         config->group = config->group->next)
        status = finish_group(config, error);
    if (status != HT_OK)
        return status;
    link_operations(out);
    keep_notes(config);
    /* The report stands where curl has its meter; what it would say of a failure is said. */
    if (config->as_curl && out->no_progress && !out->silent)
        out->silent = out->show_error = true;
    if (config->out->curl)
        print_curl(config);
    return set_dry(config, error);
}
