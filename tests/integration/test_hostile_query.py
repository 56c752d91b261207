"""A definition is a stranger's: whatever its query says, nothing runs but one that gives rows.

Every attack is asked as a superuser, so that nothing but the protocol is in its way. What it
would do leaves a trace: a file on the database's host, a row, a setting.
"""

import json
import re
import tempfile
import time
from pathlib import Path

import pytest
from conftest import fresh_database
from test_handles import QUERY, project  # noqa: F401 (a fixture)

MANY = 1700
COLUMNS = "handle, uuid, display_name FROM public.users"


@pytest.fixture
def witness():
    """A folder that the server's user may write, too."""
    with tempfile.TemporaryDirectory(prefix="witness-", dir="/tmp") as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.fixture(scope="module")
def database(postgres):
    """One for the whole file: no test may change it, which each attack checks."""
    fresh = fresh_database(postgres, "attacked")
    fresh.psql(
        "CREATE TABLE public.log (line text); CREATE SEQUENCE public.counter;"
        "CREATE FUNCTION public.writes() RETURNS text LANGUAGE plpgsql AS "
        "$$BEGIN INSERT INTO public.log VALUES ('written'); RETURN 'x'; END$$;"
        "SELECT lo_from_bytea(4711, 'x');"
        "INSERT INTO public.users (handle, uuid, display_name) SELECT 'h' || i, "
        f"gen_random_uuid(), 'H ' || i FROM generate_series(1, {MANY}) AS i"
    )
    return fresh


STATE = """
    SELECT (SELECT md5(string_agg(u::text, ',' ORDER BY handle)) FROM public.users u),
           (SELECT count(*) FROM public.log), (SELECT is_called FROM public.counter),
           (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_roles),
           (SELECT count(*) FROM pg_largeobject_metadata)
"""


def quoted(query):
    return json.dumps(query)  # of YAML's strings the one that keeps line breaks


@pytest.fixture
def attack(run, database, project, witness):  # noqa: F811
    """attack(query): the result, after nothing of it came about."""

    def attack(query, expect=2):
        before = database.psql(STATE)
        path = project(query=quoted(query))
        began = time.monotonic()
        result = run(
            "build", path, "--emit", "items", env=database.superuser_env, expect=expect, timeout=40
        )
        assert time.monotonic() - began < 20
        assert list(witness.iterdir()) == []
        assert database.psql(STATE) == before
        return result

    return attack


REFUSED = {
    "copy-to-program": "COPY (SELECT 1 /* $1 */) TO PROGRAM 'id > WITNESS/shell'",
    "copy-to-file": "COPY (SELECT 1 /* $1 */) TO 'WITNESS/file'",
    "copy-to-stdout": "COPY (SELECT handle FROM public.users /* $1 */) TO STDOUT",
    "copy-parameter": f"COPY (SELECT {COLUMNS} WHERE handle = ANY($1::text[])) TO STDOUT",
    "copy-from-stdin": "COPY public.log FROM STDIN /* $1 */",
    "copy-from-program": "COPY public.log FROM PROGRAM 'id > WITNESS/shell' /* $1 */",
    "commit": "COMMIT /* $1 */",
    "end": "END -- $1",
    "rollback": "ROLLBACK /* $1 */",
    "prepare-transaction": "PREPARE TRANSACTION '$1'",
    "do": "DO $$BEGIN INSERT INTO public.log VALUES ('$1'); END$$",
    "call": "CALL public.writes() /* $1 */",
    "execute": "EXECUTE x('$1')",
    "set": "SET transaction_read_only = off /* $1 */",
    "reset": "RESET ALL /* $1 */",
    "discard": "DISCARD ALL /* $1 */",
    "listen": "LISTEN x /* $1 */",
    "load": "LOAD '$libdir/plpgsql' /* $1 */",
    "vacuum": "VACUUM /* $1 */",
    "checkpoint": "CHECKPOINT /* $1 */",
    "alter-system": "ALTER SYSTEM SET work_mem = '1MB' /* $1 */",
    "create-table-as": f"CREATE TABLE public.t AS SELECT {COLUMNS} WHERE handle = ANY($1)",
    "create-role": "CREATE ROLE evil SUPERUSER /* $1 */",
    "insert": "INSERT INTO public.log SELECT unnest($1::text[])",
    "insert-returning": "INSERT INTO public.log SELECT unnest($1::text[]) RETURNING line AS handle",
    "update-returning": "UPDATE public.users SET display_name = 'x' WHERE handle = ANY($1) "
    "RETURNING *",
    "delete-returning": "DELETE FROM public.users WHERE handle = ANY($1::text[]) RETURNING *",
    "merge": "MERGE INTO public.log USING unnest($1::text[]) AS u(h) ON line = h "
    "WHEN NOT MATCHED THEN INSERT VALUES (h)",
    "with-insert": "WITH w AS (INSERT INTO public.log SELECT 'x' RETURNING 1) "
    f"SELECT {COLUMNS} WHERE handle = ANY($1::text[])",
    "with-delete": "WITH w AS (DELETE FROM public.users RETURNING 1) "
    f"SELECT {COLUMNS} WHERE handle = ANY($1::text[])",
    "select-into": "SELECT handle, uuid INTO public.t FROM public.users "
    "WHERE handle = ANY($1::text[])",
    "for-update": QUERY + " FOR UPDATE",
    "for-share": QUERY + " FOR KEY SHARE",
    "two-statements": QUERY + "; DROP TABLE public.users",
    "two-with-copy": QUERY + "; COPY (SELECT 1) TO PROGRAM 'id > WITNESS/shell'",
    "second-after-comment": QUERY + " /* */; COMMIT",
    "explain": "EXPLAIN ANALYZE " + QUERY,
    "declare": "DECLARE d CURSOR FOR " + QUERY,
    "with-hold": "SELECT 1; DECLARE d CURSOR WITH HOLD FOR " + QUERY,
    "fetch": "FETCH ALL FROM ddbgen_handles /* $1 */",
    "open-comment": QUERY + " /*",
    "open-string": "SELECT '$1",
    "only-a-comment": "-- $1",
    "only-a-semicolon": "; -- $1",
    "parameter-in-comment": f"SELECT {COLUMNS} -- $1",
    "parameter-in-block": f"SELECT {COLUMNS} /* WHERE handle = ANY($1) */",
    "parameter-in-string": f"SELECT {COLUMNS} WHERE handle <> '$1'",
    "parameter-in-name": f'SELECT handle AS "$1", {COLUMNS}',
    "another-parameter": f"SELECT {COLUMNS} WHERE handle = ANY($1) AND display_name <> $2",
    "only-another-parameter": f"SELECT {COLUMNS} WHERE handle = ANY($2) -- $1",
    "writing-function": f"SELECT public.writes() AS w, {COLUMNS} WHERE handle = ANY($1::text[])",
    "sequence": f"SELECT nextval('public.counter'), {COLUMNS} WHERE handle = ANY($1::text[])",
    "read-write-again": "SELECT set_config('transaction_read_only', 'off', true), "
    f"{COLUMNS} WHERE handle = ANY($1::text[])",
}


@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_query_is_refused(attack, witness, query):
    result = attack(query.replace("WITNESS", str(witness)), expect=None)
    print(result.code, result.errors)
    assert result.code in (2, 3)
    assert re.search(r"error\[(handle-query|postgres)\]", result.errors), result.errors
    assert result.out == b""


# What runs SQL of its own inside a query: read-only all the same.
WITHIN = {
    "query-to-xml": "SELECT query_to_xml('COPY (SELECT 1) TO PROGRAM ''id > WITNESS/shell''', "
    f"true, true, '')::text AS x, {COLUMNS} WHERE handle = ANY($1::text[])",
    "query-to-xml-insert": "SELECT query_to_xml('INSERT INTO public.log VALUES (1)', "
    f"true, true, '')::text AS x, {COLUMNS} WHERE handle = ANY($1::text[])",
    "ts-stat": f"SELECT (SELECT count(*) FROM ts_stat('DELETE FROM public.log')) AS x, {COLUMNS} "
    "WHERE handle = ANY($1::text[])",
}


@pytest.mark.parametrize("query", WITHIN.values(), ids=WITHIN.keys())
def test_functions_that_run_sql_cannot_write_either(attack, witness, query):
    result = attack(query.replace("WITNESS", str(witness)), expect=None)
    assert result.code in (2, 3) and result.out == b""


def test_a_role_that_may_only_read_writes_no_files(run, database, project, witness):  # noqa: F811
    """What a superuser could do all the same (docs/security.md), and this role cannot."""
    for call in (
        f"lo_export(4711, '{witness}/exported')",
        "pg_read_file('/etc/passwd')",
        "pg_reload_conf()::text",
        "pg_ls_dir('/')",
    ):
        query = f"SELECT {call} AS x, {COLUMNS} WHERE handle = ANY($1::text[])"
        path = project(query=quoted(query))
        result = run("build", path, env=database.env, expect=3)
        assert "permission denied for function" in result.errors
        assert list(witness.iterdir()) == []


def test_the_superuser_is_warned(run, database, project):  # noqa: F811
    env = database.superuser_env
    result = run("build", project(), "--emit", "items", env=env)
    assert "warning[handle-superuser]" in result.errors and "SELECT on the users" in result.errors
    run("build", project(), "--strict", env=env, expect=2)
    quiet = run("build", project(), "--emit", "items", env=database.env)
    assert "warning" not in quiet.errors and quiet.out == result.out


def test_a_superuser_who_plays_another_role_is_warned(run, database, project):  # noqa: F811
    url = database.cluster.superuser_url(database.name)
    env = {"CONNECTION_URL": f"{url}?options=-crole%3D{database.cluster.user}"}
    result = run("build", project(), "--emit", "items", env=env)
    assert "warning[handle-superuser]" in result.errors


def test_a_member_of_a_superusers_role_is_warned(run, database, project):  # noqa: F811
    """Who may become one within the query: set_config('role', ...), then what needs it."""
    cluster = database.cluster
    database.psql(
        "CREATE ROLE climber LOGIN NOINHERIT PASSWORD 'x';"
        "GRANT SELECT ON public.users TO climber;"
        f"CREATE ROLE between NOINHERIT; GRANT {cluster.superuser} TO between;"
        "GRANT between TO climber"
    )
    url = f"postgresql://climber:x@{cluster.host}:{cluster.port}/{database.name}"
    try:
        result = run("build", project(), "--emit", "items", env={"CONNECTION_URL": url})
    finally:
        database.psql("DROP OWNED BY climber; DROP ROLE climber; DROP ROLE between")
    assert "warning[handle-superuser]" in result.errors


LEGAL = {
    "semicolon": QUERY + ";",
    "semicolons": QUERY + " ;; ; ",
    "comment-at-the-end": QUERY + " -- all of them",
    "comment-and-semicolon": QUERY + "; -- all of them",
    "comment-before": "/* ours */ -- really\n" + QUERY,
    "with": f"WITH u AS (SELECT {COLUMNS} WHERE handle = ANY($1::text[])) TABLE u",
    "values": "SELECT h AS handle, '00000000-0000-4000-8000-000000000000' AS uuid, "
    "h AS display_name FROM unnest($1) AS h",
    "parentheses": "(" + QUERY + ")",
    "union": QUERY + " UNION ALL " + QUERY + " AND false",
    "inferred": QUERY.replace("$1::text[]", "$1"),
    "twice": QUERY + " AND handle = ANY($1)",
    "order": QUERY + " ORDER BY handle LIMIT 2 OFFSET 0",
    "dollar-quoted": QUERY + " AND handle <> $$;$1 COPY$$",
}


@pytest.mark.parametrize("query", LEGAL.values(), ids=LEGAL.keys())
def test_whatever_gives_rows_is_a_query(attack, query):
    assert attack(query, expect=0).out.count(b"\n") > 0


# --- sizes -------------------------------------------------------------------------------


def test_many_handles_come_in_portions(run, database, project):  # noqa: F811
    handles = [f"h{i}" for i in range(1, MANY + 1)]
    lines = "".join(
        f"---\nconversation: talk {i}\nparticipants:\n  A: {one}\n  B: {other}\n"
        "starts_at: 2023-03-19T12:00:00Z\ninterval: 1m\n---\nA: hello\nB: hi\n"
        for i, (one, other) in enumerate(zip(handles[::2], handles[1::2]))
    )
    path = project()
    (path.parent / "talk.txt").write_text(lines)
    result = run("build", path, "--emit", "items", env=database.env)
    users = database.users()
    assert result.out.count(b"\n") == MANY
    assert all(users[handle][0] in result.text for handle in handles)


HUGE = {
    "endless-rows": "SELECT handle, uuid, display_name FROM public.users, "
    "generate_series(1, 1000000000) WHERE handle = ANY($1::text[]) AND handle = 'bayko'",
    "endless-others": "SELECT 'x' || i AS handle, $1::text AS uuid, 'x' AS display_name "
    "FROM generate_series(1, 1000000000) AS i",
    "streamed-rows": "SELECT handle, uuid, generate_series(1, 1000000000) AS display_name "
    "FROM public.users WHERE handle = ANY($1::text[])",
    "a-value": "SELECT handle, uuid, repeat('x', 900 * 1024 * 1024) AS display_name "
    "FROM public.users WHERE handle = ANY($1::text[])",
    "a-smaller-value": "SELECT handle, uuid, repeat('x', 40 * 1024 * 1024) AS display_name "
    "FROM public.users WHERE handle = ANY($1::text[])",
    "a-row": "SELECT handle, uuid, " + ", ".join(
        f"repeat('x', 100000) AS c{i}" for i in range(40)) + ", display_name "
    "FROM public.users WHERE handle = ANY($1::text[])",
    "columns": "SELECT " + ", ".join(f"1 AS c{i}" for i in range(1600)) + ", handle, uuid, "
    "display_name FROM public.users WHERE handle = ANY($1::text[])",
    "an-error": "SELECT handle, uuid, repeat('x', 90000000)::int AS display_name "
    "FROM public.users WHERE handle = ANY($1::text[])",
}


@pytest.mark.parametrize("query", HUGE.values(), ids=HUGE.keys())
def test_a_huge_answer_is_refused_in_small_memory(
    run, database, project, query, sanitized  # noqa: F811
):
    path = project(query=quoted(query))
    began = time.monotonic()
    result = run("build", path, env=database.env, expect=None, timeout=40, measured=True)
    assert result.code in (2, 3) and result.out == b"", result.errors
    assert re.search(r"error\[(handle-query|handle-twice|postgres)\]", result.errors)
    assert len(result.err) < 4000
    assert time.monotonic() - began < 25
    assert sanitized or result.peak_mib < 160
