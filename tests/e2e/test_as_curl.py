# SPDX-License-Identifier: MIT
"""In curl's place: what the program does around a transfer, side by side with curl where that is installed."""

import os
import shutil
import subprocess

import pytest

import run
from servers.faults import Fault, read_head

NOWHERE = "http://127.0.0.1:1"
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="no curl to compare with")


@pytest.fixture
def as_curl(tmp_path):
    """The program under curl's name."""
    folder = tmp_path / "bin"
    folder.mkdir()
    os.symlink(run.program(), folder / "curl")
    return str(folder / "curl")


def go(program, *words, cwd, **rest):
    return subprocess.run(
        [program, *words], capture_output=True, cwd=cwd, env=run.environment(), timeout=30, check=False, **rest
    )


class Bodies:
    """A server that keeps what comes behind the head, by Content-Length, and answers with 200."""

    def __init__(self, answer=b"ok"):
        self.heads, self.bodies = [], []
        self.reply = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(answer) + answer
        self.server = Fault(self.answer)

    def answer(self, conn):
        head, _, body = read_head(conn).partition(b"\r\n\r\n")
        length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        while length and len(body) < int(length[0].split(b":")[1]):
            body += conn.recv(65536)
        self.heads.append(head)
        self.bodies.append(body)
        conn.sendall(self.reply)

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *rest):
        return self.server.__exit__(*rest)


def test_hosts_that_are_known_by_hsts_are_asked_by_https(tmp_path):
    (tmp_path / "hosts").write_text('.known.example "20991001 00:00:00"\n')
    done = go(
        run.program(), "--hsts", "hosts", "-x", NOWHERE, "-w", "%{url_effective}\n", "http://a.known.example/", cwd=tmp_path
    )
    assert done.stdout == b"https://a.known.example/\n"
    assert ".known.example" in (tmp_path / "hosts").read_text()


FILES = {
    "hosts": '.known.example "20991001 00:00:00"\n',
    "services": 'h2 a.example 443 h2 b.example 443 "20991001 00:00:00" 0 0\n',
    "jar": "a.example\tFALSE\t/\tFALSE\t0\ta\tb\n",
}


@pytest.mark.parametrize("words", [["--dry-run", NOWHERE], ["--pinnedpubkey", "none", NOWHERE, "--next", "--ech", "x", NOWHERE]])
def test_what_sends_nothing_writes_no_file(tmp_path, words):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    go(run.program(), "--hsts", "hosts", "--alt-svc", "services", "-b", "jar", "-c", "jar", *words, cwd=tmp_path)
    assert {name: (tmp_path / name).read_text() for name in FILES} == FILES


@needs_curl
@pytest.mark.parametrize(
    "data", [b"a\rb\ncd\0ef\ngh\r\n", b"x" * 300 + b"\0yy" + b"z" * 300 + b"\rqq" + b"w" * 600 + b"\nend", b"", b"\0", b"\n\n"]
)
def test_data_of_a_file_is_read_as_curl_reads_it(tmp_path, as_curl, data):
    (tmp_path / "data").write_bytes(data)
    with Bodies() as server:
        for program in ("curl", as_curl, run.program()):
            go(program, "-q", "-sS", "-d", "a=b", "-d", "@data", f"http://127.0.0.1:{server.server.port}/", cwd=tmp_path)
        theirs, *ours = server.bodies
    assert ours == [theirs, theirs]
