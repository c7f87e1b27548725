# SPDX-License-Identifier: MIT
"""Metrics for Prometheus of runs with real servers: their values, and what node_exporter's textfile collector makes of them."""

import collections
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

import run
from servers.faults import Fault, drain
from servers.interceptor import SquidBump
from servers.recorder import read_body, read_head

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "report"))
import prometheus_text  # pylint: disable=wrong-import-position
from prometheus_text import value  # pylint: disable=wrong-import-position

PHASES = {"queue", "resolve", "connect", "proxy", "tls", "request", "wait", "response"}
ANSWERS = {b"/on": b"302 Found\r\nLocation: /there?token=hidden", b"/404": b"404 Not Found", b"/502": b"502 Bad Gateway"}


TRIES = collections.Counter()


def status_of(path):
    """/busy is so every other time."""
    TRIES[path] += 1
    return b"503 Service Unavailable" if path == b"/busy" and TRIES[path] % 2 else ANSWERS.get(path, b"200 OK")


def serve(conn):
    stream = conn.makefile("rb")
    while head := read_head(stream):
        for _ in read_body(stream, head):
            pass
        path = re.split(rb"[ ?]", head)[1]
        if path == b"/wait":
            drain(conn)
        conn.sendall(b"HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\nok" % status_of(path))


@pytest.fixture(scope="module")
def server():
    with Fault(serve) as fault:
        yield fault


def metrics(tmp_path, *args):
    path = tmp_path / "x.prom"
    done = run.raw("--report", f"prometheus={path}", *args)
    return prometheus_text.read(path.read_bytes().decode("utf-8")), done


def labels(families, name):
    return [dict(has) for has in families.get("httptrace_" + name, ())]


def test_several_urls_share_families(server, tmp_path):
    urls = [server.url(path=path) for path in ("/a", "/404", "/b?token=hidden")]
    families, done = metrics(tmp_path, *urls, "http://127.0.0.1:1/")
    assert done.exit_code == 7
    assert [value(families, "http_status_code", url=url) for url in urls[:2]] == [200, 404]
    assert [value(families, "success", url=url) for url in (urls[0], "http://127.0.0.1:1/")] == [1, 0]
    assert value(families, "curl_code", url="http://127.0.0.1:1/") == 7
    assert value(families, "findings", url="http://127.0.0.1:1/", code="tcp.refused", severity="error") == 1
    assert value(families, "failure_info", url="http://127.0.0.1:1/", phase="connect") == 1
    assert {(has["url"], has["phase"]) for has in labels(families, "phase_duration_seconds") if has["url"] == urls[0]} == {(urls[0], phase) for phase in PHASES}
    assert "hidden" not in str(families)


def test_values_are_those_of_the_json_report(server, tmp_path):
    url = server.url(path="/on")
    families, done = metrics(tmp_path, "--json", "-L", url)
    report = json.loads(done.stdout)
    assert value(families, "duration_seconds", url=url) == report["duration_us"] / 1e6
    for phase in PHASES:
        sum_us = sum(one["duration_us"] or 0 for x in report["exchanges"] for one in x["phases"] if one["name"] == phase)
        assert value(families, "phase_duration_seconds", phase=phase) == sum_us / 1e6
    assert (value(families, "requests"), value(families, "redirects")) == (2, 1)
    assert value(families, "sent_bytes") == report["outcome"]["bytes_sent"]
    assert value(families, "response_body_bytes") == value(families, "response_decoded_bytes") == 2
    assert abs(value(families, "last_transfer_timestamp_seconds") - time.time()) < 60


def test_the_same_target_twice_is_one_series(server, tmp_path):
    url = server.url(path="/404")
    families, _ = metrics(tmp_path, url, "--next", "-f", url, "--next", "-d", "x", url)
    assert (value(families, "exit_code", url=url, method="GET"), value(families, "exit_code", url=url, method="POST")) == (22, 0)
    assert [value(families, "transfers", method="GET", result=result) for result in ("success", "failure", "interrupted")] == [1, 1, 0]


def test_what_is_tried_again_is_no_failure(server, tmp_path):
    families, done = metrics(tmp_path, "-f", "--retry", "2", "--retry-delay", "1", server.url(path="/busy"))
    assert done.exit_code == 0
    assert (value(families, "success"), value(families, "http_status_code"), value(families, "retries")) == (1, 200, 1)
    assert [value(families, "transfers", result=result) for result in ("success", "failure", "retried")] == [1, 0, 1]


def test_checks_and_gates(server, tmp_path):
    families, done = metrics(tmp_path, "--expect", "status=200", "--expect", "header.x~a\"b", "--fail-on", "warning", server.url(path="/502"))
    assert done.exit_code == value(families, "exit_code") == 101
    assert value(families, "success") == 0 and value(families, "curl_code") == 0
    assert {has["check"] for has in labels(families, "expect_success")} == {"status=200", 'header.x~a"b'}


def test_tls_and_certificates(nginx, pki, tmp_path):
    url = nginx.url("tls")
    families, done = metrics(tmp_path, "--json", "--cacert", pki.ca, url)
    report = json.loads(done.stdout)
    tls = report["connections"][0]["tls"]
    (agreed,), (leaf,) = labels(families, "tls_info"), labels(families, "certificate_info")
    assert [agreed[key] for key in ("version", "cipher", "alpn")] == [tls["version"], tls["cipher"], "h2"]
    assert [leaf[key] for key in ("subject", "issuer", "sha256")] == [tls["certificates"][0][key] for key in ("subject", "issuer", "sha256")]
    ends = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(value(families, f"certificate_{which}not_after_timestamp_seconds"))) for which in ("", "chain_")]
    assert ends == [tls["certificates"][0]["not_after"], min(one["not_after"] for one in tls["certificates"])]
    left = value(families, "certificate_not_after_timestamp_seconds") - time.time()
    assert abs(value(families, "certificate_expires_in_seconds") - left) < 60
    assert value(families, "http_info", version="2") == 1


def test_a_certificate_that_is_not_trusted_is_told(nginx, tmp_path):
    families, done = metrics(tmp_path, nginx.url("tls"))
    assert done.exit_code == 60 and value(families, "success") == 0
    assert value(families, "certificate_not_after_timestamp_seconds") > time.time()


def test_who_opens_tls_on_the_way_is_told(nginx, pki, tmp_path):
    with SquidBump(pki) as box:
        families, _ = metrics(tmp_path, "--cacert", pki.ca, "-x", f"http://127.0.0.1:{box.port['proxy']}", nginx.url("tls"))
    assert value(families, "verdict", status="intercepted") == 1 and value(families, "verdict", status="ok") == 0
    assert value(families, "failure_info", locus="proxy") == value(families, "findings", severity="error") == 1
    assert "Squid" in labels(families, "certificate_info")[0]["issuer"]


def test_many_at_a_time(server, tmp_path):
    urls = [server.url(path=f"/{n}") for n in range(60)]
    families, _ = metrics(tmp_path, "-Z", *urls)
    assert [has["url"] for has in labels(families, "success")] == sorted(urls)


def test_targets_have_a_limit(server, tmp_path):
    families, done = metrics(tmp_path, "-Z", server.url(path="/[1-1010]"))
    assert done.exit_code == 0 and len(labels(families, "success")) == 1000
    assert value(families, "transfers_left_out") == 10
    assert b"httptrace: report prometheus has metrics of the first 1000 URLs" in done.stderr


def test_an_interrupted_run_says_so(server, tmp_path):
    path = tmp_path / "x.prom"
    urls = [server.url(path=path) for path in ("/a", "/wait", "/b")]
    process = run.start("--events", "--report", f"prometheus={path}", *urls)
    assert any(b"GET /wait" in line for line in process.stdout)
    assert not path.exists()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    families = prometheus_text.read(path.read_text())
    assert value(families, "interrupted") == 1
    assert [has["url"] for has in labels(families, "success")] == urls[:2]
    assert value(families, "transfers", url=urls[1], result="interrupted") == 1


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def scrape(port, process):
    for _ in range(100):
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            assert process.poll() is None, "node_exporter ended"
            time.sleep(0.1)
    raise AssertionError("node_exporter does not answer")


@pytest.fixture
def collect(tmp_path):
    """What node_exporter exposes of a directory."""
    program = shutil.which("prometheus-node-exporter")
    if not program:
        pytest.skip("SKIP: no node_exporter (prometheus-node-exporter)")
    directory, port = tmp_path / "textfile", free_port()
    directory.mkdir()
    args = ["--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={directory}", f"--web.listen-address=127.0.0.1:{port}"]
    with subprocess.Popen([program, *args], stderr=subprocess.DEVNULL) as process:
        yield directory, lambda: scrape(port, process)
        process.terminate()


def test_node_exporter_collects_it(server, collect):
    directory, scraped = collect
    hostile = server.url(path="/a?q=%22%5C%0A") + "&'\"\\"
    done = run.raw("--report", f"prometheus={directory / 'httptrace.prom'}", "-L", server.url(path="/on"), server.url(path="/on"), hostile, "http://127.0.0.1:1/",
                   "--expect", 'header.x~a"b\\')
    assert done.exit_code != 2, done.explain("it has to run")
    written, exposed = (directory / "httptrace.prom").read_text(), scraped()
    assert "\nnode_textfile_scrape_error 0\n" in exposed
    ours = [line for line in written.splitlines() if not line.startswith("#")]
    assert len(ours) > 80
    assert sum(line.startswith("httptrace_") for line in exposed.splitlines()) == len(ours)
    for line in (line for line in ours if line.startswith("httptrace_http_status_code")):
        assert sorted(re.findall(r'\w+="(?:[^"\\]|\\.)*"', line)) in [sorted(re.findall(r'\w+="(?:[^"\\]|\\.)*"', one)) for one in exposed.splitlines()]
    (directory / "bad.prom").write_text("httptrace_success{ 1\n")
    assert "\nnode_textfile_scrape_error 1\n" in scraped()
