"""What a running application is to the code that it hosts: tools, plugins, the pipeline."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pluggy import HookRelay

    from tmws_core.call import Call
    from tmws_core.catalogue import Catalogue
    from tmws_core.database import Database
    from tmws_core.events import Event, Listener
    from tmws_core.lifespan_state import State
    from tmws_core.list_changes import ListChange
    from tmws_core.plugin_record import PluginRecord
    from tmws_core.principal import Principal
    from tmws_core.rate_limits import RateLimits
    from tmws_core.settings import Settings
    from tmws_core.unit_of_work import UnitOfWork


class Host(Protocol):
    """A running application, as far as hosted code may know it; `Application` is one."""

    @property
    def version(self) -> str:
        """The core's version."""

    @property
    def local_principal(self) -> "Principal":
        """Who calls through a door that only the machine's own user can reach."""

    @property
    def settings(self) -> "Settings":
        """All settings."""

    @property
    def hook(self) -> "HookRelay":
        """Calls a hook that a plugin has brought, on every plugin that implements it."""

    @property
    def records(self) -> "Sequence[PluginRecord]":
        """Every installed plugin, the core's own first."""

    @property
    def active(self) -> "Sequence[PluginRecord]":
        """The plugins that run, each after those that it needs."""

    @property
    def database(self) -> "Database":
        """The serving connections."""

    @property
    def catalogue(self) -> "Catalogue":
        """What the active plugins offer."""

    @property
    def rate_limits(self) -> "RateLimits":
        """Who called how often."""

    @property
    def listeners(self) -> "Sequence[Listener]":
        """The observers."""

    def state(self, kind: "type[State]") -> "State":
        """What a plugin's `tmws_lifespan` has yielded, found by its class."""

    def tell(self, event: "Event") -> None:
        """Tell the observers what happened; this never waits and never fails."""

    def announce(self, change: "ListChange") -> None:
        """Tell the clients that lists of theirs may have changed; this never waits and never fails."""

    async def call_within(
        self, call: "Call", unit_of_work: "UnitOfWork", tool: str, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        """Call a tool from within another call, in its transaction where that is one for writing."""
