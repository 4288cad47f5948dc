"""What the tests of the assembled system share.

Every process here is the real one, `python -m tmws_core`, with the home folder and the import path of one test.
"""

import shutil
from pathlib import Path
from typing import Protocol

import pytest

from tests.integration.installation import Installation
from tests.integration.ledger import LEDGER_1, LEDGER_2
from tests.integration.look import Look


class InstallLedger(Protocol):
    """Installs one version of the plugin `ledger`, 1 or 2."""

    def __call__(self, version: int) -> Path:
        """Install it in place of the version that is there; returns its site folder."""


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An installation with the plugins of this environment, and no database yet."""
    return Installation(tmp_path)


@pytest.fixture
def look(installation: Installation) -> Look:
    """A look into the default database of the installation."""
    return Look(f"sqlite:///{installation.database}")


@pytest.fixture
def established(installation: Installation, sqlite_template: Path) -> Installation:
    """An installation whose database holds the tables of every plugin, and their seeds."""
    installation.database.parent.mkdir(parents=True)
    shutil.copy(sqlite_template, installation.database)
    return installation


@pytest.fixture
def at_database(installation: Installation, database_url: str) -> Look:
    """A look into an empty database, on SQLite and on PostgreSQL, which the installation is set to use."""
    installation.variables["TMWS_DATABASE_URL"] = database_url
    return Look(database_url)


@pytest.fixture
def install_ledger(installation: Installation) -> InstallLedger:
    """Install the plugin `ledger`, made for these tests, in the version 1 or 2."""

    def install(version: int) -> Path:
        source = {1: LEDGER_1, 2: LEDGER_2}[version]
        return installation.install(
            "ledger", source, version=f"{version}.0", requires=("tmws-core", "tmws-agents>=0.1")
        )

    return install
