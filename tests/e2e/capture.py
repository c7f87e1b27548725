# SPDX-License-Identifier: MIT
"""Captures: reads pcapng as --report writes it and pcap as tcpdump does, puts TCP streams together, asks tshark."""

import dataclasses
import ipaddress
import os
import re
import shutil
import struct
import subprocess

import pytest

FIN, SYN, RST, ACK = 1, 2, 4, 16
# What a reader would say of a capture in which something is missing or wrong. A reset is a warning of its own kind.
HARMLESS = ("Connection reset (RST)",)


def tshark(path, *args):
    """tshark's output; skips where it is not installed."""
    program = shutil.which("tshark")
    if program is None:
        pytest.skip("SKIP: tshark is not installed")
    settings = ("-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE")
    done = subprocess.run(
        [program, "-r", str(path), *settings, *args],
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, "HOME": "/nonexistent"},
    )
    errors = done.stderr.decode(errors="replace")
    assert done.returncode == 0, errors
    assert "cut short" not in errors and "damaged" not in errors, errors
    return done.stdout.decode(errors="replace")


def fields(path, shown, *names):
    """Rows of the fields of all packets that the display filter lets pass."""
    wanted = [word for name in names for word in ("-e", name)]
    text = tshark(path, "-Y", shown, "-T", "fields", "-E", "separator=/t", "-E", "aggregator=;", *wanted)
    return [line.split("\t") for line in text.splitlines()]


def check_companions(path):
    """What comes with tshark reads it, too: times never go back, and editcap can change its form."""
    if shutil.which("capinfos") is None or shutil.which("editcap") is None:
        return
    told = subprocess.run(["capinfos", "-o", "-E", str(path)], capture_output=True, timeout=60, check=True).stdout
    assert re.search(rb"Strict time order:\s+True", told) and b"Raw IP" in told, told
    subprocess.run(["editcap", "-F", "pcap", str(path), os.devnull], capture_output=True, timeout=60, check=True)


def check_sound(path):
    """tshark has nothing to object: no retransmission, no gap, no wrong checksum, nothing malformed."""
    check_companions(path)
    group, bad = None, []
    for line in tshark(path, "-q", "-z", "expert").splitlines():
        head = re.match(r"(Errors|Warns|Notes|Chats|Comments) \(\d+\)", line)
        group = head.group(1) if head else group
        known = any(text in line for text in HARMLESS)
        if group in ("Errors", "Warns") and re.match(r"\s+\d", line) and not known:
            bad.append(line.strip())
        assert group == "Comments" or not re.search(r"(?i)retransmi|out-of-order|malformed|duplicate ack", line), line
    assert not bad, bad
    assert not fields(path, "_ws.malformed", "frame.number")


# ---- packets ----


@dataclasses.dataclass
class Packet:
    time: float
    source: tuple
    target: tuple
    seq: int
    ack: int
    flags: int
    payload: bytes


def _ip(data, time):
    """The TCP packet within an IP packet; None for anything else."""
    if data[0] >> 4 == 6:
        protocol, tcp = data[6], data[40 : 40 + struct.unpack(">H", data[4:6])[0]]
        ends = data[8:24], data[24:40]
    else:
        protocol, tcp = data[9], data[(data[0] & 15) * 4 : struct.unpack(">H", data[2:4])[0]]
        ends = data[12:16], data[16:20]
    if protocol != 6:
        return None
    source, target, seq, ack, offset, flags = struct.unpack(">HHIIBB", tcp[:14])
    names = [str(ipaddress.ip_address(end)) for end in ends]
    return Packet(time, (names[0], source), (names[1], target), seq, ack, flags, tcp[(offset >> 4) * 4 :])


def _pcapng(data):
    at = 0
    while at < len(data):
        kind, size = struct.unpack("<II", data[at : at + 8])
        if kind == 6:
            _, high, low, length = struct.unpack("<IIII", data[at + 8 : at + 24])
            yield (high << 32 | low) / 1e6, data[at + 28 : at + 28 + length]
        at += size


def _pcap(data):
    """As tcpdump writes it on loopback: link type Ethernet."""
    assert struct.unpack("<I", data[20:24])[0] == 1
    at = 24
    while at + 16 <= len(data):
        seconds, micros, length = struct.unpack("<III", data[at : at + 12])
        yield seconds + micros / 1e6, data[at + 16 + 14 : at + 16 + length]
        at += 16 + length


def packets(path):
    with open(path, "rb") as file:
        data = file.read()
    read = _pcapng if data[:4] == b"\n\r\r\n" else _pcap
    return [packet for time, ip in read(data) if (packet := _ip(ip, time))]


# ---- streams ----


class Hole(Exception):
    """A capture lacks bytes: tcpdump's does where the kernel found no room for a packet."""


class Stream:
    """One connection as its client sees it; bytes by sequence number, so that what was sent again counts once."""

    def __init__(self, syn):
        self.syn = syn
        self.data = {"out": bytearray(), "in": bytearray()}
        self.base = {"out": syn.seq + 1}
        self.ends = {}  # until the connection is over for the client: time of "in fin", "out rst" and so on
        self.over = False
        self.connected = None
        self.times = {}

    def add(self, packet):
        way = "out" if packet.source == self.syn.source else "in"
        if packet.flags & SYN:
            self.base.setdefault(way, packet.seq + 1)
            self.connected = packet.time
            return
        if self.over:
            return
        if packet.payload:
            at = (packet.seq - self.base[way]) & 0xFFFFFFFF
            data = self.data[way]
            if at > len(data):
                raise Hole(f"{at - len(data)} bytes missing before {at}")
            data[at : at + len(packet.payload)] = packet.payload
            self.times.setdefault(way, packet.time)
        for bit, name in ((FIN, "fin"), (RST, "rst")):
            if packet.flags & bit and f"{way} {name}" not in self.ends:
                self.ends[f"{way} {name}"] = packet.time
                self.over = way == "out" or name == "rst"


def streams(path):
    """By the client's address and port."""
    found = {}
    for packet in packets(path):
        if packet.flags & SYN and not packet.flags & ACK:
            found.setdefault(packet.source, Stream(packet))
        key = packet.source if packet.source in found else packet.target
        if key in found:
            found[key].add(packet)
    return found


def compare(taken, seen, slack_s=0.2):
    """What httptrace took against what tcpdump saw of the same session."""
    try:
        ours = streams(taken)
    except Hole as hole:
        raise AssertionError(f"what was taken has a hole: {hole}") from hole
    theirs = streams(seen)
    assert sorted(ours) == sorted(theirs)
    for key, wire in theirs.items():
        told = ours[key]
        assert told.syn.target == wire.syn.target
        for way in ("out", "in"):
            told_bytes, wire_bytes = len(told.data[way]), len(wire.data[way])
            assert told_bytes == wire_bytes, f"{key} {way}: told {told_bytes} bytes, on the wire {wire_bytes}"
            assert told.data[way] == wire.data[way], (key, way)
        assert list(told.ends) == list(wire.ends), f"{key}: told {told.ends}, on the wire {wire.ends}"
        assert abs(told.syn.time - wire.syn.time) < slack_s
        for way, time in wire.times.items():
            assert abs(told.times[way] - time) < slack_s
        assert (told.connected is None) == (wire.connected is None)
    return ours
