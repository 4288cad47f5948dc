"""Tokens that are none, or not ours, or not any more: each is refused with 401, and none breaks anything."""

import base64
import json
from collections.abc import Callable

import pytest
from sqlalchemy import Update, update

from tmws_accounts.credential import Credential, new_credential, read_credential
from tmws_accounts.models.api_key import ApiKey
from tmws_accounts.models.user import User
from tmws_agents.models.agent import Agent

from ..conftest import Clock
from .conftest import Served


def jwt(**header: object) -> str:
    """A token as other servers have them, without a signature that anybody could check."""
    parts = ({"typ": "JWT"} | header, {"sub": "owner", "aud": "tmws", "iss": "https://example.org", "exp": 4102444800})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJl"])


def with_identifier(text: str) -> str:
    """A credential of the right form whose identifier a real key has."""
    return new_credential("key", text.split("_")[2]).text


FORGED: dict[str, Callable[[str], str]] = {
    "nonsense": lambda key: "nonsense",
    "the identifier alone": lambda key: key.split("_")[2],
    "without its secret": lambda key: key.rpartition("_")[0],
    "cut off": lambda key: key[:-1],
    "too long": lambda key: f"{key}0",
    "in small letters": lambda key: key.lower(),
    "a wrong checksum": lambda key: f"{key[:-6]}000000",
    "one character changed": lambda key: key[:40] + ("a" if key[40] != "a" else "b") + key[41:],
    "an unknown key": lambda key: new_credential("key").text,
    "another secret": with_identifier,
    "an unknown access token": lambda key: new_credential("access").text,
    "an unknown refresh token": lambda key: new_credential("refresh").text,
    "a key as an access token": lambda key: new_credential("access", key.split("_")[2]).text,
    "the kept hash": lambda key: _credential(key).digest,
    "a JWT without a signature": lambda key: jwt(alg="none"),
    "a JWT with another algorithm": lambda key: jwt(alg="HS256"),
    "a JWT with its own key": lambda key: jwt(alg="RS256", jku="https://example.org/keys", jwk={"kty": "oct"}),
    "a JWT with a path": lambda key: jwt(alg="HS256", kid="../../dev/null"),
    "a JWT with an unknown extension": lambda key: jwt(alg="HS256", crit=["x"], x=1),
    "twice": lambda key: f"{key}{key}",
    "very long": lambda key: "x" * 30_000,
    "a path": lambda key: "../../etc/passwd",
}


def _credential(text: str) -> Credential:
    credential = read_credential(text)
    assert credential is not None
    return credential


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_a_forged_token_is_refused(served: Served, forge: Callable[[str], str]) -> None:
    answer = await served.ask(forge(served.key))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_the_same_is_said_of_every_token(served: Served) -> None:
    shown = [token for forge in FORGED.values() if len(token := forge(served.key)) < 1000]
    assert len({(await served.ask(token)).text for token in shown}) == 1


async def test_a_refresh_token_opens_nothing(served: Served) -> None:
    assert (await served.ask((await served.tokens())["refresh_token"])).status_code == 401


async def test_an_access_token_ends_after_a_quarter_of_an_hour(served: Served, clock: Clock) -> None:
    token = (await served.tokens())["access_token"]
    clock.go_on(minutes=14, seconds=59)
    assert (await served.ask(token)).status_code == 200
    clock.go_on(seconds=1)
    assert (await served.ask(token)).status_code == 401


async def test_a_key_ends_when_it_says(served: Served, clock: Clock) -> None:
    key = await served.new_key(days=1)
    clock.go_on(hours=23, minutes=59, seconds=59)
    assert (await served.ask(key)).status_code == 200
    clock.go_on(seconds=1)
    assert (await served.ask(key)).status_code == 401


async def test_a_key_from_another_address_is_refused(served: Served) -> None:
    assert (await served.ask(await served.new_key(allowed_ips=["192.0.2.0/24"]))).status_code == 401
    assert (await served.ask(await served.new_key(allowed_ips=["127.0.0.1"]))).status_code == 200


CHANGES = {
    "revoked": update(ApiKey).values(is_active=False, revoked_at=ApiKey.created_at),
    "at rest": update(ApiKey).values(is_active=False),
    "of a suspended user": update(User).values(status="suspended"),
    "of a suspended agent": update(Agent).values(status="suspended"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_what_another_process_changes_counts_within_a_second(
    served: Served, change: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    monkeypatch.setattr(served.state.verifier, "_monotonic", lambda: seconds[0])
    key = await served.new_key(username="ann")
    assert (await served.ask(key)).status_code == 200
    await served.application.database.transaction(lambda session: session.execute(change), read_only=False)
    seconds[0] = 0.9
    assert (await served.ask(key)).status_code == 200
    seconds[0] = 1.0
    assert (await served.ask(key)).status_code == 401


async def test_nothing_is_asked_of_the_database_for_a_token_with_a_wrong_checksum(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[object] = []
    asked = served.state.verifier._ask

    async def counted(names: set[str], now: float) -> object:
        questions.append(names)
        return await asked(names, now)

    monkeypatch.setattr(served.state.verifier, "_ask", counted)
    for name in ("nonsense", "cut off", "a wrong checksum", "one character changed", "a JWT without a signature"):
        assert (await served.ask(FORGED[name](served.key))).status_code == 401
    assert questions == []
    assert (await served.ask(new_credential("key").text)).status_code == 401
    assert len(questions) == 1


async def test_no_refusal_repeats_the_token(served: Served) -> None:
    token = with_identifier(served.key)
    assert token not in (await served.ask(token)).text
    assert token not in repr(served.told)
