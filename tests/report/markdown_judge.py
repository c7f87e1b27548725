# SPDX-License-Identifier: MIT
"""Renders Markdown as GitHub's own renderer does (cmark-gfm) and says what of it could act on a reader or a repository."""
import html.parser
import re
import shutil
import subprocess

COMMENT_MOST = 65536
# What our own Markdown is made of. A link, an image or a script is nothing of it.
ELEMENTS = {"h3", "p", "strong", "code", "pre", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"}
VOID = {"br", "hr", "img", "input"}
# In text outside of code: mentions, references, commits, addresses, what was meant as markup, emoji.
FIRES = re.compile(r"@\w|#\d|\bGH-\d|://|\bwww\.|\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b|[<>`*|\[\]\\]|:[\w+]+:", re.I)
EXTENSIONS = ("table", "autolink", "strikethrough", "tasklist", "footnotes")


def missing():
    return None if shutil.which("cmark-gfm") else "no cmark-gfm"


def rendered(markdown):
    command = ["cmark-gfm", "--unsafe", *(word for name in EXTENSIONS for word in ("-e", name))]
    return subprocess.run(command, input=markdown, capture_output=True, check=True, timeout=60).stdout.decode("utf-8")


class Judge(html.parser.HTMLParser):
    """Collects problems; `code` is all text within code, for tests that look for something there."""

    def __init__(self):
        super().__init__()
        self.open, self.problems, self.code, self.plain = [], [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ELEMENTS:
            self.problems.append(f"<{tag}>")
        if any(name not in ("class", "align") for name, _ in attrs):
            self.problems.append(f"<{tag}> has {attrs}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_comment(self, data):
        self.problems.append(f"comment {data}")

    def handle_data(self, data):
        within = {"code", "pre"} & set(self.open)
        (self.code if within else self.plain).append(data)
        found = None if within else FIRES.search(data)
        if found:
            self.problems.append(f"{found.group()!r} in {data!r}")


def judge(markdown):
    """A Judge that has read it."""
    done = Judge()
    done.feed(rendered(markdown))
    done.close()
    if done.open:
        done.problems.append(f"not closed: {done.open}")
    if len(markdown.decode("utf-8")) > COMMENT_MOST:
        done.problems.append(f"{len(markdown)} bytes")
    return done
