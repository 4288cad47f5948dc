"""What the plugin keeps while the server runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from tmws_audit.contributions import inbox_of, witnessing_of
from tmws_audit.recorder import Recorder
from tmws_audit.sealing import Sealer
from tmws_audit.settings import AuditSettings, Files
from tmws_core.events import Listener
from tmws_core.host import Host

_OF_ADMINISTRATORS = (":govern", ":admin")


@dataclass(frozen=True)
class AuditState:
    """The parts that live as long as the server.

    Attributes:
        recorder: writes what does not write itself.
        sealer: signs checkpoints.
        listener: the observer's queue.
    """

    recorder: Recorder
    sealer: Sealer
    listener: Listener

    @property
    def missed(self) -> int:
        """How many calls and events this process has not recorded."""
        return self.listener.missed + self.recorder.missed + self.recorder.inbox.missed


@asynccontextmanager
async def running(application: Host) -> AsyncIterator[AuditState]:
    """Start what goes on in the background, and stop it again; what was heard by then is recorded."""
    settings = application.settings.section(AuditSettings)
    (inbox, observer), witnessing = inbox_of(application), witnessing_of(application)
    inbox.most = settings.most_waiting
    inbox.is_recorded = witnessing.has_recorded
    inbox.governs = witnessing.governs = _Governing(application)
    recorder = Recorder(application.database, inbox, settings.flush_seconds)
    sealer = Sealer(application.database, settings, Files.of(application.settings))
    listener = next(one for one in application.listeners if one.name == observer)
    tasks = [
        asyncio.create_task(recorder.run(), name="audit records"),
        asyncio.create_task(sealer.run(), name="audit checkpoints"),
    ]
    try:
        yield AuditState(recorder, sealer, listener)
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await listener.close()  # what has happened so far is heard first
        await recorder.flush()


class _Governing:
    """Whether to call a tool is an act of an administrator, by the scope that it declares."""

    def __init__(self, application: Host) -> None:
        self._application = application
        self._known: dict[str, bool] = {}

    def __call__(self, tool: str) -> bool:
        if not self._known:  # the catalogue is complete when the first call comes
            tools = self._application.catalogue.tools
            self._known = {name: one.tool.scope.endswith(_OF_ADMINISTRATORS) for name, one in tools.items()}
        return self._known.get(tool, False)
