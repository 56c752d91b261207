#!/usr/bin/env python3
"""Seeds for the fuzz targets, taken from the golden cases and the shipped examples.

    tests/fuzz/seeds.py FOLDER

Writes FOLDER/TARGET/HASH for each target. What is there already stays.
"""

import hashlib
import json
import re
import sys
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/golden"))

from case import find_cases  # noqa: E402

LONGEST = 16 * 1024  # larger ones only slow a fuzzer down
MANY = 256 * 1024  # a file that is longer says one thing a million times
DEFINITION = re.compile(rb"^(table_name|attribute_definitions|entities):", re.M)
DATA = re.compile(rb"^(rows|items):", re.M)
NUMBER = re.compile(rb"[-+]?[.0-9][-+.0-9eE]*")
TEMPLATE = re.compile(rb"\$\{[^\n]*\}[^\n\"']*")
FILTER = re.compile(rb"\bfilter: (.+?)(?: \})*$", re.M)
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
        for section in case.inputs():
            yield section.path, section.content()
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
        sections = {section.path: section.content() for section in case.inputs()}
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


def builds():
    """Folders that builds wrote and comparisons read, as fuzz_build.c takes them."""
    for case in find_cases(ROOT / "tests/golden"):
        folders = {}
        for section in case.before:
            folder, _, name = section.argument.partition("/")
            if section.kind == "file" and name.endswith(".json"):
                folders.setdefault(folder, []).append((name, section.content()))
        for files in folders.values():
            if len(files) > 1:
                yield b"".join(b"> %s\n%s\n" % (name.encode(), text) for name, text in files)


# fuzz_reply.c: answers about the table of its definition, as it is to be.
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
REPLIES = [
    {
        "Table": {
            "TableName": "told",
            "TableStatus": "ACTIVE",
            "TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/told",
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in (("b", "B"), ("a", "S"), ("sk", "N"), ("pk", "S"))
            ],
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, **UNITS},
            "WarmThroughput": {"ReadUnitsPerSecond": 50, "WriteUnitsPerSecond": 50},
            "LocalSecondaryIndexes": [
                {
                    "IndexName": "by-l",
                    "KeySchema": [
                        {"AttributeName": "pk", "KeyType": "HASH"},
                        {"AttributeName": "a", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "by-g",
                    "IndexStatus": "ACTIVE",
                    "KeySchema": [
                        {"AttributeName": "a", "KeyType": "HASH"},
                        {"AttributeName": "b", "KeyType": "HASH"},
                        {"AttributeName": "sk", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["y", "x"]},
                    "ProvisionedThroughput": UNITS,
                }
            ],
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            "SSEDescription": {"Status": "ENABLED", "SSEType": "KMS"},
            "TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
            "DeletionProtectionEnabled": True,
        }
    },
    {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "e"}},
    {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {
                "PointInTimeRecoveryStatus": "ENABLED",
                "RecoveryPeriodInDays": 7,
            },
        }
    },
    {"ContributorInsightsStatus": "ENABLED", "ContributorInsightsMode": "THROTTLED_KEYS"},
    {"Tags": [{"Key": "team", "Value": "a"}, {"Key": "aws:x", "Value": ""}], "NextToken": "1"},
    {"Policy": '{"Statement":{"Action":["b","a"],"Effect":"Allow"}}', "RevisionId": "1"},
    {"TableNames": ["abc", "messages"], "LastEvaluatedTableName": "messages"},
    {"s": {"S": "x"}, "n": {"N": "1e3"}, "l": {"L": [{"NULL": True}, {"SS": ["a", "b"]}]}},
]


def replies():
    lines = [json.dumps(reply) for reply in REPLIES]
    yield "\n".join(lines).encode()
    for i in range(len(lines)):  # each of them alone
        yield "\n".join(line if i == k else "" for k, line in enumerate(lines)).encode()


def frame(kind, *fields):
    """What pg_frame.h calls a frame, in this machine's order of bytes."""

    def number(value):
        return value.to_bytes(4, sys.byteorder)

    body = b"".join(
        number(2**32 - 1) if field is None else number(len(field)) + field for field in fields
    )
    return kind + number(len(body)) + body


def answers():
    """What is told of a look-up, as fuzz_answer.c takes it: in portions of 8 bytes."""
    begin = (frame(b"A", b"localhost:5432/d"), frame(b"C", b"handle", b"uuid", b"name"))
    rows = (frame(b"R", b"a", b"u-a", b"Ann"), frame(b"R", b"b", b"u-b", None))
    for frames in (
        (*begin, *rows, frame(b"E")),
        (begin[0], frame(b"S"), begin[1], rows[0], frame(b"E")),
        (begin[0], frame(b"F", b"s", b"relation does not exist", b"look at the query")),
        (frame(b"F", b"c", b"refused", b""),),
        (*begin, rows[0], rows[0]),
        (*begin, frame(b"R", None, b"u", b"n")),
        (*begin, rows[0], frame(b"C", b"more"), frame(b"E")),  # out of its turn
        (rows[0], *begin),
    ):
        yield b"\x07" + b"".join(frames)


def trees():
    """A revision as git tells it, as fuzz_tree.c takes it."""
    blob, link, folder = "100644 blob", "120000 blob", "040000 tree"
    for entries in (
        ((blob, "a.txt", "text"), (folder, "d", None), ("100755 blob", "d/x", "#!")),
        ((link, "l", "../outside"), (blob, "l", "y")),  # one name twice
        ((link, "d", ".."), (blob, "d/outside", "y")),  # through a link
        ((link, "l", "/etc/passwd"), ("160000 commit", "module", None)),
        ((blob, "../outside", "y"),),
        ((blob, "d/.GIT/config", "y"),),
        ((blob, "empty", ""), (blob, "no folder/of it", "y")),
    ):
        ids = [hashlib.sha1(path.encode()).hexdigest() for _, path, _ in entries]
        rows = list(zip(ids, entries))
        yield "\0".join(
            f"{kind} {id} {'-' if text is None else len(text):>7}\t{path}"
            for id, (kind, path, text) in rows
        ).encode() + b"\0\0" + "".join(
            f"{id} blob {len(text)}\n{text}\n" for id, (_, _, text) in rows if text is not None
        ).encode()


def links():
    """Targets of four links, and paths through them, as fuzz_follow.c takes them."""
    paths = ("l0", "l0/f", "d/l2/f", "d/e/l3", "d/../l1/", "f/.", "./d//f", "../secret", "")
    for targets in (
        ("d", "l0/e", "../f", "../../l0"),
        ("../secret", "/etc", "../../out", "l3"),  # out, and a circle
        (".git/config", "bare", "../.GIT", "../../.git/."),
        ("d/../../project/f", "d/e/../../../out/f", "/tmp/../", "./././f"),
    ):
        yield "\n".join((*targets, *paths)).encode()


def pairs():
    """Two items with differences of all kinds, as fuzz_delta.c takes them."""
    old = {
        "pk": {"S": "k"},
        "long": {"S": "The quick brown fox jumps over the lazy dog, " * 4},
        "map": {"M": {"deep": {"L": [{"N": "1"}, {"NULL": True}]}, "gone": {"BOOL": True}}},
        "set": {"SS": ["a", "b", "c"]},
        "numbers": {"NS": ["1", "2.5"]},
        "bytes": {"B": "AAEC"},
        "list": {"L": [{"S": x} for x in "abcdef"]},
        "cost center": {"S": "4711"},
    }
    new = {
        "pk": {"S": "k"},
        "long": {"S": "The quick brown fox jumps over the lazy cat, " * 4},
        "map": {"M": {"deep": {"L": [{"N": "2"}, {"S": "1"}]}, "come": {"BOOL": False}}},
        "set": {"SS": ["c", "d"]},
        "numbers": {"NS": ["2.5", "1E3"]},
        "bytes": {"BS": ["AAEC", "/w=="]},
        "list": {"L": [{"S": x} for x in "bxcdefg"]},
        "cost": {"S": "center 4711"},
    }
    yield "\n".join(map(json.dumps, (old, new))).encode()
    for name, value in old.items():
        for other in (value, *new.values()):
            yield "\n".join(json.dumps({"a": x}) for x in (value, other)).encode()
    for left, right in (("5", "\u00a05"), ("a\u200b", "a"), ("e\u0301", "\u00e9"), ("", " ")):
        yield "\n".join(json.dumps({"a": {"S": x}}) for x in (left, right)).encode()


def live_items():
    """Items of fuzz_live.c's definition: declared, moved, stale, changed and others'."""
    talk = uuid.UUID("5ae290ed-55d1-47a0-bc6d-fe2bc2700399")

    def message(index, text, minute, **more):
        item = {
            "pk": f"ROOM#{talk}",
            "sk": f"M#2023-03-19T12:{minute:02}:00.000000+00:00",
            "id": str(uuid.uuid5(talk, str(index))),
            "text": text,
            "both": f"a{text}a{text}a{index}",
            "by": "u-a",
            **more,
        }
        return {name: {"S": value} for name, value in item.items()}

    room = {
        "pk": {"S": f"ROOM#{talk}"},
        "sk": {"S": "2023-03-19T12:09:00.000000+00:00"},
        "n": {"N": "9"},
        "last": {"L": [{"S": "old"}, {"M": {"by": {"S": "a"}}}]},
    }
    items = [
        message(0, "one", 0),
        message(1, "another", 1),
        message(2, "three", 7),
        message(9, "stale", 9),
        message(9, "theirs", 8, note="by hand"),
        room,
    ]
    lines = [json.dumps(item) for item in items]
    yield "\n".join(lines).encode()
    yield from (line.encode() for line in lines)


def number(value):
    out = b""
    while value > 0x7F:
        out += bytes([0x80 | value & 0x7F])
        value >>= 7
    return out + bytes([value])


def text(value):
    return number(len(value)) + value


def ledgers():
    """Items that builds show, as entries of a ledger (src/compile/ledger/ledger_write.h)."""
    stream, shapes = b"B" + b"E" + text(b"message"), []
    for line in outputs():
        if not line.startswith(b'{"Item":'):
            continue
        item = json.loads(line)["Item"]
        names = tuple(name.encode("utf-8", "surrogateescape") for name in item)[2:]
        if names not in shapes:
            shapes.append(names)
            stream += b"S" + number(len(names))
            stream += b"".join(text(name) + bytes([i % 2]) for i, name in enumerate(names))
        digest = hashlib.sha1(line).digest()
        printed = (len(names) + 1) // 2
        stream += b"I" + bytes([len(shapes) % 2]) + number(shapes.index(names) + 1)
        stream += number(0) + text(b"k" + digest[:4].hex().encode()) + number(0) + text(b"r")
        stream += digest[:8] + bytes((printed + 7) // 8) + digest[:6] * printed
        if len(stream) > LONGEST // 8:
            yield stream
            stream, shapes = b"B" + b"E" + text(b"inbox"), []
    yield stream


def seeds():
    """(target, content), some of them several times."""
    for content in replies():
        yield "reply", content
    for content in answers():
        yield "answer", content
    for content in trees():
        yield "tree", content
    for content in links():
        yield "follow", content
    for content in pairs():
        yield "delta", content
    for content in live_items():
        yield "live", content
    for content in ledgers():
        yield "ledger", content
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
            if name.endswith("ddbgen.yaml"):
                yield "project", content
            elif DEFINITION.search(content):
                yield "definition", content
            else:
                yield "data" if DATA.search(content) else "handles", content
        if len(content) > MANY:
            continue
        for match in NUMBER.finditer(content):
            yield "number", match[0]
        for match in TEMPLATE.finditer(content):
            yield "expression", match[0].strip()
        for match in FILTER.finditer(content):
            yield "filter", match[1].strip(b"\"' ")
    for line in outputs():
        if line[:1] in (b"{", b"["):
            yield "json", line
    for content in headers():
        yield "header", content
    for content in reports():
        yield "report", content
    for content in requests():
        yield "request", content
    for content in builds():
        yield "build", content
    for content in configurations():
        yield "aws", content


def configurations():
    """AWS configurations of the golden cases, and what is answered to those who ask."""
    for case in find_cases(ROOT / "tests/golden"):
        for section in case.before:
            if section.kind == "file" and section.argument.endswith(".ini"):
                yield section.content()
    yield (
        b'<AssumeRoleResponse xmlns="x"><AssumeRoleResult><Credentials><SecretAccessKey>a&amp;b'
        b"</SecretAccessKey></Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )
    yield b"<?xml version='1.0'?><ErrorResponse><Error><Code>&#65;</Code></Error></ErrorResponse>"
    yield b'{"accessToken": "t", "roleCredentials": {"accessKeyId": "k", "x": [1]}}'


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
