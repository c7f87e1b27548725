#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""compare_curl.py PROGRAM: PROGRAM and `curl --libcurl -` make the same settings of the same options. 77: no such curl."""
import os
import re
import shutil
import subprocess
import sys

CASES = [
    "-L", "-L -L", "--no-location", "-k", "-k --no-insecure", "--compressed", "-0", "--http1.1", "--http2",
    "--http2-prior-knowledge", "-m 5", "-m 2.5", "-m .25", "--max-redirs -1", "--max-redirs 3", "-A x",
    "-e ref", "-X PUT", "-d a -d b", "-d a --data-raw @b", "--data-binary a -d b", "-u a:b", "-u a:", "-b a=b -b c=d",
    "-b jar", "-H A:b -H C;", "-4", "-6", "-4 -6", "--resolve h:1:127.0.0.1", "--connect-to a:1:b:2", "-x 127.0.0.1:1",
    "--noproxy q", "-U a:b -x 127.0.0.1:1", "-p -x 127.0.0.1:1", "--unix-socket /nonexistent",
    "--abstract-unix-socket nonexistent", "--no-alpn", "--no-keepalive", "--cacert c", "--capath d", "-E f:pw",
    "-E a\\:b:p:w", "-E f\\x", "--key k", "--pass p", "--ciphers A", "--tls13-ciphers B", "--curves C", "--tlsv1", "-1",
    "--tlsv1.0", "--tlsv1.1", "--tlsv1.2", "--tlsv1.3", "--tls-max 1.2", "--tls-max 1.3 --tls-max 1.2",
    "--tls-max 1.2 --tlsv1.1", "--tlsv1.3 --tlsv1.2", "--path-as-is", "--http0.9", "-g -s -S -i", "--interface lo",
    "-f", "--fail --no-fail", "--location-trusted -u a:b", "--anyauth -u a:b", "--basic -u a:b",
    "--digest -u a:b", "--digest --basic -u a:b", "--digest --basic --no-digest", "--cert-status", "--proxy-cacert c",
    "--proxy-insecure -x https://127.0.0.1:1",
    "-Lm5", "--max-t 5", "--MAX-TIME 5", "-I", "@json", "@empty",
]
# Words that hold spaces or that the two spell differently.
SPECIAL = {
    "@json": (["--json-data", "{", "--json-data", "}"], ["--json", "{", "--json", "}"]),
    "@empty": (["-A", "", "-d", "", "-d", "x"],) * 2,
}
SYMBOLS = {
    "CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE": 5,
    "CURL_IPRESOLVE_V4": 1, "CURL_IPRESOLVE_V6": 2, "CURL_SSLVERSION_TLSv1": 1, "CURL_SSLVERSION_TLSv1_0": 4,
    "CURL_SSLVERSION_TLSv1_1": 5, "CURL_SSLVERSION_TLSv1_2": 6, "CURL_SSLVERSION_TLSv1_3": 7,
    "CURL_SSLVERSION_MAX_TLSv1_2": 6 << 16, "CURL_SSLVERSION_MAX_TLSv1_3": 7 << 16,
}
# What serves the curl tool's own output, and what curl does not print because it is libcurl's default.
IGNORED = {"FILETIME", "NOPROGRESS"}
LIBCURL_DEFAULTS = {("FOLLOWLOCATION", "0"), ("FAILONERROR", "0"), ("SSL_VERIFYPEER", "1"), ("SSL_VERIFYHOST", "2"), ("TCP_KEEPALIVE", "0")}
URL = "http://127.0.0.1:1/"
SKIP = 77
# What --libcurl prints is source of no fixed form, and later tools spell values in other ways, look into files, and
# refuse numbers that this one takes: the comparison is with this one.
COMPARED = "7.88."


def environment():
    taken = {"CURL_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE", "CURL_HOME"}
    kept = {k: v for k, v in os.environ.items() if k not in taken and not k.lower().endswith("_proxy")}
    return {**kept, "HOME": "/nonexistent"}


def unquote(text):
    return re.sub(r"\\(.)", r"\1", text)


def value_of(text):
    """A value of curl's C source in the form that ours are compared in."""
    quoted = re.fullmatch(r'"(.*)"', text)
    if quoted:
        return unquote(quoted.group(1))
    text = re.sub(r"^\((long|curl_off_t)\)", "", text)
    text = re.sub(r"(?<=\d)L$", "", text)
    return str(SYMBOLS.get(text, text))


def curl_settings(words):
    out = subprocess.run(["curl", "-q", "--libcurl", "-", *words, URL], env=environment(), capture_output=True,
                         text=True, timeout=20, stdin=subprocess.DEVNULL)
    source = re.sub(r" \|\s+", " | ", out.stdout)
    lists, found = {}, set()
    for name, text in re.findall(r'(slist\d+) = curl_slist_append\(slist\d+, "(.*)"\);', source):
        lists.setdefault(name, []).append(unquote(text))
    for name, text in re.findall(r"curl_easy_setopt\(hnd, CURLOPT_(\w+), (.*)\);", source):
        parts = text.split(" | ") if name == "HTTPAUTH" else [text]
        values = lists.get(text, [value_of(part) for part in parts])
        found |= {(name, value) for value in values}
    if not found:
        raise SystemExit(f"curl {words}: {out.stderr}")
    return found


def our_settings(program, words):
    out = subprocess.run([program, *words, URL], env=environment(), capture_output=True, text=True, timeout=20,
                         stdin=subprocess.DEVNULL, check=True)
    found, version = set(), 0
    for line in out.stdout.splitlines():
        name, value = line.split("\t", 1)
        if name == "SSLVERSION":
            version |= SYMBOLS[value]
        else:
            found.add((name.replace("COPYPOSTFIELDS", "POSTFIELDS"), str(SYMBOLS.get(value, value))))
    return found | ({("SSLVERSION", str(version))} if version else set())


def added(settings, base):
    return {pair for pair in settings - base if pair[0] not in IGNORED and pair not in LIBCURL_DEFAULTS}


def reason_to_skip():
    """None where the curl installed is the one to compare with."""
    if not shutil.which("curl"):
        return "curl is not installed"
    version = subprocess.run(["curl", "-q", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    return None if version.startswith(COMPARED) else f"curl is {version}, the settings compared are of {COMPARED}x"


def main():
    reason = reason_to_skip()
    if reason:
        print(f"{reason}: skipped")
        return SKIP
    program, failed = sys.argv[1], 0
    our_base, curl_base = our_settings(program, []), curl_settings([])
    for case in CASES:
        ours, curls = SPECIAL.get(case, (case.split(), case.split()))
        left, right = added(our_settings(program, ours), our_base), added(curl_settings(curls), curl_base)
        if left != right:
            failed = 1
            print(f"{case}: ours {sorted(left - right)}, curl's {sorted(right - left)}")
    return failed


sys.exit(main())
