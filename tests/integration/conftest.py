"""Real servers for the tests: a throwaway Postgres, dynalite, and a way to run ddbgen.

`postgres` is one cluster a session (pg_virtualenv) with a fresh database for each test;
`dynamo` is a dynalite of its own for each test, empty and on a free port. Both end with
the session, however it ends. `python3 -m pytest tests/integration` works by itself, with
the program in $DDBGEN or in build/.
"""

import contextlib
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import boto3
import botocore.config
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "tests/faults")]

import fault_server  # noqa: E402

PASSED_ON = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")


# --- states that are waited for: no test depends on how long anything takes -----------------


def wait_for(condition, process=None, seconds=60):
    """Until it holds. A process that has ended would not bring it about any more."""
    deadline = time.monotonic() + seconds
    while not condition():
        ended = process is not None and process.poll() is not None
        assert not ended or condition(), "ended before it came to it"
        assert time.monotonic() < deadline, f"does not come to it in {seconds} s"
        time.sleep(0.005)


def status_of(process):
    text = Path(f"/proc/{process.pid}/status").read_text()
    return dict(re.findall(r"(?m)^(\w+):\s+(.*)$", text))


def watches(process, which=signal.SIGINT):
    """Whether the process would see the signal, and not die of it."""
    return int(status_of(process)["SigCgt"], 16) >> (which - 1) & 1 == 1


def awaits_a_peer(process, which=signal.SIGINT):
    """Whether it sleeps, and would see the signal."""
    status = status_of(process)
    return status["State"].startswith("S") and watches(process, which)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


# --- the program -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def ddbgen():
    """The program's path."""
    path = Path(os.environ.get("DDBGEN", ROOT / "build/ddbgen")).resolve()
    assert path.is_file(), f"{path} is not built (set DDBGEN)"
    return path


@pytest.fixture(scope="session")
def sanitized(ddbgen):
    """Whether a sanitizer is in it, which takes memory as it likes."""
    return b"__asan_init" in ddbgen.read_bytes()


@dataclass
class Result:
    code: int
    out: bytes
    err: bytes
    peak_mib: float = 0  # of it or a process of its own, when it was measured

    @property
    def text(self):
        return self.out.decode()

    @property
    def errors(self):
        return self.err.decode()

    @property
    def all(self):
        return self.out + self.err


def runner(ddbgen, home):
    """run("apply", FILE, ..., env={...}, expect=0): ddbgen in a clean environment.

    Nothing of the caller's AWS_* or PG* variables gets in. expect=None takes any code.
    With measured=True the result knows its peak memory.
    """
    measured_by = [sys.executable, "-SI", ROOT / "tests/bench/measured.py"]

    numbers = itertools.count()

    def run(
        *arguments, env=None, expect=0, stdin=b"", cwd=ROOT, timeout=120, measured=False
    ):
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "LC_ALL": "C",
            "TZ": "UTC",
            "AWS_EC2_METADATA_DISABLED": "true",  # the machine's own role is nobody's business
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            **(env or {}),
        }
        note = home / f"measured-{next(numbers)}"
        done = subprocess.run(
            [*([*measured_by, note] if measured else []), str(ddbgen), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            env=environment,
            cwd=cwd,
            timeout=timeout,
        )
        result = Result(done.returncode, done.stdout, done.stderr)
        if measured:
            code, _, peak = note.read_text().split()
            result.code, result.peak_mib = int(code), int(peak) / 1024
        if expect is not None:
            said = result.all.decode(errors="backslashreplace")
            assert result.code == expect, f"exit {result.code}, expected {expect}\n{said}"
        return result

    return run


@pytest.fixture
def run(ddbgen, tmp_path_factory):
    return runner(ddbgen, tmp_path_factory.mktemp("home"))


# --- Postgres ----------------------------------------------------------------------------


class Cluster:
    """A running Postgres, and databases in it."""

    def __init__(self, variables):
        self.variables = variables
        self.host = variables["PGHOST"]
        self.port = variables["PGPORT"]
        self.superuser = variables["PGUSER"]
        self.superuser_password = variables["PGPASSWORD"]
        self.user, self.password = "reader", "reader-Xk2"  # may read users, see `database`

    def url(self, database, password=None, port=None):
        secret = password or self.password
        return f"postgresql://{self.user}:{secret}@{self.host}:{port or self.port}/{database}"

    def superuser_url(self, database):
        login = f"{self.superuser}:{self.superuser_password}"
        return f"postgresql://{login}@{self.host}:{self.port}/{database}"

    def psql(self, database, sql):
        done = subprocess.run(
            ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database],
            input=sql.encode(),
            env={**os.environ, **self.variables, "PGCLIENTENCODING": "UTF8"},
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()


@pytest.fixture(scope="session")
def postgres():
    if shutil.which("pg_virtualenv") is None:
        pytest.skip("postgresql-common is not installed")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    environment["PGPORT"] = str(free_port())
    process = subprocess.Popen(
        ["pg_virtualenv", "-t", "-i", "--encoding=UTF8 --locale=C.UTF-8"]
        + ["sh", "-c", "echo READY; env | grep ^PG; echo DONE; cat >/dev/null"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    said = b""
    for line in process.stdout:
        said += line
        if line == b"DONE\n":
            break
    else:
        pytest.fail(f"pg_virtualenv: {said.decode()}")
    variables = dict(re.findall(r"(?m)^(PG\w+)=(.*)$", said.decode()))
    cluster = Cluster(variables)
    cluster.psql("postgres", f"CREATE ROLE {cluster.user} LOGIN PASSWORD '{cluster.password}'")
    yield cluster
    process.stdin.close()
    process.stdout.read()
    process.wait(60)


class Database:
    """A fresh database with the shipped users; `url` is of a role that may only read them."""

    def __init__(self, cluster, name):
        self.cluster = cluster
        self.name = name
        self.url = cluster.url(name)
        self.env = {"CONNECTION_URL": self.url}
        self.superuser_env = {"CONNECTION_URL": cluster.superuser_url(name)}

    def psql(self, sql):
        return self.cluster.psql(self.name, sql)

    def users(self):
        rows = self.psql("SELECT handle, uuid, display_name FROM public.users").splitlines()
        return {handle: (id, name) for handle, id, name in (row.split("|") for row in rows)}


def fresh_database(cluster, name):
    cluster.psql("postgres", f'DROP DATABASE IF EXISTS "{name}"; ')
    cluster.psql("postgres", f'CREATE DATABASE "{name}"')
    fresh = Database(cluster, name)
    fresh.psql((ROOT / "fixtures/users.sql").read_text())
    fresh.psql(f"GRANT SELECT ON public.users TO {cluster.user}")
    return fresh


@pytest.fixture
def database(postgres, request):
    return fresh_database(postgres, "t_" + re.sub(r"\W", "_", request.node.name.lower())[:50])


# --- a tool of the build -------------------------------------------------------------------


def built_tool(name):
    """tests/unit/NAME of the build that $DDBGEN is of."""
    built = Path(os.environ.get("DDBGEN", "build/ddbgen")).resolve()
    for folder in built.parents:
        path = folder / "tests/unit" / name
        if path.is_file():
            return path
    pytest.skip(f"{name} is not built: cmocka is missing")


# --- a service that fails ------------------------------------------------------------------


@pytest.fixture
def server():
    """tests/faults/fault_server.py, which was sent nothing that no request may look like."""
    server = fault_server.FaultServer()
    yield server
    server.close()
    assert server.violations == []


def write_talk(folder):
    """users.yaml and talk.txt: two people, one message."""
    (folder / "users.yaml").write_text("- { handle: ann }\n- { handle: bob }\n")
    (folder / "talk.txt").write_text(
        "---\nconversation: one\nparticipants: { A: ann, B: bob }\n"
        "starts_at: 2023-03-19T12:00:00Z\n---\nA: hello\n"
    )


# --- DynamoDB ----------------------------------------------------------------------------


class Dynamo:
    """A running DynamoDB-compatible server and boto3's view of it."""

    def __init__(self, port):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.client = boto3.client(
            "dynamodb",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=botocore.config.Config(retries={"max_attempts": 0}),
        )

    def items(self, table):
        pages = self.client.get_paginator("scan").paginate(TableName=table)
        return [item for page in pages for item in page["Items"]]

    def tables(self):
        return self.client.list_tables()["TableNames"]


def forget_ledgers(port):
    """What was applied from this checkout to a server that had the port before."""
    shutil.rmtree(ROOT / f".ddbgen/127.0.0.1-{port}", ignore_errors=True)


@contextlib.contextmanager
def dynalite(create_ms=20, delete_ms=20):
    process = subprocess.Popen(
        ["node", ROOT / "tests/servers/dynalite.js", str(create_ms), str(delete_ms)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    port = int(process.stdout.readline())
    forget_ledgers(port)
    yield Dynamo(port)
    process.stdin.close()
    process.wait(10)
    forget_ledgers(port)


@pytest.fixture
def start_dynamo():
    """start_dynamo(create_ms, delete_ms): a dynalite that ends with the test."""
    with contextlib.ExitStack() as running:
        yield lambda **times: running.enter_context(dynalite(**times))


@pytest.fixture
def dynamo(start_dynamo):
    return start_dynamo()
