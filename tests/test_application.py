"""An application opens and closes its parts in order, and goes on without a plugin that cannot start."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tmws_core.application import Application
from tmws_core.errors import ConfigurationError, PluginError, SchemaRefused, TMWSError
from tmws_core.pipeline import Call
from tmws_core.principal import EVERY_SCOPE
from tmws_core.testing.distributions import InstallPlugin

Start = Callable[..., Application]
Install = Callable[..., Path]

_LIFESPAN = """
from contextlib import asynccontextmanager
import builtins
from tmws_core import hookimpl

@asynccontextmanager
async def running():
    builtins.tmws_steps.append("{name} opened")
    {failure}
    yield
    builtins.tmws_steps.append("{name} closed")

@hookimpl
def tmws_lifespan(application):
    return running()
"""
_TOOL = """
import sys
from tmws_core import Context, hookimpl, tool

@tool(scope="broken:read", read_only=True)
async def broken_answer(ctx: Context) -> int:
    '''Answer.'''
    return 42

@hookimpl
def tmws_tools():
    return sys.modules[__name__]

@hookimpl
def tmws_lifespan(application):
    {failure}
"""
FAILURES = {
    "raises": "raise LookupError('no power')",
    "returns a number": "return 42",
    "calls sys.exit": "raise SystemExit(3)",
}


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the lifespans of a test did, in order."""
    done: list[str] = []
    monkeypatch.setattr("builtins.tmws_steps", done, raising=False)
    return done


async def test_lifespans_are_entered_in_the_order_of_the_plan_and_left_in_reverse(
    install_plugin: InstallPlugin, start: Start, steps: list[str]
) -> None:
    install_plugin("apes", _LIFESPAN.format(name="apes", failure=""), requires=("tmws-core", "tmws-zebra"))
    install_plugin("zebra", _LIFESPAN.format(name="zebra", failure=""))
    async with start("apes", "zebra", strict=True):
        assert steps == ["zebra opened", "apes opened"]
    assert steps[2:] == ["apes closed", "zebra closed"]


@pytest.mark.parametrize("case", FAILURES)
async def test_a_plugin_whose_lifespan_fails_is_off(install_plugin: InstallPlugin, start: Start, case: str) -> None:
    install_plugin("broken", _TOOL.format(failure=FAILURES[case]))
    async with start("broken") as application:
        record = next(one for one in application.assembly.records if one.name == "broken")
        assert record.status == "failed"
        assert record.reason.startswith("its lifespan failed: ")
        assert record not in application.assembly.active


@pytest.mark.parametrize("case", FAILURES)
async def test_the_tools_of_a_plugin_whose_lifespan_failed_are_not_offered(
    install_plugin: InstallPlugin, start: Start, case: str
) -> None:
    install_plugin("broken", _TOOL.format(failure=FAILURES[case]))
    async with start("broken") as application:
        assert "broken_answer" not in application.catalogue.tools


async def test_a_plugin_that_cannot_start_is_told_once_in_the_status(
    install_plugin: InstallPlugin, start: Start
) -> None:
    install_plugin("broken", _TOOL.format(failure=FAILURES["raises"]))
    async with start("broken") as application:
        call = Call(application.local_principal, "test")
        status = await application.pipeline.call_tool(call, "server_status", {})
    told = [(one["status"], one["reason"]) for one in status["plugins"] if one["name"] == "broken"]
    assert told == [("failed", "its lifespan failed: LookupError('no power')")]


async def test_a_plugin_that_needs_one_that_cannot_start_is_skipped(
    install_plugin: InstallPlugin, start: Start, steps: list[str]
) -> None:
    install_plugin("broken", _TOOL.format(failure=FAILURES["raises"]))
    requires = ("tmws-core", "tmws-broken")
    install_plugin("needy", _LIFESPAN.format(name="needy", failure=""), requires=requires)
    install_plugin("other", _LIFESPAN.format(name="other", failure=""))
    async with start("broken", "needy", "other") as application:
        needy = next(one for one in application.assembly.records if one.name == "needy")
        assert (needy.status, needy.reason) == (
            "skipped",
            "it needs plugin 'broken' (tmws-broken 1.0), which is failed",
        )
    assert steps == ["other opened", "other closed"]


async def test_a_strict_start_ends_at_a_lifespan_that_fails(
    install_plugin: InstallPlugin, start: Start, steps: list[str]
) -> None:
    install_plugin("broken", _TOOL.format(failure=FAILURES["raises"]))
    install_plugin("apes", _LIFESPAN.format(name="apes", failure=""))
    with pytest.raises(PluginError, match=r"'broken' \(tmws-broken 1\.0\) failed: its lifespan failed"):
        await start("apes", "broken", strict=True).__aenter__()
    assert steps == ["apes opened", "apes closed"]


async def test_a_lifespan_that_fails_half_way_leaves_the_others_running(
    install_plugin: InstallPlugin, start: Start, steps: list[str]
) -> None:
    install_plugin("apes", _LIFESPAN.format(name="apes", failure="raise LookupError"))
    install_plugin("zebra", _LIFESPAN.format(name="zebra", failure=""))
    async with start("apes", "zebra") as application:
        assert [record.name for record in application.assembly.active] == ["core", "zebra"]
    assert steps == ["apes opened", "zebra opened", "zebra closed"]


async def test_a_lifespan_that_fails_at_the_end_leaves_no_other_open(
    install_plugin: InstallPlugin, start: Start, steps: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    source = _LIFESPAN.format(name="zebra", failure="").replace('append("zebra closed")', "missing")
    install_plugin("apes", _LIFESPAN.format(name="apes", failure=""))
    install_plugin("zebra", source)
    async with start("apes", "zebra", strict=True):
        pass
    assert steps[-1] == "apes closed"
    assert "plugin 'zebra' (tmws-zebra 1.0) did not stop as it should" in caplog.messages


async def test_a_plugin_whose_tables_were_refused_is_off(install_models: Install, start: Start) -> None:
    table = 'class Note(Base):\n    __tablename__ = "notes"\n    id: Mapped[str] = mapped_column(primary_key=True)\n'
    install_models("notes", table)
    async with start("notes", strict=True):
        pass
    install_models("notes", table + "    words: Mapped[str]\n")
    async with start("notes") as application:
        assert [record.name for record in application.assembly.active] == ["core"]
        record = next(one for one in application.assembly.records if one.name == "notes")
        assert record.status == "failed"
        assert "notes: column words is missing" in record.reason


async def test_a_strict_start_ends_where_tables_are_refused(install_models: Install, start: Start) -> None:
    table = 'class Note(Base):\n    __tablename__ = "notes"\n    id: Mapped[str] = mapped_column(primary_key=True)\n'
    install_models("notes", table)
    async with start("notes", strict=True):
        pass
    install_models("notes", table + "    words: Mapped[str]\n")
    with pytest.raises(SchemaRefused, match="notes: column words is missing"):
        await start("notes", strict=True).__aenter__()


def test_a_rate_limit_that_is_none_ends_the_start(start: Start) -> None:
    with pytest.raises(ConfigurationError, match="TMWS_RATE_LIMIT: 'often' is no rate limit"):
        start(rate_limit="often")


def test_a_database_url_that_cannot_be_used_ends_the_start(start: Start) -> None:
    with pytest.raises(TMWSError, match="only sqlite and postgresql are supported"):
        start(database_url="mysql://localhost/tmws")


def test_the_local_principal_may_do_everything(start: Start) -> None:
    principal = start(agent_id="ada", agent_namespace="lab").local_principal
    assert (principal.agent_id, principal.namespace, principal.scopes) == ("ada", "lab", frozenset({EVERY_SCOPE}))


def test_the_version_is_that_of_the_core(start: Start) -> None:
    application = start()
    assert application.version == application.assembly.records[0].version


def test_nothing_is_written_before_an_application_is_opened(start: Start, tmp_path: Path) -> None:
    start()
    assert list(tmp_path.iterdir()) == []
