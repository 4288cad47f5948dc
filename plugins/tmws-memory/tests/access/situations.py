"""Who calls, in which situation a memory is, and what the rule says of the two, written down a second time.

It is not derived from `tmws_memory.access`: what both have in common is the text of the rule alone.
"""

from dataclasses import dataclass
from typing import Literal

from tmws_core import Principal

Right = Literal["read", "write", "delete", "own", "restore", "archived"]
"""`own` is what the owner alone may do with a present memory, `restore` with one that is put away, and `archived` with
one that is in the archive."""

ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Caller:
    """Somebody who calls.

    Attributes:
        name: the agent's name.
        near: whether it calls from the memory's namespace.
        granted: what it was granted of every memory, whatever its level.
        expired: whether that is over.
        registered: whether the server knows the agent.
        every_scope: whether it holds the scope `*`, and not just those of the doors.
    """

    name: str
    near: bool
    granted: Literal["read", "write", "delete"] | None = None
    expired: bool = False
    registered: bool = True
    every_scope: bool = False

    @property
    def owns(self) -> bool:
        return self.name == "owner"

    def principal(self, namespace: str, scopes: frozenset[str]) -> Principal:
        """The caller, for a memory in a namespace."""
        held = frozenset({"*"}) if self.every_scope else scopes
        return Principal(self.name, namespace if self.near else ELSEWHERE, held)


CALLERS = (
    Caller("owner", near=True),
    Caller("neighbour", near=True),
    Caller("stranger", near=False),
    Caller("unknown", near=False, registered=False),
    Caller("operator", near=False, every_scope=True),
    Caller("near-reader", near=True, granted="read"),
    Caller("near-writer", near=True, granted="write"),
    Caller("near-deleter", near=True, granted="delete"),
    Caller("near-former", near=True, granted="delete", expired=True),
    Caller("far-reader", near=False, granted="read"),
    Caller("far-writer", near=False, granted="write"),
    Caller("far-deleter", near=False, granted="delete"),
    Caller("far-former", near=False, granted="delete", expired=True),
)


@dataclass(frozen=True)
class Situation:
    """An access level, and whether the memory is there."""

    level: str
    state: Literal["present", "deleted", "archived", "expired"] = "present"

    def __str__(self) -> str:
        return self.level if self.state == "present" else f"{self.level}, {self.state}"


SITUATIONS = (
    Situation("private"),
    Situation("team"),
    Situation("shared"),
    Situation("public"),
    Situation("system"),
    Situation("public", "deleted"),
    Situation("public", "archived"),
    Situation("public", "expired"),
)

_INCLUDED: dict[str, frozenset[Right]] = {
    "read": frozenset({"read"}),
    "write": frozenset({"read", "write"}),
    "delete": frozenset({"read", "write", "delete"}),
}


def rights(caller: Caller, situation: Situation) -> frozenset[Right]:
    """What a caller may do with a memory in a situation."""
    if caller.owns:
        return _of_the_owner(situation)
    if situation.state != "present":
        return frozenset()
    open_to_it = situation.level in ("public", "system") or (situation.level == "team" and caller.near)
    held: frozenset[Right] = frozenset({"read"}) if open_to_it else frozenset()
    if caller.granted is not None and not caller.expired and situation.level != "private":
        held |= _INCLUDED[caller.granted]
    return held


def _of_the_owner(situation: Situation) -> frozenset[Right]:
    if situation.state == "present":
        return frozenset({"read", "write", "delete", "own"})
    if situation.state == "archived":
        return frozenset({"restore", "archived"})
    return frozenset({"restore"}) if situation.state == "deleted" else frozenset()
