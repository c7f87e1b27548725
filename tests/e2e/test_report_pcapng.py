# SPDX-License-Identifier: MIT
"""--report pcapng: what tcpdump sees of the same session byte for byte, dissected by tshark without a key log."""

import os
import socket
import ssl
import stat
import threading

import pytest

import capture
import run
import witness
from servers import faults
from servers.faults import Blackhole, Fault, says
from servers.openssl_s import SServer
from servers.socks import Socks5


def take(path, *args, env=None, input=None):
    """A run with a capture that tshark has nothing to object to."""
    result = run.trace("--report", f"pcapng={path}", *args, env=env, input=input)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert "secrets included" in result.errors
    capture.check_sound(path)
    return result


# What came in the instant of the close may be told otherwise than it was; and tcpdump may drop packets.
ATTEMPTS = 4


def take_witnessed(tmp_path, port, *args, env=None):
    """The same under tcpdump's eyes; gives the result, the capture's path and its streams."""
    path = tmp_path / "x.pcapng"
    for left in reversed(range(ATTEMPTS)):
        with witness.Capture(port) as seen:
            result = take(path, *args, env=env)
            seen.stop()
            try:
                return result, path, capture.compare(path, seen.pcap)
            except capture.Hole as hole:
                if left == 0:
                    pytest.skip(f"SKIP: tcpdump did not see every packet: {hole}")
            except AssertionError:
                if left == 0:
                    raise
    raise AssertionError("not reached")


# ---- what is in it ----


@pytest.mark.parametrize("port", ["tls12", "tls13"])
def test_http2_in_clear_without_a_keylog(port, nginx, pki, tmp_path):
    path = tmp_path / "x.pcapng"
    take(path, "--cacert", pki.ca, "-H", "x-mark: there", nginx.url(port, "/small.bin"))
    (request,) = capture.fields(path, "http2.headers.method", "http2.headers.path", "http2.header.value")
    assert request[0] == "/small.bin" and "there" in request[1].split(";")
    assert capture.fields(path, "http2.headers.status", "http2.headers.status") == [["200"]]
    assert capture.fields(path, "tls.handshake.type == 20", "frame.number")
    shown = capture.tshark(path, "-Y", "http || http2.headers.method || http2.headers.status")  # as in docs/cookbook.md
    assert "GET /small.bin" in shown and "200 OK" in shown


def test_http1_over_tls_and_plain(nginx, pki, tmp_path):
    for url in (nginx.url("h1only", "/hello.txt"), nginx.url("plain", "/hello.txt")):
        path = tmp_path / "x.pcapng"
        take(path, "--cacert", pki.ca, url)
        assert capture.fields(path, "http.request", "http.request.uri") == [["/hello.txt"]]
        assert capture.fields(path, "http.response", "http.response.code") == [["200"]]


def test_renegotiated_hello_and_resumption(pki, tmp_path):
    with SServer(pki, "-groups", "P-384") as server:
        take(tmp_path / "x", "--cacert", pki.ca, "--curves", "P-256:P-384", server.url("tls"), server.url("tls"))
    requests = capture.fields(tmp_path / "x", "http.request", "http.request.uri")
    assert requests == [["/"], ["/"]]
    resumed = capture.fields(tmp_path / "x", "tls.handshake.extensions.psk.identity.selected", "tcp.stream")
    assert resumed == [["1"]]


def test_comments(pki, tmp_path):
    """Findings stand at their evidence; every connection says what its headers are."""
    path = tmp_path / "x.pcapng"
    with Fault(faults.reset_after_hello) as fault:
        result = take(path, "--cacert", pki.ca, fault.url("https"))
    codes = {finding["code"] for finding in result.report["findings"]}
    rows = capture.fields(path, "frame.comment", "frame.comment", "tcp.flags.reset", "tcp.flags.syn")
    assert "synthesised by httptrace" in rows[0][0] and rows[0][2] == "1"
    assert codes and all(any(code in row[0] for row in rows) for code in codes), (codes, rows)


def test_no_secret_in_a_comment(nginx, tmp_path):
    path = tmp_path / "x.pcapng"
    take(path, "-u", "user:hunter2", nginx.url("plain", "/private?token=hunter3"))
    said = "\n".join(row[0] for row in capture.fields(path, "frame.comment", "frame.comment"))
    assert "hunter" not in said


def test_a_unix_socket(tmp_path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "s"))
    listener.listen()

    def serve():
        conn, _ = listener.accept()
        says(b"HTTP/1.1 204 No Content\r\n\r\n")(conn)
        conn.close()

    thread = threading.Thread(target=serve)
    thread.start()
    take(tmp_path / "x", "--unix-socket", tmp_path / "s", "http://there/path")
    thread.join()
    listener.close()
    assert capture.fields(tmp_path / "x", "http.request", "http.request.uri", "ip.src") == [["/path", "127.0.0.1"]]
    assert str(tmp_path / "s") in capture.fields(tmp_path / "x", "frame.comment", "frame.comment")[0][0]


# ---- against tcpdump ----

SESSIONS = [
    # server, port, path, options
    ("nginx", "plain", "/hello.txt", ()),
    ("nginx", "tls", "/large.bin", ()),
    ("nginx", "tls12", "/small.bin", ()),
    ("nginx", "h2c", "/small.bin", ("--http2-prior-knowledge",)),
    ("nginx", "drop", "/drop", ()),
    ("caddy", "tls", "/small.bin", ()),
    ("haproxy", "tls", "/small.bin", ()),
    ("nghttpd", "h2", "/small.bin", ()),
    ("goserver", "tls", "/abort?after=100000", ()),
    ("goserver", "plain", "/until-close", ()),
    ("goserver", "tls", "/bytes?n=3000000", ("--http1.1",)),
    ("nginx", "expired", "/", ()),
    ("nginx", "reject", "/", ()),
    ("nginx", "client", "/", ()),
]


@pytest.mark.parametrize("session", SESSIONS, ids=lambda s: f"{s[0]}-{s[1]}{s[2].split('?')[0].replace('/', '-')}")
def test_as_on_the_wire(session, request, pki, tmp_path):
    server_name, port, path, options = session
    server = request.getfixturevalue(server_name)
    port = "plain" if port == "drop" else port
    _, _, ours = take_witnessed(tmp_path, server.port[port], "--cacert", pki.ca, *options, server.url(port, path))
    assert any(stream.data["out"] for stream in ours.values())


@pytest.mark.parametrize("port, path", [("tls", "/sink"), ("h1only", "/swallow"), ("plain", "/swallow")])
def test_an_upload_as_on_the_wire(port, path, nginx, pki, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(os.urandom(3_000_000))
    args = ("--cacert", pki.ca, "-T", body, nginx.url(port, path))
    _, _, ours = take_witnessed(tmp_path, nginx.port[port], *args)
    assert sum(len(stream.data["out"]) for stream in ours.values()) > 3_000_000


def test_several_connections_as_on_the_wire(nginx, pki, tmp_path):
    urls = [nginx.url("h1only", path) for path in ("/large.bin", "/small.bin", "/hello.txt", "/large.bin")]
    _, path, ours = take_witnessed(
        tmp_path, nginx.port["h1only"], "--cacert", pki.ca, "-Z", "--parallel-immediate", *urls
    )
    assert len(ours) == 4
    assert len(capture.fields(path, "http.response", "frame.number")) == 4


def test_a_reused_connection_and_one_that_closes_later(nginx, pki, tmp_path):
    urls = [nginx.url("tls", path) for path in ("/hello.txt", "/nothing")]
    _, path, ours = take_witnessed(tmp_path, nginx.port["tls"], "--cacert", pki.ca, *urls)
    assert len(ours) == 1
    assert [row[0] for row in capture.fields(path, "http2.headers.status", "http2.headers.status")] == ["200", "204"]


@pytest.mark.parametrize("scheme", ["plain", "tls"])
def test_through_a_proxy_as_on_the_wire(scheme, squid, nginx, pki, tmp_path):
    args = ("--cacert", pki.ca, "-x", squid.url("open"), nginx.url(scheme, "/hello.txt"))
    _, path, _ = take_witnessed(tmp_path, squid.port["open"], *args)
    if scheme == "tls":
        assert "CONNECT" in [row[0] for row in capture.fields(path, "http.request", "http.request.method")]
        (answer,) = capture.fields(path, "http.response.code", "tcp.len")  # libcurl reads it by single bytes
        assert int(answer[0]) > 30
        assert capture.fields(path, "http2.headers.status", "http2.headers.status") == [["200"]]


def test_through_a_proxy_over_tls_as_on_the_wire(squid, nginx, pki, tmp_path):
    env = {"SSL_CERT_DIR": pki.hashed_ca_dir()}
    args = ("-x", squid.url("https"), nginx.url("tls", "/hello.txt"))
    take_witnessed(tmp_path, squid.port["https"], *args, env=env)


def test_through_socks_as_on_the_wire(nginx, pki, tmp_path):
    with Socks5() as socks:
        args = ("--cacert", pki.ca, "-x", f"socks5h://127.0.0.1:{socks.port}", nginx.url("tls", "/hello.txt"))
        _, path, ours = take_witnessed(tmp_path, socks.port, *args)
    (stream,) = ours.values()
    assert stream.data["out"][:1] == b"\5"
    assert capture.fields(path, "http2.headers.status", "http2.headers.status") == [["200"]]


def test_over_ipv6_as_on_the_wire(nginx, pki, tmp_path):
    url = nginx.url("tls", "/small.bin").replace("localhost", "[::1]").replace("127.0.0.1", "[::1]")
    _, _, ours = take_witnessed(tmp_path, nginx.port["tls"], "-k", url)
    assert [address for address, _ in ours] == ["::1"]


FAULTS = {
    "reset": faults.reset_after_hello,
    "close": faults.close_after_hello,
    "hang-up": faults.hang_up,
    "half-answer": says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", then="reset"),
    "short-answer": says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
}
EARLY = ("reset", "close", "hang-up")


@pytest.mark.parametrize("scheme, name", [("http", name) for name in FAULTS] + [("https", name) for name in EARLY])
def test_faults_as_on_the_wire(name, scheme, pki, tmp_path):
    with Fault(FAULTS[name]) as fault:
        take_witnessed(tmp_path, fault.port, "--cacert", pki.ca, fault.url(scheme))


def test_refused_as_on_the_wire(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        _, _, ours = take_witnessed(tmp_path, port, f"http://127.0.0.1:{port}/")
    (stream,) = ours.values()
    assert list(stream.ends) == ["in rst"]


def test_no_answer_is_a_lone_syn(tmp_path):
    with Blackhole() as hole:
        take(tmp_path / "x", "--connect-timeout", "0.5", f"http://127.0.0.1:{hole.port}/")
    (packet,) = capture.packets(tmp_path / "x")
    assert packet.flags == capture.SYN and packet.target == ("127.0.0.1", hole.port) and packet.source[1] > 0


def test_what_was_not_read_is_there(tmp_path):
    """The limit is reached in the midst of what the peer sent: the rest was on the wire, and the close is a RST."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 500_000
    path = tmp_path / "x"
    with Fault(says(answer, then="stall")) as fault:
        take(path, "--max-filesize", "1000", fault.url())
    (stream,) = capture.streams(path).values()
    assert len(stream.data["in"]) > 30_000 and answer.startswith(stream.data["in"])
    assert list(stream.ends) == ["out rst"]
    assert "was not read" in "".join(row[0] for row in capture.fields(path, "frame.comment", "frame.comment"))


@pytest.mark.parametrize("scheme", ["plain", "tls"])
def test_a_large_body(scheme, goserver, pki, tmp_path):
    """100 MB, every byte of them, in little memory and with the keys for each."""
    path, body = tmp_path / "x", tmp_path / "body"
    args = ("--cacert", pki.ca, "-o", body, goserver.url(scheme, "/bytes?n=100000000"))
    result = run.trace("--report", f"pcapng={path}", *args)
    assert result.exit_code == 0
    (stream,) = capture.streams(path).values()
    assert capture.check_companions(path) is None
    if scheme == "plain":
        head, _, carried = bytes(stream.data["in"]).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200") and carried == body.read_bytes()
    else:
        assert len(stream.data["in"]) > 100_000_000


def test_a_large_upload(nginx, tmp_path):
    path, body = tmp_path / "x", tmp_path / "body"
    body.write_bytes(os.urandom(50_000_000))
    run.trace("--report", f"pcapng={path}", "-T", body, nginx.url("plain", "/swallow"))
    (stream,) = capture.streams(path).values()
    assert bytes(stream.data["out"]).endswith(body.read_bytes())


# ---- rules ----


def test_the_cap(nginx, tmp_path):
    path = tmp_path / "x.pcapng"
    result = take(path, "--capture-max", "300K", nginx.url("plain", "/large.bin"))
    assert result.exit_code == 0
    assert result.errors.count("--capture-max") == 1
    (stream,) = capture.streams(path).values()
    assert 200_000 < len(stream.data["in"]) <= 300 * 1024
    assert "the capture ends here" in "".join(row[0] for row in capture.fields(path, "frame.comment", "frame.comment"))


def test_without_calls_there_is_no_capture(nginx, tmp_path):
    path = tmp_path / "x.pcapng"
    args = ("--report", f"pcapng={path}", nginx.url("plain", "/hello.txt"))
    result = run.raw(*args, env={"HTTPTRACE_TAP": "callbacks"})
    assert result.exit_code == run.USAGE and "calls are not seen" in result.errors
    assert not path.exists() and os.listdir(tmp_path) == []


def test_a_record_is_refused(nginx, tmp_path):
    record = tmp_path / "r"
    run.trace("--record", record, nginx.url("plain", "/hello.txt"))
    result = run.raw("--read", record, "--report", f"pcapng={tmp_path / 'x'}")
    assert result.exit_code == run.USAGE and "a record does not hold them" in result.errors


def test_silence(nginx, tmp_path):
    """-s hides notes, as it hides curl's warnings."""
    args = ("--capture-max", "300K", "--report", f"pcapng={tmp_path / 'x'}", nginx.url("plain", "/large.bin"))
    assert run.raw("-s", *args).errors == ""
    assert "--capture-max" in run.raw(*args).errors


def test_no_room_for_the_spool(nginx, tmp_path):
    """Nothing of a file that would lack bytes; the other reports are out."""
    limited = ["/bin/bash", "-c", "trap '' XFSZ; ulimit -f 500; exec \"$@\"", "-", run.program()]
    args = ("--report", f"pcapng={tmp_path / 'x'}", nginx.url("plain", "/large.bin"))
    done = run.subprocess.run([*limited, *args], capture_output=True, env=run.environment(), timeout=30, check=False)
    assert done.returncode == run.USAGE and b"200 OK" in done.stdout, done.stderr
    assert b"the temporary file of the capture: File too large" in done.stderr
    assert os.listdir(tmp_path) == []


def test_payload_is_encrypted_as_it_was(nginx, pki, tmp_path):
    """Only the keys make it readable: what the sockets carried is in it, not what was read from TLS."""
    path = tmp_path / "x.pcapng"
    take(path, "--cacert", pki.ca, "-H", "x-mark: find-me", nginx.url("h1only", "/hello.txt"))
    assert b"find-me" not in path.read_bytes()
    assert ssl.OPENSSL_VERSION and b"CLIENT_TRAFFIC_SECRET_0" in path.read_bytes()
