"""One mistake is one error, and all mistakes are told in one run.

Each key of the examples' definitions and fixtures is misspelt, left out and given a value of
another type, each word of them, each label and each handle misspelt; `ddbgen check` may then
show one error at most. Where it shows more, EXCEPTIONS says why. Mistakes in several places
at once must all be there in one run.
"""

import os
import random
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mutations
import pytest

SOME = 7  # one of so many; DDBGEN_MISTAKES=1 takes all
ROOT = Path(__file__).resolve().parents[2]
SHOWN = re.compile(r"^(\S+?)(?::(\d+):\d+)?: (error|warning)\[([a-z0-9-]+)\]: (.*)$", re.M)
USERS = ("--handles", "fixtures/users.yaml")
PROGRAMS = {  # definition, the options of its check, the files that are mutated
    "messages": (USERS, ("schemas/messages.yaml", "fixtures/users.yaml")),
    "rooms": ((), ("schemas/rooms.yaml", "fixtures/users.yaml")),
    "shop": ((), ("schemas/shop.yaml", "fixtures/shop.yaml")),
}
# What is left out where other parts of the definition speak of it: (mutation, the most errors).
EXCEPTIONS = {
    # Attributes, patterns: each says by itself that there is an index.
    r"dropped global_secondary_indexes(\.\w[\w-]*)?$": 6,
    # Range key: patterns ask by it, and all messages are one item now.
    r"dropped key_schema\.range$": 2,
    # As many parameters as the key reads.
    r"dropped access_patterns\.\w+\.parameters$": 2,
    # Both parts of the key are no key attributes of the table.
    r"dropped access_patterns\.\w+\.index$": 2,
}


@pytest.fixture(scope="session")
def ddbgen(request):
    return Path(request.config.getoption("--ddbgen")).resolve()


class Project:
    """The examples in a folder of their own, of which some files are others."""

    def __init__(self, folder, ddbgen):
        self.folder, self.ddbgen = folder, ddbgen
        for name in ("schemas", "fixtures"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "ddbgen.yaml", folder)

    def errors(self, program, files):
        """The errors (file, line, code, message) with these files instead of the examples'."""
        options, _ = PROGRAMS[program]
        for name, text in files.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        run = subprocess.run(
            [self.ddbgen, "check", f"schemas/{program}.yaml", *options],
            cwd=self.folder, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        for name in files:
            shutil.copy(ROOT / name, self.folder / name)
        shown = SHOWN.findall(run.stderr.decode("utf-8", "replace"))
        assert run.returncode in (0, 2), run.stderr
        assert (run.returncode == 2) == any(row[2] == "error" for row in shown)
        return [(file, line, code, text) for file, line, severity, code, text in shown
                if severity == "error"]  # fmt: skip


def single_mistakes(program):
    """(name, file, text) of each."""
    for file in PROGRAMS[program][1]:
        text = (ROOT / file).read_text(encoding="utf-8")
        for make in (mutations.of_document, mutations.of_words, mutations.of_templates):
            if make is mutations.of_templates and not file.startswith("schemas"):
                continue
            yield from ((name, file, changed) for name, changed in make(text))


def allowed(name):
    return next((most for pattern, most in EXCEPTIONS.items() if re.match(pattern, name)), 1)


@pytest.mark.parametrize("program", PROGRAMS)
def test_one_mistake_is_one_error(program, ddbgen, tmp_path):
    mistakes = list(single_mistakes(program))[:: 1 if "DDBGEN_MISTAKES" in os.environ else SOME]
    projects = [Project(tmp_path / str(i), ddbgen) for i in range(2)]

    def judge(part):
        for name, file, text in mistakes[part :: len(projects)]:
            errors = projects[part].errors(program, {file: text})
            if len(errors) > allowed(name):
                lines = [f"    {code}: {message}" for _, _, code, message in errors]
                yield "\n".join([f"{file} {name}", *lines[:8]])

    with ThreadPoolExecutor(len(projects)) as pool:
        wrong = sum(pool.map(lambda part: list(judge(part)), range(len(projects))), [])
    assert len(mistakes) > 20
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("label", ["Person 1", "Person 2"])
def test_a_label_that_is_not_declared_is_one_error(label, ddbgen, tmp_path):
    project = Project(tmp_path / "p", ddbgen)
    text = (ROOT / "fixtures/babylon-5.txt").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    head = lines.index("---\n", 1)
    places = [i for i, line in enumerate(lines) if i > head and line.startswith(label + ": ")]
    for i in places:
        lines[i] = "Persn" + lines[i][6:]
    errors = project.errors("messages", {"fixtures/babylon-5.txt": "".join(lines)})
    [(_, line, code, message)] = errors
    assert code == "label-unknown" and int(line) == places[0] + 1
    first = ", ".join(str(place + 1) for place in places[:3])
    assert f"begins {len(places)} lines ({first}, " in message


def test_a_handle_that_nobody_has_is_one_error(ddbgen, tmp_path):
    project = Project(tmp_path / "p", ddbgen)
    text = (ROOT / "fixtures/babylon-5.txt").read_text(encoding="utf-8")
    text = text.replace("Person 2: bayko", "Person 2: baiko")
    errors = project.errors("messages", {"fixtures/babylon-5.txt": text})
    assert [code for _, _, code, _ in errors] == ["handle-unknown"]


# Mistakes that have nothing to do with each other, and the code of each.
INDEPENDENT = {
    "shop": [
        ("schemas/shop.yaml", "billing_mode", "biling_mode", "unknown-key"),
        ("schemas/shop.yaml", "scan_index_forward: false", "scan_index_forward: no", "wrong-type"),
        ("schemas/shop.yaml", "for_each: customer", "for_each: custmer", "fixture-untaken"),
        ("schemas/shop.yaml", "${row.price}", "${row.prce}", "row-column-missing"),
        ("schemas/shop.yaml", "| time", "| tme", "expression-filter"),
        ("fixtures/shop.yaml", "name: Iron pot, quantity: 1", "name: Iron pot, quantty: 1", "row-column-unread"),
        ("fixtures/shop.yaml", "!handle kenji", "!handle keni", "handle-unknown"),
        ("fixtures/shop.yaml", "pk: CONFIG, sk: banner", "pk: CONFIG, sk: 5", "key-type"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_independent_mistakes_are_all_told(seed, ddbgen, tmp_path):
    dice = random.Random(seed)
    project = Project(tmp_path / "p", ddbgen)
    chosen = dice.sample(INDEPENDENT["shop"], dice.randint(2, 4))
    files = {}
    for file, old, new, _ in chosen:
        text = files.get(file) or (ROOT / file).read_text(encoding="utf-8")
        assert old in text
        files[file] = text.replace(old, new)
    errors = project.errors("shop", files)
    codes = sorted({code for _, _, code, _ in errors})
    assert codes == sorted({code for _, _, _, code in chosen}), errors
