"""One golden case: a text file that says what to run and what must come of it.

    # What the case shows, in a sentence or two.

    === file messages.yaml
    table_name: cruddur-messages
    === run ddbgen check messages.yaml
    === exit 2
    === stderr
    messages.yaml:1:1: error[missing-key]: ...

A line that begins with "=== " opens a section; its text goes on to the next one and is
taken byte for byte, its last LF included.

Before the first run:
    file PATH           a file with this text; folders are made as needed
    copy PATH           the repository's own file of that path, at the same path
    copy PATH <- NAME   what many cases read: golden/inputs/NAME. Lines below, as in a diff,
                        say what is otherwise here: `-` a line that goes, `+` one that comes,
                        a blank before one that stays, `@@` alone between two places
    dir PATH            an empty folder
    link PATH -> TARGET a symbolic link
    env                 NAME=value lines
    as nobody           a user who is not root, whoever runs the tests
Each run, in their order (the folder is the same for all):
    run COMMAND         split like a shell's words, without a shell; begins with `ddbgen`.
                        `run (escapes) COMMAND` takes escapes in single-quoted words
    stdin               text on standard input (else empty)
    exit N              0 when not given
    stdout, stderr      exact; empty when not given
After the last run:
    after PATH          a file that was made or changed, exact
    absent PATH         a file that must not be there (said for the reader: every file
                        that is neither an input nor listed with `after` is a failure)

Options stand in parentheses after the name or path:
    (escapes)   \\\\ \\n \\r \\t \\xNN \\uNNNN \\UNNNNNNNN, \\rep{N:text} (text N times), and a
                backslash at the end of a line, which joins it with the next
    (crlf)      every LF is written as CR LF
    (mode NNN)  permissions of a `file`, `copy` or `dir`, octal
    (digest)    for a long output: "bytes N", "lines N" and "sha256 HEX" stand for it
"""

import hashlib
import os
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

SECTION = re.compile(r"=== ([a-z]+)(?: (.*?))??((?: \([a-z]+(?: [0-7]+)?\))*)$")
ESCAPE = re.compile(
    r"\\(?:rep\{([0-9]+):((?:[^{}\\]|\\.)*)\}"
    r"|(\\)|([nrt])|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(\n))"
)
ROOT = Path(__file__).resolve().parents[2]
INPUTS = Path(__file__).resolve().parent / "inputs"
DIGEST_FROM = 64 * 1024  # longer outputs are written as a digest by --update


class CaseError(Exception):
    pass


@dataclass
class Section:
    kind: str
    argument: str
    options: list
    text: str  # as it stands in the file; bytes >= 0x80 are surrogate-escaped

    def option(self, name):
        return name in (option.split()[0] for option in self.options)

    @property
    def path(self):
        """Where a `file` or a `copy` lies in the case's folder."""
        return self.argument.partition(" <- ")[0]

    def content(self):
        if self.kind == "copy":
            path, _, name = self.argument.partition(" <- ")
            data = (INPUTS / name if name else ROOT / path).read_bytes()
            data = edited(data.decode("utf-8", "surrogateescape"), self.text)
            data = data.encode("utf-8", "surrogateescape")
        elif self.option("escapes"):
            data = unescape(self.text)
        else:
            data = self.text.encode("utf-8", "surrogateescape")
        if self.option("crlf"):
            data = data.replace(b"\n", b"\r\n")
        return data

    def mode(self):
        for option in self.options:
            if option.startswith("mode "):
                return int(option.split()[1], 8)
        return None

    def matches(self, actual):
        if self.option("digest"):
            return self.text == digest(actual)
        return self.content() == actual


@dataclass
class Step:
    command: str
    argv: list
    sections: dict = field(default_factory=dict)

    def exit_code(self):
        section = self.sections.get("exit")
        return int(section.argument) if section else 0

    def content(self, kind):
        section = self.sections.get(kind)
        return section.content() if section else b""


BEFORE = {"file", "copy", "dir", "link", "env", "as"}
IN_STEP = {"stdin", "exit", "stdout", "stderr"}
AFTER = {"after", "absent"}


class Case:
    def __init__(self, path):
        self.path = Path(path)
        self.name = f"{self.path.parent.name}/{self.path.stem}"
        self.preamble = ""
        self.before = []
        self.steps = []
        self.after = {}
        self.absent = []
        text = self.path.read_bytes().decode("utf-8", "surrogateescape")
        for section in self._sections(text):
            self._add(section)
        if not self.preamble.startswith("# "):
            raise CaseError(f"{self.name}: begins with no description ('# ...')")
        if not self.steps:
            raise CaseError(f"{self.name}: runs nothing")

    def _sections(self, text):
        current = None
        for line in lines_of(text):
            if not line.startswith("=== "):
                if current is None:
                    self.preamble += line
                else:
                    current.text += line
                continue
            match = SECTION.match(line.rstrip("\n"))
            if match is None:
                raise CaseError(f"{self.name}: not a section: {line!r}")
            if current is not None:
                yield current
            if match[1] == "run":
                current = Section("run", line[len("=== run ") :].rstrip("\n"), [], "")
                continue
            options = re.findall(r"\(([^)]*)\)", match[3])
            current = Section(match[1], match[2] or "", options, "")
        if current is not None:
            yield current

    def _add(self, section):
        kind = section.kind
        if kind in BEFORE and not self.steps:
            self.before.append(section)
        elif kind == "run":
            argv = words_of(section.argument)
            if not argv or argv[0] != "ddbgen":
                raise CaseError(f"{self.name}: a run begins with ddbgen")
            self.steps.append(Step(section.argument, argv))
        elif kind in IN_STEP and self.steps and kind not in self.steps[-1].sections:
            self.steps[-1].sections[kind] = section
        elif kind == "after" and self.steps:
            self.after[section.argument] = section
        elif kind == "absent" and self.steps:
            self.absent.append(section.argument)
        else:
            raise CaseError(f"{self.name}: misplaced section '{kind}'")
        if kind in ("run", "exit", "absent", "dir", "link", "as") and section.text.strip():
            raise CaseError(f"{self.name}: text after '{kind}'")

    def inputs(self):
        """The files that its runs find: sections with a path and a content."""
        return [section for section in self.before if section.kind in ("file", "copy")]

    def render(self):
        """The file's text, from the sections as they are now (for --update)."""
        out = [self.preamble]
        for section in self.before:
            out.append(render_section(section))
        for step in self.steps:
            out.append(f"=== run {step.command}\n")
            for kind in ("stdin", "exit", "stdout", "stderr"):
                if kind in step.sections:
                    out.append(render_section(step.sections[kind]))
        for path in sorted(self.after):
            out.append(render_section(self.after[path]))
        for path in self.absent:
            out.append(f"=== absent {path}\n")
        return "".join(out).encode("utf-8", "surrogateescape")


def edited(text, edits):
    """`text` with the places replaced that `edits` shows, in their order. Each must be there
    once only, or its first line would leave open which is meant."""
    out, rest = [], text
    for hunk in re.split(r"(?m)^@@\n", edits) if edits else []:
        old = "".join(line[1:] for line in lines_of(hunk) if line[0] in " -")
        new = "".join(line[1:] for line in lines_of(hunk) if line[0] in " +")
        if len(old) + len(new) == 0 or any(line[0] not in " -+" for line in lines_of(hunk)):
            raise CaseError(f"not an edit: {hunk!r}")
        places = [m.end() for m in re.finditer("(?m)^(?=" + re.escape(old) + ")", rest)]
        if len(places) != 1 or not old:
            raise CaseError(f"stands in {len(places)} places: {old!r}")
        out += [rest[: places[0]], new]
        rest = rest[places[0] + len(old) :]
    return "".join(out) + rest


def words_of(command):
    escaped = command.startswith("(escapes) ")
    words = shlex.split(command.removeprefix("(escapes) "))
    return [os.fsdecode(unescape(word)) for word in words] if escaped else words


def lines_of(text):
    """Lines that end at LF only (str.splitlines knows many more ends)."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


def render_section(section):
    head = "=== " + section.kind
    if section.argument:
        head += " " + section.argument
    head += "".join(f" ({option})" for option in section.options)
    return f"{head}\n{section.text}"


def unescape(text):
    def one(match):
        count, repeated, backslash, letter, byte, code, long_code, _ = match.groups()
        if count:
            return unescape(repeated) * int(count)
        if backslash:
            return b"\\"
        if letter:
            return {"n": b"\n", "r": b"\r", "t": b"\t"}[letter]
        if byte:
            return bytes([int(byte, 16)])
        if code or long_code:
            return chr(int(code or long_code, 16)).encode("utf-8", "surrogatepass")
        return b""  # a joined line

    out, end = [], 0
    for match in ESCAPE.finditer(text):
        out.append(literal(text[end : match.start()]))
        out.append(one(match))
        end = match.end()
    out.append(literal(text[end:]))
    return b"".join(out)


def literal(text):
    if "\\" in text:
        raise CaseError(f"unknown escape at {text[text.index(chr(92)):][:20]!r}")
    return text.encode("utf-8", "surrogateescape")


def escape(data):
    text = data.decode("utf-8", "surrogateescape")
    out = []
    for c in text:
        code = ord(c)
        if c == "\\":
            out.append("\\\\")
        elif c == "\n":
            out.append("\n")
        elif c == "\t":
            out.append("\\t")
        elif c == "\r":
            out.append("\\r")
        elif 0xDC80 <= code <= 0xDCFF:
            out.append(f"\\x{code - 0xDC00:02x}")
        elif code < 0x20 or code == 0x7F:
            out.append(f"\\x{code:02x}")
        elif not c.isprintable() and c != " ":
            out.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
        else:
            out.append(c)
    text = re.sub(r"(?m)^=(?=== )", r"\\x3d", "".join(out))
    text = re.sub(r"(?m) $", r"\\x20", text)
    return text if text.endswith("\n") or not text else text + "\\\n"


def digest(data):
    return (
        f"bytes {len(data)}\nlines {data.count(10)}\n"
        f"sha256 {hashlib.sha256(data).hexdigest()}\n"
    )


def section_for(kind, argument, data):
    """The section that says `data`, in the plainest form that can."""
    if len(data) > DIGEST_FROM:
        return Section(kind, argument, ["digest"], digest(data))
    text = escape(data)
    if text.encode("utf-8", "surrogateescape") == data:
        return Section(kind, argument, [], text)
    if text == data.decode("utf-8", "surrogateescape").replace("\\", "\\\\"):
        # Backslashes alone need no escapes.
        return Section(kind, argument, [], data.decode("utf-8", "surrogateescape"))
    return Section(kind, argument, ["escapes"], text)


def find_cases(root, topic=None, pattern=None):
    cases = []
    for path in sorted(Path(root).glob(f"{topic or '*'}/*.case")):
        case = Case(path)
        if pattern is None or re.search(pattern, case.name):
            cases.append(case)
    return cases
