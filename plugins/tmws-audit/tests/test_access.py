"""Who sees which rows."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import RowMapping

from tmws_core import Principal
from tmws_core.tool_errors import PermissionDenied

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Fill = Callable[[str, int], Awaitable[None]]
Recorded = Callable[[str, int], Awaitable[Sequence[RowMapping]]]

CALLS, EVENTS = "api_audit_log", "security_audit_logs"
READER = Principal("bob", "elsewhere", frozenset({"audit:read", "notes:write"}))
EVERY_READER = Principal("carol", "elsewhere", frozenset({"*:read"}))
GOVERNOR = Principal("dora", "elsewhere", frozenset({"audit:read", "audit:govern"}))


@pytest.mark.parametrize("tool", ["audit_query", "audit_security"])
async def test_without_the_scope_nobody_sees_anything(call: CallTool, tool: str) -> None:
    with pytest.raises(PermissionDenied):
        await call(tool, Principal("mallory", "place", frozenset({"notes:*"})))


@pytest.mark.parametrize("reader", [READER, EVERY_READER])
async def test_a_reader_sees_the_rows_of_the_own_namespace_alone(call: CallTool, fill: Fill, reader: Principal) -> None:
    await fill(CALLS, 3)
    await fill(EVENTS, 3)
    await call("notes_write", READER, text="x")
    assert [row["name"] for row in (await call("audit_query", reader))["calls"]] == ["notes_write"]
    assert (await call("audit_security", reader))["events"] == []


async def test_what_a_call_has_told_is_for_whoever_acted_and_for_those_who_govern(call: CallTool) -> None:
    await call("notes_tell", READER, event="notes.written", details={"number": 1})
    told = [
        (await call("audit_query", reader, name="notes_tell"))["calls"][0]["told"]
        for reader in (READER, EVERY_READER, GOVERNOR)
    ]
    assert told[1] is None
    assert told[0] == told[2] is not None


async def test_to_name_another_namespace_shows_no_more(call: CallTool, fill: Fill) -> None:
    await fill(CALLS, 3)
    page = await call("audit_query", READER, namespace="place")
    assert (page["calls"], page["total"], page["before"]) == ([], 0, None)


async def test_who_governs_sees_all_rows(call: CallTool, fill: Fill) -> None:
    await fill(CALLS, 3)
    assert (await call("audit_query", GOVERNOR))["total"] == 3


async def test_what_belongs_to_no_namespace_is_for_those_who_govern(call: CallTool, recorded: Recorded) -> None:
    with pytest.raises(PermissionDenied):
        await call("notes_write", Principal("", ""), text="x")
    await recorded(EVENTS, 1)
    assert (await call("audit_security", Principal("bob", "", frozenset({"audit:read"}))))["total"] == 0
    assert (await call("audit_security", GOVERNOR))["total"] == 1


async def test_to_verify_takes_the_scope_to_govern(call: CallTool) -> None:
    with pytest.raises(PermissionDenied):
        await call("audit_integrity", READER)
    assert (await call("audit_integrity", GOVERNOR))["intact"] is True


async def test_pages_show_each_row_once_from_the_newest_on(call: CallTool, fill: Fill) -> None:
    await fill(CALLS, 7)
    seen, before = [], None
    while True:
        page = await call("audit_query", limit=3, **({} if before is None else {"before": before}))
        seen += [row["sequence"] for row in page["calls"]]
        before = page["before"]
        if before is None:
            break
    assert seen == [7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"name": "notes_2"}, 1),
        ({"agent_id": "alice"}, 5),
        ({"agent_id": "bob"}, 0),
        ({"outcome": "ok"}, 5),
        ({"outcome": "permission_denied"}, 0),
        ({"ip_address": "203.0.113.9"}, 0),
        ({"since": datetime(2001, 1, 1, tzinfo=UTC)}, 5),
        ({"until": datetime(2001, 1, 1, tzinfo=UTC)}, 0),
        ({"name": "' OR 1=1 --"}, 0),
    ],
)
async def test_calls_are_found_by_what_they_say(
    call: CallTool, fill: Fill, wanted: dict[str, object], found: int
) -> None:
    await fill(CALLS, 5)
    assert (await call("audit_query", **wanted))["total"] == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"event_type": "logout"}, 4),
        ({"event_type": "login_failed"}, 0),
        ({"severity": "low"}, 4),
        ({"severity": "critical"}, 0),
        ({"least_risk": 1}, 0),
    ],
)
async def test_events_are_found_by_what_they_say(
    call: CallTool, fill: Fill, wanted: dict[str, object], found: int
) -> None:
    await fill(EVENTS, 4)
    assert (await call("audit_security", **wanted))["total"] == found


async def test_who_looks_into_the_log_is_in_it(call: CallTool, recorded: Recorded) -> None:
    await call("audit_query")
    [row] = await recorded(CALLS, 1)
    assert row["tool"] == "audit_query"
