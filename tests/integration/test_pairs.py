"""A thousand random pairs of definitions and fixtures: whatever was applied before, and
whatever an application did to the table since, diff lists exactly what apply then changes,
afterwards nothing differs, and what others wrote is as it was.

    DDBGEN_PAIRS=20000 DDBGEN_PAIRS_SEED=4711     more of them, from another seed on
    DDBGEN_PAIRS=1 DDBGEN_PAIRS_SEED=123          the one that failed

Against dynalite, many tables in one run; read back by boto3. What must be there is worked
out by pair_dice.py, not by ddbgen.
"""

import base64
import json
import os
import random
from decimal import Decimal

import pytest
from conftest import dynalite
from pair_dice import Pair, forgetful

FIRST = int(os.environ.get("DDBGEN_PAIRS_SEED", "1"))
LONG = "DDBGEN_TEST_LONG" in os.environ
COUNT = int(os.environ.get("DDBGEN_PAIRS", "1000" if LONG else "300"))
TABLES = 50  # in one run
SEEDS = range(FIRST, FIRST + COUNT)


def canonical(value):
    """A value in DynamoDB JSON, from boto3 or as text, such that equal values are equal."""
    ((kind, body),) = value.items()
    if kind in ("N", "NS"):
        return kind, Decimal(body) if kind == "N" else frozenset(map(Decimal, body))
    if kind in ("B", "BS"):
        members = [body] if kind == "B" else body
        return kind, frozenset(
            base64.b64decode(b) if isinstance(b, str) else bytes(b) for b in members
        )
    if kind == "SS":
        return kind, frozenset(body)
    if kind == "L":
        return kind, tuple(map(canonical, body))
    if kind == "M":
        return kind, canonical_item(body)
    return kind, body


def canonical_item(item):
    return frozenset((name, canonical(value)) for name, value in item.items())


class Live:
    """A pair's table, as boto3 sees it."""

    def __init__(self, dynamo, pair):
        self.dynamo, self.pair = dynamo, pair
        self.table = pair.before.table

    def key(self, item):
        return tuple(canonical(item[name]) for name in ("pk", "sk")[: len(self.pair.shape)]
                     if name in item)  # fmt: skip

    def items(self):
        return {self.key(item): item for item in self.dynamo.items(self.table)}

    def write(self, put, gone):
        """Puts items, deletes others."""
        keys = [{name: item[name] for name in ("pk", "sk") if name in item} for item in gone]
        requests = [{"PutRequest": {"Item": item}} for item in put]
        requests += [{"DeleteRequest": {"Key": key}} for key in keys]
        for i in range(0, len(requests), 25):
            answer = self.dynamo.client.batch_write_item(
                RequestItems={self.table: requests[i : i + 25]}
            )
            assert answer["UnprocessedItems"] == {}

    def create(self):
        """By apply, most of the time would go into waiting: dynalite is slower than it says."""
        types = dict(zip(("pk", "sk"), filter(None, self.pair.shape)))
        self.dynamo.client.create_table(
            TableName=self.table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": kind} for name, kind in types.items()
            ],
            KeySchema=[
                {"AttributeName": name, "KeyType": "RANGE" if name == "sk" else "HASH"}
                for name in types
            ],
        )


def lines_of(result):
    """The plan's lines by table, what it takes by table, and its last line."""
    *lines, last = map(json.loads, result.text.splitlines())
    assert last["type"] == "plan" and last["version"] == 1
    found = {"item": {}, "forecast": {}}
    for line in lines:
        found.setdefault(line["type"], {}).setdefault(line["table"], []).append(line)
    return found["item"], found["forecast"], last


class Checked:
    """One pair on its way through the run."""

    def __init__(self, dynamo, seed, folder):
        self.pair = Pair(seed)
        self.dice = random.Random(-seed)
        self.folder = folder / f"seed-{seed}"
        self.live = Live(dynamo, self.pair)
        self.declared = {
            self.live.key(each.item): each for each in self.pair.after.items().values()
        }

    def applied(self):
        """After apply(A): exactly A is there. Then the application writes."""
        wanted = {self.live.key(each.item): each for each in self.pair.before.items().values()}
        found = self.live.items()
        assert same(found, {key: each.item for key, each in wanted.items()})
        put, gone, touched = self.pair.theirs(found)
        self.live.write(put, [found[key] for key in gone])
        self.before = {key: item for key, item in found.items() if key not in gone}
        self.before.update((self.live.key(item), item) for item in put)
        self.made = {
            key: wanted[key] for key in self.before if key in wanted and key not in touched
        }
        self.theirs = [key for key in self.before if key not in wanted]

    def left_alone(self):
        """What nothing but a declared key may touch: the application's own and what it added
        to, rows and items, and what belongs to conversations that are not in B."""
        talks = {talk.uuid for talk in self.pair.after.talks}
        others = [
            key
            for key, each in self.made.items()
            if each.identity is None or each.conversation.uuid not in talks
        ]
        others += [key for key, item in self.before.items() if "theirs" in item]
        return [key for key in self.theirs + others if key not in self.declared]

    def surely_ours(self):
        """Untouched items of A under keys that B has not, in partitions that B has, of which
        nothing is constant but what B says as well: by key, what they were made for."""
        after = self.pair.after
        partitions = {key[0] for key, each in self.declared.items() if each.identity}
        entities = {entity.tag: entity for entity in after.entities}
        talks = {talk.uuid: talk for talk in after.talks}
        found = {}
        for key, each in self.made.items():
            if key in self.declared or each.identity is None or key[0] not in partitions:
                continue
            entity, talk = entities.get(each.entity.tag), talks.get(each.conversation.uuid)
            if (
                entity is not None
                and talk is not None
                and entity.attributes == each.entity.attributes
                and each.proof()
                and talk.participants == each.conversation.participants
                and talk.variables == each.conversation.variables
            ):
                found[key] = each.identity
        return found

    def planned(self, lines, forecasts, prune):
        """diff from A to B, held against what apply did: its lines and the scans agree."""
        after = self.live.items()
        puts, gone = set(), set()
        for line in lines:
            self.check_line(line, after, prune, puts, gone)
        assert puts == {k for k, item in after.items() if not equal(self.before.get(k), item)}
        assert gone == set(self.before) - set(after)
        counts = [(forecast["puts"], forecast["deletes"]) for forecast in forecasts]
        assert counts == [(len(puts), len(gone))] * (len(puts) + len(gone) > 0)
        for key, each in self.declared.items():
            assert equal(after[key], each.item), (key, after[key], each.item)
        for key in self.left_alone():
            assert equal(after.get(key), self.before[key]), (key, "was touched")
        self.check_kinds(lines)
        self.after = after

    def settled(self, prune):
        """Looking changed nothing, and pruning later nothing but what was stale."""
        now = self.live.items()
        assert now.items() <= self.after.items() and (not prune or now == self.after)
        for key in [*self.declared, *self.left_alone()]:
            assert key not in self.after or key in now

    def check_line(self, line, after, prune, puts, gone):
        """One line is one change that really was made, and that no other line is about."""
        change = line["change"]
        assert ("old" in line) == (change != "added") and ("new" in line) == (change != "stale")
        if "new" in line:
            key = self.live.key(line["new"])
            assert equal(line["new"], self.declared[key].item)
            if change == "moved" and equal(self.before.get(key), after[key]) or key in puts:
                assert change == "moved"  # it was there already; only the old one goes
            else:
                assert (key in self.before) == (change == "changed")
                puts.add(key)
        if "old" in line:
            key = self.live.key(line["old"])
            assert equal(line["old"], self.before[key])
            if change == "stale" and not prune:
                assert equal(after[key], line["old"])
            elif change != "changed":
                assert key not in after and key not in gone
                gone.add(key)

    def check_kinds(self, lines):
        """Of the items that surely are B's: the right word."""
        said = {self.live.key(line["old"]): line for line in lines if "old" in line}
        identities = {each.identity: key for key, each in self.declared.items()}
        for key, identity in self.surely_ours().items():
            line = said.get(key)
            assert line is not None, (key, "is stale or moved, and not listed")
            assert line["change"] == ("moved" if identity in identities else "stale")
            if identity in identities:
                assert self.live.key(line["new"]) == identities[identity]


def equal(a, b):
    return a is not None and b is not None and canonical_item(a) == canonical_item(b)


def same(a, b):
    return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)


@pytest.fixture(scope="module")
def dynamo():
    """One for all runs: the longer it works, the faster it gets."""
    with dynalite(0, 0) as dynamo:
        yield dynamo


@pytest.fixture
def each():
    """each(checked, method, ...): of all pairs; a failure says which one it was."""

    def each(pairs, act):
        for checked in pairs:
            try:
                act(checked)
            except Exception as failure:
                seed = checked.pair.seed
                again = f"DDBGEN_PAIRS=1 DDBGEN_PAIRS_SEED={seed}"
                raise AssertionError(f"pair {seed} ({again}): {failure}") from failure

    return each


@pytest.mark.parametrize("first", SEEDS[::TABLES])
def test_pairs(run, dynamo, tmp_path, each, first):
    pairs = [
        Checked(dynamo, seed, tmp_path) for seed in range(first, min(first + TABLES, SEEDS.stop))
    ]
    prune = ["--prune"] * ((first // TABLES) % 3 > 0)

    endpoint = forgetful(tmp_path, dynamo.url)

    def ddbgen(command, *arguments, expect=0):
        paths = [checked.folder / "t.yaml" for checked in pairs]
        return run(command, *paths, *endpoint, *arguments, expect=expect, cwd=tmp_path)

    each(pairs, lambda checked: checked.live.create())
    each(pairs, lambda checked: checked.pair.before.write(checked.folder, checked.dice))
    ddbgen("apply")
    each(pairs, lambda checked: checked.applied())

    each(pairs, lambda checked: checked.pair.after.write(checked.folder, checked.dice))
    lines, takes, plan = lines_of(ddbgen("diff", "--format", "json", *prune, expect=None))
    result = ddbgen("apply", "--yes", *prune)
    each(pairs, lambda c: c.planned(
        lines.get(c.live.table, []), takes.get(c.live.table, []), bool(prune)
    ))  # fmt: skip
    assert plan["differs"] == any(lines.values())
    changed = sum(plan[kind] for kind in ("added", "changed", "moved"))
    assert changed + plan["unchanged"] >= sum(len(checked.declared) for checked in pairs)

    if not prune:  # what is stale is still there, and nothing else differs
        left, _, _ = lines_of(ddbgen("diff", "--format", "json", expect=None))
        stale = {t: [li for li in of if li["change"] == "stale"] for t, of in lines.items()}
        assert left == {table: of for table, of in stale.items() if of}, result.all
        ddbgen("apply", "--yes", "--prune")
    assert ddbgen("diff").text.startswith("no changes: ")
    each(pairs, lambda checked: checked.settled(prune))
