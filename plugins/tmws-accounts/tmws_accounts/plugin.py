"""What tmws-accounts contributes to the core."""

from contextlib import AbstractAsyncContextManager
from types import ModuleType

from tmws_accounts import authentication, commands, health, migrations, models, routes, tools
from tmws_accounts.settings import AccountsSettings
from tmws_accounts.state import AccountsState, running
from tmws_core import hookimpl
from tmws_core.host import Host


@hookimpl
def tmws_models() -> ModuleType:
    """The three tables, and the failed logins."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the tables."""
    return migrations


@hookimpl
def tmws_settings() -> type[AccountsSettings]:
    """How long logins last, how failures slow them down, and how the server is reached."""
    return AccountsSettings


@hookimpl
def tmws_authenticators() -> ModuleType:
    """Who sends an HTTP request."""
    return authentication


@hookimpl
def tmws_tools() -> ModuleType:
    """To see and revoke keys, and to see and change users."""
    return tools


@hookimpl
def tmws_routes() -> ModuleType:
    """To log in, go on and log out, to make keys, and what OAuth clients look for."""
    return routes


@hookimpl
def tmws_commands() -> ModuleType:
    """To make the owner, users and keys."""
    return commands


@hookimpl
def tmws_health_checks() -> ModuleType:
    """Whether callers have to show who they are."""
    return health


@hookimpl
def tmws_lifespan(application: Host) -> AbstractAsyncContextManager[AccountsState]:
    """Remembers what was verified, and counts how often keys are used."""
    return running(application)
