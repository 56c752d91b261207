"""Saved plans: what was reviewed is what is done, once, and nothing when anything changed."""

import json
import random
import re
import shutil
import stat
from hashlib import sha256

import fault_server as faults
import pytest
from conftest import ROOT
from control_plane import ControlPlane
from pair_dice import forgetful
from test_pairs import Checked
from test_table_pairs import Run, impossible

TABLE = "cruddur-messages"
TALK = "fixtures/babylon-5.txt"
READS = ("Describe", "List", "Get", "Query", "BatchGet", "Scan")
PLAN = "plan.ndjson"


@pytest.fixture
def project(tmp_path):
    for name in ("schemas", "fixtures"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "ddbgen.yaml", tmp_path)
    return tmp_path


class Tool:
    def __init__(self, run, folder, url):
        self.run, self.folder, self.url = run, folder, url
        self.files = ["schemas/messages.yaml", "--handles", "fixtures/users.yaml"]

    def __call__(self, command, *arguments, expect=0, **more):
        where = () if "--endpoint-url" in arguments else ("--endpoint-url", self.url)
        return self.run(command, *arguments, *where, cwd=self.folder, expect=expect, **more)

    def save(self, *options, expect=1):
        return self("diff", *self.files, "--save-plan", PLAN, *options, expect=expect)

    def carry_out(self, *options, expect=0, **more):
        return self("apply", "--plan", PLAN, *options, expect=expect, **more)

    def refused(self, *words):
        """Nothing but reads was to be sent: the caller compares the table."""
        result = self.carry_out(expect=4)
        assert "error[plan-stale]" in result.errors and "nothing was sent" in result.errors
        for word in words:
            assert word in result.errors, result.errors
        assert result.text == ""

    def edit(self, name, old, new):
        text = (self.folder / name).read_text()
        assert old in text
        (self.folder / name).write_text(text.replace(old, new))

    def lines(self):
        return [json.loads(line) for line in (self.folder / PLAN).read_text().splitlines()]


@pytest.fixture
def tool(run, project, dynamo):
    return Tool(run, project, dynamo.url)


def by_key(items):
    return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


@pytest.fixture
def applied(tool):
    """The table is there; then two messages differ, one is new, and the plan is saved."""
    tool("apply", *tool.files)
    tool.edit(TALK, "You hide the cat.", "You hide the dog.")
    tool.edit(TALK, "the narration changes every year", "the narration never changes")
    with (tool.folder / TALK).open("a") as file:
        file.write("Person 1: One more.\n")
    tool.save()
    return tool


# --- what is done --------------------------------------------------------------------------


def test_a_new_table(tool, dynamo):
    tool.save()
    mode = (tool.folder / PLAN).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    for name in ("schemas", "fixtures"):  # nothing of them is needed
        shutil.rmtree(tool.folder / name)
    result = tool.carry_out()
    assert "created" in result.text and "123 items put" in result.text
    assert len(dynamo.items(TABLE)) == 123
    before = dynamo.items(TABLE)
    tool.refused("table 'cruddur-messages' exists: the plan creates it")
    assert by_key(dynamo.items(TABLE)) == by_key(before)


def test_what_differs(applied, dynamo):
    kinds = [line.get("change") for line in applied.lines() if line["type"] == "item"]
    assert sorted(kinds) == ["added", "changed", "changed", "moved", "moved"]
    shown = applied("diff", *applied.files, expect=1).text.splitlines()[:-1]
    done = applied.carry_out().text
    for line in shown:  # where they come from is said otherwise
        assert line.partition("  (")[0] in done
    assert "5 items put in 5 requests" in done and "2 items deleted in 2 requests" in done
    assert "no changes" in applied("diff", *applied.files).text
    before = dynamo.items(TABLE)
    applied.refused("carried out before", "all 7 items of table 'cruddur-messages'")
    assert by_key(dynamo.items(TABLE)) == by_key(before)


def test_standard_input(applied):
    plan = (applied.folder / PLAN).read_bytes()
    result = applied("apply", "--plan", "-", stdin=plan)
    assert "5 items put" in result.text and "<stdin>:" in result.text


def test_nothing_to_do(tool):
    tool("apply", *tool.files)
    tool.save(expect=0)
    for _ in range(2):
        assert tool.carry_out().text == (
            "no changes: 123 items are as declared\n"
            "live: exactly 123 items (counted by a scan), 123 declared\n"
        )


def test_stale_items_go_with_prune_only(tool, dynamo):
    tool("apply", *tool.files)
    text = (tool.folder / TALK).read_text().splitlines(True)
    (tool.folder / TALK).write_text("".join(text[:-3]))
    tool.save()
    assert {line.get("change") for line in tool.lines() if line["type"] == "item"} == {"moved"}
    tool.save("--prune")
    changes = [line.get("change") for line in tool.lines() if line["type"] == "item"]
    assert changes.count("stale") == 3
    assert "5 items deleted" in tool.carry_out().text
    assert len(dynamo.items(TABLE)) == 120


def rewrite(tool, change):
    """Each line of the plan as `change` makes it, under a hash that is right."""
    lines = [json.dumps(change(line), separators=(",", ":")) for line in tool.lines()[:-1]]
    text = "".join(f"{line}\n" for line in lines)
    end = {"type": "end", "lines": len(lines), "sha256": sha256(text.encode()).hexdigest()}
    (tool.folder / PLAN).write_text(text + json.dumps(end, separators=(",", ":")) + "\n")


def test_what_is_lost_is_asked(applied, dynamo):
    before = by_key(dynamo.items(TABLE))
    marked = []

    def lose(line):
        if line.get("change") == "changed" and not marked:
            marked.append(line["new"]["pk"]["S"])
            return line | {"attributes": {"message": "restored"}, "loses": True}
        return line

    rewrite(applied, lose)
    result = applied.carry_out(expect=4)
    assert "error[not-confirmed]" in result.errors
    assert f'change message of item pk "{marked[0]}" sk ' in result.errors
    assert "(destructive)" in result.text and "1 destructive" in result.text
    assert by_key(dynamo.items(TABLE)) == before
    assert "5 items put" in applied.carry_out("--yes").text


def test_what_others_changed_is_not_deleted(tool, dynamo):
    """A stale item that is theirs goes with --restore only; then it is asked."""
    tool("apply", *tool.files)
    text = (tool.folder / TALK).read_text().splitlines(True)
    (tool.folder / TALK).write_text("".join(text[:-3]))
    tool.save("--prune")
    plan = (tool.folder / PLAN).read_bytes()

    def theirs(line):
        return line | {"theirs": True} if line.get("change") == "stale" else line

    rewrite(tool, theirs)
    result = tool.carry_out()
    assert "3 stale, kept as others changed them" in result.text
    assert "(changed by others, kept)" in result.text
    assert len(dynamo.items(TABLE)) == 123
    (tool.folder / PLAN).write_bytes(plan)
    tool.save("--prune", "--restore")
    rewrite(tool, theirs)
    result = tool.carry_out(expect=4)
    assert "delete item pk" in result.errors and len(dynamo.items(TABLE)) == 123
    assert "3 items deleted" in tool.carry_out("--yes").text
    assert len(dynamo.items(TABLE)) == 120


def test_dry_run_saves_the_same_plan(applied):
    saved = (applied.folder / PLAN).read_bytes()
    applied("apply", "--dry-run", *applied.files, "--save-plan", PLAN, expect=1)
    assert (applied.folder / PLAN).read_bytes() == saved


def test_thousands_of_items(tool, dynamo):
    """More than are checked at once; the last of them changed in between."""
    rows = "".join(f"  - {{ pk: 'A{i}', sk: x, n: {i} }}\n" for i in range(7000))
    (tool.folder / "items.yaml").write_text(f"items:\n{rows}")
    tool.files = ["schemas/messages.yaml", "items.yaml", "--handles", "fixtures/users.yaml"]
    tool("apply", *tool.files)
    tool.edit("items.yaml", " n: ", " m: ")
    tool.save()
    key = {"pk": {"S": "A6999"}, "sk": {"S": "x"}}
    dynamo.client.put_item(TableName=TABLE, Item={**key, "n": {"N": "0"}})
    tool.refused("A6999", "changed after the plan was made")
    dynamo.client.put_item(TableName=TABLE, Item={**key, "n": {"N": "6999.0"}})  # as it was
    assert "7000 items put" in tool.carry_out().text
    assert all("m" in item and "n" not in item for item in dynamo.items(TABLE))


# --- what is refused -----------------------------------------------------------------------


def test_items_that_changed(applied, dynamo):
    """Of each kind: what the plan changes, adds, moves."""
    lines = {line["change"]: line for line in applied.lines() if line["type"] == "item"}
    client, before = dynamo.client, dynamo.items(TABLE)

    def key(item):
        return {name: item[name] for name in ("pk", "sk")}

    old, new = lines["changed"]["old"], lines["added"]["new"]
    client.put_item(TableName=TABLE, Item={**old, "extra": {"S": "x"}})
    applied.refused("changed after the plan was made", old["sk"]["S"])
    client.delete_item(TableName=TABLE, Key=key(old))
    applied.refused("is gone")
    client.put_item(TableName=TABLE, Item=old)
    client.put_item(TableName=TABLE, Item={**new, "message": {"S": "theirs"}})
    applied.refused("is there: the plan saw none")
    client.put_item(TableName=TABLE, Item=new)
    applied.refused("is as the plan makes it already")
    client.delete_item(TableName=TABLE, Key=key(new))
    moved = lines["moved"]["old"]
    client.put_item(TableName=TABLE, Item={**moved, "message": {"S": "theirs"}})
    applied.refused("changed after the plan was made", moved["pk"]["S"])
    client.put_item(TableName=TABLE, Item=moved)
    client.put_item(TableName=TABLE, Item={"pk": {"S": "MSG#theirs"}, "sk": {"S": "x"}})
    assert len(dynamo.items(TABLE)) == len(before) + 1
    applied.carry_out()  # what it is not about may change


def test_many_items_are_named_a_few_of_them(tool, dynamo):
    tool("apply", *tool.files)
    tool.edit("schemas/messages.yaml", "message: ${message.text}", "message: ${message.text | upper}")
    tool.save()
    for item in dynamo.items(TABLE):
        dynamo.client.put_item(TableName=TABLE, Item={**item, "extra": {"S": "x"}})
    result = tool.carry_out(expect=4)
    assert result.errors.count("changed after the plan was made") == 10
    assert " more items of table 'cruddur-messages' are not as they were" in result.errors


def test_another_table_of_that_name(applied, dynamo):
    dynamo.client.delete_table(TableName=TABLE)
    dynamo.client.get_waiter("table_not_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})
    applied.refused("table 'cruddur-messages' is gone")
    shutil.copytree(ROOT / "fixtures", applied.folder / "fixtures", dirs_exist_ok=True)
    applied("apply", *applied.files)
    before = dynamo.items(TABLE)
    applied.refused("is another one of that name")
    assert by_key(dynamo.items(TABLE)) == by_key(before)


def test_another_place(applied, start_dynamo):
    other = start_dynamo()
    result = applied.carry_out("--endpoint-url", other.url, expect=4)
    assert f"the plan is for endpoint '{applied.url}'" in result.errors
    assert other.tables() == []
    result = applied.carry_out("--region", "eu-west-1", expect=4)
    assert "the plan is for region 'us-east-1', and this is 'eu-west-1'" in result.errors


def test_a_protected_target_is_confirmed(applied, dynamo):
    (applied.folder / "ddbgen.yaml").write_text(
        f"targets:\n  real: {{ endpoint_url: '{applied.url}', protected: true }}\n"
    )
    target = ("--target", "real", "--endpoint-url", applied.url)
    before = dynamo.items(TABLE)
    assert "not confirmed" in applied.carry_out(*target, expect=4).errors
    assert by_key(dynamo.items(TABLE)) == by_key(before)
    assert "5 items put" in applied.carry_out(*target, "--yes=real").text


# --- the file ------------------------------------------------------------------------------


def test_damaged_files(applied, dynamo):
    """Whichever byte is another one, and wherever the file ends: nothing is even connected to."""
    path = applied.folder / PLAN
    whole = path.read_bytes()
    dice = random.Random(4)
    before = dynamo.items(TABLE)
    ends = [i + 1 for i, byte in enumerate(whole) if byte == 0x0A][:-1]
    cuts = [whole[:end] for end in [*ends, 0, 10, len(whole) - 1, len(whole) // 2]]
    flips = []
    for _ in range(60):
        at = dice.randrange(len(whole))
        flips.append(whole[:at] + bytes([whole[at] ^ 1 << dice.randrange(8)]) + whole[at + 1 :])
    lines = whole.splitlines(True)
    shuffled = [b"".join(lines[:2] + lines[3:]), b"".join([*lines[:-2], lines[-1]]), whole + whole]
    for text in cuts + flips + shuffled:
        path.write_bytes(text)
        result = applied.carry_out("--endpoint-url", "http://127.0.0.1:9", expect=2)
        assert "error[plan-file]" in result.errors and result.out == b"", text[:200]
    assert by_key(dynamo.items(TABLE)) == by_key(before)
    path.write_bytes(whole)
    applied.carry_out()


def test_a_plan_that_cannot_be_written(applied):
    saved = (applied.folder / PLAN).read_bytes()
    result = applied("diff", *applied.files, "--save-plan", "no/such/folder", expect=3)
    assert "cannot write" in result.errors
    assert sorted(p.name for p in applied.folder.iterdir()) == sorted(
        [".ddbgen", "ddbgen.yaml", "fixtures", "schemas", PLAN]
    )
    assert (applied.folder / PLAN).read_bytes() == saved


# --- random pairs --------------------------------------------------------------------------


@pytest.fixture
def server(server):
    server.service = ControlPlane(steps=1)
    return server


def test_random_tables(run, server, tmp_path):
    """Settings of all kinds, those that are off by word included; a plan is its calls."""
    pairs = Run(run, server, tmp_path, range(1, 81))
    pairs.write(pairs.before)
    pairs.ddbgen("apply")
    pairs.write(pairs.after)
    before = pairs.snapshots()
    pairs.tables = [n for n in pairs.tables if not impossible(before[n], pairs.after[n])]
    assert len(pairs.tables) > 40
    pairs.ddbgen("diff", "--save-plan", PLAN, expect=1)
    lines = [json.loads(line) for line in (tmp_path / PLAN).read_text().splitlines()]
    calls = [(line["operation"], line["body"]) for line in lines if line["type"] == "call"]
    assert len(calls) > 100 and sum(len(line.get("off", [])) for line in lines) > 20

    def carry_out(expect=0):
        server.calls.clear()
        command = ("apply", "--plan", PLAN, "--endpoint-url", server.url, "--yes")
        result = run(*command, cwd=tmp_path, expect=expect)
        made = [(n, json.loads(b)) for n, b in server.calls if not n.startswith(READS)]
        return result, made

    _, made = carry_out()
    assert made == calls
    *_, last = pairs.ddbgen("diff", "--format", "json").text.splitlines()
    assert not json.loads(last)["differs"]
    result, made = carry_out(expect=4)
    assert made == [] and "is as the plan makes it already" in result.errors


def test_a_setting_changed(run, server, tmp_path):
    text = (
        "table_name: notes\nattribute_definitions: { pk: S }\nkey_schema: { hash: pk }\n"
        "billing_mode: PAY_PER_REQUEST\n"
    )
    tool = Tool(run, tmp_path, server.url)
    tool.files = ["t.yaml"]
    (tmp_path / "t.yaml").write_text(text + "tags: { team: a, old: b }\n")
    tool("apply", *tool.files)
    (tmp_path / "t.yaml").write_text(text + "tags: { team: a }\ntable_class: STANDARD\n")
    tool.save()
    server.calls.clear()
    result = tool.carry_out(expect=4)  # a tag is lost
    assert "error[not-confirmed]" in result.errors
    server.service.plane["notes"]["tags"]["new"] = "theirs"
    tool.refused("table 'notes' changed after the plan was made")
    assert all(name.startswith(READS) for name, _ in server.calls)
    del server.service.plane["notes"]["tags"]["new"]
    tool.carry_out("--yes")
    assert server.service.plane["notes"]["tags"] == {"team": "a"}


def test_a_run_that_breaks_off(run, server, tmp_path):
    """What is not known to be written is named by the plan's lines; a new plan has the rest."""
    tool = Tool(run, tmp_path, server.url)
    tool.files = ["t.yaml", "i.yaml"]
    (tmp_path / "t.yaml").write_text(
        "table_name: notes\nattribute_definitions: { pk: S }\nkey_schema: { hash: pk }\n"
        "billing_mode: PAY_PER_REQUEST\n"
    )
    items = "".join(f"  - {{ pk: 'A{i}', n: 1 }}\n" for i in range(60))
    (tmp_path / "i.yaml").write_text(f"items:\n{items}")
    tool("apply", *tool.files)
    tool.edit("i.yaml", "n: 1", "n: 2")
    tool.save()
    server.script["UpdateItem"] = [None] * 20 + [faults.error("ValidationException")]
    result = tool.carry_out(expect=3)
    done = int(re.search(r"notes: (\d+) of 60 items put, 0 sent", result.text)[1])
    assert 20 <= done == sum(item["n"]["N"] == "2" for item in server.items("notes"))
    assert done < 60  # what was in flight with the one that failed was awaited
    assert "plan.ndjson" in result.errors and "error[write-incomplete]" in result.errors
    assert "make a new one for the rest" in result.errors
    result = tool.carry_out(expect=4)
    assert result.errors.count("is as the plan makes it already") == 10
    assert f"{done - 10} more items of table 'notes' are not as they were" in result.errors
    tool.save()
    assert sum(line["type"] == "item" for line in tool.lines()) == 60 - done
    assert f"{60 - done} items put" in tool.carry_out().text
    assert {item["n"]["N"] for item in server.items("notes")} == {"2"}


def test_random_items(run, dynamo, tmp_path):
    pairs = [Checked(dynamo, seed, tmp_path) for seed in range(1, 21)]

    endpoint = forgetful(tmp_path, dynamo.url)

    def ddbgen(command, *arguments, expect=0):
        paths = [checked.folder / "t.yaml" for checked in pairs]
        return run(command, *paths, *endpoint, *arguments, expect=expect, cwd=tmp_path)

    for checked in pairs:
        checked.live.create()
        checked.pair.before.write(checked.folder, checked.dice)
    ddbgen("apply")
    for checked in pairs:
        checked.applied()
        checked.pair.after.write(checked.folder, checked.dice)
    ddbgen("diff", "--prune", "--save-plan", PLAN, expect=1)
    command = ("apply", "--plan", tmp_path / PLAN, *endpoint, "--yes")
    run(*command, cwd=tmp_path)
    assert ddbgen("diff").text.startswith("no changes: ")
    for checked in pairs:
        found = checked.live.items()
        for key, each in checked.declared.items():
            assert checked.live.key(found[key]) == checked.live.key(each.item)
    run(*command, cwd=tmp_path, expect=4)
