"""Tell names apart by what they look like."""

from unicodedata import normalize

import sqlalchemy as sa
from alembic import op

revision = "agents_0002"
down_revision = "agents_0001"

_SKELETON = str.maketrans({"0": "o", "1": "l", "m": "rn", ".": "-", "_": "-"})
_NAMES = {"agent_namespaces": "namespace", "agents": "agent_id", "agent_teams": "team_id", "personas": "name"}


def upgrade() -> None:
    """Tell names apart by what they look like."""
    for table, name in _NAMES.items():
        op.add_column(table, sa.Column("look_alike", sa.Text(), nullable=True))
        _fill(table, name)
        op.create_index(f"ix_{table}_look_alike", table, ["look_alike"], unique=True)


def _fill(table: str, name: str) -> None:
    """Of several names that look alike the oldest row's counts; the others keep theirs, and nobody gets a third."""
    rows = sa.table(table, sa.column("id"), sa.column(name), sa.column("look_alike"), sa.column("created_at"))
    connection = op.get_bind()
    taken: dict[str, str] = {}
    for identifier, text in connection.execute(
        sa.select(rows.c.id, rows.c[name]).order_by(rows.c.created_at, rows.c.id)
    ):
        taken.setdefault(_look_alike(text), identifier)
    statement = sa.update(rows).where(rows.c.id == sa.bindparam("row")).values(look_alike=sa.bindparam("skeleton"))
    if taken:
        connection.execute(statement, [{"row": row, "skeleton": skeleton} for skeleton, row in taken.items()])


def _look_alike(name: str) -> str:
    return normalize("NFKC", name).casefold().translate(_SKELETON)
