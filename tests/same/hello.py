# SPDX-License-Identifier: MIT
"""TLS of the lab: a server context whose certificate follows the name asked for, and what a ClientHello offers, in words."""

import socket
import ssl

# The first label of NAME.example.test chooses the certificate of the PKI, and what else is special.
NAMES = ("rsa", "expired", "mismatch", "revoked", "selfsigned", "chain")
RANDOM_EXTENSIONS = {41: "pre_shared_key", 51: "key_share", 21: "padding"}  # contents that no two runs share


def _context(pki, name, alpn):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(pki.cert(name), pki.key(name))
    context.load_verify_locations(pki.ca)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.num_tickets = 1
    context.set_alpn_protocols(alpn)
    return context


def contexts(pki):
    """Of the origin with HTTP/1.1 alone, and with HTTP/2."""
    found = {}
    for kind, alpn in (("h1", ["http/1.1"]), ("h2", ["h2", "http/1.1"])):
        main = found[kind] = _context(pki, "ec", alpn)
        others = {name: _context(pki, name, alpn) for name in NAMES}
        others["client"] = _context(pki, "ec", alpn)
        others["client"].verify_mode = ssl.CERT_REQUIRED
        others["tls12"] = _context(pki, "ec", alpn)
        others["tls12"].maximum_version = ssl.TLSVersion.TLSv1_2
        others["tls13"] = _context(pki, "ec", alpn)
        others["tls13"].minimum_version = ssl.TLSVersion.TLSv1_3

        def choose(sock, name, _, others=others):
            other = others.get((name or "").split(".")[0])
            if other is not None and "." in name:
                sock.context = other

        main.sni_callback = choose
    return found


def _peek(sock):
    """The first TLS record, left where it is."""
    want = 5
    while True:
        got = sock.recv(want, socket.MSG_PEEK | socket.MSG_WAITALL)
        if len(got) < want or want > 5:
            return got
        want = 5 + int.from_bytes(got[3:5], "big")


def _vector(data, at, size):
    length = int.from_bytes(data[at:at + size], "big")
    return data[at + size:at + size + length], at + size + length


def describe(sock):
    """Versions, cipher suites and extensions of the ClientHello; what is random is only named."""
    data = _peek(sock)
    if len(data) < 44 or data[0] != 22 or data[5] != 1:
        return "no ClientHello: " + data[:16].hex()
    hello = data[9:]
    _, at = _vector(hello, 34, 1)
    suites, at = _vector(hello, at, 2)
    compression, at = _vector(hello, at, 1)
    extensions, _ = _vector(hello, at, 2)
    parts, at = [f"hello {hello[:2].hex()} suites {suites.hex()} compression {compression.hex()}"], 0
    while at < len(extensions):
        kind = int.from_bytes(extensions[at:at + 2], "big")
        content, at = _vector(extensions, at + 2, 2)
        shown = RANDOM_EXTENSIONS.get(kind, content.hex())
        # A ticket of TLS 1.2 is random as well.
        parts.append(f"{kind}:{'ticket' if kind == 35 and content else shown}")
    return " ".join(parts)
