"""Conditions and updates as the service evaluates them, as far as ddbgen writes them:

    holds, after = evaluate(request, item)

of attribute_exists, attribute_not_exists, attribute_type, size, = and AND; of SET and
REMOVE of attributes.

`=` compares lists and maps by their members, sets without order, numbers by value: what
dynalite does not do. What the service would refuse raises ValueError.
"""

import re
from decimal import Decimal

TOKEN = re.compile(r"\s*(#\w+|:\w+|\w+|[()\[\].,=])")
OPERATORS_MAX, BYTES_MAX, DEPTH_MAX = 300, 4096, 32
SETS = ("SS", "NS", "BS")


def equal(a, b):
    ((kind, left),) = a.items()
    ((other, right),) = b.items()
    if kind != other:
        return False
    if kind == "N":
        return Decimal(left) == Decimal(right)
    if kind == "NS":
        return set(map(Decimal, left)) == set(map(Decimal, right))
    if kind in SETS:
        return set(left) == set(right)
    if kind == "L":
        return len(left) == len(right) and all(map(equal, left, right))
    if kind == "M":
        return left.keys() == right.keys() and all(equal(left[k], right[k]) for k in left)
    return left == right


class Expression:
    def __init__(self, text, names, values, item):
        if not 0 < len(text.encode()) <= BYTES_MAX:
            raise ValueError(f"Expression size: {len(text)}")
        self.tokens = TOKEN.findall(text)
        if "".join(self.tokens) != re.sub(r"\s+", "", text):
            raise ValueError(f"Syntax error in {text}")
        self.at, self.operators = 0, 0
        self.names, self.values, self.item = names, values, item or {}
        self.used = set()

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def next(self, wanted=None):
        token = self.peek()
        if token is None or wanted not in (None, token):
            raise ValueError(f"Syntax error at {token}, expected {wanted}")
        self.at += 1
        return token

    def operator(self):
        self.operators += 1
        if self.operators > OPERATORS_MAX:
            raise ValueError("The expression contains more than 300 operators")

    def name(self):
        token = self.next()
        if token[0] != "#" or token not in self.names:
            raise ValueError(f"{token} is no declared name")
        self.used.add(token)
        return self.names[token]

    def value(self):
        token = self.next()
        if token[0] != ":" or token not in self.values:
            raise ValueError(f"{token} is no declared value")
        self.used.add(token)
        return self.values[token]

    def path(self):
        """What is there, or None."""
        found, depth = self.item.get(self.name()), 1
        while self.peek() in (".", "["):
            depth += 1
            if self.next() == ".":
                name = self.name()
                found = (found or {}).get("M", {}).get(name)
            else:
                index = int(self.next())
                self.next("]")
                members = (found or {}).get("L", [])
                found = members[index] if index < len(members) else None
        if depth > DEPTH_MAX:
            raise ValueError("The document path has too many nesting elements")
        return found

    def term(self):
        self.operator()
        function = None if self.peek()[0] == "#" else self.next()
        if function is None:
            found = self.path()
            self.next("=")
            value = self.value()
            return found is not None and equal(found, value)
        self.next("(")
        found = self.path()
        if function in ("attribute_exists", "attribute_not_exists"):
            result = (found is not None) == (function == "attribute_exists")
        elif function == "attribute_type":
            self.next(",")
            result = list(found or {}) == [self.value()["S"]]
        elif function == "size":
            self.operator()
            self.next(")")
            self.next("=")
            size = len(next(iter(found.values()))) if found else None
            return self.value() == {"N": str(size)}
        else:
            raise ValueError(f"Invalid function name; function: {function}")
        self.next(")")
        return result

    def condition(self):
        result = self.term()
        while self.peek() is not None:
            self.next("AND")
            self.operator()
            result = self.term() and result
        return result

    def update(self):
        result, touched = dict(self.item), set()
        while self.peek() is not None:
            clause = self.next()
            if clause not in ("SET", "REMOVE"):
                raise ValueError(f"Syntax error at {clause}")
            while True:
                name = self.name()
                if name in touched:
                    raise ValueError("Two document paths overlap with each other")
                touched.add(name)
                if clause == "SET":
                    self.operator()
                    self.next("=")
                    result[name] = self.value()
                else:
                    result.pop(name, None)
                if self.peek() != ",":
                    break
                self.next()
        return result


def evaluate(request, item):
    """Whether a request's condition holds, and the item that its update leaves."""
    names = request.get("ExpressionAttributeNames", {})
    values = request.get("ExpressionAttributeValues", {})
    used, holds, after = set(), True, None
    if "ConditionExpression" in request:
        expression = Expression(request["ConditionExpression"], names, values, item)
        holds = expression.condition()
        used |= expression.used
    if "UpdateExpression" in request:
        expression = Expression(
            request["UpdateExpression"], names, values, item or request["Key"]
        )
        after = expression.update()
        used |= expression.used
        if set(request["Key"]) & {names[name] for name in expression.used if name[0] == "#"}:
            raise ValueError("Cannot update attribute. This attribute is part of the key")
    if used != set(names) | set(values):
        raise ValueError("Value unused in expressions, or not declared")
    return holds, after
