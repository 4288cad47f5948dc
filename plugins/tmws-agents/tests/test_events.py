"""What the tools tell observers."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

import pytest

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin

CallTool = Callable[..., Awaitable[dict[str, Any]]]

LISTENER = """
    import sys

    from tmws_core import Event, hookimpl, observer

    heard = []


    @observer("*")
    async def hear(event: Event) -> None:
        if event.name not in ("tool.called",):
            heard.append((event.name, event.details))


    @hookimpl
    def tmws_observers():
        return sys.modules[__name__]
"""


@pytest.fixture
def heard(install_plugin: InstallPlugin) -> list[tuple[str, dict[str, Any]]]:
    """What was told, in order."""
    install_plugin("listener", LISTENER)
    found: list[tuple[str, dict[str, Any]]] = import_module("listener").heard
    return found


@pytest.fixture
def settings(settings: Settings, heard: object) -> Settings:
    values = {"plugins": "agents,listener", "strict": True, "rate_limit": "1000000/second"}
    return Settings({}, home=settings.home, database_url=settings.database_url, **values)


async def told(application: Application, heard: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    for listener in application.listeners:
        await listener.close()
    await asyncio.sleep(0)
    return heard


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_what_was_registered_and_administered_is_told(
    application: Application, call: CallTool, heard: list[tuple[str, dict[str, Any]]]
) -> None:
    await call("namespace_create", namespace="lab")
    await call("agent_register", agent_id="helper", namespace="lab")
    await call("agent_deactivate", agent_id="helper")
    assert await told(application, heard) == [
        ("namespace.created", {"namespace": "lab"}),
        ("agent.registered", {"agent_id": "helper", "namespace": "lab"}),
        ("agent.deactivated", {"agent_id": "helper", "status": "inactive"}),
        ("security.admin_action", {"action": "agent_deactivate", "kind": "agent", "name": "helper"}),
    ]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_to_retire_oneself_is_no_administration(
    application: Application, call: CallTool, heard: list[tuple[str, dict[str, Any]]]
) -> None:
    await call("agent_update", display_name="Alice")
    await call("agent_deactivate", agent_id="alice")
    assert [name for name, _ in await told(application, heard)] == ["agent.updated", "agent.deactivated"]


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_what_was_refused_is_not_told_as_done(
    application: Application, call: CallTool, heard: list[tuple[str, dict[str, Any]]], stranger: Principal
) -> None:
    for tool, said in (("agent_deactivate", {"agent_id": "hestia-auditor"}), ("team_get", {"team_id": "x"})):
        with pytest.raises(Exception, match=r"may not deactivate|no team"):
            await call(tool, stranger, **said)
    assert await told(application, heard) == []
