"""Create the tables of the plugin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "accounts_0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the plugin."""
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=True),
        sa.Column("full_name", sa.String(length=255), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("failed_login_attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_failed_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_ip", sa.String(length=45), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "inactive",
                "suspended",
                "locked",
                "pending",
                name="status",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="active",
            nullable=False,
        ),
        sa.Column(
            "roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default='["user"]', nullable=False
        ),
        sa.Column(
            "permissions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.Column("mfa_enabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("mfa_secret", sa.Text(), nullable=True),
        sa.Column("backup_codes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("force_password_change", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_timeout_minutes", sa.Integer(), server_default="480", nullable=False),
        sa.Column("preferred_agent_id", sa.Text(), nullable=True),
        sa.Column("agent_namespace", sa.Text(), server_default="default", nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=True),
        sa.Column("last_modified_by", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint("failed_login_attempts >= 0", name=op.f("ck_users_failed_login_attempts_minimum")),
        sa.CheckConstraint("session_timeout_minutes >= 1", name=op.f("ck_users_session_timeout_minutes_minimum")),
        sa.ForeignKeyConstraint(
            ["preferred_agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_users_preferred_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_agent_namespace"), ["agent_namespace"], unique=False)
        batch_op.create_index(batch_op.f("ix_users_email_status"), ["email", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_users_last_login_at"), ["last_login_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_users_preferred_agent_id"), ["preferred_agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_users_status_last_login_at"), ["status", "last_login_at"], unique=False)

    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("key_prefix", sa.String(length=8), nullable=False),
        sa.Column(
            "scopes",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default='["read"]',
            nullable=False,
        ),
        sa.Column("allowed_ips", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("rate_limit_per_hour", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_ip", sa.String(length=45), nullable=True),
        sa.Column("total_requests", sa.Integer(), server_default="0", nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column(
            "metadata", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False
        ),
        sa.CheckConstraint("key_prefix = substr(key_id, 1, 8)", name=op.f("ck_api_keys_key_prefix_of_key_id")),
        sa.CheckConstraint("rate_limit_per_hour >= 1", name=op.f("ck_api_keys_rate_limit_per_hour_minimum")),
        sa.CheckConstraint("revoked_at IS NULL OR NOT is_active", name=op.f("ck_api_keys_revoked_is_inactive")),
        sa.CheckConstraint("total_requests >= 0", name=op.f("ck_api_keys_total_requests_minimum")),
        sa.CheckConstraint("user_id IS NOT NULL OR agent_id IS NOT NULL", name=op.f("ck_api_keys_owner")),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agents.agent_id"],
            name=op.f("fk_api_keys_agent_id_agents"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_keys_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_id", name=op.f("uq_api_keys_key_id")),
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_keys_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_api_keys_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_api_keys_is_active_expires_at"), ["is_active", "expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_api_keys_key_prefix"), ["key_prefix"], unique=False)
        batch_op.create_index(batch_op.f("ix_api_keys_user_id_is_active"), ["user_id", "is_active"], unique=False)

    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("token_id", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("family_id", sa.String(length=36), nullable=False),
        sa.Column("replaced_by", sa.String(length=36), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_revoked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_ip", sa.String(length=45), nullable=True),
        sa.Column("user_agent", sa.String(length=500), nullable=True),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
        sa.CheckConstraint("replaced_by <> id", name=op.f("ck_refresh_tokens_replaced_by_another")),
        sa.CheckConstraint("replaced_by IS NULL OR is_revoked", name=op.f("ck_refresh_tokens_replaced_is_revoked")),
        sa.ForeignKeyConstraint(
            ["replaced_by"],
            ["refresh_tokens.id"],
            name=op.f("fk_refresh_tokens_replaced_by_refresh_tokens"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_refresh_tokens_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("replaced_by", name=op.f("uq_refresh_tokens_replaced_by")),
        sa.UniqueConstraint("token_id", name=op.f("uq_refresh_tokens_token_id")),
    )
    with op.batch_alter_table("refresh_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refresh_tokens_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_refresh_tokens_family_id"), ["family_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_refresh_tokens_is_revoked_expires_at"), ["is_revoked", "expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_refresh_tokens_user_id_is_revoked"), ["user_id", "is_revoked"], unique=False
        )

    op.create_index("uq_users_username", "users", [sa.literal_column("lower(username)")], unique=True)
