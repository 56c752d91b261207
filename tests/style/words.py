#!/usr/bin/env python3
"""No file of the project holds notes to self or places of one machine, and nothing lies at its
top that does not belong there (what a fuzzer leaves behind, say)."""

import re
import sys

from tree import ROOT, project_files

# Written so that this file does not hold them.
NOTES = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"))
PLACES = "|".join(("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/[a-z]", r"\.\./sha" + "red"))
FORBIDDEN = re.compile(rf"\b(?:{NOTES})\b|(?:{PLACES})".encode())
PINNED = {"package-lock.json"}  # hashes may spell anything
TOP = {  # and what begins with a dot
    *("src", "schemas", "fixtures", "tests", "docs", "scripts"),
    *("CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "ddbgen.yaml"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"),
}

found, files = 0, project_files()
for name in sorted({path.relative_to(ROOT).parts[0] for path in files}):
    if name not in TOP and not name.startswith("."):
        found += 1
        print(f"{name}: what is this at the top level?")
for path in files:
    if path.name in PINNED:
        continue
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        match = FORBIDDEN.search(line)
        if match:
            found += 1
            print(f"{path.relative_to(ROOT)}:{number}: {match[0].decode()!r}")
print(f"{len(files)} files, {found} found")
sys.exit(1 if found or not files else 0)
