"""What the window does on a real wire: how many requests are in flight, how fast they leave,
and in which order. The server is tests/faults/fault_server.py."""

import re
import subprocess
import threading
import time

import pytest
from test_faults import DEFINITION, HEADER, USERS

TABLE = "faulty-messages"
MESSAGES = 160


@pytest.fixture
def project(tmp_path):
    """Three conversations in one definition."""
    names = []
    for conversation in "abc":
        lines = (f"{'AB'[i % 2]}: message {i}" for i in range(MESSAGES))
        header = HEADER.replace("5ae290ed", f"{conversation * 8}")
        name = f"{conversation}.txt"
        (tmp_path / name).write_text(header + "\n".join(lines) + "\n")
        names.append(name)
    (tmp_path / "users.yaml").write_text(USERS)
    definition = DEFINITION.replace("talk.txt", ", ".join(names))
    definition = definition.replace("GRP#${self.uuid}", "GRP#${self.uuid}#${conversation.uuid}")
    (tmp_path / "messages.yaml").write_text(definition)
    return tmp_path / "messages.yaml"


def apply(run, project, server, *more):
    return run("apply", project, "--endpoint-url", server.url, *more)


def batches(server):
    return [body for name, body in server.calls if name == "BatchWriteItem"]


def test_no_more_in_flight_than_may_be(run, project, server):
    """Each answer waits until as many calls as may be in flight are, or some time is over."""
    flying, most, lock = 0, 0, threading.Lock()

    def on_call(_):
        nonlocal flying, most
        with lock:
            flying += 1
            most = max(most, flying)
        time.sleep(0.02)
        with lock:
            flying -= 1

    server.on_call = on_call
    apply(run, project, server, "--concurrency", "3")
    assert most == 3
    assert len(server.items(TABLE)) == 3 * (MESSAGES + 2)


@pytest.mark.parametrize("rate", [200, 20])
def test_a_rate_is_kept(ddbgen, project, server, rate):
    """486 items of one unit each; what is still to come after two seconds is not awaited."""
    times = []

    def on_call(count):
        name, body = server.calls[count - 1]
        if name == "BatchWriteItem":
            times.extend([time.monotonic()] * body.count(b'"PutRequest"'))

    server.on_call = on_call
    command = [ddbgen, "apply", project, "--endpoint-url", server.url, "--rate", str(rate)]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(project.parent)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=environment, **quiet)
    while len(times) < 2 * rate and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.wait()
    taken = times[2 * rate - 1] - times[0]
    assert taken > 1.7  # a quarter of a second's at once, and the server may be late
    assert max(batch.count(b'"PutRequest"') for batch in batches(server)) <= max(rate // 4, 1)


def test_conversations_take_turns(run, project, server):
    apply(run, project, server, "--concurrency", "3")
    order = [re.search(rb"MSG#(\w)", body) for body in batches(server)]
    order = "".join(match[1].decode() for match in order if match)
    assert len(set(order[:6])) > 1  # six batches of one conversation would be its first ones


@pytest.mark.parametrize("value", ["0", "513", "x", "1.5"])
def test_what_is_no_concurrency(run, project, value):
    done = run("apply", project, "--concurrency", value, expect=2)
    assert f"option '--concurrency' takes a number from 1 to 512, not '{value}'" in done.errors


@pytest.mark.parametrize("compress", ["always", "never", "auto"])
def test_bodies_as_gzip(run, project, server, compress):
    """Signed as they are sent. On loopback only when it is said, and not of small ones."""
    apply(run, project, server, "--compress", compress)
    packed = {
        name for (name, _), how in zip(server.calls, server.encodings) if how == "gzip"
    }
    assert packed == ({"BatchWriteItem"} if compress == "always" else set())
    assert len(server.items(TABLE)) == 3 * (MESSAGES + 2)
