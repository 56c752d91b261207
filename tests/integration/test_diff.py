"""diff and the apply that does what it says: against dynalite, read back by boto3, and
compared with expected.py, which works out what must be there by itself."""

import copy
import json
import random
import re
import shutil
import threading
import time
import uuid

import fault_server as faults
import pytest
from conftest import ROOT
from expected import by_key, messages_items, read_transcript

TABLE = "cruddur-messages"
USERS = {
    "andrewbrown": ("7e1c1f0a-93d4-4c5b-8a52-0f6b7d1c2e91", "Andrew Brown"),
    "bayko": ("c42b8a6d-5f0e-4d27-9b1c-3a9e64f7d805", "Andrew Bayko"),
    "mira": ("1d9e47b2-6c38-4f0a-a7e5-92c4b08f3d16", "Mira Okafor"),
}


@pytest.fixture
def project(tmp_path):
    """A copy of the shipped files, to be changed."""
    for name in ("schemas", "fixtures"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "ddbgen.yaml", tmp_path)
    return tmp_path


@pytest.fixture
def tool(run, project, dynamo):
    """tool("diff", ...): on the messages, with the handles' file, in the project."""

    def tool(command, *arguments, schema="messages", expect=0, url=None, env=None):
        return run(
            command, f"schemas/{schema}.yaml", "--handles", "fixtures/users.yaml",
            "--endpoint-url", url or dynamo.url, *arguments, cwd=project, expect=expect,
            env=env,
        )  # fmt: skip

    return tool


@pytest.fixture
def in_a_hurry(ddbgen):
    """An environment in which two minutes are over within a second."""
    if b"__asan_init" in ddbgen.read_bytes():
        pytest.skip("AddressSanitizer wants to be the first library that is loaded")
    for folder in ddbgen.parents:
        library = folder / "tests/libfast_clock.so"
        if library.is_file():
            return {"LD_PRELOAD": str(library)}
    pytest.skip("tests/tools/fast_clock.c is not built")


def changes(result):
    lines = [json.loads(line) for line in result.text.splitlines()]
    assert lines[-1]["type"] == "plan" and lines[-1]["version"] == 1
    found = {}
    for line in lines[:-1]:
        if line["type"] == "item":
            found.setdefault(line["change"], []).append(line)
    for name in ("added", "changed", "moved", "stale"):
        assert lines[-1][name] == len(found.get(name, [])), name
    return found


def key(item):
    return item["pk"]["S"], item["sk"]["S"]


def append(project, text, fixture="babylon-5.txt"):
    with open(project / "fixtures" / fixture, "a", encoding="utf-8") as file:
        file.write(text)


def replace(project, old, new, fixture="babylon-5.txt"):
    path = project / "fixtures" / fixture
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def declared(project):
    return by_key(messages_items(read_transcript(project / "fixtures/babylon-5.txt"), USERS))


def test_a_missing_table_is_a_difference(tool, dynamo):
    result = tool("diff", "--format", "json", expect=1)
    assert len(changes(result)["added"]) == 123
    assert json.loads(result.text.splitlines()[0]) == {
        "type": "table", "change": "added", "table": TABLE,
    }  # fmt: skip
    assert dynamo.tables() == []


SHOP_AS_DECLARED = (
    "corner-shop\n  note: time_to_live: not told by the server, so not compared\n"
    "plan: nothing to change, 20 unchanged, 1 not known\n"
    "live: exactly 20 items (counted by a scan), 20 declared\n"
)


def test_nothing_differs_after_apply(tool, dynamo, project):
    for schema in ("messages", "rooms"):
        tool("apply", schema=schema)
        assert tool("diff", schema=schema).text.startswith("no changes: ")
        assert tool("apply", schema=schema).text.startswith("no changes: ")
    tool("apply", schema="shop")
    for command in ("diff", "apply"):  # dynalite has no time to live
        assert tool(command, schema="shop").text == SHOP_AS_DECLARED


def test_one_more_line_moves_the_inbox(tool, dynamo, project):
    tool("apply")
    before = by_key(dynamo.items(TABLE))
    append(project, "Person 2: And one more thing.\n")
    found = changes(tool("diff", "--format", "json", expect=1))
    assert by_key(dynamo.items(TABLE)) == before
    wanted = declared(project)
    assert [line["new"] for line in found["added"]] == [
        item for k, item in wanted.items() if item["message"]["S"] == "And one more thing."
        and k[0].startswith("MSG#")
    ]  # fmt: skip
    assert sorted(found) == ["added", "moved"]
    for line in found["moved"]:
        assert line["old"] == before[key(line["old"])]
        assert line["new"] == wanted[key(line["new"])]
    result = tool("apply")
    assert "3 items put" in result.text and "2 items deleted" in result.text
    assert by_key(dynamo.items(TABLE)) == wanted
    assert tool("diff").text.startswith("no changes: 124 ")


def test_stale_items_stay_without_prune(tool, dynamo, project):
    tool("apply")
    path = project / "fixtures/babylon-5.txt"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-3]), encoding="utf-8")
    found = changes(tool("diff", "--format", "json", expect=1))
    assert len(found["stale"]) == 3 and len(found["moved"]) == 2
    tool("apply")
    left = by_key(dynamo.items(TABLE))
    assert left.items() >= declared(project).items() and len(left) == len(declared(project)) + 3
    assert "3 stale, kept without --prune" in tool("diff", expect=1).text
    assert "3 stale to delete" in tool("apply", "--dry-run", "--prune", expect=1).text
    assert len(dynamo.items(TABLE)) == len(left)
    tool("apply", "--prune")
    assert by_key(dynamo.items(TABLE)) == declared(project)


def new_uuids(project, seed):
    """The database was seeded again: each handle has another uuid, and no lock knows."""
    path = project / "fixtures/users.yaml"
    text = path.read_text(encoding="utf-8")
    dice, users = random.Random(seed), {}
    for handle, (_, name) in USERS.items():
        users[handle] = (str(uuid.UUID(int=dice.getrandbits(128), version=4)), name)
        text = re.sub(rf"(handle: {handle}, uuid: )[0-9a-f-]+", rf"\g<1>{users[handle][0]}", text)
    path.write_text(text, encoding="utf-8")
    return by_key(messages_items(read_transcript(project / "fixtures/babylon-5.txt"), users))


def test_users_that_no_longer_exist(tool, dynamo, project):
    """The messages that are there say who their users were: under those stand inbox entries."""
    tool("apply")
    before = declared(project)
    wanted = new_uuids(project, 1)
    gone = sorted(k for k in before if k not in wanted)
    assert len(gone) == 2 and all(k[0].startswith("GRP#") for k in gone)
    found = changes(tool("diff", "--format", "json", expect=1))
    assert sorted(key(line["old"]) for line in found["moved"]) == gone
    assert "stale" not in found and "added" not in found
    tool("apply", "--prune")
    assert by_key(dynamo.items(TABLE)) == wanted
    assert tool("diff").text.startswith("no changes: 123 ")


def test_who_never_spoke_is_told_by_the_other_ones_inbox(tool, dynamo, project):
    """No message has their uuid: the inbox entry that moves says with whom it is a talk."""
    path = project / "fixtures/babylon-5.txt"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\nPerson 2: ", "\nPerson 1: "), encoding="utf-8")
    tool("apply")
    before = declared(project)
    wanted = new_uuids(project, 3)
    found = changes(tool("diff", "--format", "json", expect=1))
    assert sorted(key(line["old"]) for line in found["moved"]) == sorted(before.keys() - wanted)
    assert "stale" not in found and "added" not in found
    tool("apply")
    assert by_key(dynamo.items(TABLE)) == wanted


def test_users_that_changed_twice_and_a_run_that_broke_off(tool, dynamo, project):
    """Inbox entries of two generations, and of others, which stay."""
    tool("apply")
    oldest = declared(project)
    new_uuids(project, 1)
    tool("apply")
    messages = [item for k, item in oldest.items() if k[0].startswith("MSG#")]
    for item in messages[:20] + [i for k, i in oldest.items() if k[0].startswith("GRP#")]:
        dynamo.client.put_item(TableName=TABLE, Item=item)
    theirs = applications_items()
    for item in theirs:
        dynamo.client.put_item(TableName=TABLE, Item=item)
    wanted = new_uuids(project, 2)
    shutil.rmtree(project / ".ddbgen")  # by it these would be somebody else's changes
    tool("apply", "--yes")
    left = by_key(dynamo.items(TABLE))
    assert left == {**wanted, **by_key(theirs)}


def applications_items():
    """What an application writes into the same partitions: with ids of its own."""
    conversation = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
    people = list(USERS.items())
    message = {
        "pk": f"MSG#{conversation}", "sk": "2023-03-19T15:00:00.000000+00:00",
        "message_uuid": str(uuid.uuid4()), "message": "written by hand",
        "user_uuid": people[0][1][0], "user_display_name": people[0][1][1],
        "user_handle": people[0][0],
    }  # fmt: skip
    other = {**message, "sk": "note", "extra": "of another shape"}
    inbox = {
        "pk": f"GRP#{people[0][1][0]}", "sk": "2023-03-19T15:00:00.000000+00:00",
        "message_group_uuid": str(uuid.uuid4()), "message": "another conversation",
        "user_uuid": people[1][1][0], "user_display_name": people[1][1][1],
        "user_handle": people[1][0],
    }  # fmt: skip
    return [{k: {"S": v} for k, v in item.items()} for item in (message, other, inbox)]


def test_what_the_application_wrote_is_not_ours(tool, dynamo, project):
    tool("apply")
    theirs = applications_items()
    for item in theirs:
        dynamo.client.put_item(TableName=TABLE, Item=item)
    assert tool("diff", "--prune").text.startswith("no changes: 123 ")
    append(project, "Person 1: Later.\n")
    tool("apply", "--prune")
    left = by_key(dynamo.items(TABLE))
    assert all(left[key(item)] == item for item in theirs)
    assert len(left) == len(declared(project)) + len(theirs)


def test_items_are_compared_by_value(tool, dynamo, project):
    tool("apply", schema="shop")
    dynamo.client.put_item(
        TableName="corner-shop",
        Item={
            "pk": {"S": "CONFIG"}, "sk": {"S": "shipping"}, "free_from": {"N": "50.00"},
            "weights": {"L": [{"N": "1"}, {"N": "5.0"}, {"N": "1e1"}]},
            "carriers": {"SS": ["bike", "post"]},
        },
    )  # fmt: skip
    assert tool("diff", schema="shop").text == SHOP_AS_DECLARED
    dynamo.client.update_item(
        TableName="corner-shop",
        Key={"pk": {"S": "CONFIG"}, "sk": {"S": "shipping"}},
        UpdateExpression="SET weights[1] = :n, seen = :t REMOVE carriers",
        ExpressionAttributeValues={":n": {"N": "6"}, ":t": {"BOOL": True}},
    )
    said = tool("diff", "--restore", schema="shop", expect=1).text
    assert "\n      ~ weights[1] 6 -> 5\n" in said
    assert "\n      - seen true\n" in said and '\n      + carriers !SS ["bike", "post"]\n' in said
    tool("apply", "--restore", "--yes", schema="shop")
    tool("diff", "--theirs", schema="shop")


def test_long_values_are_shown_around_what_differs(tool, dynamo, project):
    """Whatever the characters' widths: never in the middle of one."""
    dice = random.Random(11)
    path = project / "fixtures/shop.yaml"
    text = path.read_text(encoding="utf-8")
    for _ in range(25):
        alphabet = dice.choice(["é", "💜a", "ab", "ツé"])
        before, after = ("".join(dice.choices(alphabet, k=dice.randrange(90, 200))) for _ in "ab")
        for word in ("OLD", "NEW"):
            notes = f'free_from: 50, notes: "{before}{word}{after}",'
            path.write_text(text.replace("free_from: 50,", notes), encoding="utf-8")
            if word == "OLD":
                tool("apply", schema="shop")
        said = tool("diff", schema="shop", expect=1).out.decode("utf-8")
        assert re.search(r'~ notes "…[^"]{1,24}OLD[^"]*…"\n       -> "…[^"]*NEW[^"]*…"\n', said), said
        assert max(map(len, said.splitlines())) < 250
        whole = tool("diff", "--full", schema="shop", expect=1).out.decode("utf-8")
        assert f'~ notes "{before}OLD{after}"\n       -> "{before}NEW{after}"\n' in whole


def test_hostile_texts_move_no_cursor(tool, dynamo, project):
    tool("apply")
    dynamo.client.update_item(
        TableName=TABLE,
        Key=dict(zip(("pk", "sk"), ({"S": part} for part in sorted(declared(project))[-1]))),
        UpdateExpression="SET message = :m",
        ExpressionAttributeValues={":m": {"S": "\x1b[2J\u202egnp\r\n+ pk forged\x9b31m"}},
    )
    for options in ((), ("--format", "json")):
        said = tool("diff", "--restore", *options, expect=1).out
        assert not any(bad in said for bad in (b"\x1b", b"\r", "\u202e".encode(), b"\xc2\x9b"))
        assert b"\n+ pk forged" not in said


# --- a service that fails ---------------------------------------------------------------------


def operations(server):
    return [call[0] if isinstance(call, tuple) else call for call in server.calls]


def test_a_second_apply_sends_no_write(tool, server, project):
    tool("apply", url=server.url)
    server.calls.clear()
    tool("apply", url=server.url)
    assert not {name for name in operations(server) if name not in
                ("DescribeTable", "Scan", "Query", "BatchGetItem")}  # fmt: skip
    assert "Query" in operations(server)


@pytest.mark.parametrize(
    "fault",
    [
        faults.error("ThrottlingException"),
        faults.error("InternalServerError", 500),
        faults.reset_before(),
        faults.truncate(),
        faults.bad_crc(),
        faults.html(502),
    ],
)
def test_reads_are_repeated(tool, server, project, fault):
    tool("apply", url=server.url)
    tool("apply", schema="shop", url=server.url)
    server.script["Query"] = [fault, None, fault]
    server.script["BatchGetItem"] = [None, fault, fault]
    assert tool("diff", url=server.url).text.startswith("no changes: 123 ")
    assert tool("diff", schema="shop", url=server.url).text.startswith("no changes: 20 ")


def test_a_read_that_is_refused_writes_nothing(tool, server, project):
    tool("apply", url=server.url)
    append(project, "Person 1: More.\n")
    server.calls.clear()
    server.script["Query"] = [faults.error("AccessDeniedException")] * 9
    result = tool("apply", url=server.url, expect=3)
    assert "AccessDeniedException" in result.errors
    assert "BatchWriteItem" not in operations(server)


def test_an_interrupted_move_is_completed(tool, server, project):
    tool("apply", url=server.url)
    append(project, "Person 1: More.\n")
    server.script["DeleteItem"] = [faults.error("AccessDeniedException")] * 2
    result = tool("apply", url=server.url, expect=3)
    assert "0 of 2 items deleted" in result.text
    assert "0 items were deleted; 2 are not known to be" in result.errors
    assert "deleting the same items once more changes nothing" in result.errors
    assert by_key(server.items(TABLE)).items() >= declared(project).items()
    assert len(server.items(TABLE)) == len(declared(project)) + 2
    found = changes(tool("diff", "--format", "json", url=server.url, expect=1))
    assert list(found) == ["moved"] and len(found["moved"]) == 2
    tool("apply", url=server.url)
    assert by_key(server.items(TABLE)) == declared(project)


def test_deletes_left_unprocessed_are_sent_again(tool, server, project):
    tool("apply", url=server.url)
    append(project, "Person 1: More.\n")
    server.script["BatchWriteItem"] = [None, faults.unprocessed(1), faults.unprocessed("all")]
    tool("apply", "--unconditional", url=server.url)
    assert by_key(server.items(TABLE)) == declared(project)


# --- that takes too long ----------------------------------------------------------------------


def never(read, call):
    return read


def spelled_otherwise(read, call):
    """The same keys; longer, then shorter: what gets shorter may look like progress."""
    longer = {"ExpressionAttributeNames": {"#a": "a"}} if call % 2 else {}
    return {"Keys": read["Keys"], "ConsistentRead": True, **longer}


@pytest.mark.parametrize("left", [never, spelled_otherwise])
def test_keys_that_are_never_processed(tool, server, project, in_a_hurry, left):
    tool("apply", schema="shop", url=server.url)
    calls = []

    def answer(request):
        ((name, read),) = copy.deepcopy(request["RequestItems"]).items()
        calls.append(name)
        return {"Responses": {}, "UnprocessedKeys": {name: left(read, len(calls))}}

    server.service.BatchGetItem = answer
    server.calls.clear()
    result = tool("apply", schema="shop", url=server.url, expect=3, env=in_a_hurry)
    assert "error[throttled]: reading items: the service leaves every key" in result.errors
    assert "BatchWriteItem" not in operations(server)
    assert 5 < len(calls) < 200


def test_keys_that_are_processed_slowly(tool, server, project, in_a_hurry):
    """Two minutes without any progress are too long; with some, ten are not."""
    tool("apply", schema="shop", url=server.url)
    honest, calls = server.service.BatchGetItem, []

    def answer(request):
        ((name, read),) = request["RequestItems"].items()
        calls.append(name)
        time.sleep(0.1)  # 20 seconds
        if len(calls) % 3:
            return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}
        one = {name: {**read, "Keys": read["Keys"][:1]}}
        rest = {name: {**read, "Keys": read["Keys"][1:]}} if read["Keys"][1:] else {}
        return {**honest({"RequestItems": one}), "UnprocessedKeys": rest}

    server.service.BatchGetItem = answer
    said = tool("diff", schema="shop", url=server.url, env=in_a_hurry).text
    assert said.startswith("no changes: 20 ") and len(calls) == 60


def test_reads_that_are_throttled_for_too_long(tool, server, project, in_a_hurry):
    tool("apply", url=server.url)
    server.script["Query"] = [faults.error("ThrottlingException")] * 5000
    result = tool("diff", url=server.url, expect=3, env=in_a_hurry)
    assert "ThrottlingException" in result.errors


# --- a fixture that changes meanwhile ---------------------------------------------------------


@pytest.mark.parametrize("command", ["diff", "apply"])
def test_a_fixture_that_changes_while_it_is_compared(tool, server, project, command):
    """What was verified is what is shown and written: not half of one, half of the other."""
    tool("apply", url=server.url)
    before = server.items(TABLE)
    append(project, "Person 2: One.\n")
    gate = threading.Event()
    server.script["Query"] = [faults.pause(gate)]

    def change():
        while "Query" not in operations(server):
            time.sleep(0.005)
        append(project, "Person 1: Two.\n")
        gate.set()

    server.calls.clear()
    editor = threading.Thread(target=change)
    editor.start()
    result = tool(command, "--format", "json", url=server.url, expect=3)
    editor.join()
    assert "file-changed" in result.errors
    assert '"type":"plan"' not in result.text
    assert server.items(TABLE) == before
    tool("apply", url=server.url)
    assert by_key(server.items(TABLE)) == declared(project)
