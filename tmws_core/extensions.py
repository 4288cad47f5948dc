"""The extensions of MCP that installed plugins announce, known before any plugin is loaded.

A client over standard input is told what the server can before the plugins are there, because clients give up on a slow
handshake. So an extension is named in the metadata of its distribution, too: an entry point of the group
`tmws.mcp_extensions`, whose object is the `Extension` that the plugin's methods belong to.
"""

import logging
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

from tmws_core.contributions.mcp_method import Extension
from tmws_core.errors import TMWSError
from tmws_core.settings import CoreSettings

ENTRY_POINT_GROUP = "tmws.mcp_extensions"

logger = logging.getLogger(__name__)

Extensions = Mapping[str, dict[str, Any]]
"""The settings of extensions by their identifiers."""


def announced(settings: CoreSettings) -> Extensions:
    """The extensions of the plugins that the operator lets run; only the modules that hold them are imported.

    Args:
        settings: which plugins may run.

    Returns:
        Those that could be found; what goes wrong here is told when the plugins are loaded.
    """
    entries = entry_points(group=ENTRY_POINT_GROUP)
    if not entries:
        return {}
    from tmws_core.discovery import canonical_name, choose, installed_plugins
    from tmws_core.import_guard import guarded

    records = installed_plugins()
    found: dict[str, dict[str, Any]] = {}
    try:
        choose(records, settings)
        running = {record.distribution for record in records if record.active}
        for entry in entries:
            if entry.dist is not None and canonical_name(entry.dist) in running:
                with guarded(settings.plugin_import_seconds):
                    extension = entry.load()
                if isinstance(extension, Extension):
                    found[extension.identifier] = dict(extension.settings)
    except TMWSError as error:
        logger.debug("an announced extension could not be found: %s", error)
    return found


def refuse_silence(announced: Extensions, served: Extensions) -> None:
    """Log what a client over standard input was told otherwise than it is.

    Args:
        announced: the extensions that the client was told of.
        served: those that the running plugins have.
    """
    for identifier, settings in served.items():
        if announced.get(identifier) != settings:
            logger.warning(
                "no client over standard input hears of the extension %s: name its Extension in pyproject.toml, as an "
                "entry point of the group %s",
                identifier,
                ENTRY_POINT_GROUP,
            )
    for identifier in announced.keys() - served.keys():
        logger.warning("the extension %s was announced, and no running plugin has a method of it", identifier)
