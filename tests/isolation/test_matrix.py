"""Whoever asks, at whatever door, and with whatever of others' in its hands, hears nothing that is another's."""

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.isolation.asking import Caller
from tests.isolation.canaries import Canaries
from tests.isolation.doors import Door, doors_of
from tests.isolation.matrix import Matrix
from tests.isolation.planting import Planter
from tests.server.conftest import serving
from tmws_core.application import Application
from tmws_core.context import Context
from tmws_core.contributions import McpMethod, Tool
from tmws_core.contributions.authenticator import Authenticator
from tmws_core.credentials import Credentials
from tmws_core.principal import PUBLIC, Principal
from tmws_core.rate_limits import RateLimits
from tmws_core.settings import Settings
from tmws_core.tool_errors import Unauthenticated
from tmws_memory import access, maintenance

OPERATOR = ("govern", "admin", "impersonate")
"""The verbs of the scopes that are an operator's, who sees everything."""


@pytest.fixture(autouse=True)
def undisturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No call is refused for its frequency, which would hide what it would have told; nothing runs beside the calls."""
    monkeypatch.setattr(RateLimits, "count", lambda *_: None)
    monkeypatch.setattr(maintenance, "SECONDS_AFTER_START", maintenance.SECONDS_BETWEEN_RETRIES)


@pytest.fixture
def matrix_settings(sqlite_template: Path, tmp_path: Path) -> Settings:
    database = tmp_path / "tmws.db"
    database.write_bytes(sqlite_template.read_bytes())
    environment = {"TMWS_MEMORY_EMBEDDINGS": "false", "TMWS_SQLITE_SYNCHRONOUS": "NORMAL"}
    return Settings(environment, home=tmp_path, database_url=f"sqlite:///{database}", strict=True)


async def test_nobody_hears_of_what_is_not_theirs(matrix_settings: Settings, tmp_path: Path) -> None:
    async with house(matrix_settings) as (callers, doors):
        matrix = await filled(callers, doors, tmp_path)
        for writing in (False, True):
            for caller in callers.values():
                for door in doors:
                    if writes(door) is writing:
                        await matrix.visit(caller, door)
    size = f"{len(doors)} doors, {len(callers)} callers, {matrix.calls.total()} calls"
    print(f"{size}, {len(matrix.canaries.rows)} canaries")
    assert matrix.unfit == set()
    assert matrix.leaks == []
    assert matrix.oracles == []
    assert set(matrix.calls) == {f"{door.kind} {door.name}" for door in doors}
    assert all(matrix.heard[name] for name in ("owner", "same namespace", "another namespace", "granted"))


async def test_a_rule_that_is_given_up_would_be_found(
    matrix_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(matrix_settings) as (callers, doors):
        matrix = await filled(callers, doors, tmp_path)
        monkeypatch.setattr(access, "_granted", lambda *_: access.present())
        access.readable.cache_clear()
        try:
            for door in doors:
                if not writes(door) and door.scope == "memory:read":
                    await matrix.visit(callers["another namespace"], door)
        finally:
            access.readable.cache_clear()
    assert {"tool memory_get", "tool memory_list"} <= {leak.split(" at ")[1].rsplit(" {")[0] for leak in matrix.leaks}
    assert matrix.oracles


async def filled(callers: dict[str, Caller], doors: list[Door], folder: Path) -> Matrix:
    """A matrix over two full namespaces, with a memory that is shared with one caller."""
    canaries = Canaries()
    files = folder / "files"
    files.mkdir()
    for name in ("owner", "another namespace"):
        await settle(callers[name])
        await Planter(canaries, privileged(callers[name]), files).plant(doors)
    for name in ("same namespace", "granted"):
        await settle(callers[name])
    call = {door.name: door for door in doors if door.kind == "tool"}
    shared = [one for one in canaries.called("memory_id") if not canaries.rows[one].reach]
    owned = next(one for one in shared if canaries.rows[one].owner == callers["owner"].principal.agent_id)
    granted = callers["granted"].principal.agent_id
    answer = await privileged(callers["owner"]).ask(call["memory_share"], {"memory_id": owned, "agent_id": granted})
    assert answer.code == "ok", answer.text
    canaries.rows[owned].granted.add(granted)
    return Matrix(canaries, files)


async def settle(caller: Caller) -> None:
    """Whoever writes becomes known to the server."""
    (store,) = (door for door in doors_of(caller.application.catalogue) if door.name == "memory_store")
    answer = await caller.ask(store, {"content": f"{caller.principal.agent_id} lives here", "access_level": "private"})
    assert answer.code == "ok", answer.text


def privileged(caller: Caller) -> Caller:
    """The same agent with every scope."""
    return replace(caller, principal=replace(caller.principal, scopes=frozenset({"*"})))


def writes(door: Door) -> bool:
    declared = door.declaration
    return door.kind in ("command", "route") or (isinstance(declared, Tool | McpMethod) and not declared.read_only)


def principals(scopes: Collection[str]) -> dict[str, Principal]:
    """Who asks, and what each is to the rows of the first."""
    held = frozenset(scope for scope in scopes if scope.partition(":")[2] not in OPERATOR)
    return {
        "owner": Principal("north-owner", "north", held),
        "same namespace": Principal("north-mate", "north", held),
        "another namespace": Principal("south-owner", "south", held),
        "granted": Principal("east-guest", "east", held),
        "on behalf of another": Principal("east-guest", "east", held, actor="north-owner"),
        "without scopes": Principal("west-nobody", "west"),
    }


@asynccontextmanager
async def house(settings: Settings) -> AsyncIterator[tuple[dict[str, Caller], list[Door]]]:
    """The served application, its callers, and its doors."""
    async with Application(settings) as application, AsyncExitStack() as clients:
        doors = doors_of(application.catalogue)
        known = principals({door.scope for door in doors} - {PUBLIC})

        async def know(_context: Context, credentials: Credentials) -> Principal:
            if credentials.token is None:
                raise Unauthenticated("nobody is known without a token")
            return known[credentials.token.replace("_", " ")]

        application.catalogue.authenticator = Authenticator(function=know)
        async with serving(application) as url:
            callers = {}
            for name, principal in known.items():
                headers = {"Authorization": f"Bearer {name.replace(' ', '_')}"}
                client = await clients.enter_async_context(httpx.AsyncClient(base_url=url, headers=headers))
                callers[name] = Caller(name, principal, application, client)
            yield callers, doors
