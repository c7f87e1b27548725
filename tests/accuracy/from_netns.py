# SPDX-License-Identifier: MIT
"""Cases with a middlebox between client and server: tests/lab/netns, as they stand there. Root only."""

import itertools
import shlex
import sys

from case import fault, healthy
from shared import ROOT, Skip

FOLDER = ROOT / "tests" / "lab" / "netns"
sys.path.append(str(FOLDER))
try:
    import cases as boxes
    import test_netns
    import world as spaces
except ImportError as missing:
    boxes, WHY = None, str(missing)
else:
    WHY = ""

_NUMBER = itertools.count(1000)

# Beside those of the table: healthy requests over a bad link. path or options; row of the lab; options of tunbox
LINKS = [
    ("--delay", "40"),
    ("--loss", "30", "--delay", "15"),
    ("--reorder", "150", "--delay", "10"),
    ("--duplicate", "100"),
    ("--loss", "10", "--reorder", "50", "--delay", "60"),
]
REQUESTS = [
    ("healthy.h1", "", ()),
    ("healthy.h1", "bytes/100000", ()),
    ("healthy.h1_tls", "bytes/70000", ()),
    ("healthy.h2", "", ()),
    ("healthy.h2", "bytes/200000", ()),
    ("healthy.h2", "", ("--curves", "ffdhe8192")),
    ("healthy.h2_tls12", "bytes/5000", ()),
    ("healthy.h2", "", ("--data-binary", "@200000")),
    ("healthy.chunked_trailers", "", ()),
    ("healthy.close_delimited", "", ()),
    ("healthy.stapled", "", ("--cert-status",)),
]


def ask(case, world):
    """The last report of a case of that table."""
    if reason := world.shared("network namespaces", lambda: spaces.missing() or ""):
        raise Skip(reason)
    if case.box and not world.tunbox:
        raise Skip("tunbox was not built")
    return [test_netns.run(case, (world.httptrace, world.lab, world.tunbox), next(_NUMBER))]


def of_table(box):
    note = f"tests/lab/netns/test_netns.py HTTPTRACE HTTPTRACE_LAB TUNBOX {shlex.quote(box.name)}"
    reports = lambda world, one=box: ask(one, world)  # pylint: disable=unnecessary-lambda-assignment
    if not box.expect:
        return healthy(f"netns {box.name}", None, reports=reports, note=note)
    phases = box.phase.split()
    return fault(f"netns {box.name}", None, box.expect, phases, box.loci or ("unknown",), reports=reports, note=note)


def links():
    for (row, path, options), link in itertools.product(REQUESTS, LINKS):
        name = f"healthy link {row} {path} {' '.join((*options, *link))}"
        box = boxes.Case(name, serve=row, path=path, options=options, box=link, at=spaces.TUN_SERVER)
        yield healthy(f"netns {name}", None, reports=lambda w, b=box: ask(b, w), note=" ".join(("tunbox", *link)))


def _skip():
    raise Skip(f"tests/lab/netns: {WHY}")


def cases(_world):
    if boxes is None:
        yield healthy("netns", None, reports=lambda w: _skip())
        return
    yield from map(of_table, boxes.CASES)
    yield from links()
