#!/usr/bin/env python3
"""The program is hardened as docs/architecture.md says, read off the program itself.

    tests/style/hardening.py PROGRAM
"""

import re
import subprocess
import sys


def readelf(program, *options):
    done = subprocess.run(
        ["readelf", "-W", *options, program], check=True, capture_output=True, text=True
    )
    return done.stdout


def problems_of(program):
    header = readelf(program, "-h")
    segments = readelf(program, "-l")
    dynamic = readelf(program, "-d")
    symbols = readelf(program, "--dyn-syms")
    stack = re.search(r"GNU_STACK\s+(?:0x\w+\s+){5}(\w+)", segments)
    wanted = {
        "position independent (PIE)": re.search(r"Type:\s+DYN", header),
        "relocations read-only (RELRO)": "GNU_RELRO" in segments,
        "bound at start (BIND_NOW)": re.search(r"BIND_NOW|FLAGS.*\bNOW\b", dynamic),
        "stack not executable": stack and "E" not in stack.group(1),
        "stack protector": "__stack_chk_fail" in symbols,
        "fortified library calls": re.search(r"__\w+_chk\b(?<!__stack_chk)", symbols),
        "no run path": "RUNPATH" not in dynamic and "RPATH" not in dynamic,
    }
    return [f"not so: {what}" for what, is_so in wanted.items() if not is_so]


def main():
    problems = problems_of(sys.argv[1])
    print("\n".join(problems) or "hardened")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
