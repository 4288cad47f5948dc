"""Seals: signed records of how far the logs reach, and of what was purged from them.

A seal is a row of the log of security events, whose details it is, and a line of a file outside the database. Each
names the one before it, so that none can be left out unnoticed.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tmws_audit.canonical import canonical_json
from tmws_audit.entries import event_values
from tmws_audit.logs import EVENTS, LOGS, moment_text
from tmws_audit.models.chain import GENESIS
from tmws_audit.models.guard import PURGED
from tmws_audit.signing import SigningKey, TrustedKeys
from tmws_audit.vocabulary import CHECKPOINT
from tmws_audit.writer import Entry, append, head_of, lock

EVENT_TYPES: Final[Mapping[str, str]] = {"checkpoint": CHECKPOINT, "purge": PURGED}
"""The types of the events that hold seals, by their kinds."""

_SHA256: Final = Field(pattern="^[0-9a-f]{64}$")


class Place(BaseModel):
    """A place in a log.

    Attributes:
        sequence: the number of a row.
        row_hash: its hash.
        rows: how many rows up to there a purge has removed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sequence: Annotated[int, Field(strict=True, ge=1)]
    row_hash: Annotated[str, _SHA256]
    rows: Annotated[int, Field(strict=True, ge=1)] | None = None


Places = dict[str, Place]


class Seal(BaseModel):
    """A checkpoint, or what a purge leaves in the place of what it removed.

    Attributes:
        format: the version of what is signed.
        kind: which of the two.
        number: its number, from 1.
        previous: the fingerprint of the seal before.
        at: when it was signed, in UTC (RFC 3339).
        logs: the end of each log that has rows.
        purged: the end of what a purge has removed from a log.
        key: the identifier of the key.
        signature: over everything else.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["tmws-audit-seal-1"] = "tmws-audit-seal-1"
    kind: Literal["checkpoint", "purge"]
    number: Annotated[int, Field(strict=True, ge=1)]
    previous: Annotated[str, _SHA256]
    at: str
    logs: Places
    purged: Places | None = None
    key: str
    signature: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """The seal as it is stored."""
        return self.model_dump(mode="json", exclude_none=True)

    @property
    def line(self) -> bytes:
        """The seal as a line of a file."""
        return canonical_json(self.document) + b"\n"

    @property
    def fingerprint(self) -> str:
        """By which the next seal names this one."""
        return sha256(canonical_json(self.document)).hexdigest()

    @property
    def signed_at(self) -> datetime:
        """When it was signed."""
        return datetime.fromisoformat(self.at).astimezone(UTC)

    def is_believed(self, keys: TrustedKeys) -> bool:
        """Whether a trusted key has signed it."""
        return keys.believes(self.key, self.signature, self._message)

    def signed(self, key: SigningKey) -> "Seal":
        """The same with its signature."""
        return self.model_copy(update={"signature": key.sign(self._message)})

    @property
    def _message(self) -> bytes:
        unsigned = self.document
        del unsigned["signature"]
        return canonical_json(unsigned)


def newest(session: Session) -> Seal | None:
    """The newest seal in the database.

    Raises:
        ValueError: what stands there is no seal.
    """
    details = session.scalars(_SEALS.order_by(EVENTS.table.c.sequence.desc()).limit(1)).first()
    return None if details is None else Seal.model_validate(details)


def after(session: Session, number: int) -> Sequence[Seal]:
    """The seals in the database that come after one, in their order.

    Args:
        session: a session.
        number: the number of that one.

    Raises:
        ValueError: what stands there is no seal.
    """
    last = newest(session)
    if last is None or last.number <= number:
        return []
    statement = _SEALS.order_by(EVENTS.table.c.sequence.desc()).limit(last.number - number)
    found = [Seal.model_validate(details) for details in session.scalars(statement)]
    return [seal for seal in reversed(found) if seal.number > number]


def put(session: Session, key: SigningKey, now: datetime, purged: Mapping[str, Place] | None = None) -> Seal:
    """Sign how far the logs reach, and append that to the log of security events.

    Args:
        session: a writing session.
        key: the key.
        now: the present moment.
        purged: the end of what is about to be purged, by the names of the logs.

    Raises:
        ValueError: what stands in the place of the seal before is none.
    """
    connection = session.connection()
    lock(connection)
    before, kind = newest(session), "checkpoint" if purged is None else "purge"
    heads = {log.name: head for log in LOGS.values() if (head := head_of(connection, log)).sequence}
    seal = Seal.model_validate(
        {
            "kind": kind,
            "number": 1 if before is None else before.number + 1,
            "previous": GENESIS if before is None else before.fingerprint,
            "at": moment_text(now),
            "logs": {name: Place(sequence=head.sequence, row_hash=head.row_hash) for name, head in heads.items()},
            "purged": None if purged is None else dict(purged),
            "key": key.key_id,
        }
    ).signed(key)
    said = ", ".join(f"{name} to {place.sequence}" for name, place in (seal.purged or seal.logs).items())
    values = event_values(EVENT_TYPES[kind], now, message=f"{kind} {seal.number}: {said}")
    append(session, [Entry(EVENTS, {**values, "details": seal.document})])
    return seal


_SEALS: Final[Select[Any]] = select(EVENTS.table.c.details).where(
    EVENTS.table.c.event_type.in_(list(EVENT_TYPES.values()))
)
