"""Create the tables of the plugin."""

import sqlalchemy as sa
from alembic import op

revision = "usage_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the plugin."""
    op.create_table(
        "token_consumption",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("window_hour", sa.String(length=10), nullable=False),
        sa.Column("prompt_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("response_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tool_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "consumption_count",
            sa.Integer(),
            sa.Computed("prompt_count + response_count + tool_count", persisted=True),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint(
            "length(window_hour) = 10 AND ltrim(window_hour, '0123456789') = ''",
            name=op.f("ck_token_consumption_window_hour_digits"),
        ),
        sa.CheckConstraint(
            "substr(window_hour, 5, 2) BETWEEN '01' AND '12' AND substr(window_hour, 7, 2) BETWEEN '01' AND '31' AND substr(window_hour, 9, 2) BETWEEN '00' AND '23'",
            name=op.f("ck_token_consumption_window_hour_range"),
        ),
        sa.CheckConstraint("prompt_count >= 0", name=op.f("ck_token_consumption_prompt_count_minimum")),
        sa.CheckConstraint("response_count >= 0", name=op.f("ck_token_consumption_response_count_minimum")),
        sa.CheckConstraint("tool_count >= 0", name=op.f("ck_token_consumption_tool_count_minimum")),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_token_consumption_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agent_id", "window_hour", name=op.f("pk_token_consumption")),
    )
    with op.batch_alter_table("token_consumption", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_consumption_window_hour"), ["window_hour"], unique=False)
