"""Settings, which need calls of their own: apply makes them once, after the table is ACTIVE and
before its items, completes what an interrupted run left, and refuses what cannot be changed
in place. The server is a control plane (tests/faults/control_plane.py)."""

import json
import signal
import subprocess
import threading

import fault_server as faults
import pytest
from conftest import wait_for, write_talk
from control_plane import ControlPlane

TABLE = "settled"
DEFINITION = """
table_name: settled
attribute_definitions: { pk: S, g: S }
key_schema: { hash: pk }
billing_mode: PAY_PER_REQUEST
global_secondary_indexes:
  by-g:
    key_schema: { hash: g }
    projection: ALL
    contributor_insights: { mode: THROTTLED_KEYS }
stream_specification: { stream_view_type: NEW_IMAGE }
sse_specification: {}
table_class: STANDARD_INFREQUENT_ACCESS
deletion_protection_enabled: true
time_to_live: { attribute_name: ends }
point_in_time_recovery: { recovery_period_in_days: 7 }
contributor_insights: {}
handles: { file: users.yaml }
entities:
  note:
    for_each: conversation
    attributes: { pk: "N#${conversation.uuid}", g: notes }
fixtures: [ talk.txt ]
"""
CALLS = [
    "UpdateTimeToLive",
    "UpdateContinuousBackups",
    "UpdateContributorInsights",
    "UpdateContributorInsights",
]
PROJECT = """
targets:
  real: { endpoint_url: "%s", protected: true }
"""


@pytest.fixture
def server(server):
    server.service = ControlPlane(steps=1)
    return server


@pytest.fixture
def project(tmp_path, server):
    write_talk(tmp_path)
    (tmp_path / "ddbgen.yaml").write_text(PROJECT % server.url)
    (tmp_path / "t.yaml").write_text(DEFINITION)
    return tmp_path / "t.yaml"


@pytest.fixture
def apply(run, server, project):
    def apply(*options, expect=0):
        return run("apply", project, *(options or ("--endpoint-url", server.url)), expect=expect)

    return apply


def protected(apply, **more):
    return apply("--target", "real", "--yes=real", **more)


def rewrite(project, old, new):
    text = project.read_text()
    assert old in text
    project.write_text(text.replace(old, new))


def updates(server):
    return [name for name, _ in server.calls if name.startswith("Update")]


def settled(server):
    table = server.service.tables[TABLE]
    return (table.ttl, table.recovery_days, table.insights)


ALL = ("ends", 7, {None: "ACCESSED_AND_THROTTLED_KEYS", "by-g": "THROTTLED_KEYS"})


def test_all_calls_in_order_before_the_items(apply, server):
    server.service.create_states = ["CREATING", "CREATING"]
    result = apply()
    names = [name for name, _ in server.calls]
    assert updates(server) == CALLS and settled(server) == ALL
    assert names.index("CreateTable") < names.index("UpdateTimeToLive")
    assert names.index("BatchWriteItem") > max(
        i for i, name in enumerate(names) if name.startswith("Update")
    )
    assert "settled: changing time to live: done\n" in result.text
    assert "settled: changing contributor insights of index by-g: done\n" in result.text


def test_calls_are_those_that_build_writes(run, apply, project, server):
    apply()
    lines = [json.loads(line) for line in run("build", project).text.splitlines()]
    built = [(name, line[name]) for line in lines for name in line]
    sent = [(name, json.loads(body)) for name, body in server.calls]
    sent = [each for each in sent if each[0] in {name for name, _ in built}]
    assert sorted(sent, key=repr) == sorted(built, key=repr)


def test_a_second_run_repeats_none(apply, server):
    apply()
    count = len(updates(server))
    result = apply()
    assert len(updates(server)) == count
    # Which key is the default one only KMS knows, and this server has none.
    assert "is not known: nobody knows the KMS of this server" in result.text
    assert "\nplan: nothing to change, 1 unchanged, 1 not known\n" in result.text
    assert result.errors.count("warning") == 0


def test_what_is_not_mentioned_is_not_asked_for(run, server, tmp_path):
    (tmp_path / "t.yaml").write_text(
        "table_name: plain\nattribute_definitions: { pk: S }\nkey_schema: { hash: pk }\n"
        "billing_mode: PAY_PER_REQUEST\n"
    )
    for _ in range(2):
        run("apply", tmp_path / "t.yaml", "--endpoint-url", server.url)
    assert {name for name, _ in server.calls} == {"DescribeTable", "CreateTable", "Scan"}


def start(ddbgen, project, server):
    return subprocess.Popen(
        [ddbgen, "apply", project, "--endpoint-url", server.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin"},
    )


@pytest.mark.parametrize("after", range(4))
def test_an_interrupted_run_is_completed(ddbgen, project, apply, server, after):
    """Killed in the middle of its calls, it is run again: each is made once."""
    gate = threading.Event()
    operation = CALLS[after]
    server.script[operation] = [None] * CALLS[:after].count(operation) + [faults.pause(gate)]
    process = start(ddbgen, project, server)
    wait_for(lambda: updates(server) == CALLS[: after + 1])
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    server.script.clear()
    done = settled(server)
    assert done != ALL
    server.calls.clear()
    apply()
    assert settled(server) == ALL and updates(server) == CALLS[after:]
    gate.set()


def test_waiting_for_backups_can_be_interrupted(ddbgen, project, server):
    server.service.backups_delay = 1000
    process = start(ddbgen, project, server)
    wait_for(lambda: server.count("UpdateContinuousBackups") > 2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130 and b"not ready for UpdateContinuousBackups" in errors
    assert settled(server)[1] is None and server.count("BatchWriteItem") == 0


# --- too early, and lost answers ----------------------------------------------------------


def test_backups_are_not_available_yet(apply, server):
    server.service.backups_delay = 3
    apply()
    assert settled(server) == ALL and server.count("UpdateContinuousBackups") == 4


@pytest.mark.parametrize(
    "operation, code",
    [
        ("DescribeContinuousBackups", "TableNotFoundException"),
        ("DescribeTimeToLive", "ResourceNotFoundException"),
        ("UpdateTimeToLive", "ResourceInUseException"),
        ("UpdateContributorInsights", "ResourceNotFoundException"),
    ],
)
def test_a_new_table_is_heard_of_later(apply, server, operation, code):
    server.script[operation] = [faults.error(code)] * 2
    apply()
    assert settled(server) == ALL


@pytest.mark.parametrize("operation", sorted(set(CALLS)))
@pytest.mark.parametrize(
    "fault", [faults.reset_after(), faults.error("InternalServerError", 500), faults.html(200)]
)
def test_a_lost_answer(apply, server, operation, fault):
    """A setting whose answer is lost is refused the second time, and is there."""
    server.script[operation] = [fault]
    apply()
    assert settled(server) == ALL


def test_a_refusal_is_shown(apply, project, server):
    server.script["UpdateTimeToLive"] = [faults.error("ValidationException", message="no \x1b[1m")]
    result = apply(expect=3)
    assert "error[service]" in result.errors and "UpdateTimeToLive of table 'settled'" in result.errors
    assert "t.yaml:" in result.errors and "\x1b[1m" not in result.errors
    assert server.count("BatchWriteItem") == 0


@pytest.mark.parametrize(
    "answer", [{}, {"TimeToLiveDescription": {"TimeToLiveStatus": "WELL"}}, {"TimeToLiveDescription": []}]
)
def test_an_answer_that_is_none(apply, server, answer):
    server.script["DescribeTimeToLive"] = [faults.raw(200, json.dumps(answer).encode())]
    result = apply(expect=3)
    assert "error[endpoint-foreign]" in result.errors and server.count("UpdateTimeToLive") == 0


# --- an existing table ----------------------------------------------------------------------


def test_another_attribute_is_refused(apply, project, server):
    apply()
    rewrite(project, "attribute_name: ends", "attribute_name: until")
    server.calls.clear()
    result = apply(expect=4)
    assert "error[time-to-live-taken]" in result.errors
    assert "disable it" in result.errors and "hour" in result.errors
    assert updates(server) == [] and server.count("BatchWriteItem") == 0


def test_a_refusal_leaves_other_tables_alone(run, apply, project, server):
    apply()
    rewrite(project, "attribute_name: ends", "attribute_name: until")
    other = project.parent / "other.yaml"
    other.write_text(DEFINITION.replace("settled", "others"))
    server.calls.clear()
    run("apply", other, project, "--endpoint-url", server.url, expect=4)
    assert "others" not in server.service.tables and updates(server) == []


def test_being_disabled_is_told(apply, server):
    apply()
    server.service.tables[TABLE].ttl_status = "DISABLING"
    result = apply(expect=4)
    assert "error[time-to-live-taken]" in result.errors and "being disabled" in result.errors


def change_everything(project):
    rewrite(project, "recovery_period_in_days: 7", "recovery_period_in_days: 8")
    rewrite(project, "{ mode: THROTTLED_KEYS }", "{ enabled: false }")
    rewrite(project, "NEW_IMAGE", "OLD_IMAGE")
    rewrite(project, "sse_specification: {}", "sse_specification: { enabled: false }")
    rewrite(project, "STANDARD_INFREQUENT_ACCESS", "STANDARD")
    rewrite(project, "deletion_protection_enabled: true", "deletion_protection_enabled: false")
    rewrite(project, "attribute_name: ends }", "attribute_name: ends, enabled: false }")


@pytest.mark.parametrize("protected", [True, False], ids=["protected", "emulator"])
def test_differences_are_shown_and_made(run, apply, project, server, protected):
    """What loses something has to be confirmed: by the target's name, or by a bare --yes."""
    where = ("--target", "real") if protected else ("--endpoint-url", server.url)
    yes = "--yes=real" if protected else "--yes"
    apply(*where, yes)
    change_everything(project)
    server.calls.clear()
    shown = run("diff", project, *where, "--format", "json", expect=1)
    lines = [json.loads(line) for line in shown.text.splitlines()]
    paths = {line["path"]: line for line in lines if line["type"] in ("setting", "index")}
    assert len(paths) == 7 and lines[-1]["settings_changed"] == 7
    assert lines[0] == {
        "type": "table", "change": "changed", "table": TABLE, "untouched": []
    }  # fmt: skip
    assert paths["table_class"]["old"] == "STANDARD_INFREQUENT_ACCESS"
    assert [path for path, line in paths.items() if line["destructive"]] == [
        "stream_specification.stream_view_type"
    ]
    assert apply(*where, expect=4).errors.count("error[not-confirmed]") == 1
    assert updates(server) == []
    result = apply(*where, yes)
    assert "settled: changing the table class: done\n" in result.text
    assert settled(server) == (None, 8, {None: "ACCESSED_AND_THROTTLED_KEYS"})
    assert run("diff", project, *where).text.startswith("no changes: 1 ")
    server.calls.clear()
    apply(*where, yes)
    assert updates(server) == [] and server.count("BatchWriteItem") == 0


def test_impossible_is_shown_and_refused(run, apply, project, server):
    apply()
    rewrite(project, "{ pk: S, g: S }", "{ pk: N, g: S }")
    rewrite(project, 'pk: "N#${conversation.uuid}"', "pk: 1")
    for command in ("diff", "apply"):
        server.calls.clear()
        result = run(command, project, "--endpoint-url", server.url, expect=4)
        assert "key_schema { hash: pk (S) } -> { hash: pk (N) }  (impossible in place)" in result.text
        assert "error[table-differs]" in result.errors and "ddbgen drop settled" in result.errors
        assert {name for name, _ in server.calls if name.startswith(("Update", "Batch"))} == set()


def test_what_a_poor_emulator_does_not_tell_is_said_once(apply, project, server):
    """As dynalite's answers are: without a word about anything younger than itself."""

    def poor(request, whole=server.service.DescribeTable):
        table = whole(request)["Table"]
        for name in ("DeletionProtectionEnabled", "TableClassSummary", "SSEDescription",
                     "StreamSpecification", "WarmThroughput"):  # fmt: skip
            table.pop(name, None)
        return {"Table": table}

    server.service.DescribeTable = poor
    apply()
    server.calls.clear()
    untold = "stream_specification, sse_specification, table_class, deletion_protection_enabled"
    assert apply().text == (
        f"{TABLE}\n"
        f"  note: {untold}: not told by the server, so not compared\n"
        "plan: nothing to change, 1 unchanged, 4 not known\n"
        "live: exactly 1 item (counted by a scan), 1 declared\n"
    )
    assert updates(server) == []
    # Encryption can be set all the same, and then nothing more is said of it.
    again = ("--dry-run", "--resend", "sse_specification", "--endpoint-url", server.url)
    resent = apply(*again, expect=1).text
    assert "+ sse_specification.kms_master_key_id" in resent and "3 not known" in resent


def test_a_protected_table_is_not_dropped(run, apply, server):
    apply()
    result = run("drop", TABLE, f"--yes={TABLE}", "--endpoint-url", server.url, expect=4)
    assert "error[table-protected]" in result.errors and TABLE in server.service.tables
    assert server.count("DeleteTable") == 0


# --- a server that does not know them ---------------------------------------------------------


def test_an_emulator_without_the_operation(apply, server):
    server.service.unknown = {"UpdateTimeToLive", "DescribeContributorInsights"}
    result = apply()
    assert result.errors.count("warning[setting-left-out]") == 3
    assert "does not know UpdateTimeToLive" in result.errors
    assert settled(server) == (None, 7, {}) and len(server.items(TABLE)) == 1


@pytest.mark.parametrize(
    "fault", [faults.html(500), faults.html(404), faults.error("InternalFailure", 501)]
)
def test_an_emulator_that_breaks_on_the_operation(apply, server, fault):
    """As web frameworks do on what they have not got; moto is one."""
    server.script["DescribeTimeToLive"] = [fault] * 4
    result = apply()
    assert result.errors.count("warning[setting-left-out]") == 1
    assert settled(server) == (None, *ALL[1:]) and len(server.items(TABLE)) == 1


def test_dynalite(run, project, dynamo):
    """It knows DescribeTimeToLive alone; the table is seeded all the same."""
    for _ in range(2):
        result = run("apply", project, "--endpoint-url", dynamo.url)
        assert result.errors.count("warning[setting-left-out]") == len(CALLS)
        assert len(dynamo.items(TABLE)) == 1


@pytest.mark.parametrize("operation", ["UpdateTimeToLive", "DescribeContinuousBackups"])
def test_a_protected_target_without_the_operation(apply, server, operation):
    server.service.unknown = {operation}
    result = protected(apply, expect=3)
    assert "error[service]" in result.errors and "UnknownOperationException" in result.errors
    assert server.items(TABLE) == []
