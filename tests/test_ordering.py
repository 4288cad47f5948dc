"""Plugins come in the order of their foreign keys, and a key that leads astray stops its plugin."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tmws_core.assembly import Assembly
from tmws_core.errors import PluginError
from tmws_core.ordering import in_order
from tmws_core.plugin_record import PluginRecord
from tmws_core.testing.distributions import InstallPlugin

Assemble = Callable[..., Assembly]
Install = Callable[..., Path]
StatusOf = Callable[[Assembly, str], tuple[str, str]]

AUTHOR = """
class Author(Base):
    __tablename__ = "authors"
    id: Mapped[str] = mapped_column(primary_key=True)
"""
BOOK = """
from zebra import Author

class Book(Base):
    __tablename__ = "books"
    id: Mapped[str] = mapped_column(primary_key=True)
    author: Mapped[str] = mapped_column(ForeignKey(Author.id, ondelete="CASCADE"))
"""
REQUIRES = ("tmws-core", "tmws-zebra>=0.1")


def test_a_plugin_comes_after_those_whose_tables_it_refers_to(install_models: Install, assemble: Assemble) -> None:
    install_models("apes", BOOK, requires=REQUIRES)
    install_models("zebra", AUTHOR)
    assert [record.name for record in assemble("apes", "zebra", strict=True).active] == ["core", "zebra", "apes"]


def test_a_key_to_a_plugin_that_is_not_required_stops_who_has_it(
    install_models: Install, assemble: Assemble, status_of: StatusOf
) -> None:
    install_models("apes", BOOK)
    install_models("zebra", AUTHOR, version="3.1")
    assembly = assemble("apes", "zebra")
    assert status_of(assembly, "zebra") == ("active", "")
    assert status_of(assembly, "apes") == (
        "failed",
        "the foreign key of books.author to 'authors.id' leads to plugin 'zebra' (tmws-zebra 3.1), which tmws-apes 1.0 "
        'does not require; add "tmws-zebra" to the dependencies in its pyproject.toml',
    )


def test_a_key_that_is_named_by_a_string_stops_who_has_it(
    install_models: Install, assemble: Assemble, status_of: StatusOf
) -> None:
    install_models("apes", BOOK.replace("Author.id", '"authors.id"'), requires=REQUIRES)
    install_models("zebra", AUTHOR)
    status, reason = status_of(assemble("apes", "zebra"), "apes")
    assert status == "failed"
    assert "the foreign key of books.author to 'authors.id' names its target with a string" in reason
    assert "pass the column itself" in reason


def test_a_string_within_one_plugin_is_fine(install_models: Install, assemble: Assemble) -> None:
    body = AUTHOR + BOOK.replace("Author.id", '"authors.id"').replace("from zebra import Author", "")
    install_models("apes", body)
    assert [record.name for record in assemble("apes", strict=True).active] == ["core", "apes"]


def test_a_plugin_that_needs_a_failed_one_is_skipped(
    install_models: Install, install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    install_plugin("zebra", "raise LookupError('no stripes')")
    install_plugin("apes", "", requires=REQUIRES)
    assert status_of(assemble("apes", "zebra"), "apes") == (
        "skipped",
        "it needs plugin 'zebra' (tmws-zebra 1.0), which is failed: import: LookupError: no stripes",
    )


def test_a_plugin_that_needs_a_skipped_one_is_skipped_too(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    install_plugin("zebra", "raise LookupError('no stripes')")
    install_plugin("apes", "", requires=REQUIRES)
    install_plugin("bees", "", requires=("tmws-core", "tmws-apes"))
    status, reason = status_of(assemble("apes", "bees", "zebra"), "bees")
    assert status == "skipped"
    assert reason.startswith("it needs plugin 'apes' (tmws-apes 1.0), which is skipped: it needs plugin 'zebra'")


def test_a_plugin_whose_requirement_is_not_installed_fails_by_itself(
    install_models: Install, assemble: Assemble, status_of: StatusOf
) -> None:
    install_models("apes", BOOK, requires=REQUIRES)
    install_models("notes", AUTHOR)
    assembly = assemble("apes", "notes")
    status, reason = status_of(assembly, "apes")
    assert status == "failed"
    assert "No module named 'zebra'" in reason
    assert status_of(assembly, "notes") == ("active", "")


def test_a_key_to_the_table_of_a_blocked_plugin_skips_who_has_it(
    install_models: Install, assemble: Assemble, status_of: StatusOf
) -> None:
    install_models("apes", BOOK, requires=REQUIRES)
    install_models("zebra", AUTHOR)
    assert status_of(assemble("apes", "zebra", blocked_plugins="zebra"), "apes") == (
        "skipped",
        "it needs plugin 'zebra' (tmws-zebra 1.0), which is blocked: it is in TMWS_BLOCKED_PLUGINS",
    )


def test_a_key_to_a_table_that_nobody_contributes_stops_who_has_it(
    install_models: Install, assemble: Assemble, status_of: StatusOf, install_plugin: InstallPlugin
) -> None:
    library = """
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        class Base(DeclarativeBase): ...

        class Author(Base):
            __tablename__ = "authors"
            id: Mapped[str] = mapped_column(primary_key=True)
    """
    install_plugin("unused", {"__init__.py": library}, package="zebra", requires=())
    install_models("apes", BOOK)
    status, reason = status_of(assemble("apes"), "apes")
    assert status == "failed"
    assert (
        "the foreign key of books.author to 'authors.id' leads to a table that no active plugin contributes" in reason
    )


def test_plugins_that_need_each_other_are_stopped_and_named(
    install_models: Install, assemble: Assemble, status_of: StatusOf
) -> None:
    table = 'class {0}(Base):\n    __tablename__ = "{0}"\n    id: Mapped[str] = mapped_column(primary_key=True)'
    install_models("chicken", table.format("chickens"), requires=("tmws-core", "tmws-egg"))
    install_models("egg", table.format("eggs"), requires=("tmws-core", "tmws-chicken"), version="2.0")
    install_models("notes", table.format("notes"))
    assembly = assemble("chicken", "egg", "notes")
    for name in ("chicken", "egg"):
        status, reason = status_of(assembly, name)
        assert status == "failed"
        assert "plugins need each other in a circle: " in reason
        assert "'chicken' (tmws-chicken 1.0)" in reason
        assert "'egg' (tmws-egg 2.0)" in reason
    assert [record.name for record in assembly.active] == ["core", "notes"]


def test_a_plugin_that_needs_a_circle_is_not_left_running(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    install_plugin("chicken", "", requires=("tmws-core", "tmws-egg"))
    install_plugin("egg", "", requires=("tmws-core", "tmws-chicken"))
    install_plugin("omelette", "", requires=("tmws-core", "tmws-egg"))
    assert status_of(assemble("chicken", "egg", "omelette"), "omelette")[0] == "skipped"


def test_a_strict_start_ends_at_a_circle(install_plugin: InstallPlugin, assemble: Assemble) -> None:
    install_plugin("chicken", "", requires=("tmws-core", "tmws-egg"))
    install_plugin("egg", "", requires=("tmws-core", "tmws-chicken"))
    with pytest.raises(PluginError, match="plugins need each other in a circle"):
        assemble("chicken", "egg", strict=True)


_ORDER = """
from tmws_core.ordering import in_order
from tmws_core.plugin_record import PluginRecord

names = [f"plugin{number}" for number in range(20)]
needs = {f"tmws-{name}": "" for name in names}
first = PluginRecord("core", "tmws-core", "1", "core")
last = PluginRecord("aardvark", "tmws-aardvark", "1", "aardvark", needs)
records = [first, last, *(PluginRecord(name, f"tmws-{name}", "1", name) for name in names)]
print(" ".join(record.name for record in in_order(records)))
"""


def _order_with_hash_seed(seed: int) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command = [sys.executable, "-c", _ORDER]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def test_the_order_is_the_same_in_every_process() -> None:
    assert _order_with_hash_seed(1) == _order_with_hash_seed(2)


def test_plugins_without_keys_stay_in_their_order() -> None:
    records = [PluginRecord(name, f"tmws-{name}", "1", name) for name in ("core", "apes", "bees", "cats")]
    assert in_order(records) == records
