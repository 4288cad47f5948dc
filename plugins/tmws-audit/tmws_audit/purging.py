"""Removes rows that are old enough, as whole segments between two seals, and leaves a signed record of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tmws_audit import seals
from tmws_audit.logs import LOGS, Log
from tmws_audit.seals import Place, Seal
from tmws_audit.signing import SigningKey, TrustedKeys
from tmws_audit.writer import head_of, lock


@dataclass(frozen=True)
class Purge:
    """What a purge removes, or would remove.

    Attributes:
        seal: the checkpoint up to which everything goes; None when no segment is old enough.
        places: where each log is cut, and how many rows go.
    """

    seal: Seal | None
    places: Mapping[str, Place]


def purgeable(session: Session, before: datetime, keys: TrustedKeys) -> Purge:
    """What could be purged: everything up to the newest seal that was signed before a moment.

    The last row of a log always stays, because the next one follows it.

    Args:
        session: a session.
        before: only what was sealed before this moment.
        keys: the keys that are believed; what an unbelieved seal covers is not touched.

    Raises:
        ValueError: what stands in the place of a seal is none.
    """
    heads = {name: head_of(session.connection(), log).sequence for name, log in LOGS.items()}
    for seal in _newest_first(session):
        if seal.signed_at >= before or not seal.is_believed(keys):
            continue
        places = {
            name: Place(sequence=place.sequence, row_hash=place.row_hash, rows=rows)
            for name, place in seal.logs.items()
            if place.sequence < heads[name] and (rows := _rows_up_to(session, LOGS[name], place.sequence))
        }
        if places:
            return Purge(seal, places)
    return Purge(None, {})


def purge(session: Session, before: datetime, keys: TrustedKeys, key: SigningKey, now: datetime) -> Purge:
    """Purge, in the session's transaction: the record first, which lets the rows be deleted, then the rows.

    Args:
        session: a writing session.
        before: only what was sealed before this moment.
        keys: the keys that are believed.
        key: signs the record.
        now: the present moment.

    Raises:
        ValueError: what stands in the place of a seal is none, or a row is not the one that the seal signs.
    """
    lock(session.connection())
    found = purgeable(session, before, keys)
    if not found.places:
        return found
    for name, place in found.places.items():
        table = LOGS[name].table
        if session.scalar(select(table.c.row_hash).where(table.c.sequence == place.sequence)) != place.row_hash:
            raise ValueError(f"row {place.sequence} of {name} is not the one that was sealed; run `tmws audit verify`")
    seals.put(session, key, now, found.places)
    for name, place in found.places.items():
        table = LOGS[name].table
        session.connection().execute(delete(table).where(table.c.sequence <= place.sequence))
    return found


def _newest_first(session: Session) -> Sequence[Seal]:
    return seals.after(session, 0)[::-1]


def _rows_up_to(session: Session, log: Log, sequence: int) -> int:
    counted = select(func.count()).select_from(log.table).where(log.table.c.sequence <= sequence)
    return session.execute(counted).scalar_one()
