"""diff --against git:REV: the files of then and of now, and a repository that stays as it is."""

import hashlib
import json
import os
import signal
import subprocess

import pytest
from conftest import ROOT, wait_for

DEFINITION = "schemas/messages.yaml"
TALK = "fixtures/babylon-5.txt"
USERS = ("--handles", "fixtures/users.yaml")


class Repository:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet")
        self.git("config", "user.name", "t")
        self.git("config", "user.email", "t@example.com")

    def git(self, *arguments):
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"}
        for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
            environment.pop(name, None)
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=environment, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def edit(self, name, old, new):
        text = (self.folder / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "a commit")
        return self.git("rev-parse", "HEAD")

    def state(self):
        """Every byte of the folder, the repository's own files included."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def repository(tmp_path):
    made = Repository(tmp_path / "repository")
    for name in (DEFINITION, TALK, "fixtures/users.yaml"):
        made.write(name, (ROOT / name).read_text())
    made.write("ddbgen.yaml", "targets: {}\n")
    made.commit()
    return made


@pytest.fixture
def diff(run, repository, tmp_path):
    """diff(REV, FILE, ...): in the repository, which must not change, leaving nothing behind."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()

    def diff(revision, *arguments, cwd=".", **more):
        before = repository.state()
        result = run(
            "diff",
            *arguments,
            "--against",
            f"git:{revision}",
            cwd=repository.folder / cwd,
            env={"TMPDIR": str(temporary), **more.pop("env", {})},
            **more,
        )
        assert repository.state() == before
        assert list(temporary.iterdir()) == []
        return result

    return diff


def test_nothing_differs(diff, repository):
    commit = repository.git("rev-parse", "HEAD")
    result = diff("HEAD", DEFINITION, *USERS)
    assert result.text == "no changes: 123 items are as declared\n"
    assert result.errors == f"against: HEAD, {commit[:12]}\n"


def test_what_is_not_committed_differs(diff, repository):
    repository.edit(DEFINITION, "billing_mode: ", "tags: { team: a }\nbilling_mode: ")
    repository.write(TALK, (repository.folder / TALK).read_text() + "Person 1: One more.\n")
    result = diff("HEAD", DEFINITION, *USERS, expect=1)
    assert "+ tags.team a\n" in result.text
    assert result.text.endswith("1 to add, 2 to move, 121 unchanged\n")


def test_a_commit_by_its_id_and_a_branch(diff, repository):
    first = repository.git("rev-parse", "HEAD")
    repository.git("branch", "before/that")
    repository.edit(TALK, "Person 1: I'll bring the tea.", "Person 1: I'll bring the coffee.")
    repository.commit()
    assert "no changes" in diff("HEAD", DEFINITION, *USERS).text
    for revision in (first, "before/that", "HEAD~1", "HEAD^"):
        assert "bring the coffee" in diff(revision, DEFINITION, *USERS, expect=1).text


def test_from_a_folder_within(diff, repository):
    repository.edit(TALK, "You hide the cat.", "You hide the dog.")
    result = diff("HEAD", "messages.yaml", "--handles", "../fixtures/users.yaml", cwd="schemas", expect=1)
    assert "(message, ../fixtures/babylon-5.txt:131)" in result.text
    absolute = repository.folder / DEFINITION
    assert "1 to change" in diff("HEAD", absolute, *USERS, expect=1).text


def test_a_definition_that_was_not_there(diff, repository):
    repository.git("rm", "--quiet", "--cached", DEFINITION)
    repository.git("commit", "--quiet", "--message", "without it")
    result = diff("HEAD", DEFINITION, *USERS, expect=1)
    assert result.text.endswith("1 table to create, 123 to add\n")


def test_a_fixture_that_was_not_there(diff, repository):
    """The definition's own fixtures were not asked for, then as now."""
    repository.write("more.txt", (ROOT / TALK).read_text().replace("5ae290ed", "6ae290ed"))
    result = diff("HEAD", DEFINITION, "more.txt", *USERS, expect=1)
    assert result.text.endswith("123 to add\n")


def test_a_folder_that_was_not_there(diff, repository):
    repository.write("new/messages.yaml", (ROOT / DEFINITION).read_text())
    result = diff("HEAD", "messages.yaml", "--handles", "../fixtures/users.yaml", cwd="new", expect=1)
    assert "1 table to create" in result.text


def test_handles_of_then(diff, repository):
    """A uuid that changed changes the items, since the handles file is that of the revision."""
    repository.edit("fixtures/users.yaml", "7e1c1f0a", "7e1c1f0b")
    result = diff("HEAD", DEFINITION, *USERS, expect=1)
    assert "stale" in result.text or "to move" in result.text
    outside = repository.folder.parent / "users.yaml"
    outside.write_text((ROOT / "fixtures/users.yaml").read_text())
    assert "no changes" in diff("HEAD", DEFINITION, "--handles", outside).text
    given = (ROOT / "fixtures/users.yaml").read_bytes()
    assert "no changes" in diff("HEAD", DEFINITION, "--handles", "-", stdin=given).text


def test_handles_from_the_lock(diff, run, repository):
    """Those of the revision; a lock that came later is lent to it. Postgres is never asked."""
    where = {"CONNECTION_URL": "postgresql://127.0.0.1:9/nobody"}
    result = diff("HEAD", DEFINITION, env=where, expect=2)
    assert "error[lock-missing]" in result.errors and "nobody is asked here" in result.errors
    run("build", DEFINITION, *USERS, "--update-lock", "-o", repository.folder / "out", cwd=repository.folder)
    subprocess.run(["rm", "-r", repository.folder / "out"], check=True)
    assert "no changes" in diff("HEAD", DEFINITION, "--locked", env=where).text
    repository.commit()
    assert "no changes" in diff("HEAD", DEFINITION, "--locked", env=where).text
    repository.edit("schemas/ddbgen.lock", "7e1c1f0a", "7e1c1f0b")
    assert diff("HEAD", DEFINITION, "--locked", env=where, expect=1).text
    lock = ("--lock", "schemas/ddbgen.lock")
    assert diff("HEAD", DEFINITION, "--locked", *lock, env=where, expect=1).text


def test_relative_times_are_of_one_clock(diff, repository):
    text = (repository.folder / TALK).read_text()
    repository.write(TALK, text.replace("starts_at: 2023-03-19T12:00:00Z", "starts_at: now-1d"))
    repository.commit()
    assert "no changes" in diff("HEAD", DEFINITION, *USERS).text


def test_a_definition_that_did_not_compile(diff, repository):
    """What repairs it is judged as what it is; nothing is called new, or the same."""
    repository.edit(DEFINITION, "table_name", "table_nmae")
    repository.commit()
    repository.edit(DEFINITION, "table_nmae", "table_name")
    result = diff("HEAD", DEFINITION, *USERS)
    lines = result.text.splitlines()
    assert lines[:2] == [
        "cruddur-messages",
        "  note: not compared: its definition does not compile at HEAD",
    ]
    assert lines[2].startswith("  note: at HEAD: schemas/messages.yaml:")
    assert "error[unknown-key]: unknown key 'table_nmae'" in lines[2]
    assert lines[-1].startswith("plan: nothing to change, ")
    assert lines[-1].endswith("1 table not compared")
    assert "to create" not in result.text and "no changes" not in result.text
    repository.edit(DEFINITION, "table_name", "table_mane")
    assert "table_mane" in diff("HEAD", DEFINITION, *USERS, expect=2).errors


def test_a_definition_that_did_not_compile_in_every_format(diff, repository):
    repository.edit(DEFINITION, "table_name", "table_nmae")
    repository.commit()
    repository.edit(DEFINITION, "table_nmae", "table_name")
    records = [
        json.loads(line)
        for line in diff("HEAD", DEFINITION, *USERS, "--format", "json").text.splitlines()
    ]
    schema = json.loads((ROOT / "docs/plan.schema.json").read_text())["definitions"]["note"]
    notes = [record for record in records if record["type"] == "note"]
    assert {note["kind"] for note in notes} == {"not-compared", "base-mistake"}
    for note in notes:
        assert note["kind"] in schema["properties"]["kind"]["enum"]
        assert set(schema["required"]) <= set(note) <= set(schema["properties"])
    assert records[-1]["type"] == "plan" and not records[-1]["differs"]
    assert records[-1]["unchanged"] == 0 and records[-1]["tables_added"] == 0
    for form in ("markdown", "github"):
        text = diff("HEAD", DEFINITION, *USERS, "--format", form).text
        assert "error[unknown-key]" in text and "1 table not compared" in text
        assert "no changes" not in text and "as declared" not in text


def test_a_fixture_that_did_not_compile(diff, repository):
    """Settings are compared all the same."""
    good = (repository.folder / TALK).read_text()
    repository.write(TALK, good + "Persn 1: Who is that?\nPersn 2: Who?\n")
    repository.edit(TALK, "starts_at: ", "starts_at: no time, ")
    repository.commit()
    repository.write(TALK, good)
    result = diff("HEAD", DEFINITION, *USERS)
    assert "  note: items not compared: they do not compile at HEAD\n" in result.text
    assert "note: at HEAD: fixtures/babylon-5.txt:" in result.text
    assert result.text.endswith("1 table without its items compared\n")
    repository.edit(DEFINITION, "billing_mode: ", "tags: { team: a }\nbilling_mode: ")
    result = diff("HEAD", DEFINITION, *USERS, expect=1)
    assert "+ tags.team a\n" in result.text
    assert "to add" not in result.text and "stale" not in result.text


def test_one_definition_of_two_did_not_compile(diff, repository):
    other = (ROOT / DEFINITION).read_text().replace("cruddur-messages", "other-messages")
    repository.write("schemas/other.yaml", other)
    repository.edit(DEFINITION, "table_name", "table_nmae")
    repository.commit()
    repository.edit(DEFINITION, "table_nmae", "table_name")
    both = (DEFINITION, "schemas/other.yaml", *USERS)
    result = diff("HEAD", *both)
    assert "plan: nothing to change, 123 unchanged, " in result.text
    assert result.text.endswith("1 table not compared\n")
    repository.edit("schemas/other.yaml", "billing_mode: ", "tags: { team: a }\nbilling_mode: ")
    result = diff("HEAD", *both, expect=1)
    assert "other-messages\n  + tags.team a\n" in result.text
    assert result.text.endswith("1 table not compared\n")
    repository.write("schemas/new.yaml", other.replace("other-messages", "new-messages"))
    assert "1 table to create" in diff("HEAD", *both, "schemas/new.yaml", expect=1).text


def test_mistakes_stand_at_the_table_that_they_are_of(diff, repository):
    """Each once, and the tables that were not compared are counted."""
    text = (ROOT / DEFINITION).read_text()
    for name in ("b", "c"):
        other = text.replace("cruddur-messages", f"{name}-messages")
        repository.write(f"schemas/{name}.yaml", other)
    repository.edit(DEFINITION, "table_name", "table_nmae")
    repository.edit("schemas/c.yaml", "billing_mode", "biling_mode")
    repository.commit()
    repository.edit(DEFINITION, "table_nmae", "table_name")
    repository.edit("schemas/c.yaml", "biling_mode", "billing_mode")
    files = (DEFINITION, "schemas/b.yaml", "schemas/c.yaml", *USERS)
    text = diff("HEAD", *files).text
    first, last = text.index("cruddur-messages\n"), text.index("c-messages\n")
    assert first < text.index("'table_nmae'") < last < text.index("'biling_mode'")
    assert text.count("error[unknown-key]") == 2
    *notes, plan = map(json.loads, diff("HEAD", *files, "--format", "json").text.splitlines())
    assert {(n["table"], n["message"].split()[2].split(":")[0]) for n in notes if n["kind"] == "base-mistake"} == {
        ("cruddur-messages", DEFINITION), ("c-messages", "schemas/c.yaml"),
    }  # fmt: skip
    assert (plan["not_compared"], plan["items_not_compared"]) == (2, 0)
    repository.edit(TALK, "starts_at: ", "starts_at: no time, ")
    repository.commit()
    repository.write(TALK, (ROOT / TALK).read_text())
    text = diff("HEAD", *files).text  # one fixture of three tables
    assert text.count("items not compared") == 3 and text.count("note: at HEAD: fixtures/") == 1
    plan = json.loads(diff("HEAD", *files, "--format", "json").text.splitlines()[-1])
    assert (plan["not_compared"], plan["items_not_compared"]) == (0, 3)


def test_many_mistakes_are_counted(diff, repository):
    text = (repository.folder / DEFINITION).read_text()
    repository.write(DEFINITION, text + "".join(f"unheard_of_{i}: 1\n" for i in range(40)))
    repository.commit()
    repository.write(DEFINITION, text)
    result = diff("HEAD", DEFINITION, *USERS)
    assert result.text.count("error[") == 10
    assert "  note: at HEAD: and 30 more\n" in result.text


def test_refusals(diff, run, repository, tmp_path):
    assert "no revision 'nowhere'" in diff("nowhere", DEFINITION, *USERS, expect=2).errors
    assert "fetch-depth: 0" in diff("nowhere", DEFINITION, *USERS, expect=2).errors
    assert "cannot be a revision" in diff("-h", DEFINITION, *USERS, expect=2).errors
    assert "cannot be a revision" in diff("a\nb", DEFINITION, *USERS, expect=2).errors
    for name in ("^HEAD", "HEAD..HEAD", "HEAD:schemas", "HEAD^{tree}"):
        assert f"git knows no revision '{name}'" in diff(name, DEFINITION, *USERS, expect=2).errors
    stdin = (ROOT / TALK).read_bytes()
    assert "has no revisions" in diff("HEAD", DEFINITION, "-", *USERS, stdin=stdin, expect=2).errors
    outside = tmp_path / "outside.yaml"
    outside.write_text((ROOT / "schemas/shop.yaml").read_text().split("fixtures:")[0])
    result = diff("HEAD", outside, expect=2)
    assert "outside.yaml' is outside of the repository" in result.errors
    assert "git cannot be run" in diff("HEAD", DEFINITION, *USERS, env={"PATH": "/nowhere"}, expect=2).errors
    command = ("diff", repository.folder / DEFINITION, "--handles", ROOT / "fixtures/users.yaml")
    result = run(*command, "--against", "git:HEAD", cwd=tmp_path, expect=2)
    assert "in no work tree of git" in result.errors


def test_an_index_that_is_given_is_left_alone(diff, repository):
    """As in a hook, where git names the index."""
    repository.edit(TALK, "You hide the cat.", "You hide the dog.")
    repository.git("add", TALK)
    index = repository.folder / ".git/index"
    result = diff("HEAD", DEFINITION, *USERS, env={"GIT_INDEX_FILE": str(index)}, expect=1)
    assert "1 to change" in result.text


def test_interrupted(ddbgen, repository, tmp_path):
    """While git takes its time; nothing is left behind."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    slow = tmp_path / "bin/git"
    slow.parent.mkdir()
    slow.write_text(
        '#!/bin/sh\ncase "$*" in *cat-file*)\n'
        'for folder in "$TMPDIR"/*; do touch "$folder/begun"; done; exec sleep 60 ;; esac\n'
        'exec /usr/bin/git "$@"\n'
    )
    slow.chmod(0o755)
    process = subprocess.Popen(
        [ddbgen, "diff", DEFINITION, *USERS, "--against", "git:HEAD"],
        cwd=repository.folder,
        env={**os.environ, "PATH": f"{slow.parent}:/usr/bin:/bin", "TMPDIR": str(temporary)},
    )
    wait_for(lambda: list(temporary.glob("*/begun")), process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 130
    assert list(temporary.iterdir()) == []


def test_git_gets_nothing_that_was_opened_for_us(ddbgen, repository, tmp_path):
    """Such as the pipe that handles are read from."""
    (tmp_path / "bin").mkdir()
    wrapper = tmp_path / "bin/git"
    wrapper.write_text("#!/bin/bash\nreadlink /proc/$$/fd/{3..300} >> "
                       f"'{tmp_path}/seen'\nexec /usr/bin/git \"$@\"\n")
    wrapper.chmod(0o755)
    kept = [os.open(tmp_path, os.O_RDONLY) for _ in range(2)]
    reading, writing = os.pipe()
    os.write(writing, (repository.folder / "fixtures/users.yaml").read_bytes())
    os.close(writing)
    done = subprocess.run(
        [ddbgen, "diff", DEFINITION, "--handles", f"/dev/fd/{reading}", "--against", "git:HEAD"],
        cwd=repository.folder, pass_fds=[*kept, reading], capture_output=True,
        env={"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    seen = (tmp_path / "seen").read_text().split()
    assert seen != [] and set(seen) == {str(wrapper)}  # the shell's own script
