#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""compare_curl.py PROGRAM: PROGRAM and `curl --libcurl -` make the same settings of the same options. 77: no such curl."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

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
    # Authentication.
    "--aws-sigv4 aws:amz", "--aws-sigv4 a --oauth2-bearer t --digest", "--oauth2-bearer a --oauth2-bearer b",
    "--oauth2-bearer t -u a:b", "--anyauth --no-anyauth", "--ntlm-wb -u a:b", "--ntlm --ntlm-wb", "--negotiate -u :",
    "--delegation policy", "--delegation ALWAYS", "--disallow-username-in-url", "--netrc", "--netrc-optional",
    "--netrc-file f", "--netrc-file f --netrc-optional", "--netrc --netrc-optional", "--netrc-optional --netrc",
    "--netrc --no-netrc", "--netrc-optional --no-netrc-optional", "--service-name n", "--proxy-service-name n",
    "--socks5-gssapi-service n",
    # The request.
    "--alt-svc f", "--alt-svc f --alt-svc g", "-c j", "--cookie-jar -", "--crlf", "--expect100-timeout 1.5",
    "--haproxy-protocol", "--hsts f", "--ignore-content-length", "-j", "-j --no-junk-session-cookies", "--post301",
    "--post302", "--post303", "--post301 --post302 --post303 --no-post302", "-r 5", "-r 5x", "-r -5", "-r 5-10,20",
    "-e x;auto", "-e ;auto", "-e x;auto -e y", "-e x -e ;auto", "--tr-encoding", "--tr-encoding --no-tr-encoding",
    # Sockets and limits.
    "--happy-eyeballs-timeout-ms 100", "--keepalive-time 5", "--keepalive-time 0", "--limit-rate 1k",
    "--limit-rate 99K", "--limit-rate 100K", "--limit-rate 1M", "--limit-rate 1G", "--limit-rate 7B",
    "--local-port 1000", "--local-port 1000-1010", "--local-port 5-5", "--max-filesize 1k", "--max-filesize 2G",
    "--proto =http", "--proto -all,http", "--proto =http,https", "--proto =x,http", "--proto =HTTP",
    "--proto-redir =http", "--proto-redir =https --proto =http", "--proto-default https", "--proto-default ftp",
    "-Y 10", "-y 10", "-Y 10 -y 5", "-y 5 -Y 10", "--tcp-fastopen", "--no-tcp-nodelay", "--tcp-nodelay",
    "--unix-socket s --abstract-unix-socket t", "--abstract-unix-socket t --unix-socket s", "-m 1e1", "-m 1.001",
    "-m 0x10", "-m 5.", "-m .29", "--connect-timeout 0.999", "--doh-cert-status", "--doh-url https://x/",
    # Proxies; the name of none is ever looked up.
    "--preproxy socks5://127.0.0.1:1", "--proxy-anyauth", "--proxy-basic --proxy-digest", "--proxy-ntlm",
    "--proxy-negotiate", "--proxy-anyauth --proxy-basic", "--proxy-basic --proxy-anyauth --no-proxy-anyauth",
    "--proxy-header a:b", "--proxy1.0 127.0.0.1:1", "--proxy1.0 127.0.0.1:1 -x 127.0.0.1:2",
    "-x 127.0.0.1:2 --proxy1.0 127.0.0.1:1", "--socks4 127.0.0.1:1", "--socks4a 127.0.0.1:1", "--socks5 127.0.0.1:1",
    "--socks5-hostname 127.0.0.1:1", "--socks5 127.0.0.1:1 -x 127.0.0.1:2", "--socks5-basic", "--socks5-gssapi",
    "--socks5-basic --socks5-gssapi", "--socks5-gssapi --no-socks5-gssapi", "--socks5-gssapi-nec",
    "--suppress-connect-headers",
    # TLS, with a proxy and without.
    "--proxy-capath x --capath c", "--capath c --proxy-capath x", "--crlfile c", "--crlfile c --proxy-crlfile x",
    "--proxy-crlfile x --crlfile c", "--proxy-cert x:y", "--proxy-cert-type DER", "--proxy-ciphers x",
    "--proxy-key k", "--proxy-key-type DER", "--proxy-pass p", "--proxy-ssl-allow-beast",
    "--proxy-ssl-auto-client-cert --proxy-ssl-allow-beast", "--proxy-tls13-ciphers x", "--proxy-tlsuser u",
    "--proxy-tlspassword p", "--proxy-tlsv1 -x https://127.0.0.1:1", "--cert-type DER", "--key-type ENG",
    "--key pkcs11:x", "-E pkcs11:x", "-E pkcs11:x --cert-type PEM", "-E data:x", "--pinnedpubkey x",
    "--ssl-allow-beast", "--ssl-auto-client-cert", "--ssl-no-revoke", "--ssl-revoke-best-effort",
    "--ssl-allow-beast --ssl-no-revoke", "--ssl-allow-beast --no-ssl-allow-beast", "--tlsauthtype srp",
    "--tlsuser u --tlspassword p",
    # What has no effect.
    "--sslv2", "-3", "--npn", "--no-npn", "--compressed-ssh", "--random-file f", "--egd-file f",
]
# Words that hold spaces or that the two spell differently.
SPECIAL = {
    "@json": (["--json-data", "{", "--json-data", "}"], ["--json", "{", "--json", "}"]),
    "@empty": (["-A", "", "-d", "", "-d", "x"],) * 2,
}
SYMBOLS = {
    "CURLHEADER_SEPARATE": 1, "CURLGSSAPI_DELEGATION_POLICY_FLAG": 1, "CURLGSSAPI_DELEGATION_FLAG": 2,
    "CURL_REDIR_POST_301": 1, "CURL_REDIR_POST_302": 2, "CURL_REDIR_POST_303": 4,
    "CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE": 5,
    "CURL_IPRESOLVE_V4": 1, "CURL_IPRESOLVE_V6": 2, "CURL_SSLVERSION_TLSv1": 1, "CURL_SSLVERSION_TLSv1_0": 4,
    "CURL_SSLVERSION_TLSv1_1": 5, "CURL_SSLVERSION_TLSv1_2": 6, "CURL_SSLVERSION_TLSv1_3": 7,
    "CURL_SSLVERSION_MAX_TLSv1_2": 6 << 16, "CURL_SSLVERSION_MAX_TLSv1_3": 7 << 16,
}
# What serves the curl tool's own output, and what curl does not print because it is libcurl's default.
IGNORED = {"FILETIME", "NOPROGRESS"}
LIBCURL_DEFAULTS = {("FOLLOWLOCATION", "0"), ("FAILONERROR", "0"), ("SSL_VERIFYPEER", "1"), ("SSL_VERIFYHOST", "2"), ("TCP_KEEPALIVE", "0"),
                    ("BUFFERSIZE", "102400"), ("COOKIESESSION", "0"), ("TRANSFER_ENCODING", "0"),
                    ("PROTOCOLS_STR", "http,https")}
# Two names of one constant.
SAME = {"CURLAUTH_GSSNEGOTIATE": "CURLAUTH_NEGOTIATE", "CURLAUTH_GSSAPI": "CURLAUTH_NEGOTIATE"}
# What curl 7.88 has no names for, and what stands for no bit at all.
UNNAMED = {
    "64UL": ["CURLAUTH_BEARER"], "128UL": ["CURLAUTH_AWS_SIGV4"], "192UL": ["CURLAUTH_AWS_SIGV4", "CURLAUTH_BEARER"],
    "CURLAUTH_NONE": [],
}
# Those whose values are or'ed: curl prints names of bits in a row, or one number.
NAMED_BITS = {"HTTPAUTH", "SOCKS5_AUTH", "SSL_OPTIONS", "PROXY_SSL_OPTIONS"}
SUMMED = {"SSLVERSION", "POSTREDIR"}
URL = "http://127.0.0.1:1/"
SCRATCH = tempfile.TemporaryDirectory()  # some options make files
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
    return str(SYMBOLS.get(text, SAME.get(text, text)))


def curl_settings(words):
    out = subprocess.run(["curl", "-q", "--libcurl", "-", *words, URL], env=environment(), capture_output=True,
                         text=True, timeout=20, stdin=subprocess.DEVNULL, cwd=SCRATCH.name)
    source = re.sub(r" \|\s+", " | ", out.stdout)
    lists, found = {}, set()
    for name, text in re.findall(r'(slist\d+) = curl_slist_append\(slist\d+, "(.*)"\);', source):
        lists.setdefault(name, []).append(unquote(text))
    for name, text in re.findall(r"curl_easy_setopt\(hnd, CURLOPT_(\w+), (.*)\);", source):
        parts = text.split(" | ") if name in NAMED_BITS else [text]
        values = lists.get(text, [value_of(part) for part in parts])
        for value in values:
            found |= {(name, bit) for bit in UNNAMED.get(value, [value])}
    if not found:
        raise SystemExit(f"curl {words}: {out.stderr}")
    return found


def our_settings(program, words):
    out = subprocess.run([program, *words, URL], env=environment(), capture_output=True, text=True, timeout=20,
                         stdin=subprocess.DEVNULL, check=True)
    found, sums = set(), {}
    for line in out.stdout.splitlines():
        name, value = line.split("\t", 1)
        if name in SUMMED:
            sums[name] = sums.get(name, 0) | SYMBOLS[value]
        else:
            found.add((name.replace("COPYPOSTFIELDS", "POSTFIELDS"), str(SYMBOLS.get(value, SAME.get(value, value)))))
    return found | {(name, str(value)) for name, value in sums.items()}


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
