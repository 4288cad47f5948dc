"""Logging in with a password."""

import asyncio

import httpx
import pytest
from sqlalchemy import update

from tmws_accounts.models.user import User
from tmws_accounts.passwords.hashing import NO_PASSWORD

from ..conftest import PASSWORD, Clock
from .conftest import Served


async def change_ann(served: Served, **values: object) -> None:
    statement = update(User).where(User.username == "ann").values(**values)
    await served.application.database.transaction(lambda session: session.execute(statement), read_only=False)


async def test_the_right_password_gives_tokens(served: Served) -> None:
    answer = await served.login()
    tokens = answer.json()
    assert answer.status_code == 200
    assert tokens.keys() == {"access_token", "token_type", "expires_in", "refresh_token", "refresh_expires_in"}
    assert (tokens["token_type"], tokens["expires_in"], tokens["refresh_expires_in"]) == ("Bearer", 900, 480 * 60)


async def test_nobody_on_the_way_may_keep_the_tokens(served: Served) -> None:
    assert (await served.login()).headers["cache-control"] == "no-store"


async def test_an_access_token_opens_what_the_roles_allow(served: Served) -> None:
    token = (await served.tokens())["access_token"]
    assert (await served.ask(token)).status_code == 200
    refused = await served.post("/api/v1/accounts/user_list", token)
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]


async def test_a_name_is_taken_in_any_spelling(served: Served) -> None:
    assert (await served.login("ANN")).status_code == 200


@pytest.mark.parametrize(
    "password",
    ["", "walnut tortoise", f"{PASSWORD} ", f" {PASSWORD}", PASSWORD.upper(), f"{PASSWORD}\0", "x" * 20_000],
)
async def test_a_wrong_password_is_refused(served: Served, password: str) -> None:
    answer = await served.login(password=password)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", ["nobody", "owner", "a\0nn", "ann' --", "%", "🐢"])
async def test_an_unknown_name_is_answered_as_a_wrong_password_is(served: Served, name: str) -> None:
    wrong, unknown = await served.login(password="x" * 20), await served.login(name, "x" * 20)
    assert (unknown.status_code, unknown.json()) == (wrong.status_code, wrong.json())


@pytest.mark.parametrize(
    "values",
    [
        {"status": "suspended"},
        {"status": "inactive"},
        {"mfa_enabled": True},
        {"roles": ["service"]},
        {"roles": []},
        {"preferred_agent_id": None},
        {"password_hash": NO_PASSWORD},
        {"password_hash": "broken"},
    ],
)
async def test_a_user_who_may_not_log_in_is_answered_as_a_wrong_password_is(
    served: Served, values: dict[str, object]
) -> None:
    wrong = await served.login(password="x" * 20)
    await change_ann(served, **values)
    refused = await served.login()
    assert (refused.status_code, refused.json()) == (401, wrong.json())


async def test_a_failure_is_told_with_its_reason(served: Served) -> None:
    await served.login(password="x" * 20)
    await served.login("nobody")
    await change_ann(served, status="suspended")
    await served.login()
    assert [(one["username"], one["client"], one["reason"]) for one in served.heard("security.login_failed")] == [
        ("ann", "127.0.0.1", "password"),
        (None, "127.0.0.1", "name"),
        ("ann", "127.0.0.1", "inactive"),
    ]


async def test_a_success_is_told(served: Served) -> None:
    await served.login()
    assert served.heard("security.login_success") == [{"username": "ann", "client": "127.0.0.1"}]


async def test_ten_failures_bring_a_delay_for_the_right_password_too(served: Served, clock: Clock) -> None:
    for _ in range(10):
        assert (await served.login(password="x" * 20)).status_code == 401
    delayed = await served.login()
    assert (delayed.status_code, delayed.json()["error"]["code"]) == (429, "rate_limited")
    assert delayed.headers["retry-after"] == "31"
    clock.go_on(seconds=31)
    assert (await served.login()).status_code == 200


async def test_an_unknown_name_is_delayed_as_a_known_one_is(served: Served, clock: Clock) -> None:
    answers = []
    for name in ("ann", "nobody"):
        clock.go_on(hours=2)
        tried = [await served.login(name, "x" * 20) for _ in range(12)]
        answers.append([(answer.status_code, answer.json(), answer.headers.get("retry-after")) for answer in tried])
    assert answers[0] == answers[1]


async def test_a_delay_does_not_concern_api_keys(served: Served) -> None:
    key = await served.new_key(username="ann")
    for _ in range(11):
        await served.login(password="x" * 20)
    assert (await served.login()).status_code == 429
    assert (await served.ask(key)).status_code == 200


async def test_a_flood_gets_no_further_than_the_turns_beyond_the_tenth_failure(served: Served) -> None:
    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(base_url=served.client.base_url, limits=limits, timeout=30) as client:
        body = {"username": "ann", "password": "x" * 20}
        flood = await asyncio.gather(*(client.post("/auth/login", json=body) for _ in range(50)))
    assert {answer.status_code for answer in flood} == {401, 429}
    assert 1 <= sum(answer.status_code == 401 for answer in flood) <= 11


async def test_an_outdated_hash_is_made_anew_by_a_login(served: Served) -> None:
    from argon2 import PasswordHasher, extract_parameters

    await change_ann(served, password_hash=PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD))
    assert (await served.login()).status_code == 200
    kept = await served.application.database.transaction(
        lambda session: session.query(User.password_hash).filter(User.username == "ann").scalar(), read_only=True
    )
    parameters = extract_parameters(kept)
    assert (parameters.time_cost, parameters.memory_cost) == (2, 19_456)
    assert (await served.login()).status_code == 200


async def test_a_password_that_has_to_be_changed_gives_no_tokens(served: Served) -> None:
    await change_ann(served, force_password_change=True)
    answer = await served.login()
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "password_change_required")
