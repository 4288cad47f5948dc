"""What tmws-usage contributes to the core."""

from types import ModuleType

from tmws_core import hookimpl
from tmws_usage import migrations, models


@hookimpl
def tmws_models() -> ModuleType:
    """The table."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the table."""
    return migrations
