# SPDX-License-Identifier: MIT
"""TLS beyond the healthy case: resumption, client certificates, HelloRetryRequest, OCSP, old versions, refusals."""

import pytest

import run
from checks import check_failed, check_healthy, one_tls
from servers.openssl_s import SServer

OLD = ("-cipher", "ALL:@SECLEVEL=0")
OLD_CLIENT = ("--tlsv1.0", "--ciphers", "ALL:@SECLEVEL=0")


def messages(tls):
    return [m["message"] for m in tls["handshake"]]


@pytest.mark.parametrize("version", ["1_2", "1_3"])
def test_resumption(version, pki):
    with SServer(pki, "-tls" + version) as server:
        result = run.trace("--cacert", pki.ca, server.url("tls"), server.url("tls"))
    first, second = result.reports
    assert [run.connection_of(r, r["exchanges"][0])["tls"]["resumed"] for r in (first, second)] == [False, True]
    again = run.connection_of(second, second["exchanges"][0])["tls"]
    assert "certificate" not in messages(again)
    assert not second["exchanges"][0]["reused"]


def test_client_certificate_given(nginx, pki):
    result = run.trace(
        "--cacert", pki.ca, "--cert", pki.cert("client"), "--key", pki.key("client"), nginx.url("client", "/hello.txt")
    )
    check_healthy(result)
    handshake = one_tls(result)["handshake"]
    assert [m["dir"] for m in handshake if m["message"] == "certificate"] == ["in", "out"]
    assert "certificate_request" in messages(one_tls(result))


def test_client_certificate_missing_but_optional(nginx, pki):
    result = run.trace("--cacert", pki.ca, nginx.url("client"))
    assert result.exit_code == 0 and result.exchange["response"]["status"] == 400
    assert "certificate_request" in messages(one_tls(result))


@pytest.mark.parametrize("version", ["1_2", "1_3"])
def test_client_certificate_missing_and_required(version, pki):
    with SServer(pki, "-tls" + version, "-Verify", "1", "-verify_return_error", "-CAfile", pki.ca) as server:
        args = ("--cacert", pki.ca, server.url("tls"))
        result = run.trace(*args)
        check_failed(result, run.curl_exit(*args))
    alerts = [a for a in one_tls(result)["alerts"] if a["dir"] == "in"]
    assert alerts and alerts[0]["description"] == (
        "handshake_failure" if version == "1_2" else "certificate_required"
    ), result.explain("the peer's alert")


def test_hello_retry(pki):
    with SServer(pki, "-groups", "P-384") as server:
        result = run.trace("--cacert", pki.ca, "--curves", "P-256:P-384", server.url("tls"))
    assert result.exit_code == 0
    assert messages(one_tls(result))[:4] == ["client_hello", "hello_retry_request", "client_hello", "server_hello"]
    assert "384" in one_tls(result)["group"]


def test_stapled_ocsp_good(nginx, pki):
    run.require("--cert-status")
    result = run.trace("--cacert", pki.ca, "--cert-status", nginx.url("staple", "/hello.txt"))
    check_healthy(result)
    assert "good" in str(one_tls(result)["ocsp"]), result.explain("OCSP status")


def test_stapled_ocsp_revoked(nginx, pki):
    run.require("--cert-status")
    args = ("--cacert", pki.ca, "--cert-status", nginx.url("revoked", "/hello.txt"))
    result = run.trace(*args)
    assert result.exit_code == run.curl_exit(*args) == 91
    assert "revoked" in str(one_tls(result)["ocsp"]), result.explain("OCSP status")


@pytest.mark.parametrize("option, version", [("-tls1", "TLSv1"), ("-tls1_1", "TLSv1.1")])
def test_old_versions(option, version, pki):
    with SServer(pki, option, *OLD) as server:
        result = run.trace("--cacert", pki.ca, *OLD_CLIENT, server.url("tls"))
    assert result.exit_code == 0, result.explain("old TLS")
    assert one_tls(result)["version"] in (version, version + ".0")


def test_version_mismatch(nginx, pki):
    args = ("--cacert", pki.ca, "--tls-max", "1.2", nginx.url("tls13"))
    result = run.trace(*args)
    check_failed(result, run.curl_exit(*args), "tls")
    assert [a["description"] for a in one_tls(result)["alerts"]] == ["protocol_version"]
    assert one_tls(result)["certificates"] == []


def test_no_common_cipher(pki):
    with SServer(pki, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384") as server:
        args = ("--cacert", pki.ca, "--tls-max", "1.2", "--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256", server.url("tls"))
        result = run.trace(*args)
        check_failed(result, run.curl_exit(*args), "tls")
    alert = one_tls(result)["alerts"][0]
    assert (alert["description"], alert["level"], alert["dir"]) == ("handshake_failure", "fatal", "in")


def refused_name(server, port, pki):
    port = server.port[port]
    args = ("--cacert", pki.ca, "--resolve", f"other.test:{port}:127.0.0.1", f"https://other.test:{port}/")
    result = run.trace(*args)
    check_failed(result, run.curl_exit(*args), "tls")
    assert one_tls(result)["sni"] == "other.test"
    return [a["description"] for a in one_tls(result)["alerts"]]


def test_handshake_rejected_by_nginx(nginx, pki):
    assert refused_name(nginx, "reject", pki) == ["unrecognized_name"]


def test_unknown_name_at_haproxy(haproxy, pki):
    assert refused_name(haproxy, "strict", pki) == ["unrecognized_name"]


def test_unknown_name_at_go(goserver, pki):
    assert refused_name(goserver, "strict", pki) == ["internal_error"]


def bad_certificate(name, nginx, pki):
    """The run, and its one session."""
    args = ("--cacert", pki.ca, nginx.url(name))
    result = run.trace(*args)
    check_failed(result, run.curl_exit(*args), "tls")
    tls = one_tls(result)
    assert tls["certificates"][0]["sha256"] == pki.sha256(name)
    assert tls["verify"]["ok"] is False, result.explain("it did not verify")
    return result, tls


def check_refusal(result, alert):
    """OpenSSL refuses a certificate with this alert, unless libcurl verifies once the handshake is over: 7.88 does not."""
    sent = [a["description"] for a in one_tls(result)["alerts"] if a["dir"] == "out"]
    verifies_later = int(result.report["tool"]["libcurl"].split(".")[0]) >= 8
    assert sent == [alert] or (verifies_later and alert not in sent and set(sent) <= {"close_notify"})


def test_expired_certificate_is_decoded(nginx, pki):
    result, tls = bad_certificate("expired", nginx, pki)
    assert tls["certificates"][0]["not_before"].startswith("2020-01-01")
    assert tls["certificates"][0]["not_after"].startswith("2021-01-01")
    assert tls["verify"]["code"] == 10  # X509_V_ERR_CERT_HAS_EXPIRED
    check_refusal(result, "certificate_expired")


def test_certificate_of_another_name_is_decoded(nginx, pki):
    _, tls = bad_certificate("mismatch", nginx, pki)
    assert tls["certificates"][0]["san"] == ["elsewhere.example.test"]
    assert tls["verify"]["code"] == 0 and tls["verify"]["hostname_ok"] is False


@pytest.mark.parametrize("port", ["expired", "mismatch"])
def test_insecure_goes_on_and_still_tells(port, nginx, pki):
    result = run.trace("-k", "--cacert", pki.ca, nginx.url(port, "/hello.txt"))
    assert result.exit_code == 0 and result.exchange["response"]["status"] == 200
    assert not [f for f in result.report["findings"] if f["severity"] in ("warning", "error")]


def test_unknown_root(nginx, pki):
    args = ("--cacert", pki.cert("selfsigned"), nginx.url("tls"))
    result = run.trace(*args)
    check_failed(result, run.curl_exit(*args), "tls")
    check_refusal(result, "unknown_ca")
    assert one_tls(result)["verify"]["ok"] is False and one_tls(result)["verify"]["message"]


def test_fingerprints_and_offers(nginx, pki):
    tls = one_tls(run.trace("--cacert", pki.ca, nginx.url("tls")))
    assert len(tls["ja3"]) == 32 and len(tls["ja3s"]) == 32
    assert tls["ja4"].startswith("t13d") and tls["alpn"]["offered"] == ["h2", "http/1.1"]


def test_keylog_reaches_its_file(nginx, pki, tmp_path):
    keys = tmp_path / "keys"
    run.trace("--cacert", pki.ca, nginx.url("tls"), env={"SSLKEYLOGFILE": str(keys)})
    labels = {line.split()[0] for line in keys.read_text().splitlines() if not line.startswith("#")}
    assert {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0"} <= labels
