"""Standard output that is full, closed or left: success is only what was written."""

import subprocess

import pytest
from conftest import ROOT

HANDLES = ("--handles", "fixtures/users.yaml")
COMMANDS = [
    ("check", "schemas/messages.yaml", *HANDLES),
    ("check", "schemas/messages.yaml", *HANDLES, "--format", "json"),
    ("build", "schemas/messages.yaml", *HANDLES),
    ("build", "schemas/messages.yaml", *HANDLES, "--emit", "items"),
    ("convert", "fixtures/bare.txt", "--conversation", "c", "--starts-at",
     "2023-03-19T12:00:00Z", "--participant", "Person 1=ann", "--participant",
     "Person 2=bob"),
    ("--help",),
]


def shell(ddbgen, arguments, redirection):
    return subprocess.run(
        ["sh", "-c", f'"$@" {redirection}', "sh", str(ddbgen), *arguments],
        cwd=ROOT,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        timeout=60,
    )


@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda a: "-".join(a)[:40])
def test_output_that_cannot_be_written(ddbgen, arguments, redirection):
    done = shell(ddbgen, arguments, redirection)
    assert done.returncode == 3, done.stderr


@pytest.mark.parametrize("arguments", COMMANDS[:4], ids=lambda a: "-".join(a)[:40])
def test_a_reader_that_left(ddbgen, arguments):
    done = shell(ddbgen, arguments, "| true")
    assert done.stderr == b""
