"""Which credentials, which region, which endpoint: held against botocore's own resolver.

Configurations and environments are thrown at random, from everything that decides: both files
(sections, comments, continuations, quotes), profiles of each kind and chains of them, variables.
botocore resolves each in a process that has the same home and environment, and says which of
its providers has credentials, which key id they begin with, which region and which endpoint its
client of DynamoDB has. ddbgen's `whoami` says the same of itself, against the same servers.
Where the two are meant to differ, DIFFERENCES says so.

    DDBGEN_CHAINS=2000 DDBGEN_CHAINS_SEED=77 python3 -m pytest tests/integration/test_chain.py
"""

import concurrent.futures
import json
import os
import random
import re
import shutil
import subprocess
import sys

from aws_servers import ACCOUNT, Cloud, sso_file, stamp
from conftest import runner

LONG = "DDBGEN_TEST_LONG" in os.environ
COUNT = int(os.environ.get("DDBGEN_CHAINS", "320" if LONG else "60"))
THREADS = 4
SEED = int(os.environ.get("DDBGEN_CHAINS_SEED", 1))

# What ddbgen does otherwise, by the name that a case is tagged with, and why.
DIFFERENCES = {
    "web-identity": "a web identity of the environment goes before a role of the profile, as in the "
    "SDKs for Java, Go and Rust; botocore takes the role first",
    "aws-region": "AWS_REGION counts, and before AWS_DEFAULT_REGION; botocore knows the latter only",
    "comment": "a comment behind a blank ends a value, as in most SDKs; botocore takes it for a "
    "part of the value",
}

# botocore's names of providers, and with what `credentials_from` then begins.
METHODS = {
    "env": "environment",
    "shared-credentials-file": "profile",
    "config-file": "profile",
    "assume-role": "role",
    "assume-role-with-web-identity": "web-identity",
    "sso": "sso",
    "custom-process": "process",
    "container-role": "container",
    "iam-role": "imds",
}

JUDGE = """
import json, os, sys
import botocore.credentials, botocore.session, botocore.tokens

def judge(case):
    os.environ.clear()
    os.environ.update(case["env"])
    os.chdir(case["home"])
    cache = os.path.join(case["home"], ".aws/sso/cache")
    botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR = cache
    botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR = cache
    session = botocore.session.Session(profile=case["profile"])
    region = session.get_config_variable("region") or "us-east-1"
    session.set_config_variable("region", region)
    credentials = session.get_credentials()
    if credentials is None:
        return {"method": None}
    frozen = credentials.get_frozen_credentials()
    client = session.create_client("dynamodb", region_name=region)
    return {"method": credentials.method, "key": frozen.access_key, "region": region,
            "endpoint": client.meta.endpoint_url}

os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
for service in ("dynamodb", "sts", "sso"):
    botocore.session.Session().create_client(service)
for line in sys.stdin:
    if os.fork() == 0:
        try:
            said = judge(json.loads(line))
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        os.write(1, (json.dumps(said) + "\\n").encode())
        os._exit(0)
    os.wait()
"""


class Dice:
    """One case: the files of a home, an environment, a command line."""

    def __init__(self, seed, cloud):
        self.seed = seed
        self.rng = random.Random(seed)
        self.cloud = cloud
        self.config, self.credentials, self.env, self.tags = [], [], {}, set()
        # Where endpoints of AWS's own are asked for (FIPS, dual stack) or configured ones are
        # ignored, botocore takes no other for STS, and there is none here: no roles then.
        self.mode = self.rng.choice(["plain", "plain", "plain", "ignoring", "variant"])
        self.names = ["default", "dev", "ops team", "prod.eu", "base"]
        self.used = []

    def chance(self, share):
        return self.rng.random() < share

    def key(self, prefix="AKIA"):
        key = f"{prefix}{self.rng.randrange(10**9):09d}"
        secret = "".join(self.rng.choice("abcXYZ019/+=") for _ in range(20))
        self.cloud.keys[key] = (secret, None)
        return key, secret

    def set(self, lines, name, value):
        equals = self.rng.choice([" = ", "=", " =", "= ", "\t=  "])
        name = name.upper() if self.chance(0.1) else name
        lines.append(f"{name}{equals}{value}")
        if self.chance(0.1):
            lines.append(self.rng.choice(["# a comment", "; another = one", "", "   # indented"]))

    def heading(self, name):
        if name == "default":
            return self.rng.choice(["[default]", "[profile default]"])
        quoted = f'"{name}"' if " " in name or self.chance(0.3) else name
        return f"[profile {quoted}]"

    def keys(self, lines):
        key, secret = self.key()
        self.set(lines, "aws_access_key_id", key)
        self.set(lines, "aws_secret_access_key", secret)

    def kind(self, name, later):
        """What a profile says about credentials: (of the config, of the credentials file)."""
        config, credentials = [], []
        kinds = ["keys", "credentials", "both", "process", "nothing"]
        if self.mode == "plain":
            kinds += ["keys", "role", "role", "role", "source", "sso", "web", "role+keys"]
        kind = self.rng.choice(kinds)
        if kind == "keys":
            self.keys(config)
        elif kind == "credentials":
            self.keys(credentials)
        elif kind == "both":
            self.keys(config)
            self.keys(credentials)
        elif kind in ("role", "role+keys") and later:
            self.set(config, "role_arn", f"arn:aws:iam::{ACCOUNT}:role/r{self.rng.randrange(99)}")
            own = kind == "role+keys" and self.chance(0.5)
            self.set(config, "source_profile", name if own else self.rng.choice(later))
            if kind == "role+keys":
                self.keys(self.rng.choice([config, credentials]))
            if self.chance(0.3):
                self.set(config, "duration_seconds", self.rng.randint(900, 3600))
        elif kind == "source":
            self.set(config, "role_arn", f"arn:aws:iam::{ACCOUNT}:role/s{self.rng.randrange(99)}")
            source = self.rng.choice(["Environment", "EcsContainer", "Ec2InstanceMetadata"])
            self.set(config, "credential_source", source)
        elif kind == "sso":
            self.set(config, "sso_account_id", ACCOUNT)
            self.set(config, "sso_role_name", "Admin")
            if self.chance(0.5):
                self.set(config, "sso_session", "corp")
            else:
                self.set(config, "sso_region", "eu-west-1")
                self.set(config, "sso_start_url", "https://corp.example/start")
        elif kind == "process":
            key, secret = self.key()
            said = json.dumps({"Version": 1, "AccessKeyId": key, "SecretAccessKey": secret})
            self.set(config, "credential_process", f"/bin/echo '{said}'")
        elif kind == "web":
            self.set(config, "role_arn", f"arn:aws:iam::{ACCOUNT}:role/w{self.rng.randrange(99)}")
            self.set(config, "web_identity_token_file", str(self.home / "token"))
        return config, credentials

    def profile(self, name, later):
        config, credentials = self.kind(name, later)
        regions = ["eu-west-1", "ap-south-1", "cn-north-1", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1"]
        if self.chance(0.5):
            region = self.rng.choice(regions)
            if self.chance(0.1):
                self.tags.add("comment")
                region += " # home"
            self.set(config, "region", region)
        if self.mode == "variant":
            if self.chance(0.4):
                self.set(config, "use_fips_endpoint", self.rng.choice(["true", "false", "TRUE"]))
            if self.chance(0.4):
                self.set(config, "use_dualstack_endpoint", self.rng.choice(["true", "false"]))
        else:
            if self.chance(0.2):
                self.set(config, "services", "own")
            if self.chance(0.2):
                self.set(config, "endpoint_url", "https://everything.example")
        if self.mode == "ignoring" and self.chance(0.3):
            self.set(config, "ignore_configured_endpoint_urls", self.rng.choice(["true", "True"]))
        if self.chance(0.2):
            config += ["s3 =", "  max_concurrent_requests = 20", "  region = nowhere"]
        if config or self.chance(0.5):
            self.config += [self.heading(name), *config]
            self.used.append(name)
        if credentials:
            self.credentials += [f"[{name}]", *credentials]
            self.used.append(name)

    def environment(self):
        env = self.env
        if self.chance(0.3):
            env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"] = self.key("AKIE")
        if self.mode == "plain" and self.chance(0.12):
            env["AWS_WEB_IDENTITY_TOKEN_FILE"] = str(self.home / "token")
            env["AWS_ROLE_ARN"] = f"arn:aws:iam::{ACCOUNT}:role/env"
            self.tags.add("web-identity")
        if self.chance(0.3):
            env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"{self.cloud.plain_url}/container"
        if self.chance(0.5):
            env["AWS_EC2_METADATA_DISABLED"] = "true"
        if self.chance(0.3):
            env[self.rng.choice(["AWS_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"])] = self.some_profile()
        if self.chance(0.3):
            env["AWS_DEFAULT_REGION"] = self.rng.choice(["us-west-2", "cn-northwest-1"])
        if self.chance(0.1):
            env["AWS_REGION"] = "sa-east-1"
            self.tags.add("aws-region")
        if self.mode == "variant":
            for name in ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"):
                if self.chance(0.3):
                    env[name] = self.rng.choice(["true", "false"])
        if self.mode == "ignoring" and self.chance(0.7):
            env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true"

    def some_profile(self):
        return self.rng.choice(self.used) if self.used and self.chance(0.95) else "nobody"

    def throw(self, home):
        self.home = home
        (home / ".aws").mkdir(parents=True)
        (home / "token").write_text("a.web.identity")
        names = [name for name in self.names if self.chance(0.7)]
        for i, name in enumerate(names):
            self.profile(name, names[i + 1 :])
        self.config += ["[sso-session corp]", "sso_region = eu-west-1", "sso_start_url = https://corp.example/start"]
        self.config += ["[services own]", "dynamodb =", "  endpoint_url = https://own.example", "s3 =", "  endpoint_url = https://s3.example"]
        self.config += ["[preview]", "cloudsearch = true"]
        token = {"accessToken": "sso-token-1", "expiresAt": stamp(3600)}
        for name in ("corp", "https://corp.example/start"):
            path = sso_file(home, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(token))
        self.environment()
        for name, lines in (("config", self.config), ("credentials", self.credentials)):
            if lines:
                ends = self.rng.choice(["\n", "\n", "\r\n"])
                path = home / ".aws" / name
                path.write_bytes((ends.join(lines) + ends).encode())
                path.chmod(0o600)
        self.given = self.some_profile() if self.chance(0.4) else None
        return self


def services(cloud):
    return {
        "AWS_CA_BUNDLE": str(cloud.certificate),
        "AWS_ENDPOINT_URL_STS": cloud.url,
        "AWS_ENDPOINT_URL_SSO": cloud.url,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": cloud.plain_url + "/",
    }


def find_judge():
    """The python with the newest botocore, and whether that one knows of endpoints that the
    environment or a profile names (1.31 and later; Debian's does not)."""
    ask = "import botocore; print(botocore.__version__)"
    found = []
    for python in {sys.executable, shutil.which("python3") or sys.executable}:
        told = subprocess.run([python, "-c", ask], capture_output=True, text=True)
        if told.returncode == 0:
            found.append((tuple(int(part) for part in told.stdout.split(".")[:2]), python))
    version, python = max(found)
    return python, version >= (1, 31)


class Judge:
    """botocore in a process of its own, which answers line by line."""

    def __init__(self):
        python, self.knows_endpoints = find_judge()
        self.process = subprocess.Popen(
            [python, "-c", JUDGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def asks(self, dice, env):
        case = {"env": env, "home": str(dice.home), "profile": dice.given}
        self.process.stdin.write(json.dumps(case).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)


def kind_of(key):
    """Temporary keys are issued anew for each who asks: what they are for stays."""
    return key[:7] if key.startswith("ASIA") else key


def said_by_ddbgen(run, dice, env):
    """The same as Judge.asks, by `whoami`; by the line `target:` where STS would be AWS's own."""
    given = ("--profile", dice.given) if dice.given else ()
    if dice.mode == "ignoring":
        result = run("list-tables", "--target", "aws", *given, env=env, expect=None, cwd=dice.home)
        told = re.match(r"target: aws, (\S+) in (\S+) \(", result.errors)
        none = "error[credentials]" in result.errors or "error[aws-config]" in result.errors
        if none or told is None:
            return {"error": result.errors}
        return {"region": told[2], "endpoint": told[1]}
    result = run("whoami", "--format", "json", "--target", "aws", *given, env=env, expect=None, cwd=dice.home)
    if result.code != 0:
        assert result.code == 3, result.errors
        return {"error": result.errors}
    me = json.loads(result.out)
    assert me["account_id"] == ACCOUNT
    return {
        "method": re.match(r"[a-z-]+", me["credentials_from"])[0],
        "key": kind_of(me["access_key_id"]),
        "region": me["region"],
        "endpoint": me["endpoint_url"],
    }


def expected(said):
    """What botocore said, in ddbgen's words: no credentials are a mistake there."""
    if said.get("method") is None:
        return {"error": said.get("error", "none")}
    return {**said, "method": METHODS[said["method"]], "key": kind_of(said["key"])}


def differs(dice, judge, run):
    """Both views where they are not the same, and no difference is meant."""
    env = {**services(dice.cloud), "AWS_EC2_METADATA_DISABLED": "false", **dice.env}
    theirs = expected(
        judge.asks(dice, {"HOME": str(dice.home), "PATH": "/usr/bin:/bin", **env})
    )
    ours = said_by_ddbgen(run, dice, env)
    if not judge.knows_endpoints:
        # It asked AWS itself, which is not there: nothing can be said of that.
        if "EndpointConnectionError" in theirs.get("error", ""):
            dice.kind = "not judged"
            return None
        ours.pop("endpoint", None)
    if "error" in theirs or "error" in ours:
        same = "error" in theirs and "error" in ours
    else:
        same = all(ours[name] == theirs[name] for name in ours)
    dice.kind = theirs.get("method", "none")
    return None if same or dice.tags & set(DIFFERENCES) else (theirs, ours)


def test_as_botocore_resolves_it(ddbgen, tmp_path):
    cloud = Cloud(tmp_path)

    def play(first):
        judge = Judge()
        found = []
        for seed in range(SEED + first, SEED + COUNT, THREADS):
            home = tmp_path / f"home-{seed}"
            dice = Dice(seed, cloud).throw(home)
            found.append((dice, differs(dice, judge, runner(ddbgen, home))))
        judge.close()
        return found

    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        played = [one for some in pool.map(play, range(THREADS)) for one in some]
    cloud.close()
    wrong = [
        f"seed {dice.seed}, --profile {dice.given}, {dice.env}\n"
        + "".join(path.read_text() for path in sorted((dice.home / ".aws").glob("c*")))
        + f"\nbotocore {views[0]}\nddbgen   {views[1]}"
        for dice, views in played
        if views
    ]
    assert len(played) == COUNT
    assert not wrong, f"{len(wrong)} of {COUNT}:\n" + "\n\n".join(wrong[:5])
    assert cloud.violations == []
    assert sum(bool(dice.tags) for dice, _ in played) < COUNT / 2, "most are compared"
    if COUNT >= 300 and find_judge()[1]:
        kinds = {dice.kind for dice, _ in played}
        assert kinds >= {*METHODS.values(), "none"}, f"only {kinds} were thrown"
