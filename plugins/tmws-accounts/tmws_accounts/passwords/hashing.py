"""Keeps passwords as argon2id hashes, and takes care that checking them leaves the processor to others too."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from secrets import token_bytes
from typing import TypeVar

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION, Type

from tmws_core.tool_errors import RateLimited

Result = TypeVar("Result")

HASHES_AT_ONCE = 2
SECONDS_TO_WAIT = 2.0
NO_PASSWORD = "!"  # noqa: S105 -- the mark of shadow(5) for nobody can log in this way
PARAMETERS = Parameters(
    type=Type.ID,
    version=ARGON2_VERSION,
    salt_len=16,
    hash_len=32,
    time_cost=2,
    memory_cost=19_456,
    parallelism=1,
)
"""The least of the OWASP Password Storage Cheat Sheet: two passes over 19 MiB."""


class Turn:
    """Leave to use the processor for passwords, for as long as `Passwords.turn` lasts."""

    def __init__(self, hasher: PasswordHasher, threads: ThreadPoolExecutor, nobody: str) -> None:
        self._hasher = hasher
        self._threads = threads
        self._nobody = nobody

    async def hash(self, password: str) -> str:
        """The hash to keep, with its parameters and its salt."""
        return await self._in_thread(lambda: self._hasher.hash(password))

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one of a kept hash.

        Args:
            kept: the hash; None for a user who does not exist, which takes as long.
            password: what was given.
        """
        return await self._in_thread(lambda: self._verify(kept, password))

    def _verify(self, kept: str | None, password: str) -> bool:
        usable = kept if kept is not None and kept != NO_PASSWORD else None
        try:
            self._hasher.verify(usable or self._nobody, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False
        return usable is not None

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        running = asyncio.get_running_loop().run_in_executor(self._threads, work)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])  # the thread is busy whoever waits, and so is the turn
            raise


class Passwords:
    """Hashes and checks passwords: a few at once, in threads, and nobody waits long for a turn."""

    def __init__(self, parameters: Parameters = PARAMETERS) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._threads = ThreadPoolExecutor(HASHES_AT_ONCE, "tmws-password")
        self._turns = asyncio.Semaphore(HASHES_AT_ONCE)
        self._turn = Turn(self._hasher, self._threads, _hash_of_nothing(parameters))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """Wait for a turn, and hold it.

        Raises:
            RateLimited: others held all turns for too long.
        """
        try:
            async with asyncio.timeout(SECONDS_TO_WAIT):
                await self._turns.acquire()
        except TimeoutError as error:
            raise RateLimited(
                "too many people log in at this moment",
                hint="try again in a moment",
                details={"retry_after_seconds": 1},
            ) from error
        try:
            yield self._turn
        finally:
            self._turns.release()

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(kept)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()


def _hash_of_nothing(parameters: Parameters) -> str:
    """A hash of the right form that no password has, made without the work of one."""
    salt, digest = (
        b64encode(token_bytes(length)).decode().rstrip("=") for length in (parameters.salt_len, parameters.hash_len)
    )
    costs = f"m={parameters.memory_cost},t={parameters.time_cost},p={parameters.parallelism}"
    return f"$argon2id$v={parameters.version}${costs}${salt}${digest}"
