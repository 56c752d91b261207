"""A run that the user ends: exit code 130, and nothing half-written."""

import signal
import socket
import subprocess
import time

import pytest
from conftest import ROOT, wait_for, watches

HEADER = """---
conversation: 5ae290ed-55d1-47a0-bc6d-fe2bc2700399
participants:
  Person 1: andrewbrown
  Person 2: bayko
starts_at: 2023-03-19T12:00:00Z
interval: 1s
---
"""


@pytest.fixture(scope="module")
def long_transcript(tmp_path_factory):
    path = tmp_path_factory.mktemp("long") / "long.txt"
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for i in range(3_000_000):
            file.write(f"Person {i % 2 + 1}: message {i} of a very long conversation\n")
    return path


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [("check",), ("build", "--emit", "items", "-o", "OUT")],
                         ids=lambda c: c[0])
def test_interrupted(ddbgen, long_transcript, tmp_path, command, which):
    out = tmp_path / "out.json"
    words = [str(out) if word == "OUT" else word for word in command]
    running = subprocess.Popen(
        [ddbgen, words[0], "schemas/messages.yaml", long_transcript, "--handles",
         "fixtures/users.yaml", *words[1:]],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    wait_for(lambda: watches(running, which), running)
    running.send_signal(which)
    said, errors = running.communicate(timeout=30)
    assert running.returncode == 130, errors
    assert said == b"" and errors == b""
    assert list(tmp_path.iterdir()) == []


def test_interrupted_while_postgres_is_silent(ddbgen):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        running = subprocess.Popen(
            [ddbgen, "build", "schemas/messages.yaml"],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={"CONNECTION_URL": f"postgresql://u:secret@127.0.0.1:{port}/db"},
        )
        silent.settimeout(60)
        peer, _ = silent.accept()
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        said, errors = running.communicate(timeout=30)
        peer.close()
    assert time.monotonic() - began < 4  # the connect time-out alone is ten seconds
    assert running.returncode == 130 and said == b""
    assert b"secret" not in errors
