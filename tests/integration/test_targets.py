"""Where ddbgen may write: protected targets, confirmation, and the plain commands."""

import json
import os
import pty
import re
import select
import socket
import ssl
import subprocess
import threading
import time

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from conftest import ROOT

MESSAGES = ROOT / "schemas/messages.yaml"
HANDLES = ("--handles", ROOT / "fixtures/users.yaml")
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI-secret"}


class Listener:
    """Counts connections and closes each at once."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()


@pytest.fixture
def listener():
    listener = Listener()
    yield listener
    listener.socket.close()


@pytest.fixture
def filled(run, dynamo):
    run("apply", MESSAGES, *HANDLES, "--endpoint-url", dynamo.url)
    return dynamo


# --- protected ---------------------------------------------------------------------------


@pytest.mark.parametrize("yes", [(), ("--yes",), ("--yes=prod",), ("--yes=127.0.0.1x",)])
def test_https_is_protected(run, listener, yes):
    command = ("apply", MESSAGES, *HANDLES, "--endpoint-url", f"https://{listener.host}")
    result = run(*command, *yes, env=KEYS, expect=4)
    assert "error[not-confirmed]" in result.errors
    assert "--yes=" in result.errors
    assert listener.connections == 0
    assert KEYS["AWS_SECRET_ACCESS_KEY"] not in result.errors


def test_https_with_its_name_is_tried(run, listener):
    result = run(
        "apply", MESSAGES, *HANDLES, "--endpoint-url", f"https://{listener.host}",
        "--yes=127.0.0.1", env=KEYS, expect=3,
    )
    assert listener.connections > 0
    assert KEYS["AWS_SECRET_ACCESS_KEY"] not in result.errors


def test_the_service_itself_is_protected(run):
    result = run("apply", MESSAGES, *HANDLES, "--target", "aws", env=KEYS, expect=4)
    assert "error[not-confirmed]" in result.errors and "--yes=aws" in result.errors


def project(tmp_path, targets, mode=0o644):
    path = tmp_path / "ddbgen.yaml"
    path.write_text("targets:\n" + targets)
    path.chmod(mode)
    definition = tmp_path / "m.yaml"
    definition.write_text(
        "table_name: messages\nattribute_definitions: { pk: S }\nkey_schema: { hash: pk }\n"
        "billing_mode: PAY_PER_REQUEST\n"
    )
    return definition


def test_a_target_marked_protected(run, dynamo, tmp_path):
    definition = project(
        tmp_path, f"  careful: {{ endpoint_url: '{dynamo.url}', protected: true }}\n"
    )
    command = ("apply", definition, "--target", "careful")
    assert "error[not-confirmed]" in run(*command, expect=4).errors
    assert "error[not-confirmed]" in run(*command, "--yes=127.0.0.1", expect=4).errors
    assert dynamo.tables() == []
    run(*command, "--yes=careful")
    assert dynamo.tables() == ["messages"]


def test_a_project_file_that_others_may_write(run, dynamo, tmp_path):
    definition = project(tmp_path, f"  x: {{ endpoint_url: '{dynamo.url}' }}\n", mode=0o666)
    assert "error[project-file]" in run("apply", definition, "--target", "x", expect=2).errors
    assert dynamo.tables() == []


def test_the_environments_endpoint(run, dynamo):
    run("apply", MESSAGES, *HANDLES, env={"AWS_ENDPOINT_URL": dynamo.url})
    assert dynamo.tables() == ["cruddur-messages"]
    run("list-tables", env={"AWS_ENDPOINT_URL_DYNAMODB": dynamo.url})


def test_real_credentials_stay_off_plain_http(run, listener, tmp_path):
    """Whatever is sent over http is signed with a dummy secret; the key's id says whose tables
    are meant, and a session token is none of that."""
    seen = []

    def serve(server):
        try:
            while True:
                connection, _ = server.accept()
                seen.append(connection.recv(65536))
                connection.close()
        except OSError:
            pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        env = {**KEYS, "AWS_SESSION_TOKEN": "a-session-token"}
        run("list-tables", "--endpoint-url", url, env=env, expect=3)
    assert seen and b"a-session-token" not in seen[0]
    head, body = seen[0].split(b"\r\n\r\n", 1)
    lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
    headers = {name.lower(): value for name, value in lines}
    fields = dict(part.strip().split("=", 1) for part in headers["authorization"].split(" ", 1)[1].split(","))
    assert fields["Credential"].startswith(f"{KEYS['AWS_ACCESS_KEY_ID']}/")
    request = AWSRequest(
        method="POST",
        url=f"http://{headers['host']}/",
        data=body,
        headers={name: headers[name] for name in fields["SignedHeaders"].split(";")},
    )
    request.context["timestamp"] = headers["x-amz-date"]
    dummy = SigV4Auth(Credentials(KEYS["AWS_ACCESS_KEY_ID"], "dummy"), "dynamodb", "us-east-1")
    text = dummy.string_to_sign(request, dummy.canonical_request(request))
    assert dummy.signature(text, request) == fields["Signature"]


def test_a_host_of_a_files_choice_learns_no_key_id(run, tmp_path):
    """Beyond this machine a checkout's http endpoint gets the file's own key id, or a dummy one."""
    (tmp_path / "ddbgen.yaml").write_text(
        "targets: { x: { endpoint_url: 'http://dynamo.invalid:8000' },"
        " y: { endpoint_url: 'http://dynamo.invalid:8000', access_key_id: app },"
        " z: { endpoint_url: 'http://127.0.0.2:1' } }\n"
    )
    for target, key in {"x": "dummy", "y": "app", "z": KEYS["AWS_ACCESS_KEY_ID"]}.items():
        result = run("whoami", "--format", "json", "--target", target, env=KEYS, cwd=tmp_path)
        assert json.loads(result.out)["access_key_id"] == key


# --- drop, scan, list-tables -------------------------------------------------------------


def test_list_tables(run, filled):
    result = run("list-tables", "--endpoint-url", filled.url)
    assert result.text.split() == ["cruddur-messages"]


@pytest.mark.parametrize("table", ["cruddur-messages", MESSAGES], ids=["name", "definition"])
def test_drop_needs_the_name(run, filled, table):
    command = ("drop", table, "--endpoint-url", filled.url)
    for yes in ((), ("--yes",), ("--yes=cruddur",)):
        assert "error[not-confirmed]" in run(*command, *yes, expect=4).errors
    assert filled.tables() == ["cruddur-messages"]
    run(*command, "--yes=cruddur-messages")
    assert filled.tables() == []


def test_drop_of_a_table_that_is_not_there(run, dynamo):
    result = run(
        "drop", "nothing-here", "--endpoint-url", dynamo.url, "--yes=nothing-here", expect=3
    )
    assert "error[table-missing]" in result.errors and "nothing-here" in result.errors


def test_drop_on_a_protected_target_needs_both(run, dynamo, tmp_path):
    definition = project(
        tmp_path, f"  careful: {{ endpoint_url: '{dynamo.url}', protected: true }}\n"
    )
    run("apply", definition, "--target", "careful", "--yes=careful")
    command = ("drop", definition, "--target", "careful")
    run(*command, "--yes=messages", expect=4)
    run(*command, "--yes=careful", expect=4)
    assert dynamo.tables() == ["messages"]
    run(*command, "--yes=careful", "--yes=messages")
    assert dynamo.tables() == []


COLORS = re.compile(r"\x1b\[[0-9;]*[mK]")


def on_terminal(ddbgen, arguments, answer, timeout=30):
    """Runs ddbgen on a pseudo-terminal, types the answer, returns exit code and screen."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "TERM": "xterm"}
        os.execve(ddbgen, ["ddbgen", *map(str, arguments)], environment)
    screen, typed, deadline = b"", False, time.monotonic() + timeout
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.3)[0]:
            try:
                part = os.read(terminal, 4096)
            except OSError:
                break
            if not part:
                break
            screen += part
        elif not typed and screen:
            os.write(terminal, answer)
            typed = True
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), COLORS.sub("", screen.decode())


@pytest.mark.parametrize(
    "answer, code, left",
    [
        (b"cruddur-messages\n", 0, []),
        (b"yes\n", 4, ["cruddur-messages"]),
        (b"\n", 4, ["cruddur-messages"]),
        (b"\x04", 4, ["cruddur-messages"]),
    ],
    ids=["its-name", "yes", "empty", "end-of-file"],
)
def test_drop_asks_on_a_terminal(ddbgen, filled, answer, code, left):
    arguments = ("drop", "cruddur-messages", "--endpoint-url", filled.url)
    status, screen = on_terminal(ddbgen, arguments, answer)
    assert status == code, screen
    assert "cruddur-messages" in screen
    assert filled.tables() == left


@pytest.mark.parametrize(
    "answer, code, tables",
    [(b"careful\n", 0, ["messages"]), (b"yes\n", 4, []), (b"\x04", 4, [])],
    ids=["its-name", "yes", "end-of-file"],
)
def test_apply_asks_after_the_plan(ddbgen, dynamo, tmp_path, answer, code, tables):
    definition = project(
        tmp_path, f"  careful: {{ endpoint_url: '{dynamo.url}', protected: true }}\n"
    )
    arguments = ("apply", definition, "--target", "careful")
    status, screen = on_terminal(ddbgen, arguments, answer)
    assert status == code, screen
    assert screen.index("plan: 1 table to create") < screen.index("Type 'careful'")
    assert dynamo.tables() == tables
    if code == 0:  # nothing to do: nothing is asked
        status, screen = on_terminal(ddbgen, arguments, b"")
        assert status == 0 and "no changes" in screen and "Type" not in screen


@pytest.mark.parametrize("answer, code", [(b"yes\n", 0), (b"y\n", 4)])
def test_apply_asks_before_something_is_lost(ddbgen, run, dynamo, tmp_path, answer, code):
    definition = project(tmp_path, "  unused: { region: us-east-1 }\n")
    text = definition.read_text()
    definition.write_text(
        text.replace("{ pk: S }", "{ pk: S, sk: S }")
        + "global_secondary_indexes:\n  by-sk: { key_schema: { hash: sk }, projection: ALL }\n"
    )
    run("apply", definition, "--endpoint-url", dynamo.url)
    definition.write_text(text)
    arguments = ("apply", definition, "--endpoint-url", dynamo.url)
    status, screen = on_terminal(ddbgen, arguments, answer)
    assert status == code, screen
    assert "(destructive)" in screen
    assert "About to remove global_secondary_indexes.by-sk of table messages" in screen
    # dynalite accepts it, and does nothing
    assert ("deleting index by-sk: accepted" in screen) == (code == 0), screen


def test_interrupted_at_the_question(ddbgen, filled):
    arguments = ("drop", "cruddur-messages", "--endpoint-url", filled.url)
    status, _ = on_terminal(ddbgen, arguments, b"\x03")
    assert status in (130, 4, -2)
    assert filled.tables() == ["cruddur-messages"]


def test_scan(run, filled):
    everything = run("scan", "cruddur-messages", "--endpoint-url", filled.url)
    items = [json.loads(line) for line in everything.text.splitlines()]
    key = lambda item: (item["pk"]["S"], item["sk"]["S"])  # noqa: E731
    assert sorted(items, key=key) == sorted(filled.items("cruddur-messages"), key=key)

    plain = run("scan", MESSAGES, "--plain", "--limit", "3", "--endpoint-url", filled.url)
    items = [json.loads(line) for line in plain.text.splitlines()]
    assert len(items) == 3
    assert all(isinstance(item["pk"], str) for item in items)


def test_scan_of_a_table_that_is_not_there(run, dynamo):
    result = run("scan", "nothing-here", "--endpoint-url", dynamo.url, expect=3)
    assert "nothing-here" in result.errors and result.out == b""


def test_sigpipe_is_quiet(ddbgen, filled):
    """`ddbgen scan | head -1` leaves no noise."""
    scan = subprocess.Popen(
        [ddbgen, "scan", "cruddur-messages", "--endpoint-url", filled.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin"},
    )
    scan.stdout.close()
    said = scan.stderr.read().decode()
    scan.wait(30)
    assert not re.search("panic|abort|Assertion|AddressSanitizer", said), said


# --- the other side is not what it should be ---------------------------------------------


@pytest.fixture
def self_signed(tmp_path):
    """A TLS server on a free port whose certificate nobody vouches for."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
        + ["-subj", "/CN=localhost", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            try:
                context.wrap_socket(connection, server_side=True).recv(65536)
            except OSError:
                pass
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"https://localhost:{server.getsockname()[1]}"
    server.close()


def test_an_untrusted_certificate(run, self_signed):
    result = run("list-tables", "--endpoint-url", self_signed, env=KEYS, expect=3)
    assert "error[endpoint-tls]" in result.errors


def test_another_account(run, dynamo, tmp_path):
    """dynalite's tables belong to account 000000000000."""
    definition = project(
        tmp_path, f"  mine: {{ endpoint_url: '{dynamo.url}', account_id: '123456789012' }}\n"
    )
    run("apply", definition, "--endpoint-url", dynamo.url)
    result = run("apply", definition, "--target", "mine", expect=4)
    assert "error[account-mismatch]" in result.errors
    result = run("drop", definition, "--target", "mine", "--yes=messages", expect=4)
    assert dynamo.tables() == ["messages"]
