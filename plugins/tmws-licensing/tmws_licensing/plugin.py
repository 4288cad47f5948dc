"""What tmws-licensing contributes to the core."""

from types import ModuleType

from tmws_core import hookimpl
from tmws_licensing import migrations, models


@hookimpl
def tmws_models() -> ModuleType:
    """The two tables."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the tables."""
    return migrations
