"""Which memories are meant: a namespace, and perhaps a type, tags, an owner, a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from tmws_memory.models.memory import Memory
from tmws_memory.scope import tokens


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which memories are meant; None is any.

    Attributes:
        namespace: where they belong.
        memory_type: their kind.
        tags: they have all of these.
        agent_id: whose they are.
        since: they were remembered at this moment or later.
        until: they were remembered before this moment.
    """

    namespace: str
    memory_type: str | None = None
    tags: tuple[str, ...] = ()
    agent_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def tokens(self) -> list[str]:
        """What stands in the scope of each of them in the full-text index; namespace and times do not."""
        return tokens(self.agent_id, self.memory_type, self.tags)

    @property
    def digest(self) -> str:
        """What tells one choice from another, for cursors."""
        return sha256(repr(self).encode()).hexdigest()[:16]

    def times(self) -> Iterator[ColumnElement[bool]]:
        """The conditions on the time."""
        if self.since is not None:
            yield Memory.created_at >= self.since
        if self.until is not None:
            yield Memory.created_at < self.until

    def conditions(self, dialect: str) -> Iterator[ColumnElement[bool]]:
        """All conditions, for a query that does not go through the full-text index.

        Args:
            dialect: the name of the database's dialect.
        """
        yield Memory.namespace == self.namespace
        if self.memory_type is not None:
            yield Memory.memory_type == self.memory_type
        if self.agent_id is not None:
            yield Memory.agent_id == self.agent_id
        yield from self.times()
        for tag in self.tags:
            yield _has_tag(tag, dialect)


def _has_tag(tag: str, dialect: str) -> ColumnElement[bool]:
    if dialect == "postgresql":
        return cast(Memory.tags, JSONB).contains([tag])
    each = func.json_each(Memory.tags).table_valued("value", name="each_tag")
    return select(literal(1)).select_from(each).where(each.c.value == tag).exists()
