#!/usr/bin/env python3
"""No file of the project holds notes to self or places of one machine."""

import re
import sys

from tree import ROOT, project_files

# Written so that this file does not hold them.
NOTES = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"))
PLACES = "|".join(("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/[a-z]", r"\.\./sha" + "red"))
FORBIDDEN = re.compile(rf"\b(?:{NOTES})\b|(?:{PLACES})".encode())
PINNED = {"package-lock.json"}  # hashes may spell anything

found, files = 0, project_files()
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
