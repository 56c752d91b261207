"""Servers that do what no DynamoDB does: each run ends in bounded time and memory, with the
right exit code and a message that fits, and nothing is lost, doubled or taken for done.

The honest part is tests/faults/fault_server.py. Behaviours are run with a monotonic clock
that is thirty times as fast (tests/tools/fast_clock.c), because what is repeated for two
minutes is repeated here, too. DDBGEN_HOSTILE=all tries each behaviour on each operation
instead of on two of them, DDBGEN_TEST_LONG on three."""

import gzip
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fault_server as faults
import pytest

TABLE = "hostile-messages"
DEFINITION = """
table_name: hostile-messages
attribute_definitions: { pk: S, sk: S }
key_schema: { hash: pk, range: sk }
billing_mode: PAY_PER_REQUEST
handles: { file: users.yaml }
entities:
  message:
    for_each: message
    attributes:
      pk: MSG#${conversation.uuid}
      sk: ${message.created_at}
      message: ${message.text}
access_patterns:
  all:
    parameters: { group: string }
    key: { pk: "MSG#${group}" }
fixtures: [ talk.txt, rows.yaml ]
"""
GROUP = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
HEADER = f"""---
conversation: {GROUP}
participants: {{ A: andrewbrown }}
starts_at: 2023-03-19T12:00:00Z
interval: 1s
---
"""
USERS = "- { handle: andrewbrown, uuid: 7e1c1f0a-93d4-4c5b-8a52-0f6b7d1c2e91 }\n"
ROWS = "items:\n" + "".join(f"  - {{ pk: ROW, sk: r{i}, n: {i} }}\n" for i in range(12))
MESSAGES = 60
LONG = "DDBGEN_TEST_LONG" in os.environ
ALL = os.environ.get("DDBGEN_HOSTILE") == "all"
STEPS = (0, 4, 2) if LONG else (0, 4)  # which operations meet a behaviour
SPEED = 30
MAX_KB = 192 * 1024  # of memory, with the libraries
MAX_SECONDS = 90  # of a run, on a machine that does other things, too


@pytest.fixture(scope="module")
def clock(ddbgen):
    path = Path(ddbgen).parent / "tests/libfast_clock.so"
    if not path.exists():
        pytest.skip("tests/tools/fast_clock.c is not built")
    return str(path)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    (folder / "m.yaml").write_text(DEFINITION)
    (folder / "users.yaml").write_text(USERS)
    (folder / "rows.yaml").write_text(ROWS)
    (folder / "talk.txt").write_text(
        HEADER + "".join(f"A: message {i}\n" for i in range(MESSAGES)))
    return folder


def by_key(items):
    return sorted(items, key=lambda item: json.dumps([item["pk"], item["sk"]]))


@pytest.fixture(scope="module")
def declared(ddbgen, project):
    done = subprocess.run([ddbgen, "build", "m.yaml", "--emit", "items"], cwd=project, env={},
                          check=True, capture_output=True)
    return by_key(json.loads(line)["Item"] for line in done.stdout.splitlines())


COMMANDS = {
    "apply": ["apply", "m.yaml"],
    "diff": ["diff", "m.yaml"],
    "query": ["query", "m.yaml", "all", f"group={GROUP}"],
    "scan": ["scan", TABLE],
    "list-tables": ["list-tables"],
    "drop": ["drop", TABLE, f"--yes={TABLE}"],
}


class Runner:
    """One server and one run of a command against it."""

    def __init__(self, ddbgen, project, clock=None):
        self.ddbgen, self.project, self.clock = ddbgen, project, clock
        self.server = faults.FaultServer()
        self.url = self.server.url

    def close(self):
        self.server.close()

    def start(self, command):
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
        if self.clock:
            environment |= {"LD_PRELOAD": self.clock, "FAST_CLOCK": str(SPEED)}
        self.begun = time.monotonic()
        return subprocess.Popen(
            [self.ddbgen, *COMMANDS[command], "--endpoint-url", self.url], cwd=self.project,
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)

    def finish(self, process):
        """(exit code, stdout, stderr, seconds, most kilobytes)."""
        timer = threading.Timer(MAX_SECONDS, process.kill)
        timer.start()
        said = {}

        def read(name, stream):
            said[name] = stream.read()

        readers = [threading.Thread(target=read, args=pair)
                   for pair in (("out", process.stdout), ("err", process.stderr))]
        for reader in readers:
            reader.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        timer.cancel()
        for reader in readers:
            reader.join()
        return (process.returncode, said["out"].decode(), said["err"].decode(),
                time.monotonic() - self.begun, usage.ru_maxrss)

    def run(self, command):
        return self.finish(self.start(command))

    def fill(self):
        """The table as an apply leaves it."""
        clock, self.clock = self.clock, None
        code, out, said, _, _ = self.run("apply")
        assert code == 0, said
        self.clock = clock


class Forever(list):
    """A script that never ends. `make` is called for each fault."""

    def __init__(self, make, honest=0):
        super().__init__([None])
        self.make, self.honest = make, honest

    def pop(self, _):
        if self.honest > 0:
            self.honest -= 1
            return None
        return self.make()


# --- behaviours on the wire -------------------------------------------------------------------


def head(body=b"", status="200 OK", *fields):
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/x-amz-json-1.0", *fields]
    if not any(field.lower().startswith(("content-length", "transfer-enc")) for field in fields):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def wire(*parts, forever=None, pause=0.0):
    """These bytes, then again and again `forever`; the connection closes at the end."""

    def send(write, answer):
        for part in parts:
            write(part)
        deadline = time.monotonic() + 60
        while forever is not None and time.monotonic() < deadline:
            write(forever)
            time.sleep(pause)

    return faults.wire(send)


def body(text, status="200 OK", *fields):
    return wire(head(text if isinstance(text, bytes) else text.encode(), status, *fields))


def refusal(code, message="", status="400 Bad Request", *fields):
    text = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message})
    return body(text, status, *fields)


LENGTH = "Content-Length: 1099511627776"
CHUNKED = "Transfer-Encoding: chunked"
BOMB = gzip.compress(b" " * (1 << 26))
ELSEWHERE = "Location: http://127.0.0.1:1/"

WIRE = {
    "a body without end": lambda: wire(head(b"", "200 OK", LENGTH), forever=b"x" * 65536),
    "chunks without end": lambda: wire(head(b"", "200 OK", CHUNKED),
                                       forever=b"10000\r\n" + b" " * 65536 + b"\r\n"),
    "JSON without end": lambda: wire(head(b'{"a":[', "200 OK", LENGTH), forever=b"[1],{}," * 9999),
    "headers without end": lambda: wire(b"HTTP/1.1 200 OK\r\n", forever=b"X-A: b\r\n" * 999),
    "a header line without end": lambda: wire(b"HTTP/1.1 200 OK\r\nX: ", forever=b"a" * 65536),
    "one header again and again": lambda: wire(
        b"HTTP/1.1 200 OK\r\n", forever=b"x-amz-crc32: 0\r\n" * 999),
    "a status line without end": lambda: wire(b"HTTP/1.1 200 ", forever=b"K" * 65536),
    "interim answers without end": lambda: wire(forever=b"HTTP/1.1 100 Continue\r\n\r\n" * 500),
    "early hints without end": lambda: wire(
        forever=b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 500),
    "trailers without end": lambda: wire(head(b"0\r\n", "200 OK", CHUNKED), forever=b"A: b\r\n" * 999),
    "301": lambda: body("", "301 Moved Permanently", ELSEWHERE),
    "302": lambda: body("", "302 Found", ELSEWHERE),
    "303": lambda: body("", "303 See Other", ELSEWHERE),
    "307": lambda: body("", "307 Temporary Redirect", ELSEWHERE),
    "308": lambda: body("", "308 Permanent Redirect", ELSEWHERE),
    "300 without a place": lambda: body("", "300 Multiple Choices"),
    "a redirect to a file": lambda: body("", "302 Found", "Location: file:///etc/passwd"),
    "a gzip bomb": lambda: body(BOMB, "200 OK", "Content-Encoding: gzip"),
    "deflated": lambda: body(zlib.compress(b"{}"), "200 OK", "Content-Encoding: deflate"),
    "nested a million times": lambda: body('{"a":' * 500000),
    "arrays in arrays": lambda: body('{"a":' + "[" * 1000000),
    "nested 200 deep": lambda: body('{"a":' * 200 + "1" + "}" * 200),
    "no UTF-8": lambda: body(b'{"TableNames":["\xff\xfe"],"Items":[{"a":{"S":"\xc3"}}]}'),
    "a lone surrogate": lambda: body('{"TableNames":["\\ud800"],"Items":["\\ud800"]}'),
    "NUL bytes": lambda: body(b'{"a":"\0"}'),
    "something behind the JSON": lambda: body('{} {"Items":[]}'),
    "half of a JSON": lambda: body('{"Items":['),
    "an array": lambda: body("[]"),
    "a string": lambda: body('"Items"'),
    "null": lambda: body("null"),
    "XML": lambda: body("<Error><Code>AccessDenied</Code></Error>", "403 Forbidden"),
    "HTML": lambda: body("<html>Please log in</html>"),
    "nothing but blanks": lambda: body(" " * 100000),
    "HTTP/0.9": lambda: wire(b"hello, here is no HTTP\r\n\r\n"),
    "a banner of SSH": lambda: wire(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "a TLS record": lambda: wire(b"\x15\x03\x01\x00\x02\x02\x28"),
    "HTTP/9": lambda: wire(b"HTTP/9.9 200 OK\r\n\r\n{}"),
    "status 000": lambda: wire(b"HTTP/1.1 000 None\r\nContent-Length: 2\r\n\r\n{}"),
    "a negative length": lambda: body("[]", "200 OK", "Content-Length: -5"),
    "a length that is none": lambda: body("[]", "200 OK", "Content-Length: 0x10"),
    "chunks of no size": lambda: wire(head(b"zz\r\n{}\r\n", "200 OK", CHUNKED)),
    "chunks of any size": lambda: wire(head(b"ffffffffffffffffff\r\n{}", "200 OK", CHUNKED)),
    "an unknown encoding": lambda: wire(head(b"{}", "200 OK", "Transfer-Encoding: vapour")),
    "closed at once": lambda: wire(),
    "reset": lambda: faults.reset_before(),
    "closed behind the status": lambda: wire(b"HTTP/1.1 200 OK\r\n"),
    "closed in the headers": lambda: wire(b"HTTP/1.1 200 OK\r\nContent-Len"),
    "closed in the body": lambda: wire(head(b'{"Ite', "200 OK", "Content-Length: 50")),
    "a body byte by byte": lambda: wire(head(b"", "200 OK", "Content-Length: 9999"),
                                        forever=b" ", pause=0.05),
    "headers byte by byte": lambda: wire(b"HTTP/1.1 200 OK\r\nX: ", forever=b"a", pause=0.05),
    "silence": lambda: wire(b"", forever=b"", pause=0.1),
    "Retry-After for ever": lambda: refusal("ServiceUnavailable", "", "503 Busy",
                                            "Retry-After: 99999999999"),
    "Retry-After past 64 bits": lambda: refusal("ServiceUnavailable", "", "503 Busy",
                                                "Retry-After: 99999999999999999999999"),
    "Retry-After below zero": lambda: refusal("ThrottlingException", "", "400 Bad Request",
                                              "x-amz-retry-after: -1"),
    "a clock in the year 9999": lambda: refusal("InvalidSignatureException", "", "400 Bad Request",
                                                "Date: Fri, 31 Dec 9999 23:59:59 GMT"),
    "a clock past all years": lambda: refusal("InvalidSignatureException", "", "400 Bad Request",
                                              "Date: Fri, 31 Dec 2147483647 23:59:59 GMT"),
    "a clock of 1970": lambda: refusal("RequestTimeTooSkewed", "", "400 Bad Request",
                                       "Date: Thu, 01 Jan 1970 00:00:00 GMT"),
    "no date at all": lambda: refusal("RequestExpired", "", "400 Bad Request", "Date: never"),
    "a wrong checksum": lambda: body("{}", "200 OK", "x-amz-crc32: 1"),
    "a checksum that is none": lambda: body("{}", "200 OK", "x-amz-crc32: yes"),
    "204": lambda: wire(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "101": lambda: wire(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
    "401": lambda: body("", "401 Unauthorized", "WWW-Authenticate: Basic realm=a"),
    "407": lambda: body("", "407 Proxy Authentication Required", "Proxy-Authenticate: Basic"),
    "418": lambda: body("{}", "418 I'm a teapot"),
    "429 without a word": lambda: body("", "429 Too Many Requests"),
    "502": lambda: body("<html>", "502 Bad Gateway"),
    "599": lambda: body("{}", "599 What"),
    "a cookie": lambda: body("[]", "400 Bad Request", "Set-Cookie: a=b"),
    "a code of a megabyte": lambda: refusal("A" * 1000000),
    "a message of a megabyte": lambda: refusal("ValidationException", "\x1b[2J\n" * 200000),
    "a message with commands": lambda: refusal("ValidationException", "##[error]x\n::error::x"),
    "a code with commands": lambda: refusal("##[error]x\r\n::error::\x1b[31m"),
    "no permission": lambda: refusal("AccessDeniedException", "no"),
    "an expired token": lambda: refusal("ExpiredTokenException", "no"),
    "throttled for ever": lambda: refusal("ThrottlingException", "no"),
    "trouble for ever": lambda: refusal("InternalServerError", "no", "500 Oh"),
    "no such operation": lambda: refusal("UnknownOperationException"),
    "no such table": lambda: refusal("ResourceNotFoundException"),
}

# What the operation's command asks first goes well.
OPERATIONS = [("scan", "Scan"), ("list-tables", "ListTables"), ("apply", "BatchWriteItem"),
              ("diff", "Query"), ("drop", "DeleteTable"), ("query", "Query"),
              ("apply", "CreateTable"), ("diff", "BatchGetItem"), ("diff", "DescribeTable")]
FULL = {"diff", "scan", "query", "drop"}  # commands that want a table that is there
# Where an answer is one that the command can live with.
SOUND = {("DeleteTable", "no such table"), ("DescribeTable", "no such table")}


# --- behaviours that are answers ----------------------------------------------------------------


def answers(**members):
    return lambda: body(json.dumps(members))


def counting(make):
    """Answers that differ each time."""
    numbers = itertools.count(1)
    return lambda: body(json.dumps(make(next(numbers))))


def place(number):
    return {"pk": {"S": "a"}, "sk": {"S": f"{number}"}}


def left_over(number, **changes):
    return {"PutRequest": {"Item": place(number) | changes}}


KEY = {"pk": {"S": "ROW"}, "sk": {"S": "r1"}}
ITEM = KEY | {"n": {"N": "1"}}


def description(**changes):
    return {"Table": {
        "TableName": TABLE, "TableStatus": "ACTIVE",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"},
                                 {"AttributeName": "sk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"},
                      {"AttributeName": "sk", "KeyType": "RANGE"}]} | changes}


INDEX = {"IndexName": "i", "IndexStatus": "ACTIVE", "Projection": {"ProjectionType": "ALL"},
         "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}]}
TWICE = [{"AttributeName": "pk", "AttributeType": "S"}] * 2

ANSWERS = {
    **{f"{what} ({command})": (command, operation, make)
       for command, operation in (("scan", "Scan"), ("query", "Query"), ("diff", "Query"))
       for what, make in {
           "a circle of one page": lambda: answers(Items=[], LastEvaluatedKey=place(1)),
           "a circle of two": lambda: counting(lambda n: {"Items": [], "LastEvaluatedKey": place(n % 2)}),
           "a circle of three with items": lambda: counting(
               lambda n: {"Items": [place(n)], "LastEvaluatedKey": place(n % 3)}),
           "a circle of a hundred behind twenty": lambda: counting(
               lambda n: {"Items": [], "LastEvaluatedKey": place(n if n < 20 else 20 + n % 100)}),
           "ever new pages without items": lambda: counting(
               lambda n: {"Items": [], "LastEvaluatedKey": place(n)}),
           "items that are none": lambda: answers(Items=[1, 2]),
           "an item that is text": lambda: answers(Items=["x"]),
           "no list of items": lambda: answers(Items={"a": 1}),
       }.items()},
    "items of another table": ("diff", "BatchGetItem", lambda: answers(
        Responses={"another-table": [ITEM]}, UnprocessedKeys={})),
    "ours and another table's": ("diff", "BatchGetItem", lambda: answers(
        Responses={TABLE: [ITEM], "another-table": []}, UnprocessedKeys={})),
    "an item that was not asked for": ("diff", "BatchGetItem", lambda: answers(
        Responses={TABLE: [ITEM | {"sk": {"S": "r999"}}]}, UnprocessedKeys={})),
    "an item twice": ("diff", "BatchGetItem", lambda: answers(
        Responses={TABLE: [ITEM, ITEM]}, UnprocessedKeys={})),
    "an item without its key": ("diff", "BatchGetItem", lambda: answers(
        Responses={TABLE: [{"pk": {"S": "ROW"}}]}, UnprocessedKeys={})),
    "more items than were asked for": ("diff", "BatchGetItem", lambda: answers(
        Responses={TABLE: [ITEM | {"sk": {"S": f"r{i}"}} for i in range(1000)]})),
    "keys of another table": ("diff", "BatchGetItem", lambda: answers(
        Responses={}, UnprocessedKeys={"another-table": {"Keys": [KEY]}})),
    "a key that was not asked for": ("diff", "BatchGetItem", lambda: answers(
        Responses={}, UnprocessedKeys={TABLE: {"Keys": [KEY | {"sk": {"S": "r999"}}]}})),
    "each key a thousand times": ("diff", "BatchGetItem", lambda: answers(
        Responses={}, UnprocessedKeys={TABLE: {"Keys": [KEY] * 1000}})),
    "an item that is unprocessed, too": ("diff", "BatchGetItem", lambda: answers(
        Responses={TABLE: [ITEM]}, UnprocessedKeys={TABLE: {"Keys": [KEY]}})),
    "no key is ever processed": ("diff", "BatchGetItem", lambda: answers(
        Responses={}, UnprocessedKeys={TABLE: {"Keys": [KEY]}})),
    "another table's leftovers": ("apply", "BatchWriteItem", lambda: answers(
        UnprocessedItems={"another-table": [left_over(1)]})),
    "leftovers that were not sent": ("apply", "BatchWriteItem", lambda: answers(
        UnprocessedItems={TABLE: [left_over(1)]})),
    "leftovers without end": ("apply", "BatchWriteItem", lambda: answers(
        UnprocessedItems={TABLE: [left_over(n) for n in range(25000)]})),
    "leftovers that are a list": ("apply", "BatchWriteItem", lambda: answers(UnprocessedItems=[])),
    "a circle of tables": ("list-tables", "ListTables", lambda: counting(
        lambda n: {"TableNames": [f"abc{n}"], "LastEvaluatedTableName": f"abc{n % 3}"})),
    "ever new places without tables": ("list-tables", "ListTables", lambda: counting(
        lambda n: {"TableNames": [], "LastEvaluatedTableName": f"abc{n}"})),
    "tables without end": ("list-tables", "ListTables", lambda: counting(
        lambda n: {"TableNames": [f"abc{n}-{i}" for i in range(5000)],
                   "LastEvaluatedTableName": f"abc{n}"})),
    "names that are none": ("list-tables", "ListTables", lambda: answers(TableNames=["##[error]"])),
    "numbers for names": ("list-tables", "ListTables", lambda: answers(TableNames=[1])),
    "another table described": ("diff", "DescribeTable", lambda: answers(
        **description(TableName="another-table"))),
    "an attribute twice": ("diff", "DescribeTable", lambda: answers(
        **description(AttributeDefinitions=TWICE))),
    "an index twice": ("diff", "DescribeTable", lambda: answers(
        **description(GlobalSecondaryIndexes=[INDEX, INDEX]))),
    "a key of nine parts": ("diff", "DescribeTable", lambda: answers(
        **description(KeySchema=[{"AttributeName": f"{i}", "KeyType": "HASH"} for i in range(9)]))),
    "a table without a name": ("diff", "DescribeTable", lambda: answers(**description(TableName=""))),
    "thirty thousand indexes": ("diff", "DescribeTable", lambda: answers(
        **description(GlobalSecondaryIndexes=[
            INDEX | {"IndexName": f"i{i}"} for i in range(30000)]))),
    "no description": ("drop", "DescribeTable", lambda: answers(Table=[])),
}
# An answer that is sound for all that ddbgen knows of it.
FINE = set()

CODES = ("endpoint", "endpoint-foreign", "endpoint-tls", "throttled", "service",
         "credentials-refused", "table-missing", "table-state", "write-incomplete")


def judge(name, command, operation, result, fine=False):
    """What is wrong with a run, or None."""
    code, out, said, seconds, kilobytes = result
    wrong = []
    if code not in ((0, 1, 2, 3, 4) if fine else (3,)):
        wrong.append(f"exit {code}")
    if code == 3 and not any(f"error[{each}]" in said for each in CODES):
        wrong.append("no fitting code")
    if len(said) + len(out) > 40000 and not fine:
        wrong.append(f"{len(said) + len(out)} bytes of messages")
    if re.search(r"[\x00-\x09\x0b-\x1f\x7f]", said) or "##[" in said:
        wrong.append("it may reach the terminal or a runner")
    if seconds > MAX_SECONDS - 1 or kilobytes > MAX_KB:
        wrong.append(f"{seconds:.0f} s, {kilobytes // 1024} MiB")
    return f"{name} to {operation} of {command}: {', '.join(wrong)}\n{said[:600]}" if wrong else None


def attempt(ddbgen, project, clock, command, operation, make):
    runner = Runner(ddbgen, project, clock)
    try:
        if command in FULL:
            runner.fill()
        runner.server.calls.clear()
        runner.server.script[operation] = Forever(make)
        result = runner.run(command)
        assert all(not each.startswith("cookie") for each in runner.server.violations)
        return result, runner.server.count(operation)
    finally:
        runner.close()


def try_all(cases, ddbgen, project, clock):
    """cases: (name, command, operation, make, fine)."""

    def one(case):
        name, command, operation, make, fine = case
        result, calls = attempt(ddbgen, project, clock, command, operation, make)
        wrong = judge(name, command, operation, result, fine)
        if wrong is None and calls == 0:
            wrong = f"{name}: {command} never called {operation}"
        return wrong, result

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(one, cases))
    wrong = [each for each, _ in results if each]
    slowest = max(result[3] for _, result in results)
    largest = max(result[4] for _, result in results) // 1024
    return wrong, slowest, largest


def test_the_wire(ddbgen, project, clock):
    cases = []
    for number, (name, make) in enumerate(WIRE.items()):
        chosen = OPERATIONS if ALL else [OPERATIONS[(number + step) % len(OPERATIONS)]
                                         for step in STEPS]
        for command, operation in chosen:
            fine = (operation, name) in SOUND
            cases.append((name, command, operation, make, fine))
    wrong, slowest, largest = try_all(cases, ddbgen, project, clock)
    print(f"{len(WIRE)} behaviours on the wire in {len(cases)} runs, {len(cases) - len(wrong)} "
          f"held; at most {slowest:.1f} s and {largest} MiB")
    assert not wrong, "\n".join(wrong)


def test_answers(ddbgen, project, clock):
    cases = [(name, command, operation, make(), name in FINE)
             for name, (command, operation, make) in ANSWERS.items()]
    wrong, slowest, largest = try_all(cases, ddbgen, project, clock)
    print(f"{len(cases)} hostile answers, {len(cases) - len(wrong)} held; at most {slowest:.1f} s "
          f"and {largest} MiB")
    assert not wrong, "\n".join(wrong)


def test_circles_are_found_at_once(ddbgen, project):
    """A -> B -> C -> A: four pages, not thousands."""
    result, calls = attempt(ddbgen, project, None, "scan", "Scan", counting(
        lambda n: {"Items": [], "LastEvaluatedKey": place("ABC"[(n - 1) % 3])}))
    assert result[0] == 3 and calls == 4 and "lead in a circle" in result[2]
    result, calls = attempt(ddbgen, project, None, "scan", "Scan", counting(
        lambda n: {"Items": [], "LastEvaluatedKey": place(n)}))
    assert result[0] == 3 and calls == 1000 and "1,000 pages in a row" in result[2]


# --- patience --------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["DescribeTable", "CreateTable", "BatchWriteItem"])
@pytest.mark.parametrize("fault", ["reset", "trouble for ever", "502", "closed in the body",
                                   "throttled for ever"])
def test_calls_about_tables_are_as_patient_as_writes(ddbgen, project, clock, declared,
                                                     operation, fault):
    """A service that answered before has trouble for a while: far more than four attempts."""
    runner = Runner(ddbgen, project, clock)
    honest = [None] if operation == "DescribeTable" else []
    runner.server.script[operation] = honest + [WIRE[fault]() for _ in range(7)]
    code, _, said, _, _ = runner.run("apply")
    runner.close()
    assert code == 0, said
    assert by_key(runner.server.items(TABLE)) == declared


def test_no_server_is_told_at_once(ddbgen, project):
    runner = Runner(ddbgen, project)
    runner.close()
    code, _, said, seconds, _ = runner.run("apply")
    assert code == 3 and "no DynamoDB answers" in said and seconds < 20


def test_what_is_said_is_true(ddbgen, project, clock, declared):
    """Some of the items were written, then none any more."""
    runner = Runner(ddbgen, project, clock)
    runner.server.script["BatchWriteItem"] = Forever(lambda: faults.unprocessed("all"), honest=2)
    code, _, said, _, _ = runner.run("apply")
    # Two batches: which ones came first, and whether the last and shorter one is among
    # them, is up to the network.
    written = len(runner.server.items(TABLE))
    assert code == 3 and 25 < written < len(declared)
    assert f"{written} items were written" in said
    assert "leaves every item" not in said and "error[throttled]" in said
    runner.close()
    result, _ = attempt(ddbgen, project, clock, "list-tables", "ListTables",
                        WIRE["throttled for ever"])
    assert "error[throttled]" in result[2] and "capacity" not in result[2]
    result, _ = attempt(ddbgen, project, clock, "scan", "Scan", WIRE["throttled for ever"])
    assert "more read capacity" in result[2]


# --- cut off at every place ---------------------------------------------------------------------

CUTS = int(os.environ.get("DDBGEN_CUTS", "36" if LONG else "24"))


def places(length, count):
    """Offsets, spread over all of them; the first and the last ones are among them."""
    return sorted({0, 1, length - 2, length - 1} | {i * length // count for i in range(count)})


@pytest.mark.parametrize("command, operation", [
    ("apply", "DescribeTable"), ("apply", "CreateTable"), ("apply", "BatchWriteItem"),
    ("scan", "Scan"), ("diff", "Query"), ("diff", "BatchGetItem"), ("query", "Query")])
def test_answers_that_are_cut(ddbgen, project, declared, command, operation):
    """Three cuts in a row, then an honest answer: nothing is missing, nothing is double."""
    runner = Runner(ddbgen, project)
    if command in FULL:
        runner.fill()
    wanted = runner.run(command)[:2] if command in FULL else None
    sizes = []

    def cut(at):
        def send(write, answer):
            whole = head(answer, "200 OK", f"x-amz-crc32: {zlib.crc32(answer)}")
            sizes.append(len(whole))
            write(whole[:at] if at < len(whole) else whole[:-1])
        return faults.wire(send)

    honest = [None] if operation == "DescribeTable" else []  # of a table that is missing
    runner.server.script[operation] = [*honest, cut(10)]  # to learn how long an answer is
    if command == "apply":
        runner.server.service.tables.clear()
    runner.run(command)
    offsets = places(sizes[0], CUTS)
    for at in range(0, len(offsets), 3):
        if command == "apply":
            runner.server.service.tables.clear()
        runner.server.script[operation] = honest + [cut(each) for each in offsets[at : at + 3]]
        result = runner.run(command)
        if command == "apply":
            assert result[0] == 0, result[2]
            assert by_key(runner.server.items(TABLE)) == declared
        else:
            assert result[:2] == wanted, result[2]
    print(f"{operation} of {command}: {len(offsets)} of {sizes[0]} offsets, all held")
    runner.close()


class Cutter:
    """Stands before a server and closes connections after so many bytes of a request."""

    def __init__(self, server):
        self.upstream = server.port
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        server.port = self.port  # what the Host header must be
        self.after = []  # of the next connections
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            limit = self.after.pop(0) if self.after else None
            threading.Thread(target=self.serve, args=(client, limit), daemon=True).start()

    def serve(self, client, limit):
        server = socket.create_connection(("127.0.0.1", self.upstream))
        threading.Thread(target=self.copy, args=(server, client), daemon=True).start()
        self.copy(client, server, limit)

    @staticmethod
    def copy(source, to, limit=None):
        try:
            while limit is None or limit > 0:
                data = source.recv(65536 if limit is None else min(limit, 65536))
                if not data:
                    break
                limit = None if limit is None else limit - len(data)
                to.sendall(data)
        except OSError:
            pass
        for each in (source, to):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def test_requests_that_are_cut(ddbgen, project, declared):
    """Connections that close after any number of bytes of what the program sends."""
    runner = Runner(ddbgen, project)
    cutter = Cutter(runner.server)
    runner.url = f"http://127.0.0.1:{cutter.port}"
    offsets = places(9000, 2 * CUTS)
    for at in range(0, len(offsets), 2):
        runner.server.service.tables.clear()
        cutter.after = [None, None, *offsets[at : at + 2]]
        code, _, said, _, _ = runner.run("apply")
        assert code == 0, said
        assert by_key(runner.server.items(TABLE)) == declared
    cutter.socket.close()
    runner.close()
    print(f"{len(offsets)} offsets of requests, all held")


# --- signals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_at_every_call(ddbgen, project, declared, number):
    runner = Runner(ddbgen, project)
    runner.fill()
    calls = len(runner.server.calls)
    codes = []
    for position in range(1, calls + 1):
        runner.server.service.tables.clear()
        runner.server.calls.clear()
        process = None
        started = threading.Event()

        def on_call(count):
            if count == position:
                started.wait(10)
                process.send_signal(number)
                time.sleep(0.02)

        runner.server.on_call = on_call
        process = runner.start("apply")
        started.set()
        code, _, said, seconds, _ = runner.finish(process)
        runner.server.on_call = None
        # A signal with the last answer may come when all is done.
        assert code in (130, -number) or (code == 0 and position == calls), (position, said)
        assert seconds < 30
        code, _, said, _, _ = runner.run("apply")
        assert code == 0, said
        assert by_key(runner.server.items(TABLE)) == declared
        codes.append(code)
    print(f"{signal.Signals(number).name}: {calls} positions, each completed by the next apply")
    runner.close()


# --- what only reads -----------------------------------------------------------------------------


def test_a_question_names_no_table(ddbgen, tmp_path):
    """diff asks an emulator whether it knows an Update call: of no name that a table can have."""
    (tmp_path / "m.yaml").write_text(
        "table_name: settled\nattribute_definitions: { pk: S }\nkey_schema: { hash: pk }\n"
        "billing_mode: PAY_PER_REQUEST\n")
    runner = Runner(ddbgen, tmp_path)
    runner.fill()
    honest = runner.server.service.DescribeTable

    def tells_little(request):
        answer = honest(request)
        del answer["Table"]["DeletionProtectionEnabled"]
        return answer

    runner.server.service.DescribeTable = tells_little
    runner.server.service.unknown.add("UpdateTimeToLive")
    with (tmp_path / "m.yaml").open("a") as file:
        file.write("time_to_live: { attribute_name: expires }\n")
    runner.server.calls.clear()
    code, _, said, _, _ = runner.run("diff")
    runner.close()
    updates = [json.loads(body) for name, body in runner.server.calls if name.startswith("Update")]
    assert code == 0 and "warning[setting-left-out]" in said
    assert len(updates) == 1
    assert not any(re.fullmatch(r"[A-Za-z0-9_.-]{3,255}", each["TableName"]) for each in updates)
