"""What the environment keeps for one host goes to no other that a checkout's file names."""

import contextlib
import http.server
import ssl
import struct
import subprocess
import threading

import pytest
from fake_postgres import FakePostgres, message
from test_handles import DEFINITION, project  # noqa: F401 (a fixture)

PASSWORD = "pg-Zq9-password"
FROM_FILE = "pgpass-Zq9-password"
SERVICE = "service-Zq9-password"
KEY_ID = "AKIAZQ9EXAMPLEEXAMPL"
TOKEN = "session-Zq9-token"
SECRETS = (PASSWORD, FROM_FILE, SERVICE, KEY_ID, TOKEN, "Zq9")


def wants_a_password(peer):
    """Any server may ask for it in plain text."""
    peer.send(message(b"R", struct.pack("!I", 3)))
    peer.next()


@pytest.fixture
def home(tmp_path):
    """A user's files, as libpq looks for them."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / ".pgpass").write_text(f"*:*:*:*:{FROM_FILE}\n")
    (folder / ".pgpass").chmod(0o600)
    (folder / ".pg_service.conf").write_text(f"[prod]\npassword={SERVICE}\nuser=u\n")
    return folder


SOURCES = {
    "PGPASSWORD": {"PGPASSWORD": PASSWORD},
    "PGPASSFILE": {"PGPASSFILE": "HOME/.pgpass"},
    "pgpass": {},
    "PGSERVICE": {"PGSERVICE": "prod", "PGSERVICEFILE": "HOME/.pg_service.conf"},
}
WRITTEN = {
    "url": "postgresql://u@127.0.0.1:PORT/db",
    "other-scheme": "postgres://127.0.0.1:PORT/db?user=u",
    "host-as-parameter": "postgresql:///db?host=127.0.0.1&port=PORT&user=u",
    "hostaddr": "postgresql://u@prod.example:PORT/db?hostaddr=127.0.0.1",
    "words": "host=127.0.0.1 port=PORT user=u dbname=db",
    "words-hostaddr": "hostaddr=127.0.0.1 port=PORT user=u",
    "several-hosts": "postgresql://u@127.0.0.1:PORT,127.0.0.1:PORT/db",
}


def look_up(run, project, url, home, env, expect=3):  # noqa: F811
    variables = {name: value.replace("HOME", str(home)) for name, value in env.items()}
    path = project(definition=DEFINITION.replace("${env.CONNECTION_URL}", f'"{url}"'))
    return run("build", path, env={**variables, "HOME": str(home)}, expect=expect)


@pytest.mark.parametrize("env", SOURCES.values(), ids=SOURCES.keys())
@pytest.mark.parametrize("url", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_url_in_a_file_gets_no_password(run, project, home, env, url):  # noqa: F811
    with FakePostgres(wants_a_password) as server:
        result = look_up(run, project, url.replace("PORT", str(server.port)), home, env)
        assert server.heard, "it was not even asked"
        assert not any(secret.encode() in server.heard for secret in SECRETS)
    assert not any(secret.encode() in result.all for secret in SECRETS)
    assert "put the whole url into the environment" in result.errors


def test_a_password_of_its_own_is_sent(run, project, home):  # noqa: F811
    with FakePostgres(wants_a_password) as server:
        url = f"postgresql://u:own-word@127.0.0.1:{server.port}/db"
        look_up(run, project, url, home, SOURCES["PGPASSWORD"])
        assert b"own-word" in server.heard and b"Zq9" not in server.heard


@pytest.mark.parametrize("env", SOURCES.values(), ids=SOURCES.keys())
def test_a_url_of_the_environment_may_use_everything(run, project, home, env):  # noqa: F811
    with FakePostgres(wants_a_password) as server:
        variables = {name: value.replace("HOME", str(home)) for name, value in env.items()}
        url = f"postgresql://u@localhost:{server.port}/db?hostaddr=127.0.0.1"
        run(
            "build", project(), expect=3,
            env={**variables, "HOME": str(home), "CONNECTION_URL": url,
                 **({} if env else {"PGPASSFILE": str(home / ".pgpass")})},
        )
        assert b"Zq9-password" in server.heard


def test_no_other_variable_of_libpq_is_used(run, project, home):  # noqa: F811
    with FakePostgres(wants_a_password) as server:
        env = {"PGUSER": "somebody-Zq9", "PGDATABASE": "base-Zq9", "PGOPTIONS": "-cx.y=Zq9",
               "PGAPPNAME": "Zq9"}
        look_up(run, project, f"postgresql://127.0.0.1:{server.port}", home, env)
        assert server.heard and b"Zq9" not in server.heard


REFUSED = [
    "postgresql://u@127.0.0.1/db?passfile=HOME/.pgpass",
    "postgresql://u@127.0.0.1/db?service=prod",
    "service=prod host=127.0.0.1",
    "host=127.0.0.1 passfile=HOME/.pgpass",
    "postgres://u@127.0.0.1/db?sslkey=HOME/key&sslcert=HOME/cert",
    "host=127.0.0.1 sslkey=HOME/key",
    "host=127.0.0.1 sslpassword=x",
    "host=127.0.0.1 sslrootcert=/etc/passwd",
    "host=127.0.0.1 sslcrl=/etc/passwd",
    "host=127.0.0.1 sslcrldir=/etc",
    "host=127.0.0.1 krbsrvname=x",
    "host=127.0.0.1 gsslib=gssapi",
    "host=127.0.0.1 replication=database",
]


@pytest.mark.parametrize("url", REFUSED)
def test_a_url_in_a_file_names_no_file_and_no_service(run, project, home, url):  # noqa: F811
    result = look_up(run, project, url.replace("HOME", str(home)), home, {}, expect=2)
    assert "error[handle-url]" in result.errors and str(home) not in result.errors


COMPOSED = [
    "postgresql://u:${env.SECRET}@127.0.0.1:PORT/db",
    "postgresql://${env.SECRET}@127.0.0.1:PORT/db",
    "postgresql://u@127.0.0.1:PORT/${env.SECRET}",
    "postgresql://u@127.0.0.1:PORT/db?password=${env.SECRET}",
    "host=127.0.0.1 port=PORT password=${env.SECRET}",
    "${env.SECRET}@127.0.0.1:PORT",
    " ${env.SECRET}",
    "${env.SECRET}${env.SECRET}",
]


@pytest.mark.parametrize("url", COMPOSED)
def test_the_environment_is_no_part_of_a_url(run, project, home, url):  # noqa: F811
    with FakePostgres(wants_a_password) as server:
        url = url.replace("PORT", str(server.port))
        result = look_up(run, project, url, home, {"SECRET": "Zq9"}, expect=2)
        assert server.heard == b"" and b"Zq9" not in result.all
    assert "error[env-not-allowed]" in result.errors


@pytest.mark.parametrize(
    "value",
    ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEZq9", "Zq9=", "a=Zq9", "redis://:Zq9@127.0.0.1/",
     "https://u:Zq9@127.0.0.1/?a=b", "-----BEGIN KEY-----\nZq9", "{\"private_key\": \"Zq9\"}",
     "dbname='Zq9", "service=Zq9", "host=127.0.0.1 port=1 user=Zq9 application_name=Zq9",
     "postgresql://Zq9:Zq9@127.0.0.1:1/db?sslkey=Zq9", "passfile=Zq9 host=127.0.0.1 port=1"],
)
def test_of_a_variable_only_host_and_database_are_shown(run, project, value):  # noqa: F811
    result = run("build", project(), env={"CONNECTION_URL": value}, expect=None)
    assert result.code in (2, 3) and b"Zq9" not in result.all


def test_a_user_whom_the_server_refuses_is_not_shown(run, database, project):  # noqa: F811
    cluster = database.cluster
    url = f"postgresql://token-Zq9:pw@{cluster.host}:{cluster.port}/{database.name}"
    result = run("build", project(), env={"CONNECTION_URL": url}, expect=3)
    assert "authentication failed" in result.errors and "Zq9" not in result.errors


@pytest.mark.parametrize("name", ["GITHUB_HEAD_REF", "CI_COMMIT_MESSAGE", "CHANGE_TITLE"])
def test_what_others_write_is_no_url(run, project, name):  # noqa: F811
    """`host=evil.example` is a legal name of a branch."""
    with FakePostgres(wants_a_password) as server:
        definition = DEFINITION.replace("CONNECTION_URL", name)
        env = {name: f"hostaddr=127.0.0.1 port={server.port}", "PGPASSWORD": PASSWORD}
        result = run("build", project(definition=definition), env=env, expect=2)
        assert server.heard == b"" and "error[env-not-allowed]" in result.errors


# --- AWS ---------------------------------------------------------------------------------


class Listener(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.heard.append(str(self.headers))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(400)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def listener(tmp_path):
    """An https server under the name evil.test, at any address of this machine."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
         "-out", certificate, "-subj", "/CN=evil.test", "-addext",
         "subjectAltName=DNS:evil.test,DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    server.heard, server.certificate = [], certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    with contextlib.suppress(OSError):
        server.server_close()


def test_the_credentials_stay_where_only_a_file_names_the_host(run, tmp_path, listener):
    """A proxy takes the client to evil.test: whoever resolves the name would."""
    port = listener.server_port
    (tmp_path / ".git").mkdir()
    (tmp_path / "ddbgen.yaml").write_text(
        f"targets:\n  evil: {{ endpoint_url: 'https://evil.test:{port}' }}\n"
        "  chosen: { endpoint_url: '${env.OUR_ENDPOINT}' }\n"
        f"  here: {{ endpoint_url: 'https://localhost:{port}' }}\n"
    )
    (tmp_path / "t.yaml").write_text(
        "table_name: things\nattribute_definitions: { pk: S }\nkey_schema: { hash: pk }\n"
        "billing_mode: PAY_PER_REQUEST\n"
    )
    env = {
        "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": "Zq9" * 13,
        "AWS_SESSION_TOKEN": TOKEN, "AWS_CA_BUNDLE": str(listener.certificate),
        "OUR_ENDPOINT": f"https://localhost:{port}",
    }
    for command in (
        ("scan", "things"), ("list-tables",), ("diff", "t.yaml"),
        ("apply", "t.yaml", "--yes=evil"), ("drop", "things", "--yes=things", "--yes=evil"),
    ):
        result = run(*command, "--target", "evil", env=env, cwd=tmp_path, expect=4)
        assert "error[endpoint-in-file]" in result.errors and b"Zq9" not in result.all
    assert listener.heard == []
    for target in ("chosen", "here"):  # the user's word, and this machine
        run("list-tables", "--target", target, env=env, cwd=tmp_path, expect=None)
        assert TOKEN in "".join(listener.heard), target
        listener.heard.clear()
