#!/usr/bin/env python3
"""The hand-written way to see what is in a table: a parallel Scan, counted by beginnings of keys.

    scan_with_boto3.py ENDPOINT-URL SEGMENTS

bench_coverage.py runs it beside `ddbgen diff --coverage`. Prints how many items there are.
"""

import collections
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3

from seed_with_python import TABLE


def main():
    endpoint_url, segments = sys.argv[1], int(sys.argv[2])
    ddb = boto3.client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="dummy",
        aws_secret_access_key="dummy",
    )

    def scan(segment):
        counts = collections.Counter()
        pages = ddb.get_paginator("scan").paginate(
            TableName=TABLE,
            Segment=segment,
            TotalSegments=segments,
            ReturnConsumedCapacity="TOTAL",
        )
        for page in pages:
            counts.update(item["pk"]["S"].partition("#")[0] for item in page["Items"])
        return counts

    with ThreadPoolExecutor(segments) as pool:
        print(sum(sum(pool.map(scan, range(segments)), collections.Counter()).values()))


if __name__ == "__main__":
    main()
