# SPDX-License-Identifier: MIT
"""Cases with a proxy between: what TCP tells ends at the proxy, so nobody behind it may be named by it alone."""

import socket
import threading
import time

import from_lab
import products
from case import SERVER, fault

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def opened(conn):
    """Grants the tunnel and takes the first thing that is sent through it."""
    products.faults.read_head(conn)
    conn.sendall(ESTABLISHED)
    conn.recv(65536)


def grants_and_closes(conn):
    opened(conn)


def grants_and_resets(conn):
    opened(conn)
    products.faults.reset(conn)


def grants_and_is_mute(conn):
    opened(conn)
    time.sleep(4)


def grants_and_says_no(conn):
    opened(conn)
    conn.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno\n")


def pump(source, sink):
    try:
        while block := source.recv(65536):
            sink.sendall(block)
    except OSError:
        pass


def relays(count, then, port):
    """A tunnel to that port that lets `count` bytes come back."""

    def handler(conn):
        products.faults.read_head(conn)
        conn.sendall(ESTABLISHED)
        with socket.create_connection(("127.0.0.1", port)) as origin:
            threading.Thread(target=pump, args=(conn, origin), daemon=True).start()
            left = count
            while left > 0 and (block := origin.recv(left)):
                conn.sendall(block)
                left -= len(block)
            if then == "is mute":
                time.sleep(4)
            conn.shutdown(socket.SHUT_RDWR)  # the other thread holds it open otherwise

    return handler


GRANTS = [
    (grants_and_closes, "tls.ch_fin proxy.closed"),
    (grants_and_resets, "tls.ch_rst_acked tls.ch_rst_unacked proxy.closed"),
    (grants_and_is_mute, "tls.acked_silence proxy.silent"),
    (grants_and_says_no, "tls.plaintext_reply"),
]
ANSWER = "http.truncated http.killed http.empty http.no_response http.stalled h2.stream_error"
# What comes back of the origin's bytes, what the proxy does then, what it may be called
RELAYS = [
    (500, "is mute", "tls.stalled_mid_handshake"),
    (500, "closes", "tls.cut_mid_handshake"),
    (4000, "is mute", ANSWER),
    (4000, "closes", ANSWER),
    (90000, "is mute", ANSWER),
    (90000, "closes", ANSWER),
]
# Rows of the lab, reached through a proxy that does all it should.
BEHIND = [
    ("tls.ch_fin", "tls.ch_fin"),
    ("tls.mute", "tls.acked_silence"),
    ("tls.plaintext_ssh", "tls.plaintext_reply"),
    ("tls.stalled_mid_handshake", "tls.stalled_mid_handshake"),
    ("tls.cut_mid_handshake.fin", "tls.cut_mid_handshake"),
    ("tls.alert.internal_error", "tls.alert.internal_error"),
    ("cert.expired", "cert.expired"),
    ("h2.no_settings", "h2.no_settings"),
    ("h2.goaway_early.no_error", "h2.goaway_early"),
    ("h2.stalled", "http.stalled"),
    ("http.no_response", "http.no_response"),
    ("http.truncated", "http.truncated"),
    ("http.truncated.chunked", "http.truncated"),
    ("http.stalled", "http.stalled"),
    ("http.empty", "http.gateway_error http.empty"),
    ("http.encoding_lie", "http.encoding_lie"),
    ("tcp.refused", "http.gateway_error proxy.gateway_error http.status"),
]


def grant_arguments(handler, world):
    proxy = products.fault(handler.__name__, handler, world)
    return ["-m", "2", "-x", proxy.url(), products.server("nginx", world).url("tls")]


def relay_arguments(count, then, options, world):
    origin = products.server("nginx", world)
    proxy = products.fault(f"relays {count} {then}", relays(count, then, origin.port["tls"]), world)
    return [
        "-m",
        "2",
        "--cacert",
        products.keys(world).ca,
        *options,
        "-x",
        proxy.url(),
        origin.url("tls", "/large.bin"),
    ]


def behind_arguments(code, proxy, port, world):
    every = from_lab.lab.rows(world.lab)
    lab = world.shared(("lab",), lambda: from_lab.served(world.lab, every))
    through = products.server(proxy, world).url(port)
    return ["-m", "2", "--noproxy", "", "--cacert", lab.ca, "-x", through, lab.url[code]]


def cases(_world):
    for handler, codes in GRANTS:
        yield fault(
            f"proxy {handler.__name__}", lambda w, h=handler: grant_arguments(h, w), codes, "tls proxy", "proxy"
        )
    for count, then, codes in RELAYS:
        phases = "tls" if codes != ANSWER else "request wait response"
        for options in ([], ["--http1.1"]):
            name = f"proxy relays {count} and {then} {' '.join(options)}".rstrip()
            make = lambda w, c=count, t=then, o=options: relay_arguments(c, t, o, w)  # pylint: disable=C3001
            yield fault(name, make, codes, phases, "proxy")
    for code, codes in BEHIND:
        loci = {*SERVER, *from_lab.loci_of(code).split()}
        for proxy, port in (("squid", "open"), ("tinyproxy", "proxy")):
            make = lambda w, c=code, p=proxy, o=port: behind_arguments(c, p, o, w)  # pylint: disable=C3001
            yield fault(
                f"lab {code} behind {proxy}", make, codes, (), loci | ({"proxy"} if code == "tcp.refused" else set())
            )
