"""Writes small plugins as real distributions: a package, its metadata, its entry point."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import invalidate_caches
from pathlib import Path
from textwrap import dedent
from typing import Protocol

import pytest

from tmws_core.observation import forget


@dataclass(frozen=True)
class PluginDistribution:
    """A distribution with one plugin, as it is to be installed.

    Attributes:
        name: the plugin's name, and that of its package.
        source: the Python source of the package's `__init__`, or of several modules by their paths.
        distribution: the distribution's name; by default the plugin's name after `tmws-`.
        version: its version.
        requires: its requirements, such as `tmws-agents>=0.1`.
        package: the package's name, when it is not the plugin's.
        extension: where the `Extension` of its methods stands, such as `stars:STARS`.
    """

    name: str
    source: str | Mapping[str, str]
    distribution: str = ""
    version: str = "1.0"
    requires: Sequence[str] = field(default=("tmws-core",))
    package: str = ""
    extension: str = ""

    def write(self, site: Path) -> None:
        """Write the distribution into a folder that is, or will be, on the import path."""
        package, distribution = self.package or self.name, self.distribution or f"tmws-{self.name}"
        sources = {"__init__.py": self.source} if isinstance(self.source, str) else self.source
        for path, text in sources.items():
            file = site / package / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(text), encoding="utf-8")
        information = site / f"{distribution.replace('-', '_')}-{self.version}.dist-info"
        information.mkdir(parents=True)
        headers = ["Metadata-Version: 2.4", f"Name: {distribution}", f"Version: {self.version}"]
        headers += [f"Requires-Dist: {requirement}" for requirement in self.requires]
        (information / "METADATA").write_text("\n".join(headers) + "\n", encoding="utf-8")
        entry = f"[tmws.plugins]\n{self.name} = {package}\n"
        if self.extension:
            entry += f"[tmws.mcp_extensions]\n{self.name} = {self.extension}\n"
        (information / "entry_points.txt").write_text(entry, encoding="utf-8")


class InstallPlugin(Protocol):
    """Installs a plugin for the duration of one test; see `PluginDistribution` for the arguments."""

    def __call__(
        self,
        name: str,
        source: str | Mapping[str, str],
        *,
        distribution: str = "",
        version: str = "1.0",
        requires: Sequence[str] = ("tmws-core",),
        package: str = "",
    ) -> Path:
        """Write the distribution and put it on the import path; returns the folder that it is in."""


@pytest.fixture
def install_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InstallPlugin]:
    """Install plugins that are written in the test itself.

        def test_my_hook(install_plugin):
            install_plugin("weather", '''
                from tmws_core import hookimpl
                ...
            ''')

    Each plugin is a distribution of its own, in a folder of its own on the import path; after the test its modules are
    forgotten again. To install another version of a distribution replaces it, and forgets what was imported of it.
    """
    packages: list[str] = []

    def install(
        name: str,
        source: str | Mapping[str, str],
        *,
        distribution: str = "",
        version: str = "1.0",
        requires: Sequence[str] = ("tmws-core",),
        package: str = "",
    ) -> Path:
        _forget(package or name)
        packages.append(package or name)
        site = tmp_path / f"site-{len(packages)}"
        PluginDistribution(name, source, distribution, version, requires, package).write(site)
        monkeypatch.syspath_prepend(str(site))
        invalidate_caches()
        return site

    yield install
    for package in packages:
        _forget(package)


def _forget(package: str) -> None:
    """Unload a package, so that the next import reads its files again."""
    for module in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[module]
    forget(package)
