"""Tells from the rows around it what was done to the first row that does not fit."""

from collections.abc import Iterator

from tmws_audit.verification.report import Fault, Verdict
from tmws_audit.verification.rows import Reader, Row

_FARTHEST = 1_000
"""How far from its place a row is looked for."""


def diagnose(reader: Reader, row: Row, sequence: int, prev_hash: str) -> Fault:
    """What was done.

    Args:
        reader: reads the log.
        row: the first row that does not fit.
        sequence: the number that it should have.
        prev_hash: the hash that it should name, of the row before.
    """
    if not isinstance(row.sequence, int) or row.sequence < sequence:
        text = f"it has the number {row.sequence!r}, which another row has, or which is none"
        return _fault(row, row.sequence, "inserted", text)
    return (
        _displaced(reader, row, sequence, prev_hash)
        or _gap(row, sequence)
        or _swapped(reader, row)
        or _renumbered(row)
        or _changed(row, prev_hash)
    )


def _displaced(reader: Reader, row: Row, sequence: int, prev_hash: str) -> Fault | None:
    """The row that really follows stands elsewhere: others were put in between, or it has changed places."""
    for other in reader.after(prev_hash):
        if other.key != row.key and other.row_hash in other.hashes_at(sequence, prev_hash):
            if row.sequence == sequence and _belongs_to(row, other):
                break  # the two have changed places
            text = f"the row that was written after row {sequence - 1} has now the number {other.sequence}"
            return _fault(row, row.sequence, "inserted", text)
    return None


def _gap(row: Row, sequence: int) -> Fault | None:
    if row.sequence == sequence:
        return None
    last = int(row.sequence) - 1
    missing = f"row {sequence} is" if last == sequence else f"the rows {sequence} to {last} are"
    return _fault(row, sequence, "missing", f"{missing} gone")


def _swapped(reader: Reader, row: Row) -> Fault | None:
    for other in _later(reader, row):
        if _belongs_to(row, other) and _belongs_to(other, row):
            return _fault(row, row.sequence, "swapped", f"what row {other.sequence} said stands here")
    return None


def _renumbered(row: Row) -> Fault | None:
    """Its content was written under a later number: rows before it were taken out, and all that follow moved up."""
    if row.is_genuine or not isinstance(row.prev_hash, str):
        return None
    for places in range(1, _FARTHEST + 1):
        if row.row_hash in row.hashes_at(row.sequence + places, row.prev_hash):
            gone = "a row was" if places == 1 else f"{places} rows were"
            return _fault(row, row.sequence, "missing", f"{gone} taken out here, and those after it numbered anew")
    return None


def _changed(row: Row, prev_hash: str) -> Fault:
    if not row.is_genuine:
        return _fault(row, row.sequence, "altered", "its hash is not that of what it says")
    if row.prev_hash != prev_hash and row.sequence > 1:
        text = f"row {row.sequence} remembers another row before it: this one was changed, and its hash made anew"
        return _fault(row, row.sequence - 1, "altered", text)
    return _fault(row, row.sequence, "altered", "it does not follow the row before it")


def _belongs_to(row: Row, other: Row) -> bool:
    """Whether the content of a row was written at the place of another, wherever the hashes stand now."""
    return any(
        made in (row.row_hash, other.row_hash)
        for prev_hash in (row.prev_hash, other.prev_hash)
        if isinstance(prev_hash, str)
        for made in row.hashes_at(other.sequence, prev_hash)
    )


def _later(reader: Reader, row: Row) -> Iterator[Row]:
    """The rows that follow and do not fit themselves."""
    for other in reader.page((row.sequence, row.key), _FARTHEST):
        if isinstance(other.sequence, int) and not other.is_genuine:
            yield other


def _fault(row: Row, sequence: object, verdict: Verdict, text: str) -> Fault:
    return Fault(log=row.log.name, sequence=sequence if isinstance(sequence, int) else None, verdict=verdict, text=text)
