"""Creates and upgrades tables without starting a server."""

from tmws_core.assembly import Assembly
from tmws_core.schema.plan import Plan
from tmws_core.settings import Settings


async def create_tables(settings: Settings | None = None) -> Plan:
    """Bring the database up to what all installed plugins declare; to repeat it is safe.

    It is the path that the server and the commands take: plan, lock, apply, verify.

    Args:
        settings: all settings; those of the process's environment when none are given.

    Returns:
        The plan that was carried out, with the plugins that failed and why.

    Raises:
        TMWSError: the settings, or the database, cannot be used.
    """
    assembly = Assembly(settings or Settings())
    return assembly.schema.apply(assembly.active, strict=assembly.settings.core.strict)
