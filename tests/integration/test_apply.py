"""apply, read back by boto3 and compared item for item with expected.py."""

import json
import shutil
import time

import pytest
from conftest import ROOT
from expected import by_key, messages_items, read_transcript, rooms_items

MESSAGES = ROOT / "schemas/messages.yaml"
ROOMS = ROOT / "schemas/rooms.yaml"


def expected_messages(database):
    transcript = read_transcript(ROOT / "fixtures/babylon-5.txt")
    assert len(transcript[0].messages) >= 100
    return by_key(messages_items(transcript, database.users()))


def built_items(result):
    items = []
    for line in result.text.splitlines():
        for writes in json.loads(line).get("BatchWriteItem", {}).get("RequestItems", {}).values():
            assert 1 <= len(writes) <= 25
            items += [write["PutRequest"]["Item"] for write in writes]
    return items


def test_messages(run, database, dynamo):
    run("apply", MESSAGES, "--endpoint-url", dynamo.url, env=database.env)

    assert by_key(dynamo.items("cruddur-messages")) == expected_messages(database)
    table = dynamo.client.describe_table(TableName="cruddur-messages")["Table"]
    assert table["TableStatus"] == "ACTIVE"
    assert table["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "message-group-sk-index"
    assert index["IndexStatus"] == "ACTIVE"
    assert index["Projection"] == {"ProjectionType": "ALL"}
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert index["ProvisionedThroughput"]["WriteCapacityUnits"] == 5


def test_second_apply_changes_nothing(run, database, dynamo):
    command = ("apply", MESSAGES, "--endpoint-url", dynamo.url)
    run(*command, env=database.env)
    first = by_key(dynamo.items("cruddur-messages"))
    run(*command, env=database.env)
    assert by_key(dynamo.items("cruddur-messages")) == first == expected_messages(database)


def test_rooms(run, database, dynamo):
    run("apply", ROOMS, "--endpoint-url", dynamo.url)
    conversations = read_transcript(ROOT / "fixtures/rooms.txt")
    assert len(conversations) > 1
    wanted = by_key(rooms_items(conversations, database.users()))
    assert by_key(dynamo.items("cruddur-rooms")) == wanted


@pytest.mark.parametrize("schema", [MESSAGES, ROOMS], ids=["messages", "rooms"])
def test_build_says_what_apply_writes(run, dynamo, schema):
    handles = ("--handles", ROOT / "fixtures/users.yaml")
    built = run("build", schema, *handles)
    run("apply", schema, *handles, "--endpoint-url", dynamo.url)
    (table,) = dynamo.tables()
    assert by_key(dynamo.items(table)) == by_key(built_items(built))


def test_both_definitions_in_one_run(run, dynamo):
    handles = ("--handles", ROOT / "fixtures/users.yaml")
    for schema in (MESSAGES, ROOMS):
        run("apply", schema, *handles, "--endpoint-url", dynamo.url)
    assert sorted(dynamo.tables()) == ["cruddur-messages", "cruddur-rooms"]


def test_says_the_target_before_and_the_work_after(run, database, dynamo):
    result = run("apply", MESSAGES, "--endpoint-url", dynamo.url, env=database.env)
    said = result.all.decode()
    assert dynamo.url in said and "us-east-1" in said and "--endpoint-url" in said
    assert str(len(expected_messages(database))) in said
    assert "\x1b" not in said and "\r" not in said


def create_table(dynamo, name="cruddur-messages", keys=("pk", "sk"), **more):
    dynamo.client.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": key, "KeyType": kind}
            for key, kind in zip(keys, ("HASH", "RANGE"))
        ],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )
    dynamo.client.get_waiter("table_exists").wait(
        TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )


@pytest.mark.parametrize("keys", [("pk", "created_at"), ("pk",), ("sk", "pk")])
def test_other_keys_are_refused(run, database, dynamo, keys):
    create_table(dynamo, keys=keys)
    result = run(
        "apply", MESSAGES, "--endpoint-url", dynamo.url, env=database.env, expect=4
    )
    assert "error[table-differs]" in result.errors
    assert dynamo.items("cruddur-messages") == []


def test_a_missing_index_is_told(run, database, dynamo):
    create_table(dynamo)
    result = run("apply", MESSAGES, "--endpoint-url", dynamo.url, env=database.env)
    assert "+ global_secondary_indexes.message-group-sk-index" in result.text
    assert "warning[setting-left-out]" in result.errors  # dynalite only says that it does
    assert by_key(dynamo.items("cruddur-messages")) == expected_messages(database)


def test_waits_for_a_slow_table(run, database, start_dynamo):
    slow = start_dynamo(create_ms=2500)
    began = time.monotonic()
    run("apply", MESSAGES, "--endpoint-url", slow.url, env=database.env)
    assert time.monotonic() - began > 2
    assert by_key(slow.items("cruddur-messages")) == expected_messages(database)


def test_meets_a_table_in_creation(run, database, start_dynamo):
    slow = start_dynamo(create_ms=2000)
    build = run("build", MESSAGES, "--handles", ROOT / "fixtures/users.yaml").text
    request = json.loads(build.splitlines()[0])["CreateTable"]
    slow.client.create_table(**request)
    run("apply", MESSAGES, "--endpoint-url", slow.url, env=database.env)
    assert by_key(slow.items("cruddur-messages")) == expected_messages(database)


def test_mistakes_send_nothing(run, database, dynamo, tmp_path):
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    shutil.copytree(ROOT / "fixtures", tmp_path / "fixtures")
    (tmp_path / ".git").mkdir()
    with (tmp_path / "fixtures/babylon-5.txt").open("a") as transcript:
        transcript.write("Person 3: Who am I?\n")
    result = run(
        "apply", tmp_path / "schemas/messages.yaml", "--endpoint-url", dynamo.url,
        env=database.env, expect=2,
    )
    assert "error[label-unknown]" in result.errors
    assert dynamo.tables() == []


def test_no_server(run, database):
    result = run(
        "apply", MESSAGES, "--endpoint-url", "http://127.0.0.1:1", env=database.env, expect=3
    )
    assert "127.0.0.1:1" in result.errors
    assert len(result.errors.splitlines()) < 10
