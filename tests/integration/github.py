"""GitHub as far as docs/ci.md needs it: a runner of jobs, and the API of comments.

`Runner` does the jobs of a workflow as GitHub's runner does: it evaluates expressions (by
GitHub's own evaluator), runs `run` steps with the shells and the files that the runner gives,
and enters the composite actions of this project. What other people's actions do is played:
artifacts are copied, the rest is left out.

`Api` serves the comments of pull requests on this machine and keeps what was sent.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import yaml

ROOT = Path(__file__).resolve().parents[2]
OURS = re.compile(r"OWNER/ddbgen/(\.github/actions/\w+)@v\d+\.\d+\.\d+")
THEIRS = ("actions/checkout@", "aws-actions/configure-aws-credentials@")


def text_of(value):
    """A YAML value as GitHub makes a string of it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


# Names that the runner knows; others are printed as they are. V1 is for agents, too.
COMMANDS = {"error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "add-path",
            "set-env", "set-output", "save-state", "echo", "add-matcher", "remove-matcher",
            "stop-commands", "section", "command"}


def commands_of(printed):
    """The commands that a runner takes from what a step printed: (name, all behind it).

    As actions/runner does: "::name props::" behind blanks, "##[name props]" anywhere in a
    line, names in any case; as Azure's agent, "##vso[area.name props]". Between stop-commands
    and its token nothing is a command, in any of these forms.
    """
    found, token = [], None
    for line in re.split(r"\r\n|\r|\n", printed):
        if token is not None:
            token = None if line.strip() == f"::{token}::" else token
            continue
        new = re.match(r"\s*::([^:\s]+)([^\n]*)", line)
        old = re.search(r"##\[([^\s\]]+)([^\n]*)", line, re.I)
        azure = re.search(r"##vso\[([^\s\]]+)([^\n]*)", line, re.I)
        if new and new[1].lower() in COMMANDS and "::" in new[2]:
            name, rest = new[1].lower(), new[2]
        elif old:
            name, rest = old[1].lower(), old[2]
        elif azure:
            name, rest = azure[1].lower(), azure[2]
        else:
            continue
        found.append((name, rest))
        if name == "stop-commands":
            token = rest.rpartition("::")[2]
            assert re.fullmatch("[0-9a-f]{32}", token), line
    assert token is None, "commands are stopped to the end"
    return found


@dataclass
class Job:
    """What became of a job. `steps`: (name, exit code, what it printed) of those that ran."""

    steps: list = field(default_factory=list)
    summary: str = ""
    outputs: dict = field(default_factory=dict)
    failed: bool = False

    @property
    def printed(self):
        return "".join(said for _, _, said in self.steps)


class Runner:
    """`github`: the context of that name; `env`: the variables that the runner would set."""

    def __init__(self, workspace, temp, ddbgen, github, env):
        self.workspace, self.temp = workspace, temp
        self.github = github
        self.artifacts = temp / "artifacts"
        self.evaluator = subprocess.Popen(
            ["node", ROOT / "tests/tools/evaluate_github.mjs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.programs = temp / "bin"  # where the action `setup` would put ddbgen
        self.programs.mkdir(parents=True)
        (self.programs / "ddbgen").symlink_to(ddbgen)
        self.env = {
            "HOME": str(temp),
            "LC_ALL": "C",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(workspace),
            "RUNNER_TEMP": str(temp),
            **env,
        }

    def close(self):
        self.evaluator.stdin.close()
        self.evaluator.stdout.close()
        self.evaluator.wait(10)

    def evaluate(self, texts, contexts, failed):
        asked = {"context": contexts, "failed": failed, "texts": texts}
        self.evaluator.stdin.write(json.dumps(asked) + "\n")
        self.evaluator.stdin.flush()
        return json.loads(self.evaluator.stdout.readline())

    def values(self, mapping, contexts, failed):
        texts = [text_of(value) for value in mapping.values()]
        return dict(zip(mapping, self.evaluate(texts, contexts, failed)))

    def holds(self, condition, contexts, failed):
        text = re.sub(r"^\$\{\{(.*)\}\}$", r"\1", condition.strip(), flags=re.S)
        if not re.search(r"\b(success|failure|always|cancelled)\(", text):
            text = f"success() && ({text})"
        return self.evaluate([f"${{{{ {text} }}}}"], contexts, failed)[0] not in ("false", "")

    def job(self, job, needs=None):
        """Runs a job; None when its condition does not hold."""
        contexts = {"github": self.github, "needs": needs or {}, "vars": {}, "steps": {}}
        if not self.holds(job.get("if", "success()"), contexts, False):
            return None
        done = Job()
        self.path = f"{self.temp}/none:/usr/bin:/bin"
        self.run_steps(job["steps"], contexts, self.workspace, done)
        done.outputs = self.values(job.get("outputs", {}), contexts, done.failed)
        return done

    def run_steps(self, steps, contexts, folder, done):
        failed = False
        for step in steps:
            if not self.holds(step.get("if", "success()"), contexts, failed):
                continue
            if "uses" in step:
                code, outputs = self.use(step, contexts, failed, done)
            else:
                code, outputs = self.run(step, contexts, failed, folder, done)
            if "id" in step:
                contexts["steps"][step["id"]] = {"outputs": outputs}
            failed = failed or code != 0
        done.failed = done.failed or failed
        return failed

    def run(self, step, contexts, failed, folder, done):
        env = self.values(step.get("env", {}), contexts, failed)
        [script] = self.evaluate([step["run"]], contexts, failed)
        files = {
            name: self.temp / name.lower()
            for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")
        }
        for path in (*files.values(), self.temp / "script"):
            path.write_text("")
        (self.temp / "script").write_text(script)
        shell = {
            "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
            None: ["bash", "-e"],
        }[step.get("shell")]
        ran = subprocess.run(
            [*shell, self.temp / "script"],
            cwd=self.workspace,
            env={**self.env, "PATH": self.path, **env, "GITHUB_ACTION_PATH": str(folder)}
            | {name: str(path) for name, path in files.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
        )
        said = ran.stdout.decode()
        done.steps.append((step.get("name", script), ran.returncode, said))
        done.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        self.path = ":".join([*files["GITHUB_PATH"].read_text().split(), self.path])
        lines = files["GITHUB_OUTPUT"].read_text().splitlines()
        assert all("=" in line and "<<" not in line for line in lines), lines
        return ran.returncode, dict(line.split("=", 1) for line in lines)

    def use(self, step, contexts, failed, done):
        given = self.values(step.get("with", {}), contexts, failed)
        ours = OURS.fullmatch(step["uses"])
        if ours and ours[1].endswith("/setup"):
            self.path = f"{self.programs}:{self.path}"
            return 0, {}
        if ours:
            return self.compose(ROOT / ours[1], given, failed, done)
        if "-artifact@" in step["uses"]:
            self.carry_artifact(step["uses"], given)
        else:
            assert step["uses"].startswith(THEIRS), step["uses"]
        return 0, {}

    def compose(self, folder, given, failed, done):
        action = yaml.safe_load((folder / "action.yml").read_text())
        unknown = set(given) - set(action["inputs"])
        assert not unknown, f"{folder} has no inputs {unknown}"
        contexts = {"github": self.github, "steps": {}}
        defaults = {name: row.get("default", "") for name, row in action["inputs"].items()}
        contexts["inputs"] = {**self.values(defaults, contexts, failed), **given}
        broken = self.run_steps(action["runs"]["steps"], contexts, folder, done)
        values = {name: row["value"] for name, row in action["outputs"].items()}
        return int(broken), self.values(values, contexts, failed)

    def carry_artifact(self, action, given):
        folder = self.artifacts / given["name"]
        if action.startswith("actions/upload-artifact@"):
            folder.mkdir(parents=True)
            shutil.copy(self.workspace / given["path"], folder)
            os.unlink(self.workspace / given["path"])  # the next job has another machine
        else:
            shutil.copytree(folder, self.workspace, dirs_exist_ok=True)


class Api:
    """Comments of pull requests, by REST. `refuses`: writing is answered with this code."""

    TOKEN = "ghs_only_for_tests"
    AUTHOR = "github-actions[bot]"

    def __init__(self):
        self.comments = []
        self.refuses = None
        self.wrote = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, code, value):
                body = json.dumps(value).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def allowed(self):
                if self.headers["Authorization"] != f"Bearer {api.TOKEN}":
                    self.answer(401, {"message": "Bad credentials"})
                    return False
                return True

            def do_GET(self):
                if not self.allowed():
                    return
                at = urlsplit(self.path)
                assert at.path == "/repos/octo/shop/issues/7/comments", at.path
                asked = {name: int(values[0]) for name, values in parse_qs(at.query).items()}
                first = asked["per_page"] * (asked["page"] - 1)
                self.answer(200, api.comments[first : first + asked["per_page"]])

            def write(self):
                length = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(length))["body"]
                if not self.allowed():
                    return
                api.wrote.append((self.command, self.path))
                if api.refuses:
                    self.answer(api.refuses, {"message": "Resource not accessible"})
                elif self.command == "POST":
                    assert self.path == "/repos/octo/shop/issues/7/comments", self.path
                    self.answer(201, api.add(api.AUTHOR, body))
                else:
                    number = int(re.fullmatch(r"/repos/octo/shop/issues/comments/(\d+)",
                                              self.path)[1])
                    [comment] = [each for each in api.comments if each["id"] == number]
                    comment["body"] = body
                    self.answer(200, comment)

            do_POST = do_PATCH = write

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def add(self, login, body):
        comment = {"id": 1000 + len(self.comments), "user": {"login": login}, "body": body}
        self.comments.append(comment)
        return comment

    def ours(self):
        return [each["body"] for each in self.comments if each["user"]["login"] == self.AUTHOR]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
