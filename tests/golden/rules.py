"""The catalogue of rules (src/diag/catalog/rules.def), and what proves each: the code that names
its id, and the golden cases that claim it.

A case claims a rule in its leading comment, one a line:

    # rule: A105 refused     the case ends with exit code 2 and the rule's error
    # rule: A125 warned      the case shows the rule's warning
    # rule: A105 accepted    just inside the limit: no run fails or shows the rule's code
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from case import find_cases

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DIAG = ROOT / "src/diag/catalog"

INCLUDE = re.compile(r'^#include "(rules_\w+\.def)"', re.M)
ROW = re.compile(
    r"^(RULES|CHECKED|RUNTIME|NOT_APPLICABLE)\((\w+)((?:,\s*\w+)*)"
    r'((?:,\s*(?:"(?:[^"\\]|\\.)*"\s*)+)+)\)$',
    re.M,
)
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
CODE = re.compile(r'^DIAG\((\w+),\s*"([a-z0-9-]+)",\s*(\w+)', re.M)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
ID = re.compile(r"\b[A-F]\d{2,3}\b")
CLAIM = re.compile(r"^# rule: *(.*)$", re.M)
SHOWN = re.compile(r'(error|warning)\[([a-z0-9-]+)\]|"severity":"(\w+)","code":"([a-z0-9-]+)"')
PATH = re.compile(r"\b(?:src|tests|docs)/[\w./-]*\w")  # in a note
KINDS = "VSLUNTAIOQPRF"
CLAIMS = ("refused", "warned", "accepted")


@dataclass
class Rule:
    id: str
    section: str
    group: str
    kind: str
    status: str  # CHECKED, RUNTIME or NOT_APPLICABLE
    code: str  # of a diagnostic, as it is printed; "" for what is not checked
    text: str
    note: str  # where it is kept, or why it does not apply
    sources: list = field(default_factory=list)  # files under src/ that name it
    claims: dict = field(default_factory=lambda: {claim: [] for claim in CLAIMS})


def read_codes():
    rows = CODE.findall((DIAG / "diag_codes.def").read_text())
    return {identifier: (name, severity) for identifier, name, severity in rows}


def read_rules():
    """All rules by id, in the catalogue's order. Raises ValueError for what is no row."""
    codes, rules, group = read_codes(), {}, ("", "")
    for name in INCLUDE.findall((DIAG / "rules.def").read_text()):
        text = re.sub(r"(?m)^//.*\n", "", (DIAG / name).read_text())
        rest = ROW.sub("", text).strip()
        if rest:
            raise ValueError(f"{name}: no row: {rest.splitlines()[0]}")
        for status, first, words, texts in ROW.findall(text):
            words = re.findall(r"\w+", words)
            # Literals side by side are one text.
            texts = [
                re.sub(r"\\(.)", r"\1", "".join(TEXT.findall(part)))
                for part in re.split(r',\s*(?=")', texts)[1:]
            ]
            if status == "RULES":
                group = (first, texts[0])
                continue
            kind, code = words[0], codes[words[1]][0] if status == "CHECKED" else ""
            note = texts[1] if len(texts) > 1 else ""
            if first in rules or kind not in KINDS or (status == "CHECKED") == bool(note):
                raise ValueError(f"{name}: {first}: twice, of no kind, or of the wrong form")
            rules[first] = Rule(first, *group, kind, status, code, texts[0], note)
    return rules


def add_sources(rules):
    """Notes which comments of src/ name each rule; ranges do not count."""
    for path in sorted((ROOT / "src").rglob("*.[ch]")):
        for comment in COMMENT.findall(path.read_text()):
            for rule in ID.findall(comment):
                place = str(path.relative_to(ROOT))
                if rule in rules and place not in rules[rule].sources:
                    rules[rule].sources.append(place)


def shown_by(case):
    """(severity, code) of all diagnostics that a case expects."""
    shown = set()
    for step in case.steps:
        for kind in ("stdout", "stderr"):
            for match in SHOWN.finditer(step.content(kind).decode("utf-8", "replace")):
                shown.add((match[1] or match[3], match[2] or match[4]))
    return shown


def add_claims(rules):
    """Notes which cases claim each rule. Yields what is wrong with a claim."""
    for case in find_cases(HERE):
        claims = [tuple(claim.split()) for claim in CLAIM.findall(case.preamble)]
        errors = {code for severity, code in shown_by(case) if severity == "error"}
        refused = set()
        for claim in claims:
            if len(claim) != 2 or claim[1] not in CLAIMS:
                yield f"{case.name}: 'rule: {' '.join(claim)}' is no claim"
            elif claim[0] not in rules:
                yield f"{case.name}: there is no rule {claim[0]}"
            elif rules[claim[0]].status != "CHECKED":
                yield f"{case.name}: {claim[0]} is not among the checked rules"
            else:
                rules[claim[0]].claims[claim[1]].append(case.name)
                refused |= {rules[claim[0]].code} if claim[1] == "refused" else set()
                yield from check_claim(case, rules[claim[0]], claim[1])
        if refused and errors - refused:
            others = ", ".join(sorted(errors - refused))
            yield f"{case.name}: shows {others} besides what its rules are refused with"


def check_claim(case, rule, claim):
    shown, exits = shown_by(case), [step.exit_code() for step in case.steps]
    if claim == "accepted":
        if any(exits) or rule.code in {code for _, code in shown}:
            yield f"{case.name}: {rule.id} accepted, but a run fails or shows {rule.code}"
    elif claim == "refused":
        if ("error", rule.code) not in shown or 2 not in exits:
            yield f"{case.name}: {rule.id} refused, but no run ends with error[{rule.code}]"
    elif ("warning", rule.code) not in shown:
        yield f"{case.name}: {rule.id} warned, but there is no warning[{rule.code}]"
