#!/usr/bin/env python3
"""The page docs/rules.md: every rule of the catalogue with its status and its proofs.

    tests/golden/rules_page.py [--write]

Fails with a difference when the page is not what it should be; --write puts it right.
"""

import argparse
import difflib
import sys

from rules import PATH, ROOT, add_claims, read_codes, read_rules

PAGE = ROOT / "docs/rules.md"
SECTIONS = {
    "A": "Tables and indexes",
    "B": "Items",
    "C": "Requests with items",
    "D": "The client",
    "E": "libcurl's signatures",
    "F": "dynalite, a local test server",
}
STATUSES = {"CHECKED": "checked", "RUNTIME": "runtime", "NOT_APPLICABLE": "not applicable"}
KINDS = {
    "V": "validation",
    "S": "serialization",
    "L": "limit exceeded",
    "U": "in use",
    "N": "not found",
    "T": "throttling",
    "A": "access",
    "I": "internal error",
    "O": "another error",
    "Q": "quota",
    "P": "policy",
    "R": "state",
    "F": "fact",
}
HEAD = """# Rules of the service

What DynamoDB demands of tables, items and requests, and what becomes of each rule in
ddbgen. This page is generated from the program's own catalogue, `src/diag/catalog/rules.def`; a
test keeps the two in step, and holds every row to what it says.

| status | |
|---|---|
| checked | `check`, and every command that compiles, refuses a breach or warns of it, with the code named here. The golden cases named here prove it: one in which the rule is broken, one that is just inside |
| runtime | no file can break it, or only the running service can tell: kept by the program where it makes, sends or reads requests, in the files named here |
| not applicable | about something that ddbgen does not do, for the reason given |

| kind | what breaking the rule leads to |
|---|---|
| validation | ValidationException |
| serialization | SerializationException |
| limit exceeded | LimitExceededException |
| in use | ResourceInUseException |
| not found | ResourceNotFoundException |
| throttling | an error of throttling |
| access | a refused signature or missing permission |
| internal error | InternalServerError |
| another error | an error of its own name |
| quota | a refusal, unless AWS raised the quota: ddbgen warns |
| policy | nothing at once, but it is a mistake or a trap all the same |
| state | nothing; a client has to handle it |
| fact | nothing; it is good to know |
"""


def count_table(rules):
    yield "| section | " + " | ".join(STATUSES.values()) + " | all |"
    yield "|---|" + "--:|" * (len(STATUSES) + 1)
    for section, title in [*SECTIONS.items(), ("", "All")]:
        mine = [rule for rule in rules if not section or rule.section == section]
        counts = [sum(rule.status == status for rule in mine) for status in STATUSES]
        name = f"{section}: {title}" if section else f"**{title}**"
        yield f"| {name} | " + " | ".join(map(str, [*counts, len(mine)])) + " |"


def link(case):
    return f"[{case}](../tests/golden/{case}.case)"


def proof(rule, severities):
    if rule.status != "CHECKED":
        return PATH.sub(r"[\g<0>](../\g<0>)", rule.note)
    verb = "warned" if severities[rule.code] == "WARNING" else "refused"
    parts = [f"[`{rule.code}`](diagnostics.md#{rule.code})"]
    broken = sorted({*rule.claims["refused"], *rule.claims["warned"]})
    for word, cases in ((verb, broken), ("accepted", sorted(rule.claims["accepted"]))):
        if cases:
            parts.append(f"{word}: " + ", ".join(map(link, cases)))
    return "; ".join(parts)


def cell(text):
    return text.replace("|", "\\|")


def page(rules):
    severities = dict(read_codes().values())
    yield from HEAD.splitlines()
    yield ""
    yield from count_table(rules)
    section = group = None
    for rule in rules:
        if rule.section != section:
            section = rule.section
            yield from ("", f"## {section}: {SECTIONS[section]}")
        if rule.group != group:
            group = rule.group
            yield from ("", f"### {group}", "")
            yield from ("| id | rule | kind | status | |", "|---|---|---|---|---|")
        columns = [rule.id, rule.text, KINDS[rule.kind], STATUSES[rule.status]]
        yield "| " + " | ".join(map(cell, [*columns, proof(rule, severities)])) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the page")
    options = parser.parse_args()

    rules = read_rules()
    list(add_claims(rules))  # what is wrong with them is check_rules.py's to say
    text = "\n".join(page(list(rules.values()))) + "\n"
    if options.write:
        PAGE.write_text(text)
        return 0
    old = PAGE.read_text().splitlines() if PAGE.exists() else []
    difference = list(difflib.unified_diff(old, text.splitlines(), str(PAGE), "", lineterm=""))
    print(*[line[:300] for line in difference[:100]], sep="\n")
    print(f"{len(rules)} rules; the target 'docs' writes the page")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
