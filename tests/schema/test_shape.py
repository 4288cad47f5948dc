"""Two shapes of a table are compared, and every difference is one sentence."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    make_url,
)

from tmws_core.declarative import NAMING_CONVENTION
from tmws_core.schema.shape import (
    ColumnShape,
    ForeignKeyShape,
    IndexShape,
    TableShape,
    declared_shapes,
    differences,
    type_name,
)

KEY = ForeignKeyShape(("author",), "authors", ("id",), "CASCADE", "NO ACTION")
SHAPE = TableShape(
    columns={"id": ColumnShape("TEXT", False), "author": ColumnShape("TEXT", True)},
    primary_key=("id",),
    foreign_keys=frozenset({KEY}),
    uniques=frozenset({frozenset({"id", "author"})}),
    indexes=frozenset({IndexShape("ix_author", ("author",), False)}),
    checks=frozenset({"ck_size"}),
)
CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, []),
    "a column more": (
        {"columns": {**SHAPE.columns, "size": ColumnShape("INTEGER", True)}},
        ["books: column size is not declared"],
    ),
    "a column less": ({"columns": {"id": SHAPE.columns["id"]}}, ["books: column author is missing"]),
    "a type": (
        {"columns": {**SHAPE.columns, "id": ColumnShape("INTEGER", False)}},
        ["books: column id is INTEGER instead of TEXT"],
    ),
    "nullable": (
        {"columns": {**SHAPE.columns, "id": ColumnShape("TEXT", True)}},
        ["books: column id is nullable, against its declaration"],
    ),
    "not nullable": (
        {"columns": {**SHAPE.columns, "author": ColumnShape("TEXT", False)}},
        ["books: column author is NOT NULL, against its declaration"],
    ),
    "the primary key": (
        {"primary_key": ("id", "author")},
        ["books: the primary key is ('id', 'author') instead of ('id',)"],
    ),
    "a foreign key": (
        {"foreign_keys": frozenset({KEY._replace(on_delete="NO ACTION")})},
        [
            "books: foreign key author -> authors (id) on delete cascade on update no action is missing",
            "books: foreign key author -> authors (id) on delete no action on update no action is not declared",
        ],
    ),
    "a unique constraint": (
        {"uniques": frozenset()},
        ["books: unique constraint on author, id is missing"],
    ),
    "an index that is unique": (
        {"indexes": frozenset({IndexShape("ix_author", ("author",), True)})},
        ["books: index ix_author (author) is missing", "books: index ix_author (author) unique is not declared"],
    ),
    "an index of an expression": (
        {"indexes": SHAPE.indexes | {IndexShape("ix_lower", (None,), False)}},
        ["books: index ix_lower (expression) is not declared"],
    ),
    "a check": ({"checks": frozenset()}, ["books: check ck_size is missing"]),
}


@pytest.mark.parametrize("case", CHANGES)
def test_every_difference_is_told(case: str) -> None:
    change, sentences = CHANGES[case]
    assert differences({"books": SHAPE}, {"books": replace(SHAPE, **change)}) == sentences


def test_a_table_that_is_missing_is_told() -> None:
    assert differences({"books": SHAPE}, {}) == ["table books is missing"]


def test_the_tables_of_others_are_passed_over() -> None:
    assert differences({}, {"books": SHAPE}) == []


def test_an_index_that_is_declared_as_derived_is_passed_over() -> None:
    live = replace(SHAPE, indexes=SHAPE.indexes | {IndexShape("tmws_words_1", (None,), False)})
    assert differences({"books": SHAPE}, {"books": live}, ["tmws_words"]) == []


def test_two_spellings_of_a_type_are_one() -> None:
    assert [type_name(name) for name in ("float", "Decimal", "text")] == ["DOUBLE PRECISION", "NUMERIC", "TEXT"]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_declared_table_has_a_shape_in_the_words_of_the_database(dialect: str) -> None:
    metadata = MetaData(naming_convention=dict(NAMING_CONVENTION))
    Table("authors", metadata, Column("id", Text, primary_key=True))
    Table(
        "books",
        metadata,
        Column("id", Text, primary_key=True),
        Column("author", ForeignKey("authors.id", ondelete="cascade"), nullable=False),
        Column("weight", Float),
        Column("size", Integer, CheckConstraint("size > 0", name="size_minimum")),
        UniqueConstraint("author", "size"),
        Index("ix_lower", func.lower("author"), unique=True),
    )
    assert declared_shapes(metadata, make_url(f"{dialect}://").get_dialect()())["books"] == TableShape(
        columns={
            "id": ColumnShape("TEXT", False),
            "author": ColumnShape("TEXT", False),
            "weight": ColumnShape("DOUBLE PRECISION", True),
            "size": ColumnShape("INTEGER", True),
        },
        primary_key=("id",),
        foreign_keys=frozenset({KEY}),
        uniques=frozenset({frozenset({"author", "size"})}),
        indexes=frozenset({IndexShape("ix_lower", (None,), True)}),
        checks=frozenset({"ck_books_size_minimum"}),
    )
