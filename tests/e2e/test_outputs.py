# SPDX-License-Identifier: MIT
"""Where an answer goes: files, heads and standard output are the same as curl's for the same options."""
import os
import pathlib
import shutil
import socket
import subprocess
import threading

import pytest

import run

ANSWERS = {
    "/named": b"HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=\"a/../b c.txt\"\r\nContent-Length: 3\r\n"
    b"Last-Modified: Tue, 01 Jan 2019 00:00:00 GMT\r\n\r\nabc",
    "/dots": b"HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=\"..\"\r\nContent-Length: 3\r\n\r\nabc",
    "/long": b"HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=" + b"x" * 5000 + b"\r\nContent-Length: 3\r\n\r\nabc",
    "/empty": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "/404": b"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nnot",
    "/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\nConnection: close\r\n\r\nhalf",
    "/etag": b"HTTP/1.1 200 OK\r\nETag:  \"abc\" \r\nContent-Length: 2\r\n\r\nok",
    "/on": b"HTTP/1.1 302 Found\r\nLocation: /etag\r\nContent-Length: 4\r\n\r\naway",
}
ORDINARY = b"HTTP/1.1 200 OK\r\nX-Field: 1\r\nContent-Length: 6\r\n\r\nhello\n"

COMMANDS = [
    "-O {}/x/y.txt?q", "-O {}/", "-OJ {}/named", "-OJi {}/named", "-JOR {}/named", "-OJ {}/dots", "-OJ {}/long", "-OJ {}/a",
    "-J {}/named", "-OJ {}/a {}/named", "-o d/x {}/a", "--create-dirs -o d/e/x {}/a", "--output-dir dd -O {}/a",
    "--output-dir dd --create-dirs -O {}/a", "-o f {}/empty", "-f -o f {}/404", "--fail-with-body -o f {}/404",
    "-f --fail-with-body {}/a", "-D h -o f {}/a", "-D - -o f {}/a", "-i -o f {}/a", "-I -o f {}/a", "-L -i -o f {}/on",
    "-L -D h -o f {}/on", "--remove-on-error --fail-with-body -o f {}/404", "--remove-on-error -o f {}/cut", "-o f {}/cut",
    "--no-clobber -o f -o f {}/a {}/404", "-o f -o f {}/a {}/404", "-D h {}/a -o 1 --next -D h {}/404 -o 2",
    "-D h {}/a {}/404 -o 1 -o 2", "-O {}/a%20b", "--remote-name-all {}/a {}/b", "--remote-name-all {}/a -o x {}/b",
    "-R -o f {}/named", "-R -o f {}/a", "--etag-save e -o f {}/etag", "--etag-save e -o f {}/a", "-L --etag-save e -o f {}/on",
    "-o x_#1 {}/[1-3]", "-o - {}/a -o f {}/b", "-o f {}/a --next -o - {}/b", "-o kept {}/empty", "-o kept http://127.0.0.1:1/",
    "-OJ {}/kept", "--clobber -OJ {}/kept2", "-C - -o kept {}/a", "-o /dev/full {}/a", "-N -o f {}/a", "-o '' {}/a",
]


def serve(listener):
    def answer(peer):
        data = b""
        with peer:
            while True:
                while b"\r\n\r\n" not in data:
                    got = peer.recv(65536)
                    if not got:
                        return
                    data += got
                head, data = data.split(b"\r\n\r\n", 1)
                path = head.split(b" ")[1].decode().split("?")[0]
                reply = ANSWERS.get(path, ORDINARY)
                peer.sendall(reply.split(b"\r\n\r\n")[0] + b"\r\n\r\n" if head.startswith(b"HEAD") else reply)
                if b"Connection: close" in reply:
                    return

    while True:
        try:
            peer, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=answer, args=(peer,), daemon=True).start()


@pytest.fixture(scope="module")
def origin():
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


def outcome(program, words, place):
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    (place / "kept").write_bytes(b"old")
    done = subprocess.run([*program, *words], capture_output=True, cwd=place, env=run.environment(), timeout=30, check=False)
    files = {}
    for path in sorted(place.rglob("*")):
        if path.is_file():
            late = path.stat().st_mtime > 1.6e9
            files[str(path.relative_to(place))] = (path.read_bytes(), oct(path.stat().st_mode), late or path.stat().st_mtime)
    return done.returncode, done.stdout, files


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl to compare with")
@pytest.mark.parametrize("command", COMMANDS)
def test_as_curl(origin, tmp_path, command):
    words = [w.replace("{}", origin).strip("'") for w in command.split(" ")]
    link = tmp_path / "curl"
    os.symlink(run.program(), link)
    theirs = outcome(["curl", "-q", "-sS"], words, tmp_path / "place")
    ours = outcome([str(link), "-q", "-sS"], words, tmp_path / "place")
    assert ours == theirs


def test_as_curl_a_body_without_a_place_is_told_once(origin, tmp_path):
    link = tmp_path / "curl"
    os.symlink(run.program(), link)
    done = subprocess.run([str(link), "-sS", "-O", f"{origin}/"], capture_output=True, timeout=30, check=False)
    assert done.returncode == 23 and done.stderr.count(b"names no file") == 1
    done = subprocess.run([str(link), "-s", "-O", f"{origin}/"], capture_output=True, timeout=30, check=False)
    assert done.returncode == 23 and done.stderr == b""


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl to compare with")
def test_as_curl_words_of_openssl_are_as_they_are(origin, tmp_path):
    link = tmp_path / "curl"
    os.symlink(run.program(), link)
    words = ["-sS", "-k", "--cert", "missing", origin.replace("http:", "https:")]
    theirs, ours = (subprocess.run([name, *words], capture_output=True, timeout=30, check=False) for name in ("curl", str(link)))
    assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr) and b"::" in ours.stderr


def test_body_and_report_have_streams_of_their_own(origin):
    done = subprocess.run([run.program(), "-i", "-o", "-", f"{origin}/a"], capture_output=True, timeout=30, check=False)
    assert done.stdout == ORDINARY and b"200 OK" in done.stderr
    done = subprocess.run([run.program(), "-D", "-", f"{origin}/a"], capture_output=True, timeout=30, check=False)
    assert done.stdout == ORDINARY.split(b"hello")[0] and b"200 OK" in done.stderr


def test_nothing_is_left_of_a_body_that_cannot_be_written(origin, tmp_path):
    done = subprocess.run([run.program(), "-O", f"{origin}/"], capture_output=True, cwd=tmp_path, timeout=30, check=False)
    assert done.returncode == 23 and b"names no file" in done.stderr
    assert not list(pathlib.Path(tmp_path).iterdir())


def test_stderr_goes_to_a_file(origin, tmp_path):
    done = subprocess.run(
        [run.program(), "-v", "--stderr", "log", f"{origin}/a"], capture_output=True, cwd=tmp_path, timeout=30, check=False
    )
    assert done.stderr == b"" and b"GET /a HTTP/1.1" in (tmp_path / "log").read_bytes()


def test_fail_early_ends_the_run(origin):
    words = ["-o", "/dev/null", "http://127.0.0.1:1/", f"{origin}/a"]
    for early in ([], ["--fail-early"]):
        done = subprocess.run([run.program(), *early, *words], capture_output=True, timeout=30, check=False)
        assert (b"GET " + origin.encode() + b"/a" in done.stdout) == (not early)
        assert done.returncode == (7 if early else 0)
