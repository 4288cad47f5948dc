"""The access levels and shares hold at every door: each caller, each situation, each door, and nothing slips out.

The rule is decided once, in the query; here it is written down a second time (`situations.py`) and asked at every door
that the plugin contributes (`doors.py`).
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import fields, replace
from types import UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints

import pytest

from tmws_core.application import Application
from tmws_core.contributions import Declaration, Observer, Route, Seed, Witness
from tmws_core.contributions.scoped import Scoped
from tmws_core.plugin_record import PluginRecord
from tmws_core.tool_errors import ToolError
from tmws_skills.access import GOVERN

from .doors import Door
from .prompt_doors import DOORS
from .situations import CALLERS, SITUATIONS, Caller, rights
from .target import Target
from .world import World

NO_DOORS = (Seed, Observer, Witness)
"""Nobody asks them: they run at the start, or beside a call that came through a door."""


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
        f"these doors to skills have no entry in doors.py: {missing}. Add for each a function "
        f'@door("{missing[0]}", opened_by=…) that tells whether its caller saw or changed the skill'
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
        targets = await world.write([situation for situation, _ in cells])
    else:
        standing = dict(zip(SITUATIONS, await world.write(SITUATIONS), strict=True))
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
    cell = f"{caller.name} at a skill that is {target.situation}"
    faults = []
    if reached != (door.opened_by in held):
        faults.append(f"{cell}: {'reached it' if reached else 'did not reach it'}, and holds {sorted(held)}: {told}")
    if door.asks_for_one and not held:
        never = replace(world.nothing(), namespace=target.namespace)
        _, told_of_nothing = await _outcome(world, door, caller, never)
        if told != told_of_nothing:
            faults.append(f"{cell}: heard {told}, and of one that never was {told_of_nothing}")
    return faults


async def _outcome(world: World, door: Door, caller: Caller, target: Target) -> tuple[bool, str]:
    """Whether a caller reached a skill, and the error that it heard instead, without what it asked for."""
    try:
        return await door.reach(world.visit(caller, target)), ""
    except ToolError as error:
        assert error.code != "internal_error"
        told = f"{type(error).__name__} {error.as_json()}"
        return False, told.replace(target.id, "<id>").replace(target.name, "<name>").replace(target.need, "<need>")


def _record(application: Application) -> PluginRecord:
    (record,) = (one for one in application.active if one.name == "skills")
    return record


def _declared(record: PluginRecord) -> Iterator[tuple[str, Declaration]]:
    """Everything that somebody can ask, of whatever kind, each with the word for its kind."""
    for kind in fields(record.contributions):
        found = getattr(record.contributions, kind.name)
        for one in found if isinstance(found, list | tuple) else ():
            if isinstance(one, Declaration) and not isinstance(one, NO_DOORS):
                yield one.kind(), one


def _doors(record: PluginRecord) -> Iterator[str]:
    for kind, declared in _declared(record):
        if isinstance(declared, Route):
            yield from (f"route {method} {declared.path}" for method in declared.methods)
            continue
        name = f"{kind} {_name(declared)}"
        yield name
        yield from (f"completion of {argument} in {name}" for argument in getattr(declared, "completions", ()))


def _name(declared: Declaration) -> str:
    return str(getattr(declared, "uri", declared.name))


def _choices(application: Application) -> dict[str, frozenset[str]]:
    """Of each tool, method and command, the arguments with few values, each of which may let something else be seen."""
    return {
        f"{kind} {_name(declared)}": frozenset(
            argument for argument, hint in get_type_hints(declared.function).items() if _is_choice(hint)
        )
        for kind, declared in _declared(_record(application))
        if kind in ("tool", "method", "command")
    }


def _is_choice(kind: object) -> bool:
    if get_origin(kind) is Literal or kind is bool:
        return True
    return get_origin(kind) in (Union, UnionType) and any(_is_choice(one) for one in get_args(kind))


def _scopes(application: Application) -> frozenset[str]:
    """All scopes of the plugin's doors, without the one to govern."""
    declared = (one for _, one in _declared(_record(application)))
    return frozenset(one.scope for one in declared if isinstance(one, Scoped)) - {GOVERN}
