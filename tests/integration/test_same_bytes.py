"""The same input gives the same bytes, wherever and whenever."""

import os
import shutil

import pytest
from conftest import ROOT

PLACES = [
    {"LC_ALL": "C", "TZ": "UTC"},
    {"LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu"},
    {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "America/St_Johns"},
    {"LC_ALL": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8", "TZ": ":/etc/localtime"},
    {"LC_ALL": "no_SUCH.locale", "TZ": "ABC-14:59", "COLUMNS": "20", "TERM": "dumb"},
]
COMMANDS = [
    ("build", "schemas/messages.yaml", "--handles", "fixtures/users.yaml"),
    ("build", "schemas/rooms.yaml", "--emit", "items"),
    ("check", "schemas/rooms.yaml"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=["messages", "rooms", "check"])
def test_in_every_locale_and_time_zone(run, command):
    outputs = {run(*command, env=place).all for place in PLACES}
    assert len(outputs) == 1


def test_from_another_folder(run, tmp_path):
    for folder in ("schemas", "fixtures"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / ".git").mkdir()
    here = run("build", "schemas/rooms.yaml").out
    there = run("build", "rooms.yaml", cwd=tmp_path / "schemas").out
    assert here == there


def test_transcript_on_standard_input(run):
    handles = ("--handles", "fixtures/users.yaml")
    text = (ROOT / "fixtures/babylon-5.txt").read_bytes()
    named = run("build", "schemas/messages.yaml", *handles).out
    piped = run("build", "schemas/messages.yaml", "-", *handles, stdin=text).out
    assert named == piped


def test_a_folder_holds_the_same_requests(run, tmp_path):
    lines = run("build", "schemas/rooms.yaml").text.splitlines()
    run("build", "schemas/rooms.yaml", "-o", tmp_path / "out")
    files = sorted(os.listdir(tmp_path / "out"))
    assert len(files) == len(lines)
    batches = [name for name in files if name.startswith("batch-write-item-")]
    for line, name in zip(lines, ["create-table.json", *batches]):
        body = line[line.index(":") + 1 : -1]
        assert (tmp_path / "out" / name).read_text().strip() == body


def test_now_is_the_only_clock(run, tmp_path):
    for folder in ("schemas", "fixtures"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    transcript = tmp_path / "fixtures/babylon-5.txt"
    text = transcript.read_text()
    transcript.write_text(text.replace("starts_at: 2023-03-19T12:00:00Z", "starts_at: now-1d"))
    (tmp_path / ".git").mkdir()
    command = ("build", tmp_path / "schemas/messages.yaml", "--handles", ROOT / "fixtures/users.yaml")
    fixed = run(*command, "--now", "2023-03-20T12:00:00Z")
    assert fixed.out == run("build", "schemas/messages.yaml", "--handles", "fixtures/users.yaml").out
    assert "warning[time-relative]" in run(*command).errors
