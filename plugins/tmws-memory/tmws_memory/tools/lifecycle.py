"""To do what is due with memories, and to clear away what is old and does not matter."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tmws_core import Context, tool
from tmws_core.columns import utc_now
from tmws_core.tool_errors import InvalidArguments
from tmws_memory import removal
from tmws_memory.access import GOVERN, owned, readable
from tmws_memory.answers import Kind
from tmws_memory.lifecycle import old_and_unimportant
from tmws_memory.maintenance import MaintenanceReport, maintain
from tmws_memory.models.memory import Memory
from tmws_memory.settings import MemorySettings
from tmws_memory.state import MemoryState
from tmws_memory.tools.arguments import Namespace

WITHOUT_CONFIRMATION = 10
MEMORIES_SHOWN = 20
CHARACTERS_SHOWN = 100

DryRun = Annotated[bool, Field(description="Only say what would be done.")]


class Cleared(BaseModel):
    """A memory that was cleared away, or would be."""

    kind: Kind = "data"
    id: str
    beginning: str
    importance: float
    created_at: datetime


class Cleanup(BaseModel):
    """What a cleanup deleted, or would delete when it is a dry one."""

    dry_run: bool = Field(description="Nothing was deleted.")
    namespace: str
    count: int
    memories: list[Cleared] = Field(description=f"The first {MEMORIES_SHOWN}, the oldest first.")
    more: bool = Field(description="There are more than one call deletes; call again.")
    restorable_until: datetime | None = Field(description="Until then memory_restore brings each of them back.")


@tool(scope=GOVERN, destructive=True)
async def memory_maintain(ctx: Context, dry_run: DryRun = True) -> MaintenanceReport:
    """Do what is due with all memories: expire, end grants, remove for good what was deleted long ago, embed again."""
    known = or_(owned(ctx.principal), readable(ctx.principal))
    report = await maintain(ctx.transaction, ctx.settings(MemorySettings), dry_run=dry_run, known=known)
    if not dry_run and report.embeddings_retried.count:
        ctx.state(MemoryState).worker.wake()
    return report


@tool(scope="memory:write", destructive=True)
async def memory_cleanup(
    ctx: Context,
    older_than_days: Annotated[
        float, Field(strict=True, ge=0, le=36_500, description="Only what was remembered longer ago.")
    ] = 90,
    below_importance: Annotated[
        float, Field(strict=True, ge=0, le=1, description="Only what matters less than this.")
    ] = 0.3,
    namespace: Namespace = None,
    dry_run: DryRun = True,
    confirm: Annotated[bool, Field(description=f"Needed to delete more than {WITHOUT_CONFIRMATION} memories.")] = False,
) -> Cleanup:
    """Delete your own memories that are old and do not matter; memory_restore brings them back for some days."""
    settings, now = ctx.settings(MemorySettings), utc_now()
    place, most = namespace or ctx.principal.namespace, settings.most_per_maintenance
    due = old_and_unimportant(ctx.principal.agent_id, place, now - timedelta(days=older_than_days), below_importance)
    oldest = select(Memory).where(due).order_by(Memory.created_at, Memory.id).limit(most + 1)
    oldest = oldest.with_for_update(skip_locked=True)  # what somebody changes at this moment is in use

    def work(session: Session) -> Sequence[Memory]:
        found = session.scalars(oldest).all()
        if not dry_run:
            _refuse_unconfirmed(min(len(found), most), confirm)
            removal.bury(session, [memory.id for memory in found[:most]], now)
        return found

    def tell(found: Sequence[Memory]) -> None:
        for memory in found[:most]:
            ctx.publish("memory.deleted", memory_id=memory.id, namespace=memory.namespace)

    found = await ctx.transaction(work, None if dry_run else tell)
    cleared = found[:most]
    return Cleanup(
        dry_run=dry_run,
        namespace=place,
        count=len(cleared),
        memories=[_shown(memory) for memory in cleared[:MEMORIES_SHOWN]],
        more=len(found) > most,
        restorable_until=None if dry_run or not cleared else now + timedelta(days=settings.undo_days),
    )


def _refuse_unconfirmed(count: int, confirm: bool) -> None:
    if count > WITHOUT_CONFIRMATION and not confirm:
        raise InvalidArguments(
            f"confirm: {count} memories would be deleted, and without it at most {WITHOUT_CONFIRMATION} are",
            hint="look at them with dry_run first, then call again with confirm",
            details={"faults": [{"argument": "confirm", "fault": f"needed for {count} memories"}], "count": count},
        )


def _shown(memory: Memory) -> Cleared:
    return Cleared(
        id=memory.id,
        beginning=memory.content[:CHARACTERS_SHOWN],
        importance=memory.importance_score,
        created_at=memory.created_at,
    )
