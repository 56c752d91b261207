"""Tables that others made: held against what is needed of them, and only items written."""

import json

import pytest

DEFINITION = """\
table_name: orders
table: external
attribute_definitions: { pk: S, sk: N, day: S }
key_schema: { hash: pk, range: sk }
global_secondary_indexes:
  by-day: { key_schema: { hash: day, range: sk }, projection: { include: [ total ] } }
entities:
  order:
    for_each: order
    attributes: { pk: "ORDER#${row.id}", sk: "${row.number}", day: "${row.day}", total: "${row.total}" }
access_patterns:
  of_day: { index: by-day, parameters: { day: string }, key: { day: "${day}" } }
fixtures: [ rows.yaml ]
"""
ROWS = """\
rows:
  order:
    - { id: A, number: 1, day: monday, total: 10 }
    - { id: B, number: 2, day: friday, total: 20 }
"""
MAKING = ("CreateTable", "UpdateTable", "UpdateTimeToLive", "DeleteTable", "TagResource")


def table(**other):
    """What Terraform would have sent: more than is needed."""
    index = {
        "IndexName": "by-day",
        "KeySchema": [
            {"AttributeName": "day", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": {"ReadCapacityUnits": 9, "WriteCapacityUnits": 9},
    }
    more = {
        **index,
        "IndexName": "theirs",
        "KeySchema": [{"AttributeName": "theirs", "KeyType": "HASH"}],
    }
    return {
        "TableName": "orders",
        "AttributeDefinitions": [
            {"AttributeName": "theirs", "AttributeType": "B"},
            {"AttributeName": "day", "AttributeType": "S"},
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "GlobalSecondaryIndexes": [index, more],
        "ProvisionedThroughput": {"ReadCapacityUnits": 17, "WriteCapacityUnits": 3},
        **other,
    }


def with_index(**other):
    made = table()
    made["GlobalSecondaryIndexes"][0].update(other)
    return made


@pytest.fixture
def project(tmp_path):
    (tmp_path / "m.yaml").write_text(DEFINITION)
    (tmp_path / "rows.yaml").write_text(ROWS)
    return tmp_path


@pytest.fixture
def tool(run, project, dynamo):
    def tool(command, *arguments, expect=0):
        place = ("--endpoint-url", dynamo.url)
        return run(command, "m.yaml", *arguments, *place, cwd=project, expect=expect)

    return tool


def make(dynamo, request):
    dynamo.client.create_table(**request)
    dynamo.client.get_waiter("table_exists").wait(
        TableName="orders", WaiterConfig={"Delay": 0.05, "MaxAttempts": 200}
    )


def described(dynamo):
    found = dynamo.client.describe_table(TableName="orders")["Table"]
    return {name: value for name, value in found.items() if name not in ("ItemCount", "TableSizeBytes")}


def test_only_items_are_written(tool, dynamo, project):
    make(dynamo, table())
    before = described(dynamo)
    planned = tool("diff", expect=1).text
    assert "order: 2 to add" in planned and "setting" not in planned and "index" not in planned.split(
        "forecast")[0]  # fmt: skip
    assert "2 items put" in tool("apply").text
    assert {item["pk"]["S"]: item["total"]["N"] for item in dynamo.items("orders")} == {
        "ORDER#A": "10", "ORDER#B": "20"}  # fmt: skip
    assert tool("diff").text.startswith("no changes: 2 ")
    (project / "rows.yaml").write_text(ROWS.replace("total: 20", "total: 25"))
    assert "1 to change" in tool("apply", "--yes").text
    assert described(dynamo) == before
    found = json.loads(tool("query", "of_day", "day=friday", "--plain").text)
    assert (found["pk"], found["total"]) == ("ORDER#B", 25)


def test_a_table_that_is_not_there(tool, dynamo):
    for command in ("diff", "apply"):
        result = tool(command, expect=4)
        assert "error[external-missing]: table 'orders' is not there" in result.errors
    assert dynamo.tables() == []


@pytest.mark.parametrize(
    "made, said",
    [
        (table(GlobalSecondaryIndexes=[table()["GlobalSecondaryIndexes"][1]],
               AttributeDefinitions=[a for a in table()["AttributeDefinitions"]
                                     if a["AttributeName"] != "day"]),
         "global_secondary_indexes.by-day of table 'orders': nothing there"),
        (with_index(KeySchema=[{"AttributeName": "day", "KeyType": "HASH"}]),
         "global_secondary_indexes.by-day.key_schema of table 'orders'"),
        (with_index(Projection={"ProjectionType": "KEYS_ONLY"}),
         "global_secondary_indexes.by-day.projection of table 'orders': 'KEYS_ONLY' there"),
        (with_index(Projection={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]}),
         "global_secondary_indexes.by-day.projection of table 'orders'"),
        (table(AttributeDefinitions=[
            {**a, "AttributeType": "S"} if a["AttributeName"] == "sk" else a
            for a in table()["AttributeDefinitions"]]),
         "key_schema of table 'orders'"),
    ],
    ids=["absent", "key", "projection", "included", "type"],
)  # fmt: skip
def test_what_is_needed_and_not_there(tool, dynamo, made, said):
    make(dynamo, made)
    before = described(dynamo)
    for command in ("diff", "apply"):
        result = tool(command, expect=4)
        assert f"error[table-differs]: {said}" in result.errors
        assert "the table is external: have it changed where it is declared" in result.errors
        assert "(impossible in place)" in result.text and "drop" not in result.errors
    assert described(dynamo) == before and dynamo.items("orders") == []


@pytest.mark.parametrize(
    "projection",
    [{"ProjectionType": "ALL"},
     {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["more", "total"]}],
)  # fmt: skip
def test_an_index_may_project_more(tool, dynamo, projection):
    make(dynamo, with_index(Projection=projection))
    assert "2 items put" in tool("apply").text


def test_a_saved_plan(tool, dynamo, run, project):
    make(dynamo, table())
    before = described(dynamo)
    tool("diff", "--save-plan", "plan.ndjson", expect=1)
    run("apply", "--plan", "plan.ndjson", "--endpoint-url", dynamo.url, cwd=project)
    assert len(dynamo.items("orders")) == 2 and described(dynamo) == before


def test_a_saved_plan_of_a_table_that_is_gone(tool, dynamo, run, project):
    make(dynamo, table())
    tool("diff", "--save-plan", "plan.ndjson", expect=1)
    dynamo.client.delete_table(TableName="orders")
    dynamo.client.get_waiter("table_not_exists").wait(
        TableName="orders", WaiterConfig={"Delay": 0.05, "MaxAttempts": 200}
    )
    run("apply", "--plan", "plan.ndjson", "--endpoint-url", dynamo.url, cwd=project, expect=4)
    assert dynamo.tables() == []


def test_an_earlier_build(tool, run, project):
    run("build", "m.yaml", "-o", "was", cwd=project)
    assert sorted(p.name for p in (project / "was").iterdir()) == ["batch-write-item-000001.json"]
    assert "no changes: 2 " in run("diff", "m.yaml", "--against", "was", cwd=project).text
    (project / "rows.yaml").write_text(ROWS.replace("total: 20", "total: 25"))
    shown = run("diff", "m.yaml", "--against", "was", cwd=project, expect=1).text
    assert shown.endswith("plan: 1 to change, 1 unchanged\n")


def test_no_call_makes_or_changes_it(run, project, server):
    """On a server that keeps a record: made by hand, then applied, changed, pruned, dropped."""
    made = DEFINITION.replace("table: external\n", "billing_mode: PAY_PER_REQUEST\n")
    (project / "made.yaml").write_text(made)
    (project / "none.yaml").write_text("rows: { order: [ { id: A, number: 1, day: monday, total: 10 } ] }\n")
    place = ("--endpoint-url", server.url)
    run("apply", "made.yaml", *place, cwd=project)
    server.calls.clear()
    for files, expect in ((("m.yaml",), 0), (("m.yaml", "none.yaml"), 0)):
        run("apply", *files, "--prune", *place, cwd=project, expect=expect)
    run("drop", "m.yaml", "--yes=orders", *place, cwd=project, expect=4)
    assert not {name for name, _ in server.calls} & set(MAKING)
    assert "orders" in server.service.tables
