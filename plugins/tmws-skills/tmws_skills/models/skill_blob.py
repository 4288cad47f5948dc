"""Blobs: the files of skills, each content once, and which versions have it."""

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_core.columns import at_least
from tmws_skills.models.base import Base
from tmws_skills.models.skill_version import SkillVersion


class SkillBlob(Base):
    """The content of a file, under its SHA-256 in lower-case hex."""

    __tablename__ = "tmws_skill_blobs"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        at_least("size", 0),
        # the one spelling of "nothing but hex digits" that SQLite and PostgreSQL share
        CheckConstraint("length(digest) = 64 AND ltrim(digest, '0123456789abcdef') = ''", name="digest_sha256"),
    )


class SkillBlobUse(Base):
    """A version that has a file with a content; a blob that no version has goes with the next purge."""

    __tablename__ = "tmws_skill_blob_uses"

    version_id: Mapped[str] = mapped_column(
        String(36), ForeignKey(SkillVersion.id, ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[str] = mapped_column(
        String(64), ForeignKey(SkillBlob.digest, ondelete="RESTRICT"), primary_key=True, index=True
    )

    skill_version: Mapped[SkillVersion] = relationship()
    blob: Mapped[SkillBlob] = relationship()
