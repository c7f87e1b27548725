# SPDX-License-Identifier: MIT
"""The HTML report of real sessions: one page for all URLs, whole however a run ends, flat in memory however many there are."""

import pathlib
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

import pytest

import run
from servers.faults import Fault
from servers.recorder import read_head

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "report"))
import check_html  # pylint: disable=wrong-import-position


def answer(conn):
    stream = conn.makefile("rb")
    while head := read_head(stream):
        path = head.split(b" ")[1]
        if path == b"/mute":
            conn.recv(1)
            return
        if path == b"/on":
            conn.sendall(b"HTTP/1.1 302 Found\r\nLocation: /<b>&\"'\r\nContent-Length: 0\r\n\r\n")
        else:
            conn.sendall(b"HTTP/1.1 200 OK\r\nX-Trap: <script>alert(1)</script>\r\nContent-Length: 2\r\n\r\nhi")


@pytest.fixture(scope="module")
def server():
    with Fault(answer) as fault:
        yield fault


def page_of(path):
    text = path.read_bytes().decode("utf-8")
    assert list(check_html.problems_of(text)) == []
    return ET.fromstring(text)


def page(tmp_path, *args):
    path = tmp_path / "page.html"
    run.raw("--report", f"html={path}", *args)
    return page_of(path)


def text_of(element):
    return " ".join(" ".join(element.itertext()).split())


def contents(root):
    return [text_of(row) for row in root.findall(".//nav[@id='contents']//tbody/tr")]


def test_one_url_has_no_summary(server, tmp_path):
    root = page(tmp_path, server.url())
    assert contents(root) == [] and len(root.findall(".//article")) == 1
    assert "200 OK" in text_of(root.find(".//h2"))


def test_several_urls_are_summed_up_on_top(server, tmp_path):
    root = page(tmp_path, "-L", "-Z", server.url(), "http://127.0.0.1:1/", server.url(path="/on"))
    rows = contents(root)
    assert len(rows) == len(root.findall(".//article")) == 3
    assert text_of(root.find(".//nav[@id='contents']/h2")) in ("3 transfers: 2 OK, 1 Failed", "3 transfers: 1 Failed, 2 OK", "3 transfers: 1 OK, 1 Failed, 1 OK")
    assert [row for row in rows if "Failed" in row and "127.0.0.1:1/" in row]
    order = [element.get("id") for element in root.iter() if element.get("id") in ("contents", "t1", "t2", "t3")]
    assert order == ["contents", "t1", "t2", "t3"]


def test_markup_of_the_server_is_text(server, tmp_path):
    root = page(tmp_path, "-L", server.url(path="/on"))
    assert root.findall(".//script") == [] and root.findall(".//body//b[@class='planted']") == []
    assert "<script>alert(1)</script>" in text_of(root.find(".//body"))


def test_http2(nginx, pki, tmp_path):
    root = page(tmp_path, "--cacert", pki.ca, nginx.url("tls", "/hello.txt"))
    for part in ("phases", "conversation", "messages", "tls", "h2", "events"):
        assert root.find(f".//section[@id='t1-{part}']") is not None, part
    drawn = [text_of(link.find("title")) for link in root.findall(".//section[@id='t1-conversation']//a") if link.find("title") is not None]
    assert any(words.startswith("sent: ClientHello") for words in drawn)
    assert any(words.startswith("received: HEADERS, stream 1") for words in drawn)
    assert root.findall(".//figure[@class='window']") and root.findall(".//li[@class='certificate']")


def test_a_run_that_was_stopped_leaves_a_whole_page(server, tmp_path):
    path = tmp_path / "page.html"
    process = subprocess.Popen([run.program(), "--report", f"html={path}", server.url(path="/mute")], env=run.environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    accepted, deadline = server.accepted, time.monotonic() + 10
    while server.accepted == accepted and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    process.wait(20)
    assert text_of(page_of(path).find(".//article/header")).startswith("✗ Interrupted")


def peak_kib(*args):
    """Of a child of a child, so that only that one counts."""
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    return int(subprocess.run([sys.executable, "-c", code, run.program(), *args], env=run.environment(), capture_output=True, text=True, check=True, timeout=120).stdout)


def test_memory_does_not_grow_with_the_page(server, tmp_path):
    path = tmp_path / "page.html"
    few = peak_kib("--report", f"html={path}", server.url(path="/[1-20]"))
    small = path.stat().st_size
    many = peak_kib("--report", f"html={path}", server.url(path="/[1-400]"))
    assert path.stat().st_size > 10 * small
    assert many - few < (path.stat().st_size - small) // 1024 // 2, (few, many, path.stat().st_size)
