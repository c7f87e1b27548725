# SPDX-License-Identifier: MIT
"""--retry: each attempt has its report, the last one counts."""
import collections
import http.server
import json
import signal
import socket
import subprocess
import threading
import time

import pytest

import run


class Answer(http.server.BaseHTTPRequestHandler):
    """/COUNT/STATUS...: that status for so many requests, then 200 with the path's number of requests."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.heads.append(self.headers)
        self.server.seen[self.path] += 1
        count, status = (int(part) for part in self.path.split("/")[1:3])
        asked = self.server.seen[self.path]
        body = b"attempt %d of a body that gets shorter%s" % (asked, b"." * (9 - asked))
        self.send_response(status if asked <= count else 200)
        self.send_header("Content-Length", str(len(body)))
        if self.path.endswith("/later"):
            self.send_header("Retry-After", "120")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    server.seen = collections.Counter()
    server.heads = []
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def attempts(found):
    return [(r["outcome"]["retries"], r["outcome"]["http_status"], r["outcome"]["retry_in_us"]) for r in found]


def test_each_attempt_is_a_report(server):
    done = run.trace("--retry", "3", "--retry-delay", "1", server.url + "/2/503")
    assert done.exit_code == 0
    assert attempts(done.reports) == [(0, 503, 1000000), (1, 503, 1000000), (2, 200, None)]
    assert done.reports[2]["exchanges"][0]["reused"]


def test_the_text_says_so(server):
    done = run.raw("--retry", "1", server.url + "/1/429")
    assert b"attempt 1, tried again in 1.00 s" in done.stdout
    assert done.text.rstrip().endswith("attempt 2")


def test_the_last_attempt_passes_the_gates(server):
    done = run.trace("--retry", "1", "--expect", "status=200", "--ci", server.url + "/1/503")
    assert (done.exit_code, done.stderr) == (0, b"")
    assert "expect" not in done.reports[0] and done.reports[1]["expect"][0]["ok"]


def test_the_last_attempt_fails_the_gates(server):
    done = run.trace("--retry", "1", "--expect", "status=200", server.url + "/9/503")
    assert done.exit_code == 101
    assert done.errors.count("expect failed") == 1
    assert attempts(done.reports) == [(0, 503, 1000000), (1, 503, None)]


def test_the_file_holds_the_last_body(server, tmp_path):
    path = tmp_path / "body"
    done = run.raw("--retry", "1", "-o", str(path), "-w", "%{http_code} ", server.url + "/1/500")
    assert path.read_bytes() == b"attempt 2 of a body that gets shorter" + b"." * 7
    assert done.stdout == b"200 "


def test_a_file_that_is_continued_keeps_what_it_had(server, tmp_path):
    path = tmp_path / "body"
    path.write_bytes(b"before ")
    run.raw("--retry", "1", "-C", "7", "-o", str(path), server.url + "/1/500")
    assert path.read_bytes().startswith(b"before ")
    assert b"attempt 1" not in path.read_bytes()


def test_bodies_are_sent_again(server, tmp_path):
    (tmp_path / "up").write_bytes(b"12345")
    done = run.raw("--retry", "1", "-T", str(tmp_path / "up"), server.url + "/1/500/put", "--next", "--retry", "1", "-F", "a=b",
                   server.url + "/1/500/form")
    assert done.exit_code == 0
    lengths = [head["Content-Length"] for head in server.heads]
    assert lengths[0] == lengths[1] == "5" and lengths[2] == lengths[3]


def test_each_attempt_is_a_span(server):
    run.raw("--retry", "1", "--traceparent", "new", server.url + "/1/503")
    first, second = (head["traceparent"].split("-") for head in server.heads)
    assert first[1] == second[1] and first[2] != second[2]


def test_quiet_says_a_line_for_each(server):
    done = run.raw("--quiet", "--retry", "1", "--retry-connrefused", "http://127.0.0.1:1/")
    assert done.exit_code == 7
    assert done.errors.splitlines() == [
        "httptrace: (7) 127.0.0.1:1 refused the connection. Trying again in 1.00 s",
        "httptrace: (7) 127.0.0.1:1 refused the connection.",
    ]


def test_a_server_that_comes_up_is_reached():
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()

    def come_up():
        time.sleep(0.5)
        with socket.create_server(("127.0.0.1", port)) as late:
            peer = late.accept()[0]
            peer.recv(65536)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            peer.close()

    thread = threading.Thread(target=come_up)
    thread.start()
    done = run.trace("--retry", "5", "--retry-connrefused", f"http://127.0.0.1:{port}/")
    thread.join()
    assert done.exit_code == 0
    assert [r["outcome"]["curl_code"] for r in done.reports] == [7, 0]


def test_others_go_on_meanwhile(server):
    done = run.trace("-Z", "--retry", "1", server.url + "/1/503", server.url + "/0/503/a", server.url + "/0/503/b")
    assert attempts(done.reports)[-1] == (1, 200, None)
    assert len(done.reports) == 4


def test_one_after_another_nothing_goes_past(server):
    done = run.trace("--retry", "1", server.url + "/1/503", server.url + "/0/503/a")
    assert [r["url"][-6:] for r in done.reports] == ["/1/503", "/1/503", "/503/a"]


def test_more_time_than_there_is_is_not_waited_for(server):
    done = run.trace("--retry", "3", "--retry-max-time", "5", server.url + "/1/503/later")
    assert done.exit_code == 0
    assert attempts(done.reports) == [(0, 503, None)]


def test_an_interrupt_ends_the_wait(server):
    process = subprocess.Popen([run.program(), "--json", "--retry", "9", server.url + "/1/503/later"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env=run.environment())
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    last = json.loads(rest)
    assert last["outcome"]["interrupted"] and last["outcome"]["retries"] == 1
    assert "Sanitizer" not in errors


def test_a_record_tells_of_attempts(server, tmp_path):
    record = str(tmp_path / "record")
    first = run.trace("--retry", "1", "--record", record, server.url + "/1/503")
    again = run.trace("--read", record)
    assert attempts(again.reports) == [(0, 503, 1000000), (1, 200, None)]
    assert again.stdout == first.stdout


def test_test_results_judge_the_last_attempt(server):
    done = run.raw("--report", "junit", "--retry", "1", "--retry-all-errors", "-f", server.url + "/1/404")
    suites = done.text.split("<testsuite ")[1:]
    assert len(suites) == 2
    assert all('failures="0" errors="0"' in suite for suite in suites)
    assert "Tried again in 1.00 s" in suites[0] and "Tried again" not in suites[1]


@pytest.mark.parametrize("args", [["--retry", "x"], ["--retry", "-1"], ["--retry-delay", "1.5"], ["--retry-max-time", "99999999999999999999"]])
def test_bad_values_are_named(args):
    done = run.raw(*args, "http://127.0.0.1:1/")
    assert done.exit_code == 2
    assert done.errors.startswith(f"httptrace: option {args[0]}: ")
    assert done.stderr.count(b"\n") <= 2
