"""Keep access tokens beside their refresh tokens, count failed logins, and give keys well-formed scopes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "accounts_0002"
down_revision = "accounts_0001"

_SCOPES = {
    "full": "*",
    "admin": "*",
    "read": "*:read",
    "write": "*:write",
    "memory": "memory:*",
    "tasks": "tasks:*",
    "workflows": "workflows:*",
}


def upgrade() -> None:
    """Keep access tokens beside their refresh tokens, count failed logins, and give keys well-formed scopes."""
    op.add_column("refresh_tokens", sa.Column("successor_nonce", sa.String(length=64), nullable=True))
    op.add_column("refresh_tokens", sa.Column("access_hash", sa.Text(), nullable=True))
    op.add_column("refresh_tokens", sa.Column("access_expires_at", sa.DateTime(timezone=True), nullable=True))
    _create_login_failures()
    _rewrite_scopes()
    _change_default_scopes()


def _create_login_failures() -> None:
    op.create_table(
        "tmws_accounts_login_failures",
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("failures >= 1", name=op.f("ck_tmws_accounts_login_failures_failures_minimum")),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_tmws_accounts_login_failures")),
    )
    op.create_index(
        op.f("ix_tmws_accounts_login_failures_last_failed_at"), "tmws_accounts_login_failures", ["last_failed_at"]
    )


def _rewrite_scopes() -> None:
    """The words of the first revision, where a key has them, become the scopes that they meant."""
    keys = sa.table("api_keys", sa.column("id", sa.String()), sa.column("scopes", _json()))
    connection = op.get_bind()
    for identifier, scopes in connection.execute(sa.select(keys.c.id, keys.c.scopes)).all():
        rewritten = list(dict.fromkeys(_SCOPES.get(scope, scope) for scope in scopes))
        if rewritten != scopes:
            connection.execute(keys.update().where(keys.c.id == identifier).values(scopes=rewritten))


def _change_default_scopes() -> None:
    # SQLite makes the table anew, and nobody tells it of the checks that it had
    checks = {
        "key_prefix_of_key_id": "key_prefix = substr(key_id, 1, 8)",
        "rate_limit_per_hour_minimum": "rate_limit_per_hour >= 1",
        "revoked_is_inactive": "revoked_at IS NULL OR NOT is_active",
        "total_requests_minimum": "total_requests >= 0",
        "owner": "user_id IS NOT NULL OR agent_id IS NOT NULL",
    }
    with op.batch_alter_table(
        "api_keys",
        table_args=tuple(sa.CheckConstraint(text, name=op.f(f"ck_api_keys_{name}")) for name, text in checks.items()),
        reflect_kwargs={"resolve_fks": False},
    ) as batch_op:
        batch_op.alter_column(
            "scopes",
            existing_type=_json(),
            existing_nullable=False,
            existing_server_default='["read"]',
            server_default='["*:read"]',
        )


def _json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
