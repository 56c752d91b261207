#!/usr/bin/env python3
"""All shell scripts pass shellcheck."""

import shutil
import subprocess
import sys

from tree import project_files

if shutil.which("shellcheck") is None:
    print("skipped: shellcheck is not installed")
    sys.exit(77)
scripts = []
for path in project_files():
    with path.open("rb") as file:
        first = file.readline(64)
    if first.startswith(b"#!") and (b"bash" in first or first.rstrip().endswith(b"sh")):
        scripts.append(path)
result = subprocess.run(["shellcheck", "--external-sources", *scripts])
print(f"{len(scripts)} scripts")
sys.exit(1 if result.returncode or not scripts else 0)
