"""Fixtures for the tests of the core: the plugins of one test, and no others, on a database of their own."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tmws_core.application import Application
from tmws_core.assembly import Assembly
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin

_MODELS = """\
import sys

import sqlalchemy as sa
from sqlalchemy import ForeignKey, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tmws_core import Context, hookimpl, seed, tool
from tmws_core.declarative import plugin_metadata


class Base(DeclarativeBase):
    metadata = plugin_metadata("{plugin}")


{body}


@hookimpl
def tmws_models():
    return sys.modules[__name__]
"""


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[..., Settings]:
    """Settings that load only the named plugins; nothing of the machine's environment gets in."""

    def made(*plugins: str, environment: Mapping[str, str] | None = None, **fields: object) -> Settings:
        chosen: dict[str, Any] = {"home": tmp_path, "plugins": ",".join(plugins), **fields}
        return Settings(environment or {}, **chosen)

    return made


@pytest.fixture
def assemble(settings_for: Callable[..., Settings]) -> Callable[..., Assembly]:
    """Puts the named plugins together; fields of the core's settings may follow."""

    def assembled(*plugins: str, **fields: object) -> Assembly:
        return Assembly(settings_for(*plugins, **fields))

    return assembled


@pytest.fixture
def start(settings_for: Callable[..., Settings]) -> Callable[..., Application]:
    """An application with the named plugins, not yet opened; fields of the core's settings may follow."""

    def started(*plugins: str, **fields: object) -> Application:
        return Application(settings_for(*plugins, **fields))

    return started


@pytest.fixture
def install_models(install_plugin: InstallPlugin) -> Callable[..., Path]:
    """Installs a plugin whose one module declares a base and then whatever the test says; `sa` is SQLAlchemy."""

    def installed(
        plugin: str,
        body: str,
        *,
        requires: Sequence[str] = ("tmws-core",),
        version: str = "1.0",
        distribution: str = "",
        modules: Mapping[str, str] | None = None,
    ) -> Path:
        source = _MODELS.format(plugin=plugin, body=dedent(body))
        modules = {path: dedent(text) for path, text in (modules or {}).items()}
        return install_plugin(
            plugin,
            {"__init__.py": source, **modules},
            requires=requires,
            version=version,
            distribution=distribution,
        )

    return installed


@pytest.fixture
def status_of() -> Callable[[Assembly, str], tuple[str, str]]:
    """A plugin's status and the reason for it."""

    def told(assembly: Assembly, plugin: str) -> tuple[str, str]:
        record = next(record for record in assembly.records if record.name == plugin)
        return record.status.value, record.reason

    return told
