"""A resource may be bytes, have a type of its own, and stand at a path with slashes."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from mcp import Client, MCPError, types
from mcp.client.client import ConnectMode

from tmws_core.application import Application
from tmws_core.settings import Settings
from tmws_core.testing.distributions import InstallPlugin

from .conftest import serving

SHELF = """
    import sys

    from tmws_core import (
        Context, ListedResource, ResourceContent, ResourcePage, hookimpl, resource, resource_lister
    )
    from tmws_core.tool_errors import InvalidArguments, NotFound

    here = sys.modules[__name__]


    @resource("shelf://{place}/{+path}", scope="shelf:read", mime_type="text/markdown")
    async def book(ctx: Context, place: str, path: str) -> str | ResourceContent:
        \"\"\"A book.\"\"\"
        if path.endswith(".bin"):
            return ResourceContent(bytes(range(256)), "application/octet-stream")
        if path.endswith(".json"):
            return ResourceContent("[1]", "application/json", {"org.example/pages": 3})
        if path == "none":
            raise NotFound("there is no such book")
        return f"{place}: {path}"


    @resource("shelf://all", scope="shelf:read")
    async def all_books(ctx: Context) -> str:
        \"\"\"Everything.\"\"\"
        return "Everything."


    @resource_lister(scope="shelf:list")
    async def listed(ctx: Context, cursor: str | None) -> ResourcePage:
        if cursor is None:
            book = ListedResource("shelf://a/Emma.md", "emma", "Emma", "A novel.", "text/markdown", 12)
            return ResourcePage([book], "more")
        return ResourcePage([ListedResource("shelf://a/c.bin", "c")])


    @hookimpl
    def tmws_resource_listers():
        return here


    @hookimpl
    def tmws_resources():
        return here
"""


@pytest.fixture(params=["legacy", "auto", "2026-07-28"])
def mode(request: pytest.FixtureRequest) -> ConnectMode:
    wanted: ConnectMode = request.param
    return wanted


@pytest_asyncio.fixture
async def url(install_plugin: InstallPlugin, tmp_path: Path) -> AsyncIterator[str]:
    install_plugin("shelf", SHELF)
    settings = Settings({}, home=tmp_path / "home", plugins="shelf", strict=True)
    async with Application(settings) as application, serving(application) as address:
        yield f"{address}/mcp"


async def read(url: str, mode: ConnectMode, uri: str) -> types.TextResourceContents | types.BlobResourceContents:
    async with Client(url, mode=mode) as client:
        [content] = (await client.read_resource(uri)).contents
    return content


async def test_bytes_come_back_as_they_are(url: str, mode: ConnectMode) -> None:
    content = await read(url, mode, "shelf://a/b/c.bin")
    assert isinstance(content, types.BlobResourceContents)
    assert base64.b64decode(content.blob) == bytes(range(256))
    assert content.mime_type == "application/octet-stream"


async def test_a_text_may_have_a_type_and_metadata_of_its_own(url: str, mode: ConnectMode) -> None:
    content = await read(url, mode, "shelf://a/c.json")
    assert isinstance(content, types.TextResourceContents)
    assert (content.text, content.mime_type, content.meta) == ("[1]", "application/json", {"org.example/pages": 3})


@pytest.mark.parametrize(
    ("uri", "text"),
    [
        ("shelf://a/b/c.md", "a: b/c.md"),
        ("shelf://a/b%20c/%C3%A9.md", "a: b c/é.md"),
        ("shelf://a/b?c=1", "a: b?c=1"),
    ],
)
async def test_a_plain_text_has_the_declared_type_and_its_whole_path(
    url: str, mode: ConnectMode, uri: str, text: str
) -> None:
    content = await read(url, mode, uri)
    assert isinstance(content, types.TextResourceContents)
    assert (content.text, content.mime_type, content.uri, content.meta) == (text, "text/markdown", uri, None)


async def test_what_is_not_there_is_answered_as_any_unknown_resource(url: str, mode: ConnectMode) -> None:
    async with Client(url, mode=mode) as client:
        with pytest.raises(MCPError, match="Resource not found") as raised:
            await client.read_resource("shelf://a/none")
    assert (raised.value.code, raised.value.data) == (types.INVALID_PARAMS, {"uri": "shelf://a/none"})


async def test_resources_that_come_from_rows_are_listed_page_by_page(url: str, mode: ConnectMode) -> None:
    async with Client(url, mode=mode) as client:
        first = await client.list_resources()
        second = await client.list_resources(cursor=first.next_cursor)
        assert first.resources[1] == types.Resource(
            uri="shelf://a/Emma.md",
            name="emma",
            title="Emma",
            description="A novel.",
            mime_type="text/markdown",
            size=12,
        )
        found = [[one.uri for one in page.resources] for page in (first, second)]
        assert (found, second.next_cursor) == ([["shelf://all", "shelf://a/Emma.md"], ["shelf://a/c.bin"]], None)


async def test_a_cursor_that_was_not_given_is_refused(url: str) -> None:
    async with Client(url, mode="2026-07-28") as client:
        with pytest.raises(MCPError, match="cursor") as raised:
            await client.list_resources(cursor="more")
    assert raised.value.code == types.INVALID_PARAMS
