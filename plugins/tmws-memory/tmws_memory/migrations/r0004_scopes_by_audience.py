"""Index owner, type and tags by audience too, so that a filter costs as much as what it leaves."""

from alembic import op

revision = "memory_0004"
down_revision = "memory_0003"


def upgrade() -> None:
    """Make the full-text index of SQLite anew; nothing is lost, for all of it follows from the documents."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("DROP VIEW tmws_memory_search_content")
    op.execute(
        "CREATE VIEW tmws_memory_search_content AS SELECT id, "
        "replace(scope, ' ', ' ' || substr(scope, 1, 9)) AS scope, "
        "replace(' ' || body, ' ', ' ' || substr(scope, 1, 9)) AS body FROM tmws_memory_documents"
    )
    op.execute("INSERT INTO tmws_memory_search(tmws_memory_search) VALUES ('rebuild')")
