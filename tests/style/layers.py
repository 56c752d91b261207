#!/usr/bin/env python3
"""The layers point down only, and third-party headers stay at their doors.

    tests/style/layers.py layers.txt COMPILER

layers.txt holds, lowest first, each layer's name and the include path that CMake gives
it. With the include path of each layer the compiler is asked for the headers of all: those of
the layers below are found, those above are not. And each header compiles by itself.
"""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
# The command line sees the pipeline's public header (core/include) and base.
SEES = {"cli": {"cli", "base"}}
PUBLIC = "ddbgen.h"
DOORS = {
    r"yaml\.h": {"src/yaml/yaml_extent.c", "src/yaml/yaml_read.c"},
    r"libpq-fe\.h": {
        f"src/service/postgres/pg_{name}.c" for name in ("link", "session", "url", "words")
    },
    r"curl/.*": {f"src/service/http/{name}" for name in ("http.c", "events.c", "events.h")},
    r"(?:cjson/)?cJSON\.h": {"src/service/tables/*", "src/build/build_table.c"},
    r"openssl/.*": {
        "src/base/*/*.c",
        "src/service/http/sigv4.c",
        "src/service/credentials/dpop.c",
        "src/service/credentials/token_file.c",
    },
    r"zlib\.h": {"src/base/text/zip.c"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


def probe(compiler, folders, text):
    """What the compiler says of a file, seen from a layer; "" when it takes it."""
    return subprocess.run(
        [compiler, "-std=c17", "-D_GNU_SOURCE", "-fsyntax-only", "-xc", "-"]
        + [f"-I{folder}" for folder in folders],
        input=text,
        capture_output=True,
        text=True,
    ).stderr


def sight(layers, headers, compiler, name):
    """What a layer sees and should not, or the other way round."""
    sees = SEES.get(name, set(list(layers)[: list(layers).index(name) + 1]))
    wanted = {header: other in sees for other in layers for header in headers[other]}
    wanted[PUBLIC] = name in ("cli", "core")
    said = probe(
        compiler,
        layers[name],
        "".join(
            f'#if {"!" if allowed else ""}__has_include("{header}")\n#error {header}\n#endif\n'
            for header, allowed in wanted.items()
        ),
    )
    for header in re.findall(r"#error (\S+)", said):
        yield f"{name} {'cannot' if wanted[header] else 'can'} include {header}"


def check_layers(layers, compiler):
    """Upward no header is found, downward every one; and each compiles by itself."""
    headers = {
        name: sorted({path.name for path in (SRC / name).rglob("*.h")} - {PUBLIC})
        for name in layers
    }
    alone = [(name, header) for name in layers for header in headers[name]]

    def compile_alone(job):
        name, header = job
        said = probe(compiler, layers[name], f'#include "{header}"\n')
        return f"{name}/{header} does not compile by itself:\n{said}" if said else None

    with ThreadPoolExecutor(2) as pool:
        problems = [said for said in pool.map(compile_alone, alone) if said]
    for name in layers:
        problems += sight(layers, headers, compiler, name)
    print(f"{len(alone)} headers, {len(layers)} layers")
    return problems if alone else ["no headers"]


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
