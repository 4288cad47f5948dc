"""What the core contributes to itself, through the same hooks as any plugin."""

from types import ModuleType

from tmws_core import core_tools, migrations
from tmws_core.hookspecs import hookimpl
from tmws_core.models import plugin_state


@hookimpl
def tmws_models() -> ModuleType:
    """The record of what was applied."""
    return plugin_state


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of that record."""
    return migrations


@hookimpl
def tmws_tools() -> ModuleType:
    """The tools that tell about the server and find the other tools."""
    return core_tools
