#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What httptrace costs beside curl: starts servers on loopback, runs both in turn, prints a table of ratios.

    bench.py --httptrace build/release/src/cli/httptrace [--runs N] [--quick]

Exits with 0 whatever the figures are, and with 1 when something could not be run.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from measure import Failed, be_reaper, cost, peak_kib
from servers import GIB, MIB, Servers

MARKS = {True: "ok", False: "OVER"}


class Row:
    """One line of the table: two commands run in turn, and the ratio of one cost of each pair of runs."""

    def __init__(self, what, metric, ours, base, goal=None, runs=1.0, base_name="curl", most_mib=None):
        self.what = what
        self.metric = metric  # a member of measure.Cost
        self.ours = ours
        self.base = base
        self.goal = goal
        self.runs = runs  # multiple of --runs
        self.base_name = base_name
        self.most_mib = most_mib  # a goal for the value itself, in the place of one for the ratio


class Commands:
    """The command lines that are compared."""

    def __init__(self, httptrace, curl, servers):
        self.httptrace = httptrace
        self.curl = curl
        self.trust = ["--cacert", servers.certificate]

    def ours(self, *args):
        return [self.httptrace, *self.trust, *args]

    def theirs(self, *args):
        return [self.curl, "-s", "-o", "/dev/null", *self.trust, *args]

    def pair(self, *args):
        return self.ours(*args), self.theirs(*args)


def big_rows(c, s, record, quick):
    gib = "1 GiB down, h2, TLS"
    ours, theirs = c.pair(s.h2 + "/1g")
    recorded = c.ours("--record", record, s.h2 + "/1g")
    upload = ["-H", "Expect:", "--data-binary", "@" + s.upload_file]
    return [
        Row(gib, "cpu", ours, theirs, 1.10),
        Row("1 GiB down, HTTP/1.1, TLS", "cpu", *c.pair("--http1.1", s.h1_tls + "/1g")),
        Row("1 GiB down, HTTP/1.1", "cpu", *c.pair(s.h1 + "/1g")),
        Row(gib + ", -o /dev/null", "cpu", c.ours("-o", "/dev/null", s.h2 + "/1g"), theirs),
        Row("100 MiB up, h2, TLS", "cpu", *c.pair(*upload, s.upload + "/small")),
        Row(gib + ", --record", "cpu", recorded, ours, 1.10, base_name="without"),
        Row(gib + ", --json --timeline", "cpu", c.ours("--json", "--timeline", s.h2 + "/1g"), theirs),
        Row(gib + ", -vv", "cpu", c.ours("-vv", s.h2 + "/1g"), theirs),
        Row(
            "--read of that record",
            "cpu",
            [c.httptrace, "--read", record],
            ours,
            None if quick else 0.05,
            base_name="live run",
        ),
    ]


def small_rows(c, s):
    small = s.h2 + "/small"
    ours, theirs = c.ours(small), c.theirs("-v", small)
    bundle = ["--cacert", s.bundle, small]
    return [
        Row("small request, h2, TLS", "wall", ours, theirs, 1.05, runs=6),
        Row("small request, h2, TLS", "cpu", ours, theirs, 1.05, runs=6),
        Row("the same, the system's CAs", "cpu", c.ours(*bundle), c.theirs("-v", *bundle), runs=2),
        Row("the same, --json --timeline", "cpu", c.ours("--json", "--timeline", small), theirs, runs=2),
        Row("200 small requests, one connection", "cpu", *[argv + [small] * 199 for argv in (ours, theirs)], runs=2),
        Row("small request, HTTP/1.1", "cpu", c.ours(s.h1 + "/small"), c.theirs("-v", s.h1 + "/small"), runs=2),
        Row("--version", "cpu", [c.httptrace, "--version"], [c.curl, "--version"], runs=2),
    ]


def capture_rows(c, s, capture):
    """A capture costs a temporary file of the body's size and writing it once more; --capture-max allows it."""
    pcapng = ["--report", "pcapng=" + capture]
    down, up = [s.h2 + "/100m"], ["-H", "Expect:", "--data-binary", "@" + s.upload_file, s.upload + "/small"]
    rows = []
    for what, args in (("100 MiB down, h2, TLS", down), ("100 MiB up, h2, TLS", up)):
        for metric in ("cpu", "wall", "peak"):
            rows.append(Row(what + ", pcapng", metric, c.ours(*pcapng, *args), c.ours(*args), base_name="without"))
    small = [s.h2 + "/small"]
    return rows + [Row("small request, pcapng", "cpu", c.ours(*pcapng, *small), c.ours(*small), base_name="without")]


def list_urls(path, url, count):
    """A file for -K with URLs that all differ, each with its output, as curl needs it."""
    with open(path, "w") as f:
        for i in range(count):
            f.write(f"url={url}/small?{i}\noutput=/dev/null\n")
    return path


class Many:
    """Command lines of thousands of small requests; curl gets the same list."""

    def __init__(self, c, s, directory, count):
        self.h1 = list_urls(os.path.join(directory, "h1.list"), s.h1, count)
        self.h2 = list_urls(os.path.join(directory, "h2.list"), s.h2, count)
        self.c = c
        self.name = f"{count:,} small requests"

    def in_turn(self, *args):
        return self.c.ours(*args, "-K", self.h1), self.theirs("-K", self.h1)

    def at_once(self, *args):
        parallel = ["-Z", "--parallel-max", "64", "-K", self.h2]
        return self.c.ours(*args, *parallel), self.theirs(*parallel)

    def theirs(self, *args):
        return [self.c.curl, "-s", *self.c.trust, *args]


def many_rows(many):
    in_turn, at_once = f"{many.name}, HTTP/1.1, ", f"{many.name}, 64 at once, h2, TLS, "
    quiet, lines = ["--quiet"], ["--report", "jsonl"]
    return [
        Row(in_turn + "--quiet", "cpu", *many.in_turn(*quiet), 1.15),
        Row(in_turn + "--quiet", "wall", *many.in_turn(*quiet)),
        Row(in_turn + "text", "cpu", *many.in_turn(), runs=0.5),
        Row(in_turn + "JSON Lines", "cpu", *many.in_turn(*lines), runs=0.3),
        Row(at_once + "--quiet", "wall", *many.at_once(*quiet), 1.10),
        Row(at_once + "--quiet", "cpu", *many.at_once(*quiet)),
        Row(at_once + "text", "cpu", *many.at_once(), runs=0.5),
        Row(at_once + "JSON Lines", "cpu", *many.at_once(*lines), runs=0.3),
    ]


def many_memory_rows(many):
    lines = ["--report", "jsonl"]
    return [
        Row(f"peak memory, {many.name}, JSON Lines", "peak", *many.in_turn(*lines), runs=0.6, most_mib=64),
        Row(f"peak memory, {many.name}, 64 at once, JSON Lines", "peak", *many.at_once(*lines), runs=0.6, most_mib=64),
    ]


def memory_rows(c, s):
    ours, theirs = c.pair(s.h2 + "/1g")
    upload = ["-H", "Expect:", "--data-binary", "@" + s.upload_file, s.upload + "/small"]
    return [
        Row("peak memory, 1 GiB, h2, TLS", "peak", ours, theirs, 1.20),
        Row("peak memory, 10 MiB, h2, TLS", "peak", *c.pair(s.h2 + "/10m"), 1.20),
        Row("peak memory, 100 MiB up", "peak", *c.pair(*upload), 1.20),
        Row("peak memory, 1 GiB to 10 MiB", "peak", ours, c.ours(s.h2 + "/10m"), 1.10, base_name="10 MiB"),
    ]


def same_commands(rows):
    """Rows of the same commands share their runs."""
    groups = []
    for row in rows:
        if groups and (groups[-1][0].ours, groups[-1][0].base) == (row.ours, row.base):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def measure_pairs(row, runs, measure):
    """Alternates which of the two goes first, so that a drift of the machine's speed hits both alike."""
    for argv in (row.ours, row.base):
        measure(argv)  # warm: page cache, the dynamic linker's files
    pairs = []
    for i in range(runs):
        first, second = (row.ours, row.base) if i % 2 == 0 else (row.base, row.ours)
        a, b = measure(first), measure(second)
        pairs.append((a, b) if i % 2 == 0 else (b, a))
    return pairs


def show_value(metric, value):
    if metric == "peak":
        return f"{value / 1024:.1f} MiB"
    return f"{value * 1000:.1f} ms"


def print_header():
    print("| what | cost | httptrace | beside | | ratio, median [min–max] | runs | goal | |")
    print("|---|---|---|---|---|---|---|---|---|")


def judge(row, ratio, ours):
    if row.most_mib is not None:
        return f"≤ {row.most_mib} MiB", MARKS[ours <= row.most_mib * 1024]
    if row.goal is not None:
        return f"≤ {row.goal:.2f}", MARKS[ratio <= row.goal]
    return "", ""


def print_row(row, pairs):
    ours = [getattr(a, row.metric) for a, _ in pairs]
    base = [getattr(b, row.metric) for _, b in pairs]
    ratios = [a / b for a, b in zip(ours, base)]
    median = statistics.median(ratios)
    goal, mark = judge(row, median, statistics.median(ours))
    print(
        f"| {row.what} | {row.metric} | {show_value(row.metric, statistics.median(ours))} "
        f"| {show_value(row.metric, statistics.median(base))} | {row.base_name} "
        f"| {median:.3f} [{min(ratios):.2f}–{max(ratios):.2f}] | {len(pairs)} | {goal} | {mark} |",
        flush=True,
    )


def run_rows(rows, runs, measure):
    """False when one of the commands failed; the others are measured all the same."""
    ok = True
    for group in same_commands(rows):
        try:
            pairs = measure_pairs(group[0], max(1, round(runs * group[0].runs)), measure)
        except Failed as error:
            print(f"bench: {error}", file=sys.stderr)
            ok = False
            continue
        for row in group:
            print_row(row, pairs)
    return ok


def read_options():
    default = pathlib.Path(__file__).resolve().parents[2] / "build/release/src/cli/httptrace"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--httptrace", default=str(default), help="the program to measure (a release build)")
    parser.add_argument("--curl", default="/usr/bin/curl", help="what it is measured against")
    parser.add_argument("--runs", type=int, default=10, help="pairs of runs per row; some rows take more")
    parser.add_argument("--quick", action="store_true", help="100 MiB in the place of 1 GiB, 3 pairs")
    parser.add_argument("--only", default="", metavar="TEXT", help="rows whose name holds TEXT")
    options = parser.parse_args()
    if options.quick:
        options.runs = min(options.runs, 3)
    return options


def bench(options, directory):
    with Servers(directory, 100 * MIB if options.quick else GIB) as servers:
        commands = Commands(options.httptrace, options.curl, servers)
        record = os.path.join(directory, "record")
        cost(commands.ours("--record", record, servers.h2 + "/1g"))  # --read needs it whatever rows are picked
        print_header()
        captures = capture_rows(commands, servers, os.path.join(directory, "capture"))
        many = Many(commands, servers, directory, 1000 if options.quick else 10000)
        rows = small_rows(commands, servers) + many_rows(many) + big_rows(commands, servers, record, options.quick)
        rows += [r for r in captures if r.metric != "peak"]
        ok = run_rows([r for r in rows if options.only in r.what], options.runs, cost)
        memory = memory_rows(commands, servers) + many_memory_rows(many) + [r for r in captures if r.metric == "peak"]
        memory = [r for r in memory if options.only in r.what]
        return run_rows(memory, min(options.runs, 5), peak_kib) and ok


def main():
    options = read_options()
    for needed in (options.httptrace, options.curl, "nginx", "nghttpd", "openssl"):
        if shutil.which(needed) is None and shutil.which("/usr/sbin/" + needed) is None:
            print(f"bench: {needed} is not there", file=sys.stderr)
            return 1
    be_reaper()
    began = time.monotonic()
    directory = tempfile.mkdtemp(prefix="httptrace-bench-")
    try:
        ok = bench(options, directory)
    except (Failed, OSError, subprocess.SubprocessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(directory)
    print(
        f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {time.monotonic() - began:.0f} s"
        + (", --quick: 100 MiB for 1 GiB, 1,000 requests for 10,000" if options.quick else "")
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
