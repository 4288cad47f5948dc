"""Who is calling."""

from dataclasses import dataclass, field

EVERY_SCOPE = "*"
PUBLIC = "public"
"""The scope that everybody holds, whether known or not; what declares it needs no credential."""


@dataclass(frozen=True)
class Principal:
    """The caller of a tool, as the transport has established it; no tool argument can change it.

    Attributes:
        agent_id: the public name of the agent in whose name the call is made.
        namespace: where the agent's rows go when it names no other place.
        scopes: what the agent may do, such as `memory:write`; `memory:*` is everything of one area, `*:read` reading in
            every area, `*` everything.
        actor: the agent that really acts, when it acts on behalf of `agent_id` (the `act` claim of RFC 8693, section
            4.1); None when that is `agent_id` itself.
        credential: the public identifier of what the caller showed, never a secret; None for the machine's own user.
    """

    agent_id: str
    namespace: str
    scopes: frozenset[str] = field(default_factory=frozenset)
    actor: str | None = None
    credential: str | None = None

    def may(self, scope: str) -> bool:
        """Whether the principal holds a scope, itself or through a wildcard; `PUBLIC` is held by everybody."""
        if EVERY_SCOPE in self.scopes or scope in self.scopes or scope == PUBLIC:
            return True
        area, _, verb = scope.partition(":")
        return f"{area}:*" in self.scopes or (bool(verb) and f"*:{verb}" in self.scopes)


ANONYMOUS = Principal("", "")
"""Nobody known: who comes without a credential, where the server wants one. No agent can have the empty name."""
