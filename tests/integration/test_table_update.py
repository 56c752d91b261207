"""A live table becomes what a definition says: looked at, compared, changed call by call,
looked at again. The tool is tests/unit/table_update_tool.c, the server a control plane that
really changes tables, and slowly (tests/faults/control_plane.py)."""

import subprocess

import fault_server as faults
import pytest
from conftest import built_tool
from control_plane import ControlPlane

BEFORE = """
table_name: messages
attribute_definitions: { pk: S, a: S, b: N }
key_schema: { hash: pk }
billing_mode: PROVISIONED
provisioned_throughput: { read_capacity_units: 5, write_capacity_units: 5 }
global_secondary_indexes:
  by-a:
    key_schema: { hash: a }
    projection: ALL
    provisioned_throughput: { read_capacity_units: 5, write_capacity_units: 5 }
  by-b:
    key_schema: { hash: b }
    projection: { include: [x, y] }
    provisioned_throughput: { read_capacity_units: 5, write_capacity_units: 5 }
stream_specification: { stream_view_type: KEYS_ONLY }
tags: { one: '1', two: '2', three: '3', four: '4', five: '5' }
resource_policy: { Version: 2012-10-17, Statement: { Effect: Deny, Principal: "*", Action: "*" } }
time_to_live: { attribute_name: ends }
point_in_time_recovery: {}
contributor_insights: {}
"""
AFTER = """
table_name: messages
attribute_definitions: { pk: S, a: N, b: N, c: S }
key_schema: { hash: pk }
billing_mode: PAY_PER_REQUEST
on_demand_throughput: { max_read_request_units: 100 }
warm_throughput: { write_units_per_second: 5000 }
global_secondary_indexes:
  by-a:
    key_schema: { hash: a }
    projection: KEYS_ONLY
    contributor_insights: { mode: THROTTLED_KEYS }
  by-b:
    key_schema: { hash: b }
    projection: { include: [y, x] }
  by-c:
    key_schema: { hash: c, range: [b, pk] }
    projection: ALL
stream_specification: { stream_view_type: NEW_AND_OLD_IMAGES }
sse_specification: { kms_master_key_id: 11111111-1111-4111-8111-111111111111 }
table_class: STANDARD_INFREQUENT_ACCESS
deletion_protection_enabled: true
tags: { one: '1', two: '3', six: '' }
resource_policy: {}
time_to_live: { attribute_name: ends, enabled: false }
point_in_time_recovery: { recovery_period_in_days: 7 }
contributor_insights: { enabled: false }
"""
CALLS = [  # of AFTER, on a table that is BEFORE
    "UpdateTable",  # deletion protection
    "UpdateTable",  # by-a goes
    "UpdateTable",  # on-demand
    "UpdateTable",  # a ceiling
    "UpdateTable",  # warm throughput
    "UpdateTable",  # by-a comes
    "UpdateTable",  # by-c comes
    "UpdateTable",  # class
    "UpdateTable",  # encryption
    "UpdateTable",  # stream off
    "UpdateTable",  # stream on
    "UpdateTimeToLive",
    "UpdateContinuousBackups",
    "UpdateContributorInsights",  # of by-a
    "UpdateContributorInsights",
    "UntagResource",
    "TagResource",
    "DeleteResourcePolicy",
]


@pytest.fixture(scope="module")
def tool():
    return built_tool("table_update_tool")


@pytest.fixture
def server(server):
    server.service = ControlPlane()
    return server


@pytest.fixture
def update(tool, server, tmp_path):
    def update(definition, *options, expect=0):
        """The lines that the tool prints."""
        path = tmp_path / "t.yaml"
        path.write_text(definition)
        server.calls.clear()
        server.refusals.clear()
        done = subprocess.run(
            [tool, path, server.url, *options], capture_output=True, text=True, timeout=60
        )
        assert done.stderr == ""
        assert done.returncode == expect, done.stdout
        return done.stdout.splitlines()

    return update


def line_of(text, definition):
    (line,) = [i for i, line in enumerate(definition.splitlines(), 1) if text in line]
    return line


def writes(server):
    return [
        name
        for name, _ in server.calls
        if not name.startswith(("Describe", "List", "Get", "CreateTable"))
    ]


def changes(lines):
    return [line for line in lines if line.startswith("change ")]


def diags(lines):
    return [line for line in lines if line.startswith("diag ")]


def quiet(server):
    """What was refused, but for what is no failure: no policy, a table to be made."""
    expected = {"PolicyNotFoundException", "ResourceNotFoundException"}
    return [refused for refused in server.refusals if refused[1] not in expected]


def test_created_and_completed(update, server):
    update(BEFORE)
    assert writes(server) == [
        "UpdateTimeToLive",
        "UpdateContinuousBackups",
        "UpdateContributorInsights",
    ]
    assert update(BEFORE) == ["made 0 of 0"]
    assert writes(server) == []


def test_everything_changes_in_a_legal_order(update, server):
    update(BEFORE)
    lines = update(AFTER)
    assert writes(server) == CALLS
    assert quiet(server) == [] and diags(lines) == []
    assert lines[-1] == f"made {len(CALLS)} of {len(CALLS)}"
    assert update(AFTER) == ["made 0 of 0"]
    assert writes(server) == []
    state = server.service.plane["messages"]
    assert state["tags"] == {"one": "1", "two": "3", "six": ""}
    assert state["policy"] is None
    names = [index["IndexName"] for index in state["table"]["GlobalSecondaryIndexes"]]
    assert names == ["by-b", "by-a", "by-c"]  # by-b is the old one


def test_back_again(update, server):
    update(AFTER)
    lines = update(BEFORE.replace("time_to_live: { attribute_name: ends }\n", ""))
    assert quiet(server) == [] and diags(lines) == []
    assert changes(update(BEFORE)) == ["change + time_to_live.attribute_name"]


def test_only_what_is_said_is_asked_for(update, server):
    bare = BEFORE.split("stream_specification")[0]
    update(BEFORE)
    update(bare)
    assert {name for name, _ in server.calls} == {"DescribeTable"}


def test_a_table_that_shows_late(update, server):
    """Answers from a copy: after each change the table still looks ACTIVE and as before."""
    server.service.stale = 2
    update(BEFORE)
    lines = update(AFTER)
    assert quiet(server) == [] and diags(lines) == []
    assert writes(server) == CALLS


@pytest.mark.parametrize("operation", sorted(set(CALLS)))
def test_lost_answers(update, server, operation):
    """A call was done, and its answer got lost: the next one is refused, or does it again."""
    update(BEFORE)
    server.script[operation] = [faults.reset_after() for _ in range(CALLS.count(operation))]
    lines = update(AFTER)
    assert diags(lines) == []
    assert update(AFTER) == ["made 0 of 0"]


def test_a_refusal_stops_the_rest(update, server):
    update(BEFORE)
    server.script["UpdateTable"] = [None, None, faults.error("ValidationException", 400, "no")]
    lines = update(AFTER, expect=3)
    assert lines[-2] == f"made 2 of {len(CALLS)}"
    assert "diag service 5 UpdateTable of table 'messages': ValidationException: no" in lines[-1]
    lines = update(AFTER)  # and the next run does the rest
    assert writes(server) == CALLS[2:]
    assert update(AFTER) == ["made 0 of 0"]


def test_impossible_changes_nothing(update, server):
    update(BEFORE)
    for definition, code, line in (
        (BEFORE.replace("{ pk: S,", "{ pk: N,"), "table-differs", "{ hash: pk }"),
        (BEFORE.replace("name: ends", "name: other"), "time-to-live-taken", "time_to_live"),
    ):
        (found,) = diags(update(definition, expect=4))
        assert found.startswith(f"diag {code} {line_of(line, definition)} ")
        assert writes(server) == []


def test_time_to_live_is_busy(update, server):
    update(BEFORE)
    update(BEFORE.replace("name: ends", "name: ends, enabled: false"))
    (found,) = diags(update(BEFORE, expect=4))
    assert "apply again in an hour" in found


def test_what_was_accepted_and_not_done(update, server):
    """dynalite answers so to new indexes."""
    update(BEFORE)
    server.service.inert = {"TableClass"}
    lines = update(AFTER)
    (found,) = diags(lines)
    assert found.startswith(
        f"diag setting-left-out {line_of('table_class', AFTER)} table_class of table "
        "'messages': its change was accepted, and it is as it was"
    )
    assert "step changing the table class : unseen" in lines


def test_what_an_emulator_does_not_see(update, server):
    """dynoxide and dynalite answer so: the request would be empty without what they skip."""
    update(BEFORE)
    server.service.blind = {"TableClass", "SSESpecification"}
    lines = update(AFTER)
    assert [line.split()[1] for line in diags(lines)] == ["setting-left-out"] * 2
    assert all("does not know this member of UpdateTable" in line for line in diags(lines))
    assert "step changing the table class : left out" in lines
    assert len(changes(update(AFTER))) == 2  # and nothing else is left
    (found,) = diags(update(AFTER, "protected", expect=3))
    assert found.startswith("diag service ") and "At least one of" in found


def test_operations_that_an_emulator_lacks(update, server):
    update(BEFORE)
    server.service.unknown = {"ListTagsOfResource", "UpdateContinuousBackups"}
    lines = update(AFTER)
    assert [line.split()[1] for line in diags(lines)] == ["setting-left-out"] * 2
    assert "step changing point-in-time recovery : left out" in lines
    assert "change ~ table_class" in lines and "change - tags.four" not in lines


def test_operations_that_the_service_lacks_are_errors(update, server):
    update(BEFORE)
    server.service.unknown = {"UpdateContinuousBackups"}
    (found,) = diags(update(AFTER, "protected", expect=3))
    line = line_of("point_in_time", AFTER)
    assert found.startswith(f"diag service {line} UpdateContinuousBackups of table")
