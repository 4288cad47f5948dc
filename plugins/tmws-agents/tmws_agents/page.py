"""Pages: rows in the order of their names, from one name on, as many as one answer carries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tmws_core import Principal
from tmws_core import cursor as cursors
from tmws_core.fields import StorableText

MOST_BYTES = 50_000
"""What one answer carries, in bytes of JSON: clients take up to 25,000 tokens."""

_NAME: TypeAdapter[str] = TypeAdapter(StorableText)

Row = TypeVar("Row")
Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True)
class Question:
    """Which rows are asked for.

    Attributes:
        principal: who asks.
        text: what tells this question from others, for the cursor.
        conditions: what the rows must fulfil, the rule of who may see them included.
        limit: how many at most.
        cursor: where to go on.
    """

    principal: Principal
    text: str
    conditions: Sequence[ColumnElement[bool]]
    limit: int
    cursor: str | None


@dataclass(frozen=True)
class Page(Generic[Answer]):
    """A part of a list, how long the whole list is, and the cursor of the next part."""

    shown: list[Answer]
    total: int
    next_cursor: str | None


def page(
    session: Session,
    model: type[Row],
    name: InstrumentedAttribute[str],
    question: Question,
    answer: Callable[[Row], Answer],
) -> Page[Answer]:
    """A page of rows.

    Args:
        session: a reading session.
        model: of which table.
        name: the column of the name, by which they are ordered.
        question: which rows.
        answer: makes what is shown of a row.

    Raises:
        InvalidArguments: the cursor is of another question or caller.
    """
    total = session.scalar(select(func.count()).select_from(model).where(*question.conditions)) or 0
    statement = select(model).where(*question.conditions).order_by(name).limit(question.limit + 1)
    if question.cursor is not None:
        statement = statement.where(name > cursors.decode(question.cursor, question.principal, question.text, _NAME))
    rows = session.scalars(statement).all()
    shown = _that_fit([answer(row) for row in rows[: question.limit]])
    next_cursor = None
    if len(shown) < len(rows):
        last: Any = getattr(rows[len(shown) - 1], name.key)
        next_cursor = cursors.encode(last, question.principal, question.text)
    return Page(shown, total, next_cursor)


def _that_fit(answers: list[Answer]) -> list[Answer]:
    """As many answers, in their order, as fit into one; the first in any case."""
    left = MOST_BYTES
    for number, one in enumerate(answers):
        left -= len(one.model_dump_json().encode())
        if number and left < 0:
            return answers[:number]
    return answers
