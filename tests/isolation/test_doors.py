"""No door of any installed plugin is without a scope, is shown to whom it is shut, or lets such a one in."""

from typing import get_args

import httpx
import pytest

from tests.isolation.conftest import House
from tests.isolation.doors import DoorKind, declared_functions
from tmws_core.principal import PUBLIC, Principal

KINDS = set(get_args(DoorKind))


def test_there_is_a_door_of_every_kind(house: House) -> None:
    assert {door.kind for door in house.doors} == KINDS


def test_no_declared_door_is_left_out(house: House) -> None:
    assert declared_functions(house.application) == {door.declaration.function for door in house.doors}


def test_every_door_declares_a_scope(house: House) -> None:
    assert [door for door in house.doors if not door.scope] == []


async def test_every_list_shows_exactly_what_the_caller_may_use(house: House) -> None:
    assert await faults_of_lists(house) == []


async def test_every_door_is_shut_to_a_caller_without_its_scope(house: House) -> None:
    assert await faults_of_doors(house) == []


async def test_no_door_over_http_opens_without_a_credential(house: House) -> None:
    opened: list[str] = []
    async with httpx.AsyncClient(base_url=house.url) as client:
        for door in house.doors:
            if door.kind == "route" and door.scope != PUBLIC:
                opened += [door.name] if (await client.request(door.method, door.path)).status_code != 401 else []
        operations = (f"/api/v1/{one.plugin}/{one.method}" for one in house.application.catalogue.tools.values())
        for path in (*operations, "/mcp", "/metrics", "/api/v1/openapi.json"):
            answers = [await client.get(path), await client.post(path, json={})]
            opened += [path for answer in answers if answer.status_code != 401]
    assert opened == []


async def test_a_public_door_opens_without_a_credential(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        assert (await client.get("/every/open")).text == "open"


async def test_a_right_that_is_given_to_everybody_would_be_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Principal, "may", lambda _principal, _scope: True)
    shown, opened = await faults_of_lists(house), await faults_of_doors(house)
    kinds = {kind for fault in opened for kind in KINDS if f" {kind} " in f" {fault} "}
    assert ({fault.split()[1] for fault in shown}, kinds) == (
        {"tools/list", "openapi.json", "tool_search", "resources/list", "resources/templates/list", "prompts/list"},
        KINDS,
    )


async def faults_of_lists(house: House) -> list[str]:
    """The lists that show something else than they should, each with the scope that the caller lacks."""
    faults = []
    for scope in house.scopes:
        held = house.principal_without(scope).scopes
        async with house.visitor_without(scope) as visitor:
            for name, (kind, shown) in (await visitor.lists()).items():
                wanted = {one.name for one in house.doors if one.kind == kind and one.scope in held | {PUBLIC}}
                faults += [f"{scope} {name} {sorted(shown ^ wanted)}"] if shown != wanted else []
    return faults


async def faults_of_doors(house: House) -> list[str]:
    """The doors that do not refuse a caller who lacks their scope, and by name, each with the scope."""
    faults = []
    for scope in house.scopes:
        async with house.visitor_without(scope) as visitor:
            for door in house.doors:
                if door.scope == scope:
                    faults += [f"{scope} {fault}" for fault in await visitor.faults(door)]
    return faults
