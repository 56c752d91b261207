"""A thousand random pairs of definitions: whatever a table was, diff lists exactly what
apply then changes of it, afterwards nothing differs, and what is impossible in place changes
nothing at all.

    DDBGEN_TABLE_PAIRS=5000 DDBGEN_TABLE_PAIRS_SEED=4711     more of them, from another seed on
    DDBGEN_TABLE_PAIRS=1 DDBGEN_TABLE_PAIRS_SEED=123         the one that failed

The server really creates and deletes indexes and keeps all settings
(tests/faults/control_plane.py). What changed is read from its state, not from its answers.
"""

import copy
import json
import os

import fault_server as faults
import pytest
import table_dice
from control_plane import FLOOR, ControlPlane
from kms import Kms

FIRST = int(os.environ.get("DDBGEN_TABLE_PAIRS_SEED", "1"))
LONG = "DDBGEN_TEST_LONG" in os.environ
COUNT = int(os.environ.get("DDBGEN_TABLE_PAIRS", "1000" if LONG else "300"))
TABLES = 40  # in one run
SEEDS = range(FIRST, FIRST + COUNT)
READS = ("Describe", "List", "Get", "Query", "BatchGet", "Scan")
DEFAULT_MODE = "ACCESSED_AND_THROTTLED_KEYS"
SWITCHED = {  # settings with `enabled`, and what their member is when it is not said
    "stream_specification.stream_view_type": None,
    "sse_specification.kms_master_key_id": "alias/aws/dynamodb",
    "time_to_live.attribute_name": None,
    "point_in_time_recovery.recovery_period_in_days": 35,
}
UNITS = {
    "provisioned_throughput": ("ProvisionedThroughput", "{}CapacityUnits", "{}_capacity_units"),
    "on_demand_throughput": ("OnDemandThroughput", "Max{}RequestUnits", "max_{}_request_units"),
    "warm_throughput": ("WarmThroughput", "{}UnitsPerSecond", "{}_units_per_second"),
}


# --- a table of the server, as paths and texts -------------------------------------------------


def told_key(types, key_schema):
    """types: of attributes; key_schema as the service has it."""
    sides = []
    for side in ("hash", "range"):
        names = [k["AttributeName"] for k in key_schema if k["KeyType"] == side.upper()]
        parts = ", ".join(f"{name} ({types[name]})" for name in names)
        sides += [f"{side}: [{parts}]" if len(names) > 1 else f"{side}: {parts}"] * bool(names)
    return "{ " + ", ".join(sides) + " }"


def service_key(key):
    sides = [(side, key.get(side, [])) for side in ("hash", "range")]
    return [
        {"AttributeName": name, "KeyType": side.upper()}
        for side, names in sides
        for name in ([names] if isinstance(names, str) else names)
    ]


def told_projection(projection):
    names = ", ".join(sorted(projection.get("NonKeyAttributes", [])))
    return f"{{ include: [{names}] }}" if names else projection["ProjectionType"]


def projected(index):
    """Without the order of names."""
    projection = index["Projection"]
    return set(projection.get("NonKeyAttributes", [])) or projection["ProjectionType"]


def units(owner, member):
    """(path, count) of reads and writes; None where there is none."""
    kind, name, path = UNITS[member]
    for way in ("Read", "Write"):
        count = owner.get(kind, {}).get(name.format(way), 0)
        yield f"{member}.{path.format(way.lower())}", count if count > 0 else None


class Snapshot:
    """What a table is, whatever the service tells."""

    def __init__(self, service, name):
        state, own = copy.deepcopy(service.plane[name]), service.tables[name]
        table = state["table"]
        self.state = (table, state["tags"], state["policy"], own.ttl, own.recovery_days)
        self.table, self.insights = table, dict(own.insights)
        self.types = {
            a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]
        }
        self.local = {each["IndexName"]: each for each in table["LocalSecondaryIndexes"]}
        self.indexes = {each["IndexName"]: each for each in table["GlobalSecondaryIndexes"]}
        self.mode = table["BillingModeSummary"]["BillingMode"]
        self.time_to_live, self.disabling = own.ttl, own.ttl_status == "DISABLING"
        stream, key = table.get("StreamSpecification", {}), table.get("SSEDescription", {})
        self.settings = {
            "billing_mode": self.mode,
            "stream_specification.stream_view_type": stream.get("StreamViewType"),
            "sse_specification.kms_master_key_id": key.get("KMSMasterKeyArn"),
            "table_class": table.get("TableClassSummary", {}).get("TableClass", "STANDARD"),
            "deletion_protection_enabled": json.dumps(table["DeletionProtectionEnabled"]),
            "time_to_live.attribute_name": own.ttl,
            "point_in_time_recovery.recovery_period_in_days": text_of(own.recovery_days),
            "contributor_insights.mode": own.insights.get(None),
            "resource_policy": state["policy"],
            **{f"tags.{key}": value for key, value in state["tags"].items()},
        }

    def key(self, owner):
        return told_key(self.types, owner["KeySchema"])

    def index(self, name, insights=None):
        """All that it is made with; of one that goes its insights, too."""
        index = self.indexes[name]
        found = [f"key_schema: {self.key(index)}"]
        found.append(f"projection: {told_projection(index['Projection'])}")
        mode = "provisioned" if self.mode == "PROVISIONED" else "on_demand"
        given = list(units(index, f"{mode}_throughput"))
        floors = FLOOR.values() if mode == "on_demand" else [count for _, count in given]
        warm = zip(units(index, "warm_throughput"), floors)
        more = [(path, count) for (path, count), floor in warm if count and count > floor]
        for several in (given, more):
            told = [(path.split("."), count) for path, count in several if count]
            if told:
                inner = ", ".join(f"{path[1]}: {count}" for path, count in told)
                found.append(f"{told[0][0][0]}: {{ {inner} }}")
        if insights is not None:
            found.append(f"contributor_insights: {{ mode: {insights} }}")
        return "{ " + ", ".join(found) + " }"


def text_of(count):
    return None if count is None else str(count)


def key_arn(key):
    """Of a key's id, alias or ARN, as the server makes it."""
    return f"arn:aws:kms:us-east-1:{faults.ACCOUNT}:key/{key.rpartition('/')[2]}"


def capacity_changes(prefix, before, after, mode):
    """Of a table, or of an index, whether it stays or another takes its place."""
    for member in ("provisioned_throughput", "on_demand_throughput"):
        for (path, old), (_, new) in zip(units(before, member), units(after, member)):
            if old != new:
                yield prefix + path, text_of(old), text_of(new)
    floors = FLOOR.values()
    if mode == "PROVISIONED":
        floors = [count for _, count in units(after, "provisioned_throughput")]
    warm = zip(units(before, "warm_throughput"), units(after, "warm_throughput"), floors)
    for (path, old), (_, new), floor in warm:
        if new > max(old, floor):  # else it is so by itself, once mode and units are
            yield prefix + path, text_of(old), str(new)


def index_changes(name, before, after, definition):
    path = f"global_secondary_indexes.{name}"
    old, new = before.indexes.get(name), after.indexes.get(name)
    mode = before.insights.get(name)
    if new is None:
        yield path, before.index(name, mode), None
        return
    if old is None:
        yield path, None, after.index(name)
    else:
        yield from capacity_changes(f"{path}.", old, new, after.mode)
        declared = definition["global_secondary_indexes"][name]
        if after.mode == before.mode == "PAY_PER_REQUEST":  # what is not said is kept
            if "on_demand_throughput" not in declared:
                pairs = zip(units(old, "on_demand_throughput"), units(new, "on_demand_throughput"))
                assert all(was == now for was, now in pairs), name
        if before.key(old) != after.key(new):
            yield f"{path}.key_schema", before.key(old), after.key(new)
        if projected(old) != projected(new):
            projections = [told_projection(each["Projection"]) for each in (old, new)]
            yield f"{path}.projection", *projections
    if mode != after.insights.get(name):
        yield f"{path}.contributor_insights.mode", mode, after.insights.get(name)


def quoted(path):
    """What is no plain word stands in quotes."""
    name = path.removeprefix("tags.")
    plain = name == path or name.replace("-", "").replace("_", "").isalnum()
    return path if plain else f"tags.{json.dumps(name)}"


def changes(before, after, definition):
    """All (path, old, new) between two snapshots of one table."""
    found = list(capacity_changes("", before.table, after.table, after.mode))
    for name in {**before.indexes, **after.indexes}:
        found += index_changes(name, before, after, definition)
    for path in {**before.settings, **after.settings}:
        old, new = before.settings.get(path), after.settings.get(path)
        if old != new:
            found.append((quoted(path), old, new))
    return sorted(found, key=lambda change: change[0])


def told(lines):
    """The same, as a plan tells it; a mode that is not said filled in, keys by their ids."""
    found = []
    for line in lines:
        path, old, new = line["path"], line.get("old"), line.get("new")
        sign = "removed" if new is None else "added" if old is None else "changed"
        assert line["change"] == sign and line["possible"], line
        if path.endswith("contributor_insights.mode") and new == "enabled":
            new = DEFAULT_MODE
        if path.startswith("sse_specification") and new is not None:
            new = key_arn(new)
        assert line["destructive"] == loses(path, old, new), line
        found.append((path, old, new))
    return sorted(found, key=lambda change: change[0])


def loses(path, old, new):
    """What apply has to be told --yes for."""
    if path.startswith(("global_secondary_indexes.", "stream_specification.")):
        index = path.count(".") == 1 or path.endswith((".key_schema", ".projection"))
        return old is not None and (index or path.startswith("stream"))
    if path.startswith("point_in_time_recovery."):
        return int(new or 0) < int(old or 0)
    return path.startswith(("tags.", "resource_policy")) and new is None


# --- what a definition says --------------------------------------------------------------------


def meaning(policy):
    """Of lists the order means nothing, and one element is as good as a list of it."""
    if isinstance(policy, dict):
        return {name: meaning(value) for name, value in policy.items()}
    if isinstance(policy, list):
        members = sorted(map(meaning, policy), key=repr)
        return members[0] if len(members) == 1 else members
    return policy


def policy_of(text):
    """Of text, or of what a definition has; {} is none."""
    found = json.loads(text) if isinstance(text, str) else text
    return meaning(found) if found else None


def unlike_capacity(definition, owner):
    """(path, is, wanted) of what a table's or index's capacity is not."""
    for member in UNITS:
        for path, count in units(owner, member) if member in definition else ():
            wanted = definition[member].get(path.partition(".")[2])
            if member == "warm_throughput":
                wanted = max(wanted or 0, count)  # a floor
            if count != wanted:
                yield path, count, wanted


def unlike_index(name, definition, before, after):
    types, index = after.types, after.indexes[name]
    key = told_key(types, service_key(definition["key_schema"]))
    projection = definition["projection"]
    wanted = projection if isinstance(projection, str) else set(projection["include"])
    yield from unlike_capacity(definition, index)
    if (after.key(index), projected(index)) != (key, wanted):
        yield name, (after.key(index), projected(index)), (key, wanted)
    yield from unlike_insights(name, definition, before, after)


def unlike_insights(name, definition, before, after):
    value, found = definition.get("contributor_insights"), after.insights.get(name)
    if value is not None:
        wanted = value.get("mode", DEFAULT_MODE) if value.get("enabled", True) else None
        if wanted != found:
            yield f"insights of {name}", found, wanted


def unlike_policy(definition, before, after):
    old, new = before.settings["resource_policy"], after.settings["resource_policy"]
    if "resource_policy" in definition:
        if policy_of(new) != policy_of(definition["resource_policy"]):
            yield "resource_policy", new, definition["resource_policy"]
        if policy_of(old) == policy_of(new) and old != new:
            yield "resource_policy", new, "as it was"


def unlike(definition, before, after):
    """What of a table is otherwise than its definition says: (what, is, wanted)."""
    wanted = {"billing_mode": definition.get("billing_mode", "PROVISIONED")}
    for path, default in SWITCHED.items():
        name, _, member = path.partition(".")
        if name in definition:
            value = definition[name]
            value = value.get(member, default) if value.get("enabled", True) else None
            wanted[path] = str(value) if isinstance(value, int) else value
    key = wanted.get("sse_specification.kms_master_key_id")
    if key is not None:
        wanted["sse_specification.kms_master_key_id"] = key_arn(key)
    if "table_class" in definition:
        wanted["table_class"] = definition["table_class"]
    if "deletion_protection_enabled" in definition:
        wanted["deletion_protection_enabled"] = json.dumps(
            definition["deletion_protection_enabled"]
        )
    for path, value in wanted.items():
        if after.settings[path] != value:
            yield path, after.settings[path], value
    tags = {path[5:]: tag for path, tag in after.settings.items() if path.startswith("tags.")}
    ours = {name: tag for name, tag in tags.items() if not name.startswith("aws:")}
    if ours != definition.get("tags", ours):
        yield "tags", tags, definition["tags"]
    indexes = definition.get("global_secondary_indexes", {})
    if set(after.indexes) != set(indexes):
        yield "indexes", set(after.indexes), set(indexes)
    for name in set(indexes) & set(after.indexes):
        yield from unlike_index(name, indexes[name], before, after)
    yield from unlike_capacity(definition, after.table)
    yield from unlike_insights(None, definition, before, after)
    yield from unlike_policy(definition, before, after)


# --- what cannot be done -----------------------------------------------------------------------


def impossible(snapshot, definition):
    """The paths that make a definition impossible on a table that is."""
    types = definition["attribute_definitions"]
    if snapshot.key(snapshot.table) != told_key(types, service_key(definition["key_schema"])):
        found = {"key_schema"}
    else:
        found = set()
    wanted = definition.get("local_secondary_indexes", {})
    for name in {**snapshot.local, **wanted}:
        path = f"local_secondary_indexes.{name}"
        if name not in wanted or name not in snapshot.local:
            found.add(path)
            continue
        old, new = snapshot.local[name], wanted[name]
        if snapshot.key(old) != told_key(types, service_key(new["key_schema"])):
            found.add(f"{path}.key_schema")
        include = new["projection"] if isinstance(new["projection"], str) else None
        if projected(old) != (include or set(new["projection"]["include"])):
            found.add(f"{path}.projection")
    wish = definition.get("time_to_live", {"enabled": False})
    other = snapshot.time_to_live not in (None, wish.get("attribute_name"))
    if other and "attribute_name" in wish or wish.get("enabled", True) and snapshot.disabling:
        found.add("time_to_live.attribute_name")
    return found


# --- the runs ----------------------------------------------------------------------------------


@pytest.fixture
def server(server):
    server.service = ControlPlane(steps=1)
    return server


@pytest.fixture
def kms():
    kms = Kms({name: key_arn(name) for name in ("alias/aws/dynamodb", "alias/mine")})
    yield kms
    kms.close()
    assert kms.violations == []


class Run:
    """Some pairs on their way: ddbgen on all of them at once."""

    def __init__(self, run, server, folder, seeds, kms=None):
        self.run, self.server, self.folder = run, server, folder
        self.env = {"AWS_ENDPOINT_URL_KMS": kms.url} if kms else {}
        dice = {f"pair-{seed}": table_dice.TableDice(seed) for seed in seeds}
        self.before = {name: each.throw() for name, each in dice.items()}
        self.after = {name: each.throw() for name, each in dice.items()}
        self.tables = list(dice)

    def write(self, definitions):
        for name in self.tables:
            table_dice.write(self.folder / f"{name}.yaml", definitions[name])

    def ddbgen(self, command, *arguments, expect=0):
        paths = [f"{name}.yaml" for name in self.tables]
        endpoint = ("--endpoint-url", self.server.url)
        self.server.calls.clear()
        where = {"cwd": self.folder, "env": self.env}
        return self.run(command, *paths, *endpoint, *arguments, expect=expect, **where)

    def reads_only(self):
        return all(name.startswith(READS) for name, _ in self.server.calls)

    def snapshots(self):
        return {name: Snapshot(self.server.service, name) for name in self.tables}

    def plan(self, expect):
        """The lines about each table's settings and indexes, and the last line."""
        result = self.ddbgen("diff", "--format", "json", expect=expect)
        *lines, last = map(json.loads, result.text.splitlines())
        assert last["type"] == "plan" and self.reads_only()
        found = {name: [] for name in self.tables}
        for line in lines:
            if line["type"] in ("setting", "index"):
                found[line["table"]].append(line)
        assert last["settings_changed"] == sum(map(len, found.values()))
        return found, last


def again(name):
    return f"{name}: DDBGEN_TABLE_PAIRS=1 DDBGEN_TABLE_PAIRS_SEED={name.removeprefix('pair-')}"


def refused(run, before):
    """The tables of which B is impossible; all of the run is refused then."""
    wanted = {name: impossible(before[name], run.after[name]) for name in run.tables}
    code = 4 if any(wanted.values()) else None
    plan, last = run.plan(expect=code)
    for name, paths in wanted.items():
        said = {line["path"] for line in plan[name] if not line["possible"]}
        assert said == paths, again(name)
    assert last["impossible"] == sum(map(len, wanted.values()))
    if code:
        run.ddbgen("apply", "--yes", expect=4)
        assert run.reads_only()
    return [name for name, paths in wanted.items() if paths]


def same(before, after):
    return all(
        before[name].state == after[name].state and before[name].insights == after[name].insights
        for name in before
    )


def meddle(run):
    """What others do: tags that only AWS may make."""
    for name in run.tables[::3]:
        run.server.service.plane[name]["tags"]["aws:cloudformation:stack-name"] = "theirs"


@pytest.mark.parametrize("first", SEEDS[::TABLES])
def test_table_pairs(run, server, kms, tmp_path, first):
    pairs = Run(run, server, tmp_path, range(first, min(first + TABLES, SEEDS.stop)), kms)
    pairs.write(pairs.before)
    pairs.ddbgen("apply")
    meddle(pairs)
    before = pairs.snapshots()
    assert pairs.ddbgen("diff").text.startswith("no changes: ")

    pairs.write(pairs.after)
    for name in refused(pairs, before):
        pairs.tables.remove(name)
        del before[name]
    if not pairs.tables:
        return
    plan, last = pairs.plan(expect=None)
    if last["destructive"] > 0:
        pairs.ddbgen("apply", expect=4)
        assert pairs.reads_only()
    assert same(before, pairs.snapshots())

    result = pairs.ddbgen("apply", "--yes")
    after = pairs.snapshots()
    for name in pairs.tables:
        definition = pairs.after[name]
        assert told(plan[name]) == changes(before[name], after[name], definition), again(name)
        assert list(unlike(pairs.after[name], before[name], after[name])) == [], again(name)
    assert pairs.ddbgen("diff").text.startswith("no changes: "), result.all
    assert pairs.reads_only() and same(after, pairs.snapshots())
