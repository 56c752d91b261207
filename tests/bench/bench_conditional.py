#!/usr/bin/env python3
"""`ddbgen apply` that changes one item in a hundred: conditional writes beside --overwrite,
--unconditional, and boto3 doing the same conditional writes.

    tests/bench/bench_conditional.py [--ddbgen PATH] [--items N]

Against one dynalite; the changes are undone before each run. boto3 knows what changed and
what it was; ddbgen reads the table and finds out.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3
from bench_apply import dynalite
from bench_build import ROOT

TABLE = "things"
DEFINITION = """
table_name: things
attribute_definitions: { pk: S }
key_schema: { hash: pk }
billing_mode: PAY_PER_REQUEST
"""


def write_items(folder, count, value):
    (folder / "t.yaml").write_text(DEFINITION)
    for start in range(0, count, 50000):  # a file of items has a ceiling
        lines = (
            f"  - {{ pk: 'item {i:07}', v: {value if i % 100 == 0 else 1}, text: something }}\n"
            for i in range(start, min(start + 50000, count))
        )
        (folder / f"items-{start:07}.yaml").write_text("items:\n" + "".join(lines))
    return ["t.yaml", *sorted(path.name for path in folder.glob("items-*.yaml"))]


def boto3_writes(url, count, old, new):
    client = boto3.client(
        "dynamodb", endpoint_url=url, region_name="us-east-1",
        aws_access_key_id="a", aws_secret_access_key="a",
    )  # fmt: skip
    for i in range(0, count, 100):
        client.update_item(
            TableName=TABLE,
            Key={"pk": {"S": f"item {i:07}"}},
            UpdateExpression="SET #v = :new",
            ConditionExpression="attribute_exists(pk) AND #v = :old",
            ExpressionAttributeNames={"#v": "v"},
            ExpressionAttributeValues={":new": {"N": str(new)}, ":old": {"N": str(old)}},
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ddbgen", default=os.environ.get("DDBGEN", ROOT / "build/ddbgen"))
    parser.add_argument("--items", type=int, default=100000)
    options = parser.parse_args()
    ddbgen = str(Path(options.ddbgen).resolve())
    with tempfile.TemporaryDirectory(prefix="ddbgen-bench-") as scratch, dynalite() as url:
        folder = Path(scratch)

        def apply(value, *arguments):
            files = write_items(folder, options.items, value)
            began = time.perf_counter()
            done = subprocess.run(
                [ddbgen, "apply", *files, "--endpoint-url", url, "--yes", *arguments],
                cwd=folder, check=True, capture_output=True, text=True,
            )  # fmt: skip
            seconds = time.perf_counter() - began
            return seconds, re.findall(r"items? put in (\d+) request", done.stdout)

        print(f"{options.items} items in dynalite, {options.items // 100} of them change")
        print(f"  into an empty table {apply(1)[0]:7.2f} s")
        for value, name, arguments in (
            (2, "conditional", ()),
            (3, "--unconditional", ("--unconditional",)),
            (4, "--overwrite", ("--overwrite",)),
        ):
            seconds, requests = apply(value, *arguments)
            print(f"  ddbgen {name:16} {seconds:7.2f} s, {requests[0]} writing requests")
        began = time.perf_counter()
        boto3_writes(url, options.items, 4, 5)
        print(f"  boto3 conditional     {time.perf_counter() - began:7.2f} s, writes alone")
        print(f"  ddbgen without changes {apply(5)[0]:6.2f} s, reads alone")


if __name__ == "__main__":
    sys.exit(main())
