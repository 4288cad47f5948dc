"""What the plugin keeps while the server runs."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from tmws_accounts.ownership import Ownership
from tmws_accounts.passwords.hashing import Passwords
from tmws_accounts.usage import SECONDS_BETWEEN_WRITES, Usage
from tmws_accounts.verifier import Verifier
from tmws_core.columns import utc_now
from tmws_core.host import Host

logger = logging.getLogger(__name__)


@dataclass
class AccountsState:
    """The parts that live as long as the server.

    Attributes:
        verifier: turns credentials into principals.
        ownership: whether there is an owner.
        passwords: hashes and checks passwords.
        now: tells the time.
    """

    verifier: Verifier
    ownership: Ownership
    passwords: Passwords
    now: Callable[[], datetime] = utc_now


@asynccontextmanager
async def running(application: Host) -> AsyncIterator[AccountsState]:
    """Count the uses of keys in the background, and write down the last ones at the end."""
    usage = Usage(application.database)
    verifier = Verifier(application.database, usage, now=lambda: state.now())
    state = AccountsState(verifier, Ownership(application.database), Passwords())
    writing = asyncio.create_task(_writing(usage), name="uses of keys")
    try:
        yield state
    finally:
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        await _write(usage)
        await asyncio.to_thread(state.passwords.close)


async def _writing(usage: Usage) -> None:
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_WRITES)
        await _write(usage)


async def _write(usage: Usage) -> None:
    try:
        await usage.write()
    except Exception:
        logger.exception("the uses of keys could not be written down")
