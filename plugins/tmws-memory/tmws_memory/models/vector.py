"""Vectors: what a memory means, as numbers of one embedding model."""

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tmws_memory.models.base import Base
from tmws_memory.models.memory import Memory


class Vector(Base):
    """A memory's vector, or the mark that it has none any more.

    Every process keeps the vectors that it searches in its own memory. The revision, which grows with each change in
    a namespace, tells it what it has not read yet; a row whose vector was taken away stays, so that others hear of it.
    """

    __tablename__ = "tmws_memory_vectors"

    memory_id: Mapped[str] = mapped_column(String(36), ForeignKey(Memory.id, ondelete="CASCADE"), primary_key=True)
    namespace_token: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(BigInteger)
    vector: Mapped[bytes | None] = mapped_column(LargeBinary)

    memory: Mapped[Memory] = relationship()

    __table_args__ = (Index(None, "namespace_token", "model", "revision"),)
