"""Which tools a caller's list shows besides those that the profile shows: the plugins' tool listers are asked."""

import logging
from typing import TYPE_CHECKING

from tmws_core.call import Call
from tmws_core.tool_errors import ToolError

if TYPE_CHECKING:
    from tmws_core.application import Application

logger = logging.getLogger(__name__)

Shown = frozenset[str]
"""Names of tools."""


async def tools_shown(application: "Application", call: Call) -> Shown | None:
    """Ask the listers of all plugins.

    Args:
        application: the application.
        call: who asks for the list.

    Returns:
        The names of tools that there are and that the caller may use; None when nobody is to be asked, because no
        lister is for this caller or the profile shows every tool.
    """
    catalogue, principal = application.catalogue, call.principal
    asked = [lister for lister in catalogue.tool_listers if principal.may(lister.scope)]
    if not asked or application.settings.core.profile == "full":
        return None
    named: set[str] = set()
    for lister in asked:
        try:
            named.update(
                await application.pipeline.run(call, lister.name, lister.scope, lister.function, read_only=True)
            )
        except ToolError as error:  # the other tools are there all the same
            logger.warning("tool lister %s gave no names: %s", lister.place, error)
    return frozenset(
        name for name in named if name in catalogue.tools and principal.may(catalogue.tools[name].tool.scope)
    )
