#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the tree against its floors and its style: takes the sources, prints one line per fault, exits 1 on any.

Floors: docs/architecture.md and src/rooms.cmake. A folder of src/ is a room; an include points to the own room or to a
floor below, never to another room of the same floor. What CMake calls a room (ht_room) belongs to the folder that holds
it, and its BELOW list points the same ways.
"""
import pathlib
import re
import sys

FLOORS = {"base": 0, "model": 1, "decode": 2, "trace": 3, "fetch": 3, "peer": 3, "record": 4, "tap": 4, "expect": 4, "rules": 4, "report": 4, "options": 5, "cli": 6}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
SPDX = "SPDX-License-Identifier: MIT"

# Which rooms may include headers that match; the first row that matches counts.
GUARDED = [
    (re.compile(r"curl/"), {"tap", "fetch"}),
    (re.compile(r"openssl/ssl\.h"), {"tap", "peer"}),
    (re.compile(r"openssl/"), {"tap", "peer", "decode"}),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
ROOM_CALL = re.compile(r"\bht_room\(\s*(\w+)\b([^)]*)\)", re.S)


def may_see(room, other):
    return other == room or (other in FLOORS and FLOORS[other] < FLOORS[room])


def check_include(root, room, mark, header):
    if mark == "<":
        for pattern, rooms in GUARDED:
            if pattern.match(header):
                return None if room in rooms else f"<{header}> belongs to {', '.join(sorted(rooms))} alone"
        return None
    other = header.split("/")[0]
    if other not in FLOORS or "/" not in header:
        return f'"{header}" names no room'
    if not (root / "src" / header).is_file():
        return f'"{header}" does not exist'
    if not may_see(room, other):
        return f'"{header}" is not below {room}'
    return None


def check_includes(root, path, lines):
    room = path.relative_to(root / "src").parts[0]
    if room not in FLOORS:
        yield 1, f"src/{room} is on no floor"
        return
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        fault = found and check_include(root, room, *found.groups())
        if fault:
            yield number, fault


def check_functions(lines):
    begin = None
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            begin = number
        elif line.startswith("}") and begin:
            if number - begin + 1 > MAX_FUNCTION_LINES:
                yield begin, f"a function of {number - begin + 1} lines, over {MAX_FUNCTION_LINES}"
            begin = None


def check_style(lines):
    if not lines or SPDX not in lines[0]:
        yield 1, "the first line is not the SPDX line"
    if len(lines) > MAX_FILE_LINES:
        yield len(lines), f"{len(lines)} lines, over {MAX_FILE_LINES}"
    yield from check_functions(lines)


def below_of(arguments):
    words = arguments.split()
    if "BELOW" not in words:
        return []
    after = words[words.index("BELOW") + 1:]
    return after[:after.index("LIBS")] if "LIBS" in after else after


def read_rooms(root):
    """Every ht_room call: its file, its line, its name, the names below it."""
    for path in sorted((root / "src").rglob("CMakeLists.txt")):
        text = path.read_text(encoding="utf-8")
        for found in ROOM_CALL.finditer(text):
            yield path, text.count("\n", 0, found.start()) + 1, found.group(1), below_of(found.group(2))


def check_rooms(root):
    calls = list(read_rooms(root))
    folders = {name: path.relative_to(root / "src").parts[0] for path, _, name, _ in calls}
    for path, line, name, below in calls:
        if folders[name] not in FLOORS:
            yield path, line, f"the room {name} is on no floor"
            continue
        for other in below:
            if other == name or not may_see(folders[name], folders.get(other)):
                yield path, line, f"{other} is not below {name}"


def sources(root):
    for folder in ("src", "include", "tests"):
        for path in sorted((root / folder).rglob("*.[ch]")):
            yield path


def check_tree(root):
    for path in sources(root):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        for number, fault in check_style(lines):
            yield path, number, fault
        if (root / "src") in path.parents:
            for number, fault in check_includes(root, path, lines):
                yield path, number, fault
    yield from check_rooms(root)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    count = 0
    if not any(sources(root)):
        sys.exit(f"{root}: no sources here")
    for path, number, fault in check_tree(root):
        print(f"{path.relative_to(root)}:{number}: {fault}")
        count += 1
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main()
