"""The action `setup` builds a program that the steps after it find on PATH."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_setup_action(tmp_path):
    files = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH")}
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": os.environ.get("HOME", "/"),
        "RUNNER_TEMP": str(tmp_path),
        **{name: str(path) for name, path in files.items()},
    }
    if shutil.which("ccache"):
        environment["CMAKE_C_COMPILER_LAUNCHER"] = "ccache"
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", '"$GITHUB_ACTION_PATH/build"'],
        cwd=tmp_path,
        env={**environment, "GITHUB_ACTION_PATH": str(ROOT / ".github/actions/setup")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
    [folder] = files["GITHUB_PATH"].read_text().splitlines()
    assert outputs["path"] == f"{folder}/ddbgen"
    said = subprocess.run(
        ["ddbgen", "--version"],
        env={"PATH": folder},
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.strip() == f"ddbgen {outputs['version']}"
    assert not (ROOT / "CMakeCache.txt").exists()
