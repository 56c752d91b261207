"""What is said of a table: whose state it is, what was accepted and does not show, what it has
elsewhere, and tags that show late."""

import json

import fault_server as faults
import pytest
from control_plane import ControlPlane

HEAD = """
table_name: parcels
key_schema: { hash: pk }
billing_mode: PAY_PER_REQUEST
"""
BARE = HEAD + "attribute_definitions: { pk: S }\n"
INDEXED = (
    HEAD
    + """attribute_definitions: { pk: S, country: S }
global_secondary_indexes:
  by-country: { key_schema: { hash: country }, projection: ALL }
"""
)
ITEMS = """
entities:
  parcel: { for_each: parcel, attributes: { pk: "P#${row.id}", country: "${row.country}" } }
fixtures: [ parcels.yaml ]
"""
ROWS = "rows: { parcel: [ { id: 1, country: CA }, { id: 2, country: FR } ] }\n"


@pytest.fixture
def server(server):
    server.service = ControlPlane()
    return server


@pytest.fixture
def ask(run, server, tmp_path):
    def ask(command, definition, *options, url=None, env=None, expect=0):
        path = tmp_path / "parcels-table.yaml"
        path.write_text(definition)
        (tmp_path / "parcels.yaml").write_text(ROWS)
        url = url or server.url
        return run(command, path, "--endpoint-url", url, *options, env=env, expect=expect)

    return ask


def test_the_state_of_an_index_is_its_own(ask, server):
    ask("apply", BARE)
    made = ask("apply", INDEXED)
    assert "waiting: index by-country of table parcels is CREATING" in made.errors
    assert "table parcels is" not in made.errors.replace("of table parcels is", "")
    gone = ask("apply", BARE, "--yes")
    assert "waiting: index by-country of table parcels is DELETING" in gone.errors


def test_what_was_accepted_and_does_not_show(ask, server):
    """dynalite answers so."""
    ask("apply", INDEXED)
    server.service.inert = {"Delete"}
    gone = ask("apply", BARE, "--yes")
    assert "deleting index by-country: accepted, and not seen at the table" in gone.text
    assert "its removal was accepted, and it is still there" in gone.errors
    server.service = ControlPlane()
    ask("apply", BARE)
    server.service.inert = {"Create"}
    made = ask("apply", INDEXED)
    assert "creating index by-country: accepted, and not seen at the table" in made.text
    assert "its addition was accepted, and it is not there" in made.errors


def test_dynalite_takes_no_index_of_an_on_demand_table(ask, dynamo):
    """It wants provisioned units; the items are written all the same."""
    ask("apply", BARE, url=dynamo.url)
    made = ask("apply", INDEXED + ITEMS, url=dynamo.url)
    assert "warning[setting-left-out]" in made.errors
    assert "does not know this form of UpdateTable" in made.errors
    assert "parcels: creating index by-country: left out" in made.text
    assert "parcels: 2 items put in 1 request" in made.text


def test_tags_that_show_late(ask, server):
    """What was sent is waited for, so the next diff finds nothing."""
    tags = "tags: {{ team: '{}', cost: '{}' }}\n"
    for stale in (0, 1, 3, 6):
        server.service = ControlPlane()
        server.service.stale_tags = stale
        ask("apply", BARE + tags.format("a", 1))
        assert "no changes" in ask("diff", BARE + tags.format("a", 1)).text
        done = ask("apply", BARE + tags.format("b", 2))
        assert "warning" not in done.errors
        assert "no changes" in ask("diff", BARE + tags.format("b", 2)).text
        ask("apply", BARE + "tags: {}\n", "--yes")
        assert "no changes" in ask("diff", BARE + "tags: {}\n").text


def test_one_stale_reading_is_no_difference(ask, server):
    ask("apply", BARE + "tags: { team: a }\n")
    state = server.service.plane["parcels"]
    for stale in (1, 2):
        state["old_tags"], state["stale_tags"] = {"team": "z"}, stale
        assert "no changes" in ask("diff", BARE + "tags: { team: a }\n").text
    state["tags"] = {"team": "z"}  # a real one is seen
    assert "~ tags.team z -> a" in ask("diff", BARE + "tags: { team: a }\n", expect=1).text


def test_replicas_get_a_word(ask, run, server):
    ask("apply", BARE)
    server.service.replicas = ["eu-west-1", "us-west-2"]
    found = ask("diff", BARE)
    assert "note: replicas eu-west-1, us-west-2: what is written here is written there" in found.text
    *_, note, _, _ = map(json.loads, ask("diff", BARE, "--format", "json").text.splitlines())
    assert (note["kind"], note["value"]) == ("replicas", "eu-west-1, us-west-2")
    dropped = run("drop", "parcels", "--endpoint-url", server.url, "--yes=parcels")
    assert "has replicas in eu-west-1, us-west-2: they stay, with their items" in dropped.errors


@pytest.mark.parametrize(
    "status, word",
    [("INACCESSIBLE_ENCRYPTION_CREDENTIALS", "enable it"), ("ARCHIVED", "restored")],
)
def test_states_that_waiting_does_not_mend(ask, server, status, word):
    ask("apply", BARE)
    server.service.tables["parcels"].states = [status] * 9
    found = ask("diff", BARE, expect=3)
    assert f"is {status}" in found.errors and word in found.errors


def test_time_to_live_too_often(ask, server):
    ask("apply", BARE)
    words = "Time to live has been modified multiple times within a fixed interval"
    server.script["UpdateTimeToLive"] = [faults.error("ValidationException", 400, words)]
    found = ask("apply", BARE + "time_to_live: { attribute_name: ends }\n", expect=3)
    assert "help: time to live changes once in an hour" in found.errors


def test_an_index_that_is_replaced_keeps_its_settings(ask, server):
    declared = INDEXED + "    on_demand_throughput: { max_read_request_units: 500 }\n"
    declared = declared.replace("{ key_schema: { hash: country }, projection: ALL }\n", """
    key_schema: { hash: country }
    projection: ALL
    warm_throughput: { read_units_per_second: 30000 }
    contributor_insights: { mode: THROTTLED_KEYS }
""")
    ask("apply", declared)
    plan = ask("apply", INDEXED.replace("projection: ALL", "projection: KEYS_ONLY"), "--yes")
    assert plan.text.count("carried over to the index that replaces it") == 3
    (index,) = server.service.plane["parcels"]["table"]["GlobalSecondaryIndexes"]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert index["OnDemandThroughput"] == {"MaxReadRequestUnits": 500}
    assert index["WarmThroughput"]["ReadUnitsPerSecond"] == 30000
    assert server.service.tables["parcels"].insights == {"by-country": "THROTTLED_KEYS"}


def test_an_index_that_is_replaced_shows_what_else_changes(ask, server):
    """And loses nothing of what it has more than a floor that is declared."""
    told = INDEXED.replace("{ key_schema: { hash: country }, projection: ALL }\n", """
    key_schema: { hash: country }
    projection: %s
    on_demand_throughput: { max_%s_request_units: 500 }
    warm_throughput: { %s_units_per_second: %d }
    contributor_insights: { %s }
""")
    ask("apply", told % ("ALL", "read", "write", 7000, "mode: THROTTLED_KEYS"))
    changed = told % ("KEYS_ONLY", "write", "read", 17000, "enabled: false")
    path = "global_secondary_indexes.by-country"
    for command, expect in (("diff", 1), ("apply", 0)):
        plan = ask(command, changed, *["--yes"] * (command == "apply"), expect=expect).text
        assert f"- {path}.on_demand_throughput.max_read_request_units 500\n" in plan
        assert f"+ {path}.on_demand_throughput.max_write_request_units 500\n" in plan
        assert f"~ {path}.warm_throughput.read_units_per_second 12000 -> 17000\n" in plan
        assert f"- {path}.contributor_insights.mode THROTTLED_KEYS\n" in plan
        assert f"{path}.warm_throughput.write_units_per_second 7000: not declared, carried" in plan
        assert "plan: 5 settings to change, 2 notes" in plan
    assert server.service.tables["parcels"].insights == {}
    (index,) = server.service.plane["parcels"]["table"]["GlobalSecondaryIndexes"]
    assert index["OnDemandThroughput"] == {"MaxWriteRequestUnits": 500}
    assert index["WarmThroughput"]["ReadUnitsPerSecond"] == 17000
    assert index["WarmThroughput"]["WriteUnitsPerSecond"] == 7000
    assert "no changes" in ask("diff", changed).text
    # The same insights are there again, without being a change; so is more than the floor.
    ask("apply", told % ("KEYS_ONLY", "write", "read", 17000, "mode: THROTTLED_KEYS"))
    again = told % ("ALL", "write", "read", 13000, "mode: THROTTLED_KEYS")
    plan = ask("apply", again, "--yes").text
    assert "warm_throughput.read_units_per_second 17000: more than is declared, carried" in plan
    assert "plan: 1 setting to change" in plan
    assert server.service.tables["parcels"].insights == {"by-country": "THROTTLED_KEYS"}
    assert "no changes" in ask("diff", again).text


def test_an_index_that_goes_shows_its_insights(ask, server, run, tmp_path):
    """As it does against an earlier build, which says what there was."""
    with_insights = INDEXED.replace("ALL }", "ALL, contributor_insights: { mode: THROTTLED_KEYS } }")
    ask("apply", with_insights)
    live, _, count = ask("diff", BARE, expect=1).text.rpartition("live: ")
    assert count == "exactly 0 items (counted by a scan), 0 declared\n"
    (tmp_path / "was.yaml").write_text(with_insights)
    run("build", tmp_path / "was.yaml", "-o", tmp_path / "was")
    assert live == run("diff", tmp_path / "parcels-table.yaml", "--against", tmp_path / "was", expect=1).text
    assert "contributor_insights: { mode: THROTTLED_KEYS }" in live
    # Who may not ask is told the rest.
    server.script["DescribeContributorInsights"] = [faults.error("AccessDeniedException", 400)]
    refused = ask("diff", BARE, expect=1)
    assert "- global_secondary_indexes.by-country" in refused.text and refused.errors.count("\n") == 1


def test_the_last_maximum_goes(ask, server):
    ask("apply", BARE + "on_demand_throughput: { max_read_request_units: 500 }\n")
    off = BARE + "on_demand_throughput: { enabled: false }\n"
    assert "- on_demand_throughput.max_read_request_units 500" in ask("diff", off, expect=1).text
    ask("apply", off)
    assert server.service.plane["parcels"]["table"]["OnDemandThroughput"] == {
        "MaxReadRequestUnits": -1
    }
    assert "no changes" in ask("diff", off).text


def test_a_saved_plan_takes_the_last_maximum_away(ask, run, server, tmp_path):
    ask("apply", BARE + "on_demand_throughput: { max_read_request_units: 500 }\n")
    off = BARE + "on_demand_throughput: { enabled: false }\n"
    ask("diff", off, "--save-plan", tmp_path / "plan.ndjson", expect=1)
    run("apply", "--plan", tmp_path / "plan.ndjson", "--endpoint-url", server.url)
    assert "no changes" in ask("diff", off).text


def put(server, *items):
    for item in items:
        server.service.tables["parcels"].items[server.service.tables["parcels"].key(item)] = item


def test_what_an_index_is_built_of(ask, server):
    ask("apply", BARE + ITEMS)
    found = ask("diff", INDEXED + ITEMS, expect=1)
    path = "global_secondary_indexes.by-country"
    assert (
        f"note: {path}: built from what the table holds: of 2 items that were read 2 get an "
        "entry, with 2 write units; items under other keys were not looked at"
    ) in found.text
    assert "left out" not in found.text
    done = ask("apply", INDEXED + ITEMS, "--overwrite")
    assert f"note: {path}: built from what the table holds: no item was looked at" in done.text
    assert "2 in index by-country (building it is not counted)" in done.text


TALK = """---
conversation: 5ae290ed-55d1-47a0-bc6d-fe2bc2700399
participants: { A: andrewbrown, B: bayko }
starts_at: 2023-03-19T12:00:00Z
---
A: hello
B: hi
"""
USERS = """
- { handle: andrewbrown, uuid: 7e1c1f0a-93d4-4c5b-8a52-0f6b7d1c2e91 }
- { handle: bayko, uuid: 1d5a5a44-6a1f-4d1b-9a0a-3c1c3b2a1f00 }
"""
CHAT = """
table_name: parcels
attribute_definitions: { pk: S, sk: S%s }
key_schema: { hash: pk, range: sk }
billing_mode: PAY_PER_REQUEST
%s
handles: { file: users.yaml }
entities:
  message:
    for_each: message
    attributes: { pk: "MSG#${conversation.uuid}", sk: "${message.created_at}", mood: calm }
fixtures: [ talk.txt ]
"""
BY_MOOD = "global_secondary_indexes: { by-mood: { key_schema: { hash: mood }, projection: ALL } }"
PARTITION = {"S": "MSG#5ae290ed-55d1-47a0-bc6d-fe2bc2700399"}


def test_items_of_others_that_an_index_leaves_out(ask, server, tmp_path):
    """A089: an item whose key attribute does not fit is left out silently."""
    (tmp_path / "talk.txt").write_text(TALK)
    (tmp_path / "users.yaml").write_text(USERS)
    ask("apply", CHAT % ("", ""))
    put(
        server,
        {"pk": PARTITION, "sk": {"S": "x1"}, "mood": {"N": "5"}},
        {"pk": PARTITION, "sk": {"S": "x2"}, "mood": {"S": ""}},
        {"pk": PARTITION, "sk": {"S": "x3"}, "mood": {"S": "m" * 2049}},
        {"pk": PARTITION, "sk": {"S": "x4"}, "mood": {"S": "fine"}},
        {"pk": PARTITION, "sk": {"S": "x5"}},  # has none, and is not meant to be there
    )
    (ours,) = [k for k in server.service.tables["parcels"].items if "12:00:00" in str(k)]
    server.service.tables["parcels"].items[ours]["mood"] = {"N": "7"}  # which is put again
    found = ask("diff", CHAT % (", mood: S", BY_MOOD), "--restore", expect=1)
    path = "global_secondary_indexes.by-mood"
    assert f"{path}: built from what the table holds: of 7 items that were read 2 get" in found.text
    assert f"{path}: 3 items that were read are left out of it silently, such as pk" in found.text
    assert 'sk "x1": mood is N, not S' in found.text
    restored = ask("diff", CHAT % (", mood: S", BY_MOOD), "--restore", "--format", "json", expect=1)
    lines = restored.text
    notes = [line for line in map(json.loads, lines.splitlines()) if line["type"] == "note"]
    assert [note["kind"] for note in notes] == ["index-built", "left-out"]
    assert {note["index"] for note in notes} == {"by-mood"}
    (forecast,) = [x for x in map(json.loads, lines.splitlines()) if x["type"] == "forecast"]
    assert forecast["indexes"][0]["building"] is True
    done = ask("apply", CHAT % (", mood: S", BY_MOOD), "--restore", "--yes")
    assert "are left out of it silently" in done.text


def test_an_index_that_is_replaced_is_missing_meanwhile(ask, server):
    ask("apply", INDEXED + ITEMS)
    index = server.service.plane["parcels"]["table"]["GlobalSecondaryIndexes"][0]
    index.update({"ItemCount": 12000, "IndexSizeBytes": 3 << 20})
    found = ask("diff", INDEXED.replace("ALL", "KEYS_ONLY") + ITEMS, expect=1)
    assert (
        "the index is deleted (12,000 entries, 3,072 KiB, as last counted), and missing until it "
        "is built again"
    ) in found.text


@pytest.mark.parametrize("variable", ["http_proxy", "ALL_PROXY"])
def test_a_refused_proxy_is_named(run, variable):
    env = {variable: "http://user:secret@127.0.0.1:9"}
    url = "http://dynamodb.example:8000"
    refused = run("list-tables", "--endpoint-url", url, env=env, expect=3)
    assert f"no way to {url} through the proxy that {variable} names" in refused.errors
    assert f"correct or unset {variable}" in refused.errors
    assert b"secret" not in refused.all
    env["no_proxy"] = "other.org, .example"
    direct = run("list-tables", "--endpoint-url", url, env=env, expect=3)
    assert "proxy" not in direct.errors
