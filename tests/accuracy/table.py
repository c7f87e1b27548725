# SPDX-License-Identifier: MIT
"""Prints what was said of all cases: those that are not exact, the confusion table, totals; tells if the goals hold."""

import collections
import shlex

from case import FAULT, HARD, HEALTHY, NOTHING

GOAL_EXACT = 0.95
FAMILIES = ("dns", "tcp", "proxy", "tls", "tls.alert", "cert", "alpn", "http", "h2", "reuse")


def family(code):
    if code.startswith("tls.alert."):
        return "tls.alert"
    return code.split(".")[0] if "." in code else code


def complaints(said):
    """What is not as it should be, in words."""
    case = said.case
    if said.broken:
        return [said.broken]
    if case.kind == HEALTHY:
        wrong = [f"false alarm: {' '.join(said.loud)}"] if said.loud else []
        return wrong or ([f"failed, exit {said.exit_code}"] if said.exit_code else [])
    wrong = []
    if not said.exact:
        wrong.append(f"named {said.code}, not {' or '.join(sorted(case.codes))}")
    if not said.right_phase:
        wrong.append(f"phase {said.phase}, not {' or '.join(sorted(case.phases))}")
    if said.locus_kind == "wrong":
        wrong.append(f"WRONG LOCUS {said.locus}, not {' or '.join(sorted(case.loci))}")
    if said.silent:
        wrong.append("SILENT: failed without an error finding")
    if case.kind == HARD and said.blamed_path:
        wrong.append("BLAMED THE PATH")
    return wrong


def command_of(said):
    return " ".join(shlex.quote(word) for word in said.command)


def print_misjudged(results, show_commands):
    for said in results:
        wrong = complaints(said)
        if wrong:
            print(f"{said.case.kind}: {said.case.name}: {'; '.join(wrong)}")
            others = [code for code in said.loud if code != said.code]
            if others:
                print(f"    also said: {' '.join(others)}")
            if show_commands:
                print(f"    {command_of(said)}")


def expected_name(case):
    return min(case.codes) if case.codes else NOTHING


def print_confusion(results):
    judged = [said for said in results if said.case.kind != HEALTHY and not said.broken]
    print("\nfault -> verdict, by family (rows: what it was, columns: what was said)\n")
    print_families(judged)
    print("\nfault -> verdict, by code (how often it was named so; what else was said)\n")
    rows = collections.defaultdict(collections.Counter)
    for said in judged:
        name = said.code if said.exact else expected_name(said.case)
        rows[name][said.code] += 1
    for name, columns in sorted(rows.items()):
        others = [f"{code} {count}" for code, count in sorted(columns.items()) if code != name]
        print(f"  {name:<44} {columns[name]:>4} of {sum(columns.values()):<4} {', '.join(others)}".rstrip())


def print_families(judged):
    said_of = collections.Counter()
    for said in judged:
        row = family(said.code if said.exact else expected_name(said.case))
        said_of[row, family(said.code)] += 1
    columns = [name for name in FAMILIES if any(key[1] == name for key in said_of)]
    columns += sorted({key[1] for key in said_of} - set(columns))
    rows = [name for name in FAMILIES if any(key[0] == name for key in said_of)]
    print("  " + " " * 10 + "".join(f"{name:>11}" for name in columns))
    for row in rows:
        print(f"  {row:<10}" + "".join(f"{said_of[row, column] or '.':>11}" for column in columns))


def share(part, whole):
    return f"{part} of {whole}" + (f" ({100 * part / whole:.1f} %)" if whole else "")


def unknown_codes(results):
    count = collections.Counter(said.code for said in results if not said.broken and said.locus_kind == "unknown")
    return ", ".join(f"{code} {number}" for code, number in count.most_common())


def print_totals(results, skipped):
    """Prints them; True where every goal holds."""
    faults = [s for s in results if s.case.kind == FAULT]
    hards = [s for s in results if s.case.kind == HARD]
    both = faults + hards
    sound = [s for s in results if s.case.kind == HEALTHY]
    alarms = [s for s in sound if s.loud or s.broken or s.exit_code]
    loci = collections.Counter(s.locus_kind for s in both if not s.broken)
    exact, phases = sum(s.exact for s in both), sum(s.right_phase and not s.broken for s in both)
    silent = sum(s.silent or bool(s.broken) for s in both)
    blamed = sum(s.blamed_path for s in hards)
    print("\ntotals\n")
    print(
        f"  named exactly           {share(exact, len(both))}; of faults alone {share(sum(s.exact for s in faults), len(faults))}"
    )
    print(f"  right phase             {share(phases, len(both))}")
    print(f"  right locus             {share(loci['right'], len(both))}")
    print(f"  unknown locus           {share(loci['unknown'], len(both))}: {unknown_codes(both)}")
    print(f"  wrong locus             {loci['wrong']}")
    print(f"  silent                  {silent}")
    print(f"  path on hard negatives  {share(blamed, len(hards))}")
    print(f"  false alarms            {share(len(alarms), len(sound))} healthy runs")
    for why, count in sorted(collections.Counter(skipped.values()).items()):
        print(f"  SKIP {count} cases: {why}")
    return exact >= GOAL_EXACT * len(both) and phases == len(both) and not (loci["wrong"] or silent or blamed or alarms)
