# SPDX-License-Identifier: MIT
"""Cases from real products: servers, load balancers and proxies that refuse, break off or look inside."""

import products
from case import fault

# name, server, port, path, options, codes, phase, loci. {port} is the server's, {other.port} another's.
SERVERS = [
    ("nginx reject_handshake", "nginx", "reject", "/", [], "tls.alert.unrecognized_name", "tls", "front origin"),
    ("nginx expired", "nginx", "expired", "/", ["CA"], "cert.expired", "tls", "origin front local"),
    ("nginx other name", "nginx", "mismatch", "/", ["CA"], "cert.name_mismatch", "tls", "front origin"),
    ("nginx revoked", "nginx", "revoked", "/", ["CA", "--cert-status"], "cert.revoked", "tls", "front origin"),
    ("nginx unknown CA", "nginx", "chain", "/", [], "cert.untrusted", "tls", "front origin"),
    ("nginx unknown CA 1.2", "nginx", "tls12", "/", [], "cert.untrusted cert.incomplete_chain", "tls", "front origin"),
    (
        "nginx 1.2 alone",
        "nginx",
        "tls12",
        "/",
        ["CA", "--tlsv1.3"],
        "tls.version_mismatch tls.alert.protocol_version",
        "tls",
        "local front",
    ),
    (
        "nginx 1.3 alone",
        "nginx",
        "tls13",
        "/",
        ["CA", "--tls-max", "1.2"],
        "tls.version_mismatch tls.alert.protocol_version",
        "tls",
        "local front",
    ),
    (
        "nginx no common cipher",
        "nginx",
        "tls12",
        "/",
        ["CA", "--tls-max", "1.2", "--ciphers", "ECDHE-RSA-AES128-GCM-SHA256"],
        "tls.alert.handshake_failure",
        "tls",
        "front local",
    ),
    ("nginx wants a certificate", "nginx", "client", "/", ["CA"], "tls.client_cert_required", "tls", "local"),
    ("nginx h1 alone", "nginx", "h1only", "/hello.txt", ["CA"], "alpn.fallback", (), "front origin"),
    (
        "nginx h1 alone asked for h2",
        "nginx",
        "h1only",
        "/hello.txt",
        ["CA", "--http2"],
        "alpn.fallback",
        (),
        "front origin",
    ),
    ("nginx 403", "nginx", "plain", "/denied", [], "http.status", "response", "front origin"),
    ("nginx 404", "nginx", "tls", "/no", ["CA"], "http.status", "response", "front origin"),
    ("nginx 401", "nginx", "tls", "/private", ["CA"], "http.status", "response", "front origin"),
    ("nginx 502", "nginx", "plain", "/dead", [], "http.gateway_error", "response", "origin"),
    ("nginx 502 h2", "nginx", "tls", "/dead", ["CA"], "http.gateway_error", "response", "origin"),
    ("nginx http to TLS", "nginx", "tls", "/", ["PLAIN"], "http.plain_to_tls", "response", "local"),
    ("nginx TLS to http", "nginx", "plain", "/", ["SECURE"], "tls.plaintext_reply", "tls", "front origin local"),
    # Answers without reading: its window for the body never opens again, and libcurl waits for that.
    (
        "nginx leaves an upload unread",
        "nginx",
        "tls",
        "/swallow",
        ["CA", "-m", "2", "--data-binary", "@1MiB"],
        "h2.flow_control_stall",
        (),
        "front origin",
    ),
    ("haproxy strict-sni", "haproxy", "strict", "/", ["CA", "OTHER"], "tls.alert.unrecognized_name", "tls", "front"),
    ("haproxy no server", "haproxy", "dead", "/", ["CA"], "http.gateway_error", "response", "front origin"),
    (
        "haproxy no server h1",
        "haproxy",
        "dead",
        "/",
        ["CA", "--http1.1"],
        "http.gateway_error",
        "response",
        "front origin",
    ),
    ("haproxy slow server", "slow_backend", "plain", "/", [], "http.gateway_error", "response", "front origin"),
    ("haproxy deny", "refusing", "http", "/deny", [], "http.status", "response", "front"),
    ("haproxy deny 429 h2", "refusing", "https", "/busy", ["CA"], "http.status", "response", "front"),
    ("haproxy tarpit", "refusing", "http", "/tarpit", [], "http.status", "response", "front origin"),
    (
        "haproxy http to TLS",
        "haproxy",
        "tls",
        "/",
        ["PLAIN"],
        "http.plain_to_tls http.empty http.malformed",
        "response wait",
        "local front",
    ),
    ("go strict", "goserver", "strict", "/", ["CA", "OTHER"], "tls.alert.internal_error", "tls", "front"),
    ("go no certificate", "goserver", "bare", "/", ["CA"], "tls.alert.unrecognized_name", "tls", "front"),
    (
        "go 1.3 alone",
        "goserver",
        "newest",
        "/",
        ["CA", "--tls-max", "1.2"],
        "tls.version_mismatch tls.alert.protocol_version",
        "tls",
        "local front",
    ),
    ("go acme alone", "goserver", "acme", "/", ["CA"], "tls.alert.no_application_protocol", "tls", "front"),
    ("go unknown CA", "goserver", "tls", "/", [], "cert.untrusted cert.incomplete_chain", "tls", "front origin"),
    ("go http to TLS", "goserver", "tls", "/", ["PLAIN"], "http.plain_to_tls", "response", "local"),
    ("go cut h1", "goserver", "plain", "/abort?after=5000", [], "http.truncated", "response", "front origin"),
    (
        "go cut h1 TLS",
        "goserver",
        "tls",
        "/abort?after=70000",
        ["CA", "--http1.1"],
        "http.truncated",
        "response",
        "front origin",
    ),
    ("go cut h2", "goserver", "tls", "/abort?after=5000", ["CA"], "h2.stream_error", "response", "front origin"),
    ("go 421", "goserver", "tls", "/status?code=421", ["CA"], "http.misdirected", "response", "front"),
    ("go 503", "goserver", "tls", "/status?code=503", ["CA"], "http.gateway_error", "response", "front origin"),
    (
        "go 504 with -f",
        "goserver",
        "plain",
        "/status?code=504",
        ["-f"],
        "http.gateway_error",
        "response",
        "front origin",
    ),
    ("go 404 with -f", "goserver", "tls", "/status?code=404", ["CA", "-f"], "http.status", "response", "front origin"),
    ("go too slow", "goserver", "plain", "/slow?ms=3000", ["-m", "1"], "http.no_response", "wait", "front origin"),
    (
        "go too slow h2",
        "goserver",
        "tls",
        "/slow?ms=3000",
        ["CA", "-m", "1"],
        "http.no_response",
        "wait",
        "front origin",
    ),
    (
        "go too slow body",
        "goserver",
        "tls",
        "/drip?n=2&ms=3000",
        ["CA", "--http1.1", "-m", "1"],
        "http.stalled http.no_response",
        "response wait",
        "front origin",
    ),
    (
        "go loop",
        "goserver",
        "plain",
        "/redirect?n=100",
        ["-L", "--max-redirs", "5"],
        "http.redirect_loop http.redirects",
        "response",
        "front origin local",
    ),
    ("caddy unknown CA", "caddy", "tls", "/", [], "cert.untrusted cert.incomplete_chain", "tls", "front origin"),
    ("caddy strict", "caddy", "tls", "/", ["CA", "OTHER"], "tls.alert.internal_error", "tls", "front"),
    ("caddy http to TLS", "caddy", "tls", "/", ["PLAIN"], "http.plain_to_tls", "response", "local"),
]

# What a proxy does.
PROXIES = [
    (
        "squid 403 on CONNECT",
        "squid",
        "open",
        ["https://forbidden.example.test/"],
        "proxy.connect_denied",
        "proxy",
        "proxy",
    ),
    (
        "squid 407 on CONNECT",
        "squid",
        "password",
        ["CA", "https://localhost:{nginx.tls}/"],
        "proxy.auth_required",
        "proxy",
        "proxy local",
    ),
    (
        "squid 407",
        "squid",
        "password",
        ["http://localhost:{nginx.plain}/"],
        "proxy.auth_required http.status",
        "proxy response",
        "proxy local",
    ),
    (
        "squid wrong password",
        "squid",
        "password",
        ["CA", "-U", "user:wrong", "https://localhost:{nginx.tls}/"],
        "proxy.auth_required",
        "proxy",
        "proxy local",
    ),
    (
        "squid 403",
        "squid",
        "open",
        ["http://forbidden.example.test/"],
        "http.block_page proxy.connect_denied http.status",
        "proxy response",
        "proxy",
    ),
    (
        "squid dead origin on CONNECT",
        "squid",
        "open",
        ["https://127.0.0.1:1/"],
        "proxy.gateway_error",
        "proxy",
        "proxy origin front",
    ),
    (
        "squid dead origin",
        "squid",
        "open",
        ["http://127.0.0.1:1/"],
        "http.gateway_error proxy.gateway_error",
        "proxy response",
        "proxy origin front",
    ),
    (
        "tinyproxy dead origin on CONNECT",
        "tinyproxy",
        "proxy",
        ["https://127.0.0.1:1/"],
        "proxy.gateway_error",
        "proxy",
        "proxy origin front",
    ),
    (
        "tinyproxy dead origin",
        "tinyproxy",
        "proxy",
        ["http://127.0.0.1:1/"],
        "http.gateway_error proxy.gateway_error http.status",
        "proxy response",
        "proxy origin front",
    ),
    (
        "squid-bump not trusted",
        "bump",
        "proxy",
        ["CA", "https://localhost:{nginx.tls}/hello.txt"],
        "cert.inspection_issuer",
        "tls",
        "proxy path local",
    ),
    (
        "squid-bump trusted",
        "bump",
        "proxy",
        ["CA=bump", "https://localhost:{nginx.tls}/hello.txt"],
        "cert.inspection_issuer",
        "tls",
        "proxy path local",
    ),
    (
        "squid-bump trusted h1",
        "bump",
        "proxy",
        ["CA=bump", "--http1.1", "https://localhost:{goserver.tls}/"],
        "cert.inspection_issuer",
        "tls",
        "proxy path local",
    ),
    (
        "mitmproxy not trusted",
        "mitmproxy",
        "proxy",
        ["CA", "https://localhost:{nginx.tls}/hello.txt"],
        "cert.inspection_issuer",
        "tls",
        "proxy path local",
    ),
    (
        "mitmproxy trusted",
        "mitmproxy",
        "proxy",
        ["CA=mitmproxy", "https://localhost:{nginx.tls}/hello.txt"],
        "cert.inspection_issuer",
        "tls",
        "proxy path local",
    ),
    (
        "mitmproxy with -k",
        "mitmproxy",
        "proxy",
        ["-k", "https://localhost:{nginx.tls}/hello.txt"],
        "cert.inspection_issuer",
        "tls",
        "proxy path local",
    ),
    (
        "mitmproxy dead origin",
        "mitmproxy",
        "proxy",
        ["CA=mitmproxy", "https://127.0.0.1:1/"],
        "proxy.gateway_error http.gateway_error cert.inspection_issuer",
        "proxy response tls",
        "proxy path local origin front",
    ),
    (
        "origin unknown CA behind squid",
        "squid",
        "open",
        ["https://localhost:{nginx.chain}/"],
        "cert.untrusted",
        "tls",
        "origin front",
    ),
    (
        "origin expired behind squid",
        "squid",
        "open",
        ["CA", "https://localhost:{nginx.expired}/"],
        "cert.expired",
        "tls",
        "origin front local",
    ),
    (
        "origin alert behind squid",
        "squid",
        "open",
        ["CA", "https://localhost:{nginx.reject}/"],
        "tls.alert.unrecognized_name",
        "tls",
        "origin front",
    ),
    (
        "origin 502 behind squid",
        "squid",
        "open",
        ["http://localhost:{nginx.plain}/dead"],
        "http.gateway_error",
        "response",
        "origin front",
    ),
    (
        "origin 444 behind tinyproxy",
        "tinyproxy",
        "proxy",
        ["CA", "--http1.1", "https://localhost:{nginx.tls}/drop"],
        "http.empty",
        "wait",
        "origin front",
    ),
    (
        "origin cut behind squid",
        "squid",
        "open",
        ["CA", "--http1.1", "https://localhost:{goserver.tls}/abort?after=5000"],
        "http.truncated",
        "response",
        "origin front",
    ),
]

NAMES = [
    ("dnsmasq NXDOMAIN", "https://gone.example.com/", [], "dns.nxdomain", "resolve", "local path"),
    ("dnsmasq NODATA", "https://text.example.com/", [], "dns.nodata", "resolve", "local path"),
    ("dnsmasq REFUSED", "https://nobody.example.net/", [], "dns.refused", "resolve", "local path"),
    (
        "dnsmasq quiet upstream",
        "https://quiet.example.com/",
        ["-m", "4"],
        "dns.timeout dns.temporary_failure dns.servfail dns.refused",
        "resolve",
        "local path",
    ),
    ("dnsmasq 0.0.0.0", "https://zero.example.com/", [], "dns.bogon", "resolve", "path local"),
    ("dnsmasq 0.0.0.0 plain", "http://zero.example.com:8081/", [], "dns.bogon", "resolve", "path local"),
    ("dnsmasq sinkhole", "https://sinkhole.example.com/", ["-m", "3"], "dns.bogon", "resolve", "path local"),
]
# Name, row of the lab that serves it; trusted or not.
ANSWERED = [
    (
        "dnsmasq loopback, not the site",
        "loopback.example.com",
        "cert.name_mismatch",
        "dns.bogon",
        "resolve",
        "path local",
    ),
    (
        "dnsmasq loopback, unknown CA",
        "loopback.example.com",
        "cert.untrusted",
        "dns.bogon cert.untrusted",
        "resolve tls",
        "path local",
    ),
    ("dnsmasq fake IP", "fake.example.com", "healthy.h2", "dns.fake_ip", "resolve", "local"),
    ("dnsmasq split horizon", "split.example.com", "healthy.h2", "dns.bogon", "resolve", ""),
]


def plain(url):
    return url.replace("https:", "http:")


def secure(url):
    return url.replace("http:", "https:")


def fill(text, world):
    """{server.port} for the port of a server, which starts when it is named."""
    while "{" in text:
        before, rest = text.split("{", 1)
        word, after = rest.split("}", 1)
        name, port = word.split(".")
        text = f"{before}{products.server(name, world).port[port]}{after}"
    return text


def option(word, world):
    """An option of a table's row, with what it stands for."""
    if word == "CA":
        return ["--cacert", products.keys(world).ca]
    if word.startswith("CA="):
        return ["--cacert", products.server(word[3:], world).ca]
    return [fill(word, world)]


def server_arguments(row, world):
    _, name, port, path, options = row[:5]
    server = products.server(name, world)
    url = server.url(port, path)
    given = ["-m", "5"]
    for word in options:
        if word == "PLAIN":
            url = plain(url)
        elif word == "SECURE":
            url = secure(url)
        elif word == "OTHER":
            url = server.url(port, path, host="other.example.org")
            given += ["--connect-to", f"::127.0.0.1:{server.port[port]}"]
        else:
            given += option(word, world)
    return [*given, url]


def proxy_arguments(row, world):
    _, name, port, options = row[:4]
    given = ["-m", "5", "--noproxy", "", "-x", products.server(name, world).url(port)]
    for word in options:
        given += option(word, world)
    return given


def name_cases():
    for label, url, options, codes, phase, loci in NAMES:
        yield fault(label, lambda w, o=options, u=url: ["-m", "8", *o, u], codes, phase, loci, before=inside)
    for label, name, row, codes, phase, loci in ANSWERED:
        yield fault(label, lambda w, n=name, r=row: answered(n, r, w), codes, phase, loci, before=inside)


def inside(world):
    return products.server("liar", world).inside()


def answered(name, row, world):
    url, ca = products.server("liar", world).lab(name, row)
    return ["-m", "5", "--cacert", ca, url]


def proxy_ends(world):
    """Small servers that pretend to be a proxy."""
    faults = products.faults
    return {
        "closes": products.fault("close_after_hello", faults.close_after_hello, world),
        "resets": products.fault("reset_after_hello", faults.reset_after_hello, world),
        "is mute": products.fault("mute", faults.mute, world),
        "says 500": products.fault("500", faults.says(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"), world),
        "says 504": products.fault("504", faults.says(b"HTTP/1.1 504 Late\r\nContent-Length: 0\r\n\r\n"), world),
        "is SSH": products.fault("ssh", faults.ssh, world),
    }


ENDS = [
    ("closes", "proxy.closed", "proxy"),
    ("resets", "proxy.closed", "proxy"),
    ("is mute", "proxy.silent", "proxy"),
    ("says 500", "proxy.gateway_error proxy.connect_denied", "proxy"),
    ("says 504", "proxy.gateway_error", "proxy"),
    ("is SSH", "proxy.closed proxy.malformed proxy.silent http.malformed", "proxy"),
]


def end_arguments(what, world):
    url = proxy_ends(world)[what].url()
    return ["-m", "2", "-x", url, products.server("nginx", world).url("tls")]


def socks_arguments(world, target, **options):
    port = products.socks5(world, **options).port
    return ["-m", "2", "-x", f"socks5h://127.0.0.1:{port}", target]


def small_proxies():
    for what, codes, phase in ENDS:
        yield fault(f"proxy {what}", lambda w, k=what: end_arguments(k, w), codes, phase, "proxy")
    yield fault(
        "proxy refuses",
        lambda w: ["-x", f"http://127.0.0.1:{products.closed_port()}", "https://localhost/"],
        "proxy.unreachable",
        "connect",
        "proxy",
    )
    for reply in (1, 2, 3, 5, 8):
        yield fault(
            f"socks5 reply {reply}",
            lambda w, r=reply: socks_arguments(w, "http://localhost:1/", reply=r),
            "proxy.socks_refused",
            "proxy",
            "proxy",
        )
    yield fault(
        "socks5 mute", lambda w: socks_arguments(w, "https://localhost:1/", mute=True), "proxy.silent", "proxy", "proxy"
    )


def cases(_world):
    for row in SERVERS:
        yield fault(row[0], lambda w, r=row: server_arguments(r, w), row[5], row[6], row[7])
    for row in PROXIES:
        yield fault(row[0], lambda w, r=row: proxy_arguments(r, w), row[4], row[5], row[6])
    yield from small_proxies()
    yield from name_cases()
