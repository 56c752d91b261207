"""An allocation fails, any one of all: the program says so and ends, with nothing half done.

`tests/tools/failing_malloc.c` lets the N-th allocation of a run fail. Each command is tried
with DDBGEN_ALLOCATIONS of its allocations (0: each of them), spread evenly."""

import os
import random
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ROOT

TRIED = int(os.environ.get("DDBGEN_ALLOCATIONS",
                           "250" if "DDBGEN_TEST_LONG" in os.environ else "150"))
COMMANDS = {
    "check": ["check", "shop.yaml"],
    "build": ["build", "shop.yaml", "-o", "out"],
    "build-lines": ["build", "messages.yaml"],
    "convert": ["convert", "messages.txt", "-o", "made.txt", "--conversation", "talk", "--participant", "A=andrewbrown",
                "--participant", "B=bayko", "--starts-at", "2024-01-01T00:00:00Z"],
    "diff": ["diff", "shop.yaml", "--against", "old"],
}


@pytest.fixture(scope="module")
def library():
    for folder in (Path(os.environ.get("DDBGEN", ROOT / "build/ddbgen")).parent,):
        path = folder / "tests/libfailing_malloc.so"
        if path.exists():
            return path.resolve()
    pytest.skip("tests/tools/failing_malloc.c is not built")


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "messages.txt").write_text("A: Hello.\nB: Hi.\n" * 50)
    for name in ("schemas/shop.yaml", "schemas/messages.yaml", "fixtures"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            (folder / source.name).write_text(
                source.read_text().replace("../fixtures", "fixtures"))
    return folder


def tree(folder):
    """Every file with what it holds."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("name", COMMANDS)
def test_an_allocation_fails(ddbgen, library, project, tmp_path, name):
    if "ASAN_OPTIONS" in os.environ and os.environ.get("DDBGEN_SANITIZED"):
        pytest.skip("the sanitizer has an allocator of its own")
    command = [ddbgen, *COMMANDS[name]]
    if name != "convert":
        command += ["--handles", "fixtures/users.yaml", "--now", "2024-01-01T00:00:00Z"]

    def run(folder, fail_at, counts=None):
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(tmp_path),
                       "LD_PRELOAD": str(library), "FAIL_AT": str(fail_at)}
        if counts:
            environment["FAIL_COUNT"] = str(counts)
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True,
                              timeout=120, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr

    if name == "diff":
        subprocess.run([ddbgen, "build", "shop.yaml", "-o", "old", "--handles",
                        "fixtures/users.yaml", "--now", "2023-01-01T00:00:00Z"],
                       cwd=project, check=True, env={}, capture_output=True)
    before = tree(project)
    pristine = tmp_path / "pristine"
    shutil.copytree(project, pristine)
    wanted = run(project, 0, tmp_path / "count")
    total = int((tmp_path / "count").read_text())
    after = tree(project)
    assert wanted[0] in (0, 1), wanted
    rng = random.Random(name)
    tried = range(1, total + 1)
    if 0 < TRIED < total:
        step = total / TRIED
        tried = sorted({1 + int(i * step + rng.random() * step) for i in range(TRIED)})

    def attempt(number):
        folder = tmp_path / f"try-{number}"
        shutil.copytree(pristine, folder)
        code, out, said = run(folder, number)
        left = tree(folder)
        shutil.rmtree(folder)
        words = said.decode(errors="replace").strip()
        if code == wanted[0]:
            good = out == wanted[1] and left == after
        else:
            # All of it or nothing: the last allocations come when the output is in place.
            good = code == 70 and "out of memory" in words and left in (before, after)
        return (number, code, words[-300:], good)

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(attempt, tried))
    bad = [result for result in results if not result[3]]
    ended = sum(result[1] == 70 for result in results)
    print(f"{name}: {total} allocations, {len(results)} failed one by one, {ended} ended the "
          f"run, {len(results) - ended} did no harm, {len(bad)} went wrong")
    assert not bad, bad[:5]
