"""Whether this installation has an owner already."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tmws_accounts import users

if TYPE_CHECKING:
    from tmws_core.database import Database

SECONDS_BETWEEN_QUESTIONS = 1.0


class Ownership:
    """Asks the database for an owner until there is one; from then on there always is one."""

    def __init__(self, database: "Database", monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._monotonic = monotonic
        self._found = False
        self._asked_at: float | None = None

    async def is_there(self) -> bool:
        """Whether there is an owner, as of a second ago at most."""
        now = self._monotonic()
        if not self._found and (self._asked_at is None or now - self._asked_at >= SECONDS_BETWEEN_QUESTIONS):
            self._found = await self._database.transaction(users.are_there, read_only=True)
            self._asked_at = now
        return self._found

    def came(self) -> None:
        """There is one now."""
        self._found = True
