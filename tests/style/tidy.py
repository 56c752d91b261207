#!/usr/bin/env python3
"""clang-tidy (.clang-tidy) over src/, from the compile commands of a build folder.

    tests/style/tidy.py BUILD-FOLDER

A file that was clean is not looked at again while it, the headers, the configuration and
its compile command are the same: BUILD-FOLDER/tidy-cache remembers.
"""

import hashlib
import json
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GCC_ONLY = ("-Wlogical-op", "-Wduplicated-cond", "-Wduplicated-branches")


def digest(*parts):
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def compile_command(entry):
    words = shlex.split(entry["command"])
    if Path(words[0]).name == "ccache":
        words = words[1:]
    return [word for word in words if word not in GCC_ONLY]


def main():
    build = Path(sys.argv[1])
    if shutil.which("clang-tidy") is None:
        print("skipped: clang-tidy is not installed")
        return 77
    cache = build / "tidy-cache"
    cache.mkdir(exist_ok=True)
    headers = sorted(p for p in (ROOT / "src").rglob("*") if p.suffix in (".h", ".def"))
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True).stdout
    common = digest(
        version, (ROOT / ".clang-tidy").read_bytes(), *(p.read_bytes() for p in headers)
    )
    database = json.loads((build / "compile_commands.json").read_text())
    entries = [e for e in database if Path(e["file"]).is_relative_to(ROOT / "src")]

    def check(entry):
        command = compile_command(entry)
        path = Path(entry["file"])
        words = " ".join(command).encode()
        clean = cache / digest(common.encode(), words, path.read_bytes())
        if clean.exists():
            return None
        result = subprocess.run(
            ["clang-tidy", "--quiet", str(path), "--", *command[1:]],
            cwd=entry["directory"],
            capture_output=True,
            text=True,
        )
        if result.returncode == 0:
            clean.touch()
            return None
        return result.stdout + result.stderr

    with ThreadPoolExecutor(2) as pool:
        problems = [said for said in pool.map(check, entries) if said]
    print(*problems, sep="\n")
    print(f"{len(entries) - len(problems)} of {len(entries)} files are clean")
    return 1 if problems or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
