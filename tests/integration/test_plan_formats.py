"""Plans for a pull request's comment and for the log of GitHub Actions, with hostile text
wherever text can stand: GitHub's own parser of Markdown (cmark-gfm) sees all of it in code
blocks, and the runner's way of reading commands sees none but ours."""

import json
import random
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest

LIMIT = 65000
# The shortest statement that is one.
DENY = {"Effect": "Deny", "Principal": "*", "Action": "*"}
EXTENSIONS = ("table", "strikethrough", "autolink", "tagfilter", "tasklist")
# What ends blocks, makes links, mentions people, hides or turns text, commands a runner.
HOSTILE = (
    "```", "``````````", "`" * 70, "~~~~", "\n```\n", "\r\n```diff\n", "</code></pre>",
    "</details>", "\n\n</details>\n\n# big\n", "<script>alert(1)</script>", "<!-- ", "-->",
    "<img src=x onerror=alert(1)>", "@octocat", "#1", "GH-1", "https://evil.example/",
    "www.evil.example", "mail@evil.example", "[x](javascript:alert(1))", "![x](//evil.example)",
    "| a | b |\n|---|---|", "&lt;b&gt;", "\\`", "\u202eabc", "\u2066x", "\u200f", "\x1b[2J",
    "\x9b31m", "\x00", "\x07", "\u2028```", "\u2029::error::x", "\ufeff", "\U000e0041", "\u00a0",
    "::error::x", "\n::error::x", "\r::error::x", " \t::error::x", "\u3000::stop-commands::x",
    "##[error]x", "\n##[group]x", "%0A::error::x", "%", "::add-mask::a", "::endgroup::",
    "\n::endgroup::\n", "$(id)", "${x}", "> [!CAUTION]", "- [x] done", "    code", "\t# x", "***",
)  # fmt: skip
DEFINITION = """
table_name: hostile
attribute_definitions: {{ pk: S, sk: S, gone: S }}
key_schema: {{ hash: pk, range: sk }}
billing_mode: {mode}
global_secondary_indexes:
  by-gone: {{ key_schema: {{ hash: gone }}, projection: ALL{units} }}
{more}fixtures: [ "{fixture}" ]
"""


def as_yaml(value):
    """JSON is YAML but for characters beyond the first plane, and long keys."""

    def long_escape(pair):
        return f"\\U{ord(json.loads(chr(34) + pair[0] + chr(34))):08x}"

    text = re.sub(r"\\ud[89ab]..\\ud[c-f]..", long_escape, json.dumps(value))
    return re.sub(r'("[^"]{1000,}"): ', r"? \1 : ", text)


@pytest.fixture
def project(tmp_path, run, dynamo):
    """A folder with a definition; `write` its items, `diff` and `apply` them."""
    return Project(tmp_path, run, dynamo)


class Project:
    def __init__(self, folder, run, dynamo):
        self.folder, self.run, self.url = folder, run, dynamo.url

    def write(self, items, name="items.yaml", policy=None, provisioned=False):
        units = "{ read_capacity_units: 5, write_capacity_units: 5 }"
        more = f"provisioned_throughput: {units}\n" if provisioned else ""
        if policy is not None:
            more += f"resource_policy: {as_yaml(policy)}\n"
        (self.folder / "table.yaml").write_text(
            DEFINITION.format(
                mode="PROVISIONED" if provisioned else "PAY_PER_REQUEST",
                units=f", provisioned_throughput: {units}" if provisioned else "",
                more=more,
                fixture=name,
            )
        )
        for old in self.folder.glob("*items.yaml"):
            old.unlink()
        (self.folder / name).write_text(as_yaml({"items": items}))

    def tool(self, command, *arguments, expect):
        return self.run(
            command, "table.yaml", "--endpoint-url", self.url, *arguments,
            cwd=self.folder, expect=expect,
        )  # fmt: skip

    def apply(self):
        self.tool("apply", "--yes", expect=0)

    def diff(self, format, *options, expect=1):
        return self.tool("diff", "--format", format, *options, expect=expect).text


def hostile_items(dice, count, key="k"):
    """Items with hostile names, values, keys, list members and map keys."""

    def text():
        return "".join(dice.choices(HOSTILE, k=dice.randint(1, 4)))

    def item(number):
        return {
            "pk": f"{key}{number} {text()}",
            "sk": text() or "x",
            "gone": text() or "x",
            text() + str(number): text(),
            "plain": text(),
            "long": text() + "x" * 200 + text() + "y" * 100,
            "list": [text(), {text(): text()}],
        }

    return [item(number) for number in range(count)]


def changed(dice, items):
    """Some as they are, some changed, some new; with a key that stays."""
    out = []
    for item in items:
        new = dict(item)
        if dice.random() < 0.8:
            name = dice.choice([n for n in new if n not in ("pk", "sk")])
            new[name] = "".join(dice.choices(HOSTILE, k=3))
        if dice.random() < 0.3:
            del new["plain"]
        out.append(new)
    return out + hostile_items(dice, 5, "new")


# --- Markdown ------------------------------------------------------------------------------


def parse(markdown):
    """The document as GitHub's parser has it."""
    if shutil.which("cmark-gfm") is None:
        pytest.skip("cmark-gfm is not installed: scripts/setup test")
    arguments = [word for name in EXTENSIONS for word in ("-e", name)]
    done = subprocess.run(
        ["cmark-gfm", "--unsafe", "-t", "xml", *arguments],
        input=markdown.encode(),
        capture_output=True,
        check=True,
    )
    # A name space, which only gets in the way.
    return ET.fromstring(done.stdout.decode().replace(' xmlns="http://commonmark.org/xml/1.0"', ""))


OURS = {
    "text": re.compile(
        r"ddbgen plan|plan: [a-z0-9, -]+|no changes: \d+ items? (is|are) as declared|hostile"
        r"|\[!(CAUTION|WARNING)\]|[\d,]+ changes? (is|are) destructive: |apply| takes (it|them) with "
        r"|--yes| only\.|[\d,]+ changes? cannot be made in place\.|… and [\d,]+ more changes?"
    ),
    "code": re.compile(r"hostile|apply|--yes"),
    "html_block": re.compile(
        r"<details>\n<summary>Items of <code>hostile</code>: [a-z0-9, -]+</summary>\n|</details>\n"
    ),
}
CONTAINERS = {"document", "heading", "paragraph", "strong", "block_quote", "softbreak"}


def blocks(markdown):
    """The code blocks' texts. Everything else is ours, word for word."""
    assert len(markdown.encode()) <= LIMIT
    for fence, _, text in re.findall(r"(?ms)^(`{3,})(diff|text)\n(.*?)^\1\n", markdown):
        assert len(fence) > max(map(len, re.findall("`+", text)), default=0)
    found = []
    for element in parse(markdown).iter():
        if element.tag == "code_block":
            assert element.get("info") in ("diff", "text")
            found.append(element.text or "")
        elif element.tag in OURS:
            assert OURS[element.tag].fullmatch(element.text or ""), (element.tag, element.text)
        else:
            assert element.tag in CONTAINERS, (element.tag, element.text)
    return found


def check_visible(text):
    """Nothing that moves a cursor or turns text around; lines end at LF only."""
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200f]", text)


def marks(text):
    return len(re.findall(r"(?m)^[+!-] ", text))


@pytest.mark.parametrize("seed", range(6))
def test_markdown_is_never_broken_out_of(project, seed):
    dice = random.Random(seed)
    items = hostile_items(dice, 12)
    policy = {"Statement": DENY, "Id": "".join(HOSTILE[:8])}
    project.write(items, policy=policy)
    report = project.diff("markdown", "--full")
    check_visible(report)
    found = blocks(report)
    assert [marks(text) for text in found] == [0, 1, 12]  # the forecast, the table, items
    gathered = project.diff("markdown")
    check_visible(gathered)
    assert [marks(text) for text in blocks(gathered)] == [0, 1, 11]  # ten, and a count
    assert "\n+ … and 2 more items\n" in gathered
    assert len(blocks(project.diff("markdown", "--summary"))) == 2
    assert report.startswith("### ddbgen plan\n\n**plan: 1 table to create, 12 to add**\n")
    project.apply()
    # dynalite keeps no policy.
    assert project.diff("markdown", expect=0) == (
        "### ddbgen plan\n\n**plan: nothing to change, 12 unchanged, 1 not known**\n\n"
        "```text\nlive: exactly 12 items (counted by a scan), 12 declared\n```\n\n"
        "**`hostile`**\n\n```diff\n"
        "note: resource_policy: not told by the server, so not compared\n```\n"
    )
    new = changed(dice, items)
    project.write(new, name=f"a`b````@me items.yaml" if seed % 2 else "items.yaml")
    check_visible(project.diff("markdown"))
    blocks(project.diff("markdown"))
    report = project.diff("markdown", "--full")
    check_visible(report)
    plan = json.loads(project.diff("json").splitlines()[-1])
    assert sum(map(marks, blocks(report))) == plan["added"] + plan["changed"]
    assert plan["changed"] > 3 and plan["added"] == 5


def test_markdown_has_a_limit(project):
    """Ten thousand changes: as many as there is room for, and the number of the others."""
    count = 10000
    items = [{"pk": f"k{i}", "sk": "```" * (i % 9), "v": i} for i in range(1, count + 1)]
    for item in items:
        item["sk"] = item["sk"] or "x"
    project.write(items)
    assert len(project.diff("markdown").encode()) < 10000
    report = project.diff("markdown", "--full")
    assert LIMIT - 1000 < len(report.encode()) <= LIMIT
    shown = marks(blocks(report)[-1])
    more = re.search(r"\n… and ([\d,]+) more changes\n$", report)
    assert shown > 500 and shown + int(more[1].replace(",", "")) == count
    assert "**plan: 1 table to create, 10000 to add**" in report


def test_markdown_with_a_change_larger_than_it(project):
    """What does not fit at all is counted, not cut in the middle."""
    name = "`" * 40000
    project.write([{"pk": "a", "sk": "b", "v": 1}, {"pk": "c", "sk": "d", name: "x"}])
    project.apply()
    project.write([{"pk": "a", "sk": "b", "v": 2}, {"pk": "c", "sk": "d", name: "y"}])
    report = project.diff("markdown", "--full")
    assert marks(blocks(report)[-1]) == 1
    assert report.endswith("\n… and 1 more change\n")
    report = project.diff("markdown")  # where it is cut
    assert marks(blocks(report)[-1]) == 2 and "more change" not in report


# --- GitHub Actions --------------------------------------------------------------------------


def command_of(line):
    """(name, properties, data) as the runner reads a line: `::name properties::data` behind
    blanks, or, in its old form, `##[name properties]data` anywhere."""
    stripped = line.lstrip()  # blanks of every script, as .NET has them
    match = re.match(r"::([^: ]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)", stripped, re.DOTALL)
    if stripped.startswith("::") and match:
        return match[1], match[2] or "", match[3]
    match = re.search(r"##\[([^\] ]+)( [^\]]*)?\](.*)", line, re.DOTALL)
    return (match[1], match[2] or "", match[3]) if match else None


def commands(log):
    """Of a log, cut where the runner may cut it."""
    lines = re.split("\r\n|\n|\r|\u2028|\u2029|\x85", log)
    return [command for line in lines if (command := command_of(line))]


@pytest.mark.parametrize("seed", range(6))
def test_github_sees_our_commands_only(project, seed):
    dice = random.Random(100 + seed)
    items = hostile_items(dice, 12)
    policy = {"Statement": DENY, "Id": "".join(HOSTILE[36:46])}
    project.write(items, policy=policy)
    log = project.diff("github", "--full")
    summary = "plan: 1 table to create, 12 to add"
    expected = [
        ("group", "", "hostile"),
        ("endgroup", "", ""),
        ("notice", "title=ddbgen plan", summary),
    ]
    check_visible(log)
    assert commands(log) == expected
    assert len(re.findall(r"(?m)^  \+ ", log)) == 13
    log = project.diff("github")
    check_visible(log)
    assert commands(log) == expected
    assert len(re.findall(r"(?m)^  \+ ", log)) == 12
    log = project.tool("apply", "--yes", "--format", "github", expect=0).all.decode()
    check_visible(log)
    assert commands(log)[:3] == expected
    # dynalite keeps no policy, which is warned of.
    assert {name for name, _, _ in commands(log)[3:]} <= {"warning"}
    assert project.diff("github", expect=0) == (
        "::group::hostile\n"
        "  note: resource_policy: not told by the server, so not compared\n"
        "::endgroup::\n"
        "::notice title=ddbgen plan::plan: nothing to change, 12 unchanged, 1 not known\n"
        "live: exactly 12 items (counted by a scan), 12 declared\n"
    )
    project.write(changed(dice, items))
    log = project.diff("github")
    check_visible(log)
    assert [name for name, _, _ in commands(log)] == ["group", "endgroup", "notice"]


def test_reading_commands():
    """The reader above, on what the runner is known to take and to leave."""
    assert command_of("  ::error file=a,line=1::x") == ("error", "file=a,line=1", "x")
    assert command_of("\u3000::endgroup::") == ("endgroup", "", "")
    assert command_of("text ##[error]x") == ("error", "", "x")
    assert command_of("text ::error::x") is None
    assert command_of("## [error]x") is None


# --- both ----------------------------------------------------------------------------------


def test_other_commands_have_no_markdown(run, tmp_path):
    (tmp_path / "t.yaml").write_text("")
    for command in ("check", "build", "drop", "apply"):
        said = run(command, "t.yaml", "--format", "markdown", cwd=tmp_path, expect=2).errors
        assert "diff, apply --dry-run" in said, said
