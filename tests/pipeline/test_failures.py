"""What goes wrong inside is told in words for the caller."""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from tmws_core.application import Application
from tmws_core.tool_errors import (
    AlreadyChanged,
    InternalError,
    StorageFull,
)

Calling = Callable[..., Awaitable[dict[str, Any]]]
Notes = Callable[[], Awaitable[list[str]]]


async def test_a_row_that_somebody_else_has_changed_is_a_conflict(call: Calling) -> None:
    await call("note_add", {"id": "a", "words": "w"})
    with pytest.raises(AlreadyChanged, match="somebody else has changed it in the meantime; read it again"):
        await call("note_conflict", {})


async def test_an_internal_error_tells_a_number_and_no_details(call: Calling) -> None:
    with pytest.raises(InternalError) as raised:
        await call("note_add", {"id": "a", "words": "w", "error": "bug"})
    told = str(raised.value.as_json())
    assert re.search(r"the server's log tells it under [0-9a-f-]{36}", told)
    assert "1234" not in told
    assert "LookupError" not in told


async def test_the_log_tells_the_details_under_the_number(call: Calling, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(InternalError) as raised, caplog.at_level(logging.ERROR):
        await call("note_add", {"id": "a", "words": "w", "error": "bug"})
    number = raised.value.hint.rpartition(" ")[2]
    assert number in caplog.text
    assert "the secret is 1234" in caplog.text


async def test_a_constraint_with_full_in_its_name_is_not_a_full_disk(call: Calling) -> None:
    with pytest.raises(InternalError):
        await call("note_add", {"id": "a", "words": "w", "size": 1_000_000})


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_full_disk_is_told_as_one(application: Application, call: Calling, notes: Notes) -> None:
    async with application.database.session(read_only=False) as session:
        pages = await session.scalar(text("PRAGMA page_count"))
        await session.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(StorageFull, match="the disk is full; nothing was written; make room on the server's disk"):
        await call("note_add", {"id": "a", "words": "w" * 100_000})
    assert await notes() == []
    assert await call("note_count", {}) == {"result": 0}
