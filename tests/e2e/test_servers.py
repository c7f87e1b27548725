# SPDX-License-Identifier: MIT
"""Every real server, every HTTP version and TLS version it speaks: a healthy request told in full."""

import pytest

import run
from checks import check_healthy, one_tls

CASES = [
    # server, port, path, options, HTTP version, TLS version, ALPN
    ("nginx", "plain", "/hello.txt", (), "1.1", None, None),
    ("nginx", "h2c", "/hello.txt", ("--http2-prior-knowledge",), "2", None, None),
    ("nginx", "tls", "/hello.txt", (), "2", "TLSv1.3", "h2"),
    ("nginx", "tls", "/hello.txt", ("--http1.1",), "1.1", "TLSv1.3", "http/1.1"),
    ("nginx", "tls", "/hello.txt", ("--tls-max", "1.2"), "2", "TLSv1.2", "h2"),
    ("nginx", "tls12", "/hello.txt", (), "2", "TLSv1.2", "h2"),
    ("nginx", "tls12", "/hello.txt", ("--http1.1",), "1.1", "TLSv1.2", "http/1.1"),
    ("nginx", "tls13", "/hello.txt", ("--tlsv1.3",), "2", "TLSv1.3", "h2"),
    ("nginx", "h1only", "/hello.txt", (), "1.1", "TLSv1.3", "http/1.1"),
    ("nginx", "rsa", "/hello.txt", ("--tls-max", "1.2"), "2", "TLSv1.2", "h2"),
    ("nghttpd", "h2", "/index.html", (), "2", "TLSv1.3", "h2"),
    ("nghttpd", "h2", "/index.html", ("--tls-max", "1.2"), "2", "TLSv1.2", "h2"),
    ("nghttpd_h2c", "h2", "/index.html", ("--http2-prior-knowledge",), "2", None, None),
    ("haproxy", "plain", "/hello.txt", (), "1.1", None, None),
    ("haproxy", "h2c", "/hello.txt", ("--http2-prior-knowledge",), "2", None, None),
    ("haproxy", "tls", "/hello.txt", (), "2", "TLSv1.3", "h2"),
    ("haproxy", "tls", "/hello.txt", ("--http1.1",), "1.1", "TLSv1.3", "http/1.1"),
    ("haproxy", "strict", "/hello.txt", ("--tls-max", "1.2"), "2", "TLSv1.2", "h2"),
    ("caddy", "plain", "/index.html", (), "1.1", None, None),
    ("caddy", "plain", "/index.html", ("--http2-prior-knowledge",), "2", None, None),
    ("caddy", "tls", "/index.html", (), "2", "TLSv1.3", "h2"),
    ("caddy", "tls", "/index.html", ("--http1.1", "--tls-max", "1.2"), "1.1", "TLSv1.2", "http/1.1"),
    ("goserver", "plain", "/", (), "1.1", None, None),
    ("goserver", "tls", "/", (), "2", "TLSv1.3", "h2"),
    ("goserver", "tls", "/", ("--http1.1",), "1.1", "TLSv1.3", "http/1.1"),
    ("goserver", "tls", "/", ("--tls-max", "1.2"), "2", "TLSv1.2", "h2"),
]


def name_of(case):
    return "-".join([case[0], case[1], *case[3], case[4]]).replace("--", "")


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_healthy(case, request, pki):
    server_name, port, path, options, http_version, tls_version, alpn = case
    server = request.getfixturevalue(server_name)
    result = run.trace("--cacert", pki.ca, *options, server.url(port, path))
    check_healthy(result, http_version=http_version)
    check_connection(result, server.port[port])
    if tls_version is None:
        assert result.connection["tls"] is None
    else:
        check_tls(result, pki, tls_version, alpn, "rsa" if port == "rsa" else "ec")
    check_h2(result, http_version)


def check_connection(result, port):
    connection = result.connection
    assert connection["remote"] in (f"127.0.0.1:{port}", f"[::1]:{port}")
    assert connection["proxy"] is None
    won = [a for a in connection["attempts"] if a["outcome"] == "connected"]
    assert len(won) == 1 and won[0]["port"] == port and won[0]["errno"] is None
    assert (
        connection["tcp"]["rtt_us"] >= 0 and connection["tcp"]["retransmits"] >= 0
    )  # a loaded host may repeat a segment
    assert result.exchange["reused"] is False and result.exchange["cause"] == "initial"


def check_tls(result, pki, version, alpn, leaf):
    tls = one_tls(result)
    assert tls["version"] == version, result.explain("TLS version")
    assert tls["sni"] == "localhost" and tls["resumed"] is False
    assert tls["alpn"]["selected"] == alpn
    assert tls["certificates"][0]["sha256"] == pki.sha256(leaf)
    assert "localhost" in tls["certificates"][0]["san"] and "127.0.0.1" in tls["certificates"][0]["san"]
    assert tls["certificates"][0]["key"] == ("RSA 2048" if leaf == "rsa" else "EC P-256")
    assert tls["verify"]["ok"] is True and tls["verify"]["code"] == 0
    assert tls["cipher"] and tls["group"]
    messages = [m["message"] for m in tls["handshake"] if m["message"] != "change_cipher_spec"]
    if messages[1] == "hello_retry_request":  # nghttpd prefers a group that is not offered first
        del messages[1:3]
    assert messages[:2] == ["client_hello", "server_hello"] and messages.count("finished") == 2
    assert run.phase(result.exchange, "tls")["outcome"] == "ok"


def check_h2(result, http_version):
    h2 = result.connection["h2"]
    if http_version != "2":
        assert h2 is None and result.exchange["stream"] is None
        return
    assert result.exchange["stream"] == 1
    assert h2["frames"]["sent"]["HEADERS"] == 1 and h2["frames"]["received"]["HEADERS"] >= 1
    assert h2["frames"]["received"]["DATA"] >= 1 and h2["frames"]["received"]["SETTINGS"] >= 1
    assert h2["local_settings"] and h2["goaway"] is None


def test_intermediate_is_listed(nginx, pki):
    tls = one_tls(run.trace("--cacert", pki.ca, nginx.url("chain")))
    assert [c["sha256"] for c in tls["certificates"]] == [pki.sha256("chain"), pki.sha256("intermediate")]
    assert tls["certificates"][0]["issuer"] == tls["certificates"][1]["subject"]


def test_addresses_are_literal_or_by_name(nginx, pki):
    literal = run.trace("--cacert", pki.ca, nginx.url("tls", host="127.0.0.1"))
    assert literal.connection["resolve"]["source"] == "literal"
    assert one_tls(literal)["sni"] is None
    six = run.trace("--cacert", pki.ca, nginx.url("tls", host="[::1]"))
    assert six.connection["remote"] == f"[::1]:{nginx.port['tls']}"


def test_resolve_option_gives_the_address(nginx, pki):
    port = nginx.port["tls"]
    result = run.trace(
        "--cacert",
        pki.ca,
        "--resolve",
        f"www.example.test:{port}:127.0.0.1",
        f"https://www.example.test:{port}/hello.txt",
    )
    check_healthy(result, http_version="2")
    assert result.connection["resolve"]["host"] == "www.example.test"
    assert result.connection["resolve"]["source"] == "option"
    assert one_tls(result)["sni"] == "www.example.test"


def test_names_what_it_runs_on(nginx):
    tool = run.trace(nginx.url("plain")).report["tool"]
    assert tool["name"] == "httptrace" and tool["libcurl"] and tool["tls"].startswith("OpenSSL/") and tool["nghttp2"]
    assert tool["tap"] == "full"
