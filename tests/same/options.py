# SPDX-License-Identifier: MIT
"""The rows of src/options/rows against the commands of the corpus: which options no command uses."""

import pathlib
import re
import subprocess

ROWS = pathlib.Path(__file__).resolve().parents[2] / "src" / "options" / "rows"
PROBE = 'curl() { printf "%s\\0" "$@" $\'\\1\' >&9; }\n'


def rows():
    """name -> (letter, takes an argument, is ours)"""
    found = {}
    for path in ROWS.glob("*.c"):
        for block in re.split(r"\n    \{", path.read_text(encoding="utf-8"))[1:]:
            name = re.search(r'\.name = "([^"]+)"', block)
            letter = re.search(r"\.letter = '(.)'", block)
            if name:
                found[name[1]] = (letter[1] if letter else None, ".argument" in block, "HT_OPTION_OURS" in block)
    return found


def words_of(command):
    """The argument lists of the curls that a shell would start."""
    done = subprocess.run(["bash", "-c", "exec 9>&1 1>/dev/null\n" + PROBE + command], capture_output=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=20, cwd="/tmp")
    lists, words = [], []
    for word in done.stdout.split(b"\0")[:-1]:
        if word == b"\1":
            lists.append(words)
            words = []
        else:
            words.append(word.decode(errors="replace"))
    return lists


def row_of(name, table, ours):
    """The row meant by a long name, as --no-NAME, --expand-NAME or an abbreviation too; None for none."""
    name = name.removeprefix("expand-").lower()
    if name == "json" and not ours:
        return "json-data"
    for spelled in (name, name.removeprefix("no-")):
        if spelled in table:
            return spelled
        like = [row for row, (_, _, own) in table.items() if row.startswith(spelled) and not own]
        if len(like) == 1:
            return like[0]
    return None


def used(words, table, ours):
    letters = {letter: name for name, (letter, _, _) in table.items() if letter}
    found, at = set(), 0
    while at < len(words):
        word, at = words[at], at + 1
        if word.startswith("--") and len(word) > 2:
            row = row_of(word[2:], table, ours)
            found.add(row)
            at += bool(row and table[row][1] and row != "help")
        elif word.startswith("-") and len(word) > 1:
            for place, letter in enumerate(word[1:], 2):
                row = letters.get(letter)
                found.add(row)
                if row and table[row][1]:
                    at += place == len(word)
                    break
    return found


def missing(cases):
    """Names of curl's rows that are in no command."""
    table, found = rows(), set()
    for case in cases:
        for ours, command in ((False, case.command), (True, case.one("ours"))):
            for words in words_of(command) if command else []:
                found |= used(words, table, ours)
    return sorted(name for name, (_, _, ours) in table.items() if name not in found and not ours)
