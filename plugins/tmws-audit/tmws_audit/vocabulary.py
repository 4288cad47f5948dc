"""What can happen to security, how grave each is, and how great the risk that it tells of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from tmws_audit.models.guard import PURGED

Severity = Literal["low", "medium", "high", "critical"]
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)

CHECKPOINT: Final = "audit_checkpoint"
RESTORED: Final = "audit_restored"
MISSED: Final = "audit_events_missed"
REFUSED_UNAUTHENTICATED: Final = "unauthorized_access"
ADMIN_ACTION: Final = "admin_action"

REFUSALS: Final[Mapping[str, str]] = {
    "permission_denied": "permission_denied",
    "rate_limited": "rate_limit_exceeded",
    "unauthenticated": REFUSED_UNAUTHENTICATED,
}
"""The types of the events that the codes of refused calls mean."""

ALARMING: Final = 80
"""From this risk on an event is also told in the server's log, as every critical one is."""
_MOST_FOR_REPEATS: Final = 30
_FOR_EACH_REPEAT: Final = 5


@dataclass(frozen=True)
class Weight:
    """How much an event of a type matters.

    Attributes:
        severity: how grave it is.
        risk: the risk that one of it tells of, from 0 to 100.
        blocked: what was tried did not come about.
    """

    severity: Severity
    risk: int
    blocked: bool = False


UNKNOWN: Final = Weight("medium", 30)
"""What counts for a type that nobody declared."""

WEIGHTS: Final[Mapping[str, Weight]] = {
    # who comes and goes
    "login_success": Weight("low", 0),
    "logout": Weight("low", 0),
    "token_refreshed": Weight("low", 0),
    "login_failed": Weight("medium", 20, blocked=True),
    "login_blocked": Weight("high", 50, blocked=True),
    "account_locked": Weight("high", 50, blocked=True),
    "password_change": Weight("medium", 20),
    "refresh_reused": Weight("critical", 90, blocked=True),
    # what callers may do
    "key_created": Weight("medium", 20),
    "key_revoked": Weight("medium", 10),
    "user_created": Weight("medium", 20),
    "user_changed": Weight("medium", 20),
    "impersonation": Weight("medium", 30),
    ADMIN_ACTION: Weight("medium", 20),
    "configuration_change": Weight("medium", 30),
    # what was refused
    REFUSED_UNAUTHENTICATED: Weight("high", 70, blocked=True),
    "permission_denied": Weight("medium", 40, blocked=True),
    "privilege_escalation": Weight("critical", 90, blocked=True),
    "rate_limit_exceeded": Weight("medium", 40, blocked=True),
    "ip_blocked": Weight("high", 60, blocked=True),
    "input_validation_failed": Weight("low", 30, blocked=True),
    # what looks like an attack
    "sql_injection_attempt": Weight("critical", 90, blocked=True),
    "xss_attempt": Weight("high", 80, blocked=True),
    "path_traversal_attempt": Weight("high", 80, blocked=True),
    "command_injection_attempt": Weight("critical", 90, blocked=True),
    "vector_injection_attempt": Weight("high", 70, blocked=True),
    "embedding_abuse": Weight("medium", 50),
    "unusual_vector_pattern": Weight("medium", 40),
    "ddos_detected": Weight("critical", 95),
    "suspicious_traffic": Weight("medium", 50),
    "bot_detected": Weight("medium", 60),
    "api_abuse": Weight("high", 60),
    "unusual_api_pattern": Weight("medium", 40),
    "malware_detected": Weight("critical", 95, blocked=True),
    "system_compromise": Weight("critical", 100),
    # what leaves the server
    "outbound_call": Weight("low", 10),
    "sensitive_data_access": Weight("medium", 30),
    "data_export": Weight("medium", 30),
    "bulk_operation": Weight("low", 30),
    # the logs themselves
    CHECKPOINT: Weight("low", 0),
    PURGED: Weight("medium", 20),
    RESTORED: Weight("medium", 20),
    MISSED: Weight("high", 60),
}
"""The weights of the types that are known."""


def weight_of(event_type: str) -> Weight:
    """The weight of a type of event."""
    return WEIGHTS.get(event_type, UNKNOWN)


def risk_of(event_type: str, repeats: int) -> int:
    """The risk that an event tells of: that of its type, and 5 for each recent repetition of a refusal, at most 30.

    Args:
        event_type: its type.
        repeats: how often the same was refused to the same caller shortly before.
    """
    weight = weight_of(event_type)
    added = min(repeats * _FOR_EACH_REPEAT, _MOST_FOR_REPEATS) if weight.blocked else 0
    return min(weight.risk + added, 100)
