#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads HTML reports of recorded sessions as strict XML: whole, alone, and every link within leads somewhere.

Usage: check_html.py HTTPTRACE RECORD...
"""
import base64
import collections
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

# Attributes that hold no address. `href` is held against the ids of the page.
HARMLESS = set("""
    lang charset http-equiv content name class id href tabindex role scope colspan open type checked
    x y x1 x2 y1 y2 dx cx cy r rx d width height viewBox preserveAspectRatio patternUnits text-anchor overflow
    aria-hidden aria-label aria-labelledby aria-describedby aria-current
""".split())
POLICY = re.compile(r"default-src 'none'; style-src 'sha256-([A-Za-z0-9+/=]{44})'; base-uri 'none'; form-action 'none'")
OUTSIDE = re.compile(r"url\((?!#hatch\))|@import|@font-face|expression\(|//")


def css_without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def policy_problems(root):
    style = root.find("head/style").text
    policies = [meta.get("content") for meta in root.iter("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    match = POLICY.fullmatch(policies[0]) if len(policies) == 1 else None
    if not match:
        yield f"policies {policies}"
    elif base64.b64decode(match.group(1)) != hashlib.sha256(style.encode()).digest():
        yield "the policy does not admit the style"
    if list(root.find("head"))[1].get("content") != policies[0]:
        yield "something stands before the policy"
    if OUTSIDE.search(css_without_comments(style)):
        yield "the style reaches outside"


def element_problems(root):
    for element in root.iter():
        for name in set(element.keys()) - HARMLESS:
            yield f"<{element.tag}> has {name}"
        if element.tag in ("script", "link", "img", "iframe", "object", "embed", "base", "form", "image", "use"):
            yield f"<{element.tag}>"
    if len(root.findall("head/style")) != 1 or len(list(root.iter("style"))) != 1:
        yield "more than one style"


def link_problems(root):
    ids = collections.Counter(element.get("id") for element in root.iter() if element.get("id"))
    yield from (f"id {name} twice" for name, count in ids.items() if count > 1)
    for element in root.iter():
        targets = [element.get("href", "#")[1:]] if element.get("href", "#").startswith("#") else [f"outside {element.get('href')}"]
        targets += element.get("aria-labelledby", "").split() + element.get("aria-describedby", "").split()
        yield from (f"nothing is called {name}" for name in targets if name and name not in ids)


def heading_problems(root):
    before = 0
    for element in root.iter():
        if re.fullmatch("h[1-6]", element.tag):
            level = int(element.tag[1])
            if level > before + 1:
                yield f"h{level} after h{before}: {''.join(element.itertext())}"
            before = level


def problems_of(page):
    root = ET.fromstring(page)
    for problems in (policy_problems, element_problems, link_problems, heading_problems):
        yield from problems(root)


def page_of(program, records, directory):
    path = pathlib.Path(directory) / "page.html"
    path.unlink(missing_ok=True)
    reads = [word for record in records for word in ("--read", record)]
    subprocess.run([program, *reads, "--report", f"html={path}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=60)
    return path.read_bytes().decode("utf-8")


def main(program, *records):
    failed = []
    with tempfile.TemporaryDirectory() as directory:
        for record in records:
            page = page_of(program, [record], directory)
            failed += [f"{pathlib.Path(record).stem}: {problem}" for problem in problems_of(page)]
            if page != page_of(program, [record], directory):
                failed.append(f"{record}: the page is another each time")
    print("\n".join(failed))
    print(f"{len(records)} pages, {len(failed)} problems")
    return 1 if failed or not records else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
