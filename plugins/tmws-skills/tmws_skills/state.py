"""What the plugin keeps while the server runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tmws_core.host import Host
from tmws_skills.search.meaning import Meaning


@dataclass(frozen=True)
class SkillState:
    """What lives as long as the server.

    Attributes:
        meaning: compares questions with skills.
    """

    meaning: Meaning


@asynccontextmanager
async def running(application: Host) -> AsyncIterator[SkillState]:
    """The state of a running server.

    Args:
        application: the application that runs.
    """
    yield SkillState(Meaning(application))
