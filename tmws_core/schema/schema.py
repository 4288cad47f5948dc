"""The schema of one database: what is planned for it, and the one way to bring it up to date."""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DBAPIError

from tmws_core.errors import SchemaRefused
from tmws_core.plugin_record import PluginRecord
from tmws_core.schema.engine import (
    database_file,
    database_urls,
    explain,
    prepare_file,
    schema_engine,
    use_write_ahead_log,
)
from tmws_core.schema.executor import execute
from tmws_core.schema.lock import schema_lock
from tmws_core.schema.plan import Plan
from tmws_core.schema.planner import drift, make_plan, plan_for_new_database
from tmws_core.schema.registry import Applied, applied_states
from tmws_core.schema.safety_copy import take_safety_copy

logger = logging.getLogger(__name__)


class Schema:
    """The schema of the database at one URL.

    Every method opens and closes its own connection.
    """

    def __init__(self, database_url: str, lock_seconds: float = 30.0) -> None:
        """Take a database, which need not exist yet.

        Args:
            database_url: `sqlite:///file` or `postgresql://…`.
            lock_seconds: how long to wait for another process that changes the schema.

        Raises:
            ConfigurationError: the URL cannot be used.
        """
        self._url, _ = database_urls(database_url)
        self._engine = schema_engine(self._url)
        self._lock_seconds = lock_seconds

    def applied(self) -> dict[str, Applied]:
        """What the database records of every plugin that it has ever known; nothing when it does not exist."""
        if not self._exists():
            return {}
        with self._reading() as connection:
            return applied_states(connection)

    def plan(self, records: Sequence[PluginRecord]) -> Plan:
        """What `apply` would do; nothing is created, not even a file.

        Args:
            records: the active plugins, each after those that it needs; the core's own record comes first.
        """
        if not self._exists():
            return plan_for_new_database(records)
        with self._reading() as connection:
            return make_plan(connection, records)

    def apply(self, records: Sequence[PluginRecord], *, strict: bool = False) -> Plan:
        """Bring the database up to what the plugins declare, and prove it.

        When nothing is to be done, nothing is locked and nothing is written.

        Args:
            records: as for `plan`.
            strict: change nothing at all unless every plugin's step succeeds.

        Returns:
            The plan that was carried out, with the plugins that failed and why.

        Raises:
            DatabaseError: the database cannot be used, or another process holds the lock for too long.
            SchemaRefused: `strict` was asked for, and a plugin was refused or failed.
        """
        plan = self.plan(records)
        if plan.writes:
            plan = self._apply_under_lock(records, strict)
        else:
            plan = replace(plan, failures={step.plugin: step.reason for step in plan.stopped})
        if strict:
            _refuse(plan.failures)
        return plan

    def drift(self, records: Sequence[PluginRecord]) -> dict[str, list[str]]:
        """How the live tables of each plugin differ from the declared ones; an empty list when they do not."""
        if not self._exists():
            return {record.name: ["the database does not exist"] for record in records}
        with self._reading() as connection:
            return {record.name: drift(connection, record) for record in records}

    def _apply_under_lock(self, records: Sequence[PluginRecord], strict: bool) -> Plan:
        prepare_file(self._url)
        with schema_lock(self._engine, self._lock_seconds):
            plan = self.plan(records)  # another process may have done it in the meantime
            file = database_file(self._url)
            if file is not None and plan.upgrades:
                logger.info("copying %s before the upgrade", file)
                logger.info("the copy is %s", take_safety_copy(file))
            with self._writing() as connection:
                failures = execute(connection, plan, records)
                if strict:
                    _refuse(failures)
            return replace(plan, failures=failures)

    def _exists(self) -> bool:
        file = database_file(self._url)
        return file is None or file.exists()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect().execution_options(tmws_read_only=True) as connection:
                yield connection
        except DBAPIError as error:
            raise explain(error, self._url) from error

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        file = database_file(self._url)
        if file is not None and not file.exists():
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        try:
            with self._engine.connect() as connection:
                use_write_ahead_log(connection)
                with connection.begin():
                    yield connection
        except DBAPIError as error:
            raise explain(error, self._url) from error


def _refuse(failures: dict[str, str]) -> None:
    if failures:
        raise SchemaRefused("; ".join(f"plugin {name!r}: {reason}" for name, reason in failures.items()))


def hidden(url: str) -> str:
    """A database URL as it may be shown: without its password."""
    return make_url(url).render_as_string(hide_password=True)
