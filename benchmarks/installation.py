"""A home folder with a database, and the environment of the processes that work there."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True)
class Installation:
    """Where processes work.

    Attributes:
        home: the home folder of the server.
        sites: folders with more installed distributions.
    """

    home: Path
    sites: Sequence[Path] = ()

    @property
    def database(self) -> Path:
        """The default database's file."""
        return self.home / "data" / "tmws.db"

    def environment(self, **settings: str) -> dict[str, str]:
        """The environment of a process that works here; nothing of the user's own settings is in it.

        Args:
            settings: the core's settings by their variables.
        """
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("TMWS_")}
        path = os.pathsep.join([str(_REPOSITORY), *map(str, self.sites), inherited.get("PYTHONPATH", "")]).rstrip(
            os.pathsep
        )
        return {**inherited, "PYTHONPATH": path, "TMWS_HOME": str(self.home), "TMWS_LOG_LEVEL": "ERROR", **settings}

    def fill(self) -> None:
        """Create the database with the tables of all plugins that are installed here."""
        subprocess.run(process_command("fill"), env=self.environment(), check=True)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tmws-benchmark-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def server_command() -> list[str]:
    """The command with which clients start the stdio server."""
    script = shutil.which("tmws-mcp-server", path=str(Path(sys.executable).parent))
    return [script] if script else [sys.executable, "-m", "tmws_core", "serve", "--stdio"]


def process_command(name: str, *arguments: str) -> list[str]:
    """The command that runs a module of `benchmarks.processes`."""
    return [sys.executable, "-m", f"benchmarks.processes.{name}", *arguments]
