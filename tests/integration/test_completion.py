"""What bash offers at a place of the command line, by the script that `completion` prints."""

import subprocess

import pytest

ASK = """\
source "$1"
COMP_WORDS=("${@:2}")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_ddbgen "${COMP_WORDS[0]}"
((${#COMPREPLY[@]} == 0)) || printf '%s\\n' "${COMPREPLY[@]}"
"""
FILES = ["m.yaml", "script"]


@pytest.fixture
def offered(run, ddbgen, tmp_path):
    (tmp_path / "script").write_bytes(run("completion", "bash").out)
    (tmp_path / "m.yaml").touch()

    def offered(*words):
        done = subprocess.run(
            ["bash", "--norc", "-c", ASK, "ask", "./script", ddbgen, *words],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stderr == ""
        return sorted(done.stdout.split())

    return offered


def test_words_stand_once(offered):
    actions = ["adopt", "forget", "show"]
    assert offered("ledger", "") == actions
    assert offered("ledger", "--target", "prod", "") == actions
    assert offered("ledger", "f") == ["forget"]
    for action in actions:
        assert offered("ledger", action, "") == FILES
        assert offered("ledger", "--target", "prod", action, "--yes", "") == FILES
        assert offered("ledger", action, "m") == ["m.yaml"]
    assert "fixture" in offered("schema", "")
    assert offered("schema", "fixture", "") == []
    assert offered("completion", "") == ["bash", "fish", "zsh"]
    assert offered("completion", "bash", "") == []


def test_files_and_options(offered):
    assert offered("apply", "") == FILES
    assert "--target" in offered("ledger", "show", "--t")
    assert offered("apply", "--resend", "") == ["sse_specification"]
    assert "ledger" in offered("")
    # A file that is called as a word of another command is a file.
    assert offered("apply", "show", "m") == ["m.yaml"]
