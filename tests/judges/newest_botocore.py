#!/usr/bin/env python3
"""check_requests.py by the newest botocore, which needs no list of newer members.

    tests/judges/newest_botocore.py

botocore comes from PyPI into .cache/judges, once a day; without PyPI what is there already
is used, and when nothing is there: exit code 77, with the reason.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
A_DAY = 24 * 60 * 60


def install(folder):
    """None, or why it could not be installed. pip needs no virtual environment for that."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / ".installed"
    if stamp.exists() and time.time() - stamp.stat().st_mtime < A_DAY:
        return None
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade"]
    command += ["--disable-pip-version-check", "--retries=0", "--timeout=10"]
    try:
        done = subprocess.run(
            [*command, f"--target={folder}", "botocore"],
            capture_output=True,
            text=True,
            timeout=300,
        )
    except subprocess.TimeoutExpired:
        return "PyPI is too slow"
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    stamp.touch()
    return None


def main():
    folder = ROOT / ".cache/judges/botocore"
    problem = install(folder)
    if problem is not None and not (folder / ".installed").exists():
        print(f"skipped: botocore cannot be had from PyPI: {problem}")
        return 77
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    checker = ROOT / "tests/golden/check_requests.py"
    return subprocess.run([sys.executable, checker, "--newest"], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
