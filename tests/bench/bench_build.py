#!/usr/bin/env python3
"""How fast `ddbgen build` is, how much memory it takes, and the same work in Python.

    tests/bench/bench_build.py [--ddbgen PATH] [--runs N] [MESSAGES...]

Generates a transcript of each size (10,000 and 1,000,000 messages), checks that ddbgen
and seed_with_python.py write the same bytes, then runs the two in turns with standard
output to /dev/null. Prints the best and the median of the runs, peak memory (ru_maxrss)
and the ratios. --smoke: tiny, only the comparison of bytes.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HEADER = """---
conversation: 5ae290ed-55d1-47a0-bc6d-fe2bc2700399
participants:
  Person 1: andrewbrown
  Person 2: bayko
starts_at: 2001-01-01T00:00:00Z
interval: 1s
---
"""
WORDS = (
    "the a of to and in it was that you had with for so one last night station episode "
    "season captain window coffee always never nothing \"quoted\" back\\slash naïve café "
    "émigré 星 🚀 maybe tomorrow Person 1: label, really? yes. no! because commander"
).split(" ")


def write_transcript(path, count):
    """Lines of 2 to 28 words, about 80 bytes on average; always the same ones."""
    choose = random.Random(42)
    lines = [" ".join(choose.choices(WORDS, k=choose.randint(2, 28))) for _ in range(5000)]
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEADER)
        for i in range(count):
            file.write(f"Person {1 + i % 2}: {lines[i * 7919 % 5000]}\n")


def measure(command, output):
    """Wall-clock seconds and peak memory in KiB of one run."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=output, cwd=ROOT, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"{command[0]}: exit code {process.returncode}")
    return seconds, usage.ru_maxrss


def same_bytes(commands, scratch):
    outputs = []
    for name, command in commands.items():
        path = scratch / f"{name}.ndjson"
        with path.open("wb") as file:
            measure(command, file)
        outputs.append(path)
    done = subprocess.run(["cmp", *outputs])
    for path in outputs:
        path.unlink()
    if done.returncode:
        raise SystemExit("ddbgen and Python write different bytes")


def compare(count, commands, runs, transcript):
    results = {name: [] for name in commands}
    with open(os.devnull, "wb") as null:
        for _ in range(runs):
            for name, command in commands.items():
                results[name].append(measure(command, null))
    size = transcript.stat().st_size / 1e6
    rates = {}
    print(f"\n{count:,} messages ({size:.1f} MB), {runs} runs in turns")
    for name, samples in results.items():
        seconds = [s for s, _ in samples]
        memory = max(m for _, m in samples)
        rates[name] = count / statistics.median(seconds)
        print(
            f"  {name:8} median {statistics.median(seconds):8.3f} s  best {min(seconds):8.3f} s  "
            f"{rates[name]:12,.0f} messages/s  peak {memory / 1024:7.1f} MiB"
        )
    print(f"  ddbgen is {rates['ddbgen'] / rates['python']:.1f} times as fast as Python")
    return max(m for _, m in results["ddbgen"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ddbgen", default=os.environ.get("DDBGEN", ROOT / "build/ddbgen"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--smoke", action="store_true", help="only that the bytes are the same")
    parser.add_argument("messages", type=int, nargs="*", default=[10_000, 1_000_000])
    options = parser.parse_args()

    ddbgen = str(Path(options.ddbgen).resolve())
    peaks = []
    with tempfile.TemporaryDirectory(prefix="ddbgen-bench-") as scratch:
        for count in [1, 24, 3000] if options.smoke else options.messages:
            transcript = Path(scratch, "talk.txt")
            write_transcript(transcript, count)
            commands = {
                "ddbgen": [ddbgen, "build", "schemas/messages.yaml", str(transcript)]
                + ["--handles", "fixtures/users.yaml"],
                "python": ["/usr/bin/python3", str(HERE / "seed_with_python.py"), str(transcript)],
            }
            same_bytes(commands, Path(scratch))
            if not options.smoke:
                peaks.append(compare(count, commands, options.runs, transcript))
    if len(peaks) > 1:
        print(f"\nddbgen's peak memory, largest to smallest size: {peaks[-1] / peaks[0]:.2f} times")
    print("the bytes are the same")


if __name__ == "__main__":
    sys.exit(main())
