"""Documents: the text under which a memory is found, and the full-text index over it.

The index is kept by the database itself, in the transaction that writes the row: by triggers on SQLite, where FTS5
reads its text from this table, and also on PostgreSQL, where a table of text search vectors follows this one: it is
asked for the newest documents with a word, and would compute their vectors anew for each question. The table has an
integer key because FTS5 needs one that a VACUUM leaves as it is.

In FTS5 each word of a body begins with the token of its audience, and so does each token of a scope. Which documents of
a namespace have a word or a tag is then one list, as long as it has to be; to cut it out of the list of everybody's
would take longer the more there is.
"""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_core.columns import UTCDateTime
from tmws_core.declarative import derived
from tmws_memory.models.base import Base
from tmws_memory.models.memory import Memory
from tmws_memory.scope import AUDIENCE_LENGTH


class Document(Base):
    """A memory as the index sees it.

    Attributes:
        session_token: a token for the owner's session that it belongs to, if any.
        position: which one of its session it is, as they were stored, from 1.
        asks: whether it ends with a question, so that the next one of its session is likely to answer.
        speaker: who speaks, in lower case, when it begins like a line of a transcript.
        remembered_at: the moment by which it is found.
        scope: tokens for its audience, owner, type and tags, to narrow a search before it ranks; the audience first.
        body: its words.
    """

    __tablename__ = "tmws_memory_documents"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    memory_id: Mapped[str] = mapped_column(String(36), ForeignKey(Memory.id, ondelete="CASCADE"), unique=True)
    session_token: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int | None] = mapped_column(Integer)
    asks: Mapped[bool] = mapped_column(Boolean)
    speaker: Mapped[str | None] = mapped_column(Text)
    remembered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    scope: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)

    memory: Mapped[Memory] = relationship()

    __table_args__ = (Index(None, "session_token", "position"),)


_AUDIENCE = f"' ' || substr(scope, 1, {AUDIENCE_LENGTH})"
_INDEXED = f"id, replace(scope, ' ', {_AUDIENCE}) AS scope, replace(' ' || body, ' ', {_AUDIENCE}) AS body"
_CONTENT = f"CREATE VIEW tmws_memory_search_content AS SELECT {_INDEXED} FROM tmws_memory_documents"  # noqa: S608 -- made of constants
_FORGET = (
    "INSERT INTO tmws_memory_search(tmws_memory_search, rowid, scope, body) "
    "SELECT 'delete', id, scope, body FROM tmws_memory_search_content WHERE id = old.id; "
)
_LEARN = (
    "INSERT INTO tmws_memory_search(rowid, scope, body) "
    "SELECT id, scope, body FROM tmws_memory_search_content WHERE id = new.id; "
)
# a text search vector has 1 MiB at most; this many characters make a smaller one even when no word comes twice
_FOLLOW = """
CREATE FUNCTION tmws_memory_search_follow() RETURNS trigger LANGUAGE plpgsql AS $follow$ BEGIN
INSERT INTO tmws_memory_search (document_id, scope, body)
VALUES (NEW.id, strip(to_tsvector('simple', NEW.scope)), strip(to_tsvector('english', left(NEW.body, 250000))))
ON CONFLICT (document_id) DO UPDATE SET scope = excluded.scope, body = excluded.body;
RETURN NULL;
END $follow$
"""

derived(
    Base.metadata,
    "tmws_memory_search",
    after=Document.__tablename__,
    sqlite=(
        _CONTENT,
        "CREATE VIRTUAL TABLE tmws_memory_search USING fts5(scope, body, content='tmws_memory_search_content', "
        "content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')",
        f"CREATE TRIGGER tmws_memory_search_insert AFTER INSERT ON tmws_memory_documents BEGIN {_LEARN}END",
        f"CREATE TRIGGER tmws_memory_search_delete BEFORE DELETE ON tmws_memory_documents BEGIN {_FORGET}END",
        f"CREATE TRIGGER tmws_memory_search_change BEFORE UPDATE ON tmws_memory_documents BEGIN {_FORGET}END",
        f"CREATE TRIGGER tmws_memory_search_update AFTER UPDATE ON tmws_memory_documents BEGIN {_LEARN}END",
    ),
    postgresql=(
        "CREATE TABLE tmws_memory_search (document_id integer CONSTRAINT pk_tmws_memory_search PRIMARY KEY "
        "REFERENCES tmws_memory_documents ON DELETE CASCADE, scope tsvector NOT NULL, body tsvector NOT NULL)",
        "CREATE INDEX tmws_memory_search_body ON tmws_memory_search USING gin (body)",
        "CREATE INDEX tmws_memory_search_scope ON tmws_memory_search USING gin (scope)",
        _FOLLOW,
        "CREATE TRIGGER tmws_memory_search_follow AFTER INSERT OR UPDATE ON tmws_memory_documents "
        "FOR EACH ROW EXECUTE FUNCTION tmws_memory_search_follow()",
    ),
)
