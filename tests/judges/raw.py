"""Requests straight from YAML, without ddbgen: what the compiler refuses has no request, so
that another engine can only be asked about it when it is translated by hand.

Nothing is checked here, and nothing is left out: numbers, names and counts go through as
they are written.
"""

import json
import re

import yaml

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$")
# A single expression that gives a number.
NUMBER_TEMPLATE = re.compile(r"\$\{[a-z_.]*(\.number|\.index|_count|\| *epoch) *\}")
OPTIONAL = re.compile(r"\$\{[^}]*\?[^}]*\}")
DUMMY = {"S": {"S": "k"}, "N": {"N": "1"}, "B": {"B": "aw=="}}
# Where lower_case words are not simply joined.
PASCAL = {
    "sse_specification": "SSESpecification",
    "sse_type": "SSEType",
    "kms_master_key_id": "KMSMasterKeyId",
}
# Keys of a definition that are members of CreateTable, those that are calls of their own,
# and those that need a form of their own (see table_requests).
PLAIN = (
    "billing_mode",
    "provisioned_throughput",
    "on_demand_throughput",
    "warm_throughput",
    "table_class",
    "deletion_protection_enabled",
)
CALLS = ("time_to_live", "point_in_time_recovery", "contributor_insights")
FORMED = (
    "table_name",
    "attribute_definitions",
    "key_schema",
    "local_secondary_indexes",
    "global_secondary_indexes",
    "stream_specification",
    "sse_specification",
    "tags",
    "resource_policy",
)
TABLE_KEYS = (*PLAIN, *CALLS, *FORMED)


class Unformable(Exception):
    """There is no request that says what the file says; the reason is the text."""


def parse(content):
    """The tree of nodes; yaml.Node keeps duplicate keys, tags and places."""
    try:
        return yaml.compose(content.decode("utf-8"), yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Unformable("no YAML") from error


def member(node, name):
    """The value of a mapping's key, or None."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == name:
                return value
    return None


def is_plain(node):
    return node.style is None and not node.tag.startswith("!")


def plain_value(node):
    """A node as JSON: what a setting says."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: plain_value(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain_value(each) for each in node.value]
    if is_plain(node) and NUMBER.match(node.value):
        return json.loads(node.value)
    if is_plain(node) and node.value in ("true", "false"):
        return node.value == "true"
    return node.value


def pascal(name):
    return PASCAL.get(name) or "".join(word.capitalize() for word in name.split("_"))


def pascal_value(value):
    if isinstance(value, dict):
        return {pascal(name): pascal_value(inner) for name, inner in value.items()}
    return value


# ---- tables


def pairs(node):
    mapping = isinstance(node, yaml.MappingNode)
    return [(key.value, value) for key, value in node.value] if mapping else []


def key_schema(node):
    schema = []
    for name, kind in (("hash", "HASH"), ("range", "RANGE")):
        part = member(node, name)
        if part is not None:
            names = part.value if isinstance(part, yaml.SequenceNode) else [part]
            schema += [{"AttributeName": each.value, "KeyType": kind} for each in names]
    return schema


def projection(node):
    include = member(node, "include")
    if include is not None:
        return {"ProjectionType": "INCLUDE", "NonKeyAttributes": plain_value(include)}
    return {"ProjectionType": plain_value(node)}


def secondary_indexes(node):
    indexes = []
    for name, body in pairs(node):
        index = {"IndexName": name}
        for key, value in pairs(body):
            if key == "key_schema":
                index["KeySchema"] = key_schema(value)
            elif key == "projection":
                index["Projection"] = projection(value)
            elif key != "contributor_insights":
                index[pascal(key)] = pascal_value(plain_value(value))
        indexes.append(index)
    return indexes


def enabled(value, name):
    """A section that, when it is there, is enabled unless it says otherwise."""
    value = dict(value) if isinstance(value, dict) else {}
    return {name: value.pop("enabled", True), **pascal_value(value)}


def formed_members(root):
    formers = {
        "table_name": ("TableName", plain_value),
        "attribute_definitions": (
            "AttributeDefinitions",
            lambda node: [
                {"AttributeName": name, "AttributeType": plain_value(kind)}
                for name, kind in pairs(node)
            ],
        ),
        "key_schema": ("KeySchema", key_schema),
        "local_secondary_indexes": ("LocalSecondaryIndexes", secondary_indexes),
        "global_secondary_indexes": ("GlobalSecondaryIndexes", secondary_indexes),
        "stream_specification": (
            "StreamSpecification",
            lambda node: enabled(plain_value(node), "StreamEnabled"),
        ),
        "sse_specification": (
            "SSESpecification",
            lambda node: enabled(plain_value(node), "Enabled"),
        ),
        "tags": (
            "Tags",
            lambda node: [
                {"Key": name, "Value": plain_value(value)} for name, value in pairs(node)
            ],
        ),
        "resource_policy": ("ResourcePolicy", lambda node: json.dumps(plain_value(node))),
    }
    for name, (wire, form) in formers.items():
        node = member(root, name)
        if node is not None:
            # What is no mapping stays what it is: the engine sees the wrong type.
            formed = isinstance(node, yaml.MappingNode) or name == "table_name"
            yield wire, form(node) if formed else plain_value(node)


def table_requests(root):
    """[(operation, parameters)]: CreateTable, then the calls behind it."""
    create = dict(formed_members(root))
    for name in PLAIN:
        node = member(root, name)
        if node is not None:
            create[pascal(name)] = pascal_value(plain_value(node))
    requests = [("CreateTable", create)]
    table = {"TableName": create.get("TableName", "")}
    for name, operation, section in (
        ("time_to_live", "UpdateTimeToLive", "TimeToLiveSpecification"),
        (
            "point_in_time_recovery",
            "UpdateContinuousBackups",
            "PointInTimeRecoverySpecification",
        ),
    ):
        node = member(root, name)
        if node is not None:
            on = "PointInTimeRecoveryEnabled" if name == "point_in_time_recovery" else "Enabled"
            requests.append((operation, {**table, section: enabled(plain_value(node), on)}))
    return requests


# ---- values and items


def value(node):
    """A node as an attribute value, forced by its tag, numbers as they are written; a tag
    that nobody knows stands as a type that nobody knows."""
    tag = node.tag if node.tag.startswith("!") else ""
    if tag in ("!SS", "!NS", "!BS"):
        members = node.value if isinstance(node, yaml.SequenceNode) else []
        return {tag[1:]: [each.value for each in members]}
    if tag and isinstance(node, yaml.ScalarNode):
        return {tag[1:]: node.value}
    if isinstance(node, yaml.MappingNode):
        return {"M": {key.value: value(inner) for key, inner in node.value}}
    if isinstance(node, yaml.SequenceNode):
        return {"L": [value(each) for each in node.value]}
    if NUMBER_TEMPLATE.fullmatch(node.value):
        return {"N": "1"}
    if is_plain(node) and NUMBER.match(node.value):
        return {"N": node.value}
    if is_plain(node) and node.value in ("true", "false"):
        return {"BOOL": node.value == "true"}
    if is_plain(node) and node.value in ("null", "~", ""):
        return {"NULL": True}
    return {"S": node.value}


def whole_item(mapping):
    """The attributes, without those that an optional column leaves out."""
    return {
        key.value: value(node)
        for key, node in mapping.value
        if not (isinstance(node, yaml.ScalarNode) and OPTIONAL.search(node.value))
    }


def with_key(create, attributes):
    """The attributes, and whatever of the table's key they lack."""
    types = {
        each["AttributeName"]: each["AttributeType"]
        for each in create.get("AttributeDefinitions", [])
    }
    item = {
        part["AttributeName"]: DUMMY[types[part["AttributeName"]]]
        for part in create["KeySchema"]
    }
    item.update(attributes)
    return item


# ---- places


def covers(node, line, column):
    start = (node.start_mark.line, node.start_mark.column)
    end = (node.end_mark.line, node.end_mark.column)
    return start <= (line, column) < end or start == (line, column)


def path_to(node, line, column):
    """The (key or index, node) pairs that lead to the innermost node at a place; of a
    mapping's key, to its value."""
    path = []
    while True:
        if isinstance(node, yaml.MappingNode):
            steps = [(key.value, inner, (key, inner)) for key, inner in node.value]
        elif isinstance(node, yaml.SequenceNode):
            steps = [(i, inner, (inner,)) for i, inner in enumerate(node.value)]
        else:
            return path
        for step, inner, nodes in steps:
            if any(covers(each, line, column) for each in nodes):
                path.append((step, inner))
                if len(nodes) == 2 and covers(nodes[0], line, column):
                    return path
                node = inner
                break
        else:
            return path
