"""Fills a database once, so that each test can begin with a copy."""

from pathlib import Path

from tmws_core.assembly import Assembly
from tmws_core.settings import Settings


def create_everything(database_url: str, home: Path) -> None:
    """Create the tables of every installed plugin, and their seeds.

    Args:
        database_url: an empty database.
        home: an empty folder, in place of the user's own.

    Raises:
        TMWSError: an installed plugin is not well.
    """
    assembly = Assembly(Settings({}, home=home, database_url=database_url, strict=True))
    assembly.schema.apply(assembly.active, strict=True)
