"""The declared access patterns, against items that apply wrote."""

import json

import pytest
from conftest import ROOT
from expected import messages_items, read_transcript

MESSAGES = ROOT / "schemas/messages.yaml"
ROOMS = ROOT / "schemas/rooms.yaml"
HANDLES = ("--handles", ROOT / "fixtures/users.yaml")


@pytest.fixture
def conversation():
    (conversation,) = read_transcript(ROOT / "fixtures/babylon-5.txt")
    return conversation


@pytest.fixture
def messages(run, dynamo):
    """query(PATTERN, argument...): the items that ddbgen prints."""
    run("apply", MESSAGES, *HANDLES, "--endpoint-url", dynamo.url)

    def query(*arguments, expect=0):
        result = run(
            "query", MESSAGES, *arguments, *HANDLES, "--endpoint-url", dynamo.url, expect=expect
        )
        if expect != 0:
            return result
        return [json.loads(line) for line in result.text.splitlines()]

    return query


def year_of(conversation):
    return conversation.messages[-1].time.year


def test_messages_newest_first_with_the_patterns_limit(messages, conversation):
    items = messages(
        "list_messages", f"conversation={conversation.uuid}", f"year={year_of(conversation)}"
    )
    texts = [message.text for message in conversation.messages]
    assert [item["message"]["S"] for item in items] == texts[::-1][:20]


def test_limit(messages, conversation):
    arguments = ("list_messages", f"conversation={conversation.uuid}", "year=2023")
    for limit in (1, 7, 1000):
        items = messages(*arguments, "--limit", limit)
        assert len(items) == min(limit, len(conversation.messages))


def test_another_year_is_empty(messages, conversation):
    assert messages("list_messages", f"conversation={conversation.uuid}", "year=1999") == []


def test_conversations_of_a_handle(messages, conversation, database):
    items = messages("list_conversations", "me=andrewbrown", f"year={year_of(conversation)}")
    wanted = messages_items([conversation], database.users())[:2]
    assert items == [item for item in wanted if item["user_handle"]["S"] == "bayko"]


def test_an_index(messages, conversation, database):
    items = messages("messages_of_group", f"conversation={conversation.uuid}")
    wanted = messages_items([conversation], database.users())[:2]
    assert sorted(items, key=str) == sorted(wanted, key=str)


def test_plain(messages, conversation):
    arguments = ("list_messages", f"conversation={conversation.uuid}", "year=2023")
    (item,) = messages(*arguments, "--limit", 1, "--plain")
    assert item["message"] == conversation.messages[-1].text


def test_rooms(run, dynamo):
    run("apply", ROOMS, "--endpoint-url", dynamo.url)

    def query(*arguments):
        result = run("query", ROOMS, *arguments, "--endpoint-url", dynamo.url)
        return [json.loads(line) for line in result.text.splitlines()]

    rooms = {c.name: c for c in read_transcript(ROOT / "fixtures/rooms.txt")}
    for name, room in rooms.items():
        items = query("list_messages", f"room={name}")
        assert [i["message"]["S"] for i in items] == [m.text for m in room.messages][:50]
    for handle in ("andrewbrown", "kenji", "noor"):
        mine = [n for n, room in rooms.items() if handle in room.participants.values()]
        items = query("list_rooms", f"me={handle}")
        assert sorted(item["room_name"]["S"] for item in items) == sorted(mine)
    pairs = [n for n, r in rooms.items()
             if len(r.participants) == 2 and "yael" in r.participants.values()]
    assert [i["room_name"]["S"] for i in query("list_direct", "me=yael")] == pairs
    assert [i["room_name"]["S"] for i in query("rooms_of_month", "month=2024-03")] == [
        "Release Friday"
    ]


@pytest.mark.parametrize(
    "arguments, code",
    [
        (("list_mesages",), "pattern-unknown"),
        (("list_messages", "year=2023"), "pattern-parameter"),
        (("list_messages", "conversation=nonsense", "year=2023"), "pattern-parameter"),
        (("list_messages", "conversation=" + "0" * 36, "year=2023"), "pattern-parameter"),
        (("list_conversations", "me=andrewbrown", "me=bayko", "year=1"), "pattern-parameter"),
        (("list_conversations", "me=nobody", "year=2023"), "handle-unknown"),
    ],
)
def test_refused(messages, arguments, code):
    result = messages(*arguments, expect=2)
    assert f"error[{code}]" in result.errors and result.out == b""


HOSTILE = "a\x1b[2Jb\x9bc\u202ed\u2066e\x07f::error::g\x00h\u0085i\r\nj"


@pytest.mark.parametrize("shape", [(), ("--plain",), ("--table",)], ids=["json", "plain", "table"])
def test_hostile_items_are_shown_escaped(run, messages, dynamo, conversation, shape):
    dynamo.client.put_item(
        TableName="cruddur-messages",
        Item={
            "pk": {"S": f"MSG#{conversation.uuid}"},
            "sk": {"S": "2031" + HOSTILE},
            HOSTILE: {"S": HOSTILE},
            "bytes": {"B": b"\x00\x1b\xff"},
        },
    )
    commands = (
        ("query", MESSAGES, "list_messages", f"conversation={conversation.uuid}", "year=2031"),
        ("scan", "cruddur-messages"),
    )
    for command in commands:
        result = run(*command, *shape, "--endpoint-url", dynamo.url)
        assert result.out
        for raw in (b"\x1b", b"\x00", b"\x07", b"\r"):
            assert raw not in result.all
        for raw in ("\x9b", "\u0085", "\u202e", "\u2066"):
            assert raw.encode() not in result.all
        assert not any(line.startswith("::") for line in result.text.split("\n"))
        if shape != ("--table",):
            item = [json.loads(line) for line in result.text.splitlines()][-1 if command[0] == "query" else 0]
            assert item
    (item,) = [json.loads(line) for line in run(
        *commands[0], "--endpoint-url", dynamo.url).text.splitlines()]
    assert item[HOSTILE] == {"S": HOSTILE}


def test_no_items_are_said_and_not_written(messages, conversation, run, dynamo, tmp_path):
    def holds(result):
        assert result.out == b""
        assert [line for line in result.errors.splitlines() if "items" in line] == ["0 items"]

    none = ("list_messages", f"conversation={conversation.uuid}", "year=1999")
    target = ("--endpoint-url", dynamo.url)
    for shape in ((), ("--plain",), ("--table",)):
        holds(run("query", MESSAGES, *none, *HANDLES, *target, *shape))
    empty = tmp_path / "empty.yaml"
    empty.write_text(
        "table_name: empty\nattribute_definitions: { pk: S }\nkey_schema: { hash: pk }\n"
        "billing_mode: PAY_PER_REQUEST\n"
    )
    run("apply", empty, *target)
    holds(run("scan", empty, *target))
    found = run("scan", MESSAGES, *target)
    assert found.out != b"" and "0 items" not in found.errors
