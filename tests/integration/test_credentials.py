"""Whose credentials: every kind of them, from the user's files to a request that DynamoDB
accepts, against servers that verify what they are sent (aws_servers.py)."""

import json
import os
import shutil
import stat
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import aws_servers
import pytest
from aws_servers import ACCOUNT, Cloud, login_file, sso_file, stamp
from botocore.utils import JSONFileCache, SSOTokenLoader
from conftest import ROOT, runner

MESSAGES = ROOT / "schemas/messages.yaml"
HANDLES = ("--handles", ROOT / "fixtures/users.yaml")
STATIC = ("AKIASTATIC", "static-secret/+=")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deploy"


@pytest.fixture
def cloud(tmp_path):
    cloud = Cloud(tmp_path)
    cloud.keys[STATIC[0]] = (STATIC[1], None)
    yield cloud
    cloud.close()
    assert cloud.violations == []


class User:
    """A home with an AWS configuration, and ddbgen run there against the cloud."""

    def __init__(self, ddbgen, folder, cloud):
        self.home = folder / "home"
        self.work = folder / "work"
        self.work.mkdir(parents=True)
        (self.home / ".aws").mkdir(parents=True)
        self.cloud = cloud
        self.outputs = b""
        self._run = runner(ddbgen, self.home)

    def config(self, text, name="config"):
        path = self.home / ".aws" / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def write(self, path, value):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        path.chmod(0o600)
        return path

    def run(self, *arguments, env=None, expect=0, **options):
        result = self._run(
            *arguments,
            env={
                **self.cloud.environment("DYNAMODB", "STS", "SSO", "SSO_OIDC", "SIGNIN"),
                **(env or {}),
            },
            expect=expect,
            cwd=options.pop("cwd", self.work),
            **options,
        )
        self.outputs += result.all
        for secret, token in self.cloud.keys.values():  # no output ever holds one
            assert secret == "dummy" or secret.encode() not in result.all
            assert token is None or token.encode() not in result.all
        return result

    def whoami(self, *arguments, **options):
        result = self.run("whoami", "--format", "json", *arguments, **options)
        return json.loads(result.out)

    def signs_as(self, key_id, *arguments, **options):
        """ddbgen list-tables, of which DynamoDB saw this key's id."""
        before = len(self.cloud.calls)
        self.run("list-tables", *arguments, **options)
        signed = [call[2] for call in self.cloud.calls[before:] if call[0] == "dynamodb"]
        assert signed and all(key.startswith(key_id) for key in signed), signed


@pytest.fixture
def user(ddbgen, tmp_path, cloud):
    return User(ddbgen, tmp_path, cloud)


def keys_of(profile="[default]", key=STATIC):
    return f"{profile}\naws_access_key_id = {key[0]}\naws_secret_access_key = {key[1]}\n"


# --- keys --------------------------------------------------------------------------------


def test_keys_of_the_environment(user):
    env = {"AWS_ACCESS_KEY_ID": STATIC[0], "AWS_SECRET_ACCESS_KEY": STATIC[1]}
    user.signs_as(STATIC[0], env=env)
    me = user.whoami(env=env)
    assert me == {
        "type": "whoami",
        "target": None,
        "endpoint_url": user.cloud.url,
        "endpoint_from": "AWS_ENDPOINT_URL_DYNAMODB",
        "region": "us-east-1",
        "region_from": "the default",
        "access_key_id": STATIC[0],
        "credentials_from": "environment",
        "expires_at": None,
        "account_id": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/ann & bob",
        "protected": True,
    }


def test_expired_keys_of_the_environment(user):
    env = {"AWS_ACCESS_KEY_ID": STATIC[0], "AWS_SECRET_ACCESS_KEY": STATIC[1]}
    env["AWS_CREDENTIAL_EXPIRATION"] = stamp(-10)
    result = user.run("list-tables", env=env, expect=3)
    assert "expired at" in result.errors and user.cloud.calls == []


@pytest.mark.parametrize("file", ["config", "credentials"])
def test_keys_of_a_profile(user, file):
    section = "[profile prod]" if file == "config" else "[prod]"
    user.config(keys_of(section), file)
    user.signs_as(STATIC[0], "--profile", "prod")
    user.signs_as(STATIC[0], env={"AWS_PROFILE": "prod"})
    me = user.whoami("--profile", "prod")
    assert me["credentials_from"] == f"profile prod (~/.aws/{file})"


def test_a_profile_that_is_given_goes_before_the_environment(user):
    user.config(keys_of("[profile prod]"))
    user.cloud.keys["AKIAENV"] = ("env-secret", None)
    env = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "env-secret"}
    user.signs_as("AKIAENV", env={**env, "AWS_PROFILE": "prod"})
    user.signs_as(STATIC[0], "--profile", "prod", env=env)
    result = user.run("whoami", "--profile", "prod", env=env)
    assert "passed over: AWS_ACCESS_KEY_ID: --profile names a profile" in result.text


def test_a_targets_profile(user):
    user.config(keys_of("[profile prod]") + "region = eu-west-3\n")
    (user.work / "ddbgen.yaml").write_text(
        "targets: { prod: { endpoint_url: '${env.AWS_ENDPOINT_URL_DYNAMODB}', profile: prod } }\n"
    )
    user.signs_as(STATIC[0], "--target", "prod")
    me = user.whoami("--target", "prod")
    assert me["target"] == "prod" and me["region"] == "eu-west-3"
    assert me["endpoint_from"] == "target prod of ddbgen.yaml"
    assert {call[3] for call in user.cloud.asked("dynamodb")} == {"eu-west-3"}


def test_a_profile_that_is_not_there(user):
    user.config(keys_of("[profile prod]"))
    result = user.run("list-tables", "--profile", "prdo", expect=3)
    assert "profile 'prdo', which --profile names, does not exist" in result.errors
    assert "did you mean 'prod'?" in result.errors


def test_no_credentials_at_all(user):
    for command in ("whoami", "list-tables"):
        result = user.run(command, expect=3)
        assert "error[credentials]: no credentials for" in result.errors
        assert "--profile" in result.errors and "aws sso login" in result.errors


# --- roles -------------------------------------------------------------------------------


def test_a_role(user):
    user.config(
        keys_of("[profile base]")
        + f"[profile dev]\nrole_arn = {ROLE}\nsource_profile = base\n"
        + "external_id = a b&c\nduration_seconds = 1800\nrole_session_name = ann@example\n"
    )
    user.signs_as("ASIAROLE", "--profile", "dev")
    ((_, signed_by, form),) = user.cloud.asked("AssumeRole")
    assert signed_by == STATIC[0]
    assert form == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": ROLE,
        "RoleSessionName": "ann@example",
        "ExternalId": "a b&c",
        "DurationSeconds": "1800",
    }
    me = user.whoami("--profile", "dev")
    assert me["credentials_from"].startswith(f"role {ROLE} of profile dev, assumed by: profile base")
    assert me["expires_at"] > stamp(3000)


def test_a_chain_of_roles(user):
    user.config(
        keys_of("[profile base]")
        + f"[profile a]\nrole_arn = {ROLE}-a\nsource_profile = base\n"
        + f"[profile b]\nrole_arn = {ROLE}-b\nsource_profile = a\n"
    )
    user.signs_as("ASIAROLE0002", "--profile", "b")
    signers = [(form["RoleArn"], by) for _, by, form in user.cloud.asked("AssumeRole")]
    assert signers == [(f"{ROLE}-a", STATIC[0]), (f"{ROLE}-b", "ASIAROLE0001")]


def test_a_role_whose_keys_are_its_own(user):
    user.config(keys_of("[profile dev]") + f"role_arn = {ROLE}\nsource_profile = dev\n")
    user.signs_as("ASIAROLE", "--profile", "dev")


@pytest.mark.parametrize(
    "source, more",
    [
        ("Environment", {"AWS_ACCESS_KEY_ID": STATIC[0], "AWS_SECRET_ACCESS_KEY": STATIC[1]}),
        ("EcsContainer", {}),
        ("Ec2InstanceMetadata", {"AWS_EC2_METADATA_DISABLED": "false"}),
    ],
)
def test_a_role_by_credential_source(user, source, more):
    user.config(f"[profile dev]\nrole_arn = {ROLE}\ncredential_source = {source}\n")
    env = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{user.cloud.url}/container",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": user.cloud.plain_url,
        **more,
    }
    user.signs_as("ASIAROLE", "--profile", "dev", env=env)


@pytest.mark.parametrize(
    "config, said",
    [
        ("source_profile = dev2\n[profile dev2]\nrole_arn = x\nsource_profile = dev\n", "leads to itself"),
        ("source_profile = dev\n", "leads to itself"),
        ("source_profile = nobody\n", "that is not there"),
        ("", "nothing to assume it with"),
        ("source_profile = a\ncredential_source = Environment\n", "has both"),
        ("credential_source = Ec2\n", "does not exist"),
    ],
)
def test_roles_that_lead_nowhere(user, config, said):
    user.config(f"[profile dev]\nrole_arn = {ROLE}\n{config}")
    result = user.run("list-tables", "--profile", "dev", expect=3)
    assert said in result.errors and user.cloud.calls == []


def test_a_role_that_is_refused(user):
    user.config(keys_of("[profile base]") + f"[profile dev]\nrole_arn = {ROLE}/forbidden\nsource_profile = base\n")
    result = user.run("list-tables", "--profile", "dev", expect=3)
    assert "STS refuses it: AccessDenied: User is not authorized" in result.errors


def test_sts_is_asked_again(user):
    user.config(keys_of("[profile base]") + f"[profile dev]\nrole_arn = {ROLE}\nsource_profile = base\n")
    user.cloud.fail = [503, 500]
    user.signs_as("ASIAROLE", "--profile", "dev")


def test_sts_over_plain_http_is_refused(user):
    user.config(keys_of("[profile base]") + f"[profile dev]\nrole_arn = {ROLE}\nsource_profile = base\n")
    env = {"AWS_ENDPOINT_URL_STS": user.cloud.plain_url}
    result = user.run("list-tables", "--profile", "dev", env=env, expect=3)
    assert "https only" in result.errors and user.cloud.calls == []


@pytest.mark.parametrize("where", ["environment", "profile"])
def test_a_web_identity(user, where):
    token = user.write(user.home / "token", "eyJhbGciOi.web.identity\n")
    env = {}
    if where == "environment":
        env = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(token), "AWS_ROLE_ARN": ROLE}
    else:
        user.config(f"[default]\nrole_arn = {ROLE}\nweb_identity_token_file = {token}\n")
    user.signs_as("ASIAROLE", env=env)
    ((_, _, form),) = user.cloud.asked("AssumeRoleWithWebIdentity")
    assert form["WebIdentityToken"] == "eyJhbGciOi.web.identity"
    assert user.whoami(env=env)["credentials_from"].startswith("web-identity")


# --- SSO ---------------------------------------------------------------------------------

SSO = (
    "[profile dev]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Admin\n"
    "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start#/\n"
)
SSO_OLD = (
    "[profile dev]\nsso_account_id = 123456789012\nsso_role_name = Admin\nsso_region = eu-west-1\n"
    "sso_start_url = https://corp.awsapps.com/start\n"
)


def sso_token(expires, **more):
    return {
        "startUrl": "https://corp.awsapps.com/start#/",
        "region": "eu-west-1",
        "accessToken": "sso-token-1",
        "expiresAt": expires,
        **more,
    }


@pytest.mark.parametrize("config, name", [(SSO, "corp"), (SSO_OLD, "https://corp.awsapps.com/start")])
def test_sso(user, config, name):
    user.config(config)
    user.write(sso_file(user.home, name), sso_token(stamp(3600).replace("Z", "UTC")))
    user.signs_as("ASIASSO", "--profile", "dev")
    assert user.cloud.asked("sso") == [("sso", {"role_name": ["Admin"], "account_id": ["123456789012"]})]
    assert user.whoami("--profile", "dev")["credentials_from"].startswith("sso ")
    assert b"sso-token-1" not in user.outputs


def test_an_sso_token_is_refreshed_and_written_back(user):
    user.config(SSO)
    more = {
        "clientId": "client",
        "clientSecret": "client-secret",
        "refreshToken": "refresh-1",
        "registrationExpiresAt": stamp(86400),
    }
    path = user.write(sso_file(user.home, "corp"), sso_token(stamp(-5), **more))
    user.cloud.sso_refresh = "refresh-1"
    user.signs_as("ASIASSO", "--profile", "dev")
    kept = json.loads(path.read_text())
    assert kept.pop("expiresAt") > stamp(28000)
    assert kept == {
        "startUrl": "https://corp.awsapps.com/start#/",
        "region": "eu-west-1",
        "accessToken": "sso-token-2",
        "refreshToken": "refresh-2",
        "clientId": "client",
        "clientSecret": "client-secret",
        "registrationExpiresAt": more["registrationExpiresAt"],
    }
    loader = SSOTokenLoader(JSONFileCache(str(path.parent)))
    assert loader("https://corp.awsapps.com/start#/", session_name="corp")["accessToken"] == "sso-token-2"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    for secret in (b"client-secret", b"refresh-1", b"refresh-2", b"sso-token-2"):
        assert secret not in user.outputs


@pytest.mark.parametrize("token", [None, sso_token(stamp(-5)), "{", {"accessToken": "x"}, sso_token("soon")])
def test_an_sso_token_that_is_of_no_use(user, token):
    user.config(SSO)
    if token is not None:
        user.write(sso_file(user.home, "corp"), token)
    result = user.run("list-tables", "--profile", "dev", expect=3)
    assert "log in: aws sso login --profile dev" in result.errors
    assert user.cloud.calls == []


def test_an_sso_token_that_is_not_known_any_more(user):
    user.config(SSO)
    user.write(sso_file(user.home, "corp"), sso_token(stamp(3600)))
    user.cloud.sso_token = "another"
    result = user.run("list-tables", "--profile", "dev", expect=3)
    assert "the log-in has expired" in result.errors
    assert "log in: aws sso login --profile dev" in result.errors
    assert "denied" not in result.errors.lower()


# --- a log-in ----------------------------------------------------------------------------


def login_token(user, expires):
    pem = subprocess.run(
        ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"], check=True, capture_output=True
    ).stdout.decode()
    user.cloud.keys["ASIALOGIN0"] = ("login-secret", "login-token")
    user.config(f"[profile dev]\nlogin_session = arn:aws:iam::{ACCOUNT}:user/ann\n")
    return user.write(
        login_file(user.home, f"arn:aws:iam::{ACCOUNT}:user/ann"),
        {
            "accessToken": {
                "accessKeyId": "ASIALOGIN0",
                "secretAccessKey": "login-secret",
                "sessionToken": "login-token",
                "accountId": ACCOUNT,
                "expiresAt": expires,
            },
            "tokenType": "aws_sigv4",
            "refreshToken": "login-refresh-1",
            "idToken": "an-id-token",
            "clientId": "arn:aws:signin:::devtools/same-device",
            "dpopKey": pem,
        },
    )


def test_a_login(user):
    login_token(user, stamp(800))
    user.signs_as("ASIALOGIN0", "--profile", "dev")
    assert user.whoami("--profile", "dev")["credentials_from"] == "login of profile dev"


def test_a_login_is_refreshed_with_a_proof_of_its_key(user):
    pytest.importorskip("cryptography")
    path = login_token(user, stamp(-5))
    before = json.loads(path.read_text())
    user.cloud.login_refresh = "login-refresh-1"
    user.signs_as("ASIALOGIN0001", "--profile", "dev")
    after = json.loads(path.read_text())
    assert after["accessToken"].pop("expiresAt") > stamp(800)
    assert after["accessToken"]["accessKeyId"] == "ASIALOGIN0001"
    assert after["accessToken"]["accountId"] == ACCOUNT
    assert after["refreshToken"] == "login-refresh-2"
    for name in ("tokenType", "idToken", "clientId", "dpopKey"):
        assert after[name] == before[name]
    assert b"PRIVATE KEY" not in user.outputs and b"login-refresh" not in user.outputs


def test_a_login_that_has_ended(user):
    login_token(user, stamp(-5))
    result = user.run("list-tables", "--profile", "dev", expect=3)
    assert "log in: aws login --profile dev" in result.errors


# --- programs ----------------------------------------------------------------------------


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def prints(**more):
    said = {"Version": 1, "AccessKeyId": STATIC[0], "SecretAccessKey": STATIC[1], **more}
    return f"cat <<'END'\n{json.dumps(said)}\nEND"


def test_a_process(user):
    script = program(user.home / "bin/my creds", f'printf "%s|" "$@" >{user.home}/said; pwd >>{user.home}/said\n{prints()}')
    user.config(f"[profile dev]\ncredential_process = \"{script}\" one 'two words' \"th\\\"ree\" fo\\ ur # five\n")
    user.signs_as(STATIC[0], "--profile", "dev")
    assert (user.home / "said").read_text() == f'one|two words|th"ree|fo ur|#|five|{user.home}\n'
    assert user.whoami("--profile", "dev")["credentials_from"] == "process of profile dev"


@pytest.mark.parametrize(
    "text, said",
    [
        ("echo '{}'", "printed no credentials"),
        ("echo secret-in-output; exit 0", "printed no credentials"),
        ("echo 'no vault' >&2; exit 3", "failed: 'no vault'"),
        (prints(Version=2), "printed no credentials"),
        (prints(Expiration=stamp(-60)), "they expired at"),
        (prints(SecretAccessKey="a\nb: c"), "characters that no key has"),
        (prints(SecretAccessKey=None), "missing"),
    ],
)
def test_a_process_that_gives_none(user, text, said):
    script = program(user.home / "creds", text)
    user.config(f"[profile dev]\ncredential_process = {script}\n")
    result = user.run("list-tables", "--profile", "dev", expect=3)
    assert said in result.errors and "secret-in-output" not in result.errors


@pytest.mark.parametrize("mode", [0o666, 0o602])
def test_a_configuration_that_others_may_write_runs_nothing(user, mode):
    script = program(user.home / "creds", f"touch {user.home}/ran; {prints()}")
    path = user.config(f"[profile dev]\ncredential_process = {script}\n" + keys_of("[profile keys]"))
    path.chmod(mode)
    result = user.run("list-tables", "--profile", "dev", expect=4)
    assert "error[aws-config-untrusted]" in result.errors and "everyone may write it" in result.errors
    assert not (user.home / "ran").exists()
    user.signs_as(STATIC[0], "--profile", "keys")  # which decides nothing but itself


def test_a_checkout_starts_no_program(user):
    script = program(user.home / "creds", f"touch {user.home}/ran; {prints()}")
    user.config(f"[profile dev]\ncredential_process = {script}\n")
    (user.work / "ddbgen.yaml").write_text(
        "default_target: x\ntargets: { x: { endpoint_url: '${env.HERE}', profile: dev } }\n"
    )
    env = {"HERE": user.cloud.url, "AWS_ENDPOINT_URL_DYNAMODB": ""}
    result = user.run("list-tables", env=env, expect=4)
    assert "error[profile-in-file]" in result.errors and "--target=x" in result.errors
    assert not (user.home / "ran").exists()
    user.signs_as(STATIC[0], "--target", "x", env=env)  # that is meant
    user.signs_as(STATIC[0], env={**env, "AWS_PROFILE": "dev"})


def test_a_checkouts_own_programs_are_not_found(user):
    program(user.work / "creds", f"touch {user.home}/ran; {prints()}")
    (user.work / ".git").mkdir()
    for command in ("creds", "./creds", "work/creds"):
        user.config(f"[profile dev]\ncredential_process = {command}\n")
        env = {"PATH": f"{user.work}:.:/usr/bin:/bin"}
        result = user.run("list-tables", "--profile", "dev", env=env, expect=3)
        assert "there is no program" in result.errors
    assert not (user.home / "ran").exists()


def fake_cli(user, version):
    return program(
        user.home / "bin/aws",
        f'if [ "$1" = --version ]; then echo "aws-cli/{version} Python/3.12"; exit; fi\n'
        f'printf "%s " "$@" >{user.home}/said\n{prints()}',
    ).parent


MFA = keys_of("[profile base]") + f"[profile dev]\nrole_arn = {ROLE}\nsource_profile = base\nmfa_serial = arn:x\n"


@pytest.mark.parametrize("config", [MFA, "[profile dev]\nquantum_entangled_with = bob\n"])
def test_what_only_the_aws_cli_can_do(user, config):
    user.config(config)
    path = {"PATH": f"{fake_cli(user, '2.22.0')}:/usr/bin:/bin"}
    user.signs_as(STATIC[0], "--profile", "dev", env=path)
    assert (user.home / "said").read_text() == "configure export-credentials --profile dev --format process "
    assert user.whoami("--profile", "dev", env=path)["credentials_from"] == "aws-cli of profile dev"


def test_an_aws_cli_that_is_too_old_or_not_there(user):
    user.config(MFA)
    result = user.run("list-tables", "--profile", "dev", env={"PATH": f"{fake_cli(user, '1.45.0')}:/bin"}, expect=3)
    assert "what is installed is version 1" in result.errors
    result = user.run("list-tables", "--profile", "dev", env={"PATH": "/nowhere"}, expect=3)
    assert "not installed" in result.errors and "export-credentials --profile" in result.errors


# --- machines ----------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["https", "http"])
@pytest.mark.parametrize("token", ["none", "variable", "file"])
def test_a_container(user, where, token):
    url = user.cloud.url if where == "https" else user.cloud.plain_url
    env = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/container"}
    if token == "variable":
        env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = user.cloud.container_token = "Basic container-token"
    elif token == "file":
        env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "not this one"
        env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = str(user.write(user.home / "token", "Bearer from-a-file"))
        user.cloud.container_token = "Bearer from-a-file"
    user.signs_as("ASIAECS", env=env)
    assert user.whoami(env=env)["credentials_from"] == "container"
    assert b"container-token" not in user.outputs and b"from-a-file" not in user.outputs


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/container",
        "http://169.254.169.254/container",
        "http://127.0.0.1@example.org/container",
        "http://localhost.example.org/container",
        "http://127.0.0.1\\@example.org/",
        "ftp://127.0.0.1/container",
        "http://[::2]/",
    ],
)
def test_a_container_that_is_elsewhere(user, url):
    result = user.run("list-tables", env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": url}, expect=3)
    assert "credentials are not asked for there" in result.errors


def test_a_container_token_that_would_be_another_header(user):
    env = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{user.cloud.url}/container",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nX-Evil: b",
    }
    result = user.run("list-tables", env=env, expect=3)
    assert "what no header may hold" in result.errors and user.cloud.calls == []


def imds(user):
    return {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": user.cloud.plain_url + "/"}


def test_an_instance(user):
    user.signs_as("ASIAEC2", env=imds(user))
    assert [call[1:] for call in user.cloud.asked("imds")] == [
        ("PUT", "/latest/api/token"),
        ("GET", "/latest/meta-data/iam/security-credentials/"),
        ("GET", "/latest/meta-data/iam/security-credentials/a-role"),
    ]
    assert user.whoami(env=imds(user))["credentials_from"] == "imds"
    user.run("list-tables", env={**imds(user), "AWS_EC2_METADATA_DISABLED": "TRUE"}, expect=3)


def test_an_instance_whose_credentials_are_old_is_believed(user):
    user.cloud.lifetime = -30
    user.signs_as("ASIAEC2", env=imds(user))


def test_a_laptop_does_not_wait(user):
    begun = time.monotonic()
    env = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://192.0.2.1"}
    user.run("list-tables", env=env, expect=3)
    assert time.monotonic() - begun < 10  # one attempt of a second


# --- over time ---------------------------------------------------------------------------


def test_keys_are_renewed_in_the_middle_of_an_apply(ddbgen, tmp_path, dynamo):
    cloud = Cloud(tmp_path, dynamo)
    cloud.keys[STATIC[0]] = (STATIC[1], None)
    cloud.lifetime = 3
    user = User(ddbgen, tmp_path, cloud)
    user.config(keys_of("[profile base]") + f"[profile dev]\nrole_arn = {ROLE}\nsource_profile = base\n")
    talk = ["---\nconversation: long\nparticipants: { A: andrewbrown, B: bayko }\nstarts_at: 2023-03-19T12:00:00Z\n---\n"]
    talk += [f"{'AB'[i % 2]}: line {i}\n" for i in range(30000)]
    (user.work / "talk.txt").write_text("".join(talk))
    result = user.run(
        "apply", MESSAGES, user.work / "talk.txt", *HANDLES, "--profile", "dev", "--yes=127.0.0.1",
        timeout=300,
    )
    cloud.close()
    signers = {call[2] for call in cloud.asked("dynamodb")}
    assert cloud.violations == [] and len(signers) > 1
    assert len(cloud.asked("AssumeRole")) >= len(signers)
    assert "items put" in result.text


def test_keys_that_are_refused_as_expired_are_renewed_once(user):
    user.config(keys_of("[profile base]") + f"[profile dev]\nrole_arn = {ROLE}\nsource_profile = base\n")
    issue = user.cloud.issue

    def first_is_unknown(prefix):
        key = issue(prefix)
        if user.cloud.issued == 1:
            del user.cloud.keys[key[0]]
        return key

    user.cloud.issue = first_is_unknown
    user.signs_as("ASIAROLE0002", "--profile", "dev")
    assert len(user.cloud.asked("AssumeRole")) == 2


# --- accounts ----------------------------------------------------------------------------


@pytest.mark.parametrize("account, code", [(ACCOUNT, None), ("999999999999", 4)])
def test_the_account_is_checked_before_the_first_write(ddbgen, tmp_path, dynamo, account, code):
    cloud = Cloud(tmp_path, dynamo)
    cloud.keys[STATIC[0]] = (STATIC[1], None)
    user = User(ddbgen, tmp_path, cloud)
    user.config(keys_of("[profile prod]"))
    (user.work / "ddbgen.yaml").write_text(
        "targets: { prod: { endpoint_url: '${env.AWS_ENDPOINT_URL_DYNAMODB}', profile: prod,"
        f" account_id: '{account}' }} }}\n"
    )
    (user.work / "m.yaml").write_text((ROOT / "tests/golden/inputs/hash-only.yaml").read_text())
    result = user.run("apply", "m.yaml", "--target", "prod", "--yes=prod", expect=None)
    cloud.close()
    written = [call for call in cloud.asked("dynamodb") if call[1] in ("CreateTable", "BatchWriteItem")]
    assert cloud.violations == []
    if code == 4:
        assert result.code == 4 and "error[account-mismatch]" in result.errors and written == []
    else:
        # dynalite's tables are of an account of its own, which the next check refuses.
        assert f"account: {ACCOUNT}" in result.errors and written != []


# --- plain http --------------------------------------------------------------------------


def test_plain_http_gets_the_key_id_and_a_dummy_secret(user):
    user.cloud.keys = {key: ("dummy", None) for key in (STATIC[0], "AKIDENV", "own", "dummy")}
    env = {"AWS_ENDPOINT_URL_DYNAMODB": user.cloud.plain_url, "AWS_SESSION_TOKEN": "never-sent"}
    user.signs_as("dummy", env=env)
    key = {"AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "real-one"}
    user.signs_as("AKIDENV", env={**env, **key})
    user.config(keys_of("[profile prod]"))
    user.signs_as("AKIDENV", env={**env, **key, "AWS_PROFILE": "prod"})
    user.signs_as(STATIC[0], env={**env, "AWS_PROFILE": "prod"})
    user.signs_as(STATIC[0], "--profile", "prod", env={**env, **key})
    (user.work / "ddbgen.yaml").write_text(
        f"targets: {{ dev: {{ endpoint_url: '{user.cloud.plain_url}', access_key_id: own, profile: prod }} }}\n"
    )
    user.signs_as("own", "--target", "dev", env={**env, **key})
    result = user.run("list-tables", "--target", "dev", env=env)
    assert ", key id own" in result.errors.splitlines()[0]
    assert user.whoami("--target", "dev", env=env)["credentials_from"] == "dummy"
    assert b"real-one" not in user.outputs and b"never-sent" not in user.outputs


# --- nothing is left behind --------------------------------------------------------------


NOBODY = 65534


def test_no_core_file_while_there_are_credentials(ddbgen, cloud, monkeypatch):
    """The kernel gives what belongs to a process that leaves no core file to root: so it is run
    by somebody else."""
    place = Path(tempfile.mkdtemp(prefix="ddbgen-core-"))
    try:
        program = place / "ddbgen"
        shutil.copyfile(ddbgen, program)
        shutil.copyfile(cloud.certificate, place / "ca.crt")
        (place / ".aws").mkdir()
        (place / ".aws/config").write_text(keys_of())
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        for path in (place, program, place / "ca.crt", place / ".aws", place / ".aws/config"):
            path.chmod(0o755)
            if user:
                os.chown(path, NOBODY, NOBODY)
        arrived, answered = threading.Event(), threading.Event()
        route = aws_servers._Handler._dynamodb

        def held(handler, cloud):
            arrived.set()
            assert answered.wait(60)
            return route(handler, cloud)

        monkeypatch.setattr(aws_servers._Handler, "_dynamodb", held)
        process = subprocess.Popen(
            [program, "list-tables"],
            env={
                "HOME": str(place),
                **cloud.environment("DYNAMODB"),
                "AWS_CA_BUNDLE": str(place / "ca.crt"),
                "ASAN_OPTIONS": "detect_leaks=0",  # which would want to trace it
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **user,
        )
        control = subprocess.Popen(["sleep", "60"], **user)
        assert arrived.wait(60)
        mine = user.get("user", os.geteuid())
        assert os.stat(f"/proc/{control.pid}/environ").st_uid == mine
        assert os.stat(f"/proc/{process.pid}/environ").st_uid == 0 != mine
        assert STATIC[1].encode() not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
        answered.set()
        assert process.wait(60) == 0
        control.kill()
        control.wait()
    finally:
        shutil.rmtree(place)
