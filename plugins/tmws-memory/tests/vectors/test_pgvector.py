"""PostgreSQL compares the vectors itself where it has pgvector; where not, everything else is as before."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from tmws_core.application import Application
from tmws_core.assembly import Assembly
from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.settings import Settings
from tmws_memory.vectors import pgvector
from tmws_memory.vectors.index import Space
from tmws_memory.vectors.pgvector import PgVector, offered
from tmws_memory.vectors.scan import VectorScan

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)

SPACE = Space("nshere", "model", 256)


@pytest.fixture
def without_rights(database_url: str) -> Iterator[str]:
    """The URL of an empty database for a role that may create tables, and no extension."""
    url, _ = database_urls(database_url)
    role = f"writer_of_{url.database}"
    engine = schema_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        connection.execute(text(f"GRANT ALL ON SCHEMA public TO {role}"))
    yield make_url(database_url).set(username=role).render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {role}"))
        connection.execute(text(f"DROP ROLE {role}"))


def applied(database_url: str, home: Path) -> Assembly:
    assembly = Assembly(Settings({}, home=home, database_url=database_url, plugins="agents,memory", strict=True))
    assembly.schema.apply(assembly.active, strict=True)
    return assembly


def test_a_database_with_the_extension_offers_it(filled_database_url: str) -> None:
    assert offered(filled_database_url)


def test_a_database_that_is_still_empty_does_not_offer_it(database_url: str) -> None:
    assert not offered(database_url)


def test_a_role_that_may_not_create_the_extension_gets_all_tables_without_it(
    without_rights: str, tmp_path: Path
) -> None:
    assembly = applied(without_rights, tmp_path)
    assert assembly.schema.drift(assembly.active)["memory"] == []
    assert not offered(without_rights)


def test_an_extension_that_somebody_else_has_created_is_used(
    without_rights: str, database_url: str, tmp_path: Path
) -> None:
    url, _ = database_urls(database_url)
    with schema_engine(url).begin() as connection:
        connection.execute(text("CREATE EXTENSION vector"))
    applied(without_rights, tmp_path)
    assert offered(without_rights)


async def test_an_application_takes_pgvector_where_it_is(filled_database_url: str, tmp_path: Path) -> None:
    settings = Settings({}, home=tmp_path, database_url=filled_database_url, plugins="agents,memory", strict=True)
    async with Application(settings) as application:
        index = application.hook.tmws_memory_vector_index(application=application)
    assert isinstance(index, PgVector)


async def test_an_application_scans_where_pgvector_is_not(without_rights: str, tmp_path: Path) -> None:
    settings = Settings({}, home=tmp_path, database_url=without_rights, plugins="agents,memory", strict=True)
    async with Application(settings) as application:
        index = application.hook.tmws_memory_vector_index(application=application)
    assert isinstance(index, VectorScan)


def test_the_database_decodes_what_half_precision_can_hold(opened: Session) -> None:
    numbers = np.array([0, 1, -1, 65504, -65504, 6e-8, 6.1e-5, 6.0e-5, 0.1, -1 / 3], "<f2")
    decode = text("SELECT tmws_memory_search_vectors_decoded(:stored)::text")
    written = opened.scalar(decode, {"stored": numbers.tobytes()})
    assert [float(number) for number in str(written).strip("[]").split(",")] == pytest.approx(
        numbers.astype(float).tolist(), rel=1e-4
    )


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a space with few vectors is searched in the graph."""
    monkeypatch.setattr(pgvector, "COMPARED_ONE_BY_ONE", 0)


def test_the_usual_dimension_is_looked_up_in_the_graph(
    opened: Session, memories: list[str], directions: Mapping[str, NDArray[np.float32]], graph: None
) -> None:
    index = PgVector()
    index.put(opened, SPACE, directions)
    opened.execute(text("SET LOCAL enable_seqscan = off"))
    opened.execute(text("SET LOCAL enable_sort = off"))
    index.nearest(opened, SPACE, directions[memories[0]], 10)
    scans = "SELECT pg_stat_get_xact_numscans('tmws_memory_search_vectors_256'::regclass)"
    assert opened.scalar(text(scans)) == 1


def test_nearly_all_of_the_nearest_are_found_in_the_graph(
    opened: Session, directions: Mapping[str, NDArray[np.float32]], graph: None
) -> None:
    index, exact, hits = PgVector(), VectorScan(1_000_000), 0
    index.put(opened, SPACE, directions)
    opened.execute(text("SET LOCAL enable_seqscan = off"))
    opened.execute(text("SET LOCAL enable_sort = off"))
    for query in list(directions.values())[:20]:
        wanted = {one for one, _ in exact.nearest(opened, SPACE, query, 10)}
        hits += len(wanted & {one for one, _ in index.nearest(opened, SPACE, query, 10)})
    assert hits >= 180


def test_a_crowded_neighbourhood_of_another_namespace_hides_nothing(
    opened: Session, memories: list[str], directions: Mapping[str, NDArray[np.float32]], graph: None
) -> None:
    index = PgVector()
    near, far = directions[memories[0]], -directions[memories[0]]
    index.put(opened, SPACE, {one: near + 0.01 * directions[one] for one in memories[10:]})
    index.put(opened, Space("nsother", "model", 256), {one: far + 0.1 * directions[one] for one in memories[:10]})
    opened.execute(text("SET LOCAL enable_bitmapscan = off"))
    opened.execute(text("SET LOCAL enable_seqscan = off"))
    assert len(index.nearest(opened, Space("nsother", "model", 256), near, 10)) == 10
