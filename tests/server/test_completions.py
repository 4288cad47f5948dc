"""Arguments of prompts and variables of resources are completed, over standard input and HTTP, in both eras."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from mcp import Client, MCPError, StdioServerParameters, types
from mcp.client.client import ConnectMode

from tmws_core.application import Application
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin, PluginDistribution

from .conftest import Command, serving

SHELF = """
    import sys

    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
    import sqlalchemy as sa

    from tmws_core import Context, hookimpl, prompt, resource, seed
    from tmws_core.declarative import plugin_metadata
    from tmws_core.tool_errors import NotFound


    class Base(DeclarativeBase):
        metadata = plugin_metadata("shelf")


    class Book(Base):
        __tablename__ = "shelf_books"
        title: Mapped[str] = mapped_column(primary_key=True)


    @seed
    def books(session):
        \"\"\"A few books.\"\"\"
        for title in ("Emma", "Emil", "Ulysses"):
            session.merge(Book(title=title))


    async def complete_title(ctx, typed, chosen):
        \"\"\"The books that begin so.\"\"\"
        found = sa.select(Book.title).where(Book.title.startswith(typed)).order_by(Book.title)
        return list(await ctx.session.scalars(found))


    async def complete_number(ctx, typed, chosen):
        \"\"\"As many numbers as the typed one.\"\"\"
        return [str(number) for number in range(int(typed))]


    async def complete_tone(ctx, typed, chosen):
        \"\"\"What is chosen already.\"\"\"
        return [f"{name}={value}" for name, value in sorted(chosen.items())]


    async def complete_page(ctx, typed, chosen):
        \"\"\"Try to write.\"\"\"
        if typed == "?":
            raise NotFound("there is no such page")
        await ctx.session.execute(sa.insert(Book).values(title="written while completing"))
        return []


    @prompt(scope="shelf:read", completions={"title": complete_title, "number": complete_number, "tone": complete_tone})
    async def summarise(ctx: Context, title: str, number: str = "1", tone: str = "calm", size: str = "short") -> str:
        \"\"\"Ask for a summary.\"\"\"
        return title


    completions = {"title": complete_title, "page": complete_page}


    @resource("shelf://{title}/{page}", scope="shelf:read", completions=completions)
    async def page(ctx: Context, title: str, page: str) -> str:
        \"\"\"A page.\"\"\"
        return page


    here = sys.modules[__name__]


    @hookimpl
    def tmws_models():
        return here


    @hookimpl
    def tmws_seeds():
        return here


    @hookimpl
    def tmws_prompts():
        return here


    @hookimpl
    def tmws_resources():
        return here
"""
MODES: list[ConnectMode] = ["legacy", "2026-07-28"]
PROMPT = types.PromptReference(name="summarise")
PAGE = types.ResourceTemplateReference(uri="shelf://{title}/{page}")


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> ConnectMode:
    wanted: ConnectMode = request.param
    return wanted


@pytest_asyncio.fixture
async def application(install_plugin: InstallPlugin, tmp_path: Path) -> AsyncIterator[Application]:
    """The core and the shelf, opened."""
    install_plugin("shelf", SHELF)
    async with Application(Settings({}, home=tmp_path / "home", plugins="shelf", strict=True)) as opened:
        yield opened


@pytest_asyncio.fixture
async def url(application: Application) -> AsyncIterator[str]:
    """Where the shelf is served."""
    async with serving(application) as address:
        yield f"{address}/mcp"


async def _values(client: Client, name: str, typed: str, **chosen: str) -> list[str]:
    result = await client.complete(PROMPT, {"name": name, "value": typed}, chosen or None)
    return result.completion.values


@pytest.mark.parametrize("mode", ["legacy", "auto"])  # a client that names its version does not ask what there is
async def test_a_client_over_standard_input_completes_a_prompt_and_a_resource(
    stdio_command: Command, tmp_path: Path, mode: ConnectMode
) -> None:
    PluginDistribution("shelf", SHELF).write(tmp_path / "site")
    command = replace(stdio_command, environment=stdio_command.environment | {"TMWS_PLUGINS": "shelf"})
    parameters = StdioServerParameters(command=command.words[0], args=command.words[1:], env=command.environment)
    async with Client(parameters, mode=mode) as client:
        assert client.server_capabilities.completions is not None
        of_prompt = await client.complete(PROMPT, {"name": "title", "value": "Em"})
        of_resource = await client.complete(PAGE, {"name": "title", "value": "U"})
    assert of_prompt.completion == types.Completion(values=["Emil", "Emma"], total=2, has_more=False)
    assert of_resource.completion == types.Completion(values=["Ulysses"], total=1, has_more=False)


@pytest.mark.parametrize(("number", "sent", "has_more"), [(99, 99, False), (100, 100, False), (101, 100, True)])
async def test_a_hundred_values_are_sent_and_all_are_counted(
    url: str, mode: ConnectMode, number: int, sent: int, has_more: bool
) -> None:
    async with Client(url, mode=mode) as client:
        completion = (await client.complete(PROMPT, {"name": "number", "value": str(number)})).completion
    assert completion == types.Completion(values=[str(one) for one in range(sent)], total=number, has_more=has_more)


async def test_what_is_chosen_already_is_passed_on_as_far_as_it_is_an_argument(url: str, mode: ConnectMode) -> None:
    async with Client(url, mode=mode) as client:
        assert await _values(client, "tone", "", title="Emma", colour="red", tone="sad") == ["title=Emma"]


async def test_an_argument_without_a_completion_has_no_values(url: str, mode: ConnectMode) -> None:
    async with Client(url, mode=mode) as client:
        assert await _values(client, "size", "s") == []


async def test_an_argument_that_does_not_exist_is_refused_with_those_that_do(url: str, mode: ConnectMode) -> None:
    async with Client(url, mode=mode) as client:
        with pytest.raises(MCPError, match="summarise has no argument 'colour'; it has title, number") as raised:
            await _values(client, "colour", "r")
    assert raised.value.code == types.INVALID_PARAMS


@pytest.mark.parametrize(
    "reference",
    [types.PromptReference(name="translate"), types.ResourceTemplateReference(uri="shelf://{title}")],
    ids=["prompt", "resource"],
)
async def test_a_thing_that_does_not_exist_is_refused(
    url: str, mode: ConnectMode, reference: types.PromptReference | types.ResourceTemplateReference
) -> None:
    async with Client(url, mode=mode) as client:
        with pytest.raises(MCPError) as raised:
            await client.complete(reference, {"name": "title", "value": ""})
    assert raised.value.code == types.INVALID_PARAMS


@pytest.mark.parametrize("reference", [PROMPT, PAGE], ids=["prompt", "resource"])
async def test_a_thing_that_the_caller_may_not_see_answers_as_one_that_does_not_exist(
    application: Application,
    url: str,
    reference: types.PromptReference | types.ResourceTemplateReference,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = reference.name if isinstance(reference, types.PromptReference) else reference.uri
    nobody = replace(application.local_principal, scopes=frozenset())
    monkeypatch.setattr(Application, "local_principal", nobody)
    answers = []
    async with Client(url, mode="2026-07-28") as client:
        for asked in (known, "unknown"):
            key = "name" if isinstance(reference, types.PromptReference) else "uri"
            with pytest.raises(MCPError) as raised:
                await client.complete(reference.model_copy(update={key: asked}), {"name": "title", "value": ""})
            answers.append(
                (raised.value.code, str(raised.value).replace(asked, "it"), raised.value.data == {key: asked})
            )
    assert answers[0] == answers[1]
    assert answers[0][2]


async def test_a_completion_cannot_write(application: Application, url: str) -> None:
    async with Client(url, mode="2026-07-28") as client:
        with pytest.raises(MCPError) as raised:
            await client.complete(PAGE, {"name": "page", "value": "1"})
        assert raised.value.code == types.INTERNAL_ERROR
        assert await _values(client, "title", "written") == []


async def test_a_completions_own_error_is_told(url: str) -> None:
    async with Client(url, mode="2026-07-28") as client:
        with pytest.raises(MCPError, match="there is no such page") as raised:
            await client.complete(PAGE, {"name": "page", "value": "?"})
    assert raised.value.code == types.INVALID_PARAMS


async def test_completions_are_counted_like_calls(install_plugin: InstallPlugin, tmp_path: Path) -> None:
    install_plugin("shelf", SHELF)
    settings = Settings({}, home=tmp_path / "home", plugins="shelf", strict=True, rate_limit="2/hour")
    async with (
        Application(settings) as application,
        serving(application) as url,
        Client(f"{url}/mcp", mode="2026-07-28") as client,
    ):
        assert [await _values(client, "title", "U"), await _values(client, "title", "U")] == [["Ulysses"]] * 2
        with pytest.raises(MCPError, match="calls tools more often than 2 per 1 hour"):
            await _values(client, "title", "U")
