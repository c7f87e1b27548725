# SPDX-License-Identifier: MIT
"""OpenTelemetry: what a collector gets is what the official Protocol Buffers say, spans add up to a tree, and no collector fails a run."""

import base64
import importlib.util
import json
import pathlib
import re
import shutil
import subprocess
import sys
import threading

import pytest

import run
from servers.faults import Fault
from servers.recorder import read_body, read_head

PROTOS = pathlib.Path(__file__).resolve().parents[1] / "report" / "schemas" / "otlp"
SERVICE = "opentelemetry/proto/collector/trace/v1/trace_service.proto"
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{CALLER}-01"
CLIENT, INTERNAL, ERROR = 3, 1, 2


def serve(conn):
    stream = conn.makefile("rb")
    while head := read_head(stream):
        for _ in read_body(stream, head):
            pass
        path = re.split(rb"[ ?]", head)[1]
        echo = re.search(rb"\r\n(X-Debug-ID: [^\r]*\r\n)", head) if path == b"/echo" else None
        status = {b"/on": b"302 Found\r\nLocation: /there", b"/404": b"404 Not Found"}.get(path, b"200 OK")
        conn.sendall(b"HTTP/1.1 %s\r\n%sContent-Length: 2\r\n\r\nok" % (status, echo.group(1) if echo else b""))


class Collector:
    """Takes export requests; `status` is what it answers with."""

    def __init__(self, status=b"200 OK"):
        self.status, self.requests, self.lock = status, [], threading.Lock()
        self.server = Fault(self._serve)

    def _serve(self, conn):
        stream = conn.makefile("rb")
        while head := read_head(stream):
            body = b"".join(read_body(stream, head))
            with self.lock:
                self.requests.append((head, body))
            conn.sendall(b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}" % self.status)

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *unused):
        self.server.__exit__(*unused)


@pytest.fixture(scope="module")
def server():
    with Fault(serve) as fault:
        yield fault


@pytest.fixture(scope="module")
def request_type(tmp_path_factory):
    """ExportTraceServiceRequest, made by protoc of the official definitions."""
    if not shutil.which("protoc") or not importlib.util.find_spec("google"):
        pytest.skip("SKIP: no protoc or no google.protobuf (protobuf-compiler, python3-protobuf)")
    out = tmp_path_factory.mktemp("protos")
    files = [str(path.relative_to(PROTOS)) for path in PROTOS.rglob("*.proto")]
    subprocess.run(["protoc", f"-I{PROTOS}", f"--python_out={out}", *files], check=True)
    sys.path.insert(0, str(out))
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

    return trace_service_pb2.ExportTraceServiceRequest


def with_base64_ids(value):
    """OTLP writes ids in hex, the JSON of Protocol Buffers has bytes in base64: the one difference between the two."""
    if isinstance(value, dict):
        ids = ("traceId", "spanId", "parentSpanId")
        return {key: base64.b64encode(bytes.fromhex(item)).decode() if key in ids else with_base64_ids(item) for key, item in value.items()}
    return [with_base64_ids(item) for item in value] if isinstance(value, list) else value


def check(request_type, body):
    from google.protobuf import json_format

    message = json_format.Parse(json.dumps(with_base64_ids(json.loads(body))), request_type())
    for resource in message.resource_spans:
        for scope in resource.instrumentation_library_spans:
            for span in scope.spans:
                assert len(span.trace_id) == 16 and len(span.span_id) == 8 and len(span.parent_span_id) in (0, 8)
                assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano


def spans_of(lines):
    return [span for line in lines for resource in json.loads(line)["resourceSpans"] for scope in resource["scopeSpans"] for span in scope["spans"]]


def attributes(holder):
    return {item["key"]: next(iter(item["value"].values())) for item in holder["attributes"]}


def traced(tmp_path, *args, env=None):
    path = tmp_path / "spans.jsonl"
    done = run.raw("--report", f"otlp={path}", *args, env=env)
    lines = path.read_bytes().splitlines()
    return spans_of(lines), lines, done


def known_field_names(line):
    """The definitions at hand are older than `scopeSpans`, which was renamed; its messages are the same."""
    return line.replace(b'"scopeSpans"', b'"instrumentationLibrarySpans"').replace(b'"scope"', b'"instrumentationLibrary"')


def test_requests_are_what_protocol_buffers_say(request_type, server, tmp_path):
    _, lines, _ = traced(tmp_path, "-L", server.url(path="/on"), server.url(path="/404"), "http://127.0.0.1:1/", "--traceparent", PARENT)
    for line in lines:
        check(request_type, known_field_names(line))
    with pytest.raises(Exception):
        check(request_type, known_field_names(lines[0]).replace(b'"kind":3', b'"kind":"many"', 1))


def test_spans_make_a_tree(server, tmp_path):
    spans, _, _ = traced(tmp_path, "-L", server.url(path="/on"))
    by_id = {span["spanId"]: span for span in spans}
    assert len(by_id) == len(spans) and len({span["traceId"] for span in spans}) == 1
    roots = [span for span in spans if "parentSpanId" not in span]
    assert len(roots) == 1
    requests = [span for span in spans if span.get("parentSpanId") == roots[0]["spanId"]]
    assert [attributes(span)["http.response.status_code"] for span in requests] == ["302", "200"]
    assert [attributes(span).get("http.request.resend_count") for span in requests] == [None, "1"]
    for span in spans:
        parent = by_id.get(span.get("parentSpanId"), span)
        assert int(parent["startTimeUnixNano"]) <= int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]) <= int(parent["endTimeUnixNano"])
    assert {span["name"] for span in spans if span["kind"] == INTERNAL} == {"resolve", "connect", "request", "wait", "response"}


def test_a_failure_is_an_error_with_its_findings(server, tmp_path):
    spans, _, done = traced(tmp_path, "http://127.0.0.1:1/", server.url(path="/404"))
    refused, missing = [span for span in spans if span["kind"] == CLIENT]
    assert done.exit_code == 0
    assert refused["status"]["code"] == missing["status"]["code"] == ERROR
    assert attributes(refused)["error.type"] == "tcp.refused" and attributes(missing)["error.type"] == "404"
    assert [attributes(event)["httptrace.finding.code"] for event in refused["events"]] == ["tcp.refused"]
    assert [span["name"] for span in spans if span["kind"] == INTERNAL and "status" in span] == ["connect"]


def test_a_trace_is_joined_and_every_transfer_is_a_span(server, tmp_path):
    with Collector() as origin:
        spans, _, _ = traced(tmp_path, *[origin.server.url(path=f"/{n}") for n in range(3)], env={"TRACEPARENT": PARENT, "TRACESTATE": "a=1"})
        heads = [head for head, _ in origin.requests]
    sent = [re.search(rb"\r\ntraceparent: 00-(\w{32})-(\w{16})-01\r\n", head).groups() for head in heads]
    clients = [span for span in spans if span["kind"] == CLIENT]
    assert all(b"\r\ntracestate: a=1\r\n" in head for head in heads)
    assert {trace.decode() for trace, _ in sent} == {TRACE}
    assert [span.decode() for _, span in sent] == [span["spanId"] for span in clients]
    assert len({span["spanId"] for span in clients}) == 3
    assert {span["parentSpanId"] for span in clients} == {CALLER}


def test_without_a_report_the_environment_changes_no_request():
    with Collector() as origin:
        run.raw(origin.server.url(), env={"TRACEPARENT": PARENT})
        assert b"traceparent" not in origin.requests[0][0]


def test_a_collector_gets_them(server):
    with Collector() as collector:
        done = run.raw("--report", f"otlp={collector.server.url(path='')}", server.url(), env={"OTEL_SERVICE_NAME": "checks", "OTEL_EXPORTER_OTLP_HEADERS": "X-Key=a%20b,x=y"})
        (head, body), = collector.requests
    assert head.startswith(b"POST /v1/traces HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/json\r\n" in head and b"\r\nX-Key: a b\r\nx: y\r\n" in head
    resource = attributes(json.loads(body)["resourceSpans"][0]["resource"])
    assert resource["service.name"] == "checks" and "service.version" not in resource
    assert (done.exit_code, done.stderr) == (0, b"")


def test_a_path_of_the_collectors_own_stays(server):
    with Collector() as collector:
        run.raw("--report", f"otlp={collector.server.url(path='/mine?x=1')}", server.url())
        assert collector.requests[0][0].startswith(b"POST /mine?x=1 HTTP/1.1\r\n")


def test_many_spans_go_in_batches(server):
    with Collector() as collector:
        run.raw("--report", f"otlp={collector.server.url(path='')}", "-Z", server.url(path="/[1-300]"))
        requests = [spans_of([body]) for _, body in collector.requests]
    assert len(requests) > 2 and max(map(len, requests)) < 530
    assert sum(1 for spans in requests for span in spans if span["kind"] == CLIENT) == 300


@pytest.mark.parametrize("status", [None, b"500 Oops", b"401 No"])
def test_no_collector_fails_a_run(server, status):
    with Collector(status or b"200 OK") as collector:
        target = collector.server.url() if status else "http://127.0.0.1:1"
        done = run.raw("--report", f"otlp={target}", server.url())
    assert done.exit_code == 0
    assert done.stderr.startswith(f"httptrace: warning: report otlp was not sent to {target}: ".encode()) and done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("path,lost", [("/echo", False), ("/drop", True)])
def test_an_echo_that_is_missing_is_a_finding(server, path, lost):
    result = run.trace("--echo-header", "X-Debug-ID", "-H", "X-Debug-ID: abc", server.url(path=path))
    assert ("http.trace_id_lost" in [finding["code"] for finding in result.report["findings"]]) == lost


def test_a_record_gives_the_same_spans(server, tmp_path):
    record = tmp_path / "x.record"
    live, _, _ = traced(tmp_path, "--record", str(record), "--traceparent", PARENT, server.url())
    assert traced(tmp_path, "--read", str(record))[0] == live
    plain, _, _ = traced(tmp_path, "--record", str(record), server.url())
    assert traced(tmp_path, "--read", str(record))[0] == plain
