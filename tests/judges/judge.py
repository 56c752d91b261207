#!/usr/bin/env python3
"""Another engine judges what ddbgen accepts and refuses.

    tests/judges/judge.py ENGINE [--ddbgen PATH] [--cache FOLDER] [--filter REGEX] [-v]

ENGINE is dynoxide, moto or dynalite. Two questions are asked of each golden case:

- A run that succeeds: its tables, calls and items are sent, and must be accepted.
- A case that claims a rule of kind V or S as refused: at each place that it complains of
  under such a rule, the table or value that stands there is translated without ddbgen
  (raw.py) and sent, and must be refused.

ENGINE.txt lists what an engine judges otherwise, and unformable.txt what no request can be
made of, one "TOPIC/NAME[:FILE:LINE] reason" a line; or an operation that the engine lacks,
which is not sent to it. What is listed and judged as it should be fails, too. Exit code 77, with the reason, when the engine is not installed.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tests/golden"), str(HERE)]

from case import CaseError, Step, find_cases  # noqa: E402
from rules import CLAIM, read_rules  # noqa: E402
from run import Folder, Runner  # noqa: E402

import engines  # noqa: E402

try:
    import raw
except ModuleNotFoundError:
    print("skipped: python3-yaml is not installed")
    sys.exit(77)

ERROR = re.compile(r"^([^:\s]+):(\d+):(\d+): error\[([a-z0-9-]+)\]", re.M)
ITEM_KEYS = ("entities", "rows", "items")


# ---- what is accepted


def builds(case):
    """The successful runs of a case, as `build`s that write requests to standard output."""
    for step in case.steps:
        argv = step.argv
        if step.exit_code() != 0 or len(argv) < 3 or argv[1] not in ("check", "build"):
            continue
        if "--help" in argv:
            continue
        kept, skip = [], False
        for word in argv[2:]:
            if skip or word in ("-o", "--output", "--emit", "--format"):
                skip = not skip
            elif not word.startswith(("--emit=", "--output=", "--format=")):
                kept.append(word)
        yield Step(step.command, ["ddbgen", "build", *kept], step.sections)


def accepted_requests(case, runner):
    """[(operation, parameters)] of each successful run."""
    for step in builds(case):
        with tempfile.TemporaryDirectory(dir=runner.scratch) as top:
            Path(top).chmod(0o755)
            work, home = Path(top, "work"), Path(top, "home")
            work.mkdir()
            home.mkdir(mode=0o777)
            try:
                code, out, _ = runner.run_step(step, Folder(case, work), home)
            except CaseError:
                continue
        if code == 0:  # a check without handles may pass where a build has nobody to ask
            yield [next(iter(json.loads(line).items())) for line in out.splitlines()]


def judge_accepted(case, runner, exceptions, engine):
    """(place, None or what is wrong, how many were sent) of each run."""
    for requests in accepted_requests(case, runner):
        said = None
        requests = [each for each in requests if exceptions.get(each[0]) is None]
        for operation, parameters in requests:
            problem = engine.send(operation, parameters)
            said = said or (problem and f"{operation}: {problem}")
        engine.drop_all()
        yield case.name, said, len(requests)


# ---- what is refused


def refused_codes(case, rules):
    """The codes of the rules of kind V and S that the case claims as refused."""
    codes = set()
    for claim in CLAIM.findall(case.preamble):
        name, _, what = claim.partition(" ")
        rule = rules.get(name)
        if rule is not None and what.strip() == "refused" and rule.kind in "VS":
            codes.add(rule.code)
    return codes


def complaints(case, codes):
    """(file, line, column, code) of each error under one of the codes, a line once."""
    seen = {}
    for step in case.steps:
        text = step.content("stderr").decode("utf-8", "replace")
        for name, line, column, code in ERROR.findall(text):
            if code in codes:
                seen[name, int(line)] = (int(column), code)
    return [(*place, *rest) for place, rest in seen.items()]


def contents(case):
    return {section.path: section.content() for section in case.inputs()}


def table_of(files):
    """CreateTable of the case's first definition."""
    for content in files.values():
        if re.search(rb"^table_name:", content, re.M):
            return raw.table_requests(raw.parse(content))[0][1]
    raise raw.Unformable("no definition in a file of its own")


def item_at(path, code, create):
    """The item that stands at a path of a definition or a fixture."""
    steps = [step for step, _ in path]
    nodes = [node for _, node in path]
    if steps[0] == "items" and len(path) >= 2:
        return raw.whole_item(nodes[1])
    if steps[0] == "entities" and len(path) >= 2:
        attributes = raw.member(nodes[1], "attributes")
        if len(path) >= 4 and code != "entity-key":
            return raw.with_key(create, {steps[3]: raw.value(nodes[3])})
        if attributes is not None:
            return raw.whole_item(attributes)
    if steps[0] == "rows" and len(path) >= 3:
        columns = path[3:4] or raw.pairs(nodes[2])
        return raw.with_key(create, {name: raw.value(node) for name, node in columns})
    raise raw.Unformable("no item stands there")


def refused_requests(files, place):
    """[(operation, parameters)] that must be accepted, and those of which one must not."""
    name, line, column, code = place
    if name not in files or not name.endswith((".yaml", ".yml")):
        raise raw.Unformable("not in a YAML file")
    root = raw.parse(files[name])
    path = raw.path_to(root, line - 1, column - 1)
    if path and path[0][0] in ITEM_KEYS:
        create = table_of(files)
        item = item_at(path, code, create)
        table = {"TableName": create["TableName"], "Item": item}
        return [("CreateTable", create)], [("PutItem", table)]
    if not path or path[0][0] in raw.TABLE_KEYS:
        return [], raw.table_requests(root)
    raise raw.Unformable(f"'{path[0][0]}' is no part of a request")


def judge_place(files, place, engine):
    """None when it was not refused, else what was said."""
    before, requests = refused_requests(files, place)
    try:
        for operation, parameters in before:
            if engine.send(operation, parameters) is not None:
                return None  # the engine knows no such table: it judges nothing
        said = next(filter(None, (engine.send(*each) for each in requests)), None)
    finally:
        engine.drop_all()
    # A failure of the engine is no refusal.
    return said if said is not None and said.startswith("4") else None


def judge_refused(case, rules, unformable, engine):
    """(place, what was said, None; or the reason why nothing can be asked)"""
    files = contents(case)
    for place in complaints(case, refused_codes(case, rules)):
        where = f"{case.name}:{place[0]}:{place[1]}"
        if unformable.get(where) is not None:
            yield where, None, unformable.get(where)
            continue
        try:
            yield where, judge_place(files, place, engine), None
        except raw.Unformable as error:
            yield where, None, error


# ---- the lists


def read_list(path):
    listed = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        if line and not line.startswith("#"):
            place, _, reason = line.partition(" ")
            if not reason.strip():
                raise ValueError(f"{path.name}: {place} has no reason")
            listed[place] = reason.strip()
    return listed


class Exceptions:
    """A list of places with reasons, and which of them were met."""

    def __init__(self, path):
        self.listed, self.met = read_list(path), set()

    def get(self, place):
        """The reason for a place, or for its whole case; None when it is not listed."""
        for key in (place, place.partition(":")[0]):
            if key in self.listed:
                self.met.add(key)
                return self.listed[key]
        return None

    def stale(self):
        return sorted(set(self.listed) - self.met)


class Count:
    """Of one question: how many were judged as they should, were listed, or failed."""

    def __init__(self):
        self.good, self.listed, self.failed = 0, 0, []

    def add(self, place, good, exceptions, problem):
        if good:
            self.good += 1
        elif exceptions.get(place) is not None:
            self.listed += 1
        else:
            self.failed.append(f"{place}: {problem}")

    def __str__(self):
        total = self.good + self.listed + len(self.failed)
        return f"{self.good} of {total} ({self.listed} listed)"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("engine", choices=sorted(engines.STARTERS))
    parser.add_argument("--ddbgen", default=os.environ.get("DDBGEN", ROOT / "build/ddbgen"))
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache/judges")
    parser.add_argument("--filter", help="only cases whose topic/name matches this regex")
    parser.add_argument("-v", "--verbose", action="store_true", help="every judgement")
    options = parser.parse_args()
    options.update, options.wrap, options.memory, options.timeout = False, "", 0, 60

    try:
        engine = engines.Engine(options.engine, options.cache)
    except engines.Missing as error:
        print(f"skipped: {error}")
        return 77

    runner = Runner(options)
    try:
        return judge_all(options, runner, engine)
    finally:
        runner.close()
        engine.stop()


def judge_all(options, runner, engine):
    rules = read_rules()
    exceptions = Exceptions(HERE / f"{options.engine}.txt")
    unformable = Exceptions(HERE / "unformable.txt")
    accepted, refused, unasked, requests = Count(), Count(), 0, 0
    for case in find_cases(ROOT / "tests/golden", None, options.filter):
        for place, said, count in judge_accepted(case, runner, exceptions, engine):
            requests += count
            accepted.add(place, said is None, exceptions, f"not accepted: {said}")
        for place, said, reason in judge_refused(case, rules, unformable, engine):
            if isinstance(reason, raw.Unformable):
                refused.failed.append(f"{place}: no request, and not in unformable.txt: {reason}")
            elif reason is not None:
                unasked += 1
            else:
                refused.add(place, said is not None, exceptions, "not refused")
            if options.verbose:
                print(f"{place}: {said or reason}")
    stale = [] if options.filter else exceptions.stale() + unformable.stale()
    print(*accepted.failed, *refused.failed, sep="\n")
    for place in stale:
        print(f"{place}: listed, and judged as it should be or not there: take it out")
    print(
        f"{options.engine}: accepted {accepted} runs, {requests} requests; "
        f"refused {refused} places; {unasked} cannot be asked"
    )
    return 1 if accepted.failed or refused.failed or stale or not requests else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
