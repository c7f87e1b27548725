# SPDX-License-Identifier: MIT
"""On a terminal: progress bars as curl draws them, bodies that are no text; and files that need no request."""

import os
import re
import shutil
import subprocess
import time
import tty

import pytest

import run
from servers.faults import Fault, read_head



def is_comparable():
    """Whether curl is there, of the version whose habits are compared; later ones write some lines otherwise."""
    if shutil.which("curl") is None:
        return False
    return subprocess.run(["curl", "-q", "--version"], capture_output=True, check=False).stdout.startswith(b"curl 7.88.")


needs_curl = pytest.mark.skipif(not is_comparable(), reason="SKIP: no curl 7.88 to compare with")
COLUMNS = 40


def reply(body, status="200 OK", fields=b""):
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status.encode(), fields, len(body), body)


ANSWERS = {
    "/bin": reply(b"ab\0cd\n"),
    "/late": reply(b"a" * 2000 + b"\0\n"),
    "/redirect": reply(b"away", "302 Found", b"Location: /a\r\n"),
}


class Origin:
    """Answers by path, keeps the paths."""

    def __init__(self):
        self.paths = []
        self.server = Fault(self.answer)

    def answer(self, conn):
        head, _, body = read_head(conn).partition(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        left = int(length[0].split(b":")[1]) - len(body) if length else 0
        while left > 0:
            left -= len(conn.recv(65536)) or left
        self.paths.append(path)
        if path == "/endless":
            conn.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            for _ in range(5):
                conn.sendall(b"x" * 100)
                time.sleep(0.12)
        else:
            conn.sendall(ANSWERS.get(path, reply(b"hello\n")))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.port}"


@pytest.fixture
def origin():
    served = Origin()
    with served.server:
        yield served


@pytest.fixture
def as_curl(tmp_path):
    """The program under curl's name."""
    folder = tmp_path / "bin"
    folder.mkdir()
    os.symlink(run.program(), folder / "curl")
    return str(folder / "curl")


def go(program, words, cwd, shown=("stderr",), columns=COLUMNS):
    """A run with some of its streams on a terminal: exit code, what that shows, what the other streams got."""
    ours, theirs = run.terminal()
    tty.setraw(theirs)
    streams = {name: theirs if name in shown else subprocess.PIPE for name in ("stdout", "stderr")}
    env = run.environment({"COLUMNS": str(columns), "TERM": "dumb"})
    started = subprocess.Popen([program, "-q", *words], stdin=subprocess.DEVNULL, cwd=cwd, env=env, **streams)
    os.close(theirs)
    seen = b""
    try:
        while data := os.read(ours, 65536):
            seen += data
    except OSError:
        pass  # how a terminal ends that nobody has open any more
    os.close(ours)
    out, err = started.communicate(timeout=30)
    return started.returncode, seen, out, err


BARS = [
    "-# -o f {}/a", "--progress-bar -O {}/a", "-# {}/a", "-# -o - {}/a", "-# -s -o f {}/a", "-# -o f -d @big {}/a", "-# -L -o f {}/redirect",
    "-# --no-progress-meter -o f {}/a", "-# -o f {}/a --next -o g {}/a", "-# -o f -o g {}/a {}/a", "-# -w x -o f {}/a",
]


@needs_curl
@pytest.mark.parametrize("command", BARS)
@pytest.mark.parametrize("shown", [("stderr",), ("stdout", "stderr"), ()], ids=["stderr", "both", "none"])
def test_bars_are_curls(origin, tmp_path, as_curl, command, shown):
    (tmp_path / "big").write_bytes(b"z" * 3000)
    words = [word.replace("{}", origin.url) for word in command.split()]
    assert go(as_curl, words, tmp_path, shown) == go("curl", words, tmp_path, shown)


@needs_curl
@pytest.mark.parametrize("columns", [21, 200, 256, 5000])
def test_bars_are_as_wide_as_curls(origin, tmp_path, as_curl, columns):
    words = ["-#", "-o", "f", f"{origin.url}/a"]
    assert go(as_curl, words, tmp_path, columns=columns) == go("curl", words, tmp_path, columns=columns)


@needs_curl
@pytest.mark.parametrize("command", ["{}/a", "-i {}/a", "-o f {}/a {}/a", "-L {}/redirect", "-d @big {}/a", "{}/bin", "-# {}/a"])
@pytest.mark.parametrize("shown", [("stderr",), ("stdout", "stderr"), ("stdout",)], ids=["stderr", "both", "stdout"])
def test_lines_of_v_are_curls(origin, tmp_path, as_curl, command, shown):
    (tmp_path / "big").write_bytes(b"z" * 3000)
    words = ["-sv", *(word.replace("{}", origin.url) for word in command.split())]
    ours, theirs = go(as_curl, words, tmp_path, shown), go("curl", words, tmp_path, shown)
    pointer = re.compile(rb"0x[0-9a-f]+")  # libcurl shows where it keeps a connection
    assert [pointer.sub(b"", part) if isinstance(part, bytes) else part for part in ours] == [
        pointer.sub(b"", part) if isinstance(part, bytes) else part for part in theirs
    ]


def test_a_bar_and_a_report_have_streams_of_their_own(origin, tmp_path):
    code, seen, out, _ = go(run.program(), ["-#", f"{origin.url}/a"], tmp_path)
    assert code == 0 and seen == b"\r" + b"#" * 33 + b" 100.0%\n"
    assert out.startswith(b"200 OK")


def test_a_bar_moves_where_the_end_is_unknown(origin, tmp_path, as_curl):
    code, seen, out, _ = go(as_curl, ["-#", "-o", "f", f"{origin.url}/endless"], tmp_path)
    frames = seen.removesuffix(b"\n").split(b"\r")[1:]
    assert code == 0 and seen.endswith(b"\n") and not out
    assert 2 <= len(frames) <= 8 and len(set(frames)) == len(frames)
    assert all(len(frame) == COLUMNS and frame.strip() == b"-=O=-" for frame in frames)


@pytest.mark.parametrize("words", [["{}/bin"], ["-N", "{}/bin"], ["-s", "{}/bin"]])
def test_a_terminal_is_spared_a_binary_body(origin, tmp_path, as_curl, words):
    words = [word.replace("{}", origin.url) for word in words]
    code, seen, _, told = go(as_curl, words, tmp_path, shown=["stdout"])
    assert code == 23 and seen == b""
    assert (told == b"") if "-s" in words else told.startswith(b"Warning: the body is binary")


@needs_curl
@pytest.mark.parametrize(
    "command",
    ["-s {}/bin", "-s -i {}/bin", "-s {}/late", "-s -o - {}/bin", "-s {}/bin {}/a", "-s {}/a {}/bin", "-s -w %{exitcode}%{size_download} {}/bin"],
)
def test_a_terminal_is_spared_what_curl_spares_it(origin, tmp_path, as_curl, command):
    words = [word.replace("{}", origin.url) for word in command.split()]
    assert go(as_curl, words, tmp_path, ["stdout"])[:2] == go("curl", words, tmp_path, ["stdout"])[:2]


def test_a_pipe_is_spared_nothing(origin, tmp_path, as_curl):
    assert go(as_curl, ["-s", f"{origin.url}/bin"], tmp_path, [])[:3] == (0, b"", b"ab\0cd\n")


@pytest.mark.parametrize("name", [["-o", "kept"], ["-O"], ["--output-dir", "deep", "-o", "kept"], ["-o", "k#1"]])
def test_a_file_that_is_there_needs_no_request(origin, tmp_path, name):
    (tmp_path / "deep").mkdir()
    for path in ("kept", "deep/kept"):
        (tmp_path / path).write_text("old")
    url = f"{origin.url}/{{kept}}" if "k#1" not in name else f"{origin.url}/{{ept}}"
    words = ["--skip-existing", *name, url, "--next", "--skip-existing", "-o", "new", f"{origin.url}/a"]
    code, _, out, told = go(run.program(), words, tmp_path, [])
    assert code == 0 and origin.paths == ["/a"] and out.count(b"GET http") == 1
    assert b"kept is there already" in told
    assert (tmp_path / "kept").read_text() == (tmp_path / "deep" / "kept").read_text() == "old"
    assert (tmp_path / "new").read_text() == "hello\n"
    assert go(run.program(), ["-s", "--skip-existing", "-o", "kept", url], tmp_path, [])[3] == b""


def test_standard_output_is_never_there_already(origin, tmp_path, as_curl):
    (tmp_path / "-").write_text("old")
    words = ["-s", "--skip-existing", "-o", "-", f"{origin.url}/a", f"{origin.url}/a", "--no-skip-existing"]
    assert go(as_curl, words, tmp_path, [])[2] == b"hello\n" * 2


def test_out_null_discards_one_body(origin, tmp_path, as_curl):
    words = ["-s", "--out-null", f"{origin.url}/bin", f"{origin.url}/a", "-o", "f", f"{origin.url}/bin", "--out-null"]
    code, _, out, _ = go(as_curl, words, tmp_path, [])
    assert code == 0 and out == b"" and len(origin.paths) == 3
    assert (tmp_path / "f").read_bytes() == b"hello\n"
