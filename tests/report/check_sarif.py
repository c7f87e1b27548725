#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds SARIF logs of recorded sessions against the published schema, what code scanning asks for, and the JSON report.

Usage: check_sarif.py HTTPTRACE RECORD...
"""
import json
import pathlib
import re
import subprocess
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).resolve().parent / "schemas" / "sarif" / "sarif-2.1.0-rtm.5.json"
# RFC 3986 section 4.2, a path without a scheme.
RELATIVE = re.compile(r"[^/:?#]+(/([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*")
LEVELS = {"info": "none", "notice": "note", "warning": "warning", "error": "error"}


def validator():
    return jsonschema.Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=jsonschema.FormatChecker())


def places(result):
    yield from (location["physicalLocation"] for location in result["locations"])
    for flow in result.get("codeFlows", ()):
        for thread in flow["threadFlows"]:
            yield from (step["location"]["physicalLocation"] for step in thread["locations"])


def result_problems(result, rules):
    """What GitHub's code scanning refuses or loses."""
    for place in places(result):
        uri = place["artifactLocation"]["uri"]
        if not RELATIVE.fullmatch(uri) or {".", ".."} & set(uri.split("/")):
            yield f"{uri} is no path below a repository"
        if place["region"]["startLine"] != 1:
            yield "a place without a line"
    if not result["locations"] or not result["message"]["text"]:
        yield "no place or no message"
    if not re.fullmatch(r"[0-9a-f]{16}:[1-9][0-9]*", result["partialFingerprints"]["primaryLocationLineHash"]):
        yield "no fingerprint"
    if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
        yield f"{result['ruleId']} is not rule {result['ruleIndex']}"
    if (result["kind"] == "fail") == (result["level"] == "none"):
        yield f"{result['kind']} has level {result['level']}"


def schema_problems(log, schema):
    yield from (f"{error.json_path}: {error.message[:200]}" for error in schema.iter_errors(log))


def without_rules(log):
    """The schema takes its time with them, and they are the same in every log."""
    (run,) = log["runs"]
    driver = {**run["tool"]["driver"], "rules": []}
    return {**log, "runs": [{**run, "tool": {"driver": driver}}]}


def own_problems(log):
    """What the schema does not say."""
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    if len({rule["id"] for rule in rules}) != len(rules):
        yield "rules share an id"
    for number, result in enumerate(run["results"]):
        yield from (f"result {number}: {problem}" for problem in result_problems(result, rules))


def problems_of(log, schema):
    yield from schema_problems(log, schema)
    yield from own_problems(log)


def findings_of(report):
    return [(f["code"], LEVELS[f["severity"]], [e["event"] for e in f["evidence"]]) for f in report["findings"]]


def results_of(log):
    """The same, as the log has them."""
    for result in log["runs"][0]["results"]:
        if result["ruleId"] == "expect.failed":
            continue
        steps = [step for flow in result.get("codeFlows", ()) for thread in flow["threadFlows"] for step in thread["locations"]]
        yield result["ruleId"], result["level"], [step["properties"]["event"] for step in steps]


def say(program, record, *options):
    done = subprocess.run([program, "--read", record, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, timeout=60)
    return done.stdout.decode("utf-8")


def main(program, *records):
    schema, failed, results = validator(), 0, 0
    for record in records:
        log = json.loads(say(program, record, "--report", "sarif"))
        problems = [*own_problems(log), *schema_problems(log if record == records[0] else without_rules(log), schema)]
        reports = [json.loads(line) for line in say(program, record, "--report", "jsonl").splitlines()]
        if [finding for report in reports for finding in findings_of(report)] != list(results_of(log)):
            problems.append("its findings are not those of the JSON report")
        for problem in problems:
            print(f"{pathlib.Path(record).name}: {problem}")
        failed += len(problems)
        results += len(log["runs"][0]["results"])
    log["runs"][0]["invocations"][0]["exitCode"] = "none"
    if not list(schema.iter_errors(log)):
        print("the schema takes a damaged log")
        failed += 1
    print(f"{len(records)} logs, {results} results, {failed} problems")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
