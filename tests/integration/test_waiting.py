"""Waiting: for a server that is only starting, where waiting helps, and for tables and
indexes that are being built. Real servers, real time-outs, and a real user's signal."""

import os
import signal
import subprocess
import threading
import time

import aws_servers
import fault_server as faults
import pytest
from conftest import free_port, wait_for

TABLE = """
table_name: slow
attribute_definitions: { pk: S, other: S }
key_schema: { hash: pk }
billing_mode: PAY_PER_REQUEST
global_secondary_indexes:
  by_other: { key_schema: { hash: other }, projection: ALL }
"""


def listing(port):
    return ["list-tables", "--endpoint-url", f"http://127.0.0.1:{port}"]


@pytest.fixture
def later():
    """later(port): a server that begins to listen there after a moment."""
    begun = []

    def begin(port):
        timer = threading.Timer(0.7, lambda: begun.append(faults.FaultServer(port)))
        timer.start()
        begun.append(timer)

    yield begin
    begun[0].join()
    begun[1].close()


@pytest.mark.parametrize("duration", ["60s", "1h"])
def test_a_server_that_is_only_starting_is_waited_for(run, later, duration):
    port = free_port()
    later(port)
    result = run(*listing(port), "--wait", duration)
    assert result.errors.count("waiting: ") == 1 and "does not answer yet" in result.errors


def test_apply_waits_and_then_applies(run, later, tmp_path):
    (tmp_path / "slow.yaml").write_text(TABLE)
    port = free_port()
    later(port)
    url = f"http://127.0.0.1:{port}"
    run("apply", "slow.yaml", "--endpoint-url", url, "--wait=60s", cwd=tmp_path)
    run("drop", "slow", "--yes=slow", "--endpoint-url", url, "--wait=60s")


def test_who_is_not_waited_for_is_told_at_once(run):
    begun = time.monotonic()
    result = run(*listing(free_port()), expect=3)
    assert "no DynamoDB answers" in result.errors and "waiting" not in result.errors
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("duration", ["300ms", "0s"])
def test_waiting_ends(run, duration):
    begun = time.monotonic()
    result = run(*listing(free_port()), "--wait", duration, expect=3)
    told = "1ms" if duration == "0s" else duration
    assert f"waited {told} for the endpoint: no" in result.errors
    assert time.monotonic() - begun < 20


def test_a_server_that_accepts_and_says_nothing_is_given_up_in_time(run, server):
    event = threading.Event()
    server.script["ListTables"] = [faults.pause(event)]
    begun = time.monotonic()
    result = run(*listing(server.port), "--wait=500ms", expect=3)
    event.set()
    assert "waited 500ms for the endpoint: no answer" in result.errors
    assert time.monotonic() - begun < 20


def test_a_name_that_is_not_known(run):
    url = "http://no-such-host.invalid:8000"
    result = run("list-tables", "--endpoint-url", url, "--wait=300ms", expect=3)
    assert "waited 300ms for the endpoint" in result.errors


@pytest.mark.parametrize(
    "fault",
    [
        faults.error("InternalServerError", 500),
        faults.error("ServiceUnavailable", 503),
        faults.html(502),
        faults.reset_before(),
    ],
)
def test_trouble_that_passes_is_waited_through(run, server, fault):
    server.script["ListTables"] = [fault] * 5  # more than a call's own repeats
    run(*listing(server.port), "--wait=60s")


@pytest.mark.parametrize("fault", [faults.html(200), faults.html(404), faults.html(501)])
def test_another_server_is_not_waited_for(run, server, fault):
    server.script["ListTables"] = [fault] * 50
    result = run(*listing(server.port), "--wait=1h", expect=3)
    assert "error[endpoint-foreign]" in result.errors
    assert server.count("ListTables") == 1


def test_refused_credentials_are_an_answer(run, server):
    server.script["ListTables"] = [faults.error("UnrecognizedClientException")] * 2
    result = run(*listing(server.port), "--wait=1h", expect=3)
    assert "does not accept the credentials" in result.errors


def test_tls_errors_are_told_at_once(run, server, tmp_path):
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
    plain = f"https://127.0.0.1:{server.port}"
    result = run("list-tables", "--endpoint-url", plain, "--wait=1h", env=keys, expect=3)
    assert "error[endpoint-tls]" in result.errors
    cloud = aws_servers.Cloud(tmp_path)
    result = run("list-tables", "--endpoint-url", cloud.url, "--wait=1h", env=keys, expect=3)
    cloud.close()
    assert "certificate" in result.errors


def test_a_signal_ends_it(ddbgen):
    process = subprocess.Popen(
        [ddbgen, *listing(free_port()), "--wait=1h"], stderr=subprocess.PIPE, env={"PATH": "/bin"}
    )
    said = b""
    while b"waiting" not in said:
        said += os.read(process.stderr.fileno(), 4096)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    process.stderr.close()


@pytest.mark.parametrize("option", ["--wait", "--wait-timeout"])
@pytest.mark.parametrize("value", ["5", "x", "-5s", "1.5s", "5 s", "5s2h", "5S", "99999999999999h"])
def test_what_is_no_duration(run, option, value):
    result = run("list-tables", f"{option}={value}", expect=2)
    assert f"'{option}' takes a duration" in result.errors


def test_a_table_that_takes_too_long(run, server, tmp_path):
    (tmp_path / "slow.yaml").write_text(TABLE)
    apply = ["apply", "slow.yaml", "--endpoint-url", server.url]
    server.service.create_states = ["CREATING"] * 1000
    result = run(*apply, "--wait-timeout=500ms", cwd=tmp_path, expect=3)
    assert "table 'slow' is still CREATING after 500ms" in result.errors
    assert "continues" in result.errors and "--wait-timeout" in result.errors
    server.service.tables["slow"].states = ["CREATING"] * 2
    run(*apply, cwd=tmp_path)


def test_an_index_that_takes_too_long_is_told_by_its_name(run, server, tmp_path, monkeypatch):
    (tmp_path / "slow.yaml").write_text(TABLE)
    apply = ["apply", "slow.yaml", "--endpoint-url", server.url]
    honest = faults.Table.describe

    def building(self, status):
        shown = honest(self, status)
        for index in shown["GlobalSecondaryIndexes"]:
            index["IndexStatus"] = "CREATING"
        return shown

    monkeypatch.setattr(faults.Table, "describe", building)
    result = run(*apply, "--wait-timeout=1s", cwd=tmp_path, expect=3)
    assert "index 'by_other' of table 'slow' is still CREATING after 1s" in result.errors
    monkeypatch.undo()
    run(*apply, cwd=tmp_path)
    wait_for(lambda: server.count("CreateTable") == 1)
