"""YAML as JSON text, typed as ddbgen types it (docs/language.md): libyaml's own events,
and no resolver of a YAML library. Numbers keep their spelling."""

import json
import re

import yaml

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
NULLS = {"", "~", "null"}
TAGS = {"!S", "!N", "!B", "!SS", "!NS", "!BS", "!handle"}


class Refused(Exception):
    """What ddbgen's YAML does not have, whatever a schema says."""


def to_json(data):
    """The JSON text of one document. Raises Refused or yaml.YAMLError."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not UTF-8") from error
    events = yaml.parse(text, Loader=yaml.CBaseLoader)
    documents = []
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if event.version or event.tags:
                raise Refused("a directive")
            documents.append(node(next(events), events))
    if len(documents) != 1:
        raise Refused(f"{len(documents)} documents")
    return documents[0]


def node(event, events):
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise Refused("anchors and aliases")
    if event.tag is not None and event.tag not in TAGS:
        raise Refused(f"the tag {event.tag}")
    if isinstance(event, yaml.ScalarEvent):
        return scalar(event)
    if isinstance(event, yaml.SequenceStartEvent):
        return f"[{', '.join(items(events))}]"
    return f"{{{', '.join(members(events))}}}"


def scalar(event):
    text = event.value
    if event.tag == "!N" and NUMBER.fullmatch(text):
        return text
    if event.tag is None and not event.style:  # plain
        if NUMBER.fullmatch(text) or text in ("true", "false"):
            return text
        if text in NULLS:
            return "null"
    return json.dumps(text)


def items(events):
    for event in iter(lambda: next(events), None):
        if isinstance(event, yaml.SequenceEndEvent):
            return
        yield node(event, events)


def members(events):
    seen = set()
    for event in iter(lambda: next(events), None):
        if isinstance(event, yaml.MappingEndEvent):
            return
        if not isinstance(event, yaml.ScalarEvent):
            raise Refused("a key that is no scalar")
        if event.tag is not None or event.anchor is not None:
            raise Refused("a key with a tag or an anchor")
        if event.value in seen:
            raise Refused("a key that stands twice")
        if event.value == "<<":
            raise Refused("a merge key")
        seen.add(event.value)
        yield f"{json.dumps(event.value)}: {node(next(events), events)}"
