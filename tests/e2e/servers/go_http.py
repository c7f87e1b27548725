# SPDX-License-Identifier: MIT
"""Go's net/http: builds servers/goserver once, without a network, and runs it."""

import hashlib
import os
import pathlib
import subprocess
import tempfile

import pytest

from servers.base import Server, find

SOURCE = pathlib.Path(__file__).parent / "goserver" / "main.go"


def cache_dir():
    """Where built servers stay between runs: the build directory when CTest runs us."""
    given = os.environ.get("HTTPTRACE_E2E_CACHE")
    path = pathlib.Path(given) if given else pathlib.Path(tempfile.gettempdir()) / f"httptrace-e2e-{os.geteuid()}"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def build():
    """The path of the built server; named by its source, so that a change builds anew."""
    go = find("go")
    cache = cache_dir()
    target = cache / ("goserver-" + hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16])
    if target.exists():
        return str(target)
    env = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPROXY": "off",
        "GOFLAGS": "",
        "GOCACHE": str(cache / "go-build"),
        "GOPATH": str(cache / "go"),
    }
    fresh = f"{target}.{os.getpid()}"
    done = subprocess.run(
        [go, "build", "-o", fresh, str(SOURCE)], env=env, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode != 0:
        pytest.fail(f"go build: {done.stderr}")
    os.rename(fresh, target)
    return str(target)


class GoHttp(Server):
    """Ports: plain, tls, strict (alert 80 for any name but localhost), bare (no certificate), newest (TLS 1.3), acme."""

    program = "go"
    port_names = ("plain", "tls", "strict", "bare", "newest", "acme")
    plain_ports = ("plain",)

    def command(self):
        ports = [f"-{name}={port}" for name, port in self.port.items()]
        return [build(), *ports, "-cert", self.pki.cert("ec"), "-key", self.pki.key("ec")]
