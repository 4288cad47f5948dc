"""What tmws-memory contributes to the core."""

from types import ModuleType

from tmws_core import hookimpl
from tmws_memory import migrations, models


@hookimpl
def tmws_models() -> ModuleType:
    """The four tables, and the documents under which memories are found."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the tables."""
    return migrations
