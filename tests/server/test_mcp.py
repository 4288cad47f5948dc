import pytest
from mcp import Client, MCPError
from mcp.client.client import ConnectMode

from tmws_core.server.mcp_tools import described

from .conftest import Served

MODES: list[ConnectMode] = ["legacy", "auto", "2026-07-28"]


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> ConnectMode:
    wanted: ConnectMode = request.param
    return wanted


def client_of(served: Served, mode: ConnectMode) -> Client:
    return Client(f"{served.url}/mcp", mode=mode)


async def test_the_list_is_that_of_the_catalogue(served: Served, mode: ConnectMode) -> None:
    application = served.application
    async with client_of(served, mode) as client:
        listed = {tool.name for tool in (await client.list_tools()).tools}
    expected = application.catalogue.listed(application.local_principal, application.settings.core.profile)
    assert listed == {one.tool.name for one in expected}


async def test_a_listed_tool_has_its_schemas_and_hints(served: Served) -> None:
    async with client_of(served, "auto") as client:
        (add,) = [tool for tool in (await client.list_tools()).tools if tool.name == "example_add"]
    declared = served.application.catalogue.tool("example_add").tool
    assert (add.title, add.description) == ("Example add", "Add two numbers.")
    assert (add.input_schema, add.output_schema) == (declared.input_schema, declared.brief_output_schema)
    assert add.annotations is not None
    assert add.annotations.read_only_hint is add.annotations.idempotent_hint is True
    assert add.annotations.destructive_hint is add.annotations.open_world_hint is False


async def test_a_tool_in_the_full_profile_has_its_whole_output_schema(served: Served) -> None:
    offered = served.application.catalogue.tool("example_add")
    assert described(offered, brief=False).output_schema == offered.tool.output_schema


async def test_the_list_says_how_long_it_holds(served: Served) -> None:
    async with client_of(served, "2026-07-28") as client:
        listed = await client.list_tools()
    assert (listed.ttl_ms, listed.cache_scope) == (300_000, "private")


async def test_the_second_list_is_the_same_as_the_first(served: Served, mode: ConnectMode) -> None:
    async with client_of(served, mode) as first, client_of(served, mode) as second:
        assert await first.list_tools() == await second.list_tools()


async def test_a_tool_that_is_not_listed_can_be_called(served: Served, mode: ConnectMode) -> None:
    async with client_of(served, mode) as client:
        result = await client.call_tool("example_length", {"text": "hello"})
    assert result.structured_content == {"result": 5}


async def test_a_result_has_a_text_copy(served: Served) -> None:
    async with client_of(served, "auto") as client:
        result = await client.call_tool("example_add", {"left": 1, "right": 2})
    assert [part.model_dump()["text"] for part in result.content] == ['{"result":3.0}']


async def test_a_tools_error_is_a_result_that_the_model_can_read(served: Served, mode: ConnectMode) -> None:
    async with client_of(served, mode) as client:
        result = await client.call_tool("example_add", {"left": "one", "right": 2})
    assert result.is_error
    assert result.content[0].model_dump()["text"].startswith('{"error":{"code":"invalid_arguments"')


async def test_an_error_has_no_structured_content_because_clients_hold_it_against_the_output_schema(
    served: Served,
) -> None:
    async with client_of(served, "auto") as client:
        result = await client.call_tool("example_broken", {})
    assert result.structured_content is None


async def test_what_broke_inside_is_not_told(served: Served, mode: ConnectMode) -> None:
    async with client_of(served, mode) as client:
        result = await client.call_tool("example_broken", {})
    assert result.is_error
    assert "secret" not in result.model_dump_json()


async def test_an_unknown_tool_is_a_protocol_error(served: Served, mode: ConnectMode) -> None:
    async with client_of(served, mode) as client:
        with pytest.raises(MCPError, match="nothing_like_it") as raised:
            await client.call_tool("nothing_like_it", {})
    assert raised.value.error.code == -32602


async def test_progress_reaches_a_client_that_asked_for_it(served: Served, mode: ConnectMode) -> None:
    told: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    async with client_of(served, mode) as client:
        await client.call_tool("example_count", {"to": 3}, progress_callback=hear)
    assert told == [(1, 3, "number 1"), (2, 3, "number 2"), (3, 3, "number 3")]


async def test_resources_are_listed_apart_from_their_templates(served: Served, mode: ConnectMode) -> None:
    async with client_of(served, mode) as client:
        resources = {one.uri for one in (await client.list_resources()).resources}
        templates = {one.uri_template for one in (await client.list_resource_templates()).resource_templates}
    assert (resources, templates) == ({"example://motto"}, {"example://greeting/{name}"})


@pytest.mark.parametrize(
    ("uri", "text"),
    [("example://motto", "Slowly but surely."), ("example://greeting/Ada%20L.", "Good day, Ada L..")],
)
async def test_a_resource_is_read_by_its_uri(served: Served, mode: ConnectMode, uri: str, text: str) -> None:
    async with client_of(served, mode) as client:
        read = await client.read_resource(uri)
    assert [part.model_dump()["text"] for part in read.contents] == [text]


async def test_an_unknown_resource_is_a_protocol_error_that_names_it(served: Served, mode: ConnectMode) -> None:
    async with client_of(served, mode) as client:
        with pytest.raises(MCPError) as raised:
            await client.read_resource("example://nothing")
    assert (raised.value.error.code, raised.value.error.data) == (-32602, {"uri": "example://nothing"})


async def test_a_prompt_is_filled_with_its_arguments(served: Served, mode: ConnectMode) -> None:
    async with client_of(served, mode) as client:
        (listed,) = (await client.list_prompts()).prompts
        filled = await client.get_prompt("summarise", {"topic": "bees"})
    assert {one.name: one.required for one in listed.arguments or []} == {"topic": True, "length": False}
    assert filled.messages[0].content.model_dump()["text"] == "Summarise bees, short."


@pytest.mark.parametrize("arguments", [{}, {"topic": "bees", "colour": "red"}])
async def test_a_prompt_refuses_arguments_that_are_not_its_own(served: Served, arguments: dict[str, str]) -> None:
    async with client_of(served, "auto") as client:
        with pytest.raises(MCPError) as raised:
            await client.get_prompt("summarise", arguments)
    assert raised.value.error.code == -32602


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_instructions_tell_how_to_find_the_other_tools(served: Served, mode: ConnectMode) -> None:
    async with client_of(served, mode) as client:
        assert client.instructions is not None
        assert all(name in client.instructions for name in ("tool_search", "tool_call", "server_status"))
