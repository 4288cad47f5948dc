"""After any acts everybody sees what a small oracle says; and a rule that is given up is found."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from tests.isolation.acts import Acts
from tmws_agents import access as agents_access
from tmws_agents import namespaces, registration
from tmws_agents.lookup import NAMESPACES, find
from tmws_agents.models.namespace import Namespace
from tmws_core.application import Application
from tmws_core.principal import Principal
from tmws_core.rate_limits import RateLimits
from tmws_core.settings import Settings
from tmws_core.tool_errors import PermissionDenied
from tmws_memory import access, grants, maintenance
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing
from tmws_memory.reading import get
from tmws_memory.search import candidates

Replace = Callable[[Any, Any], None]


@pytest.fixture(autouse=True)
def undisturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No act is refused for its frequency, and nothing runs beside the acts."""
    monkeypatch.setattr(RateLimits, "count", lambda *_: None)
    monkeypatch.setattr(maintenance, "SECONDS_AFTER_START", maintenance.SECONDS_BETWEEN_RETRIES)


@pytest.fixture
def act(sqlite_template: Path, tmp_path: Path) -> Callable[[], None]:
    """Lets the agents act, until the oracle is contradicted."""
    return lambda: acting(sqlite_template, tmp_path)


@pytest.fixture
def replace(monkeypatch: pytest.MonkeyPatch) -> Replace:
    """Puts something in the place of a function, in every module of the plugins that has it by its name."""

    def everywhere(former: Any, new: Any) -> None:  # noqa: ANN401 -- any function
        for name, module in list(sys.modules.items()):
            if name.startswith(("tmws_memory", "tmws_agents")):
                for attribute, value in list(vars(module).items()):
                    if value is former:
                        monkeypatch.setattr(module, attribute, new)

    return everywhere


@pytest.fixture(autouse=True)
def conditions_made_anew() -> Any:  # noqa: ANN401 -- a fixture that yields nothing
    """The conditions of one test are not those of the next."""
    forget()
    yield
    forget()


def forget() -> None:
    for module in (access, agents_access, candidates):
        for value in list(vars(module).values()):
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def test_after_any_acts_everybody_sees_what_the_oracle_says(act: Callable[[], None]) -> None:
    act()


def test_a_team_that_is_open_to_every_namespace_is_found(act: Callable[[], None], replace: Replace) -> None:
    former = access.readable
    team = Memory.access_level == "team"
    replace(former, lambda principal: or_(former(principal), and_(access.present(), team)))
    refused(act)


def test_a_search_that_asks_for_no_right_is_found(act: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "readable", lambda _principal: access.present())
    monkeypatch.setattr("tmws_memory.reading.readable", lambda _principal: access.present())
    refused(act)


def test_a_grant_that_outlives_its_end_is_found(act: Callable[[], None], replace: Replace) -> None:
    def keep(session: Session, principal: Principal, memory_id: str, agent_id: str) -> Memory:
        return get(session, memory_id, access.readable(principal)).memory

    replace(grants.unshare, keep)
    refused(act)


def test_a_grant_that_counts_on_a_private_memory_is_found(act: Callable[[], None], replace: Replace) -> None:
    def granted(principal: Principal, _permissions: object) -> ColumnElement[bool]:
        mine = select(Sharing.memory_id).where(Sharing.shared_with_agent_id == principal.agent_id)
        return Memory.id.in_(mine)

    replace(access._granted, granted)
    refused(act)


def test_a_deactivated_agent_that_still_writes_is_found(act: Callable[[], None], replace: Replace) -> None:
    former = registration.ensure_registered

    def forgiving(session: Session, principal: Principal) -> None:
        with suppress(PermissionDenied):
            former(session, principal)

    replace(former, forgiving)
    refused(act)


def test_an_actor_that_keeps_its_own_rights_is_found(act: Callable[[], None], replace: Replace) -> None:
    def owned(principal: Principal) -> ColumnElement[bool]:
        return Memory.agent_id.in_([principal.agent_id, principal.actor or principal.agent_id])

    replace(access.owned, owned)
    refused(act)


def test_a_member_that_is_not_taken_out_is_found(act: Callable[[], None], replace: Replace) -> None:
    def keep(session: Session, principal: Principal, name: str, _agent_id: str) -> Namespace:
        return find(session, NAMESPACES, principal, name)

    replace(namespaces.remove_member, keep)
    refused(act)


def test_an_agent_that_hides_from_nobody_is_found(act: Callable[[], None], replace: Replace) -> None:
    replace(agents_access.agent_visible, lambda _principal: true())
    refused(act)


def refused(act: Callable[[], None]) -> None:
    """The oracle is contradicted."""
    with pytest.raises(AssertionError):
        act()


def acting(template: Path, folder: Path) -> None:
    """Run the machine on an application of its own."""
    file = folder / "tmws.db"
    file.write_bytes(template.read_bytes())
    environment = {"TMWS_MEMORY_EMBEDDINGS": "false", "TMWS_SQLITE_SYNCHRONOUS": "NORMAL"}
    configured = Settings(
        environment, home=folder, database_url=f"sqlite:///{file}", plugins="agents,memory", strict=True
    )
    bounded = settings(
        max_examples=16,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    application = Application(configured)
    with asyncio.Runner() as runner:
        runner.run(application.__aenter__())
        try:
            here = {"runner": runner, "application": application, "folder": folder}
            run_state_machine_as_test(type("ActsHere", (Acts,), here), settings=bounded)
        finally:
            runner.run(application.__aexit__(None, None, None))
