#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""httptrace meets every behaviour of httptrace-lab: it ends as curl does, with a report that says where it died.

Usage: test_trace.py HTTPTRACE HTTPTRACE_LAB [PATTERN...]"""

import fnmatch
import json
import os
import shutil
import subprocess
import sys
import tempfile

import lab

SKIP = 77

# What a reset meets differs from run to run: the connect or the handshake, the sending or the receiving.
RACES = ({7, 35}, {55, 56})
RACERS = ("tcp.rst_after_accept", "*.killed*", "h2.flood.*", "h2.goaway_early.*", "reuse.*")

# Where the exchange stands when it ends, if that is not where the fault lies.
STANDS = {
    "tcp.rst_after_accept": "tls",
    "tls.client_cert_required": "wait",
    "http.header_stall": "wait",
    "http.header_stall.drip": "wait",
    "http.header_oversize": "wait",
    "http.plain_to_tls.alert": "wait",
}


def equal_exits(code, curl_exit):
    races = [race for race in RACES if curl_exit in race]
    return races[0] if races and any(fnmatch.fnmatch(code, racer) for racer in RACERS) else {curl_exit}


def check(httptrace, row, url, ca, folder):
    """What is wrong, or None."""
    code = row["code"]
    arguments = lab.arguments(row, url, ca)
    ours = subprocess.run([httptrace, "--json", *arguments], capture_output=True, cwd=folder, timeout=60)
    outputs = [item for _ in lab.urls(row, url) for item in ("-o", os.devnull)]
    curl = subprocess.run(["curl", "-qsS", *outputs, *arguments], capture_output=True, cwd=folder, timeout=60)
    if ours.returncode not in equal_exits(code, curl.returncode):
        return f"exit {ours.returncode}, curl {curl.returncode}: {ours.stderr.decode(errors='replace')}"
    reports = [json.loads(line) for line in ours.stdout.decode().splitlines()]
    if len(reports) != len(lab.urls(row, url)):
        return f"{len(reports)} reports of {len(lab.urls(row, url))} URLs"
    outcome, verdict = reports[-1]["outcome"], reports[-1]["verdict"]
    if outcome["exit_code"] != ours.returncode:
        return f"the report says exit {outcome['exit_code']}, it was {ours.returncode}"
    if outcome["curl_code"] and verdict["status"] not in ("failed", "intercepted"):
        return f"curl code {outcome['curl_code']}, verdict {verdict['status']}"
    if outcome["curl_code"] and verdict["phase"] not in (row["phase"], STANDS.get(code)):
        return f"phase {verdict['phase']}, not {row['phase']}"
    return None


def main():
    httptrace, program = (os.path.abspath(path) for path in sys.argv[1:3])
    if not shutil.which("curl"):
        print("curl is not installed: skipped")
        return SKIP
    # A stapled OCSP response comes only to who asks for it.
    chosen = [row for row in lab.choose(lab.rows(program), sys.argv[3:]) if "--cert-status" not in row["client"]]
    with tempfile.TemporaryDirectory() as folder, lab.serve(program, chosen, folder) as served:
        wrong = served.each(lambda row, url: check(httptrace, row, url, served.ca, folder))
    for line in wrong:
        print(line)
    print(f"{len(chosen)} behaviours, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
