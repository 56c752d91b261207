"""A KMS that knows one operation: which key a name stands for.

    kms = Kms({"alias/payments": "arn:aws:kms:...:key/..."})
    kms.url, kms.asked, kms.violations

It verifies the request's form and its signature. `answer` is a status and a body that it
gives instead, if it is set.
"""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SIGNED = ["content-type", "host", "x-amz-date", "x-amz-target"]
SHAPE = re.compile(
    r"AWS4-HMAC-SHA256 Credential=dummy/\d{8}/([a-z0-9-]+)/kms/aws4_request, "
    r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        kms = self.server.owner
        body = self.rfile.read(int(self.headers["content-length"]))
        kms.violations += complaints(self, body)
        name = json.loads(body)["KeyId"]
        kms.asked.append(name)
        status, answer = kms.answer or kms.describe(name)
        text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def complaints(handler, body):
    headers = {name.lower(): value for name, value in handler.headers.items()}
    if headers.get("content-type") != "application/x-amz-json-1.1":
        yield f"Content-Type {headers.get('content-type')}"
    if headers.get("x-amz-target") != "TrentService.DescribeKey":
        yield f"X-Amz-Target {headers.get('x-amz-target')}"
    match = SHAPE.fullmatch(headers.get("authorization", ""))
    if match is None:
        yield f"Authorization {headers.get('authorization')}"
        return
    region, signed, signature = match.groups()
    if signed.split(";") != SIGNED:
        yield f"signed: {signed}"
    request = AWSRequest(
        method="POST",
        url=f"http://{headers['host']}/",
        headers={name: headers[name] for name in SIGNED},
        data=body,
    )
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials("dummy", "dummy"), "kms", region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    if signer.signature(text, request) != signature:
        yield "another signature"


class Kms:
    def __init__(self, keys):
        self.keys = keys
        self.answer = None
        self.asked = []
        self.violations = []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.owner = self
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def describe(self, name):
        arn = self.keys.get(name.rpartition("alias/")[1] + name.rpartition("alias/")[2])
        if arn is None:
            return 400, {"__type": "NotFoundException", "message": f"no {name}"}
        return 200, {"KeyMetadata": {"Arn": arn, "KeyId": arn.rpartition("/")[2]}}

    def close(self):
        self.http.shutdown()
        self.http.server_close()
