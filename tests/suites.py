"""Runs test suites as users of the pytest plugin have them: in a folder and a process of their own."""

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run_suite(folder: Path, source: str, *arguments: str, **variables: str) -> tuple[int, str]:
    """Runs a suite with this one test module; its exit status and what it printed."""
    (folder / "test_theirs.py").write_text(source)
    (folder / "pytest.ini").write_text("[pytest]\n")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environ |= {"PYTHONPATH": str(ROOT), **variables}
    installed = metadata.entry_points(group="pytest11", name="mockcentra")
    plugin = [] if installed else ["-p", "mockcentra.testing.plugin"]
    command = [sys.executable, "-m", "pytest", *plugin, "-q", *arguments]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr
