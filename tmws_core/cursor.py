"""Cursors: where a page ended, readable by the one who asked for it, with the same question, alone."""

import base64
import json
from hashlib import sha256
from typing import Annotated, Any, TypeVar, overload

from pydantic import Field, TypeAdapter

from tmws_core.principal import Principal
from tmws_core.tool_errors import InvalidArguments

NUMBER: TypeAdapter[int] = TypeAdapter(Annotated[int, Field(strict=True, ge=0, lt=2**31)])
"""How many entries of a list came on the pages before."""
_SUM = 12

Position = TypeVar("Position")


def encode(position: Any, principal: Principal, question: str) -> str:  # noqa: ANN401 -- any JSON
    """The cursor for a position.

    Args:
        position: where the next page begins, as JSON.
        principal: who asked.
        question: what was asked for, without the cursor.
    """
    text = json.dumps(position, separators=(",", ":"))
    return base64.urlsafe_b64encode(f"{_sum(text, principal, question)}{text}".encode()).decode().rstrip("=")


@overload
def decode(cursor: str, principal: Principal, question: str) -> int: ...
@overload
def decode(cursor: str, principal: Principal, question: str, shape: TypeAdapter[Position]) -> Position: ...
def decode(cursor: str, principal: Principal, question: str, shape: TypeAdapter[Any] = NUMBER) -> Any:
    """The position in a cursor.

    It gives no right to anything: what a page holds is decided by the query, whatever the position. The sum in it finds
    mistakes; whoever makes a cursor up can get it right, so the position has to be one that the question can have.

    Args:
        cursor: the cursor.
        principal: who asks.
        question: what is asked for, without the cursor.
        shape: what a position of that question looks like.

    Raises:
        InvalidArguments: it was not given to this caller for this question.
    """
    try:
        decoded = base64.b64decode(f"{cursor}{'=' * (-len(cursor) % 4)}", altchars="-_", validate=True).decode()
    except ValueError:
        decoded = ""
    total, text = decoded[:_SUM], decoded[_SUM:]
    if not text or total != _sum(text, principal, question):
        raise _refused()
    try:
        return shape.validate_json(text)
    except ValueError as error:
        raise _refused() from error


def _refused() -> InvalidArguments:
    return InvalidArguments(
        "cursor: it was not given to you for these arguments",
        hint="ask again without a cursor, and change nothing else while you read on",
        details={"faults": [{"argument": "cursor", "fault": "not one of yours"}]},
    )


def _sum(text: str, principal: Principal, question: str) -> str:
    return sha256(json.dumps([principal.agent_id, principal.namespace, question, text]).encode()).hexdigest()[:_SUM]
