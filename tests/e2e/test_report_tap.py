# SPDX-License-Identifier: MIT
"""TAP 14: what a strict reader gets of runs with real servers, and what Perl's prove says of them."""

import pathlib
import re
import shutil
import signal
import subprocess
import sys

import pytest

import run
from servers.faults import Fault, drain
from servers.recorder import read_body, read_head

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "report"))
import tap14  # pylint: disable=wrong-import-position

PHASES = ["queue", "resolve", "connect", "proxy", "tls", "request", "wait", "response"]
ANSWERS = {
    b"/on": b"302 Found\r\nLocation: /there?token=hidden",
    b"/404": b"404 Not Found",
    b"/hostile": b"200 OK # TODO later\r\nX: \x1b[31m\n::error::x",
}


def serve(conn):
    stream = conn.makefile("rb")
    while head := read_head(stream):
        for _ in read_body(stream, head):
            pass
        path = re.split(rb"[ ?]", head)[1]
        if path == b"/wait":
            drain(conn)
        conn.sendall(b"HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\nok" % ANSWERS.get(path, b"200 OK"))


@pytest.fixture(scope="module")
def server():
    with Fault(serve) as fault:
        yield fault


def tap(tmp_path, *args):
    path = tmp_path / "x.tap"
    done = run.raw("--report", f"tap={path}", *args)
    return tap14.read(path.read_bytes().decode("utf-8")), done


def names(test, ok=None):
    return [point["name"] for point in test["points"] if ok in (None, point["ok"])]


def test_a_test_for_each_url(server, tmp_path):
    urls = [server.url(path=path) for path in ("/a", "/404", "/a")]
    tests, done = tap(tmp_path, *urls)
    assert (done.exit_code, [test["name"] for test in tests], [test["ok"] for test in tests]) == (0, urls, [True] * 3)
    assert names(tests[0]) == ["transfer", *(f"phase {phase}" for phase in PHASES)]
    assert [point["name"] for point in tests[0]["points"] if point["skip"]] == ["phase proxy", "phase tls"]
    assert [point["skip"] for point in tests[2]["points"] if point["name"] == "phase connect"] == ["the connection was there already"]


def test_redirects_are_points_of_one_test(server, tmp_path):
    (test,), _ = tap(tmp_path, "-L", server.url(path="/on"))
    assert "phase wait" in names(test) and "request 2: phase wait" in names(test)
    assert "hidden" not in str(test)


def test_failures_and_checks(server, tmp_path):
    (refused, missing), done = tap(tmp_path, "--expect", "status=200", "http://127.0.0.1:1/", server.url(path="/404"))
    assert done.exit_code == 101
    assert names(refused, ok=False) == ["transfer", "phase connect", "expect status=200", "finding tcp.refused"]
    assert names(missing, ok=False) == ["expect status=200"]
    assert [test["yaml"]["exit_code"] for test in (refused, missing)] == [101, 101]
    assert [point["yaml"]["message"] for point in missing["points"] if not point["ok"]] == ["got 404"]
    found = refused["points"][-1]["yaml"]
    assert found["severity"] == "error" and found["evidence"] and found["try_next"]


def test_findings_fail_from_the_severity_of_fail_on(server, tmp_path):
    for severity, ok in (("notice", False), ("warning", True)):
        (test,), _ = tap(tmp_path, "--fail-on", severity, server.url(path="/404"))
        assert [(point["name"], point["ok"]) for point in test["points"][-1:]] == [("finding http.status", ok)]


def test_what_a_server_says_is_no_directive(server, tmp_path):
    (test,), _ = tap(tmp_path, "--expect", "header.server~# TODO", server.url(path="/hostile"))
    text = (tmp_path / "x.tap").read_text()
    assert not test["ok"] and "\x1b" not in text and "::error" not in text
    assert not re.search(r"^[^\"]*[^\\]# TODO", text, re.M)


def test_many_at_a_time(server, tmp_path):
    urls = [server.url(path=f"/{n}") for n in range(40)]
    tests, _ = tap(tmp_path, "-Z", *urls)
    assert sorted(test["name"] for test in tests) == sorted(urls) and all(test["ok"] for test in tests)


def interrupted(path, *args, after):
    """What was written of a run that got a SIGINT `after` one of its events."""
    process = run.start("--events", "--report", f"tap={path}", *args)
    assert any(after in line for line in process.stdout)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    return path.read_text()


def test_an_interrupted_run_bails_out(server, tmp_path):
    text = interrupted(tmp_path / "x.tap", server.url(path="/a"), server.url(path="/wait"), server.url(path="/b"), after=b"GET /wait")
    tests = tap14.read(text, may_bail_out=True)
    assert [test["ok"] for test in tests] == [True, False]
    assert tests[1]["yaml"]["exit_code"] == 130 and "transfer" in names(tests[1], ok=False)
    assert text.endswith("\n1..2\nBail out! interrupted: 1 done, 0 failed, 1 interrupted, 1 not started\n")


def test_an_interrupted_transfer_is_not_ok(server, tmp_path):
    (test,) = tap14.read(interrupted(tmp_path / "x.tap", server.url(path="/wait"), after=b"GET /wait"))
    assert not test["ok"]


def test_prove_reads_it(server, tmp_path):
    if not shutil.which("prove"):
        pytest.skip("SKIP: no prove (perl)")
    done = run.raw("--report", "tap", "-sS", server.url(path="/a"), "http://127.0.0.1:1/")
    assert done.exit_code == 7
    (tmp_path / "x.tap").write_bytes(done.stdout.replace(b"TAP version 14", b"TAP version 13"))
    said = subprocess.run(["prove", "-e", "cat", tmp_path / "x.tap"], capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 1 and "Parse errors" not in said.stdout
    assert "Failed test:  2" in said.stdout and "Tests=2" in said.stdout
