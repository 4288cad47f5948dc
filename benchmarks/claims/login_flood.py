"""A flood of logins slows other callers to at most twice their 95th percentile, and does not tell who is a user.

Measured: `memory_list` in a running application with the accounts, called one after the other, alone and while eight
tasks log in with wrong passwords as fast as they are let, each time under another name and from another address, so
that no delay of a single caller slows the flood. Then the time of 200 refused logins of users and of nobody, by turns,
each again from another address; the medians may differ by a tenth.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from statistics import median, quantiles

from sqlalchemy.orm import Session

from benchmarks.findings import Findings, Row, Verdict
from benchmarks.installation import temporary_folder
from benchmarks.measurement import MILLISECONDS, Spread
from benchmarks.memories import CALLER, EMBEDDER
from tmws_accounts import users
from tmws_accounts.client import Client
from tmws_accounts.logins import LoginAttempt, log_in
from tmws_accounts.state import AccountsState
from tmws_accounts.users import NewUser
from tmws_core import PUBLIC, Context
from tmws_core.application import Application
from tmws_core.call import Call
from tmws_core.columns import utc_now
from tmws_core.principal import ANONYMOUS
from tmws_core.settings import Settings
from tmws_core.tool_errors import ToolError

SLOWER, DIFFERENCE = 2.0, 0.1
FLOODING, CALLS, TRIES, USERS = 8, 300, 200, 50
_QUIET, _FLOODED = "memory_list, alone", "memory_list, in a flood of logins"
_KNOWN, _UNKNOWN = "a wrong password of a user", "a password of nobody"


def measure(rounds: int) -> Findings:
    """Call alone and in a flood by turns, then log in as users and as nobody by turns."""
    with temporary_folder() as folder:
        settings = Settings(EMBEDDER[False], home=folder, plugins="accounts,agents,memory", rate_limit="1000000/second")
        return asyncio.run(_measured(settings, max(1, rounds // 3)))


async def _measured(settings: Settings, rounds: int) -> Findings:
    called: dict[str, list[float]] = {_QUIET: [], _FLOODED: []}
    async with Application(settings) as application:
        logins = _Logins(application)
        await logins.make_users()
        for _ in range(rounds):
            called[_QUIET] += await _calls(application)
            async with logins.flood():
                called[_FLOODED] += await _calls(application)
        refused = await logins.refusals()
    late = {name: quantiles(taken, n=20)[18] for name, taken in called.items()}
    known, unknown = (median(refused[name]) for name in (_KNOWN, _UNKNOWN))
    return Findings(
        [Row(name, None, Spread.of(taken), len(taken)) for name, taken in (called | refused).items()],
        [
            Verdict("95th percentile in a flood, against alone", late[_FLOODED] / late[_QUIET], SLOWER),
            Verdict("logins tried in the flood", logins.tried, 1, "logins", at_least=True),
            Verdict("difference of the medians of users and nobody", abs(known / unknown - 1), DIFFERENCE),
        ],
    )


async def _calls(application: Application) -> list[float]:
    """How long each of many calls takes, in milliseconds."""
    taken = []
    for _ in range(CALLS):
        begun = time.perf_counter()
        await application.pipeline.call_tool(Call(CALLER, "mcp"), "memory_list", {})
        taken.append((time.perf_counter() - begun) * MILLISECONDS)
    return taken


class _Logins:
    """Logs in with wrong passwords, each time from another address.

    Attributes:
        tried: how many were tried in floods.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._numbers = count()
        self.tried = 0

    async def make_users(self) -> None:
        """Make the users whom somebody claims to be."""
        async with self._application.state(AccountsState).passwords.turn() as turn:
            password_hash = await turn.hash("a password that nobody guesses")

        def make(session: Session) -> None:
            for number in range(USERS):
                new = NewUser(f"{number}-of-many", ["user"], password_hash=password_hash)
                users.create(session, new, utc_now())

        await self._application.database.transaction(make, read_only=False)

    async def refuse(self, username: str) -> float:
        """Log in under a name with a wrong password; how long it takes, in milliseconds."""
        number = next(self._numbers)
        client = Client(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")

        async def work(ctx: Context) -> None:
            await log_in(ctx, LoginAttempt(username, f"wrong {number}", client))

        begun = time.perf_counter()
        call = Call(ANONYMOUS, "http", client=client.address)
        with suppress(ToolError):
            await self._application.pipeline.run(call, "login", PUBLIC, work, read_only=False)
        return (time.perf_counter() - begun) * MILLISECONDS

    @asynccontextmanager
    async def flood(self) -> AsyncIterator[None]:
        """Log in without a pause meanwhile."""

        async def without_pause() -> None:
            while True:
                await self.refuse(f"nobody-{next(self._numbers)}")
                self.tried += 1

        tasks = [asyncio.create_task(without_pause()) for _ in range(FLOODING)]
        await asyncio.sleep(0.5)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def refusals(self) -> dict[str, list[float]]:
        """How long refusals take, of users and of nobody, by turns."""
        taken: dict[str, list[float]] = {_KNOWN: [], _UNKNOWN: []}
        for number in range(TRIES):
            taken[_KNOWN].append(await self.refuse(f"{number % USERS}-of-many"))
            taken[_UNKNOWN].append(await self.refuse(f"{number % USERS}-of-none"))
        return taken
