#!/usr/bin/env python3
"""No golden case repeats what another one reads: what several read stands once, in inputs/.

    tests/golden/check_copies.py [--write] [--list]

Counts the lines of inputs that stand in an earlier case or in inputs/ already, and complains
of a file that could be a `=== copy`, of one that should get a place in inputs/, and of what
nobody copies from there. A file stays in its case, for the reader, when the case's output
points at one of its lines.

--write turns the files of cases into copies, of what is the same and of what is nearly so;
what the runs find stays the same to the byte. --list shows what repeats.
"""

import argparse
import collections
import difflib
import os
import re
import sys

from case import INPUTS, CaseError, Section, edited, find_cases, lines_of

SHARED_FROM = 30  # lines that repeat, from which on a file belongs in inputs/
LONGEST_EDIT = 0.4  # of the lines of a file
SHORTEST_SAVING = 3  # lines, for an edit


def shared_inputs():
    """What stands in inputs/, by name, as text."""
    return {
        str(path.relative_to(INPUTS)): path.read_bytes().decode("utf-8", "surrogateescape")
        for path in sorted(INPUTS.rglob("*"))
        if path.is_file()
    }


def is_shown(case, section):
    """Whether the case's output names a line of the file."""
    path = re.escape(os.fsencode(section.path))
    line = re.compile(rb"(?:^|[^\w/.])" + path + rb':\d|"file":"' + path + rb'"', re.M)
    outputs = (step.content(kind) for step in case.steps for kind in ("stdout", "stderr"))
    return any(line.search(output) for output in outputs)


def text_of(section):
    """The text that a copy would be of; None: one that has to stay as it is written."""
    if section.kind != "file" or section.option("digest"):
        return None
    plain = Section("file", section.path, [], section.text)
    if section.option("escapes"):
        plain.options = ["escapes"]
    text = plain.content().decode("utf-8", "surrogateescape")
    return text if text.endswith("\n") else None


def edits_between(old, new):
    """`old` to `new` in the fewest lines, as a `copy` has them; None: a place of it cannot
    be told from another."""
    before, after = lines_of(old), lines_of(new)
    hunks = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, i, end, j, stop in matcher.get_opcodes():
        if kind == "equal":
            continue
        first = i - 1 if i == end and i > 0 else i  # what comes needs a place
        hunk = [" " + line for line in before[first:i]]
        hunk += ["-" + line for line in before[i:end]] + ["+" + line for line in after[j:stop]]
        hunks.append("".join(hunk))
    text = "@@\n".join(hunks)
    try:
        return text if edited(old, text) == new else None
    except CaseError:
        return None


def as_copy(section, text, shared):
    """The copy that says the same in the fewest lines; None: it would save too few."""
    options = [option for option in section.options if option != "escapes"]
    best, fewest = None, len(lines_of(text)) * LONGEST_EDIT
    for name, content in shared.items():
        edits = "" if content == text else edits_between(content, text)
        if edits is None:
            continue
        lines = len(lines_of(edits))
        if lines == 0 or lines < fewest and len(lines_of(text)) - lines >= SHORTEST_SAVING:
            best = Section("copy", f"{section.path} <- {name}", options, edits)
            fewest = lines
        if lines == 0:
            break
    return best


def write(cases, shared):
    for case in cases:
        changed = False
        for at, section in enumerate(case.before):
            text = text_of(section)
            if text is None or is_shown(case, section):
                continue
            copy = as_copy(section, text, shared)
            if copy is not None and copy.content() == section.content():
                case.before[at] = copy
                changed = True
        if changed:
            case.path.write_bytes(case.render())


def repeated(cases, shared):
    """What several cases hold, and those of it that are in inputs/."""
    places, shown = collections.defaultdict(list), set()
    for case in cases:
        for section in case.before:
            text = text_of(section)
            if text is not None:
                places[text].append((case.name, section.path))
                if is_shown(case, section):
                    shown.add((case.name, section.path))
    names = {text: name for name, text in shared.items()}
    for text, found in places.items():
        extra = len(found) - (text not in names)
        if extra:
            yield text, found, [place for place in found if place not in shown], names.get(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="make copies of what repeats")
    parser.add_argument("--list", action="store_true", help="what repeats")
    options = parser.parse_args()
    cases, shared = find_cases(INPUTS.parent), shared_inputs()
    if options.write:
        write(cases, shared)
        cases = find_cases(INPUTS.parent)

    problems, lines = [], 0
    for text, found, could, name in repeated(cases, shared):
        length = len(lines_of(text))
        again = length * (len(found) - (name is None))
        lines += again
        if options.list:
            print(f"{again:5} lines: {name or found[0][1]} in", *(each for each, _ in found))
        if name is not None:
            problems += [f"{case}: {path} is '=== copy {path} <- {name}'" for case, path in could]
        elif length * (len(could) - 1) >= SHARED_FROM:
            problems.append(f"{could[0][1]} of {len(could)} cases ({could[0][0]}, ...) belongs in "
                            f"{INPUTS.name}/")
    copied = collections.Counter(
        section.argument.partition(" <- ")[2]
        for case in cases for section in case.before if section.kind == "copy"
    )
    problems += [f"{INPUTS.name}/{name}: copied {copied[name]} times"
                 for name in shared if copied[name] < 2]
    print(*problems, sep="\n", end="\n" if problems else "")
    total = sum(len(lines_of(section.text)) for case in cases for section in case.inputs())
    print(f"{lines} of {total} lines of inputs repeat an earlier case; {sum(copied.values())} copies")
    return 1 if problems or not copied else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
