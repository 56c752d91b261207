#!/usr/bin/env python3
"""What people write today: a transcript to DynamoDB requests, in Python with json.

    seed_with_python.py TRANSCRIPT > requests.ndjson

Does for one conversation what `ddbgen build schemas/messages.yaml` does, to the same
bytes, as a competent script would: two passes over the file (the inbox entries come
first and show the last message), one batch in memory, one json.dumps a batch. It checks
labels and UTF-8, as ddbgen does, and nothing else of what ddbgen checks.
"""

import json
import sys
import uuid
from datetime import datetime, timedelta

TABLE = "cruddur-messages"
USERS = {  # fixtures/users.yaml
    "andrewbrown": ("7e1c1f0a-93d4-4c5b-8a52-0f6b7d1c2e91", "Andrew Brown"),
    "bayko": ("c42b8a6d-5f0e-4d27-9b1c-3a9e64f7d805", "Andrew Bayko"),
}
THROUGHPUT = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
CREATE_TABLE = {
    "TableName": TABLE,
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"}
        for name in ("pk", "sk", "message_group_uuid")
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "message-group-sk-index",
            "KeySchema": [
                {"AttributeName": "message_group_uuid", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
            "ProvisionedThroughput": THROUGHPUT,
        }
    ],
    "BillingMode": "PROVISIONED",
    "ProvisionedThroughput": THROUGHPUT,
}


def read_header(file):
    header, participants = {}, {}
    assert next(file) == "---\n"
    for line in file:
        if line == "---\n":
            return header, participants
        name, _, value = line.strip().partition(": ")
        if line.startswith(" "):
            participants[name] = value
        else:
            header[name] = value
    raise SystemExit("the header does not end")


def messages(file, labels):
    for number, line in enumerate(file):
        for label in labels:
            if line.startswith(label):
                yield label, line[len(label) :].rstrip("\n")
                break
        else:
            raise SystemExit(f"message line {number + 1}: no known label")


def stamp(time):
    return time.isoformat(timespec="microseconds")


def group(me, other, conversation, last_time, last_text):
    return {
        "pk": {"S": f"GRP#{USERS[me][0]}"},
        "sk": {"S": last_time},
        "message_group_uuid": {"S": conversation},
        "message": {"S": last_text},
        "user_uuid": {"S": USERS[other][0]},
        "user_display_name": {"S": USERS[other][1]},
        "user_handle": {"S": other},
    }


def items(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        header, participants = read_header(file)
        labels = {f"{label}: ": handle for label, handle in participants.items()}
        count, text = 0, ""
        for _, text in messages(file, labels):
            count += 1
    conversation = header["conversation"]
    namespace = uuid.UUID(conversation)
    starts_at = datetime.fromisoformat(header["starts_at"].replace("Z", "+00:00"))
    interval = timedelta(seconds=int(header["interval"].rstrip("s")))

    first, second = participants.values()
    last_time = stamp(starts_at + interval * (count - 1))
    yield group(first, second, conversation, last_time, text)
    yield group(second, first, conversation, last_time, text)
    with open(path, encoding="utf-8", newline="\n") as file:
        read_header(file)
        time = starts_at
        for index, (label, text) in enumerate(messages(file, labels)):
            handle = labels[label]
            user_uuid, display_name = USERS[handle]
            yield {
                "pk": {"S": f"MSG#{conversation}"},
                "sk": {"S": stamp(time)},
                "message_uuid": {"S": str(uuid.uuid5(namespace, str(index)))},
                "message": {"S": text},
                "user_uuid": {"S": user_uuid},
                "user_display_name": {"S": display_name},
                "user_handle": {"S": handle},
            }
            time += interval


def main():
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    write = sys.stdout.write

    def flush(batch):
        write(dumps({"BatchWriteItem": {"RequestItems": {TABLE: batch}}}) + "\n")

    write(dumps({"CreateTable": CREATE_TABLE}) + "\n")
    batch = []
    for item in items(sys.argv[1]):
        batch.append({"PutRequest": {"Item": item}})
        if len(batch) == 25:
            flush(batch)
            batch = []
    if batch:
        flush(batch)


if __name__ == "__main__":
    main()
