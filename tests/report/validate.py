#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds reports against docs/report.schema.json: takes the schema, the program that writes them and a directory.

Also holds the schema against itself: every member it knows is described, and damaged reports are refused.
"""
import copy
import json
import pathlib
import subprocess
import sys

import jsonschema


def undescribed(node, where="$"):
    """Members of `properties` that nothing describes; a reference is described where it leads."""
    if isinstance(node, dict):
        for name, member in node.get("properties", {}).items():
            if not any(key in member for key in ("description", "$ref", "const", "anyOf")):
                yield f"{where}.{name}"
        for key, child in node.items():
            yield from undescribed(child, f"{where}.{key}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from undescribed(child, f"{where}[{index}]")


def unknown(node, schema, root, where="$"):
    """Members that a report has and the schema does not name: none may go undocumented."""
    schema = resolve(schema, root, node)
    if isinstance(node, dict) and "properties" in schema:
        for name, child in node.items():
            if name not in schema["properties"]:
                yield f"{where}.{name}"
            else:
                yield from unknown(child, schema["properties"][name], root, f"{where}.{name}")
    elif isinstance(node, list) and isinstance(schema.get("items"), dict):
        for index, child in enumerate(node):
            yield from unknown(child, schema["items"], root, f"{where}[{index}]")


def resolve(schema, root, node):
    for choice in schema.get("anyOf", []):
        if node is not None and "$ref" in choice:
            return resolve(choice, root, node)
    if "$ref" in schema:
        return resolve(root["$defs"][schema["$ref"].rpartition("/")[2]], root, node)
    return schema


DAMAGE = [
    ("a time that is no integer", lambda r: r.update(duration_us=1.5)),
    ("a missing member", lambda r: r.pop("verdict")),
    ("a phase out of order", lambda r: r["exchanges"][0]["phases"].reverse()),
    ("seven phases", lambda r: r["exchanges"][0]["phases"].pop()),
    ("an unknown outcome", lambda r: r["exchanges"][0]["phases"][0].update(outcome="well")),
    ("a header of three", lambda r: r["exchanges"][0]["request"]["headers"][0].append("x")),
    ("a wrong hash", lambda r: r["connections"][0]["tls"]["certificates"][0].update(sha256="zz")),
    ("a date without zone", lambda r: r.update(started_at="2026-11-20T21:00:00")),
    ("an errno by number", lambda r: r["connections"][0]["attempts"][0].update(errno=111)),
    ("another schema", lambda r: r.update(schema="httptrace.report/2")),
]


def check_damage(validator, report):
    for what, damage in DAMAGE:
        damaged = copy.deepcopy(report)
        damage(damaged)
        if validator.is_valid(damaged):
            yield f"the schema lets {what} pass"


def check_report(validator, path):
    text = path.read_text(encoding="utf-8")
    report = json.loads(text)
    for error in validator.iter_errors(report):
        yield f"{path.name}: {error.json_path}: {error.message[:200]}"
    for member in unknown(report, validator.schema, validator.schema):
        yield f"{path.name}: {member} is not in the schema"
    if ".line." in path.name and text.count("\n") != 1:
        yield f"{path.name}: not one line"


def main(schema_path, writer, directory):
    schema = json.loads(pathlib.Path(schema_path).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    target = pathlib.Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.json"):
        old.unlink()
    subprocess.run([writer, directory], check=True)
    faults = [f"schema: {where} is not described" for where in undescribed(schema)]
    paths = sorted(target.glob("*.json"))
    for path in paths:
        faults += check_report(validator, path)
    faults += check_damage(validator, json.loads((target / "h2_redirect.line.json").read_text(encoding="utf-8")))
    print("\n".join(faults) or f"{len(paths)} reports hold")
    return 1 if faults or not paths else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
