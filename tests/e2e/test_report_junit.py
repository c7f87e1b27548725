# SPDX-License-Identifier: MIT
"""JUnit XML of runs with real servers: its schema and counts, what fails, what is skipped, a run that is stopped."""

import pathlib
import re
import shutil
import signal
import sys
import xml.etree.ElementTree as ET

import pytest

import run
from servers.faults import Fault, drain
from servers.recorder import read_body, read_head

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "report"))
import check_junit  # pylint: disable=wrong-import-position

ANSWERS = {b"/on": b"302 Found\r\nLocation: /there?token=hidden", b"/404": b"404 Not Found", b"/hostile": b"200 OK\r\nX: ]]>\x01<a b='&\x1b[31m"}


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


def read(path):
    """The suites; the document meets the schema and its own counts."""
    data = path.read_bytes()
    assert not list(check_junit.problems_of(data))
    if shutil.which("xmllint"):
        done = check_junit.valid(path)
        assert done.returncode == 0, done.stderr
    return ET.fromstring(data).findall("testsuite")


def junit(tmp_path, *args):
    path = tmp_path / "x.xml"
    done = run.raw("--report", f"junit={path}", *args)
    return read(path), done


def names(suite, outcome=None):
    return [case.get("name") for case in suite.findall("testcase") if outcome is None or case.find(outcome) is not None]


def test_a_suite_for_each_url(server, tmp_path):
    urls = [server.url(path=path) for path in ("/a", "/404", "/a")]
    suites, done = junit(tmp_path, *urls)
    assert (done.exit_code, [suite.get("name") for suite in suites]) == (0, urls)
    assert [suite.get("id") for suite in suites] == ["0", "1", "2"]
    assert names(suites[0], "skipped") == ["phase proxy", "phase tls"]
    assert "phase connect" in names(suites[2], "skipped") and not names(suites[2], "error")
    assert {case.get("classname") for case in suites[0].findall("testcase")} == {f"127.0.0.1:{server.port}./a"}


def test_failures_are_not_errors(server, tmp_path):
    (refused, missing), done = junit(tmp_path, "--expect", "status=200", "http://127.0.0.1:1/", server.url(path="/404"))
    assert done.exit_code == 101
    assert (names(refused, "error"), names(refused, "failure")) == (["transfer", "phase connect"], ["expect status=200", "finding tcp.refused"])
    assert (names(missing, "error"), names(missing, "failure")) == ([], ["expect status=200"])
    assert refused.find("testcase/error").get("type") == "curl.7"
    assert missing.find("testcase/failure").get("message") == "got 404"


def test_redirects_are_cases_of_one_suite(server, tmp_path):
    (suite,), _ = junit(tmp_path, "-L", server.url(path="/on"))
    assert "phase wait" in names(suite) and "request 2: phase wait" in names(suite)
    assert "hidden" not in (tmp_path / "x.xml").read_text()


def test_what_a_server_sends_stays_text(server, tmp_path):
    (suite,), _ = junit(tmp_path, "--expect", "header.x=<b>", server.url(path="/hostile"))
    assert names(suite, "failure")[:1] == ["expect header.x=<b>"]
    assert "<a b=" in suite.find("testcase/failure").get("message")


def test_many_at_a_time(server, tmp_path):
    urls = [server.url(path=f"/{n}") for n in range(40)]
    suites, _ = junit(tmp_path, "-Z", *urls)
    assert sorted(suite.get("name") for suite in suites) == sorted(urls)


def test_an_interrupted_run_is_an_error(server, tmp_path):
    path = tmp_path / "x.xml"
    process = run.start("--events", "--report", f"junit={path}", *(server.url(path=path) for path in ("/a", "/wait", "/b")))
    assert any(b"GET /wait" in line for line in process.stdout)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    done, stopped, whole = read(path)
    assert (names(done, "error"), whole.get("name"), names(whole, "error")) == ([], "httptrace", ["run"])
    assert "transfer" in names(stopped, "error")
    assert whole.find("testcase/error").get("message") == "1 done, 0 failed, 1 interrupted, 1 not started"
