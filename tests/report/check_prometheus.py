#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds metrics of recorded sessions against the text format, and shows them to promtool and Prometheus' client library where they are.

Usage: check_prometheus.py HTTPTRACE RECORD...
"""
import pathlib
import shutil
import subprocess
import sys

import prometheus_text

try:
    from prometheus_client import parser
except ImportError:
    parser = None


def judge(text):
    """What promtool says; it also has rules for names, units and help."""
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False, timeout=60)
    return f"promtool exits with {done.returncode}: {done.stdout}{done.stderr}" if done.returncode or done.stderr else None


def compare(text, families):
    """The library has to read the same values."""
    theirs = {family.name: {frozenset(s.labels.items()): s.value for s in family.samples} for family in parser.text_string_to_metric_families(text)}
    return None if theirs == families else "prometheus_client reads something else"


def problems_of(text):
    try:
        families = prometheus_text.read(text)
    except (AssertionError, StopIteration) as error:
        return [str(error)]
    problems = [judge(text)] if shutil.which("promtool") else []
    problems += [compare(text, families)] if parser else []
    targets = len(families.get("httptrace_success", ()))
    if not targets or len(families["httptrace_phase_duration_seconds"]) != 8 * targets:
        problems.append("series are missing")
    return [problem for problem in problems if problem]


def main(program, *records):
    failed = []
    if not shutil.which("promtool"):
        print("SKIP: no promtool (prometheus)")
    if not parser:
        print("SKIP: no prometheus_client (python3-prometheus-client)")
    for record in records:
        done = subprocess.run([program, "--read", record, "--report", "prometheus"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, timeout=60)
        failed += [f"{pathlib.Path(record).name}: {problem}" for problem in problems_of(done.stdout.decode("utf-8"))]
    if shutil.which("promtool") and judge("# TYPE a_days gauge\na_days 1\n") is None:
        failed.append("promtool takes anything")
    print("\n".join(failed))
    print(f"{len(records)} reports, {len(failed)} problems")
    return 1 if failed or not records else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
