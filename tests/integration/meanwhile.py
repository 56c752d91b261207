"""A proxy in front of a DynamoDB-compatible server, with which an application comes in
between: it holds a request back until others have written.

    with Between(dynamo) as between:
        between.meanwhile["UpdateItem"] = lambda: dynamo.client.put_item(...)
        run("apply", ..., "--endpoint-url", between.url)

`meanwhile` maps an operation to what happens once before the first request of that kind
goes on, and with it all others of it; `before` to functions, one a request in order of
arrival; `lost` to booleans: whether the answer gets lost on the way back; `refused` to
what is answered instead, one a request: an error's code, True for no answer at all, None. Every
request is judged by botocore's validator, and by what its model does not say about
expressions: what is wrong with one is in `complaints`.
"""

import json
import re
import threading
import urllib.error
import urllib.request
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.session
from botocore.validate import ParamValidator

FORWARDED = ("Content-Type", "X-Amz-Target", "X-Amz-Date", "Authorization")
MODEL = botocore.session.get_session().get_service_model("dynamodb")
EXPRESSIONS = ("ConditionExpression", "UpdateExpression")


def decoded(value):
    """A request's JSON as botocore takes it: binary values are bytes."""
    if isinstance(value, list):
        return [decoded(each) for each in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["B"] and isinstance(value["B"], str):
        return {"B": b64decode(value["B"])}
    if list(value) == ["BS"] and isinstance(value["BS"], list):
        return {"BS": [b64decode(each) for each in value["BS"]]}
    return {name: decoded(each) for name, each in value.items()}


def complaints_about(operation, request):
    """What the service would refuse of a request, whatever the table holds."""
    report = ParamValidator().validate(
        decoded(request), MODEL.operation_model(operation).input_shape
    )
    found = [report.generate_report()] if report.has_errors() else []
    used = set()
    for member in EXPRESSIONS:
        text = request.get(member)
        if text is None:
            continue
        used |= set(re.findall(r"[#:]\w+", text))
        if not 1 <= len(text.encode()) <= 4096:
            found.append(f"{member} has {len(text)} bytes")
        operators = len(re.findall(r"\(| = |\bAND\b|\bOR\b", text))
        if operators > 300:
            found.append(f"{member} has {operators} operators")
        if "((" in text or re.search(r"(?<!\w)\(", text):
            found.append(f"parentheses in {text}")
        if max((path.count("[") + path.count(".") for path in text.split()), default=0) > 31:
            found.append(f"a path too deep in {text}")
    declared = set(request.get("ExpressionAttributeNames", {}))
    declared |= set(request.get("ExpressionAttributeValues", {}))
    if operation in ("PutItem", "UpdateItem", "DeleteItem") and used != declared:
        found.append(f"placeholders: used {sorted(used)}, declared {sorted(declared)}")
    for member in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        if request.get(member) == {}:
            found.append(f"{member} is empty")
    return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_POST(self):
        owner = self.server.owner
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        operation = self.headers.get("x-amz-target", "").partition(".")[2]
        request = json.loads(body)
        with owner.lock:
            owner.calls.append((operation, request))
            owner.complaints += complaints_about(operation, request)
            before = owner.before.get(operation, [])
            before = before.pop(0) if before else None
            lost = owner.lost.get(operation, [])
            lost = lost.pop(0) if lost else False
            refused = owner.refused.get(operation, [])
            refused = refused.pop(0) if refused else None
        if before is not None:
            before(request)
        with owner.between:
            owner.meanwhile.pop(operation, lambda: None)()
        if refused is True:
            self.close_connection = True
            return
        if refused is not None:
            kind = f"com.amazonaws.dynamodb.v20120810#{refused}"
            self.answer(400, json.dumps({"__type": kind, "message": "no"}).encode())
            return
        headers = {name: self.headers[name] for name in FORWARDED}
        forwarded = urllib.request.Request(owner.to, body, headers)
        try:
            with urllib.request.urlopen(forwarded) as reply:
                status, answer = reply.status, reply.read()
        except urllib.error.HTTPError as error:
            status, answer = error.code, error.read()
        if lost:
            self.close_connection = True
            return
        self.answer(status, answer)

    def answer(self, status, answer):
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # a client that went away


class Between:
    def __init__(self, dynamo):
        self.to = dynamo.url
        self.lock = threading.Lock()
        self.calls = []
        self.complaints = []
        self.between = threading.Lock()
        self.meanwhile = {}
        self.before = {}
        self.lost = {}
        self.refused = {}
        self.http = Server(("127.0.0.1", 0), Handler)
        self.http.owner = self
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)
        thread.start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def requests(self, operation):
        with self.lock:
            return [request for name, request in self.calls if name == operation]
