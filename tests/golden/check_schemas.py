#!/usr/bin/env python3
"""The JSON Schemas that `ddbgen schema` prints judge as the compiler does.

    tests/golden/check_schemas.py --ddbgen PATH [--list]

Every document of every golden case, and the project's own files, go through ajv. What the
compiler accepts, the schema must accept. What it refuses, the schema must refuse, unless
YAML's own rules do (then it never reaches a schema) or the case says why a schema cannot:

    # schema: cannot see, the handles are looked up

Such a line is refused where the schema does see every mistake.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections import Counter

try:
    import yaml
    import yaml_typed
except ImportError:
    print("skipped: python3-yaml is not installed")
    sys.exit(77)
from case import find_cases
from documents import HERE, ROOT, documents_of, own_documents

KINDS = ("definition", "fixture", "header", "project", "handles")
BLIND = re.compile(r"(?m)^# schema: cannot see, (\S.*)$")
JUDGE = ROOT / "tests/tools/judge_schemas.js"


def load(documents):
    """Sets .text to JSON, or .refusal to what YAML or ddbgen's dialect of it refuses."""
    for document in documents:
        document.text = document.refusal = None
        try:
            document.text = yaml_typed.to_json(document.data)
        except (yaml_typed.Refused, yaml.YAMLError) as error:
            document.refusal = str(error).split("\n")[0]


def judge(documents, ddbgen):
    """Sets .refusal to what the schema has against a document."""
    schemas = {}
    for kind in KINDS:
        run = subprocess.run([ddbgen, "schema", kind], stdout=subprocess.PIPE, check=True)
        schemas[kind] = json.loads(run.stdout)
    loaded = [document for document in documents if document.text is not None]
    asked = [{"kind": document.kind, "text": document.text} for document in loaded]
    run = subprocess.run(
        ["node", JUDGE],
        input=json.dumps({"schemas": schemas, "documents": asked}).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    for document, verdict in zip(loaded, json.loads(run.stdout), strict=True):
        document.refusal = verdict


def count(documents):
    counts = Counter()
    for document in documents:
        verdict = "accepted" if document.refusal is None else "refused"
        if document.refusal is not None and document.text is None:
            verdict = "no YAML"
        counts["bad" if document.codes else "good", verdict, document.kind] += 1
    return counts


def faults(documents, reasons):
    unseen = set()
    for document in documents:
        place = f"{document.case}: {document.file}:{document.first} ({document.kind})"
        if document.codes and document.refusal is None:
            unseen.add(document.case)
            if document.case not in reasons:
                yield (
                    f"{place}: the schema accepts what is refused "
                    f"({', '.join(sorted(document.codes))}); teach it, or say in the "
                    f"case's comment '# schema: cannot see, WHY'"
                )
        elif not document.codes and document.refusal is not None:
            yield f"{place}: accepted, but the schema says: {document.refusal}"
    for case in sorted(set(reasons) - unseen):
        yield f"{case}: its schema sees every mistake, although the case says it cannot"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ddbgen", required=True)
    parser.add_argument("--list", action="store_true", help="what no schema sees, and why")
    options = parser.parse_args()
    if shutil.which("node") is None or not (ROOT / "tests/node_modules/ajv").is_dir():
        print("skipped: node or tests/node_modules/ajv is missing (scripts/setup test)")
        return 77

    reasons, documents = {}, list(own_documents())
    for case in find_cases(HERE):
        documents += documents_of(case)
        said = BLIND.findall(case.preamble)
        if said:
            reasons[case.name] = "; ".join(said)
    load(documents)
    judge(documents, options.ddbgen)
    problems = list(faults(documents, reasons))
    counts = count(documents)
    for kind in KINDS:
        if not counts["good", "accepted", kind] or not counts["bad", "refused", kind]:
            problems.append(f"{kind}: no case shows what its schema accepts and refuses")
    if options.list:
        for case, reason in sorted(reasons.items()):
            print(f"{case:36} {reason}")
    for problem in problems:
        print(problem)
    for kind in KINDS:
        print(
            f"{kind}: {counts['good', 'accepted', kind]} good accepted, "
            f"{counts['bad', 'refused', kind]} bad refused, "
            f"{counts['bad', 'no YAML', kind]} are no YAML of ours, "
            f"{counts['bad', 'accepted', kind]} bad cannot be seen"
        )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
