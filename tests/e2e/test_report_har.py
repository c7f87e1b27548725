# SPDX-License-Identifier: MIT
"""HTTP Archives: redirects, sizes before and after compression, bodies when asked for, live and from a record."""

import base64
import gzip
import json
import re

import pytest

import run
from servers.faults import Fault
from servers.recorder import read_body, read_head

TEXT = b"a line of text\n" * 400
BINARY = bytes(range(256)) * 20
HOSTILE = b"\x1b[31mred\x1b[0m ::error::x"


def message(fields, body, status=b"200 OK"):
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, fields, len(body), body)


ANSWERS = {
    b"/on": message(b"Location: /text?token=hidden&a=1\r\nSet-Cookie: sid=hidden; Path=/; Secure; Expires=Wed, 21 Oct 2026 07:28:00 GMT\r\n", b"moved", b"302 Found"),
    b"/text": message(b"Content-Type: text/plain\r\n", TEXT),
    b"/gzip": message(b"Content-Encoding: gzip\r\n", gzip.compress(TEXT)),
    b"/binary": message(b"", BINARY),
    b"/hostile": message(b"", HOSTILE),
    b"/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
}


def serve(conn):
    stream = conn.makefile("rb")
    while head := read_head(stream):
        body = b"".join(read_body(stream, head))
        path = re.split(rb"[ ?]", head)[1]
        conn.sendall(ANSWERS[path] if path in ANSWERS else message(b"Content-Type: text/plain\r\n", body))
        if path == b"/cut":
            return


@pytest.fixture(scope="module")
def server():
    with Fault(serve) as fault:
        yield fault


def archive(tmp_path, *args):
    path = tmp_path / "x.har"
    done = run.raw("--report", f"har={path}", *args)
    return json.loads(path.read_bytes().decode("utf-8"))["log"], done


def test_redirects_are_entries_of_one_page(server, tmp_path):
    log, _ = archive(tmp_path, "-L", server.url(path="/on"), server.url(path="/text"))
    first, second, third = log["entries"]
    assert [page["title"] for page in log["pages"]] == [server.url(path="/on"), server.url(path="/text")]
    assert first["pageref"] == second["pageref"] == log["pages"][0]["id"] != third["pageref"]
    assert first["response"]["redirectURL"] == "/text?token=[masked]&a=1"
    assert second["request"]["queryString"] == [{"name": "token", "value": "[masked]"}, {"name": "a", "value": "1"}]
    assert first["response"]["cookies"] == [{"name": "sid", "value": "[masked]", "path": "/", "secure": True, "expires": "2026-10-21T07:28:00Z"}]
    assert second["timings"]["connect"] == second["timings"]["dns"] == -1
    assert first["serverIPAddress"] == "127.0.0.1"
    assert "hidden" not in json.dumps(log)


def test_bodies_are_left_out_unless_asked_for(server, tmp_path):
    log, _ = archive(tmp_path, "-d", "secret text", server.url(path="/echo"))
    entry = log["entries"][0]
    assert "text" not in entry["response"]["content"] and "text" not in entry["request"]["postData"]
    assert entry["request"]["bodySize"] == entry["response"]["bodySize"] == len("secret text")
    assert entry["request"]["postData"]["mimeType"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("path,body", [("/text", TEXT), ("/binary", BINARY), ("/hostile", HOSTILE), ("/gzip", TEXT)])
def test_bodies_are_whole(server, tmp_path, path, body):
    log, _ = archive(tmp_path, "--har-bodies", server.url(path=path))
    content = log["entries"][0]["response"]["content"]
    plain = content.get("encoding") is None
    assert plain == (body is TEXT)
    assert (content["text"].encode() if plain else base64.b64decode(content["text"])) == body
    assert content["size"] == len(body)


def test_a_long_body_is_kept_over_many_reads(server, tmp_path):
    (tmp_path / "sent").write_bytes(b"0123456789abcdef" * 80000)
    log, _ = archive(tmp_path, "--har-bodies", "-H", "Expect:", "-d", f"@{tmp_path}/sent", server.url(path="/echo"))
    entry = log["entries"][0]
    kept = (tmp_path / "sent").read_text()[: 1 << 20]
    assert entry["request"]["postData"]["text"] == kept
    assert entry["response"]["content"]["text"] == kept
    assert entry["response"]["content"]["comment"] == "the first 1048576 of 1280000 bytes"
    assert entry["response"]["content"]["size"] == 1280000


@pytest.mark.parametrize("options", [["--compressed"], ["--har-bodies"]])
def test_sizes_before_and_after_compression(server, tmp_path, options):
    log, _ = archive(tmp_path, *options, server.url(path="/gzip"))
    response = log["entries"][0]["response"]
    assert response["bodySize"] == len(gzip.compress(TEXT))
    assert response["content"]["size"] == len(TEXT)
    assert response["content"]["compression"] == len(TEXT) - response["bodySize"]


def test_a_failure_says_where(server, tmp_path):
    log, done = archive(tmp_path, server.url(path="/cut"), "--next", "http://127.0.0.1:1/")
    cut, refused = log["entries"]
    assert done.exit_code == 7
    assert cut["response"]["status"] == 200 and cut["response"]["_complete"] is False
    assert refused["response"]["status"] == 0 and refused["response"]["bodySize"] == -1
    assert [page["_curlCode"] for page in log["pages"]] == [18, 7]
    assert refused["_findings"][0]["code"] == "tcp.refused"


def test_a_record_gives_the_same(server, tmp_path):
    record = tmp_path / "x.record"
    live, _ = archive(tmp_path, "--har-bodies", "--record", str(record), "-d", "a=1", server.url(path="/echo"))
    again, _ = archive(tmp_path, "--har-bodies", "--read", str(record))
    without, _ = archive(tmp_path, "--read", str(record))
    assert again == live
    assert "text" not in without["entries"][0]["request"]["postData"]
