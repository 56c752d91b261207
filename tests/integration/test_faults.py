"""What must come of a service that fails: exactly the declared items, or exit code 3 that
says what is missing. The server is tests/faults/fault_server.py, which also verifies every
request's signature and shape."""

import json
import random
import re
import signal
import subprocess
import threading

import fault_server as faults
import pytest
from conftest import wait_for

TABLE = "faulty-messages"
MESSAGES = 500
AT_ONCE = 16  # calls, as docs/cli.md says
DEFINITION = """
table_name: faulty-messages
attribute_definitions: { pk: S, sk: S }
key_schema: { hash: pk, range: sk }
billing_mode: PAY_PER_REQUEST
handles: { file: users.yaml }
entities:
  inbox:
    for_each: participant
    attributes:
      pk: GRP#${self.uuid}
      sk: ${conversation.last_message.created_at}
      message: ${conversation.last_message.text}
  message:
    for_each: message
    attributes:
      pk: MSG#${conversation.uuid}
      sk: ${message.created_at}
      message: ${message.text}
fixtures: [ talk.txt ]
"""
HEADER = """---
conversation: 5ae290ed-55d1-47a0-bc6d-fe2bc2700399
participants: { A: andrewbrown, B: bayko }
starts_at: 2023-03-19T12:00:00Z
interval: 1s
---
"""
USERS = """
- { handle: andrewbrown, uuid: 7e1c1f0a-93d4-4c5b-8a52-0f6b7d1c2e91 }
- { handle: bayko, uuid: 1d5a5a44-6a1f-4d1b-9a0a-3c1c3b2a1f00 }
"""


@pytest.fixture
def project(tmp_path):
    """The definition's path; talk.txt has MESSAGES messages, from line 7 on."""
    lines = (f"{'AB'[i % 2]}: message {i} — \u05e9\u05dc\u05d5\u05dd 🎉" for i in range(MESSAGES))
    (tmp_path / "talk.txt").write_text(HEADER + "\n".join(lines) + "\n")
    (tmp_path / "users.yaml").write_text(USERS)
    (tmp_path / "messages.yaml").write_text(DEFINITION)
    return tmp_path / "messages.yaml"


@pytest.fixture(scope="module", autouse=True)
def throttled(ddbgen):
    """A run that is throttled for ever: it takes a minute, so it begins before all others."""
    server = faults.FaultServer()
    server.script["ListTables"] = [faults.error("ThrottlingException", message="slow")] * 1000
    process = start(ddbgen, server, "list-tables")
    yield process
    process.kill()
    process.communicate()
    server.close()


def by_key(items):
    return sorted(items, key=lambda item: json.dumps([item["pk"], item["sk"]]))


@pytest.fixture
def apply(run, server, project):
    def apply(expect=0):
        return run("apply", project, "--endpoint-url", server.url, expect=expect)

    return apply


@pytest.fixture
def declared(run, project):
    """The items as `build` writes them."""
    lines = run("build", project, "--emit", "items").text.splitlines()
    items = [json.loads(line)["Item"] for line in lines]
    assert len(items) == MESSAGES + 2
    return by_key(items)


def missing_lines(result):
    """The fixture's lines that a report names as not known to be written."""
    said = re.search(r"not known to be.*?talk\.txt line ([-0-9, ]+)", result.errors)
    assert said, result.errors
    lines = set()
    for part in said[1].replace(" ", "").strip(",").split(","):
        first, _, last = part.partition("-")
        lines.update(range(int(first), int(last or first) + 1))
    return lines


def line_of(item):
    """The line of talk.txt that a message comes from."""
    return int(re.search(r"message (\d+)", item["message"]["S"])[1]) + 7


# --- everything is written ------------------------------------------------------------------


def test_honest(apply, server, declared):
    apply()
    assert by_key(server.items(TABLE)) == declared
    # Looked at for the plan, and once more before it is created.
    assert [code for _, code, _ in server.refusals] == ["ResourceNotFoundException"] * 2
    assert server.count("BatchWriteItem") == -(-len(declared) // 25)


ONCE = {
    "throttling": faults.error("ThrottlingException"),
    "throughput": faults.error("ProvisionedThroughputExceededException"),
    "throttling-503": faults.error("ThrottlingException", 503),
    "429": faults.raw(429, b"slow down", headers={"Retry-After": "0"}),
    "500": faults.error("InternalServerError", 500),
    "503": faults.error("ServiceUnavailable", 503),
    "503-html": faults.html(503),
    "502-html": faults.html(502),
    "200-html": faults.html(200),
    "200-html-written": faults.html(200, process=True),
    "200-empty": faults.empty(),
    "200-array": faults.raw(200, b"[]", process=True),
    "500-empty": faults.raw(500),
    "reset-before": faults.reset_before(),
    "reset-after": faults.reset_after(),
    "truncated": faults.truncate(),
    "crc": faults.bad_crc(),
    "slow": faults.slow(0.001),
    "some-unprocessed": faults.unprocessed("some"),
    "one-unprocessed": faults.unprocessed(1),
    "all-unprocessed": faults.unprocessed("all"),
}


@pytest.mark.parametrize("name", ONCE)
def test_once(apply, server, declared, name):
    server.script["BatchWriteItem"] = [None, ONCE[name], None, ONCE[name]]
    apply()
    assert by_key(server.items(TABLE)) == declared


def test_unprocessed_again_and_again(apply, server, declared):
    server.script["BatchWriteItem"] = [faults.unprocessed("some") for _ in range(150)]
    apply()
    assert by_key(server.items(TABLE)) == declared


def test_only_what_is_unprocessed_is_sent_again(apply, server, declared):
    server.script["BatchWriteItem"] = [faults.unprocessed(3) for _ in range(10)]
    apply()
    sent = sum(body.count(b'"PutRequest"') for name, body in server.calls if "Batch" in name)
    assert sent == len(declared) + 30


@pytest.mark.parametrize("seed", range(4))
def test_everything_at_once(apply, server, declared, seed):
    rng = random.Random(seed)
    quick = [fault for name, fault in ONCE.items() if name[:3] not in ("thr", "429")]
    server.script["BatchWriteItem"] = [rng.choice([*quick, None]) for _ in range(60)]
    apply()
    assert by_key(server.items(TABLE)) == declared


def test_numbers_come_back_in_another_spelling(run, server, tmp_path):
    (tmp_path / "t.yaml").write_text(
        "table_name: numbers\n"
        "attribute_definitions: { pk: S, sk: N }\n"
        "key_schema: { hash: pk, range: sk }\n"
        "billing_mode: PAY_PER_REQUEST\n"
        "handles: { file: users.yaml }\n"
        "entities:\n"
        "  message:\n"
        "    for_each: message\n"
        "    attributes: { pk: 'M#${conversation.uuid}', sk: '${message.number}' }\n"
        "fixtures: [ talk.txt ]\n"
    )
    (tmp_path / "users.yaml").write_text(USERS)
    (tmp_path / "talk.txt").write_text(HEADER + "A: x\n" * 100)
    server.script["BatchWriteItem"] = [faults.respelt_unprocessed() for _ in range(4)]
    run("apply", tmp_path / "t.yaml", "--endpoint-url", server.url)
    assert sorted(int(item["sk"]["N"]) for item in server.items("numbers")) == list(range(1, 101))


@pytest.mark.parametrize("ahead", [3600, -3600, 960, -960])
def test_a_wrong_clock_is_corrected(apply, server, declared, ahead):
    server.service.clock_offset = ahead
    apply()
    assert by_key(server.items(TABLE)) == declared
    assert server.refusals[0][1] == "InvalidSignatureException"


# --- tables -------------------------------------------------------------------------------


TRANSIENT = ["500", "503", "200-html", "200-empty", "reset-before", "truncated", "crc", "slow"]


@pytest.mark.parametrize("name", TRANSIENT)
def test_describe_is_repeated(apply, server, declared, name):
    server.script["DescribeTable"] = [ONCE[name], ONCE[name]]
    apply()
    assert by_key(server.items(TABLE)) == declared


@pytest.mark.parametrize("name", [*TRANSIENT, "reset-after", "throttling"])
def test_create_is_repeated(apply, server, declared, name):
    """A creation whose answer is lost meets ResourceInUseException, and is fine."""
    server.script["CreateTable"] = [ONCE[name]]
    apply()
    assert by_key(server.items(TABLE)) == declared


def test_limit_exceeded_is_waited_for(apply, server, declared):
    server.script["CreateTable"] = [faults.error("LimitExceededException")] * 2
    apply()
    assert server.count("CreateTable") == 3


def test_waits_until_the_table_is_ready(apply, server, declared):
    server.service.create_states = ["MISSING", "CREATING", "NEW_WORD", "CREATING"]
    apply()
    assert by_key(server.items(TABLE)) == declared


@pytest.mark.parametrize("state", ["ARCHIVED", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"])
def test_a_broken_table(apply, server, state):
    server.service.create_states = ["CREATING"] + [state] * 5
    result = apply(expect=3)
    assert "error[table-state]" in result.errors and state in result.errors
    assert server.count("BatchWriteItem") == 0


def test_dropped_while_waiting(apply, server):
    server.service.create_states = ["CREATING", "CREATING", "MISSING"]
    result = apply(expect=3)
    assert "error[table-state]" in result.errors and "dropped" in result.errors


def test_drop_waits_and_survives_a_lost_answer(run, apply, server):
    apply()
    server.script["DeleteTable"] = [faults.reset_after()]
    run("drop", TABLE, f"--yes={TABLE}", "--endpoint-url", server.url)
    assert TABLE not in server.service.tables


def test_an_accepted_drop_is_only_awaited(run, apply, server):
    apply()
    server.service.delete_states = ["ACTIVE", "ACTIVE", "DELETING"]
    run("drop", TABLE, f"--yes={TABLE}", "--endpoint-url", server.url)
    assert server.count("DeleteTable") == 1 and TABLE not in server.service.tables


def test_drop_spares_a_table_created_since(run, apply, server):
    apply()
    server.script["DeleteTable"] = [faults.recreate()]
    run("drop", TABLE, f"--yes={TABLE}", "--endpoint-url", server.url)
    assert server.count("DeleteTable") == 1 and TABLE in server.service.tables


def test_lists_all_pages(run, server):
    for name in "edcba":
        server.service.tables[f"table-{name}"] = None
    result = run("list-tables", "--endpoint-url", server.url)
    assert result.text.split() == [f"table-{name}" for name in "abcde"]


def test_scans_all_pages(run, apply, server, declared):
    apply()
    server.script["Scan"] = [None, faults.reset_before(), None, faults.truncate()]
    lines = run("scan", TABLE, "--endpoint-url", server.url).text.splitlines()
    assert by_key(map(json.loads, lines)) == declared
    assert len(run("scan", TABLE, "--limit", "10", "--endpoint-url", server.url).text.split("\n")) == 11


@pytest.mark.parametrize(
    "answer",
    [
        {"TableNames": ["bad\x1b[2J"]},
        {"TableNames": ["x" * 70000]},
        {"TableNames": [], "LastEvaluatedTableName": "a b"},
        {"TableNames": ["table"], "LastEvaluatedTableName": "table"},
        {"TableNames": [f"t{i:06}" for i in range(100001)]},
    ],
)
def test_a_list_that_is_none(run, server, answer):
    server.script["ListTables"] = [faults.raw(200, json.dumps(answer).encode())] * 5
    result = run("list-tables", "--endpoint-url", server.url, expect=3)
    assert "error[endpoint-foreign]" in result.errors and result.text == ""


def test_pages_that_lead_to_themselves(run, server):
    page = {"Items": [], "LastEvaluatedKey": {"pk": {"S": "a"}}}
    server.script["Scan"] = [faults.raw(200, json.dumps(page).encode())] * 5
    result = run("scan", TABLE, "--endpoint-url", server.url, expect=3)
    assert "error[endpoint-foreign]" in result.errors and server.count("Scan") == 2


def test_a_talkative_error(run, server):
    headers = {"x-amzn-RequestId": "R" * 50000}
    body = json.dumps({"__type": "A" * 1000000, "message": "m" * 1000000}).encode()
    server.script["ListTables"] = [faults.raw(400, body, headers=headers)]
    result = run("list-tables", "--endpoint-url", server.url, expect=3)
    assert "error[service]" in result.errors and len(result.errors) < 4000


# --- it cannot be done ------------------------------------------------------------------------


def test_a_refused_batch(apply, server, declared):
    """What is written and what the report calls missing are together what was declared."""
    refusal = faults.error("ValidationException", message="refused\x1b[31m by script")
    server.script["BatchWriteItem"] = [None] * 5 + [refusal]
    result = apply(expect=3)
    assert "error[service]" in result.errors and "error[write-incomplete]" in result.errors
    assert "ValidationException" in result.errors and "\x1b[31m by" not in result.errors
    written = by_key(server.items(TABLE))
    assert re.search(rf"\b{len(written)} items were written", result.errors)
    assert all(item in declared for item in written)
    missing = missing_lines(result)
    messages = [item for item in written if item["pk"]["S"].startswith("MSG")]
    assert not missing & {line_of(item) for item in messages}
    last = max([*missing, *map(line_of, messages)])
    assert {line_of(i) for i in messages} | {m for m in missing if m >= 7} == set(range(7, last + 1))
    server.script.clear()
    apply()
    assert by_key(server.items(TABLE)) == declared


@pytest.mark.parametrize(
    "fault, code",
    [
        (faults.foreign_unprocessed(), "endpoint-foreign"),
        (faults.foreign_unprocessed(table="another-table"), "endpoint-foreign"),
        (faults.foreign_unprocessed({"DeleteRequest": {"Key": {}}}), "endpoint-foreign"),
        (faults.raw(200, b'{"UnprocessedItems": []}', process=True), "endpoint-foreign"),
        (faults.raw(413), "endpoint-foreign"),
        (faults.html(403), "endpoint-foreign"),
        (faults.raw(302, headers={"Location": "http://127.0.0.1:1/"}), "endpoint-foreign"),
        (faults.error("AccessDeniedException", message="not you"), "service"),
        (faults.error("ResourceNotFoundException"), "table-missing"),
        (faults.error("UnrecognizedClientException"), "credentials-refused"),
        (faults.error("ExpiredTokenException"), "credentials-refused"),
    ],
)
def test_gives_up_at_once(apply, server, declared, fault, code):
    server.script["BatchWriteItem"] = [None, fault]
    result = apply(expect=3)
    assert f"error[{code}]" in result.errors and "error[write-incomplete]" in result.errors
    written = server.items(TABLE)
    assert all(item in declared for item in written)
    apply()
    assert by_key(server.items(TABLE)) == declared


@pytest.mark.parametrize(
    "fault, code",
    [
        (faults.error("InternalServerError", 500), "service"),
        (faults.html(200), "endpoint-foreign"),
        (faults.html(404), "endpoint-foreign"),
        (faults.reset_before(), "endpoint"),
        (faults.bad_crc(), "endpoint-foreign"),
        (faults.raw(200, b"{}"), "endpoint-foreign"),
        (faults.error("AccessDeniedException"), "service"),
    ],
)
def test_describe_fails(apply, server, fault, code):
    server.script["DescribeTable"] = [fault] * 20
    result = apply(expect=3)
    assert f"error[{code}]" in result.errors
    assert [name for name, _ in server.calls if name != "DescribeTable"] == []
    assert len(server.calls) <= 8  # libcurl itself repeats once on a dead connection


def test_a_server_that_goes_away(apply, server):
    server.close()
    result = apply(expect=3)
    assert "error[endpoint]" in result.errors and "--endpoint-url" in result.errors
    server.__init__()


# --- interrupted ------------------------------------------------------------------------------


def start(ddbgen, server, *arguments):
    return subprocess.Popen(
        [ddbgen, *arguments, "--endpoint-url", server.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )


@pytest.mark.parametrize("after", [1, 3, 10])
def test_kill_and_again(ddbgen, project, apply, server, declared, after):
    gate = threading.Event()
    server.script["BatchWriteItem"] = [None] * after + [faults.pause(gate)] * 100
    process = start(ddbgen, server, "apply", project)
    wait_for(lambda: server.count("BatchWriteItem") > after and server.items(TABLE), process)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.communicate()
    server.script.clear()
    assert 0 < len(server.items(TABLE)) < len(declared)
    gate.set()  # requests of the killed run arrive late, amid those of the next one
    apply()
    assert by_key(server.items(TABLE)) == declared


def test_interrupt_says_what_is_missing(ddbgen, project, server, declared):
    """Three calls are answered before the signal: for each of them another one is sent."""
    gate = threading.Event()
    server.script["BatchWriteItem"] = [None] * 3 + [faults.unprocessed("all", gate)] * 100
    process = start(ddbgen, server, "apply", project)
    wait_for(lambda: server.count("BatchWriteItem") == AT_ONCE + 3, process)
    process.send_signal(signal.SIGINT)
    gate.set()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors.decode()
    assert len(server.items(TABLE)) == 75
    assert "75 items were written" in errors.decode()
    assert "not known to be" in errors.decode()


def test_interrupt_gives_up_silent_calls(ddbgen, project, server):
    gate = threading.Event()
    server.script["BatchWriteItem"] = [None] * 3 + [faults.pause(gate)] * 100
    process = start(ddbgen, server, "apply", project)
    wait_for(lambda: server.count("BatchWriteItem") == AT_ONCE + 3, process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)  # a call may be silent for a minute
    gate.set()
    assert process.returncode == 130, errors.decode()
    assert re.search(r"outcome of [1-9]\d* is unknown", errors.decode())


def test_throttled_for_too_long(throttled):
    _, errors = throttled.communicate(timeout=90)
    assert throttled.returncode == 3
    assert b"error[throttled]" in errors and b"ThrottlingException: slow" in errors
