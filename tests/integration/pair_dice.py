"""Random pairs of one table's definition and fixtures: what is declared before and after.

    pair = Pair(seed)           # the same seed, the same pair
    pair.before, pair.after     # a State each: write(folder), items()
    pair.theirs(items)          # what an application does to the table in between

A State is written as files for ddbgen and worked out by itself, in plain Python that shares
nothing with ddbgen: items() says what must be there, each with what it was made for. The
second one is the first one edited, as people edit, or rarely another one of the same table.
"""

import base64
import copy
import json
import random
import re
import string
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from expected import Conversation, Message, moment, stamp

SHAPES = (("S", "S"), ("S", "S"), ("S", "N"), ("S", None))  # types of the hash and range key
WORDS = ["yes", "no?", "ça va", "健二: ok", "$${x}", "${row.id}", "\\n", '"quoted"', "a\tb", "-"]


# --- values: DynamoDB JSON, and its spellings in YAML --------------------------------------


def quoted(text):
    """A string in YAML's double quotes; JSON's escapes are YAML's, but for surrogates."""
    plain = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff]", lambda m: f"\\u{ord(m[0]):04x}", plain)


def spelled_number(dice, text):
    """Another spelling of the same number, often."""
    if dice.random() < 0.5 or "e" in text:
        return text
    if "." in text:
        return text + "0"
    return dice.choice([text + ".0", text + "e0", text])


def shuffled(dice, members):
    return dice.sample(members, len(members))


def spell(dice, value):
    """A value in flow YAML. What has no order comes in any."""
    ((kind, body),) = value.items()
    if kind == "S":
        return quoted(body)
    if kind == "N":
        return spelled_number(dice, body)
    if kind == "B":
        return f"!B {quoted(base64.b64encode(body).decode())}"
    if kind in ("SS", "NS", "BS"):
        one = {"S": quoted, "N": str, "B": lambda b: quoted(base64.b64encode(b).decode())}[kind[0]]
        return f"!{kind} [{', '.join(one(member) for member in shuffled(dice, body))}]"
    if kind == "L":
        return f"[{', '.join(spell(dice, member) for member in body)}]"
    if kind == "M":
        members = shuffled(dice, sorted(body.items()))
        return "{" + ", ".join(f"{quoted(k)}: {spell(dice, v)}" for k, v in members) + "}"
    return {"BOOL": lambda: str(body).lower(), "NULL": lambda: "null"}[kind]()


def long_text(dice):
    """A text whose middle is what tells it from others like it."""
    size = dice.choice([100, 100, 1000, 5000, 12000])
    return "x" * dice.randrange(size) + dice.choice(WORDS) + "é" * dice.randrange(size)


def any_text(dice):
    return long_text(dice) if dice.random() < 0.05 else dice.choice(WORDS)


NUMBERS = ["0", "1", "-1", "50", "0.5", "123456789012345678901234567890", "1e-130", "-7.25"]


def any_value(dice, depth=0):
    kinds = ["S", "S", "N", "N", "B", "BOOL", "NULL", "SS", "NS", "BS"] + ["L", "M"] * (depth < 3)
    kind = dice.choice(kinds)
    few = range(dice.randrange(4))
    return {
        kind: {
            "S": lambda: dice.choice(["", any_text(dice)]),
            "N": lambda: dice.choice(NUMBERS),
            "B": lambda: bytes(dice.randrange(256) for _ in few),
            "BOOL": lambda: dice.random() < 0.5,
            "NULL": lambda: True,
            "SS": lambda: dice.sample(["a", "b", "ç", "d"], 1 + len(few)),
            "NS": lambda: dice.sample(["1", "2", "-3.5", "400"], 1 + len(few)),
            "BS": lambda: dice.sample([b"\0", b"b", b"\xff", b"dd"], 1 + len(few)),
            "L": lambda: [any_value(dice, depth + 1) for _ in few],
            "M": lambda: {f"m{i}": any_value(dice, depth + 1) for i in few},
        }[kind]()
    }


def nudged(dice, value):
    """Another value, as like it as can be."""
    ((kind, body),) = value.items()
    if kind in ("L", "M") and body:
        at = dice.choice(list(body) if kind == "M" else range(len(body)))
        new = body.copy()
        if dice.random() < 0.2:
            del new[at]
        else:
            new[at] = nudged(dice, body[at])
        return {kind: new}
    return {
        "S": lambda: {"S": body[: len(body) // 2] + "." + body[len(body) // 2 :]},
        "N": lambda: {"N": "0" if body == "1" else "1"},
        "B": lambda: {"B": body + b"\0"},
        "BOOL": lambda: {"BOOL": not body},
        "NULL": lambda: {"S": ""},
        "SS": lambda: {"SS": body + ["new"] if "new" not in body else body[:1]},
        "NS": lambda: {"NS": body + ["9"] if "9" not in body else body[:1]},
        "BS": lambda: {"BS": body + [b"new"] if b"new" not in body else body[:1]},
        "L": lambda: {"M": {}},
        "M": lambda: {"L": []},
    }[kind]()


# --- templates -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Template:
    """A string with ${...} in it. What is not replaced holds no ${."""

    text: str

    def value(self, scope):
        """Its value in a scope, a function from paths to values; None: a part is missing."""
        single = re.fullmatch(r"\$\{([^}]*)\}", self.text)
        if single:
            return expression(single[1], scope)
        found = [expression(path, scope) for path in re.findall(r"\$\{([^}]*)\}", self.text)]
        if None in found:
            return None
        texts = iter(str(next(iter(value.values()))) for value in found)
        return {"S": re.sub(r"\$\{[^}]*\}", lambda _: next(texts), self.text)}


def expression(text, scope):
    path, *filters = text.split(" | ")
    value = scope(path)
    for name in filters if value is not None else ():
        ((_, body),) = value.items()
        if name == "epoch":
            value = {"N": str(int(moment(body).timestamp()))}
        elif name == "lower":
            ascii_lower = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
            value = {"S": body.translate(ascii_lower)}
        elif name == "date('%Y-%m')":
            value = {"S": body[:7]}
        elif name == "pad(6)":
            value = {"S": body.zfill(6)}
        elif name != "time":  # which the scope has done
            raise ValueError(name)
    return value


def evaluate(tree, scope):
    """A tree of templates and values as a value; None: it is left out."""
    if isinstance(tree, Template):
        return tree.value(scope)
    ((kind, body),) = tree.items()
    if kind == "L":
        return {"L": [v for v in (evaluate(member, scope) for member in body) if v is not None]}
    if kind == "M":
        members = {name: evaluate(member, scope) for name, member in body.items()}
        return {"M": {name: value for name, value in members.items() if value is not None}}
    return tree


def spell_tree(dice, tree):
    if isinstance(tree, Template):
        return quoted(tree.text)
    ((kind, body),) = tree.items()
    if kind == "L":
        return f"[{', '.join(spell_tree(dice, member) for member in body)}]"
    if kind == "M":
        members = shuffled(dice, sorted(body.items()))
        return "{" + ", ".join(f"{quoted(k)}: {spell_tree(dice, v)}" for k, v in members) + "}"
    return spell(dice, tree).replace("${", "$${")


# --- what is declared ----------------------------------------------------------------------

MESSAGE_PATHS = [
    "message.text", "message.text", "message.created_at", "message.index", "message.number",
    "message.label", "message.created_at | epoch", "sender.display_name", "sender.display_name",
    "sender.handle", "sender.uuid", "conversation.message_count", "conversation.uuid",
    "message.uuid", "message.uuid", "conversation.vars.mood?",
]  # fmt: skip
CONVERSATION_PATHS = [
    "conversation.uuid", "conversation.uuid", "conversation.starts_at", "conversation.vars.topic",
    "conversation.vars.mood?", "conversation.vars.mood?", "conversation.vars.mood? | lower",
    "conversation.vars.rank", "conversation.message_count", "conversation.participant_count",
    "conversation.first_message.text", "conversation.last_message.text",
    "conversation.last_message.created_at", "conversation.last_message.created_at | epoch",
    "conversation.first_message.created_at | date('%Y-%m')", "conversation.last_message.uuid",
    "conversation.last_message.label",
]  # fmt: skip
PARTICIPANT_PATHS = ["self.handle", *["self.display_name"] * 5, "self.uuid", "self.label"]
OTHER_PATHS = ["other.handle", "other.display_name | lower", "other.uuid"]
ROW_PATHS = [
    "row.kind", "row.n", "row.value", "row.maybe?", "row.who", "row.who.display_name",
    "row.who.uuid", "row.at | time", "row.at | epoch", "row.n | pad(6)",
]  # fmt: skip
# Keys by the table's shape and what an item is made for: hash, then range. TAG is the
# entity's own, so that no two entities give one key.
ROOM = "ROOM#${conversation.uuid}"
KEYS = {
    ("SS", "message"): (
        [ROOM, "TAG#${conversation.uuid}"],
        ["TAG#${message.created_at}", "TAG#${message.number | pad(6)}", "TAG#${message.uuid}"],
    ),
    ("SS", "participant"): (
        [ROOM, "TAG#${self.uuid}"],
        [
            "TAG#${conversation.last_message.created_at}#${conversation.uuid}#${self.uuid}",
            "TAG#${conversation.uuid}#${self.handle}",
            "TAG#${conversation.message_count | pad(6)}#${conversation.uuid}#${self.uuid}",
        ],
    ),
    ("SS", "conversation"): (
        [ROOM, "TAG#${conversation.uuid}"],
        ["TAG", "TAG#${conversation.last_message.created_at}", "TAG#${conversation.message_count}"],
    ),
    ("SS", "row"): (["TAG#${row.id}", "TAG"], ["${row.id}#${row.kind}", "${row.id}#1"]),
    ("SN", "message"): (
        ["TAG#${conversation.uuid}"],
        ["${message.number}", "${message.index}", "${message.created_at | epoch}"],
    ),
    ("SN", "participant"): (
        ["TAG#${conversation.uuid}#${self.uuid}"],
        ["${conversation.message_count}", "${conversation.last_message.created_at | epoch}"],
    ),
    ("SN", "conversation"): (
        ["TAG#${conversation.uuid}"],
        ["${conversation.message_count}", "${conversation.starts_at | epoch}"],
    ),
    ("SN", "row"): (["TAG#${row.id}"], ["${row.n}"]),
    ("S", "message"): (["TAG#${message.uuid}", "TAG#${conversation.uuid}#${message.index}"], []),
    ("S", "participant"): (["TAG#${conversation.uuid}#${self.uuid}"], []),
    ("S", "conversation"): (["TAG#${conversation.uuid}"], []),
    ("S", "row"): (["TAG#${row.id}"], []),
}
WHEN = {
    "message": ["${message.index} != 0", "${message.label} == 'A'"],
    "participant": ["${conversation.message_count} > 2"],
    "conversation": ["${conversation.vars.rank} >= 2"],
    "row": ["${row.kind} == 'a'"],
}
TWO = "${conversation.participant_count} == 2"


@dataclass
class Entity:
    tag: str
    kind: str  # message, participant, conversation or row
    attributes: dict
    when: str = None

    def holds(self, scope):
        if self.when is None:
            return True
        path, sign, literal = re.fullmatch(r"\$\{(.*)\} (\S+) '?(.*?)'?", self.when).groups()
        ((kind, text),) = scope(path).items()
        left, right = (int(text), int(literal)) if kind == "N" else (text, literal)
        return {"==": left == right, "!=": left != right, ">": left > right, ">=": left >= right}[
            sign
        ]

    def proof(self):
        """True when its items carry what says what they were made for."""
        uuid_of = "${message.uuid}" if self.kind == "message" else "${conversation.uuid}"
        return self.kind != "row" and uuid_of in repr(self.attributes)


@dataclass
class Declared:
    """An item that must be there, and what it was made for."""

    item: dict
    entity: Entity = None  # None: an item as it is written
    conversation: Conversation = None
    index: int = 0  # of the message or participant

    def proof(self):
        """True when it carries that: it may have stood beside something optional."""
        of_message = self.entity.kind == "message"
        talk = self.conversation
        said = str(talk.message_uuid(self.index) if of_message else talk.uuid)
        return self.entity.proof() and said in repr(self.item)

    @property
    def identity(self):
        of = self.conversation and self.conversation.uuid
        return of and (self.entity.tag, of, self.index)


@dataclass
class State:
    shape: tuple
    people: dict  # handle to (uuid, display name)
    entities: list = field(default_factory=list)
    talks: list = field(default_factory=list)  # Conversation
    rows: list = field(default_factory=list)  # column to value
    written: list = field(default_factory=list)  # items as they are
    table: str = ""

    def key(self, item):
        parts = [item["pk"], item["sk"]] if self.shape[1] else [item["pk"]]
        return tuple(text for part in parts for text in part.values())

    # --- worked out

    def person(self, handle, column):
        if column == "handle":
            return {"S": handle}
        return {"S": self.people[handle][0 if column == "uuid" else 1]}

    def message_scope(self, talk, index, member):
        message = talk.messages[index]
        return {
            "text": lambda: {"S": message.text},
            "created_at": lambda: {"S": stamp(message.time)},
            "index": lambda: {"N": str(index)},
            "number": lambda: {"N": str(index + 1)},
            "label": lambda: {"S": message.label},
            "uuid": lambda: {"S": talk.message_uuid(index)},
        }[member]()

    def variable(self, talk, name):
        """None: it is optional, and not there."""
        optional = name.endswith("?")
        return talk.variables.get(name[:-1]) if optional else talk.variables[name]

    def scope(self, talk, index, kind):
        """From paths to values, for a message, a participant or a whole conversation."""
        handles = list(talk.participants.values())

        def look(path):
            subject, member = path.split(".", 1)
            if subject == "message":
                return self.message_scope(talk, index, member)
            if subject == "sender":
                return self.person(talk.participants[talk.messages[index].label], member)
            if subject in ("self", "other"):
                at = index if subject == "self" else 1 - index
                if member == "label":
                    return {"S": list(talk.participants)[at]}
                return self.person(handles[at], member)
            first, _, rest = member.partition(".")
            return {
                "uuid": lambda: {"S": str(talk.uuid)},
                "starts_at": lambda: {"S": stamp(talk.messages[0].time)},
                "message_count": lambda: {"N": str(len(talk.messages))},
                "participant_count": lambda: {"N": str(len(handles))},
                "vars": lambda: self.variable(talk, rest),
                "first_message": lambda: self.message_scope(talk, 0, rest),
                "last_message": lambda: self.message_scope(talk, len(talk.messages) - 1, rest),
            }[first]()

        return look

    def row_scope(self, row):
        def look(path):
            name, _, column = path.removeprefix("row.").partition(".")
            value = row.get(name.rstrip("?"))
            if isinstance(value, str):  # a handle
                return self.person(value, column or "handle")
            return {"S": stamp(moment(value["S"]))} if name == "at" else value

        return look

    def make(self, entity, scope, talk=None, index=0):
        if entity.holds(scope):
            item = {name: evaluate(tree, scope) for name, tree in entity.attributes.items()}
            item = {name: value for name, value in item.items() if value is not None}
            yield Declared(item, entity, talk, index)

    def items(self):
        """All Declared, by key."""
        found = [Declared(item) for item in self.written]
        for entity in self.entities:
            for row in self.rows if entity.kind == "row" else ():
                found += self.make(entity, self.row_scope(row))
            for talk in self.talks if entity.kind != "row" else ():
                counts = {
                    "message": len(talk.messages),
                    "participant": len(talk.participants),
                    "conversation": 1,
                }
                for index in range(counts[entity.kind]):
                    scope = self.scope(talk, index, entity.kind)
                    found += self.make(entity, scope, talk, index)
        keyed = {self.key(each.item): each for each in found}
        assert len(keyed) == len(found), "the dice gave two items of one key"
        return keyed

    # --- as files

    def write(self, folder, dice):
        """The definition's path; its fixtures and people lie beside it."""
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            if old.is_file():  # what was applied stays known
                old.unlink()
        people = [
            f"- {{ handle: {handle}, uuid: {id}, display_name: {quoted(name)} }}\n"
            for handle, (id, name) in self.people.items()
        ]
        (folder / "people.yaml").write_text("".join(people), encoding="utf-8")
        fixtures = {"talk.txt": self.transcript(), "data.yaml": self.data(dice)}
        for name, text in fixtures.items():
            if text:
                (folder / name).write_text(text, encoding="utf-8")
        names = ", ".join(name for name, text in fixtures.items() if text)
        (folder / "t.yaml").write_text(self.definition(dice, names), encoding="utf-8")
        return folder / "t.yaml"

    def definition(self, dice, fixtures):
        hash_type, range_type = self.shape
        lines = [
            f"table_name: {self.table}",
            f"attribute_definitions: {{ pk: {hash_type}, sk: {range_type} }}"
            if range_type
            else f"attribute_definitions: {{ pk: {hash_type} }}",
            "key_schema: { hash: pk, range: sk }" if range_type else "key_schema: { hash: pk }",
            "billing_mode: PAY_PER_REQUEST",
            "handles: { file: people.yaml }",
        ]
        lines += ["entities:"] if self.entities else []
        for entity in self.entities:
            lines += [f"  {entity.tag}:", f"    for_each: {entity.kind}"]
            lines += [f"    when: {entity.when}"] if entity.when else []
            lines += ["    attributes:"]
            lines += [
                f"      {quoted(name)}: {spell_tree(dice, tree)}"
                for name, tree in entity.attributes.items()
            ]
        return "\n".join([*lines, f"fixtures: [ {fixtures} ]", ""])

    def transcript(self):
        lines = []
        for talk in self.talks:
            lines += ["---", f"conversation: {talk.name}", "participants:"]
            lines += [f"  {label}: {handle}" for label, handle in talk.participants.items()]
            lines += [f"starts_at: {stamp(talk.starts_at)}"]
            lines += [f"interval: {int(talk.interval.total_seconds())}s"]
            said = ", ".join(
                f"{name}: {quoted(value['S']) if 'S' in value else value['N']}"
                for name, value in talk.variables.items()
            )
            lines += [f"vars: {{ {said} }}", "---"]
            lines += [f"{message.label}: {message.text}" for message in talk.messages]
        return "".join(line + "\n" for line in lines)

    def data(self, dice):
        lines = []
        if self.rows:
            lines += ["rows:", "  row:"]
            for row in self.rows:
                columns = [
                    f"{name}: " + (f"!handle {value}" if name == "who" else spell(dice, value))
                    for name, value in shuffled(dice, sorted(row.items()))
                ]
                lines.append(f"    - {{ {', '.join(columns)} }}")
        if self.written:
            lines.append("items:")
            for item in self.written:
                lines.append(f"  - {spell(dice, {'M': item})}")
        return "".join(line + "\n" for line in lines)


# --- the dice ------------------------------------------------------------------------------


def forgetful(folder, url):
    """A target of which nothing is remembered: what is ours has to prove it."""
    target = f'targets:\n  forgetful: {{ endpoint_url: "{url}", ledger: none }}\n'
    (folder / "ddbgen.yaml").write_text(target)
    return "--target", "forgetful"


class Pair:
    def __init__(self, seed):
        self.seed = seed
        self.dice = random.Random(seed)
        self.shape = self.dice.choice(SHAPES)
        self.names = 0
        self.before = self.state()
        self.after = self.state() if self.dice.random() < 0.1 else self.edited(self.before)
        self.before.table = self.after.table = f"pair-{seed}"

    def id(self):
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def next_name(self, prefix):
        self.names += 1
        return f"{prefix}{self.names}"

    def state(self):
        dice = self.dice
        people = {
            f"person{i}": (self.id(), dice.choice(["Ann", "Bo Ç", "健二"])) for i in range(4)
        }
        state = State(self.shape, people)
        for _ in range(dice.randrange(1, 4)):
            state.talks.append(self.talk(state))
        state.rows = [self.row(state) for _ in range(dice.choice([0, 0, 1, 4]))]
        state.written = [self.item() for _ in range(dice.choice([0, 0, 1, 3]))]
        kinds = ["message"] + dice.sample(["message", "participant", "conversation"], 2)
        kinds += ["row"] * (dice.random() < 0.5 or len(state.rows) > 0)
        state.entities = [self.entity(kind) for kind in kinds]
        return self.legal(state)

    def talk(self, state):
        dice = self.dice
        labels = ["A", "B", "C"][: dice.choice([2, 2, 2, 3, 1])]
        talk = Conversation(
            name=dice.choice([self.id(), f"talk {self.seed} {self.next_name('')}"]),
            participants=dict(zip(labels, dice.sample(sorted(state.people), len(labels)))),
            interval=timedelta(seconds=dice.choice([1, 60, 90])),
            starts_at=moment(f"2023-03-{dice.randrange(1, 29):02}T10:00:00Z"),
            variables={
                "topic": {"S": dice.choice(["tea", "ships", "ça"])},
                "rank": {"N": str(dice.randrange(4))},
                **self.mood(),
            },
        )
        for _ in range(dice.randrange(1, 9)):
            talk.messages.append(self.message(talk))
        return talk

    def mood(self):
        """A variable that is not in every header."""
        there = self.dice.random() < 0.5
        return {"mood": {"S": self.dice.choice(["Calm", "ça"])}} if there else {}

    def message(self, talk):
        return Message(self.dice.choice(list(talk.participants)), any_text(self.dice), None)

    def row(self, state):
        dice = self.dice
        return {
            "id": {"S": self.next_name("r")},
            "kind": {"S": dice.choice("ab")},
            "n": {"N": str(dice.randrange(5))},
            "value": any_value(dice),
            **({"maybe": any_value(dice)} if dice.random() < 0.5 else {}),
            "who": dice.choice(sorted(state.people)),
            "at": {"S": f"2023-03-19T{dice.randrange(24):02}:30:00+02:00"},
        }

    def item(self):
        dice = self.dice
        item = {"pk": {"S": self.next_name("ITEM#")}}
        if self.shape[1]:
            item["sk"] = {"S": "é"} if self.shape[1] == "S" else {"N": dice.choice(NUMBERS)}
        return {**item, **{f"a{i}": any_value(dice) for i in range(dice.randrange(4))}}

    def tree(self, kind, depth=0):
        """An attribute's value: a template, or a list, map or value with some in it."""
        dice = self.dice
        choice = dice.random()
        if choice < 0.15:
            return any_value(dice)
        if choice < 0.3 and depth < 2:
            return {"L": [self.tree(kind, depth + 1) for _ in range(dice.randrange(3))]}
        if choice < 0.45 and depth < 2:
            return {"M": {f"m{i}": self.tree(kind, depth + 1) for i in range(dice.randrange(3))}}
        paths = {
            "message": MESSAGE_PATHS,
            "participant": PARTICIPANT_PATHS + CONVERSATION_PATHS,
            "conversation": CONVERSATION_PATHS,
            "row": ["row.kind", "row.n", "row.n | pad(6)", "row.at | time", "row.who.uuid"],
        }[kind]
        if choice < 0.85:
            return Template(f"${{{dice.choice(paths + ROW_PATHS * (kind == 'row'))}}}")
        parts = [f"${{{dice.choice(paths)}}}" for _ in range(dice.randrange(1, 4))]
        return Template(f"{dice.choice(['', 'n='])}{dice.choice(['', ', ', 'aa']).join(parts)}!")

    def entity(self, kind):
        dice = self.dice
        tag = self.next_name("E")
        attributes = {}
        ways = KEYS["".join(filter(None, self.shape)), kind]
        for name, way in zip(("pk", "sk"), ways):
            if way:
                attributes[name] = Template(dice.choice(way).replace("TAG", tag))
        if "${row.n}" in repr(attributes) or kind != "row" or dice.random() < 0.5:
            attributes["uuids"] = self.proof(kind)
        for i in range(dice.randrange(4)):
            attributes[f"a{i}"] = self.tree(kind)
        when = dice.choice(WHEN[kind]) if dice.random() < 0.2 else None
        if kind == "participant" and dice.random() < 0.4:
            attributes["other"] = Template(f"${{{dice.choice(OTHER_PATHS)}}}")
            when = TWO
        if kind == "row":
            attributes["all"] = {
                "L": [Template(f"${{row.{name}}}") for name in ("id", "value", "maybe?", "n")]
                + [Template("${row.who}"), Template("${row.at | time}"), Template("${row.kind}")]
            }
        return Entity(tag, kind, attributes, when)

    def proof(self, kind):
        """What says whose an item is; some entities lack it."""
        path = {"message": "message.uuid", "row": "row.id"}.get(kind, "conversation.uuid")
        if self.dice.random() < 0.1:
            path = {"message": "message.label", "row": "row.kind"}.get(kind, path)
        return Template(f"${{{path}}}")

    def legal(self, state):
        """Times worked out; nothing declared that nothing takes."""
        for talk in state.talks:
            for i, message in enumerate(talk.messages):
                message.time = talk.starts_at + i * talk.interval
        if not any(entity.kind == "row" for entity in state.entities):
            state.rows = []
        if not state.rows:
            state.entities = [entity for entity in state.entities if entity.kind != "row"]
        return state

    # --- edits

    def edited(self, state):
        state = copy.deepcopy(state)
        for _ in range(self.dice.choice([1, 1, 2, 2, 3, 6])):
            getattr(self, self.dice.choice(EDITS))(state)
        return self.legal(state)

    def edit_append(self, state):
        talk = self.dice.choice(state.talks)
        talk.messages += [self.message(talk) for _ in range(self.dice.randrange(1, 4))]

    def edit_text(self, state):
        message = self.dice.choice(self.dice.choice(state.talks).messages)
        message.text = any_text(self.dice)

    def edit_sender(self, state):
        talk = self.dice.choice(state.talks)
        self.dice.choice(talk.messages).label = self.dice.choice(list(talk.participants))

    def edit_insert(self, state):
        talk = self.dice.choice(state.talks)
        talk.messages.insert(self.dice.randrange(len(talk.messages)), self.message(talk))

    def edit_cut(self, state):
        talk = self.dice.choice(state.talks)
        del talk.messages[self.dice.randrange(1, len(talk.messages) + 1) :]

    def edit_times(self, state):
        talk = self.dice.choice(state.talks)
        talk.starts_at += self.dice.choice([1, -1]) * timedelta(minutes=self.dice.randrange(90))
        talk.interval = timedelta(seconds=self.dice.choice([1, 60, 90]))

    def edit_variables(self, state):
        variables = self.dice.choice(state.talks).variables
        variables["topic"], variables["rank"] = {"S": "new"}, {"N": str(self.dice.randrange(4))}
        variables.pop("mood", None)
        variables.update(self.mood())

    def edit_participants(self, state):
        """Somebody takes another's place, or they change theirs."""
        talk = self.dice.choice(state.talks)
        handles = self.dice.sample(sorted(state.people), len(talk.participants))
        talk.participants = dict(zip(talk.participants, handles))

    def edit_company(self, state):
        """Somebody joins and says nothing; or leaves, if they said nothing."""
        talk = self.dice.choice(state.talks)
        silent = set(talk.participants) - {message.label for message in talk.messages}
        strangers = sorted(set(state.people) - set(talk.participants.values()))
        if silent and len(talk.participants) > 1 and self.dice.random() < 0.5:
            del talk.participants[min(silent)]
        elif strangers and "D" not in talk.participants:
            talk.participants["D"] = strangers[0]

    def edit_people(self, state):
        for handle, (id, _) in state.people.items():
            if self.dice.random() < 0.5:
                state.people[handle] = (id, self.dice.choice(["Renamed", "Ann", "é"]))

    def edit_talks(self, state):
        if len(state.talks) > 1 and self.dice.random() < 0.5:
            state.talks.remove(self.dice.choice(state.talks))
        else:
            state.talks.append(self.talk(state))
        self.dice.shuffle(state.talks)

    def edit_entity(self, state):
        """One template more, less or another one; a key that is made otherwise."""
        at = self.dice.randrange(len(state.entities))
        entity = state.entities[at]
        another = self.entity(entity.kind)
        name = self.dice.choice(sorted({*entity.attributes, *another.attributes} - {"all"}))
        if name in another.attributes:
            tree = another.attributes[name]
            if isinstance(tree, Template):
                tree = Template(tree.text.replace(another.tag, entity.tag))
            entity.attributes[name] = tree
        elif name not in ("pk", "sk"):
            del entity.attributes[name]
        if "other" in entity.attributes:
            entity.when = TWO

    def edit_entities(self, state):
        if len(state.entities) > 1 and self.dice.random() < 0.5:
            state.entities.remove(self.dice.choice(state.entities))
        else:
            kind = self.dice.choice(["message", "participant", "conversation"])
            state.entities.insert(0, self.entity(kind))
        if all(entity.kind == "row" for entity in state.entities):
            state.entities.append(self.entity("message"))

    def edit_rows(self, state):
        if state.rows and self.dice.random() < 0.6:
            row = self.dice.choice(state.rows)
            column = self.dice.choice(["kind", "n", "value", "value", "value", "who", "at"])
            new = {**self.row(state), "value": nudged(self.dice, row["value"])}
            row[column] = new[column]
        elif len(state.rows) > 1 and self.dice.random() < 0.5:
            state.rows.remove(self.dice.choice(state.rows))
        elif any(entity.kind == "row" for entity in state.entities):
            state.rows.append(self.row(state))

    def edit_items(self, state):
        if state.written and self.dice.random() < 0.6:
            at = self.dice.randrange(len(state.written))
            item = state.written[at]
            key = {name: item[name] for name in ("pk", "sk") if name in item}
            new = self.item() if self.dice.random() < 0.3 else nudged(self.dice, {"M": item})["M"]
            state.written[at] = {**new, **key}
        elif state.written and self.dice.random() < 0.5:
            state.written.remove(self.dice.choice(state.written))
        else:
            state.written.append(self.item())

    def edit_order(self, state):
        for things in (state.entities, state.rows, state.written):
            self.dice.shuffle(things)

    # --- the application

    def theirs(self, items):
        """What an application does in between: (items put, keys deleted, keys touched).

        items: what is in the table, by key, before. New items never carry our ids."""
        dice = self.dice
        put, gone, touched = [], [], set()
        for key, item in items.items():
            chance = dice.random()
            if chance < 0.1:
                put.append(self.imitation(item))
            elif chance < 0.15:
                gone.append(key)
            elif chance < 0.25:
                name = dice.choice(sorted(set(item) - {"pk", "sk"} | {"theirs"}))
                small = name in item and dice.random() < 0.7
                new = nudged(dice, item[name]) if small else any_value(dice)
                put.append({**item, name: new})
            else:
                continue
            touched.add(key)
        if dice.random() < 0.5:
            put.append({**self.item(), "pk": {"S": self.id()}})
        return put, gone, touched

    def imitation(self, item):
        """An item that looks like one of ours, in its partition where the table has such, but
        for each uuid in it another one, or with an attribute more."""
        dice = self.dice
        new = json.loads(re.sub(
            r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda _: self.id(),
            json.dumps(item, default=lambda b: {"bytes": base64.b64encode(b).decode()}),
        ), object_hook=lambda o: base64.b64decode(o["bytes"]) if "bytes" in o else o)  # fmt: skip
        if len(next(iter(new.get("uuids", {"N": ""}).values()))) != 36:
            new["note"] = {"S": "by hand"}
        if self.shape == ("S", "S"):
            return {**new, "pk": item["pk"], "sk": {"S": item["sk"]["S"] + "~"}}
        if self.shape == ("S", "N"):
            return {**new, "pk": item["pk"], "sk": {"N": str(10**20 + dice.randrange(10**9))}}
        return {**new, "pk": {"S": item["pk"]["S"] + "~"}}


EDITS = sorted(name for name in vars(Pair) if name.startswith("edit_"))
EDITS += ["edit_people", "edit_times", "edit_append"]  # which together move keys
