# SPDX-License-Identifier: MIT
"""Healthy requests of many kinds over every server of the suite: nothing above `notice`, and a verdict of `ok`."""

import pytest

import run
from checks import check_calm

UPLOAD_BYTES = 300_000

# server, port, path, options. UPLOAD stands for a file, {name.port} for another server's port.
REQUESTS = [
    # HTTP/1.1 in clear
    ("nginx", "plain", "/", []),
    ("nginx", "plain", "/hello.txt", ["-I"]),
    ("nginx", "plain", "/hello.txt", ["-X", "OPTIONS"]),
    ("nginx", "plain", "/nothing", []),
    ("nginx", "plain", "/gzip.txt", ["--compressed"]),
    ("nginx", "plain", "/gzip.txt", ["-H", "Accept-Encoding: gzip"]),
    ("nginx", "plain", "/br.txt", ["-H", "Accept-Encoding: br"]),
    ("nginx", "plain", "/small.bin", ["-H", "Range: bytes=100-199"]),
    ("nginx", "plain", "/small.bin", ["-H", "Range: bytes=0-9,20-29"]),
    ("nginx", "plain", "/large.bin", []),
    ("nginx", "plain", "/moved", []),
    ("nginx", "plain", "/moved", ["-L"]),
    ("nginx", "plain", "/denied", []),
    ("nginx", "plain", "/private", []),
    ("nginx", "plain", "/private", ["-u", "user:secret"]),
    ("nginx", "plain", "/private", ["--anyauth", "-u", "user:secret"]),
    ("nginx", "plain", "/swallow", ["--data-binary", "@UPLOAD"]),
    ("nginx", "plain", "/no-such-file", []),
    ("nginx", "plain", "/hello.txt", ["--http1.0"]),
    ("nginx", "h2c", "/hello.txt", ["--http2-prior-knowledge"]),
    ("goserver", "plain", "/", []),
    ("goserver", "plain", "/bytes?n=0", []),
    ("goserver", "plain", "/bytes?n=1", []),
    ("goserver", "plain", "/bytes?n=3000000", []),
    ("goserver", "plain", "/drip?n=4&ms=30", []),
    ("goserver", "plain", "/slow?ms=600", []),
    ("goserver", "plain", "/trailers", []),
    ("goserver", "plain", "/early-hints", []),
    ("goserver", "plain", "/chunk-extensions", []),
    ("goserver", "plain", "/until-close", []),
    ("goserver", "plain", "/closing", []),
    ("goserver", "plain", "/sink", ["--data-binary", "@UPLOAD"]),
    ("goserver", "plain", "/sink", ["-X", "PUT", "--data-binary", "@UPLOAD"]),
    ("goserver", "plain", "/sink", ["-H", "Expect: 100-continue", "--data-binary", "@UPLOAD"]),
    ("goserver", "plain", "/sink", ["-H", "Transfer-Encoding: chunked", "--data-binary", "@UPLOAD"]),
    ("goserver", "plain", "/sink", ["-d", "a=b", "-H", "Content-Type: text/plain"]),
    ("goserver", "plain", "/not-modified", ["-H", 'If-None-Match: "one"']),
    ("goserver", "plain", "/redirect?n=3", ["-L"]),
    ("goserver", "plain", "/redirect?n=2&code=307", ["-L", "-d", "a=b"]),
    ("goserver", "plain", "/basic", ["--anyauth", "-u", "user:secret"]),
    ("goserver", "plain", "/digest", ["--digest", "-u", "user:secret"]),
    ("goserver", "plain", "/cookie", ["-b", "a=b"]),
    ("goserver", "plain", "/status?code=204", ["-X", "DELETE"]),
    ("goserver", "plain", "/status?code=304", []),
    ("goserver", "plain", "/status?code=202", ["-X", "PUT", "-d", "x"]),
    ("goserver", "plain", "/status?code=500", []),
    ("caddy", "plain", "/index.html", ["--compressed"]),
    ("caddy", "plain", "/small.bin", ["-H", "Range: bytes=-100"]),
    ("haproxy", "plain", "/hello.txt", []),
    ("haproxy", "h2c", "/hello.txt", ["--http2-prior-knowledge"]),
    ("nghttpd_h2c", "h2", "/index.html", ["--http2-prior-knowledge"]),
    # TLS
    ("nginx", "tls", "/", []),
    ("nginx", "tls", "/", ["--http1.1"]),
    ("nginx", "tls", "/", ["--no-alpn"]),
    ("nginx", "tls", "/gzip.txt", ["--compressed"]),
    ("nginx", "tls", "/gzip.txt", ["--compressed", "-I"]),
    ("nginx", "tls", "/large.bin", []),
    ("nginx", "tls", "/nothing", []),
    ("nginx", "tls", "/sink", ["--data-binary", "@UPLOAD"]),
    ("nginx", "tls", "/private", ["-u", "user:secret"]),
    ("nginx", "rsa", "/", []),
    ("nginx", "tls12", "/", []),
    ("nginx", "tls12", "/", ["--http1.1"]),
    ("nginx", "tls13", "/", []),
    ("nginx", "tls13", "/", ["--curves", "P-384"]),
    ("nginx", "tls13", "/", ["--tlsv1.3"]),
    ("nginx", "staple", "/", []),
    ("nginx", "chain", "/", []),
    ("nginx", "h1only", "/hello.txt", []),
    ("goserver", "tls", "/", []),
    ("goserver", "tls", "/", ["--http1.1"]),
    ("goserver", "tls", "/trailers", []),
    ("goserver", "tls", "/early-hints", []),
    ("goserver", "tls", "/late-end", []),
    ("goserver", "tls", "/drip?n=4&ms=30", []),
    ("goserver", "tls", "/bytes?n=3000000", []),
    ("goserver", "tls", "/sink", ["--data-binary", "@UPLOAD"]),
    ("goserver", "tls", "/redirect?n=2", ["-L"]),
    ("goserver", "tls", "/not-modified", ["-H", 'If-None-Match: "one"']),
    ("goserver", "tls", "/digest", ["--digest", "-u", "user:secret"]),
    ("goserver", "tls", "/status?code=429", []),
    ("goserver", "tls", "/bytes?n=5000", ["-I"]),
    ("goserver", "strict", "/", []),
    ("caddy", "tls", "/index.html", ["--compressed"]),
    ("caddy", "tls", "/moved", ["-L"]),
    ("caddy", "tls", "/nothing", []),
    ("haproxy", "tls", "/hello.txt", []),
    ("haproxy", "tls", "/hello.txt", ["--http1.1"]),
    ("haproxy", "strict", "/hello.txt", []),
    ("nghttpd", "h2", "/index.html", []),
    ("nghttpd", "h2", "/small.bin", []),
    ("nghttpd_push", "h2", "/index.html", []),
    # through proxies
    ("nginx", "plain", "/hello.txt", ["-x", "http://127.0.0.1:{squid.open}"]),
    ("nginx", "plain", "/hello.txt", ["-p", "-x", "http://127.0.0.1:{squid.open}"]),
    ("nginx", "tls", "/hello.txt", ["-x", "http://127.0.0.1:{squid.open}"]),
    ("nginx", "tls", "/hello.txt", ["-x", "http://user:secret@127.0.0.1:{squid.password}"]),
    ("nginx", "tls", "/hello.txt", ["-x", "http://127.0.0.1:{tinyproxy.proxy}"]),
]
LEAST = 60


def test_there_are_enough():
    assert len({(s, p, path, *options) for s, p, path, options in REQUESTS}) == len(REQUESTS) >= LEAST


def fill(option, request, upload):
    """Ports of other servers, started when they are named."""
    option = option.replace("UPLOAD", str(upload))
    if "{" not in option:
        return option
    before, rest = option.split("{", 1)
    name, after = rest.split("}", 1)
    server, port = name.split(".")
    return before + str(request.getfixturevalue(server).port[port]) + after


@pytest.fixture(scope="session")
def upload(tmp_path_factory):
    path = tmp_path_factory.mktemp("upload") / "body"
    path.write_bytes(b"healthy " * (UPLOAD_BYTES // 8))
    return path


def name_of(row):
    server, port, path, options = row
    return f"{server}-{port}{path}{'-' if options else ''}{'_'.join(options)}".replace("/", "_")


@pytest.mark.parametrize("row", REQUESTS, ids=name_of)
def test_healthy(row, request, upload, pki):
    server, port, path, options = row
    url = request.getfixturevalue(server).url(port, path)
    arguments = [fill(option, request, upload) for option in options]
    result = run.trace("--cacert", pki.ca, *arguments, url)
    assert result.exit_code == 0, result.explain("a healthy request failed")
    check_calm(result, result.report)


REUSED = [
    ("nginx", "plain", ["/hello.txt", "/gzip.txt", "/nothing", "/small.bin"], []),
    ("nginx", "tls", ["/hello.txt", "/gzip.txt", "/nothing", "/small.bin"], ["--http1.1"]),
    ("nginx", "tls", ["/hello.txt", "/gzip.txt", "/nothing", "/small.bin"], []),
    ("goserver", "plain", ["/", "/closing", "/", "/until-close", "/"], []),
    ("goserver", "tls", ["/", "/trailers", "/status?code=404", "/bytes?n=70000"], []),
    ("haproxy", "tls", ["/hello.txt", "/small.bin", "/hello.txt"], []),
    ("nghttpd", "h2", ["/index.html", "/small.bin", "/index.html"], []),
    ("caddy", "tls", ["/index.html", "/small.bin"], ["-Z"]),
]


@pytest.mark.parametrize("server, port, paths, options", REUSED)
def test_one_after_the_other(server, port, paths, options, request, pki):
    urls = [request.getfixturevalue(server).url(port, path) for path in paths]
    result = run.trace("--cacert", pki.ca, *options, *urls)
    assert result.exit_code == 0 and len(result.reports) == len(urls), result.explain("a healthy run failed")
    for report in result.reports:
        check_calm(result, report)
