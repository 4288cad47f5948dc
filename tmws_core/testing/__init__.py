"""Fixtures for the tests of the core and of plugins; pytest loads them wherever tmws-core is installed.

Factories: `install_plugin` writes a distribution with a plugin into a temporary place and makes it importable.
Values: `database_url` is an empty database, `filled_database_url` one with the tables of every installed plugin; both
on SQLite and, where it can be had, on PostgreSQL. `settings` fits the filled one, `application` is opened on it.
`session` writes to a filled database that all tests share, and is rolled back after each.
"""

from tmws_core.testing.applications import application, session, settings, shared_databases
from tmws_core.testing.databases import (
    database_kind,
    database_url,
    filled_database_url,
    shared_database_url,
    shared_postgresql,
    shared_sqlite,
    sqlite_template,
)
from tmws_core.testing.distributions import install_plugin
from tmws_core.testing.postgresql import postgresql_server, postgresql_template
from tmws_core.testing.reserve import postgresql_reserve

__all__ = [
    "application",
    "database_kind",
    "database_url",
    "filled_database_url",
    "install_plugin",
    "postgresql_reserve",
    "postgresql_server",
    "postgresql_template",
    "session",
    "settings",
    "shared_database_url",
    "shared_databases",
    "shared_postgresql",
    "shared_sqlite",
    "sqlite_template",
]
