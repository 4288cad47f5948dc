"""Checks the types of the core and of each plugin, tests included.

The test folders of the plugins have modules of the same names, so each is checked in a run of its own.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run mypy over every part, all of them even when one fails."""
    parts = [(ROOT, ["tmws_core", "benchmarks"]), (ROOT, ["tests"]), (ROOT, sorted(map(str, ROOT.glob(".ci/*.py"))))]
    # from within, because a folder with a hyphen in its name cannot be a part of a module's name
    parts += [(plugin, ["."]) for plugin in sorted(ROOT.glob("plugins/*"))]
    return max(_check(folder, part) for folder, part in parts)


def _check(folder: Path, part: Sequence[str]) -> int:
    options = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache")]
    return subprocess.run([sys.executable, "-m", "mypy", *options, *part], cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
