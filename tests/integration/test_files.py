"""Large, odd and vanishing files; outputs that are written whole or not at all."""

import os
import resource
import signal
import subprocess

import pytest
from conftest import ROOT, awaits_a_peer, wait_for

HEADER = b"""---
conversation: 5ae290ed-55d1-47a0-bc6d-fe2bc2700399
participants:
  Person 1: andrewbrown
  Person 2: bayko
starts_at: 2023-03-19T12:00:00Z
interval: 1s
---
"""
COMMAND = ("build", "schemas/messages.yaml", "--handles", "fixtures/users.yaml")


def test_a_line_of_200_megabytes(run, tmp_path):
    path = tmp_path / "long.txt"
    with path.open("wb") as file:
        file.write(HEADER + b"Person 1: ")
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b"\nPerson 2: and?\nPerson 3: who?\n")
    result = run(*COMMAND, path, expect=2)
    assert result.out == b""
    assert "error[line-too-long]" in result.errors and "error[label-unknown]" in result.errors
    assert len(result.err) < 4000


@pytest.mark.parametrize("kind", ["definition", "handles"])
def test_a_yaml_file_of_200_megabytes(run, tmp_path, kind):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    command = ("check", path) if kind == "definition" else (*COMMAND[:3], path)
    assert "error[file-too-large]" in run(*command, expect=2).errors


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/", "/nowhere/at/all", "/dev/stdin"])
def test_not_a_regular_file(run, path):
    assert run("check", path, expect=2, timeout=20).out == b""


def test_a_pipe_is_no_definition(run, tmp_path):
    os.mkfifo(tmp_path / "m.yaml")
    run("check", tmp_path / "m.yaml", expect=2, timeout=20)


def test_a_pipe_is_no_binary(run, tmp_path):
    definition = binaries(tmp_path / "pipe", 1)
    os.unlink(tmp_path / "pipe/0.bin")
    os.mkfifo(tmp_path / "pipe/0.bin")
    assert "not a regular file" in run("check", definition, expect=2, timeout=20).errors


def binaries(folder, count):
    """A definition, and items that embed `count` files of 400,000 bytes, one a name."""
    folder.mkdir()
    (folder / "large").write_bytes(b"x" * 400_000)
    rows = ["items:"]
    for i in range(count):
        os.link(folder / "large", folder / f"{i}.bin")
        rows.append(f"  - {{ pk: P, sk: '{i}', b: !B {{ file: {i}.bin }} }}")
    (folder / "data.yaml").write_text("\n".join(rows) + "\n")
    (folder / "m.yaml").write_text(
        "table_name: binaries\n"
        "attribute_definitions: { pk: S, sk: S }\n"
        "key_schema: { hash: pk, range: sk }\n"
        "billing_mode: PAY_PER_REQUEST\n"
        "fixtures: [ data.yaml ]\n"
    )
    return folder / "m.yaml"


def test_files_of_values_have_a_ceiling_together(run, tmp_path):
    fits = (256 << 20) // 400_000
    assert "1 table" in run("check", binaries(tmp_path / "fits", fits)).text
    result = run("check", binaries(tmp_path / "one-more", fits + 1), expect=2)
    assert result.errors.count("error[file-too-large]") == 1
    assert f"'{fits}.bin'" in result.errors


def test_a_full_disk(run, ddbgen):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [ddbgen, *COMMAND], cwd=ROOT, stdout=full, stderr=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin"},
        )
    assert done.returncode == 3
    assert b"error[file-write]" in done.stderr


def limited_files(bytes_allowed):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_allowed, bytes_allowed))

    return limit


@pytest.mark.parametrize("emit, target", [("requests", "out"), ("items", "out.ndjson")])
def test_a_disk_that_fills_up_leaves_nothing(ddbgen, tmp_path, emit, target):
    done = subprocess.run(
        [ddbgen, *COMMAND, "--emit", emit, "-o", tmp_path / target],
        cwd=ROOT, capture_output=True, preexec_fn=limited_files(5000),
        env={"PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 3
    assert b"error[file-write]" in done.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("emit, target", [("requests", "out"), ("items", "out.ndjson")])
def test_an_earlier_output_survives_a_mistake(run, tmp_path, emit, target):
    output = ("--emit", emit, "-o", tmp_path / "made" / target)
    (tmp_path / "made").mkdir()
    run(*COMMAND, *output)
    paths = [p for p in (tmp_path / "made").rglob("*") if p.is_file()]
    before = {p: p.read_bytes() for p in paths}
    bad = tmp_path / "bad.txt"
    bad.write_bytes(HEADER + b"Person 1: fine\nnonsense\n")
    run(*COMMAND, bad, *output, expect=2)
    after = {p: p.read_bytes() for p in (tmp_path / "made").rglob("*") if p.is_file()}
    assert before == after


def test_a_file_that_changes_meanwhile(ddbgen, tmp_path):
    """Grown between the two readings: refused, never half of each."""
    path = tmp_path / "growing.txt"
    with path.open("wb") as file:
        file.write(HEADER)
        for i in range(400_000):
            file.write(b"Person %d: message number %d\n" % (i % 2 + 1, i))
    process = subprocess.Popen(
        [ddbgen, *COMMAND, path], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin"},
    )
    process.stdout.read(1)  # the second reading has begun, and the pipe is soon full
    with path.open("ab") as file:
        file.write(b"Person 1: too late\n")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3, said.decode()
    assert b"error[file-changed]" in said


# --- what was opened for us: <(...), >(...), /dev/stdin ------------------------------------


def with_pipe(ddbgen, content, arguments, cwd=ROOT, **more):
    """Runs with a pipe that gives content; {pipe} in an argument is what a shell writes for it."""
    reading, writing = os.pipe()
    try:
        os.write(writing, content)
        os.close(writing)
        words = [str(word).format(pipe=f"/dev/fd/{reading}") for word in arguments]
        return subprocess.run([ddbgen, *words], cwd=cwd, capture_output=True, timeout=30,
                              pass_fds=[reading], **{"env": {"PATH": "/usr/bin:/bin"}, **more})
    finally:
        os.close(reading)


TALK = HEADER + b"Person 1: Hello\nPerson 2: Hello\n"
HANDLES = (ROOT / "fixtures/users.yaml").read_bytes()
DEFINITION = ROOT / "schemas/messages.yaml"


@pytest.mark.parametrize("cwd", [ROOT, "/"])
def test_a_pipe_that_the_user_names_is_read(ddbgen, run, cwd):
    fixture, users = ROOT / "fixtures/babylon-5.txt", ROOT / "fixtures/users.yaml"
    handles = ["check", DEFINITION, fixture, "--handles"]
    transcript = ["check", DEFINITION, "--handles", users]
    counts = {run(*transcript, fixture).text, run(*transcript, "-", stdin=TALK).text}
    piped = with_pipe(ddbgen, HANDLES, [*handles, "{pipe}"], cwd)
    assert piped.stdout.decode() in counts, piped.stderr
    piped = with_pipe(ddbgen, TALK, [*transcript, "{pipe}"], cwd)
    assert piped.stdout.decode() in counts, piped.stderr
    for name in ("/dev/stdin", "/proc/self/fd/0", "/dev/fd/0"):
        assert run(*handles, name, stdin=HANDLES, cwd=cwd).text in counts
        assert run(*transcript, name, stdin=TALK, cwd=cwd).text in counts
    convert = with_pipe(ddbgen, b"A: Hello\n", [
        "convert", "{pipe}", "--conversation", "c", "--participant", "A=ann",
        "--starts-at", "2023-03-19T12:00:00Z"], cwd)
    assert convert.returncode == 0 and b"A: Hello" in convert.stdout
    plan = with_pipe(ddbgen, b"no plan\n", ["apply", "--plan", "{pipe}"], cwd)
    assert plan.returncode == 2 and b"this is no saved plan" in plan.stderr


def test_a_pipe_is_read_once(ddbgen, run):
    users = ROOT / "fixtures/users.yaml"
    twice = with_pipe(ddbgen, TALK, ["check", DEFINITION, "--handles", users, "{pipe}", "{pipe}"])
    assert twice.returncode == 2 and b"named twice" in twice.stderr
    twice = run("check", DEFINITION, "--handles", "-", "/dev/stdin", stdin=TALK, expect=2)
    assert "standard input is named twice" in twice.errors


def test_what_is_no_file_has_no_revision_and_is_no_lock(ddbgen):
    users = ["--handles", ROOT / "fixtures/users.yaml"]
    diff = ["diff", DEFINITION, *users]
    for words, why in (([*diff, "{pipe}", "--against", "git:HEAD"], b"no revisions"),
                       (["build", DEFINITION, "--lock", "{pipe}"], b"not a regular file"),
                       ([*diff, "--against", "{pipe}"], b"Not a directory")):
        done = with_pipe(ddbgen, TALK, words)
        assert done.returncode == 2 and why in done.stderr, done.stderr
        assert b"No such file" not in done.stderr


def test_the_lock_does_not_say_which_pipe_it_was(ddbgen, tmp_path):
    done = with_pipe(ddbgen, HANDLES, ["build", DEFINITION, "--handles", "{pipe}", "--emit", "items",
                                       "--lock", tmp_path / "lock", "--update-lock"])
    assert done.returncode == 0, done.stderr
    assert 'file: "<stdin>"' in (tmp_path / "lock").read_text()


def test_what_is_written_into_a_pipe(ddbgen, run):
    command = ["build", DEFINITION, "--handles", ROOT / "fixtures/users.yaml", "--emit", "items"]
    assert run(*command, "-o", "/dev/stdout").out == run(*command).out


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
@pytest.mark.parametrize("opened", [False, True])
def test_a_pipe_that_nobody_reads_can_be_interrupted(ddbgen, tmp_path, which, opened):
    """While it is opened, and when it is full."""
    (tmp_path / "long.txt").write_bytes(HEADER + b"Person 1: a message\n" * 20_000)
    os.mkfifo(tmp_path / "fifo")
    reader = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK) if opened else -1
    running = subprocess.Popen(
        [ddbgen, *COMMAND, tmp_path / "long.txt", "--emit", "items", "-o", tmp_path / "fifo"],
        cwd=ROOT, stderr=subprocess.PIPE, env={"PATH": "/usr/bin:/bin"},
    )
    wait_for(lambda: awaits_a_peer(running, which), running)
    assert running.poll() is None
    running.send_signal(which)
    assert running.wait(20) == 130
    assert running.stderr.read() == b""
    if opened:
        os.close(reader)


def test_no_folder_for_the_copy(run, tmp_path):
    """It is not standard input that is missing."""
    users = ROOT / "fixtures/users.yaml"
    done = run("check", DEFINITION, "--handles", users, "-", stdin=TALK, expect=2,
               env={"TMPDIR": str(tmp_path / "nowhere")})
    assert "cannot copy '<stdin>' to a temporary file: No such file" in done.errors
    assert "TMPDIR" in done.errors


MANY = """table_name: things
attribute_definitions: { pk: S, sk: S }
key_schema: { hash: pk, range: sk }
billing_mode: PAY_PER_REQUEST
"""


@pytest.mark.parametrize("pattern", ["'*.txt'", "'*.none'"])
def test_patterns_look_at_so_many_files_in_all(run, tmp_path, pattern):
    """Each by itself is small: what they match, and what they are held against, adds up."""
    files = 300 if "txt" in pattern else 1000
    for number in range(files):
        (tmp_path / f"{number}.txt").write_text("-")
    patterns = ", ".join([pattern] * 1001)
    (tmp_path / "m.yaml").write_text(f"{MANY}fixtures: [ {patterns} ]\n")
    done = run("check", "m.yaml", cwd=tmp_path, expect=2)
    assert "too many files match, or are looked at for, '*." in done.errors


def test_no_table_has_so_many_indexes(run, tmp_path):
    def indexes(count):
        each = "".join(f"  idx-{i}: {{ key_schema: {{ hash: sk }}, projection: ALL }}\n"
                       for i in range(count))
        (tmp_path / "m.yaml").write_text(f"{MANY}global_secondary_indexes:\n{each}")
        return run("check", "m.yaml", cwd=tmp_path, expect=2 if count > 1000 else 0)

    assert "error[" not in indexes(1000).errors
    assert "has more than 1000 indexes" in indexes(1001).errors
