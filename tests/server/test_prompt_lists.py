"""The list of prompts on MCP goes on, page by page, with those that come from rows."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from mcp import Client, MCPError, types
from mcp.client.client import ConnectMode

from tmws_core.application import Application
from tmws_core.assembly import Assembly
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin

from .conftest import serving

SHELF = """
    import sys

    from tmws_core import (
        Context, ListedPrompt, PromptArgument, PromptPage, hookimpl, prompt, prompt_lister
    )
    from tmws_core.cursor import decode, encode
    from tmws_core.tool_errors import NotFound

    here = sys.modules[__name__]
    BOOKS = ["Emma", "Ulysses", "Walden"]


    @prompt(scope="shelf:read")
    async def shelf_ask(ctx: Context) -> str:
        return "What is on the shelf?"


    async def book(ctx, name, arguments):
        if name.removeprefix("shelf-") not in BOOKS:
            raise NotFound(f"there is no book {name!r}")
        return f"Read {name} {arguments.get('how', 'slowly')} for {ctx.principal.agent_id}."


    async def complete(ctx, name, argument, typed, chosen):
        if name == "shelf-none":
            raise NotFound("no book")
        return [one for one in (f"{name} {argument}", f"slowly {dict(chosen)}") if one.startswith(typed)]


    @prompt_lister("shelf-", get=book, complete=complete, scope="shelf:list")
    async def books(ctx: Context, cursor: str | None) -> PromptPage:
        begin = 0 if cursor is None else decode(cursor, ctx.principal, "books")
        how = PromptArgument("how", "Slowly or fast.", required=True)
        page = [ListedPrompt(f"shelf-{one}", one, "A book.", [how]) for one in BOOKS[begin:begin + 2]]
        if begin:
            page += [ListedPrompt("shelf_ask"), ListedPrompt("other-thing")]
        return PromptPage(page, encode(begin + 2, ctx.principal, "books") if begin + 2 < len(BOOKS) else None)


    @prompt_lister("shelf-x-", get=book, scope="shelf:list")
    async def more(ctx: Context, cursor: str | None) -> PromptPage:
        return PromptPage([ListedPrompt("shelf-x-1")])


    @prompt_lister("shelf-broken-", get=book, scope="shelf:break")
    async def broken(ctx: Context, cursor: str | None) -> PromptPage:
        raise RuntimeError("the shelf has fallen")


    @hookimpl
    def tmws_prompts():
        return here


    @hookimpl
    def tmws_prompt_listers():
        return here
"""
REFERENCE = types.PromptReference(name="shelf-Emma")


@pytest.fixture(params=["legacy", "auto", "2026-07-28"])
def mode(request: pytest.FixtureRequest) -> ConnectMode:
    wanted: ConnectMode = request.param
    return wanted


@pytest_asyncio.fixture
async def application(install_plugin: InstallPlugin, tmp_path: Path) -> AsyncIterator[Application]:
    install_plugin("shelf", SHELF)
    async with Application(Settings({}, home=tmp_path / "home", plugins="shelf", strict=True)) as opened:
        yield opened


@pytest_asyncio.fixture
async def url(application: Application) -> AsyncIterator[str]:
    async with serving(application) as address:
        yield f"{address}/mcp"


async def pages(client: Client) -> list[list[str]]:
    found: list[list[str]] = []
    cursor = None
    while cursor is not None or not found:
        page = await client.list_prompts(cursor=cursor)
        found.append([one.name for one in page.prompts])
        cursor = page.next_cursor
    return found


async def test_all_prompts_are_listed_page_by_page(url: str, mode: ConnectMode) -> None:
    async with Client(url, mode=mode) as client:
        assert await pages(client) == [
            ["shelf_ask", "shelf-Emma", "shelf-Ulysses"],
            ["shelf-Walden"],
            ["shelf-x-1"],
            [],
        ]


async def test_a_listed_prompt_is_described(url: str) -> None:
    async with Client(url, mode="2026-07-28") as client:
        page = await client.list_prompts()
    how = types.PromptArgument(name="how", description="Slowly or fast.", required=True)
    assert page.prompts[1] == types.Prompt(name="shelf-Emma", title="Emma", description="A book.", arguments=[how])
    assert page.ttl_ms == 0


async def test_a_caller_without_the_scope_sees_what_is_declared_alone(
    application: Application, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = replace(application.local_principal, scopes=frozenset({"shelf:read"}))
    monkeypatch.setattr(Application, "local_principal", reader)
    async with Client(url, mode="2026-07-28") as client:
        assert await pages(client) == [["shelf_ask"]]
        answers = []
        for name in ("shelf-Emma", "shelf-nothing"):
            with pytest.raises(MCPError) as raised:
                await client.get_prompt(name, {})
            answers.append((raised.value.code, str(raised.value).replace(name, "it"), raised.value.data))
    assert answers[0][:2] == answers[1][:2]


@pytest.mark.parametrize("cursor", ["", "nonsense", "WzAsbnVsbF0"])
async def test_a_cursor_that_was_not_given_is_refused(url: str, cursor: str) -> None:
    async with Client(url, mode="2026-07-28") as client:
        with pytest.raises(MCPError, match="cursor") as raised:
            await client.list_prompts(cursor=cursor)
    assert raised.value.code == types.INVALID_PARAMS


async def test_one_that_fails_is_passed_over(url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with Client(url, mode="2026-07-28") as client:
        assert (await pages(client))[-1] == []
    assert "prompt lister shelf:broken listed nothing" in caplog.text


async def test_a_listed_prompt_is_filled_with_its_arguments(url: str, mode: ConnectMode) -> None:
    async with Client(url, mode=mode) as client:
        filled = await client.get_prompt("shelf-Emma", {"how": "fast"})
    assert filled.messages[0].content.model_dump()["text"] == "Read shelf-Emma fast for local-agent."


async def test_a_prompt_that_is_not_there_is_answered_as_any_unknown_one(url: str, mode: ConnectMode) -> None:
    async with Client(url, mode=mode) as client:
        with pytest.raises(MCPError, match="Unknown prompt: shelf-nothing") as raised:
            await client.get_prompt("shelf-nothing", {})
    assert (raised.value.code, raised.value.data) == (types.INVALID_PARAMS, {"name": "shelf-nothing"})


async def test_an_argument_of_a_listed_prompt_is_completed(url: str, mode: ConnectMode) -> None:
    async with Client(url, mode=mode) as client:
        result = await client.complete(REFERENCE, {"name": "how", "value": ""}, {"pace": "calm"})
    assert result.completion.values == ["shelf-Emma how", "slowly {'pace': 'calm'}"]


async def test_a_completion_of_a_prompt_that_is_not_there_is_refused_as_of_any_unknown_one(url: str) -> None:
    async with Client(url, mode="2026-07-28") as client:
        with pytest.raises(MCPError, match="Unknown prompt: shelf-none"):
            await client.complete(types.PromptReference(name="shelf-none"), {"name": "how", "value": ""})


async def test_a_lister_that_completes_nothing_has_no_values(url: str) -> None:
    async with Client(url, mode="2026-07-28") as client:
        result = await client.complete(types.PromptReference(name="shelf-x-1"), {"name": "how", "value": ""})
    assert result.completion.values == []


def test_a_prefix_that_is_not_the_plugins_own_stops_it(install_plugin: InstallPlugin, tmp_path: Path) -> None:
    install_plugin("shelf", SHELF.replace('"shelf-x-"', '"memory-"'))
    assembly = Assembly(Settings({}, home=tmp_path, plugins="shelf"))
    [record] = [one for one in assembly.records if one.name == "shelf"]
    assert "the prefix 'memory-' of shelf:more must begin with shelf-" in record.reason
