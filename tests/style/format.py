#!/usr/bin/env python3
"""All C is as clang-format would write it (.clang-format)."""

import shutil
import subprocess
import sys

from tree import c_files

if shutil.which("clang-format") is None:
    print("skipped: clang-format is not installed")
    sys.exit(77)
files = c_files()
result = subprocess.run(["clang-format", "--dry-run", "--Werror", "--style=file", *files])
print(f"{len(files)} files; `clang-format -i` mends what is named above")
sys.exit(1 if result.returncode else 0)
