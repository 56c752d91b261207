"""A server that speaks Postgres's protocol up to a point, and then does what it wants.

    with FakePostgres(play) as server: ... server.url ...

`play(peer)` is called for each connection, in a thread of its own, after the request for TLS
(refused) and the start-up message. What a client sends is in `server.heard`.
"""

import contextlib
import socket
import struct
import threading
import time

AUTHENTICATED = b"R" + struct.pack("!II", 8, 0)
READY = b"Z" + struct.pack("!I", 5) + b"T"  # in a transaction
TLS, CANCEL = 80877103, 80877102


def message(kind, body=b""):
    return kind + struct.pack("!I", len(body) + 4) + body


def status(name, value):
    return message(b"S", name.encode() + b"\0" + value.encode() + b"\0")


def notice(text):
    return message(b"N", b"SNOTICE\0C00000\0M" + text.encode() + b"\0\0")


def error(text, state="42601"):
    return message(b"E", b"SERROR\0VERROR\0C" + state.encode() + b"\0M" + text.encode() + b"\0\0")


def complete(tag="SELECT 1"):
    return message(b"C", tag.encode() + b"\0")


def row_description(*names):
    body = struct.pack("!H", len(names))
    for name in names:
        body += name.encode() + b"\0" + struct.pack("!IhIhih", 0, 0, 25, -1, -1, 0)
    return message(b"T", body)


def row(*values):
    body = struct.pack("!H", len(values))
    for value in values:
        body += struct.pack("!I", len(value)) + value.encode()
    return message(b"D", body)


class Peer:
    """A client's connection."""

    def __init__(self, connection, server):
        self.connection, self.server = connection, server

    def receive(self, size):
        data = b""
        while len(data) < size:
            more = self.connection.recv(size - len(data))
            if not more:
                raise ConnectionError("the client has gone")
            data += more
        self.server.heard += data
        return data

    def send(self, data):
        self.connection.sendall(data)

    def flood(self, data, pause=0):
        """For as long as the client listens."""
        while not self.server.closing:
            self.send(data)
            time.sleep(pause)

    def start_up(self):
        while True:
            size, code = struct.unpack("!II", self.receive(8))
            self.receive(size - 8)
            if code == CANCEL:
                raise ConnectionError("a request to cancel")
            if code == 3 << 16:
                return
            self.send(b"N")  # no TLS, no GSSAPI

    def next(self):
        """The kind and body of the client's next message."""
        kind = self.receive(1)
        (size,) = struct.unpack("!I", self.receive(4))
        return kind, self.receive(size - 4)

    def log_in(self):
        self.send(
            AUTHENTICATED + status("server_version", "15.0") + status("client_encoding", "UTF8")
            + status("is_superuser", "off") + message(b"K", bytes(8))
        )
        self.send(READY)

    def until_fetch(self, parameters=1):
        """Answers as a Postgres would until rows are fetched."""
        types = struct.pack("!I", 1009) * parameters
        description = message(b"t", struct.pack("!H", parameters) + types) + message(b"n")
        while True:
            kind, body = self.next()
            if kind == b"Q":
                self.send(complete("BEGIN") + row_description("b") + row("f") + complete() + READY)
            elif kind == b"P":
                if b"FETCH" in body:
                    self.until_sync()
                    self.send(message(b"1") + message(b"2"))
                    return
                self.send(message(b"1"))
            elif kind == b"D":
                self.send(description)
            elif kind == b"B":
                self.send(message(b"2"))
            elif kind == b"E":
                self.send(complete("DECLARE CURSOR"))
            elif kind == b"S":
                self.send(READY)

    def until_sync(self):
        while self.next()[0] != b"S":
            pass


class FakePostgres:
    def __init__(self, play, raw=False):
        self.play, self.raw = play, raw
        self.heard, self.closing, self.connections = b"", False, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"postgresql://u:Zq9-secret@127.0.0.1:{self.port}/db"

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.closing = True
        self.socket.close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while not self.closing:
                connection, _ = self.socket.accept()
                self.connections.append(connection)
                threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        peer = Peer(connection, self)
        with contextlib.suppress(OSError):
            if not self.raw:
                peer.start_up()
            self.play(peer)
        with contextlib.suppress(OSError):
            connection.close()
