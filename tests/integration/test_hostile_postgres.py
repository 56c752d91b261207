"""A server that is no friend: whatever it sends, and however long, the run ends in time, in
small memory, with a diagnosis, and at once when the user wants."""

import contextlib
import os
import signal
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ROOT, runner, wait_for
from fake_postgres import (
    AUTHENTICATED,
    READY,
    FakePostgres,
    complete,
    error,
    message,
    notice,
    row,
    row_description,
    status,
)

COLUMNS = row_description("handle", "uuid", "display_name")
SECONDS = 30  # connecting takes ten at most, the answer fifteen
PEAK_MIB = 200


def silent(peer):
    peer.receive(1 << 30)


def dripping_start(peer):
    for byte in AUTHENTICATED + status("server_version", "15.0") * 100:
        peer.send(bytes([byte]))
        time.sleep(0.3)


def endless_notices_at_start(peer):
    peer.send(AUTHENTICATED)
    peer.flood(notice("\x1b]0;pwned\x07 hello " + "x" * 20000))


def endless_statuses_at_start(peer):
    peer.send(AUTHENTICATED)
    for i in range(10_000_000):
        peer.send(b"".join(status(f"p{i}_{j}", "v" * 20000) for j in range(10)))


def endless_authentication(peer):
    peer.flood(message(b"R", struct.pack("!I", 5) + b"salt"))


def hashes_without_end(peer):
    peer.send(message(b"R", struct.pack("!I", 10) + b"SCRAM-SHA-256\0\0"))
    _, body = peer.next()
    nonce = body[body.index(b"r=") + 2:].decode()
    first = f"r={nonce}server,s=c2FsdHNhbHQ=,i=2147483647".encode()
    peer.send(message(b"R", struct.pack("!I", 11) + first))
    peer.receive(1 << 30)


def long_error_at_start(peer):
    peer.send(b"E" + struct.pack("!I", 1 << 30))
    peer.flood(b"x" * 65536)


def garbage(peer):
    peer.flood(os.urandom(65536))


def tls_and_garbage(peer):
    peer.receive(8)
    peer.send(b"S")
    peer.flood(os.urandom(65536))


def tls_and_silence(peer):
    peer.receive(8)
    peer.send(b"S")
    peer.receive(1 << 30)


def copies_without_end(peer):
    peer.log_in()
    peer.next()
    peer.send(message(b"H", struct.pack("!bH", 0, 1) + bytes(2)))
    peer.flood(message(b"d", b"line\n") * 1000)


def wants_a_copy(peer):
    peer.log_in()
    peer.next()
    peer.send(message(b"G", struct.pack("!bH", 0, 1) + bytes(2)))
    peer.receive(1 << 30)


def copies_both_ways(peer):
    peer.log_in()
    peer.next()
    peer.flood(message(b"W", struct.pack("!bH", 0, 1) + bytes(2)))


def notices_in_place_of_an_answer(peer):
    peer.log_in()
    peer.next()
    peer.flood(notice("still busy") * 1000)


def results_without_end(peer):
    peer.log_in()
    peer.next()
    peer.flood(complete("BEGIN") * 1000)


def notifications_without_end(peer):
    peer.log_in()
    peer.next()
    peer.flood(message(b"A", struct.pack("!I", 1) + b"channel\0" + b"x" * 5000 + b"\0") * 100)


def rows_without_end(peer):
    peer.log_in()
    peer.until_fetch()
    peer.send(COLUMNS)
    peer.flood(row("bayko", "u", "x" * 100) * 1000)


def strange_rows_without_end(peer):
    peer.log_in()
    peer.until_fetch()
    peer.send(COLUMNS)
    peer.flood(row("nobody", "u", "x" * 1000) * 100)


def dripping_rows(peer):
    peer.log_in()
    peer.until_fetch()
    peer.send(COLUMNS)
    for byte in row("bayko", "u", "x" * 10_000):
        peer.send(bytes([byte]))
        time.sleep(0.2)


def claims_a_gigabyte(peer):
    peer.log_in()
    peer.until_fetch()
    peer.send(COLUMNS + b"D" + struct.pack("!I", (1 << 30) - 1))
    peer.receive(1 << 30)


def sends_a_gigabyte(peer):
    peer.log_in()
    peer.until_fetch()
    peer.send(COLUMNS + b"D" + struct.pack("!IHI", (1 << 30) - 1, 3, (1 << 30) - 100))
    peer.flood(b"x" * (1 << 20))


def many_columns(peer):
    peer.log_in()
    peer.until_fetch()
    peer.send(row_description(*(f"c{i}" for i in range(60000))))
    peer.receive(1 << 30)


def other_columns_later(peer):
    peer.log_in()
    peer.until_fetch()
    peer.send(COLUMNS + row("bayko", "u", "x"))
    peer.send(row_description("handle") + row("andrewbrown") + complete("FETCH 2") + READY)
    peer.receive(1 << 30)


def negative_lengths(peer):
    peer.log_in()
    peer.until_fetch()
    peer.send(COLUMNS + b"D" + struct.pack("!IHi", 1000, 3, -5) + b"x" * 994)
    peer.receive(1 << 30)


def closes_in_a_row(peer):
    peer.log_in()
    peer.until_fetch()
    peer.send(COLUMNS + row("bayko", "u", "x")[:-3])


def a_gigabyte_of_an_error(peer):
    peer.log_in()
    peer.next()
    peer.send(b"E" + struct.pack("!I", 1 << 30) + b"SERROR\0C42601\0M")
    peer.flood(b"x" * (1 << 20))


def says_terrible_things(peer):
    peer.log_in()
    peer.next()
    peer.send(error("\x1b]0;pwned\x07\x1b[2J\r##[error]x\u202e" + "y" * 20000) + READY)
    peer.receive(1 << 30)


def no_parameters(peer):
    peer.log_in()
    peer.until_fetch(parameters=0)


SLOW = [silent, dripping_start, hashes_without_end, tls_and_silence, dripping_rows, wants_a_copy]
QUICK = [
    endless_notices_at_start, endless_statuses_at_start, endless_authentication,
    long_error_at_start, garbage, copies_without_end, copies_both_ways,
    notices_in_place_of_an_answer, results_without_end, notifications_without_end,
    rows_without_end, strange_rows_without_end, claims_a_gigabyte, sends_a_gigabyte,
    many_columns, other_columns_later, negative_lengths, closes_in_a_row,
    a_gigabyte_of_an_error, says_terrible_things, no_parameters, tls_and_garbage,
]
PLAYS = SLOW + QUICK
RAW = [tls_and_silence, tls_and_garbage]


def outcome(run, play):
    with FakePostgres(play, raw=play in RAW) as server:
        began = time.monotonic()
        result = run(
            "build", "schemas/messages.yaml", env={"CONNECTION_URL": server.url},
            expect=None, timeout=60, measured=True,
        )
        return result, time.monotonic() - began


@pytest.fixture(scope="module")
def outcomes(ddbgen, tmp_path_factory):
    """What becomes of every play, side by side: most of them are waits."""
    run = runner(ddbgen, tmp_path_factory.mktemp("home"))
    with ThreadPoolExecutor(8) as pool:
        return dict(zip(PLAYS, pool.map(lambda play: outcome(run, play), PLAYS)))


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.__name__)
def test_it_ends_in_time_and_in_small_memory(outcomes, play, sanitized):
    result, seconds = outcomes[play]
    print(f"{play.__name__}: {seconds:.1f} s, {result.peak_mib:.0f} MiB\n{result.errors}")
    assert result.code in (2, 3) and result.out == b""
    assert "error[postgres]" in result.errors or "error[handle-" in result.errors
    assert b"secret" not in result.all
    assert len(result.err) < 4000 and b"\x1b" not in result.all and b"\r" not in result.all
    assert seconds < SECONDS and (sanitized or result.peak_mib < PEAK_MIB)


BUSY = [
    silent, dripping_start, hashes_without_end, endless_notices_at_start, copies_without_end,
    results_without_end, notices_in_place_of_an_answer, dripping_rows, tls_and_silence,
]


def processes_with(text):
    """Those that have it in their environment, which children inherit."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # gone by now, or not ours
            if text.encode() in path.read_bytes():
                found.append(path.parent.name)
    return found


@pytest.mark.parametrize("play", BUSY, ids=lambda play: play.__name__)
@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_the_user_ends_it_at_once(ddbgen, play, which):
    with FakePostgres(play, raw=play in RAW) as server:
        running = subprocess.Popen(
            [ddbgen, "build", "schemas/messages.yaml"],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={"CONNECTION_URL": server.url},
        )
        wait_for(lambda: server.heard, running)
        time.sleep(0.5)  # into whatever it plays; any moment will do
        running.send_signal(which)
        began = time.monotonic()
        said, errors = running.communicate(timeout=60)
        seconds = time.monotonic() - began
    if b"error[" in errors:  # it was refused before the signal came
        assert running.returncode == 3
    else:
        assert running.returncode == 130 and said == b""
    assert seconds < 3
    # Nobody is left behind who still speaks with the server.
    assert processes_with(server.url) == []


def test_what_dies_leaves_no_process(ddbgen):
    with FakePostgres(silent) as server:
        running = subprocess.Popen(
            [ddbgen, "build", "schemas/messages.yaml"],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={"CONNECTION_URL": server.url},
        )
        wait_for(lambda: server.heard, running)
        children = f"/proc/{running.pid}/task/{running.pid}/children"
        (child,) = open(children).read().split()
        running.kill()
        running.wait()
        wait_for(lambda: not os.path.exists(f"/proc/{child}"))
