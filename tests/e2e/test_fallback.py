# SPDX-License-Identifier: MIT
"""Where calls cannot be interposed: libcurl's callbacks alone tell less, and nothing that is not so."""

import json

import pytest

import run
from checks import check_failed, check_healthy, one_tls
from servers import faults
from servers.base import free_port
from servers.faults import Fault

CALLBACKS = {"HTTPTRACE_TAP": "callbacks"}


def trace(*args):
    result = run.trace(*args, env=CALLBACKS)
    assert all(report["tool"]["tap"] == "callbacks" for report in result.reports)
    return result


def reset_after_request(conn):
    faults.read_head(conn)
    faults.reset(conn)


def loud(report):
    return [f["code"] for f in report["findings"] if f["severity"] not in ("info", "notice")]


@pytest.mark.parametrize("path", ["/hello.txt", "/large.bin", "/gzip.txt"])
@pytest.mark.parametrize("port, args, version", [("plain", (), "1.1"), ("tls", ("--http1.1",), "1.1"), ("tls", (), "2")])
def test_healthy(port, args, version, path, nginx, pki):
    url = nginx.url(port, path)
    result = trace("--cacert", pki.ca, *args, url)
    check_healthy(result, http_version=version)
    known = run.trace("--cacert", pki.ca, *args, url).exchange
    assert result.exchange["request"]["complete"]
    for member in ("status", "body_bytes", "http_version"):
        assert result.exchange["response"].get(member) == known["response"].get(member), result.explain(member)


def test_http2_in_clear(nginx):
    check_healthy(trace("--http2-prior-knowledge", nginx.url("h2c", "/hello.txt")), http_version="2")


def test_http2_redirects_and_reuse(goserver, pki):
    result = trace("--cacert", pki.ca, "-L", goserver.url("tls", "/redirect?n=2"))
    assert result.exit_code == 0 and loud(result.report) == [], result.explain("a false alarm")
    assert [x["response"]["status"] for x in result.report["exchanges"]] == [302, 302, 200]
    assert all(x["http_version"] == "2" and x["response"]["complete"] for x in result.report["exchanges"])


def test_http2_early_hints_and_upload(goserver, pki, tmp_path):
    result = trace("--cacert", pki.ca, goserver.url("tls", "/early-hints"))
    assert result.exit_code == 0 and loud(result.report) == [], result.explain("a false alarm")
    body = tmp_path / "body"
    body.write_bytes(b"x" * 300_000)
    result = trace("--cacert", pki.ca, "--data-binary", f"@{body}", goserver.url("tls", "/sink"))
    assert result.exit_code == 0 and loud(result.report) == [], result.explain("a false alarm")
    assert result.exchange["request"]["body_bytes"] == 300_000 and result.exchange["request"]["complete"]


def test_head_of_http2(nginx, pki):
    check_healthy(trace("-I", "--cacert", pki.ca, nginx.url("tls", "/hello.txt")), http_version="2")


def test_connect_ends_where_tls_begins(nginx, pki):
    result = trace("--cacert", pki.ca, nginx.url("tls"))
    tls, hello = one_tls(result), one_tls(result)["handshake"][0]
    assert hello["message"] == "client_hello"
    assert result.connection["connected_us"] <= tls["start_us"] <= hello["t_us"], result.explain("the order of events")
    assert run.phase(result.exchange, "tls")["outcome"] == "ok"
    assert run.phase(result.exchange, "tls")["duration_us"] >= tls["duration_us"]


def test_record_says_it_again(nginx, pki, tmp_path):
    record = tmp_path / "record"
    first = trace("--record", record, "--cacert", pki.ca, nginx.url("tls", "/hello.txt")).report
    assert any(json.loads(line).get("rendered") for line in record.read_text().splitlines())
    again = run.trace("--read", record).report
    assert first["exchanges"] == again["exchanges"] and first["findings"] == again["findings"]


@pytest.mark.parametrize(
    "fault, code",
    [(faults.close_after_hello, "tls.ch_fin"), (faults.reset_after_hello, "tls.ch_rst")],
)
def test_tls_peer_that_goes_away(fault, code):
    with Fault(fault) as server:
        args = (server.url("https"),)
        result = trace(*args)
    check_failed(result, result.exit_code, "tls")
    assert result.exit_code in (35, 56)
    assert loud(result.report)[0].startswith(code), result.explain("the fault")
    assert "tcp.syn_timeout" not in loud(result.report)


def test_mute_tls_server():
    with Fault(faults.mute) as server:
        result = trace("-m", "1", server.url("https"))
    check_failed(result, 28, "tls")
    assert not [code for code in loud(result.report) if code.startswith("tcp.")], result.explain("TCP did its part")


def test_untrusted(nginx, pki):
    args = ("--cacert", pki.cert("selfsigned"), nginx.url("tls"))
    result = trace(*args)
    check_failed(result, run.curl_exit(*args), "tls")
    assert [code.split(".")[0] for code in loud(result.report)] == ["cert"], result.explain("the certificate alone")


def test_refused():
    result = trace(f"http://127.0.0.1:{free_port()}/")
    check_failed(result, 7, "connect")
    assert loud(result.report) == ["tcp.refused"]
    assert result.report["connections"][0]["attempts"][0]["outcome"] == "refused"


def test_reset_in_place_of_an_answer():
    with Fault(reset_after_request) as server:
        result = trace(server.url("http"))
    check_failed(result, 56, "wait")
    assert result.report["connections"][0]["tcp"]["end"] == "rst", result.explain("the end")
