#!/usr/bin/env python3
"""Every diagnostic of the catalogue is shown by a golden case.

    tests/golden/check_codes.py [--list]

Codes of the outside world (no server, a refusing service) cannot be: codes_elsewhere.txt
names the test that meets each of them, and that file must contain the code.
"""

import argparse
import re
import sys
from pathlib import Path

from case import find_cases

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ROW = re.compile(r'^DIAG\((\w+),\s*"([a-z0-9-]+)",\s*(\w+),\s*(\w+)', re.M)
SHOWN = re.compile(r'(?:error|warning|note)\[([a-z0-9-]+)\]|"code":"([a-z0-9-]+)"')


def codes_shown():
    shown = {}
    for case in find_cases(HERE):
        for step in case.steps:
            for kind in ("stdout", "stderr"):
                text = step.content(kind).decode("utf-8", "replace")
                for match in SHOWN.finditer(text):
                    shown.setdefault(match[1] or match[2], set()).add(case.name)
    return shown


def codes_elsewhere():
    listed = {}
    for line in (HERE / "codes_elsewhere.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            code, path, _ = line.split(maxsplit=2)
            listed[code] = path
    return listed


def check(catalogue, shown, listed):
    for code in catalogue:
        path = listed.get(code)
        if code in shown and path:
            yield f"{code}: a golden case shows it, take it out of codes_elsewhere.txt"
        elif path and not (ROOT / path).is_file():
            yield f"{code}: codes_elsewhere.txt names {path}, which is not there"
        elif path and code not in (ROOT / path).read_text():
            yield f"{code}: codes_elsewhere.txt names {path}, which does not contain it"
        elif code not in shown and not path:
            yield f"{code}: no golden case shows it"
    for code in sorted((set(shown) | set(listed)) - set(catalogue)):
        yield f"{code}: not in the catalogue"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--list", action="store_true", help="which cases show which code")
    options = parser.parse_args()

    rows = ROW.findall((ROOT / "src/diag/catalog/diag_codes.def").read_text())
    catalogue = [name for _, name, _, _ in rows]
    shown = codes_shown()
    if options.list:
        for code in catalogue:
            print(f"{code:22} {' '.join(sorted(shown.get(code, ['-'])))}")
    problems = list(check(catalogue, shown, codes_elsewhere()))
    for problem in problems:
        print(problem)
    print(f"codes: {len(catalogue) - len(problems)} of {len(catalogue)} are met by a test")
    return 1 if problems or not catalogue else 0


if __name__ == "__main__":
    sys.exit(main())
