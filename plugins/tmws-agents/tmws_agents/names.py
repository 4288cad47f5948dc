"""Names: which ones there can be, which the operator keeps, and which are taken."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tmws_agents.access import governs
from tmws_agents.lookup import Kind, Row
from tmws_agents.reserved_names import RESERVED
from tmws_core import Principal
from tmws_core.fields import look_alike
from tmws_core.tool_errors import AlreadyChanged, PermissionDenied

_RESERVED_LOOKS = frozenset(map(look_alike, RESERVED))


def refuse_reserved(principal: Principal, argument: str, name: str) -> None:
    """Refuse a name that the operator keeps, or one that looks like it.

    Raises:
        PermissionDenied: it is such a name, and the caller does not govern the agents.
    """
    if look_alike(name) in _RESERVED_LOOKS and not governs(principal):
        raise PermissionDenied(
            f"{argument}: {name!r} is kept for the server and its operator, or looks like such a name",
            hint="take another name",
        )


def is_taken(session: Session, kind: Kind[Row], name: str) -> bool:
    """Whether something of a kind has the name, or one that looks like it."""
    there = select(kind.name).where(or_(kind.model.look_alike == look_alike(name), kind.name == name))
    return session.execute(there.limit(1)).first() is not None


def refuse_taken(session: Session, kind: Kind[Row], argument: str, name: str) -> None:
    """Refuse a name that is taken, or that looks like one that is.

    It does not say which name that is: the caller might not be allowed to see its bearer.

    Raises:
        AlreadyChanged: it is.
    """
    if is_taken(session, kind, name):
        raise taken(argument, name)


def taken(argument: str, name: str) -> AlreadyChanged:
    """The one answer for a name that is taken."""
    return AlreadyChanged(
        f"{argument}: {name!r} is taken, or looks like a name that is taken",
        hint="take another one; letters that are easily confused, such as o and 0, and '.', '_' and '-', count as one",
    )
