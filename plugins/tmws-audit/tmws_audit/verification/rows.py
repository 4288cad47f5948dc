"""Rows as they stand in the database, read so that no damage to one keeps the others from being read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from tmws_audit.canonical import canonical_json
from tmws_audit.logs import DOCUMENTS, EVENTS, MOMENTS, TRUTHS, Log, moment_text


@dataclass(slots=True)
class Row:
    """A row of a log; what was put into it by force may be anything.

    Attributes:
        log: which log.
        sequence: its number.
        prev_hash: the hash of the row before, as it says.
        row_hash: its own hash, as it says.
        values: what its hash is made over; None when something in it cannot be read as what it should be.
        key: its primary key.
    """

    log: Log
    sequence: Any
    prev_hash: Any
    row_hash: Any
    values: Mapping[str, Any] | None
    key: Any = None

    @property
    def is_genuine(self) -> bool:
        """Whether its hash is that of its content."""
        return bool(self._hash_after(self.prev_hash) == self.row_hash)

    def hashes_at(self, sequence: int, prev_hash: str) -> Iterator[str]:
        """The hashes that its content would have at another place."""
        if self.values is None:
            return
        places = [{"sequence": sequence}, *([{"sequence": sequence, "id": sequence}] if self.log is EVENTS else [])]
        for place in places:
            yield Row(self.log, sequence, prev_hash, "", {**self.values, **place})._hash_after(prev_hash)

    def _hash_after(self, prev_hash: object) -> str:
        if self.values is None or not isinstance(prev_hash, str):
            return ""
        try:
            return self.log.row_hash(prev_hash, self.values)
        except (ValueError, TypeError):  # a blob, a number that is not finite, half of a surrogate pair
            return ""


Position = tuple[Any, Any]
"""Where a page ends: the number and the key of its last row."""


class Reader:
    """Reads the rows of one log over one connection."""

    def __init__(self, connection: Connection, log: Log) -> None:
        self._connection = connection
        self._log = log
        self._names = [*log.hashed, "prev_hash", "row_hash"]
        self._decode = _from_sqlite if connection.dialect.name == "sqlite" else _from_postgresql

    def page(self, after: Position | None, most: int) -> Sequence[Row]:
        """The next rows in the order of their numbers.

        Args:
            after: where the page before ended; None for the first.
            most: how many.
        """
        if after is None:
            return self._rows("ORDER BY sequence, id LIMIT :most", most=most)
        further = "WHERE (sequence, id) > (:sequence, :id) ORDER BY sequence, id LIMIT :most"
        return self._rows(further, sequence=after[0], id=after[1], most=most)

    def at(self, sequence: int) -> Sequence[Row]:
        """The rows of a number."""
        return self._rows("WHERE sequence = :sequence ORDER BY id", sequence=sequence)

    def after(self, prev_hash: str) -> Sequence[Row]:
        """The rows that say that they follow a row of that hash."""
        return self._rows("WHERE prev_hash = :prev_hash ORDER BY sequence, id", prev_hash=prev_hash)

    def _rows(self, rest: str, **values: object) -> Sequence[Row]:
        statement = f"SELECT {', '.join(self._names)} FROM {self._log.name} {rest}"  # noqa: S608 -- names of the model
        return [self._row(found) for found in self._connection.execute(text(statement), values).all()]

    def _row(self, found: Sequence[Any]) -> Row:
        raw = dict(zip(self._names, found, strict=True))
        prev_hash, row_hash = raw.pop("prev_hash"), raw.pop("row_hash")
        sequence, key = raw["sequence"], raw["id"]
        try:
            self._decode(self._log.name, raw)
        except (ValueError, TypeError):
            return Row(self._log, sequence, prev_hash, row_hash, None, key)
        return Row(self._log, sequence, prev_hash, row_hash, raw, key)


def _from_sqlite(log: str, raw: dict[str, Any]) -> None:
    """Decode in place what SQLite keeps as text or number.

    Raises:
        ValueError: it is not what SQLAlchemy has written.
        TypeError: as above.
    """
    for name in MOMENTS[log]:
        moment = raw[name]
        if len(moment) != 26 or moment[10] != " ":
            raise ValueError(f"{name} is no moment")
        raw[name] = f"{moment[:10]}T{moment[11:]}Z"
    for name in DOCUMENTS[log]:
        if isinstance(raw[name], str):
            raw[name] = _as_written(raw[name])
        elif raw[name] is not None:
            raise ValueError(f"{name} is no JSON")
    for name in TRUTHS[log]:
        if raw[name] is not None:
            raw[name] = (False, True)[raw[name]]


def _as_written(document: str) -> Any:  # noqa: ANN401 -- any JSON
    """The value of a document that is spelt as the writer spells it; quicker than to look for keys that stand twice.

    Raises:
        ValueError: it is spelt otherwise, or no JSON.
    """
    value = json.loads(document)
    if canonical_json(value) != document.encode():
        raise ValueError("the JSON is not canonical")
    return value


def _from_postgresql(log: str, raw: dict[str, Any]) -> None:
    for name in MOMENTS[log]:
        moment: datetime = raw[name]
        raw[name] = moment_text(moment)
