"""What tmws-connections contributes to the core."""

from types import ModuleType

from tmws_connections import migrations, models
from tmws_core import hookimpl


@hookimpl
def tmws_models() -> ModuleType:
    """The five tables."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the five tables."""
    return migrations
