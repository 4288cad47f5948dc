"""Personas: to create and change them, to put them away and bring them back."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmws_agents import access
from tmws_agents.lookup import AGENTS, PERSONAS, find_to_change
from tmws_agents.models.persona import Persona
from tmws_agents.names import refuse_reserved, refuse_taken, taken
from tmws_agents.registration import ensure_registered
from tmws_core import Principal

PLACE_OF_THE_TASK = "{task}"


@dataclass(frozen=True, kw_only=True)
class NewPersona:
    """A persona that is going to be created, for an agent that the caller may change.

    Attributes:
        name: its name.
        agent_id: its agent.
        values: the other values, by the columns' names in the model.
    """

    name: str
    agent_id: str
    values: dict[str, Any]


def create(session: Session, principal: Principal, new: NewPersona) -> Persona:
    """Create a persona.

    Args:
        session: a writing session.
        principal: who calls.
        new: the persona.

    Raises:
        NotFound: there is no such agent for the caller.
        PermissionDenied: the caller may not change the agent, or the name is the operator's.
        AlreadyChanged: the name is taken.
    """
    ensure_registered(session, principal)
    find_to_change(session, AGENTS, principal, new.agent_id, access.agent_changeable, "write personas for")
    refuse_reserved(principal, "name", new.name)
    refuse_taken(session, PERSONAS, "name", new.name)
    persona = Persona(name=new.name, agent_id=new.agent_id, is_active=True, is_system=False, **new.values)
    try:
        with session.begin_nested():
            session.add(persona)
    except IntegrityError as error:  # another process was quicker
        raise taken("name", new.name) from error
    return persona


def update(session: Session, principal: Principal, name: str, changes: dict[str, Any], agent_id: str | None) -> Persona:
    """Change a persona, or give it to another agent.

    Args:
        session: a writing session.
        principal: who calls.
        name: which persona.
        changes: the new values, by the columns' names in the model.
        agent_id: the new agent, which the caller may change as well.

    Raises:
        NotFound: there is no such persona, or no such agent, for the caller.
        PermissionDenied: the caller may not change both.
    """
    ensure_registered(session, principal)
    persona = find_to_change(session, PERSONAS, principal, name, access.persona_changeable, "change")
    if agent_id is not None:
        find_to_change(session, AGENTS, principal, agent_id, access.agent_changeable, "write personas for")
        persona.agent_id = agent_id
    for column, value in changes.items():
        setattr(persona, column, value)
    session.flush()
    return persona


def set_active(session: Session, principal: Principal, name: str, *, active: bool) -> Persona:
    """Put a persona away, so that nobody is offered it any more, or bring it back.

    Raises:
        NotFound: there is no such persona for the caller.
        PermissionDenied: the caller may not change it.
    """
    ensure_registered(session, principal)
    verb = "bring back" if active else "put away"
    persona = find_to_change(session, PERSONAS, principal, name, access.persona_changeable, verb)
    persona.is_active = active
    session.flush()
    return persona


def prompt_of(persona: Persona, task: str) -> str:
    """A persona's prompt for a task: the task where the template wants it, or else after it.

    Whatever stands in the task is put in as it is, and never taken for a part of the template.
    """
    template = persona.markdown_source or persona.description
    if PLACE_OF_THE_TASK in template:
        return template.replace(PLACE_OF_THE_TASK, task)
    return f"{template.rstrip()}\n\nYour task:\n\n{task}" if task else template
