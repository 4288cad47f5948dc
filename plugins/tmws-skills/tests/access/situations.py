"""Who calls, in which situation a skill is, and what the rule says of the two, written down a second time.

It is not derived from `tmws_skills.access`: what both have in common is the text of the rule alone.
"""

from dataclasses import dataclass
from typing import Literal

from tmws_core import Principal

Right = Literal["read", "write", "delete", "own", "restore", "review", "import"]
"""`own` is what the owner alone may do with a present skill, `restore` with a deleted one; `review` is what every
reader may do but the author, who is the owner in this table; and `import` what a writer may do within its own
namespace."""

ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Caller:
    """Somebody who calls.

    Attributes:
        name: the agent's name.
        near: whether it calls from the skill's namespace.
        granted: for what every skill is shared with it, whatever its level.
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
        """The caller, for a skill in a namespace."""
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
OWNER = CALLERS[0]


@dataclass(frozen=True)
class Situation:
    """An access level, and whether the skill is there."""

    level: Literal["private", "team", "shared", "public", "system"]
    deleted: bool = False

    def __str__(self) -> str:
        return f"{self.level}, deleted" if self.deleted else self.level


SITUATIONS = (
    Situation("private"),
    Situation("team"),
    Situation("shared"),
    Situation("public"),
    Situation("system"),
    Situation("public", deleted=True),
)

_INCLUDED: dict[str, frozenset[Right]] = {
    "read": frozenset({"read"}),
    "write": frozenset({"read", "write"}),
    "delete": frozenset({"read", "write", "delete"}),
}


def rights(caller: Caller, situation: Situation) -> frozenset[Right]:
    """What a caller may do with a skill in a situation."""
    if caller.owns:
        return frozenset({"restore"}) if situation.deleted else frozenset({"read", "write", "delete", "own", "import"})
    if situation.deleted:
        return frozenset()
    open_to_it = situation.level in ("public", "system") or (situation.level == "team" and caller.near)
    held: frozenset[Right] = frozenset({"read"}) if open_to_it else frozenset()
    if caller.granted is not None and not caller.expired and situation.level != "private":
        held |= _INCLUDED[caller.granted]
    if "write" in held and caller.near:
        held |= {"import"}
    return held | {"review"} if held else held
