"""What a mutant is: the program, changed in one place. Which places there are, and the order in
which a seed draws them."""

import random
import re
from dataclasses import dataclass
from pathlib import Path

# Comments, strings and characters, preprocessor lines, assertions of the compiler and the
# sizes of arrays hold no decision.
OPAQUE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
    r"""|^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*|_Static_assert\b[^;]*;"""
    r"""|^[ ]+(?:static\ |const\ |struct\ )*\w+\ \**\w+(?:\[\d+\])+(?=;|\ =|,)""",
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
    path: str  # below the root
    at: int
    line: int
    before: str
    after: str

    def applied(self, text):
        assert text.startswith(self.before, self.at)
        return text[: self.at] + self.after + text[self.at + len(self.before) :]

    def __str__(self):
        before, after = self.before.strip(), self.after.strip()
        return f"{self.path}:{self.line}: '{before}' becomes '{after}'"


def blank(match):
    return re.sub(r"[^\n]", "\0", match[0])


def mutants_of(path, original):
    text = OPAQUE.sub(blank, original)
    for pattern, replacements in OPERATORS:
        for match in re.finditer(pattern, text):
            # A statement may hold a string; anything else lies wholly outside of one.
            if "\0" in match[0] and not match[0].startswith("    "):
                continue
            before = original[match.start() : match.end()]
            line = original.count("\n", 0, match.start()) + 1
            for after in replacements:
                after = str(int(before) + 1) if after == "{+1}" else after
                yield Mutant(path, match.start(), line, before, after)


def draw(source, seed, only):
    """All mutants of `source`/src in the order in which this seed draws them. A file has its
    share by its size."""
    found = []
    for path in sorted(Path(source, "src").rglob("*.[ch]")):
        name = str(path.relative_to(source))
        if re.search(only, name):
            found += mutants_of(name, path.read_text(encoding="utf-8"))
    random.Random(seed).shuffle(found)
    return found
