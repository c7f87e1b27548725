# SPDX-License-Identifier: MIT
"""The independent witness: tcpdump sees the same session that httptrace traced, tshark dissects it, and both must agree."""

import collections
import dataclasses
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import xml.etree.ElementTree

import pytest

import run
from servers.base import die_with_parent

FRAMES = {
    0: "DATA",
    1: "HEADERS",
    2: "PRIORITY",
    3: "RST_STREAM",
    4: "SETTINGS",
    5: "PUSH_PROMISE",
    6: "PING",
    7: "GOAWAY",
    8: "WINDOW_UPDATE",
    9: "CONTINUATION",
    10: "ALTSVC",
    12: "ORIGIN",
    16: "PRIORITY_UPDATE",
}

# RFC 9113 section 6: which bits mean something, by type.
FLAGS = {
    "DATA": {1: "END_STREAM", 8: "PADDED"},
    "HEADERS": {1: "END_STREAM", 4: "END_HEADERS", 8: "PADDED", 32: "PRIORITY"},
    "SETTINGS": {1: "ACK"},
    "PUSH_PROMISE": {4: "END_HEADERS", 8: "PADDED"},
    "PING": {1: "ACK"},
    "CONTINUATION": {4: "END_HEADERS"},
}

# IANA, TLS HandshakeType.
MESSAGES = {
    0: "hello_request",
    1: "client_hello",
    2: "server_hello",
    4: "new_session_ticket",
    5: "end_of_early_data",
    8: "encrypted_extensions",
    11: "certificate",
    12: "server_key_exchange",
    13: "certificate_request",
    14: "server_hello_done",
    15: "certificate_verify",
    16: "client_key_exchange",
    20: "finished",
    22: "certificate_status",
    24: "key_update",
}

# IANA, TLS ExtensionType: those that OpenSSL's clients and the tested servers send.
EXTENSIONS = {
    0: "server_name",
    5: "status_request",
    10: "supported_groups",
    11: "ec_point_formats",
    13: "signature_algorithms",
    16: "application_layer_protocol_negotiation",
    18: "signed_certificate_timestamp",
    21: "padding",
    22: "encrypt_then_mac",
    23: "extended_master_secret",
    35: "session_ticket",
    41: "pre_shared_key",
    42: "early_data",
    43: "supported_versions",
    44: "cookie",
    45: "psk_key_exchange_modes",
    47: "certificate_authorities",
    49: "post_handshake_auth",
    50: "signature_algorithms_cert",
    51: "key_share",
    65281: "renegotiation_info",
}

FRAME_HEADER_BYTES = 9
KINDS = {"hello_retry_request", *MESSAGES.values()}
HELLO_RETRY_RANDOM = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"  # RFC 8446 section 4.1.3
WITH_EXTENSIONS = ("client_hello", "server_hello", "hello_retry_request", "encrypted_extensions", "certificate")


@dataclasses.dataclass
class Session:
    """One session as somebody saw it. Every list is per direction: the order between directions is not theirs to know."""

    frames: dict = dataclasses.field(default_factory=lambda: {"out": [], "in": []})
    data: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(lambda: [0, 0, False]))
    messages: dict = dataclasses.field(default_factory=lambda: {"out": [], "in": []})
    block: dict = dataclasses.field(default_factory=dict)  # way -> fields of a header block that is not whole yet

    def add_frame(self, way, kind, length, flags, stream, headers):
        """`headers`: the fields of the block that the frame completes."""
        if kind == "DATA":
            self.add_data(way, stream, 1, length, "END_STREAM" in flags)
        else:
            self.frames[way].append((kind, length, tuple(sorted(flags, key=str)), stream, tuple(headers)))

    def add_data(self, way, stream, frames, length, end):
        """DATA is told in runs, so it is summed: (way, stream) -> [frames, bytes, END_STREAM seen]."""
        total = self.data[(way, stream)]
        total[0] += frames
        total[1] += length
        total[2] |= end


class Capture:
    """tcpdump on loopback for one port; skips the test where that is not possible."""

    def __init__(self, port):
        if os.geteuid() != 0:
            pytest.skip("SKIP: capturing needs root")
        for tool in ("tcpdump", "tshark"):
            if shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin") is None:
                pytest.skip(f"SKIP: {tool} is not installed")
        self.port = port
        self.dir = tempfile.mkdtemp(prefix="httptrace-witness-")
        self.pcap = os.path.join(self.dir, "pcap")
        self.keys = os.path.join(self.dir, "keys")
        self.process = None
        self.dropped = 0

    def __enter__(self):
        command = [
            "tcpdump",
            "-i",
            "lo",
            "--immediate-mode",
            "-U",
            "-s",
            "66000",  # the kernel's buffer has a place of this size for each packet, however small
            "-B",
            "65536",
            "-Z",
            "root",
            "-w",
            self.pcap,
            f"tcp port {self.port}",
        ]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=die_with_parent,
        )
        line = self.process.stderr.readline()
        if b"listening on" not in line:
            self.process.wait(5)
            pytest.skip(f"SKIP: tcpdump cannot capture here: {line.decode(errors='replace').strip()}")
        return self

    def __exit__(self, *unused):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def stop(self):
        """Ends the capture when its file has stopped growing."""
        if self.process is None:
            return
        before, deadline = -1, time.monotonic() + 5
        while before != os.path.getsize(self.pcap) and time.monotonic() < deadline:
            before = os.path.getsize(self.pcap)
            time.sleep(0.25)
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=10)
        self.dropped = int(re.search(rb"(\d+) packets? dropped by kernel", said).group(1))
        self.process = None

    def session(self, carries="tls"):
        """What tshark makes of the capture; `carries` is the protocol on the port."""
        self.stop()
        command = [
            "tshark",
            "-r",
            self.pcap,
            "-o",
            f"tls.keylog_file:{self.keys}",
            "-d",
            f"tcp.port=={self.port},{carries}",
            "-Y",
            "tls || http2",
            "-T",
            "pdml",
            "-J",
            "tcp tls http2",
        ]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return read_pdml(done.stdout, self.port)


def _field(node, name):
    return next((child for child in node.iter("field") if child.get("name") == name), None)


def _show(node, name):
    found = _field(node, name)
    return None if found is None else found.get("show")


def _read_frame(session, way, node):
    number = int(_show(node, "http2.type"))
    kind = FRAMES.get(number, number)
    bits = int(_show(node, "http2.flags"), 16)
    flags = [FLAGS.get(kind, {}).get(1 << n, 1 << n) for n in range(8) if bits >> n & 1]
    headers = [
        (_show(h, "http2.header.name"), _show(h, "http2.header.value") or "")
        for h in node.iter("field")
        if h.get("name") == "http2.header"
    ]
    if kind in (
        "HEADERS",
        "PUSH_PROMISE",
        "CONTINUATION",
    ):  # tshark shows what each frame adds; a block counts when whole
        headers = session.block.pop(way, []) + headers
        if "END_HEADERS" not in flags:
            session.block[way], headers = headers, []
    session.add_frame(way, kind, int(_show(node, "http2.length")), flags, int(_show(node, "http2.streamid")), headers)


def _read_message(session, way, node):
    number = _show(node, "tls.handshake.type")
    if number is None:
        return
    kind = MESSAGES.get(int(number), int(number))
    if kind == "server_hello" and (_show(node, "tls.handshake.random") or "").replace(":", "") == HELLO_RETRY_RANDOM:
        kind = "hello_retry_request"
    extensions = [int(e.get("show")) for e in node.iter("field") if e.get("name") == "tls.handshake.extension.type"]
    session.messages[way].append(
        (kind, tuple(EXTENSIONS.get(e, e) for e in extensions) if kind in WITH_EXTENSIONS else ())
    )


def read_pdml(text, port):
    session = Session()
    for packet in xml.etree.ElementTree.fromstring(text).iter("packet"):
        way = "in" if _show(packet, "tcp.srcport") == str(port) else "out"
        for node in packet.iter("field"):
            if node.get("name") == "http2.stream" and _field(node, "http2.type") is not None:
                _read_frame(session, way, node)
            elif node.get("name") == "tls.handshake":
                _read_message(session, way, node)
    return session


def _extension_names(value):
    """Names (or numbers) of the extensions anywhere below `value`, in order: certificates nest theirs."""
    if isinstance(value, dict):
        for name, child in value.items():
            if name == "extensions":
                yield from (e["extension_type"] for e in child)
            else:
                yield from _extension_names(child)
    elif isinstance(value, list):
        for child in value:
            yield from _extension_names(child)


def read_timeline(reports):
    """The same from httptrace's own timeline. A frame has its frame header's fields; a run of DATA names its exchange."""
    session = Session()
    stream_of = {x["id"]: x["stream"] for report in reports for x in report["exchanges"]}
    seen = set()  # a connection's events are in the report of every transfer on it
    for event in (event for report in reports for event in report["timeline"]):
        fields, way = event["fields"] or {}, event["dir"]
        if event["id"] in seen:
            continue
        seen.add(event["id"])
        if event["layer"] == "http2" and event["kind"] == "body":
            length = fields["wire_bytes"] - FRAME_HEADER_BYTES * fields["frames"]
            session.add_data(way, stream_of[event["exchange"]], fields["frames"], length, fields["end"])
        elif event["layer"] == "http2" and "stream_identifier" in fields:
            headers = [(h["name"], h["value"]) for h in fields.get("field_section", [])]
            session.add_frame(
                way, event["kind"], fields["length"], fields["flags"], fields["stream_identifier"], headers
            )
        elif event["layer"] == "tls" and event["kind"] in KINDS:
            names = tuple(_extension_names(fields)) if event["kind"] in WITH_EXTENSIONS else ()
            session.messages[way].append((event["kind"], names))
    return session


def _differences(what, seen, told, tail_may_lack=()):
    """Lines that say where two lists part. What came after httptrace had closed is on the wire and in no report."""
    for at, (wire, report) in enumerate(zip(seen, told)):
        if wire != report:
            yield f"{what}[{at}]: on the wire {wire}, in the report {report}"
    for extra in seen[len(told) :]:
        if extra[0] not in tail_may_lack:
            yield f"{what}: on the wire alone: {extra}"
    for extra in told[len(seen) :]:
        yield f"{what}: in the report alone: {extra}"


def _same_data(key, seen, told):
    """libcurl stops reading when Content-Length is reached: an empty DATA frame with END_STREAM may come after that."""
    late = key[0] == "in" and [told[0] + 1, told[1], True] == seen and not told[2]
    return seen == told or late


def compare(seen, told):
    """All differences between the witness's session and the timeline's."""
    late = ("GOAWAY", "WINDOW_UPDATE", "SETTINGS", "PING")
    for way in ("out", "in"):
        yield from _differences(f"frames {way}", seen.frames[way], told.frames[way], late if way == "in" else ())
        yield from _differences(
            f"messages {way}", seen.messages[way], told.messages[way], ("new_session_ticket",) if way == "in" else ()
        )
    for key in sorted({*seen.data, *told.data}):
        if not _same_data(key, seen.data[key], told.data[key]):
            yield f"DATA {key} as [frames, bytes, END_STREAM]: on the wire {seen.data[key]}, in the report {told.data[key]}"


def check(port, *args, carries="tls"):
    """Traces under the witness's eyes and asserts that both agree; gives the result and the witness's session."""
    with Capture(port) as capture:
        result = run.trace("--timeline", *args, env={"SSLKEYLOGFILE": capture.keys})
        seen = capture.session(carries)
    told = read_timeline(result.reports)
    problems = list(compare(seen, told))
    assert not problems, result.explain("the witness disagrees:\n" + "\n".join(problems))
    return result, seen
