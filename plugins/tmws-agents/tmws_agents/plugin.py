"""What tmws-agents contributes to the core."""

from types import ModuleType

from tmws_agents import health, migrations, models, prompts, resources, seeds, tools
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
    """The default namespace, the default agents and their personas."""
    return seeds


@hookimpl
def tmws_tools() -> ModuleType:
    """To register, read, find and change agents, namespaces, teams and personas."""
    return tools


@hookimpl
def tmws_prompts() -> ModuleType:
    """To work as a persona."""
    return prompts


@hookimpl
def tmws_resources() -> ModuleType:
    """Each persona by its URI."""
    return resources


@hookimpl
def tmws_health_checks() -> ModuleType:
    """How many agents there are, and whose names look alike."""
    return health
