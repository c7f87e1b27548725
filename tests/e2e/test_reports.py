# SPDX-License-Identifier: MIT
"""Reports in files are there whole or not at all, and one that cannot be written stops no other."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time
import xml.etree.ElementTree as ET

import pytest

import run
from servers.faults import Fault
from servers.recorder import read_head

BODY = b"hello\n"
SECONDS = 10


class Server(Fault):
    """Answers at once, but /mute never; `asked` is set when that was asked for."""

    def __init__(self):
        self.asked = threading.Event()
        super().__init__(self.answer)

    def answer(self, conn):
        stream = conn.makefile("rb")
        while head := read_head(stream):
            if head.split(b" ")[1] == b"/mute":
                self.asked.set()
                stream.read()
                return
            conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY))


@pytest.fixture
def server():
    with Server() as running:
        yield running


def as_lines(data):
    for line in data.decode("utf-8").splitlines():
        json.loads(line)
    assert data.endswith(b"\n")


def as_markdown(data):
    assert data.startswith((b"### ", b"**")) and data.endswith(b"\n") and data.count(b"<details>") == data.count(b"</details>")


# How a whole document is told from a torn one.
WHOLE = {
    "json": as_lines,
    "jsonl": as_lines,
    "events": as_lines,
    "har": json.loads,
    "sarif": json.loads,
    "junit": ET.fromstring,
    "markdown": as_markdown,
    "text": lambda data: data.index(b"200 OK"),
    "tap": lambda data: data.index(b"TAP version 14"),
    "html": lambda data: data.index(b"</html>"),
    "pcapng": lambda data: data[:4] == b"\x0a\x0d\x0d\x0a" or pytest.fail("no section header"),
}
IN_PLACE = {"events"}


@pytest.fixture(params=WHOLE)
def kind(request):
    if not re.search(rf"^{request.param} ", run.raw("--list-reports").text, re.M):
        pytest.skip(f"SKIP: no report {request.param}")
    return request.param


def check_whole(path, kind):
    WHOLE[kind](path.read_bytes())


def stopped(server, number, *args):
    """A run that got this signal while it waited for an answer."""
    process = run.start(*args, server.url(path="/"), server.url(path="/mute"))
    try:
        assert server.asked.wait(SECONDS), "the server was not asked"
        time.sleep(0.05)
        process.send_signal(number)
        out, err = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    return process.returncode, out, err


# ---- whole or not at all ----


def test_a_killed_run_leaves_the_old_file(server, kind, tmp_path):
    if kind in IN_PLACE:
        pytest.skip("SKIP: is written in place, to be read while it grows")
    path = tmp_path / "report"
    path.write_bytes(b"old")
    code, _, _ = stopped(server, signal.SIGKILL, "--report", f"{kind}={path}")
    assert code == -signal.SIGKILL and path.read_bytes() == b"old"


def test_a_killed_run_leaves_no_new_file(server, tmp_path):
    stopped(server, signal.SIGKILL, "--report", f"json={tmp_path}/report")
    assert not (tmp_path / "report").exists()


def test_a_killed_run_leaves_whole_lines(server, tmp_path):
    stopped(server, signal.SIGKILL, "--report", f"events={tmp_path}/report")
    as_lines((tmp_path / "report").read_bytes())


def test_ctrl_c_leaves_whole_documents(server, kind, tmp_path):
    path = tmp_path / "report"
    code, _, _ = stopped(server, signal.SIGINT, "--report", f"{kind}={path}")
    assert code == 130
    check_whole(path, kind)
    assert os.listdir(tmp_path) == ["report"]


def test_what_a_file_was_stays(server, tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old" * 10000)
    real.chmod(0o640)
    link.symlink_to("real")
    assert run.raw("--report", f"json={link}", server.url(path="/")).exit_code == 0
    assert link.is_symlink() and real.stat().st_mode & 0o777 == 0o640
    check_whole(real, "json")


def test_a_new_file_is_as_the_umask_has_it(server, tmp_path):
    subprocess.run(["sh", "-c", 'umask 027; exec "$@"', "sh", run.program(), "--report", f"har={tmp_path}/report", server.url(path="/")],
                   env=run.environment(), stdout=subprocess.DEVNULL, check=True, timeout=SECONDS)
    assert (tmp_path / "report").stat().st_mode & 0o777 == 0o640


# ---- one that fails ----


def nowhere(tmp_path):
    return tmp_path / "no" / "such" / "directory"


def a_directory(tmp_path):
    (tmp_path / "directory").mkdir()
    return tmp_path / "directory"


def a_loop(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    return tmp_path / "loop"


def below_a_file(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    return tmp_path / "file" / "report"


def a_pipe_that_nobody_reads(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def full(_):
    return "/dev/full"


FAILING = {
    nowhere: "No such file or directory",
    a_directory: "Is a directory",
    a_loop: "Too many levels of symbolic links",
    below_a_file: "Not a directory",
    a_pipe_that_nobody_reads: "nobody reads this pipe",
    full: "No space left on device",
}


@pytest.mark.parametrize("target", FAILING, ids=lambda target: target.__name__)
@pytest.mark.parametrize("bad_kind", ["json", "har", "markdown", "events"])
def test_one_that_fails_stops_no_other(server, tmp_path, target, bad_kind):
    path = target(tmp_path)
    done = run.raw("--report", f"{bad_kind}={path}", "--report", f"jsonl={tmp_path}/a", "--report", f"junit={tmp_path}/b", server.url(path="/"))
    assert done.exit_code == 2, done.explain("not 2")
    assert done.errors == f"httptrace: cannot write {path}: {FAILING[target]}\n"
    assert "200 OK" in done.text
    check_whole(tmp_path / "a", "jsonl")
    check_whole(tmp_path / "b", "junit")
    assert not [name for name in os.listdir(tmp_path) if re.search(r"\.\w{6}$", name)], "a temporary file stays"


def test_every_reason_is_told(server, tmp_path):
    done = run.raw("--report", f"json={tmp_path}/no/1", "--report", "har=/dev/full", "--report", f"junit={tmp_path}/no/2", server.url(path="/"))
    assert done.exit_code == 2 and "200 OK" in done.text
    assert done.errors.splitlines() == [
        f"httptrace: cannot write {tmp_path}/no/1: No such file or directory",
        "httptrace: cannot write /dev/full: No space left on device",
        f"httptrace: cannot write {tmp_path}/no/2: No such file or directory",
    ]


def test_the_transfer_failed_as_well(tmp_path):
    done = run.raw("--report", f"json={tmp_path}/no/1", "--report", f"har={tmp_path}/a", "http://127.0.0.1:1/")
    assert done.exit_code == 2 and "exit 7" in done.text
    check_whole(tmp_path / "a", "har")


def test_standard_output_is_full(server, tmp_path):
    with open("/dev/full", "wb") as out:
        process = run.start("--report", f"json={tmp_path}/a", server.url(path="/"), stdout=out)
        _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 2 and err.endswith(b": No space left on device\n")
    check_whole(tmp_path / "a", "json")


def in_small_file_system(tmp_path, script, *args):
    """Runs `script` with a tmpfs of two pages at its $1, then the program."""
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or not unshare or subprocess.run([unshare, "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("SKIP: mounting a small file system needs root")
    place = tmp_path / "small"
    place.mkdir()
    whole = f'place=$1; shift; mount -t tmpfs -o size=8k small "$place" && {script}; "$@"; code=$?; cd "$place"; tail -n +1 -- *; exit $code'
    return subprocess.run([unshare, "-m", "sh", "-c", whole, "sh", str(place), run.program(), "--quiet", *args], capture_output=True,
                          env=run.environment(), timeout=SECONDS, check=False)


def test_a_full_disk_keeps_the_old_file(server, tmp_path):
    place = tmp_path / "small"
    script = 'echo old >"$place/report"; head -c 4096 /dev/zero | tr "\\0" x >"$place/rest"'
    done = in_small_file_system(tmp_path, script, "--report", f"har={place}/report", "--report", f"json={tmp_path}/a", server.url(path="/"))
    assert done.returncode == 2, done
    assert done.stderr == f"httptrace: cannot write {place}/report: No space left on device\n".encode()
    assert re.findall(rb"==> (\S+) <==", done.stdout) == [b"report", b"rest"] and b"<==\nold\n" in done.stdout
    check_whole(tmp_path / "a", "json")


def test_a_read_only_file_system(server, tmp_path):
    place = tmp_path / "small"
    script = 'echo old >"$place/report"; mount -o remount,ro "$place"'
    done = in_small_file_system(tmp_path, script, "--report", f"har={place}/report", "--report", f"json={tmp_path}/a", server.url(path="/"))
    assert done.returncode == 2, done
    assert done.stderr == f"httptrace: cannot write {place}/report: Read-only file system\n".encode()
    check_whole(tmp_path / "a", "json")


# ---- pipes ----


def read_later(path, seconds, size=-1):
    """Starts to read the pipe after a while; gives a list that has its bytes once `thread` is done."""
    got = []

    def read():
        time.sleep(seconds)
        with open(path, "rb", buffering=0) as pipe:
            got.append(pipe.read(size) if size > 0 else pipe.readall())

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread, got


@pytest.mark.parametrize("seconds", [0, 0.5])
@pytest.mark.parametrize("kind_of_pipe", ["json", "har", "events"])
def test_a_pipe_with_a_reader(server, tmp_path, kind_of_pipe, seconds):
    os.mkfifo(tmp_path / "pipe")
    thread, got = read_later(tmp_path / "pipe", seconds)
    done = run.raw("--report", f"{kind_of_pipe}={tmp_path}/pipe", server.url(path="/"))
    thread.join(SECONDS)
    assert done.exit_code == 0 and done.errors == ""
    WHOLE[kind_of_pipe](got[0])
    assert (tmp_path / "pipe").is_fifo()


def test_a_pipe_whose_reader_leaves(server, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    thread, _ = read_later(tmp_path / "pipe", 0, 1)
    done = run.raw("--report", f"json={tmp_path}/pipe", "--report", f"har={tmp_path}/a", *[server.url(path="/")] * 200)
    thread.join(SECONDS)
    assert done.exit_code == 2 and done.errors == f"httptrace: cannot write {tmp_path}/pipe: Broken pipe\n"
    check_whole(tmp_path / "a", "har")


def test_a_pipe_of_the_shell(server):
    if not shutil.which("bash"):
        pytest.skip("SKIP: no bash")
    done = subprocess.run(["bash", "-c", '"$0" --quiet --report json=>(cat) "$1" | cat', run.program(), server.url(path="/")], capture_output=True,
                          env=run.environment(), timeout=SECONDS, check=False)
    as_lines(done.stdout)


def test_ctrl_c_while_nobody_reads(server, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    process = run.start("--report", f"json={tmp_path}/pipe", server.url(path="/"))
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    process.communicate(timeout=SECONDS)
    assert process.returncode not in (0, -signal.SIGINT) and time.monotonic() - begun < 1


# ---- where they go ----


def test_directories(server, tmp_path):
    there = tmp_path / "d"
    done = run.raw("--output-dir", there, "--create-dirs", "--report", "json=e/a", "--report", f"har={tmp_path}/b", "-o", "body", server.url(path="/"))
    assert done.exit_code == 0
    check_whole(there / "e" / "a", "json")
    check_whole(tmp_path / "b", "har")
    assert (there / "body").read_bytes() == BODY


def test_a_directory_that_is_missing(server, tmp_path):
    done = run.raw("--output-dir", tmp_path / "d", "--report", "json=a", server.url(path="/"))
    assert done.exit_code == 2 and done.errors == f"httptrace: cannot write {tmp_path}/d/a: No such file or directory\n"
    done = run.raw("--create-dirs", "--report", "json=/proc/no/such/a", server.url(path="/"))
    assert done.exit_code == 2 and "/proc/no" in done.errors and "200 OK" in done.text


@pytest.mark.parametrize("first,second", [("a", "a"), ("a", "./a"), ("d/a", "d//a"), ("./d/./a", "d/a"), ("a", "{}/a")])
def test_one_file_for_two(server, tmp_path, first, second):
    second = second.format(tmp_path)
    done = run.raw("--report", f"json={first}", "--report", f"har={second}", server.url(path="/"), cwd=tmp_path)
    assert done.exit_code == 2 and done.stdout == b""
    assert done.errors.startswith("httptrace: option --report: json and har would share the file ")
    assert not os.listdir(tmp_path) and not server.asked.is_set()


@pytest.mark.parametrize("other", ["-o", "--record", "-D", "--trace", "--etag-save", "-c", "--libcurl", "--stderr"])
def test_one_file_for_a_report_and_something_else(server, tmp_path, other):
    done = run.raw("--report", "json=a", other, "./a", server.url(path="/"), cwd=tmp_path)
    assert done.exit_code == 2 and done.errors == f"httptrace: option --report: json and {other} would share the file a\n"
    assert not os.listdir(tmp_path)


def test_one_stream_for_two(server):
    done = run.raw("--report", "json", "--report", "har=-", server.url(path="/"))
    assert done.exit_code == 2 and "json and har would share standard output" in done.errors


@pytest.mark.parametrize("report", [["--json"], ["--report", "json=-"], ["--report", "json"]])
def test_a_body_has_standard_output_for_itself(server, report):
    done = run.raw(*report, "-o", "-", server.url(path="/"))
    assert done.exit_code == 0 and done.stdout == BODY
    as_lines(done.stderr)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_stream_that_is_a_file_is_not_written_over(server, tmp_path, stream):
    with open(tmp_path / "log", "wb") as log:
        log.write(b"before\n")
        log.flush()
        process = run.start("--report", f"jsonl=/dev/{stream}", server.url(path="/[1-2]"), **{stream: log})
        process.communicate(timeout=SECONDS)
        log.write(b"after\n")
    before, *reports, after = (tmp_path / "log").read_bytes().splitlines(keepends=True)
    assert before == b"before\n" and len(reports) == 2 and after == b"after\n"
    as_lines(b"".join(reports))


def test_the_text_may_go_to_a_file(server, tmp_path):
    done = run.raw("--report", "json", "--report", f"text={tmp_path}/a", server.url(path="/"))
    as_lines(done.stdout)
    assert pathlib.Path(tmp_path / "a").read_text().startswith("200 OK")
