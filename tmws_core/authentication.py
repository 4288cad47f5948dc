"""How the server knows its callers, and that it does not start without knowing them by mistake."""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from tmws_core.errors import ConfigurationError
from tmws_core.plugin_record import PluginRecord, Status

if TYPE_CHECKING:
    from tmws_core.host import Host

HOOK = "tmws_authenticators"


def authentication_of(application: "Host") -> str:
    """A sentence that says how the callers of the HTTP server are known."""
    for record in application.active:
        if record.contributions.authenticators:
            return f"plugin {record.name} says who sends each HTTP request"
    agent = application.settings.core.agent_id
    return (
        f"no plugin authenticates: every program on this machine acts as {agent!r}, with every right; install one such "
        "as tmws-accounts to tell them apart"
    )


def refuse_unguarded(application: "Host") -> None:
    """Refuse to serve when the plugin that authenticates is installed and wanted, and does not run.

    Without it everybody who reaches the server would have every right. Who wants that, blocks the plugin by name.

    Raises:
        ConfigurationError: there is such a plugin; the text says why it does not run.
    """
    for record in application.records:
        if record.status not in (Status.ACTIVE, Status.BLOCKED) and _authenticates(record):
            raise ConfigurationError(
                f"plugin {record.origin} would say who calls, and is {record.status}: {record.reason}; repair it, or "
                f"serve without authentication with TMWS_BLOCKED_PLUGINS={record.name}"
            )


def _authenticates(record: PluginRecord) -> bool:
    """Whether a plugin has an authenticator; one that could not be imported is asked by its source."""
    if record.contributions.authenticators:
        return True
    return any(HOOK.encode() in file.read_bytes() for file in _source_of(record))


def _source_of(record: PluginRecord) -> list[Path]:
    try:
        found = importlib.util.find_spec(record.package)
    except (ImportError, ValueError):
        return []
    if found is None:
        return []
    module = record.module.split(".")[1:]
    roots = [Path(root) for root in found.submodule_search_locations or ()]
    files = [Path(found.origin)] if found.origin and not module else []
    for root in roots:
        files += [root.joinpath(*module).with_suffix(".py"), root.joinpath(*module, "__init__.py")] if module else []
    return [file for file in files if file.is_file()]
