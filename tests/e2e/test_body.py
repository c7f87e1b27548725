# SPDX-License-Identifier: MIT
"""Bodies that are sent: forms, uploads, resumed and conditional requests. Both programs run, and the server sees the same."""

import os
import shutil
import subprocess
import time

import pytest

import run
from servers.recorder import Recorder

PLENTY = 3_000_000  # more than any socket's buffer


@pytest.fixture(scope="module")
def server():
    with Recorder() as recorder:
        yield recorder


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A directory with files to send, in which both programs run."""
    (tmp_path / "f1").write_bytes(b"hello\n")
    (tmp_path / "f2.txt").write_bytes(b"wide\r\nworld\n")
    (tmp_path / "large").write_bytes(bytes(range(256)) * (PLENTY // 256))
    (tmp_path / "headers").write_bytes(b"# no header\nX-A: 1\n folded\r\n\nX-B: 2  \n")
    (tmp_path / "tag").write_bytes(b'"abc"\r\n')
    (tmp_path / "empty").write_bytes(b"")
    os.utime(tmp_path / "f1", (1580601600, 1580601600))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def execute(program, args, given):
    if isinstance(given, str):
        with open(given, "rb") as file:
            return execute_on(program, args, stdin=file)
    return execute_on(program, args, input=given)


def execute_on(program, args, **stdin):
    done = subprocess.run(
        [program, *args], capture_output=True, env=run.environment(), timeout=run.TIMEOUT_SECONDS, check=False, **stdin
    )
    assert b"Sanitizer" not in done.stderr, done.stderr
    return done


def compare(server, path, *args, given=b""):
    """Runs curl and httptrace with the same options and input (bytes for a pipe, str names a file); gives the requests."""
    if shutil.which("curl") is None:
        pytest.skip("SKIP: curl is not installed")
    for option in {"-G": "--get", "-r": "--range", "--crlf": "--crlf"}.items():
        if option[0] in args:
            run.require(option[1])
    common = ["-m", "10", *args, server.url(path)]
    by_curl = execute("curl", ["-q", "-s", "-o", "saved", *common], given)
    theirs, saved = server.take(), read_saved()
    ours = execute(run.program(), ["-o", "saved", *common], given)
    assert ours.returncode == by_curl.returncode, ours.stderr + ours.stdout
    requests = server.take()
    assert requests == theirs
    assert (read_saved() or b"") == (saved or b"")
    return requests


def read_saved():
    try:
        with open("saved", "rb") as file:
            content = file.read()
    except FileNotFoundError:
        return None
    os.unlink("saved")
    return content


FORMS = [
    ["-F", "a=b", "-F", "c=@f1", "-F", "d=<f2.txt"],
    ["-F", "n=@f1,f2.txt;type=text/x;filename=zz;headers=@headers", "-F", "x=y;type=a/b;encoder=base64"],
    ["-F", "=(;type=multipart/alternative", "-F", "=in", "-F", "=)", "-F", "n=(", "-F", "in=\"x;y\""],
    ["--form-string", "a=@f1;type=x", "-F", 'b="q\\"uo;te"; filename = "x;y"', "-F", "q=@f1;encoder=quoted-printable"],
    ["-F", 'a"b=@f1;filename=y"z', "-F", "e=@empty"],
    ["--form-escape", "-F", 'a"b=@f1;filename=y"z'],
    ["-F", "a=@large", "-F", "b=@large;encoder=base64"],
    ["-F", "a=b", "-X", "PATCH"],
    ["-G", "-F", "a=b"],
    ["-F", "a=b;headers=@missing;unknown=1"],
    ["-F", "a=b", "-C", "1"],
]


@pytest.mark.parametrize("args", FORMS, ids=" ".join)
def test_forms(server, place, args):
    assert len(compare(server, "/form", *args)) == 1


REFUSED = [
    (["-F", "a"], 2),
    (["-F", "=)"], 2),
    (["-F", "a=b;type=x"], 2),
    (["-F", "a=@missing"], 26),
    (["-F", "a=<missing"], 26),
    (["-F", "a=@f1,missing"], 26),
    (["-F", "a=b;encoder=rot13"], 43),
    (["-F", "a=b", "-d", "x"], 2),
    (["-F", "a=b", "-I"], 2),
    (["-T", "missing"], 26),
    (["-T", "f1", "-d", "x"], 2),
    (["-T", "f1", "-F", "x=y"], 2),
    (["-T", "f1", "-I"], 2),
    (["-C", "x"], 2),
    (["-C", "-5"], 2),
    (["-C", ""], 2),
    (["--etag-compare", "missing"], 26),
]


@pytest.mark.parametrize("args, code", REFUSED, ids=lambda value: " ".join(value) if isinstance(value, list) else None)
def test_refused(server, place, args, code):
    assert compare(server, "/refused", *args) == []
    result = run.raw(*args, server.url("/refused"))
    assert result.exit_code == code
    assert result.errors.startswith("httptrace: ") and result.errors.count("\n") == 1, result.explain("one line")


@pytest.mark.parametrize("given", [b"from a pipe", "f2.txt"])
@pytest.mark.parametrize("value", ["a=@-", "a=<-", "a=@-;filename=x;type=text/plain", "a=@f1,-"])
def test_form_from_standard_input(server, place, value, given):
    assert b"world" in compare(server, "/form", "-F", value, given=given)[0] or given != "f2.txt"


@pytest.mark.parametrize("path, count", [("/401", 2), ("/307", 2), ("/303", 2)])
def test_form_is_sent_again(server, place, path, count):
    options = ["--anyauth", "-u", "a:b"] if path == "/401" else ["-L"]
    requests = compare(server, path, *options, "-F", "a=@f1", "-F", "b=@-", given=b"kept")
    assert len(requests) == count
    assert b"kept" in requests[0] and (path == "/303" or b"kept" in requests[1])


UPLOADS = [
    ["-T", "f1"],
    ["-T", "large"],
    ["-T", "empty"],
    ["-T", ""],
    ["-T", "", "-d", "x"],
    ["-T", ".."],
    ["-T", "/dev/null"],
    ["-T", "f1", "-X", "POST"],
    ["-T", "f1", "-G"],
    ["-T", "f1", "-H", "Transfer-Encoding: chunked"],
    ["-T", "f1", "-H", "Expect:"],
    ["-T", "f2.txt", "--crlf"],
    ["-T", "f1", "-C", "2"],
    ["-T", "f1", "-C", "010"],
    ["-T", "f1", "-C", "-"],
    ["-T", "f1", "-C", "9"],
    ["-T", "f1", "-r", "1-2"],
]


@pytest.mark.parametrize("args", UPLOADS, ids=" ".join)
def test_uploads(server, place, args):
    compare(server, "/put", *args)


@pytest.mark.parametrize("given", [b"from a pipe\n", b"", "f2.txt"])
@pytest.mark.parametrize(
    "args",
    [
        ["-T", "-"],
        ["-T", "."],
        ["-T", "-", "-C", "2"],
        ["-T", "-", "-C", "-"],
        ["-T", "-", "--http1.0"],
        ["-T", "-", "-H", "Content-Length: 3"],
        ["-T", "-", "-H", "Expect:"],
    ],
    ids=" ".join,
)
def test_uploads_from_standard_input(server, place, args, given):
    compare(server, "/put", *args, given=given)


def test_a_large_pipe_is_sent_whole(server, place):
    data = os.urandom(PLENTY)
    result = run.trace("-T", "-", server.url("/put"), input=data)
    assert result.exit_code == 0
    assert result.exchange["request"]["body_bytes"] == PLENTY
    assert len(server.take()[0]) > PLENTY


@pytest.mark.parametrize(
    "path, options, count",
    [
        ("/401", ["--digest", "-u", "a:b"], 2),
        ("/401", ["--anyauth", "-u", "a:b"], 2),
        ("/307", ["-L"], 2),
        ("/303", ["-L"], 2),
    ],
)
@pytest.mark.parametrize("upload", ["f1", "large"])
def test_a_file_is_sent_again(server, place, path, options, count, upload):
    assert len(compare(server, path, *options, "-T", upload)) == count


@pytest.mark.parametrize("path, options", [("/401", ["--anyauth", "-u", "a:b"]), ("/307", ["-L"])])
def test_a_pipe_cannot_be_sent_again(server, place, path, options):
    compare(server, path, *options, "-T", "-", given=b"once")
    result = run.trace(*options, "-T", "-", server.url(path), input=b"once")
    server.take()
    assert result.exit_code == 65


def test_digest_needs_no_rewind_of_a_pipe(server, place):
    assert len(compare(server, "/401", "--digest", "-u", "a:b", "-T", "-", given=b"once")) == 2


@pytest.mark.parametrize("upload", ["-", "."])
def test_a_slow_producer(server, upload):
    """What comes is sent at once, and nothing spins while nothing comes."""
    process = subprocess.Popen(
        [run.program(), "--json", "-T", upload, server.url("/put")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=run.environment(),
    )
    for _ in range(3):
        server.arrived.clear()
        process.stdin.write(b"piece\n")
        process.stdin.flush()
        assert server.arrived.wait(5), "a piece is held back"
        time.sleep(0.3)
    cpu = cpu_seconds(process.pid)
    output, errors = process.communicate(timeout=run.TIMEOUT_SECONDS)
    assert process.returncode == 0, errors
    assert cpu < 0.5
    assert server.take()[0].endswith(b"6\r\npiece\n\r\n" * 3 + b"0\r\n\r\n")
    report = run.parse_reports(output.decode())[0]
    run.check_schema(report)
    assert report["exchanges"][-1]["request"]["body_bytes"] == 18
    assert run.phase(report["exchanges"][-1], "request")["duration_us"] > 800_000


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_waiting_uploads_hold_up_nobody(server, place):
    """Side by side with a pipe that gives nothing, another transfer ends."""
    process = subprocess.Popen(
        [run.program(), "-Z", "--parallel-immediate", "-T", "-", server.url("/put"), "-T", "f1", server.url("/other")],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=run.environment(),
    )
    until = time.monotonic() + 5
    while not any(b"/other" in request and b"hello" in request for request in server.requests):
        assert time.monotonic() < until, "the other transfer waits"
        time.sleep(0.02)
    process.communicate(b"x", timeout=run.TIMEOUT_SECONDS)
    assert process.returncode == 0
    server.take()


@pytest.mark.parametrize("args", [["-T", "-"], ["-T", "."], ["-F", "a=@-"]], ids=" ".join)
def test_closed_standard_input_is_empty(server, args):
    """Its descriptor must not become that of a socket, which the upload would then wait for."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" <&-', "sh", run.program(), "-m", "5", *args, server.url("/put")],
        capture_output=True,
        env=run.environment(),
        timeout=run.TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    request = server.take()[0]
    assert request.endswith(b"\r\n0\r\n\r\n") or b"\r\n\r\n\r\n--BOUNDARY" in request


def test_time_out_while_standard_input_gives_nothing(server):
    process = subprocess.Popen(
        [run.program(), "-m", "0.5", "-T", "-", server.url("/put")],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=run.environment(),
    )
    assert process.wait(5) == 28
    process.stdin.close()
    server.take()


def test_a_file_that_shrinks(server, place):
    """Shorter than its size said: the request never becomes whole."""
    os.truncate("large", PLENTY * 2)
    process = subprocess.Popen(
        [run.program(), "--json", "-m", "3", "--limit-rate", "300K", "-T", "large", server.url("/put")]
        if "--limit-rate" in run.options()
        else [run.program(), "--json", "-m", "3", "-T", "large", server.url("/no100")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=run.environment(),
    )
    time.sleep(0.4)
    os.truncate("large", 1000)
    process.communicate(timeout=run.TIMEOUT_SECONDS)
    assert process.returncode in (18, 26, 28)
    server.take()


CONDITIONS = [
    ["-z", "Tue, 01 Jan 2019 00:00:00 GMT"],
    ["-z", "-20190101"],
    ["-z", "=20190101"],
    ["-z", "+20190101"],
    ["-z", "f1"],
    ["-z", "-f1"],
    ["-z", "neither"],
    ["-z", ""],
    ["-z", "20190101", "-z", "neither"],
    ["--etag-compare", "tag"],
    ["--etag-compare", "empty"],
    ["--etag-compare", "tag", "-H", "X: 1"],
]


@pytest.mark.parametrize("args", CONDITIONS, ids=" ".join)
def test_conditions(server, place, args):
    assert len(compare(server, "/get", *args)) == 1


def test_a_bad_date_is_noted(server, place):
    result = run.raw("-z", "neither", server.url("/get"))
    server.take()
    assert "neither a date nor a file" in result.errors


@pytest.mark.parametrize("path", ["/206", "/416", "/get"])
@pytest.mark.parametrize("offset", ["-", "0", "3", "5", "0x4"])
@pytest.mark.parametrize("held", [None, b"", b"012"])
def test_resumed_downloads(server, place, path, offset, held):
    saved = []
    for program in (["curl", "-q", "-s"], [run.program()]):
        if held is not None:
            (place / "part").write_bytes(held)
        done = execute(program[0], [*program[1:], "-C", offset, "-o", "part", server.url(path)], b"")
        content = (place / "part").read_bytes() if (place / "part").exists() else None
        saved.append((done.returncode, content, server.take()))
        (place / "part").unlink(missing_ok=True)
    assert saved[0] == saved[1]


@pytest.mark.parametrize(
    "path, args, code, finding",
    [
        ("/307", ["-L", "-T", "-"], 65, "local.rewind"),
        ("/put", ["-0", "-T", "-"], 25, "local.upload"),
        ("/put", ["-T", "f1", "-C", "9"], 18, "local.upload"),
        ("/put", ["-T", "missing"], 26, "local.read_error"),
        ("/get", ["-C", "3"], 33, "http.range_ignored"),
    ],
)
def test_what_went_wrong_is_named(server, place, path, args, code, finding):
    result = run.trace(*args, server.url(path), input=b"once")
    server.take()
    assert result.exit_code == code
    assert [f["code"] for f in result.report["findings"]] == [finding], result.explain("another finding")


def test_what_cannot_be_read_ends_the_run(server, place):
    uploads = ["-T", "f1", "-T", "missing", "-T", "f1"]
    requests = compare(server, "/c", *uploads, server.url("/a"), server.url("/b"))
    assert len(requests) == 1


def test_the_report_of_an_upload(server, place):
    result = run.trace("-T", "large", server.url("/put"))
    server.take()
    size = (place / "large").stat().st_size
    assert result.exit_code == 0
    assert result.exchange["method"] == "PUT"
    assert result.exchange["request"]["body_bytes"] == size
    assert result.report["outcome"]["bytes_sent"] > size


def test_the_report_of_a_form(server, place):
    result = run.trace("-F", "a=@large", server.url("/form"))
    server.take()
    assert result.exchange["method"] == "POST"
    assert result.exchange["request"]["body_bytes"] > PLENTY - 256
