#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How well httptrace judges: runs every case of known truth and prints what was not exact, the confusion table, totals.

Usage: accuracy.py --httptrace FILE --lab FILE [options] [PATTERN...]"""

import argparse
import fnmatch
import itertools
import json
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import case as case_module
import from_lab
import from_products
import from_tunnels
import from_hard
import from_healthy
import from_netns
import table
from shared import Skip, World

SEED = 20260
JOBS = 3
SKIPPED = 77


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--httptrace", required=True, help="the program")
    parser.add_argument("--lab", required=True, help="httptrace-lab")
    parser.add_argument("--tunbox", default="", help="the middlebox; without it nothing that needs one runs")
    parser.add_argument("--jobs", type=int, default=JOBS, help="how many at a time")
    parser.add_argument("--seed", type=int, default=SEED, help="what the choice of varied parameters hangs on")
    parser.add_argument("--quick", action="store_true", help="rows of the lab alone, and none that waits")
    parser.add_argument("--list", action="store_true", help="only name the cases")
    parser.add_argument("--commands", action="store_true", help="say with which command each misjudged case ran")
    parser.add_argument("--keep", metavar="FOLDER", help="leave the reports of misjudged cases there")
    parser.add_argument("patterns", nargs="*", metavar="PATTERN", help="cases to run, as in 'lab tls.*'")
    return parser.parse_args()


def gather(world, seed, quick):
    """All cases; the quick ones are those of the lab that wait for no time limit."""
    if quick:
        return list(from_lab.cases(world, seed, quick=True))
    others = (from_products, from_tunnels, from_hard, from_healthy, from_netns)
    return [*from_lab.cases(world, seed), *itertools.chain.from_iterable(source.cases(world) for source in others)]


def chosen(every, patterns):
    return [c for c in every if not patterns or any(fnmatch.fnmatch(c.name, f"*{p}*") for p in patterns)]


def run_all(picked, world, jobs):
    """What was said of each, in order, and why cases were skipped, by name."""
    skipped = {}

    def one(case):
        try:
            return case_module.run(case, world)
        except Skip as why:
            skipped[case.name] = str(why)
            return None

    with ThreadPoolExecutor(jobs) as pool:
        return [said for said in pool.map(one, picked) if said], skipped


def keep(results, folder):
    """Writes what was reported of each case that is not exact."""
    os.makedirs(folder, exist_ok=True)
    for said in results:
        if table.complaints(said):
            name = re.sub(r"[^\w.-]+", "_", said.case.name)[:100]
            with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as out:
                json.dump({"command": said.command, "reports": said.reports}, out, indent=1)


def main():
    given = options()
    started = time.monotonic()
    with World(given.httptrace, given.lab) as world:
        world.tunbox = given.tunbox
        picked = chosen(gather(world, given.seed, given.quick), given.patterns)
        if given.list:
            print("\n".join(f"{c.kind:<14} {c.name}" for c in picked))
            return 0
        results, skipped = run_all(picked, world, given.jobs)
    if given.keep:
        keep(results, given.keep)
    table.print_misjudged(results, given.commands)
    table.print_confusion(results)
    good = table.print_totals(results, skipped)
    print(
        f"  {len(results)} cases in {time.monotonic() - started:.0f} s, seed {given.seed}: "
        f"{'the goals hold' if good else 'THE GOALS DO NOT HOLD'}"
    )
    if not results:
        return SKIPPED
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
