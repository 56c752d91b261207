"""A run that is asked to end, by any signal, at any moment: it ends, and leaves nothing."""

import resource
import signal
import subprocess
import time

import pytest
from conftest import ROOT, awaits_a_peer, wait_for

ENDINGS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]
COMMAND = ["schemas/messages.yaml", "--handles", "fixtures/users.yaml"]
HEADER = (ROOT / "fixtures/babylon-5.txt").read_text().split("\n---\n")[0] + "\n---\n"


@pytest.fixture
def start(ddbgen, tmp_path):
    """start(ARGUMENT, ...): running, with its own folder for temporary files."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "made").mkdir()

    def start(*arguments, **more):
        more = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, **more}
        return subprocess.Popen(
            [ddbgen, *map(str, arguments)], cwd=more.pop("cwd", ROOT), stderr=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TMPDIR": str(tmp_path / "tmp")},
            **more,
        )

    return start


def nothing_left(tmp_path):
    assert list((tmp_path / "tmp").iterdir()) == []
    assert list((tmp_path / "made").iterdir()) == []


@pytest.mark.parametrize("which", ENDINGS)
@pytest.mark.parametrize("command", [
    ["check", *COMMAND, "-"],
    ["check", "schemas/messages.yaml", "fixtures/babylon-5.txt", "--handles", "-"],
    ["apply", "--plan", "-"],
], ids=["fixture", "handles", "plan"])
def test_while_standard_input_is_awaited(start, tmp_path, which, command):
    running = start(*command, stdin=subprocess.PIPE)
    wait_for(lambda: awaits_a_peer(running, which), running)
    running.send_signal(which)
    assert running.wait(20) == 130
    assert running.stderr.read() == b""
    nothing_left(tmp_path)


@pytest.mark.parametrize("which", ENDINGS)
def test_while_a_reader_is_awaited(start, tmp_path, which):
    """Nobody reads standard output, and nobody closes it."""
    path = tmp_path / "long.txt"
    path.write_text(HEADER + "Person 1: a message that is long enough to fill a pipe soon\n" * 20000)
    running = start("build", *COMMAND, path)
    wait_for(lambda: awaits_a_peer(running, which), running)
    running.send_signal(which)
    assert running.wait(20) == 130


@pytest.mark.parametrize("which", ENDINGS)
def test_at_any_moment(start, tmp_path, which):
    """Into `build -o DIR` and `--against git:`, at twelve moments each."""
    path = tmp_path / "long.txt"
    path.write_text(HEADER + "Person 1: a message\n" * 200_000)
    folder = tmp_path / "repository"
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    subprocess.run(["cp", "-r", ROOT / "schemas", ROOT / "fixtures", tmp_path / "made"], check=True)
    (tmp_path / "made").rename(folder)
    (tmp_path / "made").mkdir()
    (folder / "fixtures/babylon-5.txt").write_text(path.read_text())
    for words in (["init", "-q"], ["add", "."],
                  ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "x"]):
        subprocess.run(["git", *words], cwd=folder, env=environment, check=True)
    out = tmp_path / "made/out"
    for command in (["build", *COMMAND, path, "-o", out],
                    ["diff", *COMMAND, "--against", "git:HEAD"]):
        ended = 0
        for moment in range(12):
            running = start(*command, cwd=folder, stdout=subprocess.DEVNULL)
            time.sleep(0.03 * moment**1.5)
            running.send_signal(which)
            code = running.wait(30)
            assert code in (0, 130, -which), (moment, code)  # -which: before it was watched for
            ended += code == 130
            if code == 0 and out.exists():
                subprocess.run(["rm", "-r", out], check=True)
            nothing_left(tmp_path)
        assert ended > 0, command


def test_the_second_one_kills(start):
    """Whichever it is: a program that hangs after the first one has no excuse."""
    running = start("check", *COMMAND, "-", stdin=subprocess.PIPE)
    wait_for(lambda: awaits_a_peer(running, signal.SIGHUP), running)
    running.send_signal(signal.SIGSTOP)
    running.send_signal(signal.SIGHUP)
    running.send_signal(signal.SIGTERM)
    running.send_signal(signal.SIGCONT)
    assert running.wait(20) in (130, -signal.SIGTERM, -signal.SIGHUP)


def test_a_file_that_may_not_grow(start, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    for arguments in (["-o", tmp_path / "made/out"], ["--emit", "items", "-o", tmp_path / "made/x"]):
        running = start("build", *COMMAND, *arguments, preexec_fn=limit)
        _, said = running.communicate(timeout=60)
        assert running.returncode == 3, said
        assert b"File too large" in said
        nothing_left(tmp_path)


def test_many_fixtures(start, tmp_path):
    """More than there may be open files."""
    (tmp_path / "m.yaml").write_text(
        "table_name: messages\nattribute_definitions: { pk: S }\nkey_schema: { hash: pk }\n"
        "billing_mode: PAY_PER_REQUEST\nentities:\n"
        "  message: { for_each: message, attributes: { pk: '${message.uuid}' } }\n"
        "fixtures: [ '*.txt' ]\n"
    )
    for i in range(1100):
        text = HEADER.replace("5ae290ed", f"{i:08x}") + "Person 1: Hello\n"
        (tmp_path / f"{i}.txt").write_text(text)

    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))

    running = start("check", tmp_path / "m.yaml", preexec_fn=limit)
    out, said = running.communicate(timeout=120)
    assert running.returncode == 0, said
    assert out == b"ok: 1 table, 1100 items\n"
