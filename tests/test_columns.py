"""The column types mean the same on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tmws_core.columns import (
    ACCESS_LEVELS,
    Annotatable,
    Identified,
    Timestamped,
    UTCDateTime,
    access_level,
    at_least,
    json_array,
    json_object,
    utc_now,
    vocabulary,
    within,
)
from tmws_core.declarative import plugin_metadata
from tmws_core.schema.engine import database_urls, prepare_file, schema_engine


class Base(DeclarativeBase):
    metadata = plugin_metadata("samples")


class Sample(Identified, Timestamped, Annotatable, Base):
    __tablename__ = "samples"
    __table_args__ = (within("trust", 0, 1), at_least("uses", 0))
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    kind: Mapped[str] = mapped_column(vocabulary("kind", "plain", "fancy"), default="plain")
    level: Mapped[str] = mapped_column(access_level("level"), default="private")
    trust: Mapped[float] = mapped_column(default=0.5)
    uses: Mapped[int] = mapped_column(default=0)
    tags: Mapped[list[str]] = mapped_column(json_array(), default=list)
    facts: Mapped[dict[str, Any] | None] = mapped_column(json_object())


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database with the table of samples."""
    url, _ = database_urls(database_url)
    prepare_file(url)
    made = schema_engine(url)
    Base.metadata.create_all(made)
    yield made
    made.dispose()


def _stored(engine: Engine, **values: object) -> Sample:
    with Session(engine, expire_on_commit=False) as session:
        sample = Sample(**values)
        session.add(sample)
        session.commit()
    with Session(engine) as session:
        return session.scalars(select(Sample)).one()


def test_a_row_gets_an_identifier_and_times(engine: Engine) -> None:
    sample = _stored(engine)
    assert UUID(sample.id).version == 7
    assert sample.created_at.tzinfo is UTC
    assert abs(sample.updated_at - sample.created_at) < timedelta(seconds=1)


def test_a_row_that_plain_sql_wrote_gets_the_defaults_of_the_database(engine: Engine) -> None:
    columns = "id, kind, level, trust, uses, tags"
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO samples ({columns}) VALUES ('1', 'plain', 'team', 0, 0, '[]')"))
    with Session(engine) as session:
        sample = session.scalars(select(Sample)).one()
    assert sample.metadata_json == {}
    assert abs(sample.created_at - utc_now()) < timedelta(minutes=1)


def test_a_moment_comes_back_in_utc(engine: Engine) -> None:
    moment = datetime(2025, 3, 30, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-5)))
    stored = _stored(engine, taken_at=moment).taken_at
    assert stored is not None
    assert (stored, stored.tzinfo) == (moment, UTC)


def test_no_moment_stays_none(engine: Engine) -> None:
    assert _stored(engine, taken_at=None).taken_at is None


def test_a_moment_without_a_time_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="has no time zone; use an aware datetime"):
        _stored(engine, taken_at=datetime(2025, 1, 1))


def test_moments_compare_in_the_database(engine: Engine) -> None:
    moment = datetime(2025, 1, 1, 12, tzinfo=UTC)
    _stored(engine, taken_at=moment)
    an_hour_later_in_tokyo = (moment + timedelta(hours=1)).astimezone(timezone(timedelta(hours=9)))
    with Session(engine) as session:
        assert len(session.scalars(select(Sample).where(Sample.taken_at < an_hour_later_in_tokyo)).all()) == 1


def test_an_update_moves_the_time_of_the_change_alone(engine: Engine) -> None:
    with Session(engine) as session:
        sample = Sample(created_at=utc_now() - timedelta(days=1), updated_at=utc_now() - timedelta(days=1))
        session.add(sample)
        session.commit()
        sample.uses = 1
        session.commit()
        assert sample.updated_at - sample.created_at > timedelta(hours=23)


def test_json_that_is_changed_in_place_is_saved(engine: Engine) -> None:
    with Session(engine) as session:
        sample = Sample(tags=["a"], facts={"size": 1}, metadata_json={})
        session.add(sample)
        session.commit()
        sample.tags.append("b")
        sample.metadata_json["note"] = "ß"
        assert sample.facts is not None
        sample.facts["size"] = 2
        session.commit()
    with Session(engine) as session:
        kept = session.scalars(select(Sample)).one()
        assert (kept.tags, kept.facts, kept.metadata_json) == (["a", "b"], {"size": 2}, {"note": "ß"})


def test_no_json_is_null_in_the_database(engine: Engine) -> None:
    _stored(engine, facts=None)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM samples WHERE facts IS NULL")) == 1


@pytest.mark.parametrize("values", [{"trust": 0.0}, {"trust": 1.0}, {"uses": 0}, {"kind": "fancy"}])
def test_values_on_the_bounds_are_taken(engine: Engine, values: dict[str, Any]) -> None:
    sample = _stored(engine, **values)
    assert {name: getattr(sample, name) for name in values} == values


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE samples SET trust = 1.01", "ck_samples_trust_range"),
        ("UPDATE samples SET trust = -0.01", "ck_samples_trust_range"),
        ("UPDATE samples SET uses = -1", "ck_samples_uses_minimum"),
        ("UPDATE samples SET kind = 'silly'", "ck_samples_kind"),
        ("UPDATE samples SET level = 'PRIVATE'", "ck_samples_level"),
    ],
)
def test_the_database_refuses_what_is_out_of_bounds(engine: Engine, statement: str, constraint: str) -> None:
    _stored(engine)
    with pytest.raises(DBAPIError, match=constraint), engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("level", ACCESS_LEVELS)
def test_every_access_level_is_taken(engine: Engine, level: str) -> None:
    assert _stored(engine, level=level).level == level


def test_a_word_outside_a_vocabulary_is_refused_before_the_database(engine: Engine) -> None:
    with pytest.raises(StatementError, match="silly"):
        _stored(engine, kind="silly")


def test_the_key_comes_first_and_the_times_come_last(engine: Engine) -> None:
    names = [column["name"] for column in inspect(engine).get_columns("samples")]
    assert (names[0], names[-3:]) == ("id", ["created_at", "updated_at", "metadata"])
