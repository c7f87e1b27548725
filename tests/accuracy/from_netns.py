# SPDX-License-Identifier: MIT
"""Cases with a middlebox between client and server: tests/lab/netns, as they stand there. Root only."""

import itertools
import shlex
import sys

import from_lab
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


# Faults beside those of the table, all done by the box: what the endpoint's TCP would have acknowledged tells most of
# them from the server's doing. Where it cannot (forged with the right numbers, or only the way back is cut), the
# catalogue's word for the server counts as well.
# name, row, path, options, box, codes, phases, loci
HOLE = ("--max-time", "4")
UPLOAD = ("--max-time", "5", "--data-binary", "@300000", "-H", "Expect:")
FAULTS = [
    (
        "hello dropped, 1.2",
        "healthy.h2",
        "",
        (*HOLE, "--tls-max", "1.2"),
        "drop site.example",
        "tls.ch_dropped",
        "tls",
        "path",
    ),
    (
        "hello dropped, impatient",
        "healthy.h2",
        "",
        ("--max-time", "1.5"),
        "drop site.example",
        "tls.ch_dropped",
        "tls",
        "path",
    ),
    (
        "hello dropped, large",
        "healthy.h2",
        "",
        (*HOLE, "--curves", "ffdhe8192"),
        "drop site.example",
        "tls.ch_dropped",
        "tls",
        "path",
    ),
    ("hello FIN", "healthy.h2", "", HOLE, "fin site.example", "tls.ch_fin", "tls", "path front"),
    (
        "hello RST, acknowledged",
        "healthy.h2",
        "",
        HOLE,
        "rst-acked site.example",
        "tls.ch_rst_acked",
        "tls",
        "path front",
    ),
    ("request dropped", "healthy.h1", "", HOLE, "drop Host:", "http.no_response", "wait", "path"),
    (
        "request dropped, body goes through",
        "healthy.h1",
        "",
        UPLOAD,
        "drop Host:",
        "http.no_response",
        "request wait",
        "path",
    ),
    ("request FIN", "healthy.h1", "", HOLE, "fin Host:", "http.empty", "wait", "path front"),
    (
        "handshake dropped after the hello",
        "healthy.h2",
        "",
        HOLE,
        "--drop-after-up 560",
        "tls.stalled_mid_handshake http.no_response",
        "tls wait",
        "path",
    ),
    (
        "upload dropped",
        "healthy.h1",
        "",
        UPLOAD,
        "--drop-after-up 20000",
        "http.no_response http.stalled",
        "request wait",
        "path",
    ),
    (
        "upload dropped, h2",
        "healthy.h2",
        "",
        UPLOAD,
        "--drop-after-up 20000",
        "http.no_response http.stalled",
        "request wait",
        "path",
    ),
    (
        "answer dropped in the body",
        "healthy.h1",
        "bytes/100000",
        HOLE,
        "--drop-after-down 3000",
        "http.stalled",
        "response",
        "path origin front",
    ),
    ("server's hello dropped", "healthy.h2", "", HOLE, "--drop-after-down 1", "tls.acked_silence", "tls", "path front"),
]
# What the server does, over a link that delays and loses.
FAR = [
    ("tls.ch_rst", "tls.ch_rst_acked tls.ch_rst_unacked", "tls"),
    ("tls.ch_fin", "tls.ch_fin", "tls"),
    ("tls.mute", "tls.acked_silence", "tls"),
    ("tcp.rst_after_accept", "tls.ch_rst_acked tls.ch_rst_unacked tcp.rst_after_accept", "tls"),
    ("tcp.fin_after_accept", "tls.ch_fin tcp.fin_after_accept", "tls"),
    ("tls.stalled_mid_handshake", "tls.stalled_mid_handshake", "tls"),
    ("tls.alert.handshake_failure", "tls.alert.handshake_failure", "tls"),
    ("cert.expired", "cert.expired", "tls"),
    ("http.killed", "http.killed", "wait"),
    ("http.killed.mid_body", "http.killed http.truncated", "response"),
    ("http.no_response", "http.no_response", "wait"),
    ("http.stalled", "http.stalled", "response"),
    ("http.truncated", "http.truncated", "response"),
    ("h2.stalled", "http.stalled", "response"),
    ("h2.no_settings", "h2.no_settings", "wait"),
]
BAD_LINK = ("--delay", "25", "--loss", "40", "--reorder", "100", "--duplicate", "30")


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


def box_options(words):
    """ "drop TEXT" for what matches TEXT, or tunbox's own options."""
    if words.startswith("--"):
        return tuple(words.split())
    action, text = words.split(" ", 1)
    return ("--match", text, "--action", action)


def placed(name, case, codes, phases, loci):
    note = " ".join(("tunbox", *case.box, case.serve, *case.options))
    return fault(f"netns {name}", None, codes, phases, loci, reports=lambda w: ask(case, w), note=note)


def more_faults():
    for name, row, path, options, box, codes, phases, loci in FAULTS:
        case = boxes.Case(name, serve=row, path=path, options=options, box=box_options(box), at=spaces.TUN_SERVER)
        yield placed(name, case, codes, phases, loci)
    for row, codes, phases in FAR:
        name = f"far {row}"
        case = boxes.Case(name, serve=row, options=("--max-time", "6"), box=BAD_LINK, at=spaces.TUN_SERVER)
        yield placed(name, case, codes, phases, from_lab.loci_of(row))


def _skip():
    raise Skip(f"tests/lab/netns: {WHY}")


def cases(_world):
    if boxes is None:
        yield healthy("netns", None, reports=lambda w: _skip())
        return
    yield from map(of_table, boxes.CASES)
    yield from more_faults()
    yield from links()
