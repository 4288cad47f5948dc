"""A connection with a memory: one client, whose agent may act for another from one call to the next."""

from tmws_core.principal import Principal


class Connection:
    """What stays of a client between its calls.

    Attributes:
        principal: who calls, from the next call on.
    """

    def __init__(self, principal: Principal) -> None:
        """Begin with the agent that the connection belongs to."""
        self._began = principal
        self.principal = principal

    def refuse_unrelated(self, principal: Principal) -> None:
        """Refuse a principal that is neither the agent that the connection began with nor one that it acts for.

        Raises:
            ValueError: it names another actor, or none.
        """
        began = self._began
        itself = principal.agent_id == began.agent_id and principal.actor is None
        if not itself and principal.actor != began.agent_id:
            raise ValueError(
                f"this connection belongs to {began.agent_id!r}: the principal {principal.agent_id!r} must name it as "
                f"its actor, and names {principal.actor!r}"
            )
