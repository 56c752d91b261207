#!/usr/bin/env python3
"""Plans as JSON lines, as far as golden cases show them, against docs/plan.schema.json.

    tests/golden/check_plans.py

Each line must be one that the schema accepts, each kind of change of a table must occur
(the list is in src/table/diff/table_change.c), and the last line's counts must be those of the
lines before it. Then a line is spoilt in every way that the schema can see: it must refuse.
Without npm's ajv: exit code 77.
"""

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from case import find_cases

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
JUDGE = ROOT / "tests/tools/judge_schemas.js"
SCHEMA = json.loads((ROOT / "docs/plan.schema.json").read_text())
KINDS = re.compile(r'^ +\[TABLE_CHANGE_\w+\] = \{"([a-z-]+)"', re.M)
COUNTED = {
    "added": "added",
    "changed": "changed",
    "moved": "moved",
    "stale": "stale",
    "theirs": "theirs",
    "conflicts": "conflict",
}
MAY_LACK = ("entity", "old", "was", "attributes", "gone", "destructive")  # an item


def plans():
    """The name and the lines of each plan in a golden case."""
    for case in find_cases(HERE):
        for step in case.steps:
            if "--format json" not in step.command or step.argv[1] != "diff":
                continue
            lines = step.content("stdout").decode().splitlines()
            if lines:
                yield case.name, [json.loads(line) for line in lines]


def judge(lines):
    documents = [{"kind": "plan", "text": json.dumps(line)} for line in lines]
    answer = subprocess.run(
        ["node", JUDGE],
        input=json.dumps({"schemas": {"plan": SCHEMA}, "documents": documents}).encode(),
        capture_output=True,
        check=False,
    )
    if answer.returncode != 0:
        sys.exit(answer.stderr.decode())
    return json.loads(answer.stdout)


def counts_wrong(lines):
    """What the last line says otherwise than the lines before it."""
    items = Counter(line["change"] for line in lines if line["type"] == "item")
    new = {line["table"] for line in lines if line["type"] == "table" and line["change"] == "added"}
    settings = [
        line for line in lines if line["type"] in ("setting", "index") and line["table"] not in new
    ]
    expected = {
        **{name: items[change] for name, change in COUNTED.items()},
        "tables_added": len(new),
        "settings_changed": len(settings),
        "destructive": sum(line.get("destructive", False) for line in lines[:-1]),
        "gone": sum(line.get("gone", False) for line in lines[:-1]),
        "impossible": sum(not line["possible"] for line in settings),
        "notes": sum(line["type"] == "note" for line in lines),
    }
    return [name for name, count in expected.items() if lines[-1][name] != count]


def spoilt(line):
    """The same line with something missing, of another type, or too much."""
    for name in line:
        if line["type"] != "item" or name not in MAY_LACK + ("new",) * (line["change"] == "theirs"):
            yield {key: value for key, value in line.items() if key != name}
        yield {**line, name: [line[name]]}
    yield {**line, "more": 1}


def main():
    if shutil.which("node") is None or not (ROOT / "tests/node_modules/ajv").is_dir():
        print("skipped: npm's ajv is not installed (scripts/setup test)")
        return 77
    failed = []
    every = []
    for name, lines in plans():
        every += [(name, line) for line in lines]
        failed += [f"{name}: {member} is miscounted" for member in counts_wrong(lines)]
    for (name, line), wrong in zip(every, judge([line for _, line in every])):
        if wrong:
            failed.append(f"{name}: {wrong}: {json.dumps(line)}")
    known = set(KINDS.findall((ROOT / "src/table/diff/table_change.c").read_text()))
    shown = {line["kind"] for _, line in every if "kind" in line}
    failed += [f"no case shows a change of kind {kind}" for kind in sorted(known - shown)]
    items = {line["change"] for _, line in every if line["type"] == "item"}
    failed += [f"no case shows an item that is {change}" for change in set(COUNTED.values()) - items]
    failed += [f"{kind} is not in the schema" for kind in sorted(
        known ^ set(SCHEMA["definitions"]["kind"]["enum"]))]  # fmt: skip
    bad = [each for _, line in every for each in spoilt(line)]
    failed += [f"accepted: {json.dumps(each)}" for each, wrong in zip(bad, judge(bad)) if not wrong]
    print("\n".join(failed[:40]))
    print(f"plans: {len(every)} lines and {len(bad)} spoilt ones, {len(failed)} failed")
    return 1 if failed or len(every) < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
