#!/usr/bin/env python3
"""What hostile sizes cost: inputs that were made to run away, at N, 2N and 4N.

    tests/bench/bench_hostile.py [--ddbgen PATH] [--filter WORD] [--jobs N]

Work is counted in instructions, by valgrind, and not in seconds: what the smallest of its
kind takes is subtracted, and twice the input may take 1.3 times twice the instructions.
Memory is the peak of a run without valgrind over an input that is large: at most 12 times
its bytes, above a floor. Prints a table and a count; exit code 1 when anything is exceeded,
77 without valgrind.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
GROWTH = 1.3  # times linear
MEMORY = 12  # times the input's bytes
FLOOR = 24 << 20  # bytes; the program itself takes 11 MB

TABLE = """table_name: things
attribute_definitions: { pk: S, sk: S }
key_schema: { hash: pk, range: sk }
billing_mode: PAY_PER_REQUEST
"""
ROW = "entities: { thing: { for_each: thing, attributes: { pk: 'T#${row.id}', sk: a } } }\n"
MESSAGE = """entities:
  message:
    for_each: message
    attributes:
      pk: MSG#${conversation.uuid}
      sk: ${message.created_at}
"""
HEADER = "starts_at: 2001-01-01T00:00:00Z\n"
INPUTS = []


def hostile(n, large=None):
    """Registers a function of n that gives (files, arguments): n for the instructions, and
    how large it is for the memory (0: it has a ceiling of its own)."""

    def add(function):
        INPUTS.append((function.__name__.replace("_", "-"), function, n, 64 * n if large is None else large))
        return function

    return add


def check(text, *arguments):
    return {"m.yaml": text}, ["check", "m.yaml", *arguments]


@hostile(1000)
def brackets(n):
    """Where a secret without quotes ends, asked for each mistake on its line."""
    return check('x: {s: "token=' + "]" * n + 'x"' + ", k: 1" * 20 + "}\n")


@hostile(1000)
def urls(n):
    return check("x: {s: '" + "postgres://a " * n + "'" + ", k: 1" * 20 + "}\n")


@hostile(25, large=6400)
def mistakes_on_a_line(n):
    return check("{" + "token: a, k: 1, " * n + "}\n")


@hostile(50, large=6400)
def mistakes_on_a_line_as_json(n):
    return check("{" + "token: a, k: 1, " * n + "}\n", "--format", "json")


@hostile(50, large=6400)
def mistakes_on_a_line_as_sarif(n):
    return check("{" + "token: a, k: 1, " * n + "}\n", "--format", "sarif")


@hostile(1000)
def mistakes_behind_a_long_line(n):
    return check("{a: '" + "é" * n + "'" + ", a: 1" * 10 + "}\n")


@hostile(120, large=0)
def parts_of_a_text(n):
    return check(TABLE + MESSAGE + "      text: " + "${message.text}-" * n + "\n")


@hostile(120, large=0)
def texts_of_a_definition(n):
    return check(
        TABLE + MESSAGE + "".join(f"      a{i}: ${{message.text}}-${{message.index}}\n" for i in range(n))
    )


@hostile(80, large=0)
def parts_of_keys(n):
    entity = "  {0}:\n    for_each: message\n    attributes: {{ pk: '{1}', sk: '{1}' }}\n"
    text = "${message.text}-" * n
    return check(TABLE + "entities:\n" + entity.format("one", text) + entity.format("two", text))


@hostile(60, large=25600)
def unknown_keys(n):
    return check(TABLE + "".join(f"bilign_mode_{i}: 1\n" for i in range(n)))


@hostile(500, large=128000)
def keys(n):
    return check("x: {" + ", ".join(f"k{i}: 1" for i in range(n)) + "}\n")


@hostile(500)
def documents(n):
    return check("a:\n---\n" * n)


@hostile(250, large=200000)
def rows(n):
    rows = "".join(f"  - {{id: {i}}}\n" for i in range(n))
    return {"m.yaml": TABLE + ROW, "r.yaml": "rows:\n  thing:\n" + rows}, ["check", "m.yaml", "r.yaml"]


@hostile(250, large=200000)
def items(n):
    items = "".join(f"- {{pk: a, sk: k{i}}}\n" for i in range(n))
    return {"m.yaml": TABLE + "entities: {}\n", "r.yaml": "items:\n" + items}, ["check", "m.yaml", "r.yaml"]


@hostile(60, large=0)
def columns_of_a_row(n):
    row = ", ".join(f"c{i}: 1" for i in range(n))
    files = {"m.yaml": TABLE + ROW, "r.yaml": f"rows: {{ thing: [{{ id: 1, {row} }}] }}\n"}
    return files, ["check", "m.yaml", "r.yaml"]


@hostile(400, large=0)
def attributes_of_an_item(n):
    item = ", ".join(f"c{i}: 1" for i in range(n))
    files = {"m.yaml": TABLE + "entities: {}\n", "r.yaml": f"items: [{{ pk: a, sk: b, {item} }}]\n"}
    return files, ["check", "m.yaml", "r.yaml"]


@hostile(400, large=0)
def attributes_of_an_entity(n):
    return check(TABLE + MESSAGE + "".join(f"      a{i}: x\n" for i in range(n)))


@hostile(1000, large=0)
def members_of_a_set(n):
    members = ", ".join(f"m{i}" for i in range(n))
    files = {"m.yaml": TABLE + "entities: {}\n", "r.yaml": f"items: [{{ pk: a, sk: b, s: !SS [{members}] }}]\n"}
    return files, ["check", "m.yaml", "r.yaml"]


@hostile(200, large=0)
def the_same_member_again(n):
    files = {"m.yaml": TABLE + "entities: {}\n", "r.yaml": "items: [{ pk: a, sk: b, s: !SS [" + "m, " * n + "] }]\n"}
    return files, ["check", "m.yaml", "r.yaml"]


@hostile(2000, large=0)
def numbers_in_a_list(n):
    return check("x: [1" + ",1" * n + "]\n")


@hostile(30, large=0)
def deep_lists(n):
    return check("x: [" + ("[" * 50 + "]" * 50 + ",") * n + "]\n")


@hostile(40, large=640)
def entities_with_patterns(n):
    text = TABLE + "entities:\n"
    for i in range(n):
        text += f"  e{i}:\n    for_each: message\n    attributes: {{ pk: 'E{i}#${{conversation.uuid}}', sk: '${{message.created_at}}' }}\n"
    text += "access_patterns:\n"
    for i in range(5):
        text += f"  p{i}:\n    parameters: {{ c: uuid }}\n    key: {{ pk: 'E{i}#${{c}}' }}\n"
    return check(text)


@hostile(40, large=0)
def patterns(n):
    text = TABLE + MESSAGE + "access_patterns:\n"
    for i in range(n):
        text += f"  p{i}:\n    parameters: {{ c: uuid }}\n    key: {{ pk: 'MSG#${{c}}', sk: {{ begins_with: '{i}' }} }}\n"
    return check(text)


@hostile(100, large=32000)
def comments_that_allow(n):
    return check(TABLE + MESSAGE + "# ddbgen: allow sort-order because\n" * n)


@hostile(200)
def comments_that_allow_on_a_line(n):
    return check(TABLE + MESSAGE + "x: 1 # ddbgen: allow " + "sort-order, " * n + "\n")


@hostile(100)
def tags(n):
    return check(TABLE + "tags: {" + ", ".join(f"t{i}: x" for i in range(n)) + "}\n")


@hostile(60)
def statements_of_a_policy(n):
    statement = "  - {Sid: s%d, Effect: Allow, Principal: '*', Action: 'dynamodb:GetItem', Resource: '*'}\n"
    return check(TABLE + "resource_policy:\n Version: '2012-10-17'\n Statement:\n" + "".join(statement % i for i in range(n)))


@hostile(60)
def indexes(n):
    index = "  i%d: { key_schema: { hash: sk }, projection: ALL }\n"
    return check(TABLE + "global_secondary_indexes:\n" + "".join(index % i for i in range(n)))


@hostile(300, large=0)
def index_keys_that_nobody_defines(n):
    """Each may be meant for a definition that keys nothing, and that one looks for it."""
    text = "table_name: things\nkey_schema: { hash: a0 }\nbilling_mode: PAY_PER_REQUEST\n"
    text += "attribute_definitions: {" + ", ".join(f"a{i}: S" for i in range(n)) + "}\nglobal_secondary_indexes:\n"
    return check(text + "".join(f"  idx{i}: {{ key_schema: {{ hash: b{i} }}, projection: ALL }}\n" for i in range(n)))


@hostile(50, large=400)
def attributes_that_nobody_makes(n):
    names = ", ".join(f"b{i}" for i in range(20))
    text = TABLE + "global_secondary_indexes:\n"
    for i in range(n):
        text += f"  i{i:03}: {{ projection: {{ include: [{names}] }}, key_schema: {{ hash: sk }} }}\n"
    text += "entities:\n"
    for i in range(n):
        text += f"  e{i}: {{ for_each: message, attributes: {{ pk: 'E{i}#${{conversation.uuid}}', sk: '${{message.created_at}}' }} }}\n"
    return check(text)


@hostile(300, large=0)
def one_definition_again(n):
    return {"m.yaml": TABLE}, ["check", *["m.yaml"] * n]


@hostile(2000)
def a_long_condition(n):
    return check(TABLE + MESSAGE + "    when: ${conversation.name} == '" + "x" * n + "'\n")


@hostile(500)
def a_long_chain_of_filters(n):
    return check(TABLE + MESSAGE + "      a: ${message.text" + " | lower" * n + "}\n")


def transcript(text, *arguments):
    return {"m.yaml": TABLE + MESSAGE, "t.txt": text}, ["check", "m.yaml", "t.txt", *arguments]


@hostile(60, large=12800)
def labels_that_nobody_has(n):
    """A nearest name is looked for among all labels, for each line."""
    count = min(n, 500)
    people = "".join(f"  participant-number-{i}: u{i}\n" for i in range(count))
    lines = "".join(f"participant-namber-{i}x: hello\n" for i in range(n))
    return transcript(f"---\nconversation: c\nparticipants:\n{people}{HEADER}---\n{lines}")


@hostile(100, large=0)
def labels(n):
    people = "".join(f"  l{i}: u{i}\n" for i in range(n))
    lines = "".join(f"l{i}: hello\n" for i in range(n))
    return transcript(f"---\nconversation: c\nparticipants:\n{people}{HEADER}---\n{lines}")


@hostile(100)
def conversations(n):
    return transcript(
        "".join(f"---\nconversation: c{i}\nparticipants: {{ a: u }}\n{HEADER}---\na: x\n" for i in range(n))
    )


@hostile(500)
def lines_that_continue(n):
    head = f"---\nconversation: c\nparticipants: {{ a: u }}\ncontinuation: join\n{HEADER}---\na: x\n"
    return transcript(head + "more of it\n" * n)


@hostile(500)
def lines_that_are_none(n):
    return transcript(f"---\nconversation: c\nparticipants: {{ a: u }}\n{HEADER}---\n" + "nothing\n" * n)


@hostile(2000)
def a_long_line(n):
    return transcript(f"---\nconversation: c\nparticipants: {{ a: u }}\n{HEADER}---\na: " + "x" * n + "\n")


@hostile(200, large=4000)
def handles(n):
    people = "".join(f"- {{ handle: u{i}, uuid: {i:08x}-1111-4111-8111-111111111111 }}\n" for i in range(n))
    files, arguments = transcript(f"---\nconversation: c\nparticipants: {{ a: u1 }}\n{HEADER}---\na: x\n")
    return files | {"u.yaml": people}, [*arguments, "--handles", "u.yaml"]


@hostile(200, large=4000)
def entries_of_a_lock(n):
    entries = "".join(
        f"      - handle: u{i}\n        uuid: {i:08x}-1111-4111-8111-111111111111\n" for i in range(n)
    )
    files, arguments = transcript(f"---\nconversation: c\nparticipants: {{ a: u1 }}\n{HEADER}---\na: x\n")
    lock = f"version: 1\nhandles:\n  - target: local\n    file: u.yaml\n    definitions: [m.yaml]\n    users:\n{entries}"
    return files | {"ddbgen.lock": lock}, [*arguments, "--locked"]


@hostile(200, large=4000)
def targets(n):
    entries = "".join(f"  t{i}: {{ endpoint_url: 'http://localhost:{i % 60000 + 1}' }}\n" for i in range(n))
    files, _ = check(TABLE + MESSAGE)
    return files | {"ddbgen.yaml": "targets:\n" + entries}, ["scan", "m.yaml", "--target", "none"]


@hostile(60, large=0)
def files_of_a_glob(n):
    files = {"m.yaml": TABLE + MESSAGE + "fixtures: [ 't*.txt' ]\n"}
    for i in range(n):
        files[f"t{i}.txt"] = f"---\nconversation: c{i}\nparticipants: {{ a: u }}\n{HEADER}---\na: x\n"
    return files, ["check", "m.yaml"]


@hostile(500, large=0)
def a_long_word_to_explain(n):
    return {}, ["explain", "unknown-" + "k" * n]


@hostile(150)
def batches_of_a_build(n):
    files, _ = transcript(f"---\nconversation: c\nparticipants: {{ a: u }}\n{HEADER}---\n" + "a: hello\n" * n)
    return files, ["build", "m.yaml", "t.txt"]


def write(folder, files):
    size = 0
    for name, text in files.items():
        data = text.encode()
        size += len(data)
        (folder / name).write_bytes(data)
    return size


def environment():
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}


def instructions(ddbgen, files, arguments):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, files)
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", ddbgen, *arguments]
        done = subprocess.run(
            command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
        )
        counted = re.search(r"^==\d+== Collected : (\d+)$", done.stderr, re.M)
        if done.returncode not in (0, 2) or counted is None:
            raise SystemExit(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stderr[-2000:]}")
        return int(counted.group(1))


def peak(ddbgen, files, arguments):
    """Peak memory and the input's size in bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        size = write(folder / "in", files)
        result = folder / "result"
        subprocess.run(
            [sys.executable, "-SI", HERE / "measured.py", result, ddbgen, *arguments],
            cwd=folder / "in", env=environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
        )
        code, _, kibibytes = result.read_text().split()
        if int(code) not in (0, 2):
            raise SystemExit(f"{' '.join(arguments)}: exit code {code}")
        return int(kibibytes) << 10, size


def measure(ddbgen, row):
    _, make, n, large = row
    least, *counts = [instructions(ddbgen, *make(size)) for size in (1, n, 2 * n, 4 * n)]
    counts = [count - least for count in counts]
    memory = peak(ddbgen, *make(large)) if large else None
    return counts, memory


def show(row, counts, memory):
    name, _, n, _ = row
    growth = max(counts[1] / counts[0] / 2, counts[2] / counts[0] / 4)
    bad = growth > GROWTH
    line = f"{name:<32}{n:>7}" + "".join(f"{count / 1e6:>9.1f}" for count in counts) + f"{growth:>7.2f}"
    if memory is not None:
        bytes_peak, size = memory
        times = max(0, bytes_peak - FLOOR) / size
        bad = bad or times > MEMORY
        line += f"{size / 1e6:>9.2f}{bytes_peak / 1e6:>8.0f}{times:>7.1f}"
    print(line + ("  EXCEEDED" if bad else ""), flush=True)
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ddbgen", type=Path, default=ROOT / "build/ddbgen")
    parser.add_argument("--filter", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("valgrind is not installed")
        return 77
    ddbgen = options.ddbgen.resolve()
    chosen = [row for row in INPUTS if options.filter in row[0]]
    print(f"{'input':<32}{'N':>7}{'N':>9}{'2N':>9}{'4N':>9}{'growth':>7}{'MB':>9}{'peak':>8}{'times':>7}")
    print("(instructions in millions, above those of the smallest; peak in MB)")
    with ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(lambda row: measure(ddbgen, row), chosen)
        bad = sum(show(row, *result) for row, result in zip(chosen, results))
    print(f"{len(chosen)} hostile inputs, {bad} exceeded")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
