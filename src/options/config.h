/* SPDX-License-Identifier: MIT */
/* What is known of a command line while it is read, and the functions that rows use to add to it. */
#ifndef HT_CLI_CONFIG_H
#define HT_CLI_CONFIG_H

#include "base/arena.h"
#include "base/sink.h"
#include "options/group.h"
#include "options/options.h"
#include "options/words/replay.h"
#include "options/table.h"
#include "options/words/variable.h"

struct ht_texts {
    const char **items;
    size_t count, size;
};

/* Lives as long as the command: jobs point into it. */
struct ht_option_memory {
    struct ht_replay replay; /* every option as it was used */
    struct ht_arena *arena;
    struct ht_group *groups;
    struct ht_texts ignored;
    struct ht_report_request *reports;
};

struct ht_config {
    struct ht_command *out;
    struct ht_option_memory *memory;
    struct ht_group *group; /* the one that options now add to */
    struct ht_sink notes;
    struct ht_variable *variables;
    int file_depth; /* of -K within -K */
    bool parallel_immediate;
    struct ht_expect **expects_end;
    bool as_curl; /* called under that name: what the two spell differently is as curl has it */
};

/* ---- settings ---- */
/* Adds a setting to the present group; `put` takes away an earlier one of the same option and type first.
 * Texts are copied, a BLOB is not: it must live as long as the group. */
void ht_settings_put(struct ht_config *config, struct ht_setting setting);
void ht_settings_add(struct ht_config *config, struct ht_setting setting);
/* Takes every setting of the option away again. */
void ht_settings_drop(struct ht_config *config, const char *option);
/* Takes a TEXT setting away again. */
void ht_settings_take(struct ht_config *config, const char *option);
/* Takes a bit away again that was set by its name. */
void ht_settings_unset(struct ht_config *config, const char *option, const char *symbol);
/* The last setting of that option, or NULL. */
const struct ht_setting *ht_settings_find(const struct ht_settings *settings, const char *option);
/* Whether -H gives a field of that name. */
bool ht_settings_have_field(const struct ht_settings *settings, const char *name);
bool ht_settings_is(const struct ht_settings *settings, const char *option, int64_t number);
/* Called as curl, the User-Agent is curl's as well. */
void ht_settings_default_agent(struct ht_group *group, struct ht_arena *arena);
void ht_settings_defaults(struct ht_group *group, struct ht_arena *arena);

/* The same for one use of an option, whose flag and `may_be_absent` the setting takes over. */
void ht_put_number(struct ht_config *config, const struct ht_option_use *use, const char *option,
                   int64_t number);
void ht_put_size(struct ht_config *config, const struct ht_option_use *use, const char *option,
                 int64_t bytes);
void ht_put_text(struct ht_config *config, const struct ht_option_use *use, const char *option,
                 const char *text);
void ht_put_symbol(struct ht_config *config, const struct ht_option_use *use, const char *option,
                   const char *symbol);
/* Sets the bit `symbol` or takes it away again. */
void ht_put_bit(struct ht_config *config, const struct ht_option_use *use, const char *option,
                const char *symbol, bool on);
void ht_add_entry(struct ht_config *config, const struct ht_option_use *use, const char *option,
                  const char *entry);

/* One line for standard error, without its beginning and its line feed; given once, however often it is said.
 */
void ht_config_note(struct ht_config *config, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What `use` of -v means for the dump; after the level of verbosity is set. */
void ht_config_take_lines(struct ht_config *config, const struct ht_option_use *use);

void ht_texts_add(struct ht_texts *texts, const char *text);

/* ---- values ---- */
/* Decimal digits with an optional sign, nothing else; false where that does not hold or does not fit. */
bool ht_value_integer(const char *text, int64_t *out);
/* Seconds as strtod() reads them, as milliseconds (rounded down, as curl does). */
bool ht_value_seconds(const char *text, int64_t *out_ms);
/* Bytes with an optional B, K, M or G of either case, powers of 1024. */
bool ht_value_size(const char *text, int64_t *out_bytes);
/* "option FLAG: expected WHAT, got "VALUE"" */
enum ht_status ht_value_fail(struct ht_error *error, const struct ht_option_use *use, const char *what);
/* `text` shortened and made harmless for an error line; in the arena. */
const char *ht_value_shown(struct ht_arena *arena, const char *text);
/* curl's --cert FILE[:PASSWORD]: a backslash escapes a colon or a backslash. *password is NULL where there is
 * none. Both in the arena. */
void ht_value_cert(struct ht_arena *arena, const char *value, const char **file, const char **password);

/* The whole of a file ("-": standard input) appended to `out`. HT_ERR_USAGE names the flag and the file. */
HT_MUST_USE enum ht_status ht_value_read_file(const char *flag, const char *path, struct ht_sink *out,
                                              struct ht_error *error);
/* Likewise for what an option is to send; called as curl, a file that cannot be read is a note and counts as
 * empty, as with curl 7.88. */
HT_MUST_USE enum ht_status ht_value_read_sent(struct ht_config *config, const struct ht_option_use *use,
                                              const char *path, struct ht_sink *out, struct ht_error *error);

/* ---- outputs ---- */
/* Whether the present group's options about outputs go together. */
HT_MUST_USE enum ht_status ht_config_check_outputs(const struct ht_config *config, struct ht_error *error);
/* Whether something other than the report is written to standard output. */
bool ht_config_takes_stdout(const struct ht_group *groups);

/* ---- words and files of options ---- */
/* Uses the option words[0] as on the command line, with words[1] for its argument where it takes one; *used:
 * how many of the two were its. */
HT_MUST_USE enum ht_status ht_config_use(struct ht_config *config, char **words, size_t count, size_t *used,
                                         struct ht_error *error);
/* A file as -K names it. Errors begin with its name and line; exit code 26 where it cannot be read. */
HT_MUST_USE enum ht_status ht_config_file_read(struct ht_config *config, const char *flag, const char *path,
                                               struct ht_error *error);
/* The user's own file, where there is one. */
HT_MUST_USE enum ht_status ht_config_file_default(struct ht_config *config, struct ht_error *error);

/* ---- the end of the command line: environment, body, jobs ---- */
HT_MUST_USE enum ht_status ht_config_finish(struct ht_config *config, struct ht_error *error);

/* apply_trace.c: the trace that the present group joins. */
HT_MUST_USE enum ht_status ht_config_add_trace(struct ht_config *config, struct ht_error *error);

/* apply_report.c: which reports go where. */
HT_MUST_USE enum ht_status ht_config_finish_reports(struct ht_config *config, struct ht_error *error);

/* report_files.c: the files of reports in their directories; an error where something else is written there.
 */
HT_MUST_USE enum ht_status ht_config_place_reports(struct ht_config *config, struct ht_error *error);
/* Whether a report goes to that file. */
bool ht_config_reports_to(const struct ht_config *config, const char *path);

/* apply_body.c: what the present group sends and under which condition. */
HT_MUST_USE enum ht_status ht_config_add_form(struct ht_config *config, struct ht_error *error);
HT_MUST_USE enum ht_status ht_config_add_etag(struct ht_config *config, struct ht_error *error);

/* The proxy that `url` would go through by `option` (-x; NULL: not given), `noproxy` (--noproxy) and the
 * environment, as libcurl chooses it; NULL for none. Borrowed. */
const char *ht_proxy_for(const char *url, const char *option, const char *noproxy);

/* --cert-type and its kin for names that only an engine understands; after the last option. */
void ht_put_engine_types(struct ht_config *config);

/* The proxy of -x or its kin with the scheme that --socks5 and others stand for: "socks5://host:1080". In the
 * arena. */
const char *ht_proxy_named(const struct ht_config *config, const char *proxy);

/* ---- what the rows name ---- */
ht_option_apply ht_apply_nothing, ht_apply_switch, ht_apply_text, ht_apply_list, ht_apply_symbol,
    ht_apply_integer, ht_apply_seconds;
ht_option_apply ht_apply_header, ht_apply_data, ht_apply_data_binary, ht_apply_data_raw, ht_apply_json_data,
    ht_apply_json, ht_apply_compressed, ht_apply_cookie, ht_apply_head, ht_apply_user;
ht_option_apply ht_apply_form, ht_apply_form_string, ht_apply_upload_file, ht_apply_continue_at,
    ht_apply_time_cond, ht_apply_etag_compare, ht_apply_etag_save;
ht_option_apply ht_apply_anyauth, ht_apply_location_trusted, ht_apply_proxy_insecure;
ht_option_apply ht_apply_fail_on, ht_apply_ci, ht_apply_ignore, ht_apply_warn_slow, ht_apply_expect,
    ht_apply_list_findings, ht_apply_explain, ht_apply_give_up_early, ht_apply_parallel,
    ht_apply_parallel_max, ht_apply_parallel_immediate;
ht_option_apply ht_apply_bit, ht_apply_size, ht_apply_strongest, ht_apply_netrc_file, ht_apply_ignored,
    ht_apply_range, ht_apply_raw, ht_apply_referer, ht_apply_delegation, ht_apply_oauth2_bearer,
    ht_apply_aws_sigv4;
ht_option_apply ht_apply_proxy, ht_apply_proxy_kind, ht_apply_proxy_http, ht_apply_proxy_header,
    ht_apply_proxy_path, ht_apply_both_paths, ht_apply_unix_socket;
ht_option_apply ht_apply_limit_rate, ht_apply_speed_limit, ht_apply_speed_time, ht_apply_keepalive_time,
    ht_apply_local_port, ht_apply_doh_insecure, ht_apply_follow, ht_apply_protocols, ht_apply_proto_default;
ht_option_apply ht_apply_ip_tos, ht_apply_vlan_priority, ht_apply_mptcp, ht_apply_parallel_max_host;
ht_option_apply ht_apply_tls_auth_type, ht_apply_ech, ht_apply_manual, ht_apply_dump_ca_embed,
    ht_apply_metalink;
ht_option_apply ht_apply_insecure, ht_apply_cert, ht_apply_tls_max;
ht_option_apply ht_apply_curl, ht_apply_dry_run, ht_apply_list_reports, ht_apply_sarif_category,
    ht_apply_har_bodies, ht_apply_report, ht_apply_quiet, ht_apply_progress_meter, ht_apply_progress_bar,
    ht_apply_out_null;
ht_option_apply ht_apply_traceparent, ht_apply_echo_header, ht_apply_events;
ht_option_apply ht_apply_retry, ht_apply_retry_switch;
ht_option_apply ht_apply_output, ht_apply_remote_name, ht_apply_remote_name_all, ht_apply_output_rule,
    ht_apply_clobber, ht_apply_output_dir, ht_apply_dump_header, ht_apply_silent, ht_apply_show_error,
    ht_apply_stderr;
ht_option_apply ht_apply_globoff, ht_apply_get, ht_apply_data_urlencode, ht_apply_url_query, ht_apply_next,
    ht_apply_rate, ht_apply_fail_early, ht_apply_config, ht_apply_variable;
ht_option_apply ht_apply_libcurl, ht_apply_write_out, ht_apply_trace, ht_apply_trace_config,
    ht_apply_trace_ids, ht_apply_trace_time;
ht_option_apply ht_apply_url, ht_apply_verbose, ht_apply_timeline, ht_apply_record, ht_apply_read,
    ht_apply_show_secrets, ht_apply_capture_max, ht_apply_version, ht_apply_help, ht_apply_generate;

#endif
