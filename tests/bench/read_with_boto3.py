#!/usr/bin/env python3
"""The reads of `ddbgen diff` alone, by boto3: whole partitions, and nothing compared.

    read_with_boto3.py PARTITIONS ENDPOINT-URL THREADS

PARTITIONS is a file of hash keys, one a line. Prints how many items there are.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config
from seed_with_python import TABLE


def main():
    path, endpoint_url, threads = sys.argv[1:]
    ddb = boto3.client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="dummy",
        aws_secret_access_key="dummy",
        config=Config(max_pool_connections=int(threads)),
    )

    def read(key):
        pages = ddb.get_paginator("query").paginate(
            TableName=TABLE,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": key}},
        )
        return sum(len(page["Items"]) for page in pages)

    with open(path, encoding="utf-8") as file:
        keys = file.read().splitlines()
    if int(threads) == 1:
        print(sum(map(read, keys)))
        return
    with ThreadPoolExecutor(int(threads)) as pool:
        print(sum(pool.map(read, keys)))


if __name__ == "__main__":
    main()
