"""`cmake --install` gives a program that works from its new place."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_install(tmp_path):
    build = os.environ["DDBGEN_BUILD_DIR"]
    prefix = tmp_path / "usr"
    subprocess.run(
        ["cmake", "--install", build, "--prefix", prefix], check=True, capture_output=True
    )
    program = prefix / "bin/ddbgen"
    environment = {"PATH": "/usr/bin:/bin"}
    said = subprocess.run([program, "--version"], env=environment, capture_output=True, text=True)
    assert said.returncode == 0 and said.stdout.startswith("ddbgen ")
    shipped = prefix / "share/ddbgen"
    for schema in ("rooms", "messages", "shop"):
        said = subprocess.run(
            [program, "build", shipped / f"schemas/{schema}.yaml", "--handles",
             shipped / "fixtures/users.yaml"],
            env=environment, check=True, capture_output=True,
        )
        assert said.stdout.startswith(b'{"CreateTable":')


def test_no_place_of_the_build_machine_in_the_program():
    program = Path(os.environ["DDBGEN"])
    assert str(ROOT).encode() not in program.read_bytes()
