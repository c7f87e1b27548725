# SPDX-License-Identifier: MIT
"""Many URLs: --quiet, what a terminal shows meanwhile, the end by a signal, too few descriptors."""
import http.server
import json
import os
import resource
import signal
import subprocess
import threading

import pytest

import run

PROGRAM = os.environ["HTTPTRACE"]


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.startswith("/wait"):
            self.server.released.wait(20)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        pass


@pytest.fixture
def url():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    server.released = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.released.set()
    server.shutdown()
    server.server_close()


def httptrace(*args, files=None):
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, files)

    return subprocess.run([PROGRAM, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          preexec_fn=limit if files else None)


def test_quiet_says_one_line_for_a_failure(url):
    done = httptrace("--quiet", url + "/[1-3]", "http://127.0.0.1:1/")
    assert (done.returncode, done.stdout) == (7, "")
    assert done.stderr == "httptrace: (7) 127.0.0.1:1 refused the connection. (http://127.0.0.1:1/)\n"


def test_quiet_names_a_url_with_its_secrets_masked(url):
    done = httptrace("--quiet", url + "/", "http://u:pass@127.0.0.1:1/?token=abc")
    assert done.stderr.endswith(" (http://u:[masked]@127.0.0.1:1/?token=[masked])\n")
    assert httptrace("--quiet", "http://127.0.0.1:1/").stderr == "httptrace: (7) 127.0.0.1:1 refused the connection.\n"


def test_quiet_leaves_the_gates(url):
    done = httptrace("--quiet", "--expect", "status=404", url + "/")
    assert done.returncode == 101
    assert "expect failed" in done.stderr


@pytest.mark.parametrize("asked", [["--json"], ["--report", "jsonl"], ["--report", "json=-"]])
def test_quiet_leaves_a_report_that_was_asked_for(url, asked):
    done = httptrace("--quiet", *asked, url + "/", "http://127.0.0.1:1/")
    assert [json.loads(line)["verdict"]["headline"] for line in done.stdout.splitlines()][1:] == [
        "127.0.0.1:1 refused the connection."]
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr == "httptrace: (7) 127.0.0.1:1 refused the connection. (http://127.0.0.1:1/)\n"


def test_quiet_leaves_a_report_in_a_file(url, tmp_path):
    done = httptrace("--quiet", "--report", f"json={tmp_path}/report", url + "/")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert json.loads((tmp_path / "report").read_text())["outcome"]["curl_code"] == 0


def test_duplicates_and_globs_have_a_report_each(url):
    done = httptrace("--json", "-Z", "--parallel-max", "5", url + "/[1-20]", url + "/1", url + "/1")
    assert done.returncode == 0
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 22


def test_the_limit_on_files_is_raised(url):
    done = httptrace("--quiet", "-Z", url + "/[1-4]", files=(40, 1024))
    assert (done.returncode, done.stderr) == (0, "")


def test_fewer_run_where_files_are_few(url):
    done = httptrace("--quiet", "-Z", "--parallel-max", "200", url + "/[1-4]", files=(64, 64))
    assert done.returncode == 0
    assert "64 allowed" in done.stderr and "4 run at a time" in done.stderr


def test_no_socket_is_this_hosts_matter(url):
    for files in range(4, 9):
        done = httptrace("--json", url + "/", files=(files, files))
        if done.returncode != 7:
            continue
        report = json.loads(done.stdout)
        assert report["verdict"]["locus"] == "local"
        assert "local.no_socket" in done.stdout
        return
    pytest.skip("no such limit meets a socket first")


def test_an_interrupted_run_sums_up(url):
    process = subprocess.Popen([PROGRAM, "--json", url + "/[1-3]", url + "/wait[1-5]"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    for _ in range(3):
        process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert len(out.splitlines()) <= 1
    assert "httptrace: interrupted: " in err and "not started" in err


def on_terminal(*args):
    main, end = run.terminal()
    process = subprocess.Popen([PROGRAM, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=end,
                               env={**os.environ, "COLUMNS": "100"})
    os.close(end)
    shown = b""
    while True:
        try:
            piece = os.read(main, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    process.communicate(timeout=20)
    os.close(main)
    return shown.decode()


def test_a_terminal_shows_how_far_it_is(url):
    shown = on_terminal("--json", "--rate", "10/s", url + "/[1-6]")
    assert " of 6 done, 0 failed, 0 findings" in shown
    assert shown.endswith("\r\x1b[K")


@pytest.mark.parametrize("option", ["--no-progress-meter", "-s", "--ci"])
def test_a_terminal_shows_nothing_where_told(url, option):
    assert on_terminal("--json", option, "--rate", "10/s", url + "/[1-4]") == ""
