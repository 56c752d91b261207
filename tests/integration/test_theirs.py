"""What others changed in items of ours: left alone, refused in conflict, asked before it goes."""

import json

import pytest

TABLE = "accounts"
DEFINITION = """\
table_name: accounts
attribute_definitions: { pk: S }
key_schema: { hash: pk }
billing_mode: PAY_PER_REQUEST
entities:
  account:
    for_each: account
    attributes: { pk: "ACC#${row.id}", name: "${row.name}", limit: "${row.limit}" }
"""
ROWS = """\
rows:
  account:
    - { id: 1, name: Ann, limit: 100 }
    - { id: 2, name: Ben, limit: 100 }
    - { id: 3, name: Cat, limit: 100 }
"""


class Project:
    """A definition and its rows, as they were applied once: `was`, a build, knows how."""

    def __init__(self, run, folder, dynamo):
        self.run, self.folder, self.dynamo = run, folder, dynamo
        (folder / "m.yaml").write_text(DEFINITION)
        (folder / "rows.yaml").write_text(ROWS)
        self("apply")
        run("build", "m.yaml", "rows.yaml", "-o", "was", cwd=folder)

    def __call__(self, command, *options, expect=0):
        return self.run(command, "m.yaml", "rows.yaml", "--endpoint-url", self.dynamo.url,
                        *options, cwd=self.folder, expect=expect)  # fmt: skip

    def declare(self, old, new):
        text = (self.folder / "rows.yaml").read_text()
        assert old in text
        (self.folder / "rows.yaml").write_text(text.replace(old, new))

    def others(self, number, **values):
        """The application writes."""
        for name, value in values.items():
            self.dynamo.client.update_item(
                TableName=TABLE,
                Key={"pk": {"S": f"ACC#{number}"}},
                UpdateExpression="SET #n = :v",
                ExpressionAttributeNames={"#n": name},
                ExpressionAttributeValues={":v": value},
            )

    def items(self):
        return {item["pk"]["S"]: item for item in self.dynamo.items(TABLE)}

    def limit(self, number):
        return self.items()[f"ACC#{number}"]["limit"]["N"]


@pytest.fixture
def project(run, tmp_path, dynamo):
    return Project(run, tmp_path, dynamo)


WAS = ("--was", "was")


def test_what_others_changed_stays(project):
    project.others(1, limit={"N": "1000"}, seen={"BOOL": True})
    before = project.items()
    said = "no changes: 2 items are as declared; 1 item was changed by others, and left alone"
    assert said in project("diff", *WAS).text
    assert said in project("apply", *WAS).text
    assert project.items() == before
    shown = project("diff", *WAS, "--theirs", expect=1).text
    assert '  = pk "ACC#1"  (account, rows.yaml:3)  (changed by others)\n' in shown
    assert "      ~ limit 100 -> 1000\n      + seen true\n" in shown
    assert project("apply", *WAS, "--theirs").text.count("ACC#1") == 1
    assert project.items() == before


def test_restored_when_it_is_meant(project):
    project.others(1, limit={"N": "1000"}, seen={"BOOL": True})
    before = project.items()
    refused = project("apply", *WAS, "--restore", expect=4)
    assert "error[not-confirmed]" in refused.errors
    assert 'change limit, remove seen of item pk "ACC#1" of table accounts' in refused.errors
    assert project.items() == before
    project("apply", *WAS, "--restore", "--yes")
    assert project.limit(1) == "100" and "seen" not in project.items()["ACC#1"]


@pytest.mark.parametrize(
    "rows, counted, them", [("1", "1 item of table 'accounts' was", "it"),
                            ("12", "2 items of table 'accounts' were", "them")],
)  # fmt: skip
def test_conflicts_are_counted(project, rows, counted, them):
    for number in rows:
        project.others(number, limit={"N": "1000"})
    project.declare("limit: 100", "limit: 200")
    errors = project("apply", *WAS, expect=4).errors
    assert f"{counted} changed by others" in errors
    assert f"--restore makes {them} as declared" in errors
    assert f"leaves what others made of {them}\n" in errors


def test_a_conflict_is_refused_before_anything_is_written(project):
    project.others(1, limit={"N": "1000"})
    project.declare("Ann, limit: 100", "Ann, limit: 200")
    project.declare("Ben, limit: 100", "Ben, limit: 200")
    before = project.items()
    assert "1 in conflict, 1 to change" in project("diff", *WAS, expect=1).text
    refused = project("apply", *WAS, expect=4)
    assert "error[item-conflict]" in refused.errors and "--keep-theirs" in refused.errors
    assert "          theirs 1000\n          declared 200\n" in refused.text
    unsaved = project("diff", *WAS, "--save-plan", "plan.ndjson", expect=4)
    assert "no plan was saved" in unsaved.errors
    assert not (project.folder / "plan.ndjson").exists()
    assert project.items() == before
    project("apply", *WAS, "--keep-theirs")
    assert (project.limit(1), project.limit(2)) == ("1000", "200")
    project("apply", *WAS, "--restore", expect=4)
    project("apply", *WAS, "--restore", "--yes")
    assert (project.limit(1), project.limit(2)) == ("200", "200")


def test_a_saved_plan_asks_the_same(project):
    project.others(1, limit={"N": "1000"})
    project("diff", *WAS, "--restore", "--save-plan", "plan.ndjson", expect=1)
    where = ("--endpoint-url", project.dynamo.url)
    refused = project.run("apply", "--plan", "plan.ndjson", *where, cwd=project.folder, expect=4)
    assert 'change limit of item pk "ACC#1"' in refused.errors and project.limit(1) == "1000"
    project.run("apply", "--plan", "plan.ndjson", *where, "--yes", cwd=project.folder)
    assert project.limit(1) == "100"


def test_what_others_deleted_comes_back(project):
    project.dynamo.client.delete_item(TableName=TABLE, Key={"pk": {"S": "ACC#2"}})
    text = project("apply", *WAS).text
    assert '  + pk "ACC#2"  (account, rows.yaml:4)  (deleted by others)\n' in text
    assert "plan: 1 to add, 1 of these deleted by others, 2 unchanged" in text
    assert len(project.items()) == 3


def test_stale_and_theirs_goes_with_both_options(project):
    project.others(3, limit={"N": "1000"})
    project.declare("    - { id: 3, name: Cat, limit: 100 }\n", "")
    kept = "1 that nothing declares any more was changed by others, and kept"
    assert kept in project("apply", *WAS).text
    assert kept in project("apply", *WAS, "--restore").text
    assert kept in project("apply", *WAS, "--prune").text
    refused = project("apply", *WAS, "--prune", "--restore", expect=4)
    assert 'delete item pk "ACC#3"' in refused.errors and len(project.items()) == 3
    project("apply", *WAS, "--prune", "--restore", "--yes")
    assert len(project.items()) == 2


@pytest.mark.parametrize("rule", ["keep", "restore"])
def test_what_nobody_knows_is_asked_unless_that_is_the_rule(project, rule):
    """Nothing is known of what was applied: what is replaced may be somebody else's."""
    target = {"endpoint_url": project.dynamo.url, "ledger": "none", "theirs": rule}
    (project.folder / "ddbgen.yaml").write_text(json.dumps({"targets": {"here": target}}))
    project.others(1, limit={"N": "1000"})

    def apply(*options, expect=0):
        return project.run("apply", "m.yaml", "rows.yaml", "--target", "here", *options,
                           cwd=project.folder, expect=expect)  # fmt: skip

    if rule == "keep":
        refused = apply(expect=4)
        assert 'change limit of item pk "ACC#1" of table accounts' in refused.errors
        assert "1 to change, 1 destructive" in refused.text and project.limit(1) == "1000"
        apply("--yes")
    else:
        apply()
    assert project.limit(1) == "100"
