"""An earlier build as what was applied: `diff --against X` shows what `apply --was X --prune`
would do to a table that is as X says, and of a git revision both know as much as a ledger:
rows and renamed entities move, too."""

import json
import random
import subprocess

import pytest
from test_histories import LONG, Declaration

TABLE = "accounts"
PAIRS = range(40 if LONG else 6)
EDITS = 6


def git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", *words],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture
def shown(run, dynamo, tmp_path):
    """shown(COMMAND, ...): the items of a plan, and its sums."""

    def shown(*words):
        done = run(*words, "--format", "json", cwd=tmp_path, expect=None)
        assert done.code in (0, 1), done.errors
        lines = [json.loads(line) for line in done.text.splitlines()]
        items = [
            {name: line.get(name) for name in ("change", "table", "key", "entity", "live", "declared")}
            for line in lines if line["type"] == "item"
        ]  # fmt: skip
        counts = {
            name: lines[-1][name]
            for name in ("added", "changed", "moved", "stale", "theirs", "conflicts", "unchanged")
        }
        return items, counts, done.code

    return shown


def commit(said, folder, dynamo, ledger=None):
    said.write(folder, dynamo.url, ledger)
    (folder / ".gitignore").write_text(".ddbgen\nwas\n")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "then")


@pytest.mark.parametrize("number", PAIRS)
def test_against_is_what_apply_would_do(run, dynamo, tmp_path, shown, number):
    said = Declaration(random.Random(f"pair {number}"), TABLE)
    commit(said, tmp_path, dynamo)
    run("apply", "accounts.yaml", cwd=tmp_path)
    run("build", "accounts.yaml", "-o", "was", cwd=tmp_path)
    for _ in range(EDITS):
        said.edit()
    said.write(tmp_path, dynamo.url, None)
    dry = ("apply", "accounts.yaml", "--prune", "--dry-run")
    revision = shown("diff", "accounts.yaml", "--against", "git:HEAD")
    assert revision == shown(*dry, "--was", "git:HEAD")
    assert revision == shown(*dry)  # by the ledger
    folder = shown("diff", "accounts.yaml", "--against", "was")
    assert folder == shown(*dry, "--was", "was")
    # What a folder does not tell is whose an item was: there it goes, and comes.
    moved = revision[1]["moved"] - folder[1]["moved"]
    assert moved >= 0
    assert folder[1]["added"] == revision[1]["added"] + moved
    assert folder[1]["stale"] == revision[1]["stale"] + moved
    assert len(dynamo.items(TABLE)) >= 1


@pytest.mark.parametrize(
    "old, new",
    [
        ("ACC#", "A#"),  # a renamed prefix
        ("pad(4)", "pad(8)"),  # a wider pad
        ('"account": {', '"client": {"was": "account",'),  # a renamed entity, with
    ],
)
def test_rows_move(run, dynamo, tmp_path, shown, old, new):
    said = Declaration(random.Random("moves"), TABLE)
    commit(said, tmp_path, dynamo)
    run("apply", "accounts.yaml", cwd=tmp_path)
    path = tmp_path / "accounts.yaml"
    text = path.read_text()
    assert old in text
    text = text.replace(old, new)
    if "was" in new:
        text = text.replace("ACC#", "A#")
    path.write_text(text)
    (tmp_path / ".ddbgen").rename(tmp_path / "gone")
    count = len(said.rows)
    for words in (("diff", "--against"), ("diff", "--was"), ("apply", "--dry-run", "--was")):
        counts = shown(words[0], "accounts.yaml", *words[1:], "git:HEAD")[1]
        assert counts["moved"] == count, words
        assert counts["added"] == counts["stale"] == 0, words
    run("apply", "accounts.yaml", "--was", "git:HEAD", "--yes", cwd=tmp_path)
    assert shown("diff", "accounts.yaml")[1]["unchanged"] == count + len(said.texts) + 1
    assert len(dynamo.items(TABLE)) == count + len(said.texts) + 1
