"""What a caller may go on typing: skills, of those that it can read."""

from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tmws_core import Context
from tmws_skills.access import readable
from tmws_skills.catalogue import is_active_for
from tmws_skills.fields import is_storable
from tmws_skills.models.skill import Skill

MOST = 100
"""How many values are offered at most (MCP 2026-07-28, completion)."""


async def skill(ctx: Context, typed: str, _chosen: Mapping[str, str]) -> Sequence[str]:
    """The skills whose name or namespace begins so: the active ones first, then those of the caller's namespace.

    A skill of the caller's namespace is called by its name, another one by its namespace and name.
    """
    if not is_storable(typed):
        return ()
    principal = ctx.principal
    begins = or_(
        Skill.name.istartswith(typed, autoescape=True),
        (Skill.namespace + "/" + Skill.name).istartswith(typed, autoescape=True),
    )
    statement = (
        select(Skill.namespace, Skill.name)
        .where(readable(principal), begins)
        .order_by(
            Skill.deprecated_at.is_not(None),
            is_active_for(principal).desc(),
            Skill.namespace != principal.namespace,
            Skill.name,
            Skill.namespace,
        )
        .limit(MOST)
    )

    def work(session: Session) -> list[str]:
        return [
            name if namespace == principal.namespace else f"{namespace}/{name}"
            for namespace, name in session.execute(statement)
        ]

    return await ctx.transaction(work)
