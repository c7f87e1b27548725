# SPDX-License-Identifier: MIT
"""A case: how a request is made and what is true of it; and what httptrace said, read from its report."""

import dataclasses
import json
import os
import subprocess
import typing

FAULT, HARD, HEALTHY = "fault", "hard negative", "healthy"
ORDER = ("info", "notice", "warning", "error")
NOTICE = ORDER.index("notice")
SILENT = "(silent)"
NOTHING = "(nothing)"
SERVER = frozenset(("front", "origin"))
RUN_SECONDS = 60

# What would steer a run from outside.
STEERING = ("proxy", "sslkeylogfile", "ssl_cert_", "xdg_config_home", "no_color", "columns", "github_actions")


@dataclasses.dataclass(frozen=True)
class Case:
    """One request. `make` gets the world and gives the arguments, once, right before the run."""

    name: str
    kind: str
    make: typing.Callable
    codes: frozenset = frozenset()  # each of them names it exactly
    phases: frozenset = frozenset()  # empty: nobody can say
    loci: frozenset = frozenset()  # who did it, in truth; empty: nobody can say
    before: typing.Callable = None  # gets the world, gives what stands before the program's name
    environment: typing.Callable = None  # gets the world, gives variables
    note: str = ""
    reports: typing.Callable = None  # in place of a run of the program: gets the world, gives what was reported


def fault(name, make, codes, phase, loci, **more):
    return Case(name, FAULT, make, _set(codes), _set(phase), _set(loci), **more)


def hard(name, make, codes, phase=(), loci=SERVER, **more):
    return Case(name, HARD, make, _set(codes), _set(phase), _set(loci), **more)


def healthy(name, make, **more):
    return Case(name, HEALTHY, make, **more)


def _set(words):
    return frozenset(words.split() if isinstance(words, str) else words)


@dataclasses.dataclass
class Said:
    """What the report says, in the terms of the table."""

    case: Case
    command: list
    exit_code: int
    code: str = NOTHING  # of the finding that leads
    phase: str = None
    locus: str = None
    status: str = None
    loud: tuple = ()  # codes above notice, in all reports
    blamed_path: bool = False  # any of those says `path`
    silent: bool = False
    broken: str = ""  # no report: why
    reports: tuple = ()

    @property
    def exact(self):
        return self.code in self.case.codes

    @property
    def right_phase(self):
        return not self.case.phases or self.phase in self.case.phases

    @property
    def locus_kind(self):
        """right, unknown or wrong."""
        if self.locus in ("unknown", None):
            return "unknown"
        return "right" if self.locus in self.case.loci or not self.case.loci else "wrong"


def environment(extra):
    kept = {k: v for k, v in os.environ.items() if not any(word in k.lower() for word in STEERING) and k != "CI"}
    return {**kept, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", **extra}


def run(case, world):
    """Makes the request and reads what was said."""
    if case.reports:
        return _run_elsewhere(case, world)
    arguments = [str(argument) for argument in case.make(world)]
    before = [str(word) for word in case.before(world)] if case.before else []
    command = [*before, world.httptrace, "--json", *arguments]
    extra = case.environment(world) if case.environment else {}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment(extra),
            cwd=world.folder,
            timeout=RUN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Said(case, command, -1, broken=f"still running after {RUN_SECONDS} s")
    try:
        reports = [json.loads(line) for line in done.stdout.decode().splitlines()]
    except ValueError as error:
        return Said(case, command, done.returncode, broken=f"stdout is not JSON: {error}")
    if not reports or done.returncode < 0:
        words = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return Said(case, command, done.returncode, broken=f"exit {done.returncode}, no report: {' '.join(words)}")
    return read(Said(case, command, done.returncode), reports)


def _run_elsewhere(case, world):
    said = Said(case, [case.note], 0)
    try:
        reports = case.reports(world)
    except (subprocess.SubprocessError, OSError, IndexError, ValueError, KeyError) as error:
        said.broken = f"{type(error).__name__}: {error}"
        return said
    said.exit_code = reports[-1]["outcome"]["exit_code"]
    return read(said, reports)


def read(said, reports):
    said.reports = tuple(reports)
    last = reports[-1]
    verdict, findings = last["verdict"], last["findings"]
    loud = [f for report in reports for f in report["findings"] if ORDER.index(f["severity"]) > NOTICE]
    lead = _lead(said.case, verdict, findings)
    said.status = verdict["status"]
    said.phase, said.locus = verdict["phase"], verdict["locus"]
    said.loud = tuple(f["code"] for f in loud)
    said.blamed_path = any(f["locus"] == "path" for f in loud)
    said.silent = last["outcome"]["curl_code"] != 0 and not any(f["severity"] == "error" for f in findings)
    if lead:
        said.code = lead["code"]
        if ORDER.index(lead["severity"]) <= NOTICE:
            said.phase, said.locus = lead["phase"], lead["locus"]
    elif said.silent:
        said.code = SILENT
    return said


def _lead(case, verdict, findings):
    """The finding whose title is the headline; where nothing is wrong, the one that was to be said."""
    loud = [f for f in findings if ORDER.index(f["severity"]) > NOTICE]
    titled = [f for f in findings if f["title"].rstrip(".") == verdict["headline"].rstrip(".")]
    if titled:
        return next((f for f in titled if f["locus"] == verdict["locus"]), titled[0])
    if loud:
        return loud[0]
    return next((f for f in findings if f["code"] in case.codes), None)
