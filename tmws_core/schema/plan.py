"""What would be done to a database, as an object that can be printed before anything is done."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Action(StrEnum):
    """What a plan does about one plugin."""

    CREATE = "create"
    UPGRADE = "upgrade"
    ADOPT = "adopt"
    REFRESH = "refresh"
    CURRENT = "current"
    REFUSE = "refuse"
    SKIP = "skip"


WRITING = frozenset({Action.CREATE, Action.UPGRADE, Action.ADOPT, Action.REFRESH})
STOPPING = frozenset({Action.REFUSE, Action.SKIP})


@dataclass(frozen=True)
class Step:
    """What a plan does about one plugin.

    Attributes:
        plugin: the plugin's name.
        action: create its tables; upgrade them; adopt tables that are there and equal; refresh its record and seeds;
            nothing, because it is current; refuse it; or skip it, because a plugin that it needs is refused.
        tables: the tables that the plugin declares.
        missing: the tables that a creation creates.
        from_revision: the revision that the database records.
        to_revision: the newest revision that the plugin brings.
        reason: why it is refused or skipped.
    """

    plugin: str
    action: Action
    tables: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    from_revision: str | None = None
    to_revision: str | None = None
    reason: str = ""

    def __str__(self) -> str:
        """The step in a few words, such as `upgrade notes_0001 -> notes_0002`."""
        match self.action:
            case Action.CREATE:
                return f"create {len(self.missing)} tables" if len(self.missing) != 1 else "create 1 table"
            case Action.UPGRADE:
                return f"upgrade {self.from_revision} -> {self.to_revision}"
            case Action.REFUSE | Action.SKIP:
                return f"{self.action}: {self.reason}"
            case _:
                return str(self.action)


@dataclass(frozen=True)
class Absent:
    """A plugin that the database knows and that is not active now: its tables stay as they are."""

    plugin: str
    distribution: str
    version: str
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What would be done to a database.

    Attributes:
        steps: one for each active plugin, in the order in which they are carried out.
        absent: plugins that the database knows and that are not active.
        unclaimed: tables that no plugin claims, present or absent.
    """

    steps: tuple[Step, ...]
    absent: tuple[Absent, ...] = ()
    unclaimed: tuple[str, ...] = ()
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        """Whether carrying it out changes the database."""
        return any(step.action in WRITING for step in self.steps)

    @property
    def stopped(self) -> Iterator[Step]:
        """The steps that stop a plugin."""
        return (step for step in self.steps if step.action in STOPPING)

    @property
    def upgrades(self) -> bool:
        """Whether tables that may hold rows are changed."""
        return any(step.action is Action.UPGRADE for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """The plan for programs."""
        return {
            "plugins": [
                {
                    "plugin": step.plugin,
                    "action": step.action.value,
                    "tables": list(step.tables),
                    "missing": list(step.missing),
                    "from": step.from_revision,
                    "to": step.to_revision,
                    "reason": step.reason,
                }
                for step in self.steps
            ],
            "absent": [
                {"plugin": it.plugin, "distribution": it.distribution, "version": it.version, "tables": list(it.tables)}
                for it in self.absent
            ],
            "unclaimed": list(self.unclaimed),
        }
