# SPDX-License-Identifier: MIT
"""In a step of GitHub Actions: annotations on standard output, a summary that is appended, and no command from the wire."""

import json
import pathlib
import re
import sys

import pytest

import run
from servers.faults import Fault
from servers.recorder import read_head

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "report"))
import markdown_judge

MEBIBYTE = 1024 * 1024
COMMANDS = {"error", "warning", "notice", "group", "endgroup"}
HOSTILE = b"::error::x ::stop-commands::y ::add-mask::z ##[error]w %0A::error::v \x1b]0;t\x07 ::error title=a::b"


def serve(conn):
    stream = conn.makefile("rb")
    while head := read_head(stream):
        path = re.split(rb"[ ?]", head)[1]
        bad = path == b"/hostile"
        fields = (b"Server: %s\r\n::error: :x::\r\nVia: 1.1 ::error::x\r\n" % HOSTILE if bad else b"") + b"Content-Type: text/plain\r\n"
        body = b"::error::one\n\t ::error::two\n" + HOSTILE + b"\n"
        conn.sendall(b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (b"503 ::error::x" if bad else b"200 OK", fields, len(body), body))


@pytest.fixture(scope="module")
def server():
    with Fault(serve) as fault:
        yield fault


@pytest.fixture
def step(tmp_path):
    """Runs as in a step; its summary is step.summary."""

    def execute(*args, **extra):
        return run.raw(*args, env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(execute.summary), **extra})

    execute.summary = tmp_path / "summary.md"
    execute.summary.write_text("")
    return execute


def commands(output):
    """(name, title, message) of each line that the runner takes for a command, as the runner reads it."""
    found = []
    for line in output.decode("utf-8").splitlines():
        line = line.lstrip()
        if not line.startswith("::") or "::" not in line[2:]:
            continue
        info, _, data = line[2:].partition("::")
        name, _, properties = info.partition(" ")
        title = re.fullmatch("title=([^,:]*)", properties)
        found.append((name, unescape(title[1]) if title else None, unescape(data)))
    return found


def unescape(text):
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_ci_chooses_it(server, step):
    done = step("--ci", "--expect", "status=404", server.url(path="/"), "http://127.0.0.1:1/")
    assert done.exit_code == 101
    errors = [command for command in commands(done.stdout) if command[0] == "error"]
    assert [error for error in errors if error[1] == "expect status=404"], done.explain("no annotation of the check")
    assert any(title.startswith("tcp.refused: ") and "GET http://127.0.0.1:1/\n" in message for _, title, message in errors)
    assert step.summary.read_text().startswith("**2 URLs: 2 failed**\n\n### \u274c ")


def test_what_went_well_is_folded_and_summed_up(server, step):
    done = step("--ci", server.url(path="/"))
    assert done.exit_code == 0
    assert [name for name, _, _ in commands(done.stdout)] == ["group", "endgroup"]
    assert done.stdout.isascii()
    assert step.summary.read_text().startswith("### \u2705 200 OK")


def test_summaries_are_appended(server, step):
    step.summary.write_text("# by another")
    step("--ci", server.url(path="/"))
    step("--ci", server.url(path="/"))
    text = step.summary.read_text()
    assert text.startswith("# by another\n\n### ") and text.count("\n\n### \u2705 200 OK") == 2


def test_only_there_and_only_with_ci(server, step):
    assert not commands(step(server.url(path="/")).stdout)
    assert not commands(step("--ci", server.url(path="/"), GITHUB_ACTIONS="false").stdout)
    assert step.summary.read_text() == ""


def test_reports_that_were_asked_for_stay(server, step, tmp_path):
    assert json.loads(step("--ci", "--json", server.url(path="/")).stdout)["outcome"]["http_status"] == 200
    assert step.summary.read_text().startswith("### ")
    done = step("--ci", "--report", f"json={tmp_path}/x.json", "--report", f"markdown={step.summary}", server.url(path="/"))
    assert [name for name, _, _ in commands(done.stdout)] == ["group", "endgroup"]
    assert json.loads((tmp_path / "x.json").read_text())["outcome"]["http_status"] == 200
    assert step.summary.read_text().count("### ") == 1


def test_a_body_on_standard_output_has_it_for_itself(server, step):
    done = step("--ci", "-o", "-", server.url(path="/"))
    assert done.stdout.startswith(b"::error::one\n") and b"200 OK" not in done.stdout
    assert [name for name, _, _ in commands(done.stderr)] == ["group", "endgroup"]


@pytest.mark.parametrize("path", ["/nowhere/summary.md", "/", "/dev/full"])
def test_a_summary_that_cannot_be_written_is_a_warning(server, step, path):
    step.summary = path
    done = step("--ci", server.url(path="/"))
    assert done.exit_code == 0 and b"::group::" in done.stdout
    assert done.errors.startswith("httptrace: warning: the job summary was not written: cannot write ")
    assert done.errors.count("\n") == 1


def test_without_a_summary_nothing_is_said(server, step):
    step.summary = ""
    done = step("--ci", server.url(path="/"))
    assert done.exit_code == 0 and done.errors == "" and b"::group::" in done.stdout


def test_a_step_never_has_more_than_a_mebibyte(server, step):
    for taken in (0, MEBIBYTE - 300_000, MEBIBYTE - 10_000, MEBIBYTE - 5_000):
        step.summary.write_bytes(b"x" * taken)
        done = step("--ci", server.url(path="/[1-600]"))
        assert done.errors == "" and taken + 1000 < step.summary.stat().st_size <= min(MEBIBYTE, taken + 256 * 1024)
        assert b"\nLeft out for want of room: " in step.summary.read_bytes()
    for taken in (MEBIBYTE - 100, MEBIBYTE, MEBIBYTE + 5):
        step.summary.write_bytes(b"x" * taken)
        done = step("--ci", server.url(path="/"))
        assert done.exit_code == 0 and step.summary.stat().st_size == taken
        assert done.errors == f"httptrace: warning: the job summary was not written: it is full, with {taken} bytes\n"


def test_ten_of_a_kind(step):
    done = step("--ci", "--report", "github", "--expect", "status=200", *(f"http://127.0.0.1:1/{i}" for i in range(30)))
    errors = [command for command in commands(done.stdout) if command[0] == "error"]
    assert len(errors) == 10
    assert errors[0][1] == "expect status=200"
    assert re.fullmatch(r"[0-9]+ more of this kind", errors[-1][1]) and "tcp.refused (30)" in errors[-1][2]


@pytest.mark.parametrize("report", ["text", "json", "jsonl", "events", "junit", "tap", "sarif", "har", "markdown", "github", "prometheus"])
@pytest.mark.parametrize("columns", ["40", "57", "80", "120"])
def test_no_command_comes_from_the_wire(server, step, report, columns):
    if report not in run.raw("--list-reports").text.split():
        pytest.skip(f"SKIP: no report {report}")
    done = step("--ci", "-v", "--report", report, "--expect", "header.server=::error::x", server.url(path="/hostile"), COLUMNS=columns)
    names = {name for name, _, _ in commands(done.stdout)} | {name for name, _, _ in commands(done.stderr)}
    assert names <= COMMANDS if report == "github" else not names, done.explain(names)
    assert not any("title=a" in (title or "") for _, title, _ in commands(done.stdout))
    assert b"##[" not in done.stdout + done.stderr
    if not markdown_judge.missing():
        assert not markdown_judge.judge(step.summary.read_bytes()).problems


def test_the_default_text_has_none_either(server):
    for columns in range(40, 100, 7):
        done = run.raw("-vvv", server.url(path="/hostile"), env={"COLUMNS": str(columns)})
        assert not commands(done.stdout) and not commands(done.stderr)
