# SPDX-License-Identifier: MIT
"""A strict reader of the Test Anything Protocol, version 14, as httptrace writes it: takes the text, gives its points."""

import json
import re

try:
    import yaml
except ImportError:
    yaml = None

POINT = re.compile(r"(not ok|ok) ([1-9][0-9]*) - ((?:[^#\\\n]|\\[#\\])+?)(?: # SKIP ((?:[^#\\\n]|\\[#\\])+))?")
PLAN = re.compile(r"1\.\.([0-9]+)(?: # SKIP (.+))?")
MEMBER = re.compile(r"([a-z_]+):(?: (.+))?")
INDENT = "    "


class Lines:
    def __init__(self, text):
        assert text.endswith("\n")
        self.lines, self.at = text[:-1].split("\n"), 0

    def peek(self):
        return self.lines[self.at] if self.at < len(self.lines) else None

    def next(self):
        self.at += 1
        return self.lines[self.at - 1]


def unescape(text):
    return re.sub(r"\\([#\\])", r"\1", text)


def scalar(text):
    """A string of JSON, which YAML takes, or a number; a string may say that it is one."""
    value = json.loads(text.removeprefix("!!str "))
    assert isinstance(value, (str, int, float)), text
    return value


def read_items(lines, indent):
    items = []
    while (lines.peek() or "").startswith(indent + "  - "):
        items.append(scalar(lines.next()[len(indent) + 4 :]))
    assert items, "an empty list"
    return items


def read_yaml(lines, indent):
    indent += "  "
    if lines.peek() != indent + "---":
        return {}
    lines.next()
    block, begin = {}, lines.at
    while (line := lines.next()) != indent + "...":
        found = MEMBER.fullmatch(line[len(indent) :])
        assert line.startswith(indent) and found, line
        assert found[1] not in block, f"{found[1]} twice"
        block[found[1]] = scalar(found[2]) if found[2] else read_items(lines, indent)
    assert block, "an empty block"
    text = "\n".join(lines.lines[begin : lines.at - 1])
    assert yaml is None or yaml.safe_load(text) == block, text
    return block


def read_points(lines, indent, subtests):
    """Points up to the plan, which comes last."""
    points = []
    while True:
        children, line = [], lines.next()
        if subtests and line.startswith("# Subtest: "):
            children, name, line = read_points(lines, INDENT, False), line[len("# Subtest: ") :], lines.next()
            assert line.endswith(f"ok {len(points) + 1} - {name}"), line
        assert line.startswith(indent), line
        line = line[len(indent) :]
        if plan := PLAN.fullmatch(line):
            assert int(plan[1]) == len(points) and bool(plan[2]) == (not points), line
            return points
        found = POINT.fullmatch(line)
        assert found and int(found[2]) == len(points) + 1, line
        points.append({"ok": found[1] == "ok", "name": unescape(found[3]), "skip": found[4] and unescape(found[4]), "yaml": read_yaml(lines, indent), "points": children})


def read(text, may_bail_out=False):
    lines = Lines(text)
    assert lines.next() == "TAP version 14"
    tests = read_points(lines, "", True)
    if (lines.peek() or "").startswith("Bail out! "):
        assert may_bail_out, lines.peek()
        lines.next()
    assert lines.peek() is None, lines.peek()
    for test in tests:
        assert test["ok"] == all(point["ok"] for point in test["points"]), test["name"]
    return tests
