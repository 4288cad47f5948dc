"""What is told of an import: of each skill the same as when it is created or changed in another way."""

from collections.abc import Iterable

from tmws_core import Context
from tmws_skills.announcement import announce
from tmws_skills.exchange.importing import Imported
from tmws_skills.format.reading import Fault


def tell(ctx: Context, outcomes: Iterable[Imported | Fault]) -> None:
    """Tell of the skills that an import has changed, within its transaction."""
    for outcome in outcomes:
        if isinstance(outcome, Imported) and outcome.outcome != "unchanged":
            event = "skill.created" if outcome.outcome == "created" else "skill.updated"
            announce(ctx, event, outcome.receipt)
