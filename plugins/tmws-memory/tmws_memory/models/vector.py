"""Vectors: what a memory means, as numbers of one embedding model."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import UserDefinedType

from tmws_core.declarative import derived
from tmws_memory.models.base import Base
from tmws_memory.models.memory import Memory


class HalfVector(UserDefinedType[str]):
    """The type `halfvec` of pgvector, written as text."""

    cache_ok = True

    def __init__(self, dimension: int | None = None) -> None:
        """Any dimension, or only one."""
        self.dimension = dimension

    def get_col_spec(self, **_options: Any) -> str:
        """The type as SQL writes it."""
        return "halfvec" if self.dimension is None else f"halfvec({self.dimension})"


# or to read the shape of the table would warn of an unknown type
ischema_names.setdefault("halfvec", HalfVector)


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


# The database itself keeps them for pgvector, where it lets this user have pgvector 0.8 or later, whose searches go on
# until they have found enough in a namespace. Where not, the table stays empty, and without that column.
_PGVECTOR = """
DO $do$ BEGIN
IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN RETURN; END IF;
BEGIN
CREATE EXTENSION IF NOT EXISTS vector;
EXCEPTION WHEN insufficient_privilege THEN RETURN;
END;
IF to_regtype('halfvec') IS NULL
OR (SELECT string_to_array(extversion, '.')::int[] < '{0,8}' FROM pg_extension WHERE extname = 'vector') THEN RETURN;
END IF;
ALTER TABLE tmws_memory_search_vectors ADD COLUMN vector halfvec NOT NULL;
CREATE INDEX tmws_memory_search_vectors_256 ON tmws_memory_search_vectors
USING hnsw ((vector::halfvec(256)) halfvec_cosine_ops) WHERE vector_dims(vector) = 256;
CREATE FUNCTION tmws_memory_search_vectors_decoded(stored bytea) RETURNS halfvec LANGUAGE sql IMMUTABLE STRICT AS $sql$
SELECT CASE WHEN mod(length(stored), 2) = 0 AND NOT bool_or(bits & 31744 = 31744) THEN array_agg(
CASE WHEN bits & 32768 = 0 THEN 1 ELSE -1 END * CASE WHEN bits & 31744 = 0
THEN (bits & 1023) * 2.0::double precision ^ -24
ELSE (1024 + (bits & 1023)) * 2.0::double precision ^ (((bits & 31744) >> 10) - 25) END
ORDER BY place)::real[]::halfvec END
FROM (SELECT place, get_byte(stored, 2 * place) + 256 * get_byte(stored, 2 * place + 1) AS bits
FROM generate_series(0, length(stored) / 2 - 1) AS place) AS halves
$sql$;
CREATE FUNCTION tmws_memory_search_vectors_follow() RETURNS trigger LANGUAGE plpgsql AS $follow$
DECLARE decoded halfvec := tmws_memory_search_vectors_decoded(NEW.vector);
BEGIN
IF decoded IS NULL THEN
DELETE FROM tmws_memory_search_vectors WHERE memory_id = NEW.memory_id;
ELSE
INSERT INTO tmws_memory_search_vectors (memory_id, namespace_token, model, vector) VALUES
(NEW.memory_id, NEW.namespace_token, NEW.model, decoded)
ON CONFLICT (memory_id) DO UPDATE SET
namespace_token = excluded.namespace_token, model = excluded.model, vector = excluded.vector;
END IF;
RETURN NULL;
END $follow$;
CREATE TRIGGER tmws_memory_search_vectors_follow AFTER INSERT OR UPDATE ON tmws_memory_vectors
FOR EACH ROW EXECUTE FUNCTION tmws_memory_search_vectors_follow();
END $do$
"""

derived(
    Base.metadata,
    "tmws_memory_search_vectors",
    after=Vector.__tablename__,
    postgresql=(
        "CREATE TABLE tmws_memory_search_vectors (memory_id varchar(36) CONSTRAINT pk_tmws_memory_search_vectors "
        "PRIMARY KEY REFERENCES tmws_memory_vectors ON DELETE CASCADE, "
        "namespace_token text NOT NULL, model text NOT NULL)",
        "CREATE INDEX tmws_memory_search_vectors_space ON tmws_memory_search_vectors (namespace_token, model)",
        _PGVECTOR,
    ),
)
