#!/usr/bin/env python3
"""`ddbgen apply` of a 100-line conversation beside the usual boto3 script.

    tests/bench/bench_apply.py [--ddbgen PATH] [--runs N] [--messages N]

Whole processes against a fresh dynalite each, in turns: start, create the table, wait
until it is there (dynalite takes 20 ms), write everything. The tables are then compared.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from bench_build import HERE, ROOT, write_transcript


@contextmanager
def dynalite():
    process = subprocess.Popen(
        ["node", ROOT / "tests/servers/dynalite.js"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        process.wait()


def items_at(url):
    """All items of the table, in an order that does not depend on the server."""
    request = urllib.request.Request(
        url,
        json.dumps({"TableName": "cruddur-messages"}).encode(),
        {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "DynamoDB_20120810.Scan",
            "X-Amz-Date": "20230319T120000Z",
            "Authorization": "AWS4-HMAC-SHA256 Credential=a/20230319/us-east-1/dynamodb/"
            "aws4_request, SignedHeaders=host, Signature=0",
        },
    )
    with urllib.request.urlopen(request) as reply:
        return sorted(json.load(reply)["Items"], key=lambda item: json.dumps(item, sort_keys=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ddbgen", default=os.environ.get("DDBGEN", ROOT / "build/ddbgen"))
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--messages", type=int, default=100)
    options = parser.parse_args()

    ddbgen = str(Path(options.ddbgen).resolve())
    seconds = {"ddbgen": [], "boto3": []}
    tables = {}
    with tempfile.TemporaryDirectory(prefix="ddbgen-bench-") as scratch:
        transcript = Path(scratch, "talk.txt")
        write_transcript(transcript, options.messages)
        for _ in range(options.runs):
            for name in seconds:
                with dynalite() as url:
                    command = {
                        "ddbgen": [ddbgen, "apply", "schemas/messages.yaml", transcript]
                        + ["--handles", "fixtures/users.yaml", "--endpoint-url", url],
                        "boto3": ["/usr/bin/python3", HERE / "seed_with_boto3.py", transcript, url],
                    }[name]
                    began = time.perf_counter()
                    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
                    seconds[name].append(time.perf_counter() - began)
                    tables[name] = items_at(url)
    if tables["ddbgen"] != tables["boto3"]:
        raise SystemExit("the two tables differ")
    print(f"{options.messages} messages to dynalite, {options.runs} runs in turns")
    for name, samples in seconds.items():
        print(
            f"  {name:7} median {statistics.median(samples) * 1000:7.0f} ms  "
            f"best {min(samples) * 1000:7.0f} ms"
        )
    ratio = statistics.median(seconds["boto3"]) / statistics.median(seconds["ddbgen"])
    print(f"  ddbgen is {ratio:.1f} times as fast; the tables hold the same items")


if __name__ == "__main__":
    sys.exit(main())
