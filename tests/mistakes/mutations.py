"""Single mistakes in YAML documents and transcripts: what a slip of the hand makes of them.

A mutation is a name and the mutated text. Documents are mutated as trees of nodes and written
again, so that tags and quotes stay what they are.
"""

import copy
import re

import yaml

EXPRESSION = re.compile(r"\$\{([^}]*)\}")


def slip(word):
    """A misspelling: a letter of the middle is missing, or one too many is there."""
    if len(word) < 4:
        return word + word[-1:]
    middle = len(word) // 2
    return word[:middle] + word[middle + 1 :]


def compose(text):
    return yaml.compose(text, Loader=yaml.BaseLoader)


def write(node):
    return yaml.serialize(node, Dumper=yaml.BaseDumper, allow_unicode=True, width=10**6)


def walk(node, path=()):
    """Every node of a tree with its path; keys of mappings are no nodes of it."""
    yield path, node
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from walk(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            yield from walk(value, (*path, i))


def find(node, path):
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next(value for key, value in node.value if key.value == step)
        else:
            node = node.value[step]
    return node


def scalar(text):
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style='"')


def other_type(node):
    """A list where something else stood, a word where a list or a mapping stood."""
    if isinstance(node, yaml.ScalarNode):
        return yaml.SequenceNode("tag:yaml.org,2002:seq", [], flow_style=True)
    return scalar("word")


def show(path):
    return ".".join(map(str, path))


def of_mapping(root, path, kinds):
    """The mutations of the keys of the mapping at path."""
    for i, (key, _) in enumerate(find(root, path).value):
        for kind in kinds:
            changed = copy.deepcopy(root)
            pairs = find(changed, path).value
            if kind == "misspelt":
                pairs[i][0].value = slip(key.value)
            elif kind == "dropped":
                del pairs[i]
            else:
                pairs[i] = (pairs[i][0], other_type(pairs[i][1]))
            yield f"{kind} {show((*path, key.value))}", write(changed)


def of_document(text, kinds=("misspelt", "dropped", "retyped")):
    root = compose(text)
    for path, node in walk(root):
        if isinstance(node, yaml.MappingNode):
            yield from of_mapping(root, path, kinds)


def of_words(text):
    """Each plain word of a document that is a value, misspelt."""
    root = compose(text)
    for path, node in walk(root):
        if isinstance(node, yaml.ScalarNode) and re.fullmatch(r"[A-Za-z_-]{2,}", node.value):
            changed = copy.deepcopy(root)
            find(changed, path).value = slip(node.value)
            yield f"word {show(path)}: {slip(node.value)}", write(changed)


def of_templates(text):
    """Each part of each path in `${...}`, and each filter, misspelt."""
    root = compose(text)
    for path, node in walk(root):
        if not isinstance(node, yaml.ScalarNode):
            continue
        for match in EXPRESSION.finditer(node.value):
            for word in re.finditer(r"[A-Za-z_]{2,}", re.sub(r"'[^']*'", lambda m: " " * len(m[0]), match[1])):
                at = match.start(1) + word.start()
                changed = copy.deepcopy(root)
                new = node.value[:at] + slip(word[0]) + node.value[at + len(word[0]) :]
                find(changed, path).value = new
                yield f"template {show(path)}: {new}", write(changed)
