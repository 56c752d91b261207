"""A server that asks an engine once and answers from memory ever after, so that what is
measured is the client. What is asked is told apart by operation and body; nothing may be
written meanwhile.
"""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PASSED_ON = ("Content-Type", "X-Amz-Target", "X-Amz-Date", "Authorization")
PASSED_BACK = ("Content-Type", "x-amz-crc32", "x-amzn-RequestId")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def ask(self, body):
        engine = http.client.HTTPConnection("127.0.0.1", self.server.engine_port)
        headers = {name: self.headers[name] for name in PASSED_ON}
        engine.request("POST", "/", body, headers)
        answer = engine.getresponse()
        found = {name: answer.headers[name] for name in PASSED_BACK if name in answer.headers}
        return answer.status, found, answer.read()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        question = (self.headers["X-Amz-Target"], body)
        if question not in self.server.answers:
            self.server.answers[question] = self.ask(body)
        status, headers, answer = self.server.answers[question]
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)


class Replay(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, engine_port):
        super().__init__(("127.0.0.1", 0), Handler)
        self.engine_port = engine_port
        self.answers = {}
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"
