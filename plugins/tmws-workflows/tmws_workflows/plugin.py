"""What tmws-workflows contributes to the core."""

from types import ModuleType

from tmws_core import hookimpl
from tmws_workflows import migrations, models, seeds


@hookimpl
def tmws_models() -> ModuleType:
    """The six tables."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the six tables."""
    return migrations


@hookimpl
def tmws_seeds() -> ModuleType:
    """The four templates of phases that come with the system."""
    return seeds
