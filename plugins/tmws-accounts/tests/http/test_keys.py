"""API keys over HTTP: made, used, counted, revoked."""

from typing import Any

import pytest
from sqlalchemy import select

from tmws_accounts.models.api_key import ApiKey

from ..conftest import Clock
from .conftest import Served


async def test_a_new_key_opens_what_it_was_made_for(served: Served) -> None:
    key = await served.new_key(scopes=["accounts:read"])
    assert (await served.ask(key)).status_code == 200
    assert (await served.post("/api/v1/accounts/key_revoke", key, key_id="x")).status_code == 403


async def test_a_revoked_key_is_refused_at_the_next_request(served: Served) -> None:
    key = await served.new_key()
    assert (await served.ask(key)).status_code == 200
    answer = await served.post("/api/v1/accounts/key_revoke", served.key, key_id=key.split("_")[2])
    assert answer.status_code == 200
    assert (await served.ask(key)).status_code == 401


async def test_a_rotated_key_is_refused_and_its_successor_is_not(served: Served) -> None:
    key = await served.new_key()
    assert (await served.ask(key)).status_code == 200
    answer = await served.post(f"/accounts/keys/{key.split('_')[2]}/rotate", served.key)
    assert answer.status_code == 201
    assert (await served.ask(key)).status_code == 401
    assert (await served.ask(answer.json()["key"])).status_code == 200


async def test_a_suspended_user_is_refused_at_the_next_request(served: Served) -> None:
    key, token = await served.new_key(username="ann"), (await served.tokens())["access_token"]
    assert [(await served.ask(one)).status_code for one in (key, token)] == [200, 200]
    await served.post("/api/v1/accounts/user_update", served.key, username="ann", status="suspended")
    assert [(await served.ask(one)).status_code for one in (key, token)] == [401, 401]


async def test_a_user_with_fewer_roles_may_do_less_at_the_next_request(served: Served) -> None:
    key = await served.new_key(username="ann", scopes=["*:read", "*:write"])
    revoke = "/api/v1/accounts/key_revoke"
    assert (await served.post(revoke, key, key_id="x")).status_code == 404
    await served.post("/api/v1/accounts/user_update", served.key, username="ann", roles=["readonly"])
    assert (await served.post(revoke, key, key_id="x")).status_code == 403


async def test_a_key_is_shown_once(served: Served) -> None:
    key = await served.new_key()
    listed = await served.post("/api/v1/accounts/key_list", served.key, revoked=True)
    assert key.split("_")[2] in listed.text
    assert key.split("_")[3] not in listed.text


async def test_a_member_sees_only_keys_of_its_own(served: Served) -> None:
    key = await served.new_key(username="ann")
    listed = (await served.ask(key)).json()["result"]
    assert [one["key_id"] for one in listed] == [key.split("_")[2]]


async def test_a_member_can_make_a_key_that_may_do_less(served: Served) -> None:
    token = (await served.tokens())["access_token"]
    answer = await served.post("/accounts/keys", token, name="mine", scopes=["memory:read"])
    assert answer.status_code == 201
    assert (answer.json()["username"], answer.json()["agent_id"]) == ("ann", "ann")


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"scopes": ["*"]}, 403),
        ({"scopes": ["memory:govern"]}, 403),
        ({"agent_id": "hestia-auditor"}, 403),
        ({"username": "owner"}, 404),
        ({"of_agent": True}, 403),
        ({"scopes": []}, 422),
        ({"scopes": ["read"]}, 422),
        ({"name": ""}, 422),
        ({"name": "nul\0"}, 422),
        ({"days": -1}, 422),
        ({"days": 1e999}, 422),
        ({"rate_limit_per_hour": 0}, 422),
        ({"rate_limit_per_hour": 2**63}, 422),
        ({"allowed_ips": ["nonsense"]}, 422),
        ({"allowed_ips": []}, 422),
        ({"agent_id": "../admin"}, 422),
        ({"admin": True}, 422),
    ],
)
async def test_a_key_that_may_not_be_made_is_refused(served: Served, values: dict[str, Any], status: int) -> None:
    token = (await served.tokens())["access_token"]
    body = {"name": "mine", "scopes": ["memory:read"]} | values
    if values.get("days") == float("inf"):
        content = '{"name": "mine", "scopes": ["memory:read"], "days": 1e999}'
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        assert (await served.client.post("/accounts/keys", content=content, headers=headers)).status_code == status
        return
    assert (await served.post("/accounts/keys", token, **body)).status_code == status


async def test_nobody_makes_a_key_without_a_credential(served: Served) -> None:
    assert (await served.post("/accounts/keys", None, name="mine", scopes=["*"])).status_code == 401


async def test_a_key_may_be_used_as_often_as_it_says(served: Served) -> None:
    key = await served.new_key(rate_limit_per_hour=3)
    answers = [await served.ask(key) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_the_uses_of_a_key_are_written_down(served: Served, clock: Clock) -> None:
    key = await served.new_key()
    for _ in range(3):
        await served.ask(key)
    await served.state.verifier.usage.write()
    await served.state.verifier.usage.write()
    columns = select(ApiKey.total_requests, ApiKey.last_used_ip, ApiKey.last_used_at)
    found = await served.application.database.transaction(
        lambda session: session.execute(columns.where(ApiKey.key_id == key.split("_")[2])).one(), read_only=True
    )
    assert tuple(found) == (3, "127.0.0.1", clock())


async def test_what_is_done_with_keys_is_told(served: Served) -> None:
    key = await served.new_key(username="ann")
    await served.post("/api/v1/accounts/key_revoke", served.key, key_id=key.split("_")[2])
    (created,) = served.heard("security.key_created")
    assert created == {"key_id": key.split("_")[2], "agent_id": "ann", "scopes": ["*:read"], "by": "owner"}
    assert served.heard("security.key_revoked") == [{"key_id": key.split("_")[2], "agent_id": "ann", "by": "owner"}]


async def test_nothing_that_is_told_holds_a_secret(served: Served) -> None:
    key, tokens = await served.new_key(), await served.tokens()
    await served.refresh(tokens["refresh_token"])
    told = repr([(event.name, event.principal, event.details) for event in served.told])
    assert not [
        one for one in (key, served.key, *map(str, tokens.values())) if "_" in one and one.split("_")[-1] in told
    ]
