# SPDX-License-Identifier: MIT
"""Requests that fail in every phase: the report names the phase, and the exit code is curl's."""

import os
import signal
import subprocess
import time

import pytest

import run
from checks import check_failed, check_healthy, check_phases
from servers import faults
from servers.base import find, free_port
from servers.faults import Blackhole, Fault, says

OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


def fails(args, phase, exit_code=None):
    """Traces, and holds phase and exit code against curl's run of the same."""
    result = run.trace(*args)
    check_failed(result, run.curl_exit(*args) if exit_code is None else exit_code, phase)
    return result


# ---- resolve and connect ----


def test_unknown_name():
    result = fails(("http://no-such-name.invalid/",), "resolve")
    assert result.exit_code == 6
    assert result.report["connections"][0]["resolve"]["error"] if result.report["connections"] else True


def test_refused():
    port = free_port()
    result = fails((f"http://127.0.0.1:{port}/",), "connect")
    attempts = [a for c in result.report["connections"] for a in c["attempts"]]
    assert [(a["address"], a["port"], a["outcome"], a["errno"]) for a in attempts] == [
        ("127.0.0.1", port, "refused", "ECONNREFUSED")
    ]


def test_refused_at_every_address():
    result = fails((f"http://localhost:{free_port()}/",), "connect")
    attempts = [a for c in result.report["connections"] for a in c["attempts"]]
    assert {a["outcome"] for a in attempts} == {"refused"} and 1 <= len(attempts) <= 2


def test_one_address_refused_another_answers(nginx):
    port = nginx.port["plain"]
    result = run.trace("--resolve", f"two.test:{port}:127.0.0.2,127.0.0.1", f"http://two.test:{port}/hello.txt")
    assert result.exit_code == 0
    assert [a["outcome"] for a in result.connection["attempts"]] == ["refused", "connected"]


def test_connect_timeout():
    with Blackhole() as hole:
        result = fails(("--connect-timeout", "1", f"http://127.0.0.1:{hole.port}/"), "connect")
    assert result.exit_code == 28
    assert run.phase(result.exchange, "connect")["duration_us"] >= 800_000


# ---- TLS ----


def at_once(answer):
    """Speaks first, or as soon as anything came: a ClientHello holds no empty line."""

    def handler(conn):
        conn.recv(65536)
        conn.sendall(answer)

    return handler


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(faults.close_after_hello, id="close"),
        pytest.param(faults.reset_after_hello, id="reset"),
        pytest.param(faults.hang_up, id="hang-up"),
        pytest.param(faults.ssh, id="ssh"),
        pytest.param(at_once(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), id="plain-http"),
        pytest.param(at_once(bytes(range(256))), id="garbage"),
        pytest.param(at_once(b"\x16\x03\x03\xff\xff\x02"), id="huge-record"),
        pytest.param(at_once(b"\x15\x03\x03\x00\x02\x02\x28"), id="alert"),
    ],
)
def test_handshake_fails(handler):
    with Fault(handler) as fault:
        result = fails((fault.url("https"),), "tls")
    assert [m["message"] for m in result.connection["tls"]["handshake"]] in (["client_hello"], [])


def test_handshake_is_never_answered():
    with Fault(faults.mute) as fault:
        result = fails(("-m", "1", fault.url("https")), "tls")
    assert result.exit_code == 28
    assert run.phase(result.exchange, "tls")["duration_us"] >= 500_000


def test_reset_is_told_from_close():
    ends = []
    for handler in (faults.reset_after_hello, faults.close_after_hello):
        with Fault(handler) as fault:
            ends.append(run.trace(fault.url("https")).connection["tcp"]["end"])
    assert ends == ["rst", "fin"]


def test_plain_on_a_tls_port_of_nginx(nginx):
    fails((nginx.url("plain").replace("http:", "https:"),), "tls")


def test_http_to_a_tls_port(nginx):
    result = run.trace(nginx.url("tls").replace("https:", "http:"))
    assert result.exit_code == 0 and result.exchange["response"]["status"] == 400


def test_http_to_a_tls_port_that_answers_tls():
    with Fault(at_once(b"\x15\x03\x01\x00\x02\x02\x46")) as fault:
        args = (fault.url(),)
        assert run.trace(*args).exit_code == run.curl_exit(*args)


# ---- the answer ----


@pytest.mark.parametrize(
    "answer, then, phase",
    [
        pytest.param(b"", "close", "wait", id="empty"),
        pytest.param(b"", "reset", "wait", id="reset"),
        pytest.param(OK_HEAD + b"x" * 10, "close", "response", id="cut"),
        pytest.param(OK_HEAD + b"x" * 10, "reset", "response", id="reset-in-body"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "close", "response", id="cut-chunk"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
            "close",
            "response",
            id="bad-chunk-size",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Half: ye", "close", None, id="cut-head"),
        pytest.param(b"HTTP/1.1 2x0 what\r\n\r\n", "close", None, id="bad-status"),
        pytest.param(b"SMTP ready\r\n", "close", None, id="not-http"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: nine\r\n\r\n", "close", None, id="bad-length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: mystery\r\n\r\nbody", "close", None, id="bad-encoding"),
    ],
)
def test_broken_answer(answer, then, phase):
    with Fault(says(answer, then)) as fault:
        args = (fault.url(),)
        expected = run.curl_exit(*args)
        result = run.trace(*args)
    if expected:
        check_failed(result, expected, phase)
    else:
        assert result.exit_code == 0
    if result.exchange["response"] is not None:
        assert result.exchange["response"]["complete"] is (expected == 0)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Half: ye", id="cut-head"),
        pytest.param(b"SMTP ready\r\n", id="not-http"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2p1\r\n", id="ssh"),
        pytest.param(b"\x15\x03\x01\x00\x02\x02\x46", id="tls-alert"),
    ],
)
def test_what_never_became_an_answer_is_told(answer):
    """Bytes came: the report counts them and shows them as an event, whatever they were."""
    with Fault(says(answer)) as fault:
        report = run.trace("--timeline", fault.url()).report
    assert report["connections"][0]["bytes_received"] == len(answer)
    came = [e for e in report["timeline"] if e["dir"] == "in" and e["layer"] in ("http1", "tcp")]
    assert came, "no event for what came"


def test_body_cut_within_tls(pki):
    with Fault(says(OK_HEAD + b"x" * 10), tls=pki) as fault:
        fails(("--cacert", pki.ca, fault.url("https")), "response")


def test_no_answer_in_time():
    with Fault(faults.mute) as fault:
        result = fails(("-m", "1", fault.url()), "wait")
    assert result.exit_code == 28 and result.exchange["response"] is None


def test_body_stalls():
    with Fault(says(OK_HEAD + b"x" * 10, "stall")) as fault:
        result = fails(("-m", "1", fault.url()), "response")
    answer = result.exchange["response"]
    assert answer["status"] == 200 and answer["body_bytes"] == 10 and not answer["complete"]


def test_nginx_drops_the_request(nginx, pki):
    fails((nginx.url("plain", "/drop"),), "wait")
    result = fails(("--cacert", pki.ca, nginx.url("tls", "/drop")), "wait")
    assert result.exchange["reset"]["dir"] == "in" or result.connection["h2"]["goaway"], result.explain("how it ended")


def test_go_handler_aborts(goserver, pki):
    fails((goserver.url("plain", "/abort"),), "wait")
    fails((goserver.url("plain", "/abort?after=1000"),), "response")
    result = fails(("--cacert", pki.ca, goserver.url("tls", "/abort?after=1000")), "response")
    assert result.exchange["reset"] == {"dir": "in", "code": "INTERNAL_ERROR"}
    assert result.exchange["response"]["body_bytes"] == 1000


def test_haproxy_without_a_backend(haproxy, pki):
    result = run.trace("--cacert", pki.ca, haproxy.url("dead"))
    assert result.exit_code == 0 and result.exchange["response"]["status"] == 503


def test_haproxy_rejects_the_hello(haproxy, pki):
    fails(("--cacert", pki.ca, haproxy.url("closing")), "tls")


def test_prior_knowledge_to_an_h1_server(goserver):
    """The server closes at once: curl itself ends with 52 or 55, by which end it notices."""
    result = run.trace("--http2-prior-knowledge", "-m", "5", goserver.url("plain"))
    assert result.exit_code in (16, 52, 55, 56) and result.exchange["response"] is None


# ---- our own streams ----


def test_body_to_a_full_device(nginx):
    args = ("-o", "/dev/full", nginx.url("plain", "/large.bin"))
    result = run.raw(*args)
    assert result.exit_code == run.curl_exit(*args) == 23, result.explain("a body that cannot be written")
    assert "/dev/full" in result.errors


@pytest.mark.parametrize("options", [(), ("--json",), ("-o", "-")], ids=["text", "json", "body"])
def test_stdout_is_full(options, nginx):
    with open("/dev/full", "wb") as full:
        process = run.start(*options, nginx.url("plain", "/large.bin"), stdout=full)
        _, errors = process.communicate(timeout=run.TIMEOUT_SECONDS)
    assert process.returncode > 0 and errors.strip(), "a report that went nowhere is no success"


@pytest.mark.parametrize("options", [(), ("--json",), ("-o", "-")], ids=["text", "json", "body"])
def test_stdout_is_closed(options, nginx):
    read, write = os.pipe()
    os.close(read)
    process = run.start(*options, nginx.url("plain", "/large.bin"), stdout=write)
    os.close(write)
    process.communicate(timeout=run.TIMEOUT_SECONDS)
    assert process.returncode not in (0, -signal.SIGSEGV, -signal.SIGABRT)


def test_full_file_system(nginx, tmp_path):
    if (
        os.geteuid() != 0
        or subprocess.run([find("unshare"), "-m", "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("SKIP: mounting a small file system needs root")
    script = 'mount -t tmpfs -o size=64k small "$1" && shift && "$@"; code=$?; ls -A "$DIR" >&2; exit $code'
    command = [
        "unshare",
        "-m",
        "sh",
        "-c",
        script,
        "sh",
        str(tmp_path),
        run.program(),
        "-o",
        str(tmp_path / "out"),
        nginx.url("plain", "/large.bin"),
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        env=run.environment({"DIR": str(tmp_path)}),
        timeout=run.TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 23, done.stderr
    assert b"No space left" in done.stderr and not done.stderr.strip().endswith(b"\nout"), done.stderr


def test_unwritable_output(nginx, tmp_path):
    result = run.raw("-o", tmp_path / "no" / "such" / "dir", nginx.url("plain"))
    assert result.exit_code == 23 and "dir" in result.errors


def test_failed_transfer_leaves_no_half_file(goserver, tmp_path):
    out = tmp_path / "out"
    result = run.trace("-o", out, goserver.url("plain", "/abort?after=1000"))
    assert result.exit_code == 18
    assert list(tmp_path.iterdir()) in ([], [out]), "no temporary file stays"


# ---- interruption ----


def interrupt(process, fault, number=signal.SIGINT):
    deadline = time.monotonic() + 10
    while not fault.accepted and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(number)
    return process.communicate(timeout=10)


def test_interrupted_run_reports_what_happened():
    with Fault(says(OK_HEAD + b"x" * 10, "stall")) as fault:
        process = run.start("--json", fault.url())
        out, errors = interrupt(process, fault)
    assert process.returncode in (130, -signal.SIGINT), errors
    (report,) = run.parse_reports(out.decode())
    run.check_schema(report)
    assert report["outcome"]["interrupted"] is True and report["exchanges"][0]["response"]["status"] == 200
    assert report["exchanges"][0]["response"]["body_bytes"] == 10


def test_terminated_run_has_the_same_report(tmp_path):
    record = tmp_path / "record"
    with Fault(says(OK_HEAD + b"x" * 10, "stall")) as fault:
        process = run.start("--json", "--record", record, fault.url())
        out, errors = interrupt(process, fault, signal.SIGTERM)
    assert process.returncode == 143, errors
    (report,) = run.parse_reports(out.decode())
    assert report["outcome"]["interrupted"] is True and report["outcome"]["exit_code"] == 130
    again = run.raw("--json", "--read", record)
    assert again.exit_code == 130 and again.stdout == out, again.explain("the record of a run that was told to end")


def test_interrupted_handshake_as_text():
    with Fault(faults.mute) as fault:
        process = run.start(fault.url("https"))
        out, errors = interrupt(process, fault)
    assert process.returncode in (130, -signal.SIGINT), errors
    assert b"tls" in out


def test_interrupted_run_leaves_a_readable_record(tmp_path):
    record = tmp_path / "record"
    with Fault(says(OK_HEAD + b"x" * 10, "stall")) as fault:
        process = run.start("--json", "--record", record, fault.url())
        out, _ = interrupt(process, fault)
    again = run.raw("--json", "--read", record)
    assert again.stdout == out, again.explain("the record of an interrupted run")


def test_phases_of_a_slow_answer(goserver):
    result = run.trace(goserver.url("plain", "/slow?ms=300"))
    check_healthy(result)
    check_phases(result, result.exchange)
    assert run.phase(result.exchange, "wait")["duration_us"] >= 250_000


def test_what_libcurl_does_not_say_is_a_reason(tmp_path):
    """Each failure that is not libcurl's, or of which it says the same whatever it was."""
    with Fault(says(OK_HEAD + b"x" * 100)) as fault:
        full = run.trace("-o", "/dev/full", fault.url())
        missing = run.trace("--output-dir", tmp_path / "none", "-O", fault.url(path="/name"))
    assert (full.exit_code, missing.exit_code) == (23, 23)
    assert full.report["outcome"]["reason"] == "cannot write /dev/full: No space left on device"
    assert missing.report["outcome"]["reason"] == f"cannot write {tmp_path}/none/name: No such file or directory"
    facts = [proof["fact"] for finding in missing.report["findings"] for proof in finding["evidence"]]
    assert missing.report["outcome"]["reason"] in facts
    port = run.trace("http://localhost:99999/")
    assert port.exit_code == 3 and "ort number" in port.report["outcome"]["reason"]
    text = run.raw("http://localhost:99999/").text
    assert f"exit 3 ({port.report['outcome']['reason']})" in text.replace("\n  ", " ")


def test_libcurls_own_words_are_no_reason():
    refused = run.trace("http://127.0.0.1:1/")
    assert refused.report["outcome"]["curl_error"] and refused.report["outcome"]["reason"] is None
