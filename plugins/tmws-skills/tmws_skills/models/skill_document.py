"""Documents: the words under which a skill is found, and the full-text index over them.

The index is kept by the database itself, in the transaction that writes the row: FTS5 with triggers on SQLite, a table
of text search vectors that follows this one on PostgreSQL. The table has an integer key because FTS5 needs one that a
VACUUM leaves as it is.
"""

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_core.declarative import derived
from tmws_skills.models.base import Base
from tmws_skills.models.skill import Skill


class SkillDocument(Base):
    """A skill as the index sees it: the name, the tags, and the description and instructions of its active version."""

    __tablename__ = "tmws_skill_documents"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    skill_id: Mapped[str] = mapped_column(String(36), ForeignKey(Skill.id, ondelete="CASCADE"), unique=True)
    name: Mapped[str] = mapped_column(Text)
    tags: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)

    skill: Mapped[Skill] = relationship()


_FORGET = (
    "INSERT INTO tmws_skill_search(tmws_skill_search, rowid, name, tags, description, body) "
    "VALUES ('delete', old.id, old.name, old.tags, old.description, old.body); "
)
_LEARN = (
    "INSERT INTO tmws_skill_search(rowid, name, tags, description, body) "
    "VALUES (new.id, new.name, new.tags, new.description, new.body); "
)
# a text search vector has 1 MiB at most; this many characters make a smaller one even when no word comes twice
_FOLLOW = """
CREATE FUNCTION tmws_skill_search_follow() RETURNS trigger LANGUAGE plpgsql AS $follow$ BEGIN
INSERT INTO tmws_skill_search (document_id, words) VALUES (NEW.id,
setweight(to_tsvector('english', translate(NEW.name, '-', ' ')), 'A') ||
setweight(to_tsvector('english', left(NEW.tags, 20000)), 'B') ||
setweight(to_tsvector('english', left(NEW.description, 50000)), 'B') ||
setweight(to_tsvector('english', left(NEW.body, 150000)), 'D'))
ON CONFLICT (document_id) DO UPDATE SET words = excluded.words;
RETURN NULL;
END $follow$
"""

derived(
    Base.metadata,
    "tmws_skill_search",
    after=SkillDocument.__tablename__,
    sqlite=(
        "CREATE VIRTUAL TABLE tmws_skill_search USING fts5(name, tags, description, body, "
        "content='tmws_skill_documents', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')",
        f"CREATE TRIGGER tmws_skill_search_insert AFTER INSERT ON tmws_skill_documents BEGIN {_LEARN}END",
        f"CREATE TRIGGER tmws_skill_search_delete AFTER DELETE ON tmws_skill_documents BEGIN {_FORGET}END",
        f"CREATE TRIGGER tmws_skill_search_update AFTER UPDATE ON tmws_skill_documents BEGIN {_FORGET}{_LEARN}END",
    ),
    postgresql=(
        "CREATE TABLE tmws_skill_search (document_id integer CONSTRAINT pk_tmws_skill_search PRIMARY KEY "
        "REFERENCES tmws_skill_documents ON DELETE CASCADE, words tsvector NOT NULL)",
        "CREATE INDEX tmws_skill_search_words ON tmws_skill_search USING gin (words)",
        _FOLLOW,
        "CREATE TRIGGER tmws_skill_search_follow AFTER INSERT OR UPDATE ON tmws_skill_documents "
        "FOR EACH ROW EXECUTE FUNCTION tmws_skill_search_follow()",
    ),
)
