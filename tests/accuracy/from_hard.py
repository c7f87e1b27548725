# SPDX-License-Identifier: MIT
"""Hard negatives: what endpoints do that looks like the path's doing. None of it may be blamed on the path."""

import contextlib
import os
import signal
import socket
import time

import products
from case import hard

# name, server, port, path, options, codes, phase
SERVERS = [
    ("nginx 444", "nginx", "plain", "/drop", [], "http.empty", "wait"),
    ("nginx 444 TLS", "nginx", "tls", "/drop", ["CA", "--http1.1"], "http.empty", "wait"),
    ("nginx 444 TLS 1.2", "nginx", "tls12", "/drop", ["CA", "--http1.1"], "http.empty", "wait"),
    ("nginx 444 h2", "nginx", "tls", "/drop", ["CA"], "http.empty h2.stream_error h2.goaway_early", "wait"),
    (
        "nginx 444 with a body",
        "nginx",
        "plain",
        "/drop",
        ["--data-binary", "@300KB", "-H", "Expect:"],
        "http.empty http.killed",
        "wait request",
    ),
    ("go abort", "goserver", "plain", "/abort", [], "http.empty", "wait"),
    ("go abort TLS", "goserver", "tls", "/abort", ["CA", "--http1.1"], "http.empty", "wait"),
    ("go abort h2", "goserver", "tls", "/abort", ["CA"], "h2.stream_error", "wait"),
    (
        "go abort with a body",
        "goserver",
        "plain",
        "/abort",
        ["--data-binary", "@1MiB", "-H", "Expect:"],
        "http.empty http.killed",
        "wait request",
    ),
    ("haproxy content reject", "haproxy", "closing", "/", [], "tls.ch_fin", "tls"),
    (
        "haproxy connection reject",
        "refusing",
        "reset",
        "/",
        [],
        "tls.ch_rst_acked tls.ch_rst_unacked tcp.rst_after_accept tls.ch_fin tcp.fin_after_accept",
        "tls connect",
    ),
    (
        "haproxy dead TCP backend",
        "refusing",
        "gone_tcp",
        "/",
        [],
        "tls.ch_fin tls.ch_rst_acked tls.ch_rst_unacked",
        "tls",
    ),
    ("haproxy silent-drop of a ClientHello", "refusing", "dropping", "/", ["-m", "3"], "tls.acked_silence", "tls"),
    ("haproxy waits for more", "refusing", "waiting", "/", ["-m", "2"], "tls.acked_silence", "tls"),
    ("haproxy reject", "refusing", "http", "/reject", [], "http.empty http.killed", "wait"),
    (
        "haproxy reject h2",
        "refusing",
        "https",
        "/reject",
        ["CA"],
        "http.empty http.killed h2.stream_error h2.goaway_early",
        "wait",
    ),
    ("haproxy silent-drop", "refusing", "http", "/drop", ["-m", "2"], "http.no_response http.killed", "wait"),
    (
        "haproxy silent-drop TLS",
        "refusing",
        "https",
        "/drop",
        ["CA", "--http1.1", "-m", "2"],
        "http.no_response http.killed",
        "wait",
    ),
]


# ---- small servers; each gets a connection ----


def close_unread(conn):
    """Never reads what has come: Linux sends RST, and its delayed ACK may never have gone."""
    time.sleep(0.01)
    conn.close()


def close_unread_later(conn):
    time.sleep(0.3)
    conn.close()


def reset_at_once(conn):
    products.faults.reset(conn)


def reset_soon(conn):
    time.sleep(0.02)
    products.faults.reset(conn)


def reset_later(conn):
    time.sleep(0.6)
    products.faults.reset(conn)


def close_at_once(conn):
    conn.close()


def close_later(conn):
    conn.recv(65536)
    time.sleep(0.5)


def half_read(conn):
    """Reads a little of what came and resets by closing."""
    conn.recv(64)


def never_reads(conn):
    """Takes what fits in the smallest buffers, and no more."""
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    time.sleep(5)


def sleeps(conn):
    time.sleep(5)


def reads_and_sleeps(conn):
    products.faults.read_head(conn)
    time.sleep(5)


def answers_and_resets(conn):
    products.faults.read_head(conn)
    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 30000)
    time.sleep(0.1)
    products.faults.reset(conn)


def answers_half_and_closes(conn):
    products.faults.read_head(conn)
    conn.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + b"x" * 300)


def one_byte_of_tls(conn):
    conn.recv(65536)
    conn.sendall(b"\x16")
    time.sleep(5)


def stale_close(conn):
    """Answers once; closes when the connection is used again."""
    products.faults.read_head(conn)
    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    products.faults.read_head(conn)


def stale_reset(conn):
    products.faults.read_head(conn)
    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    products.faults.read_head(conn)
    products.faults.reset(conn)


def stale_silence(conn):
    """Answers once; leaves the second request where it is."""
    products.faults.read_head(conn)
    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    time.sleep(5)


RESETS = "tls.ch_rst_acked tls.ch_rst_unacked tcp.rst_after_accept"
# handler, scheme, options, codes, phase; served behind TLS where the handler is for http and the scheme is https
SMALL = [
    (close_unread, "https", [], RESETS, "tls connect"),
    (close_unread, "https", ["--curves", "X25519"], RESETS, "tls connect"),
    (close_unread, "http", [], "http.killed http.empty", "wait request"),
    (close_unread_later, "https", [], RESETS, "tls"),
    (close_unread_later, "http", ["--data-binary", "@300KB", "-H", "Expect:"], "http.killed", "request wait"),
    (reset_at_once, "https", [], RESETS, "tls connect"),
    (reset_at_once, "http", [], "http.killed tcp.rst_after_accept", "wait request connect"),
    (reset_soon, "https", [], RESETS, "tls"),
    (reset_later, "https", [], "tls.ch_rst_acked", "tls"),
    (reset_later, "http", [], "http.killed", "wait"),
    (close_at_once, "https", [], "tls.ch_fin tcp.fin_after_accept " + RESETS, "tls connect"),
    (
        close_at_once,
        "http",
        [],
        "http.empty http.killed tcp.fin_after_accept tcp.rst_after_accept",
        "wait request connect",
    ),
    (close_later, "https", [], "tls.ch_fin", "tls"),
    (close_later, "http", [], "http.empty", "wait"),
    (half_read, "https", [], RESETS, "tls"),
    (half_read, "http", ["-H", "X-Pad: " + "p" * 3000], "http.killed", "wait"),
    (never_reads, "https", ["-m", "2"], "tls.acked_silence", "tls"),
    (
        never_reads,
        "http",
        ["-m", "3", "--data-binary", "@1MiB", "-H", "Expect:"],
        "http.no_response http.stalled",
        "request wait",
    ),
    (sleeps, "https", ["-m", "2"], "tls.acked_silence", "tls"),
    (sleeps, "http", ["-m", "2"], "http.no_response", "wait"),
    (reads_and_sleeps, "http", ["-m", "1.3"], "http.no_response", "wait"),
    (answers_and_resets, "http", [], "http.killed http.truncated", "response"),
    (answers_half_and_closes, "http", [], "http.truncated", "response"),
    (one_byte_of_tls, "https", ["-m", "2"], "tls.no_server_hello tls.acked_silence tls.stalled_mid_handshake", "tls"),
    (stale_silence, "http", ["-m", "2", "TWICE"], "http.no_response", "wait"),
]
BEHIND_TLS = [
    (reads_and_sleeps, ["-m", "1.5"], "http.no_response", "wait"),
    (answers_and_resets, [], "http.killed http.truncated", "response"),
    (answers_half_and_closes, [], "http.truncated", "response"),
    (reset_later, [], "http.killed", "wait"),
    (close_later, [], "http.empty", "wait"),
    (stale_silence, ["-m", "2", "TWICE"], "http.no_response", "wait"),
]


def small_arguments(handler, scheme, options, behind_tls, world):
    server = products.fault(handler.__name__, handler, world, behind_tls)
    url = server.url(scheme, host="localhost" if behind_tls else "127.0.0.1")
    given = ["--cacert", products.keys(world).ca, "-4"] if behind_tls else []
    return ["-m", "5", *given, *(o for o in options if o != "TWICE"), *([url] * (1 + ("TWICE" in options)))]


def server_arguments(row, world):
    _, name, port, path, options = row[:5]
    given = []
    for word in options:
        given += ["--cacert", products.keys(world).ca] if word == "CA" else [word]
    return ["-m", "5", *given, products.server(name, world).url(port, path)]


# ---- ports that take no more connections ----


def full_backlog(world):
    hole = world.shared("blackhole", products.faults.Blackhole)
    return hole.port


class Stopped:
    """nginx that was stopped by a signal: its kernel accepts, nobody answers."""

    def __init__(self, world):
        self.server = products.make("once", world)

    def __enter__(self):
        self.server.__enter__()
        os.kill(self.server.process.pid, signal.SIGSTOP)
        return self

    def __exit__(self, *unused):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.server.process.pid, signal.SIGCONT)
        self.server.__exit__()


def stopped(world, port):
    return world.shared("stopped", lambda: Stopped(world)).server.url(port)


def full_ports():
    yield hard(
        "SYN backlog full",
        lambda w: ["--connect-timeout", "4", f"http://127.0.0.1:{full_backlog(w)}/"],
        "tcp.syn_timeout",
        "connect",
    )
    yield hard(
        "SYN backlog full TLS",
        lambda w: ["-m", "2.5", f"https://127.0.0.1:{full_backlog(w)}/"],
        "tcp.syn_timeout",
        "connect",
    )
    yield hard("nginx stopped", lambda w: ["-m", "2", stopped(w, "once")], "http.no_response", "wait")
    yield hard("nginx stopped TLS", lambda w: ["-m", "2", stopped(w, "once_tls")], "tls.acked_silence", "tls")
    yield hard("port closed", lambda w: [f"https://127.0.0.1:{products.closed_port()}/"], "tcp.refused", "connect")
    yield hard("port closed v6", lambda w: [f"http://[::1]:{products.closed_port()}/"], "tcp.refused", "connect")


def cases(_world):
    for row in SERVERS:
        yield hard(row[0], lambda w, r=row: server_arguments(r, w), row[5], row[6])
    for handler, scheme, options, codes, phase in SMALL:
        label = f"{handler.__name__} {scheme}" + (f" {' '.join(options)[:40]}" if options else "")
        yield hard(label, lambda w, h=handler, s=scheme, o=options: small_arguments(h, s, o, False, w), codes, phase)
    for handler, options, codes, phase in BEHIND_TLS:
        label = f"{handler.__name__} behind TLS"
        yield hard(label, lambda w, h=handler, o=options: small_arguments(h, "https", o, True, w), codes, phase)
    yield from full_ports()
