"""The hooks of .pre-commit-hooks.yaml, run by pre-commit itself as docs/ci.md shows."""

import os
import re
import shutil
import subprocess

import pytest
from conftest import ROOT

if shutil.which("pre-commit", path="/usr/bin:/bin") is None:
    pytest.skip("pre-commit is not installed", allow_module_level=True)

CONFIGURATION = re.search(
    r"(?ms)^```yaml\n(# \.pre-commit-config\.yaml\n.*?)^```", (ROOT / "docs/ci.md").read_text()
)[1]
HOOKS = (".pre-commit-hooks.yaml", "scripts/pre-commit")
PROJECT = ("schemas/messages.yaml", "fixtures/babylon-5.txt", "fixtures/users.yaml",
           "ddbgen.yaml")


class Repository:
    """A repository with the example and the page's configuration; `hooks` stands for ours."""

    def __init__(self, folder, ddbgen):
        self.folder = folder
        self.work = folder / "work"
        self.path = f"{ddbgen.parent}:/usr/bin:/bin"
        for name in HOOKS:
            self.copy(name, folder / "hooks")
        self.begin(folder / "hooks")
        for name in PROJECT:
            self.copy(name, self.work)
        text = CONFIGURATION.replace("https://github.com/OWNER/ddbgen", f"{folder}/hooks")
        assert text != CONFIGURATION
        text = text.replace("v0.1.0", self.call("git", "rev-parse", "HEAD",
                                                cwd=folder / "hooks").stdout.strip())
        # Before 3.2, pre-commit knows the stage by an older name.
        version = re.findall(r"\d+", self.call("pre-commit", "--version", cwd=folder).stdout)
        self.stage = "pre-push" if tuple(map(int, version)) >= (3, 2) else "push"
        (self.work / ".pre-commit-config.yaml").write_text(text.replace("pre-push", self.stage))

    def copy(self, name, to):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, to / name)

    def call(self, *command, cwd=None, path=None):
        return subprocess.run(
            command,
            cwd=cwd or self.work,
            env={
                "PATH": path or self.path,
                "HOME": str(self.folder),
                "PRE_COMMIT_HOME": str(self.folder / "cache"),
                **{f"GIT_{who}_{what}": "a@example.com"
                   for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )

    def git(self, *arguments, cwd=None):
        done = self.call("git", *arguments, cwd=cwd)
        assert done.returncode == 0, done.stdout
        return done.stdout.strip()

    def begin(self, folder):
        self.git("init", "-q", "-b", "main", cwd=folder)
        self.git("add", "-A", cwd=folder)
        self.git("commit", "-q", "-m", "First", cwd=folder)

    def say(self, line):
        with (self.work / "fixtures/babylon-5.txt").open("a") as file:
            file.write(line + "\n")


@pytest.fixture
def repository(tmp_path, ddbgen):
    made = Repository(tmp_path, ddbgen)
    made.begin(made.work)
    return made


def test_a_commit_is_checked(repository):
    installed = repository.call("pre-commit", "install")
    assert installed.returncode == 0, installed.stdout
    repository.say("Person 1: One more line.")
    done = repository.call("git", "commit", "-q", "-a", "-m", "Fine")
    assert done.returncode == 0 and "ddbgen check" in done.stdout, done.stdout
    repository.say("Persn 2: A label that nobody has.")
    done = repository.call("git", "commit", "-q", "-a", "-m", "Not fine")
    assert done.returncode == 1
    assert "error[label-unknown]" in done.stdout and "did you mean 'Person 2'?" in done.stdout
    assert repository.git("log", "-1", "--format=%s") == "Fine"


def test_only_files_of_ours_start_it(repository):
    (repository.work / "README.md").write_text("Not for ddbgen.\n")
    repository.git("add", "-A")
    done = repository.call("pre-commit", "run", "ddbgen-check")
    assert done.returncode == 0 and "Skipped" in done.stdout


def test_names_that_are_patterns_and_blanks(repository):
    """Of the manifest's own arguments, and of a definition whose name has blanks."""
    os.rename(repository.work / "schemas/messages.yaml", repository.work / "schemas/a b.yaml")
    configuration = repository.work / ".pre-commit-config.yaml"
    text = configuration.read_text()
    configuration.write_text(re.sub(r"(?m)^ +args:.*\n", "", text))
    repository.git("add", "-A")
    done = repository.call("pre-commit", "run", "-v", "ddbgen-check")
    assert done.returncode == 0 and "1 table, 123 items" in done.stdout, done.stdout


def test_without_ddbgen(repository):
    repository.say("Person 1: One more line.")
    repository.git("add", "-A")
    done = repository.call("pre-commit", "run", "ddbgen-check", path="/usr/bin:/bin")
    assert done.returncode == 1 and "ddbgen is not on PATH" in done.stdout


def test_a_push_shows_what_differs(repository, run):
    run("build", "schemas/messages.yaml", "--handles", "fixtures/users.yaml", "--update-lock",
        cwd=repository.work)
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "The lock")
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repository.say("Person 1: One more line.")
    repository.git("add", "-A")
    done = repository.call("pre-commit", "run", "--hook-stage", repository.stage, "ddbgen-diff")
    assert done.returncode == 0 and "One more line." in done.stdout, done.stdout
    repository.say("Persn 2: A label that nobody has.")
    repository.git("add", "-A")
    done = repository.call("pre-commit", "run", "--hook-stage", repository.stage, "ddbgen-diff")
    assert done.returncode == 1 and "error[label-unknown]" in done.stdout
