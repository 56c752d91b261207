"""apply is killed at each of its writes, to the ledger and to the table, in turn: what it made is
ours in the next run, what others wrote is theirs, and with --prune nothing of ours is left over.

`tests/tools/kill_at_write.c` kills before a write, in its middle or after it. DDBGEN_KILLS is how
many of the writes are tried (0: each of them), spread evenly."""

import os
from pathlib import Path

import pytest
from conftest import ROOT
from test_ledger import DEFINITION, TABLE, Project

TRIED = int(os.environ.get("DDBGEN_KILLS", "6"))
NEXT = DEFINITION.replace("MSG#", "M#").replace("balance: 100", "balance: 100, open: true")
THEIRS = {"pk": {"S": "SESSION#1"}, "sk": {"S": "of the application"}}


@pytest.fixture(scope="module")
def library():
    folder = Path(os.environ.get("DDBGEN", ROOT / "build/ddbgen")).parent
    path = folder / "tests/libkill_at_write.so"
    if not path.exists():
        pytest.skip("tests/tools/kill_at_write.c is not built")
    return path.resolve()


@pytest.fixture
def project(tmp_path, run, dynamo):
    return Project(tmp_path, run, dynamo)


def begin(project):
    """A table as the first definition has it, in which the application wrote."""
    if "messages" in project.dynamo.tables():
        project.dynamo.client.delete_table(TableName="messages")
        while "messages" in project.dynamo.tables():
            pass
    project.define()
    project("apply")
    inbox = sorted(
        (item for item in project.dynamo.items("messages") if "balance" in item),
        key=lambda item: item["pk"]["S"],
    )
    project.write(inbox[0], balance={"N": "1000"})
    project.dynamo.client.put_item(TableName="messages", Item=THEIRS)
    (project.folder / "m.yaml").write_text(NEXT)


def wanted(item):
    """Of an item at the end, what tells whether anything was lost or left over."""
    return item["pk"]["S"].split("#")[0], item.get("balance", {}).get("N"), "open" in item


EXPECTED = sorted(
    [("M", None, False), ("GRP", "1000", True), ("GRP", "100", True), ("SESSION", None, False)],
    key=str,
)


def kill(project, library, how, at):
    done = project(
        "apply", expect=None,
        env={"LD_PRELOAD": str(library), "KILL_AT": str(at), "KILL_HOW": how},
    )
    return done.code == -9


@pytest.mark.parametrize("how", ["before", "half", "after"])
@pytest.mark.parametrize("target", ["", TABLE], ids=["file", "table"])
def test_killed(project, library, target, how):
    project.target(target)
    begin(project)
    writes = 1
    while kill(project, library, how, writes):
        writes += 1
        if target:
            project.run("unlock", "m.yaml", cwd=project.folder)
        begin(project)
    assert writes > 10
    tried = range(1, writes) if TRIED == 0 else range(1, writes, max(1, writes // TRIED))
    for at in tried:
        begin(project)
        assert kill(project, library, how, at)
        if target:
            project.run("unlock", "m.yaml", cwd=project.folder)
        assert b"deleted by others" not in project("diff", expect=None).out, f"write {at}, {how}"
        project("apply", "--prune")
        found = sorted(map(wanted, project.dynamo.items("messages")), key=str)
        assert found == EXPECTED, f"write {at}, {how}"
        assert b"no changes" in project("diff").out, f"write {at}, {how}"


@pytest.mark.parametrize("how", ["before", "after"])
def test_first_run_killed(project, library, how):
    """What was only noted, and never landed, was not deleted by anybody."""
    writes = 0
    killed = True
    while killed:
        writes += 1
        if "messages" in project.dynamo.tables():
            project.dynamo.client.delete_table(TableName="messages")
            while "messages" in project.dynamo.tables():
                pass
        killed = kill(project, library, how, writes)
        assert b"deleted by others" not in project("diff", expect=None).out, f"write {writes}"
    assert writes > 10
