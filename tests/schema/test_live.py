"""The live shape of a table is the declared one, on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tmws_core.assembly import Assembly
from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.schema.live import has_relation, live_shapes, live_tables
from tmws_core.schema.plan import Plan
from tmws_core.schema.shape import declared_shapes

EVERYTHING = """
from tmws_core import columns

class Shelf(Base):
    __tablename__ = "shelves"
    room: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

class Book(columns.Identified, columns.Timestamped, columns.Annotatable, Base):
    __tablename__ = "books"
    __table_args__ = (
        sa.ForeignKeyConstraint(["room", "shelf"], ["shelves.room", "shelves.number"], ondelete="SET NULL"),
        sa.UniqueConstraint("room", "title"),
        sa.Index("ix_books_lower_title", sa.func.lower(sa.text("title"))),
        columns.within("trust", 0, 1),
    )
    room: Mapped[str | None]
    shelf: Mapped[int | None]
    title: Mapped[str] = mapped_column(sa.Text, index=True)
    isbn: Mapped[str] = mapped_column(sa.String(13), unique=True)
    kind: Mapped[str] = mapped_column(columns.vocabulary("kind", "plain", "fancy"))
    trust: Mapped[float]
    pages: Mapped[int] = mapped_column(sa.BigInteger, sa.CheckConstraint("pages > 0", name="pages_minimum"))
    lent: Mapped[bool] = mapped_column(server_default=sa.false())
    cover: Mapped[bytes | None]
    tags: Mapped[list[str]] = mapped_column(columns.json_array())
    follows: Mapped[str | None] = mapped_column(ForeignKey("books.id", ondelete="CASCADE", onupdate="CASCADE"))
"""


@pytest.mark.parametrize("table", ["books", "shelves"])
def test_a_table_that_was_created_has_the_declared_shape(
    install_models: Callable[..., Path], assemble: Callable[..., Assembly], database_url: str, table: str
) -> None:
    install_models("library", EVERYTHING)
    assembly = assemble("library", database_url=database_url, strict=True)
    assembly.schema.apply(assembly.active, strict=True)
    metadata = assembly.active[-1].contributions.metadata
    assert metadata is not None
    with schema_engine(database_urls(database_url)[0]).connect() as connection:
        declared = declared_shapes(metadata, connection.dialect)[table]
        assert live_shapes(connection, ["books", "shelves"])[table] == declared


def test_only_the_named_tables_are_read(bring_up: Callable[..., Plan], database_url: str) -> None:
    bring_up(strict=True)
    with schema_engine(database_urls(database_url)[0]).connect() as connection:
        assert live_shapes(connection, ["no_such_table"]) == {}
        assert live_shapes(connection, ["tmws_plugins", "no_such_table"]).keys() == {"tmws_plugins"}


def test_the_databases_own_tables_are_not_told(bring_up: Callable[..., Plan], database_url: str) -> None:
    bring_up(strict=True)
    with schema_engine(database_urls(database_url)[0]).connect() as connection, connection.begin():
        connection.execute(text("CREATE TABLE sqlitelike (id INTEGER)"))
        assert live_tables(connection) == {"sqlitelike", "tmws_plugins"}


def test_an_index_is_a_relation_too(bring_up: Callable[..., Plan], database_url: str) -> None:
    bring_up(strict=True)
    with schema_engine(database_urls(database_url)[0]).connect() as connection, connection.begin():
        connection.execute(text("CREATE INDEX by_version ON tmws_plugins (version)"))
        found = [has_relation(connection, name) for name in ("by_version", "tmws_plugins", "no_such_thing")]
    assert found == [True, True, False]
