# SPDX-License-Identifier: MIT
"""SARIF: what code scanning takes, one alert for one trouble from run to run, whole when stopped, small when long."""

import json
import re
import signal
import sys

import pytest

import run
from servers.faults import Fault, mute
from servers.recorder import read_body, read_head

sys.path.insert(0, str(run.SCHEMA.parents[1] / "tests" / "report"))
check_sarif = pytest.importorskip("check_sarif", reason="SKIP: no python3-jsonschema")


def serve(conn):
    stream = conn.makefile("rb")
    while head := read_head(stream):
        for _ in read_body(stream, head):
            pass
        path = re.split(rb"[ ?]", head)[1]
        if path == b"/cut":
            conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            return
        status = {b"/on": b"302 Found\r\nLocation: /cut?token=hidden"}.get(path, b"200 OK")
        conn.sendall(b"HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\nok" % status)


@pytest.fixture(scope="module")
def server():
    with Fault(serve) as fault:
        yield fault


@pytest.fixture(scope="module")
def schema():
    return check_sarif.validator()


def run_of(text, schema):
    log = json.loads(text)
    assert not list(check_sarif.problems_of(log, schema))
    return log["runs"][0]


def trace(tmp_path, schema, *args):
    """The run, and how the process ended."""
    path = tmp_path / "x.sarif"
    done = run.raw("--report", f"sarif={path}", *args)
    return run_of(path.read_bytes().decode("utf-8"), schema), done


def prints(log):
    return [(result["ruleId"], result["partialFingerprints"]["primaryLocationLineHash"]) for result in log["results"]]


def grave(log):
    return [result["ruleId"] for result in log["results"] if result["level"] == "error"]


def test_an_alert_of_a_real_server(nginx, pki, tmp_path, schema):
    url = nginx.url("reject", host="localhost")
    log, done = trace(tmp_path, schema, "--cacert", pki.ca, url)
    assert done.exit_code == 35
    assert grave(log) == ["tls.alert.unrecognized_name"]
    (result,) = [r for r in log["results"] if r["level"] == "error"]
    rule = log["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] and rule["shortDescription"]["text"] == "The server does not serve this name."
    assert result["message"]["text"].startswith("The server does not serve this name. ")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == f"https/localhost:{nginx.port['reject']}"
    assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == url
    (invocation,) = log["invocations"]
    assert invocation["exitCode"] == 35 and invocation["executionSuccessful"] is True
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    times = [step["executionTimeUtc"] for step in steps if "executionTimeUtc" in step]
    assert times and all(invocation["startTimeUtc"] <= time <= invocation["endTimeUtc"] for time in times)


def test_a_healthy_url_has_no_alert(nginx, pki, tmp_path, schema):
    log, done = trace(tmp_path, schema, "--cacert", pki.ca, nginx.url("tls", host="localhost"))
    assert done.exit_code == 0
    assert {result["kind"] for result in log["results"]} <= {"informational"}
    assert log["invocations"][0]["toolExecutionNotifications"] == []


def test_one_alert_from_run_to_run(server, tmp_path, schema):
    first, _ = trace(tmp_path, schema, server.url(path="/cut?token=one"))
    second, _ = trace(tmp_path, schema, "--show-secrets", server.url(path="/cut?token=two"))
    other, _ = trace(tmp_path, schema, server.url(path="/cut?page=2"))
    assert prints(first) == prints(second) != prints(other)
    assert first["automationDetails"] == second["automationDetails"] == other["automationDetails"]


def test_nothing_secret_is_in_it(server, tmp_path, schema):
    log, _ = trace(tmp_path, schema, "-L", "-u", "me:hidden", "-b", "sid=hidden", server.url(path="/on?token=hidden").replace("//", "//me:hidden@"))
    assert "hidden" not in json.dumps(log)
    assert "[masked]" in json.dumps(log["results"])
    (result,) = [r for r in log["results"] if r["level"] == "error"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("/on")
    assert result["webRequest"]["target"].endswith("/cut?token=[masked]")
    assert result["webResponse"]["statusCode"] == 200


def test_checks_and_gates(server, tmp_path, schema):
    args = ["--expect", "status=204", "--expect", "status<300", "--fail-on", "error"]
    log, done = trace(tmp_path, schema, *args, server.url(path="/cut"), "http://127.0.0.1:1/")
    assert done.exit_code == log["invocations"][0]["exitCode"] == 101
    assert log["invocations"][0]["exitCodeDescription"] == "an --expect did not hold"
    unmet = [r["message"]["text"] for r in log["results"] if r["ruleId"] == "expect.failed"]
    assert unmet[0] == f"Expected status=204, got 200: GET {server.url(path='/cut')}."
    assert len(unmet) == 3
    assert all(r["properties"]["fails_run"] == (r["level"] == "error") for r in log["results"] if r["ruleId"] != "expect.failed")


def test_what_a_retry_mended_is_no_error(tmp_path, schema):
    answers = [b"503 Service Unavailable", b"200 OK"]

    def once(conn):
        read_head(conn.makefile("rb"))
        conn.sendall(b"HTTP/1.1 %s\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok" % answers.pop(0))

    with Fault(once) as flaky:
        log, done = trace(tmp_path, schema, "--retry", "1", "--retry-delay", "1", "--fail-on", "notice", flaky.url())
    assert done.exit_code == log["invocations"][0]["exitCode"] == 0
    assert log["invocations"][0]["properties"]["transfers"] == 2
    assert {result["level"] for result in log["results"]} <= {"note", "none"}


def test_many_transfers_side_by_side(server, tmp_path, schema):
    log, done = trace(tmp_path, schema, "-Z", "--quiet", "--sarif-category", "edge", server.url(path="/cut?[1-120]"), server.url(path="/ok?[1-30]"))
    assert done.exit_code == log["invocations"][0]["exitCode"] == 18
    assert log["invocations"][0]["properties"]["transfers"] == 150
    assert len(grave(log)) == 120 == len(set(prints(log)))
    assert log["automationDetails"]["id"] == "edge/"


def test_a_run_that_is_stopped(server, tmp_path, schema):
    path = tmp_path / "x.sarif"
    with Fault(mute) as silent:
        process = run.start("-v", "--report", f"sarif={path}", server.url(path="/cut"), silent.url())
        for line in process.stderr:
            if f":{silent.port}" in str(line) and "connected" in str(line):
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 130
    log = run_of(path.read_text(encoding="utf-8"), schema)
    (invocation,) = log["invocations"]
    assert invocation["exitCode"] == 130 and invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "The run was stopped: 1 done, 1 failed, 1 interrupted, 0 not started."
    assert any(result["ruleId"].startswith("http.") for result in log["results"])


def test_a_record_gives_the_same(server, tmp_path, schema):
    record = tmp_path / "x.record"
    live, _ = trace(tmp_path, schema, "--record", str(record), server.url(path="/cut"))
    again, _ = trace(tmp_path, schema, "--read", str(record))
    assert live == again


def test_a_body_on_standard_output_has_it_alone(server, schema):
    done = run.raw("--report", "sarif", "-o", "-", server.url(path="/ok"))
    assert done.stdout == b"ok"
    assert run_of(done.stderr.decode("utf-8"), schema)["results"] == []
