"""Builds every wheel, then installs each plugin alone, with only its own dependencies, and runs its suite there."""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from shutil import which

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a command and end everything when it fails."""
    subprocess.run([str(part) for part in command], cwd=cwd, check=True)


def main() -> int:
    """Build the wheels, then try each plugin."""
    uv = which("uv")
    if uv is None:
        raise SystemExit("uv is not on the path; the README's commands install it")
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder) / "wheels"
        run(uv, "build", "--quiet", "--all-packages", "--wheel", "--out-dir", wheels)
        failed = [plugin.name for plugin in sorted(ROOT.glob("plugins/*")) if not passes_alone(uv, plugin, wheels)]
    print("failed alone:", ", ".join(failed) if failed else "none")
    return 1 if failed else 0


def passes_alone(uv: str, plugin: Path, wheels: Path) -> bool:
    """Whether a plugin's suite passes in an environment that holds only the plugin and what it requires."""
    name = tomllib.loads((plugin / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    print(f"\n-- {name} alone", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "environment"
        python = environment / "bin" / "python"
        run(uv, "venv", "--quiet", "--python", sys.executable, environment)
        # pytest-xdist only spreads the tests over the processors; no test may know of it
        packages = (f"{name}[testing]", "pytest-xdist")
        run(uv, "pip", "install", "--quiet", "--python", python, "--find-links", wheels, *packages)
        # not `python -m pytest`: that would put the source folder before the installed wheel on the import path
        command = [str(environment / "bin" / "pytest"), "-q", "-p", "no:cacheprovider", "--numprocesses=auto"]
        return subprocess.run(command, cwd=plugin, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
