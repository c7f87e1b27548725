# SPDX-License-Identifier: MIT
"""SOCKS servers (RFC 1928, RFC 1929, SOCKS4 and SOCKS4a) for the tests: relay, or refuse with a given reply code."""

import socket
import struct
import threading

from servers.faults import Fault


def _exactly(conn, count):
    data = b""
    while len(data) < count:
        block = conn.recv(count - len(data))
        if not block:
            raise OSError("short SOCKS message")
        data += block
    return data


def _text(conn):
    """Up to a NUL, which is taken as well."""
    data = b""
    while (byte := _exactly(conn, 1)) != b"\0":
        data += byte
    return data.decode()


def _pump(source, sink):
    try:
        while block := source.recv(65536):
            sink.sendall(block)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def _relay(conn, host, port):
    with socket.create_connection((host, port), timeout=10) as origin:
        back = threading.Thread(target=_pump, args=(origin, conn), daemon=True)
        back.start()
        _pump(conn, origin)
        back.join(10)


class Socks4(Fault):
    """`reply` other than 90 refuses the request."""

    def __init__(self, reply=90):
        super().__init__(self._negotiate)
        self.reply = reply
        self.users = []

    def _negotiate(self, conn):
        _, _, port, address = struct.unpack("!BBH4s", _exactly(conn, 8))
        self.users.append(_text(conn))
        named = address[:3] == bytes(3) and address[3] != 0
        host = _text(conn) if named else socket.inet_ntoa(address)
        conn.sendall(bytes([0, self.reply]) + bytes(6))
        if self.reply == 90:
            _relay(conn, host, port)


class Socks5(Fault):
    """`reply` other than 0 refuses the request; `user` and `password` ask for them; `mute` never greets; `bound` is the address
    that the reply holds, its type first."""

    def __init__(self, reply=0, user=None, password=None, mute=False, bound=b"\x01" + bytes(4)):
        super().__init__(self._negotiate)
        self.reply, self.user, self.password, self.mute, self.bound = reply, user, password, mute, bound
        self.asked = []  # (address type, host, port), as asked for

    def _negotiate(self, conn):
        methods = _exactly(conn, _exactly(conn, 2)[1])
        if self.mute:
            conn.recv(1)
            return
        if not self._authenticate(conn, methods):
            return
        _, command, _, kind = _exactly(conn, 4)
        host = self._host(conn, kind)
        port = struct.unpack("!H", _exactly(conn, 2))[0]
        self.asked.append((kind, host, port))
        conn.sendall(bytes([5, self.reply, 0]) + self.bound + bytes(2))
        if self.reply == 0 and command == 1:
            _relay(conn, host, port)

    def _authenticate(self, conn, methods):
        if self.user is None:
            conn.sendall(b"\x05\x00")
            return True
        if 2 not in methods:
            conn.sendall(b"\x05\xff")
            return False
        conn.sendall(b"\x05\x02")
        user = _exactly(conn, _exactly(conn, 2)[1]).decode()
        password = _exactly(conn, _exactly(conn, 1)[0]).decode()
        good = (user, password) == (self.user, self.password)
        conn.sendall(bytes([1, 0 if good else 1]))
        return good

    @staticmethod
    def _host(conn, kind):
        if kind == 3:
            return _exactly(conn, _exactly(conn, 1)[0]).decode()
        family, size = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
        return socket.inet_ntop(family, _exactly(conn, size))
