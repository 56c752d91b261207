"""The YAML documents that a golden case has ddbgen read, and the errors that the case
expects in each of them."""

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# "file:line:column: error[code]: ..." and, of a whole file, "file: error[code]: ..."
ERROR = re.compile(r"(?P<file>\S.*?)(?::(?P<line>\d+):\d+)?: error\[(?P<code>[a-z0-9-]+)\]: ")
DATA = re.compile(rb"""(?m)^[{ ]*["']?(rows|items)["']? *:""")  # a fixture's, at its top
FENCE = re.compile(rb"---[ \t]*\r?\n?")
STDIN = "<stdin>"
# Of these the golden cases' errors can be read back.
FORMATS = ("text", "json")
# What is wrong with a file rather than with what it says.
OF_FILES = {
    "file-empty",
    "file-kind",
    "file-read",
    "file-too-large",
    "project-file",
    "usage",
}


@dataclass
class Document:
    case: str
    file: str
    kind: str  # as `ddbgen schema KIND` calls it
    first: int  # its lines in the file
    last: int
    data: bytes
    codes: set = field(default_factory=set)  # of the errors within
    judged: bool = True  # false: the file was not taken, whatever it says


def documents_of(case):
    """Those that the case's runs judge."""
    if any(format_of(step.argv) not in FORMATS for step in case.steps):
        return []
    found = []
    for section in case.inputs():
        found += split(case, section.path, section.content())
    for step in case.steps:
        if "-" in step.argv:
            found += split(case, STDIN, step.content("stdin"))
    for step in case.steps:
        for error in errors_of(step):
            for document in found:
                take(document, *error)
    return [document for document in found if document.judged]


def own_documents():
    """The project's own files: all of them are good."""
    paths = [ROOT / "ddbgen.yaml", ROOT / "fixtures/users.yaml"]
    paths += sorted(ROOT.glob("schemas/*.yaml"))
    kinds = dict.fromkeys(paths, "definition")
    kinds.update(zip(paths, ("project", "handles")))
    kinds.update(dict.fromkeys(sorted(ROOT.glob("fixtures/*.txt")), "transcript"))
    for path, kind in kinds.items():
        name = str(path.relative_to(ROOT))
        yield from split_as(kind, "the project", name, path.read_bytes())


def take(document, file, line, code):
    """Notes an error that lies in the document, or is about its whole file."""
    if file != document.file:
        return
    if line is not None:
        if document.first <= line <= document.last:
            document.codes.add(code)
    elif code in OF_FILES:
        document.judged = False
    elif document.kind != "header":
        document.codes.add(code)


def split(case, path, data):
    return split_as(kind_of(case, path, data), case.name, path, data)


def split_as(kind, case, path, data):
    """The whole file, or the headers of a transcript."""
    if kind is None:
        return
    if kind != "transcript":
        yield Document(case, path, kind, 1, data.count(b"\n") + 1, data)
        return
    start = None
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, line in enumerate(lines, 1):
        if not FENCE.fullmatch(line):
            continue
        if start is None:
            start = number
        else:
            header = b"\n".join(lines[start : number - 1]) + b"\n"
            yield Document(case, path, "header", start, number, header)
            start = None


def kind_of(case, path, data):
    """What a file is, by its name, by how the case names it and, of fixtures in YAML, by
    what it holds; None: nothing of ours."""
    name = Path(path).name
    in_yaml = name.endswith((".yaml", ".yml", ".json"))
    if name == "ddbgen.yaml":
        return "project"
    for step in case.steps:
        written = "-" if path == STDIN else path
        if follows(step.argv, "--handles", written):
            return "handles"
        if in_yaml and DATA.search(data):
            return "fixture"
        if in_yaml and written in step.argv:
            return "definition"
    if name.endswith(".txt") or path == STDIN:
        return "transcript"
    if not in_yaml:
        return None
    for section in case.inputs():
        if re.search(rb"\bfile: *(\S*/)?" + re.escape(os.fsencode(name)), section.content()):
            return "handles"
    return None


def follows(argv, option, value):
    return (option, value) in zip(argv, argv[1:]) or f"{option}={value}" in argv


def format_of(argv):
    for before, word in zip(argv, argv[1:]):
        if before == "--format" or word.startswith("--format="):
            return word.removeprefix("--format=")
    return "text"


def errors_of(step):
    """(file, line or None, code) of each error that the step prints."""
    for stream in ("stdout", "stderr"):
        for line in step.content(stream).decode("utf-8", "replace").splitlines():
            match = ERROR.match(line)
            if match:
                yield match["file"], match["line"] and int(match["line"]), match["code"]
            elif line.startswith('{"type":"diagnostic","severity":"error"'):
                said = json.loads(line)
                yield said.get("file"), said.get("line"), said["code"]
