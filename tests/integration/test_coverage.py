"""What a plan says of the items that it did not look at."""

import json
import re

import fault_server as faults
import pytest

DEFINITION = """\
table_name: notes
attribute_definitions: { pk: S }
key_schema: { hash: pk }
billing_mode: PAY_PER_REQUEST
fixtures: [ notes-rows.yaml ]
"""
ROWS = "items:\n" + "".join(f"  - {{ pk: NOTE#{i} }}\n" for i in range(12))


@pytest.fixture
def project(tmp_path):
    (tmp_path / "notes.yaml").write_text(DEFINITION)
    (tmp_path / "notes-rows.yaml").write_text(ROWS)
    return tmp_path


@pytest.fixture
def tool(run, project, dynamo):
    def tool(command, *arguments, url=None, expect=0, files=("notes.yaml",)):
        where = ("--endpoint-url", url or dynamo.url) if url != "" else ()
        return run(command, *files, *where, *arguments, cwd=project, expect=expect)

    return tool


def put_strangers(dynamo, count, table="notes", width=1):
    for i in range(count):
        dynamo.client.put_item(
            TableName=table, Item={"pk": {"S": f"SESSION#{i}"}, "x": {"S": "x" * width}}
        )


def live_of(result):
    return re.findall(r"(?m)^live: (.*)$", result.text)


# --- the last line of each plan ------------------------------------------------------------


def test_a_new_table_has_none(tool):
    assert live_of(tool("diff", expect=1)) == [] == live_of(tool("apply"))


def test_a_server_of_this_machine_counts(tool, dynamo):
    """dynalite says in DescribeTable that there are none."""
    tool("apply")
    assert dynamo.client.describe_table(TableName="notes")["Table"]["ItemCount"] == 0
    put_strangers(dynamo, 3)
    line = "live: exactly 15 items (counted by a scan), 12 declared\n"
    for command in (("diff",), ("apply",), ("apply", "--dry-run"), ("diff", "--format", "github")):
        assert tool(*command).text.endswith(line)
    assert tool("apply", "--overwrite").text.count(line) == 1
    assert f"```text\n{line}```" in tool("diff", "--format", "markdown").text
    *_, live, _ = map(json.loads, tool("diff", "--format", "json").text.splitlines())
    assert live == {"type": "live", "table": "notes", "items": 15, "precision": "exact",
                    "source": "scan", "declared": 12}  # fmt: skip


def test_several_tables_are_named(tool, dynamo, project):
    other = DEFINITION.replace("notes\n", "others\n").replace("fixtures: [ notes-rows.yaml ]\n", "")
    (project / "others.yaml").write_text(other)
    files = ("notes.yaml", "others.yaml")
    tool("apply", files=files)
    put_strangers(dynamo, 1, table="others")
    assert live_of(tool("diff", files=files)) == [
        "exactly 12 items in notes (counted by a scan), 12 declared",
        "exactly 1 item in others (counted by a scan), 0 declared",
    ]


def test_a_large_table_is_counted_so_far(tool, dynamo):
    """Eight pages, of 1 MiB each: here three items."""
    tool("apply")
    put_strangers(dynamo, 40, width=390_000)
    (line,) = live_of(tool("diff"))
    counted = re.fullmatch(r"at least (\d+) items \(counted so far by a scan\), 12 declared", line)
    assert 20 <= int(counted[1]) < 52


def test_an_earlier_build_has_no_rest(tool, project):
    tool("build", "-o", "was", url="")
    assert live_of(tool("diff", "--against", "was", url="")) == []


def told(server, count):
    """What the server says in DescribeTable."""
    whole = type(server.service).DescribeTable

    def describe(request):
        answer = whole(server.service, request)
        answer["Table"]["ItemCount"] = count
        return answer

    server.service.DescribeTable = describe


@pytest.mark.parametrize(
    "count, line",
    [
        (225, "about 225 items (DescribeTable, up to six hours old on AWS), 12 declared"),
        (5, "at least 12 items (those that were read), 12 declared"),
    ],
)
def test_what_describe_table_says(tool, server, count, line):
    """Where a scan is refused; and it is not even asked for where the target is protected."""
    tool("apply", url=server.url)
    told(server, count)
    server.script["Scan"] = [faults.error("AccessDeniedException", 400)]
    assert live_of(tool("diff", url=server.url)) == [line]
    assert server.count("Scan") == 1


def test_a_protected_target_is_not_scanned(tool, server, project):
    tool("apply", url=server.url)
    told(server, 1225)
    text = f"targets:\n  prod: {{ endpoint_url: '{server.url}', protected: true }}\n"
    (project / "ddbgen.yaml").write_text(text)
    found = tool("diff", "--target", "prod", url="")
    assert live_of(found) == [
        "about 1,225 items (DescribeTable, up to six hours old on AWS), 12 declared"
    ]
    assert server.count("Scan") == 0
