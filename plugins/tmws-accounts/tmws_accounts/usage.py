"""Counts how often keys are used, in memory, and writes it down now and then."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlalchemy.orm import Session

from tmws_accounts.models.api_key import ApiKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tmws_core.database import Database

SECONDS_BETWEEN_WRITES = 60.0


@dataclass(slots=True)
class _Uses:
    number: int
    last_at: datetime
    address: str | None


class Usage:
    """The uses of keys that are not written down yet."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._uses: dict[str, _Uses] = {}

    def count(self, key_id: str, now: datetime, address: str | None) -> None:
        """Count one use of a key."""
        uses = self._uses.get(key_id)
        if uses is None:
            self._uses[key_id] = _Uses(1, now, address)
        else:
            uses.number, uses.last_at, uses.address = uses.number + 1, now, address

    async def write(self) -> None:
        """Write down what was counted; when that fails, it is counted on."""
        taken, self._uses = self._uses, {}
        if not taken:
            return
        try:
            await self._database.transaction(partial(_write, taken=taken), read_only=False)
        except BaseException:
            for key_id, uses in taken.items():
                later = self._uses.setdefault(key_id, uses)
                if later is not uses:
                    later.number += uses.number
            raise


def _write(session: Session, taken: "Mapping[str, _Uses]") -> None:
    for key_id, uses in sorted(taken.items()):  # in one order, or two processes would wait for each other in a circle
        session.execute(
            update(ApiKey)
            .where(ApiKey.key_id == key_id)
            .values(
                total_requests=ApiKey.total_requests + uses.number,
                last_used_at=uses.last_at,
                last_used_ip=uses.address,
                updated_at=ApiKey.updated_at,
            )
            .execution_options(synchronize_session=False)
        )
