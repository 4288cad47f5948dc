"""Vectors that PostgreSQL itself compares, where it has the extension pgvector (github.com/pgvector/pgvector).

The database derives the table `tmws_memory_search_vectors` from `tmws_memory_vectors`, in the same transaction. Vectors
of the usual dimension have an HNSW index, which is approximate; all others are compared one by one.
"""

from collections.abc import Collection, Mapping
from math import isnan

import numpy as np
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Double,
    Select,
    String,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
    text,
    type_coerce,
)
from sqlalchemy.orm import Session

from tmws_core.schema.engine import database_urls, schema_engine
from tmws_memory.models.vector import HalfVector
from tmws_memory.vectors.index import Space, Vectors
from tmws_memory.vectors.normalisation import normalised
from tmws_memory.vectors.rows import keep

FEWEST_CONSIDERED, MOST_CONSIDERED = 100, 1000
"""How many vectors of the HNSW graph a search considers at a time; 1000 is the most that pgvector can."""

_TABLE = table(
    "tmws_memory_search_vectors",
    column("memory_id", String(36)),
    column("namespace_token", String),
    column("model", String),
    column("vector", HalfVector()),
)
_OFFERED = text(
    "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('tmws_memory_search_vectors') AND attname = 'vector'"
)
# without iteration a search that narrows to one namespace finds only what the first steps happen to meet of it
_SET = text(
    "SELECT set_config('hnsw.iterative_scan', 'strict_order', true), set_config('hnsw.ef_search', :considered, true)"
)


def offered(database_url: str) -> bool:
    """Whether a database is PostgreSQL and its vectors stand in a column of pgvector.

    Args:
        database_url: the URL of the database.
    """
    url, _ = database_urls(database_url)
    if url.get_backend_name() != "postgresql":
        return False
    with schema_engine(url).connect() as connection:
        return connection.scalar(_OFFERED) is not None


class PgVector:
    """Finds the nearest vectors in the database, without a copy of them in this process."""

    name = "pgvector"

    def put(self, session: Session, space: Space, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors; see `VectorIndex`."""
        keep(session, space, vectors)

    def nearest(
        self, session: Session, space: Space, query: Vectors, limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The nearest memories; see `VectorIndex`. Among named ones the answer is exact."""
        if not limit or not np.any(query):
            return []
        if among is None:
            considered = min(max(limit, FEWEST_CONSIDERED), MOST_CONSIDERED)
            session.execute(_SET, {"considered": str(considered)})
        found = _cosines(session, _distances(space, query, among).order_by("distance").limit(limit))
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))

    def similarities(self, session: Session, space: Space, query: Vectors, ids: Collection[str]) -> dict[str, float]:
        """The cosines of some memories; see `VectorIndex`."""
        return _cosines(session, _distances(space, query, ids))


def _cosines(session: Session, statement: Select[str, float]) -> dict[str, float]:
    # a vector of zeros has no angle, for which pgvector gives NaN
    return {
        memory_id: 0.0 if isnan(distance) else max(-1.0, min(1.0, 1.0 - distance))
        for memory_id, distance in session.execute(statement)
    }


def _distances(space: Space, query: Vectors, among: Collection[str] | None) -> Select[str, float]:
    here: list[ColumnElement[bool]] = [
        # the number stands in the statement, or PostgreSQL could not tell that the partial index fits
        func.vector_dims(_TABLE.c.vector) == literal_column(str(int(space.dimension))),
        _TABLE.c.namespace_token == space.namespace_token,
        _TABLE.c.model == space.model,
    ]
    if among is None:
        return select(_TABLE.c.memory_id, _distance(_TABLE.c.vector, space, query)).where(*here)
    ids = bindparam("ids", list(among), ARRAY(String))
    # computed before the order is asked for, or the planner might look for them in the approximate index
    chosen = (
        select(_TABLE.c.memory_id, _distance(_TABLE.c.vector, space, query))
        .where(*here, _TABLE.c.memory_id == any_(ids))
        .cte("chosen")
        .prefix_with("MATERIALIZED")
    )
    return select(chosen.c.memory_id, chosen.c.distance)


def _distance(vector: ColumnElement[str], space: Space, query: Vectors) -> ColumnElement[float]:
    direction = normalised(query[np.newaxis])[0]
    written = bindparam("query", f"[{','.join(map(repr, direction.tolist()))}]", String)
    of_dimension = HalfVector(space.dimension)
    angle = cast(vector, of_dimension).bool_op("<=>")(cast(written, of_dimension))
    return type_coerce(angle, Double()).label("distance")
