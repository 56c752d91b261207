#!/usr/bin/env python3
"""A scripted DynamoDB stand-in that fails on purpose.

It verifies every request (SigV4 recomputed by botocore, headers, date), keeps tables in
memory, and plays a list of faults for each operation, one a call, in order:

    server = FaultServer()
    server.script["BatchWriteItem"] = [error("ThrottlingException"), None, reset_after()]
    server.url, server.items("table"), server.violations, server.calls

None in a script, and everything after its end, is an honest answer. As a program:

    fault_server.py [--port N] [--faults '{"BatchWriteItem": ["unprocessed_all", null]}']
"""

import argparse
import email.utils
import itertools
import json
import os
import random
import re
import socket
import struct
import sys
import threading
import time
import zlib
from base64 import b64decode
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from expressions import evaluate

KEYS = {"dummy": "dummy"}  # access key id to secret
ACCOUNT = "123456789012"
SIGNED = ["content-type", "host", "x-amz-date", "x-amz-target"]
NEVER_SIGNED = {"expect", "user-agent", "connection", "transfer-encoding"}


class Refused(Exception):
    """The service says no: an error code and its words."""

    def __init__(self, code, message="", status=400):
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status

    def body(self):
        kind = f"com.amazonaws.dynamodb.v20120810#{self.code}"
        return json.dumps({"__type": kind, "message": self.message}).encode()


# --- what may go wrong ---------------------------------------------------------------------


@dataclass
class Fault:
    kind: str
    arguments: dict = field(default_factory=dict)

    def __getattr__(self, name):
        return self.arguments.get(name)


def error(code, status=400, message="", headers=None):
    """An error answer; the request is not processed."""
    return Fault("error", {"code": code, "status": status, "message": message, "headers": headers})


def raw(status=200, body=b"", process=False, headers=None):
    """Any bytes for an answer."""
    return Fault(
        "raw", {"status": status, "body": body, "process": process, "headers": headers}
    )


def html(status=502, process=False):
    """A proxy's page."""
    page = b"<html><body><h1>Bad Gateway</h1></body></html>"
    return raw(status, page, process, {"Content-Type": "text/html"})


def empty(status=200, process=True):
    return raw(status, b"", process)


def unprocessed(which="some", event=None):
    """A BatchWriteItem that leaves "some" (at random, at least one), "all", or a number; not
    before the event is set."""
    return Fault("unprocessed", {"which": which, "event": event})


def foreign_unprocessed(request=None, table=None):
    """Everything is written, but the answer names what was never sent."""
    return Fault("foreign", {"request": request, "table": table})


def respelt_unprocessed():
    """All is left unprocessed, numbers come back in another spelling."""
    return Fault("unprocessed", {"which": "all", "respell": True})


def reset_before():
    return Fault("reset", {"process": False})


def reset_after():
    return Fault("reset", {"process": True})


def truncate():
    """Processed; Content-Length promises more than comes."""
    return Fault("truncate")


def bad_crc():
    return Fault("bad_crc")


def slow(seconds=0.01):
    """Processed; one byte of the answer at a time."""
    return Fault("slow", {"seconds": seconds})


def pause(event):
    """Not processed before the event is set, whoever has gone by then."""
    return Fault("pause", {"event": event})


def wire(send):
    """Processed; then send(write, answer) writes what it likes, and the connection closes."""
    return Fault("wire", {"send": send})


def recreate():
    """A DeleteTable that is done at once, and somebody creates the table anew."""
    return Fault("recreate")


NAMED = {  # for the command line
    "throttle": lambda: error("ThrottlingException"),
    "throughput": lambda: error("ProvisionedThroughputExceededException"),
    "500": lambda: error("InternalServerError", 500),
    "503": lambda: error("ServiceUnavailable", 503),
    "validation": lambda: error("ValidationException", message="refused by script"),
    "unprocessed": unprocessed,
    "unprocessed_all": lambda: unprocessed("all"),
    "foreign": foreign_unprocessed,
    "reset_before": reset_before,
    "reset_after": reset_after,
    "truncate": truncate,
    "bad_crc": bad_crc,
    "slow": slow,
    "html": html,
    "html_200": lambda: html(200),
    "empty": empty,
    "413": lambda: raw(413),
}


# --- values --------------------------------------------------------------------------------


def canonical_value(value):
    """One key value, comparable by value."""
    ((kind, text),) = value.items()
    if kind == "N":
        return kind, Decimal(text).normalize()
    return kind, b64decode(text) if kind == "B" else text


def respell(item):
    """The same item, numbers of the top level in exponent form."""
    return {
        name: {"N": f"{Decimal(value['N']):E}"} if "N" in value else value
        for name, value in item.items()
    }


class Table:
    made = itertools.count(1)

    def __init__(self, request, states):
        self.request = request
        self.id = f"00000000-0000-4000-8000-{next(self.made):012}"
        self.states = list(states)  # shown by the next describes; after them, ACTIVE
        self.items = {}  # canonical key to item
        self.keys = [key["AttributeName"] for key in request["KeySchema"]]
        self.types = {
            a["AttributeName"]: a["AttributeType"] for a in request["AttributeDefinitions"]
        }
        self.deleting = False
        self.ttl = None  # the attribute while time to live is enabled
        self.ttl_status = "DISABLED"
        self.recovery_days = None  # while point-in-time recovery is enabled
        self.insights = {}  # index name, or None for the table, to a mode

    def key(self, item):
        for name in self.keys:
            if name not in item or list(item[name]) != [self.types[name]]:
                raise Refused(
                    "ValidationException", "The provided key element does not match the schema"
                )
        return tuple(canonical_value(item[name]) for name in self.keys)

    def describe(self, status):
        request = self.request
        name = request["TableName"]
        description = {
            "TableName": name,
            "TableStatus": status,
            "TableId": self.id,
            "TableArn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{name}",
            "AttributeDefinitions": request["AttributeDefinitions"],
            "KeySchema": request["KeySchema"],
            "ProvisionedThroughput": {
                "NumberOfDecreasesToday": 0,
                **request.get(
                    "ProvisionedThroughput", {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
                ),
            },
            "ItemCount": 0,
            "MemberOfTheFuture": {"a": [None, True, 1.5]},
        }
        description["DeletionProtectionEnabled"] = request.get("DeletionProtectionEnabled", False)
        description["BillingModeSummary"] = {
            "BillingMode": request.get("BillingMode", "PROVISIONED")
        }
        for member in ("StreamSpecification", "OnDemandThroughput"):
            if member in request:
                description[member] = request[member]
        if "TableClass" in request:
            description["TableClassSummary"] = {"TableClass": request["TableClass"]}
        if request.get("SSESpecification", {}).get("Enabled"):
            description["SSEDescription"] = {"Status": "ENABLED", "SSEType": "KMS"}
        for index in request.get("GlobalSecondaryIndexes", []):
            shown = {**index, "IndexStatus": "ACTIVE" if status == "ACTIVE" else "CREATING"}
            description.setdefault("GlobalSecondaryIndexes", []).append(shown)
        return description


# --- the service ---------------------------------------------------------------------------


class Service:
    """The honest part: operations on tables, and the signature."""

    def __init__(self):
        self.tables = {}
        self.create_states = []  # what describes of a new table show before ACTIVE
        self.delete_states = ["DELETING", "DELETING"]  # the same of one that was dropped
        self.unknown = set()  # operations that this server does not know
        self.backups_delay = 0  # how many calls find backups not available yet
        self.clock_offset = 0  # seconds that the service's clock is ahead of ours

    def now(self):
        return time.time() + self.clock_offset

    def verify(self, headers, body):
        """Raises Refused, or returns None. headers: lower-case names to values."""
        match = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([a-z0-9-]+)/dynamodb/aws4_request, "
            r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})",
            headers.get("authorization", ""),
        )
        if match is None:
            raise Refused("IncompleteSignatureException", headers.get("authorization", "none"))
        key_id, day, region, signed, signature = match.groups()
        names = signed.split(";")
        wanted = SIGNED + ["x-amz-security-token"] * ("x-amz-security-token" in headers)
        date = headers.get("x-amz-date", "")
        if names != sorted(wanted) or NEVER_SIGNED & set(names) or day != date[:8]:
            raise Refused("IncompleteSignatureException", f"signed: {signed}, date: {date}")
        if key_id not in KEYS:
            raise Refused("UnrecognizedClientException", "The security token is invalid")
        then = time.strptime(date + "UTC", "%Y%m%dT%H%M%SZ%Z")
        if abs(self.now() - (time.mktime(then) - time.timezone)) > 900:
            raise Refused("InvalidSignatureException", "Signature expired")
        request = AWSRequest(
            method="POST",
            url=f"http://{headers['host']}/",
            headers={name: headers[name] for name in names},
            data=body,
        )
        request.context["timestamp"] = date
        token = headers.get("x-amz-security-token")
        signer = SigV4Auth(Credentials(key_id, KEYS[key_id], token), "dynamodb", region)
        text = signer.string_to_sign(request, signer.canonical_request(request))
        if signer.signature(text, request) != signature:
            raise Refused("SignatureDoesNotMatch", text)

    def table(self, name):
        if name not in self.tables:
            raise Refused("ResourceNotFoundException", f"Requested resource not found: {name}")
        return self.tables[name]

    def active_table(self, name):
        table = self.table(name)
        if table.states:
            raise Refused("ResourceInUseException", "the table is not ready")
        return table

    def CreateTable(self, request):
        if request["TableName"] in self.tables:
            raise Refused("ResourceInUseException", "Table already exists")
        table = Table(request, self.create_states)
        self.tables[request["TableName"]] = table
        return {"TableDescription": table.describe("CREATING")}

    def DescribeTable(self, request):
        table = self.table(request["TableName"])
        status = table.states.pop(0) if table.states else "ACTIVE"
        if table.deleting and not table.states:
            del self.tables[request["TableName"]]
        if status == "MISSING":
            raise Refused("ResourceNotFoundException", "not yet")
        return {"Table": table.describe(status)}

    def DeleteTable(self, request):
        table = self.table(request["TableName"])
        if table.request.get("DeletionProtectionEnabled"):
            raise Refused("ValidationException", "Resource cannot be deleted as it is protected")
        if table.deleting:
            raise Refused("ResourceInUseException", "being deleted")
        table.deleting = True
        table.states = list(self.delete_states)
        return {"TableDescription": table.describe("DELETING")}

    def ListTagsOfResource(self, request):
        table = self.table(request["ResourceArn"].rpartition("/")[2])
        return {"Tags": table.request.get("Tags", [])}

    def DescribeTimeToLive(self, request):
        table = self.table(request["TableName"])
        answer = {"TimeToLiveStatus": table.ttl_status}
        if table.ttl is not None:
            answer["AttributeName"] = table.ttl
        return {"TimeToLiveDescription": answer}

    def UpdateTimeToLive(self, request):
        table = self.active_table(request["TableName"])
        wanted = request["TimeToLiveSpecification"]
        if not wanted["Enabled"]:
            raise Refused("ValidationException", "TimeToLive is already disabled")
        if table.ttl_status != "DISABLED":
            raise Refused("ValidationException", "TimeToLive is already enabled")
        table.ttl, table.ttl_status = wanted["AttributeName"], "ENABLING"
        return {"TimeToLiveSpecification": wanted}

    def backups_of(self, name):
        if name not in self.tables:
            raise Refused("TableNotFoundException", f"Table not found: {name}")
        return self.tables[name]

    def backups_answer(self, table):
        recovery = {"PointInTimeRecoveryStatus": "DISABLED"}
        if table.recovery_days is not None:
            recovery = {
                "PointInTimeRecoveryStatus": "ENABLED",
                "RecoveryPeriodInDays": table.recovery_days,
            }
        return {
            "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": recovery,
            }
        }

    def DescribeContinuousBackups(self, request):
        return self.backups_answer(self.backups_of(request["TableName"]))

    def UpdateContinuousBackups(self, request):
        table = self.backups_of(request["TableName"])
        if self.backups_delay > 0:
            self.backups_delay -= 1
            raise Refused("ContinuousBackupsUnavailableException", "Backups are being enabled")
        wanted = request["PointInTimeRecoverySpecification"]
        days = wanted.get("RecoveryPeriodInDays", 35)
        if not wanted["PointInTimeRecoveryEnabled"] or not 1 <= days <= 35:
            raise Refused("ValidationException", f"{wanted}")
        table.recovery_days = days
        return self.backups_answer(table)

    def insights_of(self, request):
        table = self.active_table(request["TableName"])
        index = request.get("IndexName")
        names = {each["IndexName"] for each in table.request.get("GlobalSecondaryIndexes", [])}
        if index is not None and index not in names:
            raise Refused("ResourceNotFoundException", f"no index {index}")
        return table, index

    def insights_answer(self, table, index):
        answer = {"TableName": table.request["TableName"]}
        if index in table.insights:
            answer["ContributorInsightsMode"] = table.insights[index]
        status = "ENABLING" if index in table.insights else "DISABLED"
        return {**answer, "ContributorInsightsStatus": status}

    def DescribeContributorInsights(self, request):
        return self.insights_answer(*self.insights_of(request))

    def UpdateContributorInsights(self, request):
        table, index = self.insights_of(request)
        if request["ContributorInsightsAction"] != "ENABLE":
            raise Refused("ValidationException", "not ENABLE")
        mode = request.get("ContributorInsightsMode", "ACCESSED_AND_THROTTLED_KEYS")
        table.insights[index] = mode
        return self.insights_answer(table, index)

    def ListTables(self, request):
        start = request.get("ExclusiveStartTableName", "")
        names = sorted(name for name in self.tables if name > start)
        page, rest = names[:2], names[2:]  # small pages, so that paging is met
        return {"TableNames": page, **({"LastEvaluatedTableName": page[-1]} if rest else {})}

    def Scan(self, request):
        table = self.table(request["TableName"])
        items = sorted(table.items.items(), key=lambda pair: repr(pair[0]))
        segment, segments = request.get("Segment", 0), request.get("TotalSegments", 1)
        items = [
            pair for pair in items if zlib.crc32(repr(pair[0]).encode()) % segments == segment
        ]
        start = request.get("ExclusiveStartKey")
        if start is not None:
            after = repr(table.key(start))
            items = [pair for pair in items if repr(pair[0]) > after]
        limit = min(request.get("Limit", 7), 7)
        page = [item for _, item in items[:limit]]
        answer = {"Items": page, "Count": len(page), "ScannedCount": len(page)}
        if len(items) > limit:
            answer["LastEvaluatedKey"] = {name: page[-1][name] for name in table.keys}
        return answer

    def Query(self, request):
        """A partition, page by page: all of it, or what begins as `begins_with` says."""
        table = self.table(request["TableName"])
        asked = re.fullmatch(
            r"(#\w+) = (:\w+)(?: AND begins_with\((#\w+), (:\w+)\))?",
            request["KeyConditionExpression"],
        )
        if asked is None:
            raise Refused("ValidationException", "only partitions are played")
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        hash_name, hash_value, range_name, beginning = asked.groups()
        if [names[hash_name], names.get(range_name, table.keys[-1])] != [
            table.keys[0],
            table.keys[-1],
        ]:
            raise Refused("ValidationException", "another attribute than the keys")
        wanted = canonical_value(values[hash_value])
        prefix = values[beginning]["S"] if beginning else ""
        items = sorted(
            (
                pair
                for pair in table.items.items()
                if pair[0][0] == wanted and str(pair[0][-1][1]).startswith(prefix)
            ),
            key=lambda pair: repr(pair[0]),
        )
        start = request.get("ExclusiveStartKey")
        if start is not None:
            after = repr(table.key(start))
            items = [pair for pair in items if repr(pair[0]) > after]
        page = [item for _, item in items[:7]]
        answer = {"Items": page, "Count": len(page), "ScannedCount": len(page)}
        if len(items) > 7:
            answer["LastEvaluatedKey"] = {name: page[-1][name] for name in table.keys}
        return answer

    def GetItem(self, request):
        table = self.table(request["TableName"])
        item = table.items.get(table.key(request["Key"]))
        return {} if item is None else {"Item": item}

    def BatchGetItem(self, request):
        """At most seven items an answer; the other keys stay unprocessed."""
        ((name, read),) = request["RequestItems"].items()
        table = self.table(name)
        keys = read["Keys"]
        if not 1 <= len(keys) <= 100 or len({table.key(key) for key in keys}) < len(keys):
            raise Refused("ValidationException", f"{len(keys)} keys, or one twice")
        found = [table.items.get(table.key(key)) for key in keys[:7]]
        answer = {"Responses": {name: [item for item in found if item is not None]}}
        rest = {name: {**read, "Keys": keys[7:]}} if keys[7:] else {}
        return {**answer, "UnprocessedKeys": rest}

    def write(self, request, subject, make):
        """One conditional write: `subject` has the key, make() gives what is there after it."""
        table = self.table(request["TableName"])
        key = table.key(request[subject])
        if subject == "Key" and set(request["Key"]) != set(table.keys):
            raise Refused("ValidationException", "a key has other attributes")
        old = table.items.get(key)
        try:
            holds, updated = evaluate(request, old)
        except ValueError as error:
            raise Refused("ValidationException", str(error)) from error
        if not holds:
            raise Refused("ConditionalCheckFailedException", "The conditional request failed")
        new = make(updated)
        if new is None:
            table.items.pop(key, None)
        else:
            table.items[key] = new
        wants_old = request.get("ReturnValues", "NONE") == "ALL_OLD"
        return {"Attributes": old} if wants_old and old is not None else {}

    def PutItem(self, request):
        return self.write(request, "Item", lambda _: request["Item"])

    def UpdateItem(self, request):
        return self.write(request, "Key", lambda updated: updated)

    def DeleteItem(self, request):
        return self.write(request, "Key", lambda _: None)

    def puts(self, request):
        """The (table, key, request) of a BatchWriteItem, all of them checked first."""
        found, seen = [], set()
        for name, requests in request["RequestItems"].items():
            table = self.table(name)
            if table.states and table.states[0] != "UPDATING":
                raise Refused("ResourceNotFoundException", "the table is not ready")
            for put in requests:
                ((kind, body),) = put.items()
                if (kind, list(body)) not in (("PutRequest", ["Item"]), ("DeleteRequest", ["Key"])):
                    raise Refused("ValidationException", "neither a put nor a delete")
                (key,) = body.values()
                if kind == "DeleteRequest" and set(key) != set(table.keys):
                    raise Refused("ValidationException", "a key has other attributes")
                key = table.key(key)
                if (name, key) in seen:
                    raise Refused(
                        "ValidationException", "Provided list of item keys contains duplicates"
                    )
                seen.add((name, key))
                found.append((name, key, put))
        if not 1 <= len(found) <= 25:
            raise Refused("ValidationException", f"{len(found)} requests")
        return found

    def BatchWriteItem(self, request, left=()):
        answer = {}
        for i, (name, key, put) in enumerate(self.puts(request)):
            if i in left:
                answer.setdefault(name, []).append(put)
            elif "PutRequest" in put:
                self.tables[name].items[key] = put["PutRequest"]["Item"]
            else:
                self.tables[name].items.pop(key, None)
        return {"UnprocessedItems": answer}


# --- HTTP ----------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Server"
    sys_version = ""
    disable_nagle_algorithm = True  # else each answer waits for a delayed ACK

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(timestamp or self.server.owner.service.now(), usegmt=True)

    def reset(self):
        """An RST instead of an answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def send(self, status, body, headers=None, crc=True, promise=0, delay=None):
        self.send_response(status)
        fields = {
            "Content-Type": "application/x-amz-json-1.0",
            "x-amzn-RequestId": f"TEST{len(self.server.owner.calls):06d}",
            **({"x-amz-crc32": str(zlib.crc32(body))} if crc else {}),
            **(headers or {}),
        }
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) + promise))
        self.end_headers()
        if delay is None:
            self.wfile.write(body)
        else:
            for i in range(len(body)):
                self.wfile.write(body[i : i + 1])
                time.sleep(delay)
        if promise:
            self.close_connection = True

    def send_error_code(self, refused, headers=None):
        self.send(refused.status, refused.body(), headers)

    def do_POST(self):
        owner = self.server.owner
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        operation = headers.get("x-amz-target", "").partition(".")[2]
        owner.check(self, headers, body)
        with owner.lock:
            script = owner.script.get(operation, [])
            fault = script.pop(0) if script else None
            owner.encodings.append(headers.get("content-encoding", ""))
            plain = zlib.decompress(body, 31) if owner.encodings[-1] == "gzip" else body
            owner.calls.append((operation, plain))
            on_call, count = owner.on_call, len(owner.calls)
        if on_call is not None:
            on_call(count)
        try:
            with owner.lock:
                owner.service.verify(headers, body)
            self.play(operation, json.loads(plain), fault)
        except Refused as refused:
            owner.refusals.append((operation, refused.code, refused.message))
            self.send_error_code(refused)

    def answer(self, operation, request, fault):
        """The status and body of a processed request, refusals included."""
        try:
            value = self.process(operation, request, fault)
        except Refused as refused:
            self.server.owner.refusals.append((operation, refused.code, refused.message))
            return refused.status, refused.body()
        if fault and fault.kind == "foreign":
            (table,) = request["RequestItems"]
            stranger = {"PutRequest": {"Item": {"pk": {"S": "?"}, "sk": {"S": "?"}}}}
            value = {"UnprocessedItems": {fault.table or table: [fault.request or stranger]}}
        return 200, json.dumps(value).encode()

    def process(self, operation, request, fault=None):
        """What an honest service answers, some items perhaps left over."""
        owner = self.server.owner
        with owner.lock:
            known = hasattr(owner.service, operation)
            if not known or operation in owner.service.unknown:
                raise Refused("UnknownOperationException")
            if fault is None or fault.kind != "unprocessed":
                return getattr(owner.service, operation)(request)
            count = len(owner.service.puts(request))
            if fault.which == "all":
                left = range(count)
            else:
                number = fault.which if fault.which != "some" else owner.random.randint(1, count)
                left = owner.random.sample(range(count), min(number, count))
            answer = owner.service.BatchWriteItem(request, set(left))
            for puts in answer["UnprocessedItems"].values():
                owner.random.shuffle(puts)
                if fault.respell:
                    for put in puts:
                        for body in put.values():
                            body.update({name: respell(item) for name, item in body.items()})
            return answer

    def play(self, operation, request, fault):
        kind = fault.kind if fault else "honest"
        if kind == "error":
            self.send_error_code(Refused(fault.code, fault.message, fault.status), fault.headers)
            return
        if kind == "reset" and not fault.process:
            self.reset()
            return
        if fault and fault.event:
            fault.event.wait(60)
        status, answer = 200, b""
        if kind != "raw" or fault.process:
            status, answer = self.answer(operation, request, fault)
        if kind == "recreate":
            made = self.server.owner.service.tables[request["TableName"]]
            self.server.owner.service.tables[request["TableName"]] = Table(made.request, [])
        if kind == "reset":
            self.reset()
        elif kind == "wire":
            self.close_connection = True
            fault.send(self.wfile.write, answer)
        elif kind == "raw":
            self.send(fault.status, fault.body, fault.headers, crc=False)
        elif kind == "truncate":
            half = len(answer) // 2
            self.send(status, answer[:half], crc=False, promise=len(answer) - half)
        elif kind == "bad_crc":
            self.send(status, answer, {"x-amz-crc32": str(zlib.crc32(answer) ^ 1)}, crc=False)
        elif kind == "slow":
            self.send(status, answer, delay=fault.seconds)
        else:
            self.send(status, answer)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # a client that went away


class FaultServer:
    def __init__(self, port=0, seed=1):
        self.service = Service()
        self.lock = threading.Lock()
        self.random = random.Random(seed)
        self.script = {}  # operation to faults, one a call
        self.encodings = []  # of each call's body
        self.calls = []  # (operation, body), in order of arrival
        self.refusals = []  # (operation, code, message) of honest refusals
        self.violations = []  # what no request may look like
        self.on_call = None  # is told the number of each call before it is answered
        self.http = Server(("127.0.0.1", port), Handler)
        self.http.owner = self
        self.port = self.http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def check(self, handler, headers, body):
        """The wire format, beyond the signature (rules D001 to D015)."""
        complaints = []
        if handler.path != "/" or handler.command != "POST":
            complaints.append(f"{handler.command} {handler.path}")
        if headers.get("content-type") != "application/x-amz-json-1.0":
            complaints.append(f"Content-Type {headers.get('content-type')}")
        if not headers.get("x-amz-target", "").startswith("DynamoDB_20120810."):
            complaints.append(f"X-Amz-Target {headers.get('x-amz-target')}")
        if headers.get("host") != f"127.0.0.1:{self.port}":
            complaints.append(f"Host {headers.get('host')}")
        if not re.fullmatch(r"ddbgen/\d+\.\d+\.\d+", headers.get("user-agent", "")):
            complaints.append(f"User-Agent {headers.get('user-agent')}")
        for name in ("expect", "accept-encoding", "transfer-encoding", "cookie"):
            if name in headers:
                complaints.append(f"{name}: {headers[name]}")
        if len(handler.headers) != len(headers):
            complaints.append("a header twice")
        if len(body) > 1048576:
            complaints.append(f"a body of {len(body)} bytes")
        self.violations += complaints

    def items(self, table):
        with self.lock:
            return list(self.service.tables[table].items.values())

    def count(self, operation):
        with self.lock:
            return sum(1 for name, _ in self.calls if name == operation)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--faults", type=json.loads, default={}, help="operation to names")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    server = FaultServer(options.port, options.seed)
    for operation, names in options.faults.items():
        server.script[operation] = [NAMED[name]() if name else None for name in names]
    print(server.url, flush=True)
    try:
        sys.stdin.read()  # until whoever started it goes away
    except KeyboardInterrupt:
        pass
    server.close()


if __name__ == "__main__":
    main()
