"""The server as its clients see it, with an owner and a member."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from tmws_accounts import keys, users
from tmws_accounts.callers import Caller
from tmws_accounts.keys import NewKey
from tmws_accounts.passwords.hashing import NO_PASSWORD, Passwords
from tmws_accounts.state import AccountsState
from tmws_accounts.users import NewUser
from tmws_core.application import Application
from tmws_core.events import Event, Listener
from tmws_core.server.http import serve_http

from ..conftest import OPERATOR, PASSWORD, Clock

Answer = dict[str, Any]


@dataclass
class Served:
    """A server on a socket of its own.

    Attributes:
        application: what is served.
        client: a client without any credential.
        key: the owner's key.
        told: what the observers heard.
    """

    application: Application
    client: httpx.AsyncClient
    key: str
    told: list[Event]

    @property
    def state(self) -> AccountsState:
        return self.application.state(AccountsState)

    async def login(self, username: str = "ann", password: str = PASSWORD, **options: Any) -> httpx.Response:
        body = {"username": username, "password": password}
        return await self.client.post("/auth/login", json=body, **options)

    async def tokens(self) -> Answer:
        """What a login of ann gives."""
        answer = await self.login()
        assert answer.status_code == 200, answer.text
        tokens: Answer = answer.json()
        return tokens

    async def refresh(self, token: str, **options: Any) -> httpx.Response:
        return await self.client.post("/auth/refresh", json={"refresh_token": token}, **options)

    async def post(self, path: str, token: str | None, **body: Any) -> httpx.Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return await self.client.post(path, json=body, headers=headers)

    async def ask(self, token: str | None) -> httpx.Response:
        """Ask for something that everybody may who is known."""
        return await self.post("/api/v1/accounts/key_list", token)

    async def new_key(self, **values: Any) -> str:
        """A key of the owner's making."""
        answer = await self.post("/accounts/keys", self.key, **({"name": "ci", "scopes": ["*:read"]} | values))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])

    def heard(self, name: str) -> list[Answer]:
        """The details of the events of a name."""
        return [event.details for event in self.told if event.name == name]


class Recorder(Listener):
    """Hears every event at once."""

    def __init__(self) -> None:
        super().__init__("recorder", self._nothing)
        self.heard: list[Event] = []

    def offer(self, event: Event) -> None:
        self.heard.append(event)

    async def _nothing(self, event: Event) -> None:
        raise NotImplementedError


@asynccontextmanager
async def serving(application: Application) -> AsyncIterator[str]:
    """Serve an application on a real socket, and stop it with a real signal."""
    started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve_http(application, host="127.0.0.1", port=0, on_started=started.set_result))
    server.add_done_callback(lambda _: started.cancel())
    yield await started
    os.kill(os.getpid(), signal.SIGTERM)
    await server


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of ann's password."""

    async def hashed() -> str:
        passwords = Passwords()
        async with passwords.turn() as turn:
            made = await turn.hash(PASSWORD)
        passwords.close()
        return made

    return asyncio.run(hashed())


@pytest.fixture
async def owner_key(application: Application, clock: Clock, password_hash: str) -> str:
    """The key of the owner; there is also ann, an ordinary user with a password."""

    def work(session: Session) -> str:
        owner = users.create(session, NewUser("owner", ["super_admin"], password_hash=NO_PASSWORD), clock())
        users.create(session, NewUser("ann", ["user"], password_hash=password_hash), clock())
        _, credential = keys.create(session, Caller(OPERATOR, owner), NewKey("owner", ["*"]))
        return credential.text

    return await application.database.transaction(work, read_only=False)


@pytest.fixture
async def served(application: Application, owner_key: str, clock: Clock) -> AsyncIterator[Served]:
    """The server, at a time that the test tells."""
    application.state(AccountsState).now = clock
    recorder = Recorder()
    application.listeners.append(recorder)
    async with serving(application) as url, httpx.AsyncClient(base_url=url) as client:
        yield Served(application, client, owner_key, recorder.heard)
