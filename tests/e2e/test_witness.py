# SPDX-License-Identifier: MIT
"""httptrace against the witness: the same frames and messages as tshark sees on the wire, in the same order."""

import pytest

import run
import witness
from servers.openssl_s import SServer

CASES = [
    # server, port, path, options, protocol on the port
    ("nginx", "tls", "/small.bin", (), "tls"),
    ("nginx", "tls12", "/hello.txt", (), "tls"),
    ("nginx", "tls", "/sink", ("-d", "x=1&y=2"), "tls"),
    ("nginx", "staple", "/hello.txt", ("--cert-status",), "tls"),
    ("nginx", "h2c", "/small.bin", ("--http2-prior-knowledge",), "http2"),
    ("nghttpd", "h2", "/small.bin", (), "tls"),
    ("nghttpd", "h2", "/index.html", ("--tls-max", "1.2", "--curves", "P-256"), "tls"),
    ("nghttpd_h2c", "h2", "/index.html", ("--http2-prior-knowledge",), "http2"),
    ("caddy", "tls", "/small.bin", (), "tls"),
    ("caddy", "plain", "/index.html", ("--http2",), "http"),
    ("haproxy", "tls", "/small.bin", (), "tls"),
    ("haproxy", "tls", "/hello.txt", ("-H", "x-long: " + "y" * 3000), "tls"),
    ("goserver", "tls", "/bytes?n=200000", (), "tls"),
    ("goserver", "tls", "/trailers", (), "tls"),
    ("goserver", "tls", "/early-hints", (), "tls"),
    ("goserver", "tls", "/abort?after=1000", (), "tls"),
    ("goserver", "tls", "/", ("--http1.1",), "tls"),
    ("goserver", "tls", "/not-modified", ("-H", "x-long: " + "y" * 30000), "tls"),  # HEADERS and CONTINUATION
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}-{c[1]}{c[2].split('?')[0].replace('/', '-')}")
def test_agrees(case, request, pki):
    server_name, port, path, options, carries = case
    for option in options:
        if option.startswith("--"):
            run.require(option)
    server = request.getfixturevalue(server_name)
    _, seen = witness.check(server.port[port], "--cacert", pki.ca, *options, server.url(port, path), carries=carries)
    assert carries != "tls" or "client_hello" in [kind for kind, _ in seen.messages["out"]]
    assert "--http1.1" in options or seen.frames["in"]


def test_agrees_over_several_requests(nginx, pki):
    urls = [nginx.url("tls", path) for path in ("/hello.txt", "/nothing", "/small.bin", "/denied")]
    _, seen = witness.check(nginx.port["tls"], "--cacert", pki.ca, *urls)
    assert [stream for kind, _, _, stream, _ in seen.frames["out"] if kind == "HEADERS"] == [1, 3, 5, 7]


def test_agrees_on_client_authentication(nginx, pki):
    _, seen = witness.check(
        nginx.port["client"],
        "--cacert",
        pki.ca,
        "--cert",
        pki.cert("client"),
        "--key",
        pki.key("client"),
        nginx.url("client", "/hello.txt"),
    )
    assert "certificate_verify" in [kind for kind, _ in seen.messages["out"]]


@pytest.mark.parametrize("options", [("-tls1_3",), ("-tls1_2",), ("-tls1_2", "-cipher", "AES128-SHA256")], ids=" ".join)
def test_agrees_with_s_server(options, pki):
    with SServer(pki, *options, leaf="rsa") as server:
        _, seen = witness.check(server.port["tls"], "--cacert", pki.ca, server.url("tls"))
    assert [kind for kind, _ in seen.messages["in"]][0] == "server_hello"


def test_agrees_on_hello_retry(pki):
    with SServer(pki, "-groups", "P-384") as server:
        _, seen = witness.check(server.port["tls"], "--cacert", pki.ca, "--curves", "P-256:P-384", server.url("tls"))
    assert [kind for kind, _ in seen.messages["in"]][:2] == ["hello_retry_request", "server_hello"]
    assert [kind for kind, _ in seen.messages["out"]].count("client_hello") == 2


def test_agrees_on_resumption(pki):
    with SServer(pki) as server:
        _, seen = witness.check(server.port["tls"], "--cacert", pki.ca, server.url("tls"), server.url("tls"))
    hellos = [extensions for kind, extensions in seen.messages["out"] if kind == "client_hello"]
    assert len(hellos) == 2 and "pre_shared_key" not in hellos[0] and "pre_shared_key" in hellos[1]
