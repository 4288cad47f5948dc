"""A home folder with a database, and the environment of the processes that work there."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tmws_core.testing.template import create_everything

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

    @property
    def database_url(self) -> str:
        """The default database's URL."""
        return f"sqlite:///{self.database}"

    def environment(self, **settings: str) -> dict[str, str]:
        """The environment of a process that works here; nothing of the user's own settings is in it.

        Args:
            settings: the core's settings by their variables.
        """
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("TMWS_")}
        path = os.pathsep.join(map(str, (_REPOSITORY, *self.sites)))
        return {**inherited, "PYTHONPATH": path, "TMWS_HOME": str(self.home), "TMWS_LOG_LEVEL": "ERROR", **settings}

    def fill(self) -> None:
        """Create the database with the tables of all plugins that this process sees."""
        create_everything(self.database_url, self.home)


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
