/* SPDX-License-Identifier: MIT */
/* The record as a file: private, whole or not there, and its errors told with its path. */
#include "support.h"

#include <httptrace/caps.h>

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int begin(void **unused)
{
    (void)unused;
    folder_begin();
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    folder_end();
    return 0;
}

static struct ht_recorder *open_record(const char *path)
{
    struct ht_recorder *recorder = NULL;
    struct ht_error error;
    assert_int_equal(ht_recorder_open(path, &recorder, &error), HT_OK);
    assert_non_null(recorder);
    return recorder;
}

/* Private whatever the umask says, and whatever was there before. */
static void private(void **unused)
{
    (void)unused;
    struct stat at;
    FILE *old = fopen(folder_file("x.rec"), "w");
    assert_non_null(old);
    fclose(old);
    assert_int_equal(chmod(folder_file("x.rec"), 0644), 0);
    mode_t mask = umask(0);
    struct ht_raw raw = raw_empty(HT_RAW_RUN_END);
    write_record(folder_file("x.rec"), &raw, 1);
    umask(mask);
    assert_int_equal(stat(folder_file("x.rec"), &at), 0);
    assert_int_equal(at.st_mode & 07777, 0600);
}

static void first_and_last_line(void **unused)
{
    (void)unused;
    struct ht_arena *arena = ht_arena_new();
    write_record(folder_file("x.rec"), NULL, 0);
    struct ht_span bytes = file_bytes(arena, folder_file("x.rec"));
    assert_string_equal((const char *)bytes.data,
                        "{\"format\":\"httptrace.record/1\",\"tool\":\"httptrace " HT_VERSION
                        "\",\"secrets\":true,"
                        "\"note\":\"holds what was sent and received, secrets included\"}\n{\"end\":0}\n");
    ht_arena_free(arena);
}

/* Until it is closed the old file stands, and an abandoned record leaves nothing. */
static void whole_or_not_there(void **unused)
{
    (void)unused;
    struct ht_arena *arena = ht_arena_new();
    FILE *old = fopen(folder_file("x.rec"), "w");
    assert_true(old && fputs("old", old) >= 0 && fclose(old) == 0);
    struct ht_recorder *recorder = open_record(folder_file("x.rec"));
    struct ht_raw raw = raw_random(arena, HT_RAW_KEYLOG, 300);
    for (int i = 0; i < 2000; i++)
        ht_recorder_take(recorder, &raw);
    assert_int_equal(file_bytes(arena, folder_file("x.rec")).len, 3);
    assert_int_equal(folder_count(), 2);
    ht_recorder_abandon(recorder);
    assert_int_equal(folder_count(), 1);
    assert_int_equal(file_bytes(arena, folder_file("x.rec")).len, 3);
    ht_arena_free(arena);
}

static void refused(const char *path, const char *why)
{
    char expected[600];
    struct ht_recorder *recorder;
    struct ht_error error;
    snprintf(expected, sizeof expected, "%s: %s", path, why);
    assert_int_equal(ht_recorder_open(path, &recorder, &error), HT_ERR_IO);
    assert_string_equal(error.text, expected);
    assert_null(recorder);
    assert_int_equal(folder_count(), 0);
}

/* Told at once, not after the run; a device is never replaced by a file. */
static void bad_targets(void **unused)
{
    (void)unused;
    char name[400], path[500];
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    refused("", "No such file or directory");
    refused("/dev/null", "not a regular file");
    refused("/tmp", "Is a directory");
    snprintf(path, sizeof path, "%s", folder_file("none/x.rec"));
    refused(path, "No such file or directory");
    snprintf(path, sizeof path, "%s", folder_file(name));
    refused(path, "File name too long");
}

static void name_without_folder(void **unused)
{
    (void)unused;
    char *before = getcwd(NULL, 0);
    assert_non_null(before);
    assert_int_equal(chdir(folder_file("")), 0);
    write_record("plain.rec", NULL, 0);
    assert_int_equal(access("plain.rec", R_OK), 0);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(folder_count(), 1);
    free(before);
}

/* More than any medium of these tests holds. */
static void take_much(struct ht_recorder *recorder)
{
    struct ht_arena *arena = ht_arena_new();
    struct ht_raw raw = raw_empty(HT_RAW_TEXT);
    raw.bytes = ht_span(ht_arena_alloc(arena, 4096), 4096);
    for (int i = 0; i < 200; i++)
        ht_recorder_take(recorder, &raw);
    ht_arena_free(arena);
}

/* A write that failed is told at the end, even where there is room again by then: the record has a hole. */
static void file_too_large(void **unused)
{
    (void)unused;
    struct rlimit before, small;
    struct ht_error error;
    char expected[600];
    struct ht_recorder *recorder = open_record(folder_file("x.rec"));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 100000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    take_much(recorder);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    snprintf(expected, sizeof expected, "%s: File too large", folder_file("x.rec"));
    assert_int_equal(ht_recorder_close(recorder, &error), HT_ERR_IO);
    assert_string_equal(error.text, expected);
    assert_int_equal(folder_count(), 0);
}

enum { GOOD, BAD, CANNOT };

/* In a mount namespace of its own, so that nothing stays mounted. */
static int on_a_full_disk(void)
{
    struct ht_error error = {.text = ""};
    const char *dir = folder_file("");
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", dir, "tmpfs", 0, "size=64k") != 0)
        return CANNOT;
    struct ht_recorder *recorder;
    if (ht_recorder_open(folder_file("x.rec"), &recorder, &error) != HT_OK)
        return BAD;
    take_much(recorder);
    if (ht_recorder_close(recorder, &error) != HT_ERR_IO || folder_count() != 0)
        return BAD;
    return strstr(error.text, "x.rec: No space left on device") ? GOOD : BAD;
}

static void disk_full(void **unused)
{
    (void)unused;
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(on_a_full_disk());
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT)
        skip();
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == GOOD);
}

/* A line that no reader would take must not end up in a record that looks well. */
static void event_too_long(void **unused)
{
    (void)unused;
    struct ht_arena *arena = ht_arena_new();
    struct ht_recorder *recorder = open_record(folder_file("x.rec"));
    struct ht_error error;
    struct ht_raw raw = raw_empty(HT_RAW_TEXT);
    raw.bytes = ht_span(ht_arena_alloc(arena, HT_CAP_RECORD_LINE / 2), HT_CAP_RECORD_LINE / 2);
    ht_recorder_take(recorder, &raw);
    assert_int_equal(ht_recorder_close(recorder, &error), HT_ERR_IO);
    assert_non_null(
        strstr(error.text, "x.rec: an event is longer than the 4194304 bytes of a record's line"));
    assert_int_equal(folder_count(), 0);
    ht_arena_free(arena);
}

static void unreadable(void **unused)
{
    (void)unused;
    struct taken taken;
    struct ht_error error;
    taken_begin(&taken);
    assert_int_equal(ht_record_read("/none/x.rec", taken_sink(&taken), &error), HT_ERR_IO);
    assert_string_equal(error.text, "/none/x.rec: No such file or directory");
    assert_int_equal(ht_record_read("/tmp", taken_sink(&taken), &error), HT_ERR_IO);
    assert_string_equal(error.text, "/tmp: Is a directory");
    taken_end(&taken);
}

static void standard_input(void **unused)
{
    (void)unused;
    struct taken taken;
    struct ht_error error;
    struct ht_raw raw = raw_empty(HT_RAW_RUN_END);
    taken_begin(&taken);
    write_record(folder_file("x.rec"), &raw, 1);
    assert_non_null(freopen(folder_file("x.rec"), "r", stdin));
    assert_int_equal(ht_record_read("-", taken_sink(&taken), &error), HT_OK);
    assert_int_equal(taken.count, 1);
    assert_int_equal(ht_record_read("-", taken_sink(&taken), &error), HT_ERR_FORMAT);
    assert_string_equal(error.text, "standard input:1: not an httptrace record");
    taken_end(&taken);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(private),        IN_FOLDER(first_and_last_line), IN_FOLDER(whole_or_not_there),
        IN_FOLDER(bad_targets),    IN_FOLDER(name_without_folder), IN_FOLDER(file_too_large),
        IN_FOLDER(disk_full),      IN_FOLDER(event_too_long),      IN_FOLDER(unreadable),
        IN_FOLDER(standard_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
