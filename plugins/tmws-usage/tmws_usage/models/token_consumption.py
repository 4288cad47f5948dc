"""Token consumption: what each agent used in each hour."""

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tmws_agents.models.agent import Agent
from tmws_core.columns import Timestamped, at_least
from tmws_usage.models.base import Base


class TokenConsumption(Timestamped, Base):
    """The tokens of one agent in one hour, in prompts, responses and tool calls; the sum is computed.

    `window_hour` is the hour in UTC as YYYYMMDDHH. One row holds all counts, so one statement can check a budget
    and book against it.
    """

    __tablename__ = "token_consumption"

    agent_id: Mapped[str] = mapped_column(
        Text, ForeignKey(Agent.agent_id, ondelete="CASCADE", onupdate="CASCADE"), primary_key=True
    )
    window_hour: Mapped[str] = mapped_column(String(10), primary_key=True, index=True)
    prompt_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    response_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    tool_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    consumption_count: Mapped[int] = mapped_column(
        Integer, Computed("prompt_count + response_count + tool_count", persisted=True)
    )

    # the sum is read back with each write: loading it later is not possible in an async session
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 -- SQLAlchemy reads it from the class

    __table_args__ = (
        CheckConstraint(
            "length(window_hour) = 10 AND ltrim(window_hour, '0123456789') = ''", name="window_hour_digits"
        ),
        CheckConstraint(
            "substr(window_hour, 5, 2) BETWEEN '01' AND '12'"
            " AND substr(window_hour, 7, 2) BETWEEN '01' AND '31'"
            " AND substr(window_hour, 9, 2) BETWEEN '00' AND '23'",
            name="window_hour_range",
        ),
        at_least("prompt_count", 0),
        at_least("response_count", 0),
        at_least("tool_count", 0),
    )
