# SPDX-License-Identifier: MIT
"""Runs httptrace as a user would and gives back its exit code, streams and reports; every report meets the schema."""

import dataclasses
import functools
import json
import os
import pathlib
import pty
import re
import shutil
import subprocess

import pytest

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "report.schema.json"
TIMEOUT_SECONDS = 30
USAGE = 2
# What would steer a run from outside.
STEERING = (
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "sslkeylogfile",
    "ssl_cert_file",
    "ssl_cert_dir",
    "curl_home",
    "xdg_config_home",
    "no_color",
    "columns",
    "ci",
    "github_actions",
    "curl_ca_bundle",
)


def program():
    """The executable under test."""
    return os.environ["HTTPTRACE"]


def environment(extra=None):
    env = {name: value for name, value in os.environ.items() if name.lower() not in STEERING}
    env.update(LC_ALL="C.UTF-8", HOME="/nonexistent")
    env.update(extra or {})
    return env


@functools.lru_cache
def validator():
    """The JSON Schema validator, or None where the schema or the library is missing."""
    if jsonschema is None or not SCHEMA.exists():
        return None
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def check_schema(report):
    assert report["schema"] == "httptrace.report/1"
    if validator() is not None:
        problems = [f"{error.json_path}: {error.message[:300]}" for error in validator().iter_errors(report)]
        assert not problems, "report does not meet docs/report.schema.json: " + "; ".join(problems)


def no_duplicates(pairs):
    """A JSON object whose names are unique (RFC 8259 section 4)."""
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"duplicate names in {names}"
    return dict(pairs)


def parse_reports(text):
    """One report, pretty or not, or JSON Lines."""
    decoder = json.JSONDecoder(object_pairs_hook=no_duplicates)
    reports, at = [], 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        report, at = decoder.raw_decode(text, at)
        reports.append(report)
    return reports


@dataclasses.dataclass
class Result:
    """One run of httptrace."""

    args: list
    exit_code: int
    stdout: bytes
    stderr: bytes
    reports: list

    @property
    def report(self):
        assert len(self.reports) == 1, self.explain("expected one report")
        return self.reports[0]

    @property
    def exchange(self):
        """The last exchange of the only report."""
        return self.report["exchanges"][-1]

    @property
    def connection(self):
        """The connection of the last exchange."""
        return connection_of(self.report, self.exchange)

    @property
    def text(self):
        return self.stdout.decode("utf-8")

    @property
    def errors(self):
        return self.stderr.decode("utf-8")

    def explain(self, why):
        return (
            f"{why}\nhttptrace {' '.join(self.args)}\nexit {self.exit_code}, {len(self.reports)} reports\n"
            f"stderr: {self.stderr[-3000:].decode(errors='replace')}\nstdout: {self.stdout[:6000].decode(errors='replace')}"
        )


def connection_of(report, exchange):
    return next(c for c in report["connections"] if c["id"] == exchange["connection"])


def finish(args, process_result, json_wanted=True):
    """A Result from a finished subprocess; checks what holds for every run: no crash, every report by the schema."""
    result = Result(list(args), process_result.returncode, process_result.stdout, process_result.stderr, [])
    assert result.exit_code >= 0, result.explain(f"killed by signal {-result.exit_code}")
    assert b"runtime error:" not in result.stderr and b"Sanitizer" not in result.stderr, result.explain(
        "sanitizer report"
    )
    if json_wanted:
        try:
            result.reports = parse_reports(result.stdout.decode("utf-8"))
        except ValueError as error:
            pytest.fail(result.explain(f"stdout is not JSON: {error}"))
        for report in result.reports:
            check_schema(report)
    return result


def raw(*args, env=None, input=None, timeout=TIMEOUT_SECONDS, cwd=None):
    """Runs httptrace with exactly these arguments."""
    args = [str(arg) for arg in args]
    done = subprocess.run(
        [program(), *args],
        input=input,
        stdin=subprocess.DEVNULL if input is None else None,
        capture_output=True,
        env=environment(env),
        timeout=timeout,
        cwd=cwd,
        check=False,
    )
    return finish(args, done, json_wanted=False)


def trace(*args, env=None, input=None, timeout=TIMEOUT_SECONDS, cwd=None):
    """Runs httptrace --json with these arguments and parses its reports."""
    args = ["--json", *(str(arg) for arg in args)]
    done = subprocess.run(
        [program(), *args],
        input=input,
        stdin=subprocess.DEVNULL if input is None else None,
        capture_output=True,
        env=environment(env),
        timeout=timeout,
        cwd=cwd,
        check=False,
    )
    return finish(args, done)


@functools.lru_cache
def options():
    """The options that this build names in its help."""
    return frozenset(re.findall(r"(?<![\w-])--[a-z0-9][\w.-]*", raw("--help", "all").text))


def require(option):
    """Skips where the program has no such option."""
    if option not in options():
        pytest.skip(f"SKIP: this httptrace has no {option}")


def terminal():
    """Both ends of a pseudo-terminal."""
    try:
        return pty.openpty()
    except OSError as error:
        pytest.skip(f"no pseudo-terminal: {error}")


def start(*args, env=None, stdout=subprocess.PIPE, stderr=subprocess.PIPE):
    """Starts httptrace and does not wait."""
    return subprocess.Popen(
        [program(), *(str(arg) for arg in args)],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        env=environment(env),
    )


def curl_exit(*args, env=None, timeout=TIMEOUT_SECONDS):
    """curl's own exit code for the same arguments; skips where there is no curl."""
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("SKIP: curl is not installed")
    done = subprocess.run(
        [curl, "-q", "-s", *(str(arg) for arg in args)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(env),
        timeout=timeout,
        check=False,
    )
    return done.returncode


def fields(pairs, name):
    """All values of a header field, in order."""
    return [value for field, value in pairs if field.lower() == name.lower()]


def phase(exchange, name):
    return next((p for p in exchange["phases"] if p["name"] == name), None)
