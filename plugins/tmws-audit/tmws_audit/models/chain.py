"""The hash chain that makes a changed or removed row of a log visible."""

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from tmws_core.columns import at_least

GENESIS: Final = "0" * 64
"""What the first row of a log names as the hash before it."""


class Chained:
    """A row of a log that carries its place, the hash of the row before it, and its own hash (SHA-256, hexadecimal).

    No two rows follow the same row, so a log has one beginning and cannot fork.
    """

    sequence: Mapped[int] = mapped_column(BigInteger, unique=True, sort_order=80)
    prev_hash: Mapped[str] = mapped_column(String(64), unique=True, sort_order=81)
    row_hash: Mapped[str] = mapped_column(String(64), sort_order=82)


def chain_checks() -> tuple[CheckConstraint, ...]:
    """The CHECKs of a chained table; SQLAlchemy does not inherit them from the mixin."""
    return (
        at_least("sequence", 1),
        CheckConstraint("length(prev_hash) = 64", name="prev_hash_length"),
        CheckConstraint("length(row_hash) = 64", name="row_hash_length"),
        CheckConstraint("prev_hash <> row_hash", name="row_hash_of_its_own"),
    )
