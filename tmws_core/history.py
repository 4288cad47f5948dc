"""A plugin's migrations: Alembic revision files in one linear history, read without running them.

Only the two assignments `revision` and `down_revision` are read from each file, so that a start that has nothing to
migrate imports neither the files nor Alembic.
"""

import ast
import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tmws_core.errors import PluginError


@dataclass(frozen=True)
class Revision:
    """One revision file.

    Attributes:
        identifier: its name, unique among all plugins.
        follows: the revision before it; None for the first.
        path: the file.
    """

    identifier: str
    follows: str | None
    path: Path

    def load(self) -> ModuleType:
        """Import the file."""
        specification = importlib.util.spec_from_file_location(f"tmws_revision_{self.identifier}", self.path)
        if specification is None or specification.loader is None:
            raise PluginError(f"revision file {self.path} cannot be imported; is it a Python file?")
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        return module


class History:
    """The revisions of one plugin from the first to the newest."""

    def __init__(self, revisions: Iterable[Revision], folder: Path | None = None) -> None:
        """Put revisions in order.

        Args:
            revisions: the revisions, in any order.
            folder: where a new revision file belongs; None when there is no package for them.

        Raises:
            PluginError: they are not one line: two have the same name or the same predecessor, or one is missing.
        """
        self.revisions = _in_line(list(revisions))
        self.folder = folder

    @classmethod
    def of(cls, module: ModuleType) -> "History":
        """The history in a package of revision files, or of a module or package that is itself the only revision."""
        folders: list[str] | None = getattr(module, "__path__", None)
        if folders is None or hasattr(module, "revision"):
            return cls([_read(Path(str(module.__file__)))])
        files = (file for folder in folders for file in sorted(Path(folder).glob("*.py")))
        return cls((_read(file) for file in files if file.name != "__init__.py"), Path(next(iter(folders))))

    @property
    def head(self) -> str | None:
        """The name of the newest revision; None when there are none."""
        return self.revisions[-1].identifier if self.revisions else None

    def knows(self, identifier: str) -> bool:
        """Whether a revision is part of this history."""
        return any(revision.identifier == identifier for revision in self.revisions)

    def after(self, identifier: str | None) -> list[Revision]:
        """The revisions that follow one, oldest first; all of them after None."""
        if identifier is None:
            return self.revisions
        names = [revision.identifier for revision in self.revisions]
        return self.revisions[names.index(identifier) + 1 :]


def _read(file: Path) -> Revision:
    text = file.read_bytes()
    found = _assigned_above_functions(text)
    if not {"revision", "down_revision"} <= found.keys():
        found = _assigned(ast.parse(text, str(file)))
    identifier, follows = found.get("revision"), found.get("down_revision")
    if not isinstance(identifier, str) or not isinstance(follows, str | None) or "down_revision" not in found:
        raise PluginError(f"revision file {file} must set revision and down_revision to plain strings (or None)")
    return Revision(identifier, follows, file)


def _assigned_above_functions(text: bytes) -> dict[str, object]:
    """The plain assignments that stand above the first function; to parse the functions too takes ten times as long."""
    try:
        return _assigned(ast.parse(text.partition(b"\ndef ")[0]))
    except SyntaxError:  # cut inside a docstring or below a decorator
        return {}


def _assigned(tree: ast.Module) -> dict[str, object]:
    found: dict[str, object] = {}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value)):
                found[name] = value
            case _:
                continue
    return found


def _in_line(revisions: list[Revision]) -> list[Revision]:
    by_predecessor: dict[str | None, Revision] = {}
    for revision in revisions:
        if rival := by_predecessor.get(revision.follows):
            raise PluginError(
                f"revisions {rival.path.name} and {revision.path.name} both follow {revision.follows!r}; a plugin's "
                "history is one line, so let one follow the other"
            )
        by_predecessor[revision.follows] = revision
    line: list[Revision] = []
    while following := by_predecessor.pop(line[-1].identifier if line else None, None):
        line.append(following)
    if by_predecessor:
        lost = ", ".join(sorted(revision.path.name for revision in by_predecessor.values()))
        raise PluginError(f"{lost}: the revision that down_revision names is not there")
    return line
