#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""same.py PROGRAM [PART-OF-TITLE]: each command of cases/*.txt, as a person would paste it, is run by curl, by PROGRAM, and by
PROGRAM under the name curl. The bytes that reach the servers, exit codes, files and -w output must be the same. 77: no such curl."""

import concurrent.futures
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

# pylint: disable=wrong-import-position
import corpus
import lab as lab_module
import normal
import options
import peers
import pki as pki_module
import place

SKIP, WORKERS, TIMEOUT_SECONDS = 77, 4, 30
# Bytes and files follow the version: later tools decide some things in other ways. HTTPTRACE_SAME_ANY=1 runs it all the same.
COMPARED = "7.88."
CURL = "/usr/bin/curl"
AS = {
    "curl": f'curl() {{ {CURL} "$@"; }}',
    "httptrace": 'curl() { "$HTTPTRACE" "$@"; }',
    "as curl": 'curl() ( exec -a curl "$HTTPTRACE" "$@" )',
}
KEPT = ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")


def curl_version():
    out = subprocess.run([CURL, "-q", "--version"], capture_output=True, text=True, check=True).stdout
    return out.split()[1]


def reason_to_skip():
    """None where there is a curl to compare with."""
    if not os.access(CURL, os.X_OK):
        return "curl is not installed"
    if not curl_version().startswith(COMPARED) and not os.environ.get("HTTPTRACE_SAME_ANY"):
        return f"curl is {curl_version()}, what is compared are the habits of {COMPARED}x"
    return None


def number(version):
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def lacking(case):
    """Why the case cannot be run here, or None."""
    for need in case.all("needs"):
        if need == "h2" and peers.h2 is None:
            return "python3-h2 is not installed"
        if need == "ipv6" and not os.path.exists("/proc/net/if_inet6"):
            return "no IPv6 here"
        if need.startswith("row ") and need[4:] not in options.rows():
            return f"there is no --{need[4:]} yet"
        if need.startswith("libcurl ") and need[8:] not in features():
            return f"curl is built without {need[8:]}"
    since = case.one("since")
    if since and number(since) > number(curl_version()):
        return f"curl is older than {since}"
    return None


def features():
    return subprocess.run([CURL, "-q", "--version"], capture_output=True, text=True, check=True).stdout


def run_as(who, command, lab, directory, program):
    """One run in a fresh directory: what was compared of it, as a dict."""
    place.make(directory)
    lab.begin()
    for name, value in lab.ports.items():
        command = command.replace(f"%{name}%", value)
    env = {name: os.environ[name] for name in KEPT if name in os.environ}
    env.update(HTTPTRACE=program, HOME=directory, LC_ALL="C.UTF-8", TZ="UTC", COLUMNS="79")
    script = "umask 022\n" + AS[who] + "\n" + command
    try:
        done = subprocess.run(["bash", "-c", script], cwd=directory, env=env, capture_output=True, timeout=TIMEOUT_SECONDS,
                              stdin=subprocess.DEVNULL, check=False)
        code, out, err = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        code, out, err = "did not end", late.stdout or b"", late.stderr or b""
    return {"exit code": code, "arrived": lab.finish(), "files": place.look(directory), "stdout": out, "stderr": err}


def compared(result, case, lab):
    masks = case.all("mask")
    unordered = bool(case.all("unordered"))
    return {
        "exit code": result["exit code"],
        "arrived": normal.arrived(result["arrived"], masks, unordered),
        "files": normal.files(result["files"], masks),
        "stdout": normal.text(result["stdout"], masks),
        "stderr": normal.text(result["stderr"], masks),
    }


def parts_of(who, case):
    parts = ["exit code", "arrived", "files"]
    if who == "as curl":
        parts.append("stdout")
    return parts + [part for part in case.all("also") if part not in parts and not (part == "stderr" and who != "as curl")]


def differences(case, lab, directory, program):
    """Lines that say how the runs of a case differ, by who ran it; empty: not at all."""
    theirs = compared(run_as("curl", case.command, lab, directory, program), case, lab)
    found = {}
    for who in ("httptrace", "as curl"):
        if case.one("only") not in (None, who):
            continue
        command = case.one("ours") if who == "httptrace" and case.one("ours") else case.command
        raw = run_as(who, command, lab, directory, program)
        ours = compared(raw, case, lab)
        lines = ["curl did not end"] * (theirs["exit code"] == "did not end")
        for part in parts_of(who, case):
            if ours[part] != theirs[part]:
                lines += [f"{who}: {part}", *normal.show("curl", theirs[part], ours[part])]
        if lines and os.environ.get("HTTPTRACE_SAME_STDERR"):
            lines.append(raw["stderr"].decode(errors="replace"))
        if lines:
            found[who] = lines
    return found


def expected(case, found):
    """What is left to complain of: nothing of a case that is marked to differ, where it does."""
    reason = case.one("differs")
    if not reason:
        return [line for lines in found.values() for line in lines]
    alone = reason.startswith("under its own name")
    left = found.get("as curl", []) if alone else []
    return left if "httptrace" in found else left + ["is the same, but is marked: " + reason]


def judge(case, labs, program):
    """(case, skipped, lines)"""
    why = lacking(case)
    if why:
        return case, why, []
    lab, directory = labs.get()
    start = time.monotonic()
    try:
        lines = expected(case, differences(case, lab, directory, program))
        if lines:  # a busy machine may change an order once
            again = expected(case, differences(case, lab, directory, program))
            if not again:
                print(f"note: {case.title}: differed once\n  " + "\n  ".join(lines))
            lines = again
    finally:
        labs.put((lab, directory))
        if os.environ.get("HTTPTRACE_SAME_TIMES"):
            print(f"{time.monotonic() - start:6.2f} s  {case.title}", file=sys.stderr)
    return case, None, lines


def run_all(cases, program):
    failed, skipped = [], {}
    with tempfile.TemporaryDirectory(prefix="same-") as top:
        os.mkdir(os.path.join(top, "pki"))
        pki = place.more_pki(pki_module.Pki(os.path.join(top, "pki")))
        labs = queue.Queue()
        for worker in range(WORKERS):
            directory = os.path.join(top, str(worker))
            os.makedirs(directory)
            labs.put((lab_module.Lab(pki, directory), os.path.join(directory, "place")))
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for case, why, lines in pool.map(lambda case: judge(case, labs, program), cases):
                if why:
                    skipped.setdefault(why, []).append(case)
                if lines:
                    failed.append(case)
                    print(f"{case.file}:{case.line}: {case.title}\n  $ " + case.command.replace("\n", "\n    "))
                    print("    " + "\n    ".join(lines), flush=True)
    for why, whose in skipped.items():
        print(f"SKIP: {len(whose)} cases: {why}")
    return failed, sum(map(len, skipped.values()))


def main():
    reason = reason_to_skip()
    if reason:
        print(f"SKIP: {reason}")
        return SKIP
    start, program = time.monotonic(), os.path.abspath(sys.argv[1])
    cases = [case for case in corpus.read(HERE / "cases") if not sys.argv[2:] or any(a in case.title for a in sys.argv[2:])]
    failed, skipped = run_all(cases, program)
    print(f"{len(cases)} commands, {skipped} skipped, {len(failed)} differ, {time.monotonic() - start:.1f} s")
    missing = [] if sys.argv[2:] else options.missing(cases)
    if missing:
        print("options that no command has: " + " ".join(missing))
    return 1 if failed or missing or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
