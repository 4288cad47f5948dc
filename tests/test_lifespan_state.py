"""What a lifespan yields is found by its class, for as long as the plugin runs."""

import sys
from collections.abc import Callable

import pytest

from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.testing.distributions import InstallPlugin

Start = Callable[..., Application]

_KEEPER = """
import sys
from contextlib import asynccontextmanager
from tmws_core import Context, hookimpl, tool
{imports}

class Counter:
    count = 0

class Special({base}):
    pass

left = []

@asynccontextmanager
async def running(application):
    yield {yielded}
    left.append("{name}")

@tool(scope="{name}:write")
async def {name}_count(ctx: Context) -> int:
    '''Count one further.'''
    counter = ctx.state(Counter)
    counter.count += 1
    return counter.count

@hookimpl
def tmws_tools():
    return sys.modules[__name__]

@hookimpl
def tmws_lifespan(application):
    return running(application)
"""


def _keeper(name: str, yielded: str, imports: str = "", base: str = "Counter") -> str:
    return _KEEPER.format(name=name, yielded=yielded, imports=imports, base=base)


async def _count(application: Application, tool: str = "keeper_count") -> int:
    call = Call(application.local_principal, "test")
    result: int = (await application.pipeline.call_tool(call, tool, {}))["result"]
    return result


async def test_what_a_lifespan_yields_is_kept_between_calls(install_plugin: InstallPlugin, start: Start) -> None:
    install_plugin("keeper", _keeper("keeper", "Counter()"))
    async with start("keeper", strict=True) as application:
        assert [await _count(application), await _count(application)] == [1, 2]
        assert application.state(sys.modules["keeper"].Counter).count == 2


async def test_each_application_has_its_own(install_plugin: InstallPlugin, start: Start) -> None:
    install_plugin("keeper", _keeper("keeper", "Counter()"))
    async with start("keeper", strict=True) as first, start("keeper", strict=True) as second:
        assert [await _count(first), await _count(first), await _count(second)] == [1, 2, 1]


async def test_a_class_that_nobody_has_yielded_is_told(install_plugin: InstallPlugin, start: Start) -> None:
    install_plugin("keeper", _keeper("keeper", "None"))
    async with start("keeper", strict=True) as application:
        with pytest.raises(LookupError, match=r"no running plugin has yielded a keeper\.Counter in its tmws_lifespan"):
            application.state(sys.modules["keeper"].Counter)


async def test_an_object_is_not_found_by_the_class_that_its_own_is_derived_from(
    install_plugin: InstallPlugin, start: Start
) -> None:
    install_plugin("keeper", _keeper("keeper", "Special()"))
    async with start("keeper", strict=True) as application:
        with pytest.raises(LookupError, match=r"keeper\.Counter"):
            application.state(sys.modules["keeper"].Counter)


async def test_nothing_is_left_of_it_when_the_application_is_closed(
    install_plugin: InstallPlugin, start: Start
) -> None:
    install_plugin("keeper", _keeper("keeper", "Counter()"))
    application = start("keeper", strict=True)
    async with application:
        pass
    with pytest.raises(LookupError, match=r"no running plugin has yielded a keeper\.Counter"):
        application.state(sys.modules["keeper"].Counter)


async def test_a_plugin_that_starts_later_finds_what_one_that_it_needs_has_yielded(
    install_plugin: InstallPlugin, start: Start
) -> None:
    install_plugin("zebra", _keeper("zebra", "Counter()"))
    later = _keeper("apes", "Special(application.state(zebra.Counter))", "import zebra")
    install_plugin(
        "apes",
        later.replace("    pass", "    def __init__(self, other): self.other = other"),
        requires=("tmws-core", "tmws-zebra"),
    )
    async with start("apes", "zebra", strict=True) as application:
        apes, zebra = sys.modules["apes"], sys.modules["zebra"]
        assert application.state(apes.Special).other is application.state(zebra.Counter)


@pytest.fixture
def rivals(install_plugin: InstallPlugin) -> None:
    """Two plugins whose lifespans yield objects of one class."""
    install_plugin("zebra", _keeper("zebra", "Counter()"))
    install_plugin("apes", _keeper("apes", "zebra.Counter()", "import zebra"), requires=("tmws-core", "tmws-zebra"))


@pytest.mark.usefixtures("rivals")
async def test_a_plugin_that_yields_the_class_of_another_is_off_and_both_are_named(start: Start) -> None:
    async with start("apes", "zebra") as application:
        record = next(one for one in application.records if one.name == "apes")
        zebra = next(one for one in application.records if one.name == "zebra")
    assert record.status == "failed"
    assert record.reason == (
        f"tmws_lifespan of {record.origin} yielded a zebra.Counter, as that of {zebra.origin} did; yield an object "
        "of a class of the plugin's own"
    )


@pytest.mark.usefixtures("rivals")
async def test_the_lifespan_of_a_plugin_that_is_off_for_its_state_is_left_at_once(start: Start) -> None:
    async with start("apes", "zebra"):
        assert (sys.modules["apes"].left, sys.modules["zebra"].left) == (["apes"], [])


@pytest.mark.usefixtures("rivals")
async def test_the_first_plugin_keeps_its_state_beside_a_rival(start: Start) -> None:
    async with start("apes", "zebra") as application:
        assert await _count(application, "zebra_count") == 1
