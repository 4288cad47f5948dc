"""Who is calling."""

from dataclasses import dataclass, field

EVERY_SCOPE = "*"


@dataclass(frozen=True)
class Principal:
    """The caller of a tool, as the transport has established it; no tool argument can change it.

    Attributes:
        agent_id: the agent's public name.
        namespace: where the agent's rows go when it names no other place.
        scopes: what the agent may do, such as `memory:write`; `*` is everything, `memory:*` everything of one area.
    """

    agent_id: str
    namespace: str
    scopes: frozenset[str] = field(default_factory=frozenset)

    def may(self, scope: str) -> bool:
        """Whether the principal holds a scope, itself or through a wildcard."""
        area = scope.partition(":")[0]
        return not self.scopes.isdisjoint({scope, f"{area}:*", EVERY_SCOPE})
