"""Two runs at once that write the same output: it is one's or the other's, whole.

A pair starts together, many times over; their inputs differ, so it shows whose it is.
"""

import subprocess

import pytest
from conftest import ROOT

PAIRS = 12
USERS = ["--handles", ROOT / "fixtures/users.yaml"]
HEADER = (ROOT / "fixtures/babylon-5.txt").read_text().split("\n---\n")[0] + "\n---\n"


def contents(path):
    if path.is_dir():
        return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}
    return path.read_bytes() if path.exists() else None


@pytest.fixture
def start(ddbgen, tmp_path):
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}

    def start(words):
        return subprocess.Popen([ddbgen, *map(str, words)], cwd=tmp_path, env=environment,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    return start


@pytest.fixture
def texts(tmp_path):
    """Two transcripts; items of the second one fill more requests."""
    for name, lines in (("a", 300), ("b", 900)):
        (tmp_path / f"{name}.txt").write_text(
            HEADER + "".join(f"Person 1: {name} {i}\n" for i in range(lines)))
    return [tmp_path / "a.txt", tmp_path / "b.txt"]


@pytest.fixture
def bare(tmp_path):
    for name, lines in (("c", 300), ("d", 900)):
        (tmp_path / f"{name}.txt").write_text("".join(f"A: {name} {i}\n" for i in range(lines)))
    return [tmp_path / "c.txt", tmp_path / "d.txt"]


def build(*more):
    return lambda text: ["build", ROOT / "schemas/messages.yaml", *USERS, text, *more, "-o"]


def convert(text):
    return ["convert", text, "--conversation", "c", "--participant", "A=ann",
            "--starts-at", "2023-03-19T12:00:00Z", "-o"]


@pytest.mark.parametrize("there", [False, True], ids=["new", "replaced"])
@pytest.mark.parametrize("what", ["folder", "items", "convert"])
def test_two_at_once(start, tmp_path, texts, bare, what, there):
    words, inputs = {"folder": (build(), texts), "items": (build("--emit", "items"), texts),
                     "convert": (convert, bare)}[what]
    expected = []
    for i, text in enumerate(inputs):
        alone = start([*words(text), tmp_path / f"alone-{i}"])
        assert alone.wait(60) == 0, alone.stderr.read()
        expected.append(contents(tmp_path / f"alone-{i}"))
    assert expected[0] != expected[1]
    made = tmp_path / "made"
    made.mkdir()
    out = made / "out"
    for pair in range(PAIRS):
        if not there:
            subprocess.run(["rm", "-rf", out], check=True)
        order = [0, 1] if pair % 2 else [1, 0]
        running = {i: start([*words(inputs[i]), out]) for i in order}
        codes = {i: each.wait(60) for i, each in running.items()}
        said = b"".join(each.stderr.read() for each in running.values())
        assert set(codes.values()) <= {0, 3} and 0 in codes.values(), said
        # The one that was refused changed nothing; who came last is not told.
        assert contents(out) in [expected[i] for i, code in codes.items() if code == 0]
        assert (3 in codes.values()) == (said != b""), said
        assert [path.name for path in made.iterdir()] == ["out"]
        if there and pair > 0:
            assert list(codes.values()) == [0, 0], said


def test_many_files_at_once(start, tmp_path):
    """The folder of which one run sees whose it is is removed by the other meanwhile."""
    text = tmp_path / "long.txt"
    text.write_text(HEADER + "".join(f"Person 1: line {i}\n" for i in range(2_500)))
    words = [*build()(text), tmp_path / "out"]
    assert start(words).wait(60) == 0
    for _ in range(PAIRS):
        running = [start(words) for _ in range(6)]
        said = b"".join(each.communicate(timeout=60)[1] for each in running)
        assert [each.returncode for each in running] == [0] * 6, said


def test_two_saved_plans_at_once(start, tmp_path, texts, dynamo):
    """A plan is private, and one of the two."""
    def words(text):
        return ["diff", ROOT / "schemas/messages.yaml", *USERS, text,
                "--endpoint-url", dynamo.url, "--save-plan"]

    made = tmp_path / "made"
    made.mkdir()
    out = made / "plan"
    for _ in range(PAIRS):
        running = [start([*words(text), out]) for text in texts]
        assert [each.wait(60) for each in running] == [1, 1], [e.stderr.read() for e in running]
        assert [path.name for path in made.iterdir()] == ["plan"]
        assert out.stat().st_mode & 0o777 == 0o600
        plan = out.read_text()
        assert ('"a 299"' in plan) != ('"b 899"' in plan)
        assert plan.count("\n") > 300
