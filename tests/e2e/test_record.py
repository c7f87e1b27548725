# SPDX-License-Identifier: MIT
"""--record and --read: the same report byte for byte without a network; damaged files named by line."""

import re

import pytest

import run
from servers import faults
from servers.faults import Fault, says

TLS_PATHS = ["/hello.txt", "/small.bin", "/nothing", "/denied", "/moved", "/drop", "/gzip.txt"]


def same_again(tmp_path, *args, env=None):
    """Traces with --record and reads it back under every format; gives the report."""
    record = tmp_path / "record"
    traced = run.raw("--json", "--timeline", "--record", record, *args, env=env)
    run.finish(
        traced.args,
        type("Done", (), {"returncode": traced.exit_code, "stdout": traced.stdout, "stderr": traced.stderr}),
    )
    read = run.raw("--json", "--timeline", "--read", record)
    assert read.stdout == traced.stdout, read.explain(f"the record tells another story than\n{traced.stdout[:6000]!r}")
    assert read.exit_code == traced.exit_code
    return run.parse_reports(traced.text)


@pytest.mark.parametrize("path", TLS_PATHS)
@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_over_tls(path, version, nginx, pki, tmp_path):
    same_again(tmp_path, "--cacert", pki.ca, version, nginx.url("tls", path))


@pytest.mark.parametrize(
    "path", ["/", "/trailers", "/early-hints", "/redirect?n=2", "/abort?after=1000", "/chunk-extensions", "/drip"]
)
def test_in_clear(path, goserver, tmp_path):
    same_again(tmp_path, "-L", goserver.url("plain", path))


def test_text_of_several_urls(nginx, tmp_path):
    record = tmp_path / "record"
    traced = run.raw("--record", record, *(nginx.url("plain", path) for path in ("/hello.txt", "/nothing")))
    read = run.raw("--read", record)
    assert read.stdout == traced.stdout and traced.stdout.count(b"GET http://") == 2, read.explain("another text")


def test_several_urls(nginx, pki, tmp_path):
    reports = same_again(
        tmp_path, "--cacert", pki.ca, nginx.url("tls", "/hello.txt"), nginx.url("plain"), nginx.url("tls", "/nothing")
    )
    assert len(reports) == 3 and reports[2]["exchanges"][0]["reused"]


def test_upload(nginx, pki, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(b"x" * 1_000_000)
    same_again(tmp_path, "--cacert", pki.ca, "--data-binary", f"@{body}", nginx.url("tls", "/sink"))
    assert (tmp_path / "record").stat().st_size < 500_000, "a record holds no body"


def test_upgrade(caddy, tmp_path):
    same_again(tmp_path, "--http2", caddy.url("plain", "/index.html"))


def test_prior_knowledge(nghttpd_h2c, tmp_path):
    same_again(tmp_path, "--http2-prior-knowledge", nghttpd_h2c.url("h2", "/index.html"))


@pytest.mark.parametrize("port", ["open", "https", "password"])
def test_through_a_proxy(port, squid, nginx, pki, tmp_path):
    same_again(
        tmp_path, "-x", squid.url(port), nginx.url("tls", "/hello.txt"), env={"SSL_CERT_DIR": pki.hashed_ca_dir()}
    )


@pytest.mark.parametrize("port", ["expired", "mismatch", "reject", "staple", "client"])
def test_tls_variants(port, nginx, pki, tmp_path):
    same_again(tmp_path, "--cacert", pki.ca, nginx.url(port))


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(faults.reset_after_hello, id="reset"),
        pytest.param(faults.close_after_hello, id="close"),
        pytest.param(faults.ssh, id="ssh"),
    ],
)
def test_failed_handshake(handler, tmp_path):
    with Fault(handler) as fault:
        same_again(tmp_path, fault.url("https"))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 2x0 what\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        bytes(range(256)),
    ],
    ids=range(5),
)
def test_broken_answer(answer, tmp_path):
    with Fault(says(answer)) as fault:
        same_again(tmp_path, fault.url())


def test_refused(tmp_path):
    same_again(tmp_path, "http://127.0.0.1:1/")


def test_read_as_text_from_stdin(nginx, pki, tmp_path):
    record = tmp_path / "record"
    traced = run.raw("--record", record, "--cacert", pki.ca, nginx.url("tls", "/hello.txt"))
    read = run.raw("--read", "-", input=record.read_bytes())
    assert read.exit_code == 0 and read.stdout == traced.stdout


@pytest.fixture
def lines(nginx, tmp_path):
    """The lines of a good record."""
    record = tmp_path / "good"
    run.trace("--record", record, nginx.url("plain", "/hello.txt"))
    return record.read_bytes().splitlines(keepends=True)


def damaged(tmp_path, data):
    record = tmp_path / "damaged"
    record.write_bytes(data)
    result = run.raw("--json", "--read", record)
    assert result.exit_code == run.USAGE, result.explain("a damaged record")
    message = result.errors.strip()
    assert message and "\n" not in message, result.explain("one line says what is wrong")
    return message


def names_a_line(message):
    return re.search(r"(line |damaged:)\d+", message)


def test_damage_within_a_line(lines, tmp_path):
    middle = len(lines) // 2
    lines[middle] = lines[middle][:10] + b"\n"
    assert re.search(rf"(line |:){middle + 1}\b", damaged(tmp_path, b"".join(lines)))


def test_cut_between_lines(lines, tmp_path):
    assert names_a_line(damaged(tmp_path, b"".join(lines[:-1])))


def test_cut_within_a_line(lines, tmp_path):
    assert names_a_line(damaged(tmp_path, b"".join(lines)[:-5]))


def test_a_missing_line(lines, tmp_path):
    assert names_a_line(damaged(tmp_path, b"".join(lines[:3] + lines[4:])))


@pytest.mark.parametrize(
    "data",
    [b"", b"hello\n", b"{}\n", b"\x00" * 100, b'{"schema":"httptrace.report/1"}\n', b"[" * 100000],
    ids=["empty", "text", "object", "zeros", "report", "deep"],
)
def test_foreign_file(data, tmp_path):
    damaged(tmp_path, data)


def test_missing_file(tmp_path):
    result = run.raw("--read", tmp_path / "none")
    assert result.exit_code == run.USAGE and "none" in result.errors


def test_record_that_cannot_be_written(nginx, tmp_path):
    result = run.raw("--record", tmp_path / "no" / "record", nginx.url("plain"))
    assert result.exit_code != 0 and "record" in result.errors


def test_record_onto_a_full_device(nginx):
    result = run.raw("--record", "/dev/full", nginx.url("plain"))
    assert result.exit_code != 0 and result.errors.strip()
