# SPDX-License-Identifier: MIT
"""--dry-run: the request that it shows is the one that a run sends, and nothing leaves the process. --curl with records."""

import json
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest

import run
from servers.faults import Fault, read_head

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "request.schema.json"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def dry(*args, env=None, **rest):
    result = run.raw("--dry-run", "--json", "--show-secrets", *args, env=env, **rest)
    requests = run.parse_reports(result.stdout.decode("utf-8"))
    for request in requests:
        assert request["schema"] == "httptrace.request/1"
        if jsonschema:
            jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(request)
    return result, requests


def request_of(*args, **rest):
    result, requests = dry(*args, **rest)
    assert result.exit_code == 0 and len(requests) == 1, result.explain("one request")
    return requests[0]


def head_of(request):
    """As it would be on the wire of HTTP/1."""
    lines = [f"{request['method']} {request['target']} HTTP/{request['http_version']}"]
    lines += [f"{name}: {value}" if value else f"{name}:" for name, value in request["headers"]]
    return "\r\n".join([*lines, "", ""]).encode()


class Capture:
    """A server that keeps every head it gets and answers with 200."""

    def __init__(self):
        self.heads = []
        self.server = Fault(self.answer)

    def answer(self, conn):
        self.heads.append(read_head(conn).partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        conn.sendall(ANSWER)
        if self.heads[-1].startswith(b"CONNECT"):
            self.answer(conn)

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *unused):
        self.server.__exit__(*unused)


SAME = [
    pytest.param((), id="get"),
    pytest.param(("-I",), id="head"),
    pytest.param(("-d", "a=b", "-d", "c=d"), id="post"),
    pytest.param(("--json-data", '{"a":1}'), id="json"),
    pytest.param(("-H", "Expect: 100-continue", "-d", "abc"), id="expect-100"),
    pytest.param(("-X", "PATCH", "-H", "X-Empty;", "-H", "Accept:", "-A", "me/1"), id="fields"),
    pytest.param(("-u", "me:secret", "-b", "a=b; c=d", "-e", "http://r/"), id="secrets"),
    pytest.param(("--digest", "-u", "me:secret", "-d", "abc"), id="digest"),
    pytest.param(("--anyauth", "-u", "me:secret"), id="anyauth"),
    pytest.param(("-0",), id="http1.0"),
    pytest.param(("--http2",), id="h2c-upgrade"),
    pytest.param(("--compressed", "--path-as-is", "-L", "-f"), id="switches"),
]


@pytest.mark.parametrize("args", SAME)
def test_same_head_as_a_run(args):
    with Capture() as capture:
        url = capture.server.url(path="/a/../b?q=1")
        shown = request_of(*args, url)["request"]
        assert capture.server.accepted == 0
        run.raw(*args, url)
        assert head_of(shown) == capture.heads[0]


def test_same_head_through_a_proxy():
    with Capture() as capture:
        for args in [], ["-p", "-U", "p:q"]:
            capture.heads.clear()
            args = ["-x", capture.server.url(path=""), *args, "http://origin.example:81/x"]
            shown = request_of(*args)
            assert shown["connect"]["port"] == capture.server.port and capture.heads == []
            run.raw(*args)
            asked = shown["proxy"]["connect"]
            assert bool(asked) == ("-p" in args)
            assert [head_of(head) for head in (asked, shown["request"]) if head] == capture.heads


def test_same_http2_request_and_hello(nghttpd):
    args = ["-k", "-d", "abc", f"https://127.0.0.1:{nghttpd.port['h2']}/x"]
    shown, real = request_of(*args), run.trace("--show-secrets", *args)
    assert shown["request"]["headers"] == real.exchange["request"]["headers"]
    assert shown["request"]["http_version"] == "2" and shown["request"]["may_fall_back"]
    assert shown["request"]["body"] == {"bytes": 3, "chunked": False, "content_type": "application/x-www-form-urlencoded"}
    assert shown["tls"]["ja4"] == real.connection["tls"]["ja4"] and shown["tls"]["ja3"] == real.connection["tls"]["ja3"]


@pytest.mark.parametrize("args", [(), ("--tls-max", "1.2"), ("--ciphers", "AES128-SHA", "--tls-max", "1.2"), ("--no-alpn",),
                                  ("--tlsv1.3", "--curves", "X448"), ("--cert-status",), ("--http1.1",)])
def test_same_hello(nginx, args):
    url = f"https://localhost:{nginx.port['tls']}/"
    shown, real = request_of(*args, "-k", url), run.trace(*args, "-k", url)
    assert shown["tls"]["ja4"] == real.connection["tls"]["ja4"]
    assert shown["tls"]["ja3"] == real.connection["tls"]["ja3"]
    assert shown["tls"]["sni"] == "localhost"


NOWHERE = [
    ("http://name.invalid/",),
    ("https://name.invalid/", "https://other.invalid/"),
    ("http://192.0.2.1/", "http://[2001:db8::1]:99/"),
    ("-x", "https://proxy.invalid", "https://name.invalid/"),
    ("-x", "socks5://proxy.invalid", "https://name.invalid/"),
    ("--connect-to", "::other.invalid:81", "http://name.invalid/"),
    ("--resolve", "name.invalid:80:192.0.2.1", "http://name.invalid/"),
    ("--unix-socket", "/nonexistent", "http://name.invalid/"),
    ("--negotiate", "-u", ":", "http://name.invalid/"),
    ("--interface", "lo", "-d", "x", "http://name.invalid/"),
    ("-L", "--http2-prior-knowledge", "http://name.invalid/"),
]


@pytest.mark.skipif(not shutil.which("strace"), reason="SKIP: strace is not installed")
@pytest.mark.parametrize("args", NOWHERE, ids=" ".join)
def test_nothing_leaves_the_process(args, tmp_path):
    log = tmp_path / "calls"
    done = subprocess.run(["strace", "-f", "-o", log, "-e", "trace=network,openat,creat,unlink,rename",
                           run.program(), "--dry-run", "-o", tmp_path / "body", *args],
                          env=run.environment({"SSLKEYLOGFILE": str(tmp_path / "keys")}), capture_output=True, timeout=60,
                          check=False)
    calls = log.read_text(encoding="utf-8")
    if "ptrace" in done.stderr.decode(errors="replace"):
        pytest.skip("SKIP: strace may not trace here")
    assert done.returncode == 0, done.stderr
    assert "socketpair" in calls
    assert not re.search(r"\b(connect|bind|listen|sendmmsg)\(", calls)
    assert not re.search(r"\bsend(to|msg)\(.*sa_family", calls)
    assert not re.search(r"O_CREAT|\bcreat\(|\brename\(", calls)
    assert [path.name for path in tmp_path.iterdir()] == ["calls"]
    for line in calls.splitlines():
        assert not re.search(r"/etc/(resolv\.conf|hosts)", line), line


def test_where_it_would_connect():
    def connect(*args):
        found = request_of(*args)["connect"]
        return {name: value for name, value in found.items() if value not in (None, False)}

    url = "http://name.invalid/"
    assert connect(url) == {"host": "name.invalid", "port": 80, "lookup": True}
    assert connect("http://192.0.2.1:81/") == {"host": "192.0.2.1", "port": 81, "address": "192.0.2.1"}
    assert connect("http://[2001:db8::1]/") == {"host": "2001:db8::1", "port": 80, "address": "2001:db8::1"}
    assert connect("--resolve", "name.invalid:80:192.0.2.1", url) == {
        "host": "name.invalid", "port": 80, "address": "192.0.2.1"}
    assert connect("--connect-to", "::other.invalid:81", url) == {"host": "other.invalid", "port": 81, "lookup": True}
    assert connect("--unix-socket", "/run/x", url) == {"unix_socket": "/run/x"}
    assert connect("-x", "socks5h://p:1080", url) == {
        "host": "name.invalid", "port": 80, "lookup": True, "socks_proxy": "socks5h://p:1080"}


def test_proxy_of_the_environment():
    shown = request_of("http://name.invalid/x", env={"http_proxy": "http://proxy.invalid:3128"})
    assert shown["connect"]["host"] == "proxy.invalid" and shown["proxy"]["kind"] == "http"
    assert shown["request"]["target"] == "http://name.invalid/x"


def test_tls_within_tls():
    shown = request_of("-x", "https://proxy.invalid:8443", "https://name.invalid/")
    assert shown["proxy_tls"]["sni"] == "proxy.invalid" and shown["tls"]["sni"] == "name.invalid"
    assert shown["proxy"]["connect"]["target"] == "name.invalid:443"


def test_one_block_for_each_url():
    result, requests = dry("http://a.invalid/1", "https://b.invalid/2", "-Z", "http://a.invalid/3")
    assert result.exit_code == 0
    assert [request["url"] for request in requests] == ["http://a.invalid/1", "https://b.invalid/2", "http://a.invalid/3"]
    assert requests[2]["connect"]["lookup"]


def test_notes_tell_what_would_follow():
    notes = request_of("-L", "--digest", "-u", "a:b", "http://name.invalid/")["notes"]
    assert any("digest" in note for note in notes) and any("redirects" in note for note in notes)


def test_notes_agree_with_the_request():
    """A scheme alone decides over the body; of several none is chosen yet."""
    for args, length in (["--digest"], "0"), (["--ntlm"], "0"), (["--anyauth"], "3"), (["--digest", "--basic"], "3"):
        shown = request_of(*args, "-u", "a:b", "-d", "xyz", "http://name.invalid/")
        assert ["Content-Length", length] in shown["request"]["headers"] and len(shown["notes"]) == 1
        assert ("without body" in shown["notes"][0]) == (length == "0")


def test_no_request_has_libcurls_exit_code():
    for url in ("nosuchscheme://x/", "http://"):
        result, requests = dry(url)
        assert result.exit_code == run.curl_exit(url) and requests[0]["request"] is None and requests[0]["error"]


def test_text_masks_secrets_and_escapes():
    text = run.raw("--dry-run", "-u", "me:hidden", "-H", "X: \x1b[31m", "http://name.invalid/").text
    assert "hidden" not in text and "\x1b" not in text and "[masked]" in text and "\\x1b[31m" in text
    assert max(map(len, run.raw("--dry-run", "https://name.invalid/", env={"COLUMNS": "60"}).text.splitlines())) <= 60


@pytest.mark.parametrize("args", [("--read", "x"), ("--record", "x", "http://h/")])
def test_excluded(args):
    assert run.raw("--dry-run", *args).exit_code == run.USAGE


def test_curl_prints_and_sends_nothing():
    with Capture() as capture:
        result = run.raw("--curl", "--json", "--fail-on", "error", "-u", "a:b c", "--json-data", "{}", capture.server.url())
        assert capture.server.accepted == 0 and result.exit_code == 0
        assert shlex.split(result.text) == ["curl", "-u", "a:b c", "--json", "{}", capture.server.url()]


def test_curl_from_a_record(tmp_path):
    """The command sends the same request once more; what no record holds is named."""
    body = tmp_path / "request-body"
    with Capture() as capture:
        url = capture.server.url(path="/x?a=1&b=2")
        for args in ([], ["-I"], ["-X", "PUT", "-d", "a=b", "-H", "X: it's", "-u", "me:secret"], ["-A", "", "-0"]):
            capture.heads.clear()
            record = tmp_path / "record"
            run.raw("--record", record, *args, url)
            shown = run.raw("--read", record, "--curl")
            assert "secret" not in shown.text and "bWU6" not in shown.text
            body.write_text("a=b", encoding="utf-8")
            words = shlex.split(run.raw("--read", record, "--curl", "--show-secrets").text)
            assert words[0] == "curl" and ("request-body" in shown.errors) == ("-d" in args)
            if shutil.which("curl"):
                subprocess.run(["curl", "-q", "-s", *words[1:]], cwd=tmp_path, env=run.environment(), check=True, timeout=20,
                               stdout=subprocess.DEVNULL)
                first, again = (sorted(re.sub(rb"User-Agent:.*\r\n", b"", head).split(b"\r\n")) for head in capture.heads)
                assert first == again
            record.unlink()
