#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A resolver that answers by the first label of what it is asked (RFC 1035), with extended errors (RFC 8914).

Usage: resolver.py ADDRESS"""

import ipaddress
import socket
import struct
import sys

A, AAAA, OPT, EDE = 1, 28, 41, 15
NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5

# First label: RCODE, addresses, extended error and its text; None: no answer at all.
ANSWERS = {
    "missing": (NXDOMAIN, (), None, b""),
    "empty": (NOERROR, (), None, b""),
    "broken": (SERVFAIL, (), 6, b"signature expired"),
    "failing": (SERVFAIL, (), None, b""),
    "censored": (SERVFAIL, (), 16, b"by order"),
    "filtered": (NXDOMAIN, (), 17, b""),
    "refused": (REFUSED, (), None, b""),
    "silent": None,
    "sinkhole": (NOERROR, ("127.0.0.1",), None, b""),
    "nowhere": (NOERROR, ("0.0.0.0",), None, b""),
    "private": (NOERROR, ("10.20.30.40",), None, b""),
    "fake": (NOERROR, ("198.18.0.7",), None, b""),
    "www": (NOERROR, ("203.0.113.2", "2001:db8:2::2"), None, b""),
}


def question(message):
    at, labels = 12, []
    while message[at]:
        labels.append(message[at + 1 : at + 1 + message[at]].decode())
        at += 1 + message[at]
    return labels, struct.unpack(">H", message[at + 1 : at + 3])[0], message[12 : at + 5]


def records(addresses, kind):
    for address in map(ipaddress.ip_address, addresses):
        if (address.version == 4) == (kind == A):
            yield b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(address.packed)) + address.packed


def reply(message):
    labels, kind, asked = question(message)
    answer = ANSWERS.get(labels[0], ANSWERS["missing"])
    if answer is None:
        return None
    rcode, addresses, ede, text = answer
    found = list(records(addresses, kind)) if kind in (A, AAAA) else []
    options = b"" if ede is None else struct.pack(">HHH", EDE, 2 + len(text), ede) + text
    opt = b"\0" + struct.pack(">HHIH", OPT, 1232, 0, len(options)) + options if message[11] else b""
    head = message[:2] + struct.pack(">HHHHH", 0x8180 | rcode, 1, len(found), 0, 1 if opt else 0)
    return head + asked + b"".join(found) + opt


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((sys.argv[1], 53))
        print("ready", flush=True)
        while True:
            message, client = server.recvfrom(4096)
            answer = reply(message)
            if answer:
                server.sendto(answer, client)


if __name__ == "__main__":
    main()
