"""Runs a plugin's revisions with Alembic's operations, on a connection whose transaction is somebody else's."""

from collections.abc import Iterable

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, MetaData

from tmws_core.declarative import NAMING_CONVENTION
from tmws_core.history import Revision


def run_revisions(connection: Connection, revisions: Iterable[Revision]) -> None:
    """Run the `upgrade` functions of revision files, oldest first.

    Args:
        connection: the migrating connection; on SQLite it does not enforce foreign keys, because rebuilding a table
            would otherwise delete the rows of other plugins that refer to it.
        revisions: the revisions to run.
    """
    # constraints that a revision leaves unnamed are named as in the models
    conventions = MetaData(naming_convention=dict(NAMING_CONVENTION))
    context = MigrationContext.configure(connection, opts={"target_metadata": conventions})
    for revision in revisions:
        module = revision.load()
        with Operations.context(context):
            module.upgrade()
