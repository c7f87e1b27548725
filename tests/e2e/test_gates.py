# SPDX-License-Identifier: MIT
"""Gates and the early word: --fail-on, --ci, --ignore, --expect, --list-findings, --explain, --give-up-early, `!` lines."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import pytest

import run
from checks import check_healthy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lab"))
import lab  # pylint: disable=wrong-import-position

FINDING, EXPECT, TIMEOUT = 100, 101, 28
BEHAVIOURS = (
    "healthy.h1",
    "healthy.h2",
    "healthy.redirect",
    "http.status.404",
    "http.gateway_error.502",
    "tls.mute",
    "tls.alert.handshake_failure",
    "h2.no_settings",
)


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    program = os.environ.get("HTTPTRACE_LAB")
    if not program:
        pytest.skip("SKIP: HTTPTRACE_LAB does not name the lab")
    chosen = lab.choose(lab.rows(program), BEHAVIOURS)
    with lab.serve(program, chosen, tmp_path_factory.mktemp("lab")) as served:
        yield served


def trace(origin, *args):
    return run.trace("--noproxy", "*", "--cacert", origin.ca, *args)


def lines_of(result, begin):
    return [line for line in result.errors.splitlines() if line.startswith(begin)]


def codes(result):
    return [finding["code"] for finding in result.report["findings"]]


# ---- --fail-on, --ci, --ignore ----


@pytest.mark.parametrize(
    "args,behaviour,code",
    [
        ((), "http.status.404", 0),
        (("--fail-on", "info"), "http.status.404", FINDING),
        (("--fail-on", "notice"), "http.status.404", FINDING),
        (("--fail-on", "warning"), "http.status.404", 0),
        (("--fail-on", "warning"), "http.gateway_error.502", FINDING),
        (("--fail-on", "error"), "http.gateway_error.502", 0),
        (("--ci",), "http.gateway_error.502", 0),
        (("--ci", "--fail-on", "warning"), "http.gateway_error.502", FINDING),
        (("--ci",), "healthy.h1", 0),
        (("--fail-on", "warning"), "healthy.h2", 0),
        # libcurl's own code, unless a gate was asked for
        ((), "tls.alert.handshake_failure", 35),
        (("--ci",), "tls.alert.handshake_failure", FINDING),
        (("-f",), "http.status.404", 22),
    ],
)
def test_fail_on(origin, args, behaviour, code):
    result = trace(origin, *args, origin.url[behaviour])
    assert result.exit_code == code, result.explain(f"expected exit {code}")
    assert result.report["outcome"]["exit_code"] == code, result.explain("the report tells another exit code")


def test_quiet_names_the_finding(origin):
    url = origin.url["http.status.404"]
    result = run.raw("--quiet", "--fail-on", "notice", "--noproxy", "*", url)
    assert result.exit_code == FINDING and result.stdout == b""
    assert result.stderr.startswith(b"httptrace: (100) http.status: The request was not accepted") and result.stderr.count(b"\n") == 1


def test_ignored_findings_are_not_there(origin):
    url = origin.url["http.status.404"]
    assert "http.status" in codes(trace(origin, url))
    for pattern in ("http.status", "http.*", "*"):
        result = trace(origin, "--fail-on", "info", "--ignore", pattern, url)
        assert "http.status" not in codes(result) and result.exit_code == 0, result.explain(pattern)
    result = trace(origin, "--fail-on", "info", "--ignore", "tls.*", url)
    assert "http.status" in codes(result) and result.exit_code == FINDING


def test_ci_output_is_plain(origin):
    env = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    result = run.raw("--ci", "-v", "--noproxy", "*", origin.url["http.status.404"], env=env)
    assert result.stdout and result.stderr
    assert (result.stdout + result.stderr).isascii(), result.explain("a log gets ASCII")
    assert b"\x1b" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    "args,words",
    [
        (("--fail-on", "loud"), "info, notice, warning or error"),
        (("--ignore", "http.statsu"), "the nearest is http.status"),
        (("--ignore", "htpt.*"), "the nearest is http.*"),
        (("--explain", "tls.hello_rerty"), "the nearest is tls.hello_retry"),
        (("--expect", "status"), "has no operator"),
        (("--expect", "statsu=200"), 'unknown subject "statsu"; the nearest is status'),
        (("--expect", "status=ok"), 'expected a whole number after =, got "ok"'),
        (("--expect", "tls~1"), "~ does not fit tls"),
        (("--expect", "phase.wait<300"), "as in 300ms"),
        (("--expect", "finding!=tsl.*"), "the nearest is tls.*"),
    ],
)
def test_usage_errors(args, words):
    result = run.raw(*args, "http://localhost/")
    assert result.exit_code == run.USAGE and result.stdout == b"", result.explain("a usage error")
    assert words in result.errors and len(result.errors.splitlines()) == 1, result.explain(words)
    assert f"option {args[0]}: " in result.errors


# ---- --expect ----


def test_expect_that_holds(origin):
    checks = [
        "status=200",
        "http=2",
        "tls>=1.3",
        "alpn=h2",
        "issuer~lab",
        "cert.days_left>=14",
        "phase.wait<20s",
        "finding!=tls.alert.*",
        "reused=no",
        "redirects=0",
        "proxy=none",
        "ip~1",
        "body.bytes>=1",
        "verdict=ok",
        "cert.san=localhost",
        "header.content-type~text",
    ]
    args = [word for check in checks for word in ("--expect", check)]
    result = trace(origin, *args, origin.url["healthy.h2"])
    check_healthy(result)
    assert [(e["check"], e["ok"]) for e in result.report["expect"]] == [(check, True) for check in checks]
    assert result.stderr == b"", result.explain("nothing to say")


def test_expect_that_fails(origin):
    result = trace(
        origin,
        "--expect",
        "status=200",
        "--expect",
        "http=1.1",
        "--expect",
        "header.x-none=1",
        origin.url["http.status.404"],
    )
    assert result.exit_code == EXPECT and result.report["outcome"]["exit_code"] == EXPECT
    assert result.report["outcome"]["curl_code"] == 0
    assert result.errors.splitlines() == [
        "expect failed: status=200: got 404",
        "expect failed: header.x-none=1: got none",
    ]
    assert result.report["expect"] == [
        {"check": "status=200", "ok": False, "got": "404"},
        {"check": "http=1.1", "ok": True, "got": "1.1"},
        {"check": "header.x-none=1", "ok": False, "got": "none"},
    ]


def test_expect_in_the_text_report(origin):
    result = run.raw("--noproxy", "*", "--expect", "status=200", "--expect", "http=1.1", origin.url["http.status.404"])
    assert "expect failed: status=200: got 404\n" in result.text and "expect ok: http=1.1\n" in result.text
    assert "exit 101 (an --expect did not hold)" in result.text


def test_expect_of_a_failed_transfer(origin):
    result = trace(origin, "--expect", "status=200", "--expect", "total<20s", origin.url["tls.alert.handshake_failure"])
    assert result.exit_code == EXPECT and result.report["outcome"]["curl_code"] == 35
    assert result.errors.splitlines() == ["expect failed: status=200: got nothing"]
    assert result.report["expect"][0] == {"check": "status=200", "ok": False, "got": None}


def test_expect_outranks_fail_on(origin):
    url = origin.url["http.status.404"]
    assert trace(origin, "--fail-on", "notice", "--expect", "status=200", url).exit_code == EXPECT
    assert trace(origin, "--fail-on", "notice", "--expect", "status=404", url).exit_code == FINDING


def test_absent_without_expect(origin):
    assert "expect" not in trace(origin, origin.url["healthy.h1"]).report


def test_several_urls_each_have_their_own_code(origin):
    good, bad = origin.url["healthy.h1"], origin.url["http.status.404"]
    result = trace(origin, "--expect", "status=200", bad, good)
    assert [report["outcome"]["exit_code"] for report in result.reports] == [EXPECT, 0]
    assert result.exit_code == EXPECT, result.explain("a gate that was missed once counts")
    assert result.errors.splitlines() == [f"expect failed: status=200: got 404 ({bad})"]
    result = trace(origin, "--fail-on", "notice", "--expect", "redirects=0", bad, good)
    assert [report["outcome"]["exit_code"] for report in result.reports] == [FINDING, 0] and result.exit_code == FINDING


def test_side_by_side_an_error_stays(origin):
    bad, good = origin.url["tls.alert.handshake_failure"], origin.url["healthy.h2"]
    result = trace(origin, "-Z", "--parallel-max", "1", bad, good)
    assert [report["outcome"]["exit_code"] for report in result.reports] == [35, 0] and result.exit_code == 35
    assert trace(origin, bad, good).exit_code == 0
    result = trace(origin, "-Z", *[good] * 4)
    assert len(result.reports) == 4 and result.exit_code == 0
    assert len({report["connections"][0]["remote"] for report in result.reports}) == 1


def test_a_record_meets_the_same_gates(origin, tmp_path):
    record = tmp_path / "record"
    args = ("--expect", "status=200", "--expect", "cert.days_left>=14", "--expect", "total<20s", "--ci")
    live = trace(origin, *args, "--record", record, origin.url["healthy.h2"])
    again = run.trace(*args, "--read", record)
    assert again.exit_code == live.exit_code == 0
    assert again.report == live.report
    assert run.trace("--read", record, "--expect", "status=404").exit_code == EXPECT


# ---- the catalogue ----


def test_list_and_explain():
    listed = run.raw("--list-findings")
    names = [line.split()[0] for line in listed.text.splitlines()]
    assert listed.exit_code == 0 and "failed.unexplained" in names and len(names) == len(set(names)) > 50
    for name in names:
        explained = run.raw("--explain", name)
        assert explained.exit_code == 0 and explained.text.startswith(f"{name}: "), explained.explain(name)
        assert "severity" in explained.text and "locus" in explained.text


def test_generated_findings_have_every_code():
    text = run.raw("--generate", "findings").text
    for line in run.raw("--list-findings").text.splitlines():
        assert f"\n### {line.split()[0]}\n" in text


# ---- the early word ----


def told(result):
    """What the `!` lines say: (milliseconds, code)."""
    found = [re.match(r"! *(\d+\.\d+) \w* *(\S+): ", line) for line in lines_of(result, "!")]
    assert all(found), result.explain("a line that is no finding")
    return [(float(match.group(1)), match.group(2)) for match in found]


def test_every_finding_has_its_line(origin):
    for behaviour in ("http.status.404", "tls.alert.handshake_failure", "healthy.redirect"):
        result = trace(origin, "-v", "-L", origin.url[behaviour])
        assert sorted(code for _, code in told(result)) == sorted(codes(result)), result.explain(behaviour)


def test_nothing_is_told_without_v(origin):
    assert trace(origin, origin.url["http.status.404"]).stderr == b""


def test_early_word_and_giving_up(origin, tmp_path):
    record = tmp_path / "record"
    args = ("-v", "-m", "20", "--give-up-early")
    begin = time.monotonic()
    result = trace(origin, *args, "--record", record, origin.url["h2.no_settings"])
    assert time.monotonic() - begin < 15, result.explain("waited although it was clear why")
    assert result.exit_code == TIMEOUT, result.explain("ends as a timeout does")
    assert result.report["outcome"]["curl_error"] == "gave up early: h2.no_settings"
    assert "h2.no_settings" in codes(result) and result.report["verdict"]["phase"] == "wait"
    (moment, code), *_ = told(result)
    assert code == "h2.no_settings" and moment * 1000 <= result.report["duration_us"] + 1000
    again = run.trace("-v", "--read", record)
    assert again.report == result.report and again.exit_code == TIMEOUT
    text = run.raw("--read", record).text
    assert "exit 28 (gave up early: h2.no_settings)" in text


def test_without_the_option_it_waits(origin):
    result = trace(origin, "-v", "-m", "6", origin.url["h2.no_settings"])
    assert result.exit_code == TIMEOUT and result.report["duration_us"] >= 5_900_000
    moments = {code: moment for moment, code in told(result)}
    assert moments["h2.no_settings"] < 5500, result.explain("told only at the end")


def test_a_healthy_transfer_is_not_given_up(origin):
    check_healthy(trace(origin, "--give-up-early", f"{origin.url['healthy.h1']}bytes/30000000"))


DROPPED_URL = "https://127.0.0.1:40443/"
DROP = "table inet t { chain c { type filter hook input priority 0; tcp dport 40443 meta length > 100 drop; }; }\n"


def inside(namespace, *command, **options):
    return subprocess.run([*namespace, *command], capture_output=True, check=False, timeout=30, **options)


@contextlib.contextmanager
def made_namespace():
    """A network namespace of its own whose port 40443 gets no packet with more than 100 bytes."""
    name = f"httptrace-gates-{os.getpid()}"
    if inside([], "ip", "netns", "add", name).returncode != 0:
        pytest.skip("SKIP: no network namespace can be made")
    namespace = ["ip", "netns", "exec", name]
    try:
        inside(namespace, "ip", "link", "set", "lo", "up")
        filtered = inside(namespace, "nft", "-f", "-", input=DROP, text=True)
        if filtered.returncode != 0:
            pytest.skip(f"SKIP: no packet filter: {filtered.stderr.strip()}")
        yield namespace
    finally:
        inside([], "ip", "netns", "del", name)


@pytest.fixture
def dropping():
    """The words before a command that is to run where ClientHellos are dropped on their way to a lab."""
    program = os.environ.get("HTTPTRACE_LAB")
    if os.geteuid() != 0 or not program or not shutil.which("ip") or not shutil.which("nft"):
        pytest.skip("SKIP: needs root, ip, nft and the lab")
    with made_namespace() as namespace:
        serving = [*namespace, program, "--port", "40443", "--host", "127.0.0.1", "healthy.h2"]
        with subprocess.Popen(serving, stdout=subprocess.PIPE, text=True) as served:
            try:
                for _ in range(2):
                    served.stdout.readline()
                yield namespace
            finally:
                served.terminate()


def test_a_dropped_client_hello_is_told_while_it_waits(dropping):
    args = ["--json", "-v", "-k", "-m", "6", DROPPED_URL]
    result = run.finish(args, inside(dropping, run.program(), *args, env=run.environment()))
    assert result.exit_code == TIMEOUT and "tls.ch_dropped" in codes(result), result.explain("dropped")
    moments = {code: moment for moment, code in told(result)}
    assert moments["tls.ch_dropped"] < 5000, result.explain("told only at the end")


def test_a_word_too_early_is_taken_back(dropping, tmp_path):
    args = ["--json", "-v", "-k", "-m", "20", DROPPED_URL]
    with open(tmp_path / "out", "wb") as out:
        process = subprocess.Popen(
            [*dropping, run.program(), *args], stdout=out, stderr=subprocess.PIPE, env=run.environment()
        )
        with process:
            errors = b""
            for line in process.stderr:
                errors += line
                if line.startswith(b"!") and b"tls.ch_dropped: No Server Hello" in line:
                    inside(dropping, "nft", "flush", "ruleset")
    done = subprocess.CompletedProcess(args, process.returncode, (tmp_path / "out").read_bytes(), errors)
    result = run.finish(args, done)
    assert result.exit_code == 0 and "tls.ch_dropped" not in codes(result), result.explain("it went on")
    told_lines = [line for line in lines_of(result, "!") if "tls.ch_dropped" in line]
    assert len(told_lines) == 2 and "taken back" in told_lines[1], result.explain("told and taken back")
