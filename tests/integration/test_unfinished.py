"""An apply that does not come to its end, or finds that somebody else was there: what was
made and what was not is said, and nothing is lost that nobody was shown. The server is a
control plane (tests/faults/control_plane.py)."""

import json
import os
import signal
import subprocess
import time

import fault_server as faults
import pytest
from conftest import wait_for, write_talk
from control_plane import ControlPlane
from test_targets import on_terminal

DEFINITION = """
table_name: %s
attribute_definitions: { pk: S, g: S }
key_schema: { hash: pk }
billing_mode: PAY_PER_REQUEST
global_secondary_indexes: { by-g: { key_schema: { hash: g }, projection: ALL } }
handles: { file: users.yaml }
entities:
  note:
    for_each: conversation
    attributes: { pk: "N#${conversation.uuid}", g: %s }
fixtures: [ talk.txt ]
"""


@pytest.fixture
def server(server):
    server.service = ControlPlane(steps=1)
    return server


@pytest.fixture
def define(tmp_path):
    """define("first", "value", "tags: {...}"): the path of a definition of that table."""
    write_talk(tmp_path)

    def define(table, value="notes", more=""):
        path = tmp_path / f"{table}.yaml"
        path.write_text(DEFINITION % (table, value) + more + "\n")
        return path

    return define


@pytest.fixture
def apply(run, server):
    def apply(*arguments, expect=0):
        return run("apply", *arguments, "--endpoint-url", server.url, expect=expect)

    return apply


def refuse(server, operation, which=lambda request: True):
    """From now on an operation is refused, for requests of a kind."""
    real = getattr(server.service, operation)

    def answer(request):
        if which(request):
            raise faults.Refused("AccessDeniedException", "not you")
        return real(request)

    setattr(server.service, operation, answer)


def drop(server, table):
    server.service.tables.pop(table)
    server.service.plane.pop(table)


def names(server):
    return [name for name, _ in server.calls]


# --- somebody else


def test_a_table_that_somebody_else_creates_loses_nothing(apply, define, server):
    """It comes between the plan and CreateTable, with more than the definition has."""
    create = server.service.CreateTable

    def meanwhile(request):
        theirs = json.loads(json.dumps(request))
        theirs["Tags"] = [{"Key": "precious", "Value": "yes"}]
        theirs["AttributeDefinitions"].append({"AttributeName": "z", "AttributeType": "S"})
        theirs["GlobalSecondaryIndexes"].append(
            {
                "IndexName": "by-z",
                "KeySchema": [{"AttributeName": "z", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        )
        create(theirs)
        raise faults.Refused("ResourceInUseException", "it exists")

    server.service.CreateTable = meanwhile
    definition = define("first", more='tags: { a: "1" }')
    result = apply(definition, expect=4)
    assert result.errors.count("error[not-confirmed]: table 'first' was created by") == 2
    assert "would lose 'tags.precious'" in result.errors
    assert "would lose 'global_secondary_indexes.by-z'" in result.errors
    assert "first: 0 of 1 items put\n" in result.text
    assert not {"UpdateTable", "UntagResource", "BatchWriteItem"} & set(names(server))
    apply(definition, "--yes")  # now it was shown
    assert server.service.plane["first"]["tags"] == {"a": "1"}


@pytest.mark.parametrize(
    "again, said", [(False, "was dropped since"), (True, "is another one than when")]
)
def test_a_table_that_is_another_one_by_then(apply, define, server, again, said):
    """Dropped, or dropped and created, while the plan is made: that was not shown."""
    apply(define("first"))
    query = server.service.Query
    created = server.service.tables["first"].request

    def meanwhile(request):
        answer = query(request)
        drop(server, "first")
        if again:
            server.service.CreateTable(created)
        return answer

    server.service.Query = meanwhile
    server.calls.clear()
    result = apply(define("first", "others", 'tags: { a: "1" }'), expect=4)
    assert f"error[plan-stale]: table 'first' {said}" in result.errors
    assert not {"UpdateTable", "TagResource", "BatchWriteItem"} & set(names(server))


def test_a_table_that_is_dropped_before_its_changes(apply, define, server):
    """As late as can be: after it was found to be the same."""
    apply(define("first"))
    describe = server.service.DescribeTable

    def meanwhile(request):
        answer = describe(request)
        if "Query" in names(server):
            drop(server, "first")
        return answer

    server.service.DescribeTable = meanwhile
    server.calls.clear()
    begun = time.monotonic()
    result = apply(define("first", "others", 'tags: { a: "1" }'), expect=3)
    assert time.monotonic() - begun < 20  # not as long as for one that is new
    assert "table 'first' was dropped while waiting for it" in result.errors
    assert "first: 0 of 1 changes made\nfirst: 0 of 1 items put\n" in result.text


def test_what_only_stays_is_not_asked_about(ddbgen, run, define, server, tmp_path):
    """An item that is stale, and kept: there is nothing to confirm."""
    (tmp_path / "ddbgen.yaml").write_text(
        f"targets: {{ real: {{ endpoint_url: '{server.url}', protected: true }} }}\n"
    )
    talk = tmp_path / "talk.txt"
    definition = define("first", '"${message.uuid}"')
    text = definition.read_text().replace("for_each: conversation", "for_each: message")
    definition.write_text(text.replace("hash: pk }", "hash: pk, range: g }"))
    talk.write_text(talk.read_text() + "B: bye\n")
    run("apply", definition, "--target", "real", "--yes=real")
    talk.write_text(talk.read_text().replace("B: bye\n", ""))
    arguments = ("apply", definition, "--target", "real")
    status, screen = on_terminal(ddbgen, arguments, b"")
    assert status == 0 and "Type 'real'" not in screen, screen
    assert "1 stale, kept without --prune" in screen, screen


def test_many_losses_leave_room_for_the_question(ddbgen, apply, define, server):
    """Tags are somebody else's text, and may be long."""
    definition = define("first", more="tags: {}")
    apply(definition)
    tags = {"\u202e" * 115 + f"{number:03d}": "x" for number in range(50)}
    server.service.plane["first"]["tags"].update(tags)
    result = apply(definition, expect=4)
    assert result.errors.count("remove tags.") == 5 and ", and 45 more\n" in result.errors
    arguments = ("apply", definition, "--endpoint-url", server.url)
    status, screen = on_terminal(ddbgen, arguments, b"yes\n")
    assert status == 0 and "Type 'yes' to go on" in screen
    assert server.service.plane["first"]["tags"] == {}


# --- what is left


def test_tables_and_items_behind_a_failure_are_named(apply, define, server):
    refuse(server, "CreateTable", lambda request: request["TableName"] == "second")
    apply(define("known"))
    result = apply(
        define("known", "others", 'tags: { a: "1" }'),
        *(define(name) for name in ("first", "second", "third")),
        expect=3,
    )
    assert result.text.splitlines()[-7:] == [
        "first: created",
        "known: 0 of 1 changes made",
        "third: not created",
        "known: 0 of 1 items put",
        "first: 0 of 1 items put",
        "second: 0 of 1 items put",
        "third: 0 of 1 items put",
    ]


def test_changes_behind_a_failure_are_counted(apply, define, server):
    both = [define("first"), define("second")]
    apply(*both)
    refuse(server, "TagResource")
    more = 'table_class: STANDARD_INFREQUENT_ACCESS\ntags: { a: "1" }'
    result = apply(define("first", "x", more), define("second", "x", more), expect=3)
    assert result.text.splitlines()[-5:] == [
        "first: changing the table class: done",
        "first: 1 of 2 changes made",
        "second: 0 of 2 changes made",
        "first: 0 of 1 items put",
        "second: 0 of 1 items put",
    ]


def test_a_change_that_was_begun_is_told(ddbgen, apply, define, server):
    """Interrupted while the index goes: it is not among what was made, and it goes."""
    apply(define("first"))
    server.service.steps = 1000
    definition = define("first", more='tags: { a: "1" }')
    definition.write_text(definition.read_text().replace("by-g", "by-h"))
    process = subprocess.Popen(
        [ddbgen, "apply", definition, "--yes", "--endpoint-url", server.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin"},
    )
    wait_for(
        lambda: "UpdateTable" in names(server) and names(server)[-1] == "DescribeTable", process
    )
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out.decode().splitlines()[-2:] == [
        "first: deleting index by-g: begun, and not awaited",
        "first: 0 of 3 changes made",
    ]


def test_a_move_is_completed(apply, define, server, tmp_path):
    """The new item was put, and its old place was not deleted: only that is left."""
    definition = define("first", '"${conversation.last_message.created_at}"')
    definition.write_text(definition.read_text().replace("hash: pk }", "hash: pk, range: g }"))
    apply(definition)
    talk = tmp_path / "talk.txt"
    talk.write_text(talk.read_text() + "B: bye\n")
    server.script["DeleteItem"] = [faults.error("AccessDeniedException")]
    assert "first: 1 item put in 1 request\n" in apply(definition, expect=3).text
    result = apply(definition)
    assert "first: 1 item deleted in 1 request\n" in result.text
    assert "put" not in result.text
    assert len(server.items("first")) == 1


# --- a reader that left


def unread(ddbgen, server, command, definition):
    """Exit code and errors, when standard output is a pipe that nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [ddbgen, command, definition, "--endpoint-url", server.url],
        stdout=writer,
        stderr=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin"},
        timeout=60,
    )
    os.close(writer)
    return done.returncode, done.stderr.decode()


def test_diff_differs_whoever_reads_it(ddbgen, apply, define, server):
    definition = define("first")
    code, errors = unread(ddbgen, server, "diff", definition)
    assert code == 1 and "error" not in errors
    apply(definition)
    assert unread(ddbgen, server, "diff", definition)[0] == 0
    definition.write_text(definition.read_text().replace("hash: pk }", "hash: pk, range: g }"))
    assert unread(ddbgen, server, "diff", definition)[0] == 4


def test_apply_does_nothing_that_could_not_be_shown(ddbgen, define, server):
    code, errors = unread(ddbgen, server, "apply", define("first"))
    assert code == 3 and "error[file-write]: nobody reads standard output" in errors
    assert set(names(server)) == {"DescribeTable"}
