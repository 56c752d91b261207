#!/usr/bin/env python3
"""diff and apply on another engine: after apply(A), apply(B), diff(B) finds nothing to do.

    tests/judges/converge.py ENGINE [--ddbgen PATH] [--cache FOLDER] [-v]

ENGINE is dynoxide, moto or dynalite. A and B are the old and the new definition of each golden
case of the topic `changes`, and the shipped definitions before and after their fixtures are
edited. converge.txt lists what an engine does not do, one "ENGINE CASE PATH reason" a line:
the settings that then remain. What is listed and converges fails, too. Exit code 77, with the
reason, when the engine is not installed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tests/golden"), str(HERE)]

from case import find_cases  # noqa: E402

import engines  # noqa: E402


def known_gaps(engine):
    gaps = {}
    for line in (HERE / "converge.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, case, path, _ = line.split(maxsplit=3)
            if name == engine:
                gaps.setdefault(case, set()).add(path)
    return gaps


class Tool:
    def __init__(self, ddbgen, engine, folder):
        self.ddbgen, self.folder = ddbgen, folder
        self.place = ("--endpoint-url", f"http://127.0.0.1:{engine.port}")

    def __call__(self, command, *arguments):
        return subprocess.run(
            [self.ddbgen, command, *arguments, *self.place],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )

    def left(self, *arguments):
        """The paths of settings and the keys of items that diff shows."""
        shown = self("diff", *arguments, "--format", "json")
        if shown.returncode not in (0, 1):
            return {f"exit {shown.returncode}: {shown.stderr}"}
        lines = [json.loads(line) for line in shown.stdout.splitlines()]
        return {
            line.get("path") or json.dumps(line.get("new", line.get("old")))
            for line in lines
            if line["type"] in ("setting", "index", "item")
        }


def pairs():
    """Each golden case that goes from old.yaml to new.yaml in place: its files."""
    for case in find_cases(ROOT / "tests/golden"):
        files = {section.path: section.content() for section in case.inputs()}
        possible = all(step.exit_code() in (0, 1) for step in case.steps)
        if case.name.startswith("changes/") and "old.yaml" in files and possible:
            yield case.name, files


def play_pair(tool, files):
    """What remains, and what was wrong on the way."""
    for name, content in files.items():
        (tool.folder / name).write_bytes(content)
    wrong = []
    for definition in ("old.yaml", "new.yaml"):
        made = tool("apply", definition, "--yes")
        if made.returncode != 0:
            wrong.append(f"apply {definition}: exit {made.returncode}: {made.stderr}")
    return tool.left("new.yaml"), wrong


def play_shipped(tool):
    for name in ("schemas", "fixtures"):
        shutil.copytree(ROOT / name, tool.folder / name)
    shutil.copy(ROOT / "ddbgen.yaml", tool.folder)
    wrong = []
    for schema in ("messages", "rooms", "shop"):
        arguments = (f"schemas/{schema}.yaml", "--handles", "fixtures/users.yaml")
        for attempt in range(2):
            made = tool("apply", *arguments)
            # What an engine tells nothing of is noted.
            again = made.stdout.startswith("no changes: ") or "nothing to change" in made.stdout
            if made.returncode != 0 or again != (attempt == 1):
                wrong.append(f"apply {schema}: {made.stdout}{made.stderr}")
    with open(tool.folder / "fixtures/babylon-5.txt", "a", encoding="utf-8") as file:
        file.write("Person 1: And one more line.\n")
    arguments = ("schemas/messages.yaml", "--handles", "fixtures/users.yaml")
    if len(tool.left(*arguments)) != 3:  # one added, two moved
        wrong.append("an edited fixture is not shown")
    made = tool("apply", *arguments)
    if made.returncode != 0 or "2 items deleted" not in made.stdout:
        wrong.append(f"an edited fixture is not applied: {made.stdout}{made.stderr}")
    return tool.left(*arguments), wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=sorted(engines.STARTERS))
    parser.add_argument("--ddbgen", default=ROOT / "build/ddbgen", type=Path)
    parser.add_argument("--cache", default=ROOT / ".cache/judges", type=Path)
    parser.add_argument("-v", action="store_true", dest="verbose")
    options = parser.parse_args()
    try:
        engine = engines.Engine(options.engine, options.cache)
    except engines.Missing as missing:
        print(f"skipped: {missing}")
        return 77
    gaps = known_gaps(options.engine)
    failed = count = 0
    plays = [("shipped", None), *pairs()]
    try:
        for name, files in plays:
            with tempfile.TemporaryDirectory() as folder:
                tool = Tool(options.ddbgen.resolve(), engine, Path(folder))
                left, wrong = play_pair(tool, files) if files else play_shipped(tool)
            engine.drop_all()
            known = gaps.pop(name, set())
            if known and "-" in known:  # it cannot be played to its end
                known, wrong = left if wrong else {"it goes well"}, []
            count += 1
            if left != known or wrong:
                failed += 1
                print(f"FAIL {name}: left {sorted(left)}, known {sorted(known)}", *wrong, sep="\n")
            elif options.verbose:
                print(f"ok   {name}", *sorted(left))
    finally:
        engine.stop()
    failed += len(gaps)
    for name in gaps:
        print(f"converge.txt: there is no case {name}")
    print(f"{options.engine}: {count} pairs, {failed} failed")
    return 1 if failed or count < 5 else 0


if __name__ == "__main__":
    sys.exit(main())
