"""Which key a table has: the service tells a key's ARN, a definition an alias. Where KMS can
be asked a change is seen; where it cannot, that is said, and never "no changes"."""

import json

import fault_server as faults
import pytest
from conftest import free_port
from control_plane import ControlPlane
from kms import Kms

HEAD = """
table_name: sessions
attribute_definitions: { pk: S }
key_schema: { hash: pk }
billing_mode: PAY_PER_REQUEST
"""
MANAGED = "sse_specification: { sse_type: KMS }\n"


def named(name):
    return f"sse_specification: {{ kms_master_key_id: '{name}' }}\n"


def arn(name):
    """As the control plane tells the key that it was given by this name."""
    return f"arn:aws:kms:us-east-1:{faults.ACCOUNT}:key/{name.rpartition('/')[2]}"


NAMES = ["alias/aws/dynamodb", "alias/payments", "alias/billing"]


@pytest.fixture
def server(server):
    server.service = ControlPlane()
    return server


@pytest.fixture
def kms():
    kms = Kms({name: arn(name) for name in NAMES})
    yield kms
    kms.close()
    assert kms.violations == []


@pytest.fixture
def ask(run, server, tmp_path):
    """ask(command, settings, ..., env=..., expect=...) on the table."""

    def ask(command, settings, *options, env=None, expect=0):
        path = tmp_path / "sessions.yaml"
        path.write_text(HEAD + settings)
        server.calls.clear()
        return run(
            command, path, "--endpoint-url", server.url, *options, env=env, expect=expect
        )

    return ask


def test_changes_are_seen(ask, kms, server):
    env = {"AWS_ENDPOINT_URL_KMS": kms.url}
    settings = [MANAGED, *map(named, NAMES[1:]), named(f"arn:aws:kms:us-east-1:{faults.ACCOUNT}:alias/payments")]
    meanings = [*NAMES, NAMES[1]]
    for before, live in zip(settings, meanings):
        server.service = ControlPlane()
        ask("apply", before, env=env)
        for after, wanted in zip(settings, meanings):
            same = live == wanted
            found = ask("diff", after, env=env, expect=0 if same else 1)
            if same:
                assert "no changes: 0 items are as declared" in found.text
            else:
                assert f"~ sse_specification.kms_master_key_id" in found.text
                assert "1 setting to change" in found.text
    assert set(kms.asked) >= {*NAMES}


def test_a_change_is_made(ask, kms, server):
    env = {"AWS_ENDPOINT_URL": kms.url}  # as the SDKs take it
    ask("apply", MANAGED, env=env)
    ask("apply", named("alias/payments"), env=env)
    sse = server.service.plane["sessions"]["table"]["SSEDescription"]
    assert sse["KMSMasterKeyArn"] == arn("alias/payments")
    assert "no changes" in ask("diff", named("alias/payments"), env=env).text


def test_an_alias_that_is_gone(ask, kms):
    env = {"AWS_ENDPOINT_URL_KMS": kms.url}
    ask("apply", named("alias/payments"), env=env)
    del kms.keys["alias/payments"]
    assert "-> alias/payments" in ask("diff", named("alias/payments"), env=env, expect=1).text


@pytest.mark.parametrize(
    "why, answer",
    [
        ("is denied", (400, {"__type": "AccessDeniedException"})),
        ("no KMS", (404, b"<html>")),
        ("is no KMS", (200, {"Key": 1})),
        ("is no KMS", (200, {"KeyMetadata": {"Arn": "arn:aws:kms:us-east-1:1:alias/payments"}})),
        ("is no KMS", (200, {"KeyMetadata": {"Arn": "\x1b[2J"}})),
        ("answers ThrottlingException", (400, {"__type": "ThrottlingException"})),
        ("answers KMSInternalException", (500, {"__type": "KMSInternalException"})),
        ("nobody listens", None),
        ("not an endpoint", None),
        ("nobody knows", None),
    ],
)
def test_what_cannot_be_known_is_said(ask, kms, server, why, answer):
    kms.answer = answer
    env = {"AWS_ENDPOINT_URL_KMS": kms.url}
    if why == "nobody listens":
        env, why = {"AWS_ENDPOINT_URL_KMS": f"http://127.0.0.1:{free_port()}"}, "no KMS answers"
    elif why == "not an endpoint":
        env, why = {"AWS_ENDPOINT_URL_KMS": "kms"}, "AWS_ENDPOINT_URL_KMS holds no endpoint"
    elif why == "nobody knows":
        env = {}
    ask("apply", named("alias/payments"), env=env)
    found = ask("diff", named("alias/payments"), env=env)
    assert "no changes" not in found.text and "as declared" not in found.text
    assert why in found.text and "1 not known" in found.text
    *_, note, _, plan = map(json.loads, ask("diff", MANAGED, "--format", "json", env=env).text.splitlines())
    assert note["type"] == "note" and note["kind"] == "unknown"
    assert note["value"] == arn("alias/payments")
    assert (plan["differs"], plan["notes"]) == (False, 1)
    # An id is compared without KMS.
    assert "no changes" not in ask("diff", named("22222222-2222-4222-8222-222222222222"), env=env, expect=1).text


def test_one_key_by_all_its_names(ask, server):
    """Ids are UUIDs, in any case of letters; an ARN says region and account, too."""
    id = "aaaaaaaa-1111-4111-8111-111111111111"
    ask("apply", named(id))
    for name in (id, id.upper(), arn(id), arn(id.upper())):
        assert "no changes" in ask("diff", named(name)).text
    for name in (arn(id).replace("us-east", "eu-west"), arn(id).replace(faults.ACCOUNT, "9" * 12)):
        assert "1 setting to change" in ask("diff", named(name), expect=1).text


def test_sent_all_the_same(ask, server):
    ask("apply", MANAGED)
    found = ask("apply", named("alias/payments"), "--resend", "sse_specification")
    assert "sse_specification.kms_master_key_id" in found.text
    sse = server.service.plane["sessions"]["table"]["SSEDescription"]
    assert sse["KMSMasterKeyArn"] == arn("alias/payments")
    found = ask("apply", named("alias/payments"), "--dry-run", "--resend", "sse_specification", expect=1)
    assert "1 setting to change" in found.text
    # A server that says that it is so already has done what was asked.
    server.script["UpdateTable"] = [faults.error("ValidationException", 400, "is already encrypted")]
    ask("apply", named("alias/payments"), "--resend", "sse_specification")
    assert "no definition says one" in ask("apply", "", "--resend", "sse_specification", expect=2).errors


def test_nobody_is_asked_for_nothing(ask, kms):
    env = {"AWS_ENDPOINT_URL_KMS": kms.url}
    key = named("22222222-2222-4222-8222-222222222222")
    for settings in (key, "", "sse_specification: { enabled: false }\n"):
        ask("apply", settings, env=env)
        ask("diff", settings, env=env)
    assert kms.asked == []
