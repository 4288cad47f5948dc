"""A connection with a memory: one client, on whose behalf an agent acts from one call to the next."""

from tmws_core.principal import Principal


class Connection:
    """What stays of a client between its calls.

    Attributes:
        principal: who calls, from the next call on.
    """

    def __init__(self, principal: Principal) -> None:
        """Begin with the agent that the connection belongs to."""
        self.principal = principal
