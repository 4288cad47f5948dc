"""The revisions by which processes learn which vectors have changed."""

import time

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tmws_memory.models.vector import Vector


def next_revision(session: Session, namespace_token: str, model: str) -> int:
    """A revision later than every one that a reader of this namespace's vectors can have seen.

    It is the present moment in microseconds, since the row with the latest revision may be gone by now.

    SQLite lets one transaction write at a time. On PostgreSQL two could take the same number, or the later one be
    committed first, so the second waits for the first.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:space))"), {"space": namespace_token + model})
    newest = session.scalar(
        select(func.max(Vector.revision)).where(Vector.namespace_token == namespace_token, Vector.model == model)
    )
    return max((newest or 0) + 1, time.time_ns() // 1000)
