# SPDX-License-Identifier: MIT
"""Secrets stay out of every output unless asked for; hostile bytes of the wire never reach a terminal raw."""

import base64
import re

import pytest

import run
from servers.faults import Fault, says
from servers.socks import Socks4, Socks5

WORD = "s3cr3t-w0rd"
BASIC = base64.b64encode(f"user:{WORD}".encode()).decode()
RAW_CONTROLS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")

SECRETS = [
    pytest.param(("-u", f"user:{WORD}"), "/", id="user"),
    pytest.param(("-H", f"Authorization: Bearer {WORD}"), "/", id="bearer"),
    pytest.param(("-H", f"Proxy-Authorization: Bearer {WORD}"), "/", id="proxy-authorization"),
    pytest.param(("-b", f"sid={WORD}"), "/", id="cookie"),
    pytest.param((), f"/?access_token={WORD}&q=1", id="query"),
]
FORMATS = [("--json", "--timeline"), (), ("-v",), ("-vv",), ("-vvv",)]


def hidden(result, *words):
    return not any(word.encode() in stream for word in words for stream in (result.stdout, result.stderr))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: "+".join(form) or "text")
@pytest.mark.parametrize("options, path", SECRETS)
@pytest.mark.parametrize("port", ["plain", "tls"])
def test_masked(port, options, path, form, goserver, pki):
    result = run.raw("--cacert", pki.ca, *form, *options, goserver.url(port, path))
    assert result.exit_code == 0, result.explain("did not succeed")
    assert hidden(result, WORD, BASIC), result.explain("a secret in the open")


@pytest.mark.parametrize("options, path", SECRETS)
def test_shown_when_asked(options, path, goserver):
    result = run.raw("--json", "--show-secrets", *options, goserver.url("plain", path))
    assert not hidden(result, WORD, BASIC), result.explain("--show-secrets shows nothing")


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: "+".join(form) or "text")
def test_user_info_of_the_url(form, goserver):
    url = goserver.url("plain").replace("http://", f"http://user:{WORD}@")
    assert hidden(run.raw(*form, url), WORD, BASIC)
    shown = run.raw("--json", "--show-secrets", url)
    assert not hidden(shown, WORD)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: "+".join(form) or "text")
@pytest.mark.parametrize("port", ["plain", "tls"])
def test_set_cookie(port, form, goserver, pki):
    result = run.raw("--cacert", pki.ca, *form, goserver.url(port, "/cookie"))
    assert hidden(result, "s3ss10n-v4lu3"), result.explain("a cookie in the open")


def test_cookie_keeps_its_name(goserver):
    result = run.trace(goserver.url("plain", "/cookie"))
    (value,) = run.fields(result.exchange["response"]["headers"], "set-cookie")
    assert value.startswith("sid=") and "Path=/" in value


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: "+".join(form) or "text")
def test_proxy_password(form, squid, nginx, pki):
    proxy = squid.url("password").replace("http://", f"http://user:{WORD}@")
    result = run.raw("--cacert", pki.ca, *form, "-x", proxy, nginx.url("tls"))
    assert hidden(result, WORD, BASIC), result.explain("the proxy's password in the open")
    given = run.raw("--cacert", pki.ca, *form, "-U", f"user:{WORD}", "-x", squid.url("password"), nginx.url("tls"))
    assert hidden(given, WORD, BASIC), given.explain("the proxy's password in the open")


DUMP_LINE = re.compile(rb" [0-9a-f]{4}:((?: [0-9a-f]{2})+) ")


def as_bytes(stream):
    """What hex dumps and fields of hex in an output stand for, each as one run of hex digits."""
    dump = b"".join(line.replace(b" ", b"") for line in DUMP_LINE.findall(stream))
    return (stream, dump)


def hidden_as_hex(result, *words):
    streams = [form for stream in (result.stdout, result.stderr) for form in as_bytes(stream)]
    return not any(word.encode().hex().encode() in stream.lower() for word in words for stream in streams)


NAME = "n4m3-of-us3r"


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: "+".join(form) or "text")
@pytest.mark.parametrize("password", [WORD, "another one"], ids=["right", "wrong"])
def test_socks5_sign_in(form, password, nginx, tmp_path):
    record = tmp_path / "record"
    with Socks5(user=NAME, password=password) as socks:
        proxy = f"socks5h://{NAME}:{WORD}@127.0.0.1:{socks.port}"
        live = run.raw(*form, "--record", record, "-x", proxy, nginx.url("plain"))
    again = run.raw(*form, "--read", record)
    assert WORD.encode().hex().encode() in record.read_bytes(), "the sign-in was not tapped"
    for result in (live, again):
        assert hidden(result, WORD, BASIC) and hidden_as_hex(result, WORD, NAME), result.explain("a secret in the open")
    shown = run.raw("--json", "--timeline", "--show-secrets", "--read", record)
    assert not hidden(shown, WORD), "--show-secrets shows nothing"
    assert again.stdout == live.stdout


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: "+".join(form) or "text")
@pytest.mark.parametrize("scheme", ["socks4", "socks4a"])
def test_socks4_user_id(scheme, form, nginx, tmp_path):
    record = tmp_path / "record"
    with Socks4() as socks:
        proxy = f"{scheme}://{WORD}@127.0.0.1:{socks.port}"
        live = run.raw(*form, "-4", "--record", record, "-x", proxy, nginx.url("plain"))
        assert live.exit_code == 0 and socks.users == [WORD], live.explain("the user id was not sent")
    again = run.raw(*form, "--read", record)
    for result in (live, again):
        assert hidden(result, WORD) and hidden_as_hex(result, WORD), result.explain("a secret in the open")
    assert not hidden(run.raw("--json", "--timeline", "--show-secrets", "--read", record), WORD)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: "+".join(form) or "text")
def test_failed_transfer_masks_its_url(form):
    assert hidden(run.raw(*form, f"http://user:{WORD}@127.0.0.1:1/?token={WORD}"), WORD, BASIC)


def test_redirect_with_a_secret():
    answer = f"HTTP/1.1 302 Found\r\nLocation: /next?token={WORD}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with Fault(says(answer.encode())) as fault:
        for form in FORMATS:
            assert hidden(run.raw(*form, fault.url()), WORD), form


HOSTILE = (
    b"HTTP/1.1 200 O\x1b[31mK\r\nX-Evil: \x1b]0;owned\x07 \xe2\x80\xae flip \xc2\x9b2J\r\n"
    b"X-Raw: \xff\xfe\r\nX-Log: ::error::owned\r\nContent-Length: 6\r\n\r\nhello\n"
)


@pytest.mark.parametrize("form", [*FORMATS, ("-v", "--json")], ids=lambda form: "+".join(form) or "text")
def test_hostile_text_is_made_harmless(form):
    with Fault(says(HOSTILE)) as fault:
        result = run.raw(*form, fault.url())
    for stream in (result.stdout, result.stderr):
        found = RAW_CONTROLS.search(stream)
        assert not found, result.explain(f"raw {found.group()!r} at {found.start()}")
        stream.decode("utf-8")
        assert not any(line.lstrip().startswith(b"::") for line in stream.splitlines())


def test_json_holds_bytes_that_are_no_utf8():
    with Fault(says(HOSTILE)) as fault:
        result = run.trace(fault.url())
    assert run.fields(result.exchange["response"]["headers"], "x-raw") == ["\\xff\\xfe"]


def test_record_holds_secrets_and_is_private(goserver, tmp_path):
    record = tmp_path / "record"
    result = run.trace("-u", f"user:{WORD}", "--record", record, goserver.url("plain", "/basic"))
    assert record.stat().st_mode & 0o777 == 0o600
    assert hidden(result, WORD, BASIC)
    assert hidden(run.raw("--json", "--read", record), WORD, BASIC)
    assert not hidden(run.raw("--json", "--show-secrets", "--read", record), BASIC)
