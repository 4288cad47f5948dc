"""Index by audience, and keep the moment of a memory beside its words, so that a search finds both without a detour."""

from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "memory_0003"
down_revision = "memory_0002"

_FORGET = (
    "INSERT INTO tmws_memory_search(tmws_memory_search, rowid, scope, body) "
    "SELECT 'delete', id, scope, body FROM tmws_memory_search_content WHERE id = old.id; "
)
_LEARN = (
    "INSERT INTO tmws_memory_search(rowid, scope, body) "
    "SELECT id, scope, body FROM tmws_memory_search_content WHERE id = new.id; "
)
_CONSONANTS = "bcdfghjklmnpqrstvwxz0123456789"
_AT_ONCE = 1000


def upgrade() -> None:
    """Bring what is derived from the memories up to date; nothing is lost, for all of it follows from them."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        _drop_search_index()
    with op.batch_alter_table("tmws_memory_documents") as documents:
        documents.add_column(sa.Column("remembered_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE tmws_memory_documents SET remembered_at = "
        "(SELECT created_at FROM memories WHERE memories.id = tmws_memory_documents.memory_id)"
    )
    _name_audiences()
    with op.batch_alter_table("tmws_memory_documents") as documents:
        documents.alter_column("remembered_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    if sqlite:
        _create_search_index()


def _drop_search_index() -> None:
    for event in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER tmws_memory_search_{event}")
    op.execute("DROP TABLE tmws_memory_search")


def _create_search_index() -> None:
    op.execute(
        "CREATE VIEW tmws_memory_search_content AS SELECT id, scope, "
        "replace(' ' || body, ' ', ' ' || substr(scope, 1, 9)) AS body FROM tmws_memory_documents"
    )
    op.execute(
        "CREATE VIRTUAL TABLE tmws_memory_search USING fts5(scope, body, content='tmws_memory_search_content', "
        "content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')"
    )
    for name, event, statement in (
        ("insert", "AFTER INSERT", _LEARN),
        ("delete", "BEFORE DELETE", _FORGET),
        ("change", "BEFORE UPDATE", _FORGET),
        ("update", "AFTER UPDATE", _LEARN),
    ):
        op.execute(f"CREATE TRIGGER tmws_memory_search_{name} {event} ON tmws_memory_documents BEGIN {statement}END")
    op.execute("INSERT INTO tmws_memory_search(tmws_memory_search) VALUES ('rebuild')")


def _name_audiences() -> None:
    connection = op.get_bind()
    scopes = connection.execute(sa.text("SELECT id, scope FROM tmws_memory_documents")).all()
    change = sa.text("UPDATE tmws_memory_documents SET scope = :scope WHERE id = :id")
    for start in range(0, len(scopes), _AT_ONCE):
        rows = [{"id": key, "scope": _scope(scope)} for key, scope in scopes[start : start + _AT_ONCE]]
        connection.execute(change, rows)


def _scope(former: str) -> str:
    """The scope of a document: it began with namespace and owner, and ended with a word when it was not private."""
    namespace, owner, *rest = former.split()
    if rest[-1:] == ["open"]:
        return " ".join([_audience(namespace), owner, *rest[:-1]])
    return " ".join([_audience(f"{namespace} {owner}"), owner, *rest])


def _audience(value: str) -> str:
    number = int.from_bytes(blake2b(value.encode(), digest_size=8).digest())
    word = "q"
    while len(word) < 9:
        number, place = divmod(number, len(_CONSONANTS))
        word += _CONSONANTS[place]
    return word
