#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds HTTP Archives of recorded sessions against the published schema and against the sums of HAR 1.2.

Usage: check_har.py HTTPTRACE RECORD...
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parent / "schemas" / "har"
ALWAYS = ("send", "wait", "receive")
SOMETIMES = ("blocked", "dns", "connect")
ROUNDING_MS = 0.002


def schema():
    store = {f"{path.stem}.json#": json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.json")}
    store.update({key.rstrip("#"): value for key, value in store.items()})
    root = store["har.json"]
    resolver = jsonschema.RefResolver(base_uri="", referrer=root, store=store)
    return jsonschema.Draft6Validator(root, resolver=resolver, format_checker=jsonschema.FormatChecker())


def sums(entry):
    timings = entry["timings"]
    parts = [timings[name] for name in ALWAYS] + [timings[name] for name in SOMETIMES if timings[name] != -1]
    if abs(sum(parts) - entry["time"]) > ROUNDING_MS * len(parts):
        yield f"timings add up to {sum(parts)}, not {entry['time']}"
    if any(timings[name] < 0 for name in ALWAYS):
        yield f"send, wait and receive have to be there: {timings}"
    if timings["ssl"] > timings["connect"]:
        yield "connect has to include ssl"


def entry_problems(entry, pages):
    yield from sums(entry)
    if entry["pageref"] not in pages:
        yield f"no page is called {entry['pageref']}"
    response = entry["response"]
    if response["content"].get("compression", 0) != 0 and response["content"]["size"] - response["bodySize"] != response["content"]["compression"]:
        yield f"compression is not what was saved: {response['content']}"


def problems_of(archive, validator):
    log = archive["log"]
    pages = [page["id"] for page in log["pages"]]
    yield from (f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(archive))
    if len(pages) != len(set(pages)):
        yield "pages share an id"
    for number, entry in enumerate(log["entries"]):
        yield from (f"entry {number}: {problem}" for problem in entry_problems(entry, pages))


def archive_of(program, record, *options):
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "x.har"
        subprocess.run([program, "--read", record, "--report", f"har={path}", *options], stdout=subprocess.DEVNULL, check=False, timeout=60)
        return json.loads(path.read_bytes().decode("utf-8"))


def main(program, *records):
    validator, failed, entries = schema(), 0, 0
    for record in records:
        archive = archive_of(program, record)
        entries += len(archive["log"]["entries"])
        for problem in problems_of(archive, validator):
            print(f"{pathlib.Path(record).name}: {problem}")
            failed += 1
    archive["log"]["entries"][0]["time"] = "long"
    if not list(validator.iter_errors(archive)):
        print("the schema takes a damaged archive")
        failed += 1
    print(f"{len(records)} archives, {entries} entries, {failed} problems")
    return 1 if failed or not entries else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
