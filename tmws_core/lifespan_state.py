"""What the plugins' lifespans have yielded, for as long as they last."""

from typing import TypeVar

from tmws_core.errors import Conflict
from tmws_core.plugin_record import PluginRecord

State = TypeVar("State")


class LifespanState:
    """The objects that the running plugins keep between calls, each found by its class."""

    def __init__(self) -> None:
        self._kept: dict[type, tuple[PluginRecord, object]] = {}

    def keep(self, record: PluginRecord, state: object) -> None:
        """Take what a plugin's lifespan yielded.

        Args:
            record: the plugin.
            state: the object; None is nothing to keep.

        Raises:
            Conflict: another plugin keeps an object of the same class.
        """
        if state is None:
            return
        kind = type(state)
        if kind in self._kept:
            other, _ = self._kept[kind]
            raise Conflict(
                f"tmws_lifespan of {record.origin} yielded a {_named(kind)}, as that of {other.origin} did; yield an "
                "object of a class of the plugin's own"
            )
        self._kept[kind] = (record, state)

    def of(self, kind: type[State]) -> State:
        """The object of a class, and of no class derived from it.

        Raises:
            LookupError: no running plugin has yielded one.
        """
        _, state = self._kept.get(kind, (None, None))
        if not isinstance(state, kind):
            raise LookupError(f"no running plugin has yielded a {_named(kind)} in its tmws_lifespan")
        return state

    def forget(self, record: PluginRecord) -> None:
        """Let go of what a plugin keeps; its lifespan is over."""
        self._kept = {kind: kept for kind, kept in self._kept.items() if kept[0] is not record}


def _named(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
