"""A list that a client has may be another one now: who wants to hear of that, and for whom it is."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from tmws_core.connection import Connection
from tmws_core.principal import Principal

logger = logging.getLogger(__name__)

ListName = Literal["tools", "prompts", "resources"]
"""The lists of MCP."""
LISTS: tuple[ListName, ...] = get_args(ListName)


@dataclass(frozen=True)
class ListChange:
    """Some lists may have changed. It does not say how: whoever hears of it asks anew.

    Attributes:
        lists: which.
        agents: for whom, by the names of agents; None for everybody.
        connection: the one connection that it is for; None for all of those agents.
    """

    lists: frozenset[ListName]
    agents: frozenset[str] | None = None
    connection: Connection | None = None

    def concerns(self, principal: Principal, connection: Connection | None) -> bool:
        """Whether it is for a client.

        Args:
            principal: for whom the client calls now.
            connection: what stays of the client between its calls.
        """
        if self.connection is not None:
            return self.connection is connection
        return self.agents is None or principal.agent_id in self.agents


class ListChanges:
    """Tells the clients of this process; what another process serves hears nothing."""

    def __init__(self) -> None:
        self._listeners: dict[object, Callable[[ListChange], None]] = {}

    def hear(self, listener: Callable[[ListChange], None]) -> Callable[[], None]:
        """Hear of every change.

        Args:
            listener: takes a change; it must not wait.

        Returns:
            Ends it; to end it again does nothing.
        """
        token = object()
        self._listeners[token] = listener
        return lambda: self._listeners.pop(token, None) and None

    def announce(self, change: ListChange) -> None:
        """Tell everybody who listens; one who fails keeps it from nobody else."""
        for listener in list(self._listeners.values()):
            try:
                listener(change)
            except Exception:
                logger.exception("a client could not be told that %s changed", ", ".join(sorted(change.lists)))
