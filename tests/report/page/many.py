# SPDX-License-Identifier: MIT
"""A recorded HTTP/2 session, made long: DATA, WINDOW_UPDATE and PING frames without end."""

import json
import pathlib

EVENTS = 5000
SESSION = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "records" / "nginx-h2.record"
STEP_US = 40


def _frame(t_us, direction, text):
    return {"k": "unit", "t": t_us, "s": 0, "dir": direction, "level": 1, "hex": text, "unit": "h2_frame", "size": len(text) // 2}


def _round(t_us, number):
    """An event for each: on the stream both ways, on the connection both ways."""
    yield {"k": "unit", "t": t_us, "t_last": t_us + STEP_US, "s": 0, "dir": "in", "level": 1, "unit": "payload", "num": 1, "size": 32786, "payload": 32768, "frames": 2}
    yield _frame(t_us + STEP_US, "out", "00000408000000000100008000")
    yield _frame(t_us + STEP_US, "out", "00000408000000000000008000")
    yield _frame(t_us + STEP_US, "in", f"0000080600{0:08x}{number:016x}")


def record(events):
    lines = [json.loads(line) for line in SESSION.read_text().splitlines()]
    at = next(i for i, line in enumerate(lines) if line.get("unit") == "payload")
    begin = lines[at]["t"]
    rounds = [line for number in range(events // 4) for line in _round(begin + number * STEP_US, number)]
    rest = [dict(line, **{key: line[key] + events // 4 * STEP_US for key in ("t", "t_last") if key in line}) for line in lines[at:-1]]
    whole = lines[:at] + rounds + rest
    return "".join(json.dumps(line) + "\n" for line in [*whole, dict(lines[-1], end=len(whole) - 1)])
