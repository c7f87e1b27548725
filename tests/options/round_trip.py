#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""round_trip.py PROGRAM: what --curl prints is read by a shell, and then by PROGRAM called curl, to the same settings as the
command line that it was made of. 77: no bash to read it."""
import os
import random
import shutil
import subprocess
import sys
import tempfile

URL = "http://127.0.0.1:1/"
CASES = [
    ["-L"], ["--no-location"], ["-kL"], ["--no-insecure"], ["-m5"], ["--max-t", "5"], ["-X", "PUT"],
    ["-d", "a", "-d", "b&c=d e"], ["--data-raw", "@b"], ["--json-data", "{", "--json-data", '"it\'s":1}'],
    ["-u", "a:b$c"], ["-H", "A: b", "-H", "C;"], ["-A", ""], ["-b", "a=b; c=d"], ["--tls-max", "1.2", "--tlsv1.1"],
    ["--resolve", "h:1:127.0.0.1"], ["-x", "http://u:p@127.0.0.1:1"], ["--noproxy", "*"], ["-E", "a\\:b:p"],
    ["-H", "X: \u00fc \u202e \x1b[0m"], ["-d", "a\nb\r\n\t\\n'\"`$(id)!!"], ["--", "-z"], ["--url", "-z"],
    # What is not curl's goes.
    ["--json", "-v", "--fail-on", "error", "--expect", "status=200", "--record", "x", "-k"],
]
ALPHABET = "ab0 '\"\\$`!*?[]{}()<>|&;#~=%^:,./-_@+\n\t\r\x01\x1b\x7f\u00e9\u202e\U0001f600"
RANDOM_WORDS = 150
SKIP = 77


def environment():
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}


def run(program, name, words):
    return subprocess.run([name, *words], executable=program, env=environment(), capture_output=True, timeout=20,
                          stdin=subprocess.DEVNULL, check=True).stdout


def settings(program, name, words):
    """What is set; each name has a default User-Agent of its own."""
    lines = run(program, name, words).split(b"\n")
    return sorted(line for line in lines if not line.startswith((b"USERAGENT\tcurl/", b"USERAGENT\thttptrace/")))


def shell_words(line):
    script = b"words() { printf '%s\\0' \"$@\"; }; words " + line
    out = subprocess.run(["bash", "-c", script], env=environment(), capture_output=True, timeout=20, check=True)
    return out.stdout.split(b"\0")[:-1]


def check(program, words):
    """None where the command asks for the same."""
    printed = run(program, "httptrace", ["--curl", *words, URL]).split(b"\n")[0]
    again = shell_words(printed)
    if again[0] != b"curl":
        return f"{printed}: no curl command"
    ours = settings(program, "httptrace", [*words, URL])
    theirs = settings(program, "curl", again[1:])
    return None if ours == theirs else f"{words}: {printed}: {set(ours) ^ set(theirs)}"


def random_words(seed):
    chance = random.Random(seed)
    for _ in range(RANDOM_WORDS):
        value = "".join(chance.choice(ALPHABET) for _ in range(chance.randrange(1, 24)))
        flag = chance.choice(["--data-raw", "-H", "-A", "-e", "-X", "-u"])
        yield [flag, "u:" + value if flag == "-u" else value]


def config_files(directory):
    """Options of a -K file stand in its place."""
    path = os.path.join(directory, "config")
    with open(path, "w", encoding="utf-8") as file:
        file.write('-L\nheader = "A: it\'s \\"b\\""\n')
    yield ["-k", "-K", path, "-m", "3"]


def main():
    if not shutil.which("bash"):
        print("bash is not installed: skipped")
        return SKIP
    program, failed = sys.argv[1], 0
    with tempfile.TemporaryDirectory() as directory:
        cases = CASES + list(random_words(2026))
        if b"--config" in run(program, "httptrace", ["--help", "all"]):
            cases += list(config_files(directory))
        for words in cases:
            fault = check(program, words)
            if fault:
                failed = 1
                print(fault)
    return failed


sys.exit(main())
