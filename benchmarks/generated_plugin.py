"""Small plugins that are written for a benchmark: real distributions with one table and one tool."""

from pathlib import Path

from tmws_core.testing.distributions import PluginDistribution

NOTES = "benchmark_notes"

_PLUGIN = """
    from types import ModuleType

    from tmws_core import hookimpl


    @hookimpl
    def tmws_models() -> ModuleType:
        from {package} import models

        return models


    @hookimpl
    def tmws_tools() -> ModuleType:
        from {package} import tools

        return tools
"""

_MODELS = """
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    from tmws_core.declarative import plugin_metadata


    class Base(DeclarativeBase):
        metadata = plugin_metadata("{name}")


    class Note(Base):
        __tablename__ = "{name}"

        id: Mapped[str] = mapped_column(primary_key=True)
        title: Mapped[str]
        content: Mapped[str]
        importance: Mapped[int] = mapped_column(default=0)
"""

_TOOLS = """
    from pydantic import BaseModel

    from tmws_core import Context, tool
    from tmws_core.tool_errors import NotFound

    from {package}.models import Note


    class StoredNote(BaseModel):
        id: str
        title: str
        content: str
        importance: int


    @tool(scope="{name}:read", read_only=True, idempotent=True)
    async def {name}_get(ctx: Context, id: str) -> StoredNote:
        \"\"\"Read one note by its id.\"\"\"
        note = await ctx.session.get(Note, id)
        if note is None:
            raise NotFound(f"there is no note {{id!r}}", hint="take an id that exists")
        return StoredNote(id=note.id, title=note.title, content=note.content, importance=note.importance)
"""


def install(name: str, site: Path) -> None:
    """Write a distribution with a plugin into a folder.

    Args:
        name: the plugin's name, its table's name, and the beginning of the name of its tool, `<name>_get`.
        site: a folder that is to be on the import path.
    """
    package = f"tmws_{name}"
    sources = {"__init__.py": _PLUGIN, "models.py": _MODELS, "tools.py": _TOOLS}
    written = {path: text.format(name=name, package=package) for path, text in sources.items()}
    PluginDistribution(name, written, package=package).write(site)
