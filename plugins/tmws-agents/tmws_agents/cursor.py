"""Cursors: the name at which a page ended, readable by the one who asked for it, with the same question, alone."""

import base64
import json
from hashlib import sha256

from tmws_core import Principal
from tmws_core.tool_errors import InvalidArguments

_SUM = 12


def encode(name: str, principal: Principal, question: str) -> str:
    """The cursor for the last name of a page.

    Args:
        name: the name.
        principal: who asked.
        question: what was asked for, without the cursor.
    """
    return base64.urlsafe_b64encode(f"{_sum(name, principal, question)}{name}".encode()).decode().rstrip("=")


def decode(cursor: str | None, principal: Principal, question: str) -> str | None:
    """The name in a cursor; None when there is none.

    It gives no right to anything: what a page holds is decided by the query, whatever the name.

    Raises:
        InvalidArguments: it was not given to this caller for this question.
    """
    if cursor is None:
        return None
    try:
        decoded = base64.b64decode(f"{cursor}{'=' * (-len(cursor) % 4)}", altchars="-_", validate=True).decode()
    except ValueError:
        decoded = ""
    total, name = decoded[:_SUM], decoded[_SUM:]
    if not name or total != _sum(name, principal, question):
        raise InvalidArguments(
            "cursor: it was not given to you for these arguments",
            hint="ask again without a cursor, and change nothing else while you read on",
            details={"faults": [{"argument": "cursor", "fault": "not one of yours"}]},
        )
    return name


def _sum(name: str, principal: Principal, question: str) -> str:
    return sha256(json.dumps([principal.agent_id, principal.namespace, question, name]).encode()).hexdigest()[:_SUM]
