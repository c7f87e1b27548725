# SPDX-License-Identifier: MIT
"""Runs every recipe of docs/cookbook.md as it stands there; example.com is a server of the test's own."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import xml.etree.ElementTree

import pytest

import run
from servers.faults import Fault
from servers.recorder import read_body, read_head

COOKBOOK = pathlib.Path(__file__).resolve().parents[2] / "docs" / "cookbook.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.S | re.M)
HEADING = re.compile(r"^## (.+)$", re.M)
COMMAND_OF = {
    "sh": lambda text: [text],
    "yaml": lambda text: re.findall(r"^\s+(?:run:|-) (httptrace .+)$", text, re.M),
    "groovy": lambda text: re.findall(r"\bsh '(httptrace [^']+)'", text),
    "crontab": lambda text: re.findall(r"^(?:\S+ ){5}(httptrace .+)$", text, re.M),
    "promql": lambda text: [],
}


def recipes():
    text = COOKBOOK.read_text(encoding="utf-8")
    for number, block in enumerate(BLOCK.finditer(text)):
        heading = HEADING.findall(text[: block.start()])[-1]
        for command in COMMAND_OF[block.group(1)](block.group(2)):
            yield pytest.param(command, id=f"{number}: {heading}")


def serve(conn):
    stream = conn.makefile("rb")
    while head := read_head(stream):
        for _ in read_body(stream, head):
            pass
        path = head.split(b" ")[1]
        echo = re.search(rb"\r\n(X-Debug-ID: [^\r]*\r\n)", head)
        status = b"404 Not Found" if path == b"/missing" else b"200 OK"
        conn.sendall(b"HTTP/1.1 %s\r\n%sContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n" % (status, echo.group(1) if echo else b""))


class Kitchen:
    """A place to run recipes in: httptrace in the PATH, its configuration leading every name to the test's server."""

    def __init__(self, directory, port, pki):
        self.directory, self.summary = directory, directory / "summary.md"
        (directory / "bin").mkdir()
        (directory / "bin" / "httptrace").symlink_to(os.path.abspath(run.program()))
        (directory / "config" / "httptrace").mkdir(parents=True)
        (directory / "config" / "httptrace" / "config").write_text(f'connect-to = "::127.0.0.1:{port}"\ncacert = "{pki.ca}"\n')
        (directory / "urls.txt").write_text("https://example.com/\nhttps://example.com/missing\n")
        self.environment = run.environment({
            "PATH": f"{directory}/bin:{os.environ['PATH']}",
            "XDG_CONFIG_HOME": str(directory / "config"),
            "GITHUB_ACTIONS": "true",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "OTEL_EXPORTER_OTLP_ENDPOINT": "spans.jsonl",
        })

    def cook(self, command):
        for there in ("/etc/httptrace/", "/var/lib/prometheus/node-exporter/"):
            command = command.replace(there, f"{self.directory}/")
        return subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=self.directory, env=self.environment, capture_output=True, timeout=60, check=False)

    def text(self, name):
        return (self.directory / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def port(pki):
    pki._leaf("example", "example.com", "DNS:example.com")
    with Fault(serve) as fault:
        import ssl

        fault.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        fault.context.load_cert_chain(pki.cert("example"), pki.key("example"))
        yield fault.port


@pytest.fixture
def kitchen(tmp_path, port, pki):
    return Kitchen(tmp_path, port, pki)


@pytest.mark.parametrize("command", recipes())
def test_a_recipe_works(command, kitchen):
    for tool in ("jq", "tshark"):
        if re.search(rf"\b{tool}\b", command) and not shutil.which(tool):
            pytest.skip(f"SKIP: no {tool}")
    done = kitchen.cook(command)
    assert done.returncode == 0, f"{command}\n{done.stdout.decode()}\n{done.stderr.decode()}"
    assert done.stdout or "> " in command or "--quiet" in command, f"says nothing: {command}"
    wanted = [name for name in re.findall(r"--report \w+=([\w.-]+)", command)]
    for name in wanted:
        assert (kitchen.directory / name).stat().st_size > 0, name


def by_heading(heading):
    return [item.values[0] for item in recipes() if item.id.split(": ", 1)[1].startswith(heading)]


def test_the_slowest_phase_comes_first(kitchen):
    lines = kitchen.cook(by_heading("Why is my request slow")[1]).stdout.decode().splitlines()
    times = [float(line.split(" ms\t")[0]) for line in lines]
    assert len(times) == 8 and times == sorted(times, reverse=True)


def test_wireshark_reads_http_in_clear(kitchen):
    if not shutil.which("tshark"):
        pytest.skip("SKIP: no tshark")
    lines = kitchen.cook(by_heading("Open it in Wireshark")[0]).stdout.decode().splitlines()
    assert any("GET /" in line for line in lines) and any("200 OK" in line for line in lines), lines


def test_actions_get_annotations_and_a_summary(kitchen):
    command = by_heading("GitHub Actions")[0].replace("example.com/", "example.com/missing")
    done = kitchen.cook(command)
    assert done.returncode == 101
    assert re.search(rb"^::(error|warning|notice)", done.stdout + done.stderr, re.M)
    assert "404" in kitchen.text("summary.md")
    assert json.loads(kitchen.text("httptrace.sarif"))["version"] == "2.1.0"


def test_junit_tells_a_failed_check(kitchen):
    for heading in ("GitLab CI", "Jenkins"):
        done = kitchen.cook(by_heading(heading)[0].replace("example.com/", "example.com/missing"))
        assert done.returncode == 101
        assert xml.etree.ElementTree.fromstring(kitchen.text("httptrace.xml")).iter("failure")


def test_metrics_of_the_alerts_exist(kitchen):
    kitchen.cook(by_heading("cron and Prometheus")[0])
    metrics = kitchen.text("httptrace.prom")
    (alerts,) = [body for kind, body in BLOCK.findall(COOKBOOK.read_text(encoding="utf-8")) if kind == "promql"]
    for name in set(re.findall(r"httptrace_\w+", alerts)):
        assert re.search(rf"^{name}[{{ ]", metrics, re.M), name
    assert re.search(r'^httptrace_verdict\{[^}]*status="ok"', metrics, re.M)


def test_every_block_is_run():
    """A block in a language that nobody runs would be a recipe without a test."""
    kinds = {kind for kind, _ in BLOCK.findall(COOKBOOK.read_text(encoding="utf-8"))}
    assert kinds <= set(COMMAND_OF) and len(list(recipes())) >= 18
