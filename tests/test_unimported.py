"""Tables that stand in modules which nothing imports are found in the source."""

import ast
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tmws_core.testing.distributions import InstallPlugin
from tmws_core.unimported import declarations_never_imported, table_declarations

DECLARATIONS = {
    "a mapped class": "class Note(Base):\n    __tablename__ = 'notes'",
    "a mapped class with an annotation": "class Note(Base):\n    __tablename__: str = 'notes'",
    "a class over a table": "class Note(Base):\n    __table__ = table",
    "a class inside a function": "def make():\n    class Note(Base):\n        __tablename__ = 'notes'",
    "a Core table": "from sqlalchemy import Table\nTable('notes', metadata)",
    "a Core table under another name": "from sqlalchemy import Table as T\nT('notes', metadata)",
    "a Core table from below": "from sqlalchemy.schema import Table\nTable('notes', metadata)",
    "a Core table through the module": "import sqlalchemy\nsqlalchemy.Table('notes', metadata)",
    "a Core table through a short name": "import sqlalchemy as sa\nsa.Table('notes', metadata)",
    "a Core table through a submodule": "from sqlalchemy import schema\nschema.Table('notes', metadata)",
    "a Core table through a dotted name": "import sqlalchemy.schema\nsqlalchemy.schema.Table('notes', metadata)",
    "a Core table through a star": "from sqlalchemy import *\nTable('notes', metadata)",
}
OTHERS = {
    "a table of rich": "from rich.table import Table\nTable('notes')",
    "a table of rich beside SQLAlchemy": "from rich.table import Table\nimport sqlalchemy\nTable('notes')",
    "a table through rich": "import rich.table\nimport sqlalchemy as sa\nrich.table.Table('notes')",
    "a variable outside a class": "__tablename__ = 'notes'",
    "arguments alone": "class Mixin:\n    __table_args__ = {}",
    "words in a text": "text = '__tablename__ = 1; sa.Table()'",
}


@pytest.mark.parametrize("case", DECLARATIONS)
def test_a_declaration_is_found_on_its_line(case: str) -> None:
    source = DECLARATIONS[case]
    assert list(table_declarations(ast.parse(source))) == [len(source.splitlines())]


@pytest.mark.parametrize("case", OTHERS)
def test_what_is_no_declaration_is_passed_over(case: str) -> None:
    assert list(table_declarations(ast.parse(OTHERS[case]))) == []


@pytest.fixture
def package(install_plugin: InstallPlugin) -> Path:
    """The folder of a package that declares a table in each of its modules, and imports none of them."""
    declaration = dedent("class Note(Base):\n    __tablename__ = 'notes'\n")
    paths = ("first.py", "deep/__init__.py", "deep/down.py", "migrations/r0001.py")
    site = install_plugin("lazy", {"__init__.py": "", **dict.fromkeys(paths, declaration)})
    return site / "lazy"


def test_every_module_of_a_package_is_read(package: Path) -> None:
    found = [(file.relative_to(package).as_posix(), line) for file, line in declarations_never_imported("lazy")]
    assert found == [("deep/__init__.py", 2), ("deep/down.py", 2), ("first.py", 2), ("migrations/r0001.py", 2)]


def test_migrations_describe_tables_without_declaring_any(package: Path) -> None:
    migrations = type(sys)("lazy.migrations")
    migrations.__path__ = [str(package / "migrations")]
    assert package / "migrations" / "r0001.py" not in dict(declarations_never_imported("lazy", migrations))


def test_a_module_that_is_imported_is_not_read(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lazy.first", type(sys)("lazy.first"))
    assert package / "first.py" not in dict(declarations_never_imported("lazy"))


def test_nothing_is_imported_by_looking(package: Path) -> None:
    list(declarations_never_imported("lazy"))
    assert not {"lazy.first", "lazy.deep", "lazy.deep.down"} & set(sys.modules)
