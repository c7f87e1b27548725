# SPDX-License-Identifier: MIT
"""What a healthy report looks like, said once."""

import run

HARMLESS = ("info", "notice")
PHASES = ("queue", "resolve", "connect", "proxy", "tls", "request", "wait", "response")


def check_phases(result, exchange):
    """Known names in their order, and contiguous: each begins where the one before it ended."""
    phases = exchange["phases"]
    names = [p["name"] for p in phases]
    assert names == [name for name in PHASES if name in names], result.explain(f"phases out of order: {names}")
    ran = [p for p in phases if p["outcome"] not in ("skipped", "reused")]
    for before, after in zip(ran, ran[1:]):
        assert before["start_us"] + before["duration_us"] == after["start_us"], result.explain(
            f"a gap between {before} and {after}"
        )
    assert all(p["duration_us"] >= 0 for p in phases)


def check_sum(result, exchange):
    """A fresh, successful exchange's phases add up to its duration."""
    check_phases(result, exchange)
    total = sum(p["duration_us"] for p in exchange["phases"])
    assert all(p["outcome"] in ("ok", "skipped") for p in exchange["phases"]), result.explain("a phase did not succeed")
    assert total == exchange["duration_us"], result.explain(
        f"phases add up to {total}, the exchange took {exchange['duration_us']}"
    )


def check_calm(result, report):
    """Nothing above notice is said of a healthy request."""
    loud = [f for f in report["findings"] if f["severity"] not in HARMLESS]
    assert not loud, result.explain(f"a false alarm: {loud}")
    assert report["verdict"]["status"] == "ok", result.explain("a healthy request is not ok")


def check_healthy(result, status=200, http_version=None):
    """One URL, one fresh exchange that went well."""
    report = result.report
    assert result.exit_code == 0, result.explain("did not succeed")
    assert report["outcome"]["curl_code"] == 0 and report["outcome"]["exit_code"] == 0
    assert report["outcome"]["http_status"] == status, result.explain(f"expected status {status}")
    exchange = result.exchange
    assert exchange["response"]["status"] == status
    assert exchange["response"]["complete"], result.explain("the answer is whole, and not said to be")
    if http_version is not None:
        assert exchange["http_version"] == http_version, result.explain(f"expected HTTP/{http_version}")
    check_sum(result, exchange)
    check_calm(result, report)
    return report


def check_failed(result, exit_code, phase=None):
    """A request that failed says where, in its phases and verdict, and ends with curl's code."""
    report = result.report
    assert result.exit_code == exit_code, result.explain(f"expected exit {exit_code}")
    assert report["outcome"]["curl_code"] == exit_code and report["outcome"]["exit_code"] == exit_code
    assert report["outcome"]["curl_error"], result.explain("no word of what failed")
    assert report["verdict"]["status"] != "ok", result.explain("a failed request is not ok")
    if report["exchanges"]:
        check_phases(result, report["exchanges"][-1])
    if phase is not None:
        failed = [p["name"] for p in report["exchanges"][-1]["phases"] if p["outcome"] == "failed"]
        assert failed == [phase], result.explain(f"expected the failure in {phase}, the report says {failed}")
        assert report["verdict"]["phase"] == phase, result.explain(f"the verdict names another phase than {phase}")
    return report


def one_tls(result):
    tls = result.connection["tls"]
    assert tls is not None, result.explain("no TLS told of")
    return tls


def header(result, name):
    return run.fields(result.exchange["response"]["headers"], name)
