"""Random histories of one table: people edit what is declared, the application writes,
ledgers get lost, runs are killed. After each apply the table is what three_ways.py says,
nothing of others is lost, and a second apply has nothing to do.

DDBGEN_HISTORIES=N plays N of them, DDBGEN_HISTORY=N only that one, DDBGEN_HISTORIES_SEED=N
begins with that one.
"""

import json
import os
import random
import re
import shutil
import subprocess

import conftest
import pytest
import three_ways
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from relay import Relay, Server
from three_ways import Declared, body, key_of

CONVERSATION = "0a7e3c56-8a0e-4b52-9f0c-1d2e3f405162"
LONG = "DDBGEN_TEST_LONG" in os.environ
FIRST = int(os.environ.get("DDBGEN_HISTORIES_SEED", "0"))
HISTORIES = range(FIRST, FIRST + int(os.environ.get("DDBGEN_HISTORIES", "36" if LONG else "8")))
if "DDBGEN_HISTORY" in os.environ:
    HISTORIES = [int(os.environ["DDBGEN_HISTORY"])]
STEPS = 9
WORDS = ["amber", "birch", "cedar", "dune", "elm", "fern", "grove", "heath"]


class Declaration:
    """What the files say; `write` writes them, `items` works out what they mean."""

    def __init__(self, dice, table):
        self.dice, self.table = dice, table
        self.prefix, self.pad, self.entity, self.was = "ACC#", 4, "account", None
        self.says = {"origin": "files"}  # constant attributes of accounts
        self.on_create = ["balance"] if dice.random() < 0.7 else []
        self.keeps = dice.random() < 0.2
        self.rows = {n: self.row() for n in range(1, 6)}
        self.message_prefix = "MSG#"
        self.texts = ["hello", "good morning", "see you"]
        self.plain = {"CONFIG": 1}

    def row(self):
        return {
            "name": self.dice.choice(WORDS),
            "tags": self.dice.sample(WORDS, self.dice.randrange(3)),
            "limits": {"day": self.dice.randrange(3), "hour": self.dice.choice(WORDS)},
        }

    def edit(self):
        dice = self.dice
        choice = dice.randrange(13)
        if choice == 0:
            self.prefix = dice.choice(["ACC#", "A#", "ACCOUNT#"])
        elif choice == 1:
            self.pad = dice.choice([4, 6, 8])
        elif choice == 2:
            self.was, self.entity = self.entity, dice.choice(["account", "client", "member"])
            if self.was == self.entity:
                self.was = None
        elif choice == 3:
            self.says[dice.choice(["origin", "kind", "note"])] = dice.choice(WORDS)
        elif choice == 4:
            self.says.pop(dice.choice(["origin", "kind", "note"]), None)
        elif choice in (5, 6) and self.rows:
            number = dice.choice(list(self.rows))
            self.rows[number] = {**self.rows[number], **dict([dice.choice(list(self.row().items()))])}
        elif choice == 7 and len(self.rows) > 1:
            del self.rows[dice.choice(list(self.rows))]
        elif choice == 8:
            self.rows.setdefault(dice.randrange(1, 12), self.row())
        elif choice == 9 and len(self.texts) > 1:
            self.texts.pop()
        elif choice == 10:
            self.texts.append(" ".join(dice.choices(WORDS, k=3)))
        elif choice == 11:
            self.message_prefix = dice.choice(["MSG#", "M#"])
        else:
            self.plain = {dice.choice(["CONFIG", "FLAGS"]): dice.randrange(4)}

    def write(self, folder, url, ledger):
        attributes = {
            "pk": f"{self.prefix}${{row.id | pad({self.pad})}}",
            "sk": "ACCOUNT",
            "name": "${row.name}",
            "tags": "${row.tags}",
            "limits": "${row.limits}",
            **self.says,
        }
        if self.on_create:
            attributes["balance"] = 0
        account = {"for_each": "account", "attributes": attributes}
        if self.on_create:
            account["on_create"] = self.on_create
        if self.keeps:
            account["other_attributes"] = "keep"
        if self.was is not None:
            account["was"] = self.was
        message = {
            "for_each": "message",
            "attributes": {
                "pk": self.message_prefix + "${conversation.uuid}",
                "sk": "${message.created_at}",
                "text": "${message.text}",
                "by": "${sender.handle}",
            },
        }
        definition = {
            "table_name": self.table,
            "attribute_definitions": {"pk": "S", "sk": "S"},
            "key_schema": {"hash": "pk", "range": "sk"},
            "billing_mode": "PAY_PER_REQUEST",
            "handles": {"file": "users.yaml"},
            "entities": {self.entity: account, "message": message},
            "fixtures": ["data.yaml", "talk.txt"],
        }
        (folder / "accounts.yaml").write_text(json.dumps(definition, indent=1))
        rows = [{"id": number, **row} for number, row in self.rows.items()]
        items = [{"pk": name, "sk": "PLAIN", "value": value} for name, value in self.plain.items()]
        (folder / "data.yaml").write_text(
            json.dumps({"rows": {"account": rows}, "items": items}, indent=1)
        )
        lines = [f"{'AB'[i % 2]}: {text}" for i, text in enumerate(self.texts)]
        (folder / "talk.txt").write_text(
            f"---\nconversation: {CONVERSATION}\nparticipants:\n  A: ann\n  B: bo\n"
            "starts_at: 2024-05-01T08:00:00Z\ninterval: 1m\n---\n" + "\n".join(lines) + "\n"
        )
        (folder / "users.yaml").write_text(
            json.dumps({h: {"uuid": f"7d0d3a1e-0000-4000-8000-00000000000{i}"}
                        for i, h in enumerate(("ann", "bo"))})
        )  # fmt: skip
        target = {"endpoint_url": url, **({"ledger": ledger} if ledger else {})}
        (folder / "ddbgen.yaml").write_text(
            json.dumps({"default_target": "here", "targets": {"here": target}})
        )

    def items(self):
        for number, row in self.rows.items():
            item = {
                "pk": f"{self.prefix}{number:0{self.pad}d}", "sk": "ACCOUNT",
                **row, **self.says, **({"balance": 0} if self.on_create else {}),
            }  # fmt: skip
            yield Declared(
                item, (self.entity, number), ((self.was, number),) if self.was else (),
                frozenset(self.on_create), self.keeps,
            )  # fmt: skip
        for i, text in enumerate(self.texts):
            item = {
                "pk": self.message_prefix + CONVERSATION, "sk": f"2024-05-01T08:{i:02d}:00.000000+00:00",
                "text": text, "by": ("ann", "bo")[i % 2],
            }  # fmt: skip
            yield Declared(item, ("message", i))
        for name, value in self.plain.items():
            yield Declared({"pk": name, "sk": "PLAIN", "value": value}, (None, name))


class Table:
    """The table as it is, its items as plain dicts."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.read_one, self.write_one = TypeDeserializer(), TypeSerializer()

    def read(self):
        items = [
            {name: self.read_one.deserialize(value) for name, value in item.items()}
            for item in self.server.items(self.name)
        ]
        return {key_of(i): json.loads(json.dumps(i, default=int)) for i in items}

    def written(self, item):
        return {name: self.write_one.serialize(value) for name, value in item.items()}

    def put(self, item):
        self.server.call("PutItem", TableName=self.name, Item=self.written(item))

    def delete(self, key):
        key = self.written(dict(zip(three_ways.KEYS, key)))
        self.server.call("DeleteItem", TableName=self.name, Key=key)


class Application:
    """Somebody else who writes into the table."""

    def __init__(self, dice, table):
        self.dice, self.table = dice, table
        self.own = 0

    def write(self):
        dice = self.dice
        there = list(self.table.read().values())
        choice = dice.randrange(6)
        if choice == 0 or not there:
            self.own += 1
            pk = dice.choice(["SESSION#", "MSG#" + CONVERSATION + "#"]) + str(self.own)
            self.table.put({"pk": pk, "sk": "OWN", "payload": self.own})
            return
        item = dice.choice(there)
        if choice == 1:
            self.table.delete(key_of(item))
            return
        name = dice.choice([*body(item), "balance", "seen_at"])
        if choice == 2 and name in body(item):
            item.pop(name)
        else:
            item[name] = dice.choice([dice.randrange(1000), dice.choice(WORDS), ["x"], {"y": "z"}])
        self.table.put(item)


@pytest.fixture(scope="module")
def shared():
    """One server for all histories, each with a table of its own."""
    with conftest.dynalite(create_ms=1, delete_ms=1) as dynamo:
        yield dynamo


@pytest.fixture
def history(run, shared, tmp_path, ddbgen):
    return History(run, shared, tmp_path, ddbgen)


class History:
    def __init__(self, run, dynamo, folder, ddbgen):
        self.run, self.dynamo, self.ddbgen = run, dynamo, ddbgen
        self.server = Server(dynamo.port)
        self.folder = folder
        self.was = None

    def begin(self, number):
        self.dice = random.Random(f"history {number}")
        self.table = Table(self.server, f"accounts-{self.folder.name}")
        self.said = Declaration(self.dice, self.table.name)
        self.application = Application(self.dice, self.table)
        self.ledger = {"table": f"ledgers-{self.folder.name}"} if number % 5 == 4 else None
        self.write()
        self.run("apply", "accounts.yaml", cwd=self.folder)
        self.was = {one.key: three_ways.entry_of(one) for one in self.said.items()}

    def write(self, url=None):
        self.said.write(self.folder, url or self.dynamo.url, self.ledger)

    def lose_ledger(self):
        if self.ledger:
            self.server.call("DeleteTable", TableName=self.ledger["table"])
            conftest.wait_for(lambda: not self.is_table(self.ledger["table"]))
        else:
            shutil.rmtree(self.folder / ".ddbgen")
        self.was = None

    def is_table(self, name):
        return name in self.server.call("ListTables", ExclusiveStartTableName=name[:-1])["TableNames"]

    def plan(self, *flags):
        done = self.run("diff", "accounts.yaml", "--format", "json", *flags, cwd=self.folder, expect=None)
        assert done.code in (0, 1), done.errors
        return json.loads(done.text.splitlines()[-1]), done.code

    def foresee(self, flags):
        return three_ways.apply(
            list(self.said.items()), self.was, self.table.read(),
            prune="--prune" in flags, restore="--restore" in flags,
            keep_theirs="--keep-theirs" in flags,
        )  # fmt: skip

    def step(self):
        dice = self.dice
        for _ in range(dice.randrange(3)):
            self.said.edit()
        for _ in range(dice.randrange(3)):
            self.application.write()
        if dice.random() < 0.08:
            self.lose_ledger()
        self.write()
        flags = dice.choice([[], [], ["--prune"], ["--restore"], ["--keep-theirs"],
                             ["--prune", "--restore"], ["--prune", "--keep-theirs"]])  # fmt: skip
        before = self.table.read()
        foreseen = self.foresee(flags)
        self.compare_plan(flags, foreseen)
        if dice.random() < 0.15:
            self.is_killed(flags, foreseen)
            foreseen = self.foresee(flags)
        done = self.run("apply", "accounts.yaml", "--yes", *flags, cwd=self.folder, expect=None)
        if foreseen.conflicts:
            assert done.code == 4, done.all.decode()
            assert self.table.read() == before
            flags = [*(f for f in flags if f == "--prune"), "--keep-theirs"]
            foreseen = self.foresee(flags)
            done = self.run("apply", "accounts.yaml", "--yes", *flags, cwd=self.folder, expect=None)
        assert done.code == 0, done.all.decode()
        assert self.table.read() == foreseen.live, done.all.decode()
        self.was = foreseen.was
        self.is_at_rest(flags)

    def compare_plan(self, flags, foreseen):
        plan, code = self.plan(*(f for f in flags))
        counted = {name: plan[name] for name in foreseen.counts if name != "same"}
        counted["same"] = plan["unchanged"]
        assert counted == foreseen.counts, self.told(flags)
        differs = sum(
            foreseen.counts[name] for name in ("added", "changed", "moved", "stale", "conflicts")
        )
        assert code == (1 if differs else 0)

    def told(self, flags):
        """What a failure is about."""
        shown = self.run("diff", "accounts.yaml", "--full", "--theirs", *flags,
                         cwd=self.folder, expect=None)  # fmt: skip
        return f"{flags}\nwas {self.was}\nlive {self.table.read()}\n{shown.text}"

    def kill(self, at, answered, *flags):
        """Ends an apply at one of its requests, if it comes to it; nothing is under way then."""
        with Relay(self.dynamo.port, at, answered) as relay:
            self.write(relay.url)
            process = subprocess.Popen(
                [self.ddbgen, "apply", "accounts.yaml", "--yes", *flags], cwd=self.folder,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder)},
            )  # fmt: skip
            relay.watch(process)
            process.wait()
            relay.quiet()
        self.write()
        if self.ledger:
            self.run("unlock", "accounts.yaml", "--target", "here", "--yes", cwd=self.folder, expect=None)
        return process.returncode != 0

    def is_killed(self, flags, foreseen):
        """What a run did that was killed is seen, and is known as ours."""
        self.kill(self.dice.randrange(1, 13), self.dice.random() < 0.5, *flags)
        if foreseen.conflicts:
            return  # then nothing was written
        live = self.table.read()
        known = self.was or {}
        self.was = {
            key: foreseen.was[key]
            if key in foreseen.was and live.get(key) == foreseen.live.get(key)
            else known.get(key)
            for key in {*known, *foreseen.was}
            if key in live
        }
        self.was = {key: entry for key, entry in self.was.items() if entry is not None}

    def is_at_rest(self, flags):
        before = self.table.read()
        again = self.run("apply", "accounts.yaml", *(f for f in flags if f == "--prune"),
                         cwd=self.folder, expect=None)  # fmt: skip
        assert again.code == 0, again.all.decode()
        assert not re.search("to (add|change|move)|in conflict|destructive", again.text), again.text
        assert self.table.read() == before


@pytest.mark.parametrize("number", HISTORIES)
def test_history(history, number):
    history.begin(number)
    for _ in range(STEPS):
        history.step()


@pytest.mark.parametrize("flags", [(), ("--overwrite",)], ids=["apply", "overwrite"])
def test_killed_before_it_replaces_what_nobody_knew(history, flags):
    """It is as unknown as before: asked about, and never deleted as ours."""
    history.begin(0)
    key = sorted(history.table.read())[0]
    theirs = {**history.table.read()[key], "name": "theirs"}
    history.table.put(theirs)
    history.lose_ledger()
    at = 1
    while history.kill(at, False, *flags):
        plan, _ = history.plan()
        assert (plan["changed"], plan["destructive"], plan["theirs"]) == (1, 1, 0), at
        assert history.table.read()[key] == theirs
        at += 1
    assert at > 3
    assert history.plan()[0]["unchanged"] == len(history.table.read())
