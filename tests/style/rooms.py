#!/usr/bin/env python3
"""The rooms of src/, held to the table of rooms in docs/architecture.md.

    tests/style/rooms.py [--write]

A row names a room (a folder with code), the rooms of its own layer that it uses, and the
headers that it shows to others. An include leads into a used room, to a header that is
shown; what is used or shown and not needed is a mistake too, so that the table stays as small
as the truth. No rooms use each other in a circle. --write brings the table up to date.
"""

import re
import sys

from tree import ROOT

SRC = ROOT / "src"
PAGE = ROOT / "docs/architecture.md"
TABLE = re.compile(r"(?m)^\| room \| uses \| shows \|\n\|.*\n((?:\|.*\n)+)")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
# What the program as a whole shows: the command line sees this folder of core, no other.
PUBLIC = "core/include"


def read_table():
    """{room: (the rooms it uses, the headers it shows)}, in the order of the page."""
    rooms = {}
    for row in TABLE.search(PAGE.read_text())[1].splitlines():
        room, uses, shows = [re.findall(r"`([^`]+)`", cell) for cell in row.split("|")[1:4]]
        layer = room[0].split("/")[0]
        rooms[room[0]] = ({f"{layer}/{name}" for name in uses}, {f"{name}.h" for name in shows})
    return rooms


def room_of(path):
    return str(path.parent.relative_to(SRC))


def includes(where):
    """Each include of a header of another room: (file, its room, header, that room)."""
    for path in sorted(SRC.rglob("*.[ch]")):
        for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if name in where and where[name] != room_of(path):
                yield path, room_of(path), name, where[name]


def circle(rooms):
    """Rooms that use each other in a circle, or None."""
    done = set()

    def walk(room, way):
        if room in way:
            return way[way.index(room) :] + [room]
        if room in done:
            return None
        for used in sorted(rooms[room][0]):
            found = walk(used, [*way, room]) if used in rooms else None
            if found:
                return found
        done.add(room)
        return None

    return next(filter(None, (walk(room, []) for room in rooms)), None)


def measure():
    """What is so: the same shape as the table, and two headers of one name."""
    headers = sorted(SRC.rglob("*.h"))
    where = {path.name: room_of(path) for path in headers}
    twice = [f"two headers are called {h.name}" for h in headers if where[h.name] != room_of(h)]
    rooms = {room_of(path): (set(), set()) for path in SRC.rglob("*.c")}
    for _, room, name, other in includes(where):
        if other == PUBLIC:
            continue
        rooms[other][1].add(name)
        if room.split("/")[0] == other.split("/")[0]:
            rooms[room][0].add(other)
    return rooms, twice, where


def differences(told, real, where):
    for room in sorted(set(told) | set(real)):
        if room not in told or room not in real:
            yield f"src/{room} is {'in' if room in told else 'not in'} the table of rooms"
    for path, room, name, other in includes(where):
        if other == PUBLIC or room not in told or other not in told:
            continue
        place = path.relative_to(ROOT)
        if room.split("/")[0] == other.split("/")[0] and other not in told[room][0]:
            yield f"{place} includes {name}: {room} uses {other}, and the table does not say so"
        if name not in told[other][1]:
            yield f"{place} includes {name}, which {other} does not show"
    for room in sorted(set(told) & set(real)):
        for other in sorted(told[room][0] - real[room][0]):
            yield f"{room} uses {other}, says the table, and does not"
        for name in sorted(told[room][1] - real[room][1]):
            yield f"{room} shows {name}, says the table, and nobody looks"


def write(told, real):
    def cell(names):
        return " ".join(f"`{name}`" for name in sorted(names))

    rows = ""
    for room in [room for room in told if room in real] + sorted(set(real) - set(told)):
        uses, shows = real[room]
        used = cell(name.split("/", 1)[-1] for name in uses)
        rows += f"| `{room}` | {used} | {cell(name[:-2] for name in shows)} |\n"
    page = PAGE.read_text()
    found = TABLE.search(page)
    PAGE.write_text(page[: found.start(1)] + rows + page[found.end(1) :])


def main():
    told = read_table()
    real, problems, where = measure()
    if "--write" in sys.argv[1:]:
        write(told, real)
        told = read_table()
    problems += differences(told, real, where)
    around = circle(told)
    if around:
        problems.append("a circle: " + " -> ".join(around))
    print(*dict.fromkeys(problems), sep="\n")
    shown = sum(len(shows) for _, shows in told.values())
    print(f"{len(told)} rooms, {sum(len(u) for u, _ in told.values())} uses, {shown} headers shown")
    return 1 if problems or not told else 0


if __name__ == "__main__":
    sys.exit(main())
