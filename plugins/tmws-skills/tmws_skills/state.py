"""What the plugin keeps while the server runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tmws_core.host import Host
from tmws_skills.maintenance import MaintenanceWorker
from tmws_skills.protocol.manifest import Manifests
from tmws_skills.search.meaning import Meaning
from tmws_skills.settings import SkillsSettings


@dataclass(frozen=True)
class SkillState:
    """What lives as long as the server.

    Attributes:
        meaning: compares questions with skills.
        maintenance: does what becomes due with skills.
        manifests: what is told of versions over MCP.
    """

    meaning: Meaning
    maintenance: MaintenanceWorker
    manifests: Manifests = field(default_factory=Manifests)


@asynccontextmanager
async def running(application: Host) -> AsyncIterator[SkillState]:
    """The state of a running server; what goes on in the background ends with it.

    Args:
        application: the application that runs.
    """
    maintenance = MaintenanceWorker(application.database, application.settings.section(SkillsSettings))
    maintaining = asyncio.create_task(maintenance.run(), name="skills maintenance")
    try:
        yield SkillState(Meaning(application), maintenance)
    finally:
        maintaining.cancel()
        with suppress(asyncio.CancelledError):
            await maintaining
