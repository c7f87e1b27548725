# SPDX-License-Identifier: MIT
"""cases/*.txt in, cases out. A case is a line `## TITLE`, lines `# MARK: VALUE`, and a command that ends at the next case.

Marks: `needs: h2|ipv6|libcurl FEATURE|row OPTION`, `since: VERSION` of curl, `ours: COMMAND` where httptrace spells it otherwise, `only: httptrace|as curl`,
`also: stdout` (without it, standard output is compared under the name curl alone) or `also: stderr`, `mask: REGEX` of what
differs from run to run, `unordered` connections, `differs: REASON` for what differs by design: such a case must differ."""

import dataclasses

MARKS = {"needs", "since", "ours", "only", "also", "mask", "unordered", "differs", "quiet"}


@dataclasses.dataclass
class Case:
    title: str
    command: str
    marks: list
    file: str
    line: int

    def all(self, name):
        return [value for key, value in self.marks if key == name]

    def one(self, name):
        return next(iter(self.all(name)), None)


def _case(text, file, line):
    lines = text.split("\n")
    marks, at = [], 1
    while at < len(lines) and lines[at].startswith("# "):
        key, _, value = lines[at][2:].partition(":")
        if key not in MARKS:
            raise SystemExit(f"{file}:{line + at}: no such mark: {key}")
        marks.append((key, value.strip()))
        at += 1
    command = "\n".join(lines[at:]).strip("\n")
    if "curl" not in command:
        raise SystemExit(f"{file}:{line}: no command")
    return Case(lines[0].strip(), command, marks, file, line)


def read(directory):
    cases = []
    for path in sorted(directory.glob("*.txt")):
        pieces, line = ("\n" + path.read_text(encoding="utf-8")).split("\n## "), 1
        line += pieces[0].count("\n")
        for piece in pieces[1:]:
            cases.append(_case(piece, path.name, line))
            line += piece.count("\n") + 1
    titles = [case.title for case in cases]
    twice = {title for title in titles if titles.count(title) > 1}
    if twice:
        raise SystemExit(f"titles that occur twice: {sorted(twice)}")
    return cases
