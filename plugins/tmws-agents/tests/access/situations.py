"""Who calls, what is called for, and what the rule says of the two, written down a second time.

It is not derived from `tmws_agents.access`: what both have in common is the text of the rule alone.
"""

from dataclasses import dataclass
from typing import Literal

from tmws_core import Principal

Kind = Literal["agent", "namespace", "team", "persona"]
Right = Literal["see", "use", "change", "administer", "own", "govern", "be"]
"""What may be done with something.

`administer` is to move and activate an agent, `own` to give a namespace away, `govern` what the operator alone does,
`use` to be offered a persona, and `be` to be the agent itself.
"""

NOTHING: frozenset[Right] = frozenset()
ELSEWHERE = "elsewhere"
IN_THE_NAMESPACE = ("owner", "admin", "member", "resident")
ADMINISTRATORS = ("owner", "admin")


@dataclass(frozen=True)
class Caller:
    """Somebody who calls.

    Attributes:
        name: the agent's name; `itself` stands for the agent that is called for.
        registered: whether the server knows the agent.
    """

    name: str
    registered: bool = True

    @property
    def governs(self) -> bool:
        return self.name == "operator"

    def principal(self, agent: str, namespace: str, scopes: frozenset[str]) -> Principal:
        """The caller, for what is around an agent in a namespace."""
        held = frozenset({"*"}) if self.governs else scopes
        name = agent if self.name == "itself" else self.name
        return Principal(name, namespace if self.name == "resident" else ELSEWHERE, held)


CALLERS = (
    Caller("owner"),
    Caller("admin"),
    Caller("member"),
    Caller("resident"),
    Caller("itself"),
    Caller("leader"),
    Caller("teammate"),
    Caller("stranger"),
    Caller("unknown", registered=False),
    Caller("operator"),
)


@dataclass(frozen=True)
class Situation:
    """What is called for.

    Attributes:
        kind: of which kind it is.
        level: the level of the agent that it is or belongs to.
        state: for a persona, whether it comes with the server, has no agent, or is put away.
    """

    kind: Kind
    level: str = "team"
    state: Literal["ordinary", "system", "orphaned", "put away"] = "ordinary"

    def __str__(self) -> str:
        return f"{self.kind} ({self.level}, {self.state})"


LEVELS = ("private", "team", "shared", "public", "system")
SITUATIONS = (
    *(Situation("agent", level) for level in LEVELS),
    Situation("namespace"),
    Situation("team"),
    *(Situation("persona", level) for level in LEVELS),
    Situation("persona", "private", "system"),
    Situation("persona", "public", "orphaned"),
    Situation("persona", "public", "put away"),
)


def rights(caller: Caller, situation: Situation) -> frozenset[Right]:
    """What a caller may do with what is called for."""
    if situation.kind == "agent":
        return _of_an_agent(caller, situation.level)
    if situation.kind == "namespace":
        return _of_a_namespace(caller)
    if situation.kind == "team":
        return _of_a_team(caller)
    return _of_a_persona(caller, situation)


def _of_an_agent(caller: Caller, level: str) -> frozenset[Right]:
    if caller.governs:
        return frozenset({"see", "change", "administer", "govern"})
    held: set[Right] = set()
    if caller.name in ADMINISTRATORS or level in ("public", "system"):
        held.add("see")
    if level in ("team", "shared") and caller.name in IN_THE_NAMESPACE:
        held.add("see")
    if caller.name in ADMINISTRATORS and level != "system":
        held |= {"change", "administer"}
    if caller.name == "itself":
        held |= {"see", "be"} if level == "system" else {"see", "be", "change"}
    return frozenset(held)


def _of_a_namespace(caller: Caller) -> frozenset[Right]:
    if caller.governs:
        return frozenset({"see", "change", "own", "govern"})
    if caller.name == "owner":
        return frozenset({"see", "change", "own"})
    if caller.name == "admin":
        return frozenset({"see", "change"})
    return frozenset({"see"}) if caller.name in IN_THE_NAMESPACE else NOTHING


def _of_a_team(caller: Caller) -> frozenset[Right]:
    if caller.governs or caller.name in (*ADMINISTRATORS, "leader"):
        return frozenset({"see", "change"})
    return frozenset({"see"}) if caller.name in (*IN_THE_NAMESPACE, "teammate") else NOTHING


def _of_a_persona(caller: Caller, situation: Situation) -> frozenset[Right]:
    if situation.state == "put away":
        may_change = caller.governs or "change" in _of_an_agent(caller, situation.level)
        return frozenset({"see", "change"}) if may_change else NOTHING
    if caller.governs:
        return frozenset({"see", "use", "change"})
    if situation.state == "system":
        return frozenset({"see", "use"})
    if situation.state == "orphaned":
        return NOTHING
    of_the_agent = _of_an_agent(caller, situation.level)
    held: set[Right] = {"see", "use"} if "see" in of_the_agent else set()
    return frozenset(held | ({"change"} if "change" in of_the_agent else set()))
