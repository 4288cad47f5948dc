"""A database of the first revision is upgraded by the start of a server."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from tmws_accounts import migrations
from tmws_core.application import Application
from tmws_core.assembly import Assembly
from tmws_core.history import History
from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.schema.migration import run_revisions
from tmws_core.schema.registry import record_applied
from tmws_core.settings import Settings

SCOPES = {"a": '["read"]', "b": '["full", "admin"]', "c": '["memory", "write"]', "d": '["memory:read"]', "e": "[]"}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings({}, home=tmp_path, database_url=database_url, plugins="agents,accounts", strict=True)


@pytest.fixture
def former(settings: Settings, database_url: str) -> None:
    """A database of the first revision, with a user, keys, and a token that has replaced another."""
    assembly = Assembly(settings)
    assembly.schema.apply([record for record in assembly.active if record.name != "accounts"], strict=True)
    url, _ = database_urls(database_url)
    with schema_engine(url).connect() as connection, connection.begin():
        run_revisions(connection, History.of(migrations).revisions[:1])
        record_applied(connection, [record for record in assembly.active if record.name == "accounts"])
        connection.execute(text("UPDATE tmws_plugins SET revision = 'accounts_0001' WHERE plugin = 'accounts'"))
        _fill(connection)


def _fill(connection: Connection) -> None:
    connection.execute(text("INSERT INTO users (id, username, password_hash) VALUES ('1', 'ann', 'hash')"))
    for identifier, scopes in SCOPES.items():
        connection.execute(
            text(
                "INSERT INTO api_keys (id, key_id, key_prefix, name, key_hash, user_id, scopes)"
                " VALUES (:id, :id, :id, 'ci', 'hash', '1', :scopes)"
            ),
            {"id": identifier, "scopes": scopes},
        )
    for identifier, replaced_by in (("second", None), ("first", "second")):
        connection.execute(
            text(
                "INSERT INTO refresh_tokens"
                " (id, token_id, token_hash, family_id, expires_at, user_id, replaced_by, is_revoked)"
                " VALUES (:id, :id, 'hash', 'family', '2100-01-01 00:00:00', '1', :replaced_by, true)"
            ),
            {"id": identifier, "replaced_by": replaced_by},
        )


async def test_the_rows_are_kept_and_their_scopes_well_formed(former: None, settings: Settings) -> None:
    async with Application(settings) as application, application.database.session(read_only=True) as session:
        tokens = await session.execute(text("SELECT id, replaced_by, access_hash FROM refresh_tokens ORDER BY id"))
        keys = await session.execute(text("SELECT id, CAST(scopes AS TEXT) FROM api_keys ORDER BY id"))
        assert [tuple(row) for row in tokens] == [("first", "second", None), ("second", None, None)]
        assert [tuple(row) for row in keys] == [
            ("a", '["*:read"]'),
            ("b", '["*"]'),
            ("c", '["memory:*", "*:write"]'),
            ("d", '["memory:read"]'),
            ("e", "[]"),
        ]


async def test_an_upgraded_key_may_read_by_default(former: None, settings: Settings) -> None:
    async with Application(settings) as application, application.database.session(read_only=False) as session:
        await session.execute(
            text(
                "INSERT INTO api_keys (id, key_id, key_prefix, name, key_hash, user_id)"
                " VALUES ('f', 'f', 'f', 'ci', 'hash', '1')"
            )
        )
        found = await session.scalar(text("SELECT CAST(scopes AS TEXT) FROM api_keys WHERE id = 'f'"))
    assert found == '["*:read"]'


@pytest.mark.parametrize(
    "change",
    [
        "key_prefix = 'x'",
        "rate_limit_per_hour = 0",
        "revoked_at = CURRENT_TIMESTAMP",
        "total_requests = -1",
        "user_id = NULL",
        "user_id = 'nobody'",
        "agent_id = 'nobody'",
        "key_id = 'b', key_prefix = 'b'",
    ],
)
async def test_the_upgraded_keys_keep_their_constraints(former: None, settings: Settings, change: str) -> None:
    async with Application(settings) as application, application.database.session(read_only=False) as session:
        with pytest.raises(IntegrityError):
            await session.execute(text(f"UPDATE api_keys SET {change} WHERE id = 'a'"))
