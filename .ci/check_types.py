"""Checks the types of the core and of each plugin, tests included.

The test folders of the plugins have modules of the same names, so each is checked in a run of its own.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run mypy over every part, all of them even when one fails."""
    parts = [["tmws_core", "benchmarks"], ["tests"], sorted(str(file) for file in ROOT.glob(".ci/*.py"))]
    parts += [[str(plugin)] for plugin in sorted(ROOT.glob("plugins/*"))]
    results = [subprocess.run([sys.executable, "-m", "mypy", *part], cwd=ROOT, check=False) for part in parts]
    return max(result.returncode for result in results)


if __name__ == "__main__":
    sys.exit(main())
