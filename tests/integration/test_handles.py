"""Handles from a real Postgres: what goes right, what goes wrong, what must not leak."""

import re
import shutil

import pytest
from conftest import ROOT, free_port

DEFINITION = """\
table_name: messages
attribute_definitions: { pk: S, sk: S }
key_schema: { hash: pk, range: sk }
billing_mode: PAY_PER_REQUEST
handles:
  postgres:
    url: ${env.CONNECTION_URL}
    query: QUERY
entities:
  message:
    for_each: message
    attributes:
      pk: MSG#${conversation.uuid}
      sk: ${message.created_at}
      text: ${message.text}
      by: ${sender.uuid}
      name: ${sender.display_name}
"""
QUERY = "SELECT handle, uuid, display_name FROM public.users WHERE handle = ANY($1::text[])"


@pytest.fixture
def project(tmp_path):
    """project(handles, query=..., name=...): the path of a definition with a transcript."""

    def write(handles=("andrewbrown", "bayko"), query=QUERY, definition=DEFINITION):
        quoted = ["'" + handle.replace("'", "''") + "'" for handle in handles]
        people = "\n".join(f"  P{i}: {handle}" for i, handle in enumerate(quoted))
        lines = "\n".join(f"P{i}: hello" for i in range(len(handles)))
        (tmp_path / "talk.txt").write_text(
            f"---\nconversation: talk\nparticipants:\n{people}\n"
            f"starts_at: 2023-03-19T12:00:00Z\ninterval: 1m\n---\n{lines}\n"
        )
        path = tmp_path / "m.yaml"
        path.write_text(definition.replace("QUERY", query) + "fixtures: [ talk.txt ]\n")
        return path

    return write


def test_users_come_from_postgres(run, database, project):
    result = run("build", project(), "--emit", "items", env=database.env)
    users = database.users()
    assert users["andrewbrown"][0] in result.text and users["bayko"][0] in result.text
    assert database.name in result.errors  # host and database are shown


def test_libpqs_own_variables_without_a_url(run, database, project):
    definition = re.sub(r"    url: .*\n", "", DEFINITION)
    environment = {
        "PGHOST": "localhost",
        "PGPORT": database.cluster.port,
        "PGUSER": database.cluster.user,
        "PGPASSWORD": database.cluster.password,
        "PGDATABASE": database.name,
    }
    result = run("build", project(definition=definition), "--emit", "items", env=environment)
    assert database.users()["bayko"][0] in result.text


HOSTILE = [
    "o'brien",
    'double"quote',
    "back\\slash",
    "'; DROP TABLE public.users; --",
    "{a,b}",
    "NULL",
    "comma, and {braces}",
    "$1",
    "%s%n",
    "émile",
    "x' OR '1'='1",
]


def test_hostile_handles_are_only_names(run, database, project):
    for i, handle in enumerate(HOSTILE):
        quoted = handle.replace("'", "''")
        database.psql(
            "INSERT INTO public.users (handle, uuid, display_name) VALUES "
            f"('{quoted}', '00000000-0000-4000-8000-{i:012d}', 'Hostile {i}')"
        )
    result = run("build", project(HOSTILE), "--emit", "items", env=database.env)
    for i in range(len(HOSTILE)):
        assert f"00000000-0000-4000-8000-{i:012d}" in result.text
    assert int(database.psql("SELECT count(*) FROM public.users")) >= len(HOSTILE)


def test_hostile_handles_that_nobody_has(run, database, project):
    before = database.psql("SELECT count(*) FROM public.users")
    result = run("build", project(HOSTILE), "--emit", "items", env=database.env, expect=2)
    assert result.out == b""
    assert result.errors.count("error[handle-unknown]") == len(HOSTILE)
    assert database.psql("SELECT count(*) FROM public.users") == before


def test_missing_handles_are_told_together_with_the_nearest(run, database, project):
    result = run(
        "build", project(["andrewbrown", "andrewbron", "nobody"]), env=database.env, expect=2
    )
    assert result.errors.count("error[handle-unknown]") == 2
    assert "did you mean 'andrewbrown'" in result.errors
    assert result.out == b""


def test_a_null_column_that_is_read(run, database, project):
    database.psql(
        "ALTER TABLE public.users ALTER display_name DROP NOT NULL;"
        "UPDATE public.users SET display_name = NULL WHERE handle = 'bayko'"
    )
    result = run("build", project(), env=database.env, expect=2)
    assert "error[handle-null]" in result.errors and "display_name" in result.errors
    unread = DEFINITION.replace("      name: ${sender.display_name}\n", "")
    run("build", project(definition=unread), env=database.env)


def test_a_handle_found_twice(run, database, project):
    database.psql(
        "ALTER TABLE public.users DROP CONSTRAINT users_handle_key;"
        "INSERT INTO public.users (handle, uuid, display_name) VALUES"
        " ('bayko', '00000000-0000-4000-8000-000000000000', 'Another')"
    )
    result = run("build", project(), env=database.env, expect=2)
    assert "error[handle-twice]" in result.errors and "bayko" in result.errors


@pytest.mark.parametrize(
    "query",
    [
        "SELECT uuid, display_name FROM public.users WHERE handle = ANY($1::text[])",
        "SELECT handle, uuid, uuid, display_name FROM public.users WHERE handle = ANY($1::text[])",
    ],
    ids=["no-handle-column", "column-twice"],
)
def test_a_query_of_the_wrong_shape(run, database, project, query):
    result = run("build", project(query=query), env=database.env, expect=2)
    assert "error[handle-query]" in result.errors


@pytest.mark.parametrize(
    "query",
    [
        "SELECT handle, uuid, display_name FROM public.users",
        "SELEC handle FROM public.users WHERE handle = ANY($1::text[])",
        "SELECT handle, uuid, display_name FROM nowhere WHERE handle = ANY($1::text[])",
        QUERY.replace("$1", "$2"),
    ],
    ids=["no-parameter", "syntax", "no-table", "other-parameter"],
)
def test_a_query_that_postgres_refuses(run, database, project, query):
    result = run("build", project(query=query), env=database.env, expect=None)
    assert result.code in (2, 3), result.errors
    assert re.search(r"error\[(handle-query|postgres)\]", result.errors)
    assert result.out == b"" and database.cluster.password not in result.errors


def test_the_query_cannot_write(run, database, project):
    database.psql("CREATE TABLE public.log (handle text)")
    query = (
        "WITH w AS (INSERT INTO public.log SELECT 1 RETURNING 1) "
        "SELECT handle, uuid, display_name FROM public.users WHERE handle = ANY($1::text[])"
    )
    result = run("build", project(query=query), env=database.env, expect=None)
    assert result.code in (2, 3)
    assert database.psql("SELECT count(*) FROM public.log") == "0\n"


def test_several_statements_are_refused(run, database, project):
    query = QUERY + "; DROP TABLE public.users"
    run("build", project(query=query), env=database.env, expect=None)
    assert int(database.psql("SELECT count(*) FROM public.users")) > 0


def test_a_slow_query_ends(run, database, project):
    query = (
        "SELECT handle, uuid, display_name FROM public.users, pg_sleep(60)"
        " WHERE handle = ANY($1::text[])"
    )
    result = run("build", project(query=query), env=database.env, expect=3, timeout=40)
    assert "error[postgres]" in result.errors


# --- secrets -----------------------------------------------------------------------------

SECRET = "hunter2-Zq9"


def no_secret(result):
    assert SECRET.encode() not in result.all
    return result


def test_wrong_password(run, postgres, database, project):
    url = postgres.url(database.name, password=SECRET)
    result = no_secret(run("build", project(), env={"CONNECTION_URL": url}, expect=3))
    assert "error[postgres]" in result.errors and result.out == b""


def test_no_server(run, project):
    url = f"postgresql://somebody:{SECRET}@127.0.0.1:{free_port()}/cruddur"
    result = no_secret(run("build", project(), env={"CONNECTION_URL": url}, expect=3))
    assert "127.0.0.1" in result.errors


def test_no_such_database(run, postgres, project):
    url = postgres.url("no-such-database")
    result = run("build", project(), env={"CONNECTION_URL": url}, expect=3)
    assert postgres.password not in result.errors


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@[::1/x",
        f"postgresql://u:{SECRET}@localhost:notaport/x",
        f"host=localhost password={SECRET} nonsense=1",
        f"host=localhost password='{SECRET}",
        f"{SECRET}",
    ],
)
def test_a_malformed_url_shows_nothing_of_it(run, project, url):
    result = no_secret(run("build", project(), env={"CONNECTION_URL": url}, expect=None))
    assert result.code in (2, 3)


def test_a_url_written_in_the_file_is_not_shown(run, project):
    definition = DEFINITION.replace(
        "${env.CONNECTION_URL}", f"postgresql://u:{SECRET}@127.0.0.1:{free_port()}/x"
    )
    no_secret(run("build", project(definition=definition), expect=3))


def test_unset_variable(run, project):
    result = run("build", project(), expect=2)
    assert "error[env-unset]" in result.errors and "CONNECTION_URL" in result.errors


# --- no server is needed ---------------------------------------------------------------


def test_check_asks_nobody(run, project):
    url = f"postgresql://u:{SECRET}@127.0.0.1:{free_port()}/x"
    no_secret(run("check", project(), env={"CONNECTION_URL": url}))


def test_a_handles_file_asks_nobody(run, tmp_path):
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    shutil.copytree(ROOT / "fixtures", tmp_path / "fixtures")
    (tmp_path / ".git").mkdir()
    run("build", tmp_path / "schemas/messages.yaml", "--handles", ROOT / "fixtures/users.yaml")
