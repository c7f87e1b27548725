#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads recorded sessions back with --events: every line is as docs/events.schema.json has it, and together they are the report.

Usage: check_events.py HTTPTRACE RECORD...
"""
import json
import pathlib
import subprocess
import sys

import jsonschema

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
SCHEMA = json.loads((DOCS / "events.schema.json").read_text(encoding="utf-8"))
REPORT = json.loads((DOCS / "report.schema.json").read_text(encoding="utf-8"))
TIMEOUT_SECONDS = 60
LINES = [choice["$ref"].rpartition("/")[2] for choice in SCHEMA["oneOf"]]
DAMAGE = [
    ("an unknown type", lambda line: line.update(type="other")),
    ("no type", lambda line: line.pop("type")),
    ("a time that is no integer", lambda line: line.update(t_us=1.5)),
    ("a transfer that is no number", lambda line: line.update(transfer="0")),
]


def validator():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


def original(name):
    """What the report's schema has under a name of ours."""
    short = name.removeprefix("report_")
    return REPORT["$defs"].get(short) or REPORT["properties"].get(short)


def copy_problems():
    """Definitions that both schemas have are the same."""
    for name, ours in SCHEMA["$defs"].items():
        theirs = original(name)
        if name not in LINES and json.dumps(ours) != json.dumps(theirs):
            yield f"schema: {name} is not as docs/report.schema.json has it"


def run(program, *args):
    done = subprocess.run([program, *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
    if done.returncode < 0:
        raise ValueError(f"ended by signal {-done.returncode}")
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def known(kind):
    """Members that the schema names for a line of this type."""
    definition = SCHEMA["$defs"][kind]
    names = set(definition["properties"])
    for part in definition.get("allOf", []):
        names |= set(SCHEMA["$defs"][part["$ref"].rpartition("/")[2]]["properties"])
    return names


def shape_problems(check, lines):
    for number, line in enumerate(lines):
        for error in check.iter_errors(line):
            yield f"line {number}: {error.json_path}: {error.message[:200]}"
        for member in set(line) - known(line["type"]):
            yield f"line {number}: {member} is not in the schema"


def order_problems(lines):
    types = [line["type"] for line in lines]
    if types[0] != "run" or types[-1] != "end" or types.count("run") != 1 or types.count("end") != 1:
        yield "does not go from run to end"
    ids = [line["id"] for line in lines if line["type"] == "event"]
    if ids != sorted(set(ids)):
        yield "events are not in the order of their ids"
    if lines[-1].get("transfers") != types.count("result"):
        yield "the end counts otherwise"
    begun, ended = set(), set()
    for line in lines:
        transfer = line.get("transfer")
        if line["type"] == "transfer":
            begun.add(transfer)
        elif transfer is not None and (transfer not in begun or transfer in ended):
            yield f"a line of transfer {transfer}, which is not under way"
        if line["type"] == "result":
            ended.add(transfer)


def without(line, *names):
    return {name: value for name, value in line.items() if name not in names}


def as_in_report(line, start):
    return dict(without(line, "type", "transfer"), t_us=line["t_us"] - start)


def report_problems(lines, reports):
    """The events that the reports show, their findings and their ends are those that were told."""
    starts = {line["transfer"]: line["t_us"] for line in lines if line["type"] == "transfer"}
    events = {line["id"]: line for line in lines if line["type"] == "event"}
    results = [line for line in lines if line["type"] == "result"]
    if len(results) != len(reports):
        yield f"{len(results)} results, {len(reports)} reports"
    shown = set()
    for result, report in zip(results, reports):
        transfer = result["transfer"]
        for event in report["timeline"]:
            shown.add(event["id"])
            told = events.get(event["id"])
            if told is None or as_in_report(told, starts[transfer]) != event:
                yield f"event {event['id']} is {event} in the report and was told as {told}"
        findings = [without(line, "type", "transfer") for line in lines if line["type"] == "finding" and line["transfer"] == transfer]
        if findings != report["findings"]:
            yield f"the findings of transfer {transfer} are others"
        if [x["id"] for x in report["exchanges"]] != result["exchanges"]:
            yield f"the exchanges of transfer {transfer} are others"
        for name in ("url", "method", "duration_us", "outcome", "verdict", "truncated"):
            if report[name] != result[name]:
                yield f"{name} is {report[name]} in the report and {result[name]} in the result"
    for missing in set(events) - shown:
        if events[missing]["transfer"] is not None:  # a connection may end after the last transfer that it served
            yield f"event {missing} is in no report"


def damage_problems(check, lines):
    for what, damage in DAMAGE:
        line = dict(lines[1])
        damage(line)
        if check.is_valid(line):
            yield f"the schema lets {what} pass"


def problems_of(check, program, record):
    lines = run(program, "--events", "--read", record)
    yield from shape_problems(check, lines)
    yield from order_problems(lines)
    yield from report_problems(lines, run(program, "--report", "jsonl", "--timeline", "--read", record))
    yield from damage_problems(check, lines)


def main(program, *records):
    check, faults = validator(), list(copy_problems())
    for record in records:
        faults += [f"{pathlib.Path(record).name}: {problem}" for problem in problems_of(check, program, record)]
    print("\n".join(faults[:40]) or f"{len(records)} records hold")
    return 1 if faults or not records else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
