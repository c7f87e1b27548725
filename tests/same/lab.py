# SPDX-License-Identifier: MIT
"""The servers of one worker: an origin in every form, proxies, sockets; each keeps, byte for byte, what arrived at it."""

import os
import select
import socket
import ssl
import struct
import threading
import time

import answers
import hello
import peers
import proxies

QUIET_SECONDS = 3


class Gone(Exception):
    """The other end closed, or there was nothing for too long."""


class Wire:
    """One connection from the client: reads that are recorded, writes that do not fail."""

    def __init__(self, sock, record):
        self.sock, self.record, self.pending = sock, record, b""

    def more(self):
        try:
            got = self.sock.recv(65536)
        except (OSError, ssl.SSLError):
            got = b""
        if not got:
            raise Gone
        if self.record["facts"] != ["a ClientHello"]:
            self.record["bytes"] += got
        self.pending += got

    def until(self, mark):
        while mark not in self.pending:
            self.more()
        found, self.pending = self.pending.split(mark, 1)
        return found

    def exactly(self, count):
        while len(self.pending) < count:
            self.more()
        found, self.pending = self.pending[:count], self.pending[count:]
        return found

    def send(self, data):
        try:
            self.sock.sendall(data)
        except (OSError, ssl.SSLError) as why:
            raise Gone from why

    def wait(self, seconds):
        """Until then, or until the client leaves."""
        readable, _, _ = select.select([self.sock], [], [], seconds)
        if readable:
            self.more()

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        raise Gone

    def drain(self):
        """No more from here; whatever the client still sends is recorded."""
        try:
            if isinstance(self.sock, ssl.SSLSocket):
                self.sock.settimeout(1)
                self.sock = self.sock.unwrap()
            self.sock.shutdown(socket.SHUT_WR)
            while True:
                self.more()
        except (OSError, ValueError):
            raise Gone from None


class Listener:
    """One server socket; `serve` (wire, listener) handles a connection."""

    def __init__(self, lab, name, sock, serve, context=None):
        self.lab, self.name, self.sock, self.serve, self.context = lab, name, sock, serve, context
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            select.select([self.sock], [], [])
            record = {"server": self.name, "facts": [], "bytes": b"", "open": True}
            with self.lab.lock:
                peer, _ = self.sock.accept()
                self.lab.records.append(record)
            threading.Thread(target=self._run, args=(peer, record), daemon=True).start()

    def _run(self, peer, record):
        peer.settimeout(10)
        try:
            if self.context is not None:
                peer = self._tls(peer, record)
            self.serve(Wire(peer, record), self)
        except Gone:
            pass
        except (OSError, ssl.SSLError) as why:
            record["facts"].append(f"failed: {getattr(why, 'reason', None) or 'closed'}")
        finally:
            peer.close()
            record["open"] = False
            self.lab.ended()

    def _tls(self, peer, record):
        record["facts"].append(hello.describe(peer))
        peer = self.context.wrap_socket(peer, server_side=True)
        subject = peer.getpeercert() or {}
        record["facts"].append(f"{peer.version()} {peer.cipher()[0]} {peer.selected_alpn_protocol()} {subject.get('subject')}")
        return peer


def play(wire, steps):
    for step in steps:
        if step == answers.RESET:
            wire.reset()
        elif step == answers.CLOSE:
            wire.drain()
        elif isinstance(step, float):
            wire.wait(step)
        else:
            wire.send(step)


def read_body(wire, headers):
    fields = {name.lower(): value for name, value in headers}
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = b""
        while True:
            size = int(wire.until(b"\r\n").split(b";")[0], 16)
            if size == 0:
                while wire.until(b"\r\n"):
                    pass
                return body
            body += wire.exactly(size)
            wire.exactly(2)
    length = fields.get("content-length", "")
    return wire.exactly(int(length)) if length.isdigit() else b""


def read_head(wire):
    """(method, target, headers) of the next request; a line of the PROXY protocol before it is passed over."""
    head = wire.until(b"\r\n\r\n").decode("latin-1")
    if head.startswith("PROXY "):
        head = head.split("\r\n", 1)[1]
    line, *rest = head.split("\r\n")
    words = line.split(" ")
    if words[0] == "PRI":  # HTTP/2 where it is not spoken
        wire.drain()
    if len(words) < 2:
        raise Gone
    return words[0], " ".join(words[1:-1]) if len(words) > 2 else words[1], [tuple(f.split(":", 1)) for f in rest if ":" in f]


def origin(wire, listener):
    """HTTP/1 until the client leaves."""
    while not wire.pending:
        wire.more()
    if wire.pending[0] == 22:  # TLS where none is spoken; its bytes are random
        wire.record.update(bytes=b"", facts=["a ClientHello"])
        wire.drain()
    while True:
        method, target, headers = read_head(wire)
        headers = [(name, value.strip()) for name, value in headers]
        request = answers.Request(method, target, headers, b"", listener.lab.state)
        upgraded = peers.upgrade(wire, listener, request)
        if upgraded:
            return
        if request.header("expect") == "100-continue" and request.path not in ("/refuse-expect", "/no-continue"):
            wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if request.path == "/refuse-expect" and request.header("expect"):
            play(wire, answers.answer(request).wire(method))
            continue
        request.body = read_body(wire, headers)
        if listener.name.startswith("proxy"):
            proxies.forward(wire, listener, request)
        else:
            play(wire, answers.answer(request).wire(method))


class Lab:
    """All servers of a worker. `ports` has the placeholders' values."""

    def __init__(self, pki, directory):
        self.lock, self.quiet = threading.Lock(), threading.Condition()
        self.records, self.state, self.listeners = [], {}, []
        self.pki, self.directory = pki, directory
        contexts = hello.contexts(pki)
        port = self._tcp("http", origin)
        tls = self._tcp("https", origin, contexts["h1"])
        self.ports = {
            "HTTP": f"127.0.0.1:{port}", "PORT": str(port),
            "HTTPS": f"localhost:{tls}", "TLSPORT": str(tls),
            "H2C": f"127.0.0.1:{self._tcp('h2c', peers.h2c)}", "H2": f"localhost:{self._tcp('h2', peers.negotiated, contexts['h2'])}",
            "PROXY": f"127.0.0.1:{self._tcp('proxy', origin)}",
            "TLSPROXY": f"localhost:{self._tcp('proxys', origin, contexts['h1'])}",
            "SOCKS": f"127.0.0.1:{self._tcp('socks', proxies.socks)}",
            "UNIX": os.path.join(directory, "socket"), "ABSTRACT": "httptrace-" + os.path.basename(directory) + str(port),
            "DEAD": "127.0.0.1:1", "PKI": str(pki.dir), "PIN": pki.pin,
        }
        if socket.has_ipv6:
            self.ports["HTTP6"] = self._tcp6()
        self._unix("unix", self.ports["UNIX"])
        self._unix("abstract", "\0" + self.ports["ABSTRACT"])

    def _add(self, name, sock, serve, context=None):
        self.listeners.append(Listener(self, name, sock, serve, context))

    def _tcp(self, name, serve, context=None):
        sock = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._add(name, sock, serve, context)
        return sock.getsockname()[1]

    def _tcp6(self):
        try:
            sock = socket.create_server(("::1", 0), family=socket.AF_INET6)
        except OSError:
            return "[::1]:1"
        self._add("http6", sock, origin)
        return f"[::1]:{sock.getsockname()[1]}"

    def _unix(self, name, path):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.bind(path)
        sock.listen(16)
        self._add(name, sock, origin)

    def target(self, host, port):
        """Where a proxy goes for host:port: a server of this lab, whatever the host's name."""
        family = socket.AF_INET6 if host == "::1" else socket.AF_INET
        known = any(l.sock.family == family and l.sock.getsockname()[1] == port for l in self.listeners)
        return (("::1" if family == socket.AF_INET6 else "127.0.0.1"), port) if known else None

    def ended(self):
        with self.quiet:
            self.quiet.notify_all()

    def begin(self):
        with self.lock:
            self.records, self.state = [], {}

    def _is_busy(self):
        """Whether a connection is open, or waits to be taken."""
        with self.lock:
            waiting, _, _ = select.select([listener.sock for listener in self.listeners], [], [], 0)
            return bool(waiting) or any(record["open"] for record in self.records)

    def finish(self):
        """What arrived since begin(), once all connections have ended."""
        deadline = time.monotonic() + QUIET_SECONDS
        while self._is_busy() and time.monotonic() < deadline:
            with self.quiet:
                self.quiet.wait(0.02)
        with self.lock:
            return [dict(record) for record in self.records]
