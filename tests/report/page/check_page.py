#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Opens HTML reports in Chromium: contrast in light and dark, room from a phone to a wide screen, keyboard, console, many events.

Usage: check_page.py HTTPTRACE RECORD...        exit code 77: no Chromium here
       check_page.py --pictures DIRECTORY PAGE...
"""
import pathlib
import subprocess
import sys
import tempfile

import browser
import many

SKIPPED = 77
JUDGE = (pathlib.Path(__file__).parent / "judge.js").read_text()
SCHEMES = ("light", "dark")
SCREENS = [(width, scheme) for width in (400, 1600) for scheme in SCHEMES] + [(800, "light")]
# What looks at everything: HTTP/2, proxies, redirects, an answer full of traps, failures of each kind.
LOOKED_AT = ("nginx-h2", "h2-flow-control", "squid-https-proxy", "proxy-forbidden", "go-redirects", "http-hostile", "tls-expired", "connect-timeout", "connect-refused",
             "h2-stream-error", "http-bad-chunk", "nginx-reuse")
PAPER = 718  # A4 within its margins
TABS_MOST = 400
NODES_PER_EVENT = 30


def report(program, record, directory):
    path = pathlib.Path(directory) / f"{pathlib.Path(record).stem}.html"
    subprocess.run([program, "--read", record, "--report", f"html={path}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=120)
    return path


def opened(page, path, width, scheme="light", media=""):
    page.show(width, scheme=scheme, media=media)
    page.open(path)
    page.run(JUDGE)


def looks(page, path):
    for width, scheme in SCREENS:
        opened(page, path, width, scheme)
        found = list(page.complaints()) + page.run("judge.too_wide()")
        page.run("judge.unfold()")
        found += page.run("judge.weak().concat(judge.too_wide(), judge.tiny())")
        yield from (f"{width} {scheme}: {problem}" for problem in dict.fromkeys(found))
    opened(page, path, PAPER, "dark", media="print")
    yield from (f"print: {problem}" for problem in page.run("judge.weak().concat(judge.too_wide())"))


def keyboard(page, path):
    """Tab goes once through all that can be used, in the order of the page, and one sees where it is."""
    opened(page, path, 1600)
    count = page.run("judge.stops()")
    for expected in range(min(count, TABS_MOST)):
        page.press("Tab")
        focus = page.run("judge.focus()")
        if focus["at"] != expected:
            yield f"Tab {expected + 1} of {count} leads to stop {focus['at'] + 1}, {focus['what']}"
            return
        if not focus["seen"]:
            yield f"nobody sees that {focus['what']} has the focus"


def use(page, path):
    """A message of the drawing leads to its event, which unfolds; a check box hides its layer."""
    opened(page, path, 1600)
    page.run("document.querySelector('.messages a').focus()")
    page.press("Enter", "\r")
    if not page.run("(r => r && r.checkVisibility() && r.getBoundingClientRect().top >= 0 && r.getBoundingClientRect().bottom <= innerHeight)(document.querySelector('tr:target'))"):
        yield "Enter on a message does not show its event"
    page.run("document.querySelector('.what summary').focus()")
    page.press("Enter", "\r")
    if not page.run("document.activeElement.parentElement.open"):
        yield "Enter does not unfold an event"
    page.run("location.hash = ''; document.querySelector('.filter input').focus()")
    layer = page.run("document.activeElement.className.replace('show-', 'l-')")
    shown = f"[...document.getElementsByClassName('{layer}')].filter(row => row.checkVisibility()).length"
    before = page.run(shown)
    page.press(" ", " ")
    if not before or page.run(shown):
        yield f"{before} rows of {layer}, {page.run(shown)} without the check"


def scales(page, path, events):
    """What bounds the work of a browser, counted rather than timed: elements, what is laid out at once, what is drawn."""
    opened(page, path, 1600)
    page.run("scrollTo(0, 0)")
    nodes = page.run("document.getElementsByTagName('*').length")
    chunks = page.run("document.querySelectorAll('.chunk').length")
    rows = page.run("document.querySelectorAll('table.events tbody tr').length")
    longest = page.run("Math.max(...[...document.querySelectorAll('table.events tbody')].map(body => body.rows.length))")
    laid_out = page.run("[...document.querySelectorAll('table.events')].filter(table => table.checkVisibility({contentVisibilityAuto: true})).length")
    drawn = page.run("document.querySelectorAll('.messages a').length")
    if rows < events or longest > 100 or nodes > rows * NODES_PER_EVENT:
        yield f"{rows} rows, {longest} in a table, {nodes} elements"
    if laid_out > 3 or chunks < 10:
        yield f"{laid_out} of {chunks} tables are laid out before anybody looks"
    if drawn > 200:
        yield f"{drawn} messages drawn"
    measures = page.metrics()
    print(f"{rows} events: {path.stat().st_size} bytes, {nodes} elements, layout {measures['LayoutDuration']:.3f} s, style {measures['RecalcStyleDuration']:.3f} s, "
          f"all tasks {measures['TaskDuration']:.3f} s, {measures['JSHeapUsedSize'] / 1e6:.1f} MB")


def defers(page, path):
    """Of several transfers only the first is laid out before anybody looks; a link to another shows it."""
    opened(page, path, 1600)
    styles = page.run("[...document.querySelectorAll('article')].map(article => getComputedStyle(article).contentVisibility)")
    if len(styles) < 2 or styles != ["visible"] + ["auto"] * (len(styles) - 1):
        yield f"articles are {styles}"
    page.run("document.querySelector('.contents tbody tr:last-child a').focus()")
    page.press("Enter", "\r")
    if not page.run("(top => top >= 0 && top < innerHeight)(document.querySelector('article:last-of-type h2').getBoundingClientRect().top)"):
        yield "the table of transfers does not lead to the last one"


SPOILT = (
    ("document.querySelector('h2').style.color = '#9a9a9a'", "judge.weak()"),
    ("document.querySelector('.phases .axis text').style.fill = '#bbb'", "judge.weak()"),
    ("document.querySelector('h2').style.width = '2000px'", "judge.too_wide()"),
    ("document.querySelector('.axis text').setAttribute('x', '99.9%')", "judge.too_wide()"),
    ("document.querySelector('.axis text + text').setAttribute('x', '1%')", "judge.too_wide()"),
    ("document.querySelector('h2').style.fontSize = '9px'", "judge.tiny()"),
)


def is_strict(page, path):
    """The judge itself: each damage is seen."""
    for damage, verdict in SPOILT:
        opened(page, path, 1600)
        page.run(damage)
        if not page.run(verdict):
            yield f"not seen: {damage}"
    opened(page, path, 1600)
    page.run("document.head.appendChild(document.createElement('script')).textContent = '1'")
    if not list(page.complaints()):
        yield "a script is not refused"


def check(program, records):
    failed = []
    with tempfile.TemporaryDirectory() as directory, browser.Browser(browser.find()) as chromium:
        page = chromium.page()
        paths = {pathlib.Path(record).stem: report(program, record, directory) for record in records if pathlib.Path(record).stem in LOOKED_AT}
        for stem, path in paths.items():
            failed += [f"{stem}: {problem}" for problem in looks(page, path)]
        for stem in ("nginx-h2", "proxy-forbidden"):
            failed += [f"{stem}: {problem}" for checks in (keyboard, use) for problem in checks(page, paths[stem])]
        failed += [f"nginx-reuse: {problem}" for problem in defers(page, paths["nginx-reuse"])]
        failed += [f"the judge: {problem}" for problem in is_strict(page, paths["tls-expired"])]
        record = pathlib.Path(directory) / "many.record"
        record.write_text(many.record(many.EVENTS))
        failed += [f"many events: {problem}" for problem in scales(page, report(program, record, directory), many.EVENTS)]
    print("\n".join(failed))
    print(f"{len(paths)} pages, {len(failed)} problems")
    return 1 if failed or len(paths) < len(LOOKED_AT) else 0


def pictures(directory, pages):
    with browser.Browser(browser.find()) as chromium:
        page = chromium.page()
        for path in map(pathlib.Path, pages):
            for width in (400, 1600):
                for scheme in SCHEMES:
                    page.show(width, scheme=scheme)
                    page.open(path)
                    page.picture(pathlib.Path(directory) / f"{path.stem}-{width}-{scheme}.png")


if __name__ == "__main__":
    if not browser.find():
        print("SKIP: no Chromium (chromium-headless-shell or chromium)")
        sys.exit(SKIPPED)
    if sys.argv[1] == "--pictures":
        pictures(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(check(sys.argv[1], sys.argv[2:]))
