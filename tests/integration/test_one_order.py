"""The same state gives the same bytes: against a server that gives members, sets, tags,
indexes and answers in another order each time."""

import json
import random
import re
import threading
import time
import urllib.request
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

SHUFFLED_LISTS = {
    "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "NonKeyAttributes", "Tags",
    "AttributeDefinitions", "TableNames", "SS", "NS", "BS",
}  # fmt: skip


class ShufflingProxy:
    """In front of a server: the same answers, each in an order of its own."""

    def __init__(self, url):
        proxy, self.dice, self.lock = self, random.Random(4711), threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {
                    name: value for name, value in self.headers.items() if name.lower() != "host"
                }
                request = urllib.request.Request(url, body, headers)
                try:
                    with urllib.request.urlopen(request) as answer:
                        code, body, found = answer.status, answer.read(), answer.headers
                except urllib.error.HTTPError as answer:
                    code, body, found = answer.code, answer.read(), answer.headers
                body = json.dumps(proxy.shuffled(json.loads(body or "{}"))).encode()
                self.send_response(code)
                self.send_header("Content-Type", found["Content-Type"])
                self.send_header("Content-Length", str(len(body)))
                self.send_header("x-amz-crc32", str(zlib.crc32(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def shuffled(self, value, name=None):
        with self.lock:
            time.sleep(self.dice.random() / 100)  # answers overtake each other
            return self.shuffle(value, name)

    def shuffle(self, value, name=None):
        if isinstance(value, dict):
            members = [(key, self.shuffle(member, key)) for key, member in value.items()]
            return dict(self.dice.sample(members, len(members)))
        if isinstance(value, list):
            members = [self.shuffle(member) for member in value]
            return self.dice.sample(members, len(members)) if name in SHUFFLED_LISTS else members
        return value

    def close(self):
        self.server.shutdown()
        self.server.server_close()


TABLE = """
table_name: orders
attribute_definitions: { pk: S, sk: S, a: S, b: S }
key_schema: { hash: pk, range: sk }
billing_mode: PAY_PER_REQUEST
entities:
  order:
    for_each: order
    attributes:
      pk: "O#${row.id}"
      sk: order
      total: ${row.total}
      tags: ${row.tags}
      place: { street: "${row.street}", city: { name: X, code: 1 } }
global_secondary_indexes:
  by-a: { key_schema: { hash: a }, projection: { include: [total, tags, place] } }
  by-b: { key_schema: { hash: b }, projection: ALL }
access_patterns:
  one: { parameters: { id: string }, key: { pk: "O#${id}" } }
"""


def rows(change):
    orders = [
        {"id": f"{i:03}", "total": i + change * (i % 3 == 0), "street": f"road {i * change}"}
        for i in range(40)
    ]
    lines = [
        f"    - {{ id: '{o['id']}', total: {o['total']}, street: {o['street']},"
        f" tags: !SS [c, a{change}, b, d] }}"
        for o in orders
    ]
    return "rows:\n  order:\n" + "\n".join(lines) + "\n"


@pytest.fixture
def tool(run, dynamo, tmp_path):
    """tool("diff", ...): through the proxy, of a table that is as the first rows say, with
    more in it than anybody declares, against a definition that says otherwise."""
    proxy = ShufflingProxy(dynamo.url)
    (tmp_path / "t.yaml").write_text(TABLE)
    (tmp_path / "r.yaml").write_text(rows(0))
    run("apply", "t.yaml", "r.yaml", "--endpoint-url", dynamo.url, cwd=tmp_path)
    for i in range(5):
        dynamo.client.update_item(
            TableName="orders",
            Key={"pk": {"S": f"O#{i:03}"}, "sk": {"S": "order"}},
            UpdateExpression="SET zz = :z, aa = :z, mm = :m, ns = :n",
            ExpressionAttributeValues={
                ":z": {"S": "theirs"},
                ":m": {"M": {"z": {"S": "1"}, "a": {"NULL": True}, "m": {"BS": [b"2", b"1"]}}},
                ":n": {"NS": ["10", "9", "-1", "1e3"]},
            },
        )
    (tmp_path / "r.yaml").write_text(rows(1))
    text = re.sub("(?m)^  by-[ab].*\n", "", TABLE).replace("global_secondary_indexes:\n", "")
    (tmp_path / "t.yaml").write_text(text.replace(", a: S, b: S", ""))

    def tool(command, *arguments, expect=0):
        return run(command, *arguments, "--endpoint-url", proxy.url, cwd=tmp_path, expect=expect)

    yield tool
    proxy.close()


FILES = ("t.yaml", "r.yaml")
COMMANDS = [
    ("diff", *FILES),
    ("diff", *FILES, "--full"),
    ("diff", *FILES, "--summary"),
    ("diff", *FILES, "--format", "json"),
    ("diff", *FILES, "--format", "markdown"),
    ("diff", *FILES, "--format", "github"),
    ("apply", *FILES, "--dry-run"),
    ("query", "t.yaml", "one", "id=001"),
    ("query", "t.yaml", "one", "id=001", "--plain"),
    ("query", "t.yaml", "one", "id=001", "--table"),
    ("scan", "t.yaml"),
    ("scan", "t.yaml", "--plain"),
    ("scan", "t.yaml", "--table"),
    ("scan", "orders", "--plain"),
    ("scan", "orders", "--table"),
]


def test_four_runs_give_one_text(tool):
    for command in COMMANDS:
        differs = command[0] in ("diff", "apply")
        texts = {tool(*command, expect=1 if differs else 0).out for _ in range(4)}
        assert len(texts) == 1, command


def test_the_order(tool):
    """Declared first, then by name; sets by their values."""
    (line,) = tool("query", "t.yaml", "one", "id=001", "--plain").text.splitlines()
    assert line == (
        '{"pk":"O#001","sk":"order","total":1,"tags":["a0","b","c","d"],'
        '"place":{"street":"road 0","city":{"name":"X","code":1}},'
        '"aa":"theirs","mm":{"a":null,"m":["MQ==","Mg=="],"z":"1"},"ns":[-1,9,10,1000],'
        '"zz":"theirs"}'
    )
    said = tool("scan", "orders", "--table").text.splitlines()
    assert [cell.strip() for cell in said[1].split("|")[1:-1]] == [
        "aa", "mm", "ns", "pk", "place", "sk", "tags", "total", "zz",
    ]  # fmt: skip
    said = tool("diff", *FILES, expect=1).text
    assert '      ~ tags - "a0" + "a1"\n      ~ place.street "road 0" -> "road 1"\n' in said.replace(
        "          ", "      "
    )
    assert said.index("- global_secondary_indexes.by-a") < said.index("by-b")


def test_saved_plans_have_the_same_items(tool, tmp_path):
    seen = set()
    for i in range(3):
        tool("diff", *FILES, "--save-plan", f"plan-{i}", expect=1)
        seen.add((tmp_path / f"plan-{i}").read_bytes())
    assert len(seen) == 1
    tool("apply", "--plan", "plan-0", "--yes")  # dynalite keeps the indexes all the same
    assert ", 40 unchanged\n" in tool("diff", *FILES, expect=None).text
