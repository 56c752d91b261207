#!/usr/bin/env python3
"""Changes the program in one place at a time, and asks whether a test notices.

    tests/tools/mutate.py [--count N] [--seed N] [--only REGEX] [--jobs N] [FOLDER]

Mutants are drawn from a seed over all of src/ (mutants.py says what they are). Each is built
in a copy of the tree (FOLDER, `build-mutants` unless given). The unit tests that are linked
with the changed file run first, then the golden ones, until one fails; it must fail a second
time, by itself, before the mutant counts as killed. Survivors are listed: each is a decision
that no test holds, or one that makes no difference.

Not counted at all are changes that do not compile, and those that the optimising compiler
makes the same object of. What ran out of time is told apart from what failed.

A mutant is a program that nobody has read. It runs among its own processes, without a
network, and may write nowhere but in a /tmp of its own; only root can see to that.
"""

import argparse
import collections
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

from mutants import draw

ROOT = Path(__file__).resolve().parents[2]
MEMORY_BYTES = 4 << 30  # a mutant may never stop to allocate
PATIENCE = 6  # of the time that the tests take without a mutant
PATIENCE_AT_LEAST = 60
GOLDEN = (("-L", "golden", "-E", "schemas"), ("-R", r"^golden\.schemas$"))  # the slowest last
FAILED = re.compile(r"^\s+\d+ - (\S+) \((.*)\)", re.M)  # ctest's list of failures
OBJECT = re.compile(r" -o (\S+\.o) ")

# $1: the only folder that may be written; what ctest writes lies there.
ALONE = """
mount --bind "$1" "$1"
mount -o remount,ro,bind /
mount -t tmpfs -o size=1g tmpfs /tmp
cd /tmp
shift
exec "$@"
"""


def copy_tree(folder):
    """The tree as git knows it, and its build beside it."""
    source = folder / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
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


def run(*command, seconds=None, limits=None):
    """The exit code and what was said; None for the code: out of time."""
    words = [str(word) for word in command]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        stdin=subprocess.DEVNULL, preexec_fn=limits, start_new_session=True,
    ) as running:
        try:
            said, _ = running.communicate(timeout=seconds)
            return running.returncode, said
        except subprocess.TimeoutExpired:
            running.kill()  # unshare, and with it all that it started
            return None, ""


class Tree:
    """A copy of the project that is built and tested with one file changed."""

    def __init__(self, folder, jobs):
        self.source, self.build, self.jobs = copy_tree(folder), folder / "build", jobs
        # A mutant may leave something unused, or compare what cannot be. Without what is for
        # a debugger, which knows the columns, objects that do the same are the same.
        flags = ["-DCMAKE_BUILD_TYPE=None", "-DCMAKE_C_FLAGS=-O1 -g0 -w"]
        if shutil.which("ccache"):
            flags.append("-DCMAKE_C_COMPILER_LAUNCHER=ccache")
        run("cmake", "-S", self.source, "-B", self.build, "-G", "Ninja", *flags)
        (self.build / "Testing").mkdir(exist_ok=True)
        tests = [path.stem for path in sorted((self.source / "tests/unit").glob("test_*.c"))]
        code, said = self.make("ddbgen", *tests)
        if code != 0:
            sys.exit(f"mutate: the program does not build as it is\n{said[-2000:]}")
        self.units = self.units_by_source()
        self.objects = self.objects_by_source()
        self.seconds = None
        began = time.monotonic()
        for which in (("-L", "unit"), *GOLDEN):
            end = self.test(*which)
            if end is not None:
                sys.exit(f"mutate: {end} fails without any change")
        self.seconds = max(PATIENCE_AT_LEAST, PATIENCE * (time.monotonic() - began))

    def units_by_source(self):
        """The unit tests whose program holds a source, by the source's name alone: no two
        are called the same."""
        tests = collections.defaultdict(list)
        for program in sorted((self.build / "tests/unit").glob("test_*")):
            if os.access(program, os.X_OK) and program.is_file():
                _, symbols = run("readelf", "-sW", program)
                for name in set(re.findall(r" FILE +LOCAL .* (\S+\.c)$", symbols, re.M)):
                    tests[name].append(program.name)
        return tests

    def objects_by_source(self):
        commands = json.loads((self.build / "compile_commands.json").read_text())
        return {
            os.path.relpath(each["file"], self.source):
                self.build / OBJECT.search(each["command"])[1]
            for each in commands
        }

    def test(self, *which):
        """The test that failed first, with the reason; None: none did."""
        command = ("ctest", "--test-dir", self.build, "-LE", "long", "-j", self.jobs,
                   "--stop-on-failure", "--timeout", 60, *which)
        code, said = run(
            "unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--mount", "--net",
            "sh", "-ec", ALONE, "sh", self.build / "Testing", *command,
            seconds=self.seconds, limits=limit_memory,
        )
        if code is None:
            return ("everything", "Timeout")
        failed = [each for each in FAILED.findall(said) if each[1] != "Skipped"]
        if code != 0 and not failed:
            sys.exit(f"mutate: ctest does not run\n{said[-2000:]}")
        return failed[0] if failed else None

    def make(self, *targets):
        return run("cmake", "--build", self.build, "-j", self.jobs, "--target", *targets)

    def try_one(self, mutant):
        """How it ended: "no program", "same program", "survived", or who killed it."""
        path = self.source / mutant.path
        text = path.read_text(encoding="utf-8")
        compiled = self.objects.get(mutant.path)  # none: a header
        whole = compiled and compiled.read_bytes()
        path.write_text(mutant.applied(text), encoding="utf-8")
        try:
            if compiled:
                if self.make(compiled.relative_to(self.build))[0] != 0:
                    return "no program"
                if compiled.read_bytes() == whole:
                    return "same program"
            return self.judge(path)
        finally:
            path.write_text(text, encoding="utf-8")
            if compiled and self.make(compiled.relative_to(self.build))[0] != 0:
                sys.exit("mutate: the program does not build any more")

    def judge(self, path):
        units = self.units.get(path.name, [])
        if path.suffix == ".h":
            units = sorted(set().union(*self.units.values()))
        if units:
            if self.make(*units)[0] != 0:
                return "no program"
            names = "|".join(name.removeprefix("test_") for name in units)
            killer = self.killer("unit", "-R", rf"^unit\.({names})$")
            if killer:
                return killer
        if self.make("ddbgen")[0] != 0:
            return "no program"
        for which in GOLDEN:
            killer = self.killer("golden", *which)
            if killer:
                return killer
        return "survived"

    def killer(self, label, *which):
        while True:
            failed = self.test(*which)
            if failed is None:
                return None
            name, reason = failed
            if reason == "Timeout":
                return f"out of time in {label}"
            if self.test("-R", f"^{re.escape(name)}$") is not None:
                return f"killed by {name}"
            print(f"     {name} failed once only: {reason}", flush=True)


def report(seed, ends, left_out, survivors):
    kinds = collections.Counter(end.split(".")[0] for end in ends)
    tried = len(ends)
    print(f"\n{tried} mutants of seed {seed}: {tried - kinds['survived']} killed, "
          f"{kinds['survived']} survived")
    print(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    print("not counted:", ", ".join(f"{count} {kind}" for kind, count in left_out.items()))
    print(*survivors, sep="\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build-mutants")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="files whose path matches")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    if os.geteuid() != 0:
        sys.exit("mutate: only root can shut a mutant in")
    if Path("/tmp") in folder.parents:
        sys.exit("mutate: a mutant has a /tmp of its own and would not see FOLDER there")

    tree = Tree(folder, arguments.jobs)
    ends, left_out, survivors = [], collections.Counter(), []
    for mutant in draw(tree.source, arguments.seed, arguments.only):
        if len(ends) == arguments.count:
            break
        began = time.monotonic()
        end = tree.try_one(mutant)
        if end in ("no program", "same program"):
            left_out[end] += 1
            continue
        ends.append(end)
        print(f"{len(ends):4} {mutant}: {end} ({time.monotonic() - began:.0f} s)", flush=True)
        if end == "survived":
            survivors.append(mutant)
    report(arguments.seed, ends, left_out, survivors)
    return 0


if __name__ == "__main__":
    sys.exit(main())
