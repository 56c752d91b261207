"""What a plan says of the items that it did not look at."""

import json
import re
import time

import fault_server as faults
import pytest
from conftest import ROOT

DEFINITION = """\
table_name: notes
attribute_definitions: { pk: S }
key_schema: { hash: pk }
billing_mode: PAY_PER_REQUEST
fixtures: [ notes-rows.yaml ]
"""
ROWS = "items:\n" + "".join(f"  - {{ pk: NOTE#{i} }}\n" for i in range(12))


@pytest.fixture
def project(tmp_path):
    (tmp_path / "notes.yaml").write_text(DEFINITION)
    (tmp_path / "notes-rows.yaml").write_text(ROWS)
    return tmp_path


@pytest.fixture
def tool(run, project, dynamo):
    def tool(command, *arguments, url=None, expect=0, files=("notes.yaml",)):
        where = ("--endpoint-url", url or dynamo.url) if url != "" else ()
        return run(command, *files, *where, *arguments, cwd=project, expect=expect)

    return tool


def put_strangers(dynamo, count, table="notes", width=1):
    for i in range(count):
        dynamo.client.put_item(
            TableName=table, Item={"pk": {"S": f"SESSION#{i}"}, "x": {"S": "x" * width}}
        )


def live_of(result):
    return re.findall(r"(?m)^live: (.*)$", result.text)


# --- the last line of each plan ------------------------------------------------------------


def test_a_new_table_has_none(tool):
    assert live_of(tool("diff", expect=1)) == [] == live_of(tool("apply"))


def test_a_server_of_this_machine_counts(tool, dynamo):
    """dynalite says in DescribeTable that there are none."""
    tool("apply")
    assert dynamo.client.describe_table(TableName="notes")["Table"]["ItemCount"] == 0
    put_strangers(dynamo, 3)
    line = "live: exactly 15 items (counted by a scan), 12 declared\n"
    for command in (("diff",), ("apply",), ("apply", "--dry-run"), ("diff", "--format", "github")):
        assert tool(*command).text.endswith(line)
    assert tool("apply", "--overwrite").text.count(line) == 1
    assert f"```text\n{line}```" in tool("diff", "--format", "markdown").text
    *_, live, _ = map(json.loads, tool("diff", "--format", "json").text.splitlines())
    assert live == {"type": "live", "table": "notes", "items": 15, "precision": "exact",
                    "source": "scan", "declared": 12}  # fmt: skip


def test_several_tables_are_named(tool, dynamo, project):
    other = DEFINITION.replace("notes\n", "others\n").replace("fixtures: [ notes-rows.yaml ]\n", "")
    (project / "others.yaml").write_text(other)
    files = ("notes.yaml", "others.yaml")
    tool("apply", files=files)
    put_strangers(dynamo, 1, table="others")
    assert live_of(tool("diff", files=files)) == [
        "exactly 12 items in notes (counted by a scan), 12 declared",
        "exactly 1 item in others (counted by a scan), 0 declared",
    ]


def test_a_large_table_is_counted_so_far(tool, dynamo):
    """Eight pages, of 1 MiB each: here three items."""
    tool("apply")
    put_strangers(dynamo, 40, width=390_000)
    (line,) = live_of(tool("diff"))
    counted = re.fullmatch(r"at least (\d+) items \(counted so far by a scan\), 12 declared", line)
    assert 20 <= int(counted[1]) < 52


def test_an_earlier_build_has_no_rest(tool, project):
    tool("build", "-o", "was", url="")
    assert live_of(tool("diff", "--against", "was", url="")) == []


def told(server, count):
    """What the server says in DescribeTable."""
    whole = type(server.service).DescribeTable

    def describe(request):
        answer = whole(server.service, request)
        answer["Table"]["ItemCount"] = count
        return answer

    server.service.DescribeTable = describe


@pytest.mark.parametrize(
    "count, line",
    [
        (225, "about 225 items (DescribeTable, up to six hours old on AWS), 12 declared"),
        (5, "at least 12 items (those that were read), 12 declared"),
    ],
)
def test_what_describe_table_says(tool, server, count, line):
    """Where a scan is refused; and it is not even asked for where the target is protected."""
    tool("apply", url=server.url)
    told(server, count)
    server.script["Scan"] = [faults.error("AccessDeniedException", 400)]
    assert live_of(tool("diff", url=server.url)) == [line]
    assert server.count("Scan") == 1


def test_a_protected_target_is_not_scanned(tool, server, project):
    tool("apply", url=server.url)
    told(server, 1225)
    text = f"targets:\n  prod: {{ endpoint_url: '{server.url}', protected: true }}\n"
    (project / "ddbgen.yaml").write_text(text)
    found = tool("diff", "--target", "prod", url="")
    assert live_of(found) == [
        "about 1,225 items (DescribeTable, up to six hours old on AWS), 12 declared"
    ]
    assert server.count("Scan") == 0


# --- diff --coverage -----------------------------------------------------------------------

TALK = """\
---
conversation: one
participants: {{ A: ann, B: bob }}
starts_at: 2023-03-19T12:00:00Z
---
{}"""
CHATS = """\
table_name: chats
attribute_definitions: { pk: S, sk: S }
key_schema: { hash: pk, range: sk }
billing_mode: PAY_PER_REQUEST
handles: { file: users.yaml }
fixtures: [ talk.txt, rows.yaml ]
entities:
  message:
    for_each: message
    attributes:
      pk: MSG#${conversation.uuid}
      sk: ${message.created_at}
      id: ${message.uuid}
      conversation: ${conversation.uuid}
      text: ${message.text}
  room:
    for_each: room
    attributes: { pk: "ROOM#${row.number}", sk: META, seats: "${row.seats}" }
"""
ROOMS = "rows:\n  room:\n{}items:\n  - {{ pk: CONFIG, sk: SMTP, on: true }}\n"


@pytest.fixture
def chats(tool, project):
    lines = [f"{'AB'[i % 2]}: line {i}\n" for i in range(10)]

    def write(lines=lines, seats=4, rooms=3):
        (project / "talk.txt").write_text(TALK.format("".join(lines)))
        rows = "".join(f"    - {{ number: {i}, seats: {seats} }}\n" for i in range(rooms))
        (project / "rows.yaml").write_text(ROOMS.format(rows))

    (project / "chats.yaml").write_text(CHATS)
    (project / "users.yaml").write_text("- { handle: ann }\n- { handle: bob }\n")
    write()
    write.lines = lines
    return write


def covered(result):
    """The lines below `coverage of`, and that one."""
    found = re.search(r"(?m)^coverage of (.*)\n((?:  .*\n)*)", result.text)
    return found[1], [line.strip() for line in found[2].splitlines()]


def json_lines(result):
    lines = [json.loads(line) for line in result.text.splitlines()]
    assert [line["type"] for line in lines][-2:] == ["live", "plan"]
    return [line for line in lines if line["type"] == "coverage"]


def put(dynamo, *items, table="chats"):
    for item in items:
        dynamo.client.put_item(TableName=table, Item=item)


def s(**texts):
    return {name: {"S": text} for name, text in texts.items()}


def test_items_are_counted_by_what_they_are(tool, dynamo, chats):
    files = ("chats.yaml",)
    tool("apply", files=files)
    chats(lines=chats.lines[:8], seats=6)  # two are stale, three rooms otherwise
    uuid = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
    put(dynamo,
        *(s(pk=f"SESSION#{i}", sk="x") for i in range(90)),
        *(s(pk=f"DEVICE|{i}", sk="x") for i in range(7)),
        s(pk="ROOM#99", sk="META"),  # of an entity by its key, whatever else is in it
        s(pk=f"MSG#{uuid}", sk="2024-01-01T00:00:00.000000+00:00", more="yes"),
        s(pk="ROOM#1", sk="DOOR#7"),  # the range key is none of a room's
        s(pk=uuid, sk="x"), s(pk="77", sk="x"), s(pk="lonely", sk="x"))  # fmt: skip
    before = dynamo.items("chats")
    result = tool("diff", "--coverage", files=files, expect=1)
    head, lines = covered(result)
    assert re.fullmatch(r"chats: 117 items, [\d.]+ read units in 4 requests", head)
    assert lines == [
        "message: 8 as declared, 2 stale, 1 not declared",
        "room: 3 otherwise, 1 not declared",
        "items: 1 as declared",
        '90 items "SESSION#..." belong to no entity',
        '7 items "DEVICE|..." belong to no entity',
        "2 items whose pk begins with a digit or a uuid belong to no entity",
        '1 item "ROOM#..." "DOOR#..." belongs to no entity',
        '1 item "lonely" belongs to no entity',
    ]
    assert "coverage: scanning table chats: how many read units is not known\n" in result.errors
    assert live_of(result) == ["exactly 117 items (counted by a scan), 12 declared"]
    assert dynamo.items("chats") == before
    found = json_lines(tool("diff", "--coverage", "--format", "json", files=files, expect=1))
    assert sum(line["items"] for line in found if line["of"] != "table") == 117
    message, *_ = [line for line in found if line.get("entity") == "message"]
    assert message == {"type": "coverage", "of": "entity", "table": "chats", "entity": "message",
                       "items": 11, "as_declared": 8, "otherwise": 0, "theirs": 0, "moved": 0,
                       "stale": 2, "not_declared": 1}  # fmt: skip
    assert {"type": "coverage", "of": "no-entity", "table": "chats", "items": 90,
            "hash": {"is": "prefix", "text": "SESSION#"}} in found  # fmt: skip
    (table,) = [line for line in found if line["of"] == "table"]
    assert table["items"] == 117 and table["requests"] == 4 and table["read_units"] > 0


def test_coverage_is_no_difference(tool, dynamo, chats):
    files = ("chats.yaml",)
    assert "coverage" not in tool("diff", "--coverage", files=files, expect=1).text
    tool("apply", files=files)
    put(dynamo, s(pk="SESSION#1", sk="x"))
    assert tool("diff", "--coverage", files=files).text.startswith("no changes: 14 ")
    for format in ("github", "markdown"):
        text = tool("diff", "--coverage", "--format", format, files=files).text
        assert '1 item "SESSION#..." belongs to no entity\n' in text


def test_hostile_keys_are_shown_safely(tool, dynamo, chats):
    files = ("chats.yaml",)
    tool("apply", files=files)
    texts = ["::error::x#1", "\x1b[31m#1", "\u202eevil#1", "a\n::warning::b#1", "``` x#1",
             "##[error]x", "q" * 2000, "é" * 700 + "#1"]  # fmt: skip
    put(dynamo, *(s(pk=text, sk="x") for text in texts))
    for format in ("text", "github", "markdown"):
        result = tool("diff", "--coverage", "--format", format, files=files)
        assert "\x1b" not in result.text and "\u202e" not in result.text
        assert "\n::error" not in result.text and "\n::warning" not in result.text
        assert result.text.count("belongs to no entity\n") == len(texts)
        assert max(map(len, result.text.splitlines())) < 300
    found = json_lines(tool("diff", "--coverage", "--format", "json", files=files))
    shown = {line["hash"]["text"] for line in found if line["of"] == "no-entity"}
    assert {":", "\x1b[", "\u202eevil#", "a\n:", "q" * 64, "é" * 64} <= shown


def test_many_beginnings_are_summed(tool, dynamo, chats):
    files = ("chats.yaml",)
    tool("apply", files=files)
    letters = "abcdefghijklmnopqrstuvwxyz"
    keys = [a + b + c for a in letters for b in letters for c in letters[:2]][:1100]
    for i in range(0, len(keys), 25):
        dynamo.client.batch_write_item(RequestItems={"chats": [
            {"PutRequest": {"Item": s(pk=key, sk="x")}} for key in keys[i : i + 25]
        ]})  # fmt: skip
    _, lines = covered(tool("diff", "--coverage", files=files))
    assert len(lines) == 3 + 20 + 1 and lines[-1] == "1,080 more items belong to no entity"
    found = json_lines(tool("diff", "--coverage", "--format", "json", files=files))
    counts = [line["items"] for line in found if line["of"] == "no-entity"]
    assert len(counts) == 1025 and sum(counts) == 1100 and counts[-1] == 76


def test_keys_that_are_no_text(tool, dynamo, project):
    (project / "numbers.yaml").write_text(
        "table_name: numbers\nattribute_definitions: { n: N }\nkey_schema: { hash: n }\n"
        "billing_mode: PAY_PER_REQUEST\nfixtures: [ n.yaml ]\n"
        "entities: { thing: { for_each: thing, attributes: { n: '${row.id}' } } }\n"
    )
    (project / "n.yaml").write_text("rows: { thing: [ { id: 1 }, { id: 2.5 } ] }\n")
    tool("apply", files=("numbers.yaml",))
    put(dynamo, {"n": {"N": "7"}}, {"n": {"N": "8"}, "x": {"S": "more"}}, table="numbers")
    _, lines = covered(tool("diff", "--coverage", files=("numbers.yaml",)))
    assert lines == [  # its templates give any key: what it makes is told by its attributes
        "thing: 2 as declared, 1 not declared",
        "1 item whose n is a number belongs to no entity",
    ]


def test_several_tables_are_covered(tool, dynamo, chats):
    files = ("notes.yaml", "chats.yaml")
    tool("apply", files=files)
    text = tool("diff", "--coverage", files=files).text
    assert re.findall(r"(?m)^coverage of (\w+): (\d+) items", text) == [
        ("notes", "12"), ("chats", "14")]  # fmt: skip


def test_coverage_and_against_exclude_each_other(run, project):
    result = run("diff", "notes.yaml", "--coverage", "--against", "x", cwd=project, expect=2)
    assert "'--against' and '--coverage' exclude each other" in result.errors


# --- its pace -------------------------------------------------------------------------------


def scans(server):
    return [json.loads(body) for name, body in server.calls if name == "Scan"]


def test_a_scan_keeps_to_a_share(tool, server, project):
    """On a protected target: a quarter of five units a second; here each page takes one."""
    text = DEFINITION.replace("PAY_PER_REQUEST", "PROVISIONED") + (
        "provisioned_throughput: { read_capacity_units: 20, write_capacity_units: 5 }\n"
    )
    (project / "notes.yaml").write_text(text)
    tool("apply", url=server.url)
    place = f"targets:\n  prod: {{ endpoint_url: '{server.url}', protected: true }}\n"
    (project / "ddbgen.yaml").write_text(place)
    whole = server.service.Scan
    times = []

    def scan(request):
        times.append(time.monotonic())
        units = {"TableName": "notes", "CapacityUnits": 2.5}
        return {**whole(request), "ConsumedCapacity": units}

    server.service.Scan = scan
    describe = type(server.service).DescribeTable

    def sized(request):
        answer = describe(server.service, request)
        answer["Table"].update(ItemCount=1000, TableSizeBytes=819_200)
        return answer

    server.service.DescribeTable = sized
    result = tool("diff", "--target", "prod", "--coverage", url="")
    assert ("coverage: scanning table notes: about 101 read units, at most 5 a second, a quarter "
            "of its read capacity: 20 s or more\n") in result.errors  # fmt: skip
    assert covered(result)[0] == "notes: 12 items, 5 read units in 2 requests"
    # 40 KiB a second, at 819 bytes each; the first page is paid for before the second.
    assert {request["Limit"] for request in scans(server)} == {50}
    assert len(times) == 2 and times[1] - times[0] >= 0.45


@pytest.mark.parametrize(
    "fault", [lambda: faults.error("ProvisionedThroughputExceededException"), faults.truncate]
)
def test_a_scan_is_repeated(tool, server, fault):
    tool("apply", url=server.url)
    server.script["Scan"] = [None, None, fault(), fault()]
    assert covered(tool("diff", "--coverage", url=server.url))[0].startswith("notes: 12 items, ")


def test_a_scan_that_is_refused(tool, server):
    tool("apply", url=server.url)
    server.script["Scan"] = [faults.error("AccessDeniedException", 400)] * 9
    result = tool("diff", "--coverage", url=server.url, expect=3)
    assert "AccessDeniedException" in result.errors and "scanning items" in result.errors


def test_lines_are_as_the_schema_says(tool, dynamo, chats):
    jsonschema = pytest.importorskip("jsonschema")
    files = ("chats.yaml",)
    tool("apply", files=files)
    put(dynamo, s(pk="SESSION#1", sk="x"), s(pk="ROOM#1", sk="x"), s(pk="ROOM#9", sk="META"))
    schema = json.loads((ROOT / "docs/plan.schema.json").read_text())
    text = tool("diff", "--coverage", "--format", "json", files=files).text
    lines = [json.loads(line) for line in text.splitlines()]
    assert {line["type"] for line in lines} == {"coverage", "live", "plan"}
    for line in lines:
        jsonschema.validate(line, schema)
