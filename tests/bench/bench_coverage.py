#!/usr/bin/env python3
"""`ddbgen diff --coverage` of a large live table beside a parallel Scan with boto3.

    tests/bench/bench_coverage.py [--ddbgen PATH] [--engine NAME] [--runs N] [ITEMS...]

For each size (10,000 and 100,000): conversations of a thousand items, applied; then in turns,
as whole processes, diff of one of the conversations with --coverage, so that all the others are
read by nothing but the scan, the same without it, and boto3, which only counts keys, with one
segment and with four at once. Prints items a second and peak memory (ru_maxrss). The engine is
dynalite, or what tests/judges/engines.py finds; it takes longer to answer than either to ask:
with --replay answers come from memory, after a first run that does not count. --smoke: tiny.
"""

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench_build import HERE, ROOT
from bench_diff import ITEMS, PYTHON, measure, write_transcripts
from replay import Replay

sys.path.insert(0, str(ROOT / "tests/judges"))
import engines  # noqa: E402


def check(name, said, count):
    """A measurement of the wrong thing is none."""
    wanted = {
        "diff --coverage": f"coverage of cruddur-messages: {count:,} items, ",
        "diff": f"no changes: {ITEMS} items are as declared\n",
    }.get(name, f"{count}\n")
    if wanted not in said:
        raise SystemExit(f"{name}: no {wanted!r} in {said[-2000:]!r}")


def compare(options, count, scratch):
    one, all_of_them = scratch / "one.txt", scratch / "all.txt"
    write_transcripts(one, ITEMS, False)
    write_transcripts(all_of_them, count, False)
    engine = engines.Engine(options.engine, ROOT / ".cache/judges")
    engine_url = f"http://127.0.0.1:{engine.port}"
    url = Replay(engine.port).url if options.replay else engine_url

    def ddbgen(command, transcript, url, *arguments):
        return [options.ddbgen, command, "schemas/messages.yaml", transcript, *arguments,
                "--handles", "fixtures/users.yaml", "--endpoint-url", url]  # fmt: skip

    scan = [PYTHON, HERE / "scan_with_boto3.py", url]
    commands = {
        "diff --coverage": ddbgen("diff", one, url, "--coverage"),
        "diff": ddbgen("diff", one, url),
        "boto3": [*scan, "1"],
        "boto3, 4 segments": [*scan, "4"],
    }
    results = {name: [] for name in commands}
    try:
        measure(ddbgen("apply", all_of_them, engine_url), 0)
        # As if others had written the rest: without a ledger nothing says that it is ours.
        forget = [options.ddbgen, "ledger", "forget", "schemas/messages.yaml"]
        measure([*forget, "--endpoint-url", engine_url], 0)
        for run in range(options.runs + options.replay):
            for name, command in commands.items():
                result = measure(command, 0)
                check(name, result[2], count)
                if run >= options.replay:
                    results[name].append(result)
    finally:
        engine.stop()
    show(count, options, results)


def show(count, options, results):
    source = f"answers of {options.engine} from memory" if options.replay else options.engine
    print(f"{count:,} items, {source}, {options.runs} runs in turns")
    for name, runs in results.items():
        seconds = statistics.median(s for s, _, _ in runs)
        memory = max(memory for _, memory, _ in runs) / 1024
        print(f"  {name:18} {seconds:7.2f} s  {count / seconds:8,.0f} items/s  {memory:5.0f} MiB")


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
