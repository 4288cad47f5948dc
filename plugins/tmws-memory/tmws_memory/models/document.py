"""Documents: the text under which a memory is found, and the full-text index over it.

The index is kept by the database itself, in the transaction that writes the row: by triggers on SQLite, where FTS5
reads its text from this table, and by a GIN index on PostgreSQL. The table has an integer key because FTS5 needs one
that a VACUUM leaves as it is.
"""

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_core.declarative import derived
from tmws_memory.models.base import Base
from tmws_memory.models.memory import Memory


class Document(Base):
    """A memory as the index sees it: its words, and a token for the namespace to narrow a search before ranking."""

    __tablename__ = "tmws_memory_documents"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    memory_id: Mapped[str] = mapped_column(String(36), ForeignKey(Memory.id, ondelete="CASCADE"), unique=True)
    namespace_token: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)

    memory: Mapped[Memory] = relationship()


derived(
    Base.metadata,
    "tmws_memory_search",
    after=Document.__tablename__,
    sqlite=(
        "CREATE VIRTUAL TABLE tmws_memory_search USING fts5(namespace_token, body, content='tmws_memory_documents', "
        "content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')",
        "CREATE TRIGGER tmws_memory_search_insert AFTER INSERT ON tmws_memory_documents BEGIN "
        "INSERT INTO tmws_memory_search(rowid, namespace_token, body) VALUES (new.id, new.namespace_token, new.body); "
        "END",
        "CREATE TRIGGER tmws_memory_search_delete AFTER DELETE ON tmws_memory_documents BEGIN "
        "INSERT INTO tmws_memory_search(tmws_memory_search, rowid, namespace_token, body) "
        "VALUES ('delete', old.id, old.namespace_token, old.body); END",
        "CREATE TRIGGER tmws_memory_search_update AFTER UPDATE ON tmws_memory_documents BEGIN "
        "INSERT INTO tmws_memory_search(tmws_memory_search, rowid, namespace_token, body) "
        "VALUES ('delete', old.id, old.namespace_token, old.body); "
        "INSERT INTO tmws_memory_search(rowid, namespace_token, body) VALUES (new.id, new.namespace_token, new.body); "
        "END",
    ),
    postgresql=("CREATE INDEX tmws_memory_search ON tmws_memory_documents USING gin (to_tsvector('english', body))",),
)
