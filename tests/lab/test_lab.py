#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every behaviour of httptrace-lab, met by curl: the exit code, and what else curl can tell of it.

Usage: test_lab.py HTTPTRACE_LAB [PATTERN...]"""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tempfile

import lab

SKIP = 77
ALERT_LEVEL_FATAL = 2

# The first pattern that fits: exit codes curl may end with (they differ between its versions), then what
# --write-out's http_code must be, or None.
EXPECTED = [
    ("healthy.no_content", {0}, 204),
    ("healthy.*", {0}, 200),
    ("tcp.refused", {7}, None),
    ("tcp.syn_timeout", {28}, None),
    ("tcp.rst_after_accept", {7, 35}, None),
    ("tcp.fin_after_accept", {35}, None),
    ("tcp.mute", {28}, None),
    ("tls.mute", {28}, None),
    ("tls.stalled_*", {28}, None),
    ("tls.alert.certificate_expired", {60, 35}, None),
    ("tls.alert.certificate_required", {98, 35}, None),
    ("tls.alert.*", {35}, None),
    ("tls.version_low.*", {0}, 200),
    ("tls.hello_retry", {0}, 200),
    ("tls.weak_cipher", {0}, 200),
    ("tls.client_cert_required", {56, 98}, None),
    ("tls.*", {35}, None),
    ("cert.inspection_issuer*", {0}, 200),
    ("cert.weak_*", {0}, 200),
    ("cert.revoked", {91}, None),
    ("cert.*", {60}, None),
    ("alpn.no_overlap", {35}, None),
    ("alpn.lied", {16, 52, 56}, None),
    ("alpn.*", {0}, 200),
    ("http.no_response", {28}, None),
    ("http.empty", {52}, None),
    ("http.killed*", {56}, None),
    ("http.truncated*", {18}, 200),
    ("http.*stall*", {28}, 200),
    ("http.header_cut", {0, 8, 18, 56}, 200),
    ("http.header_oversize", {27, 56, 100}, 200),
    ("http.encoding_lie", {61}, 200),
    ("http.malformed.status_line", {1, 8}, None),
    ("http.malformed.status_code", {1, 8}, None),
    ("http.malformed.version", {1, 8}, None),
    ("http.malformed.no_colon", {8}, 200),
    ("http.malformed.nul", {8}, 200),
    ("http.malformed.length_conflict", {8, 18}, 200),
    ("http.malformed.length_and_chunked", {0, 8}, 200),
    ("http.malformed.length_*", {8}, 200),
    ("http.malformed.chunk_*", {56}, 200),
    ("http.malformed.*", {0, 8}, 200),
    ("http.status.*", {0}, None),
    ("http.gateway_error.*", {0}, None),
    ("http.misdirected", {0}, 421),
    ("http.plain_to_tls.400", {0}, 400),
    ("http.plain_to_tls.alert", {1, 8}, None),
    ("http.redirect_loop", {47}, 302),
    ("http.redirect_downgrade", {0}, 200),
    ("http.portal.511", {0}, 511),
    ("http.portal.api", {0}, 200),
    ("http.portal.*", {0}, 302),
    ("http.block_page.*", {0}, 403),
    ("h2.no_settings", {28}, None),
    ("h2.no_settings.fin", {16, 18, 52, 55, 56, 92}, None),
    ("h2.goaway_early.*", {16, 52, 55, 56, 92}, None),
    ("h2.refused_stream", {16, 56, 92}, None),
    ("h2.http11_required", {52, 56, 92}, None),
    ("h2.stream_error*", {92}, None),
    ("h2.truncated.end_stream", {92, 18}, 200),
    ("h2.truncated.fin", {18, 56, 92}, 200),
    ("h2.killed.mid_body", {55, 56}, 200),
    ("h2.stalled", {28}, 200),
    ("h2.no_response", {28}, None),
    ("h2.flow_control_stall*", {28}, None),
    # curl 7.88 calls these two a success: libcurl takes the broken stream for a finished one.
    ("h2.protocol_error.frame_size", {0, 16, 56, 92}, 200),
    ("h2.protocol_error.bad_padding", {0, 16, 56, 92}, 200),
    ("h2.protocol_error.nul_value", {0, 8, 92}, None),
    ("h2.protocol_error.status_late", {8, 92}, None),
    ("h2.protocol_error.no_status", {8, 92}, None),
    ("h2.protocol_error.*", {16, 52, 55, 56, 92}, None),
    ("h2.flood.ping", {16, 28, 55, 56}, None),
    ("h2.flood.settings", {16, 28, 55, 56}, None),
    ("h2.flood.empty_data", {16, 28, 56, 92}, 200),
    ("h2.flood.*", {16, 28, 52, 56, 92}, None),
    ("reuse.stale.h2_fin", {0, 16, 18, 55, 56, 92}, None),
    ("reuse.stale.*", {0}, 200),
    ("reuse.mute", {28}, None),
]

# What OpenSSL says of a certificate: X509_V_ERR_*.
VERIFY = {
    "cert.expired": {10},
    "cert.not_yet_valid": {9},
    "cert.self_signed": {18},
    "cert.untrusted": {20},
    "cert.untrusted.root_sent": {19},
    "cert.incomplete_chain": {20, 21},
    "cert.inspection_issuer": {0},
}


def curl(row, url, ca, folder):
    command = ["curl", "-q", "-sSv", "-w", "%{http_code} %{ssl_verify_result}\\n"]
    command += [item for _ in lab.urls(row, url) for item in ("-o", os.devnull)]
    return subprocess.run(command + lab.arguments(row, url, ca), capture_output=True, cwd=folder, timeout=30)


def check(row, url, ca, folder):
    """What is wrong, or None."""
    code = row["code"]
    expected = next(((exits, status) for pattern, exits, status in EXPECTED if fnmatch.fnmatch(code, pattern)), None)
    if not expected:
        return "no expectation in test_lab.py"
    done = curl(row, url, ca, folder)
    words = done.stdout.decode().split()
    verbose = done.stderr.decode(errors="replace")
    if done.returncode not in expected[0]:
        return f"curl ended with {done.returncode}, not one of {sorted(expected[0])}\n{verbose}"
    if expected[1] and int(words[0]) != expected[1]:
        return f"status {words[0]}, not {expected[1]}"
    if code in VERIFY and int(words[1]) not in VERIFY[code]:
        return f"verify result {words[1]}, not one of {sorted(VERIFY[code])}"
    alert = re.match(r"fatal alert (\d+) ", row["help"])
    if alert and f"({(ALERT_LEVEL_FATAL << 8) + int(alert[1])})" not in verbose:
        return f"alert {alert[1]} is not in curl's log\n{verbose}"
    return None


def check_rows(program, chosen, folder):
    with lab.serve(program, chosen, folder) as served:
        wrong = served.each(lambda row, url: check(row, url, served.ca, folder))
    if served.exit_code != 0:
        wrong.append(f"the lab ended with {served.exit_code} on SIGTERM")
    if os.path.exists(served.ca):
        wrong.append(f"{served.ca} was left behind")
    return wrong


def check_once(program, folder):
    ca = os.path.join(folder, "ca.pem")
    with subprocess.Popen([program, "--once", "--tls", "--ca-file", ca, "healthy.h1"], stdout=subprocess.PIPE, text=True) as server:
        server.stdout.readline()
        url = server.stdout.readline().split()[1]
        done = subprocess.run(["curl", "-qsS", "--noproxy", "*", "--cacert", ca, url + "bytes/100000"], capture_output=True, timeout=30)
        ended = server.wait(timeout=10)
    if not url.startswith("https://") or done.stdout != b"x" * 100000 or ended != 0:
        return [f"--once --tls: {url}, {len(done.stdout)} bytes, exit {ended}: {done.stderr.decode()}"]
    return []


def check_usage(program):
    wrong = []
    for arguments in ([], ["no.such.behaviour"], ["--port", "70000", "healthy.h1"], ["--no-such-option"]):
        ended = subprocess.run([program, *arguments], capture_output=True, timeout=10)
        if ended.returncode != 2 or not ended.stderr:
            wrong.append(f"{arguments}: exit {ended.returncode}, no usage error")
    return wrong


def main():
    program = os.path.abspath(sys.argv[1])
    if not shutil.which("curl"):
        print("curl is not installed: skipped")
        return SKIP
    every = lab.rows(program)
    codes = [row["code"] for row in every]
    chosen = lab.choose(every, sys.argv[2:])
    with tempfile.TemporaryDirectory() as folder:
        wrong = [f"{code} is listed twice" for code in set(codes) if codes.count(code) > 1]
        wrong += check_rows(program, chosen, folder) + check_once(program, folder) + check_usage(program)
    for line in wrong:
        print(line)
    print(f"{len(chosen)} behaviours, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
