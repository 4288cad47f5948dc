"""What is told of a change: an event for observers, and to clients that lists of theirs are other ones now."""

from collections.abc import Collection

from tmws_core import Context
from tmws_skills.answers import Receipt

_OPEN = frozenset({"public", "system"})


def announce(ctx: Context, event: str, receipt: Receipt, *, agents: Collection[str] = (), formerly: str = "") -> None:
    """Tell of a change of a skill, within its transaction.

    Whether something changed is a message, too: only a skill that everybody may read, or could until now, is announced
    to everybody.

    Args:
        ctx: the call that changed it.
        event: what happened, such as `skill.updated`.
        receipt: the skill, as it is now.
        agents: other agents who see the change in their lists.
        formerly: the level that it had before, when it is another one now.
    """
    ctx.publish(event, skill_id=receipt.id, namespace=receipt.namespace, version=receipt.active_version)
    everybody = not _OPEN.isdisjoint((receipt.access_level, formerly))
    ctx.list_changed("prompts", "resources", agents=agents, everybody=everybody)
