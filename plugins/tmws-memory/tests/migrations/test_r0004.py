"""A database of the third revision, filled with memories, is upgraded by the start of a server."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.call import Call
from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.settings import Settings

CallTool = Callable[..., Awaitable[dict[str, Any]]]

ALICE = Principal("alice", "place", frozenset({"*"}))
FORMER_VIEW = (
    "CREATE VIEW tmws_memory_search_content AS SELECT id, scope, "
    "replace(' ' || body, ' ', ' ' || substr(scope, 1, 9)) AS body FROM tmws_memory_documents"
)

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


async def called(settings: Settings, *calls: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The answer to the last of some calls in an application of its own."""
    answer: dict[str, Any] = {}
    async with Application(settings) as application:
        for tool, arguments in calls:
            answer = await application.pipeline.call_tool(Call(ALICE, "mcp"), tool, arguments)
    return answer


def _return_to_third_revision(connection: Connection) -> None:
    connection.execute(text("DROP VIEW tmws_memory_search_content"))
    connection.execute(text(FORMER_VIEW))
    connection.execute(text("INSERT INTO tmws_memory_search(tmws_memory_search) VALUES ('rebuild')"))
    connection.execute(text("UPDATE tmws_plugins SET revision = 'memory_0003' WHERE plugin = 'memory'"))


async def test_what_was_stored_before_is_found_with_filters(settings: Settings, filled_database_url: str) -> None:
    store = {"content": "the tortoise sleeps", "tags": ["pets"], "memory_type": "fact"}
    await called(settings, ("memory_store", store))
    url, _ = database_urls(filled_database_url)
    with schema_engine(url).connect() as connection, connection.begin():
        _return_to_third_revision(connection)
    search = {"query": "tortoise", "tags": ["pets"], "memory_type": "fact"}
    found = await called(settings, ("memory_search", search))
    assert [hit["memory"]["content"] for hit in found["hits"]] == ["the tortoise sleeps"]
    with schema_engine(url).connect() as connection:
        # raises when the index and what it is made of differ
        connection.execute(
            text("INSERT INTO tmws_memory_search(tmws_memory_search, rank) VALUES ('integrity-check', 1)")
        )
