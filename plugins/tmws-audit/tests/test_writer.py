"""The order of a chain, whoever writes at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import RowMapping

from tmws_audit.models.chain import GENESIS
from tmws_audit.verification.report import Verification
from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Rows = Callable[[str], Awaitable[Sequence[RowMapping]]]
Recorded = Callable[[str, int], Awaitable[Sequence[RowMapping]]]
Verify = Callable[[], Awaitable[Verification]]

WRITERS, ACTS = 8, 100
CALLS, EVENTS = "api_audit_log", "security_audit_logs"


async def test_each_row_follows_the_one_before_it(call: CallTool, rows: Rows) -> None:
    for number in range(3):
        await call("notes_write", text=str(number))
    found = await rows(CALLS)
    assert [row["sequence"] for row in found] == [1, 2, 3]
    assert [row["prev_hash"] for row in found] == [GENESIS, found[0]["row_hash"], found[1]["row_hash"]]


async def test_both_logs_have_a_chain_of_their_own(call: CallTool, recorded: Recorded) -> None:
    await call("notes_clear")
    [act], [event] = await recorded(CALLS, 1), await recorded(EVENTS, 1)
    assert (act["sequence"], event["sequence"], event["id"]) == (1, 1, 1)
    assert (act["prev_hash"], event["prev_hash"]) == (GENESIS, GENESIS)


async def test_eight_writers_in_two_processes_lose_nothing_and_never_fork(
    application: Application, other_process: Application, alice: Principal, rows: Rows, checked: Verify
) -> None:
    async def write(one: Application) -> None:
        for number in range(ACTS):
            await one.pipeline.call_tool(Call(alice, "mcp"), "notes_write", {"text": str(number)})

    writers = [application, other_process] * (WRITERS // 2)
    await asyncio.gather(*map(write, writers))
    found = await rows(CALLS)
    assert [row["sequence"] for row in found] == list(range(1, WRITERS * ACTS + 1))
    count = await application.pipeline.call_tool(Call(alice, "mcp"), "notes_count", {})
    assert count == {"result": WRITERS * ACTS}
    assert (await checked()).intact
