# SPDX-License-Identifier: MIT
"""The lab's proxies: HTTP with CONNECT, SOCKS 4 and 5; both lead to servers of the same lab and nowhere else."""

import select
import socket

import answers


def relay(wire, address):
    """Both ways until both ends have closed. What was read too early goes first."""
    with socket.create_connection(address) as far:
        if wire.pending:
            far.sendall(wire.pending)
        plain = {wire.sock: far, far: wire.sock}
        waiting = [wire.sock, far]
        while waiting:
            ready, _, _ = select.select([] if _pending(wire.sock) else waiting, [], [], 0 if _pending(wire.sock) else 10)
            ready = ready or ([wire.sock] if _pending(wire.sock) else [])
            if not ready:
                return
            for end in ready:
                data = _read(end)
                if data:
                    plain[end].sendall(data)
                    continue
                waiting.remove(end)
                if end is wire.sock:
                    far.shutdown(socket.SHUT_WR)
                else:
                    return


def _pending(sock):
    return bool(getattr(sock, "pending", lambda: 0)())


def _read(end):
    try:
        return end.recv(65536)
    except OSError:
        return b""


def _refusal(listener, request):
    """A challenge where the host asks for one by its name: auth.test, digest.test, ntlm.test."""
    host = request.target.split("://")[-1].split("/")[0].split(":")[0]
    given = request.header("proxy-authorization") or ""
    if host == "ntlm.test" and (answered := answers.ntlm(request, "", proxy=True)).status == 407:
        return answered
    if host == "auth.test" and not given.startswith("Basic"):
        return answers.challenged(request, "", 'Basic realm="proxy"', proxy=True)
    if host == "digest.test" and not given.startswith("Digest"):
        return answers.challenged(request, "", answers.DIGEST, proxy=True)
    if host == "refused.test":
        return answers.text("not there\n", status=403)
    if host == "broken.test":
        return answers.Answer(steps=[answers.CLOSE])
    return None


def forward(wire, listener, request):
    """One request to the HTTP proxy: a tunnel, or an answer in the origin's place."""
    refusal = _refusal(listener, request)
    steps = (refusal or answers.answer(request)).wire(request.method)
    if request.method == "CONNECT" and not refusal:
        host, _, port = request.target.rpartition(":")
        address = listener.lab.target(host.strip("[]"), int(port)) if port.isdigit() else None
        if address:
            wire.send(b"HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n")
            relay(wire, address)
            wire.drain()
        steps = answers.text("no way there\n", status=502).wire("GET")
    for step in steps:
        if step == answers.CLOSE:
            wire.drain()
        wire.send(step)


def _until_zero(wire):
    text = b""
    while (byte := wire.exactly(1)) != b"\0":
        text += byte
    return text


def _socks4(wire, listener):
    wire.exactly(1)
    port, address = int.from_bytes(wire.exactly(2), "big"), wire.exactly(4)
    _until_zero(wire)
    host = socket.inet_ntoa(address)
    if address[:3] == bytes(3) and address[3]:
        host = _until_zero(wire).decode()
    target = listener.lab.target(host, port)
    wire.send(b"\0" + (b"\x5a" if target else b"\x5b") + bytes(6))
    return target


def _socks5(wire, listener):
    methods = wire.exactly(wire.exactly(1)[0])
    if b"\2" in methods:
        wire.send(b"\5\2")
        wire.exactly(1)
        user = wire.exactly(wire.exactly(1)[0])
        wire.exactly(wire.exactly(1)[0])
        wire.send(b"\1\1" if user == b"wrong" else b"\1\0")
    else:
        wire.send(b"\5\0")
    kind = wire.exactly(4)[3]
    if kind == 3:
        host = wire.exactly(wire.exactly(1)[0]).decode()
    else:
        family, length = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
        host = socket.inet_ntop(family, wire.exactly(length))
    target = listener.lab.target(host, int.from_bytes(wire.exactly(2), "big"))
    wire.send(b"\5" + (b"\0" if target else b"\4") + b"\0\1" + bytes(6))
    return target


def socks(wire, listener):
    version = wire.exactly(1)
    if version not in (b"\4", b"\5"):
        return
    target = (_socks4 if version == b"\4" else _socks5)(wire, listener)
    if target:
        relay(wire, target)
    wire.drain()
