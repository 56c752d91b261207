#!/usr/bin/env python3
"""Every request that golden cases expect is one that botocore would send.

Collects the requests of all cases (NDJSON lines on standard output, request files of
`build -o`) and validates them with botocore's own ParamValidator over its model of
DynamoDB: names, types, required members, no unknown ones. Without botocore: exit code 77.
"""

import base64
import binascii
import json
import sys
from pathlib import Path

try:
    import botocore.session
    from botocore.validate import ParamValidator
except ModuleNotFoundError:
    print("skipped: python3-botocore is not installed")
    sys.exit(77)

from case import find_cases

HERE = Path(__file__).resolve().parent
OPERATIONS = ("CreateTable", "BatchWriteItem", "PutItem")
# Members that the service knows and Debian 12's botocore (1.29) does not yet, with the
# Python type of their value. Looked at here, then left out of what botocore sees.
NEWER = {
    ("CreateTable", "DeletionProtectionEnabled"): bool,
    ("CreateTable", "OnDemandThroughput"): dict,
    ("CreateTable", "WarmThroughput"): dict,
    ("CreateTable", "ResourcePolicy"): str,
    ("CreateTable", "GlobalSecondaryIndexes", "OnDemandThroughput"): dict,
    ("CreateTable", "GlobalSecondaryIndexes", "WarmThroughput"): dict,
}


def requests_of(case):
    """(where, operation, parameters) of each request that the case expects."""
    for step in case.steps:
        section = step.sections.get("stdout")
        if step.argv[1:2] not in (["build"], ["convert"]) or "--help" in step.argv:
            continue
        if section and not section.option("digest"):
            lines = section.content().split(b"\n")
            for number, line in enumerate(lines, 1):
                yield from request_of_line(f"{case.name}: stdout line {number}", line)
    for name, section in case.after.items():
        operation = operation_of_file(name)
        if operation and not section.option("digest"):
            yield f"{case.name}: {name}", operation, json.loads(section.content())


def request_of_line(where, line):
    if not line.startswith(b'{"'):
        return
    record = json.loads(line)
    operation, parameters = next(iter(record.items()))
    if operation == "Item":  # a line of S3 import is what PutItem takes
        yield where, "PutItem", {"TableName": "any", "Item": parameters}
    else:
        yield where, operation, parameters


def operation_of_file(name):
    name = Path(name).name
    if name == "create-table.json":
        return "CreateTable"
    if name.startswith("batch-write-item-") and name.endswith(".json"):
        return "BatchWriteItem"
    return None


def without_newer(operation, parameters, problems):
    parameters = dict(parameters)
    indexes = parameters.get("GlobalSecondaryIndexes")
    if isinstance(indexes, list):
        parameters["GlobalSecondaryIndexes"] = indexes = [dict(index) for index in indexes]
    for (of, *path), kind in NEWER.items():
        if of != operation:
            continue
        holders = [parameters] if len(path) == 1 else indexes or []
        for holder in holders:
            value = holder.pop(path[-1], None)
            if value is not None and not isinstance(value, kind):
                problems.append(f"{'.'.join(path)} is no {kind.__name__}")
    return parameters


def with_bytes(value, problems):
    """Binary values as botocore takes them: decoded from base64."""
    if isinstance(value, list):
        return [with_bytes(member, problems) for member in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        kind, inner = next(iter(value.items()))
        try:
            if kind == "B" and isinstance(inner, str):
                return {"B": base64.b64decode(inner, validate=True)}
            if kind == "BS" and isinstance(inner, list):
                return {"BS": [base64.b64decode(each, validate=True) for each in inner]}
        except binascii.Error as error:
            problems.append(f"{kind}: {error}")
    return {name: with_bytes(inner, problems) for name, inner in value.items()}


def problems_of(operation, parameters, model):
    problems = []
    if operation not in OPERATIONS:
        return [f"no operation that ddbgen emits: {operation}"]
    parameters = without_newer(operation, parameters, problems)
    if operation in ("BatchWriteItem", "PutItem"):
        parameters = with_bytes(parameters, problems)
    if operation == "BatchWriteItem":
        writes = sum(map(len, parameters.get("RequestItems", {}).values()))
        if not 1 <= writes <= 25:
            problems.append(f"{writes} writes in a batch")
    shape = model.operation_model(operation).input_shape
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        problems.append(report.generate_report())
    return problems


def main():
    model = botocore.session.get_session().get_service_model("dynamodb")
    count, failed = 0, 0
    for case in find_cases(HERE):
        for where, operation, parameters in requests_of(case):
            count += 1
            problems = problems_of(operation, parameters, model)
            failed += bool(problems)
            for problem in problems:
                print(f"{where}: {operation}: {problem}")
    print(f"requests: {count - failed} passed, {failed} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
