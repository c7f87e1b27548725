#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Renders the Markdown reports of recorded sessions and holds the pages against what may be in them.

Usage: check_markdown.py HTTPTRACE RECORD...
"""
import pathlib
import subprocess
import sys

import markdown_judge

SKIPPED = 77
# What the judge itself has to find.
BAD = [
    b"hello @octocat", b"fixes #12", b"see GH-3", b"www.evil.example", b"https://evil.example/", b"a@b.example", b"<img src=x>", b"[a](b)",
    b"deadbee1", b"<details><summary>x</summary>", b"</details>", b"*a*", b"- [ ] a", b"x"*70000,
]


def main(program, *records):
    if markdown_judge.missing():
        print(f"SKIP: {markdown_judge.missing()}")
        return SKIPPED
    failed = [f"the judge takes {bad!r}" for bad in BAD if not markdown_judge.judge(bad).problems]
    for record in records:
        for options in ([], ["-v", "--show-secrets", "--expect", "status=0", "--expect", "header.x~<a|b>"]):
            done = subprocess.run([program, "--read", record, "--report", "markdown", *options], capture_output=True, check=False, timeout=60)
            page = markdown_judge.judge(done.stdout)
            failed += [f"{pathlib.Path(record).name}: {problem}" for problem in page.problems]
            if not done.stdout.startswith((b"### ", b"**")):
                failed.append(f"{pathlib.Path(record).name} does not begin with its headline")
    print("\n".join(failed))
    print(f"{len(records)} records, {len(failed)} problems")
    return 1 if failed or not records else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
