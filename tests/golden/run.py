#!/usr/bin/env python3
"""Runs golden cases (tests/golden/case.py says what they look like).

    tests/golden/run.py [--topic NAME] [--filter REGEX] [--update] [--ddbgen PATH]

Each case runs in a fresh folder with a small, fixed environment. --update writes what
came into the case files instead of complaining, for review with `git diff`.
"""

import argparse
import difflib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from case import Case, CaseError, Section, digest, escape, find_cases, section_for

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
# What the sanitizers read; everything else of the caller's environment stays outside.
PASSED_ON = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LLVM_PROFILE_FILE")


class Folder:
    """A case's folder: its inputs laid out, and what became of them."""

    def __init__(self, case, place):
        self.place = place
        self.environment = {}
        self.nobody = False
        for section in case.before:
            getattr(self, "_lay_" + section.kind)(section)
        self.files, self.folders = self._walk()
        self._set_modes(case)

    def _path(self, name):
        path = self.place / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            raise CaseError(f"{name}: outside the case's folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _lay_file(self, section):
        self._path(section.path).write_bytes(section.content())

    _lay_copy = _lay_file

    def _lay_dir(self, section):
        self._path(section.argument).mkdir()

    def _lay_link(self, section):
        name, target = section.argument.split(" -> ")
        self._path(name).symlink_to(target)

    def _lay_env(self, section):
        for line in section.content().decode().splitlines():
            name, _, value = line.partition("=")
            self.environment[name] = value

    def _lay_as(self, section):
        if section.argument != "nobody":
            raise CaseError(f"as {section.argument}: only nobody")
        self.nobody = os.getuid() == 0

    def _set_modes(self, case):
        if self.nobody:
            for path in [self.place, *self.place.rglob("*")]:
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        for section in case.before:
            if section.mode() is not None:
                (self.place / section.path).chmod(section.mode())

    def _walk(self):
        files, folders = {}, set()
        for folder, names, leaves in os.walk(self.place):
            for name in names + leaves:
                path = Path(folder, name)
                key = str(path.relative_to(self.place))
                if path.is_symlink():
                    files[key] = b"-> " + os.readlink(path).encode()
                elif path.is_dir():
                    folders.add(key)
                else:
                    files[key] = path.read_bytes()
        return files, folders

    def changes(self):
        """Files that are new or changed, files that are gone, empty folders left behind."""
        for folder, names, leaves in os.walk(self.place):
            for name in names:
                if not Path(folder, name).is_symlink():
                    Path(folder, name).chmod(0o755)
            for name in leaves:
                if not Path(folder, name).is_symlink():
                    Path(folder, name).chmod(0o644)
        files, folders = self._walk()
        changed = {k: v for k, v in files.items() if self.files.get(k) != v}
        gone = sorted(set(self.files) - set(files))
        parents = {str(p) for name in files for p in Path(name).parents}
        empty = sorted(folders - self.folders - parents)
        return changed, gone, empty


class Runner:
    def __init__(self, options):
        self.ddbgen = Path(options.ddbgen).resolve()
        self.wrap = shlex.split(options.wrap)
        if options.memory:
            self.wrap = ["prlimit", f"--as={options.memory * 1024 * 1024}", *self.wrap]
        self.timeout = options.timeout
        self.update = options.update
        self.scratch = Path(tempfile.mkdtemp(prefix="ddbgen-golden-"))
        self.scratch.chmod(0o755)
        # Where another user can run it, wherever the build is.
        self.program = self.scratch / "ddbgen"
        shutil.copyfile(self.ddbgen, self.program)
        self.program.chmod(0o755)

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)

    def run_step(self, step, folder, home):
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "TMPDIR": str(home),
            "LC_ALL": "C",
            "TZ": "UTC",
            "AWS_EC2_METADATA_DISABLED": "true",
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            **folder.environment,
        }
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if folder.nobody else {}
        process = subprocess.Popen(
            [*self.wrap, str(self.program), *step.argv[1:]],
            cwd=folder.place,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            **user,
        )
        try:
            out, err = process.communicate(step.content("stdin"), self.timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise CaseError(f"still running after {self.timeout} s: {step.command}")
        return process.returncode, out, err

    def run_case(self, case):
        """The case's failures as text; empty when it passed."""
        with tempfile.TemporaryDirectory(dir=self.scratch) as top:
            Path(top).chmod(0o755)
            work, home = Path(top, "work"), Path(top, "home")
            work.mkdir()
            home.mkdir(mode=0o777)
            home.chmod(0o777)
            failures = []
            try:
                folder = Folder(case, work)
                for step in case.steps:
                    result = self.run_step(step, folder, home)
                    failures += self.compare_step(step, *result)
                failures += self.compare_files(case, *folder.changes())
            except CaseError as error:
                return [str(error)]
        if failures and self.update:
            case.path.write_bytes(case.render())
            return []
        return failures

    def compare_step(self, step, code, out, err):
        failures = []
        if code != step.exit_code():
            failures.append(f"{step.command}\nexit code {code}, expected {step.exit_code()}")
            step.sections["exit"] = Section("exit", str(code), [], "")
            if code == 0:
                del step.sections["exit"]
        for kind, actual in (("stdout", out), ("stderr", err)):
            expected = step.sections.get(kind, Section(kind, "", [], ""))
            if not expected.matches(actual):
                failures.append(f"{step.command}\n{difference(kind, expected, actual)}")
                step.sections[kind] = section_for(kind, "", actual)
                if not actual:
                    del step.sections[kind]
        return failures

    def compare_files(self, case, changed, gone, empty):
        failures = [f"empty folder left behind: {name}" for name in empty]
        for name in gone:
            if name not in case.absent:
                failures.append(f"gone: {name}")
                case.absent.append(name)
        for name in case.absent:
            if name in changed:
                failures.append(f"must not be there: {name}")
        for name in sorted(set(changed) | set(case.after)):
            actual, expected = changed.get(name), case.after.get(name)
            if expected is None:
                expected = Section("after", name, [], "")
                failures.append(f"unexpected file: {name}")
            elif actual is None:
                failures.append(f"not written: {name}")
                del case.after[name]
                continue
            if not expected.matches(actual):
                failures.append(difference(name, expected, actual))
            if not expected.matches(actual) or name not in case.after:
                case.after[name] = section_for("after", name, actual)
        return failures


def difference(name, expected, actual):
    if expected.option("digest"):
        wanted, got = expected.text, digest(actual)
    else:
        wanted, got = escape(expected.content()), escape(actual)
    lines = difflib.unified_diff(
        wanted.split("\n"), got.split("\n"), f"expected {name}", f"actual {name}", lineterm=""
    )
    return "\n".join(line[:400] for line in list(lines)[:200])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ddbgen", default=os.environ.get("DDBGEN", ROOT / "build/ddbgen"))
    parser.add_argument("--topic", help="only the cases in this folder")
    parser.add_argument("--filter", help="only cases whose topic/name matches this regex")
    parser.add_argument("--update", action="store_true", help="rewrite the expectations")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=20, help="seconds for a command")
    parser.add_argument("--memory", type=int, default=0, help="address space in MiB, 0: all")
    parser.add_argument("--wrap", default="", help="a command to run ddbgen under")
    options = parser.parse_args()

    cases = find_cases(Path(__file__).parent, options.topic, options.filter)
    runner = Runner(options)
    failed = 0
    try:
        with ThreadPoolExecutor(options.jobs) as pool:
            for case, failures in zip(cases, pool.map(runner.run_case, cases)):
                failed += bool(failures)
                if failures:
                    print(f"FAIL {case.name}", *failures, "", sep="\n")
    finally:
        runner.close()
    print(f"golden: {len(cases) - failed} passed, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
