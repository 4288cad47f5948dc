"""Rows in a file: one on each line, as its hash is made over it, so that the file can be verified and restored."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tmws_audit.canonical import canonical_json, strict_json
from tmws_audit.logs import LOGS
from tmws_audit.verification.rows import Row


def line_of(row: Row) -> bytes:
    """A row as a line.

    Raises:
        ValueError: something in the row cannot be read; it was changed.
    """
    if row.values is None:
        raise ValueError(f"row {row.sequence} of {row.log.name} is damaged; run `tmws audit verify`")
    said = {name: value for name, value in row.values.items() if value is not None}
    chained = {"log": row.log.name, "prev_hash": row.prev_hash, "row_hash": row.row_hash}
    return canonical_json({**said, **chained}) + b"\n"


def rows_in(lines: Iterable[bytes]) -> Iterator[Row]:
    """The rows in the lines of a file.

    Raises:
        ValueError: a line is none; the text names it.
    """
    for number, line in enumerate(lines, 1):
        try:
            said = strict_json(line)
            log = LOGS[said.pop("log")]
            prev_hash, row_hash = said.pop("prev_hash"), said.pop("row_hash")
            yield Row(log, said["sequence"], prev_hash, row_hash, said, said["id"])
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise ValueError(f"line {number} is no row of an export: {error!r}") from error


def values_of(row: Row) -> dict[str, Any]:
    """The columns of a row, as they are inserted."""
    said: Mapping[str, Any] = row.values or {}
    values = {name: said.get(name) for name in row.log.hashed}
    return {**values, "prev_hash": row.prev_hash, "row_hash": row.row_hash}
