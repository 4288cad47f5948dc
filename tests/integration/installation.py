"""An installation in a folder of its own, and the real commands run in it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tmws_core.testing.distributions import PluginDistribution

SECONDS_FOR_A_COMMAND = 60


@dataclass
class Installation:
    """One user's machine: a home folder, extra site folders, settings, and the real commands run with them.

    Attributes:
        folder: where everything is.
        variables: what is set in the environment of every command.
        sites: the site folder of each plugin that was installed beside those of the environment.
    """

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    sites: dict[str, Path] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The folder of everything that the server keeps."""
        return self.folder / "home"

    @property
    def database(self) -> Path:
        """The default database file."""
        return self.home / "data" / "tmws.db"

    def environment(self, **variables: str) -> dict[str, str]:
        """The environment of a command; of the machine's own only what has nothing to do with the server."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TMWS_", "PYTHON"))}
        path = os.pathsep.join(str(site) for site in self.sites.values())
        own = {"HOME": str(self.folder), "TMWS_HOME": str(self.home), "PYTHONPATH": path}
        return {**inherited, **own, **self.variables, **variables}

    def install(
        self,
        name: str,
        source: str | Mapping[str, str],
        *,
        version: str = "1.0",
        requires: Sequence[str] = ("tmws-core",),
    ) -> Path:
        """Install a plugin, in place of the version that is there; see `PluginDistribution` for the arguments."""
        self.uninstall(name)
        site = self.folder / f"site-{name}"
        PluginDistribution(name, source, version=version, requires=requires).write(site)
        self.sites[name] = site
        return site

    def uninstall(self, name: str) -> None:
        """Uninstall a plugin, with every file of it."""
        if site := self.sites.pop(name, None):
            shutil.rmtree(site)

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command and leave it running; its three streams are pipes."""
        return self.start_python("-m", "tmws_core", *words, **variables)

    def start_python(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """Start Python with the same environment."""
        return subprocess.Popen(
            [sys.executable, *words],
            env=self.environment(**variables),
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever that is."""
        with self.start(*words, **variables) as process:
            output, errors = process.communicate(timeout=SECONDS_FOR_A_COMMAND)
        return subprocess.CompletedProcess(words, process.returncode, output, errors)

    def ask(self, *words: str, **variables: str) -> dict[str, Any]:
        """Run a command with `--json`, see that it succeeds, and return what it says."""
        ended = self.run(*words, "--json", **variables)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        told: dict[str, Any] = json.loads(ended.stdout)
        return told
