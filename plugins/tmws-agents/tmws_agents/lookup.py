"""To find one agent, namespace, team or persona by its name, as far as the caller may see or change it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tmws_agents import access
from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.models.persona import Persona
from tmws_agents.models.team import Team
from tmws_core import Principal
from tmws_core.fields import StorableText
from tmws_core.tool_errors import NotFound, PermissionDenied

Row = TypeVar("Row", Agent, Namespace, Persona, Team)
Rule = Callable[[Principal], ColumnElement[bool]]
_TEXT: TypeAdapter[str] = TypeAdapter(StorableText)


@dataclass(frozen=True)
class Kind(Generic[Row]):
    """A kind of thing that has a name.

    Attributes:
        noun: what it is called.
        model: its table.
        name: the column of the name.
        visible: who sees it.
        hint: how to find the right name.
    """

    noun: str
    model: type[Row]
    name: InstrumentedAttribute[str]
    visible: Rule
    hint: str


AGENTS = Kind("agent", Agent, Agent.agent_id, access.agent_visible, "agent_search finds those that you may see")
NAMESPACES = Kind(
    "namespace", Namespace, Namespace.namespace, access.namespace_visible, "namespace_list shows those you belong to"
)
TEAMS = Kind("team", Team, Team.team_id, access.team_visible, "team_list shows those that you may see")
PERSONAS = Kind("persona", Persona, Persona.name, access.persona_visible, "persona_list shows those that you may see")


def find(session: Session, kind: Kind[Row], principal: Principal, name: str) -> Row:
    """What has a name, if the caller may see it.

    Raises:
        NotFound: there is no such thing, or it is not the caller's to see; the two are not told apart.
    """
    # a database may refuse even to compare with a text that it cannot store, such as one with the character NUL
    if _can_be_stored(name):
        found = session.scalars(select(kind.model).where(kind.name == name, kind.visible(principal))).first()
        if found is not None:
            return found
    raise not_found(kind, name)


def find_to_change(session: Session, kind: Kind[Row], principal: Principal, name: str, rule: Rule, verb: str) -> Row:
    """What has a name, if the caller may change it; nobody else changes it before this transaction ends.

    Args:
        session: a writing session.
        kind: which kind of thing.
        principal: who calls.
        name: the name.
        rule: who may do what is going to be done.
        verb: what is going to be done, for the refusal.

    Raises:
        NotFound: there is no such thing, or it is not the caller's to see.
        PermissionDenied: the caller sees it, and may not do that with it.
    """
    found = find(session, kind, principal, name)
    session.refresh(found, with_for_update={"key_share": True})
    if session.scalar(select(kind.name).where(kind.name == name, rule(principal))) is None:
        raise PermissionDenied(
            f"{principal.agent_id!r} may not {verb} {kind.noun} {name!r}",
            hint=f"ask whoever administers it, or an operator with the scope {access.GOVERN!r}",
        )
    return found


def not_found(kind: Kind[Row], name: str) -> NotFound:
    """The one answer for what is not there and for what is not the caller's to see."""
    return NotFound(f"there is no {kind.noun} {name!r}", hint=kind.hint)


def _can_be_stored(text: str) -> bool:
    try:
        _TEXT.validate_python(text)
    except ValidationError:
        return False
    return True
