#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Middleboxes between httptrace and a server: it names each, and says nothing where all is well.

Usage: test_netns.py HTTPTRACE HTTPTRACE_LAB TUNBOX [PATTERN...]; exit code 77 where it cannot run."""

import fnmatch
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cases  # noqa: E402
import world  # noqa: E402

SKIP = 77
AT_A_TIME = 4
ABOVE_NOTICE = ("warning", "error")
RESOLVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "resolver.py")


def load(made, role, chain, rules):
    """A chain of that hook with these rules."""
    if not rules:
        return
    lines = ["table inet box {", f"chain {chain} {{", f"type filter hook {chain} priority 0", *rules, "}", "}", ""]
    made.run(role, "nft", "-f", "-", input="\n".join(lines), text=True)


def serve(made, case, program, folder):
    """The server's URL and the options that lead there."""
    ca = os.path.join(folder, "ca.pem")
    out = made.start("server", program, "--host", case.at, "--name", world.NAME, "--ca-file", ca, case.serve)
    out.readline()
    url = out.readline().split()[1]
    port = re.search(r":(\d+)/", url).group(1)
    addresses = ",".join(f"[{one}]" if ":" in one else one for one in case.to or (case.at,))
    where = [] if case.to == ("dns",) else ["--resolve", f"{world.NAME}:{port}:{addresses}"]
    return url, ["--cacert", ca, *where]


def uploads(folder, options):
    """Writes the files that -d names: "@3000" is one of that size."""
    for option in options:
        if re.fullmatch(r"@\d+", option):
            with open(os.path.join(folder, option[1:]), "wb") as file:
                file.write(b"x" * int(option[1:]))


def run(case, programs, number):
    """The last report of the case."""
    httptrace, lab, tunbox = programs
    with tempfile.TemporaryDirectory() as folder, world.world(number) as made:
        if case.box:
            made.tunnel(tunbox, case.box)
        if case.resolver:
            made.resolver(RESOLVER)
        for role in ("client", "middle", "server"):
            for words in getattr(case, role):
                made.ip(role, words)
        for words in case.filters:
            made.run("middle", *words.split())
        if case.tables:
            made.run("middle", "sysctl", "-qw", "net.netfilter.nf_conntrack_tcp_loose=0")
            made.run("middle", "nft", "-f", "-", input=case.tables, text=True)
        load(made, "middle", "forward", case.rules)
        load(made, "client", "output", case.own_rules)
        load(made, "server", "input", case.server_rules)
        url, options = serve(made, case, lab, folder) if case.serve else (case.url, [])
        uploads(folder, case.options)
        urls = [url + case.path] * case.repeat
        command = [httptrace, "--json", "--noproxy", "*", "--max-time", "20", *options, *case.options, *urls]
        done = made.run("client", *command, check=False, capture_output=True, cwd=folder, timeout=60)
    return json.loads(done.stdout.decode().splitlines()[-1])


def leads(report):
    """The code of the finding whose title is the verdict's sentence."""
    headline = report["verdict"]["headline"].rstrip(".")
    for finding in report["findings"]:
        if finding["title"].rstrip(".") == headline:
            return finding["code"]
    return None


def judge(case, report):
    """What is wrong, or None."""
    verdict, found = report["verdict"], {one["code"]: one["severity"] for one in report["findings"]}
    if not case.info <= found.keys():
        return f"no {', '.join(case.info - found.keys())} in {found}"
    if not case.expect:
        loud = [code for code, severity in found.items() if severity in ABOVE_NOTICE]
        bad = report["outcome"]["curl_code"] or loud or verdict["status"] != "ok"
        return f"false alarm: {verdict['headline']} {loud}" if bad else None
    if leads(report) not in case.expect:
        return f"{leads(report)} leads, of {found}: {verdict['headline']}"
    if verdict["phase"] not in case.phase.split():
        return f"phase {verdict['phase']}, not {case.phase}"
    if verdict["locus"] not in ("unknown", *case.loci):
        return f"locus {verdict['locus']}, not of {case.loci}"
    return None


def check(case, programs, number):
    try:
        return judge(case, run(case, programs, number))
    except (subprocess.SubprocessError, OSError, IndexError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def main():
    if reason := world.missing():
        print(f"{reason}: skipped")
        return SKIP
    programs = [os.path.abspath(path) for path in sys.argv[1:4]]
    patterns = sys.argv[4:] or ["*"]
    chosen = [case for case in cases.CASES if any(fnmatch.fnmatch(case.name, one) for one in patterns)]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        results = list(pool.map(lambda pair: check(pair[1], programs, pair[0]), enumerate(chosen)))
    wrong = [f"{case.name}: {result}" for case, result in zip(chosen, results) if result]
    print("\n".join([*wrong, f"{len(chosen)} cases, {len(wrong)} wrong"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
