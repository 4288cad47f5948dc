"""What the rows of both logs say of a call, a refusal, or an event.

Neither the arguments of a call nor its answer are recorded: what an agent remembers is not the log's to keep, and
nobody could delete it from there. What a call has told of what it changed, such as the identifier of a memory, is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from tmws_audit.logs import CALLS, EVENTS
from tmws_audit.recordable import recordable_details, recordable_name, recordable_text
from tmws_audit.vocabulary import risk_of, weight_of
from tmws_audit.writer import Entry
from tmws_core import Principal
from tmws_core.identifiers import new_identifier

NOBODY: Final = "local"
"""What stands for the address of a caller who did not come over a network."""
_SURFACES: Final = frozenset({"http", "mcp", "cli"})
_METHODS: Final = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH"})
_MOST_CHARACTERS_OF_A_NAME: Final = 200


def call_entry(
    principal: Principal,
    *,
    kind: str,
    name: str,
    surface: str,
    client: str | None,
    at: datetime,
    milliseconds: float,
    outcome: str = "ok",
    told: Sequence[tuple[str, Mapping[str, Any]]] = (),
) -> Entry:
    """The row of a call.

    Args:
        principal: who called.
        kind: what was called: tool, resource, prompt, route, command or method.
        name: its name.
        surface: through which door.
        client: the caller's address.
        at: when.
        milliseconds: how long it took, or has taken until what it wrote was committed.
        outcome: ok, or the code of an error.
        told: the events that the call has published so far.
    """
    method, _, path = name.partition(" ")
    is_route = kind == "route" and method in _METHODS
    values = {
        "id": new_identifier(),
        "surface": surface if surface in _SURFACES else "cli",
        "kind": kind,
        "endpoint": recordable_name(path if is_route else name, 255),
        "method": method if is_route else "CALL",
        "tool": recordable_name(name, 255) if kind == "tool" else None,
        "response_body": recordable_details({"events": [list(one) for one in told]}) if told else None,
        **_caller(principal),
        "ip_address": _address(client),
        "duration_ms": max(0, round(milliseconds)),
        "outcome": recordable_name(outcome, 50),
        "created_at": at,
        "updated_at": at,
    }
    return Entry(CALLS, values)


def event_entry(
    event_type: str,
    principal: Principal | None,
    at: datetime,
    *,
    client: str | None = None,
    endpoint: str | None = None,
    message: str | None = None,
    details: Mapping[str, Any] | None = None,
    repeats: int = 0,
) -> Entry:
    """The row of a security event.

    Args:
        event_type: what happened, see `tmws_audit.vocabulary`.
        principal: who caused it; None when nobody knows.
        at: when.
        client: the caller's address.
        endpoint: what was called.
        message: what happened, in words.
        details: more of it.
        repeats: how often the same was refused to the same caller shortly before.
    """
    said = dict(details or {})
    values = event_values(event_type, at, message=message, repeats=repeats)
    values |= {} if principal is None else _caller(principal)
    values["client_ip"] = _address(client) or NOBODY
    values["endpoint"] = None if endpoint is None else recordable_text(endpoint, 255)
    user = said.get("user_id")
    values["user_id"] = recordable_text(user, 100) if isinstance(user, str) else None
    values["details"] = recordable_details(said) if said else None
    values["event_hash"] = event_hash(values)
    return Entry(EVENTS, values)


def event_values(event_type: str, at: datetime, *, message: str | None = None, repeats: int = 0) -> dict[str, Any]:
    """The columns of a security event that follow from its type.

    Args:
        event_type: its type.
        at: when.
        message: what happened, in words.
        repeats: how often the same was refused to the same caller shortly before.
    """
    name, weight = recordable_name(event_type, 50), weight_of(event_type)
    return {
        "event_type": name,
        "severity": weight.severity,
        "timestamp": at,
        "client_ip": NOBODY,
        "message": None if message is None else recordable_text(message),
        "risk_score": risk_of(event_type, repeats),
        "blocked": weight.blocked,
    }


def event_hash(values: Mapping[str, Any]) -> str:
    """By which two events are the same thing happening to the same caller: type, address, endpoint and caller."""
    same = (values.get(name) for name in ("event_type", "client_ip", "endpoint", "agent_id", "user_id"))
    return sha256("\0".join(str(part or "") for part in same).encode()).hexdigest()[:16]


def _caller(principal: Principal) -> dict[str, Any]:
    """Who acts, and in whose name when that is somebody else (RFC 8693, 4.1)."""
    most = _MOST_CHARACTERS_OF_A_NAME
    acts_for_another = principal.actor is not None and principal.actor != principal.agent_id
    agent = principal.actor if principal.actor is not None else principal.agent_id
    return {
        "agent_id": recordable_name(agent, most) or None,
        "on_behalf_of": recordable_name(principal.agent_id, most) if acts_for_another else None,
        "namespace": recordable_name(principal.namespace, most) or None,
        "credential": None if principal.credential is None else recordable_name(principal.credential, 100),
    }


def _address(client: str | None) -> str | None:
    return None if client is None else recordable_name(client, 45)
