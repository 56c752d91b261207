"""Random tables, items and access patterns, and what must come of asking them: worked out
here in plain Python by the service's rules, without ddbgen.
"""

import base64
import json
import random
from decimal import Decimal

COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
TEXTS = ("a", "b", "ab", "abc", "Z", "é", "\uffee", "\U0001f600", "", "a\x00", "x y")
NUMBERS = ("0", "-1", "1", "1.5", "-1.5", "10", "9", "100", "0.001", "-0.001", "1e20", "-12")
BYTES = (b"", b"a", b"\x00", b"\xff", b"ab", b"\x80\x81")
ATTRIBUTES = ("u", "v", "w", "x y", "and", "m", "l")


def scalar(dice, kind, key=False):
    if kind == "S":
        return {"S": dice.choice([t for t in TEXTS if t] if key else TEXTS)}
    if kind == "N":
        return {"N": dice.choice(NUMBERS)}
    if kind == "B":
        bytes_ = dice.choice([b for b in BYTES if b] if key else BYTES)
        return {"B": base64.b64encode(bytes_).decode()}
    return {"BOOL": dice.random() < 0.5} if kind == "BOOL" else {"NULL": True}


def value(dice, depth=0):
    kind = dice.choice(("S", "S", "N", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"))
    if kind in ("SS", "NS", "BS"):
        pool = {"SS": [t for t in TEXTS], "NS": list(NUMBERS), "BS": list(BYTES)}[kind]
        members = dice.sample(pool, dice.randint(1, 3))
        return {kind: [base64.b64encode(m).decode() if kind == "BS" else m for m in members]}
    if kind == "L" and depth < 3:
        return {"L": [value(dice, depth + 1) for _ in range(dice.randint(0, 3))]}
    if kind == "M" and depth < 3:
        names = dice.sample(("p", "q", "r"), dice.randint(0, 3))
        return {"M": {name: value(dice, depth + 1) for name in names}}
    return scalar(dice, kind if kind not in ("L", "M") else "S")


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def as_yaml(v):
    ((kind, body),) = v.items()
    if kind == "S":
        return quoted(body)
    if kind in ("N", "B"):
        return f"!{kind} {quoted(body)}"
    if kind == "BOOL":
        return "true" if body else "false"
    if kind == "NULL":
        return "~"
    if kind in ("SS", "NS", "BS"):
        return f"!{kind} [{', '.join(map(quoted, body))}]"
    if kind == "L":
        return f"[{', '.join(map(as_yaml, body))}]"
    return "{" + ", ".join(f"{quoted(k)}: {as_yaml(x)}" for k, x in body.items()) + "}"


# --- the service's rules -------------------------------------------------------------------


def plain(v):
    """Something that is equal where the service says so."""
    ((kind, body),) = v.items()
    if kind == "N":
        return kind, Decimal(body)
    if kind == "B":
        return kind, base64.b64decode(body)
    if kind in ("SS", "NS", "BS"):
        read = {"SS": str, "NS": Decimal, "BS": base64.b64decode}[kind]
        return kind, frozenset(map(read, body))
    if kind == "L":
        return kind, tuple(map(plain, body))
    if kind == "M":
        return kind, frozenset((name, plain(x)) for name, x in body.items())
    return kind, body


def order(v):
    ((kind, body),) = v.items()
    return body.encode() if kind == "S" else plain(v)[1]


def find(path, item):
    v = item.get(path[0])
    for step in path[1:]:
        if v is None:
            return None
        if isinstance(step, int):
            v = v["L"][step] if "L" in v and step < len(v["L"]) else None
        else:
            v = v["M"].get(step) if "M" in v else None
    return v


def size(v):
    if v is None:
        return None
    ((kind, body),) = v.items()
    if kind == "S":
        return {"N": str(len(body.encode("utf-16-le")) // 2)}
    if kind == "B":
        return {"N": str(len(base64.b64decode(body)))}
    return {"N": str(len(body))} if kind in ("SS", "NS", "BS", "L", "M") else None


def resolve(operand, item):
    kind, what = operand[:2]
    if kind == "path":
        return find(what, item)
    return size(find(what, item)) if kind == "size" else what


def flat(operands):
    """A list's values stand in IN by themselves."""
    for operand in operands:
        if operand[0] == "list":
            yield from (("value", v) for v in operand[1])
        else:
            yield operand


def ordered(a, b):
    return a is not None and b is not None and a.keys() == b.keys() and next(iter(a)) in "SNB"


def contains(v, part):
    if v is None or part is None:
        return False
    ((kind, body),) = v.items()
    ((part_kind, part_body),) = part.items()
    if kind in ("S", "B"):
        return kind == part_kind and plain(part)[1] in plain(v)[1]
    if kind in ("SS", "NS", "BS"):
        return part_kind == kind[0] and plain(part)[1] in plain(v)[1]
    return kind == "L" and any(plain(x) == plain(part) for x in body)


def holds(test, item):
    op, *rest = test
    if op in ("AND", "OR"):
        return (all if op == "AND" else any)(holds(t, item) for t in rest)
    if op == "NOT":
        return not holds(rest[0], item)
    values = [resolve(operand, item) for operand in flat(rest)]
    first, second = values[0], values[1] if len(values) > 1 else None
    if op == "attribute_exists":
        return first is not None
    if op == "attribute_not_exists":
        return first is None
    if op in ("=", "<>"):
        same = first is not None and second is not None and plain(first) == plain(second)
        return same == (op == "=")
    if op == "IN":
        return first is not None and any(
            v is not None and plain(v) == plain(first) for v in values[1:])
    if op == "BETWEEN":
        return (ordered(first, second) and ordered(first, values[2])
                and order(second) <= order(first) <= order(values[2]))
    if op == "attribute_type":
        return first is not None and next(iter(first)) == second["S"]
    if op == "begins_with":
        return (ordered(first, second) and "N" not in first
                and plain(first)[1].startswith(plain(second)[1]))
    if op == "contains":
        return contains(first, second)
    if not ordered(first, second):
        return False
    a, b = order(first), order(second)
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]


def project(paths, item):
    def take(v, paths, depth):
        if any(len(path) == depth for path in paths):
            return v
        if "L" in v:
            kept = [take(x, [p for p in paths if p[depth] == i], depth + 1)
                    for i, x in enumerate(v["L"]) if any(p[depth] == i for p in paths)]
            kept = [x for x in kept if x is not None]
            return {"L": kept} if kept else None
        if "M" in v:
            kept = {n: take(x, [p for p in paths if p[depth] == n], depth + 1)
                    for n, x in v["M"].items() if any(p[depth] == n for p in paths)}
            kept = {n: x for n, x in kept.items() if x is not None}
            return {"M": kept} if kept else None
        return None

    return (take({"M": item}, [tuple(p) for p in paths], 0) or {"M": {}})["M"]


# --- filters ---------------------------------------------------------------------------------


def written_name(name):
    plain_name = name.replace("_", "a").isalnum() and name.isascii() and not name[0].isdigit()
    odd = not plain_name or name.upper() in ("AND", "OR", "NOT", "IN", "BETWEEN")
    return "`" + name.replace("`", "``") + "`" if odd else name


def written_path(path):
    text = written_name(path[0])
    for step in path[1:]:
        text += f"[{step}]" if isinstance(step, int) else "." + written_name(step)
    return text


class Filter:
    """A random filter: its text, its parameters, and whether dynalite knows better not."""

    def __init__(self, dice, attributes):
        self.dice = dice
        self.attributes = attributes
        self.parameters = {}  # name: (type, default, given)
        self.tree = self.test(0)
        self.text = self.write(self.tree, 0)

    def path(self):
        name = self.dice.choice(self.attributes)
        path = [name]
        while name in "ml" and self.dice.random() < 0.6 and len(path) < 4:
            path.append(self.dice.choice((0, 1, "p", "q", 2)))
        return ("path", tuple(path))

    def literal(self, kinds=("S", "N", "B", "BOOL", "NULL")):
        return ("value", scalar(self.dice, self.dice.choice(kinds)))

    def operand(self):
        roll = self.dice.random()
        return self.path() if roll < 0.2 else self.literal()

    def test(self, depth):
        dice = self.dice
        if depth < 3 and dice.random() < 0.4:
            op = dice.choice(("AND", "OR", "NOT"))
            return (op, *(self.test(depth + 1) for _ in range(1 if op == "NOT" else 2)))
        op = dice.choice(("=", "<>", "<", "<=", ">", ">=", "BETWEEN", "IN", "attribute_exists",
                          "attribute_not_exists", "attribute_type", "begins_with", "contains"))
        first = self.path()
        if op in COMPARATORS and dice.random() < 0.3:
            operands = [("size", first[1]), ("value", {"N": str(dice.randint(0, 4))})]
            dice.shuffle(operands)
            return (op, *operands)
        if op.startswith("attribute_") and op != "attribute_type":
            return (op, first)
        if op == "attribute_type":
            kind = dice.choice(("S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"))
            return (op, first, ("value", {"S": kind}))
        if op == "BETWEEN":
            return (op, *self.bounds(first))
        if op == "IN":
            return (op, *self.choices(first))
        kinds = {"begins_with": ("S", "B"), "contains": ("S", "N", "B", "BOOL", "NULL"),
                 "=": ("S", "N", "B", "BOOL", "NULL"), "<>": ("S", "N", "B", "BOOL", "NULL")}
        second = self.path() if dice.random() < 0.2 else self.literal(kinds.get(op, "SNB"))
        if second == first:
            second = self.literal(kinds.get(op, "SNB"))
        turned = second[0] == "value" and dice.random() < 0.15
        return (op, second, first) if turned else (op, first, second)

    def bounds(self, first):
        dice = self.dice
        if dice.random() < 0.2:  # a size between two numbers, or paths
            numbers = sorted((dice.randint(0, 3), dice.randint(0, 3)))
            low, high = (("value", {"N": str(n)}) for n in numbers)
            return ("size", first[1]), low, ("size", self.path()[1]) if dice.random() < 0.5 else high
        kind = dice.choice("SNB")
        low, high = sorted((scalar(dice, kind), scalar(dice, kind)), key=order)
        operands = [first, ("value", low), ("value", high)]
        if dice.random() < 0.2:
            operands[dice.randint(1, 2)] = self.path()
        return operands

    def choices(self, first):
        dice = self.dice
        if dice.random() < 0.2:
            first = ("size", first[1])
        if dice.random() < 0.3:
            kind = dice.choice("SNB")
            values = [scalar(dice, kind, key=True) for _ in range(dice.randint(1, 4))]
            values = [v for v in values if "\x00" not in v.get("S", "")] or [{"N": "1"}]
            extra = [self.literal()] if dice.random() < 0.3 else []
            return first, ("list", values), *extra
        return first, *(self.operand() for _ in range(dice.randint(1, 4)))

    def value_text(self, v):
        ((kind, body),) = v.items()
        text = {"S": lambda: "'" + body.replace("'", "''") + "'", "N": lambda: body,
                "B": lambda: f"b'{body}'", "BOOL": lambda: "true" if body else "false",
                "NULL": lambda: "null"}[kind]()
        unwritable = kind == "S" and "\x00" in body  # in an argument, or in a filter
        if kind == "NULL" or not unwritable and self.dice.random() < 0.6:
            return text
        types = {"S": "string", "N": "number", "B": "binary", "BOOL": "boolean"}
        name = f"p{len(self.parameters)}"
        given = text if kind in ("N", "BOOL") else body
        given_now = not unwritable and self.dice.random() < 0.5
        self.parameters[name] = (types[kind], [given], given_now)
        return "${" + name + "}"

    def list_text(self, values):
        ((kind, _),) = values[0].items()
        types = {"S": "[string]", "N": "[number]", "B": "[binary]"}
        given = [v[kind] for v in values]
        name = f"p{len(self.parameters)}"
        self.parameters[name] = (types[kind], given, self.dice.random() < 0.5)
        return "${" + name + "}"

    def operand_text(self, operand):
        if operand[0] == "value":
            return self.value_text(operand[1])
        if operand[0] == "list":
            return self.list_text(operand[1])
        text = written_path(operand[1])
        return f"size({text})" if operand[0] == "size" else text

    def write(self, test, rank):
        op, *rest = test
        ranks = {"OR": 1, "AND": 2, "NOT": 3}
        if op in ("AND", "OR"):
            text = f" {op} ".join(self.write(t, ranks[op] + i) for i, t in enumerate(rest))
        elif op == "NOT":
            text = "NOT " + self.write(rest[0], 3)
        else:
            operands = [self.operand_text(operand) for operand in rest]
            if op == "BETWEEN":
                text = f"{operands[0]} BETWEEN {operands[1]} AND {operands[2]}"
            elif op == "IN":
                text = f"{operands[0]} IN ({', '.join(operands[1:])})"
            elif op[0].isalpha():
                text = f"{op}({', '.join(operands)})"
            else:
                text = f"{operands[0]} {op} {operands[1]}"
        return f"({text})" if ranks.get(op, 4) < rank else text


# --- tables ------------------------------------------------------------------------------------


class World:
    """A table with indexes, its items, and patterns: as YAML, and as what must be answered."""

    def __init__(self, seed, dice, patterns):
        self.dice = dice
        self.name = f"offline-{seed}"
        self.types = {"h": dice.choice("SSNB"), "r": dice.choice("SNB"), "g": dice.choice("SSNB"),
                      "k": dice.choice("SNB")}
        projections = ({"type": "ALL"}, {"type": "KEYS_ONLY"}, {"names": ["u", "m"]})
        self.indexes = {
            None: (("h",), ("r",), None, False),
            "local": (("h",), ("k",), dice.choice(projections), True),
            "global": (("g",), dice.choice((("r",), ("k",), ())), dice.choice(projections), False),
        }
        self.items = self.make_items()
        self.patterns = [Pattern(self, i) for i in range(patterns)]

    def make_items(self):
        dice, items = self.dice, {}
        hashes = [scalar(dice, self.types["h"], True) for _ in range(2)]
        groups = [scalar(dice, self.types["g"], True) for _ in range(2)]
        for _ in range(dice.randint(5, 40)):
            item = {"h": dice.choice(hashes), "r": scalar(dice, self.types["r"], True)}
            if dice.random() < 0.7:
                item["g"] = dice.choice(groups)
            if dice.random() < 0.8:
                item["k"] = scalar(dice, self.types["k"], True)
            for name in ATTRIBUTES:
                if dice.random() < 0.6:
                    item[name] = value(dice)
            items[(plain(item["h"]), plain(item["r"]))] = item
        return list(items.values())

    def definition(self):
        def key(index):
            hash_, range_, _, _ = self.indexes[index]
            return "{ hash: " + hash_[0] + (f", range: {range_[0]}" if range_ else "") + " }"

        def projected(index):
            projection = self.indexes[index][2]
            return projection.get("type") or "{ include: [" + ", ".join(projection["names"]) + "] }"

        used = {"h", "r"} | {a for i in ("local", "global") for part in self.indexes[i][:2]
                             for a in part}
        lines = [
            f"table_name: {self.name}",
            "attribute_definitions: {"
            + ", ".join(f'{a}: "{self.types[a]}"' for a in sorted(used)) + "}",
            f"key_schema: {key(None)}", "billing_mode: PAY_PER_REQUEST",
            f"local_secondary_indexes: {{ local: {{ key_schema: {key('local')}, "
            f"projection: {projected('local')} }} }}",
            f"global_secondary_indexes: {{ global: {{ key_schema: {key('global')}, "
            f"projection: {projected('global')} }} }}",
            "access_patterns:",
        ]
        lines += [f"  {pattern.name}: {pattern.yaml()}" for pattern in self.patterns]
        return "\n".join(lines + [f"fixtures: [ {self.name}.yaml ]", ""])

    def fixture(self):
        return "items:\n" + "".join(f"  - {as_yaml({'M': item})}\n" for item in self.items)

    def held(self, index, item):
        hash_, range_, projection, _ = self.indexes[index]
        if index is None or projection.get("type") == "ALL":
            return item
        kept = {"h", "r", *hash_, *range_, *projection.get("names", ())}
        return {name: v for name, v in item.items() if name in kept}


def written_default(kind, texts):
    if kind.startswith("["):
        return "[" + ", ".join(map(quoted, texts)) + "]"
    return quoted(texts[0])


class Pattern:
    def __init__(self, world, number):
        dice = world.dice
        self.world, self.name = world, f"p{number}"
        self.index = dice.choice((None, None, "local", "global"))
        self.scan = dice.random() < 0.2
        self.forward = dice.random() < 0.6
        self.count = dice.random() < 0.15
        self.limit = dice.choice((0, 0, 0, 1, 3, 7))
        self.page = dice.random() < 0.3
        hash_, range_, self.projection_of_index, _ = world.indexes[self.index]
        self.hash, self.range = hash_[0], range_[0] if range_ else None
        source = dice.choice(world.items)
        self.hash_value = source.get(self.hash) or scalar(dice, world.types[self.hash], True)
        self.operator = self.range and dice.choice(
            (None, "eq", "lt", "le", "gt", "ge", "between", "begins_with"))
        if self.operator == "begins_with" and world.types[self.range] == "N":
            self.operator = None
        bounds = [scalar(dice, world.types[self.range], True) for _ in range(2)] if self.range else []
        self.bounds = sorted(bounds, key=order)
        keys = () if self.scan else (self.hash, self.range)
        names = [a for a in ATTRIBUTES + ("r", "g", "k") if a not in keys]
        self.filter = Filter(dice, names) if dice.random() < 0.7 else None
        self.paths = self.make_paths(dice) if not self.count and dice.random() < 0.4 else None

    def make_paths(self, dice):
        names = dice.sample(ATTRIBUTES + ("h", "r"), dice.randint(1, 3))
        paths = []
        for name in names:
            if name == "m":
                paths += dice.choice(([("m",)], [("m", "p"), ("m", "q", 0)], [("m", "p", "q")]))
            elif name == "l":
                paths += dice.choice(([("l",)], [("l", 1), ("l", 0, "p")], [("l", 2)]))
            else:
                paths.append((name,))
        return paths

    def yaml(self):
        parts = []
        if self.filter and self.filter.parameters:
            parts.append("parameters: { " + ", ".join(
                f"{n}: {t}" if given else f"{n}: {{ type: {t}, default: {written_default(t, texts)} }}"
                for n, (t, texts, given) in self.filter.parameters.items()) + " }")
        if self.scan:
            parts.append("operation: scan")
        else:
            key = f"{self.hash}: {as_yaml(self.hash_value)}"
            if self.operator == "between":
                low, high = map(as_yaml, self.bounds)
                key += f", {self.range}: {{ between: [{low}, {high}] }}"
            elif self.operator:
                key += f", {self.range}: {{ {self.operator}: {as_yaml(self.bounds[0])} }}"
            parts.append(f"key: {{ {key} }}")
            parts.append(f"scan_index_forward: {'true' if self.forward else 'false'}")
        if self.index:
            parts.append(f"index: {self.index}")
        if self.filter:
            parts.append(f"filter: {quoted(self.filter.text)}")
        if self.paths:
            parts.append("projection: [" + ", ".join(
                quoted(written_path(p)) for p in self.paths) + "]")
        if self.count:
            parts.append("select: count")
        if self.limit:
            parts.append(f"limit: {self.limit}")
        return "{ " + ", ".join(parts) + " }"

    def arguments(self):
        given = [f"{n}={text}" for n, (_, texts, given) in
                 (self.filter.parameters.items() if self.filter else ()) if given
                 for text in texts]
        return [self.name, *given, *(["--page"] if self.page else [])]

    # --- what must come ------------------------------------------------------------------------

    def in_range(self, item):
        return not self.operator or in_bounds(self.operator, item[self.range], self.bounds)

    def fetches(self):
        world = self.world
        heads = {path[0]: {"S": "x"} for path in self.paths or ()}
        return self.index == "local" and world.held("local", heads) != heads

    def read(self):
        """The items that are read, in groups that tie."""
        found = [item for item in self.world.items
                 if self.hash in item and (not self.range or self.range in item)]
        if self.scan:
            return [found]
        found = [i for i in found if plain(i[self.hash]) == plain(self.hash_value)
                 and self.in_range(i)]
        groups = {}
        for item in found:
            groups.setdefault(order(item[self.range]) if self.range else 0, []).append(item)
        keys = sorted(groups, reverse=not self.forward)
        return [groups[key] for key in keys]

    def seen(self, item):
        whole = self.fetches()
        return item if whole else self.world.held(self.index, item)

    def passes(self, item):
        return not self.filter or holds(self.filter.tree, self.seen(item))

    def shown(self, item):
        seen = self.seen(item)
        return project(self.paths, seen) if self.paths else seen


def canonical(item):
    return sorted((name, repr(plain_sorted(v))) for name, v in item.items())


def plain_sorted(v):
    kind, body = plain(v)
    if kind in ("SS", "BS"):
        return kind, sorted(map(repr, body))
    if kind == "NS":
        return kind, sorted(repr(number.normalize() + 0) for number in body)
    if kind == "L":
        return kind, [plain_sorted(x) for x in v["L"]]
    if kind == "M":
        return kind, sorted((n, plain_sorted(x)) for n, x in v["M"].items())
    if kind == "N":
        return kind, repr(body.normalize() + 0)
    return kind, body



# --- where dynalite is known to judge otherwise ------------------------------------------------

EMPTY = ({"BOOL": False}, {"S": ""}, {"B": ""})


def is_ascii(v):
    ((kind, body),) = v.items()
    if kind in ("B", "BS"):
        read = [base64.b64decode(b) for b in ([body] if kind == "B" else body)]
        return all(byte < 0x80 for b in read for byte in b)
    if kind == "L":
        return all(map(is_ascii, body))
    if kind == "M":
        return all(map(is_ascii, body.values()))
    return kind in ("N", "NS", "BOOL", "NULL") or "".join(body).isascii()


def dynalite_differs(pattern):
    """The rule that dynalite breaks in what a pattern asks, or None."""
    if pattern.fetches():
        return "a local index reads what its projection lacks from the table"
    if pattern.operator == "between" and not all(map(is_ascii, pattern.bounds)):
        return "the bounds of a key are ordered by their UTF-8"
    for op, *operands in tests_of(pattern.filter.tree) if pattern.filter else ():
        operands = list(flat(operands))
        if op in COMPARATORS and operands[0][0] == "value":
            operands.reverse()
        first, rest = operands[0], operands[1:]
        if first[0] == "value":
            return "text may begin with, and contain, what an item has"
        values = [v for item in pattern.world.items
                  for v in [find(first[1], pattern.seen(item))] if v is not None]
        given = [operand[1] for operand in rest if operand[0] == "value"]
        if any(operand[0] != "value" for operand in rest):
            return "lists and maps are compared as a whole; what is missing has no beginning"
        if op in ("IN", "BETWEEN", "attribute_type") and any(v in EMPTY for v in values):
            return "false and empty values are there"
        if first[0] == "size" and any(v in EMPTY for v in values):
            return "what is empty has a size"
        if op in ("<", "<=", ">", ">=", "BETWEEN") and not all(map(is_ascii, values + given)):
            return "text is ordered by its UTF-8"
        if op == "begins_with" and not all(map(is_ascii, values + given)):
            return "binary begins with bytes, not with characters"
        if op == "contains" and (not all(map(is_ascii, values + given))
                                 or any(next(iter(v)) not in "SN" or v in EMPTY for v in given)):
            return "any value is contained in a list"
    return None


def tests_of(test):
    op, *rest = test
    if op in ("AND", "OR", "NOT"):
        for t in rest:
            yield from tests_of(t)
    else:
        yield test


# --- keys of several attributes ----------------------------------------------------------------


class ManyParts:
    """A global index over up to four and four attributes, items that lack some, and questions."""

    def __init__(self, seed, patterns):
        self.dice = dice = random.Random(seed)
        self.hash = [f"a{i}" for i in range(dice.randint(1, 4))]
        self.range = [f"b{i}" for i in range(dice.randint(1, 4))]
        self.types = {name: dice.choice("SNB") for name in self.hash + self.range}
        pools = {name: [scalar(dice, kind, True) for _ in range(2 if name[0] == "a" else 4)]
                 for name, kind in self.types.items()}
        for name in self.hash[1:]:
            del pools[name][1:]
        self.items = [
            {"id": {"S": f"i{i}"}, **{name: dice.choice(pool) for name, pool in pools.items()
                                     if dice.random() < 0.95}}
            for i in range(40)
        ]
        self.asked = [self.question() for _ in range(patterns)]

    def question(self):
        """(equal values, the range attribute of another operator, it, its bounds, forward)"""
        dice = self.dice
        source = dice.choice([i for i in self.items if all(h in i for h in self.hash)])
        equal = {name: source[name] for name in self.hash}
        for name in self.range[:dice.randint(0, len(self.range))]:
            if name not in source:
                break
            equal[name] = source[name]
        rest = [name for name in self.range if name not in equal]
        operators = ["lt", "le", "gt", "ge", "between"]
        if rest and self.types[rest[0]] != "N":
            operators.append("begins_with")
        operator = dice.choice(operators) if rest and dice.random() < 0.7 else None
        kind = self.types[rest[0]] if operator else "S"
        bounds = sorted((scalar(dice, kind, True), scalar(dice, kind, True)), key=order)
        return equal, rest[0] if operator else None, operator, bounds, dice.random() < 0.6

    def definition(self):
        types = ", ".join(f'{name}: "{kind}"' for name, kind in {"id": "S", **self.types}.items())
        lines = [
            "table_name: many-parts",
            f"attribute_definitions: {{ {types} }}",
            "key_schema: { hash: id }",
            "billing_mode: PAY_PER_REQUEST",
            "global_secondary_indexes:",
            f"  many: {{ key_schema: {{ hash: [{', '.join(self.hash)}], "
            f"range: [{', '.join(self.range)}] }}, projection: ALL }}",
            "access_patterns:",
        ]
        for i, (equal, name, operator, bounds, forward) in enumerate(self.asked):
            key = [f"{n}: {as_yaml(v)}" for n, v in equal.items()]
            if operator:
                low, high = map(as_yaml, bounds)
                value = f"[{low}, {high}]" if operator == "between" else low
                key.append(f"{name}: {{ {operator}: {value} }}")
            lines.append(f"  p{i}: {{ index: many, key: {{ {', '.join(key)} }}, "
                         f"scan_index_forward: {'true' if forward else 'false'} }}")
        return "\n".join([*lines, "fixtures: [ items.yaml ]", ""])

    def fixture(self):
        return "items:\n" + "".join(f"  - {as_yaml({'M': item})}\n" for item in self.items)

    def answer(self, question):
        """What must come, in groups that tie."""
        equal, name, operator, bounds, forward = question
        groups = {}
        for item in self.items:
            whole = all(part in item for part in self.hash + self.range)
            if whole and all(plain(item[n]) == plain(v) for n, v in equal.items()) and (
                    operator is None or in_bounds(operator, item[name], bounds)):
                groups.setdefault(tuple(order(item[n]) for n in self.range), []).append(item)
        return [groups[key] for key in sorted(groups, reverse=not forward)]


def in_bounds(operator, value_, bounds):
    v, low, high = order(value_), order(bounds[0]), order(bounds[1])
    if operator == "begins_with":
        return v.startswith(low)
    return {"eq": v == low, "lt": v < low, "le": v <= low, "gt": v > low, "ge": v >= low,
            "between": low <= v <= high}[operator]
