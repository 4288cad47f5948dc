"""What tmws-agents contributes to the core."""

from types import ModuleType

from tmws_agents import migrations, models, seeds
from tmws_core import hookimpl


@hookimpl
def tmws_models() -> ModuleType:
    """The four tables."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the four tables."""
    return migrations


@hookimpl
def tmws_seeds() -> ModuleType:
    """The default namespace and the default agents."""
    return seeds
