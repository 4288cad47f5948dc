"""The database records what was applied of each plugin."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import MetaData

from tmws_core.columns import utc_now
from tmws_core.plugin_record import Contributions, PluginRecord
from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.schema.plan import Plan
from tmws_core.schema.registry import SEEN_AGAIN_AFTER, Applied, applied_states, record_applied
from tmws_core.schema.schema import Schema

NOTE = """
class Note(Base):
    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(primary_key=True)
"""


def _applied(days: float) -> Applied:
    return Applied("notes", "tmws-notes", "1.0", None, (), utc_now() - timedelta(days=days))


def test_a_new_database_records_nothing(database_url: str) -> None:
    assert Schema(database_url).applied() == {}


def test_every_plugin_is_recorded_with_its_origin(
    install_models: Callable[..., Path], bring_up: Callable[..., Plan], database_url: str
) -> None:
    install_models("notes", NOTE, version="1.2", distribution="acme-notes")
    bring_up("notes", strict=True)
    notes = Schema(database_url).applied()["notes"]
    assert (notes.distribution, notes.version, notes.revision, notes.tables) == ("acme-notes", "1.2", None, ("notes",))


def test_the_core_records_itself(bring_up: Callable[..., Plan], database_url: str) -> None:
    bring_up(strict=True)
    core = Schema(database_url).applied()["core"]
    assert (core.distribution, core.revision, core.tables) == ("tmws-core", "core_0001", ("tmws_plugins",))


def test_to_record_again_changes_the_row(bring_up: Callable[..., Plan], database_url: str) -> None:
    bring_up(strict=True)
    with schema_engine(database_urls(database_url)[0]).connect() as connection, connection.begin():
        for version in ("1.0", "2.0"):
            contributions = Contributions(metadata=MetaData())
            record_applied(
                connection, [PluginRecord("notes", "tmws-notes", version, "notes", contributions=contributions)]
            )
        assert applied_states(connection)["notes"].version == "2.0"


def test_a_record_is_stale_after_a_day() -> None:
    days = SEEN_AGAIN_AFTER / timedelta(days=1)
    assert [_applied(days - 0.01).is_stale, _applied(days + 0.01).is_stale] == [False, True]
