#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds TAP reports of recorded sessions against version 14, and shows them to Perl's prove where there is one.

Usage: check_tap.py HTTPTRACE RECORD...
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import tap14

TOO_OLD = "about versions later than 13"


def prove(paths):
    """What prove says of the files; one that knows version 13 alone gets that line."""
    for source in (["cat"], ["sed", "1s/14/13/"]):
        done = subprocess.run(["prove", "-e", " ".join(source), *paths], capture_output=True, text=True, check=False, timeout=120)
        if TOO_OLD not in done.stdout:
            break
    return done


def main(program, *records):
    failed, counts = [], []
    with tempfile.TemporaryDirectory() as directory:
        paths = [pathlib.Path(directory) / f"{pathlib.Path(record).stem}.tap" for record in records]
        for record, path in zip(records, paths):
            subprocess.run([program, "--read", record, "--report", f"tap={path}"], stderr=subprocess.DEVNULL, check=False, timeout=60)
            try:
                tests = tap14.read(path.read_bytes().decode("utf-8"))
                counts.append(sum(not test["ok"] for test in tests))
            except (AssertionError, ValueError, IndexError) as error:
                failed.append(f"{path.name}: {error}")
        if shutil.which("prove"):
            done = prove(paths)
            told = len(re.findall(r"^\S+\.tap +\(Wstat: ", done.stdout, re.M))
            if "Parse errors" in done.stdout or told != sum(count > 0 for count in counts):
                failed.append(done.stdout)
        else:
            print("SKIP: no prove (perl): read by our own reader alone")
    print("\n".join(failed))
    print(f"{len(records)} reports, {sum(counts)} tests not ok, {len(failed)} problems")
    return 1 if failed or not sum(counts) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
