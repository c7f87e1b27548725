# SPDX-License-Identifier: MIT
"""What every real server shares: free ports, a configuration of its own, a wait until it answers, an end by pid."""

import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest

READY_SECONDS = 20
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"


class NotReady(RuntimeError):
    """The server ended, or did not answer, before its deadline; holds the end of its log."""


def find(program):
    """The program's path; skips the test where it is not installed."""
    path = shutil.which(program, path=os.environ.get("PATH", "/usr/bin:/bin") + ":" + SBIN)
    if path is None:
        pytest.skip(f"SKIP: {program} is not installed")
    return path


def free_port():
    """A TCP port that was free on all of loopback a moment ago."""
    with socket.socket(socket.AF_INET) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


def die_with_parent():
    """For a child, before its program starts: a killed test run leaves no server behind (Linux)."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def end_by_pid(process):
    """Asks the child to end, then insists."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


class Server:
    """One server process. Subclasses name `program` and `ports`, write files and give their command line."""

    program = ""
    port_names = ()
    keep_stdin = False

    def __init__(self, pki):
        self.pki = pki
        self.port = {}
        self.dir = None
        self.process = None
        self.path = find(self.program)

    def configure(self):
        """Writes what the server reads into self.dir."""

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {**os.environ, "LC_ALL": "C"}

    def ready_ports(self):
        return self.port.values()

    def url(self, port_name, path="/", host="localhost"):
        scheme = "http" if port_name in self.plain_ports else "https"
        return f"{scheme}://{host}:{self.port[port_name]}{path}"

    plain_ports = ()

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix=f"httptrace-{self.program}-"))
        for attempt in range(3):  # another process may take a port between its choice and its use
            try:
                self._start()
                return self
            except NotReady:
                self._stop()
                if attempt == 2:
                    shutil.rmtree(self.dir, ignore_errors=True)
                    raise
        return self

    def __exit__(self, *unused):
        self._stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def log(self):
        path = self.dir / "log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def _start(self):
        self.port = {name: free_port() for name in self.port_names}
        self.configure()
        with open(self.dir / "log", "ab") as log:
            stdin = subprocess.PIPE if self.keep_stdin else subprocess.DEVNULL
            self.process = subprocess.Popen(
                self.command(),
                stdin=stdin,
                stdout=log,
                stderr=log,
                cwd=self.dir,
                env=self.environment(),
                preexec_fn=die_with_parent,
            )
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + READY_SECONDS
        waiting = list(self.ready_ports())
        while waiting:
            if self.process.poll() is not None:
                raise NotReady(f"{self.program} ended with {self.process.returncode}:\n{self.log()}")
            if time.monotonic() > deadline:
                raise NotReady(f"{self.program} does not answer on {waiting} after {READY_SECONDS} s:\n{self.log()}")
            waiting = [port for port in waiting if not answers(port)]
            if waiting:
                time.sleep(0.02)

    def _stop(self):
        if self.process is not None:
            end_by_pid(self.process)
            if self.process.stdin:
                self.process.stdin.close()
            self.process = None
