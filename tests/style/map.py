#!/usr/bin/env python3
"""The table of layers in docs/architecture.md names every source file, and none that is not.

A cell names modules, `plan` for plan.c or plan.h, with their extension where it is another
one, or several at once (`cmd_*`).
"""

import fnmatch
import re
import sys

from tree import ROOT

PAGE = (ROOT / "docs/architecture.md").read_text()


def table():
    """Each layer's names, in the order of the page."""
    rows = re.search(r"(?m)^\| layer \| file \| job \|\n\|.*\n((?:\|.*\n)+)", PAGE)[1]
    named, layer = {}, None
    for row in rows.splitlines():
        first, files = [re.findall(r"`([^`]+)`", cell) for cell in row.split("|")[1:3]]
        layer = first[0] if first else layer
        named.setdefault(layer, []).extend(files)
    return named


def problems_of(layer, names):
    folder = ROOT / "src" / layer
    stems = {path.stem for path in folder.glob("*.c")}
    for name in names:
        if not any(any(folder.glob(f"{name}{suffix}")) for suffix in ("", ".c", ".h")):
            yield f"src/{layer} has no {name}"
    for stem in sorted(stems):
        if not any(fnmatch.fnmatch(stem, name) for name in names):
            yield f"src/{layer}/{stem}.c is not in the table of layers"


def main():
    named = table()
    problems = [said for layer, names in named.items() for said in problems_of(layer, names)]
    print(*problems, sep="\n")
    print(f"{sum(map(len, named.values()))} names in {len(named)} layers")
    return 1 if problems or len(named) != 8 else 0


if __name__ == "__main__":
    sys.exit(main())
