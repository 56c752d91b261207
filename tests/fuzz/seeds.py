#!/usr/bin/env python3
"""Seeds for the fuzz targets, taken from the golden cases and the shipped examples.

    tests/fuzz/seeds.py FOLDER

Writes FOLDER/TARGET/HASH for each target. What is there already stays.
"""

import hashlib
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/golden"))

from case import find_cases  # noqa: E402

LONGEST = 16 * 1024  # larger ones only slow a fuzzer down
DEFINITION = re.compile(rb"^(table_name|attribute_definitions|entities):", re.M)
DATA = re.compile(rb"^(rows|items):", re.M)
NUMBER = re.compile(rb"[-+]?[.0-9][-+.0-9eE]*")
TEMPLATE = re.compile(rb"\$\{[^\n]*\}[^\n\"']*")
DIAGNOSTIC = re.compile(
    rb"^([^:\n]+):[0-9:]+ (?:error|warning)\[[a-z-]+\]: (.*)\n(?:.*\|.*\n)*(?:help: (.*)\n)?", re.M
)
REQUEST = re.compile(rb'\{"(CreateTable|Update[A-Za-z]+)":(\{.*\})\}$')
FLAG = re.compile(r"--(conversation|starts-at|interval|continuation|participant)$")


def files():
    """(name, content) of each input of a case and of each example."""
    for path in sorted((*ROOT.glob("schemas/*"), *ROOT.glob("fixtures/*"))):
        yield path.name, path.read_bytes()
    for case in find_cases(ROOT / "tests/golden"):
        for section in case.before:
            if section.kind == "file":
                yield section.argument, section.content()
        for step in case.steps:
            yield "stdin.txt", step.content("stdin")


def outputs():
    for case in find_cases(ROOT / "tests/golden"):
        for step in case.steps:
            section = step.sections.get("stdout")
            if section and not section.option("digest"):
                yield from section.content().splitlines()


def headers():
    """The flags of `convert`, as fuzz_header.c takes them."""
    for case in find_cases(ROOT / "tests/golden", "convert"):
        for step in case.steps:
            values, people = {}, []
            for name, value in zip(step.argv, step.argv[1:]):
                match = FLAG.match(name)
                if match and match[1] == "participant":
                    people += value.rpartition("=")[::2]
                elif match:
                    values[match[1]] = value
            names = ("conversation", "starts-at", "interval", "continuation")
            lines = [values.get(name, "") for name in names] + people
            yield "\n".join(lines).encode("utf-8", "surrogateescape")


def reports():
    """A diagnostic's texts over its file, as fuzz_report.c takes them."""
    for case in find_cases(ROOT / "tests/golden"):
        sections = {section.argument: section.content() for section in case.before}
        for step in case.steps:
            for match in DIAGNOSTIC.finditer(step.content("stderr")):
                content = sections.get(match[1].decode("utf-8", "replace"))
                if content:
                    help_text = match[3] or b""
                    yield b"\n".join((match[1], match[2], help_text, b"first here", content))


def requests():
    """The requests of each build that is shown, as fuzz_request.c takes them."""
    for case in find_cases(ROOT / "tests/golden"):
        for step in case.steps:
            tables = []
            for line in step.content("stdout").splitlines():
                match = REQUEST.match(line)
                if match and match[1] == b"CreateTable":
                    tables.append(match[2])
                elif match and tables:
                    tables[-1] += b"\n%s %s" % match.groups()
            yield from tables


def seeds():
    """(target, content), some of them several times."""
    for name, content in files():
        if name.endswith(".txt"):
            yield "transcript", content
        elif name.endswith(".lock"):
            yield "lock", content
        elif name.endswith(".ndjson"):
            yield "plan", content
        elif name.endswith("create-table.json"):
            yield "request", content
        elif name.endswith((".yaml", ".yml")):
            yield "yaml", content
            if DEFINITION.search(content):
                yield "definition", content
            else:
                yield "data" if DATA.search(content) else "handles", content
        for match in NUMBER.finditer(content):
            yield "number", match[0]
        for match in TEMPLATE.finditer(content):
            yield "expression", match[0].strip()
    for line in outputs():
        if line[:1] in (b"{", b"["):
            yield "json", line
    for content in headers():
        yield "header", content
    for content in reports():
        yield "report", content
    for content in requests():
        yield "request", content


def main():
    folder = Path(sys.argv[1])
    counts = {}
    for target, content in seeds():
        if len(content) > LONGEST:
            continue
        path = folder / target / hashlib.sha1(content).hexdigest()
        if target not in counts:
            path.parent.mkdir(parents=True, exist_ok=True)
            counts[target] = set()
        if path.name not in counts[target]:
            counts[target].add(path.name)
            path.write_bytes(content)
    print(*(f"{target}: {len(names)} seeds" for target, names in counts.items()), sep="\n")
    return 0 if counts else 1


if __name__ == "__main__":
    sys.exit(main())
