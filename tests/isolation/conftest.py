"""The application with every installed plugin and a door of every kind, served to callers of any rights."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.isolation.doors import Door, doors_of
from tests.isolation.every_kind import EVERY_KIND
from tests.isolation.visitor import Visitor
from tests.server.conftest import serving
from tmws_core.application import Application
from tmws_core.context import Context
from tmws_core.contributions.authenticator import Authenticator
from tmws_core.credentials import Credentials
from tmws_core.principal import PUBLIC, Principal
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin
from tmws_core.tool_errors import Unauthenticated


@dataclass(frozen=True)
class House:
    """A served application whose callers' tokens name the one scope that they lack.

    Attributes:
        application: the application.
        url: where it is served.
        doors: all its doors.
    """

    application: Application
    url: str
    doors: list[Door]

    @property
    def scopes(self) -> list[str]:
        """Every scope that a door asks for, without that of everybody."""
        return sorted({door.scope for door in self.doors} - {PUBLIC})

    def principal_without(self, scope: str) -> Principal:
        """Who may do everything but one thing."""
        return Principal("visitor", "elsewhere", frozenset(self.scopes) - {scope})

    def visitor_without(self, scope: str) -> AbstractAsyncContextManager[Visitor]:
        """A visitor who may do everything but one thing."""
        return Visitor.of(self.application, self.url, scope.replace(":", "."), self.principal_without(scope))


@pytest.fixture
def settings(install_plugin: InstallPlugin, sqlite_template: Path, tmp_path: Path) -> Settings:
    """Strict settings for every installed plugin, and one with a door of every kind."""
    database = tmp_path / "tmws.db"
    database.write_bytes(sqlite_template.read_bytes())
    install_plugin("every", EVERY_KIND)
    return Settings(
        {},
        home=tmp_path,
        database_url=f"sqlite:///{database}",
        strict=True,
        profile="full",
        rate_limit="1000000/second",
    )


@pytest_asyncio.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    """The served application."""
    async with Application(settings) as application:
        doors = doors_of(application.catalogue)
        found = House(application, "", doors)

        async def know(_context: Context, credentials: Credentials) -> Principal:
            """Know each caller by the scope that it lacks."""
            if credentials.token is None:
                raise Unauthenticated("nobody is known without a token")
            return found.principal_without(credentials.token.replace(".", ":"))

        application.catalogue.authenticator = Authenticator(function=know)
        async with serving(application) as url:
            yield House(application, url, doors)
