"""The project's own files: what git knows or would add, or else all but build folders."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OTHERS = ("build", "node_modules", ".git", ".cache", "__pycache__")


def project_files():
    git = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
    )
    if git.returncode == 0 and git.stdout:
        paths = [ROOT / name for name in git.stdout.decode().split("\0") if name]
    else:
        paths = []
        for folder, names, leaves in os.walk(ROOT):
            names[:] = [name for name in names if not name.startswith(OTHERS)]
            paths += [Path(folder, leaf) for leaf in leaves]
    return sorted(path for path in paths if path.is_file())


def c_files():
    folders = (ROOT / "src", ROOT / "tests")
    return [
        path
        for path in project_files()
        if path.suffix in (".c", ".h") and any(top in path.parents for top in folders)
    ]
