"""What `apply` must make of a table, worked out by itself: from what was applied before,
what is declared now, and what is there.

Items are plain dicts, attributes are Python values; a key is (pk, sk). Nothing here knows
how ddbgen does it: the table of docs/ledger.md is all there is.
"""

import copy
from dataclasses import dataclass, field

KEYS = ("pk", "sk")
ABSENT = object()


@dataclass
class Declared:
    """An item as a definition says it, and what it is made for."""

    item: dict
    identity: tuple  # (entity, what for)
    former: tuple = ()  # identities under which it was known before
    on_create: frozenset = frozenset()
    keeps_others: bool = False

    @property
    def key(self):
        return key_of(self.item)


@dataclass
class Entry:
    """What a ledger keeps of an item."""

    identity: tuple
    attributes: dict  # without the key, and without on_create
    given: frozenset  # the on_create ones, by name


@dataclass
class Outcome:
    live: dict
    was: dict
    counts: dict = field(default_factory=dict)
    conflicts: set = field(default_factory=set)
    loses: bool = False


def key_of(item):
    return tuple(item[name] for name in KEYS)


def body(item):
    return {name: value for name, value in item.items() if name not in KEYS}


def entry_of(declared):
    attributes = {n: v for n, v in body(declared.item).items() if n not in declared.on_create}
    return Entry(declared.identity, attributes, declared.on_create)


def changed_by_others(entry, live, given, keeps_others):
    """The names of what somebody changed; what belongs to the application does not count."""
    have = body(live)
    names = (set(have) | set(entry.attributes)) - entry.given - given
    if keeps_others:
        names &= set(entry.attributes)
    return {n for n in names if have.get(n, ABSENT) != entry.attributes.get(n, ABSENT)}


def is_as_it_was(*item):
    return not changed_by_others(*item)


def merge(entry, declared, live, restore, keep_theirs):
    """The item to be, whether it differs, what is theirs, what conflicts, what is lost."""
    given = declared.on_create
    want, have = body(declared.item), body(live)
    result = dict(have)
    taken = theirs = conflict = loses = False
    names = set(want) | set(have) | (set(entry.attributes) if entry else set())
    for name in names - given:
        w = entry.attributes.get(name, ABSENT) if entry else ABSENT
        d, l = want.get(name, ABSENT), have.get(name, ABSENT)
        if d is l or d == l:
            continue
        if d is ABSENT and declared.keeps_others and w is ABSENT:
            continue
        if entry is not None and name in entry.given:
            w = l  # it was the application's; a declaration that says it now has it
        if entry is None:
            loses = loses or l is not ABSENT
        elif d is w or d == w:
            theirs = True
            if not restore:
                continue
            loses = True
        elif not (l is w or l == w):
            if keep_theirs:
                theirs = True
                continue
            if not restore:
                conflict = True
                continue
            loses = True
        taken = True
        if d is ABSENT:
            result.pop(name, None)
        else:
            result[name] = d
    return result, taken, theirs, conflict, loses


def apply(declared, was, live, *, prune=False, restore=False, keep_theirs=False):
    """was None: there is no ledger."""
    known = was or {}
    by_key = {one.key: one for one in declared}
    by_identity = {}
    for key, entry in known.items():
        if key not in by_key and key in live:
            by_identity.setdefault(entry.identity, []).append(key)
    out = Outcome(copy.deepcopy(live), {key: entry_of(one) for key, one in by_key.items()})
    counts = dict.fromkeys(
        ("added", "changed", "moved", "stale", "theirs", "conflicts", "same"), 0
    )
    keeping = {
        entity for one in declared if one.keeps_others for entity, _ in (one.identity, *one.former)
    }
    claimed = set()
    for key, one in by_key.items():
        old = next((i for i in (one.identity, *one.former) if i in by_identity), None)
        places = sorted(by_identity.get(old, []))
        if key in live:
            result, taken, theirs, conflict, loses = merge(
                known.get(key), one, live[key], restore, keep_theirs
            )
            kind = (
                "conflicts" if conflict
                else "changed" if taken
                else "theirs" if theirs
                else "same"
            )  # fmt: skip
            counts[kind] += 1
            if conflict:
                out.conflicts.add(key)
            out.loses = out.loses or loses
            out.live[key] = {**dict(zip(KEYS, key)), **result}
            there, put = live[key], False
        elif not places:
            counts["added"] += 1
            out.live[key] = dict(one.item)
            continue
        else:
            place, put = places[0], True
            there = one.item
            result, _, _, conflict, loses = merge(
                known[place], one, live[place], restore, keep_theirs
            )
            out.loses = out.loses or loses
            if conflict:
                counts["conflicts"] += 1
                out.conflicts.add(key)
                claimed.update(places)
                continue
            out.live[key] = {**dict(zip(KEYS, key)), **result}
        for place in places:
            claimed.add(place)
            changed = changed_by_others(
                known[place], live[place], one.on_create, one.keeps_others
            )
            # A run that was killed has put what they changed under the new key already.
            changed = {n for n in changed if live[place].get(n, ABSENT) != there.get(n, ABSENT)}
            if put or not changed or restore:
                counts["moved"] += 1
                out.live.pop(place, None)
            else:
                counts["theirs"] += 1
                out.was[place] = known[place]
            put = False
    for key, entry in known.items():
        if key in by_key or key not in live or key in claimed:
            continue
        if is_as_it_was(entry, live[key], frozenset(), entry.identity[0] in keeping):
            counts["stale"] += 1
            goes = prune
        else:
            goes = prune and restore
            counts["stale" if goes else "theirs"] += 1
            out.loses = out.loses or goes
        if goes:
            out.live.pop(key)
        else:
            out.was[key] = entry
    out.counts = counts
    return out
