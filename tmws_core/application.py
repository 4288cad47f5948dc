"""The application: everything that one server process holds, opened and closed as one thing."""

import logging
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import TracebackType
from typing import Any, Self

from pluggy import HookRelay

from tmws_core.assembly import Assembly
from tmws_core.call import Call
from tmws_core.catalogue import Catalogue
from tmws_core.database import Database
from tmws_core.discovery import refuse_any_failure, report
from tmws_core.errors import Conflict
from tmws_core.events import Event, Listener
from tmws_core.lifespan_state import LifespanState, State
from tmws_core.list_changes import ListChange, ListChanges
from tmws_core.pipeline import Pipeline
from tmws_core.plugin_record import PluginRecord, Status
from tmws_core.principal import EVERY_SCOPE, Principal
from tmws_core.rate_limits import RateLimits
from tmws_core.schema.plan import Plan
from tmws_core.settings import Settings
from tmws_core.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)


class Application:
    """Settings, plugins, schema, database and tools; `async with` opens and closes it, and nothing is global.

    Attributes:
        settings: all settings.
        assembly: the plugins.
        plan: what was done to the database at the start.
        database: the serving connections.
        catalogue: what the active plugins offer.
        pipeline: the way to call it.
        rate_limits: who called how often.
        list_changes: tells clients that their lists changed.
        listeners: the observers.
    """

    plan: Plan
    database: Database
    catalogue: Catalogue
    pipeline: Pipeline
    listeners: list[Listener]

    def __init__(self, settings: Settings | None = None) -> None:
        """Discover the plugins; the database is touched when the application is opened.

        Args:
            settings: all settings; those of the process's environment when none are given.

        Raises:
            ConfigurationError: a setting is unknown or malformed.
            PluginError: `strict` is set, and a plugin is not well.
        """
        self.settings = settings or Settings()
        self.assembly = Assembly(self.settings)
        self.rate_limits = RateLimits(self.settings.core.rate_limit)
        self.rate_limits.check(self.settings.core.rate_limit, "TMWS_RATE_LIMIT")
        self.list_changes = ListChanges()
        self._open_parts = AsyncExitStack()
        self._state = LifespanState()

    @property
    def version(self) -> str:
        """The core's version."""
        return self.assembly.records[0].version

    @property
    def hook(self) -> HookRelay:
        """Calls a hook that a plugin has brought, on every plugin that implements it: `hook.example_flavours()`."""
        return self.assembly.manager.hook

    @property
    def records(self) -> Sequence[PluginRecord]:
        """Every installed plugin, the core's own first."""
        return self.assembly.records

    @property
    def active(self) -> Sequence[PluginRecord]:
        """The plugins that run, each after those that it needs."""
        return self.assembly.active

    async def call_within(
        self, call: Call, unit_of_work: UnitOfWork, tool: str, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        """Call a tool from within another call, in its transaction where that is one for writing."""
        return await self.pipeline.call_within(call, unit_of_work, tool, arguments)

    def state(self, kind: type[State]) -> State:
        """What a plugin's `tmws_lifespan` has yielded, found by its class.

        Raises:
            LookupError: no running plugin has yielded an object of that class.
        """
        return self._state.of(kind)

    @property
    def local_principal(self) -> Principal:
        """Who calls through a door that only the machine's own user can reach: standard input, the command line."""
        core = self.settings.core
        return Principal(core.agent_id, core.agent_namespace, frozenset({EVERY_SCOPE}))

    def tell(self, event: Event) -> None:
        """Tell the observers what happened; this never waits and never fails."""
        for listener in self.listeners:
            listener.offer(event)

    def announce(self, change: ListChange) -> None:
        """Tell the clients that lists of theirs may have changed; this never waits and never fails."""
        self.list_changes.announce(change)

    async def __aenter__(self) -> Self:
        """Bring the schema up to date, then start the lifespans in the order of the plan.

        Raises:
            DatabaseError: the database cannot be used.
            PluginError: `strict` is set, and a plugin could not start.
        """
        self._apply()
        self.database = Database(self.settings.database_url, self.settings.core.sqlite_synchronous)
        self._open_parts.push_async_callback(self.database.close)
        self.catalogue = Catalogue(self.assembly.active)
        self.pipeline = Pipeline(self)
        self.listeners = [
            Listener(one.place, one.function, one.events)
            for record in self.assembly.active
            for one in record.contributions.observers
        ]
        for listener in self.listeners:
            self._open_parts.push_async_callback(listener.close)
        try:
            await self.database.open()
            await self._start_lifespans()
        except BaseException:
            await self._open_parts.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the lifespans in the reverse order, then close the database."""
        await self._open_parts.aclose()

    def _apply(self) -> None:
        assembly, strict = self.assembly, self.settings.core.strict
        self.plan = assembly.schema.apply(assembly.active, strict=strict)
        for record in assembly.active:
            if reason := self.plan.failures.get(record.name):
                record.stop(Status.FAILED, reason)
        assembly.drop(self.plan.failures)
        report(record for record in assembly.records if record.name in self.plan.failures)

    async def _start_lifespans(self) -> None:
        for record in list(self.assembly.active):
            stopped = [other for other in self.records if not other.active and other.distribution in record.requires]
            if stopped:
                record.stop(Status.SKIPPED, f"it needs plugin {stopped[0].origin}, which is {stopped[0].status}")
            else:
                await self._start_lifespan(record)
            if not record.active:
                self._take_out_of_service(record)

    async def _start_lifespan(self, record: PluginRecord) -> None:
        try:
            lifespan = self._lifespan_of(record)
            if lifespan is not None:
                await self._enter(record, lifespan)
        except Conflict as error:
            record.stop(Status.FAILED, str(error))
            logger.error("plugin %s could not start: %s", record.origin, error)
        except (Exception, SystemExit) as error:
            record.stop(Status.FAILED, f"its lifespan failed: {error!r}")
            logger.exception("plugin %s could not start", record.origin)

    async def _enter(self, record: PluginRecord, lifespan: AbstractAsyncContextManager[object]) -> None:
        state = await lifespan.__aenter__()
        try:
            self._state.keep(record, state)
        except Conflict:
            await _stop_lifespan(record, lifespan)
            raise
        self._open_parts.callback(self._state.forget, record)
        self._open_parts.push_async_callback(_stop_lifespan, record, lifespan)

    def _take_out_of_service(self, record: PluginRecord) -> None:
        if self.settings.core.strict:
            refuse_any_failure([record])
        self.assembly.drop([record.name])
        self.catalogue = Catalogue(self.assembly.active)
        observers = {one.place for one in record.contributions.observers}
        self.listeners = [listener for listener in self.listeners if listener.name not in observers]

    def _lifespan_of(self, record: PluginRecord) -> AbstractAsyncContextManager[object] | None:
        start = getattr(record.hooks, "tmws_lifespan", None)
        return None if start is None else start(application=self)


async def _stop_lifespan(record: PluginRecord, lifespan: AbstractAsyncContextManager[object]) -> None:
    """Stop what a plugin started; when that fails, the other plugins stop all the same."""
    try:
        await lifespan.__aexit__(None, None, None)
    except (Exception, SystemExit):
        logger.exception("plugin %s did not stop as it should", record.origin)
