"""Writes together what has come into the inbox, in the background."""

import asyncio
import logging
from functools import partial
from typing import Final

from tmws_audit.entries import event_entry
from tmws_audit.inbox import Inbox
from tmws_audit.vocabulary import ALARMING, MISSED
from tmws_audit.writer import Entry, append
from tmws_core.columns import utc_now
from tmws_core.database import Database

logger = logging.getLogger(__name__)

ROWS_IN_A_TRANSACTION: Final = 500


class Recorder:
    """Empties the inbox from time to time.

    Attributes:
        inbox: what waits.
        problem: why nothing can be written at present; empty when all is well.
        missed: how many rows were lost since the start, because too many waited.
    """

    def __init__(self, database: Database, inbox: Inbox, flush_seconds: float) -> None:
        self.inbox = inbox
        self.problem = ""
        self.missed = 0
        self._database = database
        self._flush_seconds = flush_seconds
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await asyncio.sleep(self._flush_seconds)
            await self.flush()

    async def flush(self) -> None:
        """Write what waits; when that fails it waits on, the log and the health check tell it, and nothing is raised.

        What was lost in the meantime is written too, as an event that says how much it was.
        """
        async with self._one_at_a_time:
            try:
                while len(self.inbox) or self.inbox.missed:
                    await self._write()
            except Exception as error:
                if not self.problem:
                    logger.exception("calls and events cannot be recorded; it is tried again")
                self.problem = f"calls and events cannot be recorded at present: {error!r}"
            else:
                self.problem = ""

    async def _write(self) -> None:
        entries = self.inbox.take(ROWS_IN_A_TRANSACTION)
        missed, self.inbox.missed = self.inbox.missed, 0
        told = [_loss(missed)] if missed else []
        try:
            work = partial(append, entries=[*entries, *told])
            writing = asyncio.ensure_future(self._database.transaction(work, read_only=False))
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])  # the server stops: what was begun is finished, or else lost
            raise
        except Exception:
            self.inbox.put_back(entries)
            self.inbox.missed += missed
            raise
        self.missed += missed
        for entry in entries:
            _warn(entry)


def _loss(missed: int) -> Entry:
    message = f"{missed} calls and events were not recorded, because too many waited for the database"
    return event_entry(MISSED, None, utc_now(), message=message, details={"count": missed})


def _warn(entry: Entry) -> None:
    values = entry.values
    if values.get("severity") == "critical" or values.get("risk_score", 0) >= ALARMING:
        logger.warning(
            "security: %s by %s from %s, risk %d: %s",
            values["event_type"],
            values.get("agent_id"),
            values["client_ip"],
            values["risk_score"],
            values.get("message"),
        )
