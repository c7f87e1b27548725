# SPDX-License-Identifier: MIT
"""Cases from httptrace-lab: every row as it is listed, and a choice of them with other parameters."""

import fnmatch
import contextlib
import random
import signal
import subprocess
import sys

from case import SERVER, fault, healthy
from shared import ROOT

sys.path.insert(0, str(ROOT / "tests" / "lab"))
import lab  # pylint: disable=wrong-import-position

# What else names a row exactly: two codes that say the same, or a race that only the kernel decides.
ALSO = {
    "tls.alert.protocol_version": {"tls.version_mismatch"},
    "tcp.rst_after_accept": {"tls.ch_rst_acked", "tls.ch_rst_unacked"},
}
# A RST or FIN that comes early is met by one phase or the next: both are right.
RACES = {"tcp.rst_after_accept": ("connect", "tls"), "h2.no_settings.fin": ("request", "wait")}

# Who did it, in truth: the first pattern that fits. A row that plays a middlebox stands for one.
LOCI = [
    ("cert.inspection_issuer*", "path local"),
    ("cert.expired", "origin front local"),
    ("cert.not_yet_valid", "origin front local"),
    ("tls.downgrade_sentinel", "path"),
    ("tls.client_cert_required*", "local"),
    ("tls.version_mismatch*", "front origin local"),
    ("tls.no_common_group", "front origin local"),
    ("tls.version_low.*", "front origin local"),
    ("http.plain_to_tls*", "local"),
    ("http.portal*", "path"),
    ("*", "front origin"),
]
NAME = "shop.example.org"
OTHER_HOST = "127.0.0.3"

ONE_VERSION = (
    "tls.version_* tls.downgrade_sentinel cert.weak_* *.tls12 healthy.h2_tls12 tls.hello_retry tls.no_common_group "
    "tls.weak_cipher tls.stalled_mid_handshake.late tls.bad_record.flipped tls.client_cert_required"
)
# TLS 1.2 with the lab's certificate of P-256: another group alone really has nothing in common with it.
P256 = "tls.version_low.* tls.downgrade_sentinel *.tls12 healthy.h2_tls12 tls.hello_retry tls.no_common_group"
# name, options (or how to choose them), options of the lab, rows that it fits, rows that it would change
VARIANTS = [
    ("ipv6", ["-6"], [], "*", "tcp.syn_timeout"),
    ("tls12", ["--tls-max", "1.2"], [], "tls.* cert.* alpn.* h2.*", ONE_VERSION),
    ("tls13", ["--tlsv1.3"], [], "tls.alert.* tls.ch_* cert.* h2.*", ONE_VERSION),
    ("h1", ["--http1.1"], [], "tls.* cert.*", "tls.version_low.*"),
    ("x25519", ["--curves", "X25519"], [], "tls.* cert.* h2.*", P256),
    (
        "p521",
        ["--curves", "P-521:P-384:P-256:X25519"],
        [],
        "tls.* cert.* h2.*",
        P256 + " tls.bad_record* tls.cut_mid* tls.stalled_mid*",
    ),
    (
        "long header",
        lambda r: ["-H", "X-Pad: " + "p" * r.randint(500, 7000)],
        [],
        "http.* h2.* reuse.* cert.*",
        "http.plain_to_tls*",
    ),
    (
        "body",
        lambda r: ["-d", "b" * r.randint(10, 900)],
        [],
        "http.* h2.* cert.*",
        "http.redirect_* http.plain_to_tls* http.portal* h2.flow_control*",
    ),
    (
        "long name",
        lambda r: ["-H", "Host: " + "n" * r.randint(20, 60) + ".example.org"],
        [],
        "http.* h2.*",
        "http.redirect_* http.plain_to_tls* http.portal*",
    ),
    (
        "impatient",
        lambda r: ["--max-time", f"{r.uniform(1.2, 1.9):.2f}"],
        [],
        "*stall* *mute h2.no_settings http.no_response h2.no_response",
        "",
    ),
    (
        "patient",
        lambda r: ["--max-time", f"{r.uniform(4, 6):.2f}"],
        [],
        "*stall* *mute h2.no_settings http.no_response h2.no_response",
        "",
    ),
    (
        "over TLS",
        ["--http1.1"],
        ["--tls"],
        "http.* reuse.stale.rst reuse.stale.fin reuse.mute",
        "http.plain_to_tls* http.redirect_* http.portal*",
    ),
    (
        "other name",
        "resolve",
        ["--name", NAME],
        "tls.* cert.* alpn.* h2.* http.*",
        "http.redirect_* http.portal* cert.name_mismatch tls.version_mismatch*",
    ),
    ("other address", ["--ipv4"], ["--host", OTHER_HOST], "tls.* cert.* h2.* http.*", "http.portal* http.redirect_*"),
]
VARIED = 140


def fits(code, patterns):
    return any(fnmatch.fnmatch(code, pattern) for pattern in patterns.split())


def loci_of(code):
    return next(loci for pattern, loci in LOCI if fnmatch.fnmatch(code, pattern))


@contextlib.contextmanager
def served(program, chosen, options=()):
    """A lab that serves the rows with its own options; ended by SIGTERM."""
    command = [program, *options, *(row["code"] for row in chosen)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield lab.Served(chosen, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)


def patience(row):
    """Seconds that a run may take, for rows that name none."""
    return ["-m", "8" if "timeout" in row["client"] else "5"]


def address_of(url):
    """host:port of a URL."""
    return url.split("://", 1)[1].split("/", 1)[0]


def arguments(world, row, every, options, lab_options):
    """What is given to httptrace, once a lab with these options runs."""
    lab_ = world.shared(("lab", *lab_options), lambda: served(world.lab, every, lab_options))
    url = lab_.url[row["code"]]
    given = [option for option in lab.options(row) if option != "URL"]
    if options == "resolve":
        host, port = address_of(url).rsplit(":", 1)
        options = ["--resolve", f"{host}:{port}:127.0.0.1"]
    elif "--host" in lab_options:
        host, port = address_of(url).rsplit(":", 1)
        options = [*options, "--resolve", f"{host}:{port}:{OTHER_HOST}"]
    return ["--noproxy", "*", *patience(row), "--cacert", lab_.ca, *given, *options, *lab.urls(row, url)]


def case_of(row, every, label="", options=(), lab_options=()):
    name = f"lab {row['code']}" + (f" [{label}]" if label else "")

    def make(world):
        return arguments(world, row, every, options, tuple(lab_options))

    if row["finding"] == "-":
        return healthy(name, make, note=row["help"])
    phase = () if row["phase"] == "-" else RACES.get(row["code"], row["phase"])
    codes = {row["finding"], *ALSO.get(row["finding"], ())}
    return fault(name, make, codes, phase, loci_of(row["code"]) or SERVER, note=row["help"])


def varied(every, seed):
    """Rows with other parameters, chosen by the seed, the same ones each time."""
    dice = random.Random(seed)
    fitting = [(row, v) for row in every for v in VARIANTS if fits(row["code"], v[3]) and not fits(row["code"], v[4])]
    # Alerts are many and alike: they are not to fill the choice.
    fitting = [pair for pair in fitting if not pair[0]["code"].startswith("tls.alert.") or dice.random() < 0.15]
    for row, (label, options, lab_options, _, _) in dice.sample(fitting, min(VARIED, len(fitting))):
        chosen = options(dice) if callable(options) else options
        yield case_of(row, every, label, chosen, lab_options)


def cases(world, seed, quick=False):
    every = lab.rows(world.lab)
    if quick:
        every = [row for row in every if "-time" not in row["client"]]
    yield from (case_of(row, every) for row in every)
    yield from varied(every, seed)
