"""What the shipped examples must put into a table, worked out a second time.

An independent reading of docs/language.md in plain Python, sharing nothing with ddbgen:
transcripts, times, ids, and the items of schemas/messages.yaml and schemas/rooms.yaml.
Good for these fixtures, not a general reader.
"""

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

CONVERSATIONS = uuid.uuid5(uuid.NAMESPACE_URL, "ddbgen:conversation")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass
class Message:
    label: str
    text: str
    time: datetime


@dataclass
class Conversation:
    name: str
    participants: dict = field(default_factory=dict)  # label -> handle
    interval: timedelta = None
    starts_at: datetime = None
    join: bool = False
    variables: dict = field(default_factory=dict)
    messages: list = field(default_factory=list)

    @property
    def uuid(self):
        try:
            return uuid.UUID(self.name)
        except ValueError:
            return uuid.uuid5(CONVERSATIONS, self.name)

    def message_uuid(self, index):
        return str(uuid.uuid5(self.uuid, str(index)))


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


def stamp(time):
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def duration(text):
    parts = re.findall(r"(\d+)([smhd])", text)
    return timedelta(**{UNITS[unit]: int(number) for number, unit in parts})


def unquoted(text):
    return text[1:-1] if text[:1] == '"' and text[-1:] == '"' else text


def read_header(lines):
    conversation, block = None, None
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, _, value = line.strip().partition(": ")
        if line.startswith(" "):
            block[key] = unquoted(value)
            continue
        key, value = key.rstrip(":"), re.sub(r"\s+# .*", "", value)
        if key == "conversation":
            conversation = Conversation(value)
        elif key == "participants":
            block = conversation.participants
        elif key == "vars":
            block = conversation.variables
        elif key == "starts_at":
            conversation.starts_at = moment(value)
        elif key == "interval":
            conversation.interval = duration(value)
        elif key == "continuation":
            conversation.join = value == "join"
        else:
            raise ValueError(key)
    return conversation


def read_message(conversation, line):
    """The line's message, or None when it begins with no label."""
    time, rest = None, line
    explicit = re.match(r"\[([^]]+)\] ", line)
    if explicit:
        time, rest = moment(explicit[1]), line[explicit.end() :]
    for label in conversation.participants:
        if rest.startswith(label + ": "):
            if time is None and conversation.messages:
                time = conversation.messages[-1].time + conversation.interval
            time = time or conversation.starts_at
            return Message(label, rest[len(label) + 2 :], time)
    return None


def read_transcript(path):
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().replace("\r\n", "\n").split("\n")
    conversations, header = [], None
    for line in lines:
        if line == "---":
            if header is None:
                header = []
            else:
                conversations.append(read_header(header))
                header = None
        elif header is not None:
            header.append(line)
        elif conversations:
            current = conversations[-1]
            message = read_message(current, line)
            if message:
                current.messages.append(message)
            elif current.join and current.messages:
                current.messages[-1].text += "\n" + line
            elif line:
                raise ValueError(line)
    for conversation in conversations:
        for message in conversation.messages:
            message.text = message.text.rstrip("\n")
    return conversations


def plain(value):
    """A Python value as boto3's low-level client takes and gives it."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    return {"S": value}


def typed(**attributes):
    return {name: plain(value) for name, value in attributes.items()}


def messages_items(conversations, users):
    """The items of schemas/messages.yaml; users: handle -> (uuid, display name)."""
    items = []
    for conversation in conversations:
        pair = list(conversation.participants.values())
        last = conversation.messages[-1]
        for me, other in (pair, pair[::-1]):
            items.append(
                typed(
                    pk=f"GRP#{users[me][0]}",
                    sk=stamp(last.time),
                    message_group_uuid=str(conversation.uuid),
                    message=last.text,
                    user_uuid=users[other][0],
                    user_display_name=users[other][1],
                    user_handle=other,
                )
            )
        for index, message in enumerate(conversation.messages):
            sender = conversation.participants[message.label]
            items.append(
                typed(
                    pk=f"MSG#{conversation.uuid}",
                    sk=stamp(message.time),
                    message_uuid=conversation.message_uuid(index),
                    message=message.text,
                    user_uuid=users[sender][0],
                    user_display_name=users[sender][1],
                    user_handle=sender,
                )
            )
    return items


def rooms_items(conversations, users):
    """The items of schemas/rooms.yaml."""
    items = []
    for conversation in conversations:
        room, name = str(conversation.uuid), conversation.name
        first, last = conversation.messages[0], conversation.messages[-1]
        handles = list(conversation.participants.values())
        items.append(
            typed(
                pk=f"ROOM#{room}",
                sk="META",
                room_uuid=room,
                room_name=name,
                room_slug=name.lower(),
                topic=conversation.variables["topic"],
                opened_at=stamp(first.time),
                opened_month=stamp(first.time)[:7],
                last_message_at=stamp(last.time),
                last_message=last.text,
                participant_count=len(handles),
                message_count=len(conversation.messages),
                archived=False,
            )
        )
        for me in handles:
            items.append(
                typed(
                    pk=f"USR#{users[me][0]}",
                    sk=f"ROOM#{room}",
                    room_name=name,
                    user_handle=me,
                    user_display_name=users[me][1],
                    last_message=last.text,
                )
            )
        if len(handles) == 2:
            for me, other in (handles, handles[::-1]):
                items.append(
                    typed(
                        pk=f"USR#{users[me][0]}",
                        sk=f"DIRECT#{other.lower()}#{room}",
                        room_name=name,
                        user_uuid=users[other][0],
                        user_display_name=users[other][1],
                    )
                )
        for number, message in enumerate(conversation.messages, 1):
            sender = conversation.participants[message.label]
            items.append(
                typed(
                    pk=f"ROOM#{room}",
                    sk=f"MSG#{number:06d}",
                    message_uuid=conversation.message_uuid(number - 1),
                    message=message.text,
                    created_at=stamp(message.time),
                    created_epoch=int(message.time.timestamp()),
                    user_uuid=users[sender][0],
                    user_handle=sender,
                    user_display_name=users[sender][1],
                )
            )
    return items


def by_key(items):
    """Items by primary key; two with the same key are a mistake of the caller."""
    keyed = {(item["pk"]["S"], item["sk"]["S"]): item for item in items}
    assert len(keyed) == len(items), "two items have the same key"
    return keyed
