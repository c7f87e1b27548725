# SPDX-License-Identifier: MIT
"""Proxies: plain and CONNECT, with and without a password, over TLS, and SOCKS."""

import pytest

import run
from checks import check_failed, check_healthy, check_phases, one_tls
from servers.base import free_port
from servers.faults import Fault, close_after_hello, mute, read_head, says
from servers.socks import Socks4, Socks5


@pytest.fixture(params=["squid", "tinyproxy"])
def proxy(request):
    server = request.getfixturevalue(request.param)
    return server.url("open" if request.param == "squid" else "proxy")


def test_plain_request(proxy, nginx):
    result = run.trace("-x", proxy, nginx.url("plain", "/hello.txt"))
    check_healthy(result, http_version="1.1")
    told = result.connection["proxy"]
    assert told["kind"] == "http" and told["tunnel"] is False and told["request"] is None
    assert result.exchange["request"]["target"].startswith("http://")


@pytest.mark.parametrize("version", ["1.1", "2"])
def test_connect(proxy, version, nginx, pki):
    result = run.trace(
        "--cacert", pki.ca, f"--http{'2' if version == '2' else '1.1'}", "-x", proxy, nginx.url("tls", "/hello.txt")
    )
    check_healthy(result, http_version=version)
    told = result.connection["proxy"]
    assert told["kind"] == "http" and told["tunnel"] and told["ok"]
    assert told["response"]["status"] == 200
    assert told["request"]["target"] == f"localhost:{nginx.port['tls']}"
    assert run.phase(result.exchange, "proxy")["outcome"] == "ok"
    assert one_tls(result)["certificates"][0]["sha256"] == pki.sha256("ec")
    assert result.connection["remote"].endswith(proxy.split(":")[-1].rstrip("/"))


def test_proxy_from_the_environment(proxy, nginx, pki):
    result = run.trace("--cacert", pki.ca, nginx.url("tls", "/hello.txt"), env={"HTTPS_PROXY": proxy})
    check_healthy(result)
    assert result.connection["proxy"]["tunnel"]
    direct = run.trace(
        "--cacert", pki.ca, nginx.url("tls", "/hello.txt"), env={"HTTPS_PROXY": proxy, "NO_PROXY": "localhost"}
    )
    assert direct.connection["proxy"] is None


def test_tunnel_of_plain_http(proxy, nginx):
    result = run.trace("-p", "-x", proxy, nginx.url("plain", "/hello.txt"))
    check_healthy(result, http_version="1.1")
    assert result.connection["proxy"]["tunnel"]


def test_password_given(squid, nginx, pki):
    result = run.trace(
        "--cacert", pki.ca, "-U", "user:secret", "-x", squid.url("password"), nginx.url("tls", "/hello.txt")
    )
    check_healthy(result, http_version="2")


def test_password_missing(squid, nginx, pki):
    args = ("--cacert", pki.ca, "-x", squid.url("password"), nginx.url("tls"))
    result = run.trace(*args)
    check_failed(result, run.curl_exit(*args), "proxy")
    told = result.connection["proxy"]
    assert told["ok"] is False and told["response"]["status"] == 407
    assert run.fields(told["response"]["headers"], "proxy-authenticate") == ['Basic realm="proxy"']


def test_password_missing_for_plain_http(squid, nginx):
    result = run.trace("-x", squid.url("password"), nginx.url("plain"))
    assert result.exit_code == 0 and result.exchange["response"]["status"] == 407


def test_connect_forbidden(squid):
    args = ("-x", squid.url("open"), "https://forbidden.example.test/")
    result = run.trace(*args)
    check_failed(result, run.curl_exit(*args), "proxy")
    assert result.connection["proxy"]["response"]["status"] == 403
    assert result.connection["tls"] is None


def test_proxy_over_tls_carries_tls(squid, nginx, pki):
    result = run.trace(
        "-x", squid.url("https"), nginx.url("rsa", "/hello.txt"), env={"SSL_CERT_DIR": pki.hashed_ca_dir()}
    )
    check_healthy(result, http_version="2")
    told = result.connection["proxy"]
    assert told["kind"] == "https" and told["tunnel"]
    assert told["tls"]["certificates"][0]["sha256"] == pki.sha256("ec")
    assert one_tls(result)["certificates"][0]["sha256"] == pki.sha256("rsa")
    for layer in (told["tls"], one_tls(result)):
        assert [m["message"] for m in layer["handshake"]][:2] == ["client_hello", "server_hello"]


def test_proxy_over_tls_carries_plain_http(squid, nginx, pki):
    result = run.trace(
        "-x", squid.url("https"), nginx.url("plain", "/hello.txt"), env={"SSL_CERT_DIR": pki.hashed_ca_dir()}
    )
    check_healthy(result, http_version="1.1")
    assert result.connection["proxy"]["tls"]["version"] == "TLSv1.3" and result.connection["tls"] is None


def test_proxy_refuses_the_connection(nginx, pki):
    args = ("--cacert", pki.ca, "-x", f"http://127.0.0.1:{free_port()}", nginx.url("tls"))
    result = run.trace(*args)
    check_failed(result, run.curl_exit(*args), "connect")


def test_proxy_closes_at_connect(nginx, pki):
    with Fault(close_after_hello) as fault:
        args = ("--cacert", pki.ca, "-x", fault.url(), nginx.url("tls"))
        result = run.trace(*args)
        check_failed(result, run.curl_exit(*args), "proxy")


def test_proxy_is_silent(nginx, pki):
    with Fault(mute) as fault:
        result = run.trace("--cacert", pki.ca, "-m", "1", "-x", fault.url(), nginx.url("tls"))
    check_failed(result, 28, "proxy")
    assert result.connection["proxy"]["response"] is None


def test_proxy_gateway_error(nginx, pki):
    with Fault(says(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")) as fault:
        args = ("--cacert", pki.ca, "-x", fault.url(), nginx.url("tls"))
        result = run.trace(*args)
        check_failed(result, run.curl_exit(*args), "proxy")
    assert result.connection["proxy"]["response"]["status"] == 502


@pytest.mark.parametrize("scheme, kind", [("socks5", 1), ("socks5h", 3)])
def test_socks5(scheme, kind, nginx, pki):
    with Socks5() as socks:
        result = run.trace(
            "--cacert", pki.ca, "-4", "-x", f"{scheme}://127.0.0.1:{socks.port}", nginx.url("tls", "/hello.txt")
        )
        check_healthy(result, http_version="2")
        assert [asked[0] for asked in socks.asked] == [kind]
    told = result.connection["proxy"]
    assert told["kind"] == "socks5" and told["tunnel"] and told["ok"] and told["socks_reply"] == 0


@pytest.mark.parametrize("bound", [b"\x04" + bytes(16), b"\x03\x0bexample.com"], ids=["ipv6", "name"])
def test_socks5_reply_longer_than_one_read(bound, nginx):
    with Socks5(bound=bound) as socks:
        result = run.trace("--timeline", "-x", f"socks5h://127.0.0.1:{socks.port}", nginx.url("plain"))
    events = [event for event in result.report["timeline"] if event["dir"] == "in"]
    (reply,) = [event for event in events if event["summary"] == "SOCKS5 reply: succeeded"]
    assert reply["bytes"] == 3 + len(bound) + 2
    assert not [event for event in events if event["kind"] == "opaque"]


@pytest.mark.parametrize("reply, ok", [(90, True), (91, False)])
@pytest.mark.parametrize("scheme", ["socks4", "socks4a"])
def test_socks4(scheme, reply, ok, nginx):
    with Socks4(reply) as socks:
        result = run.trace("-4", "-x", f"{scheme}://127.0.0.1:{socks.port}", nginx.url("plain"))
    told = result.connection["proxy"]
    assert told["kind"] == "socks4" and told["ok"] is ok and told["socks_reply"] == reply


def test_socks4_asked_of_a_socks5_server(nginx):
    with Fault(lambda conn: (conn.recv(100), conn.sendall(b"\x05\xff"), conn.recv(1))) as fault:
        result = run.trace("-4", "-m", "1", "-x", f"socks4://127.0.0.1:{fault.port}", nginx.url("plain"))
    check_failed(result, 28, "proxy")
    assert [f["code"] for f in result.report["findings"] if f["severity"] == "error"] == ["proxy.other_protocol"]


def test_socks5_with_a_password(nginx):
    with Socks5(user="user", password="secret") as socks:
        url = f"socks5h://user:secret@127.0.0.1:{socks.port}"
        result = run.trace("-x", url, nginx.url("plain", "/hello.txt"))
        check_healthy(result, http_version="1.1")
    assert "secret" not in result.text


def test_socks5_refuses(nginx):
    with Socks5(reply=2) as socks:
        args = ("-x", f"socks5h://127.0.0.1:{socks.port}", nginx.url("plain"))
        result = run.trace(*args)
        check_failed(result, run.curl_exit(*args), "proxy")
    told = result.connection["proxy"]
    assert told["ok"] is False and told["socks_reply"] == 2


def test_socks5_is_silent(nginx):
    with Socks5(mute=True) as socks:
        result = run.trace("-m", "1", "-x", f"socks5h://127.0.0.1:{socks.port}", nginx.url("plain"))
    check_failed(result, 28, "proxy")


def test_reuse_through_a_tunnel(proxy, nginx, pki):
    result = run.trace("--cacert", pki.ca, "-x", proxy, nginx.url("tls", "/hello.txt"), nginx.url("tls", "/nothing"))
    second = result.reports[1]["exchanges"][0]
    assert result.exit_code == 0 and second["reused"]
    check_phases(result, second)


def test_ftp_through_an_http_proxy_is_http():
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    with Fault(says(answer)) as fault:
        result = run.trace("-x", fault.url(), "ftp://h.test/file;type=i")
        check_healthy(result, http_version="1.1")
        assert result.exchange["request"]["target"].startswith("ftp://")
        named = run.trace("ftp://h.test/file", env={"ftp_proxy": fault.url()})
        check_healthy(named, http_version="1.1")
        refused = run.trace("--proto", "=http", "-x", fault.url(), "ftp://h.test/file")
        assert refused.exit_code == 1
    direct = run.trace("ftp://h.test/file")
    assert direct.exit_code == 1


class Tunnels:
    """A proxy that opens every tunnel, or none, and keeps what comes through it."""

    def __init__(self, status):
        self.status, self.targets, self.inside = status, [], b""

    def __call__(self, conn):
        self.targets.append(read_head(conn).split(b" ")[1].decode())
        conn.sendall(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % self.status)
        while got := conn.recv(65536):
            self.inside += got
            conn.sendall(b"HTTP/1.1 302 Found\r\nLocation: ftp://files.example/\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize("words", [[], ["-i"], ["-D", "/dev/null"]])
@pytest.mark.parametrize("url", ["ftp://o.example/", "dict://o.example/", "imaps://o.example/", "telnet://o.example/"])
def test_other_protocols_end_where_the_tunnel_stands(url, words):
    proxy = Tunnels(b"200 OK")
    with Fault(proxy) as server:
        result = run.trace(*words, "-o", "/dev/null", "-p", "-x", server.url(), url)
    check_failed(result, 1, "proxy")
    assert result.connection["proxy"]["ok"] and proxy.targets[0].startswith("o.example:") and proxy.inside == b""
    assert "is not HTTP" in result.report["outcome"]["curl_error"]


def test_a_tunnel_for_another_protocol_may_be_refused():
    proxy = Tunnels(b"403 Forbidden")
    with Fault(proxy) as server:
        result = run.trace("-p", "-x", server.url(), "ftp://o.example:2121/")
    check_failed(result, 56, "proxy")
    assert proxy.targets == ["o.example:2121"] and result.connection["proxy"]["response"]["status"] == 403


def test_a_redirect_may_lead_to_another_protocol():
    proxy = Tunnels(b"200 OK")
    with Fault(proxy) as server:
        result = run.trace("-L", "-p", "-x", server.url(), "http://o.example/")
    assert result.exit_code == 1 and proxy.targets == ["o.example:80", "files.example:21"]
    assert proxy.inside.startswith(b"GET / HTTP/1.1") and b"USER" not in proxy.inside


@pytest.mark.parametrize("words", [["--suppress-connect-headers"], ["--proto", "=http"]])
def test_nothing_is_asked_of_a_proxy_that_may_not_be(words):
    proxy = Tunnels(b"200 OK")
    with Fault(proxy) as server:
        result = run.trace(*words, "-p", "-x", server.url(), "ftp://o.example/")
    assert result.exit_code == 1 and not proxy.targets
