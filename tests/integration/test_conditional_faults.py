"""Conditional writes against a service that fails: what is there afterwards, and what is said
to be missing, is right. The server is tests/faults/fault_server.py, whose `=` compares lists
and maps, and which holds every expression to the service's limits."""

import re
import signal
import subprocess
import threading

import fault_server as faults
import pytest
from conftest import wait_for

TABLE = "notes"
COUNT = 60
DEFINITION = """
table_name: notes
attribute_definitions: { pk: S }
key_schema: { hash: pk }
billing_mode: PAY_PER_REQUEST
"""
FAULTS = {
    "throttling": faults.error("ThrottlingException"),
    "500": faults.error("InternalServerError", 500),
    "transaction": faults.error("TransactionConflictException"),
    "503-html": faults.html(503),
    "200-html-written": faults.html(200, process=True),
    "200-empty": faults.empty(),
    "reset-before": faults.reset_before(),
    "reset-after": faults.reset_after(),
    "truncated": faults.truncate(),
    "crc": faults.bad_crc(),
}


@pytest.fixture
def write(tmp_path):
    """write(VALUE): items as they are declared, each with a list of VALUE."""

    def write(value):
        items = "".join(f"  - {{ pk: A{i}, n: [{value}, 2] }}\n" for i in range(COUNT))
        (tmp_path / "t.yaml").write_text(DEFINITION)
        (tmp_path / "i.yaml").write_text(f"items:\n{items}")

    return write


@pytest.fixture
def apply(run, server, tmp_path):
    def apply(*arguments, expect=0):
        return run(
            "apply", "t.yaml", "i.yaml", "--endpoint-url", server.url, "--yes", *arguments,
            cwd=tmp_path, expect=expect,
        )  # fmt: skip

    return apply


def values(server):
    return {item["pk"]["S"]: item["n"]["L"][0]["N"] for item in server.items(TABLE)}


@pytest.mark.parametrize("name", FAULTS)
def test_once(apply, write, server, name):
    write(1)
    apply()
    write(2)
    server.script["UpdateItem"] = [None, FAULTS[name], None, FAULTS[name]]
    result = apply()
    assert set(values(server).values()) == {"2"}
    assert f"{COUNT} items put" in result.text
    # What landed without its answer is declined when it is sent again, and nothing else is.
    assert {code for name, code, _ in server.refusals if name == "UpdateItem"} <= {
        "ConditionalCheckFailedException"
    }


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException"])
def test_a_refusal_ends_it(apply, write, server, code):
    write(1)
    apply()
    write(2)
    server.script["UpdateItem"] = [None] * 20 + [faults.error(code)]
    result = apply(expect=3)
    done = sum(value == "2" for value in values(server).values())
    assert 20 <= done < COUNT
    assert f"{done} of {COUNT} items put" in result.text
    assert "error[write-incomplete]" in result.errors
    assert re.search(rf"\b{done} items were written", result.errors)
    apply()
    assert set(values(server).values()) == {"2"}


def start(ddbgen, server, folder):
    return subprocess.Popen(
        [ddbgen, "apply", "t.yaml", "i.yaml", "--endpoint-url", server.url, "--yes"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGKILL])
def test_broken_off(ddbgen, apply, write, server, tmp_path, signum):
    write(1)
    apply()
    write(2)
    gate = threading.Event()
    server.script["UpdateItem"] = [None] * 10 + [faults.pause(gate)] * 100
    process = start(ddbgen, server, tmp_path)
    wait_for(lambda: server.count("UpdateItem") >= 26, process)
    process.send_signal(signum)
    _, errors = process.communicate(timeout=30)
    if signum == signal.SIGINT:
        assert process.returncode == 130
        assert re.search(r"outcome of 16 is unknown", errors.decode())
    server.script.clear()
    gate.set()  # requests of the run that ended arrive late, amid those of the next one
    apply(expect=None)
    apply()
    assert set(values(server).values()) == {"2"}
