"""The lock against a real Postgres and a DynamoDB-compatible server."""

import fcntl
import os
import re
import subprocess
import time

import pytest
from conftest import awaits_a_peer, wait_for

DEFINITION = """\
table_name: messages
attribute_definitions: { pk: S, sk: S }
key_schema: { hash: pk, range: sk }
billing_mode: PAY_PER_REQUEST
handles: { postgres: { url: "${env.CONNECTION_URL}" } }
entities:
  message:
    for_each: message
    attributes:
      pk: BY#${sender.uuid}
      sk: ${message.created_at}
      text: ${message.text}
access_patterns:
  said_by:
    parameters: { who: handle }
    key: { pk: "BY#${who.uuid}" }
fixtures: [ talk.txt ]
"""
TALK = """\
---
conversation: talk
participants: { A: andrewbrown, B: bayko }
starts_at: STARTS
---
A: Hello.
B: Hi.
"""


@pytest.fixture
def project(tmp_path):
    """project(starts_at): a definition with a transcript, in a folder of its own."""

    def write(starts_at="2023-03-19T12:00:00Z", definition=DEFINITION):
        (tmp_path / "talk.txt").write_text(TALK.replace("STARTS", starts_at))
        path = tmp_path / "m.yaml"
        path.write_text(definition)
        return path

    return write


def lock_of(definition):
    return definition.parent / "ddbgen.lock"


def rename(database, handle, uuid):
    database.psql(f"UPDATE public.users SET uuid = '{uuid}' WHERE handle = '{handle}'")


NEW = "99999999-9999-4999-8999-999999999999"

# --- handles -----------------------------------------------------------------------------


def test_update_lock_then_locked_without_postgres(run, database, project):
    definition = project()
    asked = run("build", definition, "--emit", "items", "--update-lock", env=database.env)
    text = lock_of(definition).read_text()
    users = database.users()
    assert users["andrewbrown"][0] in text and users["bayko"][0] in text
    assert f'postgres: "{database.cluster.host}:{database.cluster.port}/{database.name}"' in text
    assert "display_name" not in text and users["bayko"][1] not in text  # nobody reads it

    rename(database, "bayko", NEW)
    locked = run("build", definition, "--emit", "items", "--locked")  # without the variable
    assert locked.out == asked.out
    assert "ddbgen.lock" in locked.errors and "Postgres" not in locked.errors
    assert run("check", definition, "--strict").text == "ok: 1 table, 2 items\n"


def test_no_secret_reaches_the_lock(run, database, project):
    definition = project()
    run("build", definition, "--emit", "items", "--update-lock", env=database.env)
    text = lock_of(definition).read_text()
    assert database.cluster.password not in text and "@" not in text
    literal = project(definition=DEFINITION.replace("${env.CONNECTION_URL}", database.url))
    lock_of(definition).unlink()
    run("build", literal, "--emit", "items", "--update-lock")
    assert lock_of(definition).read_text() == text


def test_drift_is_a_note_on_this_machine(run, database, project):
    definition = project()
    run("build", definition, "--update-lock", env=database.env)
    before = lock_of(definition).read_bytes()
    rename(database, "bayko", NEW)
    drifted = run("build", definition, "--emit", "items", "--strict", env=database.env)
    assert re.search(r"talk.txt:3:\d+: note\[lock-drift-local\]: column 'uuid'", drifted.errors)
    assert NEW in drifted.errors and NEW in drifted.text  # the source is what is used
    assert lock_of(definition).read_bytes() == before

    run("build", definition, "--update-lock", env=database.env)
    assert NEW in lock_of(definition).read_text()
    assert "[lock-drift" not in run("build", definition, env=database.env).errors


def test_drift_is_a_warning_elsewhere(run, database, project):
    definition = project()
    target = ("--target", "aws")
    run("build", definition, "--update-lock", *target, env=database.env)
    rename(database, "bayko", NEW)
    drifted = run("build", definition, "--emit", "items", *target, env=database.env)
    assert "warning[lock-drift]" in drifted.errors and NEW in drifted.text
    strict = run("build", definition, "--strict", *target, env=database.env, expect=2)
    assert strict.out == b""
    assert "[lock-drift" not in run("build", definition, env=database.env).errors  # another target


def test_a_handle_that_is_gone(run, database, project):
    definition = project()
    run("build", definition, "--update-lock", env=database.env)
    before = lock_of(definition).read_bytes()
    database.psql("DELETE FROM public.users WHERE handle = 'bayko'")
    gone = run("build", definition, "--update-lock", env=database.env, expect=2)
    assert "error[handle-unknown]" in gone.errors and gone.out == b""
    assert lock_of(definition).read_bytes() == before
    run("build", definition, "--locked")


def test_a_postgres_that_fails_leaves_the_lock(run, database, project):
    definition = project()
    run("build", definition, "--update-lock", env=database.env)
    before = lock_of(definition).read_bytes()
    wrong = {"CONNECTION_URL": database.cluster.url("no-such-database")}
    run("build", definition, "--update-lock", env=wrong, expect=3)
    assert lock_of(definition).read_bytes() == before


def test_hostile_names_come_back(run, database, project):
    names = ["null", "a: b", "- x", "\u202eback\u0007", 'q"\\', "line\nbreak", "", " x ", "é 💜"]
    handles = [f"h{i}" for i in range(len(names))]
    for i, name in enumerate(names):
        quoted = name.replace("'", "''")
        database.psql(
            "INSERT INTO public.users (handle, uuid, display_name) VALUES "
            f"('h{i}', '00000000-0000-4000-8000-{i:012d}', '{quoted}')"
        )
    definition = project(definition=DEFINITION.replace("text: ${message.text}", "by: ${sender.display_name}"))
    people = ", ".join(f"{handle}: {handle}" for handle in handles)
    lines = "".join(f"{handle}: hello\n" for handle in handles)
    (definition.parent / "talk.txt").write_text(
        f"---\nconversation: t\nparticipants: {{ {people} }}\n"
        f"starts_at: 2023-03-19T12:00:00Z\n---\n{lines}"
    )
    asked = run("build", definition, "--emit", "items", "--update-lock", env=database.env)
    assert run("build", definition, "--emit", "items", "--locked").out == asked.out
    text = lock_of(definition).read_text()
    assert "\u202e" not in text and "\u0007" not in text and text.isprintable() is False
    assert all(line.isprintable() for line in text.splitlines())


INBOX = """\
table_name: messages
attribute_definitions: { pk: S, sk: S }
key_schema: { hash: pk, range: sk }
billing_mode: PAY_PER_REQUEST
handles: { postgres: { url: "${env.CONNECTION_URL}" } }
entities:
  inbox:
    for_each: participant
    attributes:
      pk: INBOX#${self.uuid}
      sk: ${conversation.last_message.created_at}
      conversation: ${conversation.uuid}
      with: ${other.display_name}
fixtures: [ talk.txt ]
"""


def test_a_user_who_was_another_one_is_moved(run, database, dynamo, project):
    """The partitions of the lock's former users are ours too."""
    definition = project(definition=INBOX)
    place = ("--endpoint-url", dynamo.url)
    run("apply", definition, *place, "--update-lock", env=database.env)
    other = {"pk": {"S": "INBOX#" + NEW}, "sk": {"S": "mine"}}  # the application's
    dynamo.client.put_item(TableName="messages", Item=other)
    before = {item["pk"]["S"] for item in dynamo.items("messages")} - {other["pk"]["S"]}
    rename(database, "bayko", NEW)
    shown = run("diff", definition, *place, env=database.env, expect=1)
    assert "\nplan: 1 to move, 1 unchanged\n" in shown.text
    run("apply", definition, *place, "--update-lock", env=database.env)
    after = [item["pk"]["S"] for item in dynamo.items("messages")]
    assert len(before) == 2 and len(set(after) & before) == 1
    assert sorted(after).count("INBOX#" + NEW) == 2
    assert run("diff", definition, *place, env=database.env).text.startswith("no changes: 2 ")


def test_query_takes_handles_from_the_lock(run, database, dynamo, project):
    definition = project()
    place = ("--endpoint-url", dynamo.url)
    run("apply", definition, *place, "--update-lock", env=database.env)
    query = ("query", definition, "said_by", *place, "--locked", "--plain")
    assert '"text":"Hi."' in run(*query, "who=bayko").text  # without the variable
    missing = run(*query, "who=nobody", expect=2)
    assert "'nobody' in " in missing.errors and "ddbgen.lock" in missing.errors


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_lock_of_somebody_else_is_refused(run, database, project):
    definition = project()
    run("build", definition, "--update-lock", env=database.env)
    lock = lock_of(definition)
    os.chown(lock, 65534, 65534)
    refused = run("build", definition, "--locked", expect=2)
    assert "error[lock]" in refused.errors and "another user" in refused.errors
    run("build", definition, "--locked", "--lock", lock)  # named, so meant
    os.chown(definition, 65534, 65534)  # all of the folder is theirs: a mounted checkout
    run("build", definition, "--locked")


# --- times -------------------------------------------------------------------------------


def items(dynamo):
    return sorted((item["sk"]["S"], item["text"]["S"]) for item in dynamo.items("messages"))


def test_apply_twice_puts_the_same_items(run, database, dynamo, project):
    definition = project("now-1d")
    command = ("apply", definition, "--endpoint-url", dynamo.url, "--strict")
    first = run(*command, env=database.env)
    assert "lock: " in first.errors and "warning" not in first.errors
    put = items(dynamo)
    assert len(put) == 2
    recorded = lock_of(definition).read_bytes()
    assert b"handles:" not in recorded  # only the time was recorded

    time.sleep(1.1)  # the clock's seconds are another one
    second = run(*command, env=database.env)
    assert "lock: " not in second.errors
    assert items(dynamo) == put
    assert lock_of(definition).read_bytes() == recorded


def test_each_target_has_its_own_time(run, database, start_dynamo, project):
    definition = project("now")
    one, other = start_dynamo(), start_dynamo()
    run("apply", definition, "--endpoint-url", one.url, env=database.env)
    time.sleep(1.1)
    run("apply", definition, "--endpoint-url", other.url, env=database.env)
    assert items(one) != items(other)
    put = items(one), items(other)
    for server in (one, other):
        run("apply", definition, "--endpoint-url", server.url, env=database.env)
    assert (items(one), items(other)) == put


def test_a_lock_that_cannot_be_written_stops_apply(run, database, dynamo, project):
    # Otherwise the next apply would put other items beside those of this one.
    definition = project("now")
    full = definition.parent / "full"
    full.symlink_to("/dev/full")
    command = ("apply", definition, "--endpoint-url", dynamo.url, "--lock")
    for lock, code in ((full, "file-outside"), (definition.parent / "nowhere/ddbgen.lock", "file-read")):
        result = run(*command, lock, env=database.env, expect=2)
        assert f"error[{code}]" in result.errors
    assert dynamo.tables() == []


def test_now_on_the_command_line_is_not_recorded(run, database, dynamo, project):
    definition = project("now")
    now = ("--now", "2024-06-01T09:00:00Z")
    run("apply", definition, "--endpoint-url", dynamo.url, *now, env=database.env)
    assert not lock_of(definition).exists()
    run("apply", definition, "--endpoint-url", dynamo.url, *now, "--update-lock", env=database.env)
    assert "2024-06-01T09:00:00.000000+00:00" in lock_of(definition).read_text()
    run("apply", definition, "--endpoint-url", dynamo.url, "--locked")
    assert items(dynamo)[0][0] == "2024-06-01T09:00:00.000000+00:00"


def test_a_run_that_is_not_confirmed_records_nothing(run, database, project):
    definition = project("now")
    result = run("apply", definition, "--target", "aws", env=database.env, expect=4)
    assert "error[not-confirmed]" in result.errors
    assert not lock_of(definition).exists()


# --- two runs at once ------------------------------------------------------------------------

PAIRS = 50
USERS = """\
- { handle: andrewbrown, uuid: 7e1c1f0a-93d4-4c5b-8a52-0f6b7d1c2e91 }
- { handle: bayko, uuid: 1d5a5a44-6a1f-4d1b-9a0a-3c1c3b2a1f00 }
"""


def test_two_at_once_lose_nothing(ddbgen, tmp_path):
    """What a run says it recorded is in the lock, whoever wrote at the same time."""
    both = refused = 0
    for pair in range(PAIRS):
        folder = tmp_path / str(pair)
        folder.mkdir()
        (folder / "users.yaml").write_text(USERS)
        for name in ("one", "two", "three"):
            talk = TALK.replace("STARTS", "now-2h").replace("talk", name)
            (folder / f"{name}.txt").write_text(talk)
            definition = DEFINITION.replace("talk.txt", f"{name}.txt")
            definition = definition.replace('{ postgres: { url: "${env.CONNECTION_URL}" } }',
                                            "{ file: users.yaml }")
            (folder / f"{name}.yaml").write_text(definition)

        def start(name):
            return subprocess.Popen(
                [ddbgen, "build", f"{name}.yaml", "--update-lock", "-o", f"{name}-out"],
                cwd=folder, env={"PATH": "/usr/bin:/bin"}, stderr=subprocess.PIPE)

        if pair % 2:  # a lock that is there, and one that is not
            assert start("three").wait(60) == 0
        running = {name: start(name) for name in ("one", "two")}
        said = {name: process.communicate(timeout=60)[1] for name, process in running.items()}
        lock = lock_of(folder / "one.yaml").read_text()
        for name, process in running.items():
            assert process.returncode in (0, 3), said[name]
            assert (f"{name}.txt" in lock) == (process.returncode == 0), lock
            assert process.returncode == 0 or b"error[file-changed]" in said[name]
        assert pair % 2 == 0 or "three.txt" in lock
        codes = sorted(process.returncode for process in running.values())
        both += codes == [0, 0]
        refused += codes == [0, 3]
        assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    print(f"{PAIRS} pairs: {both} recorded both, {refused} refused one, 0 lost an entry")
    assert both + refused == PAIRS


def test_a_lock_that_somebody_holds(ddbgen, tmp_path):
    """A run that holds it and does not end: the second one says so, in a few seconds."""
    (tmp_path / "users.yaml").write_text(USERS)
    (tmp_path / "talk.txt").write_text(TALK.replace("STARTS", "now-2h"))
    (tmp_path / "m.yaml").write_text(DEFINITION.replace(
        '{ postgres: { url: "${env.CONNECTION_URL}" } }', "{ file: users.yaml }"))
    command = [ddbgen, "build", "m.yaml", "--update-lock"]
    holder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    begun = time.monotonic()
    process = subprocess.Popen(command, cwd=tmp_path, env={}, stderr=subprocess.PIPE,
                               stdout=subprocess.DEVNULL)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 3 and b"another run is writing the lock" in said
    assert time.monotonic() - begun < 30 and not lock_of(tmp_path / "m.yaml").exists()

    process = subprocess.Popen(command, cwd=tmp_path, env={}, stderr=subprocess.PIPE,
                               stdout=subprocess.DEVNULL)
    wait_for(lambda: awaits_a_peer(process), process)
    os.close(holder)  # as when the other one is killed
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 0 and lock_of(tmp_path / "m.yaml").exists(), said
