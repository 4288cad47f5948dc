"""What tmws-tasks contributes to the core."""

from types import ModuleType

from tmws_core import hookimpl
from tmws_tasks import migrations, models


@hookimpl
def tmws_models() -> ModuleType:
    """The two tables."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the two tables."""
    return migrations
