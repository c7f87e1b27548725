# SPDX-License-Identifier: MIT
"""--haproxy-protocol: the PROXY line goes out before all else, servers that want it understand it, the report has it."""

import json
import re

import pytest

import run
from checks import check_healthy
from servers.faults import Fault, read_head

CASES = [
    ("haproxy", "told", "1.1", []),
    ("haproxy", "told_tls", "2", []),
    ("haproxy", "told_tls", "1.1", ["--http1.1"]),
    ("nginx", "told", "1.1", []),
    ("nginx", "told_h2c", "2", ["--http2-prior-knowledge"]),
    ("nginx", "told_tls", "2", []),
    ("nginx", "told_tls", "1.1", ["--http1.1", "--tls-max", "1.2"]),
]


def lines_of(report):
    """The events of PROXY lines."""
    return [event for event in report["timeline"] if (event["layer"], event["kind"]) == ("tcp", "haproxy")]


def told(fields):
    return f"{fields['source']} {fields['source_port']} {fields['destination']} {fields['destination_port']}\n"


def check_line(event, connection, family="TCP4"):
    fields = event["fields"]
    assert fields["family"] == family and event["dir"] == "out" and event["malformed"] is None
    ends = (fields["source"], fields["source_port"]), (fields["destination"], fields["destination_port"])
    shown = [f"[{address}]:{port}" if family == "TCP6" else f"{address}:{port}" for address, port in ends]
    assert shown == [connection["local"], connection["remote"]]


@pytest.mark.parametrize("server, port, version, words", CASES)
def test_servers_are_told(request, tmp_path, pki, server, port, version, words):
    server = request.getfixturevalue(server)
    result = run.trace(
        "--haproxy-protocol", "--timeline", "--cacert", pki.ca, "-4", "-o", tmp_path / "body", *words, server.url(port, "/told")
    )
    check_healthy(result, http_version=version)
    (event,) = lines_of(result.report)
    check_line(event, result.connection)
    assert (tmp_path / "body").read_text() == told(event["fields"])
    first = [e for e in result.report["timeline"] if e["dir"] == "out"][0]
    assert first == event


def test_ipv6_has_its_own_family(tmp_path, nginx):
    result = run.trace("--haproxy-protocol", "--timeline", "-6", "-o", tmp_path / "body", nginx.url("told", "/told"))
    if result.exit_code:
        pytest.skip("SKIP: no IPv6 here")
    (event,) = lines_of(result.report)
    check_line(event, result.connection, "TCP6")
    assert (tmp_path / "body").read_text() == told(event["fields"])


def test_a_connection_has_one_line(haproxy):
    url = haproxy.url("told", host="127.0.0.1")
    result = run.trace("--haproxy-protocol", "--timeline", url, url)
    first, second = result.reports
    assert second["exchanges"][0]["reused"]
    assert len(lines_of(first)) == 1
    assert [event["id"] for event in lines_of(second)] in ([], [lines_of(first)[0]["id"]])


def test_a_tunnel_carries_the_line(tinyproxy, nginx, pki, tmp_path):
    words = ["--haproxy-protocol", "--timeline", "--cacert", pki.ca, "-x", tinyproxy.url("proxy")]
    result = run.trace(*words, "-o", tmp_path / "body", nginx.url("told_tls", "/told"))
    check_healthy(result)
    (event,) = lines_of(result.report)
    assert (tmp_path / "body").read_text() == told(event["fields"])
    kinds = [e["kind"] for e in result.report["timeline"] if e["dir"] == "out"]
    assert kinds[:3] == ["request", "haproxy", "client_hello"]


class Wire:
    """Keeps what came on each connection, as far as the head's end."""

    def __init__(self):
        self.heads = []

    def __call__(self, conn):
        self.heads.append(read_head(conn))
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def test_the_bytes_are_those_of_the_record(tmp_path):
    wire = Wire()
    with Fault(wire) as server:
        run.trace("--haproxy-protocol", "--record", tmp_path / "record", server.url())
    (head,) = wire.heads
    line, rest = head.split(b"\r\n", 1)
    assert re.fullmatch(rb"PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ %d" % server.port, line)
    assert rest.startswith(b"GET / HTTP/1.1\r\n")
    units = [json.loads(row) for row in (tmp_path / "record").read_text().splitlines() if '"unit":' in row]
    assert [unit["text"].encode() for unit in units if unit["dir"] == "out"] == [line + b"\r\n", rest]
    again = run.trace("--timeline", "--read", tmp_path / "record")
    (event,) = lines_of(again.report)
    assert event["summary"].startswith("PROXY TCP4 from 127.0.0.1:") and event["phase"] == "connect"
    assert again.exchange["request"]["head_bytes"] == len(rest)
    assert "--haproxy-protocol" in run.raw("--read", tmp_path / "record", "--curl").text.split()


def test_it_is_seen_while_it_happens(haproxy):
    done = run.raw("-v", "--haproxy-protocol", haproxy.url("told", host="127.0.0.1"))
    assert re.search(r"^\} +[\d.]+ connect +PROXY TCP4 from 127\.0\.0\.1:\d+ to 127\.0\.0\.1:\d+$", done.errors, re.M)


def test_the_report_names_both_ends(haproxy):
    done = run.raw("--haproxy-protocol", haproxy.url("told", host="127.0.0.1"), env={"COLUMNS": "200"})
    assert re.search(r"^  connect .* PROXY TCP4 from 127\.0\.0\.1:\d+ to 127\.0\.0\.1:\d+$", done.text, re.M)


def test_without_the_line_the_server_hangs_up(haproxy):
    result = run.trace("--timeline", haproxy.url("told", host="127.0.0.1"))
    assert result.exit_code in (52, 55, 56) and not lines_of(result.report)


def test_a_method_of_that_name_is_a_request():
    wire = Wire()
    with Fault(wire) as server:
        result = run.trace("--timeline", "-X", "PROXY", server.url())
    assert not lines_of(result.report) and result.exchange["method"] == "PROXY"
    assert wire.heads[0].startswith(b"PROXY / HTTP/1.1\r\n")


def test_another_address_needs_a_later_libcurl(haproxy, tmp_path):
    words = ["--haproxy-clientip", "192.0.2.7", "--timeline", "-o", tmp_path / "body"]
    result = run.raw("--json", *words, haproxy.url("told", host="127.0.0.1"))
    if b"CURLOPT_HAPROXY_CLIENT_IP" in result.stderr:
        assert result.exit_code == 2 and result.stdout == b""
        assert result.errors.startswith("httptrace: option --haproxy-clientip: the linked libcurl ")
        return
    (event,) = lines_of(run.parse_reports(result.text)[0])
    assert event["fields"]["source"] == "192.0.2.7"
    assert (tmp_path / "body").read_text().startswith("192.0.2.7 ")
