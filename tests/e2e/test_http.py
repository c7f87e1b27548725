# SPDX-License-Identifier: MIT
"""HTTP semantics as real servers speak them: framing, trailers, 1xx, encodings, bodies, redirects, authentication, reuse."""

import socket
import threading

import pytest

import run
from checks import check_calm, check_healthy, check_phases, header
from servers.faults import Fault, read_head, says

MEGABYTES_10 = 10 * 1024 * 1024
BOTH = pytest.mark.parametrize("version", ["--http1.1", "--http2"])


@pytest.fixture
def tls(goserver, pki):
    """Traces a path of the Go server over TLS."""
    return lambda path, *args: run.trace("--cacert", pki.ca, *args, goserver.url("tls", path))


def test_content_length(goserver):
    result = run.trace(goserver.url("plain", "/bytes?n=1000"))
    check_healthy(result, http_version="1.1")
    answer = result.exchange["response"]
    assert answer["framing"] == "content-length" and answer["body_bytes"] == 1000
    assert result.report["outcome"]["bytes_received"] >= 1000


def test_chunked(goserver):
    result = run.trace(goserver.url("plain", "/drip?n=3&ms=20"))
    check_healthy(result)
    answer = result.exchange["response"]
    assert answer["framing"] == "chunked" and answer["body_bytes"] == 15
    assert run.phase(result.exchange, "response")["duration_us"] >= 40000


def test_until_close(goserver):
    result = run.trace(goserver.url("plain", "/until-close"))
    check_healthy(result, http_version="1.0")
    answer = result.exchange["response"]
    assert answer["framing"] == "close" and answer["body_bytes"] == len("until the close\n")
    assert result.connection["tcp"]["end"] == "fin"


def test_chunk_extensions_and_chunked_trailers(goserver):
    result = run.trace(goserver.url("plain", "/chunk-extensions"))
    check_healthy(result)
    answer = result.exchange["response"]
    assert answer["framing"] == "chunked" and answer["body_bytes"] == len("hello world")
    assert answer["trailers"] == [["X-Trailer", "yes"]]


@BOTH
def test_whole_by_its_length(version, tls):
    """libcurl ends with the last byte of Content-Length; an END_STREAM that comes later is never read."""
    check_healthy(tls("/late-end", version))


@BOTH
def test_trailers(version, tls):
    result = tls("/trailers", version)
    check_healthy(result)
    trailers = [[name.lower(), value] for name, value in result.exchange["response"]["trailers"]]
    assert sorted(trailers) == [["x-checksum", "abc123"], ["x-count", "1"]]


def test_trailers_of_nghttpd(nghttpd, pki):
    result = run.trace("--cacert", pki.ca, nghttpd.url("h2", "/index.html"))
    check_healthy(result, http_version="2")
    assert result.exchange["response"]["trailers"] == [["x-checked", "yes"]]


@BOTH
def test_early_hints(version, tls):
    result = tls("/early-hints", version)
    check_healthy(result)
    hints = result.exchange["response"]["informational"]
    assert [h["status"] for h in hints] == [103]
    assert run.fields(hints[0]["headers"], "link") == ["</style.css>; rel=preload"]


@BOTH
def test_continue(version, tls, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(b"x" * 20000)
    result = tls("/sink", version, "-H", "Expect: 100-continue", "--data-binary", f"@{body}")
    check_healthy(result)
    assert 100 in [i["status"] for i in result.exchange["response"]["informational"]]
    assert result.exchange["request"]["body_bytes"] == 20000


def test_expectation_failed(goserver, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(b"x" * 20000)
    args = ("-H", "Expect: 100-continue", "--data-binary", f"@{body}", goserver.url("plain", "/refuse-body"))
    result = run.trace(*args)
    assert result.exit_code == run.curl_exit(*args)
    assert result.report["exchanges"][0]["response"]["status"] == 417


@BOTH
def test_gzip(version, tls):
    result = tls("/gzip", version, "--compressed")
    check_healthy(result)
    answer = result.exchange["response"]
    assert answer["content_encoding"] == "gzip"
    assert 0 < answer["body_bytes"] < 500


def test_brotli(nginx, pki):
    if not nginx.has_brotli():
        pytest.skip("SKIP: nginx's brotli module is not installed")
    result = run.trace("--cacert", pki.ca, "-H", "Accept-Encoding: br", nginx.url("tls", "/br.txt"))
    check_healthy(result)
    assert result.exchange["response"]["content_encoding"] == "br"


def test_decoded_body_reaches_the_file(nginx, pki, tmp_path):
    out = tmp_path / "out"
    check_healthy(run.trace("--cacert", pki.ca, "--compressed", "-o", out, nginx.url("tls", "/gzip.txt")))
    assert out.read_text() == "compress me " * 400


@BOTH
def test_head(version, tls):
    result = tls("/bytes?n=5000", version, "-I")
    check_healthy(result)
    assert result.report["method"] == result.exchange["method"] == "HEAD"
    assert header(result, "content-length") == ["5000"] and result.exchange["response"]["body_bytes"] == 0


@BOTH
def test_no_content(version, nginx, pki):
    result = run.trace("--cacert", pki.ca, version, nginx.url("tls", "/nothing"))
    check_healthy(result, status=204)
    assert result.exchange["response"]["body_bytes"] == 0


@BOTH
def test_not_modified(version, tls):
    result = tls("/not-modified", version, "-H", 'If-None-Match: "one"')
    check_healthy(result, status=304)
    assert result.exchange["response"]["body_bytes"] == 0


@BOTH
def test_ten_megabytes_down(version, nginx, pki, tmp_path):
    out = tmp_path / "out"
    result = run.trace("--cacert", pki.ca, version, "-o", out, "--timeline", nginx.url("tls", "/large.bin"))
    check_healthy(result)
    assert out.stat().st_size == MEGABYTES_10 == result.exchange["response"]["body_bytes"]
    assert len(result.report["timeline"]) < 1000, "DATA is told in runs"


@BOTH
def test_ten_megabytes_up(version, nginx, pki, tmp_path):
    body = tmp_path / "body"
    with open(body, "wb") as out:
        out.truncate(MEGABYTES_10)
    result = run.trace("--cacert", pki.ca, version, "--data-binary", f"@{body}", nginx.url("tls", "/sink"))
    check_healthy(result)
    assert result.exchange["request"]["body_bytes"] == MEGABYTES_10
    assert result.report["outcome"]["bytes_sent"] >= MEGABYTES_10


@BOTH
def test_redirects(version, tls):
    result = tls("/redirect?n=2", version, "-L")
    exchanges = result.report["exchanges"]
    assert [x["response"]["status"] for x in exchanges] == [302, 302, 200], result.explain("redirects")
    assert [x["cause"] for x in exchanges] == ["initial", "redirect", "redirect"]
    assert [x["reused"] for x in exchanges] == [False, True, True]
    assert exchanges[0]["redirect"]["location"].endswith("/redirect?n=1") and exchanges[2]["redirect"] is None
    assert len({x["connection"] for x in exchanges}) == 1
    for exchange in exchanges:
        check_phases(result, exchange)
    check_calm(result, result.report)


def test_redirect_not_followed(nginx):
    result = run.trace(nginx.url("plain", "/moved"))
    check_healthy(result, status=302)
    assert result.exchange["redirect"]["location"].endswith("/hello.txt")


def test_redirect_loop_ends_like_curl(goserver):
    args = ("-L", "--max-redirs", "3", goserver.url("plain", "/redirect?n=9"))
    result = run.trace(*args)
    assert result.exit_code == run.curl_exit(*args) == 47
    assert len(result.report["exchanges"]) == 4


def test_redirect_of_a_post(goserver):
    result = run.trace("-L", "-d", "a=b", goserver.url("plain", "/redirect?n=1&code=302"))
    assert [x["method"] for x in result.report["exchanges"]] == ["POST", "GET"]


def test_basic_authentication(tls):
    result = tls("/basic", "-u", "user:secret")
    check_healthy(result)
    assert len(result.report["exchanges"]) == 1


@BOTH
def test_digest_authentication(version, tls):
    run.require("--digest")
    result = tls("/digest", version, "--digest", "-u", "user:secret")
    exchanges = result.report["exchanges"]
    assert [x["response"]["status"] for x in exchanges] == [401, 200], result.explain("digest")
    assert [x["cause"] for x in exchanges] == ["initial", "auth"]
    assert result.exit_code == 0


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_status_is_no_failure(status, tls):
    result = tls(f"/status?code={status}")
    assert result.exit_code == 0 and result.report["outcome"]["http_status"] == status
    assert result.exchange["response"]["complete"]


def test_fail_option(goserver):
    run.require("--fail")
    args = ("-f", goserver.url("plain", "/status?code=404"))
    result = run.trace(*args)
    assert result.exit_code == run.curl_exit(*args) == 22
    assert result.report["outcome"]["http_status"] == 404


def test_upgrade_to_h2c(caddy):
    result = run.trace("--http2", caddy.url("plain", "/index.html"))
    check_healthy(result, http_version="2")
    assert result.connection["h2"]["upgraded"] is True and result.exchange["stream"] == 1


def test_upgrade_ignored(nginx):
    result = run.trace("--http2", nginx.url("plain", "/hello.txt"))
    check_healthy(result, http_version="1.1")
    assert run.fields(result.exchange["request"]["headers"], "upgrade") == ["h2c"]


@BOTH
def test_several_urls_on_one_connection(version, nginx, pki):
    urls = [nginx.url("tls", path) for path in ("/hello.txt", "/nothing", "/moved")]
    result = run.trace("--cacert", pki.ca, version, *urls)
    assert result.exit_code == 0 and [r["url"] for r in result.reports] == urls
    assert [r["outcome"]["http_status"] for r in result.reports] == [200, 204, 302]
    exchanges = [r["exchanges"][0] for r in result.reports]
    assert [x["reused"] for x in exchanges] == [False, True, True]
    assert len({x["connection"] for x in exchanges}) == 1 and len({x["id"] for x in exchanges}) == 3
    if version == "--http2":
        assert [x["stream"] for x in exchanges] == [1, 3, 5]
    for exchange in exchanges[1:]:
        assert {run.phase(exchange, name)["outcome"] for name in ("resolve", "connect", "tls")} == {"reused"}


def test_last_url_decides_the_exit_code(nginx):
    good, bad = nginx.url("plain", "/hello.txt"), "http://127.0.0.1:1/"
    assert run.trace(bad, good).exit_code == run.curl_exit(bad, good) == 0
    assert run.trace(good, bad).exit_code == run.curl_exit(good, bad) == 7


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_closed_connection_is_not_reused():
    with Fault(says(OK)) as server:
        result = run.trace(server.url(), server.url())
        assert result.exit_code == 0 and server.accepted == 2
    assert [r["outcome"]["http_status"] for r in result.reports] == [200, 200]


def once_per_connection(conn):
    """Answers one request, and closes upon the next one without a word."""
    says(OK)(conn)
    read_head(conn)


def test_stale_connection_is_retried():
    with Fault(once_per_connection) as server:
        result = run.trace(server.url(), server.url())
        assert result.exit_code == 0 and server.accepted == 2
    stale, retried = result.reports[1]["exchanges"]
    assert stale["reused"] and stale["failed"] and stale["response"] is None, result.explain("the stale exchange")
    assert retried["cause"] == "retry" and not retried["reused"] and retried["response"]["status"] == 200
    assert retried["connection"] != stale["connection"]
    assert len(result.reports[1]["connections"]) == 2


def test_pushed_resources_are_seen_or_refused(nghttpd_push, pki):
    """libcurl disables push: SETTINGS_ENABLE_PUSH is 0 and no PUSH_PROMISE comes."""
    result = run.trace("--cacert", pki.ca, nghttpd_push.url("h2", "/index.html"))
    check_healthy(result, http_version="2")
    assert result.connection["h2"]["local_settings"]["ENABLE_PUSH"] == 0
    assert "PUSH_PROMISE" not in result.connection["h2"]["frames"]["received"]


def test_request_headers_as_sent(nginx, pki):
    result = run.trace("--cacert", pki.ca, "-H", "X-One: 1", "-A", "agent/1", nginx.url("tls", "/hello.txt"))
    sent = result.exchange["request"]["headers"]
    assert sent[0] == [":method", "GET"] and ["x-one", "1"] in [[n.lower(), v] for n, v in sent]
    assert run.fields(sent, "user-agent") == ["agent/1"]


def test_unix_socket_is_not_a_tcp_connection(tmp_path):
    path = str(tmp_path / "socket")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(1)

    def serve():
        conn, _ = listener.accept()
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")(conn)
        conn.close()

    threading.Thread(target=serve, daemon=True).start()
    result = run.trace("--unix-socket", path, "http://localhost/")
    listener.close()
    check_healthy(result, http_version="1.1")
    assert result.connection["remote"] == path
