"""Who may read and write what, said as briefly as it can be, without a database."""

from dataclasses import dataclass, field

AGENTS = 4
OTHERS = AGENTS - 1


@dataclass
class Remembered:
    """A memory.

    Attributes:
        owner: whose it is, by the agent's number; the agents with even numbers share a namespace, and the odd ones.
        level: its access level.
        word: a word that no other memory has.
        id: what the server calls it.
        granted: to whom it is shared; a private memory keeps it, and it counts again when another level is set.
    """

    owner: int
    level: str
    word: str
    id: str = ""
    granted: set[int] = field(default_factory=set)

    def read_by(self, agent: int) -> bool:
        """Whether an agent may read it."""
        near = self.level == "team" and agent % 2 == self.owner % 2
        shared = self.level != "private" and agent in self.granted
        return agent == self.owner or self.level == "public" or near or shared

    def share(self, agent: int) -> None:
        """Share it; what was shared before it became private does not come back with that."""
        if self.level == "private":
            self.granted.clear()
            self.level = "shared"
        self.granted.add(agent)

    def unshare(self, agent: int) -> None:
        """Share it no more; with nobody left it is private."""
        self.granted.discard(agent)
        if self.level == "shared" and not self.granted:
            self.level = "private"


@dataclass
class Oracle:
    """What there is.

    Attributes:
        memories: all memories.
        asleep: the agents that are deactivated.
        members: for the number of a namespace, agents of the other one that belong to it as well.
        registered: the agents that were registered later, each with its namespace's number and its level.
    """

    memories: list[Remembered] = field(default_factory=list)
    asleep: set[int] = field(default_factory=set)
    members: dict[int, set[int]] = field(default_factory=lambda: {0: set(), 1: set()})
    registered: dict[str, tuple[int, str]] = field(default_factory=dict)

    def belongs(self, agent: int, namespace: int) -> bool:
        """Whether an agent belongs to a namespace."""
        return agent % 2 == namespace or agent in self.members[namespace]

    def knows(self, agent: int, other: str) -> bool:
        """Whether an agent sees one that was registered later."""
        namespace, level = self.registered[other]
        return level == "public" or (level == "team" and self.belongs(agent, namespace))
