"""What tmws-skills contributes to the core."""

from types import ModuleType

from tmws_core import hookimpl
from tmws_skills import migrations, models


@hookimpl
def tmws_models() -> ModuleType:
    """The six tables."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the six tables."""
    return migrations
