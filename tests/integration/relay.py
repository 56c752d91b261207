"""In front of a DynamoDB-compatible server: a client that is killed at a request of its own
choosing, and a server whose rest can be waited for.

    relay = Relay(dynamo.port)
    relay.at_request(process_id_of, 5, answered=True)

A relay passes on what comes before that request, that one too where it is to be `answered`, and
nothing behind it; then it kills the client, which never gets the answer. `quiet` returns when the
server has answered all that was passed on: from then on nothing changes any more. So what a killed
run did depends on no time, and is the same each time.
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


class Server:
    """The server as it is, asked without boto3: a tenth of the time."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call(self, operation, **request):
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "DynamoDB_20120810." + operation,
            "X-Amz-Date": "20240501T000000Z",
            "Authorization": AUTHORIZATION,
        }
        self.connection.request("POST", "/", json.dumps(request), headers)
        reply = self.connection.getresponse()
        answer = json.loads(reply.read())
        assert reply.status == 200, answer
        return answer

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

    def setup(self):
        super().setup()
        self.to = http.client.HTTPConnection("127.0.0.1", self.server.relay.port, timeout=60)

    def finish(self):
        self.to.close()
        super().finish()

    def do_POST(self):
        relay = self.server.relay
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        number = relay.begins()
        try:
            if number < relay.at or (number == relay.at and relay.answered):
                headers = {name: self.headers[name] for name in PASSED_ON}
                self.to.request("POST", "/", body, headers)
                reply = self.to.getresponse()
                status, answer = reply.status, reply.read()
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
    def __init__(self, port):
        self.port = port
        self.turn = threading.Condition()
        self.arm(0, False)
        self.http = Http(("127.0.0.1", 0), Handler)
        self.http.relay = self
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def arm(self, at, answered):
        """For the next client: which request is its last one."""
        self.at, self.answered = at, answered
        self.begun = self.under_way = 0
        self.client = None

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
