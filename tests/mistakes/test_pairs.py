"""Two mistakes are told as each of them is alone.

Each pair of some fifty mistakes of different kinds is made at once in a small project of a
definition, transcripts, rows and people (`pairs/`). What `ddbgen check` then says has to be
all that it says of the one and of the other, and nothing else: no error may hide behind one
that it has nothing to do with, and none may come that only follows from two. Where it is
otherwise, HIDDEN says why.
"""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import pytest

SOME = 9  # one pair of so many; DDBGEN_MISTAKES=1 takes all
PAIRS = Path(__file__).parent / "pairs"
SHOWN = re.compile(r"^(\S+?)(?::(\d+):\d+)?: error\[([a-z0-9-]+)\]: (.*)$", re.M)
CLUB, PEOPLE, TALKS, MORE, LOANS = (
    "club.yaml", "people.yaml", "talks.txt", "more.txt", "loans.yaml",
)  # fmt: skip

# name: (file, what stands there, what is written instead).
MISTAKES = {
    "key misspelt": (CLUB, "billing_mode:", "biling_mode:"),
    "key's value": (CLUB, "table_class: STANDARD", "table_class: [STANDARD]"),
    "tag": (CLUB, "{ team: club }", "{ team: 5 }"),
    "table's name": (CLUB, "table_name: club", "table_name: c!"),
    "attribute's type": (CLUB, "due: N }", "due: X }"),
    "index key": (CLUB, "hash: city, range: due", "hash: ctiy, range: due"),
    "table key": (CLUB, "{ hash: pk, range: sk }", "{ hash: pkk, range: sk }"),
    "projection": (CLUB, "{ include: [name] }", "SOME"),
    "path": (CLUB, "${message.text}", "${message.txt}"),
    "filter": (CLUB, "${conversation.name | trim}", "${conversation.name | trm}"),
    "when": (CLUB, "participant_count} > 1", "participant_count} > one"),
    "for_each": (CLUB, "for_each: participant", "for_each: participnt"),
    "entity's key": (CLUB, "      sk: ABOUT\n", ""),
    "entity's key type": (CLUB, "sk: ABOUT", "sk: 5"),
    "entity's unknown key": (CLUB, "    when: $", "    wehn: $"),
    "column of self": (CLUB, "${self.display_name}", "${self.displayname}"),
    "column of sender": (CLUB, "${sender.nick}", "${sender.nik}"),
    "column of a row": (CLUB, "${row.what}", "${row.waht}"),
    "column of a row's user": (CLUB, "${row.user.uuid}", "${row.user.uid}"),
    "optional key": (CLUB, "pk: LOAN#${row.number}", "pk: LOAN#${row.number?}"),
    "variable of vars": (CLUB, "vars.topic}", "vars.topc}"),
    "parameter": (CLUB, '"TALK#${talk}"', '"TALK#${tlk}"'),
    "parameter's type": (CLUB, "talk: uuid }", "talk: uid }"),
    "pattern's index": (CLUB, "index: by-city", "index: by-ctiy"),
    "pattern's key": (CLUB, 'key: { city: "${city}" }', 'key: { ctiy: "${city}" }'),
    "pattern's column": (CLUB, "${who.uuid}", "${who.uid}"),
    "fixture's name": (CLUB, "[ talks.txt, more.txt,", "[ talks.txt, more.txt, mroe.txt,"),
    "handles' key": (CLUB, "handles: { file:", "handles: { qurey: SELECT 1, file:"),
    "person twice": (PEOPLE, "handle: cem,", "handle: ann,"),
    "person again": (PEOPLE, "city: Rome }", "city: Rome }\n- { handle: bob, uuid: 1, display_name: x, nick: y, city: z }"),
    "person's column": (PEOPLE, "nick: b, ", "nik: b, "),
    "first person's column": (PEOPLE, "nick: a, ", "nik: a, "),
    "person's value": (PEOPLE, "display_name: Bob", "display_name: [Bob]"),
    "person without handle": (PEOPLE, "{ handle: bob, ", "{ handel: bob, "),
    "person without column": (PEOPLE, "nick: c, ", ""),
    "person NULL": (PEOPLE, "nick: c,", "nick: null,"),
    "person's key twice": (PEOPLE, "nick: c,", "nick: c, nick: d,"),
    "person is none": (PEOPLE, "- { handle: bob, uuid: 85f3a0c9-2e7b-4b64-b3d8-6e1f0a95c742, display_name: Bob, nick: b, city: Rome }", "- bob"),
    "person missing": (PEOPLE, "- { handle: bob, uuid: 85f3a0c9-2e7b-4b64-b3d8-6e1f0a95c742, display_name: Bob, nick: b, city: Rome }\n", ""),
    "label": (TALKS, "Bob: half", "Bo: half"),
    "line": (TALKS, "Bob: half of it", "half of it"),
    "handle": (TALKS, "Ann: ann,", "Ann: an,"),
    "variable": (TALKS, "{ topic:", "{ topc:"),
    "header's key": (TALKS, "interval:", "intrval:"),
    "interval": (TALKS, "interval: 1m", "interval: 1x"),
    "label elsewhere": (MORE, "Bob: along", "Bo: along"),
    "handle elsewhere": (MORE, "Bob: bob", "Bob: bobb"),
    "variable elsewhere": (MORE, "vars: { topic: riding }\n", ""),
    "name elsewhere": (MORE, "conversation: Bikes", "conversation: Books"),
    "rows' handle": (LOANS, "!handle cem", "!handle cm"),
    "rows' time": (LOANS, "2023-03-01T08:15:00Z", "yesterday"),
    "rows' column": (LOANS, "what: a bike, ", ""),
    "rows' unread column": (LOANS, "due: 6 }", "due: 6, colour: red }"),
    "rows' key type": (LOANS, "due: 6 }", "due: six }"),
    "rows' key twice": (LOANS, "{ number: L2, user: !handle cem, since: 2023-03-02", "{ number: L1, user: !handle cem, since: 2023-03-01"),
    "rows' name": (LOANS, "  loan:", "  laon:"),
    "item's key": (LOANS, "pk: RULES, sk: second", "pk: RULES, s: second"),
    "item's key type": (LOANS, "pk: RULES, sk: second", "pk: RULES, sk: 2"),
    "item twice": (LOANS, "sk: second", "sk: first"),
}  # fmt: skip

# What follows from one mistake, or cannot be told while it is there: (of
# which mistakes, behind which of those).
NO_KEYS = {"attribute's type", "index key", "table key"}
NO_RECORD = {"person without handle", "person is none"}
HIDDEN = [
    # What keys the items is not known, or the entity that makes them is wrong.
    ({"rows' key type", "rows' key twice", "rows' unread column"}, NO_KEYS | {"optional key", "for_each"}),
    ({"item's key", "item's key type", "item twice", "optional key", "parameter", "pattern's column"}, {"table key"}),
    ({"pattern's key"}, {"index key", "pattern's index"}),
    # No item comes of a row that lacks something.
    ({"rows' key type", "rows' key twice"}, {
        "column of a row", "column of a row's user", "person twice", "first person's column",
        "person without column", "rows' handle", "rows' column", "rows' time", "rows' key type",
    }),
    # An entity with an unknown key may have meant `when`.
    ({"when"}, {"entity's unknown key"}),
    # Rows that nothing takes; an entity that may take them.
    ({
        "column of a row", "column of a row's user", "rows' unread column", "rows' key type", "rows' key twice",
        "rows' column", "rows' handle", "rows' time",
    }, {"rows' name"}),
    ({"rows' name"}, {"for_each"}),
    # The one says what the other does, in other words.
    ({"rows' column"}, {"column of a row"}),
    ({"variable", "variable elsewhere", "variable of vars"}, {"variable of vars", "variable"}),
    # What a wrong header lacks, it may have wanted to have; it has no place among others.
    ({"variable", "variable of vars", "name elsewhere"}, {"header's key", "interval"}),
    # A record of which nobody knows whose it is may be that of any handle.
    ({"person twice", "handle", "handle elsewhere", "rows' handle"}, NO_RECORD),
    ({"person again"}, NO_RECORD | {"person missing"}),
    ({"person missing"}, {"person again"}),
    # Columns are those of the first record; a column that some record has is not unknown.
    ({"column of sender"}, {"person's column", "first person's column"}),
    ({"person NULL"}, {"column of sender", "person twice", "first person's column"}),
    ({"person's column", "person without column"}, {"first person's column"}),
]  # fmt: skip
# Messages that name what the other mistake changed, or how many lines have it.
REWORDED = {
    frozenset({"table's name", "entity's key"}),
    frozenset({"table's name", "item's key"}),
} | {
    frozenset({"first person's column", other})
    for other in ("person again", "person's column", "person without column", "person is none", "person missing")
}  # fmt: skip


@pytest.fixture(scope="session")
def ddbgen(request):
    return Path(request.config.getoption("--ddbgen")).resolve()


class Club:
    """The project in a folder of its own, with some mistakes at a time."""

    def __init__(self, folder, ddbgen):
        self.folder, self.ddbgen = folder, ddbgen
        shutil.copytree(PAIRS, folder)

    def errors(self, *names):
        """What is said of these mistakes: (file, code, message). None: they exclude each other."""
        texts = {file: (PAIRS / file).read_text(encoding="utf-8") for file in {MISTAKES[name][0] for name in names}}
        for file, old, new in map(MISTAKES.get, names):
            if texts[file].count(old) != 1:
                return None
            texts[file] = texts[file].replace(old, new)
        for file, text in texts.items():
            (self.folder / file).write_text(text, encoding="utf-8")
        run = subprocess.run([self.ddbgen, "check", "club.yaml"], cwd=self.folder,
                             capture_output=True, timeout=60, check=False)  # fmt: skip
        for file in texts:
            shutil.copy(PAIRS / file, self.folder)
        shown = SHOWN.findall(run.stderr.decode("utf-8", "replace"))
        assert run.returncode == (2 if shown else 0), (names, run.stderr)
        return {(file, code, text) for file, _, code, text in shown}


def is_hidden(mistake, behind):
    return any(mistake in mistakes and behind in causes for mistakes, causes in HIDDEN)


def judge(club, single, first, second):
    """What is wrong with a pair: lines of text."""
    both = club.errors(first, second)
    if both is None or frozenset({first, second}) in REWORDED:
        return
    for mistake, other in ((first, second), (second, first)):
        for _, code, text in single[mistake] - both:
            if not is_hidden(mistake, other):
                yield f"'{mistake}' is not told beside '{other}': {code}: {text}"
    for _, code, text in both - single[first] - single[second]:
        yield f"'{first}' and '{second}' together give another error: {code}: {text}"


def test_a_pair_of_mistakes_is_told_as_both(ddbgen, tmp_path):
    clubs = [Club(tmp_path / str(i), ddbgen) for i in range(2)]
    assert clubs[0].errors() == set()
    single = {name: clubs[0].errors(name) for name in MISTAKES}
    assert all(single.values()), [name for name in MISTAKES if not single[name]]
    pairs = list(combinations(MISTAKES, 2))[:: 1 if "DDBGEN_MISTAKES" in os.environ else SOME]

    def run(part):
        return [line for pair in pairs[part :: len(clubs)] for line in judge(clubs[part], single, *pair)]

    with ThreadPoolExecutor(len(clubs)) as pool:
        wrong = sum(pool.map(run, range(len(clubs))), [])
    assert len(pairs) > 100
    assert not wrong, "\n" + "\n".join(wrong)


# Many at once: the errors of each, and no other.
SEVERAL = [
    ("key misspelt", "index key", "column of sender", "parameter", "label", "person again", "handle elsewhere"),
    ("tag", "filter", "variable", "person's value", "rows' time", "item twice"),
    ("projection", "entity's key", "label elsewhere", "person's column", "rows' column", "handle"),
    ("fixture's name", "entity's key type", "line", "person's key twice", "rows' handle", "item's key type"),
]  # fmt: skip


@pytest.mark.parametrize("names", SEVERAL)
def test_several_are_told_at_once(names, ddbgen, tmp_path):
    club = Club(tmp_path / "club", ddbgen)
    assert club.errors(*names) == set().union(*map(club.errors, names))
