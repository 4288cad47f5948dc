"""Canaries: words that stand in one row alone, so that whoever hears one has been told of that row."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from tmws_core.principal import Principal

REACH = {"private": 0, "shared": 0, "team": 1, "public": 2, "system": 2}
"""How far each access level reaches: to the owner, to the namespace, to everybody."""
_WORD = re.compile(r"xq\d{6}x|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Row:
    """Something that somebody has stored.

    Attributes:
        owner: the agent that has stored it.
        namespace: from where.
        reach: how far it may be heard, as in `REACH`.
        granted: agents that may hear of it besides.
    """

    owner: str
    namespace: str
    reach: int
    granted: set[str] = field(default_factory=set)

    def is_for(self, principal: Principal) -> bool:
        """Whether a caller may hear of it."""
        near = self.reach == 1 and principal.namespace == self.namespace
        return self.reach > 1 or near or principal.agent_id in {self.owner, *self.granted}


@dataclass
class Canaries:
    """All canaries, each with its row.

    Attributes:
        rows: by the canary.
        names: for the name of an argument or of a field of an answer, the canaries that stood there; and the same for
            rows of one kind alone, under the kind, a dot and the name.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=count)

    def new(self) -> str:
        """A word that was never said."""
        return f"xq{next(self._numbers):06d}x"

    def keep(self, row: Row, said: object, name: str = "", *, kind: str = "") -> None:
        """Keep the canaries in what was said when a row was stored, where they are not known already.

        Args:
            row: the row.
            said: what was said.
            name: of the argument or the field in which it was.
            kind: what the row is, such as `memory`; its `id` is a `memory_id` elsewhere.
        """
        if isinstance(said, dict):
            for key, value in said.items():
                self.keep(row, value, f"{kind}_id" if key == "id" else str(key), kind=kind)
        elif isinstance(said, list):
            for value in said:
                self.keep(row, value, name, kind=kind)
        elif isinstance(said, str):
            for word in words_of(said):
                if word not in self.rows:
                    self.rows[word] = row
                    for place in (name, f"{kind}.{name}"):
                        self.names.setdefault(place, []).append(said if name.endswith("cursor") else word)

    def called(self, name: str, kind: str = "") -> list[str]:
        """The canaries that may be meant by the name of an argument, such as `memory_ids` or `owner`.

        Args:
            name: the argument's name.
            kind: of which rows, if any of that kind are known; `name` is that of a persona for one door and that of a
                skill for another.
        """
        alone = name.removesuffix("s")
        for place in (name, alone, f"{alone}_id"):
            if own := self.names.get(f"{kind}.{place}"):
                return own
        known = [*self.names.get(name, ()), *self.names.get(alone, ())]
        return known or self.names.get(f"{alone}_id", [])

    def foreign_to(self, principal: Principal, words: Iterable[str]) -> list[str]:
        """Those of some words that a caller may not hear."""
        return [word for word in words if word in self.rows and not self.rows[word].is_for(principal)]


def kind_of(door: str) -> str:
    """What the rows of a door are, by its name: `memory` for `memory_store`."""
    return door.partition("_")[0]


def words_of(text: str) -> set[str]:
    """Everything in a text that can be a canary."""
    return set(_WORD.findall(text))
