"""How often a skill was used, and how well that went."""

from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tmws_skills.models.skill_activation import SkillActivation


class UseStatistics(BaseModel):
    """What came of the uses of a skill."""

    activations: int
    active: int = Field(description="How many are under way.")
    agents: int = Field(description="How many agents have used it.")
    succeeded: int
    failed: int
    success_rate: float | None = Field(description="Of those whose outcome is known, from 0 to 1.")
    usefulness: float | None = Field(description="The mean of what was said, from 0 to 1.")
    last_activated_at: datetime | None


def statistics(session: Session, condition: ColumnElement[bool]) -> UseStatistics:
    """Count activations.

    Args:
        session: a reading session.
        condition: which activations.
    """
    row = session.execute(
        select(
            func.count(),
            func.count().filter(SkillActivation.state == "active"),
            func.count(SkillActivation.agent_id.distinct()),
            func.count().filter(SkillActivation.outcome == "succeeded"),
            func.count().filter(SkillActivation.outcome == "failed"),
            func.avg(SkillActivation.usefulness),
            func.max(SkillActivation.activated_at),
        ).where(condition)
    ).one()
    activations, active, agents, succeeded, failed, usefulness, last = row
    known = succeeded + failed
    return UseStatistics(
        activations=activations,
        active=active,
        agents=agents,
        succeeded=succeeded,
        failed=failed,
        success_rate=round(succeeded / known, 4) if known else None,
        usefulness=None if usefulness is None else round(float(usefulness), 4),
        last_activated_at=last,
    )
