# SPDX-License-Identifier: MIT
"""Findings of TLS against real products: each names its code, phase and place; no endpoint is taken for the path."""

import pytest

import run
from checks import check_failed, check_healthy
from servers import faults
from servers.faults import Fault
from servers.interceptor import Mitmproxy, SquidBump
from servers.openssl_s import SServer


def codes(report, *severities):
    return [f["code"] for f in report["findings"] if not severities or f["severity"] in severities]


def finding(result, code):
    found = [f for f in result.report["findings"] if f["code"] == code]
    assert len(found) == 1, result.explain(f"{code} does not hold: {codes(result.report)}")
    assert found[0]["evidence"], result.explain(f"{code} has no evidence")
    return found[0]


def facts(found):
    return "\n".join(e["fact"] for e in found["evidence"])


def names(result, code, locus, severity="error"):
    """The finding is there with that place; the verdict has it; nobody is called the path who is none."""
    found = finding(result, code)
    assert (found["severity"], found["phase"], found["locus"]) == (severity, "tls", locus), result.explain(code)
    if severity == "error":
        assert result.report["verdict"]["locus"] == locus, result.explain("the verdict names another place")
    if locus != "path":
        assert "path" not in {f["locus"] for f in result.report["findings"]}, result.explain("called the path")
    return found


# ---- alerts ----

ALERTS = [
    ("nginx", "reject", (), "unrecognized_name", "front"),
    ("nginx", "tls13", ("--tls-max", "1.2"), "protocol_version", "local"),
    ("nginx", "tls12", ("--tlsv1.3",), "protocol_version", "local"),
    ("nginx", "tls12", ("--tls-max", "1.2", "--ciphers", "ECDHE-RSA-AES128-GCM-SHA256"), "handshake_failure", "front"),
    ("haproxy", "strict", ("--connect-to", "other.test:{port}:127.0.0.1:{port}"), "unrecognized_name", "front"),
    ("goserver", "strict", ("--connect-to", "other.test:{port}:127.0.0.1:{port}"), "internal_error", "front"),
    ("goserver", "bare", (), "unrecognized_name", "front"),
    ("goserver", "newest", ("--tls-max", "1.2"), "protocol_version", "local"),
    ("goserver", "acme", (), "no_application_protocol", "front"),
]


@pytest.mark.parametrize(
    "server, port_name, options, alert, locus", ALERTS, ids=[f"{a[0]}-{a[1]}-{a[3]}" for a in ALERTS]
)
def test_alert(server, port_name, options, alert, locus, request, pki):
    server = request.getfixturevalue(server)
    port = server.port[port_name]
    host = "other.test" if "--connect-to" in options else "localhost"
    args = ("--cacert", pki.ca, *(o.format(port=port) for o in options), server.url(port_name, host=host))
    result = run.trace(*args)
    check_failed(result, run.curl_exit(*args), "tls")
    found = names(result, "tls.alert." + alert, locus)
    assert f"fatal alert {alert}" in facts(found)
    assert ("tls.version_mismatch" in codes(result.report)) == (alert == "protocol_version")


def test_common_groups_are_none(pki):
    with SServer(pki, "-groups", "P-384") as server:
        result = run.trace("--cacert", pki.ca, "--curves", "X25519", server.url("tls"))
    names(result, "tls.alert.handshake_failure", "front")


# ---- endpoints that look like the path ----


def test_dead_tcp_backend_of_haproxy(haproxy):
    result = run.trace(haproxy.url("closing").replace("http:", "https:"))
    names(result, "tls.ch_fin", "front")
    assert "tls.no_server_hello" in codes(result.report)


def hello_record(result):
    """Bytes of the ClientHello with its record header (RFC 8446 section 5.1): what the library offers sets its size."""
    (hello,) = [m for m in result.connection["tls"]["handshake"] if m["message"] == "client_hello"]
    assert hello["bytes"] > 100 and hello["dir"] == "out"
    return hello["bytes"] + 5


def test_closed_in_answer_to_the_client_hello():
    with Fault(faults.close_after_hello) as fault:
        result = run.trace(fault.url("https"))
    assert f"{hello_record(result)} bytes" in facts(names(result, "tls.ch_fin", "front"))


def test_reset_in_answer_to_the_client_hello():
    with Fault(faults.reset_after_hello) as fault:
        result = run.trace(fault.url("https"))
    (code,) = [c for c in codes(result.report, "error") if c.startswith("tls.ch_rst")]
    assert finding(result, code)["locus"] in ("front", "unknown")
    assert result.report["verdict"]["locus"] != "path"


def test_mute_server():
    with Fault(faults.mute) as fault:
        result = run.trace("-m", "1", fault.url("https"))
    size = hello_record(result)
    assert f"{size} of {size} bytes acknowledged" in facts(names(result, "tls.acked_silence", "front"))


def test_plain_port_of_nginx(nginx):
    result = run.trace(nginx.url("plain").replace("http:", "https:"))
    assert "HTTP" in names(result, "tls.plaintext_reply", "front")["title"]


def test_ssh_port():
    with Fault(faults.ssh) as fault:
        result = run.trace(fault.url("https"))
    found = names(result, "tls.plaintext_reply", "front")
    assert "SSH" in found["title"] and "SSH-2.0" in facts(found)


# ---- certificates ----


def test_expired(nginx, pki):
    result = run.trace("--cacert", pki.ca, nginx.url("expired"))
    found = names(result, "cert.expired", "origin")
    assert "2020-01-01T00:00:00Z to 2021-01-01T00:00:00Z" in facts(found)


def test_wrong_name(nginx, pki):
    result = run.trace("--cacert", pki.ca, nginx.url("mismatch"))
    assert "elsewhere.example.test" in facts(names(result, "cert.name_mismatch", "front"))


def test_self_signed(pki):
    with SServer(pki, leaf="selfsigned") as server:
        result = run.trace(server.url("tls"))
    names(result, "cert.self_signed", "origin")


def test_untrusted(nginx, pki, tmp_path):
    names(run.trace(nginx.url("chain")), "cert.untrusted", "origin")
    other = tmp_path / "other.pem"
    pki.openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        str(tmp_path / "key"),
        "-out",
        str(other),
        "-subj",
        "/CN=Another CA",
    )
    names(run.trace("--cacert", other, nginx.url("tls")), "cert.untrusted", "origin")


def test_incomplete_chain(pki):
    with SServer(pki, leaf="chain") as server:  # s_server sends the first certificate alone
        result = run.trace("--cacert", pki.ca, server.url("tls"))
    names(result, "cert.incomplete_chain", "origin")


def test_client_certificate_required(pki):
    for version in ("1_2", "1_3"):
        with SServer(pki, "-tls" + version, "-Verify", "1", "-verify_return_error", "-CAfile", pki.ca) as server:
            result = run.trace("--cacert", pki.ca, server.url("tls"))
        names(result, "tls.client_cert_required", "local")


def test_client_certificate_required_by_page(nginx, pki):
    result = run.trace("--cacert", pki.ca, nginx.url("client"))
    names(result, "tls.client_cert_required", "local", "warning")


@pytest.mark.parametrize("port_name, code", [("expired", "cert.expired"), ("mismatch", "cert.name_mismatch")])
def test_insecure_makes_a_notice_of_it(port_name, code, nginx, pki):
    result = run.trace("-k", "--cacert", pki.ca, nginx.url(port_name, "/hello.txt"))
    check_healthy(result)
    assert finding(result, code)["severity"] == "notice"


def test_insecure_says_nothing_of_a_good_certificate(nginx, pki):
    result = run.trace("-k", "--cacert", pki.ca, nginx.url("tls", "/hello.txt"))
    check_healthy(result)
    assert not [c for c in codes(result.report) if c.startswith("cert.") and c != "cert.local_root"]


def test_given_root_is_told(nginx, pki):
    result = run.trace("--cacert", pki.ca, nginx.url("tls", "/hello.txt"))
    check_healthy(result)
    assert [f["severity"] for f in result.report["findings"] if f["code"] == "cert.local_root"] in (["info"], [])


# ---- interception ----


@pytest.fixture(scope="module", params=[SquidBump, Mitmproxy], ids=["squid", "mitmproxy"])
def interceptor(request, pki):
    with request.param(pki) as server:
        yield server


def test_interceptor_that_is_trusted(interceptor, nginx):
    result = run.trace("-x", interceptor.url("proxy"), "--cacert", interceptor.ca, nginx.url("tls", "/hello.txt"))
    assert result.exit_code == 0 and result.exchange["response"]["status"] == 200, result.explain("not answered")
    found = names(result, "cert.inspection_issuer", "proxy")
    assert "the chain verifies" in facts(found)
    assert result.report["verdict"]["status"] == "intercepted"


def test_interceptor_that_is_not_trusted(interceptor, nginx):
    result = run.trace("-x", interceptor.url("proxy"), nginx.url("tls", "/hello.txt"))
    assert result.exit_code == 60
    names(result, "cert.inspection_issuer", "proxy")
    assert result.report["verdict"]["status"] == "intercepted"


# ---- healthy ----


HEALTHY = [("nginx", "tls"), ("nginx", "rsa"), ("nginx", "tls12"), ("nginx", "h1only"), ("nginx", "staple")]
HEALTHY += [("haproxy", "tls"), ("goserver", "tls"), ("caddy", "tls"), ("nghttpd", "h2")]


@pytest.mark.parametrize("server, port_name", HEALTHY, ids=["-".join(pair) for pair in HEALTHY])
def test_healthy(server, port_name, request, pki):
    server = request.getfixturevalue(server)
    result = run.trace("--cacert", pki.ca, server.url(port_name))
    loud = codes(result.report, "warning", "error")
    assert not [c for c in loud if c.split(".")[0] in ("tls", "cert", "alpn")], result.explain("a false alarm")
