# SPDX-License-Identifier: MIT
"""What httptrace says of failures that real servers cause over HTTP: the code, who did it, and nothing doubled."""

import pytest

import run
from servers import faults
from servers.faults import Fault, says
from servers.haproxy import SlowBackend
from servers.openssl_s import SServer

LOUD = ("warning", "error")


def loud(result):
    """Codes above `notice` of the last report, in its order."""
    return [f["code"] for f in result.reports[-1]["findings"] if f["severity"] in LOUD]


def finding(result, code):
    found = [f for f in result.reports[-1]["findings"] if f["code"] == code]
    assert found, result.explain(f"no finding {code}")
    return found[-1]


def check_named(result, code, locus=None, phase=None):
    """Just this one is above `notice`; no endpoint's doing is ever blamed on the path; facts carry figures."""
    assert loud(result) == [code], result.explain(f"expected {code} alone, got {loud(result)}")
    found = finding(result, code)
    assert found["locus"] != "path", result.explain("an endpoint did this")
    if locus is not None:
        assert found["locus"] == locus, result.explain(f"expected locus {locus}")
    if phase is not None:
        assert found["phase"] == phase, result.explain(f"expected phase {phase}")
    assert found["evidence"] and all(e["fact"] for e in found["evidence"])
    verdict = result.reports[-1]["verdict"]
    assert verdict["status"] == ("failed" if found["severity"] == "error" else "suspect"), result.explain("verdict")
    return found


# ---- closes and resets ----


def test_nginx_444(nginx):
    found = check_named(run.trace(nginx.url("plain", "/drop")), "http.empty", "front", "wait")
    assert any("acknowledged" in e["fact"] for e in found["evidence"])


def test_nginx_444_over_tls(nginx, pki):
    check_named(run.trace("--cacert", pki.ca, "--http1.1", nginx.url("tls", "/drop")), "http.empty", "front")


def test_nginx_444_over_h2(nginx, pki):
    result = run.trace("--cacert", pki.ca, "--http2", nginx.url("tls", "/drop"))
    assert len(loud(result)) == 1 and loud(result)[0] in ("http.empty", "h2.stream_error", "h2.goaway_early")


def test_go_handler_aborts(goserver):
    check_named(run.trace(goserver.url("plain", "/abort")), "http.empty", "front", "wait")


def test_go_handler_aborts_over_h2(goserver, pki):
    found = check_named(run.trace("--cacert", pki.ca, goserver.url("tls", "/abort")), "h2.stream_error", "origin")
    assert "INTERNAL_ERROR" in found["title"]


def test_go_handler_aborts_in_the_body(goserver):
    found = check_named(run.trace(goserver.url("plain", "/abort?after=5000")), "http.truncated", phase="response")
    assert any("5000 of 100000 bytes" in e["fact"] for e in found["evidence"])


def test_go_handler_aborts_in_the_body_over_h2(goserver, pki):
    result = run.trace("--cacert", pki.ca, goserver.url("tls", "/abort?after=5000"))
    check_named(result, "h2.stream_error", "origin", "response")


def test_reset_in_place_of_an_answer():
    with Fault(says(b"", "reset")) as fault:
        check_named(run.trace(fault.url()), "http.killed", phase="wait")


def test_reset_in_the_body():
    with Fault(says(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello", "reset")) as fault:
        check_named(run.trace(fault.url()), "http.killed", phase="response")


# ---- silence ----


def test_mute():
    with Fault(faults.mute) as fault:
        check_named(run.trace("-m", "1", fault.url()), "http.no_response", "origin", "wait")


def test_body_stops():
    with Fault(says(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello", "stall")) as fault:
        check_named(run.trace("-m", "1.5", fault.url()), "http.stalled", phase="response")


def test_head_stops():
    with Fault(says(b"HTTP/1.1 200 OK\r\nContent-Ty", "stall")) as fault:
        found = check_named(run.trace("-m", "1", fault.url()), "http.header_stall", phase="response")
        assert any("27 bytes" in e["fact"] for e in found["evidence"])


def test_too_slow_is_not_stalled(goserver):
    result = run.trace("-m", "1", goserver.url("plain", "/drip?n=100&ms=100"))
    assert "slowly" in check_named(result, "http.stalled", "unknown")["title"]


# ---- gateways and statuses ----


def test_haproxy_with_a_dead_backend(haproxy, pki):
    check_named(run.trace("--cacert", pki.ca, haproxy.url("dead")), "http.gateway_error", "unknown", "response")


def test_haproxy_with_a_slow_backend(pki):
    with Fault(faults.mute) as fault, SlowBackend(pki, fault.port) as haproxy:
        check_named(run.trace(haproxy.url("plain")), "http.gateway_error", "origin", "response")


def test_nginx_with_a_dead_backend(nginx):
    check_named(run.trace(nginx.url("plain", "/dead")), "http.gateway_error", "origin")


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 418, 429, 451, 500, 501])
def test_statuses_are_notices(goserver, code):
    result = run.trace(goserver.url("plain", f"/status?code={code}"))
    assert result.exit_code == 0 and not loud(result), result.explain("a status is no more than a notice")
    assert str(code) in finding(result, "http.status")["title"]
    assert result.report["verdict"]["status"] == "ok"


def test_status_with_fail(goserver):
    result = run.trace("-f", goserver.url("plain", "/status?code=404"))
    assert result.exit_code == 22
    check_named(result, "http.status")


def test_misdirected(goserver, pki):
    result = run.trace("--cacert", pki.ca, goserver.url("tls", "/status?code=421"))
    check_named(result, "http.misdirected", "front")


# ---- schemes ----


def test_http_to_the_tls_port_of_nginx(nginx):
    check_named(run.trace(nginx.url("tls").replace("https:", "http:")), "http.plain_to_tls", "local")


def test_http_to_the_tls_port_of_go(goserver):
    check_named(run.trace(goserver.url("tls").replace("https:", "http:")), "http.plain_to_tls", "local")


def test_http_to_the_tls_port_of_openssl(pki):
    with SServer(pki) as server:
        result = run.trace(server.url("tls").replace("https:", "http:"))
    assert loud(result)[0] in ("http.plain_to_tls", "http.empty", "http.killed")
    assert finding(result, loud(result)[0])["locus"] != "path"


# ---- reuse ----


def test_stale_keep_alive_that_a_retry_mends():
    def once(conn):
        """Answers its first request and closes when the second one comes."""
        faults.read_head(conn)
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        faults.read_head(conn)

    with Fault(once) as fault:
        result = run.trace(fault.url(path="/1"), fault.url(path="/2"))
        assert [r["outcome"]["curl_code"] for r in result.reports] == [0, 0]
        assert not loud(result), result.explain("a retry mended it")
        assert result.reports[-1]["findings"], result.explain("and still it is worth knowing")


# ---- redirects ----


def test_redirect_loop():
    def circle(conn):
        while b"GET " in faults.read_head(conn):
            conn.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")

    with Fault(circle) as fault:
        result = run.trace("-L", fault.url())
        assert result.exit_code == 47
        assert finding(result, "http.redirect_loop")["confidence"] == "high"
        check_named(result, "http.redirect_loop")


def test_redirects_past_the_limit_are_no_loop(goserver):
    result = run.trace("-L", "--max-redirs", "2", goserver.url("plain", "/redirect?n=5"))
    assert check_named(result, "http.redirect_loop", "unknown")["confidence"] == "medium"


def test_redirect_downgrade():
    pass_on = b"HTTP/1.1 301 Moved\r\nLocation: http://localhost/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with Fault(says(pass_on)) as fault:
        assert not loud(run.trace(fault.url()))


def test_redirect_downgrade_over_tls(pki):
    pass_on = b"HTTP/1.1 301 Moved\r\nLocation: http://localhost/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with Fault(says(pass_on), tls=pki) as fault:
        result = run.trace("--http1.1", "--cacert", pki.ca, fault.url("https", host="localhost"))
        check_named(result, "http.redirect_downgrade")


# ---- grammar, codings, pages ----


@pytest.mark.parametrize(
    "answer, severity",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nNo colon\r\nContent-Length: 0\r\n\r\n", None, id="no-colon"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-A : b\r\nContent-Length: 0\r\n\r\n", "warning", id="blank"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "error", id="both"
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "error", id="chunk"),
        pytest.param(b"+OK POP3 ready\r\n", "error", id="pop3"),
    ],
)
def test_malformed(answer, severity):
    with Fault(says(answer)) as fault:
        found = check_named(run.trace(fault.url()), "http.malformed")
        assert severity in (None, found["severity"])


def test_encoding_lie():
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 16\r\n\r\n<html>no</html>\n"
    with Fault(says(answer)) as fault:
        check_named(run.trace(fault.url()), "http.encoding_lie")
        check_named(run.trace("--compressed", fault.url()), "http.encoding_lie")


def test_a_part_of_a_coded_file_is_no_lie():
    answer = (
        b"HTTP/1.1 206 Partial Content\r\nContent-Encoding: gzip\r\nContent-Range: bytes 100-105/1000\r\n"
        b"Content-Length: 6\r\n\r\n\x01\x02\x03\x04\x05\x06"
    )
    with Fault(says(answer)) as fault:
        assert not loud(run.trace("-H", "Range: bytes=100-105", fault.url()))


def test_block_page_of_squid(squid):
    result = run.trace("-x", squid.url("open"), "http://forbidden.example.test/")
    check_named(result, loud(result)[0], "proxy")
    assert loud(result)[0] in ("http.block_page", "proxy.connect_denied", "proxy.denied")
