"""What tmws-memory contributes to the core."""

from types import ModuleType

from tmws_core import hookimpl
from tmws_memory import migrations, models, resources, tools
from tmws_memory.settings import MemorySettings


@hookimpl
def tmws_models() -> ModuleType:
    """The four tables, and the documents under which memories are found."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the tables."""
    return migrations


@hookimpl
def tmws_tools() -> ModuleType:
    """To store, get, list, search, update and delete memories."""
    return tools


@hookimpl
def tmws_resources() -> ModuleType:
    """Each memory by its URI."""
    return resources


@hookimpl
def tmws_settings() -> type[MemorySettings]:
    """How large a memory may be."""
    return MemorySettings
