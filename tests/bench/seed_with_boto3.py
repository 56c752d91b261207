#!/usr/bin/env python3
"""The hand-written way to seed the table: create it, then one PutItem a message.

    seed_with_boto3.py TRANSCRIPT ENDPOINT-URL

In our own words what such scripts do (bench_apply.py runs it beside `ddbgen apply`),
without their mistakes: the items are those of schemas/messages.yaml. Users are known
beforehand, so no database is asked on either side.
"""

import sys

import boto3

from seed_with_python import CREATE_TABLE, TABLE, items


def main():
    transcript, endpoint_url = sys.argv[1:]
    ddb = boto3.client(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="dummy",
        aws_secret_access_key="dummy",
    )
    ddb.create_table(**CREATE_TABLE)
    # The waiter's own delay would be 20 seconds.
    ddb.get_waiter("table_exists").wait(
        TableName=TABLE, WaiterConfig={"Delay": 0.05, "MaxAttempts": 400}
    )
    for item in items(transcript):
        ddb.put_item(TableName=TABLE, Item=item)


if __name__ == "__main__":
    main()
