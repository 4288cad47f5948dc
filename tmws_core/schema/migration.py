"""Runs a plugin's revisions with Alembic's operations, on a connection whose transaction is somebody else's."""

from collections.abc import Iterable

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

from tmws_core.history import Revision


def run_revisions(connection: Connection, revisions: Iterable[Revision]) -> None:
    """Run the `upgrade` functions of revision files, oldest first.

    Args:
        connection: the migrating connection; on SQLite it does not enforce foreign keys, because rebuilding a table
            would otherwise delete the rows of other plugins that refer to it.
        revisions: the revisions to run.
    """
    context = MigrationContext.configure(connection)
    for revision in revisions:
        module = revision.load()
        with Operations.context(context):
            module.upgrade()
