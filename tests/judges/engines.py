"""Other engines: how each is found, started and asked. All of them listen on a free port of
127.0.0.1 and end with the test.
"""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIGNED = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20240101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=judge/20240101/us-east-1/dynamodb/"
    "aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=00",
}


class Missing(Exception):
    """The engine is not on this machine; the text says why and how to get it."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def dynoxide(cache, port):
    places = (os.environ.get("DDBGEN_DYNOXIDE"), cache / "dynoxide/bin/dynoxide")
    program = next((str(p) for p in places if p and Path(p).is_file()), shutil.which("dynoxide"))
    if program is None:
        raise Missing(
            "dynoxide is not installed: tests/judges/install dynoxide (cargo, ten minutes)"
        )
    return [program, "--port", str(port), "--log", "quiet"]


def moto(cache, port):
    folder = cache / "moto"
    if not (folder / "moto").is_dir():
        raise Missing("moto is not installed: tests/judges/install moto (PyPI)")
    # Its own botocore first, whatever Debian's python3 has.
    program = f"import sys; sys.path.insert(0, {str(folder)!r}); import moto.server as m; m.main()"
    return [sys.executable, "-c", program, "-H", "127.0.0.1", "-p", str(port)]


def dynalite(_cache, port):
    if shutil.which("node") is None or not (ROOT / "tests/node_modules/dynalite").is_dir():
        raise Missing("dynalite is not installed: scripts/setup test")
    program = ROOT / "tests/node_modules/dynalite/cli.js"
    return ["node", str(program), "--host", "127.0.0.1", "--port", str(port)] + [
        f"--{name}TableMs=0" for name in ("create", "update", "delete")
    ]


STARTERS = {"dynoxide": dynoxide, "moto": moto, "dynalite": dynalite}


class Engine:
    def __init__(self, name, cache):
        self.port = free_port()
        command = STARTERS[name](cache, self.port)
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                if self.call("ListTables", {})[0] == 200:
                    return
            except OSError:
                pass
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.stop()
                raise RuntimeError(f"{name} does not start: {command}")
            time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def call(self, operation, parameters):
        """(status, reply as JSON)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {**SIGNED, "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        connection.request("POST", "/", json.dumps(parameters).encode(), headers)
        reply = connection.getresponse()
        body = reply.read()
        connection.close()
        try:
            return reply.status, json.loads(body or b"{}")
        except ValueError:
            return reply.status, {"message": body[:200].decode("utf-8", "replace")}

    def send(self, operation, parameters):
        """None when it was accepted, else what the engine says."""
        status, reply = self.call(operation, parameters)
        if status == 200 and operation == "CreateTable":
            self.wait(parameters["TableName"])
        if status == 200 and any(reply.get("UnprocessedItems", {}).values()):
            return self.send(operation, {"RequestItems": reply["UnprocessedItems"]})
        if status == 200:
            return None
        kind = str(reply.get("__type", "")).rpartition("#")[2]
        return f"{status} {kind}: {reply.get('message') or reply.get('Message')}"

    def wait(self, table):
        for _ in range(200):
            _, reply = self.call("DescribeTable", {"TableName": table})
            status = reply.get("Table", {}).get("TableStatus")
            indexes = reply.get("Table", {}).get("GlobalSecondaryIndexes", [])
            if status == "ACTIVE" and all(
                index.get("IndexStatus", "ACTIVE") == "ACTIVE" for index in indexes
            ):
                return
            time.sleep(0.02)

    def drop_all(self):
        _, reply = self.call("ListTables", {})
        for table in reply.get("TableNames", []):
            self.call("UpdateTable", {"TableName": table, "DeletionProtectionEnabled": False})
            self.call("DeleteTable", {"TableName": table})
            for _ in range(200):
                if self.call("DescribeTable", {"TableName": table})[0] != 200:
                    break
                time.sleep(0.02)
