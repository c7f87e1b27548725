# SPDX-License-Identifier: MIT
"""A request in, the answer to it out: by path alone, with a fixed date, so that two programs that ask the same get the same."""

import base64
import dataclasses
import gzip
import struct
import urllib.parse
import zlib

DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
MODIFIED = "Tue, 01 Jan 2019 12:00:00 GMT"
TEXT = b"0123456789" * 10 + b"\n"
RESET, CLOSE = "reset", "close"
NTLM_CHALLENGE = base64.b64encode(
    b"NTLMSSP\0" + struct.pack("<IHHII", 2, 4, 4, 48, 0x00028205) + b"challeng" + bytes(16) + b"HOST"
).decode()


@dataclasses.dataclass
class Request:
    """`state` is a dict of the run: what was asked before."""

    method: str
    target: str
    headers: list
    body: bytes
    state: dict

    @property
    def path(self):
        target = self.target
        if "://" in target:
            target = "/" + target.split("://", 1)[1].partition("/")[2]
        return target.split("?")[0]

    @property
    def query(self):
        return urllib.parse.unquote(self.target.partition("?")[2])

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclasses.dataclass
class Answer:
    """Either status, headers and body, or `steps`: bytes to send, seconds to wait, RESET or CLOSE."""

    status: int = 200
    headers: list = dataclasses.field(default_factory=list)
    body: bytes = b""
    steps: list = None
    close: bool = False
    version: str = "1.1"
    first: list = dataclasses.field(default_factory=list)  # sent before

    def wire(self, method):
        """The steps of HTTP/1."""
        if self.steps is not None:
            return self.steps
        names = [name.lower() for name, _ in self.headers]
        fields = [("Date", DATE)] * ("date" not in names) + self.headers
        bodiless = self.status in (204, 304) or self.status < 200
        if not {"content-length", "transfer-encoding"} & set(names) and not self.close and not bodiless:
            fields = fields + [("Content-Length", str(len(self.body)))]
        lines = [f"HTTP/{self.version} {self.status} {REASONS.get(self.status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in fields]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        whole = head if method == "HEAD" or bodiless else head + self.body
        return [*self.first, whole] + ([CLOSE] if self.close else [])


REASONS = {200: "OK", 206: "Partial Content", 301: "Moved", 302: "Found", 401: "Unauthorized", 404: "Not Found",
           407: "Proxy Authentication Required"}
ROUTES = {}


def route(*prefixes):
    def add(function):
        for prefix in prefixes:
            ROUTES[prefix] = function
        return function

    return add


def text(body, *headers, status=200, **more):
    return Answer(status, [("Content-Type", "text/plain"), *headers], body if isinstance(body, bytes) else body.encode(), **more)


def answer(request):
    """The route with the longest prefix of the path answers; without one, the path comes back."""
    path = request.path
    for prefix in sorted(ROUTES, key=len, reverse=True):
        if path == prefix or path.startswith(prefix if prefix.endswith("/") else prefix + "/"):
            return ROUTES[prefix](request, path[len(prefix):].strip("/"))
    return text(f"{request.method} {path}\n")


# ---- status, redirects ----
@route("/status/")
def status(_, rest):
    return text(f"status {rest}\n", status=int(rest))


@route("/redirect/")
def redirect(_, rest):
    code, _, to = rest.partition("/")
    return text("elsewhere\n", ("Location", "/" + to), status=int(code))


@route("/to")
def redirect_to(request, _):
    return text("elsewhere\n", ("Location", request.query), status=302)


@route("/loop/")
def loop(_, rest):
    return text("again\n", ("Location", f"/loop/{int(rest or 0) + 1}"), status=302)


@route("/setcookie")
def redirect_with_cookie(request, _):
    return text("go\n", ("Set-Cookie", "on=the way; path=/"), ("Location", request.query or "/after"), status=302)


# ---- cookies ----
COOKIES = {
    "session": ["a=1; path=/", "b=two words; path=/cookie"],
    "lasting": ["c=3; path=/; expires=Fri, 01 Jan 2038 00:00:00 GMT", "d=4; expires=Fri, 01 Jan 2038 00:00:00 GMT; HttpOnly; path=/"],
    "old": ["a=; path=/; expires=Thu, 01 Jan 1990 00:00:00 GMT", "e=5; max-age=0; path=/"],
    "domain": ["f=6; domain=example.test; path=/", "g=7; domain=elsewhere.test; path=/", "h=8; domain=.host.example.test; path=/"],
    "secure": ["s=9; secure; path=/", "__Secure-t=10; secure; path=/", "__Host-u=11; secure; path=/", "__Host-v=12; path=/"],
    "odd": ["noequals", "=novalue", "q=\"quoted; value\"; path=/", "sp =  spaced  ; path=/", "tab=a\tb", "utf=\xc3\xa9; path=/",
            "x=1; path=/elsewhere", "y=2; path=nowhere; samesite=lax", "long=" + "z" * 300],
}


@route("/cookie/")
def cookie(_, rest):
    return text("cookie\n", *[("Set-Cookie", value) for value in COOKIES[rest.split("/")[0]]])


# ---- authentication ----
def challenged(request, name, *challenges, proxy=False):
    field = "Proxy-Authenticate" if proxy else "WWW-Authenticate"
    return text("who are you?\n", *[(field, c) for c in challenges], status=407 if proxy else 401)


DIGEST = 'Digest realm="a realm", nonce="0123456789abcdef", qop="auth", opaque="opq", algorithm=MD5'


@route("/basic", "/digest", "/bearer", "/any", "/none-known", "/digest-sha256", "/digest-int", "/digest-rfc2069", "/digest-stale")
def authenticated(request, _):
    name = request.path.split("/")[1]
    challenges = {
        "basic": ['Basic realm="a realm"'],
        "digest": [DIGEST],
        "digest-sha256": [DIGEST.replace("MD5", "SHA-256")],
        "digest-int": [DIGEST.replace("auth", "auth-int")],
        "digest-rfc2069": ['Digest realm="old", nonce="n"'],
        "digest-stale": [DIGEST],
        "bearer": ["Bearer"],
        "any": ['Basic realm="a realm"', DIGEST],
        "none-known": ["Weird x=y"],
    }[name]
    given = request.header("authorization") or ""
    if name == "digest-stale" and given.startswith("Digest") and "fresh" not in given:
        return challenged(request, name, DIGEST.replace("0123", "fresh") + ", stale=true")
    wanted = [c.split(" ")[0] for c in challenges]
    if given.split(" ")[0] in wanted and 'uri=""' not in given:
        return text(f"welcome by {given.split(' ')[0]}\n")
    return challenged(request, name, *challenges)


@route("/ntlm")
def ntlm(request, _, proxy=False):
    field = "proxy-authorization" if proxy else "authorization"
    given = (request.header(field) or "").partition(" ")[2]
    message = base64.b64decode(given) if given else b""
    if message[:8] == b"NTLMSSP\0" and message[8] == 3:
        return text("welcome by NTLM\n")
    if message[:8] == b"NTLMSSP\0" and message[8] == 1:
        return challenged(request, "ntlm", "NTLM " + NTLM_CHALLENGE, proxy=proxy)
    return challenged(request, "ntlm", "NTLM", proxy=proxy)


@route("/negotiate")
def negotiate(request, _):
    return challenged(request, "negotiate", "Negotiate")


# ---- bodies ----
@route("/gzip")
def gzipped(_, __):
    return text(gzip.compress(TEXT, mtime=0), ("Content-Encoding", "gzip"))


@route("/deflate")
def deflated(_, __):
    return text(zlib.compress(TEXT), ("Content-Encoding", "deflate"))


@route("/badgzip")
def bad_gzip(_, __):
    return text(b"this is no gzip stream", ("Content-Encoding", "gzip"))


@route("/weirdcoding")
def weird_coding(_, __):
    return text(b"what is this", ("Content-Encoding", "weird"))


def chunks(*parts, trailers=b""):
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n" + trailers + b"\r\n"


@route("/chunked")
def chunked(_, __):
    return text(chunks(b"one ", b"two ", b"three\n"), ("Transfer-Encoding", "chunked"))


@route("/trailers")
def trailers(_, __):
    return text(chunks(b"body\n", trailers=b"X-After: trailer\r\nX-More: 2\r\n"), ("Trailer", "X-After"), ("Transfer-Encoding", "chunked"))


@route("/te")
def transfer_encoding(request, _):
    if "gzip" not in (request.header("te") or ""):
        return text("plain\n")
    return text(chunks(gzip.compress(TEXT, mtime=0)), ("Transfer-Encoding", "gzip, chunked"))


@route("/bin")
def binary(_, __):
    return Answer(200, [("Content-Type", "application/octet-stream")], bytes(range(256)) * 4)


@route("/big/")
def big(_, rest):
    return Answer(200, [("Content-Type", "application/octet-stream")], b"x" * int(rest))


@route("/empty-body")
def empty_body(_, __):
    return text(b"")


@route("/echo")
def echo(request, _):
    return text(request.body)


@route("/nolength")
def no_length(_, __):
    return text("until the close\n", close=True)


@route("/close")
def closes(_, __):
    return text("bye\n", ("Connection", "close"), ("Content-Length", "4"), close=True)


@route("/http10")
def http10(_, __):
    return text("old\n", close=True, version="1.0")


@route("/range")
def ranged(request, _):
    asked = request.header("range") or ""
    first, _, last = asked.replace("bytes=", "").partition("-")
    if not asked or "," in asked:
        return text(TEXT, ("Accept-Ranges", "bytes"))
    if first == "":
        first, last = len(TEXT) - int(last), len(TEXT) - 1
    first, last = int(first), min(int(last or len(TEXT)), len(TEXT) - 1)
    if first >= len(TEXT):
        return text("no such range\n", ("Content-Range", f"bytes */{len(TEXT)}"), status=416)
    return text(TEXT[first:last + 1], ("Content-Range", f"bytes {first}-{last}/{len(TEXT)}"), status=206)


@route("/etag")
def etag(request, rest):
    tag = {"weak": 'W/"abc"', "": '"abc"', "odd": "unquoted tag"}[rest]
    if request.header("if-none-match") == tag:
        return text("", ("ETag", tag), status=304)
    return text("tagged\n", ("ETag", tag))


@route("/modified")
def modified(request, _):
    if request.header("if-modified-since"):
        return text("", ("Last-Modified", MODIFIED), status=304)
    return text("modified\n", ("Last-Modified", MODIFIED))


@route("/old")
def old(_, __):
    return text("older than asked for\n", ("Last-Modified", MODIFIED))


# ---- names and odd heads ----
DISPOSITIONS = {
    "plain": "attachment; filename=plain.txt", "quoted": 'attachment; filename="a b;c.txt"', "path": "attachment; filename=/tmp/../evil.txt",
    "backslash": 'attachment; filename="dir\\\\back.txt"', "inline": "inline; filename=inline.txt", "none": "attachment",
    "ext": "attachment; filename*=UTF-8''x.txt", "late": "attachment; x=y; FILENAME=late.txt",
}


@route("/named/")
def named(_, rest):
    return text("named\n", ("Content-Disposition", DISPOSITIONS[rest.split("/")[0]]))


@route("/headers")
def headers(_, __):
    head = (b"HTTP/1.1 200 OK and more words\r\nDate: " + DATE.encode() + b"\r\nX-One: 1\r\nx-one: again\r\nX-Two:   spaces   \r\n"
            b"X-Folded: first\r\n  second\r\nX-Empty:\r\nX-Utf: \xc3\xa9\r\nX-Latin: \xe9\r\nContent-Length: 3\r\n\r\nok\n")
    return Answer(steps=[head])


@route("/informational")
def informational(_, __):
    return text("at last\n", first=[b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"])


@route("/hsts")
def hsts(_, __):
    return text("only by TLS\n", ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))


@route("/altsvc/")
def altsvc(_, rest):
    return text("elsewhere too\n", ("Alt-Svc", f'h2="alt.example.test:{rest}"; ma=3600'))


@route("/http2-ish")
def bad_version(_, __):
    return Answer(steps=[b"HTTP/7 200 OK\r\n\r\nx", CLOSE])


# ---- answers that break ----
@route("/early")
def early_close(_, __):
    return Answer(steps=[b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it", CLOSE])


@route("/nothing")
def nothing(_, __):
    return Answer(steps=[CLOSE])


@route("/reset")
def reset(_, __):
    return Answer(steps=[RESET])


@route("/reset-body")
def reset_body(_, __):
    return Answer(steps=[b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", 0.1, RESET])


@route("/garbage")
def garbage(_, __):
    return Answer(steps=[b"\x00\x01\x02 garbage, no HTTP\n", CLOSE])


@route("/nine")
def http09(_, __):
    return Answer(steps=[b"no head at all\n", CLOSE])


@route("/badchunk")
def bad_chunk(_, __):
    return Answer(steps=[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\nzz\r\n", CLOSE])


@route("/cutchunk")
def cut_chunk(_, __):
    return Answer(steps=[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n", CLOSE])


@route("/badlength")
def bad_length(_, __):
    return Answer(steps=[b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nbody\n", CLOSE])


@route("/twolengths")
def two_lengths(_, __):
    return Answer(steps=[b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nbody\n", CLOSE])


@route("/longlength")
def long_length(_, __):
    return Answer(steps=[b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody\nand more", CLOSE])


@route("/nohead")
def no_head(_, __):
    return Answer(steps=[b"HTTP/1.1 200 OK\r\nX-Cut: in the mid", CLOSE])


@route("/hugehead")
def huge_head(_, __):
    return Answer(steps=[b"HTTP/1.1 200 OK\r\nX-Huge: " + b"h" * 400000 + b"\r\n\r\n", CLOSE])


@route("/stall")
def stall(_, __):
    return Answer(steps=[b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it", 6.0, CLOSE])


@route("/silent")
def silent(_, __):
    return Answer(steps=[6.0, CLOSE])


@route("/slow")
def slow(_, __):
    return Answer(steps=[0.3, *text("slow\n").wire("GET")])


# ---- uploads, retries ----
@route("/refuse-expect")
def refuse_expect(request, _):
    if request.header("expect"):
        return text("no expectations\n", status=417)
    return text(f"{len(request.body)} bytes\n")


@route("/again/")
def again(request, rest):
    """503 as often as the path says, then 200; /again/N/CODE[/RETRY-AFTER] with another status."""
    times, code, after = (rest.split("/") + ["", ""])[:3]
    count = request.state[rest] = request.state.get(rest, 0) + 1
    if count > int(times):
        return text(f"answer {count}\n")
    return text(f"not yet {count}\n", *[("Retry-After", after)] * bool(after), status=int(code or 503))


@route("/cut-once")
def cut_once(request, _):
    count = request.state["cut"] = request.state.get("cut", 0) + 1
    return Answer(steps=[CLOSE]) if count == 1 else text("whole\n")


@route("/dns-query")
def dns(request, _):
    """Every name has the address 127.0.0.1 and no other."""
    question = request.body[12:]
    kind = question[-4:-2]
    record = b"\xc0\x0c" + kind + b"\0\1" + struct.pack(">IH", 60, 4) + b"\x7f\0\0\1" if kind == b"\0\1" else b""
    head = b"\0\0\x81\x80\0\1" + struct.pack(">H", bool(record)) + bytes(4)
    return Answer(200, [("Content-Type", "application/dns-message")], head + question + record)
