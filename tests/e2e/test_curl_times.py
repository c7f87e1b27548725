# SPDX-License-Identifier: MIT
"""The phases held against the times that libcurl itself measured for the same transfer (CURLINFO_*_TIME_T)."""

import pytest

import run
from checks import check_healthy

TOLERANCE_US = 2000
TOLERANCE_SHARE = 0.05

# The phase that ends when libcurl's clock says so.
ENDS = (("connect", "connect_us"), ("tls", "appconnect_us"), ("wait", "starttransfer_us"), ("response", "total_us"))


def close(told, measured):
    return abs(told - measured) <= max(TOLERANCE_US, TOLERANCE_SHARE * measured)


def check_times(result):
    times = result.report["outcome"]["curl_times"]
    for name, clock in ENDS:
        phase = run.phase(result.exchange, name)
        if phase is None or phase["outcome"] != "ok":
            continue
        end = phase["start_us"] + phase["duration_us"]
        assert close(end, times[clock]), result.explain(
            f"{name} ends at {end} us, libcurl's {clock} says {times[clock]}"
        )
    assert close(result.report["duration_us"], times["total_us"])


def settled(attempt):
    """A loaded machine may stop a process between two clocks: three runs, and one must be close."""
    for left in (2, 1, 0):
        result = attempt()
        check_healthy(result)
        try:
            check_times(result)
            return
        except AssertionError:
            if left == 0:
                raise


@pytest.mark.parametrize(
    "port, path, options",
    [
        ("plain", "/hello.txt", ()),
        ("tls", "/hello.txt", ()),
        ("tls", "/hello.txt", ("--http1.1",)),
        ("tls", "/large.bin", ()),
        ("tls12", "/hello.txt", ()),
        ("h2c", "/hello.txt", ("--http2-prior-knowledge",)),
    ],
)
def test_nginx(port, path, options, nginx, pki):
    settled(lambda: run.trace("--cacert", pki.ca, *options, nginx.url(port, path)))


@pytest.mark.parametrize("path", ["/slow?ms=200", "/drip?n=4&ms=50"])
@pytest.mark.parametrize("port", ["plain", "tls"])
def test_go(port, path, goserver, pki):
    settled(lambda: run.trace("--cacert", pki.ca, goserver.url(port, path)))


def test_through_a_proxy(squid, nginx, pki):
    settled(lambda: run.trace("--cacert", pki.ca, "-x", squid.url("open"), nginx.url("tls", "/hello.txt")))
