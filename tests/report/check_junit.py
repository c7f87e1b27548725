#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds JUnit reports of recorded sessions against the schema that Jenkins published, and against their own counts.

Usage: check_junit.py HTTPTRACE RECORD...
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

SCHEMA = pathlib.Path(__file__).resolve().parent / "schemas" / "junit" / "jenkins-junit.xsd"
SKIPPED = 77
# A later schema of Jenkins (junit-10.xsd) takes no more decimals of a suite.
SUITE_TIME = re.compile(r"[0-9]+\.[0-9]{3}")
OUTCOMES = {"failures": "failure", "errors": "error", "skipped": "skipped"}
# Attributes that both schemas have.
ATTRIBUTES = {
    "testsuites": {"name"},
    "testsuite": {"name", "package", "id", "tests", "failures", "errors", "skipped", "time", "timestamp"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"classname", "name", "time"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": set(),
    "system-out": set(),
}


def suite_problems(suite):
    cases = suite.findall("testcase")
    names = [case.get("name") for case in cases]
    if len(names) != len(set(names)):
        yield f"names repeat: {names}"
    if int(suite.get("tests")) != len(cases):
        yield "`tests` is wrong"
    for attribute, tag in OUTCOMES.items():
        if int(suite.get(attribute)) != len(suite.findall(f"testcase/{tag}")):
            yield f"`{attribute}` is wrong"
    if not SUITE_TIME.fullmatch(suite.get("time")):
        yield f"time {suite.get('time')}"
    if any(case.get("classname").count("/") == 0 or "." in case.get("classname").rpartition(".")[2] for case in cases):
        yield "a class without package"


def problems_of(text):
    root = ET.fromstring(text)
    for element in root.iter():
        for name in set(element.keys()) - ATTRIBUTES[element.tag]:
            yield f"<{element.tag}> has {name}"
    if not root.findall("testsuite"):
        yield "no suite"
    for suite in root.findall("testsuite"):
        yield from suite_problems(suite)


def valid(*paths):
    return subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, *paths], stderr=subprocess.PIPE, text=True, check=False, timeout=60)


def main(program, *records):
    if not shutil.which("xmllint"):
        print("SKIP: no xmllint (libxml2-utils)")
        return SKIPPED
    failed = []
    with tempfile.TemporaryDirectory() as directory:
        paths = [pathlib.Path(directory) / f"{pathlib.Path(record).stem}.xml" for record in records]
        for record, path in zip(records, paths):
            subprocess.run([program, "--read", record, "--report", f"junit={path}"], stderr=subprocess.DEVNULL, check=False, timeout=60)
            failed += [f"{path.name}: {problem}" for problem in problems_of(path.read_bytes())]
        done = valid(*paths)
        failed += done.stderr.splitlines() if done.returncode else []
        damaged = pathlib.Path(directory) / "damaged.xml"
        damaged.write_bytes(paths[0].read_bytes().replace(b"<testcase ", b"<case "))
        if valid(damaged).returncode == 0:
            failed.append("the schema takes a damaged report")
    print("\n".join(failed))
    print(f"{len(records)} reports, {len(failed)} problems")
    return 1 if failed or not records else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
