"""What is recorded of calls and events, and when."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import RowMapping, text

from tmws_audit.state import AuditState
from tmws_core import Event, Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.principal import ANONYMOUS
from tmws_core.tool_errors import InternalError, NotFound, PermissionDenied, RateLimited

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Rows = Callable[[str], Awaitable[Sequence[RowMapping]]]
Recorded = Callable[[str, int], Awaitable[Sequence[RowMapping]]]
Until = Callable[[Callable[[], bool]], Awaitable[None]]
Tamper = Callable[..., Awaitable[None]]

CALLS, EVENTS = "api_audit_log", "security_audit_logs"


async def test_a_call_that_writes_is_recorded_before_it_is_answered(call: CallTool, rows: Rows) -> None:
    await call("notes_write", text="x", client="203.0.113.9")
    [row] = await rows(CALLS)
    told = {name: row[name] for name in ("surface", "kind", "endpoint", "tool", "method", "agent_id", "on_behalf_of")}
    assert told == {
        "surface": "mcp",
        "kind": "tool",
        "endpoint": "notes_write",
        "tool": "notes_write",
        "method": "CALL",
        "agent_id": "alice",
        "on_behalf_of": None,
    }
    assert (row["namespace"], row["ip_address"], row["outcome"]) == ("place", "203.0.113.9", "ok")
    assert abs(utc_now() - row["created_at"]) < timedelta(minutes=5)


async def test_who_acts_for_another_is_told_from_whom_it_acts_for(call: CallTool, rows: Rows) -> None:
    acting = Principal("alice", "place", frozenset({"*"}), actor="bob", credential="k1")
    await call("notes_write", acting, text="x")
    [row] = await rows(CALLS)
    assert (row["agent_id"], row["on_behalf_of"], row["credential"]) == ("bob", "alice", "k1")


async def test_a_call_that_only_reads_is_recorded_a_little_later(call: CallTool, recorded: Recorded) -> None:
    await call("notes_count")
    [row] = await recorded(CALLS, 1)
    assert (row["tool"], row["outcome"]) == ("notes_count", "ok")


async def test_a_call_that_failed_is_recorded_with_the_code_of_its_error(call: CallTool, recorded: Recorded) -> None:
    with pytest.raises(NotFound):
        await call("notes_fail", text="x")
    [row] = await recorded(CALLS, 1)
    assert row["outcome"] == "not_found"


async def test_a_tool_that_another_calls_is_a_part_of_that_call(call: CallTool, recorded: Recorded) -> None:
    await call("notes_both", text="x")
    await call("notes_count")
    rows = await recorded(CALLS, 2)
    assert [row["tool"] for row in rows] == ["notes_both", "notes_count"]
    assert rows[0]["response_body"] == {"events": [["called", {"tool": "notes_write"}]]}


async def test_the_arguments_of_a_call_are_not_recorded(call: CallTool, rows: Rows) -> None:
    await call("notes_write", text="what alice remembers")
    assert "what alice remembers" not in str(await rows(CALLS))


async def test_what_a_call_tells_of_what_it_changed_is_recorded(call: CallTool, rows: Rows) -> None:
    await call("notes_tell", event="notes.told", details={"note_id": 7})
    [row] = await rows(CALLS)
    assert row["response_body"] == {"events": [["notes.told", {"note_id": 7}]]}


async def test_a_refused_call_is_a_security_event(call: CallTool, recorded: Recorded) -> None:
    nobody = Principal("mallory", "elsewhere", frozenset({"notes:read"}))
    with pytest.raises(PermissionDenied):
        await call("notes_write", nobody, text="x", client="203.0.113.9")
    [row] = await recorded(EVENTS, 1)
    assert (row["event_type"], row["severity"], row["blocked"]) == ("permission_denied", "medium", True)
    assert (row["agent_id"], row["client_ip"], row["endpoint"]) == ("mallory", "203.0.113.9", "notes_write")
    [row] = await recorded(CALLS, 1)
    assert row["outcome"] == "permission_denied"


async def test_a_call_too_many_is_a_security_event(call: CallTool, recorded: Recorded) -> None:
    await call("notes_seldom")
    with pytest.raises(RateLimited):
        await call("notes_seldom")
    [row] = await recorded(EVENTS, 1)
    assert row["event_type"] == "rate_limit_exceeded"


async def test_refused_credentials_are_a_security_event(application: Application, recorded: Recorded) -> None:
    told = {"reason": "the key is revoked", "client": "203.0.113.9", "path": "/mcp"}
    application.tell(Event("authentication.refused", ANONYMOUS, told))
    [row] = await recorded(EVENTS, 1)
    assert (row["event_type"], row["severity"], row["risk_score"]) == ("unauthorized_access", "high", 70)
    assert (row["agent_id"], row["namespace"], row["endpoint"]) == (None, None, "/mcp")
    assert row["details"] == {"reason": "the key is revoked"}


async def test_an_event_about_security_is_recorded_in_the_transaction_of_its_call_and_once(
    call: CallTool, rows: Rows, recorded: Recorded
) -> None:
    await call("notes_tell", event="security.key_created", details={"key_id": "k1"})
    assert [row["event_type"] for row in await rows(EVENTS)] == ["key_created"]
    await call("notes_count")
    await recorded(CALLS, 2)
    assert [row["event_type"] for row in await rows(EVENTS)] == ["key_created"]


async def test_an_event_about_security_of_a_call_that_reads_is_recorded_later(
    call: CallTool, recorded: Recorded
) -> None:
    await call("notes_publish", event="security.login_failed", details={"user_id": "u1"})
    [row] = await recorded(EVENTS, 1)
    assert (row["event_type"], row["severity"], row["risk_score"], row["user_id"]) == (
        "login_failed",
        "medium",
        20,
        "u1",
    )


async def test_an_event_of_a_type_that_nobody_declared_is_recorded_too(call: CallTool, recorded: Recorded) -> None:
    await call("notes_publish", event="security.door_open", details={})
    [row] = await recorded(EVENTS, 1)
    assert (row["event_type"], row["severity"], row["risk_score"]) == ("door_open", "medium", 30)


@pytest.mark.parametrize("tool", ["notes_clear", "notes_inspect"])
async def test_an_act_of_an_administrator_is_a_security_event(call: CallTool, recorded: Recorded, tool: str) -> None:
    await call(tool)
    [row] = await recorded(EVENTS, 1)
    assert (row["event_type"], row["endpoint"], row["agent_id"]) == ("admin_action", tool, "alice")


async def test_refusals_that_wait_together_become_one_event_that_counts_them(
    application: Application, call: CallTool, recorded: Recorded, until: Until
) -> None:
    nobody = Principal("mallory", "elsewhere")
    for _ in range(5):
        with pytest.raises(PermissionDenied):
            await call("notes_count", nobody)
    await until(lambda: len(application.state(AuditState).recorder.inbox) >= 10)
    [row] = await recorded(EVENTS, 1)
    assert (row["details"]["times"], row["risk_score"]) == (5, 60)
    assert len(await recorded(CALLS, 5)) == 5


async def test_two_events_that_say_different_things_stay_two(call: CallTool, recorded: Recorded) -> None:
    await call("notes_publish", event="security.key_created", details={"key_id": "k1"})
    await call("notes_publish", event="security.key_created", details={"key_id": "k2"})
    assert [row["details"]["key_id"] for row in await recorded(EVENTS, 2)] == ["k1", "k2"]


async def test_an_act_that_cannot_be_recorded_is_not_done(call: CallTool, tamper: Tamper, rows: Rows) -> None:
    await call("notes_write", text="before")
    # the next row would need the number that this one takes
    await tamper("UPDATE api_audit_log SET sequence = 9223372036854775807")
    with pytest.raises(InternalError):
        await call("notes_write", text="after")
    assert await call("notes_count") == {"result": 1}
    assert len(await rows(CALLS)) == 1


async def test_what_cannot_be_written_waits_and_the_health_check_says_so(
    application: Application, call: CallTool, tamper: Tamper, until: Until
) -> None:
    recorder = application.state(AuditState).recorder
    await tamper("ALTER TABLE api_audit_log RENAME TO elsewhere")
    await call("notes_count")
    await until(lambda: len(recorder.inbox) > 0)
    await recorder.flush()
    assert "cannot be recorded" in recorder.problem
    await tamper("ALTER TABLE elsewhere RENAME TO api_audit_log")
    await recorder.flush()
    assert (recorder.problem, len(recorder.inbox)) == ("", 0)


async def test_what_found_no_room_is_counted_and_the_count_recorded(
    application: Application, call: CallTool, recorded: Recorded, until: Until
) -> None:
    state = application.state(AuditState)
    state.recorder.inbox.most = 2
    for _ in range(5):
        await call("notes_count")
    await until(lambda: state.missed >= 3)
    [row] = await recorded(EVENTS, 1)
    assert (row["event_type"], row["details"]) == ("audit_events_missed", {"count": 3})
    assert state.missed == 3


async def test_what_was_heard_before_the_end_is_recorded_at_the_end(
    application: Application, other_process: Application, rows: Rows, alice: Principal
) -> None:
    from tmws_core.pipeline import Call

    await other_process.pipeline.call_tool(Call(alice, "mcp"), "notes_count", {})
    await other_process.__aexit__(None, None, None)
    assert [row["tool"] for row in await rows(CALLS)] == ["notes_count"]


async def test_two_applications_in_one_process_record_each_their_own(
    application: Application, other_process: Application, call: CallTool, until: Until
) -> None:
    await call("notes_count")
    mine, other = (one.state(AuditState).recorder.inbox for one in (application, other_process))
    await until(lambda: len(mine) > 0)
    assert (len(mine), len(other)) == (1, 0)


async def test_a_row_cannot_be_changed_or_deleted_with_a_statement(application: Application, call: CallTool) -> None:
    await call("notes_write", text="x")
    for statement in ("UPDATE api_audit_log SET outcome = 'ok'", "DELETE FROM api_audit_log"):
        with pytest.raises(Exception, match="never"):
            async with application.database.writer.begin() as connection:
                await connection.execute(text(statement))
