"""What stands beside a memory that somebody tries to reach: others like it, what it became, and where it was seen."""

from dataclasses import replace

from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_memory import consolidation
from tmws_memory.consolidation import Condensed
from tmws_memory.models.pattern import Pattern
from tmws_memory.reading import many
from tmws_memory.settings import MemorySettings

from .situations import CALLERS
from .target import remembered
from .world import Visit

_LIKE_IT = ("The {word} is indeed {secret}.", "Indeed the {word} is {secret}.")


async def like_it(visit: Visit) -> None:
    """Two more memories of the owner that say nearly the same, in the same situation; nobody else has any."""
    world, target = visit.world, visit.target
    if target in world.surrounded:
        return
    world.surrounded.append(target)
    settings = world.application.settings.section(MemorySettings)

    def work(session: Session) -> None:
        for frame in _LIKE_IT:
            remembered(session, replace(target, frame=frame), settings)

    await world.application.database.transaction(work, read_only=False)


async def consolidated(visit: Visit) -> None:
    """The owner has made another memory of it, and put it aside; the consolidation has the memory's identifier."""
    owner = CALLERS[0].principal(visit.target.namespace, frozenset())

    def work(session: Session) -> None:
        known = many(session, [visit.target.id], owner)
        if known:
            (source,) = (one.memory for one in known.values())
            text = f"It is known that {visit.target.text}"
            condensed = Condensed(text, "compress", "extractive", {}, [source], archives=True)
            consolidation.consolidate(session, owner, condensed).consolidation.id = visit.target.id

    await visit.world.application.database.transaction(work, read_only=False)


async def seen_in_patterns(visit: Visit) -> None:
    """The caller has patterns that show in the memory, from a time when it may have been able to read it."""

    def work(session: Session) -> None:
        ensure_registered(session, visit.call.principal)
        for pattern_type, how in (("correlation", "recalled"), ("cluster", "stored")):
            session.add(
                Pattern(
                    pattern_type=pattern_type,
                    signature=visit.target.id,
                    agent_id=visit.caller.name,
                    namespace=visit.target.namespace,
                    pattern_data={"how": how},
                    confidence=1.0,
                    frequency=3,
                    memory_ids=[visit.target.id],
                    is_active=how == "recalled",
                )
            )

    await visit.world.application.database.transaction(work, read_only=False)
