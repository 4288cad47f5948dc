"""Going on with a refresh token, and logging out."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tmws_accounts.credential import Kind, new_credential

from ..conftest import Clock
from .conftest import Served

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


async def test_a_refresh_token_gives_the_next_tokens(served: Served) -> None:
    first = await served.tokens()
    answer = await served.refresh(first["refresh_token"])
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert (await served.ask(answer.json()["access_token"])).status_code == 200


async def test_fifty_refreshes_at_once_have_one_successor(served: Served) -> None:
    token = (await served.tokens())["refresh_token"]
    answers = await asyncio.gather(*(served.refresh(token) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


async def test_a_replay_after_eleven_seconds_ends_everything_at_the_next_request(served: Served, clock: Clock) -> None:
    first = await served.tokens()
    second = (await served.refresh(first["refresh_token"])).json()
    assert (await served.ask(second["access_token"])).status_code == 200
    clock.go_on(seconds=11)
    replayed = await served.refresh(first["refresh_token"])
    assert (replayed.status_code, replayed.json()["error"]["code"]) == (401, "unauthenticated")
    for tokens in (first, second):
        assert (await served.ask(tokens["access_token"])).status_code == 401
    assert (await served.refresh(second["refresh_token"])).status_code == 401


async def test_a_replay_is_told_once_as_an_alarm(served: Served, clock: Clock) -> None:
    token = (await served.tokens())["refresh_token"]
    await served.refresh(token)
    clock.go_on(seconds=11)
    await served.refresh(token)
    await served.refresh(token)
    assert [one["reason"] for one in served.heard("security.refresh_reused")] == ["reused"]
    assert [one["reason"] for one in served.heard("security.refresh_refused")] == ["reused"]


async def test_another_program_gets_no_successor(served: Served) -> None:
    token = (await served.tokens())["refresh_token"]
    assert (await served.refresh(token, headers={"User-Agent": "one"})).status_code == 200
    assert (await served.refresh(token, headers={"User-Agent": "two"})).status_code == 401


@pytest.mark.parametrize("kind", ["refresh", "access", "key"])
async def test_an_unknown_credential_is_refused_as_nonsense_is(served: Served, kind: Kind) -> None:
    answer, expected = await served.refresh(new_credential(kind).text), await served.refresh("nonsense")
    assert (answer.status_code, answer.json()) == (401, expected.json())


async def test_an_access_token_refreshes_nothing(served: Served) -> None:
    assert (await served.refresh((await served.tokens())["access_token"])).status_code == 401


async def test_a_logout_ends_the_access_token_at_the_next_request(served: Served) -> None:
    tokens = await served.tokens()
    assert (await served.ask(tokens["access_token"])).status_code == 200
    answer = await served.client.post("/auth/logout", json={"refresh_token": tokens["refresh_token"]})
    assert (answer.status_code, answer.json()) == (200, {"logged_out": True})
    assert (await served.ask(tokens["access_token"])).status_code == 401
    assert len(served.heard("security.logout")) == 1


async def test_a_logout_with_an_unknown_token_is_answered_in_the_same_way(served: Served) -> None:
    answer = await served.client.post("/auth/logout", json={"refresh_token": new_credential("refresh").text})
    assert (answer.status_code, answer.json()) == (200, {"logged_out": True})
    assert served.heard("security.logout") == []


@on_sqlite
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"{}", "application/json", 422),
        (b"[" * 100_000, "application/json", 413),
        (b"[" * 30_000, "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"username": "\\ud800"}', "application/json", 400),
        (b'{"username": 1, "password": 2, "refresh_token": 3}', "application/json", 422),
        (b'{"username": "ann", "password": "x", "refresh_token": "x", "admin": true}', "application/json", 422),
        (b"username=ann&password=x", "application/x-www-form-urlencoded", 400),
        (b'{"username": "ann", "password": "x"}', "text/plain", 400),
        (b'{"username": "' + b"x" * 40_000 + b'"}', "application/json", 413),
    ],
)
async def test_a_malformed_body_is_refused_and_not_repeated(
    served: Served, body: bytes, content_type: str, status: int
) -> None:
    for path in ("login", "refresh", "logout", "password"):
        answer = await served.client.post(f"/auth/{path}", content=body, headers={"Content-Type": content_type})
        assert answer.status_code == status
        assert b"ann" not in answer.content


@on_sqlite
async def test_a_body_that_comes_in_pieces_is_limited_too(served: Served) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1000

    answer = await served.client.post("/auth/login", content=parts(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
