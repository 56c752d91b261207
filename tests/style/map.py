#!/usr/bin/env python3
"""The table of rooms in docs/architecture.md names every source file, and none that is not.

A row's first cell names a room, a folder of src/; the next cell modules, `plan` for plan.c or
plan.h, with their extension where it is another one, or several at once (`cmd_*`).
"""

import fnmatch
import re
import sys

from tree import ROOT

SRC = ROOT / "src"
PAGE = (ROOT / "docs/architecture.md").read_text()


def table():
    """Each room's names, in the order of the page."""
    rows = re.search(r"(?m)^\| room \| file \| job \|\n\|.*\n((?:\|.*\n)+)", PAGE)[1]
    named, room = {}, None
    for row in rows.splitlines():
        first, files = [re.findall(r"`([^`]+)`", cell) for cell in row.split("|")[1:3]]
        room = first[0] if first else room
        named.setdefault(room, []).extend(files)
    return named


def problems_of(room, names):
    folder = SRC / room
    stems = {path.stem for path in folder.glob("*.c")}
    for name in names:
        if not any(any(folder.glob(f"{name}{suffix}")) for suffix in ("", ".c", ".h")):
            yield f"src/{room} has no {name}"
    for stem in sorted(stems):
        if not any(fnmatch.fnmatch(stem, name) for name in names):
            yield f"src/{room}/{stem}.c is not in the table of rooms"


def main():
    named = table()
    rooms = {str(path.parent.relative_to(SRC)) for path in SRC.rglob("*.c")}
    problems = [said for room, names in named.items() for said in problems_of(room, names)]
    problems += [f"src/{room} is not in the table of rooms" for room in rooms - set(named)]
    print(*problems, sep="\n")
    print(f"{sum(map(len, named.values()))} names in {len(named)} rooms")
    return 1 if problems or not named else 0


if __name__ == "__main__":
    sys.exit(main())
