"""What observers hear of an import."""

from tmws_core import Context
from tmws_skills.exchange.answers import ImportReport


def tell(ctx: Context, report: ImportReport) -> None:
    """Publish `skill.imported` when an import has changed anything."""
    counted = {
        "created": report.created,
        "new_versions": report.new_versions,
        "former_versions": report.former_versions,
    }
    if any(counted.values()):
        ctx.publish("skill.imported", **counted)
