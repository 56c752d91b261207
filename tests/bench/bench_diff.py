#!/usr/bin/env python3
"""`ddbgen diff` of a large live table beside boto3 that only reads it.

    tests/bench/bench_diff.py [--ddbgen PATH] [--engine NAME] [--runs N] [ITEMS...]

For each size (10,000 and 100,000): conversations of a thousand items, applied; then in
turns, as whole processes, diff of the same fixture, diff of one in which every hundredth
message has another text, boto3 with one thread, and boto3 with 16. Prints items a second,
how many times as fast as boto3, and peak memory (ru_maxrss). The engine is dynalite, or
what tests/judges/engines.py finds, as dynoxide, which is faster. Both take longer to answer
than ddbgen to ask: with --replay answers come from memory, after a first run that does not
count, and what is measured is the client. --smoke: tiny.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_build import HEADER, HERE, ROOT, WORDS
from replay import Replay

sys.path.insert(0, str(ROOT / "tests/judges"))
import engines  # noqa: E402

CONVERSATION = HEADER.splitlines()[1].partition(": ")[2]
ITEMS = 1000  # of a conversation: its messages, and an inbox entry of each of the two
USERS = ("7e1c1f0a-93d4-4c5b-8a52-0f6b7d1c2e91", "c42b8a6d-5f0e-4d27-9b1c-3a9e64f7d805")
PYTHON = "/usr/bin/python3"


def uuid_of(number):
    return f"5ae290ed-55d1-47a0-bc6d-{number:012}"


def write_transcripts(path, count, changed):
    """As many conversations as give so many items; of `changed`, every 100th text differs."""
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count // ITEMS):
            header = HEADER.replace(CONVERSATION, uuid_of(number))
            file.write(header.replace("2001-01-01", f"{2001 + number}-01-01"))
            for i in range(ITEMS - 2):
                text = " ".join(WORDS[(number + i * k) % len(WORDS)] for k in range(15))
                other = changed and i % 100 == 50
                file.write(f"Person {1 + i % 2}: {text}{' indeed' if other else ''}\n")


def write_partitions(path, count):
    keys = [f"GRP#{user}" for user in USERS]
    keys += [f"MSG#{uuid_of(number)}" for number in range(count // ITEMS)]
    path.write_text("".join(key + "\n" for key in keys))


def measure(command, expected):
    """Wall-clock seconds, peak memory in KiB and the output of one run."""
    with tempfile.NamedTemporaryFile() as result:
        done = subprocess.run(
            [PYTHON, "-SI", HERE / "measured.py", result.name, *command],
            cwd=ROOT, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            check=True, capture_output=True,
        )  # fmt: skip
        code, seconds, memory = result.read().split()
    if int(code) != expected:
        raise SystemExit(f"{command}: exit code {int(code)}\n{done.stderr.decode()}")
    return float(seconds), int(memory), done.stdout.decode()


def check(name, said, count):
    """A measurement of the wrong thing is none."""
    changed = count // ITEMS * ((ITEMS - 2 + 49) // 100)
    # What ddbgen says of the rest of the table comes last.
    last = [line for line in said.splitlines() if not line.startswith("live: ")][-1]
    # Where answers come from memory the endpoint is another one, so there is no ledger.
    last = last.replace(f"{changed} to change, {changed} destructive", f"{changed} to change")
    wanted = {
        "diff": f"no changes: {count} items are as declared",
        "diff, 1 % differ": f"plan: {changed} to change, {count - changed} unchanged",
    }.get(name, str(count))
    if last != wanted:
        raise SystemExit(f"{name}: {last!r} instead of {wanted!r}")


def compare(options, count, scratch):
    same, other = scratch / "same.txt", scratch / "other.txt"
    partitions = scratch / "partitions.txt"
    write_transcripts(same, count, False)
    write_transcripts(other, count, True)
    write_partitions(partitions, count)
    engine = engines.Engine(options.engine, ROOT / ".cache/judges")
    engine_url = f"http://127.0.0.1:{engine.port}"
    url = Replay(engine.port).url if options.replay else engine_url

    def ddbgen(command, transcript, url, *arguments):
        return [options.ddbgen, command, "schemas/messages.yaml", transcript, *arguments,
                "--handles", "fixtures/users.yaml", "--endpoint-url", url]  # fmt: skip

    read = [PYTHON, HERE / "read_with_boto3.py", partitions, url]
    commands = {
        "diff": (ddbgen("diff", same, url), 0),
        "diff, 1 % differ": (ddbgen("diff", other, url), 1),
        "boto3": ([*read, "1"], 0),
        "boto3, 16 threads": ([*read, "16"], 0),
    }
    results = {name: [] for name in commands}
    try:
        measure(ddbgen("apply", same, engine_url), 0)
        for run in range(options.runs + options.replay):
            for name, (command, expected) in commands.items():
                result = measure(command, expected)
                check(name, result[2], count)
                if run >= options.replay:
                    results[name].append(result)
    finally:
        engine.stop()
    show(count, options, results)


def show(count, options, results):
    source = f"answers of {options.engine} from memory" if options.replay else options.engine
    print(f"{count:,} items, {source}, {options.runs} runs in turns")
    seconds = {name: statistics.median(s for s, _, _ in runs) for name, runs in results.items()}
    for name, runs in results.items():
        memory = max(memory for _, memory, _ in runs) / 1024
        print(
            f"  {name:18} {seconds[name]:7.2f} s  {count / seconds[name]:8,.0f} items/s  "
            f"{memory:5.0f} MiB  {seconds['boto3'] / seconds[name]:5.1f} times boto3"
        )
    fastest = min(seconds["boto3"], seconds["boto3, 16 threads"])
    print(f"  diff is {fastest / seconds['diff']:.1f} times as fast as boto3's better way")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("items", nargs="*", type=int)
    parser.add_argument("--ddbgen", default=os.environ.get("DDBGEN", ROOT / "build/ddbgen"))
    parser.add_argument("--engine", default="dynalite", choices=engines.STARTERS)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--replay", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    options.ddbgen = Path(options.ddbgen).resolve()
    options.runs = 1 if options.smoke else options.runs
    sizes = [2 * ITEMS] if options.smoke else options.items or [10_000, 100_000]
    for count in sizes:
        with tempfile.TemporaryDirectory(prefix="ddbgen-bench-") as scratch:
            compare(options, count, Path(scratch))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except engines.Missing as missing:
        print(f"skipped: {missing}")
        sys.exit(77)
