# SPDX-License-Identifier: MIT
"""What is told of a transfer beside its report, --write-out and --trace: the same bytes as curl's, on the same streams."""

import json
import re
import shutil
import subprocess

import pytest

import run
from servers.faults import Fault
from servers.recorder import read_body, read_head

ANSWER = (
    b"HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: text/plain; a=\"b\"\r\nX-A: 1\r\n"
    b"x-a:  two \r\nContent-Length: 6\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\nhello\n"
)
REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: /there?a=1\r\nContent-Length: 0\r\n\r\n"
LONG = "0123456789" * 10
# What two runs do not share.
VARIES = [
    (rb"(time_\w+\":)\d+\.\d{6}", rb"\1TIME"),
    (rb"(speed_\w+\":)\d+", rb"\1SPEED"),
    (rb"(local_port\":)\d+", rb"\1PORT"),
    (rb"^\d\d:\d\d:\d\d\.\d{6} ", b"TIME "),
    (rb"host: 0x[0-9a-f]+", b"host: ADDRESS"),
    (rb"after \d+ ms", b"after N ms"),
    (rb"(curl|httptrace): unknown --write-out", b"PROGRAM: unknown --write-out"),
]


def serve(conn):
    stream = conn.makefile("rb")
    while head := read_head(stream):
        for _ in read_body(stream, head):
            pass
        answer = REDIRECT if b" /redirect " in head else ANSWER
        conn.sendall(answer.split(b"hello")[0] if head.startswith(b"HEAD") else answer)


@pytest.fixture(scope="module")
def server():
    with Fault(serve) as fault:
        yield fault


def execute(program, args, given):
    done = subprocess.run(
        [program, *args],
        input=given,
        capture_output=True,
        env=run.environment(),
        timeout=run.TIMEOUT_SECONDS,
        check=False,
    )
    assert b"Sanitizer" not in done.stderr, done.stderr
    return done


def normal(text):
    for pattern, instead in VARIES:
        text = re.sub(pattern, instead, text, flags=re.M)
    return text


def compare(*args, given=b""):
    """Both programs' standard output and exit code are equal; gives httptrace's run."""
    if shutil.which("curl") is None:
        pytest.skip("SKIP: curl is not installed")
    common = ["-m", "10", "-A", "same/1", *args]
    theirs = execute("curl", ["-q", "-s", *common], given)
    ours = execute(run.program(), common, given)
    assert normal(ours.stdout) == normal(theirs.stdout)
    assert ours.returncode == theirs.returncode, ours.stderr
    return ours


TEMPLATES = [
    "%{http_code}|%{response_code}|%{http_connect}|%{http_version}|%{scheme}|%{method}|%{exitcode}|%{errormsg}\\n",
    "%{url}|%{url_effective}|%{urlnum}|%{redirect_url}|%{num_redirects}|%{referer}|%{content_type}",
    "%{size_download}|%{size_header}|%{size_request}|%{size_upload}|%{num_connects}|%{num_headers}",
    "%{local_ip}|%{remote_ip}|%{remote_port}|%{ssl_verify_result}|%{proxy_ssl_verify_result}|%{num_certs}|%{certs}",
    "%{filename_effective}|%{ftp_entry_path}|%{HTTP_Code}",
    "%{json}\\n%{header_json}",
    "%header{X-A}|%header{date}|%header{none}|%header{}",
    "a%{stderr}b%{stdout}c%{onerror}d",
    "%{nope}|%{ http_code}|%{}|x",
    "\\x\\\\n\\r\\t|%%{http_code}|%x|%\\n|%Header{date}",
    "100%",
    "%{http_code",
    "%header{date",
    "\\",
]


@pytest.mark.parametrize("args", [[], ["-L", "-e", "from"], ["-I"], ["-d", "a=b"]], ids=" ".join)
@pytest.mark.parametrize("template", TEMPLATES)
def test_write_out_is_curls(server, template, args):
    compare("-o", "/dev/null", "-w", template, *args, server.url(path="/redirect"))


def test_write_out_comes_after_the_body(server):
    compare("-o", "-", "-w", "%{http_code} %{size_download}\\n", server.url())


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://a b/", "foo://h/"])
def test_write_out_of_a_failure(url):
    compare("-o", "/dev/null", "-w", "%{json}\\n%{header_json}%{onerror}%{exitcode} %{errormsg}|%{http_code}", url)


def test_write_out_of_several(server):
    urls = [server.url(path=f"/{name}") for name in "abc"]
    compare("-o", "/dev/null", "-o", "/dev/null", "-o", "/dev/null", "-w", "%{urlnum} %{url}\\n", *urls)


def test_write_out_of_a_glob(server):
    first, last = server.url(path="/[1-2]"), server.url(path="/{a,b}")
    compare("-o", "/dev/null", "-o", "/dev/null", "-w", "%{urlnum} %{url}\\n", first, last, "--next",
            "-o", "/dev/null", "-w", "%{urlnum} %{url}\\n", last)


def test_write_out_of_certificates(nginx, pki):
    url = f"https://localhost:{nginx.port['h1only']}/"
    names = ("-o", "/dev/null", "-w", "%{num_certs}|%{certs}|%{ssl_verify_result}|%{json}")
    assert b"-----BEGIN CERTIFICATE-----" in compare(*names, "--cacert", pki.cert("ca"), url).stdout
    compare(*names, "-k", url)
    compare(*names, url)


def test_write_out_from_a_file(server, tmp_path):
    file = tmp_path / "format"
    file.write_bytes(b"%{http_code}\r\n%{method}\n\\n")
    assert compare("-o", "/dev/null", "-w", f"@{file}", server.url()).stdout == b"200GET\n"
    compare("-o", "/dev/null", "-w", "@-", server.url(), given=b"%{http_code}\n|")


def test_write_out_to_files(server, tmp_path):
    file = tmp_path / "facts"
    result = run.raw("-w", f"%output{{{file}}}%{{http_code}}%output{{>>{file}}} more", server.url())
    assert file.read_bytes() == b"200 more"
    assert "200 OK" in result.text


def test_newer_variables(server):
    template = "%{url.host}|%{url.port}|%{urle.path}|%{urle.query}|%{num_retries}|%header{x-a:all:, }|%time{%Y}"
    result = run.raw("-L", "-w", template, server.url(path="/redirect"))
    fields = result.text.split("|")
    assert fields[:6] == ["127.0.0.1", str(server.port), "/there", "a=1", "0", "1, two"]
    assert len(fields[6]) == 4


def test_report_makes_way(server):
    result = run.raw("-w", "%{http_code}", server.url())
    assert result.text == "200" and "200 OK" in result.errors
    result = run.raw("--json", "-w", "%{stderr}code %{http_code}", server.url())
    assert json.loads(result.text)["outcome"]["http_status"] == 200
    assert result.errors.endswith("code 200")


def test_unknown_variable_is_named(server):
    assert "httptrace: unknown --write-out variable: 'nope'\n" in run.raw("-w", "%{nope}", server.url()).errors


@pytest.mark.parametrize("option", ["--trace", "--trace-ascii"])
@pytest.mark.parametrize(
    "args", [["-L"], ["-H", f"X-Long: {LONG}", "-d", f"a\r\nb\x01{LONG}"], ["--trace-time", "-I"]], ids=["-L", "-d", "-I"]
)
def test_trace_is_curls(server, option, args):
    compare("-o", "/dev/null", option, "-", *args, server.url(path="/redirect"))


def test_trace_goes_to_a_file(server, tmp_path):
    file = tmp_path / "trace"
    result = run.raw("--trace-ascii", file, "-u", "name:secret", server.url())
    text = file.read_text(encoding="latin-1")
    assert "=> Send header, " in text and "<= Recv data, 6 bytes (0x6)\n0000: hello.\n" in text
    assert "Authorization: Basic bmFtZTpzZWNyZXQ=" in text  # what was sent, not masked
    assert "200 OK" in result.text


def shape(text):
    """Which messages came in which order; their bytes and the sizes of ciphertext are each run's own."""
    return re.findall(r"^(== Info: TLS.*|[<=][=>] (?:Send|Recv) SSL data)", text, re.M)


def test_trace_has_the_records_of_tls(nginx, tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("SKIP: curl is not installed")
    args = ["-k", "-o", "/dev/null", f"https://localhost:{nginx.port['h1only']}/"]
    files = [tmp_path / "theirs", tmp_path / "ours"]
    execute("curl", ["-q", "-s", "--trace", str(files[0]), *args], b"")
    execute(run.program(), ["--trace", str(files[1]), *args], b"")
    theirs, ours = (shape(file.read_text(encoding="latin-1")) for file in files)
    assert ours == theirs and len(ours) > 20


def test_trace_that_cannot_be_written(server):
    errors = run.raw("--trace", "/nowhere/trace", server.url()).errors
    assert errors.startswith("httptrace: cannot write /nowhere/trace: ")
    assert "<= Recv data, 6 bytes (0x6)" in errors


NOWHERE = "http://127.0.0.1:1/"
SOURCES = [
    [],
    ["--basic", "-u", "fake:user", "-H", "A: b", "-H", "C: d, e", "-b", "x=y"],
    ["-d", "foo=bar", "-d", "b?z=\x01qu\tux"],
    ["-G", "-d", "a=b", "-L", "-f", "--max-redirs", "7"],
    ["-F", "name=value", "-F", "file=@format,format;type=a/b;encoder=8bit;headers=X: 1", "-F", "c=<format"],
    ["-T", "format", "-r", "0-5", "--limit-rate", "100k"],
    ["-k", "--tlsv1.2", "--tls-max", "1.3", "--ciphers", "AES128", "--digest", "--ntlm"],
    ["--resolve", "a:1:1.2.3.4", "-m", "5", "-4", "--compressed", "--http1.1", "-w", "x", "-D", "/dev/null"],
    ["-x", "http://127.0.0.1:1", "-U", "a:b", "-p", "--proxy-header", "P: q", "--noproxy", "n"],
    [NOWHERE, "-H", "A: b", "-o", "first"],
]


@pytest.mark.parametrize("args", SOURCES, ids=" ".join)
def test_source_code_is_curls(tmp_path, monkeypatch, args):
    if shutil.which("curl") is None:
        pytest.skip("SKIP: curl is not installed")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "format").write_bytes(b"x\n")
    for program, file in ("curl", "theirs"), (run.program(), "ours"):
        execute(program, ["-q", "-s", "-A", "same/1", "--libcurl", file, *args, NOWHERE], b"")
    assert (tmp_path / "ours").read_text() == (tmp_path / "theirs").read_text()


def test_source_code_on_standard_output(server):
    result = run.raw("--libcurl", "-", server.url())
    assert result.text.startswith("/********* Sample code") and "200 OK" in result.errors
