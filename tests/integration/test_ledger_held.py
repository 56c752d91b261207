"""Two live `apply` at once on one target: one of them is at work, the other one is told by whom
and since when, or finds what the first one made. A lease stays one's own as long as the work
takes, and whoever lost it stops."""

import os
import re
import signal
import subprocess

import pytest
from conftest import ROOT
from control_plane import ControlPlane
from test_ledger import DEFINITION, TABLE, Project
from test_ledger_killed import EXPECTED, begin, library, wanted  # noqa: F401

# From write to write at which the first run is stopped; DDBGEN_KILLS=0: at each of them.
STEP = 4 if os.environ.get("DDBGEN_TEST_LONG") else 8
STEP = 1 if os.environ.get("DDBGEN_KILLS") == "0" else STEP
KINDS = pytest.mark.parametrize("target", ["", TABLE], ids=["file", "table"])


@pytest.fixture
def project(tmp_path, run, dynamo):
    return Project(tmp_path, run, dynamo)


@pytest.fixture
def clock(ddbgen):
    path = ddbgen.parent / "tests/libfast_clock.so"
    if not path.exists() or b"__asan_init" in ddbgen.read_bytes():
        pytest.skip("tests/tools/fast_clock.c is not built, or nothing can be loaded before")
    return path


class Other:
    """A run that stands still before its N-th write; None where it ended before it came to it."""

    def __init__(self, ddbgen, project, library, at):
        environment = {
            "PATH": "/usr/bin:/bin", "HOME": str(project.folder), "USER": "ann", "TZ": "UTC",
            "AWS_EC2_METADATA_DISABLED": "true", "LD_PRELOAD": str(library),
            "KILL_AT": str(at), "KILL_HOW": "before", "KILL_BY": "STOP",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [ddbgen, "apply", "m.yaml"], cwd=project.folder, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        _, status = os.waitpid(self.process.pid, os.WUNTRACED)
        self.stands = os.WIFSTOPPED(status)
        if not self.stands:
            self.process.returncode = os.waitstatus_to_exitcode(status)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=60)


def says_who(done, other, project=None):
    """Between taking the lock of a file and writing his name there, nobody knows who it is."""
    assert b"error[ledger-held]" in done.err
    lock = project and project.ledger.with_name("messages+lock")
    if lock and lock.exists() and not lock.read_bytes():
        assert b"another run on this machine" in done.err
        return
    assert re.search(
        rb"ann@[^,]*, process %d, since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ" % other.process.pid,
        done.err,
    ), done.errors


def forget(project):
    for table in project.dynamo.tables():
        project.dynamo.client.delete_table(TableName=table)
    while project.dynamo.tables():
        pass
    (project.folder / "m.yaml").write_text(DEFINITION)


def rows(project):
    if "messages" not in project.dynamo.tables():
        return []
    try:
        return sorted(map(str, project.dynamo.items("messages")))
    except project.dynamo.client.exceptions.ResourceNotFoundException:
        return []  # it is being created


@KINDS
@pytest.mark.parametrize("new", [False, True], ids=["again", "new"])
def test_two_at_once(ddbgen, project, library, target, new):  # noqa: F811
    """Wherever the first one stands: the second one is refused and changes nothing, or it does
    all of the work and the first one finds that out."""
    project.target(target)
    refused, at = 0, 1
    while True:
        forget(project) if new else begin(project)
        first = Other(ddbgen, project, library, at)
        if not first.stands:
            assert first.process.returncode == 0
            break
        before = rows(project)
        second = project("apply", expect=None)
        assert second.code in (0, 4), second.errors
        if second.code == 4:
            says_who(second, first, project)
            assert rows(project) == before, f"write {at}"
            refused += 1
        code, errors = first.go_on()
        assert code == 0 or (second.code == 0 and code == 4), errors
        project("apply", "--prune")
        found = sorted(map(wanted, project.dynamo.items("messages")), key=str)
        if not new:
            assert found == EXPECTED, f"write {at}"
        assert b"no changes" in project("diff").out, f"write {at}"
        at += STEP
    assert refused > 0 and at > 10


@KINDS
@pytest.mark.parametrize("way", ["time", "unlock"])
def test_after_it_was_killed(ddbgen, project, library, clock, target, way):  # noqa: F811
    project.target(target)
    begin(project)
    first = Other(ddbgen, project, library, 11)
    assert first.stands
    says_who(project("apply", expect=4), first)
    if not target:  # nobody but its end frees a file
        done = project("unlock", expect=4)
        says_who(done, first)
    first.kill()
    if target:
        says_who(project("apply", expect=4), first)
        if way == "unlock":
            assert b"ann@" in project("unlock").out
        else:
            early = {"LD_PRELOAD": str(clock), "FAST_CLOCK": "1", "CLOCK_AHEAD": "390"}
            says_who(project("apply", env=early, expect=4), first)
            late = {**early, "CLOCK_AHEAD": "450"}
            project("apply", env=late)
    project("apply", "--prune")
    found = sorted(map(wanted, project.dynamo.items("messages")), key=str)
    assert found == EXPECTED
    assert b"no changes" in project("diff").out


# ---- a lease, in what takes long

@pytest.fixture
def plane(server, tmp_path, run):
    """A control plane in whose tables everything takes many looks."""
    server.service = ControlPlane(steps=25)
    project = Project(tmp_path, run, server)
    project.target(TABLE)
    return project


def widen(project):
    project.define(
        (
            "attribute_definitions: { pk: S, sk: S }\n",
            "attribute_definitions: { pk: S, sk: S, text: S }\n"
            "global_secondary_indexes:\n  by-text: { key_schema: { hash: text }, "
            "projection: KEYS_ONLY }\n",
        ),
        ("MSG#", "M#"),
    )


def renewals(server):
    return [
        body for operation, body in server.calls
        if operation == "UpdateItem" and b'"UpdateExpression":"SET #expires = :expires"' in body
    ]  # fmt: skip


def test_renewed_while_an_index_is_built(plane, server, clock):
    plane("apply")
    widen(plane)
    server.calls.clear()
    # Every tenth of a second, in which it looks once, is ten seconds to it.
    plane("apply", env={"LD_PRELOAD": str(clock), "FAST_CLOCK": "100"})
    names = [name for name, _ in server.calls]
    built = names.index("UpdateTable")
    assert names[built:].count("DescribeTable") > 20
    assert len(renewals(server)) >= 6
    assert b"no changes" in plane("diff").out


def test_lost_while_an_index_is_built(plane, server, clock):
    plane("apply")
    widen(plane)
    server.calls.clear()

    def take(_):
        if server.calls[-1][0] == "UpdateTable":
            server.on_call = None
            (head,) = (i for i in server.items("ddbgen-ledger") if i["part"]["S"] == "head")
            head["token"] = {"S": "another one's"}
            head["owner"] = {"S": "bob@desk, process 7"}

    server.on_call = take
    before = sorted(map(str, server.items("messages")))
    done = plane("apply", env={"LD_PRELOAD": str(clock), "FAST_CLOCK": "100"}, expect=4)
    assert b"error[ledger-held]" in done.err and b"bob@desk, process 7" in done.err
    assert done.err.count(b"error[") == 1, done.errors
    assert sorted(map(str, server.items("messages"))) == before


def test_few_notes_for_many_items(plane, server):
    talk = plane.folder / "talk.txt"
    talk.write_text(talk.read_text() + "".join(f"B: line {i}\n" for i in range(2000)))
    plane("apply")
    assert server.count("BatchWriteItem") > 80
    notes = [
        body for operation, body in server.calls if operation == "PutItem" and b"note#" in body
    ]  # fmt: skip
    assert len(notes) == 1
    used = {name for name, body in server.calls if b'"TableName":"ddbgen-ledger"' in body}
    page = (ROOT / "docs/ci.md").read_text()
    rows = re.findall(r"(?m)^\| (?:plan, with a \[ledger|apply, the same).*$", page)
    assert used == set(re.findall(r"`(?:dynamodb:)?([A-Z]\w+)`", "".join(rows)))
    # And none of them is sent before all are noted.
    order = [name for name, body in server.calls if name == "BatchWriteItem" or b"note#" in body]
    assert order[0] == "PutItem" and set(order[1:]) - {"DeleteItem"} == {"BatchWriteItem"}
