# SPDX-License-Identifier: MIT
"""Servers that put hostile bytes and secrets into every field of a protocol that comes from the wire."""

import struct
import subprocess

from servers.faults import Fault, says
from servers.recorder import read_body, read_head

SECRET = "h1dd3n-w0rd"
MARK = "planted"
# What acts on a terminal, a reader, a CI service, a browser, a parser, a chat.
NASTY = {
    "ansi": b"\x1b[31mplanted\x1b[0m\x1b]0;planted\x07",
    "c1": b"\xc2\x9b2Jplanted",
    "bidi": b"\xe2\x80\xaeplanted\xe2\x81\xa6",
    "zero width": b"plan\xe2\x80\x8bted\xef\xbb\xbf",
    "github": b"::error title=planted::planted",
    "azure": b"##vso[task.setvariable]planted",
    "teamcity": b"##teamcity[planted]",
    "xml": b"]]></x><planted-element a='\"&planted;'/><!--",
    "html": b"\"'><script>planted()</script><img src=x onerror=planted()>",
    "markdown": b"[planted](http://planted.example/) ![x](http://planted.example/x) `</details>| @planted #1",
    "not utf-8": b"\xff\xfe\xc0\x80planted",
    "json": b"\"},{\"planted\":\"\\u0000",
    "template": b"{{planted}} ${planted} $(planted)",
}
TEXT = b" ".join(NASTY.values())
COOKIE = f"sid={SECRET}; Path=/".encode() + TEXT


def head(status, fields, body=b""):
    lines = [b"HTTP/1.1 " + status, *fields, b"Content-Length: %d" % len(body), b"", body]
    return b"\r\n".join(lines)


FIELDS = [
    b"Server: " + TEXT,
    b"X-Planted: " + TEXT,
    b"X-NUL: a\x00planted",
    b"Set-Cookie: " + COOKIE,
    b"Content-Type: text/html; x=" + TEXT,
    b"Content-Encoding: " + NASTY["html"],
    b"Via: 1.1 " + TEXT,
    b"Retry-After: " + TEXT,
    b"WWW-Authenticate: Basic realm=\"" + NASTY["ansi"] + b"\"",
]
PAGE = b"<html><title>" + TEXT + b"</title>blocked " + TEXT + b"</html>"
PLAIN = [
    ("status", head(b"403 " + TEXT, FIELDS[:2] + FIELDS[3:], PAGE)),
    ("redirect", head(b"302 Found", [b"Location: http://user:%s@127.0.0.1:1/?token=%s&x=%s" % (SECRET.encode(), SECRET.encode(), NASTY["html"])])),
    ("informational", b"HTTP/1.1 103 " + TEXT + b"\r\nLink: " + TEXT + b"\r\n\r\n" + head(b"200 OK", FIELDS[:2])),
    ("chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5;planted=\"" + NASTY["xml"] + b"\"\r\nhello\r\n0\r\nX-T: " + TEXT + b"\r\nSet-Cookie: "
     + COOKIE + b"\r\n\r\n"),
    ("bad chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + TEXT + b"\r\n"),
    ("nul", head(b"200 OK", FIELDS[2:3])),
    ("no http", TEXT + b"\r\n\r\n"),
    ("half a head", b"HTTP/1.1 200 OK\r\nX-Planted: " + TEXT),
]


def answers(answer):
    return Fault(says(answer))


# ---- HTTP/2 (RFC 9113), header fields as literals without indexing (RFC 7541 section 6.2.2) ----


def frame(kind, flags, stream, payload):
    return struct.pack("!I", len(payload))[1:] + bytes([kind, flags]) + struct.pack("!I", stream) + payload


def integer(value, prefix):
    most = (1 << prefix) - 1
    if value < most:
        return bytes([value])
    out, value = bytes([most]), value - most
    while value >= 128:
        out, value = out + bytes([value % 128 + 128]), value // 128
    return out + bytes([value])


def literal(name, value):
    return b"\x00" + integer(len(name), 7) + name + integer(len(value), 7) + value


def serve_h2(conn):
    conn.recv(65536)
    block = literal(b":status", b"200") + literal(b"x-planted", TEXT.replace(b"\x00", b"")) + literal(b"set-cookie", COOKIE)
    conn.sendall(frame(4, 0, 0, b"") + frame(4, 1, 0, b"") + frame(1, 4, 1, block))
    conn.sendall(frame(7, 0, 0, struct.pack("!II", 1, 11) + TEXT) + frame(3, 0, 1, struct.pack("!I", 2)))
    while conn.recv(65536):
        pass


# ---- a proxy that refuses, a SOCKS server that answers in words ----


def refuse_connect(conn):
    stream = conn.makefile("rb")
    asked = read_head(stream)
    for _ in read_body(stream, asked):
        pass
    conn.sendall(head(b"407 " + TEXT, [*FIELDS[:2], b"Proxy-Authenticate: Basic realm=\"" + NASTY["ansi"] + b"\""], PAGE))


def stray_socks(conn):
    conn.recv(65536)
    conn.sendall(TEXT)


# ---- a certificate ----


def certificate(directory):
    """A self-signed one whose every name is hostile."""
    names = {"CN": NASTY["html"], "O": NASTY["ansi"], "OU": NASTY["bidi"], "L": NASTY["github"]}
    config = directory / "hostile.cnf"
    lines = [b"[req]", b"prompt=no", b"utf8=yes", b"string_mask=utf8only", b"distinguished_name=dn", b"x509_extensions=ext", b"[dn]"]
    lines += [name.encode() + b"=" + quoted(value) for name, value in names.items()]
    lines += [b"[ext]", b"subjectAltName=DNS:localhost,URI:" + quoted(NASTY["xml"]), b"nsComment=" + quoted(NASTY["azure"])]
    config.write_bytes(b"\n".join(lines) + b"\n")
    made = directory / "hostile.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9", "-config", str(config),
                    "-keyout", str(directory / "hostile.key"), "-out", str(made)], check=True, capture_output=True)
    return made, directory / "hostile.key"


def quoted(value):
    """A value as openssl's configuration files take it."""
    kept = value.replace(b"\\", b"").replace(b"\"", b"").replace(b"$", b"").replace(b"#", b"\\#").replace(b",", b" ").replace(b";", b" ").replace(b"'", b"")
    return kept[:60]
