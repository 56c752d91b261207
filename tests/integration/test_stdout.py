"""Standard output that is full, closed or left: success is only what was written."""

import os
import pty
import re
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


def on_a_terminal(ddbgen, arguments, folder):
    """All that a command says on a terminal, in colours if it likes them."""
    master, slave = pty.openpty()
    said = b""
    with subprocess.Popen(
        [str(ddbgen), *map(str, arguments)],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm"},
    ) as process:  # fmt: skip
        os.close(slave)
        while True:
            try:
                some = os.read(master, 65536)
            except OSError:  # the other end is gone
                break
            said += some
        assert process.wait(60) == 0, said
    os.close(master)
    return said.decode()


def test_progress_has_a_total_and_a_rate(ddbgen, dynamo, tmp_path):
    count = 6000
    (tmp_path / "t.yaml").write_text(
        "table_name: many\nattribute_definitions: { pk: S }\nkey_schema: { hash: pk }\n"
        "billing_mode: PAY_PER_REQUEST\n"
    )
    items = "".join(f"  - {{ pk: k{i} }}\n" for i in range(count))
    (tmp_path / "i.yaml").write_text("items:\n" + items)
    files = ("t.yaml", "i.yaml", "--endpoint-url", dynamo.url)
    said = on_a_terminal(ddbgen, ("apply", *files), tmp_path)
    shown = re.findall(r"\r(\d+) of (\d+) items put, (\d+) a second\x1b\[K", said)
    assert len(shown) > 1, said
    assert {int(total) for _, total, _ in shown} == {count}
    written = [int(done) for done, _, _ in shown]
    assert written == sorted(written) and written[-1] > 0 and int(shown[-1][2]) > 0
    assert f"many: {count} items put in" in said
    # Reading them has, too: what is declared is about what is there.
    said = on_a_terminal(ddbgen, ("diff", *files), tmp_path)
    shown = re.findall(r"\r(\d+) of about (\d+) items read, (\d+) a second\x1b\[K", said)
    assert shown, said
    assert {int(total) for _, total, _ in shown} == {count}
    assert 0 < int(shown[0][0]) <= count and int(shown[-1][2]) > 0
    assert f"{count} items are as declared" in said.rpartition("\x1b[K")[2]
