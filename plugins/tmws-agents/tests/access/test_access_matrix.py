"""Who may see and change what holds at every door: each caller, each situation, each door, and nothing slips out.

The rule is decided once, in the query; here it is written down a second time (`situations.py`) and asked at every door
that the plugin contributes (`doors.py`).
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from tmws_agents.access import GOVERN
from tmws_core.application import Application
from tmws_core.contributions import Command, Prompt, Resource, Tool
from tmws_core.contributions.completion import Completions
from tmws_core.plugin_record import PluginRecord
from tmws_core.tool_errors import ToolError

from .doors import DOORS, Door
from .situations import CALLERS, SITUATIONS, Caller, rights
from .world import Target, World


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
        f"these doors have no entry in doors.py: {missing}. Add for each a function "
        f'@door("{missing[0]}", kind=…, opened_by=…) that tells whether its caller saw or changed the target'
    )
    assert not gone, f"these entries of doors.py name nothing that the plugin contributes: {gone}"


@pytest.mark.parametrize("door", DOORS, ids=str)
async def test_a_door_opens_for_those_alone_who_have_the_right(world: World, door: Door) -> None:
    situations = [situation for situation in SITUATIONS if situation.kind == door.kind]
    cells = [(situation, caller) for situation in situations for caller in CALLERS]
    if door.changes:
        targets = await world.prepare([situation for situation, _ in cells])
    else:
        standing = dict(zip(situations, await world.prepare(situations), strict=True))
        targets = [standing[situation] for situation, _ in cells]
    faults: list[str] = []
    for (_, caller), target in zip(cells, targets, strict=True):
        faults += await _faults(world, door, caller, target)
    assert faults == []


async def _faults(world: World, door: Door, caller: Caller, target: Target) -> list[str]:
    """What is wrong with one cell of the matrix."""
    assert target.situation is not None
    held = rights(caller, target.situation)
    reached, told = await _outcome(world, door, caller, target)
    cell = f"{caller.name} at {target.situation}"
    faults = []
    if reached != (door.opened_by in held):
        faults.append(f"{cell}: {'reached it' if reached else 'did not reach it'}, and holds {sorted(held)}: {told}")
    if door.by_name and not held:
        never = replace(world.nothing(), situation=target.situation)
        _, told_of_nothing = await _outcome(world, door, caller, never)
        if told != told_of_nothing:
            faults.append(f"{cell}: heard {told}, and of one that never was {told_of_nothing}")
    return faults


async def _outcome(world: World, door: Door, caller: Caller, target: Target) -> tuple[bool, str]:
    """Whether a caller reached a target, and the error that it heard instead, without the target's name."""
    try:
        return await door.reach(world.visit(caller, target)), ""
    except ToolError as error:
        assert error.code != "internal_error"
        return False, f"{type(error).__name__} {error.as_json()}".replace(target.number, "<number>")


def _record(application: Application) -> PluginRecord:
    (record,) = (one for one in application.active if one.name == "agents")
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
