# SPDX-License-Identifier: MIT
"""The command line as a user meets it: help, versions, usage errors, curl's spellings, formats and streams."""

import json
import os
import re
import subprocess

import pytest

import run
from checks import check_healthy
from servers.faults import Fault, says

USAGE_ERRORS = [
    pytest.param((), id="nothing"),
    pytest.param(("--no-such-option", "http://localhost/"), id="unknown"),
    pytest.param(("--max-tim", "x", "http://localhost/"), id="number"),
    pytest.param(("-m",), id="missing-value"),
    pytest.param(("-m", "abc", "http://localhost/"), id="not-a-number"),
    pytest.param(("--json", "{}", "http://localhost/"), id="json-data"),
    pytest.param(("--json", "@x", "http://localhost/"), id="json-file"),
    pytest.param(("--read", "x", "http://localhost/"), id="read-with-url"),
    pytest.param(("-I", "-d", "x", "http://localhost/"), id="head-and-post"),
]


@pytest.mark.parametrize("args", USAGE_ERRORS)
def test_usage_error(args):
    result = run.raw(*args)
    assert result.exit_code == run.USAGE, result.explain("a usage error")
    assert result.stdout == b"" and len(result.errors.strip().splitlines()) == 1, result.explain("one line, on stderr")


def test_a_file_that_cannot_be_sent_has_curls_code():
    result = run.raw("-d", "@/no/such/file", "http://localhost/")
    assert result.exit_code == 26 and len(result.errors.strip().splitlines()) == 1, result.explain("one line, on stderr")


def test_unknown_option_suggests_the_nearest():
    assert "--insecure" in run.raw("--insecur3", "http://localhost/").errors
    assert "--max-time" in run.raw("--max-tmie", "1", "http://localhost/").errors


def test_empty_url_cannot_be_read():
    """Some curl tools hand it to libcurl as well, others call it a usage error: a trace says what libcurl says."""
    assert run.raw("").exit_code == 3
    assert run.curl_exit("") in (run.USAGE, 3)


@pytest.mark.parametrize("url", ["http://", "nosuchscheme://host/", "http://[::1/", "http://host:99999/"])
def test_bad_url_ends_like_curl(url):
    assert run.raw(url).exit_code == run.curl_exit(url)


def test_help():
    result = run.raw("--help")
    assert result.exit_code == 0 and b"httptrace" in result.stdout and result.stderr == b""


def test_version():
    result = run.raw("--version")
    assert result.exit_code == 0 and result.text.startswith("httptrace ") and "libcurl" in result.text
    assert run.raw("-V").stdout == result.stdout


def test_help_into_a_full_device_fails():
    with open("/dev/full", "wb") as full:
        process = run.start("--help", stdout=full)
        process.communicate(timeout=run.TIMEOUT_SECONDS)
    assert process.returncode > 0


def test_curl_spellings(goserver, tmp_path):
    url = goserver.url("plain", "/sink")
    (tmp_path / "body").write_bytes(b"123456")
    for args in (
        ("-X", "POST", "-d", "123456"),
        ("--request", "POST", "--data", "123456"),
        ("-d123456",),
        ("--data-raw", "123456"),
        ("--data-binary", f"@{tmp_path / 'body'}"),
        ("-sS", "-d", "123456"),
        ("-d", "123", "-d", "56"),
    ):
        result = run.trace("-o", tmp_path / "out", *args, url)
        check_healthy(result)
        assert (tmp_path / "out").read_text() == "6\n", args


def test_body_from_stdin(goserver, tmp_path):
    result = run.trace(
        "-o", tmp_path / "out", "--data-binary", "@-", goserver.url("plain", "/sink"), input=b"x" * 100000
    )
    check_healthy(result)
    assert (tmp_path / "out").read_text() == "100000\n"


def test_copied_as_curl(goserver, pki):
    """What a browser's "Copy as cURL" gives."""
    result = run.trace(
        "--cacert",
        pki.ca,
        goserver.url("tls"),
        "-H",
        "accept: */*",
        "-H",
        "accept-language: en",
        "-H",
        "cache-control: no-cache",
        "-H",
        'sec-ch-ua: "Not A(Brand";v="99"',
        "-H",
        "user-agent: Mozilla/5.0",
        "--compressed",
        "--insecure",
    )
    assert result.exit_code == 0
    assert run.fields(result.exchange["request"]["headers"], "accept-language") == ["en"]


def test_body_is_discarded_unless_asked(nginx):
    assert "hello" not in run.raw(nginx.url("plain", "/hello.txt")).text.splitlines()


def test_body_on_stdout_moves_the_report(nginx):
    result = run.raw("-o", "-", nginx.url("plain", "/hello.txt"))
    assert result.stdout == b"hello\n" and "200" in result.errors
    as_json = run.raw("--json", "-o", "-", nginx.url("plain", "/hello.txt"))
    assert as_json.stdout == b"hello\n" and json.loads(as_json.errors)["schema"] == "httptrace.report/1"


def test_head_before_the_body(nginx):
    result = run.raw("-i", "-o", "-", nginx.url("plain", "/hello.txt"))
    assert result.stdout.startswith(b"HTTP/1.1 200 OK\r\n") and result.stdout.endswith(b"\r\n\r\nhello\n")


def test_one_file_per_url(nginx, tmp_path):
    one, two = tmp_path / "1", tmp_path / "2"
    run.raw("-o", one, "-o", two, nginx.url("plain", "/hello.txt"), nginx.url("plain", "/index.html"))
    assert one.read_text() == "hello\n" and two.read_text() == "index\n"


def test_json_lines_when_not_a_terminal(nginx):
    result = run.raw("--json", nginx.url("plain"), nginx.url("plain"))
    assert len(result.text.splitlines()) == 2 and all(json.loads(line) for line in result.text.splitlines())


def test_timeline_only_when_asked(nginx):
    assert run.trace(nginx.url("plain")).report["timeline"] == []
    events = run.trace("--timeline", nginx.url("plain")).report["timeline"]
    assert events and [e["t_us"] for e in events] == sorted(e["t_us"] for e in events)
    assert {"t_us", "connection", "exchange", "phase", "dir", "layer", "kind", "summary", "fields"} <= set(events[0])


def test_text_report(nginx, pki):
    text = run.raw("--cacert", pki.ca, nginx.url("tls", "/hello.txt")).text
    assert text.startswith("200 OK")
    assert "HTTP/2" in text and "TLS 1.3" in text
    for phase in ("connect", "tls", "request", "wait", "response"):
        assert re.search(rf"^\s*{phase}\b", text, re.MULTILINE), text


def test_text_report_of_a_failure():
    result = run.raw("http://127.0.0.1:1/")
    assert result.exit_code == 7 and re.search(r"^\s*connect\b", result.text, re.MULTILINE)
    assert "refused" in result.text.lower()


def test_no_color_and_no_escapes_into_a_pipe(nginx):
    result = run.raw("-v", nginx.url("plain"))
    assert b"\x1b" not in result.stdout and b"\x1b" not in result.stderr


def test_width_is_kept(nginx, pki):
    for width in (40, 80, 132):
        text = run.raw("--cacert", pki.ca, nginx.url("tls"), env={"COLUMNS": str(width)}).text
        assert max(len(line) for line in text.splitlines()) <= max(width, 40), text


def test_verbose_goes_to_stderr_in_order(nginx, pki):
    result = run.raw("-v", "--cacert", pki.ca, nginx.url("tls", "/hello.txt"))
    marks = [line[0] for line in result.errors.splitlines() if line]
    assert {"*", ">", "<"} <= set(marks) and set(marks) <= set("*><{}!"), result.explain("-v")
    # Runs of wire bytes are told when they end, with the time at which they began.
    times = [float(m.group(1)) for m in re.finditer(r"^[*><!]\s+(\d+\.\d+)", result.errors, re.MULTILINE)]
    assert times and times == sorted(times), result.explain("-v in the order of time")


def test_verbose_levels_add(nginx, pki):
    counts = [
        len(run.raw(level, "--cacert", pki.ca, nginx.url("tls", "/hello.txt")).stderr)
        for level in ("-v", "-vv", "-vvv")
    ]
    assert 0 < counts[0] < counts[1] < counts[2]


def test_verbose_shows_frames_and_messages(nginx, pki):
    text = run.raw("-vv", "--cacert", pki.ca, nginx.url("tls", "/hello.txt")).errors
    for word in ("ClientHello", "ServerHello", "SETTINGS", "HEADERS"):
        assert word in text, text


def test_proxy_variables_are_read(nginx):
    assert run.trace(nginx.url("plain"), env={"http_proxy": "http://127.0.0.1:1"}).exit_code == 7
    assert run.trace(nginx.url("plain"), env={"http_proxy": "http://127.0.0.1:1", "no_proxy": "*"}).exit_code == 0


def test_ca_from_the_environment(nginx, pki):
    assert run.trace(nginx.url("tls"), env={"SSL_CERT_FILE": pki.ca}).exit_code == 0
    assert run.trace(nginx.url("tls")).exit_code == 60


def test_method_and_version_are_told(goserver):
    result = run.trace("-X", "PURGE", goserver.url("plain"))
    assert result.report["method"] == result.exchange["method"] == "PURGE"


def test_under_the_name_of_curl(goserver, tmp_path):
    link = tmp_path / "curl"
    os.symlink(run.program(), link)
    done = subprocess.run(
        [link, "--json", '{"a":1}', goserver.url("plain", "/sink")],
        capture_output=True,
        env=run.environment(),
        timeout=20,
        check=False,
    )
    assert done.returncode == 0 and done.stdout == b"7\n" and b"200 OK" in done.stderr
    silent = subprocess.run(
        [link, "-sS", "http://127.0.0.1:1/"], capture_output=True, env=run.environment(), timeout=20, check=False
    )
    assert silent.returncode == 7 and silent.stdout == b"" and silent.stderr.startswith(b"curl: (7) ")
    silent = subprocess.run(
        [link, "-s", "http://127.0.0.1:1/"], capture_output=True, env=run.environment(), timeout=20, check=False
    )
    assert silent.returncode == 7 and silent.stderr == b""


def test_many_headers_and_a_large_one():
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
        + b"".join(b"X-%d: y\r\n" % n for n in range(1500))
        + b"X-Large: "
        + b"z" * 60000
        + b"\r\n\r\n"
    )
    with Fault(says(head)) as fault:
        result = run.trace(fault.url())
    assert result.exit_code == 0
    assert len(result.exchange["response"]["headers"]) == 1000 and result.report["truncated"]
