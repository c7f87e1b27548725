# SPDX-License-Identifier: MIT
"""A server that keeps the bytes of each request and answers by what its path says: /307, /401, /206, /416, /slow..."""

import re
import threading

from servers.faults import Fault

BOUNDARY = re.compile(rb"-{24}[0-9A-Za-z]{16,22}")
CHALLENGE = b'WWW-Authenticate: Digest realm="r", nonce="n"\r\n'


class Recorder:
    """`requests`: each whole as it came; `arrived` is set with every piece of a body."""

    def __init__(self):
        self.begun = []  # each request in a list of its own: several may come side by side
        self.arrived = threading.Event()
        self.server = Fault(self._serve)

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *unused):
        self.server.__exit__(*unused)

    def url(self, path):
        return self.server.url(path=path)

    @property
    def requests(self):
        return [b"".join(pieces) for pieces in self.begun]

    def take(self):
        """The requests since the last call, with what may differ between two programs made equal."""
        requests, self.begun = self.requests, []
        return [normal(request) for request in requests]

    def _serve(self, conn):
        stream = conn.makefile("rb")
        while head := read_head(stream):
            if b"100-continue" in head and b"/no100" not in head:
                conn.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            pieces = [head]
            self.begun.append(pieces)
            for piece in read_body(stream, head):
                pieces.append(piece)
                self.arrived.set()
            conn.sendall(answer(head))


def read_head(stream):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return b""
        head += line
    return head


def read_body(stream, head):
    """The body in the pieces that it comes in; a body that breaks off ends."""
    length = re.search(rb"^content-length: (\d+)", head, re.I | re.M)
    if re.search(rb"^transfer-encoding: chunked", head, re.I | re.M):
        size = 1
        while size:
            line = stream.readline()
            size = int(line or b"0", 16)
            yield line + stream.read(size + 2)
    elif length:
        left = int(length.group(1))
        while left and (piece := stream.read1(min(left, 1 << 16))):
            left -= len(piece)
            yield piece


def answer(head):
    path = head.split(b" ")[1]
    status, fields, body = b"200 OK", b"", b"hello"
    if b"/307" in path:
        status, fields = b"307 Temporary Redirect", b"Location: /done\r\n"
    elif b"/303" in path:
        status, fields = b"303 See Other", b"Location: /done\r\n"
    elif b"/401" in path and b"\r\nAuthorization: Digest" not in head:
        status, fields = b"401 Unauthorized", CHALLENGE
    elif b"/206" in path and b"\r\nRange: bytes=" in head:
        start = int(re.search(rb"Range: bytes=(\d+)-", head).group(1))
        status, body = b"206 Partial Content", b"0123456789"[start:]
        fields = b"Content-Range: bytes %d-9/10\r\n" % start
    elif b"/416" in path:
        status = b"416 Range Not Satisfiable"
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, fields, len(body), body)


def normal(request):
    """The same for both programs: no User-Agent, boundaries by their order."""
    names = {}
    request = re.sub(rb"User-Agent: .*\r\n", b"", request)
    return BOUNDARY.sub(lambda found: names.setdefault(found.group(), b"BOUNDARY-%d" % len(names)), request)
