"""Signatures, byte for byte those of botocore, over many random requests."""

import random
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from conftest import built_tool
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CASES = 2000
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def tool():
    return built_tool("sigv4_tool")


def text(rng, low, high, letters):
    return "".join(rng.choice(letters) for _ in range(rng.randint(low, high)))


def case(rng):
    token = text(rng, 1, 1500, LETTERS + "+/=") if rng.random() < 0.5 else ""
    host = rng.choice(
        [
            "localhost:8000",
            "127.0.0.1:" + str(rng.randint(1, 65535)),
            "[::1]:8000",
            "dynamodb.ca-central-1.amazonaws.com",
            "123456789012.ddb.eu-west-1.amazonaws.com",
            text(rng, 1, 60, "abcdefghijklmnop0123456789-").strip("-") + "x",
        ]
    )
    body = rng.choice(
        [
            "{}",
            "",
            text(rng, 0, 3000, LETTERS + ' {}":,\\\n\t'),
            text(rng, 0, 300, "äöß漢字🎉\u202eעברית\x00"),
        ]
    )
    seconds = rng.randint(0, 4102444800)
    service = rng.choice(["dynamodb", "kms"])
    return {
        "key": text(rng, 16, 32, LETTERS),
        "secret": text(rng, 1, 80, LETTERS + "/+=:@%&?# '\"\\"),
        "token": token,
        "host": host,
        "target": "DynamoDB_20120810." + text(rng, 3, 30, LETTERS),
        "body": body,
        "region": rng.choice(["us-east-1", "ca-central-1", "eu-west-1", "local", "xy-north-99"]),
        "microseconds": seconds * 1000000 + rng.randint(0, 999999),
        "service": service,
        "content_type": f"application/x-amz-json-1.{int(service == 'kms')}",
    }


def judged(case):
    """DATE AUTHORIZATION as botocore computes them."""
    when = EPOCH + timedelta(microseconds=case["microseconds"])
    date = when.strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "Content-Type": case["content_type"],
        "Host": case["host"],
        "X-Amz-Date": date,
        "X-Amz-Target": case["target"],
    }
    if case["token"]:
        headers["X-Amz-Security-Token"] = case["token"]
    request = AWSRequest(
        method="POST", url="http://ignored/", headers=headers, data=case["body"].encode()
    )
    request.context["timestamp"] = date
    credentials = Credentials(case["key"], case["secret"], case["token"] or None)
    signer = SigV4Auth(credentials, case["service"], case["region"])
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    names = signer.signed_headers(signer.headers_to_sign(request))
    return (
        f"{date} AWS4-HMAC-SHA256 Credential={signer.scope(request)}, "
        f"SignedHeaders={names}, Signature={signer.signature(to_sign, request)}"
    )


def record(case):
    fields = (str(value).encode() for value in case.values())
    return b"".join(b"%d\n%s\n" % (len(value), value) for value in fields)


@pytest.mark.parametrize("seed", range(4))
def test_as_botocore(tool, seed):
    rng = random.Random(seed)
    cases = [case(rng) for _ in range(CASES // 4)]
    done = subprocess.run(
        [str(tool)], input=b"".join(map(record, cases)), capture_output=True, check=True
    )
    lines = done.stdout.decode().splitlines()
    assert len(lines) == len(cases)
    for asked, line in zip(cases, lines):
        assert line == judged(asked), asked
