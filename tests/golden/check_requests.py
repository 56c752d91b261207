#!/usr/bin/env python3
"""Every request that golden cases expect is one that botocore would send.

    tests/golden/check_requests.py [--newest]

Collects the requests of all cases (NDJSON lines on standard output, request files of
`build -o`) and validates them with botocore's own ParamValidator over its model of
DynamoDB: names, types, required members, no unknown ones. Without botocore: exit code 77.
--newest is for the newest botocore (tests/judges/newest_botocore.py): it sees all members.
"""

import base64
import binascii
import copy
import json
import re
import sys
from pathlib import Path

try:
    import botocore
    import botocore.session
    from botocore.validate import ParamValidator
except ModuleNotFoundError:
    print("skipped: python3-botocore is not installed")
    sys.exit(77)

from case import find_cases

HERE = Path(__file__).resolve().parent
FILES = {  # of `build -o`; -NNNNNN stands behind those that may be several
    "create-table": "CreateTable",
    "update-time-to-live": "UpdateTimeToLive",
    "update-continuous-backups": "UpdateContinuousBackups",
    "update-contributor-insights": "UpdateContributorInsights",
    "batch-write-item": "BatchWriteItem",
}
OPERATIONS = (*FILES.values(), "PutItem")


def units(*names):
    """A check: one to all of these members, each a positive integer."""
    return lambda value: (
        isinstance(value, dict)
        and 0 < len(value)
        and set(value) <= set(names)
        and all(type(number) is int and number > 0 for number in value.values())
    )


def is_policy(value):
    return isinstance(value, str) and isinstance(json.loads(value), dict)


ON_DEMAND = units("MaxReadRequestUnits", "MaxWriteRequestUnits")
WARM = units("ReadUnitsPerSecond", "WriteUnitsPerSecond")
# Members that the service knows and Debian 12's botocore (1.29) does not yet, each with a
# check of its value. Looked at here, then left out of what botocore sees. The path leads
# through mappings and, for indexes, through each of a list.
NEWER = {
    ("CreateTable", "DeletionProtectionEnabled"): lambda value: isinstance(value, bool),
    ("CreateTable", "OnDemandThroughput"): ON_DEMAND,
    ("CreateTable", "WarmThroughput"): WARM,
    ("CreateTable", "ResourcePolicy"): is_policy,
    ("CreateTable", "GlobalSecondaryIndexes", "OnDemandThroughput"): ON_DEMAND,
    ("CreateTable", "GlobalSecondaryIndexes", "WarmThroughput"): WARM,
    (
        "UpdateContinuousBackups",
        "PointInTimeRecoverySpecification",
        "RecoveryPeriodInDays",
    ): lambda value: type(value) is int and 1 <= value <= 35,
    ("UpdateContributorInsights", "ContributorInsightsMode"): (
        lambda value: value in ("ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS")
    ),
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
    match = re.fullmatch(r"([a-z-]+?)(?:-\d{6,})?\.json", Path(name).name)
    return FILES.get(match[1]) if match else None


def without_newer(operation, parameters, problems):
    parameters = copy.deepcopy(parameters)
    for (of, *path), check in NEWER.items():
        holders = [parameters] if of == operation else []
        for step in path[:-1]:
            inner = [holder[step] for holder in holders if step in holder]
            holders = [each for one in inner for each in (one if isinstance(one, list) else [one])]
        for holder in holders:
            if path[-1] in holder and not check(holder.pop(path[-1])):
                problems.append(f"{'.'.join(path)} is wrong")
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
    if "--newest" in sys.argv[1:]:
        NEWER.clear()
    model = botocore.session.get_session().get_service_model("dynamodb")
    count, failed = 0, 0
    for case in find_cases(HERE):
        for where, operation, parameters in requests_of(case):
            count += 1
            problems = problems_of(operation, parameters, model)
            failed += bool(problems)
            for problem in problems:
                print(f"{where}: {operation}: {problem}")
    version = botocore.__version__
    print(f"requests: {count - failed} passed, {failed} failed (botocore {version})")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
