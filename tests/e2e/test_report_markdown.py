# SPDX-License-Identifier: MIT
"""Markdown reports: what a hostile server sends neither links nor calls anybody, and a report fits into a comment."""

import pathlib
import re
import sys

import pytest

import run
from servers.faults import Fault
from servers.recorder import read_head

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "report"))
import markdown_judge

COMMENT_MOST = 65536
HOSTILE = (
    b"@octocat #1 GH-2 o/r#3 deadbee1 https://evil.example/ www.evil.example a@evil.example <img src=x onerror=alert(1)> </details></pre> "
    b"[a](javascript:x) ![i](http://evil.example/) `code` ``` ```` | a | b | \\| *b* _i_ ~~s~~ $x$ :tada: &lt; &#64;octocat ::error::x ##[error]x \x1b[31m "
)


def serve(conn):
    stream = conn.makefile("rb")
    while head := read_head(stream):
        path = re.split(rb"[ ?]", head)[1]
        if path == b"/long":
            fields = b"".join(b"X-%d: %s\r\n" % (i, b"``` " * 100) for i in range(500))
        elif path == b"/hostile":
            fields = b"X: " + HOSTILE + b"\r\nServer: " + HOSTILE + b"\r\n```: y\r\n@octocat: #1\r\nVia: 1.1 " + HOSTILE + b"\r\n"
        else:
            fields = b"Set-Cookie: sid=hidden\r\n"
        status = b"502 " + HOSTILE if path == b"/hostile" else b"200 OK"
        body = b"```\n</details>\n" + HOSTILE + b"\n"
        conn.sendall(b"HTTP/1.1 %s\r\nContent-Type: text/plain\r\n%sContent-Length: %d\r\n\r\n%s" % (status, fields, len(body), body))


@pytest.fixture(scope="module")
def server():
    with Fault(serve) as fault:
        yield fault


@pytest.fixture
def judged():
    if markdown_judge.missing():
        pytest.skip(f"SKIP: {markdown_judge.missing()}")
    return markdown_judge.judge


@pytest.mark.parametrize("options", [[], ["-v"], ["-k"], ["--expect", "header.server=@octocat|<b>`x`"], ["-f"], ["--show-secrets"]])
def test_nothing_fires(server, judged, options):
    done = run.raw("--report", "markdown", *options, server.url(path="/hostile?a=@octocat|b`c&d=<img>&token=hidden"))
    page = judged(done.stdout)
    assert not page.problems, done.explain(page.problems)
    assert any("@octocat" in text for text in page.code)
    assert b"\x1b" not in done.stdout and b"::error::" not in done.stdout and b"##[" not in done.stdout
    assert (b"hidden" in done.stdout) == ("--show-secrets" in options)


def test_headline_first_and_long_parts_folded(server, judged):
    done = run.raw("--report", "markdown", "-H", "Authorization: Bearer hidden", server.url(path="/"))
    text = done.text
    assert text.startswith("### \u2705 200 OK")
    assert text.index("| phase |") < text.index("<details><summary>Headers: ")
    assert "Set-Cookie: sid=[masked]" in text and "Authorization: Bearer [masked]" in text and "hidden" not in text
    assert not judged(done.stdout).problems


def test_a_long_answer_fits_into_a_comment(server, judged, tmp_path):
    path = tmp_path / "trace.md"
    run.raw("--report", f"markdown={path}", server.url(path="/long"))
    assert len(path.read_text()) < COMMENT_MOST
    assert re.search(r"\n\u2026 and [0-9]+ more lines\n", path.read_text())
    assert not judged(path.read_bytes()).problems


def test_many_urls_fit_and_failures_come_first(server, judged):
    done = run.raw("--report", "markdown", server.url(path="/[1-300]"), "http://127.0.0.1:1/", server.url(path="/long?[1-9]"))
    assert len(done.text) < COMMENT_MOST
    assert done.text.startswith("**310 URLs: 309 fine, 1 failed**\n\n### \u274c ")
    assert "\nLeft out for want of room: " in done.text
    assert not judged(done.stdout).problems


def test_a_record_gives_the_same(server, tmp_path):
    live = run.raw("--record", tmp_path / "x.record", "--report", "markdown", server.url(path="/hostile"))
    again = run.raw("--read", tmp_path / "x.record", "--report", "markdown")
    assert again.stdout == live.stdout
