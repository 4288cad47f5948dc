"""Finds table declarations in the modules of a package that nothing has imported, by reading their source."""

import ast
import importlib.util
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from types import ModuleType


def declarations_never_imported(package: str, except_below: ModuleType | None = None) -> Iterator[tuple[Path, int]]:
    """The file and line of each table that a package declares in a module that is not imported.

    Args:
        package: the name of an importable package.
        except_below: a package of migrations; what stands there describes tables without declaring any.
    """
    specification = importlib.util.find_spec(package)
    skipped = [Path(folder) for folder in getattr(except_below, "__path__", ())]
    for root in (specification.submodule_search_locations or ()) if specification else ():
        for file in sorted(Path(root).rglob("*.py")):
            if _module_name(file, Path(root), package) in sys.modules or any(map(file.is_relative_to, skipped)):
                continue
            text = file.read_bytes()
            if b"__table" in text or (b"sqlalchemy" in text and b"Table(" in text):
                yield from ((file, line) for line in table_declarations(ast.parse(text, str(file))))


def table_declarations(tree: ast.Module) -> Iterator[int]:
    """The lines on which a module declares a mapped class with a table, or a SQLAlchemy `Table`."""
    tables, modules = _names_of_sqlalchemy(tree)
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(body=body):
                yield from (part.lineno for part in body if _assigns_table(part))
            case ast.Call(func=ast.Name(id=name)) if name in tables:
                yield node.lineno
            case ast.Call(func=ast.Attribute(value=value, attr="Table")) if _root(value) in modules:
                yield node.lineno


def _names_of_sqlalchemy(tree: ast.Module) -> tuple[Collection[str], Collection[str]]:
    tables: set[str] = set()
    modules: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.partition(".")[0] == "sqlalchemy":
                bound = {alias.name: alias.asname or alias.name for alias in names}
                tables |= {bound["Table"]} if "Table" in bound else {"Table"} if "*" in bound else set()
                modules |= set(bound.values())
            case ast.Import(names=names):
                roots = (alias for alias in names if alias.name.partition(".")[0] == "sqlalchemy")
                modules |= {alias.asname or "sqlalchemy" for alias in roots}
    return tables, modules


def _root(expression: ast.expr) -> str:
    """The name that a dotted expression begins with; empty when it begins with something else."""
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return expression.id if isinstance(expression, ast.Name) else ""


def _assigns_table(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id="__tablename__" | "__table__")]):
            return True
        case ast.AnnAssign(target=ast.Name(id="__tablename__" | "__table__")):
            return True
    return False


def _module_name(file: Path, root: Path, package: str) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join((package, *(part for part in parts if part != "__init__")))
