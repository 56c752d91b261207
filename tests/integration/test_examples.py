"""Examples of access patterns: a live table answers as the compiled fixtures do, and
--update writes what came, and nothing else, into the files."""

import json
import random

import pytest

DEFINITION = """\
# Things, and how they are asked for.
table_name: things
attribute_definitions: { pk: S, sk: "N", g: S }
key_schema: { hash: pk, range: sk }
local_secondary_indexes: { by-g: { key_schema: { hash: pk, range: g }, projection: ALL } }
global_secondary_indexes: { of-g: { key_schema: { hash: g, range: sk }, projection: ALL } }
billing_mode: PAY_PER_REQUEST
fixtures: [ data.yaml ]
access_patterns:
  of_one:
    parameters: { who: string, from: { type: number, default: 0 } }
    key: { pk: "${who}", sk: { ge: "${from}" } }
    scan_index_forward: false
    limit: 7
    examples:
%s
"""
EXAMPLES = """\
      - name: block   # of a
        with: { who: a }
        # what comes
        expect:
          count: 99       # how many
          scanned_count: 0
          consumed_read_units: 0.5
          keys:
            # the first ones
            - pk: x
              sk: 5
          items: [ { text: "" } ]

      - { name: flow, with: { who: b }, expect: { keys: [], pages: 9 } } # behind
      - name: bare
        with: { who: a, from: 3 } # and this

      - name: nothing
        with: { who: b }
        expect: ~
      - { name: "flow, bare", with: { who: c } }
      - name: ends
        with: { who: a }
        expect: { first: { pk: q, text: '' }, last: { sk: 1 } }
      - name: exactly
        with: { who: b }
        expect:
          items:
            - { pk: b }
          exactly: true
"""


def items(dice):
    """Some of each partition, of all types, some of them large."""
    for pk in "abc":
        for sk in range(dice.randrange(12)):
            yield {
                "pk": pk, "sk": sk, "g": dice.choice(["x", "w"]),
                "text": dice.choice(["", "it's", "a: b # c", "no", "1e5", "\u00e4\U0001f49c", "x" * 3000]),
                **({"more": [1, {"deep": [True, None]}, "s"]} if dice.random() < 0.4 else {}),
            }  # fmt: skip


def write(folder, examples, dice, ending="\n", mark=""):
    text = mark + DEFINITION % examples.rstrip("\n")
    (folder / "m.yaml").write_bytes(text.replace("\n", ending).encode())
    (folder / "data.yaml").write_text(json.dumps({"items": list(items(dice))}, ensure_ascii=False))


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("seed", range(4))
def test_update_writes_what_came(run, tmp_path, ending, mark, seed):
    write(tmp_path, EXAMPLES, random.Random(seed), ending, mark)
    path = tmp_path / "m.yaml"
    path.chmod(0o640)
    before = path.read_bytes().decode()
    first = run("test", "m.yaml", "--update", cwd=tmp_path, expect=None)
    after = path.read_bytes().decode()
    assert after != before and path.stat().st_mode & 0o777 == 0o640
    # Comments and what else stood there is there, line ends too.
    for kept in ("# Things", "# how many", "# of a", "# what comes", "# behind", "# and this"):
        assert kept in after
    assert after.startswith(mark) and after.endswith(ending)
    assert after.count("\n") == after.count(ending)
    again = run("test", "m.yaml", "--update", cwd=tmp_path, expect=first.code)
    assert path.read_bytes().decode() == after and "new " not in again.text
    # Where nothing came there is no first item to be expected: that stays to be seen.
    failed = [line for line in again.text.splitlines() if line.startswith("FAIL")]
    assert failed in ([], ["FAIL  of_one: ends"])
    assert (first.code == 0) == (failed == [])
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".ddbgen-")] == []


def test_update_of_files_leaves_others_alone(run, tmp_path):
    write(tmp_path, "      - { with: { who: a }, expect: { count: 99 } }", random.Random(1))
    definition = (tmp_path / "m.yaml").read_text()
    (tmp_path / "m.yaml").write_text(definition + "tests: [ t.yaml ]\n")
    before = (tmp_path / "m.yaml").read_text()
    (tmp_path / "t.yaml").write_text("examples: { of_one: [ { with: { who: a }, expect: { count: 98 } } ] }\n")
    run("test", "m.yaml", cwd=tmp_path, expect=1)
    assert (tmp_path / "m.yaml").read_text() == before
    run("test", "m.yaml", "--update", cwd=tmp_path)
    assert "99" not in (tmp_path / "m.yaml").read_text()
    assert "98" not in (tmp_path / "t.yaml").read_text()
    run("test", "m.yaml", cwd=tmp_path)


def test_update_of_a_link_keeps_it(run, tmp_path):
    write(tmp_path, "      - { with: { who: a } }", random.Random(1))
    (tmp_path / "m.yaml").rename(tmp_path / "real.yaml")
    (tmp_path / "m.yaml").symlink_to("real.yaml")
    run("test", "m.yaml", "--update", cwd=tmp_path)
    assert (tmp_path / "m.yaml").is_symlink()
    assert "count:" in (tmp_path / "real.yaml").read_text()


def outcomes(result):
    lines = [json.loads(line) for line in result.text.splitlines()]
    for line in lines:
        for difference in line.get("differences", []):
            # Items come as the server wrote them.
            for side in ("expected", "got"):
                difference[side] = json.dumps(difference[side], sort_keys=True)
    return lines


LIVE = """\
  all: { operation: scan, examples: [ {}, { name: two, expect: { items: [ { pk: a }, { pk: b } ] } } ] }
  parts: { operation: scan, segments: 3, examples: [ { expect: { count: 3 } } ] }
  by_g:
    index: by-g
    parameters: { who: string }
    key: { pk: "${who}", g: x }
    filter: size(text) > 4
    examples: [ { with: { who: a }, expect: { keys: [], consumed_read_units: 1 } } ]
  how_many: { index: of-g, key: { g: w }, select: count, examples: [ { expect: { count: 2 } } ] }
  one: { operation: get, key: { pk: a, sk: 1 }, projection: [ text, "more[1].deep" ], examples: [ { expect: { items: [ {} ], exactly: true } } ] }
  some:
    operation: batch_get
    parameters: { n: [ number ] }
    key: { pk: a, sk: "${n}" }
    examples: [ { with: { n: [ 1, 2, 50 ] }, expect: { count: 1 } } ]
"""


@pytest.mark.parametrize("seed", range(5))
def test_a_live_table_answers_as_the_fixtures_do(run, dynamo, tmp_path, seed):
    write(tmp_path, EXAMPLES, random.Random(seed))
    with open(tmp_path / "m.yaml", "a") as file:
        file.write(LIVE)
    url = ("--endpoint-url", dynamo.url)
    run("apply", "m.yaml", *url, "--yes", cwd=tmp_path)
    offline = run("test", "m.yaml", "--format", "json", cwd=tmp_path, expect=1)
    live = run("test", "m.yaml", "--format", "json", *url, cwd=tmp_path, expect=1)
    ours, theirs = outcomes(offline), outcomes(live)
    for a, b in zip(ours, theirs, strict=True):
        if a.get("pattern") in ("parts", "some"):  # billed a request each; dynalite rounds by segment
            for line in (a, b):
                line.pop("pages"), line.pop("consumed_read_units")
        if a.get("scanned_count") == 0:  # the service bills the question, dynalite does not
            assert a.pop("consumed_read_units", 0.5) == 0.5
            assert b.pop("consumed_read_units", 0) in (0, 0.5)
            for line in (a, b):
                line["ok"] = [d for d in line["differences"] if d["path"] != "consumed_read_units"]
                line["differences"] = []
        if a.get("pattern") in ("all", "parts"):  # in an order of the server's own
            a["differences"].sort(key=str), b["differences"].sort(key=str)
            assert len(a["differences"]) == len(b["differences"])
            a["differences"] = b["differences"] = []
        assert a == b
    assert "target:" not in offline.errors


def test_costs_are_those_of_the_server(run, dynamo, tmp_path):
    write(tmp_path, EXAMPLES, random.Random(3))
    with open(tmp_path / "m.yaml", "a") as file:
        file.write(LIVE.replace("segments: 3, ", ""))
    url = ("--endpoint-url", dynamo.url)
    run("apply", "m.yaml", *url, "--yes", cwd=tmp_path)
    sums = []
    for more in ((), url):
        done = run("test", "m.yaml", "--costs", "--format", "json", *more, cwd=tmp_path, expect=1)
        sums.append([line for line in map(json.loads, done.text.splitlines()) if line["type"] == "cost"])
        for line in sums[-1]:
            line.pop("minimum")  # of one that finds nothing: see above
    assert sums[0] == sums[1]
    assert max(line["maximum"] for line in sums[0]) > 1
