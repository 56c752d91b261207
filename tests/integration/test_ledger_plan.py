"""What a saved plan made is ours, and known for what it was made: it moves, stays others' where they
changed it, and goes."""

import pytest
from test_ledger import TABLE, Project


@pytest.fixture
def project(tmp_path, run, dynamo):
    return Project(tmp_path, run, dynamo)


def carry_out(project, plan="plan.jsonl"):
    project("apply", "--dry-run", "--save-plan", plan, expect=1)
    project.run("apply", "--plan", plan, cwd=project.folder)


@pytest.mark.parametrize("target", ["", TABLE], ids=["file", "table"])
@pytest.mark.parametrize("new", [False, True], ids=["again", "new"])
def test_a_saved_plan(project, target, new):
    project.target(target)
    if not new:
        project("apply")
        project.define(("balance: 100", "balance: 100, open: true"), ("MSG#", "MS#"))
    carry_out(project)
    assert b"no changes" in project("diff").out
    project.define(("balance: 100", "balance: 200, open: true"), ("MSG#", "M#"), ("GRP#", "G#"))
    assert b"3 to move" in project("diff", expect=1).out
    project("apply")
    assert len(project.items()) == 3
    assert b"no changes" in project("diff").out


def test_what_others_changed_stays_theirs(project):
    """Also where the plan merged it with what the declaration changed."""
    project("apply")
    inbox = [item for item in project.dynamo.items("messages") if "balance" in item]
    project.write(inbox[0], balance={"N": "1000"})
    project.define(("balance: 100", "balance: 100, open: true"))
    carry_out(project)
    project.define(("balance: 100", "balance: 100, open: false"))
    project("apply")
    found = [item for item in project.dynamo.items("messages") if "balance" in item]
    assert sorted(item["balance"]["N"] for item in found) == ["100", "1000"]
    assert all(item["open"] == {"BOOL": False} for item in found)
