/* SPDX-License-Identifier: MIT */
/* The tap's pure parts: the descriptor table, the stack of SSL calls, the symbols, and that calls are
 * interposed. */
#include "unit.h"

#include "tap/fdtable.h"
#include "tap/real.h"
#include "tap/sockopt.h"
#include "fetch/symbols.h"
#include "tap/tlslayer.h"
#include "tap/waiting.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fd_table_finds_what_was_put(void **state)
{
    (void)state;
    struct ht_fd_table table = {NULL, 0};
    struct ht_tap_socket a = {.id = 1};
    struct ht_tap_socket b = {.id = 2};
    assert_null(ht_fd_find(&table, 0));
    ht_fd_put(&table, 7, &a);
    ht_fd_put(&table, 900, &b);
    assert_ptr_equal(ht_fd_find(&table, 7), &a);
    assert_ptr_equal(ht_fd_find(&table, 900), &b);
    assert_null(ht_fd_find(&table, 8));
    assert_null(ht_fd_find(&table, 901));
    assert_null(ht_fd_find(&table, -1));
    ht_fd_put(&table, 7, &b);
    assert_ptr_equal(ht_fd_find(&table, 7), &b);
    ht_fd_put(&table, 7, NULL);
    assert_null(ht_fd_find(&table, 7));
    ht_fd_clear(&table);
    assert_null(ht_fd_find(&table, 900));
}

static void fd_table_ignores_what_cannot_be(void **state)
{
    (void)state;
    struct ht_fd_table table = {NULL, 0};
    struct ht_tap_socket a = {.id = 1};
    ht_fd_put(&table, -1, &a);
    ht_fd_put(&table, 5000, NULL);
    assert_int_equal(table.count, 0);
    ht_fd_clear(&table);
}

static void innermost_call_is_the_lowest_layer(void **state)
{
    (void)state;
    struct ht_tls_stack stack = {.depth = 0};
    struct ht_tap_tls origin = {0};
    struct ht_tap_tls proxy = {0};
    assert_true(ht_tls_push(&stack, &origin));
    assert_int_equal(ht_tls_level(&stack, 0, 1), 1);
    assert_true(ht_tls_push(&stack, &proxy));
    assert_ptr_equal(stack.at[0], &origin);
    assert_int_equal(ht_tls_level(&stack, 0, 1), 2);
    assert_int_equal(ht_tls_level(&stack, 1, 1), 1);
    ht_tls_pop(&stack);
    assert_int_equal(ht_tls_level(&stack, 0, 2), 2);
    ht_tls_pop(&stack);
    ht_tls_pop(&stack);
    assert_int_equal(stack.depth, 0);
}

static void full_stack_refuses(void **state)
{
    (void)state;
    struct ht_tls_stack stack = {.depth = 0};
    struct ht_tap_tls tls = {0};
    for (size_t i = 0; i < HT_TAP_LAYERS; i++)
        assert_true(ht_tls_push(&stack, &tls));
    assert_false(ht_tls_push(&stack, &tls));
    assert_int_equal(stack.depth, HT_TAP_LAYERS);
}

static void symbols_are_sorted_and_found(void **state)
{
    (void)state;
    size_t count;
    const struct ht_symbol *rows = ht_symbols(&count);
    assert_true(count > 40);
    for (size_t i = 0; i < count; i++) {
        long value = -1;
        if (i > 0)
            assert_true(strcmp(rows[i - 1].name, rows[i].name) < 0);
        assert_true(ht_symbol_find(rows[i].name, &value));
        assert_int_equal(value, rows[i].value);
    }
}

static void symbols_have_curls_values(void **state)
{
    (void)state;
    long value = -1;
    assert_true(ht_symbol_find("CURL_HTTP_VERSION_2TLS", &value));
    assert_int_equal(value, CURL_HTTP_VERSION_2TLS);
    assert_true(ht_symbol_find("CURL_SSLVERSION_MAX_TLSv1_2", &value));
    assert_int_equal(value, CURL_SSLVERSION_MAX_TLSv1_2);
    assert_false(ht_symbol_find("CURL_HTTP_VERSION_9", &value));
    assert_false(ht_symbol_find("", &value));
}

static void every_call_is_shadowed(void **state)
{
    (void)state;
    assert_true(ht_real_are_shadowed());
    assert_true((void (*)(void))ht_real()->send != (void (*)(void))send);
    assert_true((void (*)(void))ht_real()->SSL_read != (void (*)(void))SSL_read);
}

static int number_of(int fd, int level, int name)
{
    int number = -1;
    socklen_t len = sizeof number;
    assert_int_equal(getsockopt(fd, level, name, &number, &len), 0);
    return number;
}

static void sockets_are_as_the_rules_say(void **state)
{
    (void)state;
    static const struct ht_socket_rules none = {0}, all = {.sets_tos = true,
                                                           .sets_priority = true,
                                                           .tos = 0x20,
                                                           .priority = 5};
    static const struct curl_sockaddr v4 = {.family = AF_INET, .socktype = SOCK_STREAM},
                                      v6 = {.family = AF_INET6, .socktype = SOCK_STREAM};
    int plain = ht_sockopt_open(&v4, &none), set = ht_sockopt_open(&v4, &all),
        six = ht_sockopt_open(&v6, &all);
    assert_true(plain >= 0 && set >= 0);
    assert_int_equal(number_of(plain, IPPROTO_IP, IP_TOS), 0);
    assert_int_equal(number_of(set, IPPROTO_IP, IP_TOS), 0x20);
    assert_int_equal(number_of(set, SOL_SOCKET, SO_PRIORITY), 5);
    if (six >= 0) {
        assert_int_equal(number_of(six, IPPROTO_IPV6, IPV6_TCLASS), 0x20);
        close(six);
    }
    close(plain);
    close(set);
}

static void multipath_tcp_falls_back(void **state)
{
    (void)state;
    static const struct ht_socket_rules rules = {.mptcp = true};
    static const struct curl_sockaddr v4 = {.family = AF_INET, .socktype = SOCK_STREAM};
    int fd = ht_sockopt_open(&v4, &rules), probe = socket(AF_INET, SOCK_STREAM, 262);
    assert_true(fd >= 0);
    assert_int_equal(number_of(fd, SOL_SOCKET, SO_PROTOCOL), probe >= 0 ? 262 : IPPROTO_TCP);
    close(fd);
    if (probe >= 0)
        close(probe);
}

static void who_waits_is_taken_when_due(void **state)
{
    (void)state;
    struct ht_waiting waiting = {0};
    struct ht_tap_transfer transfers[3] = {{.id = 0}, {.id = 1}, {.id = 2}};
    assert_int_equal(ht_waiting_left_us(&waiting, 10, 200), 200);
    ht_waiting_add(&waiting, &transfers[0], 300);
    ht_waiting_add(&waiting, &transfers[1], 100);
    ht_waiting_add(&waiting, &transfers[2], 300);
    assert_int_equal(waiting.count, 3);
    assert_int_equal(ht_waiting_left_us(&waiting, 10, 200), 90);
    assert_int_equal(ht_waiting_left_us(&waiting, 10, 20), 20);
    assert_int_equal(ht_waiting_left_us(&waiting, 101, 200), 0);
    assert_null(ht_waiting_take(&waiting, 99));
    assert_ptr_equal(ht_waiting_take(&waiting, 100), &transfers[1]);
    assert_null(ht_waiting_take(&waiting, 100));
    assert_ptr_equal(ht_waiting_take(&waiting, 400), &transfers[0]);
    assert_ptr_equal(ht_waiting_take(&waiting, 400), &transfers[2]);
    assert_null(ht_waiting_take(&waiting, 400));
    assert_int_equal(waiting.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fd_table_finds_what_was_put),
        cmocka_unit_test(fd_table_ignores_what_cannot_be),
        cmocka_unit_test(innermost_call_is_the_lowest_layer),
        cmocka_unit_test(full_stack_refuses),
        cmocka_unit_test(symbols_are_sorted_and_found),
        cmocka_unit_test(symbols_have_curls_values),
        cmocka_unit_test(every_call_is_shadowed),
        cmocka_unit_test(who_waits_is_taken_when_due),
        cmocka_unit_test(sockets_are_as_the_rules_say),
        cmocka_unit_test(multipath_tcp_falls_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
