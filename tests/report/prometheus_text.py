# SPDX-License-Identifier: MIT
"""A strict reader of Prometheus' text format as httptrace writes it: takes the text, gives values by name and labels."""

import re

NAME = r"[a-z][a-z0-9_]*"
HEAD = re.compile(rf"# (HELP|TYPE) (httptrace_{NAME}) (.+)")
SAMPLE = re.compile(rf"(httptrace_{NAME})(?:\{{(.+)\}})? (-?[0-9]+(?:\.[0-9]{{6}})?)")
LABEL = re.compile(rf'({NAME})="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)')
ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def read_labels(text):
    labels, at = {}, 0
    while at < len(text):
        found = LABEL.match(text, at)
        assert found and found[1] not in labels, text
        labels[found[1]] = re.sub(r"\\.", lambda escape: ESCAPES[escape[0]], found[2])
        at = found.end()
    assert not text.endswith(","), text
    return frozenset(labels.items())


def read(text):
    """{name: {labels: value}}; each family has one head and its samples in one place, no series comes twice."""
    assert text.endswith("\n")
    lines, families, name = iter(text[:-1].split("\n")), {}, None
    for line in lines:
        if line.startswith("# HELP "):
            assert name is None or families[name], f"{name} has no samples"
            head, kind = HEAD.fullmatch(line), HEAD.fullmatch(next(lines))
            assert head and kind and (kind[1], kind[2], kind[3]) == ("TYPE", head[2], "gauge"), line
            name = head[2]
            assert name not in families, f"{name} comes twice"
            families[name] = {}
            continue
        found = SAMPLE.fullmatch(line)
        assert found and found[1] == name, line
        labels = read_labels(found[2] or "")
        assert labels not in families[name], f"twice: {line}"
        families[name][labels] = float(found[3])
    assert name is None or families[name], f"{name} has no samples"
    return families


def value(families, name, **labels):
    """The one sample that has these labels, whatever else it has."""
    found = [value for has, value in families["httptrace_" + name].items() if labels.items() <= dict(has).items()]
    assert len(found) == 1, f"{name} {labels}: {found}"
    return found[0]
