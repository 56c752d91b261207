"""In front of a DynamoDB-compatible server: a client that is killed at a request of its own
choosing, and a server whose rest can be waited for.

    with Relay(dynamo.port, 5, answered=True) as relay:
        relay.watch(process)
        process.wait()
        relay.quiet()

A relay passes on what comes before the fifth request, that one too where it is to be `answered`, and
nothing behind it; then it kills the client, which never gets the answer. `quiet` returns when the
server has answered all that was passed on: from then on nothing changes any more. So what a killed
run did depends on no time, and is the same each time. Each relay is of one client: what a dead one
has sent may be read at any later time.
"""

import http.client
import json
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=x/20240501/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=x"
)
PASSED_ON = ("Content-Type", "X-Amz-Target", "X-Amz-Date", "Authorization")


def ask(port, headers, body):
    """A request on a connection of its own: node closes those that were idle for five seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", "/", body, headers)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


class Server:
    """The server as it is, asked without boto3: a tenth of the time."""

    def __init__(self, port):
        self.port = port

    def call(self, operation, **request):
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "DynamoDB_20120810." + operation,
            "X-Amz-Date": "20240501T000000Z",
            "Authorization": AUTHORIZATION,
        }
        status, answer = ask(self.port, headers, json.dumps(request))
        assert status == 200, answer
        return json.loads(answer)

    def items(self, table):
        found, start = [], {}
        while True:
            page = self.call("Scan", TableName=table, ConsistentRead=True, **start)
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                return found
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_POST(self):
        relay = self.server.relay
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        number = relay.begins()
        try:
            if number < relay.at or (number == relay.at and relay.answered):
                headers = {name: self.headers[name] for name in PASSED_ON}
                status, answer = ask(relay.port, headers, body)
            if number == relay.at:
                relay.kill()
        finally:
            relay.ends()
        if number >= relay.at:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


class Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # a client that was killed


class Relay:
    def __init__(self, port, at, answered):
        self.port, self.at, self.answered = port, at, answered
        self.begun = self.under_way = 0
        self.client = None
        self.turn = threading.Condition()
        self.http = Http(("127.0.0.1", 0), Handler)
        self.http.relay = self
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()

    def watch(self, process):
        """Whom to kill. It may have come to that request already."""
        with self.turn:
            self.client = process.pid
            self.turn.notify_all()

    def kill(self):
        with self.turn:
            self.turn.wait_for(lambda: self.client is not None)
            os.kill(self.client, signal.SIGKILL)

    def begins(self):
        with self.turn:
            self.begun += 1
            self.under_way += 1
            return self.begun

    def ends(self):
        with self.turn:
            self.under_way -= 1
            self.turn.notify_all()

    def quiet(self):
        """Once the client is dead: what reaches the relay now is behind its last request."""
        with self.turn:
            self.turn.wait_for(lambda: self.under_way == 0)
