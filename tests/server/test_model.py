"""A tool asks the model of its client: with a request of 2025-11-25, and in the rounds of 2026-07-28."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from mcp import Client, MCPError, StdioServerParameters, types
from mcp.client.client import ConnectMode
from mcp.client.context import ClientRequestContext
from mcp.client.session import SamplingFnT

from tmws_core.application import Application
from tmws_core.events import Event, Listener
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin, PluginDistribution

from .conftest import Command, serving

ORACLE = """
    import asyncio
    import sys

    from sqlalchemy import text
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    from tmws_core import Context, hookimpl, tool
    from tmws_core.declarative import plugin_metadata


    class Base(DeclarativeBase):
        metadata = plugin_metadata("oracle")


    class Saying(Base):
        __tablename__ = "oracle_sayings"
        words: Mapped[str] = mapped_column(primary_key=True)


    @tool(scope="oracle:read", read_only=True, rate_limit="1/hour")
    async def oracle_ask(ctx: Context, question: str) -> str | None:
        \"\"\"Ask once.\"\"\"
        return await ctx.ask_model(question, system="Be brief.", most_tokens=7)


    @tool(scope="oracle:write")
    async def oracle_keep(ctx: Context) -> list[str]:
        \"\"\"Ask, ask about the answer, and keep both.\"\"\"
        first = await ctx.ask_model("first")
        second = await ctx.ask_model(f"second after {first}")
        ctx.session.add_all([Saying(words=first), Saying(words=second)])
        return [first, second]


    @tool(scope="oracle:read", read_only=True)
    async def oracle_twice(ctx: Context) -> list[str | None]:
        \"\"\"Ask the same thing twice.\"\"\"
        return [await ctx.ask_model("again"), await ctx.ask_model("again")]


    @tool(scope="oracle:read", read_only=True)
    async def oracle_both(ctx: Context) -> list[str | None]:
        \"\"\"Ask two things at once.\"\"\"
        async with asyncio.TaskGroup() as tasks:
            left = tasks.create_task(ctx.ask_model("left"))
            right = tasks.create_task(ctx.ask_model("right"))
        return [left.result(), right.result()]


    @tool(scope="oracle:read", read_only=True)
    async def oracle_cautious(ctx: Context) -> str | None:
        \"\"\"Ask, and go on after any error.\"\"\"
        try:
            return await ctx.ask_model("careful")
        except Exception as error:
            return f"went on after {error!r}"


    @tool(scope="oracle:read", read_only=True)
    async def oracle_hasty(ctx: Context) -> str | None:
        \"\"\"Ask in the middle of a transaction.\"\"\"
        await ctx.session.execute(text("SELECT 1"))
        try:
            return await ctx.ask_model("too late")
        except RuntimeError as error:
            return str(error)


    @tool(scope="oracle:read", read_only=True)
    async def oracle_hasty_through(ctx: Context) -> str | None:
        \"\"\"Call a tool that asks, in the middle of a transaction.\"\"\"
        await ctx.session.execute(text("SELECT 1"))
        return (await ctx.call("oracle_ask", question="too late"))["result"]


    here = sys.modules[__name__]


    @hookimpl
    def tmws_models():
        return here


    @hookimpl
    def tmws_tools():
        return here
"""
MODES: list[ConnectMode] = ["legacy", "2026-07-28"]


@dataclass
class Model:
    """A client's model that answers every question with itself, and remembers what it was asked."""

    asked: list[types.CreateMessageRequestParams] = field(default_factory=list)

    async def __call__(
        self, context: ClientRequestContext, params: types.CreateMessageRequestParams
    ) -> types.CreateMessageResult | types.ErrorData:
        self.asked.append(params)
        content = params.messages[0].content
        assert isinstance(content, types.TextContent)
        return types.CreateMessageResult(
            role="assistant", content=types.TextContent(text=f"{content.text}!"), model="test"
        )

    @property
    def questions(self) -> list[str]:
        """The questions."""
        return [params.messages[0].model_dump()["content"]["text"] for params in self.asked]


async def _refuse(
    context: ClientRequestContext, params: types.CreateMessageRequestParams
) -> types.CreateMessageResult | types.ErrorData:
    return types.ErrorData(code=-1, message="the user said no")


async def _paint(
    context: ClientRequestContext, params: types.CreateMessageRequestParams
) -> types.CreateMessageResult | types.ErrorData:
    picture = types.ImageContent(data="aGVsbG8=", mime_type="image/png")
    return types.CreateMessageResult(role="assistant", content=picture, model="test")


async def _sleep(
    context: ClientRequestContext, params: types.CreateMessageRequestParams
) -> types.CreateMessageResult | types.ErrorData:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> ConnectMode:
    wanted: ConnectMode = request.param
    return wanted


@pytest.fixture
def limits() -> dict[str, Any]:
    """Settings of the core that a test may parametrize."""
    return {}


@pytest_asyncio.fixture
async def application(
    install_plugin: InstallPlugin, tmp_path: Path, limits: dict[str, Any]
) -> AsyncIterator[Application]:
    """The core and the oracle, opened."""
    install_plugin("oracle", ORACLE)
    async with Application(Settings({}, home=tmp_path / "home", plugins="oracle", strict=True, **limits)) as opened:
        yield opened


@pytest_asyncio.fixture
async def url(application: Application) -> AsyncIterator[str]:
    """Where the oracle is served."""
    async with serving(application) as address:
        yield address


def _client(url: str, mode: ConnectMode, model: SamplingFnT | None = None) -> Client:
    return Client(f"{url}/mcp", mode=mode, sampling_callback=model)


async def _result(client: Client, tool: str, **arguments: str) -> Any:  # noqa: ANN401 -- whatever the tool returns
    answer = await client.call_tool(tool, arguments)
    assert answer.structured_content is not None, answer.content
    return answer.structured_content["result"]


@pytest.mark.parametrize("mode", MODES)
async def test_a_tool_asks_the_model_of_a_client_over_standard_input(
    stdio_command: Command, tmp_path: Path, mode: ConnectMode
) -> None:
    PluginDistribution("oracle", ORACLE).write(tmp_path / "site")
    command = replace(stdio_command, environment=stdio_command.environment | {"TMWS_PLUGINS": "oracle"})
    parameters = StdioServerParameters(command=command.words[0], args=command.words[1:], env=command.environment)
    async with Client(parameters, mode=mode, sampling_callback=Model()) as client:
        assert await _result(client, "oracle_keep") == ["first!", "second after first!!"]


async def test_the_model_is_told_how_to_behave_and_how_long_to_talk(url: str, mode: ConnectMode) -> None:
    model = Model()
    async with _client(url, mode, model) as client:
        assert await _result(client, "oracle_ask", question="Why") == "Why!"
    [asked] = model.asked
    assert (asked.system_prompt, asked.max_tokens, model.questions) == ("Be brief.", 7, ["Why"])


async def test_each_question_is_asked_once(url: str, mode: ConnectMode) -> None:
    model = Model()
    async with _client(url, mode, model) as client:
        await _result(client, "oracle_keep")
    assert model.questions == ["first", "second after first!"]


async def test_what_a_tool_writes_after_it_asked_is_written_once(
    application: Application, url: str, mode: ConnectMode
) -> None:
    async with _client(url, mode, Model()) as client:
        await _result(client, "oracle_keep")
    async with application.database.session(read_only=True) as session:
        connection = await session.connection()
        rows = (await connection.exec_driver_sql("SELECT words FROM oracle_sayings ORDER BY words")).scalars().all()
    assert rows == ["first!", "second after first!!"]


async def test_the_same_question_is_asked_as_often_as_the_tool_asks_it(url: str, mode: ConnectMode) -> None:
    model = Model()
    async with _client(url, mode, model) as client:
        assert await _result(client, "oracle_twice") == ["again!", "again!"]
    assert model.questions == ["again", "again"]


async def test_two_questions_can_be_asked_at_once(url: str, mode: ConnectMode) -> None:
    model = Model()
    async with _client(url, mode, model) as client:
        assert await _result(client, "oracle_both") == ["left!", "right!"]
    assert sorted(model.questions) == ["left", "right"]


async def test_a_tool_that_goes_on_after_any_error_still_gets_its_answer(url: str, mode: ConnectMode) -> None:
    async with _client(url, mode, Model()) as client:
        assert await _result(client, "oracle_cautious") == "careful!"


async def test_a_tool_that_another_one_calls_asks_too(url: str, mode: ConnectMode) -> None:
    arguments = {"name": "oracle_ask", "arguments": {"question": "Why"}}
    async with _client(url, mode, Model()) as client:
        answer = await client.call_tool("tool_call", arguments)
    assert answer.structured_content == {"result": "Why!"}


async def test_a_client_without_a_model_gives_no_answer(url: str, mode: ConnectMode) -> None:
    async with _client(url, mode) as client:
        assert await _result(client, "oracle_ask", question="Why") is None


async def test_the_http_api_gives_no_answer(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.post("/api/v1/oracle/ask", json={"question": "Why"})
    assert answer.json() == {"result": None}


async def test_a_tool_that_asks_within_its_transaction_is_told_so(url: str, mode: ConnectMode) -> None:
    async with _client(url, mode, Model()) as client:
        told = await _result(client, "oracle_hasty")
    assert told == (
        "oracle_hasty asks the client's model while its database transaction is open; ask before the session is used "
        "for the first time"
    )


async def test_a_tool_whose_caller_has_an_open_transaction_cannot_ask(
    url: str, mode: ConnectMode, caplog: pytest.LogCaptureFixture
) -> None:
    async with _client(url, mode, Model()) as client:
        answer = await client.call_tool("oracle_hasty_through", {})
    assert answer.is_error
    assert "asks the client's model while its database transaction is open" in caplog.text


@pytest.mark.parametrize("model", [_refuse, _paint], ids=["refuses", "paints"])
async def test_a_model_of_2025_that_gives_no_text_is_no_error(
    url: str, model: SamplingFnT, caplog: pytest.LogCaptureFixture
) -> None:
    async with _client(url, "legacy", model) as client:
        assert await _result(client, "oracle_ask", question="Why") is None
    assert "the client's model gave no" in caplog.text


async def test_a_model_of_2026_that_gives_no_text_is_no_error(url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with _client(url, "2026-07-28", _paint) as client:
        assert await _result(client, "oracle_ask", question="Why") is None
    assert "the client's model gave no text: CreateMessageResult" in caplog.text


@pytest.mark.parametrize("limits", [{"model_seconds": 0.1}])
async def test_a_model_that_does_not_answer_in_time_is_no_error(url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with _client(url, "legacy", _sleep) as client:
        assert await _result(client, "oracle_ask", question="Why") is None
    assert "the client's model gave no answer: " in caplog.text


@pytest.mark.parametrize("limits", [{"tool_seconds": 0.4, "model_seconds": 0.8}])
async def test_the_time_of_the_answer_does_not_count_for_the_tool(url: str) -> None:
    async with _client(url, "legacy", _sleep) as client:
        assert await _result(client, "oracle_ask", question="Why") is None


async def _first_round(client: Client) -> types.InputRequiredResult:
    result = await client.session.call_tool("oracle_ask", {"question": "Why"}, allow_input_required=True)
    assert isinstance(result, types.InputRequiredResult)
    return result


def _answers(result: types.InputRequiredResult, text: str) -> types.InputResponses:
    answer = types.CreateMessageResult(role="assistant", content=types.TextContent(text=text), model="test")
    return dict.fromkeys(result.input_requests or {}, answer)


async def test_the_state_of_a_round_cannot_be_read_by_the_client(url: str) -> None:
    async with _client(url, "2026-07-28", Model()) as client:
        state = (await _first_round(client)).request_state
    assert state is not None
    assert "answers" not in state
    assert "Why" not in state


@pytest.mark.parametrize("change", ["flipped", "another key", "other arguments", "another tool"])
async def test_a_state_that_was_tampered_with_is_refused(url: str, change: str) -> None:
    async with _client(url, "2026-07-28", Model()) as client:
        first = await _first_round(client)
        state, tool, arguments = first.request_state or "", "oracle_ask", {"question": "Why"}
        match change:
            case "flipped":
                middle = len(state) // 2
                state = f"{state[:middle]}{'A' if state[middle] != 'A' else 'B'}{state[middle + 1 :]}"
            case "another key":
                state = '{"answers": {}, "asked": []}'
            case "other arguments":
                arguments = {"question": "How"}
            case "another tool":
                tool = "oracle_twice"
        with pytest.raises(MCPError, match="Invalid or expired requestState") as raised:
            await client.session.call_tool(
                tool, arguments, input_responses=_answers(first, "ok"), request_state=state, allow_input_required=True
            )
    assert raised.value.code == types.INVALID_PARAMS


async def test_an_answer_that_nobody_asked_for_is_not_heard(url: str) -> None:
    async with _client(url, "2026-07-28", Model()) as client:
        first = await _first_round(client)
        again = await client.session.call_tool(
            "oracle_twice", {}, input_responses=_answers(first, "ok"), allow_input_required=True
        )
    assert isinstance(again, types.InputRequiredResult)


async def test_a_client_that_comes_back_without_the_answer_has_refused(url: str) -> None:
    async with _client(url, "2026-07-28", Model()) as client:
        first = await _first_round(client)
        result = await client.session.call_tool(
            "oracle_ask", {"question": "Why"}, request_state=first.request_state, allow_input_required=True
        )
    assert isinstance(result, types.CallToolResult)
    assert result.structured_content == {"result": None}


async def test_a_call_in_several_rounds_is_counted_once(url: str) -> None:
    async with _client(url, "2026-07-28", Model()) as client:
        assert await _result(client, "oracle_ask", question="Why") == "Why!"
        again = await client.call_tool("oracle_ask", {"question": "Why"})
    assert again.is_error
    assert "rate_limited" in again.content[0].model_dump()["text"]


async def test_observers_hear_of_the_round_that_awaits_an_answer(application: Application, url: str) -> None:
    heard: list[str] = []

    async def listen(event: Event) -> None:
        heard.append(event.details["outcome"])

    listener = Listener("test", listen, ["tool.called"])
    application.listeners.append(listener)
    async with _client(url, "2026-07-28", Model()) as client:
        await _result(client, "oracle_ask", question="Why")
    await listener.close()
    assert heard == ["input_required", "ok"]
