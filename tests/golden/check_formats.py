#!/usr/bin/env python3
"""Every report format says the same of every golden case.

    tests/golden/check_formats.py [--schema] [--ddbgen PATH] [--filter REGEX]

Runs each `ddbgen check` of the cases again, in every format. What GitHub's runner, GitLab
and a reader of SARIF would understand (parsed here as they do) must be what the JSON lines
say: the same diagnostics, in the same order, at the same places, and the same exit code.
With --schema the SARIF documents are validated against their published JSON Schema, which
an npm package brings; without it: exit code 77.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from case import find_cases
from run import ROOT, Folder, Runner

VALIDATOR = ROOT / "tests/tools/validate_sarif.js"
PACKAGE = ROOT / "tests/node_modules/@microsoft/jest-sarif"
FORMATS = ("json", "github", "gitlab", "sarif")
GITLAB = {"error": "major", "warning": "minor", "note": "info"}
MORE = re.compile(r"\.\.\. and [0-9]+ more")
HOSTILE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


def visible(text):
    """What a person is shown of a text of the user's."""

    def escape(match):
        short = {"\t": r"\t", "\n": r"\n", "\r": r"\r", "\x1b": r"\e"}
        return short.get(match[0]) or "\\u{%x}" % ord(match[0])

    return HOSTILE.sub(escape, text)


def message_of(record):
    """The message, and behind it the other lines that it stands for."""
    more = record.get("more_lines", {"count": 0})
    text = visible(record["message"])
    if more["count"] > 0:
        named = ", ".join(map(str, more["lines"])) + ", ..." * (more["count"] > len(more["lines"]))
        text += "; so in " + (f"{more['count']} more lines: " if more["count"] > 1 else "line ") + named
    return text


class Wrong(Exception):
    pass


def same(what, wanted, got):
    if wanted != got:
        raise Wrong(f"{what}: expected {wanted!r}, got {got!r}")


# --- JSON lines ------------------------------------------------------------------------


def read_json(text):
    records = [json.loads(line) for line in text.splitlines()]
    summary = records.pop()
    same("the last line", "summary", summary["type"])
    return records


# --- GitHub ----------------------------------------------------------------------------


def parse_command(line):
    """A workflow command as the runner reads it: name, properties, message."""
    if not line.startswith("::"):
        raise Wrong(f"no workflow command: {line!r}")
    head, separator, data = line[2:].partition("::")
    if not separator:
        raise Wrong(f"a command without a message: {line!r}")
    name, _, properties = head.partition(" ")
    parsed = {}
    for pair in filter(None, properties.split(",")):
        key, _, value = pair.partition("=")
        same("a property given twice", False, key in parsed)
        for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
            value = value.replace(code, character)
        parsed[key] = value.replace("%25", "%")
    data = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    return name, parsed, data


# What another agent of a CI takes for a command anywhere in a line is escaped, too.
MARK = re.compile(r"#(?=#[A-Za-z]*\[)")
UNMARKED = r"\\u0023"


def shown(text):
    return MARK.sub(UNMARKED, visible(text))


def check_github(records, text):
    lines = text.split("\n")
    same("the end of the last line", "", lines.pop())
    if lines and lines[0].startswith("ok: "):
        lines.pop(0)
    if lines and MORE.search(lines[-1]):
        lines.pop()
    same("how many commands", len(records), len(lines))
    for record, line in zip(records, lines):
        if HOSTILE.search(line):
            raise Wrong(f"hostile characters in {line!r}")
        name, properties, data = parse_command(line)
        severity = record["severity"]
        same("the command", "notice" if severity == "note" else severity, name)
        wanted = {"title": f"ddbgen {record['code']}"}
        for key, member in (("line", "line"), ("col", "column"), ("endColumn", "end_column")):
            if member in record:
                wanted[key] = str(record[member])
        if "file" in record:
            wanted["file"] = shown(record["file"])
        same("the properties", wanted, properties)
        message = [MARK.sub(UNMARKED, message_of(record))]
        if "help" in record:
            message.append("help: " + shown(record["help"]))
        for related in record.get("related", []):
            place = shown(related.get("file", ""))
            if "line" in related:
                place += f":{related['line']}:{related['column']}"
            message.append(f"note: {shown(related['message'])}" + f" ({place})" * bool(place))
        same("the message", message, data.split("\n"))


# --- GitLab ----------------------------------------------------------------------------


def plain(path):
    return re.sub(r"^(\./)+", "", path)


def check_gitlab(records, text):
    entries = json.loads(text)
    if entries and MORE.fullmatch(entries[-1]["description"]):
        same("of what was dropped", "ddbgen", entries.pop()["check_name"])
    same("how many entries", len(records), len(entries))
    prints = [entry["fingerprint"] for entry in entries]
    same("different fingerprints", len(prints), len(set(prints)))
    for record, entry in zip(records, entries):
        description = message_of(record)
        if "help" in record:
            description += f" (help: {visible(record['help'])})"
        wanted = {
            "description": description,
            "check_name": record["code"],
            "fingerprint": entry["fingerprint"],
            "severity": GITLAB[record["severity"]],
            "location": {
                "path": plain(record.get("file", ".")),
                "lines": {"begin": record.get("line", 1)},
            },
        }
        same("an entry", wanted, entry)


# --- SARIF -----------------------------------------------------------------------------


def sarif_text(text):
    """A plain text message as a reader shows it: no placeholders are in it."""
    if re.search(r"\]\(", text):
        raise Wrong(f"a link in {text!r}")
    rest = re.sub(r"\{\{|\}\}", "", text)
    if "{" in rest or "}" in rest:
        raise Wrong(f"a placeholder in {text!r}")
    return text.replace("{{", "{").replace("}}", "}")


def wanted_text(record):
    text = message_of(record)
    if "help" in record:
        text += f". Help: {visible(record['help'])}"
    return text.replace("](", "] (")


def check_place(record, location):
    physical = location["physicalLocation"]
    artifact = physical["artifactLocation"]
    uri = artifact["uri"]
    if not re.fullmatch(r"(file://)?([A-Za-z0-9._~/-]|%[0-9A-F]{2})*", uri):
        raise Wrong(f"no clean uri: {uri!r}")
    same("a base", not uri.startswith("file://"), artifact.get("uriBaseId") == "%SRCROOT%")
    path = urllib.parse.unquote_to_bytes(uri.removeprefix("file://"))
    shown = re.sub(
        r"[\udc80-\udcff]",
        lambda match: "\\x%02x" % (ord(match[0]) - 0xDC00),
        path.decode("utf-8", "surrogateescape"),
    )
    same("the file", plain(record["file"]), shown)
    region = physical.get("region")
    same("a region", "line" in record, region is not None)
    if region:
        wanted = {
            "startLine": record["line"],
            "startColumn": record["column"],
            "endColumn": record.get("end_column", record["column"]),
        }
        same("the region", wanted, region)


def check_sarif(records, text):
    (run,) = json.loads(text)["runs"]
    rules = run["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    same("rules, each once", len(ids), len(set(ids)))
    same("the columns", "unicodeCodePoints", run["columnKind"])
    placed = [record for record in records if "file" in record]
    others = [record for record in records if "file" not in record]
    silenced = [result for result in run["results"] if result.get("suppressions")]
    results = [result for result in run["results"] if not result.get("suppressions")]
    for result in silenced:
        same("a silenced warning", "warning", result["level"])
        same("its kind", ["inSource"], [s["kind"] for s in result["suppressions"]])
        same("its rule", result["ruleId"], ids[result["ruleIndex"]])
    for result in run["results"]:
        same("who says it says it of all", bool(silenced), "suppressions" in result)
    same("how many results", len(placed), len(results))
    codes = {r["code"] for r in placed} | {result["ruleId"] for result in silenced}
    same("rules are those of results", sorted(codes), sorted(ids))
    for record, result in zip(placed, results):
        same("the rule", record["code"], result["ruleId"])
        same("its index", result["ruleId"], ids[result["ruleIndex"]])
        same("the level", record["severity"], result["level"])
        same("the message", wanted_text(record), sarif_text(result["message"]["text"]))
        (location,) = result["locations"]
        check_place(record, location)
        related = result.get("relatedLocations", [])
        same("second places", len(record.get("related", [])), len(related))
        for second, there in zip(record.get("related", []), related):
            same("its message", visible(second["message"]), sarif_text(there["message"]["text"]))
            if "file" in second:
                check_place(second, there)
    prints = [result["fingerprints"]["ddbgen/v1"] for result in run["results"]]
    same("different fingerprints", len(prints), len(set(prints)))
    (invocation,) = run["invocations"]
    notes = invocation.get("toolConfigurationNotifications", [])
    same("how many notifications", len(others), len(notes))
    for record, note in zip(others, notes):
        same("the descriptor", record["code"], note["descriptor"]["id"])
        same("its level", record["severity"], note["level"])
        same("its message", wanted_text(record), sarif_text(note["message"]["text"]))
    failed = any(record["severity"] == "error" for record in others)
    same("success", not failed, invocation["executionSuccessful"])


# --- all of them -----------------------------------------------------------------------

CHECKS = {"github": check_github, "gitlab": check_gitlab, "sarif": check_sarif}


def run_formats(runner, case, step, formats):
    """{format: (exit code, stdout, stderr)}; `check` leaves the files as they are."""
    results = {}
    with tempfile.TemporaryDirectory(dir=runner.scratch) as top:
        Path(top).chmod(0o755)
        work, home = Path(top, "work"), Path(top, "home")
        work.mkdir()
        home.mkdir()
        home.chmod(0o777)
        folder = Folder(case, work)
        argv = step.argv
        for name in formats:
            step.argv = [*argv, "--format", name]
            results[name] = runner.run_step(step, folder, home)
        step.argv = argv
        folder.changes()  # may be deleted again
    return results


def checks_of(cases):
    for case in cases:
        for step in case.steps:
            if step.argv[1:2] == ["check"] and not {"--format", "--help", "--"} & set(step.argv):
                yield case, step


def check_one(runner, case, step):
    """(what is wrong, or None; how many diagnostics were compared)"""
    results = run_formats(runner, case, step, FORMATS)
    try:
        for name, (code, out, err) in results.items():
            same(f"{name}: the exit code", step.exit_code(), code)
            if out:  # beside the report, lines for people at most
                said = [] if name == "json" else [b"handles: "]
                for line in err.splitlines():
                    same(f"{name}: {line!r} is expected", True, line.startswith(tuple(said)))
        outs = {name: out.decode() for name, (_, out, _) in results.items()}
        if not any(outs.values()):  # a mistake of the command line: no report
            for name in ("gitlab", "sarif"):
                same(f"{name}: text instead", step.content("stderr"), results[name][2])
            return None, 0
        records = read_json(outs["json"])
        for name, check in CHECKS.items():
            try:
                check(records, outs[name])
            except Wrong as wrong:
                raise Wrong(f"{name}: {wrong}") from None
    except (Wrong, ValueError, KeyError) as wrong:
        return f"{case.name}: {wrong!r}", 0
    return None, len(records)


def check_schema(runner, pool, pairs):
    if not PACKAGE.is_dir():
        print("skipped: tests/node_modules holds no @microsoft/jest-sarif (scripts/setup)")
        return 77
    results = pool.map(lambda pair: run_formats(runner, *pair, ("sarif",))["sarif"], pairs)
    documents = [
        {"name": case.name, "document": json.loads(out)}
        for (case, _), (_, out, _) in zip(pairs, results)
        if out
    ]
    return subprocess.run(
        ["node", VALIDATOR, PACKAGE], input=json.dumps(documents).encode()
    ).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ddbgen", default=os.environ.get("DDBGEN", ROOT / "build/ddbgen"))
    parser.add_argument("--filter", help="only cases whose topic/name matches this regex")
    parser.add_argument("--schema", action="store_true", help="validate the SARIF documents")
    options = parser.parse_args()
    options.wrap, options.memory, options.timeout, options.update = "", 0, 60, False

    pairs = list(checks_of(find_cases(Path(__file__).parent, None, options.filter)))
    runner = Runner(options)
    try:
        with ThreadPoolExecutor(2) as pool:
            if options.schema:
                return check_schema(runner, pool, pairs)
            results = list(pool.map(lambda pair: check_one(runner, *pair), pairs))
    finally:
        runner.close()
    wrong = [problem for problem, _ in results if problem]
    print(*wrong, sep="\n", end="\n" * bool(wrong))
    compared = sum(count for _, count in results)
    print(f"formats: {len(pairs) - len(wrong)} passed, {len(wrong)} failed")
    print(f"{compared} diagnostics compared")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
