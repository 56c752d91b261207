#!/usr/bin/env python3
"""Changes the program in one place at a time, and asks whether a test notices.

    tests/tools/mutate.py [--count N] [--seed N] [--only REGEX] [--jobs N] [FOLDER]

Mutants are drawn from a seed over all of src/: a comparison or a bound that is off by one,
a condition that is turned around, a part of one that is missing, a constant, a statement
that is left out. Each is built in a copy of the tree (FOLDER, `build-mutants` unless
given) and run against the unit and golden tests until one fails. What does not compile is
no mutant, and another is drawn. Survivors are listed: each is a decision that no test holds,
or one that makes no difference.
"""

import argparse
import random
import re
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEST_SECONDS = 180
MEMORY_BYTES = 4 << 30  # a mutant may never stop to allocate

# Comments, strings and characters, preprocessor lines and assertions of the compiler hold
# no decision.
OPAQUE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
    r"""|^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*|_Static_assert\b[^;]*;""",
    re.S | re.M | re.X,
)

# What stands there, and what it becomes.
OPERATORS = [
    (r" < ", [" <= ", " >= "]),
    (r" <= ", [" < ", " > "]),
    (r" > ", [" >= ", " <= "]),
    (r" >= ", [" > ", " < "]),
    (r" == ", [" != "]),
    (r" != ", [" == "]),
    (r" && ", [" || "]),
    (r" \|\| ", [" && "]),
    (r" \+ (?=[\w(])", [" - "]),
    (r" - (?=[\w(])", [" + "]),
    (r"(?<=[(\s])!(?=[\w(])", [""]),
    (r"\breturn true;", ["return false;"]),
    (r"\breturn false;", ["return true;"]),
    (r"(?<=[\s(\[])(?:[1-9]\d{0,4})(?=[\s)\];,u])", ["{+1}"]),
    (r"\+\+;", [";"]),
    # a statement of its own line: an assignment, or a call whose value nobody takes
    (r"(?<=\n)[ ]{4,}[\w\->.\[\]*]+ [|+\-]?= [^;{}\n]*;(?=\n)", [";"]),
    (r"(?<=\n)[ ]{4,}\w+\([^;{}\n]*\);(?=\n)", [";"]),
    (r"\bbreak;(?=\n)", [";"]),
]


@dataclass(frozen=True)
class Mutant:
    path: Path  # below the root
    at: int
    before: str
    after: str

    def line(self, text):
        return text.count("\n", 0, self.at) + 1


def blank(match):
    return re.sub(r"[^\n]", "\0", match[0])


def mutants_of(path):
    text = OPAQUE.sub(blank, (ROOT / path).read_text(encoding="utf-8"))
    for pattern, replacements in OPERATORS:
        for match in re.finditer(pattern, text):
            if "\0" in match[0] and not match[0].startswith("    "):
                continue
            before = (ROOT / path).read_text(encoding="utf-8")[match.start() : match.end()]
            for after in replacements:
                after = str(int(before) + 1) if after == "{+1}" else after
                yield Mutant(path, match.start(), before, after)


def draw(seed, only):
    """All mutants in the order in which this seed draws them; each file by its size."""
    listed = subprocess.run(
        ["git", "ls-files", "src/*.c"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = []
    for name in listed.stdout.split():
        if re.search(only, name):
            found += mutants_of(Path(name))
    random.Random(seed).shuffle(found)
    return found


def copy_tree(folder):
    """The tree as git knows it, and its build beside it."""
    source = folder / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    shutil.rmtree(source, ignore_errors=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    modules = ROOT / "tests/node_modules"
    if modules.is_dir():
        (source / "tests/node_modules").symlink_to(modules)
    return source


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


class Tree:
    def __init__(self, folder, jobs):
        self.source, self.build, self.jobs = copy_tree(folder), folder / "build", jobs
        # A mutant may leave something unused, or compare what cannot be.
        self.run("cmake", "-S", self.source, "-B", self.build, "-G", "Ninja",
                 "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_FLAGS=-O1 -w")
        if self.run("cmake", "--build", self.build, "-j", jobs) != 0:
            sys.exit("mutate: the program does not build as it is")
        if self.test() != "survived":
            sys.exit("mutate: a test fails without any change")

    def run(self, *command, seconds=None):
        try:
            return subprocess.run(
                [str(word) for word in command],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL, timeout=seconds, preexec_fn=limit_memory,
            ).returncode
        except subprocess.TimeoutExpired:
            return None

    def test(self):
        for label in ("unit", "golden"):
            if self.run("ctest", "--test-dir", self.build, "-L", label, "-LE", "long",
                        "-j", self.jobs, "--stop-on-failure", "--timeout", 60,
                        seconds=TEST_SECONDS) != 0:
                return f"killed by {label}"
        return "survived"

    def try_one(self, mutant):
        path = self.source / mutant.path
        text = path.read_text(encoding="utf-8")
        end = mutant.at + len(mutant.before)
        path.write_text(text[: mutant.at] + mutant.after + text[end:], encoding="utf-8")
        try:
            if self.run("cmake", "--build", self.build, "-j", self.jobs) != 0:
                return "no program"
            return self.test()
        finally:
            path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build-mutants")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="files whose path matches")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()

    drawn = draw(arguments.seed, arguments.only)
    tree = Tree(arguments.folder.resolve(), arguments.jobs)
    tried, survivors = 0, []
    for mutant in drawn:
        if tried == arguments.count:
            break
        began = time.monotonic()
        end = tree.try_one(mutant)
        if end == "no program":
            continue
        tried += 1
        line = mutant.line((ROOT / mutant.path).read_text(encoding="utf-8"))
        said = (f"{mutant.path}:{line}: {end}: '{mutant.before.strip()}' becomes "
                f"'{mutant.after.strip()}' ({time.monotonic() - began:.0f} s)")
        print(f"{tried:4}", said, flush=True)
        survivors += [said] if end == "survived" else []
    print(f"\n{tried} mutants of seed {arguments.seed}, {tried - len(survivors)} killed, "
          f"{len(survivors)} survived", *survivors, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
