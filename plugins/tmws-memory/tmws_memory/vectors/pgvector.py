"""Vectors that PostgreSQL itself compares, where it has the extension pgvector (github.com/pgvector/pgvector).

The database derives the table `tmws_memory_search_vectors` from `tmws_memory_vectors`, in the same transaction. Vectors
of the usual dimension have an HNSW index, which is approximate, for namespaces with many; few are compared one by one,
which is exact, and quicker than to look for them in a graph among those of all namespaces.
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

COMPARED_ONE_BY_ONE = 10_000
"""A space with so many vectors, or fewer, is searched exactly, in some 25 ms."""

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
    "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', :considered, true)"
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
    follows_table = True

    def put(self, session: Session, space: Space, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors; see `VectorIndex`."""
        keep(session, space, vectors)

    def nearest(
        self, session: Session, space: Space, query: Vectors, limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The nearest memories; see `VectorIndex`. Among named ones the answer is exact."""
        if not limit or not np.any(query):
            return []
        graph = among is None and _is_large(session, space)
        if graph:
            considered = min(max(limit, FEWEST_CONSIDERED), MOST_CONSIDERED)
            session.execute(_SET, {"considered": str(considered)})
        found = _cosines(session, _distances(space, query, among, graph=graph).order_by("distance").limit(limit))
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))

    def similarities(self, session: Session, space: Space, query: Vectors, ids: Collection[str]) -> dict[str, float]:
        """The cosines of some memories; see `VectorIndex`."""
        return _cosines(session, _distances(space, query, ids, graph=False))


def _cosines(session: Session, statement: Select[str, float]) -> dict[str, float]:
    # a vector of zeros has no angle, for which pgvector gives NaN
    return {
        memory_id: 0.0 if isnan(distance) else max(-1.0, min(1.0, 1.0 - distance))
        for memory_id, distance in session.execute(statement)
    }


def _is_large(session: Session, space: Space) -> bool:
    counted = select(_TABLE.c.memory_id).where(*_here(space)).limit(COMPARED_ONE_BY_ONE + 1).subquery()
    return (session.scalar(select(func.count()).select_from(counted)) or 0) > COMPARED_ONE_BY_ONE


def _here(space: Space) -> list[ColumnElement[bool]]:
    return [_TABLE.c.namespace_token == space.namespace_token, _TABLE.c.model == space.model]


def _distances(space: Space, query: Vectors, among: Collection[str] | None, *, graph: bool) -> Select[str, float]:
    # the number stands in the statement, or PostgreSQL could not tell that the partial index fits
    comparable = func.vector_dims(_TABLE.c.vector) == literal_column(str(int(space.dimension)))
    distances = select(_TABLE.c.memory_id, _distance(_TABLE.c.vector, space, query)).where(comparable, *_here(space))
    if graph:
        return distances
    if among is not None:
        distances = distances.where(_TABLE.c.memory_id == any_(bindparam("ids", list(among), ARRAY(String))))
    # computed before the order is asked for, or the planner might look for them in the approximate index
    chosen = distances.cte("chosen").prefix_with("MATERIALIZED")
    return select(chosen.c.memory_id, chosen.c.distance)


def _distance(vector: ColumnElement[str], space: Space, query: Vectors) -> ColumnElement[float]:
    direction = normalised(query[np.newaxis])[0]
    written = bindparam("query", f"[{','.join(map(repr, direction.tolist()))}]", String)
    of_dimension = HalfVector(space.dimension)
    angle = cast(vector, of_dimension).bool_op("<=>")(cast(written, of_dimension))
    return type_coerce(angle, Double()).label("distance")
