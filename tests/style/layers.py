#!/usr/bin/env python3
"""The layers point down only, and third-party headers stay at their doors.

    tests/style/layers.py layers.txt COMPILER

layers.txt holds, lowest first, each layer's name and the include path that CMake gives
it. For each pair of layers a probe that includes a header of the one is compiled with the
include path of the other: downward it must compile, upward it must find no file.
"""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
# The command line sees the pipeline's public header (core/include) and nothing else.
SEES = {"cli": {"cli"}}
PUBLIC = "ddbgen.h"
DOORS = {
    r"yaml\.h": {"src/yaml/yaml_read.c"},
    r"libpq-fe\.h": {
        f"src/service/postgres/pg_{name}.c" for name in ("link", "session", "url", "words")
    },
    r"curl/.*": {"src/service/wire/http.c", "src/service/wire/http.h"},
    r"(?:cjson/)?cJSON\.h": {"src/service/tables/*", "src/build/build_table.c"},
    r"openssl/.*": {"src/base/*/*.c", "src/service/wire/sigv4.c"},
    r"zlib\.h": {"src/service/wire/reply_read.c"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


def probe(compiler, folders, header):
    """None when `header` can be included, else what the compiler says."""
    result = subprocess.run(
        [compiler, "-std=c17", "-D_GNU_SOURCE", "-fsyntax-only", "-xc", "-"]
        + [f"-I{folder}" for folder in folders],
        input=f'#include "{header}"\n',
        capture_output=True,
        text=True,
    )
    return result.stderr if result.returncode else None


def check_layers(layers, compiler):
    names = list(layers)
    headers = {name: sorted(path.name for path in (SRC / name).rglob("*.h")) for name in names}
    jobs = []
    for height, name in enumerate(names):
        sees = SEES.get(name, set(names[: height + 1]))
        for other in names:
            for header in headers[other]:
                jobs.append((name, other, header, other in sees))
    jobs += [(name, "core/include", PUBLIC, name in ("cli", "core")) for name in names]

    def run(job):
        name, other, header, allowed = job
        said = probe(compiler, layers[name], header)
        if allowed and said is not None:
            return f"{name} cannot include {other}/{header}:\n{said}"
        if not allowed and said is None:
            return f"{name} can include {other}/{header}, which is above it"
        if not allowed and "No such file" not in said and "file not found" not in said:
            return f"{name} with {other}/{header} fails for another reason:\n{said}"
        return None

    with ThreadPoolExecutor(2) as pool:
        problems = [said for said in pool.map(run, jobs) if said]
    print(f"{len(jobs)} probes, {len(layers)} layers")
    return problems if jobs else ["no probes"]


def check_doors():
    problems = []
    allowed = {
        pattern: {str(path) for door in doors for path in ROOT.glob(door)}
        for pattern, doors in DOORS.items()
    }
    for path in sorted(SRC.rglob("*.[ch]")):
        for header in INCLUDE.findall(path.read_text(encoding="utf-8")):
            for pattern, doors in allowed.items():
                if re.fullmatch(pattern, header) and str(path) not in doors:
                    problems.append(f"{path.relative_to(ROOT)} includes <{header}>")
    return problems


def main():
    listing, compiler = sys.argv[1:]
    layers = {}
    for line in Path(listing).read_text().splitlines():
        name, *folders = line.split(" ")
        layers[name] = folders
    problems = check_layers(layers, compiler) + check_doors()
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
