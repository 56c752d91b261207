"""Random tables, items and access patterns, asked offline: what comes back is what plain Python
works out by the service's rules, and to the byte what dynalite gives, but where dynalite is known
to judge otherwise (offline_dice.dynalite_differs says by which rule).

    DDBGEN_OFFLINE=500 DDBGEN_OFFLINE_SEED=4711     more tables, from another seed on
    DDBGEN_OFFLINE=1 DDBGEN_OFFLINE_SEED=123        the one that failed
"""

import http.server
import json
import os
import random
import re
import threading

import botocore.session
import botocore.validate
import pytest
from offline_dice import (
    ManyParts,
    World,
    as_yaml,
    canonical,
    dynalite_differs,
    is_ascii,
    plain,
    scalar,
)

FIRST = int(os.environ.get("DDBGEN_OFFLINE_SEED", "1"))
COUNT = int(os.environ.get("DDBGEN_OFFLINE", "4"))
PATTERNS = 40


def answer_of(result):
    lines = [json.loads(line) for line in result.errors.splitlines()]
    (answer,) = [line for line in lines if line.get("type") == "answer"]
    return answer


def items_of(result):
    return [canonical(json.loads(line)) for line in result.text.splitlines()]


def check_whole(pattern, result, answer):
    """All of a pattern that has no limit, against what Python works out."""
    groups = pattern.read()
    passing = [[i for i in group if pattern.passes(i)] for group in groups]
    assert answer["scanned_count"] == sum(map(len, groups))
    assert answer["count"] == sum(map(len, passing))
    assert answer["last_evaluated_key"] is None
    if pattern.count:
        counts = {"Count": answer["count"], "ScannedCount": answer["scanned_count"]}
        assert json.loads(result.text) == counts
        return
    got = items_of(result)
    for group in passing:
        wanted = sorted(canonical(pattern.shown(i)) for i in group)
        assert sorted(got[: len(group)]) == wanted
        got = got[len(group) :]
    assert got == []


def check_part(pattern, result, answer):
    """Of a pattern with a limit: no more than that, and nothing that does not belong."""
    reads = [item for group in pattern.read() for item in group]
    passing = [canonical(pattern.shown(i)) for i in reads if pattern.passes(i)]
    if pattern.page:
        assert answer["scanned_count"] == min(pattern.limit, len(reads))
        assert (answer["last_evaluated_key"] is None) == (len(reads) < pattern.limit)
    else:
        assert answer["count"] == min(pattern.limit, len(passing))
    if not pattern.count:
        got = items_of(result)
        assert len(got) == answer["count"] and all(item in passing for item in got)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + COUNT))
def test_random_tables(seed, run, dynamo, tmp_path):
    world = World(seed, random.Random(seed), PATTERNS)
    definition = tmp_path / "table.yaml"
    definition.write_text(world.definition())
    (tmp_path / f"{world.name}.yaml").write_text(world.fixture())
    run("apply", definition, "--endpoint-url", dynamo.url)
    asked = 0
    for pattern in world.patterns:
        arguments = ("query", definition, *pattern.arguments(), "--format", "json")
        offline = run(*arguments, "--offline")
        answer = answer_of(offline)
        try:
            (check_part if pattern.limit else check_whole)(pattern, offline, answer)
            if dynalite_differs(pattern) is None:
                asked += 1
                live = run(*arguments, "--endpoint-url", dynamo.url)
                assert offline.out == live.out
                told = answer_of(live)
                for member in ("count", "scanned_count", "last_evaluated_key"):
                    assert answer[member] == told[member], member
        except AssertionError:
            print(f"seed {seed}: {pattern.name}: {pattern.yaml()}")
            print(" ".join(map(str, arguments)))
            raise
    assert asked >= PATTERNS / 8


def pages_of(run, arguments, where):
    """All that comes page by page, two items read for each, and the last key of each page."""
    out, keys, start = b"", [], []
    while True:
        result = run(*arguments, *where, "--limit", "2", "--page", "--format", "json", *start)
        answer = answer_of(result)
        out += result.out
        keys.append(answer["last_evaluated_key"])
        if keys[-1] is None:
            return out, keys
        assert answer["scanned_count"] == 2
        start = ["--start-key", json.dumps(keys[-1])]


@pytest.mark.parametrize("seed", range(FIRST, FIRST + (COUNT + 3) // 4))
def test_pages_add_up(seed, run, dynamo, tmp_path):
    """Page by page comes what comes at once; and what dynalite gives, where its start keys hold."""
    world = World(seed, random.Random(-seed), 12)
    world.name += "-pages"
    for pattern in world.patterns:
        pattern.limit, pattern.page, pattern.count = 0, False, False
    definition = tmp_path / "table.yaml"
    definition.write_text(world.definition())
    (tmp_path / f"{world.name}.yaml").write_text(world.fixture())
    run("apply", definition, "--endpoint-url", dynamo.url)
    keys_hold = all(is_ascii(item[k]) for item in world.items for k in "hrgk" if k in item)
    for pattern in world.patterns:
        arguments = ("query", definition, *pattern.arguments())
        whole = run(*arguments, "--offline")
        paged, last_keys = pages_of(run, arguments, ["--offline"])
        assert paged == whole.out, pattern.yaml()
        if keys_hold and dynalite_differs(pattern) is None:
            live = pages_of(run, arguments, ["--endpoint-url", dynamo.url])
            assert (paged, last_keys) == live, pattern.yaml()


@pytest.mark.parametrize("seed", range(FIRST, FIRST + (COUNT + 3) // 4))
def test_items_by_key(seed, run, dynamo, tmp_path):
    """get and batch_get: what is there, in the order of the values, each once, and no more."""
    world = World(seed, random.Random(seed), 1)
    world.name += "-keys"
    dice, types = world.dice, {"S": "string", "N": "number", "B": "binary"}
    hash_, range_ = (types[world.types[name]] for name in "hr")
    definition = tmp_path / "table.yaml"
    text = world.definition().replace("access_patterns:\n", f"""access_patterns:
  one: {{ operation: get, parameters: {{ h: {hash_}, r: {range_} }}, key: {{ h: "${{h}}", r: "${{r}}" }} }}
  part:
    operation: get
    parameters: {{ h: {hash_}, r: {range_} }}
    key: {{ h: "${{h}}", r: "${{r}}" }}
    projection: [ u, m.p, "l[0]" ]
    consistent_read: true
  some: {{ operation: batch_get, parameters: {{ h: {hash_}, rs: [{range_}] }}, key: {{ h: "${{h}}", r: "${{rs}}" }} }}
""")
    definition.write_text(text)
    (tmp_path / f"{world.name}.yaml").write_text(world.fixture())
    run("apply", definition, "--endpoint-url", dynamo.url)
    found = {(plain(i["h"]), plain(i["r"])): i for i in world.items}

    def given(v):
        ((_, body),) = v.items()
        return body

    def both(*arguments):
        offline = run("query", definition, *arguments, "--offline")
        assert offline.out == run("query", definition, *arguments, "--endpoint-url", dynamo.url).out
        return items_of(offline)

    for _ in range(6):
        item = dice.choice(world.items)
        others = [item["r"]] + [scalar(dice, world.types["r"], True) for _ in range(4)]
        if any("\x00" in v.get("S", "") for v in [item["h"], *others]):
            continue
        dice.shuffle(others)
        h, r = item["h"], others[0]
        there = found.get((plain(h), plain(r)))
        assert both("one", f"h={given(h)}", f"r={given(r)}") == ([canonical(there)] if there else [])
        both("part", f"h={given(h)}", f"r={given(r)}")
        wanted = list(dict.fromkeys((plain(h), plain(v)) for v in others))
        wanted = [canonical(found[key]) for key in wanted if key in found]
        assert both("some", f"h={given(h)}", *(f"rs={given(v)}" for v in others)) == wanted


@pytest.mark.parametrize("seed", range(FIRST, FIRST + COUNT))
def test_keys_of_many_parts(seed, run, tmp_path):
    """No engine here takes such keys: Python alone says what must come."""
    world = ManyParts(seed, 8)
    definition = tmp_path / "table.yaml"
    definition.write_text(world.definition())
    (tmp_path / "items.yaml").write_text(world.fixture())
    for i, question in enumerate(world.asked):
        arguments = ("query", definition, f"p{i}")
        whole = run(*arguments, "--offline")
        got = items_of(whole)
        for group in world.answer(question):
            assert sorted(got[: len(group)]) == sorted(map(canonical, group)), question
            got = got[len(group) :]
        assert got == [], question
        if i % 4 == 0:
            assert pages_of(run, arguments, ["--offline"])[0] == whole.out


class Recorder(http.server.BaseHTTPRequestHandler):
    """Answers that there is nothing, and keeps what was asked."""

    asked = []

    def do_POST(self):
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((operation, json.loads(body)))
        answer = json.dumps(
            {"GetItem": {}, "BatchGetItem": {"Responses": {}, "UnprocessedKeys": {}}}.get(
                operation, {"Items": [], "Count": 0, "ScannedCount": 0}
            )
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def recorder():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    thread = threading.Thread(target=server.serve_forever)
    Recorder.asked = []
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def placeholders(request):
    """Those that the expressions name, and those that are declared (B107)."""
    expressions = " ".join(v for n, v in request.items() if n.endswith("Expression"))
    declared = {
        *request.get("ExpressionAttributeNames", {}),
        *request.get("ExpressionAttributeValues", {}),
    }
    return set(re.findall(r"[#:]\w+", expressions)), declared


def test_requests_are_legal(run, recorder, tmp_path):
    """botocore's own validator over what is sent, and every placeholder declared and used."""
    model = botocore.session.get_session().get_service_model("dynamodb")
    validator = botocore.validate.ParamValidator()
    world = World(7, random.Random(7), 60)
    single = """  get: { operation: get, key: { h: %(h)s, r: %(r)s }, projection: [ u, m.p ] }
  these:
    operation: batch_get
    parameters: { hs: [%(type)s] }
    key: { h: "${hs}", r: %(r)s }
    projection: [ u, "l[0]" ]
    consistent_read: true
  parts: { operation: scan, segments: 3, filter: "u = 1" }
""" % {
        "h": as_yaml(scalar(world.dice, world.types["h"], True)),
        "r": as_yaml(scalar(world.dice, world.types["r"], True)),
        "type": {"S": "string", "N": "number", "B": "binary"}[world.types["h"]],
    }
    definition = tmp_path / "table.yaml"
    definition.write_text(world.definition().replace("access_patterns:\n", "access_patterns:\n" + single))
    (tmp_path / f"{world.name}.yaml").write_text(world.fixture())
    keys = {"S": ("a", "b"), "N": ("1", "2.50"), "B": ("aGk=", "AA==")}[world.types["h"]]
    asked = [["get"], ["parts"], ["these", *(f"hs={key}" for key in keys)]]
    for arguments in asked + [pattern.arguments() for pattern in world.patterns]:
        run("query", definition, *arguments, "--endpoint-url", recorder, "--format", "json")
    operations = {operation for operation, _ in Recorder.asked}
    assert operations == {"Query", "Scan", "GetItem", "BatchGetItem"}
    for operation, request in Recorder.asked:
        report = validator.validate(request, model.operation_model(operation).input_shape)
        assert not report.has_errors(), report.generate_report()
        for part in [request, *request.get("RequestItems", {}).values()]:
            used, declared = placeholders(part)
            assert used == declared, request
