#!/usr/bin/env python3
"""Every rule of the service (src/diag/rules.def) is what the catalogue says of it.

    tests/golden/check_rules.py [--shrink]

A checked rule has its id in a comment of src/, a golden case in which it is refused or
warned of, and one in which what is just inside its limit is accepted. A rule that is kept
at run time names a file that exists. What is still missing stands in rules_missing.txt,
one "ID source|refused|accepted" a line; what stands there and is not missing fails, too,
until --shrink takes it out.
"""

import argparse
import sys

from rules import HERE, PATH, ROOT, add_claims, add_sources, read_rules

MISSING = HERE / "rules_missing.txt"


def missing_of(rule):
    if not rule.sources:
        yield "source"
    if not rule.claims["refused"] and not rule.claims["warned"]:
        yield "refused"
    if not rule.claims["accepted"]:
        yield "accepted"


def read_missing():
    for line in MISSING.read_text().splitlines():
        if line and not line.startswith("#"):
            yield tuple(line.split())


def shrink(missing):
    """Takes out of the list what is not missing (any more)."""
    lines = MISSING.read_text().splitlines(keepends=True)
    kept = [line for line in lines if line.startswith("#") or tuple(line.split()) in missing]
    MISSING.write_text("".join(kept))


def check(rules, missing):
    listed = set(read_missing())
    for rule in rules.values():
        paths = PATH.findall(rule.note)
        for path in paths:
            if not (ROOT / path).exists():
                yield f"{rule.id}: {path} is not there"
        if rule.status == "RUNTIME" and not paths:
            yield f"{rule.id}: names no file that keeps it"
    for rule, what in sorted(missing - listed):
        yield f"{rule}: has no {what}"
    for entry in sorted(listed - missing):
        yield f"{' '.join(entry)}: not missing, take it out of rules_missing.txt"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shrink", action="store_true", help="take out what is not missing")
    options = parser.parse_args()

    rules = read_rules()
    problems = list(add_claims(rules))
    add_sources(rules)
    checked = [rule for rule in rules.values() if rule.status == "CHECKED"]
    missing = {(rule.id, what) for rule in checked for what in missing_of(rule)}
    if options.shrink:
        shrink(missing)
    problems += check(rules, missing)
    for problem in problems:
        print(problem)
    proved = sum(not list(missing_of(rule)) for rule in checked)
    print(f"rules: {len(rules)}; {proved} of {len(checked)} checked ones are proved by cases")
    return 1 if problems or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
