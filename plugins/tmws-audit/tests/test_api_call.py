"""API calls, as the database keeps them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_audit.models.api_call import ApiCall
from tmws_audit.models.chain import GENESIS
from tmws_core.columns import utc_now


def call(**changes: object) -> ApiCall:
    """A call over HTTP, the first of the log."""
    values = {"surface": "http", "endpoint": "/api/v1/memory/store", "method": "POST", "sequence": 1}
    return ApiCall(**(values | {"prev_hash": GENESIS, "row_hash": "a" * 64} | changes))


async def test_the_database_dates_a_call_itself(session: AsyncSession) -> None:
    await session.execute(
        text(
            "INSERT INTO api_audit_log (id, surface, endpoint, method, sequence, prev_hash, row_hash)"
            " VALUES ('1', 'cli', 'doctor', 'CALL', 1, :before, :own)"
        ),
        {"before": GENESIS, "own": "a" * 64},
    )
    row = await session.get_one(ApiCall, "1")
    assert abs(utc_now() - row.created_at) < timedelta(hours=1)
    assert abs(utc_now() - row.updated_at) < timedelta(hours=1)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "CALL"])
async def test_each_method_can_be_stored(session: AsyncSession, method: str) -> None:
    session.add(call(method=method))
    await session.flush()
    assert await session.scalar(text("SELECT method FROM api_audit_log")) == method


@pytest.mark.parametrize("method", ["OPTIONS", "post"])
async def test_any_other_method_is_refused(session: AsyncSession, method: str) -> None:
    session.add(call(method=method))
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("surface", ["http", "mcp", "cli"])
async def test_each_surface_can_be_stored(session: AsyncSession, surface: str) -> None:
    session.add(call(surface=surface))
    await session.flush()
    assert await session.scalar(text("SELECT surface FROM api_audit_log")) == surface


async def test_an_unknown_surface_is_refused(session: AsyncSession) -> None:
    with pytest.raises(IntegrityError, match="surface"):
        await session.execute(
            text(
                "INSERT INTO api_audit_log (id, surface, endpoint, method, sequence, prev_hash, row_hash)"
                " VALUES ('1', 'fax', 'doctor', 'CALL', 1, :before, :own)"
            ),
            {"before": GENESIS, "own": "a" * 64},
        )


@pytest.mark.parametrize("status", [99, 600])
async def test_a_status_that_http_does_not_know_is_refused(session: AsyncSession, status: int) -> None:
    session.add(call(response_status=status))
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("status", [100, 599, None])
async def test_a_call_has_a_status_of_http_or_none(session: AsyncSession, status: int | None) -> None:
    session.add(call(response_status=status))
    await session.flush()
    assert await session.scalar(select(ApiCall.response_status)) == status


async def test_a_call_does_not_end_before_it_began(session: AsyncSession) -> None:
    session.add(call(duration_ms=-1))
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize("body", [{"content": "x"}, [1, 2], "text", 3, True])
async def test_a_body_may_be_any_json_value(session: AsyncSession, body: object) -> None:
    session.add(call(request_body=body, response_body=body))
    await session.flush()
    assert (await session.execute(select(ApiCall.request_body, ApiCall.response_body))).one() == (body, body)


async def test_an_address_of_ipv6_fits(session: AsyncSession) -> None:
    address = "0000:0000:0000:0000:0000:ffff:192.168.100.228"
    session.add(call(ip_address=address))
    await session.flush()
    assert await session.scalar(text("SELECT ip_address FROM api_audit_log")) == address


async def test_a_call_may_name_agents_that_do_not_exist(session: AsyncSession) -> None:
    session.add(call(surface="mcp", method="CALL", agent_id="nobody", on_behalf_of="no-one", namespace="nowhere"))
    await session.flush()
    assert await session.scalar(select(ApiCall.agent_id)) == "nobody"
