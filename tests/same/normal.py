# SPDX-License-Identifier: MIT
"""What two runs of one program cannot share is taken out of what arrived, of files and of streams; all else stays as it is."""

import base64
import re

# The default User-Agent is the one thing that may differ by design; the rest is random or tells the time or a client's port.
WIRE = [
    (rb"(?im)^(user-agent: )(?:curl|httptrace)/[\w.+-]+", rb"\1(default)"),
    (rb"-{24}[0-9a-f]{16}", b"(boundary)"),
    (rb'((?:^|[ ,])(?:cnonce|response)=)"[^"]*"', rb'\1"(random)"'),
    (rb"(?im)^(x-\w+-date: )\d{8}T\d{6}Z", rb"\1(now)"),
    (rb"(Credential=[^/\r\n]+/)\d{8}/", rb"\1(today)/"),
    (rb"(Signature=)[0-9a-f]{64}", rb"\1(signature)"),
    (rb"(?m)^(PROXY \w+ \S+ \S+ )\d+ ", rb"\1(port) "),
]
TYPE3 = re.compile(rb"NTLM (TlRMTVNTUAAD[\w+/=]+)")


def _ntlm(found):
    """An answer to an NTLM challenge without what is computed from random bytes: responses, session key, their lengths stay."""
    message = bytearray(base64.b64decode(found[1]))
    for field in (12, 20, 52):
        length, at = int.from_bytes(message[field:field + 2], "little"), int.from_bytes(message[field + 4:field + 8], "little")
        if at + length <= len(message):
            message[at:at + length] = bytes(length)
    return b"NTLM (answer " + message.hex().encode() + b")"


def masked(data, masks):
    for mask in masks:
        data = re.sub(mask.encode(), b"(masked)", data)
    return data


def wire(data, masks=()):
    for pattern, instead in WIRE:
        data = re.sub(pattern, instead, data)
    return masked(TYPE3.sub(_ntlm, data), masks)


def arrived(records, masks, unordered):
    """Lines: each connection's server, facts and bytes."""
    connections = []
    for record in records:
        facts = [wire(("  " + fact).encode("utf-8", "surrogateescape"), masks) for fact in record["facts"]]
        facts = [re.sub(rb"(  user-agent: )(?:curl|httptrace)/[\w.+-]+", rb"\1(default)", fact) for fact in facts]
        data = wire(record["bytes"], masks)
        connections.append([f"connection to {record['server']}".encode(), *facts, *data.split(b"\n")])
    if unordered:  # side by side, which request goes by which connection is chance
        whole = [wire(record["bytes"], masks).split(b"\r\n\r\n") for record in records]
        return sorted(request for requests in whole for request in requests if request)
    return [line for connection in connections for line in connection]


def files(found, masks):
    lines = []
    for name, (mode, when, data) in sorted(found.items()):
        lines += [f"{name} {mode} {when}".encode("utf-8", "surrogateescape"), *text(data, masks)]
    return lines


def text(data, masks):
    return re.sub(rb"after \d+ ms", b"after some ms", masked(data, masks)).split(b"\n")


def show(name, theirs, ours):
    """The difference for people, short."""
    if not isinstance(theirs, list):
        return [f"  {name}: {theirs}   httptrace: {ours}"]
    import difflib  # pylint: disable=import-outside-toplevel

    shown = [repr(line)[2:-1][:200] for line in theirs], [repr(line)[2:-1][:200] for line in ours]
    lines = [line for line in difflib.unified_diff(*shown, n=1, lineterm="") if not line.startswith(("---", "+++"))]
    return ["  " + line for line in lines[:24]] + ["  ..."] * (len(lines) > 24)
