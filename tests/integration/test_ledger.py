"""The ledger as a file: what was applied is ours in the next run, whatever the definition says
by then; what others changed is theirs; and a ledger that is lost, damaged, another table's or in
use harms nobody."""

import fcntl
import json
import os
import random
import shutil
import stat
import time

import pytest
from conftest import write_talk

DEFINITION = """\
table_name: messages
billing_mode: PAY_PER_REQUEST
attribute_definitions: { pk: S, sk: S }
key_schema: { hash: pk, range: sk }
handles: { file: users.yaml }
fixtures: [ talk.txt ]
entities:
  message:
    for_each: message
    attributes: { pk: "MSG#${conversation.uuid}", sk: "${message.created_at}", text: "${message.text}" }
  inbox:
    for_each: participant
    attributes: { pk: "GRP#${self.handle}", sk: "${conversation.uuid}", balance: 100 }
"""


class Project:
    def __init__(self, folder, run, dynamo):
        self.folder, self.run, self.dynamo = folder, run, dynamo
        write_talk(folder)
        self.define()
        self.target()

    def define(self, *edits):
        text = DEFINITION
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        (self.folder / "m.yaml").write_text(text)

    def target(self, said=""):
        (self.folder / "ddbgen.yaml").write_text(
            f'targets:\n  local: {{ endpoint_url: "{self.dynamo.url}"{said} }}\n'
        )

    def __call__(self, command, *arguments, **options):
        return self.run(command, "m.yaml", *arguments, cwd=self.folder, **options)

    @property
    def ledger(self):
        return self.folder / ".ddbgen/local/messages"

    def items(self):
        return sorted(
            ((item["pk"]["S"], item["sk"]["S"]) for item in self.dynamo.items("messages")),
        )

    def write(self, item, **attributes):
        for name, value in attributes.items():
            self.dynamo.client.update_item(
                TableName="messages",
                Key={"pk": item["pk"], "sk": item["sk"]},
                UpdateExpression="SET #n = :v",
                ExpressionAttributeNames={"#n": name},
                ExpressionAttributeValues={":v": value},
            )


@pytest.fixture
def project(tmp_path, run, dynamo):
    return Project(tmp_path, run, dynamo)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_where_it_is(project):
    project("diff", expect=1)
    assert not (project.folder / ".ddbgen").exists()  # diff writes nothing
    project("apply")
    assert project.ledger.is_file()
    for path, dirs, files in os.walk(project.folder / ".ddbgen"):
        assert mode(project.folder / path) == 0o700
        assert all(mode(project.folder / path / name) == 0o600 for name in files)
    assert "\n*\n" in (project.folder / ".ddbgen/.gitignore").read_text()
    before = project.ledger.stat().st_mtime_ns, project.ledger.read_bytes()
    project("apply")
    assert (project.ledger.stat().st_mtime_ns, project.ledger.read_bytes()) == before


def test_by_endpoint_alone(project):
    project("apply", "--endpoint-url", project.dynamo.url)
    assert (project.folder / f".ddbgen/127.0.0.1-{project.dynamo.port}/messages").is_file()


def test_none(project):
    project.target(", ledger: none")
    project("apply")
    assert not (project.folder / ".ddbgen").exists()


@pytest.mark.parametrize("first", [(), ("--overwrite",)])
def test_a_key_that_was_renamed(project, first):
    project("apply", *first)
    project.define(("MSG#", "M#"), ("GRP#", "G#"))
    assert b"3 to move" in project("diff", expect=1).out
    project("apply")
    assert {pk.split("#")[0] for pk, _ in project.items()} == {"M", "G"}
    assert len(project.items()) == 3
    assert b"no changes" in project("diff").out


def test_what_nothing_declares_any_more(project):
    project("apply")
    text = (project.folder / "m.yaml").read_text()
    (project.folder / "m.yaml").write_text(text[: text.index("  inbox:")])
    assert b"2 stale" in project("diff", expect=1).out
    project("apply")
    assert len(project.items()) == 3
    assert b"2 stale" in project("diff", expect=1).out  # still known
    project("apply", "--prune")
    assert len(project.items()) == 1
    assert b"no changes" in project("diff").out


def test_what_others_changed_stays(project):
    project("apply")
    inbox = [item for item in project.dynamo.items("messages") if "balance" in item]
    project.write(inbox[0], balance={"N": "1000"})
    project("apply")
    project.define(("balance: 100", "balance: 100, open: true"))
    project("apply")
    found = [item for item in project.dynamo.items("messages") if "balance" in item]
    assert sorted(item["balance"]["N"] for item in found) == ["100", "1000"]
    assert all(item["open"] == {"BOOL": True} for item in found)
    project.target(", theirs: restore")
    project("apply")
    found = [item for item in project.dynamo.items("messages") if "balance" in item]
    assert [item["balance"]["N"] for item in found] == ["100", "100"]


def test_damaged(project):
    project("apply")
    sound = project.ledger.read_bytes()
    project.define(("MSG#", "M#"))
    dice = random.Random(7)
    for kind in ("cut", "flip", "junk", "empty"):
        data = bytearray(sound)
        at = dice.randrange(len(data))
        if kind == "cut":
            data = data[:at]
        elif kind == "flip":
            data[at] ^= 1 << dice.randrange(8)
        else:
            data = b"" if kind == "empty" else os.urandom(300)
        project.ledger.write_bytes(data)
        done = project("diff", expect=1)
        assert b"note[ledger-ignored]" in done.err, kind
        assert b"1 to add" in done.out, kind  # as without one
    project("apply")
    assert b"ledger" not in project("diff").err  # a new one


def test_of_another_table(project):
    """A server that was reset, or what a stranger's checkout brings."""
    project("apply")
    before = project.ledger.read_bytes()
    project.dynamo.client.delete_table(TableName="messages")
    project.dynamo.client.get_waiter("table_not_exists").wait(
        TableName="messages", WaiterConfig={"Delay": 1}
    )
    done = project("apply")
    assert b"ledger" not in done.err  # there is nothing that it could be about
    assert b"gone" not in done.out and len(project.items()) == 3
    project.ledger.write_bytes(before)
    done = project("diff")
    assert b"note[ledger-ignored]" in done.err and b"another table" in done.err


def test_lost(project):
    project("apply")
    shutil.rmtree(project.folder / ".ddbgen")
    project("apply")
    assert project.ledger.is_file()  # what is as declared is ours from now on
    project.define(("MSG#", "M#"))
    assert b"1 to move" in project("diff", expect=1).out


def test_links_are_not_followed(project, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (project.folder / ".ddbgen").symlink_to(elsewhere)
    assert b"note[ledger-unkept]" in project("apply").err
    assert list(elsewhere.iterdir()) == []
    assert b"note[ledger-ignored]" in project("diff").err


def test_cannot_be_written(project):
    (project.folder / ".ddbgen").write_text("no folder")
    assert b"note[ledger-unkept]" in project("apply").err
    assert len(project.items()) == 3
    project.define(("MSG#", "M#"))
    project.target(", ledger: file")
    done = project("apply", expect=3)
    assert b"error[ledger-write]" in done.err
    assert len(project.items()) == 3  # before anything was sent


def test_in_use(project):
    project("apply")
    project.define(("MSG#", "M#"))
    lock = project.ledger.with_name("messages+lock")
    with lock.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("ann@laptop, process 12, since 2026-12-01T05:00:00Z")
        held.flush()
        done = project("apply", expect=4)
        assert b"error[ledger-held]" in done.err and b"ann@laptop, process 12" in done.err
        project("diff", expect=1)  # who only looks need not wait
        project("apply", "--dry-run", expect=1)
    assert len(project.items()) == 3
    project("apply")


# ---- in a table

TABLE = ", ledger: { table: ddbgen-ledger }"


def ledger_items(project, table="messages"):
    return {
        item["part"]["S"]: item
        for item in project.dynamo.items("ddbgen-ledger")
        if item["ledger"]["S"] == table
    }


def hold(project, expires):
    """As another run does that is at work, or was killed."""
    project.dynamo.client.update_item(
        TableName="ddbgen-ledger",
        Key={"ledger": {"S": "messages"}, "part": {"S": "head"}},
        UpdateExpression="SET #owner = :o, #token = :t, #since = :s, #expires = :e",
        ExpressionAttributeNames={f"#{n}": n for n in ("owner", "token", "since", "expires")},
        ExpressionAttributeValues={
            ":o": {"S": "ann@laptop, process 12"},
            ":t": {"S": "a token"},
            ":s": {"S": "2026-12-01T05:00:00Z"},
            ":e": {"N": str(int(expires))},
        },
    )


def test_table(project):
    project.target(TABLE)
    project("diff", expect=1)
    assert project.dynamo.tables() == []  # diff makes nothing
    project("apply")
    assert not (project.folder / ".ddbgen").exists()
    made = project.dynamo.client.describe_table(TableName="ddbgen-ledger")["Table"]
    assert made["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    first = ledger_items(project)
    assert {part.split("#")[0] for part in first} == {"head", "base"}
    assert set(first["head"]) == {"ledger", "part", "base", "chunks"}  # nobody holds it
    project("apply")
    assert ledger_items(project) == first
    project.define(("MSG#", "M#"), ("GRP#", "G#"))
    assert b"3 to move" in project("diff", expect=1).out
    project("apply")
    assert len(project.items()) == 3
    second = ledger_items(project)
    assert second["head"]["base"] != first["head"]["base"] and len(second) == 2
    assert b"no changes" in project("diff").out


def test_table_of_two(project):
    """Another project's table in the same one."""
    project.target(TABLE)
    project("apply")
    first = ledger_items(project)
    text = (project.folder / "m.yaml").read_text()
    (project.folder / "m.yaml").write_text(text.replace("table_name: messages", "table_name: rooms"))
    project("apply")
    assert ledger_items(project) == first
    assert len(ledger_items(project, "rooms")) == 2


def test_table_lease(project):
    project.target(TABLE)
    project("apply")
    project.define(("MSG#", "M#"))
    hold(project, time.time() + 100)
    before = project.dynamo.items("messages")
    done = project("apply", expect=4)
    assert b"error[ledger-held]" in done.err
    assert b"ann@laptop, process 12, since 2026-12-01T05:00:00Z" in done.err
    assert project.dynamo.items("messages") == before
    project("diff", expect=1)
    hold(project, time.time() - 60)  # over, if both clocks are right
    project("apply", expect=4)
    hold(project, time.time() - 3600)
    project("apply")
    assert b"token" not in str(ledger_items(project)["head"]).encode()
    assert b"no changes" in project("diff").out


def test_table_damaged(project):
    project.target(TABLE)
    project("apply")
    project.define(("MSG#", "M#"))
    (chunk,) = (item for part, item in ledger_items(project).items() if part != "head")
    whole = chunk["data"]["B"]
    for data in (whole[:-1], whole[:40], b"junk", bytes([whole[0] ^ 1]) + whole[1:]):
        chunk["data"]["B"] = data
        project.dynamo.client.put_item(TableName="ddbgen-ledger", Item=chunk)
        done = project("diff", expect=1)
        assert b"note[ledger-ignored]" in done.err
    project.dynamo.client.delete_item(
        TableName="ddbgen-ledger", Key={"ledger": chunk["ledger"], "part": chunk["part"]}
    )
    assert b"note[ledger-ignored]" in project("diff", expect=1).err
    project("apply")
    assert b"ledger-ignored" not in project("diff").err


def test_table_that_is_none(project):
    project.target(", ledger: none")
    project("apply")
    project.dynamo.client.create_table(
        TableName="ddbgen-ledger",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    project.target(TABLE)
    project("apply", expect=3)


# ---- ledger and unlock


@pytest.mark.parametrize("target", ["", TABLE])
def test_show_forget_adopt(project, target):
    project.target(target)
    project("apply")
    assert b"messages: 3 items in " in project.run("ledger", "show", "m.yaml", cwd=project.folder).out
    shown = json.loads(
        project.run("ledger", "show", "m.yaml", "--format", "json", cwd=project.folder).out
    )
    assert shown["entities"] == {"message": 1, "inbox": 2} and shown["known"]
    project.run("ledger", "forget", "m.yaml", cwd=project.folder)
    assert b"nothing is known" in project.run("ledger", "show", "m.yaml", cwd=project.folder).out

    # One differs: it is not ours before an apply says so.
    inbox = [item for item in project.dynamo.items("messages") if "balance" in item]
    project.write(inbox[0], balance={"N": "1000"})
    before = project.dynamo.items("messages")
    assert b"2 items are ours, 1 of those declared differ" in project.run(
        "ledger", "adopt", "m.yaml", cwd=project.folder
    ).out
    assert project.dynamo.items("messages") == before
    shown = project.run("ledger", "show", "m.yaml", "--format", "json", cwd=project.folder)
    assert json.loads(shown.out)["items"] == 2
    project.define(("MSG#", "M#"))
    assert b"1 to move" in project("diff", expect=1).out


def test_unlock(project):
    project.target(TABLE)
    project("apply")
    assert b"nobody held it" in project.run("unlock", "m.yaml", cwd=project.folder).out
    hold(project, time.time() + 100)
    project("apply", expect=4)
    done = project.run("unlock", "m.yaml", cwd=project.folder)
    assert b"ann@laptop, process 12" in done.out
    project("apply")
