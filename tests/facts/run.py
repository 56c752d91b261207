#!/usr/bin/env python3
"""Facts about the service, each a definition or an item that `ddbgen check` must judge alike.

    tests/facts/run.py --ddbgen build/ddbgen [--filter A157]

README.md says what a line is. A fact is refused or warned of by exactly one diagnostic.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "golden"))
from rules import read_rules  # noqa: E402

LINE = re.compile(r"^([A-F]\d{3}) +(\S+) +(api|guide|measured) +(.*)$")
SECTION = re.compile(r"^\[(.+)\]$")
MACRO = re.compile(r"\\(rep|seq)\{(\d+):((?:[^}\\]|\\.)*)\}")
SHOWN = re.compile(r"^([ti]\d+\.yaml|)[:\d]*:? ?(error|warning)\[([a-z0-9-]+)\]", re.M)
VERDICT = re.compile(r"^(?:accepted|gentler|(?:refused|warned|ours):([a-z0-9-]+))$")
AT_LEAST = 400
BATCH = 25  # facts in a run


@dataclass
class Fact:
    place: str  # file and line
    rule: str
    verdict: str
    keys: dict  # the definition's lines, by key
    items: str  # the fixture's, or ""

    @property
    def kind(self):
        return self.verdict.split(":")[0]

    @property
    def code(self):
        return self.verdict.partition(":")[2]

    @property
    def passes(self):
        return self.kind in ("accepted", "gentler", "warned")

    @property
    def expected(self):
        """The one diagnostic, as severity and code; None for none."""
        if self.kind in ("accepted", "gentler"):
            return None
        return ("warning" if self.kind == "warned" else "error", self.code)


def expand(text):
    """The macros of a line, as README.md says."""

    def one(match):
        body = re.sub(r"\\(.)", r"\1", match[3])
        count = int(match[2])
        if match[1] == "rep":
            return body * count
        return ", ".join(body.replace("@", str(i)) for i in range(1, count + 1))

    return MACRO.sub(one, text)


def change(keys, text):
    """Applies the changes of a fact to a section's keys. Returns its fixture."""
    items = ""
    for part in text.split(" && "):
        name, _, value = part.partition(": ")
        if part.startswith("-"):
            del keys[part[1:]]
        elif name in ("item", "items"):
            items = f"[ {value} ]" if name == "item" else value
        else:
            keys[name] = value
    return items


def read_facts(path):
    base, template = {}, "$"
    for number, line in enumerate(path.read_text().splitlines(), 1):
        place = f"{path.name}:{number}"
        if not line.strip() or line.startswith("#"):
            continue
        if SECTION.match(line):
            base, template = {}, "$"
        elif match := LINE.match(line):
            rule, verdict, _, text = match.groups()
            if not VERDICT.match(verdict):
                raise ValueError(f"{place}: no verdict: {verdict}")
            keys = dict(base)
            items = change(keys, template.replace("$", expand(text)))
            yield Fact(place, rule, verdict, keys, items)
        elif line.startswith("fact: "):
            template = line.removeprefix("fact: ")
        else:
            name, _, value = line.partition(": ")
            base[name] = value


def read_policy():
    lines = (HERE / "policy.txt").read_text().splitlines()
    rows = [line.split(None, 2) for line in lines if line.strip() and not line.startswith("#")]
    return {(rule, code): why for rule, code, why in rows}


def write(fact, folder, number):
    """The files of a fact; returns their names. A table of the section's name is made distinct."""
    keys = dict(fact.keys)
    if keys.get("table_name") == "facts":
        keys["table_name"] = f"facts-{number}"
    text = "".join(f"{name}: {value}\n" for name, value in keys.items())
    (folder / f"t{number}.yaml").write_text(text, encoding="utf-8")
    if not fact.items:
        return [f"t{number}.yaml"]
    text = f"table: facts-{number}\nitems: {fact.items}\n"
    (folder / f"i{number}.yaml").write_text(text, encoding="utf-8")
    return [f"t{number}.yaml", f"i{number}.yaml"]


def check(ddbgen, facts, folder):
    """Judges facts in one run; says what is wrong. Those that pass are apart from those that
    are refused, so that nothing passes because another one's error ended the run."""
    folder.mkdir()
    files = [write(fact, folder, i) for i, fact in enumerate(facts)]
    run = subprocess.run([ddbgen, "check", *sum(files, [])], cwd=folder, capture_output=True,
                         timeout=60)  # fmt: skip
    text = run.stderr.decode("utf-8", "replace")
    shown = defaultdict(list)
    for name, severity, code in SHOWN.findall(text):
        shown[int(re.sub(r"\D", "", name) or -1)].append((severity, code))
    passes = facts[0].passes
    tables = run.stdout.decode().startswith(f"ok: {len(facts)} table")
    if run.returncode != (0 if passes else 2) or passes != tables:
        yield f"{facts[0].place} and those after it: exit code {run.returncode}\n{text[:2000]}"
    for i, fact in enumerate(facts):
        expected = [fact.expected] if fact.expected else []
        if shown[i] != expected:
            said = ", ".join(f"{severity}[{code}]" for severity, code in shown[i]) or "nothing"
            yield f"{fact.place}: {fact.rule} {fact.verdict}: {said}"


def check_tables(facts):
    """The facts against the catalogue of rules and the table of what is policy."""
    rules, policy = read_rules(), read_policy()
    used = {(fact.rule, fact.code or fact.kind) for fact in facts if fact.kind in ("ours", "gentler")}
    for fact in facts:
        if fact.rule not in rules:
            yield f"{fact.place}: there is no rule {fact.rule}"
    yield from (f"policy.txt lacks {' '.join(row)}" for row in sorted(used - set(policy)))
    yield from (f"policy.txt: no fact needs {' '.join(row)}" for row in sorted(set(policy) - used))
    for rule in rules.values():
        kinds = {fact.kind for fact in facts if fact.rule == rule.id}
        if kinds and rule.status == "CHECKED" and rule.kind in "VS" and not kinds & {"refused", "warned", "ours"}:
            yield f"{rule.id}: no fact breaks it"


def cut(facts):
    for at in range(0, len(facts), BATCH):
        yield facts[at : at + BATCH]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ddbgen", required=True, type=Path)
    parser.add_argument("--filter", default="", help="part of a rule or of FILE:LINE")
    options = parser.parse_args()
    facts = [fact for path in sorted(HERE.glob("*.txt")) if path.name != "policy.txt"
             for fact in read_facts(path)]  # fmt: skip
    problems = list(check_tables(facts))
    if len(facts) < AT_LEAST:
        problems.append(f"only {len(facts)} facts, at least {AT_LEAST} are promised")
    chosen = [fact for fact in facts if options.filter in f"{fact.rule} {fact.place}"]
    batches = list(cut([fact for fact in chosen if fact.passes])) + list(
        cut([fact for fact in chosen if not fact.passes]))  # fmt: skip
    with tempfile.TemporaryDirectory() as top, ThreadPoolExecutor(2) as pool:
        ddbgen = options.ddbgen.resolve()
        for wrong in pool.map(lambda job: list(check(ddbgen, job[1], Path(top) / str(job[0]))),
                              enumerate(batches)):  # fmt: skip
            problems += wrong
    print(*problems, sep="\n", end="\n" if problems else "")
    kinds = Counter(fact.kind for fact in chosen)
    print(f"facts: {len(chosen)}:", ", ".join(f"{n} {kind}" for kind, n in kinds.most_common()))
    return 1 if problems or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
