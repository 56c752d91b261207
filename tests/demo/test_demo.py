"""scripts/demo does what its first screen promises, and leaves nothing behind."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def processes_with(mark):
    """Processes whose command line or environment holds the mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue
        if mark.encode() in said and int(folder.name) != os.getpid():
            found.append((folder.name, said[:200]))
    return found


def run_demo(scratch, **environment):
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "AWS_", "ASAN"))}
    return subprocess.run(
        [ROOT / "scripts/demo"],
        cwd="/",
        env={**keep, "TMPDIR": scratch, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=500,
    )


def nothing_remains(scratch):
    for _ in range(20):
        if not processes_with(scratch) and not os.listdir(scratch):
            return True
        time.sleep(0.25)
    print(processes_with(scratch), os.listdir(scratch))
    return False


def test_demo():
    with tempfile.TemporaryDirectory(prefix="ddbgen-demo-") as scratch:
        os.chmod(scratch, 0o755)
        done = run_demo(scratch)
        print(done.stdout, done.stderr)
        assert done.returncode == 0
        assert nothing_remains(scratch)
    shown = done.stdout
    assert "\x1b" not in shown, "colours without a terminal"
    assert "error[unknown-key]" in shown and "did you mean 'billing_mode'" in shown
    assert "error[label-unknown]" in shown
    assert "warning[" not in shown, "Postgres is asked as a superuser"
    assert "Andrew Brown" in shown and "Andrew Bayko" in shown
    assert "--chat" in shown and "Sunday, 19 March 2023, UTC" in shown
    assert "node " not in shown, "what is shown under a prompt is what ddbgen prints"
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_demo_fails_loudly():
    """A step that fails ends the demo with its exit code, and still nothing remains."""
    with tempfile.TemporaryDirectory(prefix="ddbgen-demo-") as scratch:
        os.chmod(scratch, 0o755)
        done = run_demo(scratch, AWS_ENDPOINT_URL="", DDBGEN_DEMO_SCHEMA="schemas/nowhere.yaml")
        print(done.stdout, done.stderr)
        assert done.returncode != 0
        assert nothing_remains(scratch)
