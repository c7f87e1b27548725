# SPDX-License-Identifier: MIT
"""Servers that misbehave on purpose: each takes a connection and does one wrong thing with it."""

import socket
import ssl
import struct
import threading


class Fault:
    """Listens on 127.0.0.1 and gives every connection to `handler(conn)` in a thread of its own; closes it after."""

    def __init__(self, handler, tls=None):
        self.handler = handler
        self.context = None
        if tls is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(tls.cert("ec"), tls.key("ec"))
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port = self.listener.getsockname()[1]
        self.open = set()
        self.accepted = 0
        self.thread = threading.Thread(target=self._accept, daemon=True)

    def url(self, scheme="http", path="/", host="127.0.0.1"):
        return f"{scheme}://{host}:{self.port}{path}"

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for conn in list(self.open):
            try:
                conn.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.thread.join(5)

    def _accept(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    def _serve(self, conn):
        conn.settimeout(30)
        self.open.add(conn)
        try:
            if self.context is not None:
                conn = self.context.wrap_socket(conn, server_side=True)
                self.open.add(conn)
            self.handler(conn)
        except OSError:
            pass
        finally:
            self.open.discard(conn)
            conn.close()


def drain(conn):
    """Takes whatever comes until the peer closes."""
    while conn.recv(65536):
        pass


def read_head(conn):
    """The request up to its empty line, or what there was at the end."""
    head = b""
    while b"\r\n\r\n" not in head:
        block = conn.recv(65536)
        if not block:
            break
        head += block
    return head


def reset(conn):
    """Ends the connection with RST."""
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.close()


def mute(conn):
    drain(conn)


def close_after_hello(conn):
    conn.recv(65536)


def reset_after_hello(conn):
    conn.recv(65536)
    reset(conn)


def hang_up(conn):
    del conn


def ssh(conn):
    conn.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    drain(conn)


def says(answer, then="close"):
    """A handler that reads a request, answers these bytes, then closes, resets or stalls."""

    def handler(conn):
        read_head(conn)
        conn.sendall(answer)
        if then == "reset":
            reset(conn)
        elif then == "stall":
            drain(conn)

    return handler


class Blackhole:
    """A port of 127.0.0.1 that answers no SYN: its accept queue is full, so the kernel drops them. Needs no root."""

    def __init__(self):
        self.listener = socket.socket()
        self.port = None
        self.fill = []

    def __enter__(self):
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.fill = [self._connect() for _ in range(4)]
        return self

    def __exit__(self, *unused):
        for conn in (*self.fill, self.listener):
            conn.close()

    def _connect(self):
        conn = socket.socket()
        conn.setblocking(False)
        conn.connect_ex(("127.0.0.1", self.port))
        return conn
