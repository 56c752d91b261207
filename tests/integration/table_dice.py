"""Random definitions of one table: two of a pair have the same key and local indexes more
often than not; everything else is thrown anew each time.

    TableDice(seed).throw()     # a definition, as a mapping; write() makes YAML of it
"""

import json
import random

UNITS = [5, 10, 20]
POLICIES = [
    {},
    {"Statement": [{"Effect": "Allow", "Principal": "p", "Action": ["a", "b"]}]},
    '{ "Statement": { "Action": ["b", "a"], "Principal": "p", "Effect": "Allow" } }',
    {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "p", "Action": "a"}},
]
KEYS = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]
SETTINGS = {
    "stream_specification": [{"enabled": False}]
    + [{"stream_view_type": view} for view in ("KEYS_ONLY", "NEW_IMAGE", "NEW_AND_OLD_IMAGES")],
    "sse_specification": [{"enabled": False}, {}, {"kms_master_key_id": "alias/mine"}]
    + [{"kms_master_key_id": KEYS[0]}]
    + [{"kms_master_key_id": f"arn:aws:kms:us-east-1:123456789012:key/{KEYS[1]}"}],
    "table_class": ["STANDARD", "STANDARD", "STANDARD_INFREQUENT_ACCESS"],
    "deletion_protection_enabled": [True, False],
    "tags": [{}, {"team": "a", "cost": "1"}, {"cost": "2", "team": "a"}, {"env": ""}]
    + [{"team": "b", "env": "prod", "q": "é", "u.v": "w"}],
    "resource_policy": POLICIES,
    "time_to_live": [{"attribute_name": "e1"}] * 4
    + [{"attribute_name": "e1", "enabled": False}, {"enabled": False}]
    + [{"attribute_name": "e2"}],
    "point_in_time_recovery": [{}, {"enabled": False}]
    + [{"recovery_period_in_days": days} for days in (1, 7, 35)],
}
INSIGHTS = [{}, {"enabled": False}, {"mode": "THROTTLED_KEYS"}]
INSIGHTS += [{"mode": "ACCESSED_AND_THROTTLED_KEYS"}]
PROJECTIONS = ["ALL", "KEYS_ONLY"]
PROJECTIONS += [{"include": list(names)} for names in ("xy", "yx", "xz", "xyz")]


class TableDice:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.table = f"pair-{seed}"
        self.kept = self.base()
        self.types = {name: self.dice.choice("SSN") for name in ("pk", "sk", "a", "b")}
        # Of each global index two, so that they are the same, or another, in the next.
        self.indexes = {
            f"by-{letter}": [self.global_key(), self.global_key()] for letter in "abcd"
        }

    def chance(self, percent):
        return self.dice.random() * 100 < percent

    def base(self):
        """The key and the local indexes."""
        local = self.chance(40)
        key = {"hash": "pk", "range": "sk"} if local or self.chance(70) else {"hash": "pk"}
        indexes = {
            name: {
                "key_schema": {"hash": "pk", "range": self.dice.choice("ab")},
                "projection": self.dice.choice(PROJECTIONS),
            }
            for name in ("local-a", "local-b")[: self.dice.randrange(1, 3) if local else 0]
        }
        return key, indexes

    def global_key(self):
        names = self.dice.sample(["pk", "sk", "a", "b", "c", "d"], 4)
        hash, range = self.dice.randrange(1, 3), self.dice.randrange(3)
        key = {"hash": names[:hash], **({"range": names[2 : 2 + range]} if range else {})}
        return {"key_schema": key, "projection": self.dice.choice(PROJECTIONS)}

    def some(self, values):
        """Both members, or one of the two."""
        return dict(self.dice.sample(sorted(values.items()), self.dice.randrange(1, 3)))

    def capacity(self, provisioned):
        found = {}
        if provisioned:
            names = ("read_capacity_units", "write_capacity_units")
            found["provisioned_throughput"] = {name: self.dice.choice(UNITS) for name in names}
        elif self.chance(60):
            names = ("max_read_request_units", "max_write_request_units")
            ceilings = {name: self.dice.choice([100, 200, 300]) for name in names}
            none = {"enabled": False}
            found["on_demand_throughput"] = none if self.chance(15) else self.some(ceilings)
        if self.chance(40):
            reads, writes = ([20, 30, 40],) * 2 if provisioned else ([12000, 13000], [4000, 5000])
            found["warm_throughput"] = self.some(
                {
                    "read_units_per_second": self.dice.choice(reads),
                    "write_units_per_second": self.dice.choice(writes),
                }
            )
        if self.chance(50):
            found["contributor_insights"] = self.dice.choice(INSIGHTS)
        return found

    def throw(self):
        key, local = self.base() if self.chance(6) else self.kept
        provisioned = self.chance(50)
        types = {**self.types, **{name: "S" if self.chance(80) else "B" for name in "cd"}}
        chosen = [name for name in self.indexes if self.chance(50)]
        indexes = {
            name: {**self.dice.choice(self.indexes[name]), **self.capacity(provisioned)}
            for name in chosen
        }
        keys = [each["key_schema"] for each in [*local.values(), *indexes.values()]]
        used = json.dumps([key, *keys])
        found = {
            "table_name": self.table,
            "attribute_definitions": {n: t for n, t in types.items() if f'"{n}"' in used},
            "key_schema": key,
            **({} if provisioned and self.chance(50) else
               {"billing_mode": "PROVISIONED" if provisioned else "PAY_PER_REQUEST"}),
            **({"local_secondary_indexes": local} if local else {}),
            **({"global_secondary_indexes": indexes} if indexes else {}),
            **self.capacity(provisioned),
        }  # fmt: skip
        for name, values in SETTINGS.items():
            if self.chance(60):
                found[name] = self.dice.choice(values)
        return found


def write(path, definition):
    """JSON in block style at the top: YAML as it comes."""
    lines = (f"{name}: {json.dumps(value)}\n" for name, value in definition.items())
    path.write_text("".join(lines), encoding="utf-8")
