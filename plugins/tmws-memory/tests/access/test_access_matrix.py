"""The access levels and grants hold at every door: each caller, each situation, each door, and nothing slips out.

The rule is decided once, in the query; here it is written down a second time (`situations.py`) and asked at every door
that the plugin contributes (`doors.py`).
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from types import UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints
from uuid import uuid4

import pytest

from tmws_core.application import Application
from tmws_core.contributions import Command, Prompt, Resource, Tool
from tmws_core.contributions.completion import Completions
from tmws_core.plugin_record import PluginRecord
from tmws_core.tool_errors import ToolError
from tmws_memory.access import GOVERN

from .situations import CALLERS, SITUATIONS, Caller, rights
from .target import Target
from .upkeep_doors import DOORS, Door
from .world import World


@pytest.fixture
async def world(application: Application) -> AsyncIterator[World]:
    world = World(application, _scopes(application))
    await world.open()
    yield world
    assert world.slips == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_door_stands_in_the_matrix(application: Application) -> None:
    contributed = set(_doors(_record(application)))
    missing = sorted(contributed - {door.name for door in DOORS})
    gone = sorted({door.name for door in DOORS} - contributed)
    assert not missing, (
        f"these doors to memories have no entry in doors.py: {missing}. Add for each a function "
        f'@door("{missing[0]}", opened_by=…) that tells whether its caller saw or changed the memory'
    )
    assert not gone, f"these entries of doors.py name nothing that the plugin contributes: {gone}"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_choice_of_a_door_is_made_in_the_matrix(application: Application) -> None:
    given = {(door.name, argument) for door in DOORS for argument in door.gives}
    missing = sorted({(name, argument) for name, found in _choices(application).items() for argument in found} - given)
    assert not missing, (
        f"these choices are made by no entry in doors.py: {missing}. Let one give the argument, and say so with `gives`"
    )


@pytest.mark.parametrize("door", DOORS, ids=str)
async def test_a_door_opens_for_those_alone_who_have_the_right(world: World, door: Door) -> None:
    cells = [(situation, caller) for situation in SITUATIONS for caller in CALLERS]
    if door.changes:
        targets = await world.remember([situation for situation, _ in cells])
    else:
        standing = dict(zip(SITUATIONS, await world.remember(SITUATIONS), strict=True))
        targets = [standing[situation] for situation, _ in cells]
    faults: list[str] = []
    world.given.clear()
    for (_, caller), target in zip(cells, targets, strict=True):
        faults += await _faults(world, door, caller, target)
    assert faults == []
    assert world.given & _choices(world.application).get(door.name, frozenset()) == door.gives


async def _faults(world: World, door: Door, caller: Caller, target: Target) -> list[str]:
    """What is wrong with one cell of the matrix."""
    assert target.situation is not None
    held = rights(caller, target.situation)
    reached, told = await _outcome(world, door, caller, target)
    cell = f"{caller.name} at a memory that is {target.situation}"
    faults = []
    if reached != (door.opened_by in held):
        faults.append(f"{cell}: {'reached it' if reached else 'did not reach it'}, and holds {sorted(held)}: {told}")
    if door.by_identifier and not held:
        _, told_of_nothing = await _outcome(world, door, caller, replace(target, id=str(uuid4()), situation=None))
        if told != told_of_nothing:
            faults.append(f"{cell}: heard {told}, and of one that never was {told_of_nothing}")
    return faults


async def _outcome(world: World, door: Door, caller: Caller, target: Target) -> tuple[bool, str]:
    """Whether a caller reached a memory, and the error that it heard instead, without the identifier."""
    try:
        return await door.reach(world.visit(caller, target)), ""
    except ToolError as error:
        assert error.code != "internal_error"
        return False, f"{type(error).__name__} {error.as_json()}".replace(target.id, "<id>")


def _record(application: Application) -> PluginRecord:
    (record,) = (one for one in application.active if one.name == "memory")
    return record


def _doors(record: PluginRecord) -> Iterator[str]:
    contributed = record.contributions
    yield from (f"tool {tool.name}" for tool in contributed.tools)
    yield from (f"command {command.name}" for command in contributed.commands)
    yield from (f"health check {check.function.__name__}" for check in contributed.health_checks)
    yield from (f"route {method} {route.path}" for route in contributed.routes for method in route.methods)
    completing: list[tuple[str, Completions]] = [
        *((f"prompt {prompt.name}", prompt.completions) for prompt in contributed.prompts),
        *((f"resource {resource.uri}", resource.completions) for resource in contributed.resources),
    ]
    for name, completions in completing:
        yield name
        yield from (f"completion of {argument} in {name}" for argument in completions)


def _choices(application: Application) -> dict[str, frozenset[str]]:
    """Of each tool and command, the arguments with few values, each of which may let something else be seen."""
    contributed = _record(application).contributions
    functions = {
        **{f"tool {tool.name}": tool.function for tool in contributed.tools},
        **{f"command {command.name}": command.function for command in contributed.commands},
    }
    return {
        name: frozenset(argument for argument, kind in get_type_hints(function).items() if _is_choice(kind))
        for name, function in functions.items()
    }


def _is_choice(kind: object) -> bool:
    if get_origin(kind) is Literal or kind is bool:
        return True
    return get_origin(kind) in (Union, UnionType) and any(_is_choice(one) for one in get_args(kind))


def _scopes(application: Application) -> frozenset[str]:
    """All scopes of the plugin's doors, without the one to govern."""
    contributed = _record(application).contributions
    declared: list[Tool | Prompt | Resource | Command] = [
        *contributed.tools,
        *contributed.prompts,
        *contributed.resources,
        *contributed.commands,
    ]
    return frozenset(one.scope for one in declared) - {GOVERN}
