# SPDX-License-Identifier: MIT
"""--events: each line is there when it happens, transfers side by side can be told apart, nothing secret is in it."""

import json
import subprocess
import sys
import threading

import pytest

import run
from servers.faults import Fault
from servers.recorder import read_head

sys.path.insert(0, str(run.SCHEMA.parents[1] / "tests" / "report"))
check_events = pytest.importorskip("check_events", reason="SKIP: no python3-jsonschema")

ANSWER = b"HTTP/1.1 200 OK\r\nSet-Cookie: sid=hidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"


class Slow:
    """Answers with a head at once, with the body when it is told to."""

    def __init__(self):
        self.go = threading.Event()

    def __call__(self, conn):
        read_head(conn.makefile("rb"))
        conn.sendall(ANSWER)
        self.go.wait(20)
        conn.sendall(b"ok")


@pytest.fixture
def slow():
    handler = Slow()
    with Fault(handler) as server:
        server.handler = handler
        yield server
        handler.go.set()


def check(lines):
    problems = [*check_events.shape_problems(check_events.validator(), lines), *check_events.order_problems(lines)]
    assert not problems, problems


def read_until(stream, wanted):
    """Lines as they come, up to one for which `wanted` holds."""
    lines = []
    while not lines or not wanted(lines[-1]):
        text = stream.readline()
        assert text, f"it ends after {lines[-3:]}"
        lines.append(json.loads(text))
    return lines


def test_lines_come_while_it_runs(slow):
    process = run.start("--events", slow.url())
    early = read_until(process.stdout, lambda line: line.get("summary", "").startswith("HTTP/1.1 200"))
    assert process.poll() is None and [line["type"] for line in early[:2]] == ["run", "transfer"]
    slow.handler.go.set()
    rest = [json.loads(line) for line in process.stdout]
    assert process.wait(20) == 0
    check(early + rest)
    result = [line for line in rest if line["type"] == "result"]
    assert [line["outcome"]["exit_code"] for line in result] == [0] and rest[-1] == {"type": "end", "transfers": 1}


def test_a_file_grows_while_it_runs(slow, tmp_path):
    path = tmp_path / "events"
    process = run.start("--report", f"events={path}", slow.url())
    while not (path.exists() and b"HTTP/1.1 200" in path.read_bytes()):
        assert process.poll() is None
        threading.Event().wait(0.02)
    assert b'"result"' not in path.read_bytes()
    slow.handler.go.set()
    out, _ = process.communicate(timeout=20)
    assert out.startswith(b"200 OK") and b'"result"' in path.read_bytes()


def test_transfers_side_by_side(slow):
    slow.handler.go.set()
    urls = [slow.url(path=f"/{i}?token=hidden") for i in range(5)]
    done = run.raw("-Z", "--events", "--expect", "status=200", *urls, "http://127.0.0.1:1/")
    lines = [json.loads(line) for line in done.text.splitlines()]
    check(lines)
    results = {line["url"]: line for line in lines if line["type"] == "result"}
    assert len(results) == 6 and lines[-1]["transfers"] == 6
    refused = results["http://127.0.0.1:1/"]
    assert refused["outcome"]["curl_code"] == 7 and not refused["expect"][0]["ok"]
    assert [line["code"] for line in lines if line["type"] == "finding" and line["transfer"] == refused["transfer"]] == ["tcp.refused"]
    assert "hidden" not in done.text and "[masked]" in done.text
    moments = [line["t_us"] for line in lines if line["type"] == "result"]
    assert moments == sorted(moments)


def test_a_killed_run_leaves_whole_lines(slow, tmp_path):
    path = tmp_path / "events"
    process = run.start("--report", f"events={path}", slow.url())
    while not (path.exists() and b"HTTP/1.1 200" in path.read_bytes()):
        threading.Event().wait(0.02)
    process.kill()
    process.communicate(timeout=20)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[0]["type"] == "run" and lines[-1]["type"] == "event"


def test_nobody_reads_them(slow):
    slow.handler.go.set()
    process = subprocess.Popen(
        [run.program(), "--events", slow.url()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=run.environment()
    )
    process.stdout.close()
    assert b"cannot write the report: Broken pipe" in process.stderr.read()
    assert process.wait(20) == 2


@pytest.mark.parametrize("other", [["--json"], ["--report", "har=-"], ["--report", "text"]])
def test_one_report_has_the_stream(other):
    done = run.raw("--events", *other, "http://127.0.0.1:1/")
    assert done.exit_code == 2 and "would share standard output" in done.errors
    assert run.raw("--events", "--no-events", *other, "http://127.0.0.1:1/").exit_code == 7
