# SPDX-License-Identifier: MIT
"""Every field that comes from the wire holds a secret or hostile bytes, and every format of --report is searched for them."""

import html.parser
import json
import pathlib
import re
import ssl
import sys
import xml.etree.ElementTree

import pytest

import run
from servers import hostile
from servers.faults import Fault

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "report"))
import prometheus_text  # pylint: disable=wrong-import-position
import tap14  # pylint: disable=wrong-import-position

SECRET, MARK = hostile.SECRET, hostile.MARK
BASIC = "aDFkZDNu"  # how base64 of the secret begins
# What a capture holds is the wire itself.
RAW_FORMATS = ("pcapng",)
RAW_CONTROLS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbb\xbf")
COMMANDS = re.compile(rb"^\s*(::|##\[|##vso|##teamcity)|::error title=planted|##vso\[task|##teamcity\[")
OWN_COMMAND = re.compile(rb"^::(error|warning|notice|group|endgroup|debug)( [^:]*)?::")
REQUEST = ("-u", f"user:{SECRET}", "-b", f"sid={SECRET}", "-H", f"X-Authorization: {MARK}", "-H", f"Referer: http://u:{SECRET}@h/?token={SECRET}")
PATH = f"/?access_token={SECRET}&q=%3Cplanted%3E#key={SECRET}"


def formats():
    names = [line.split()[0] for line in run.raw("--list-reports").stdout.decode().splitlines()]
    return [name for name in names if name not in RAW_FORMATS]


class Elements(html.parser.HTMLParser):
    """The elements of a page, and the attributes that run or fetch something."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.active = set(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.active += [(tag, name, value) for name, value in attrs if name.startswith("on") or (name in ("src", "href") and not (value or "").startswith("#"))]


def check_html(text):
    xml.etree.ElementTree.fromstring(text)  # whole, each byte of the wire's escaped
    page = Elements(text)
    assert "planted-element" not in page.tags and "img" not in page.tags
    assert not [entry for entry in page.active if "planted" in str(entry)], page.active
    assert not re.search(r"<script>planted", text)


def check_markdown(text):
    outside = re.sub(r"^```.*?^```$|`[^`\n]+`", "code", text, flags=re.S | re.M)
    assert "`" not in outside, "code that does not end"
    assert not re.search(r"(?<!\\)\]\(http://planted", outside), "a link of the wire's"
    assert "<script>planted" not in outside and "<img src=x" not in outside and "<planted-element" not in outside
    assert not re.search(r"(?<![\\\w&])@planted", outside), "a mention"


def check_lines(text):
    for line in text.splitlines():
        json.loads(line)


GRAMMAR = {
    "har": json.loads,
    "sarif": json.loads,
    "json": check_lines,
    "jsonl": check_lines,
    "events": check_lines,
    "otlp": check_lines,
    "junit": xml.etree.ElementTree.fromstring,
    "tap": tap14.read,
    "prometheus": prometheus_text.read,
    "html": check_html,
    "markdown": check_markdown,
}


def check_stream(name, data, where):
    found = RAW_CONTROLS.search(data)
    assert not found, f"{where}: raw {found.group()!r} at {found.start()}: {data[max(0, found.start() - 40):found.end() + 10]!r}"
    text = data.decode("utf-8")
    assert SECRET not in text and BASIC not in text, f"{where}: a secret: {text[max(0, text.find(SECRET) - 80):][:120]!r}"
    assert SECRET.encode().hex() not in text, f"{where}: a secret in hex"
    for line in data.splitlines():
        own = name == "github" and OWN_COMMAND.match(line)
        found = COMMANDS.search(line[own.end():] if own else line)
        assert not found, f"{where}: a command: {line[:200]!r}"
    if name in GRAMMAR and data:
        GRAMMAR[name](text)


def run_all(tmp_path, *args):
    """One run with every format beside the text and -vvv; each searched. Gives what each said."""
    names = formats()
    wanted = [word for name in names for word in ("--report", f"{name}={tmp_path / name}")]
    result = run.raw("-vvv", "--timeline", "--max-time", "5", *wanted, *args)
    refused = result.exit_code == run.USAGE and result.stdout == b""
    outputs = {} if refused else {name: (tmp_path / name).read_bytes() for name in names}
    outputs.update({"stdout": result.stdout, "stderr": result.stderr})
    for name, data in outputs.items():
        check_stream(name, data, f"{name} of {args[-1]}")
    return outputs


def fed_back(tmp_path, *args):
    """The same from a record; and with --show-secrets every secret is there: the search could have found it."""
    record = tmp_path / "record"
    outputs = run_all(tmp_path, "--record", str(record), *args)
    run_all(tmp_path, "--read", str(record))
    shown = run.raw("--json", "--timeline", "--show-secrets", "--read", record).stdout
    return outputs, shown


@pytest.mark.parametrize("name, answer", hostile.PLAIN, ids=[name for name, _ in hostile.PLAIN])
def test_http1(name, answer, tmp_path):
    with hostile.answers(answer) as server:
        outputs, shown = fed_back(tmp_path, *REQUEST, server.url(path=PATH))
    assert SECRET.encode() in shown
    assert MARK.encode() in outputs["json"], f"nothing of {name} was shown at all"


def test_redirects_are_followed(tmp_path):
    with hostile.answers(dict(hostile.PLAIN)["redirect"]) as server:
        outputs, shown = fed_back(tmp_path, "-L", server.url(path=PATH))
    assert SECRET.encode() in shown and b"redirect" in outputs["json"]


def test_http2(tmp_path):
    with Fault(hostile.serve_h2) as server:
        outputs, shown = fed_back(tmp_path, "--http2-prior-knowledge", *REQUEST, server.url(path=PATH))
    assert SECRET.encode() in shown and MARK.encode() in outputs["json"]


@pytest.mark.parametrize("tunnel", [True, False], ids=["tunnel", "forward"])
def test_http_proxy(tunnel, tmp_path):
    with Fault(hostile.refuse_connect) as proxy:
        url = proxy.url().replace("http://", f"http://user:{SECRET}@")
        outputs, shown = fed_back(tmp_path, *(["-p"] if tunnel else []), "-x", url, f"http://127.0.0.1:1{PATH}")
    assert MARK.encode() in outputs["json"]
    assert SECRET.encode() in shown


def test_socks(tmp_path):
    with Fault(hostile.stray_socks) as proxy:
        outputs, _ = fed_back(tmp_path, "-x", f"socks5h://user:{SECRET}@127.0.0.1:{proxy.port}", f"http://planted.example{PATH}")
    assert MARK.encode() in outputs["json"]


@pytest.mark.parametrize("options", [(), ("-k",)], ids=["verified", "insecure"])
def test_certificate(options, tmp_path):
    cert, key = hostile.certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with Fault(lambda conn: hostile.says(dict(hostile.PLAIN)["status"])(conn)) as server:
        server.context = context
        outputs, _ = fed_back(tmp_path, *options, *REQUEST, server.url("https", PATH, "localhost"))
    assert MARK.encode() in outputs["json"]


def test_urls_that_fail_before_anything(tmp_path):
    fed_back(tmp_path, *REQUEST, f"http://user:{SECRET}@127.0.0.1:1{PATH}")
    fed_back(tmp_path, *REQUEST, f"http://user:{SECRET}@planted.invalid{PATH}")


@pytest.mark.parametrize("word", [name for name in hostile.NASTY if name not in ("not utf-8", "json")])
def test_checks_of_the_users_own(word, tmp_path):
    """What the user writes is shown to others too: --expect quotes it."""
    with hostile.answers(dict(hostile.PLAIN)["status"]) as server:
        run_all(tmp_path, "--expect", f"header.x-planted={hostile.NASTY[word].decode()}", "--expect", "header.set-cookie=x", server.url(path=PATH))
