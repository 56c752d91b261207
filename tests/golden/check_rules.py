#!/usr/bin/env python3
"""Every rule of the service (src/diag/catalog/rules.def) is what the catalogue says of it.

    tests/golden/check_rules.py

A checked rule has its id in a comment of src/, a golden case in which it is refused or
warned of, and one in which what is just inside its limit is accepted. A rule that is kept
at run time names a file that exists.
"""

import sys

from rules import PATH, ROOT, add_claims, add_sources, read_rules


def missing_of(rule):
    """What a checked rule has not."""
    if not rule.sources:
        yield "id beside its check in src/"
    if not rule.claims["refused"] and not rule.claims["warned"]:
        yield "case in which it is broken"
    if not rule.claims["accepted"]:
        yield "case just inside its limit"


def check(rule):
    paths = PATH.findall(rule.note)
    if rule.status == "CHECKED":
        for what in missing_of(rule):
            yield f"{rule.id}: has no {what}"
    elif rule.status == "RUNTIME" and not paths:
        yield f"{rule.id}: names no file that keeps it"
    for path in paths:
        if not (ROOT / path).exists():
            yield f"{rule.id}: {path} is not there"


def main():
    rules = read_rules()
    problems = list(add_claims(rules))
    add_sources(rules)
    for rule in rules.values():
        problems += check(rule)
    for problem in problems:
        print(problem)
    checked = [rule for rule in rules.values() if rule.status == "CHECKED"]
    proved = sum(not list(missing_of(rule)) for rule in checked)
    print(f"rules: {len(rules)}; {proved} of {len(checked)} checked ones are proved by cases")
    return 1 if problems or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
