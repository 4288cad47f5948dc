"""Create the tables of the plugin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "licensing_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the plugin."""
    op.create_table(
        "license_keys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column(
            "tier",
            sa.Enum(
                "free", "pro", "enterprise", "administrator", name="tier", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("license_key_hash", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.Column(
            "max_overrides",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint("(revoked_at IS NULL) = is_active", name=op.f("ck_license_keys_active_until_revoked")),
        sa.CheckConstraint(
            "expires_at IS NULL OR expires_at > issued_at", name=op.f("ck_license_keys_expiration_after_issuance")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_license_keys_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_license_keys")),
        sa.UniqueConstraint("license_key_hash", name=op.f("uq_license_keys_license_key_hash")),
    )
    with op.batch_alter_table("license_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_license_keys_agent_id_is_active"), ["agent_id", "is_active"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_license_keys_expires_at_is_active"), ["expires_at", "is_active"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_license_keys_license_key_hash_is_active"), ["license_key_hash", "is_active"], unique=False
        )

    op.create_table(
        "license_key_usage",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("license_key_id", sa.String(length=36), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("feature_accessed", sa.String(length=128), nullable=True),
        sa.Column("usage_metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(
            ["license_key_id"],
            ["license_keys.id"],
            name=op.f("fk_license_key_usage_license_key_id_license_keys"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_license_key_usage")),
    )
    with op.batch_alter_table("license_key_usage", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_license_key_usage_license_key_id_feature_accessed"),
            ["license_key_id", "feature_accessed"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_license_key_usage_license_key_id_used_at"), ["license_key_id", "used_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_license_key_usage_used_at"), ["used_at"], unique=False)
