"""Before there is an owner this machine's programs come in without a key, and nobody else does."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.orm import Session

from tmws_accounts import users
from tmws_accounts.authentication import authenticate
from tmws_accounts.ownership import Ownership
from tmws_accounts.state import AccountsState
from tmws_accounts.users import NewUser
from tmws_core import Context, Credentials, Principal
from tmws_core.application import Application
from tmws_core.database import Database
from tmws_core.pipeline import Call
from tmws_core.tool_errors import Unauthenticated

from ..conftest import OPERATOR, Clock
from .conftest import serving

PROXY = "tmws.example.org"


@pytest.fixture
def environment() -> dict[str, str]:
    return {"TMWS_API_ALLOWED_HOSTS": PROXY}


@pytest.fixture
async def client(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that has no owner yet."""
    async with serving(application) as url, httpx.AsyncClient(base_url=url) as opened:
        yield opened


async def ask(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await client.post("/api/v1/accounts/user_list", json={}, headers=headers)


async def make_an_owner(database: Database, clock: Clock) -> None:
    def work(session: Session) -> None:
        users.create(session, NewUser("owner", ["super_admin"]), clock())

    await database.transaction(work, read_only=False)


async def test_a_program_of_this_machine_comes_in_without_a_key(client: httpx.AsyncClient) -> None:
    assert (await ask(client)).status_code == 200


async def test_a_bad_key_is_refused_even_so(client: httpx.AsyncClient) -> None:
    assert (await ask(client, Authorization="Bearer nonsense")).status_code == 401


async def test_whoever_comes_through_a_proxy_needs_a_key(client: httpx.AsyncClient) -> None:
    assert (await ask(client, Host=PROXY)).status_code == 401


async def test_everybody_needs_a_key_within_a_second_of_the_first_owner(
    application: Application, client: httpx.AsyncClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    monkeypatch.setattr(application.state(AccountsState).ownership, "_monotonic", lambda: seconds[0])
    assert (await ask(client)).status_code == 200
    await make_an_owner(application.database, clock)
    seconds[0] = 1.0
    refused = await ask(client)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthenticated")
    assert refused.headers["www-authenticate"] == "Bearer"


async def test_an_owner_is_not_asked_for_again(application: Application, clock: Clock) -> None:
    ownership = Ownership(application.database)
    await make_an_owner(application.database, clock)
    assert await ownership.is_there()
    await application.database.close()
    assert await ownership.is_there()


@pytest.mark.parametrize("token", [None, "nonsense"])
async def test_a_server_that_others_reach_lets_nobody_in_without_a_key(
    application: Application, token: str | None
) -> None:
    async def work(ctx: Context) -> Principal:
        return await authenticate(ctx, Credentials(token=token, client="192.0.2.1", loopback=False))

    with pytest.raises(Unauthenticated):
        await application.pipeline.run(Call(OPERATOR, "http"), "authentication", None, work, read_only=True)
