"""The revision that is missing is written from the difference between the revisions and the models."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tmws_core.assembly import Assembly
from tmws_core.errors import PluginError
from tmws_core.schema.plan import Plan
from tmws_core.schema.revision import write_revision

Install = Callable[..., Path]
Assemble = Callable[..., Assembly]

NOTE = """
from tmws_core import columns

class Note(Base):
    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(primary_key=True)
"""
MORE = """
    lent: Mapped[bool] = mapped_column(server_default=sa.false())
    taken_at: Mapped[columns.datetime | None] = mapped_column(columns.UTCDateTime)
    facts: Mapped[dict | None] = mapped_column(columns.json_object())

class Tag(Base):
    __tablename__ = "tags"
    __table_args__ = (sa.Index("ix_tags_lower_word", sa.func.lower(sa.text("word"))), columns.at_least("uses", 0))
    word: Mapped[str] = mapped_column(primary_key=True)
    uses: Mapped[int]
    note: Mapped[str] = mapped_column(ForeignKey(Note.id, ondelete="CASCADE"), index=True)
"""
CREATE = 'op.create_table("notes", sa.Column("id", sa.String(), nullable=False), sa.PrimaryKeyConstraint("id"))'


def _write(assembly: Assembly, plugin: str, message: str = "Add tags") -> Path:
    record = next(record for record in assembly.records if record.name == plugin)
    return write_revision(assembly.active, record, message)


@pytest.fixture
def written(install_versions: Install, assemble: Assemble) -> Iterator[str]:
    """The text of the revision that was missing, written for notes."""
    install_versions("notes", NOTE + MORE, CREATE)
    yield _write(assemble("notes", strict=True), "notes").read_text()


def test_a_revision_follows_the_newest(written: str) -> None:
    assert 'revision = "notes_0002"' in written
    assert 'down_revision = "notes_0001"' in written


def test_a_revision_does_not_depend_on_the_core(written: str) -> None:
    assert "tmws_core" not in written
    assert 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")' in written


def test_a_revision_is_valid_python(written: str) -> None:
    compile(written, "revision", "exec")


def test_the_file_is_named_after_its_number_and_message(install_versions: Install, assemble: Assemble) -> None:
    install_versions("notes", NOTE + MORE, CREATE)
    file = _write(assemble("notes", strict=True), "notes", "Add tags & facts.")
    assert (file.parent.name, file.name) == ("migrations", "r0002_add_tags_facts.py")


def test_a_revision_that_was_written_leads_to_the_models(
    install_versions: Install, assemble: Assemble, bring_up: Callable[..., Plan]
) -> None:
    install_versions("notes", NOTE, CREATE)
    bring_up("notes", strict=True)
    install_versions("notes", NOTE + MORE, CREATE)
    _write(assemble("notes", strict=True), "notes")
    plan = bring_up("notes", strict=True)
    assert str(plan.steps[1]) == "upgrade notes_0001 -> notes_0002"
    assert plan.failures == {}


def test_nothing_is_written_when_nothing_differs(install_versions: Install, assemble: Assemble) -> None:
    install_versions("notes", NOTE, CREATE)
    with pytest.raises(PluginError, match="are what its newest revision makes; nothing to write"):
        _write(assemble("notes", strict=True), "notes")


def test_a_plugin_needs_a_package_for_its_revisions(install_models: Install, assemble: Assemble) -> None:
    install_models("notes", NOTE)
    with pytest.raises(PluginError, match=r"needs tmws_models\(\) and a package for tmws_migrations\(\) first"):
        _write(assemble("notes", strict=True), "notes")
