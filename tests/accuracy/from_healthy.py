# SPDX-License-Identifier: MIT
"""Healthy runs: the requests of the end-to-end tests, and others that meet what those do not. None may raise an alarm."""

import time

import products
from case import healthy
from from_products import fill, option
from shared import Skip

try:
    import test_healthy as shared_requests
except ImportError as missing:
    REQUESTS, REUSED, WHY = (), (), str(missing)
else:
    REQUESTS, REUSED, WHY = shared_requests.REQUESTS, shared_requests.REUSED, ""

# server, port, paths, options; "SIX" goes by IPv6, "NUMBER" by address in place of the name
MORE = [
    ("nginx", "tls", ["/hello.txt"], ["SIX"]),
    ("nginx", "plain", ["/hello.txt"], ["SIX"]),
    ("nginx", "tls", ["/hello.txt"], ["NUMBER"]),
    ("nginx", "tls", ["/hello.txt"], ["-4"]),
    ("nginx", "tls", ["/hello.txt"], ["-6", "--http1.1"]),
    ("nginx", "tls", ["/hello.txt"], ["--curves", "X25519"]),
    ("nginx", "tls", ["/hello.txt"], ["--curves", "P-521:P-384"]),
    ("nginx", "tls12", ["/hello.txt"], ["--tlsv1.2", "--tls-max", "1.2"]),
    ("nginx", "rsa", ["/large.bin"], ["--tls-max", "1.2", "--http1.1"]),
    ("nginx", "client", ["/hello.txt"], ["-E", "CLIENT"]),
    ("nginx", "client", ["/hello.txt"], ["-E", "CLIENT", "--tls-max", "1.2"]),
    ("nginx", "expired", ["/hello.txt"], ["-k"]),
    ("nginx", "mismatch", ["/hello.txt"], ["-k"]),
    ("nginx", "staple", ["/hello.txt"], ["--cert-status"]),
    ("nginx", "plain", ["/hello.txt"], ["-H", "X-Long: " + "l" * 6000]),
    ("nginx", "tls", ["/hello.txt"], ["-H", "X-Long: " + "l" * 6000]),
    ("nginx", "tls", ["/swallow"], ["--data-binary", "@1MiB", "--http1.1"]),
    ("nginx", "tls", ["/hello.txt"], ["--resolve", "www.example.test:{nginx.tls}:127.0.0.1"]),
    ("nginx", "plain", ["/hello.txt", "/gzip.txt", "/small.bin", "/nothing", "/large.bin"], ["-Z"]),
    ("nginx", "tls", ["/hello.txt", "/gzip.txt", "/small.bin", "/nothing", "/large.bin"], ["-Z"]),
    ("nginx", "tls", ["/hello.txt"] * 8, ["-Z", "--parallel-max", "3", "--http1.1"]),
    ("nghttpd", "h2", ["/small.bin"] * 12, ["-Z"]),
    ("nghttpd_push", "h2", ["/index.html", "/pushed.txt"], []),
    ("goserver", "tls", ["/bytes?n=3000000", "/drip?n=5&ms=40", "/slow?ms=300", "/trailers"], ["-Z"]),
    ("goserver", "plain", ["/sink"], ["--data-binary", "@1MiB"]),
    ("goserver", "tls", ["/sink", "/sink"], ["--data-binary", "@1MiB"]),
    ("goserver", "tls", ["/redirect?n=4"], ["-L", "--http1.1"]),
    ("goserver", "plain", ["/slow?ms=1500"], []),
    ("once", "once", ["/", "/", "/"], []),
    ("once", "once_tls", ["/", "/", "/"], []),
    ("once", "once_tls", ["/", "/", "/"], ["--http1.1"]),
    ("refusing", "http", ["/fine"], []),
    ("refusing", "https", ["/fine", "/fine"], []),
    ("caddy", "tls", ["/index.html"], ["--http1.1", "--tls-max", "1.2"]),
    ("caddy", "plain", ["/index.html"], ["--http2-prior-knowledge"]),
    ("haproxy", "tls", ["/large.bin"], []),
    ("haproxy", "plain", ["/hello.txt"] * 4, []),
]
# options of s_server, options of httptrace
S_SERVER = [
    ((), []),
    ((), ["--tls-max", "1.2"]),
    (("-groups", "P-384"), []),
    (("-no_ticket",), []),
    (("-tls1_2",), []),
    (("-num_tickets", "5"), ["URL"]),
    (("-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"), []),
    (("-cert_chain", "INTERMEDIATE"), []),
]
# Through proxies: what stands before the URL
PROXIED = [
    ("https://localhost:{nginx.tls}/hello.txt", ["-x", "https://localhost:{squid.https}", "--proxy-cacert", "CAFILE"]),
    ("http://localhost:{nginx.plain}/hello.txt", ["-x", "https://localhost:{squid.https}", "--proxy-cacert", "CAFILE"]),
    ("https://localhost:{goserver.tls}/bytes?n=500000", ["-x", "http://127.0.0.1:{squid.open}"]),
    ("https://localhost:{goserver.tls}/trailers", ["-x", "http://127.0.0.1:{tinyproxy.proxy}", "--http1.1"]),
    ("https://localhost:{nginx.tls12}/hello.txt", ["-x", "http://127.0.0.1:{tinyproxy.proxy}"]),
    ("https://localhost:{goserver.tls}/sink", ["-x", "http://127.0.0.1:{squid.open}", "--data-binary", "@1MiB"]),
]
SOCKS = ["https://localhost:{nginx.tls}/hello.txt", "http://localhost:{nginx.plain}/large.bin"]


# ---- small servers that are odd and well ----


def slow_greeting(conn):
    """TLS comes up late, then all is well."""
    products.faults.read_head(conn)
    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")


def half_close(conn):
    """Whole by its length; ends without close_notify or a second word."""
    products.faults.read_head(conn)
    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")


def drips_head(conn):
    products.faults.read_head(conn)
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello":
        conn.sendall(bytes([byte]))
        time.sleep(0.005)


def long_pause(conn):
    products.faults.read_head(conn)
    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
    time.sleep(1.2)
    conn.sendall(b"hello")


def tiny_window(conn):
    """Reads an upload slowly."""
    products.faults.read_head(conn)
    conn.settimeout(0.3)
    try:
        while conn.recv(20000):
            time.sleep(0.01)
    except OSError:
        pass
    conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


SMALL = [
    (slow_greeting, True, []),
    (half_close, False, []),
    (half_close, True, []),
    (drips_head, False, []),
    (drips_head, True, []),
    (long_pause, False, []),
    (long_pause, True, []),
    (tiny_window, False, ["--data-binary", "@1MiB", "-H", "Expect:"]),
]


def ca(world):
    return ["--cacert", products.keys(world).ca]


def more_arguments(row, world):
    name, port, paths, options = row
    server, given, host = products.server(name, world), [], "localhost"
    for word in options:
        if word == "SIX":
            host = "[::1]"
        elif word == "NUMBER":
            host = "127.0.0.1"
        elif word == "CLIENT":
            keys = products.keys(world)
            given += [keys.cert("client"), "--key", keys.key("client")]
        else:
            given += option(word, world)
    if "--resolve" in options:
        host = "www.example.test"
    return [*ca(world), *given, *(server.url(port, path, host=host) for path in paths)]


def request_arguments(row, world):
    server, port, path, options = row
    given = [fill(word, world).replace("UPLOAD", "300KB") for word in options]
    return [*ca(world), *given, products.server(server, world).url(port, path)]


def reused_arguments(row, world):
    server, port, paths, options = row
    return [*ca(world), *options, *(products.server(server, world).url(port, path) for path in paths)]


def s_server_arguments(options, given, world):
    filled = [products.keys(world).cert("intermediate") if word == "INTERMEDIATE" else word for word in options]
    url = products.s_server(world, *filled, leaf="chain" if "INTERMEDIATE" in options else "ec").url("tls")
    return [*ca(world), *(word for word in given if word != "URL"), *([url] * (1 + ("URL" in given)))]


def proxied_arguments(url, options, world):
    given = [products.keys(world).ca if word == "CAFILE" else fill(word, world) for word in options]
    return [*ca(world), "--noproxy", "", *given, fill(url, world)]


def small_arguments(handler, tls, options, world):
    server = products.fault(handler.__name__, handler, world, tls)
    url = server.url("https" if tls else "http", host="localhost" if tls else "127.0.0.1")
    return [*(ca(world) + ["-4"] if tls else []), *options, url]


def unix_arguments(world):
    return ["--unix-socket", products.server("once", world).socket, "http://localhost/"]


def socks_arguments(url, scheme, world):
    port = products.socks5(world).port
    return [*ca(world), "-4", "-x", f"{scheme}://127.0.0.1:{port}", fill(url, world)]


# What dnsmasq answers rightly: a public address, a private one for a name that is private by its form.
NAMES = ["www.example.com", "box.internal"]


def name_arguments(name, world):
    url, authority = products.server("liar", world).lab(name)
    return ["--cacert", authority, url]


def listed():
    for row in REQUESTS:
        yield "", row[0], row[1], [row[2]], row[3], request_arguments, row
    for row in REUSED:
        yield "again ", *row, reused_arguments, row
    for row in MORE:
        yield "more ", *row, more_arguments, row


def cases(_world):
    if WHY:
        yield healthy("requests of the end-to-end tests", lambda w: _skip())
    for label, server, port, paths, options, make, row in listed():
        words = " ".join(word[:30] for word in options)
        name = f"healthy {label}{server} {port} {' '.join(paths)} {words}".rstrip()
        yield healthy(name, lambda w, m=make, r=row: m(r, w))
    for options, given in S_SERVER:
        name = f"healthy s_server {' '.join((*options, *given))}".rstrip()
        yield healthy(name, lambda w, o=options, g=given: s_server_arguments(o, g, w))
    for url, options in PROXIED:
        yield healthy(f"healthy {url} {' '.join(options)}", lambda w, u=url, o=options: proxied_arguments(u, o, w))
    for url in SOCKS:
        for scheme in ("socks5", "socks5h"):
            yield healthy(f"healthy {url} {scheme}", lambda w, u=url, s=scheme: socks_arguments(u, s, w))
    for handler, tls, options in SMALL:
        name = f"healthy {handler.__name__}{' behind TLS' if tls else ''}"
        yield healthy(name, lambda w, h=handler, t=tls, o=options: small_arguments(h, t, o, w))
    yield healthy("healthy unix socket", unix_arguments)
    for name in NAMES:
        yield healthy(f"healthy dnsmasq {name}", lambda w, n=name: name_arguments(n, w), before=inside)


def inside(world):
    return products.server("liar", world).inside()


def _skip():
    raise Skip(f"requests of the end-to-end tests: {WHY}")
