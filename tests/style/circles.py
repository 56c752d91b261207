#!/usr/bin/env python3
"""No two files of src/ need each other, directly or by way of others.

    tests/style/circles.py objects.txt NM

objects.txt holds the paths of all object files of src/, as CMake knows them. A file needs
another one when it uses a symbol that the other defines; what nm tells is what the linker sees.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

OBJECT = re.compile(r".*/src/(\w+)/CMakeFiles/\w+\.dir/(.*)\.c\.o")
DEFINED = "TDRBVW"


def symbols(nm, objects):
    """({symbol: the object that defines it}, {object: the symbols that it lacks})."""
    told = subprocess.run([nm, "-A", "-P", "-g", *objects], stdout=subprocess.PIPE, text=True)
    if told.returncode != 0:
        sys.exit("build the program first")
    defined, lacking = {}, {path: set() for path in objects}
    for line in told.stdout.splitlines():
        path, name, kind = line.replace(": ", " ", 1).split(" ")[:3]
        if kind == "U":
            lacking[path].add(name)
        elif kind in DEFINED:
            defined[name] = path
    return defined, lacking


def circles(needs):
    """The sets of files that all reach each other, of more than one (Tarjan's algorithm)."""
    number, low, stack, found = {}, {}, [], []

    def visit(node):
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in needs[node]:
            if other not in number:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == number[node]:
            at = stack.index(node)
            found.append(stack[at:])
            del stack[at:]

    sys.setrecursionlimit(10000)
    for node in needs:
        if node not in number:
            visit(node)
    return [members for members in found if len(members) > 1]


def name_of(path):
    layer, name = OBJECT.fullmatch(path).groups()
    return os.path.normpath(f"src/{layer}/{name}.c")


def main():
    listing, nm = sys.argv[1:]
    objects = Path(listing).read_text().split("\n")[:-1]
    defined, lacking = symbols(nm, objects)
    needs = {
        path: {defined[name]: name for name in names if name in defined}
        for path, names in lacking.items()
    }
    found = circles(needs)
    for members in found:
        print(f"{len(members)} files need each other:")
        for path in members:
            for other in needs[path]:
                if other in members:
                    print(f"  {name_of(path)} needs {name_of(other)}: {needs[path][other]}")
    print(f"{len(objects)} files, {sum(map(len, needs.values()))} needs, {len(found)} circles")
    return 1 if found or not objects or not defined else 0


if __name__ == "__main__":
    sys.exit(main())
