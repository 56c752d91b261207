#!/usr/bin/env python3
"""One BatchWriteItem again and again with boto3.

    batch_with_boto3.py BODY URL BATCHES     prints items a second
"""

import json
import sys
import time

import boto3

body, url, batches = sys.argv[1:]
with open(body, encoding="utf-8") as file:
    request = json.load(file)
client = boto3.client(
    "dynamodb", endpoint_url=url, region_name="us-east-1",
    aws_access_key_id="a", aws_secret_access_key="a",
)  # fmt: skip
client.batch_write_item(**request)
began = time.perf_counter()
for _ in range(int(batches)):
    client.batch_write_item(**request)
print(25 * int(batches) / (time.perf_counter() - began))
