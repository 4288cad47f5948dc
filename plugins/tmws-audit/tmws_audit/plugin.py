"""What tmws-audit contributes to the core."""

from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import TYPE_CHECKING

from tmws_audit import commands, contributions, health, migrations, models, tools
from tmws_audit.settings import AuditSettings
from tmws_core import hookimpl
from tmws_core.host import Host

if TYPE_CHECKING:
    from tmws_audit.state import AuditState


@hookimpl
def tmws_models() -> ModuleType:
    """The two tables, and the triggers that guard them."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the tables."""
    return migrations


@hookimpl
def tmws_witnesses() -> ModuleType:
    """Records each call that writes, in its own transaction."""
    return contributions.fresh_witnesses()


@hookimpl
def tmws_observers() -> ModuleType:
    """Records every other call, refusals, and what other plugins tell of security."""
    return contributions.fresh_observers()


@hookimpl
def tmws_tools() -> ModuleType:
    """To look into the logs."""
    return tools


@hookimpl
def tmws_commands() -> ModuleType:
    """To verify, seal, export, purge and restore the logs."""
    return commands


@hookimpl
def tmws_health_checks() -> ModuleType:
    """Whether calls are recorded, and checkpoints signed."""
    return health


@hookimpl
def tmws_settings() -> type[AuditSettings]:
    """How long rows are kept, how often checkpoints are signed, and where they go."""
    return AuditSettings


@hookimpl
def tmws_lifespan(application: Host) -> "AbstractAsyncContextManager[AuditState]":
    """Writes what waits, and signs checkpoints."""
    from tmws_audit.state import running

    return running(application)
