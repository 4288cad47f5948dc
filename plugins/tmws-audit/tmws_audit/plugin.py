"""What tmws-audit contributes to the core."""

from types import ModuleType

from tmws_audit import migrations, models
from tmws_core import hookimpl


@hookimpl
def tmws_models() -> ModuleType:
    """The two tables."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the tables."""
    return migrations
